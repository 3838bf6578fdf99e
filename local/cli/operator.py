"""What a person who looks and decides works with: the account's records and runs, by `DROP_STORAGE`."""

from collections.abc import Iterator
from contextlib import contextmanager

from local.cli.account import Account, refusals
from local.cli.ends import Failed
from shared import board
from shared.azure_store import AzureStore
from shared.door import Newer, Unreadable
from shared.room import Room
from shared.sds.port import Sds
from shared.settings import Settings
from shared.steps.work import Work
from shared.store import Conflict, Denied

_ROLE = "Storage Blob Data Contributor"


@contextmanager
def operator() -> Iterator[Room]:
    """The room of a person's command. Raises Failed, one line, for all that storage or a record refuses."""
    settings = Settings.load()
    what = f"the containers {settings.state_container} and {settings.run_container}"
    with Account(settings):  # says in a line if the account is none, or nobody answers there
        store = AzureStore(settings, app=False)
        try:
            with refusals(what, _ROLE):
                yield Room(store, _no_service, settings)
        except Denied as error:
            raise Failed(
                f"the storage account refuses what was asked of {what} ({error}); it needs the role {_ROLE!r}"
            ) from None
        except Unreadable as error:
            raise Failed(f"{error}: {board.DAMAGED}") from None
        except Newer as error:
            raise Failed(f"{error}: {board.NEWER}") from None
        except Conflict:
            raise Failed("others change the record again and again; try once more") from None
        finally:
            store.close()


def work_of(room: Room, named: str) -> Work:
    """The profile that the person named. Raises Failed if nothing is known of it."""
    key = board.profile_key(named)
    if key is None or board.profile(room, key) is None:
        raise Failed(f"no profile {named} is known in this account; `python -m local status` lists them")
    return Work(room, key)


def when(work: Work) -> str:
    """When the app acts on what was written into the record."""
    driver = work.load().driver
    if driver is not None and driver.until > work.now():
        most = work.settings.poll_max
        return f"the app acts on it at its next look, at most SDS_POLL_MAX_SECONDS later ({most:g} s, if it isn't set)"
    return "the app acts on it at its next sweep (SDS_SWEEP_SCHEDULE)"


def _no_service() -> Sds:
    raise Failed("a command asks School Data Sync for nothing")
