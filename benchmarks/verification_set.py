"""The biggest legal SDS V1 set in four kinds: sorted ids, shuffled ids, one row in eight quoted, an error in every row.

`BENCH_STUDENTS` makes it smaller. `contents` are files of one kind of line, for what each costs by the byte.
"""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from local.generate import generate
from shared.formats.sds_v1 import SDS_V1

STUDENTS = int(os.environ.get("BENCH_STUDENTS", "500000"))
_SEED = 1
_EVERY = 8
Change = Callable[[str, list[str]], Iterator[str]]
"""Takes a file's header and its rows, lines with their ends; gives the rows."""


def clean_set(directory: Path) -> Path:
    """Write the set with sorted ids, once, and give its folder."""
    ordered = directory / str(STUDENTS) / "sorted"
    if not ordered.exists():
        generate(
            ordered,
            format="sdsV1",
            students=STUDENTS,
            enrollments=STUDENTS,
            sections=max(STUDENTS * 2 // 25, 1),
            teachers=max(STUDENTS * 3 // 50, 1),
            rosters=max(STUDENTS * 3 // 25, 1),
        )
    return ordered


def sets(directory: Path) -> dict[str, Path]:
    """Write the sets, each once, and give their folders by name."""
    ordered = clean_set(directory)
    changes: dict[str, Change] = {"shuffled": _shuffled, "quoted": _quoted, "errors": _errors}
    return {"sorted": ordered} | {name: _changed(ordered, ordered.parent / name, by) for name, by in changes.items()}


def contents(size: int) -> Iterator[tuple[str, bytes]]:
    """Student.csv of about so many bytes, by what its lines are. Each `@` is the number of the line: ids differ."""
    spec = SDS_V1.spec("Student.csv")
    names = [column.name for column in spec.columns] if spec else []
    cells = len(names)
    lines = {
        "an error in every cell": "@" + ",x1" * (cells - 1) + "\n",
        "every cell quoted": '"@"' + ',"x1"' * (cells - 1) + "\n",
        "a line break in every row": '"x\n@"' + ',"x1"' * (cells - 1) + "\n",
        "more cells than the header": "@" + ",x1" * cells + "\n",
        "fewer cells than the header": "@,x2,x@\n",
        "surplus empty cells": "@" + ",x1" * (cells - 1) + ",,,\n",
        "rows of commas": "," * 400 + "\n",
        "blank lines": "\n",
        "one letter": "a\r",
        "doubled quotation marks": '"' * 12 + "\n",
        "commas in quotation marks": '","' * cells + "\n",
        "quotation marks in the wrong place": 'a"b"c,' * cells + "\n",
        "a quotation mark that opens in every row": '"a\n',
        "cells of five thousand letters": '"' + "x" * 5000 + '"\n',
    }
    for name, line in lines.items():
        rows = (line.replace("@", str(number)) for number in range(size // len(line)))
        yield name, (",".join(names) + "\n" + "".join(rows)).encode()


def _changed(source: Path, target: Path, change: Change) -> Path:
    if not target.exists():
        part = target.with_name(f"{target.name}.part")
        part.mkdir(parents=True, exist_ok=True)
        for file in source.iterdir():
            with file.open(newline="", encoding="utf-8") as lines:
                header, *rows = lines
            with (part / file.name).open("w", newline="", encoding="utf-8") as out:
                out.write(header)
                out.writelines(change(header, rows))
        part.rename(target)
    return target


def _shuffled(_: str, rows: list[str]) -> Iterator[str]:
    random.Random(_SEED).shuffle(rows)
    yield from rows


def _quoted(_: str, rows: list[str]) -> Iterator[str]:
    for number, row in enumerate(rows):
        quoted = number % _EVERY == 0 and '"' not in row
        yield '"' + row.rstrip("\r\n").replace(",", '","') + '"\r\n' if quoted else row


def _errors(header: str, rows: list[str]) -> Iterator[str]:
    """School or student unknown, in every row of every file but School.csv."""
    names = header.strip().split(",")
    wrong = [index for index, name in enumerate(names) if name in ("School SIS ID", "SIS ID")][-1]
    for row in rows:
        if names[1] == "Name":
            yield row
        else:
            cells = row.rstrip("\r\n").split(",")
            cells[wrong] = "nowhere"
            yield ",".join(cells) + "\r\n"
