"""Collects places into findings: exact counts, the first few places, and nothing that grows with the errors."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from ..text import visible
from .model import Finding, Service
from .rules import RULES, SCOPES

_VALUE_CHARS = 80
Need = Literal["required", "optional"]


class _Group(msgspec.Struct):
    detail: str
    need: Need
    count: int = 0
    lines: list[int] = []
    values: list[str] = []


class Findings:
    """All findings of a verification.

    `examples` is how many places a finding's words name and how many values it keeps, `places` how many lines.
    """

    def __init__(self, service: Service, examples: int, places: int) -> None:
        self.service = service
        self.examples = max(examples, 1)
        self.places = max(places, self.examples)
        self._groups: dict[tuple[str | None, str, str | None], _Group] = {}

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
    ) -> None:
        """Add `count` places; `lines` and `values` are those of the first of them, as many as there is room for."""
        key = (file, rule, column)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(detail, need)
        group.count += count
        room = self.places - len(group.lines)
        if room > 0:
            group.lines.extend(lines[:room])
        room = self.examples - len(group.values)
        if room > 0:
            group.values.extend(visible(value, _VALUE_CHARS) for value in values[:room])

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
    ) -> None:
        """Add places given by the indexes of their records in a batch; `value(i)` is what record i has there."""
        if hits:
            self.add(
                rule,
                file,
                column=column,
                count=len(hits),
                lines=[lines[i] for i in hits[: self.places]],
                values=[value(i) for i in hits[: self.examples]],
                detail=detail,
                need=need,
            )

    def dropped(self) -> Counter[str]:
        """How many rows of each file have an error."""
        rows: Counter[str] = Counter()
        for (file, rule, _), group in self._groups.items():
            if file and SCOPES[rule] == "row" and RULES[rule].severity(self.service, group.need) == "error":
                rows[file] += group.count
        return rows

    def all(self, order: Sequence[str]) -> tuple[Finding, ...]:
        """The findings, by file in this order (then files not in it, then the set's own), rule table and line."""
        files = {name: i for i, name in enumerate(order)}
        rules = {name: i for i, name in enumerate(RULES)}

        def place(key: tuple[str | None, str, str | None]) -> tuple[object, ...]:
            file, rule, column = key
            lines = self._groups[key].lines
            return (
                -1 if file is None else files.get(file, len(files)),
                file or "",
                rules[rule],
                lines[:1],
                column or "",
            )

        return tuple(self._finding(key) for key in sorted(self._groups, key=place))

    def _finding(self, key: tuple[str | None, str, str | None]) -> Finding:
        file, rule_id, column = key
        group, rule = self._groups[key], RULES[rule_id]
        words = {"n": group.count, "column": column or "", "detail": group.detail}
        says, advice = rule.says.format(**words), rule.advice.format(**words)
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
            scope=SCOPES[rule_id],
            says=says,
            advice=advice,
        )

    def _where(self, group: _Group) -> str:
        lines = group.lines[: self.examples]
        if not lines:
            return ""
        listed = ", ".join(str(line) for line in lines)
        if group.count > len(lines):
            return f"First in line {listed}." if len(lines) == 1 else f"First in lines {listed}."
        return f"Line {listed}." if len(lines) == 1 else f"Lines {listed}."
