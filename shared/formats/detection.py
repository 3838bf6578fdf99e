"""What the files of a folder are: their format, which file is which, and what to say about the others.

One pure function on names, and header rows where they are known. The command line and a run both ask it, so both
say the same of the same folder, in the same words.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from .model import Format
from .names import is_archive, is_csv, meant, without_common
from .refused import recognised
from .sds_v1 import SDS_V1
from .sds_v21 import SDS_V21

FORMATS = (SDS_V1, SDS_V21)
_NAMED = 10  # near misses, or archives, in one sentence

RemarkRule = Literal[
    "unknownFormat", "refusedFormat", "mixedFormats", "duplicateFile", "fileNameCase", "archive", "unknownFile"
]


class Remark(msgspec.Struct, frozen=True):
    """What is to be said about a file, by its name, or about the set. `rule` is one of docs/verification.md."""

    rule: RemarkRule
    type: Literal["error", "warning"]
    """An error refuses the set."""
    name: str | None
    """The file's name as it was given; None: the set is meant."""
    says: str
    """In full sentences: what it is, and what to do. Names no file but those of the folder and of formats."""


class Folder(msgspec.Struct, frozen=True):
    """What a folder amounts to. `format` None: no set that is taken, and `remarks` say why."""

    format: Format | None
    files: dict[str, str]
    """The format's spelling of a file to the name that it has in the folder, in the format's order."""
    remarks: tuple[Remark, ...]
    """Errors first. Of a folder of no format there is one alone."""
    meant: dict[str, str]
    """A file that the set lacks, in the format's spelling, to the name in the folder that was probably meant."""

    @property
    def refused(self) -> Remark | None:
        """The first remark that refuses the set, whatever is in its files; None if nothing does."""
        return next((remark for remark in self.remarks if remark.type == "error"), None)


def classify(
    names: Iterable[str],
    *,
    headers: Mapping[str, Sequence[str]] | None = None,
    formats: Sequence[Format] = FORMATS,
    others: Iterable[str] = (),
) -> Folder:
    """Say what the files of these names are.

    `names`: all files of the folder, whatever they are: what is no CSV file, no archive and near no file of a format
    is passed over. `headers`: the column names of the files, as far as they are known. `formats`: the candidates,
    where it is settled. `others`: files that lie there too and can't be part of the set (stale, or taken apart before):
    they are remarked on, and decide nothing.
    """
    every = sorted(set(names))
    rest = sorted(set(others) - set(every))
    candidates = {form.id: _placed(form, every) for form in formats}
    whole = [form for form in formats if candidates[form.id].keys() >= set(_required(form))]
    chosen = max(formats, key=lambda form: (form in whole, len(candidates[form.id])))
    placed = candidates[chosen.id]
    remarks: list[Remark] = []
    if not whole and (refused := recognised(every, headers or {})):
        return Folder(None, {}, (Remark("refusedFormat", "error", None, refused.says),), {})
    if len(whole) > 1:
        titles = " and one of ".join(form.title for form in whole)
        remarks.append(Remark("mixedFormats", "error", None, f"There is a whole set of {titles}. Send one of them."))
    files = {spec.name: placed[spec.name][0] for spec in chosen.files if spec.name in placed}
    remarks += _spellings(chosen, placed)
    taken = {name for same in placed.values() for name in same}
    known = [spec.name for form in formats for spec in form.files]
    lacking = {} if files else without_common([*every, *rest], known)
    for name in (*(name for name in every if name not in taken), *rest):
        remark, near = _stranger(name, chosen if files else None, files, formats)
        if remark:
            remarks.append(remark)
        if near and near not in files:
            lacking.setdefault(near, name)
    if not files:  # one cause, one remark: whatever is near a file of a format, and every archive, is named in it
        unknown = Remark("unknownFormat", "error", None, _unknown([*every, *rest], lacking, formats))
        return Folder(None, {}, (unknown,), lacking)
    remarks.sort(key=lambda remark: remark.type)
    return Folder(chosen, files, tuple(remarks), lacking)


def format_of(names: Iterable[str]) -> Format | None:
    """The one format that has a file for every name; None if there is none."""
    wanted = list(names)
    for candidate in FORMATS:
        if wanted and all(candidate.spec(name) for name in wanted):
            return candidate
    return None


def _placed(form: Format, names: Sequence[str]) -> dict[str, list[str]]:
    """The names of each file of the format, the one in the format's own spelling first."""
    placed: dict[str, list[str]] = {}
    for name in names:
        if spec := form.spec(name):
            placed.setdefault(spec.name, []).append(name)
    return {spec: sorted(same, key=lambda name: (name != spec, name)) for spec, same in placed.items()}


def _spellings(form: Format, placed: Mapping[str, Sequence[str]]) -> Iterable[Remark]:
    """What differs from the format's spelling in case alone."""
    for spec, (first, *more) in placed.items():
        for name in more:
            says = f"{first} and {name} differ in case alone. Keep one of them."
            yield Remark("duplicateFile", "error", name, says)
        if first != spec and not form.any_case:
            says = f"{first} differs from {spec} in case. It is taken, and sent as {spec}; name it so in the export."
            yield Remark("fileNameCase", "warning", first, says)


def _stranger(
    name: str, chosen: Format | None, files: Mapping[str, str], formats: Sequence[Format]
) -> tuple[Remark | None, str | None]:
    """What to say about a file that is no part of the set, and the file of the format that it was meant as."""
    candidates = [spec.name for form in ([chosen] if chosen else formats) for spec in form.files]
    near = meant(name, [spec for spec in candidates if spec not in files]) or meant(name, candidates)
    if is_archive(name):
        says = "An archive: nothing in it is read. Unzip it, and put the CSV files themselves here."
        return Remark("archive", "warning", name, says), near
    foreign = next((form for form in FORMATS if form is not chosen and form.spec(name)), None)
    if chosen is None:  # all of them are named in one remark
        return None, near
    if foreign:
        says = f"The file is one of {foreign.title}, and this set is {chosen.title}: it is not sent. Remove it."
        return Remark("unknownFile", "warning", name, says), None
    if near and near in files:
        says = f"It looks like a second {near}: only {files[near]} is sent. Remove it."
        return Remark("unknownFile", "warning", name, says), None
    if near:
        says = f"{chosen.title} has no file of this name: it is not sent. Did you mean {near}?"
        return Remark("unknownFile", "warning", name, says), near
    if is_csv(name):
        says = f"{chosen.title} has no file of this name: it is not sent. Remove it."
        return Remark("unknownFile", "warning", name, says), None
    return None, None


def _unknown(names: Sequence[str], lacking: Mapping[str, str], formats: Sequence[Format]) -> str:
    archives = [name for name in names if is_archive(name)]
    near = [f"{name} for {spec}" for spec, name in lacking.items() if not is_archive(name)]
    if archives and not near and not any(is_csv(name) and not is_archive(name) for name in names):
        what = "is only an archive" if len(archives) == 1 else "are only archives"
        return f"There {what}, {_listed(archives)}. Unzip {_them(archives)}, and put the CSV files themselves here."
    known = " or ".join(f"{form.title} ({', '.join(_required(form)[:2])}, …)" for form in formats)
    advice = [f"Perhaps they only need their right names: {_listed(near)}."] if near else []
    if archives:
        advice.append(f"If the set is in {_listed(archives)}, unzip {_them(archives)}, and put the CSV files here.")
    says = " ".join(advice) or "Name the files as the format does."
    return f"No file here has a name of {known}. {says}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _them(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "them"


def _required(form: Format) -> list[str]:
    return [spec.name for spec in form.files if spec.required]
