"""The snapshot: a run's immutable copy of its files, made inside the storage account."""

from collections import Counter
from collections.abc import Callable, Iterable

from .inbox import file_name
from .settings import Settings
from .store import Blob, CopyStatus, Store
from .together import Together, one_by_one


def prefix(profile: str, run_id: str) -> str:
    return f"{profile}/{run_id}/files/"


def freeze(
    store: Store,
    settings: Settings,
    blobs: Iterable[Blob],
    target: Callable[[Blob], str],
    together: Together = one_by_one,
) -> bool:
    """Copy exactly these versions to where `target` says. False: some copy is not finished yet; call again.

    Raises Conflict if a blob isn't that version any more.
    """
    wanted = {target(blob): blob for blob in blobs}

    def copy(name: str) -> CopyStatus:
        return store.copy(settings.drop_container, wanted[name], settings.run_container, name)

    begun = zip(wanted, together(copy, wanted), strict=True)
    done = True
    for name in [name for name, status in begun if status != "success"]:
        status = store.copy_status(settings.run_container, name)
        if status in ("failed", "none"):
            store.delete(settings.run_container, name)
            copy(name)
        done = done and status == "success"
    return done


def discard(store: Store, settings: Settings, profile: str, run_id: str) -> None:
    """Remove a snapshot that came to nothing."""
    for blob in store.blobs(settings.run_container, prefix(profile, run_id)):
        store.delete(settings.run_container, blob.name)


def in_snapshot(profile: str, run_id: str, blobs: Iterable[Blob]) -> Callable[[Blob], str]:
    """Target of a set's files: the snapshot, under the names they landed with.

    A GUID's folder may exist in upper and in lower case; of two foreign files with one name both keep their folder.
    """
    names = Counter(map(file_name, blobs))
    return lambda blob: prefix(profile, run_id) + (file_name(blob) if names[file_name(blob)] == 1 else blob.name)
