"""No listing of an inbox is without a bound, whatever lies in the drop container."""

from shared.inbox import UNADDRESSED, listing
from shared.settings import Settings
from shared.store import Blob
from tests.model.store import MemoryStore
from tests.shared.test_surveys import GUID, NOON, SETTINGS, put


def test_no_listing_is_without_a_bound() -> None:
    store = MemoryStore(lambda: NOON)
    put(store, "root.csv", "no way/d.csv", f"{GUID}/f.csv", f"{GUID.upper()}/g.csv", "north/a.csv")
    asked: list[tuple[str, int | None]] = []
    usual, folders = store.blobs, store.folders

    def blobs(container: str, prefix: str = "", most: int | None = None) -> list[Blob]:
        asked.append((prefix, most))
        return usual(container, prefix, most)

    def first(container: str, most: int | None = None) -> tuple[list[str], list[Blob]]:
        asked.append(("folders", most))
        store.blobs = usual  # type: ignore[method-assign]
        found = folders(container, most)
        store.blobs = blobs  # type: ignore[method-assign]
        return found

    store.blobs, store.folders = blobs, first  # type: ignore[method-assign]
    for settings, key, calls in (
        (SETTINGS, "north", [("north/", 50_000)]),
        (
            SETTINGS,
            UNADDRESSED,
            [("folders", 50_000), (f"{GUID.upper()}/", 49_999), (f"{GUID}/", 49_998), ("no way/", 49_997)],
        ),
        (Settings(profiles={"north": GUID, GUID: GUID}), UNADDRESSED, [("folders", 50_000), ("no way/", 49_999)]),
        (Settings(), GUID, [(f"{GUID}/", 50_000), ("folders", 50_000), (f"{GUID.upper()}/", 50_000)]),
        (SETTINGS, GUID, []),
    ):
        asked.clear()
        listing(store, settings, key)
        assert asked == calls
