"""Which values a list allows: the nearest first, a handful; docs/verification.md has them all."""

import re
from collections.abc import Sequence

from ..formats import ValueList
from .cells import decoded
from .model import DOCS

_HANDFUL = 5
_LOOKED_AT = 3  # wrong values whose nearest are named
_CHARS = 40
_USUAL = ("student", "teacher", "school", "district", "guardian", "parent", "administrator")
"""What is meant most, where a value is near none: in this order."""
MEANT = {
    "s": "student",
    "t": "teacher",
    "learner": "student",
    "pupil": "student",
    "schueler": "student",
    "scholar": "student",
    "mother": "parent",
    "father": "parent",
    "mom": "parent",
    "dad": "parent",
    "carer": "guardian",
    "stepparent": "parent",
    "grandparent": "relative",
    **dict.fromkeys(("stepfather", "stepmother"), "parent"),
    **dict.fromkeys(("sibling", "brother", "sister", "aunt", "uncle", "grandmother", "grandfather"), "relative"),
    **dict.fromkeys(("fosterparent", "fostermother", "fosterfather", "legalguardian"), "guardian"),
    **dict.fromkeys(("leadteacher", "coteacher", "teacherofrecord", "primaryteacher", "primary"), "teacher"),
    "aide": "teacherAssistant",
    "educator": "teacher",
    **dict.fromkeys(("lehrer", "lehrerin", "lehrkraft", "professeur", "enseignant", "enseignante"), "teacher"),
    **dict.fromkeys(("profesor", "profesora", "maestro", "maestra", "docente", "insegnante", "leraar"), "teacher"),
    **dict.fromkeys(("lærer", "lärare", "opettaja", "nauczyciel", "učitel", "öğretmen"), "teacher"),
    **dict.fromkeys(("schüler", "schülerin", "élève", "eleve", "étudiant", "etudiant", "alumno", "alumna"), "student"),
    **dict.fromkeys(("estudiante", "studente", "alunno", "aluno", "leerling", "elev", "oppilas", "uczeń"), "student"),
    **dict.fromkeys(("žák", "öğrenci"), "student"),
    "headteacher": "principal",
    "head": "principal",
    "guardian": "other",
    "parent": "other",
    "m": "male",
    "f": "female",
    "boy": "male",
    "girl": "female",
    "kindergarten": "kg",
    "k": "kg",
    "preschool": "ps",
    "prekindergarten": "pk",
    **dict.fromkeys(("year", "fullyear"), "schoolYear"),
    **dict.fromkeys(("trimester", "summer"), "term"),
    "markingperiod": "gradingPeriod",
    "lea": "district",
    "trust": "academicTrust",
}
"""What other products write for a value, in small letters: for advice alone."""


def nearest_allowed(values: ValueList, added: frozenset[str], wrong: Sequence[bytes], *, many: bool = False) -> str:
    """The allowed values in words, those nearest to the wrong ones first. The wrong ones aren't named.

    `many`: a cell may hold several, joined by commas.
    """
    every = (*values.spelled, *sorted(added))
    ranked = [_ranked(decoded(value[:80]).strip().lower()[:_CHARS], every, values) for value in wrong[:_LOOKED_AT]]
    words = list(dict.fromkeys(word for same in zip(*ranked, strict=True) for word in same)) or list(every)
    more = len(words) - _HANDFUL
    listed = ", ".join(words[:_HANDFUL])
    number = any(re.fullmatch(rb"[0-9]+\.0+", value) for value in wrong[:_LOOKED_AT])
    bare = ", without the .0 behind it" if number else ""
    if many and any(_are_several(value, values, added) for value in wrong[:_LOOKED_AT]):
        bare += "; several in a cell are joined with commas, in quotation marks"
    return f"{listed}{f' and {more} more' if more > 0 else ''} (the list {values.id} in {DOCS}#list-{values.id}){bare}"


def _are_several(value: bytes, values: ValueList, added: frozenset[str]) -> bool:
    """It is several values of the list, with something else than commas between them."""
    parts = [part.strip() for part in re.split(r"[;|/+&]| and ", decoded(value[:80]))]
    return len(parts) > 1 and all(values.key(part) in values.values | added for part in parts)


def _ranked(wrong: str, words: Sequence[str], values: ValueList) -> list[str]:
    """The words, the nearest first; those that are equally far in the order of the list."""
    meant = MEANT.get("".join(filter(str.isalnum, wrong)), "").lower()
    number = re.search("[0-9]+", wrong)
    key = values.key(number[0].lstrip("0") or "0") if number else ""

    usual = {word: number for number, word in enumerate(_USUAL)}

    def distance(word: str) -> tuple[int, int]:
        word = word.lower()
        if word in (meant, key) or (number and word.lstrip("0") == number[0].lstrip("0")):
            return 0, 0
        if wrong and (word.startswith(wrong) or wrong.startswith(word)):
            return 1, abs(len(word) - len(wrong))
        far = edits(wrong, word)
        return (2, far) if 2 * far <= max(len(word), len(wrong)) else (3, usual.get(word, len(usual)))

    return sorted(words, key=distance)


def edits(one: str, other: str) -> int:
    """How many letters have to be put in, left out, changed or swapped with the next to get from one to the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, another in enumerate(other, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != another)))
            if i > 1 < j and letter == other[j - 2] and one[i - 2] == another:
                row[-1] = min(row[-1], older[j - 2] + 1)
    return row[-1]
