"""The inbox: which profile a blob belongs to, and what the blobs of one profile amount to.

`look` is the one way to see it: a listing, the record and the settings go in, and what the inbox amounts to comes out.
Join, observe, take, refuse and the incomplete message all use it, so whoever looks, however often, sees the same.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from msgspec.structs import replace

from .formats import FORMATS, Folder, Format, RemarkRule, classify, format_of
from .formats.names import is_csv
from .kept import mark
from .record import Lack, Record, Seen
from .settings import ALIAS, GUID, Settings
from .store import LONGEST_NAME, Blob, Store, addressable
from .together import Together, one_by_one

UNADDRESSED = "_refused"
"""Key of the blobs that are nobody's: at the container's root, or under a profile that is malformed or not allowed."""

PORTION = 1000
"""Blobs that are refused at once."""

_LISTED = 50_000
"""Blobs of one profile that a look takes in; what lies beyond is seen when those are dealt with."""
_FOLDERS = 1000
"""Folders of nobody's blobs, each a listing of its own, that a look takes in."""

Problem = Literal["caseCollision", "unknownFormat", "mixedFormats"]


class Survey(msgspec.Struct, frozen=True):
    """The set that an inbox holds, whole or not. `files` maps the format's spelling to the blob."""

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


class Inbox(msgspec.Struct, frozen=True):
    """What lies in the drop container for a profile and was not dealt with before."""

    set: Survey | None = None
    misplaced: tuple[Blob, ...] = ()
    """Blobs that belong to no set and have not changed for the settle time; at most a portion of them."""
    unsettled: datetime | None = None
    """When the next misplaced or strange blob will have rested for the settle time."""
    restless: Survey | None = None
    """Those that haven't yet: the last written, at most a portion of them."""
    there: frozenset[str] = frozenset()
    """Marks of every blob that was listed."""


class Listing(msgspec.Struct, frozen=True):
    """One look at a profile's part of the drop container."""

    files: tuple[Blob, ...]
    """One level below the profile: the inbox."""
    misplaced: tuple[Blob, ...]
    """What belongs to no set: deeper, nobody's, or with a name that can't be addressed."""


def key_of(blob: str) -> str:
    """The key of the profile that a blob of this name is under, allowed or not. GUIDs match without case."""
    first, slash, _ = blob.partition("/")
    if slash and GUID.fullmatch(first):
        return first.lower()
    if slash and ALIAS.fullmatch(first):
        return first
    return UNADDRESSED


def owner_of(blob: str, settings: Settings) -> str:
    """The key of the profile whose driver has to look at a blob of this name: all of nobody's have one."""
    key = key_of(blob)
    return key if settings.profile_id(key) is not None else UNADDRESSED


def file_name(blob: Blob) -> str:
    """The name below the profile's folder."""
    return blob.name.partition("/")[2] or blob.name


def look(
    store: Store,
    settings: Settings,
    record: Record,
    kept: Collection[str],
    now: datetime,
    together: Together = one_by_one,
) -> Inbox:
    """List what lies under the record's profile, and say what it amounts to.

    `settings` are the profile's own; `kept` are the marks that stand apart from the record.
    """
    return amounts_to(listing(store, settings, record.profile, together), settings, record, kept, now)


def listing(store: Store, settings: Settings, key: str, together: Together = one_by_one) -> Listing:
    """All blobs under a profile key, by where they lie."""
    container = settings.drop_container
    if key == UNADDRESSED:
        folders, found = store.folders(container, _LISTED)
        for folder in [each for each in folders if owner_of(f"{each}/", settings) == UNADDRESSED][:_FOLDERS]:
            if len(found) >= _LISTED:
                break
            found += store.blobs(container, f"{folder}/", _LISTED - len(found))
        return Listing((), tuple(found))
    if settings.profile_id(key) is None:
        return Listing((), ())
    if GUID.fullmatch(key):
        found = _under_guid(store, container, key, together)
    else:
        found = store.blobs(container, f"{key}/", _LISTED)
    files: list[Blob] = []
    misplaced: list[Blob] = []
    for blob in found:
        name = file_name(blob)
        (misplaced if "/" in name or not addressable(name) else files).append(blob)
    return Listing(tuple(files), tuple(misplaced))


