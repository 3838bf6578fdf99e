"""What the tenant's flows and connectors refer to: one school year and one source system, the same for all of them."""

from datetime import UTC, datetime

YEAR = "5d500000-7e4a-4000-8000-000000000002"
SOURCE_SYSTEM = "5d500000-7e4a-4000-8000-000000000003"

_FIRST_MONTH = 8
"""A school year is named by the calendar year in which it ends."""


def year_object(now: float) -> dict[str, object]:
    """The yearTimePeriodDefinition in which `now` lies."""
    today = datetime.fromtimestamp(now, UTC).date()
    begins = today.year if today.month >= _FIRST_MONTH else today.year - 1
    return {
        "id": YEAR,
        "displayName": f"School year {begins}-{(begins + 1) % 100:02d}",
        "startDate": f"{begins}-08-01",
        "endDate": f"{begins + 1}-07-31",
        "year": {"code": str(begins + 1)},
    }


def source_system_object() -> dict[str, object]:
    """The sourceSystemDefinition. Whom its matching is for (`roleGroup`) is a link, shown only to who expands it."""
    by_name = {"sourceIdentifier": {"code": "username"}, "matchTarget": {"code": "userPrincipalName"}}
    return {
        "id": SOURCE_SYSTEM,
        "displayName": "School information system",
        "vendor": "Rosterdrop",
        "userMatchingSettings": [{"priorityOrder": 0, **by_name}, {"priorityOrder": 1, **by_name}],
    }
