"""Small drops, made once: file names and their bytes."""

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from local.generate import FormatId, generate
from local.generator import Spoil

type Files = Mapping[str, bytes]


@cache
def made(seed: int = 1, form: FormatId = "sdsV1", spoil: tuple[Spoil, ...] = ()) -> Files:
    """A drop of 12 students; another seed is another drop."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), format=form, students=12, seed=seed, spoil=spoil)
        return {file.name: file.read_bytes() for file in Path(folder).iterdir()}


def without(files: Files, *names: str) -> Files:
    """The drop without some files."""
    return {name: data for name, data in files.items() if name not in names}


def people(files: Files) -> set[str]:
    """The user names in a drop of SDS V1: what must never be seen outside of the files."""
    rows = files["Student.csv"].decode("utf-8-sig").splitlines()
    column = rows[0].split(",").index("Username")
    return {row.split(",")[column] for row in rows[1:]}
