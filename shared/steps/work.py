"""What a step works with: one profile, its record, its settings and target, and the driver it works for."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from msgspec.structs import replace

from .. import door, kept
from ..decide import Do, Plan, pause_of
from ..door import Changed, Edited, Version
from ..inbox import Inbox, look
from ..record import Current, Driver, Record, Target
from ..room import Room, log
from ..sds.port import Sds
from ..settings import Settings
from ..store import Store
from ..together import Together

_QUICK = timedelta(minutes=1)
"""How long copies are asked for every second: most are done at once."""
SMALL = 1024 * 1024
"""Bytes of a file up to which several are read and sent at once."""

__all__ = ["SMALL", "EditedRun", "Work", "log"]


class EditedRun[T](NamedTuple):
    """What an edit makes of the current run, and what it decided."""

    run: Current
    said: T


class Work:
    """One profile in one process. `instance` is the driver: a change raises Displaced once that is another."""

    def __init__(self, room: Room, profile: str, instance: str | None = None) -> None:
        self.room = room
        self.profile = profile
        self.instance = instance

    @property
    def store(self) -> Store:
        return self.room.store

    @property
    def together(self) -> Together:
        return self.room.together

    @cached_property
    def settings(self) -> Settings:
        """The profile's own settings."""
        return self.room.settings.of(self.profile)

    @property
    def sds(self) -> Sds:
        return self.room.sds

    @property
    def target(self) -> Target | None:
        """What the settings name as the profile's target now; None if it isn't allowed any more."""
        guid = self.settings.profile_id(self.profile)
        return Target(self.settings.api, guid) if guid is not None else None

    def now(self) -> datetime:
        return self.room.now()

    def folder(self, run_id: str) -> str:
        """Where the run's blobs are in the run container."""
        return f"{self.profile}/{run_id}"

    def version(self) -> Version:
        """The record as it is now, with what a later change of just this version needs."""
        return door.load(self.store, self.settings, self.profile)

    def load(self) -> Record:
        return self.version().record

    def look(self, record: Record) -> Inbox:
        """List the inbox, and say what it amounts to."""
        return look(self.store, self.settings, record, self.kept_apart(record), self.now(), self.together)

    def kept_apart(self, record: Record) -> Collection[str]:
        """The kept marks that don't stand in the record."""
        return kept.read(self.store, self.settings, self.profile) if record.kept_apart else ()

    def change[T](
        self, edit: Callable[[Record], Edited[T]], *, known: Version | None = None, driver: bool = True
    ) -> Changed[T]:
        """`door.change`; with `driver`, only as the profile's driver."""
        instance = self.instance if driver else None
        return door.change(self.store, self.settings, self.profile, edit, instance=instance, known=known)

    def change_run[T](
        self,
        run_id: str,
        edit: Callable[[Current], EditedRun[T] | None],
        *,
        known: Version | None = None,
        driver: bool = True,
        though_paused: bool = True,
    ) -> Changed[T | None]:
        """Change the current run. It says None if the run is gone, or the edit does not apply (returns None).

        `though_paused` False: nor does it apply while the profile is paused. What begins something in the world asks
        so in the very swap that it needs: a pause that was answered holds.
        """

        def swap(record: Record) -> Edited[T | None]:
            run = record.current
            held_up = record.paused is not None and not though_paused
            edited = edit(run) if run is not None and run.run_id == run_id and not held_up else None
            if edited is None:
                return Edited(record, None)
            return Edited(replace(record, current=edited.run), edited.said)

        return self.change(swap, known=known, driver=driver)

    def copying(self, record: Record, step: Do) -> Plan:
        """Wait for copies that are under way, and go on with the step; with pauses that grow if they take long."""
        tries = record.tries
        if tries is None or tries.do != step or self.now() - tries.since < _QUICK:
            return Plan("wait", 1.0, then=step)
        pause = pause_of(tries, self.settings)
        self.change(lambda there: Edited(replace(there, driver=self.driver(pause)), None))
        return Plan("wait", pause)

    def keep(self, marks: Iterable[str]) -> Callable[[Record], Record]:
        """An edit that remembers versions that could not be deleted. Too many for the record stand apart at once."""
        new = tuple(marks)
        if not new:
            return lambda record: record
        if len(set(self.load().kept) | set(new)) > kept.IN_RECORD:
            kept.add(self.store, self.settings, self.profile, new)
            return lambda record: replace(record, kept_apart=True)
        return lambda record: replace(record, kept=tuple(sorted({*record.kept, *new})))

    def believed_until(self, pause: float = 0) -> datetime:
        """Until when a driver that now waits `pause` seconds is to be believed."""
        return self.now() + timedelta(seconds=pause + self.settings.driver)

    def heartbeat(self) -> Callable[[], None]:
        """A function for long steps to call often: it renews the driver, raises Displaced if that is another now."""
        every = timedelta(seconds=self.settings.driver / 3)
        last = self.now()

        def beat() -> None:
            nonlocal last
            if self.now() - last >= every:
                last = self.now()
                self.change(lambda record: Edited(replace(record, driver=self.driver()), None))

        return beat

    def driver(self, pause: float = 0) -> Driver:
        """This instance as the driver, now waiting `pause` seconds."""
        assert self.instance is not None
        return Driver(self.instance, self.believed_until(pause), self.now() + timedelta(seconds=pause))
