"""The ids that would go, read again from the last accepted drop's files: for a person's eyes alone."""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from ..results import RemovedKind, RemovedRole
from ..verification import Service, Source, verify
from .ids import Ids, joined
from .judge import gone
from .marks import Marker, has, in_order
from .sources import BY_FILE, IdSource

MOST = 10_000
"""Ids that are listed."""
_LONGEST = 200  # characters of an id


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    kind: RemovedKind
    role: RemovedRole | None
    ids: tuple[str, ...]
    """The id; of an enrolment, that of the class, that of the user, and the role."""
    why: str
    """`missing` from the files, `dropped`: in a row that the service will drop, `role`: there in another role."""


class _More(msgspec.Struct, frozen=True):
    more: int
    """Ids that are not listed."""


_ENCODER = msgspec.json.Encoder()


def removed_ids(
    sources: Sequence[Source],
    before: Ids,
    now: Ids,
    key: bytes,
    kinds: Collection[RemovedKind],
    *,
    service: Service = "classic",
    most: int = MOST,
) -> Iterator[bytes]:
    """Lines of JSON, one for each id of the last accepted drop that is gone, at most `most`; then how many more.

    `sources`: the files of the last accepted drop, whose ids are `before`. `now`: the ids of the drop that is held.
    """
    lister = _Lister(before, now, key, kinds, most)
    verify(sources, service=service, examples=0, places=0, watch=lister)
    for line in lister.lines:
        yield _ENCODER.encode(line) + b"\n"
    if lister.total > len(lister.lines):
        yield _ENCODER.encode(_More(lister.total - len(lister.lines))) + b"\n"


class _Lister:
    """Watches the last accepted drop being read."""

    def __init__(self, before: Ids, now: Ids, key: bytes, kinds: Collection[RemovedKind], most: int) -> None:
        self._now = now
        self._most = most
        self._marker = {kind: Marker(key, kind) for kind in kinds}
        self._gone = {kind: gone(before, now, kind) for kind in kinds}
        self._seen: set[tuple[str, RemovedRole | None, float]] = set()
        self.lines: list[_Line] = []
        self.total = sum(len(marks) for roles in self._gone.values() for marks in roles.values())

    def columns(self, file: str) -> Sequence[str]:
        source = BY_FILE.get(file)
        return source.columns if source and source.kind in self._gone and not source.roles else ()

    def rows(self, file: str, values: Sequence[Sequence[bytes]], lines: Sequence[int]) -> None:  # noqa: ARG002
        if len(self.lines) >= self._most:
            return
        source = BY_FILE[file]
        raw = bytearray(self._marker[source.kind].raw(joined(source, values)))
        for at, mark in enumerate(in_order(raw)):
            for role, marks in self._gone[source.kind].items():
                if source.role in (None, role) and has(marks, mark) and len(self.lines) < self._most:
                    self._list(source, role, mark, [column[at] for column in values])

    def _list(self, source: IdSource, role: RemovedRole | None, mark: float, cells: Sequence[bytes]) -> None:
        if (source.kind, role, mark) in self._seen:
            return
        self._seen.add((source.kind, role, mark))
        ids = tuple(cell.decode(errors="replace")[:_LONGEST] for cell in (*cells, *filter(None, [source.also])))
        self.lines.append(_Line(source.kind, role, ids, self._why(source, role, mark)))

    def _why(self, source: IdSource, role: RemovedRole | None, mark: float) -> str:
        here = [marks for other, marks in self._now.of(source.kind).items() if other != role]
        # In SDS V1 a pupil and a teacher of one id are two people; in SDS V2.1 an id is one user's.
        if source.role is None and any(has(marks, mark) for marks in here):
            return "role"
        dropped = self._now.dropped.get((source.kind, role))
        return "dropped" if dropped is not None and has(dropped, mark) else "missing"
