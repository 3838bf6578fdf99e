"""Invented names. They are picked by number, so any row can be made without the rows before it.

They are chosen to be awkward: letters beyond ASCII in several scripts, commas, quotes, apostrophes and
hyphens, in places where School Data Sync allows them. Any likeness to a living person is chance.
"""

import random
from collections.abc import Sequence
from functools import cache

GIVEN = (
    "Ada", "Zoë", "Søren", "Łucja", "Iñaki", "Ayşe", "Þóra", "Chloé", "Bjørn", "Mei-Lin", "Ngozi", "D'Arcy",
    "Ελένη", "Ольга", "मीरा", "美咲", "Jürgen", "Siân", "Tomás", "Ines", "Kofi", "Leilani", "Emre", "Živa",
    "Oisín", "Nour",
)  # fmt: skip
MIDDLE = ("", "", "", "A.", "Rose", "Émile", "van", "J.")
FAMILY = (
    "Testwell", "Ångströmby", "O'Example", "Musterfrau", "Przykład", "Sample-Jones", "Örnekoğlu",
    "Fictive, Jr.", "Ejemplo", "d'Exemple", "Пример", "示例", "Δείγμα", "Nováková-Zkušební",
    "Placeholder, III", "Ní Shampla", "Esimerkki", "Voorbeeld", "Nguyễn-Mẫu", "Testovič", "Dæmisson",
    "Pavyzdys", "Exempel",
)  # fmt: skip
TITLES = ("Teacher", "Teacher, part-time", "Head of year", 'Teacher ("floating")')
SCHOOLS = (
    "Maple Hill School", 'The "Old Mill" School', "École des Tilleuls", "Saint Testa's, Lower School",
    "Grundschule am Übungsplatz", "Escuela Peñalara", "Høyland skole", "Riverside Academy",
)  # fmt: skip
COURSES = (
    ("Mathematics", "02"), ("Poetry, Prose and Plays", "01"), ("Français", "24"), ("Life Science", "03"),
    ("History, Modern", "04"), ("Música y Danza", "05"), ("Physical Education", "08"), ("Computing", "10"),
)  # fmt: skip
"""Course name and the code of its subject in the service's subject list."""

_TEXT = "What we read, write, count and build this year, week by week, with room for questions. "


class Names:
    """The names of one kind of people; the same seed and number give the same name."""

    def __init__(self, seed: int, kind: str) -> None:
        order = random.Random(f"{seed}/{kind}")
        self._given = order.sample(GIVEN, len(GIVEN))
        self._family = order.sample(FAMILY, len(FAMILY))

    def given(self, n: int) -> str:
        return self._given[n % len(self._given)]

    def middle(self, n: int) -> str:
        return MIDDLE[n * 7 // 3 % len(MIDDLE)]

    def family(self, n: int) -> str:
        # Shifts by one each time the given names come round, so a pair repeats only when all were used.
        return self._family[(n + n // len(self._given)) % len(self._family)]


@cache
def filler(length: int) -> str:
    return (_TEXT * (length // len(_TEXT) + 1))[:length]


def pick[T](choices: Sequence[T], n: int) -> T:
    return choices[n % len(choices)]


def phone(n: int) -> str:
    """A number of the range that is kept for fiction, in E.164."""
    return f"+1202555{100 + n % 100:04}"
