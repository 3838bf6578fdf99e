"""Removal: how much of the last accepted drop a run would remove, and the ids for a person's eyes."""

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from .. import baseline
from ..guard import BadMemory, Ids, IdWatch, kinds_of, recall, remember, removed, removed_ids
from ..lines import line
from ..record import Current
from ..results import RemovedEntry, RemovedKind
from ..snapshot import prefix
from .work import Work, log

if TYPE_CHECKING:
    from ..verification import Source, Verification

UNREADABLE = (
    "What is remembered of the last accepted drop can't be read, so the removal guard did not compare this one."
)
_NO_LIST = b'{"note":"the files of the last accepted drop are deleted, so the ids can not be listed"}\n'


class Guard:
    """The removal guard over one verification of a run."""

    def __init__(self, work: Work, current: Current) -> None:
        self._work = work
        self._current = current
        self._kinds = kinds_of(work.settings.max_removed_percent)
        self._key = baseline.key(work.store, work.settings, work.profile)
        self.watch = IdWatch(self._key, self._kinds)
        self.warning: str | None = None

    def judge(self, checked: "Verification") -> tuple[RemovedEntry, ...]:
        """The kinds and roles of which the run would remove too many; none: go on. Its ids are put by."""
        work, current = self._work, self._current
        now = self.watch.ids(checked)
        folder = work.folder(current.run_id)
        container = work.settings.run_container
        work.store.write(container, baseline.ids_blob(folder), remember(now, self._key))
        before = self._before(current)
        if before is None:
            return ()
        settings = work.settings
        found = removed(before, now, settings.max_removed_percent, settings.max_removed_least)
        over = tuple(each.entry for each in found if each.over)
        if over:
            work.store.replace(
                container,
                f"{folder}/removed.jsonl",
                self._list(before, now, {entry.kind for entry in over}),
            )
        return over

    def warnings(self, given: tuple[str, ...]) -> tuple[str, ...]:
        """The run's warnings, with the guard's own."""
        return given if self.warning is None or self.warning in given else (*given, self.warning)

    def _before(self, current: Current) -> Ids | None:
        """The last accepted drop's ids, if it was for the same target, in the same format."""
        found = baseline.read(self._work.store, self._work.settings, self._work.profile)
        if found is None or not found.memory:
            return None
        if (found.accepted.target, found.accepted.format) != (current.target, current.drop.format):
            return None
        try:
            return recall(found.memory, self._key)
        except BadMemory:
            log.warning("%s", line("guardMemory", profile=self._work.profile, why="unreadable"))
            before = self._read_again(found.accepted.run_id, current)
            self.warning = None if before is not None else UNREADABLE
            return before

    def _read_again(self, run_id: str, current: Current) -> Ids | None:
        """The last accepted drop's ids from its files, while they exist."""
        from ..formats import FORMATS
        from ..verification import verify

        if not (sources := _snapshot(self._work, run_id)):
            return None
        watch = IdWatch(self._key, self._kinds)
        form = next(form for form in FORMATS if form.id == current.drop.format)
        allow = self._work.settings.allowed_values
        return watch.ids(verify(sources, format=form, service=current.target.api, allow=allow, watch=watch))

    def _list(self, before: Ids, now: Ids, kinds: Collection[RemovedKind]) -> Iterator[bytes]:
        """The ids that would go, read again from the last accepted drop's files while they exist."""
        work = self._work
        found = baseline.read(work.store, work.settings, work.profile)
        sources = _snapshot(work, found.accepted.run_id) if found is not None else []
        if not sources:
            yield _NO_LIST
            return
        api = self._current.target.api
        yield from removed_ids(sources, before, now, self._key, kinds, service=api)


def _snapshot(work: Work, run_id: str) -> "list[Source]":
    from ..verification import Source

    folder = prefix(work.profile, run_id)
    container = work.settings.run_container
    beat = work.heartbeat()

    def reader(name: str) -> Callable[[], Iterator[bytes]]:
        def chunks() -> Iterator[bytes]:
            for chunk in work.store.stream(container, name):
                beat()
                yield chunk

        return chunks

    return [
        Source(blob.name.removeprefix(folder), blob.size, reader(blob.name))
        for blob in work.store.blobs(container, folder)
    ]
