"""Event Grid's subscription to what lands in the drop container: its filter, and how Event Grid applies one."""

from collections.abc import Mapping
from typing import Any

from infra.after_deploy import event_filter

type Filter = Mapping[str, Any]
"""The `filter` of an event subscription, as its resource has it."""


def filter_of(container: str) -> Filter:
    """What the app's subscription lets through, as the program after a deployment makes it."""
    return event_filter(container)


def passes(given: Filter, event: Mapping[str, Any]) -> bool:
    """Whether Event Grid would deliver an event. As there, the subject's case counts only if told so.

    Raises ValueError for an operator that no filter of ours uses.
    """
    subject = str(event.get("subject", ""))
    begins = str(given.get("subjectBeginsWith", ""))
    if not given.get("isSubjectCaseSensitive", False):
        subject, begins = subject.lower(), begins.lower()
    types = given.get("includedEventTypes")
    if types is not None and event.get("eventType", event.get("type")) not in types:
        return False
    return subject.startswith(begins) and all(_fits(one, event) for one in given.get("advancedFilters", ()))


def _fits(one: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    if one["operatorType"] != "StringIn":
        raise ValueError(f"{one['operatorType']} is not known here")
    value: Any = event
    for name in str(one["key"]).split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    # A key that is not there fits nothing; comparing ignores case (azure-docs, "event-filtering").
    return isinstance(value, str) and value.lower() in [str(known).lower() for known in one["values"]]
