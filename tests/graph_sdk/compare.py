"""Compares what the emulator sent with what the SDK made of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

_ENVELOPE = ("@odata.context", "@odata.count", "@odata.nextLink")
_OF_THE_SDK = frozenset({"class", "?", "@odata.type"})
"""What `read.understood` adds, and types that the SDK fills in where only one is possible."""


def differences(sent: Any, understood: Any, where: str) -> Iterator[str]:
    """One line for each field that the SDK didn't know, lost, changed or made up."""
    if isinstance(sent, list) and isinstance(understood, list):
        if len(sent) != len(understood):
            yield f"{where}: {len(sent)} sent, {len(understood)} understood"
        for number, (one, other) in enumerate(zip(sent, understood, strict=False)):
            yield from differences(one, other, f"{where}[{number}]")
    elif isinstance(sent, dict) and isinstance(understood, dict):
        yield from _fields(sent, understood, where)
    elif _plain(sent) != _plain(understood):
        yield f"{where}: sent {sent!r}, understood {understood!r}"


def _fields(sent: dict[str, Any], understood: dict[str, Any], where: str) -> Iterator[str]:
    for name in understood.get("?", []):
        if name not in _ENVELOPE:
            yield f"{where}.{name}: the SDK's {understood['class']} has no such field"
    known = understood.get("?", [])
    for name, value in sent.items():
        if name in _ENVELOPE or name in known or (value is None and name not in understood):
            continue
        if name in understood:
            yield from differences(value, understood[name], f"{where}.{name}")
        elif value != []:
            yield f"{where}.{name}: sent, and lost by the SDK"
    for name in understood.keys() - sent.keys() - _OF_THE_SDK:
        yield f"{where}.{name}: not sent, but understood as {understood[name]!r}"


def _plain(value: Any) -> Any:
    """Times as times, since the service writes seven digits of a second and the SDK six."""
    if isinstance(value, str) and value[4:5] == "-" and "T" in value:
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value
