"""Collects places into findings: exact counts, the first few places, and nothing that grows with the errors."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from ..text import visible
from .dropped import Dropped
from .likeness import SAME
from .model import CHANGED, CHANGED_HERE, GONE, NOTHING_SHAPE, REST, Finding, Service
from .rules import RULES, SCOPES
from .width import FEWER

_VALUE_CHARS = 80
_COLLAPSED = (CHANGED_HERE, "an exponent")
"""How shapes of references begin that let different ones become the same."""
Need = Literal["required", "optional"]
_Key = tuple[str | None, str, str | None, str]
"""File, rule, column, shape."""


class _Group(msgspec.Struct):
    detail: str
    need: Need
    count: int = 0
    lines: list[int] = []
    values: list[str] = []
    others: list[int] = []
    other_file: str | None = None


def _first(group: _Group) -> str:
    more = f" and {group.count - 1:,} more" if group.count > 1 else ""
    return f"{min(group.lines)}{more}"


def _pieces(lines: Sequence[int], short: Sequence[int]) -> set[int]:
    """The lines, as far as rows that are too short are known, if each is one, and so is another before each."""
    ends = set(short)
    known = {line for line in lines if line <= max(ends)}
    before = {line - 1 for line in known}
    return known if known | before <= ends and known.isdisjoint(before) else set()


def _pairs(few: Sequence[int], short: Sequence[int]) -> dict[int, int]:
    """Lines that are too short by required cells, and those next to them that are short: the second of each two, with
    the first. Empty if one has no other, as far as lines are known."""
    ends = set(short)
    last = max(ends)
    behind = {line: line - 1 for line in few if line - 1 <= last}
    if ends.issuperset(behind.values()):
        return behind
    ahead = {line + 1: line for line in few if line + 1 <= last}
    return ahead if ends.issuperset(ahead) else {}


class Findings:
    """All findings of a verification.

    `examples` is how many places a finding's words name and how many values it keeps, `places` how many lines.
    `dropped` are the rows of each file that the industry data service will drop.
    """

    def __init__(self, service: Service, examples: int, places: int) -> None:
        self.service = service
        self.examples = max(examples, 1)
        self.places = max(places, self.examples)
        self.dropped: defaultdict[str, Dropped] = defaultdict(Dropped)
        self._groups: dict[_Key, _Group] = {}
        self._secret: set[tuple[str | None, str | None]] = set()

    def add(
        self,
        rule: str,
        file: str | None,
        *,
        column: str | None = None,
        count: int = 1,
        lines: Sequence[int] = (),
        values: Sequence[str] = (),
        detail: str = "",
        need: Need = "required",
        shape: str = "",
        others: Sequence[int] = (),
        other_file: str | None = None,
    ) -> None:
        """Add `count` places; `lines`, `values`, `others` are those of the first of them, as many as there is room for.

        Places of one file, rule, column and shape make one finding.
        """
        key = (file, rule, column, shape)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(detail, need, other_file=other_file)
        group.count += count
        if (room := self.places - len(group.lines)) > 0:
            group.lines.extend(lines[:room])
        if (room := self.examples - len(group.values)) > 0 and (file, column) not in self._secret:
            group.values.extend(visible(value, _VALUE_CHARS) for value in values[:room])
        if (room := self.examples - len(group.others)) > 0:
            group.others.extend(others[:room])

    def add_hits(
        self,
        rule: str,
        file: str,
        column: str | None,
        hits: Sequence[int],
        lines: Sequence[int],
        value: Callable[[int], str],
        *,
        detail: str = "",
        need: Need = "required",
        shape: str = "",
        other: Callable[[int], int] | None = None,
    ) -> None:
        """Add places given by the indexes of their records in a batch; `value(i)` is what record i has there.

        `other(i)` is the line of what it repeats; only the first few are asked for. Where it is an error of theirs, the
        rows are dropped.
        """
        if not hits:
            return
        if SCOPES[rule] == "row" and not self.is_warning(rule, need):
            self.drop(file, lines if len(hits) == len(lines) else [lines[i] for i in hits])
        room = self._room(file, rule, column, shape) if other else 0
        self.add(
            rule,
            file,
            column=column,
            count=len(hits),
            lines=[lines[i] for i in hits[: self.places]],
            values=[value(i) for i in hits[: self.examples]],
            detail=detail,
            need=need,
            shape=shape,
            others=[other(i) for i in hits[:room]] if other else (),
        )

    def keep_secret(self, file: str, column: str) -> None:
        """Show no values of this column, nor whole rows of the file, in which they are."""
        self._secret |= {(file, column), (file, None)}

    def _room(self, *key: *_Key) -> int:
        """So many more counterparts of a finding's places are wanted."""
        group = self._groups.get(key)
        return self.examples - len(group.others) if group else self.examples

    def withdraw(self, rule: str, file: str, column: str | None, shape: str | None = None) -> None:
        """Forget the places of a rule in a column, of one shape or of all: the cause is another."""
        for key in [key for key in self._groups if key[:3] == (file, rule, column) and shape in (None, key[3])]:
            del self._groups[key]

    def rename(
        self, rule: str, file: str, column: str | None, shape: str, other: str, detail: str | None = None
    ) -> None:
        """Tell the places of one shape as those of another, with its detail if that is another, too."""
        if group := self._groups.pop((file, rule, column, shape), None):
            self._groups[file, rule, column, other] = group
            group.detail = group.detail if detail is None else detail

    def changed(self, file: str, column: str, shape: str, most: int) -> str:
        """Forget what a spreadsheet has changed in a column, for who tells it as what came of it elsewhere: what, how
        often, and where first, in brackets; empty if it has changed nothing.

        `shape`: what it differs in, or that it has changed; `most`: only what is in so many rows or fewer.
        """
        groups = {
            key[3]: group
            for key, group in self._groups.items()
            if key[:3] == (file, "spreadsheet", column)
            and (shape == CHANGED or SAME.get(key[3], key[3]) in shape)
            and group.count <= most
        }
        for of in groups:
            self.withdraw("spreadsheet", file, column, of)
        told = [f"{of}, in line {_first(group)}" for of, group in groups.items()]
        return f" ({'; '.join(told)})" if told else ""

    def fold(self, file: str, column: str) -> None:
        """Forget what a spreadsheet has changed in a column where all of it is told as what came of it."""
        told = [
            (shape, group.count if rule == "reference" else 2 * group.count)  # the first of two that are now one, too
            for (name, rule, where, shape), group in self._groups.items()
            if (name, where) == (file, column) and rule in ("reference", "duplicate")
        ]
        for key in [key for key in self._groups if key[:3] == (file, "spreadsheet", column)] if told else ():
            same = SAME.get(key[3], key[3])
            if sum(count for shape, count in told if same in shape or key[3] in shape) >= self._groups[key].count:
                del self._groups[key]

    def fold_rows(self, file: str) -> None:
        """Forget what is said of rows of a file that comes of something else, which is told.

        Rows of which a part became the same are not the same; and where an id dangles in a row that is too short, and
        so is the row before, the two are one that a line break has parted.
        """
        dangling = {key: group for key, group in self._groups.items() if key[:2] == (file, "reference")}
        if any(key[3].startswith(_COLLAPSED) for key in dangling):
            self.withdraw("duplicateRow", file, None)
        short = self._groups.get((file, "fewerCells", None, ""))
        few = self._groups.get((file, "columnCount", None, FEWER.shape))
        if short and few and short.count == few.count and (pairs := _pairs(few.lines, short.lines)):
            whole = few if pairs.keys() <= set(few.lines) else short
            self._parted(file, pairs, whole, surely=whole is few)
            self.withdraw("columnCount", file, None, FEWER.shape)
        for key, group in dangling.items() if short else ():
            if key[3] not in ("", GONE) or group.need != "required" or not short or group.count * 2 != short.count:
                continue
            if pieces := _pieces(group.lines, short.lines):
                self._parted(file, {line: line - 1 for line in pieces}, group, surely=True)
                self._groups.pop(key, None)

    def _parted(self, file: str, pairs: Mapping[int, int], second: _Group, *, surely: bool) -> None:
        """Tell rows that a line break has parted as that. `pairs` are lines and those before them, as far as known.

        The service would take what is before the break for a whole row: so that is lost, too. `surely`: all of the
        second halves are.
        """
        self._forget(file, {*pairs.keys(), *pairs.values()})
        self.withdraw("fewerCells", file, None)
        lines = second.lines if surely else sorted(pairs)
        self.add("noRecord", file, count=second.count, lines=lines, values=second.values, shape=REST)
        self.drop(file, [*pairs, *pairs.values()])
        if self.service == "industryData" and surely:
            self.dropped[file].more(second.count - len(pairs))

    def _forget(self, file: str, lines: set[int]) -> None:
        """Forget what is said of these lines alone, as far as that is known."""
        for key in [key for key in self._groups if key[0] == file and SCOPES[key[1]] == "row"]:
            group = self._groups[key]
            if 0 < group.count == len(group.lines) and lines.issuperset(group.lines):
                del self._groups[key]

    def missing_ids(self, file: str, column: str) -> None:
        """The words for nothing in a column are all of its ids: then they are missing, whatever repeats them."""
        for key in [key for key in self._groups if key[:3] == (file, "nullWord", column)]:
            group = self._groups.pop(key)
            self.withdraw("duplicate", file, column, NOTHING_SHAPE)
            self.add(
                "missingValue",
                file,
                column=column,
                count=group.count,
                lines=group.lines,
                values=group.values,
                shape=NOTHING_SHAPE,
            )

    def count(self, rule: str, file: str, column: str | None, shape: str) -> int:
        """How many places of a finding there are so far."""
        group = self._groups.get((file, rule, column, shape))
        return group.count if group else 0

    def lines(self, rule: str, file: str, column: str | None, shape: str) -> Sequence[int]:
        """The lines of the first places of a finding so far."""
        group = self._groups.get((file, rule, column, shape))
        return group.lines if group else ()

    def of(self, rule: str, file: str) -> list[tuple[str, str, str | None, str]]:
        """Rule, file, column and shape of the findings of a rule in a file so far."""
        return [(rule, file, key[2], key[3]) for key in self._groups if key[:2] == (file, rule)]

    def is_warning(self, rule: str, need: Need) -> bool:
        """A place of this rule is no error."""
        return RULES[rule].severity(self.service, need) != "error"

    def drop(self, file: str, lines: Sequence[int]) -> None:
        """The industry data service will drop these rows. (The classic one drops none: it refuses the set.)"""
        if self.service == "industryData":
            self.dropped[file].mark(lines)

    def all(self, order: Sequence[str]) -> tuple[Finding, ...]:
        """The findings, by file in this order (then files not in it, then the set's own), rule table and line."""
        files = {name: i for i, name in enumerate(order)}
        rules = {name: i for i, name in enumerate(RULES)}

        def place(key: _Key) -> tuple[object, ...]:
            file, rule, column, shape = key
            lines = self._groups[key].lines
            return (
                -1 if file is None else files.get(file, len(files)),
                file or "",
                rules[rule],
                min(lines, default=0),
                column or "",
                shape,
            )

        return tuple(self._finding(key) for key in sorted(self._groups, key=place))

    def _finding(self, key: _Key) -> Finding:
        file, rule_id, column, shape = key
        group, rule = self._groups[key], RULES[rule_id]
        if not group.others:
            group.lines.sort()  # a block's rows come by what they are
        words = {"n": f"{group.count}", "column": column or "", "detail": group.detail, "shape": shape}
        known = (shape, shape.partition(":")[0], "*") if shape else ()
        advice = next((rule.of_shape[name] for name in known if name in rule.of_shape), rule.advice)
        says, advice = rule.says.format(**words), advice.format(**words)
        parts = (says, self._where(group), advice)
        return Finding(
            type=rule.severity(self.service, group.need),
            rule=rule_id,
            file_name=file,
            line=group.lines[0] if group.lines else None,
            column=column,
            count=group.count,
            description=" ".join(part for part in parts if part),
            lines=tuple(group.lines),
            values=tuple(group.values),
            shape=shape,
            scope=SCOPES[rule_id],
            others=tuple(group.others),
            other_file=group.other_file,
            says=says,
            advice=advice,
        )

    def _where(self, group: _Group) -> str:
        lines = group.lines[: self.examples]
        if not lines:
            return ""
        told = [
            f"{line} (compare line {other}{f' of {group.other_file}' if group.other_file else ''})"
            if other
            else f"{line}"
            for line, other in zip(lines, [*group.others, *[0] * len(lines)], strict=False)
        ]
        plural = "Line" if len(lines) == 1 else "Lines"
        return f"{f'First in {plural.lower()}' if group.count > len(lines) else plural} {', '.join(told)}."
