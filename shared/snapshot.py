"""The snapshot: a run's immutable copy of its files, made inside the storage account."""

from collections.abc import Mapping

from .settings import Settings
from .store import Blob, CopyAnswer, Store
from .together import Together, one_by_one


def prefix(profile: str, run_id: str) -> str:
    return f"{profile}/{run_id}/files/"


def freeze(
    store: Store,
    settings: Settings,
    wanted: Mapping[str, Blob],
    together: Together = one_by_one,
) -> dict[str, CopyAnswer]:
    """Copy exactly these versions from the drop container to these names, and say of each what became of it."""

    def copy(name: str) -> CopyAnswer:
        return store.copy(settings.drop_container, wanted[name], settings.run_container, name)

    return dict(zip(wanted, together(copy, wanted), strict=True))


def discard(store: Store, settings: Settings, profile: str, run_id: str) -> None:
    """Remove a snapshot that came to nothing; one that has a report or a message beside it is some run's, and stays."""
    folder = f"{profile}/{run_id}/"
    found = store.blobs(settings.run_container, folder)
    if any(not blob.name.startswith(f"{folder}files/") for blob in found):
        return
    for blob in found:
        store.delete(settings.run_container, blob.name, blob.etag)
