"""Moments in words for people, in their own zone. Messages and JSON answers stay in UTC."""

from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo


def moment(at: datetime, zone: str) -> str:
    """`at` to the minute with the zone's abbreviation: `Fri 27 Nov 2026, 07:00 CET`. `zone`: SDS_TIME_ZONE."""
    return f"{at.astimezone(_zone(zone)):%a %d %b %Y, %H:%M %Z}"


def second(at: datetime, zone: str) -> str:
    """`at` to the second, as a terminal's columns want it: `2026-11-27 07:00:00 CET`."""
    return f"{at.astimezone(_zone(zone)):%Y-%m-%d %H:%M:%S %Z}"


def universal(at: datetime) -> str:
    """`at` for a program, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def in_zone(zone: str) -> "Callable[[datetime], str]":
    """`moment` in this zone."""
    return partial(moment, zone=zone)


@cache
def _zone(name: str) -> "ZoneInfo":
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)
