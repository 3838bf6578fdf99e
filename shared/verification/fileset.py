"""The set as a whole: its format, by names, and the files it lacks or has too many of."""

from collections.abc import Sequence

from ..formats import FORMATS, FileSpec, Format, refused_format
from .findings import Findings


def detect(names: Sequence[str], findings: Findings) -> Format | None:
    """The format that most of the names belong to; None, and a finding, if it is none that is taken."""
    refused = refused_format(names)
    if refused:
        findings.add("refusedFormat", None, detail=refused.says)
        return None
    fits = {candidate.id: sum(_spec(candidate, name) is not None for name in names) for candidate in FORMATS}
    best = max(FORMATS, key=lambda candidate: fits[candidate.id])
    if fits[best.id] == 0:
        findings.add("unknownFormat", None)
        return None
    return best


def _spec(chosen: Format, name: str) -> FileSpec | None:
    return next((spec for spec in chosen.files if spec.name.lower() == name.lower()), None)


def place(names: Sequence[str], chosen: Format, findings: Findings) -> dict[int, FileSpec]:
    """Which file of the format each name is, by its index; what is none, or is there twice, is reported."""
    placed: dict[int, FileSpec] = {}
    taken: set[str] = set()
    exact = {spec.name for spec in chosen.files}
    for index, name in sorted(enumerate(names), key=lambda item: item[1] not in exact):
        spec = _spec(chosen, name)
        if spec is None:
            _report_foreign(name, names, chosen, findings)
        elif spec.name in taken:
            findings.add("duplicateFile", name)
        else:
            taken.add(spec.name)
            placed[index] = spec
            if chosen.spec(name) is None:
                findings.add("fileNameCase", name, detail=spec.name)
    return placed


def _report_foreign(name: str, names: Sequence[str], chosen: Format, findings: Findings) -> None:
    if any(_spec(other, name) for other in FORMATS if other is not chosen):
        findings.add("mixedFormats", name, detail=chosen.title)
        return
    import difflib

    there = {other.lower() for other in names}
    absent = {spec.name.lower(): spec.name for spec in chosen.files if spec.name.lower() not in there}
    stem = name.lower().split(".")[0] + ".csv"
    near = [stem] if stem in absent else difflib.get_close_matches(name.lower(), list(absent), 1, 0.8)
    findings.add("unknownFile", name, detail=f"Did you mean {absent[near[0]]}?" if near else "")


def report_missing(placed: dict[int, FileSpec], chosen: Format, findings: Findings) -> None:
    """Files that must be there, alone or because others are; and those that the classic service expects."""
    there = {spec.name for spec in placed.values()}
    halves = {name for group in chosen.together if there & set(group) for name in group}
    for spec in chosen.files:
        if spec.name in there:
            continue
        if spec.required:
            findings.add("missingFile", spec.name, detail=": it is always needed")
        elif spec.name in halves:
            others = " and ".join(sorted(next(g for g in map(set, chosen.together) if spec.name in g) & there))
            findings.add("missingFile", spec.name, detail=f", or leave out {others} as well")
        elif spec.usual and findings.service == "classic":
            findings.add("missingFile", spec.name, detail=" unless no classes are managed", need="optional")
