"""What every configured thing has in common: typed JSON that refuses unknown fields."""

from typing import Annotated

import msgspec

from ..timetable import Step

Steps = Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]


class Spec(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Base of everything that a scenario file may hold."""


class NamedSpec(Spec, frozen=True):
    """Base of what a registry holds. The id `*` means every one, those to come included."""

    id: str


class Past(Spec, frozen=True):
    """A sync or run that ended before the emulator began: last night's."""

    status: str = "success"
    hours_ago: float = 20


def patched[S: Spec](spec: S, changes: dict[str, object]) -> S:
    """A spec with some fields changed; objects inside are merged field by field.

    Raises msgspec.ValidationError when a field is unknown or has a wrong value.
    """
    fields = msgspec.to_builtins(spec)
    return msgspec.convert(_merged(fields, changes), type(spec))


def _merged(old: dict[str, object], new: dict[str, object]) -> dict[str, object]:
    merged = dict(old)
    for key, value in new.items():
        before = merged.get(key)
        merged[key] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return merged
