"""The set as a whole: its format, which file is which, and the files it lacks."""

from collections.abc import Callable, Collection, Mapping, Sequence, Set

from ..formats import FORMATS, FileSpec, Folder, Format, classify, is_csv
from ..text import visible
from .findings import Findings
from .rules import RULES

_ALWAYS = ": it is always needed."
_STATED = ": SDS_FILES says that a whole set has it."
_BEFORE = ": it was in the last accepted drop, and without it its records would go inactive."
_UNSTATED = ": a run waits for it, unless SDS_FILES names the files that make a set whole, or the last set had none."
HEADERS = 20
"""Files whose header is looked at to find out what they are."""


def understand(
    names: Sequence[str],
    findings: Findings,
    *,
    chosen: Format | None,
    others: Sequence[str],
    expected: Sequence[str] | None = (),
    header: Callable[[int], Sequence[str]],
) -> tuple[Format | None, dict[int, FileSpec]]:
    """The set's format, and which file of it each name is, by its index; whatever is to be said of them is reported.

    `chosen`: the format, where it is settled. `others`: see `classify`. `expected`: see `verify`.
    `header` gives the column names of the file
    with an index; it is asked only where the names say too little.
    """
    formats = (chosen,) if chosen else FORMATS
    folder = classify(names, formats=formats, others=others)
    if folder.refused and not chosen:
        unclear = [index for index, name in enumerate(names) if is_csv(name)][:HEADERS]
        headers = {names[index]: header(index) for index in unclear}
        folder = classify(names, formats=formats, others=others, headers=headers)
    form = folder.format or chosen
    strangers = [remark.name for remark in folder.remarks if remark.rule == "unknownFile"]
    unclear = [index for index, name in enumerate(names) if name in strangers][:HEADERS]
    near = by_header(folder.files, form, {names[index]: header(index) for index in unclear}) if form else {}
    whole = [spec.name for spec in form.files if spec.usual] if form and expected is None else expected or ()
    expect = {name.lower() for name in whole}
    told = _report_missing(folder, form, findings, expect, near, stated=expected is not None) if form else set()
    for remark in folder.remarks:
        if remark.rule != "unknownFile" or remark.name not in told:
            findings.add(remark.rule, remark.name, detail=remark.says)
    if form is None:
        return None, {}
    placed = {names.index(name): spec for given, name in folder.files.items() if (spec := form.spec(given))}
    return form, placed


def missing(spec: FileSpec, *, stated: bool, before: bool, near: str | None, alike: str | None) -> str:
    """What is to be said of a file without which a set isn't whole: the words of `missingFile`.

    `stated`: `SDS_FILES` names it; `before`: it was in the last accepted drop; `near`: a file that was probably meant,
    by its name; `alike`: one that has its columns.
    """
    rule = RULES["missingFile"]
    detail = _why(spec, stated=stated, before=before) + _near(spec.name, near, alike)
    return f"{rule.says} {rule.advice}".format(detail=detail)


def _why(spec: FileSpec, *, stated: bool, before: bool) -> str:
    if spec.required:
        return _ALWAYS
    return _STATED if stated else _BEFORE if before else _UNSTATED


def _near(name: str, near: str | None, alike: str | None) -> str:
    if near:
        return f" {visible(near)} is there: did you mean that? Name it {name}."
    return f" {visible(alike)} has its columns: it is probably that file. Name it {name}." if alike else ""


def by_header(there: Collection[str], form: Format, headers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The strangers that have the columns of files that a set lacks, by the lacking file, if it can't be another's.

    `there` are the files that the set has, `headers` the column names of at most `HEADERS` others.
    """
    found: dict[str, str] = {}
    fits = {name: _fits(columns, form) for name, columns in headers.items()}
    for name in [*headers, *headers]:  # once more: it may be another's columns as well, if that isn't found already
        free = [file for file in fits[name] if file not in there and file not in found]
        if len(free) == 1 and name not in found.values():
            found[free[0]] = name
    return found


def _fits(columns: Sequence[str], form: Format) -> list[str]:
    """The files that have most of the columns, and all that they require among them."""
    known = {
        spec.name: sum(spec.column(column) is not None for column in columns)
        for spec in form.files
        if all(column.name in columns for column in spec.columns if column.required)
    }
    return [file for file, count in known.items() if count == max(known.values()) and 2 * count > len(columns)]


def _report_missing(
    folder: Folder, form: Format, findings: Findings, expected: Set[str], by_columns: Mapping[str, str], *, stated: bool
) -> set[str]:
    """Files that must be there, alone or because others are; and those that the classic service expects.

    Gives the names of the files that were probably meant.
    """
    there = folder.files.keys()
    halves = {name for group in form.together if there & set(group) for name in group}
    told: set[str] = set()
    for spec in form.files:
        if spec.name in there:
            continue
        meant, alike = folder.meant.get(spec.name), by_columns.get(spec.name)
        near = _near(spec.name, meant, alike)
        if spec.required or spec.name.lower() in expected:
            findings.add("missingFile", spec.name, detail=_why(spec, stated=stated, before=False) + near)
        elif spec.name in halves:
            others = " and ".join(sorted(next(g for g in map(set, form.together) if spec.name in g) & there))
            findings.add("missingFile", spec.name, detail=f", or leave out {others} as well.{near}")
        elif spec.usual and findings.service == "classic":
            findings.add("missingFile", spec.name, detail=f" unless no classes are managed.{near}", need="optional")
        else:
            continue
        told |= {meant or alike or ""}
    return told
