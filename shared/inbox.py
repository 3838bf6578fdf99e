"""The inbox: which profile a blob belongs to, and what the blobs of one profile amount to.

Everything here is a pure function of a listing, so whoever looks, however often, sees the same.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from .formats import FORMATS, Format, format_of, refused_format
from .settings import ALIAS, GUID, Settings
from .store import Blob, Store
from .together import Together, one_by_one

UNADDRESSED = "_refused"
"""Key of the blobs that name no profile: at the container's root or under a malformed one."""

Problem = Literal["caseCollision", "unknownFormat", "mixedFormats"]


class Lack(msgspec.Struct, frozen=True, rename="camel"):
    """An expected file that the set can't be complete without. `name` is the format's spelling."""

    name: str
    why: Literal["missing", "stale", "empty", "leased"]
    accepted_before: bool = False
    """It was in the last accepted drop: leaving it out would make its records inactive."""


class Survey(msgspec.Struct, frozen=True):
    """What the blobs of one inbox amount to. `files` maps the format's spelling to the blob."""

    format: str | None
    files: dict[str, Blob]
    ignored: tuple[Blob, ...]
    lacks: tuple[Lack, ...]
    problem: Problem | None
    advice: str
    fingerprint: str
    run_id: str

    @property
    def blobs(self) -> tuple[Blob, ...]:
        return (*self.files.values(), *self.ignored)

    @property
    def complete(self) -> bool:
        return bool(self.files) and not self.lacks and self.problem is None


class Listing(msgspec.Struct, frozen=True):
    """One look at a profile's part of the drop container."""

    files: tuple[Blob, ...]
    """One level below the profile: the inbox."""
    misplaced: tuple[Blob, ...]
    """What belongs to no run: deeper, or under a profile that isn't allowed."""


def key_of(blob: str) -> str:
    """The key of the profile whose driver has to look at a blob of this name. GUIDs match without case."""
    first, slash, _ = blob.partition("/")
    if slash and GUID.fullmatch(first):
        return first.lower()
    if slash and ALIAS.fullmatch(first):
        return first
    return UNADDRESSED


def file_name(blob: Blob) -> str:
    """The name below the profile's folder."""
    return blob.name.partition("/")[2] or blob.name


def look(store: Store, settings: Settings, key: str, together: Together = one_by_one) -> Listing:
    """List what lies under a profile key."""
    container = settings.drop_container
    if key == UNADDRESSED:
        folders, found = store.folders(container)
        for folder in folders:
            if key_of(f"{folder}/") == UNADDRESSED:
                found += store.blobs(container, f"{folder}/")
    elif GUID.fullmatch(key):
        found = _under_guid(store, container, key, together)
    else:
        found = store.blobs(container, f"{key}/")
    if settings.profile_id(key) is None:
        return Listing((), tuple(found))
    deep = [blob for blob in found if "/" in file_name(blob)]
    return Listing(tuple(blob for blob in found if blob not in deep), tuple(deep))


def _under_guid(store: Store, container: str, guid: str, together: Together) -> list[Blob]:
    """The blobs below a GUID, in whatever case it is written."""

    def usual() -> list[Blob]:
        return store.blobs(container, f"{guid}/")

    def others() -> list[Blob]:
        folders = [folder for folder in store.folders(container)[0] if folder.lower() == guid != folder]
        return [blob for folder in folders for blob in store.blobs(container, f"{folder}/")]

    def call(look: Callable[[], list[Blob]]) -> list[Blob]:
        return look()

    return [blob for found in together(call, (usual, others)) for blob in found]


