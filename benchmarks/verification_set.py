"""The biggest legal SDS V1 set, and the same with an error in every row."""

from pathlib import Path

from local.generate import generate

STUDENTS, ENROLLMENTS, SECTIONS, TEACHERS, ROSTERS = 500_000, 500_000, 40_000, 30_000, 60_000


def clean_set(directory: Path) -> Path:
    """Write the set, once."""
    if not directory.exists():
        generate(
            directory,
            format="sdsV1",
            students=STUDENTS,
            enrollments=ENROLLMENTS,
            sections=SECTIONS,
            teachers=TEACHERS,
            rosters=ROSTERS,
        )
    return directory


def bad_set(directory: Path, clean: Path) -> Path:
    """Write the set with an error in every row of every file but School.csv: school or student unknown."""
    if not directory.exists():
        directory.mkdir(parents=True)
        for file in clean.iterdir():
            with file.open(newline="") as source, (directory / file.name).open("w", newline="") as target:
                header = source.readline()
                target.write(header)
                if file.name == "School.csv":
                    target.writelines(source)
                    continue
                index = max(
                    header.strip().split(",").index(name)
                    for name in ("School SIS ID", "SIS ID")
                    if name in header.strip().split(",")
                )
                for line in source:
                    cells = line.split(",")
                    cells[index] = "nowhere\r\n" if cells[index].endswith("\n") else "nowhere"
                    target.write(",".join(cells))
    return directory
