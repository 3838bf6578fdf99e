"""What flows and connectors refer to: school years, source systems, and connectors that were made before any flow."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

type FileFormat = Literal["schoolDataSyncV1", "schoolDataSyncV2Rev1"]

YEAR = "5d500000-7e4a-4000-8000-000000000002"
SOURCE_SYSTEM = "5d500000-7e4a-4000-8000-000000000003"
"""The ones that are there from the beginning; flows of a scenario refer to them."""

_FIRST_MONTH = 8
"""A school year is named by the calendar year in which it ends."""


@dataclass(frozen=True)
class Connector:
    """An azureDataLakeConnector that somebody made."""

    id: str
    display_name: str
    file_format: FileFormat | None
    source_system: str


class References:
    """By id, as JSON objects of the API. `now` says in which school year the first one is."""

    def __init__(self, now: float) -> None:
        self.years: dict[str, dict[str, object]] = {YEAR: _year(now)}
        self.source_systems: dict[str, dict[str, object]] = {SOURCE_SYSTEM: _source_system()}
        self.connectors: dict[str, Connector] = {}
        self.years_of_flows: dict[str, str] = {}

    def year_of(self, flow: str) -> dict[str, object]:
        return self.years[self.years_of_flows.get(flow, YEAR)]

    def source_system_of(self, connector: str) -> dict[str, object]:
        made = self.connectors.get(connector)
        return self.source_systems[made.source_system if made else SOURCE_SYSTEM]


def _year(now: float) -> dict[str, object]:
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


def _source_system() -> dict[str, object]:
    """A sourceSystemDefinition. Whom its matching is for (`roleGroup`) is a link, shown only to who expands it."""
    by_name = {"sourceIdentifier": {"code": "username"}, "matchTarget": {"code": "userPrincipalName"}}
    return {
        "id": SOURCE_SYSTEM,
        "displayName": "School information system",
        "vendor": "Rosterdrop",
        "userMatchingSettings": [{"priorityOrder": 0, **by_name}, {"priorityOrder": 1, **by_name}],
    }