def survey(
    blobs: Iterable[Blob], settings: Settings, accepted: tuple[str | None, tuple[str, ...]] = (None, ())
) -> Survey | None:
    """What the inbox holds, None if nothing. `accepted` is the format and the files of the last accepted drop."""
    present = tuple(sorted(blobs, key=lambda blob: blob.name))
    if not present:
        return None
    known = tuple(blob for blob in present if any(form.spec(file_name(blob)) for form in FORMATS))
    print_of = fingerprint(known or present)
    if _collides(present):
        return _problem(present, "caseCollision", "Two files differ only in case; keep one of them.", print_of)
    choices = [choice for form in _formats(settings) if (choice := _choose(form, present, settings, accepted))]
    names = [file_name(blob) for blob in present]
    if not choices and not known and any(name.lower().endswith(".csv") for name in names):
        refused = refused_format(names)
        advice = refused.says if refused else "No file here has a name of SDS V1 or SDS V2.1."
        return _problem(present, "unknownFormat", advice, print_of)
    if not choices:
        lacks = tuple(Lack(name, "missing") for name in sorted(settings.files))
        return Survey(None, {}, present, lacks or (Lack("", "missing"),), None, "", print_of, run_id(present))
    best = max(choices, key=lambda choice: (choice.complete, len(choice.files)))
    if not best.complete and len(known) < len(_csvs(present)) and (refused := refused_format(names)):
        return _problem(present, "unknownFormat", refused.says, print_of)
    if sum(choice.complete for choice in choices) > 1:
        return _problem(
            present, "mixedFormats", "There is a whole set of SDS V1 and one of SDS V2.1; send one.", print_of
        )
    return msgspec.structs.replace(best, fingerprint=print_of)


def fingerprint(blobs: Iterable[Blob]) -> str:
    """Equal for two listings of equal names, ETags, sizes and leases."""
    lines = sorted(f"{blob.name}\t{blob.etag}\t{blob.size}\t{blob.leased}\n" for blob in blobs)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:16]


def run_id(blobs: Iterable[Blob]) -> str:
    """`<newest Last-Modified>-<first 12 hex of SHA-256 over the sorted "name\\tETag\\n" lines>`."""
    every = tuple(blobs)
    newest = max(blob.modified for blob in every).astimezone(UTC)
    lines = sorted(f"{file_name(blob)}\t{blob.etag}\n" for blob in every)
    return f"{newest:%Y%m%dT%H%M%SZ}-{hashlib.sha256(''.join(lines).encode()).hexdigest()[:12]}"


def landed(blobs: Iterable[Blob]) -> tuple[datetime, datetime]:
    """First and last landing time."""
    times = [blob.modified for blob in blobs]
    return min(times), max(times)


def expected(form: Format, settings: Settings, accepted: tuple[str | None, tuple[str, ...]]) -> tuple[str, ...]:
    """The files that make a set complete, in the format's spelling and order."""
    if settings.files:
        wanted = {spec.name for name in settings.files if (spec := form.spec(name))}
    elif accepted[0] == form.id:
        wanted = {spec.name for spec in form.files if spec.required} | set(accepted[1])
    else:
        wanted = {spec.name for spec in form.files if spec.usual}
    return tuple(spec.name for spec in form.files if spec.name in wanted)


def _formats(settings: Settings) -> tuple[Format, ...]:
    form = format_of(settings.files)
    return (form,) if form else FORMATS


def _choose(
    form: Format, present: tuple[Blob, ...], settings: Settings, accepted: tuple[str | None, tuple[str, ...]]
) -> Survey | None:
    """The inbox read as one format, None if no file of it is there."""
    known = {spec.name: blob for blob in present if (spec := form.spec(file_name(blob)))}
    if not known:
        return None
    oldest = max(blob.modified for blob in known.values()) - timedelta(seconds=settings.set_spread)
    fresh = {name: blob for name, blob in known.items() if blob.modified >= oldest}
    lacks = []
    for name in expected(form, settings, accepted):
        if name not in fresh:
            before = accepted[0] == form.id and name in accepted[1]
            lacks.append(Lack(name, "stale" if name in known else "missing", before))
    for name, blob in fresh.items():
        if blob.size == 0 or blob.leased:
            lacks.append(Lack(name, "empty" if blob.size == 0 else "leased"))
    order = [spec.name for spec in form.files]
    files = {name: fresh[name] for name in order if name in fresh}
    ignored = tuple(blob for blob in present if blob not in files.values())
    return Survey(form.id, files, ignored, tuple(lacks), None, "", "", run_id(files.values()))


def _problem(present: tuple[Blob, ...], problem: Problem, advice: str, print_of: str) -> Survey:
    return Survey(None, {}, present, (), problem, advice, print_of, run_id(present))


def _collides(present: tuple[Blob, ...]) -> bool:
    names: Mapping[str, list[str]] = defaultdict(list)
    for blob in present:
        names[file_name(blob).lower()].append(file_name(blob))
    roster = {spec.name.lower() for form in FORMATS for spec in form.files}
    return any(len(same) > 1 and name in roster for name, same in names.items())


def _csvs(present: tuple[Blob, ...]) -> list[Blob]:
    return [blob for blob in present if blob.name.lower().endswith(".csv")]
