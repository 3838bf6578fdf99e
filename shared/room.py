"""The process's room: store, service, settings and clock, made once and shared by all steps."""

import logging
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, cached_property

from .door import Version
from .sds.port import Sds
from .settings import Settings
from .store import Store
from .together import Together, on_threads, one_by_one

log = logging.getLogger("rosterdrop")


class Room:
    """What the steps of one process work with."""

    def __init__(
        self,
        store: Store,
        connect: Callable[[], Sds],
        settings: Settings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        together: Together = one_by_one,
        page: str | None = None,
    ) -> None:
        """`page`: the address of the status page, for messages that ask a person to decide."""
        self.page = page
        self.store = store
        self.settings = settings
        self.now = now
        self.together = together
        self._connect = connect
        self.seen: dict[str, Version] = {}
        """Records as the board has last read them, by profile; worth something only beside a listing's ETag."""

    @cached_property
    def sds(self) -> Sds:
        """The SDS service, connected on first use."""
        return self._connect()


@cache
def room() -> Room:
    """The room of this process, by its environment."""
    from .azure_store import AzureStore
    from .sds.connect import connect

    settings = Settings.load()
    return Room(AzureStore(settings), lambda: connect(settings), settings, together=on_threads, page=page())


def page(environment: Mapping[str, str] = os.environ) -> str | None:
    """The address of the status page; None where the platform signs nobody in, for there it is shut."""
    host = environment.get("WEBSITE_HOSTNAME", "").strip()
    vouched = environment.get("WEBSITE_AUTH_ENABLED", "").strip().lower() == "true"
    return f"https://{host}/api/status" if host and vouched else None