def amounts_to(listed: Listing, settings: Settings, record: Record, kept: Collection[str], now: datetime) -> Inbox:
    """What a listing amounts to, without what was dealt with before."""
    marks = {blob.name: mark(blob.name, blob.etag) for blob in (*listed.files, *listed.misplaced)}
    old = _dealt_with(record).union(record.kept, kept)

    def is_new(blob: Blob) -> bool:
        return marks[blob.name] not in old

    rested = now - timedelta(seconds=settings.settle)
    misplaced = [blob for blob in listed.misplaced if is_new(blob)]
    quiet = [blob for blob in misplaced if blob.modified <= rested]
    restless = [blob for blob in misplaced if blob.modified > rested]
    files = [blob for blob in listed.files if is_new(blob)]
    if not any(_is_roster(blob) for blob in files):
        # A stranger that is written again and again says nothing about those beside it.
        restless += [blob for blob in files if blob.modified > rested]
        files = [blob for blob in files if blob.modified <= rested]
    return Inbox(
        survey(files, settings, (record.accepted.format, record.accepted.files) if record.accepted else (None, ())),
        tuple(sorted(quiet, key=lambda blob: blob.name)[:PORTION]),
        min(blob.modified for blob in restless) + timedelta(seconds=settings.settle) if restless else None,
        _no_set(restless),
        frozenset(marks.values()),
    )


def _no_set(blobs: Collection[Blob]) -> Survey | None:
    last = tuple(sorted(blobs, key=lambda blob: (blob.modified, blob.name), reverse=True)[:PORTION])
    return Survey(None, {}, last, (), None, "", fingerprint(last), run_id(last)) if last else None


def seen(before: Seen | None, found: Survey | None, now: datetime, settle: float) -> Seen | None:
    """What the record keeps of a set that a look has shown."""
    if found is None:
        return None
    if before is not None and before.fingerprint == found.fingerprint:
        first = replace(before, looks=2)
        if first.quiet(now, settle):
            first = replace(first, changing=None, told_changing=False)
    elif before is not None and before.changing is not None:
        first = Seen(found.fingerprint, now, changing=before.changing, told_changing=before.told_changing)
    else:
        first = Seen(found.fingerprint, now, changing=now)
    return replace(
        first, format=found.format, files=tuple(found.files), lacks=found.lacks[:20], strangers=len(found.ignored)
    )


def survey(
    blobs: Iterable[Blob], settings: Settings, accepted: tuple[str | None, tuple[str, ...]] = (None, ())
) -> Survey | None:
    """What the files of one inbox are, None if there are none.

    `accepted` is the format and the files of the last accepted drop. Only the files of the set, and no stranger beside
    them, count for the fingerprint.
    """
    present = tuple(sorted(blobs, key=lambda blob: blob.name))
    if not present:
        return None
    known = tuple(blob for blob in present if _is_roster(blob))
    if _collides(present):
        advice = _said("duplicateFile", present, settings) or "Two files differ in case alone. Keep one of them."
        return _problem(present, "caseCollision", advice, fingerprint(known or present))
    choices = [choice for form in _formats(settings) if (choice := _choose(form, present, settings, accepted))]
    if sum(choice.complete for choice in choices) > 1:
        advice = _said("mixedFormats", present, settings) or "There are two whole sets. Send one of them."
        return _problem(present, "mixedFormats", advice, fingerprint(known))
    best = max(choices, key=lambda choice: (choice.complete, len(choice.files)), default=None)
    if best is not None and best.complete:
        return best
    folder = _folder(present, best, settings)
    refused = folder.refused
    if refused is not None and refused.rule == "refusedFormat":
        return _problem(present, "unknownFormat", refused.says, fingerprint(known or present))
    if best is None and refused is not None and any(is_csv(file_name(blob)) for blob in present):
        return _problem(present, "unknownFormat", refused.says, fingerprint(present))
    if best is None:
        lacks = tuple(Lack(name, "missing") for name in sorted(settings.files)) or (Lack("", "missing"),)
        words = " ".join(remark.says for remark in folder.remarks[:3])
        return Survey(None, {}, present, lacks, None, words, fingerprint(present), run_id(present))
    return replace(best, lacks=tuple(_with_near(lack, folder) for lack in best.lacks))


