"""Make a sample drop: `python -m local.generate DIR --students 500 --seed 7 --format sdsV2.1`.

The same arguments give the same bytes. People are invented; every id, reference, date and list value is valid
unless `--spoil` says otherwise.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from local.generator import SPOILS, Plan, Spoil, v1_tables, v21_tables
from local.generator.plan import MAX_PADDING, MAX_ROWS
from local.generator.spoil import spoiled
from local.generator.tables import write
from shared.arguments import Parser
from shared.text import visible

FormatId = Literal["sdsV1", "sdsV2.1"]

_TABLES = {"sdsV1": v1_tables, "sdsV2.1": v21_tables}
_SIZES = {"sdsV1": (149, MAX_ROWS), "sdsV2.1": (190, 440_000)}
"""With one enrollment a student: bytes of all files for each student, and the most students before some file
has more rows than the service takes."""


def generate(
    directory: Path,
    *,
    format: FormatId = "sdsV1",  # noqa: A002 - the word of the design and of the command line
    students: int = 40,
    seed: int = 1,
    columns: Literal["minimal", "full"] = "full",
    schools: int | None = None,
    sections: int | None = None,
    teachers: int | None = None,
    enrollments: int | None = None,
    rosters: int | None = None,
    total_bytes: int | None = None,
    spoil: Sequence[Spoil] = (),
) -> dict[str, int]:
    """Write a drop's files into `directory` (made if need be) and return their data rows by file name.

    Numbers left out follow from `students`; `total_bytes` sets `students` and pads section descriptions, so
    that all files together have about that size. Files are streamed: memory doesn't grow with size. Raises
    ValueError for numbers that can't make a valid drop, OSError if the directory can't be written.
    """
    padding = 0
    if total_bytes is not None:
        students, padding = _sized(format, total_bytes)
        enrollments = students
    plan = Plan.of(
        students,
        schools=schools,
        sections=sections,
        teachers=teachers,
        enrollments=enrollments,
        rosters=rosters,
        seed=seed,
        full=columns == "full",
        padding=padding,
    )
    directory.mkdir(parents=True, exist_ok=True)
    return {table.name: write(table, directory) for table in spoiled(_TABLES[format](plan), spoil)}


def _sized(format_id: FormatId, total_bytes: int) -> tuple[int, int]:
    """Students and characters of padding a section that make about `total_bytes`."""
    each, most = _SIZES[format_id]
    students = max(40, total_bytes // each)
    if students <= most:
        return students, 0
    padding = (total_bytes - most * each) // Plan.of(most, enrollments=most).sections
    if format_id != "sdsV1" or padding > MAX_PADDING:
        raise ValueError(f"{total_bytes} bytes are more than {format_id} files hold with {MAX_ROWS} rows each")
    return most, padding


def _parser() -> Parser:
    parser = Parser(prog="python -m local.generate", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("directory", metavar="DIR", type=Path, help="where the files go")
    parser.add_argument("--format", choices=sorted(_TABLES), default="sdsV1", help="default: %(default)s")
    parser.add_argument("--students", type=int, default=40, metavar="N", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="default: %(default)s")
    parser.add_argument("--columns", choices=["full", "minimal"], default="full", help="default: %(default)s")
    for name in ("schools", "sections", "teachers", "enrollments", "rosters"):
        parser.add_argument(f"--{name}", type=int, metavar="N", help="default: follows from --students")
    parser.add_argument("--bytes", type=int, metavar="N", dest="total_bytes", help="about this size in all")
    parser.add_argument("--spoil", choices=SPOILS, action="append", default=[], help="spoil it; may be repeated")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    parsed = vars(parser.parse_args(arguments))
    directory: Path = parsed.pop("directory")
    try:
        rows = generate(directory, **parsed)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    for name, count in rows.items():
        print(f"{visible(directory / name)}\t{count} rows\t{(directory / name).stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
