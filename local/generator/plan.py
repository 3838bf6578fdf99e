"""How many of everything, and who belongs where: plain arithmetic, so that every reference is valid."""

from collections.abc import Iterator

import msgspec

MAX_ROWS = 500_000
"""Rows that School Data Sync takes in one CSV file."""
MAX_PADDING = 32_000
"""Characters of one padded description; CSV readers commonly stop at 131,072."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The size of a drop. Row n of people, sections and teachers belongs to school `n % schools`."""

    students: int
    schools: int
    sections: int
    teachers: int
    enrollments: int
    rosters: int
    seed: int = 1
    full: bool = True
    padding: int = 0
    """Characters of text in each section's description."""

    @classmethod
    def of(
        cls,
        students: int = 40,
        *,
        schools: int | None = None,
        sections: int | None = None,
        teachers: int | None = None,
        enrollments: int | None = None,
        rosters: int | None = None,
        seed: int = 1,
        full: bool = True,
        padding: int = 0,
    ) -> "Plan":
        """Numbers left out are derived from `students`. Raises ValueError if they can't make a valid drop."""
        schools = max(1, min(students // 20, 400)) if schools is None else schools
        sections = max(students * 2 // 25, schools * 3) if sections is None else sections
        plan = cls(
            students=students,
            schools=schools,
            sections=sections,
            teachers=max(students * 3 // 50, schools * 2) if teachers is None else teachers,
            enrollments=min(students * min(3, sections // max(schools, 1)), MAX_ROWS)
            if enrollments is None
            else enrollments,
            rosters=sections * 3 // 2 if rosters is None else rosters,
            seed=seed,
            full=full,
            padding=padding,
        )
        plan._check()
        return plan

    def _check(self) -> None:
        for name in ("students", "schools", "sections", "teachers"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more")
        if min(self.students, self.sections, self.teachers) < self.schools:
            raise ValueError("every school needs a student, a section and a teacher: fewer schools, or more of those")
        limits = (
            ("enrollments", self.enrollments, self.students, self.sections),
            ("rosters", self.rosters, self.sections, self.teachers),
        )
        for name, count, each, choices in limits:
            most = each * (choices // self.schools)
            if not 0 <= count <= most:
                raise ValueError(f"{name} must be from 0 to {most}: no one is put twice into one section")

    def enrolled(self) -> Iterator[tuple[int, int]]:
        """Pairs (section, student), each once."""
        for student, section in self._pairs(self.students, self.sections, self.enrollments):
            yield section, student

    def rostered(self) -> Iterator[tuple[int, int]]:
        """Pairs (section, teacher), each once."""
        return self._pairs(self.sections, self.teachers, self.rosters)

    def _pairs(self, left: int, right: int, count: int) -> Iterator[tuple[int, int]]:
        """`count` different pairs of the same school, spread evenly over `left`."""
        each, more = divmod(count, left)
        for n in range(left):
            school = n % self.schools
            choices = (right - school + self.schools - 1) // self.schools
            first = n // self.schools * 7 + self.seed
            for turn in range(each + (n < more)):
                yield n, school + (first + turn) % choices * self.schools