def _said(rule: RemarkRule, present: tuple[Blob, ...], settings: Settings) -> str:
    """What `python -m shared.verification` says of it, so that a run says the same; empty if that finds no fault."""
    remarks = _folder(present, None, settings).remarks
    return next((remark.says for remark in remarks if remark.rule == rule), "")


def _with_near(lack: Lack, folder: Folder) -> Lack:
    near = folder.meant.get(lack.name) if lack.why == "missing" else None
    return replace(lack, near=near) if near is not None else lack


def _folder(present: tuple[Blob, ...], best: "Survey | None", settings: Settings) -> Folder:
    """What the names say; a file that is too old for the set decides nothing."""
    stale = {blob.name for blob in best.ignored if _is_roster(blob)} if best is not None else set()
    names = [file_name(blob) for blob in present if blob.name not in stale]
    others = [file_name(blob) for blob in present if blob.name in stale]
    return classify(names, formats=_formats(settings), others=others)


def fingerprint(blobs: Iterable[Blob]) -> str:
    """Equal for two listings of equal names, ETags, sizes and leases."""
    lines = sorted(f"{blob.name}\t{blob.etag}\t{blob.size}\t{blob.leased}\n" for blob in blobs)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def run_id(blobs: Iterable[Blob]) -> str:
    """`<newest Last-Modified>-<first 12 hex of SHA-256 over the sorted "name\\tETag\\n" lines>`."""
    every = tuple(blobs)
    newest = max(blob.modified for blob in every).astimezone(UTC)
    lines = sorted(f"{file_name(blob)}\t{blob.etag}\n" for blob in every)
    digest = hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{newest:%Y%m%dT%H%M%SZ}-{digest[:12]}"


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


def targets(prefix: str, blobs: Iterable[Blob]) -> dict[str, Blob]:
    """Names for copies of the blobs below `prefix`: that of the file, or, where two have one name, with its folder.

    A GUID's folder may exist in upper and in lower case. Blobs that no name fits are left out.
    """
    every = tuple(blobs)
    names = Counter(map(file_name, every))
    found = {prefix + (file_name(blob) if names[file_name(blob)] == 1 else blob.name): blob for blob in every}
    return {name: blob for name, blob in found.items() if len(name) <= LONGEST_NAME and addressable(blob.name)}


def _dealt_with(record: Record) -> frozenset[str]:
    """Marks of what a run has taken, a refusal is moving, or is about to be told because it can't be copied."""
    marks: set[str] = set()
    if record.current is not None:
        marks |= {mark(name, etag) for name, etag in record.current.drop.sources.items()}
    if record.refusal is not None:
        marks |= {*record.refusal.marks, *(mark(name, etag) for name, etag in record.refusal.blobs.items())}
    return frozenset(marks | {mark(blob.name, blob.etag) for blob in record.unmovable})


def _is_roster(blob: Blob) -> bool:
    name = file_name(blob)
    return any(form.spec(name) for form in FORMATS)


def _under_guid(store: Store, container: str, guid: str, together: Together) -> list[Blob]:
    """The blobs below a GUID, in whatever case it is written."""

    def usual() -> list[Blob]:
        return store.blobs(container, f"{guid}/", _LISTED)

    def others() -> list[Blob]:
        folders = [folder for folder in store.folders(container, _LISTED)[0] if folder.lower() == guid != folder]
        return [blob for folder in folders for blob in store.blobs(container, f"{folder}/", _LISTED)]

    def call(find: Callable[[], list[Blob]]) -> list[Blob]:
        return find()

    return [blob for found in together(call, (usual, others)) for blob in found]


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
    taken = {blob.name for blob in files.values()}
    ignored = tuple(blob for blob in present if blob.name not in taken)
    print_of = fingerprint(known.values())
    return Survey(form.id, files, ignored, tuple(lacks), None, "", print_of, run_id(files.values()))


def _problem(present: tuple[Blob, ...], problem: Problem, advice: str, print_of: str) -> Survey:
    return Survey(None, {}, present, (), problem, advice, print_of, run_id(present))


def _collides(present: tuple[Blob, ...]) -> bool:
    names: Mapping[str, list[str]] = defaultdict(list)
    for blob in present:
        names[file_name(blob).lower()].append(file_name(blob))
    roster = {spec.name.lower() for form in FORMATS for spec in form.files}
    return any(len(same) > 1 and name in roster for name, same in names.items())
