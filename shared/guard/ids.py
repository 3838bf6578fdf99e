"""The ids of a set, gathered while it is verified."""

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain, compress
from operator import not_

import msgspec

from ..results import RemovedKind, RemovedRole
from ..verification import Verification
from .marks import Marker, Marks, common, difference, marks, union
from .sources import BY_FILE, ROLES, IdSource

Group = tuple[RemovedKind, RemovedRole | None]
"""A kind, and for people a role."""

ROWS = 500_000
"""Rows of a file that count, the most that a file may have: memory is bounded by it."""
_BETWEEN = b"\xff"  # stands in no UTF-8 text


class Ids(msgspec.Struct, frozen=True):
    """The ids of a set as marks, by group."""

    format: str
    taken: Mapping[Group, Marks]
    """A kind that was not asked for is not there; one without ids is there and empty."""
    dropped: Mapping[Group, Marks] = {}
    """Those that are only in rows which the service will drop."""

    @property
    def kinds(self) -> set[RemovedKind]:
        """The kinds that are there, if only as empty."""
        return {kind for kind, _ in self.taken}

    def of(self, kind: RemovedKind) -> dict[RemovedRole | None, Marks]:
        """The taken ids of a kind, by role."""
        return {role: found for (of, role), found in self.taken.items() if of == kind}


class _Part:
    """The marks of a file's rows, or of those of one role, in the order of the rows."""

    def __init__(self) -> None:
        self._raw = bytearray()
        self._lines: list[Sequence[int]] = []

    def add(self, raw: bytes, lines: Sequence[int]) -> None:
        """More marks, and the line of each."""
        self._raw += raw
        # Lines that follow each other come as a range, which takes no room; others are rare.
        self._lines.append(lines if isinstance(lines, range) else array("I", lines))

    def split(self, gone: bytes) -> tuple[Marks, Marks]:
        """The marks of the rows that stay, and of those whose lines have a 1 in `gone`; the part is used up."""
        raw, self._raw = self._raw, bytearray()
        lines, self._lines = self._lines, []
        if not gone:
            return marks(raw), array("d")
        last = len(gone)
        flags = bytes(line < last and gone[line] for line in chain.from_iterable(lines))
        each = array("Q", bytes(raw))
        stay = array("Q", compress(each, map(not_, flags)))
        leave = array("Q", compress(each, flags))
        return marks(bytearray(stay.tobytes())), marks(bytearray(leave.tobytes()))


class IdWatch:
    """Watches a verification (`verify(..., watch=...)`) and has the ids afterwards.

    Keeps 8 bytes for an id.
    """

    def __init__(self, key: bytes, kinds: Collection[RemovedKind]) -> None:
        """`key`: the profile's, `KEY_BYTES` of them. `kinds`: those that are wanted (`kinds_of`)."""
        self._key = key
        self._kinds = frozenset(kinds)
        self._rows: dict[str, int] = {}
        self._parts: dict[tuple[str, RemovedRole | None], _Part] = {}

    def columns(self, file: str) -> Sequence[str]:
        source = BY_FILE.get(file)
        if source is None or source.kind not in self._kinds:
            return ()
        return (*source.columns, source.roles) if source.roles else source.columns

    def rows(self, file: str, values: Sequence[Sequence[bytes]], lines: Sequence[int]) -> None:
        before = self._rows.get(file, 0)
        self._rows[file] = before + len(lines)
        if before + len(lines) > ROWS:
            room = max(0, ROWS - before)
            values, lines = [column[:room] for column in values], lines[:room]
        source = BY_FILE[file]
        if source.roles:
            roles = list(map(bytes.lower, values[-1]))
            for name, role in ROLES.items():
                if name in roles:
                    picked = [found == name for found in roles]
                    self._keep(source, role, list(compress(values[0], picked)), list(compress(lines, picked)))
        else:
            self._keep(source, source.role, joined(source, values), lines)

    def _keep(self, source: IdSource, role: RemovedRole | None, ids: Sequence[bytes], lines: Sequence[int]) -> None:
        if b"" in ids:
            filled = list(map(bool, ids))
            ids, lines = list(compress(ids, filled)), list(compress(lines, filled))
        part = self._parts.setdefault((source.file, role), _Part())
        part.add(self._marker[source.kind].raw(ids), lines)

    @cached_property
    def _marker(self) -> dict[RemovedKind, Marker]:
        return {kind: Marker(self._key, kind) for kind in self._kinds}

    def ids(self, verification: Verification) -> Ids:
        """What was gathered, now that it is known which rows the service will drop. Can be asked once."""
        gone = {file.upload: _flags(file.dropped) for file in verification.files if file.upload and file.dropped}
        found = {part: self._parts[part].split(gone.get(part[0], b"")) for part in list(self._parts)}
        self._parts.clear()
        taken: dict[Group, Marks] = {}
        dropped: dict[Group, Marks] = {}
        for kind in self._kinds:
            groups = _people(found) if kind == "people" else {None: _of(found, kind)}
            for role, (stay, leave) in groups.items():
                taken[kind, role] = stay
                dropped[kind, role] = difference(leave, stay)
        return Ids(verification.format or "", taken, dropped)


_Split = tuple[Marks, Marks]


def joined(source: IdSource, values: Sequence[Sequence[bytes]]) -> Sequence[bytes]:
    """The ids of rows, from the values of the id's columns; empty where one of them is empty."""
    if source.kind != "enrollments":
        return values[0]
    if source.also is not None:
        values = [*values, [source.also] * len(values[0])]
    class_ids, user_ids, roles = values
    return [
        _BETWEEN.join((class_id, user_id, role.lower())) if class_id and user_id else b""
        for class_id, user_id, role in zip(class_ids, user_ids, roles, strict=True)
    ]


def _flags(lines: Iterable[int]) -> bytes:
    """A byte for each line of a file up to the last of these: 1 for these."""
    flags = bytearray()
    for line in lines:
        if line >= len(flags):
            flags.extend(bytes(line + 1 - len(flags)))
        flags[line] = 1
    return bytes(flags)


def _of(found: Mapping[tuple[str, RemovedRole | None], _Split], kind: RemovedKind) -> _Split:
    parts = [split for (file, _), split in found.items() if BY_FILE[file].kind == kind]
    return union([stay for stay, _ in parts]), union([leave for _, leave in parts])


def _people(found: Mapping[tuple[str, RemovedRole | None], _Split]) -> dict[RemovedRole | None, _Split]:
    """People by role. SDS V1 has a file for each role; in SDS V2.1 users get theirs by rows of another file."""
    none: _Split = (array("d"), array("d"))
    roles = (*ROLES.values(), "others")
    if ("users.csv", None) not in found:
        by_role = {BY_FILE[file].role: split for (file, _), split in found.items() if BY_FILE[file].kind == "people"}
        return {role: by_role.get(role, none) for role in roles}
    users, leave = found["users.csv", None]
    left = users
    people: dict[RemovedRole | None, _Split] = {}
    for role in ROLES.values():
        stay, fell = found.get(("roles.csv", role), none)
        # The role of a user who isn't there falls with the user, who is missing.
        people[role] = (common(left, stay), union([leave, common(fell, users)]))
        left = difference(left, stay)
    people["others"] = (left, leave)
    return people
