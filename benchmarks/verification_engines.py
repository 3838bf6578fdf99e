"""What bench_verification times, one function a row; run as `python -m benchmarks.verification_engines NAME DIR`.

The engines that check do the same core: ids filled and unique, references, enrollments unique, dates readable.
None of them gives lines of records, which the product's own does besides its other rules.
"""

import csv
import sys
from collections.abc import Callable
from pathlib import Path

FILES = ("School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv")
KEYS = FILES[:4]
REFERENCES = (
    ("Section", "School SIS ID", "School"),
    ("Student", "School SIS ID", "School"),
    ("Teacher", "School SIS ID", "School"),
    ("StudentEnrollment", "Section SIS ID", "Section"),
    ("StudentEnrollment", "SIS ID", "Student"),
    ("TeacherRoster", "Section SIS ID", "Section"),
    ("TeacherRoster", "SIS ID", "Teacher"),
)
PAIRS = ("StudentEnrollment", "TeacherRoster")


def ours(directory: Path) -> int:
    """The product, all rules."""
    from shared.verification.__main__ import main

    sys.stdout = open("/dev/null", "w")  # noqa: PTH123, SIM115 - its table is not what is measured
    return main([str(directory), "--json"]) % 3


def csv_parse(directory: Path) -> int:
    """csv.reader over every file, nothing else."""
    for name in FILES:
        with (directory / name).open(newline="", encoding="utf-8") as file:
            for _ in csv.reader(file):
                pass
    return 0


def csv_rows(directory: Path) -> int:
    """The core by row: csv.reader and a loop."""
    keys: dict[str, set[str]] = {}
    bad = 0
    for name in FILES:
        stem = name.removesuffix(".csv")
        own: set[str] = set()
        pairs: set[tuple[str, str]] = set()
        with (directory / name).open(newline="", encoding="utf-8") as file:
            reader = csv.reader(file)
            header = next(reader)
            refers = [(header.index(c), keys[target]) for f, c, target in REFERENCES if f == stem]
            date = header.index("Birthdate") if "Birthdate" in header else None
            for row in reader:
                for index, known in refers:
                    bad += row[index] not in known
                if stem in PAIRS:
                    pair = (row[0], row[1])
                    bad += pair in pairs
                    pairs.add(pair)
                else:
                    bad += not row[0] or row[0] in own
                    own.add(row[0])
                bad += date is not None and len(row[date]) not in (0, 8, 9, 10)
        keys[stem] = own
    return int(bad > 0)


def polars_parse(directory: Path) -> int:
    """polars.read_csv of every file, as text, nothing else."""
    import polars as pl

    for name in FILES:
        pl.read_csv(directory / name, infer_schema=False)
    return 0


def polars_check(directory: Path) -> int:
    """The core with Polars."""
    import polars as pl

    frames = {n.removesuffix(".csv"): pl.read_csv(directory / n, infer_schema=False) for n in FILES}
    bad = 0
    for name in KEYS:
        ids = frames[name.removesuffix(".csv")]["SIS ID"]
        bad += ids.null_count() + ids.is_duplicated().sum()
    for file, column, target in REFERENCES:
        bad += frames[file].join(frames[target], left_on=column, right_on="SIS ID", how="anti").height
    for file in PAIRS:
        bad += frames[file].is_duplicated().sum()
    dates = frames["Student"]["Birthdate"]
    bad += dates.str.to_date(strict=False).null_count() - dates.null_count()
    return int(bad > 0)


def duckdb_check(directory: Path) -> int:
    """The core with DuckDB."""
    import duckdb

    db = duckdb.connect()
    for name in FILES:
        path = directory / name
        db.execute(f"create view {path.stem} as from read_csv('{path}', all_varchar=true, header=true)")
    total = 0

    def count(sql: str) -> None:
        nonlocal total
        row = db.execute(sql).fetchone()
        total += row[0] if row else 0

    for name in KEYS:
        table = name.removesuffix(".csv")
        count(f'select count(*) - count(distinct "SIS ID") from {table}')  # noqa: S608 - names from the tables above
    for file, column, target in REFERENCES:
        count(f'select count(*) from {file} a anti join {target} b on a."{column}" = b."SIS ID"')  # noqa: S608
    for file in PAIRS:
        count(f"select count(*) - (select count(*) from (select distinct * from {file})) from {file}")  # noqa: S608
    count('select count(*) from Student where "Birthdate" is not null and try_cast("Birthdate" as date) is null')
    return int(total > 0)


def pyarrow_check(directory: Path) -> int:
    """The core with PyArrow."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv as arrow_csv

    tables = {}
    bad = 0
    for name in FILES:
        with (directory / name).open() as file:
            header = file.readline().strip().split(",")
        options = arrow_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()))
        tables[name.removesuffix(".csv")] = arrow_csv.read_csv(directory / name, convert_options=options)
    for name in KEYS:
        ids = tables[name.removesuffix(".csv")]["SIS ID"]
        bad += len(ids) - pc.count_distinct(ids).as_py()
    for file, column, target in REFERENCES:
        known = tables[target]["SIS ID"].combine_chunks()
        bad += pc.sum(pc.invert(pc.is_in(tables[file][column], value_set=known))).as_py()
    for file in PAIRS:
        table = tables[file]
        bad += len(table) - len(table.group_by(table.column_names).aggregate([]))
    dates = tables["Student"]["Birthdate"]
    bad += pc.sum(pc.invert(pc.match_substring_regex(dates, r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"))).as_py()
    return int(bad > 0)


def frictionless_check(directory: Path) -> int:
    """frictionless: the shape of the rows, ids filled and unique; no references."""
    from frictionless import Checklist, Resource, Schema, fields

    bad = 0
    for name in FILES:
        with (directory / name).open() as file:
            header = file.readline().strip().split(",")
        schema = Schema(fields=[fields.StringField(name=column) for column in header])
        if name in KEYS:
            schema.get_field("SIS ID").constraints = {"required": True, "unique": True}
        resource = Resource(path=name, basepath=str(directory), schema=schema)
        bad += len(resource.validate(Checklist()).flatten(["type"]))
    return int(bad > 0)


ENGINES: dict[str, Callable[[Path], int]] = {
    engine.__name__: engine
    for engine in (
        ours,
        csv_parse,
        csv_rows,
        polars_parse,
        polars_check,
        duckdb_check,
        pyarrow_check,
        frictionless_check,
    )
}

if __name__ == "__main__":
    ENGINES[sys.argv[1]](Path(sys.argv[2]))  # what it finds is not what is measured; one that is not installed fails
