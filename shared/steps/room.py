"""What every step works with: the store, the SDS service, the settings and the clock."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property

from msgspec.structs import replace

from .. import record as records
from ..record import Current, Driver, Record, Version
from ..sds.port import Sds
from ..settings import Settings
from ..store import Store
from ..together import Together, one_by_one

SMALL = 1024 * 1024
"""Bytes of a file up to which several are read and sent at once."""

log = logging.getLogger("rosterdrop")


class Room:
    """One process's store, service, settings and clock, and the profile's driver that works here."""

    def __init__(
        self,
        store: Store,
        connect: Callable[[], Sds],
        settings: Settings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        together: Together = one_by_one,
    ) -> None:
        self.store = store
        self.settings = settings
        self.now = now
        self.together = together
        self._connect = connect

    @cached_property
    def sds(self) -> Sds:
        """The SDS service, connected on first use."""
        return self._connect()

    def load(self, profile: str) -> Record:
        return self.version(profile).record

    def version(self, profile: str) -> Version:
        """The record as it is now, with what a later change of just this version needs."""
        return records.load(self.store, self.settings, profile)

    def swap(
        self,
        profile: str,
        edit: Callable[[Record], Record | None],
        *,
        instance: str | None = None,
        known: Version | None = None,
    ) -> Version:
        """`record.change` on this room's store."""
        return records.change(self.store, self.settings, profile, edit, instance=instance, known=known)

    def change(
        self,
        profile: str,
        edit: Callable[[Record], Record | None],
        *,
        instance: str | None = None,
        known: Version | None = None,
    ) -> Record:
        """`swap`, for those who only want the record."""
        return self.swap(profile, edit, instance=instance, known=known).record

    def change_run(
        self,
        profile: str,
        run_id: str,
        edit: Callable[[Current], Current | None],
        *,
        instance: str | None = None,
        known: Version | None = None,
    ) -> Version:
        """Change the current run, if it is still this one."""

        def swap(record: Record) -> Record | None:
            if record.current is None or record.current.run_id != run_id:
                return None
            edited = edit(record.current)
            return replace(record, current=edited) if edited else None

        return self.swap(profile, swap, instance=instance, known=known)

    def believed_until(self, pause: float = 0) -> datetime:
        """Until when a driver that now waits `pause` seconds is to be believed."""
        return self.now() + timedelta(seconds=pause + self.settings.driver)

    def heartbeat(self, profile: str, instance: str) -> Callable[[], None]:
        """A function for long steps to call often: it renews the driver, raises Displaced if that is another now."""
        beat_every = timedelta(seconds=self.settings.driver / 3)
        last = self.now()

        def beat() -> None:
            nonlocal last
            if self.now() - last < beat_every:
                return
            last = self.now()
            until = self.believed_until()

            def renew(record: Record) -> Record:
                current = record.current
                if current is not None and current.hold is not None and current.hold.until is not None:
                    current = replace(current, hold=replace(current.hold, until=until))
                return replace(record, driver=Driver(instance, until), current=current)

            self.change(profile, renew, instance=instance)

        return beat

    def profile_id(self, profile: str) -> str:
        """The profile's GUID. Raises LookupError if a later change of SDS_PROFILES has taken the profile away."""
        guid = self.settings.profile_id(profile)
        if guid is None:
            raise LookupError(f"{profile} is not among SDS_PROFILES any more")
        return guid

    def folder(self, profile: str, run_id: str) -> str:
        """Where the run's blobs are in the run container."""
        return f"{profile}/{run_id}"
