"""What a person reads of a verification, terminal and HTML alike: findings by cause, worst first, and one sentence."""

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from ..formats import FORMATS
from .model import FileResult, Finding, Scope, Type, Verification
from .rules import RULES

MOST = 20
"""Places of one cause that a person is shown."""

_TYPES: dict[Type, int] = {"error": 0, "warning": 1, "information": 2}
_SCOPES: dict[Scope, int] = {"set": 0, "file": 1, "row": 2}
_RULES = {name: place for place, name in enumerate(RULES)}
_PLURALS = {"error": "errors", "warning": "warnings", "information": "information", "row": "rows", "file": "files"}
_PLURALS |= {"person": "people", "cause": "causes", "place": "places", "line": "lines", "more file": "more files"}
_FILES = 3
"""Files that the sentence names."""
_EFFECTS: dict[Type, str] = {
    "error": "the rows are dropped",
    "warning": "worth a look",
    "information": "harmless",
}
REFUSES = "refuses the set"


class Cause(msgspec.Struct, frozen=True):
    """One thing that is wrong, wherever it is. `count` is of all places, `places` has one finding for each column."""

    type: Type
    rule: str
    shape: str
    says: str
    advice: str
    """What to do; empty if that differs from place to place."""
    effect: str
    """What it means for the set, in a few words."""
    count: int
    anchor: str
    places: tuple[Finding, ...]
    each: bool = False
    """Each place has more to say than `says`: its own `says`."""


def causes(result: Verification) -> tuple[Cause, ...]:
    """The findings by cause, the worst first: what refuses the set, then errors, warnings and the rest."""
    refusing = set(map(id, result.refusing))
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in result.findings:
        groups.setdefault((id(finding) in refusing, *_key(finding)), []).append(finding)
    ranked = sorted(groups.items(), key=lambda item: _rank(item[1], refuses=bool(item[0][0])))
    return tuple(_cause(group, refuses=bool(key[0])) for key, group in ranked)


def _key(finding: Finding) -> tuple[object, ...]:
    """What findings of one cause have in common."""
    return finding.type, finding.rule, finding.shape


def _rank(group: Sequence[Finding], *, refuses: bool) -> tuple[object, ...]:
    first = group[0]
    count = sum(finding.count for finding in group)
    return not refuses, _TYPES[first.type], _SCOPES[first.scope], -count, _RULES.get(first.rule, len(_RULES))


def _cause(group: Sequence[Finding], *, refuses: bool) -> Cause:
    first, words = group[0], RULES[group[0].rule].says
    count = sum(finding.count for finding in group)
    says = first.says
    if differ := len({finding.says for finding in group}) > 1:
        columns = ", ".join(dict.fromkeys(finding.column for finding in group if finding.column))
        parts = {"n": count, "column": columns, "detail": "…", "shape": first.shape}
        says = _title(first.rule) if words == "{detail}" else words.format(**parts)
    return Cause(
        type=first.type,
        rule=first.rule,
        shape=first.shape,
        says=says,
        advice=first.advice if len({finding.advice for finding in group}) == 1 else "",
        effect=REFUSES if refuses else _EFFECTS[first.type],
        count=count,
        anchor=first.anchor,
        places=tuple(group),
        each=differ and "{detail}" in words,
    )


def _title(rule: str) -> str:
    """`File name case` for `fileNameCase`."""
    return re.sub("[A-Z]", lambda letter: f" {letter[0].lower()}", rule).capitalize()


def own_words(cause: Cause, place: Finding) -> tuple[str, ...]:
    """What is to be said of one place beyond what is said of its cause."""
    return tuple(filter(None, (place.says if cause.each else "", "" if cause.advice else place.advice)))


def sentence(result: Verification) -> str:
    """Whether this set would be taken, and what happens to whom."""
    if not result.taken:
        return f"This set would be refused{_why(result)}: nothing would be sent, and {_stays(result)}."
    warnings = result.counts["warning"]
    look = f"; {counted(warnings, 'warning')} {'deserves' if warnings == 1 else 'deserve'} a look" if warnings else ""
    if lost := [file for file in result.files if file.rows_dropped]:
        losses = [loss for file in lost for loss in _losses(result, file)]
        return f"This set would be taken, but {listed(losses)} would be dropped{look}."
    return f"This set would be taken as it is, and nobody is left out{look}."


def facts(result: Verification) -> str:
    """What was read, on one line."""
    title = next((known.title for known in FORMATS if known.id == result.format), "Unknown format")
    service = {"classic": "the classic service", "industryData": "the industry data service"}[result.service]
    rows = sum(file.rows or 0 for file in result.files)
    return f"{title} for {service}: {counted(len(result.files), 'file')}, {counted(rows, 'row')}"


def counts(result: Verification) -> str:
    """How many places have an error, a warning, an information."""
    found = [counted(number, kind) for kind, number in result.counts.items() if number]
    return ", ".join(found) or "no problems found"


def counted(number: int, word: str) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{number:,} {word if number == 1 else _PLURALS[word]}"


def listed(words: Iterable[str], most: int = 4) -> str:
    """`a, b and c`; of many, the first few and how many more."""
    parts = list(words)
    if len(parts) > most:
        parts = [*parts[: most - 1], f"{len(parts) - most + 1:,} more"]
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def lines(finding: Finding, most: int) -> str:
    """Where in its file a finding is: `lines 3 (as line 2), 7 and 90 more`; empty for the file as a whole."""
    if not finding.lines:
        return ""
    shown = [f"{line}{_other(finding, at)}" for at, line in enumerate(finding.lines[:most])]
    more = 0 if finding.rule == "headerStyle" else finding.count - len(shown)  # of which there is one line
    word = "line" if len(shown) == 1 and more < 1 else "lines"
    return f"{word} {', '.join(shown)}" + (f" and {more:,} more" if more > 0 else "")


def _other(finding: Finding, at: int) -> str:
    other = finding.others[at] if at < len(finding.others) else 0
    where = f"{finding.other_file} line" if finding.other_file else "as line"
    return f" ({where} {other})" if other else ""


def _why(result: Verification) -> str:
    """How much refuses the set, and which files would lose more rows than they may."""
    number = sum(cause.effect == REFUSES for cause in causes(result))
    why = f" for {counted(number, 'cause')}" if number else ""
    if result.service == "classic":  # refuses for one bad row, and drops none
        return why
    over = [file for file in result.files if file.rows_dropped > file.rows_allowed]
    more = [f"and {counted(len(over) - _FILES, 'more file')}"] if len(over) > _FILES else []
    return f"{why} ({'; '.join([*map(_over, over[:_FILES]), *more])})" if over else why


def _over(file: FileResult) -> str:
    lost, allowed = counted(file.rows_dropped, "row"), f"{file.rows_allowed:,}" if file.rows_allowed else "none"
    return f"{file.name} would lose {lost} of {file.rows or 0:,} and may lose {allowed}"


def _stays(result: Verification) -> str:
    people = [file for file in result.files if file.people]
    return "the people in School Data Sync stay as they are now" if people else "School Data Sync stays as it is"


def _losses(result: Verification, file: FileResult) -> Iterator[str]:
    """Who and what of a file would be dropped; a line that is no record is nobody."""
    found = [finding for finding in result.findings if (finding.file_name, finding.rule) == (file.name, "noRecord")]
    lines = min(sum(finding.count for finding in found), file.rows_dropped)
    if rows := file.rows_dropped - lines:
        yield f"{counted(rows, 'person' if file.people else 'row')} of {file.name}"
    if lines:
        yield f"{counted(lines, 'line')} of {file.name} that {'is no record' if lines == 1 else 'are no records'}"
