"""What a file's name may have been meant as: slips, copies, dates, plurals, other endings; and archives."""

import re
from collections.abc import Iterable
from functools import lru_cache
from os.path import commonprefix

ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst")
"""Endings of files that have to be unpacked."""
_ENDINGS = (".csv", ".txt", ".tsv", ".xls", ".xlsx", ".xlsm", ".ods", ".bak", ".old", ".dat", *ARCHIVES)
_NOISE = {"copy", "kopie", "copia", "copie", "export", "sds", "sis", "v", "csv"} | {
    *("new", "neu", "final", "full", "latest", "current", "of", "the")
}
_ALIKE = 0.8
_SEVERAL = 2  # files from which on what they have in common is no name of theirs
_LONGEST = 80  # letters that are compared


def is_archive(name: str) -> bool:
    """The file has to be unpacked, by its name."""
    return name.lower().endswith(ARCHIVES)


def is_csv(name: str) -> bool:
    """The file was meant as a CSV file, by its name: other files of a folder are nobody's matter."""
    return ".csv" in name.lower()


def meant(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a name was meant as, None if it is near none of them.

    `Students.csv`, `student (1).csv`, `Student_20261122.csv`, `SDS-Student.csv.txt` and `Student.xlsx` are all
    meant as `Student.csv`.
    """
    return _meant(name, tuple(candidates))


@lru_cache(1024)  # the same names lie in an inbox from look to look
def _meant(name: str, candidates: tuple[str, ...]) -> str | None:
    stem = _stem(name)
    if not stem:
        return None
    stems = {_stem(candidate): candidate for candidate in candidates}
    for same in (stem, _singular(stem)):
        for own, candidate in stems.items():
            if same in (own, _singular(own)):
                return candidate
    import difflib

    near = difflib.get_close_matches(stem, stems, 1, _ALIKE)
    return stems[near[0]] if near else None


def without_common(names: Iterable[str], wanted: Iterable[str]) -> dict[str, str]:
    """The wanted names that some names are but for what all of them begin with, or end with before their ending."""
    stems = {name[:-4]: name for name in names if name.lower().endswith(".csv")}
    if len(stems) < _SEVERAL:
        return {}
    front, behind = _shared_start(list(stems)), _shared_start([stem[::-1] for stem in stems])[::-1]
    left = {stem.removeprefix(front).removesuffix(behind).lower(): name for stem, name in stems.items()}
    found = {spec: left[stem] for spec in wanted if (stem := spec[:-4].lower()) in left}
    return found if len(found) >= _SEVERAL else {}


def _shared_start(stems: list[str]) -> str:
    """What all of them begin with, but for the start of a word."""
    return re.sub(r"[^\W_]*$", "", commonprefix(stems))  # noqa: RUF071 - of characters


def _stem(name: str) -> str:
    """The letters of a name that carry its meaning."""
    text = name.lower()[-_LONGEST:].strip()
    while text.endswith(_ENDINGS):
        text = text.rpartition(".")[0].rstrip()
    words = re.findall(r"[^\W\d_]+", text)
    return "".join(word for word in words if word not in _NOISE) or "".join(words)


def _singular(stem: str) -> str:
    return stem.removesuffix("s")
