"""`python -m shared.verification DIR`: check a folder of CSV files before anything is uploaded."""

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import get_args

import msgspec

from ..formats import FORMATS
from .allowed import parse_allowed
from .model import Service, Source, Verification
from .verify import verify

_CHUNK = 1024 * 1024
_LONG = 16 * 1024 * 1024  # bytes from which on a progress bar is worth it
_EXAMPLES = 5
NO_ERRORS, ERRORS, UNUSABLE = 0, 3, 2

Progress = Callable[[str, int], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit code: 0 no errors, 3 errors found, 2 unusable arguments."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # JSON is UTF-8; a terminal shows what it can
        sys.stdout.reconfigure(encoding="utf-8" if options.json else None, errors="replace")
    try:
        service = _service(options.api or os.environ.get("SDS_API") or "classic")
        allow = parse_allowed(os.environ.get("SDS_ALLOWED_VALUES", ""))
        sources = _sources(options.directory)
        if not sources:
            return _unusable(f"{options.directory} holds no CSV files")
        with _progress(sources, quiet=options.json) as progress:
            result = verify(
                sources,
                format=next((known for known in FORMATS if known.id == options.format), None),
                service=service,
                examples=_EXAMPLES,
                allow=allow,
                progress=progress,
            )
    except OSError as error:
        return _unusable(f"{error.filename or options.directory} can't be read: {error.strerror}")
    except ValueError as error:
        return _unusable(str(error))
    if options.json:
        sys.stdout.write(as_json(result) + "\n")
    else:
        from .terminal import show

        show(result)
    return ERRORS if result.counts["error"] else NO_ERRORS


def as_json(result: Verification) -> str:
    """The result as one JSON object, without any cell value."""
    shape = {
        "format": result.format,
        "counts": result.counts,
        "files": [{"name": file.name, "rows": file.rows} for file in result.files],
        "messages": [
            {
                "type": finding.type,
                "rule": finding.rule,
                "fileName": finding.file_name,
                "line": finding.line,
                "column": finding.column,
                "count": finding.count,
                "description": finding.description,
            }
            for finding in result.findings
        ],
    }
    return msgspec.json.encode(shape).decode()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shared.verification", description=__doc__)
    parser.add_argument("directory", type=Path, metavar="DIR", help="the folder with the CSV files of one set")
    parser.add_argument("--json", action="store_true", help="print one JSON object, without cell values")
    parser.add_argument("--format", choices=[known.id for known in FORMATS], help="default: by the file names")
    parser.add_argument(
        "--api",
        choices=get_args(Service),
        help="whose treatment of a bad row decides between error and warning (default: SDS_API, else classic)",
    )
    return parser


def _service(name: str) -> Service:
    """The service of this name. Raises ValueError with one line that names the setting."""
    services: tuple[Service, ...] = get_args(Service)
    for service in services:
        if service.lower() == name.strip().lower():
            return service
    raise ValueError(f"SDS_API is {name!r}; it must be one of: {', '.join(services)}")


def _unusable(reason: str) -> int:
    print(f"python -m shared.verification: {reason}", file=sys.stderr)  # noqa: T201 - a command's own words
    return UNUSABLE


def _sources(directory: Path) -> list[Source]:
    """The folder's CSV files, and files that may have been meant as such (Student.csv.txt, Student.xlsx)."""
    stems = {spec.name.lower().removesuffix(".csv") for known in FORMATS for spec in known.files}
    return [
        Source(_printable(path.name), path.stat().st_size, lambda path=path: _chunks(path))  # type: ignore[misc]
        for path in sorted(directory.iterdir())
        if path.is_file() and (path.suffix.lower() == ".csv" or path.name.lower().split(".")[0] in stems)
    ]


def _printable(name: str) -> str:
    return name.encode(errors="replace").decode()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _progress(sources: Sequence[Source], *, quiet: bool) -> AbstractContextManager[Progress | None]:
    """A progress bar on the terminal if there is one and it takes a while."""
    total = sum(source.size or 0 for source in sources)
    if quiet or total < _LONG or not sys.stderr.isatty():
        return nullcontext()
    from .terminal import progress_bar

    return progress_bar(total)


if __name__ == "__main__":
    sys.exit(main())
