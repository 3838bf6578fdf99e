"""The service's basic validation: are the files there, and do they have the headers."""

import csv
from collections.abc import Mapping
from pathlib import Path

from shared.formats import FORMATS, FileSpec, Format, format_of

from ..specs import FileProblem, FlowSpec

FILE_FORMATS = {"schoolDataSyncV1": "sdsV1", "schoolDataSyncV2Rev1": "sdsV2.1"}

REQUIRED = "RequiredFileNotFound"
OPTIONAL = "OptionalFileNotFound"
# Codes for header problems are published nowhere; these are the emulator's own, in the style of the two above.
NO_HEADER = "RequiredHeaderNotFound"
SAME_HEADER = "DuplicateHeaderFound"
UNREADABLE = "FileNotReadable"

MOST_HEADER_BYTES = 65536


def format_for(spec: FlowSpec, names: list[str]) -> Format:
    """The flow's own format, else the one that is there as a whole or that all names are of, else SDS V2.1."""
    by_id = {each.id: each for each in FORMATS}
    if spec.file_format:
        return by_id[FILE_FORMATS[spec.file_format]]
    given = {name.lower() for name in names}
    for each in FORMATS:
        if {file.name.lower() for file in each.files if file.required} <= given:
            return each
    known = [name for name in names if any(each.spec(name) for each in FORMATS)]
    return format_of(known) or by_id["sdsV2.1"]


def validated(spec: FlowSpec, files: Mapping[str, Path]) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Errors and warnings, as publicErrors, of the uploaded files by name."""
    lost = {name.lower() for name in spec.validate.missing}
    present = {name: path for name, path in files.items() if name.lower() not in lost}
    chosen = format_for(spec, list(files))
    found = {
        each.name: path
        for name, path in present.items()
        if (each := chosen.spec(name)) and (chosen.any_case or each.name == name)
    }
    errors: list[dict[str, object]] = []
    warnings: list[dict[str, object]] = []
    for each in chosen.files:
        path = found.get(each.name)
        if path:
            errors += _header_problems(each, path)
        elif each.required:
            text = f"When trying to validate required file {each.name} encountered {REQUIRED} error."
            errors.append(public_error(REQUIRED, each.name, text))
        elif each.usual:
            text = f"When trying to validate file {each.name} encountered {OPTIONAL} error."
            warnings.append(public_error(OPTIONAL, each.name, text))
    errors += [_configured(problem) for problem in spec.validate.errors]
    warnings += [_configured(problem) for problem in spec.validate.warnings]
    return errors, warnings


def _header_problems(spec: FileSpec, path: Path) -> list[dict[str, object]]:
    with path.open("rb") as file:
        line = file.readline(MOST_HEADER_BYTES)
    try:
        header = next(csv.reader([line.decode("utf-8-sig").rstrip("\r\n")]), [])
    except (UnicodeDecodeError, csv.Error):
        return [public_error(UNREADABLE, spec.name, f"The header of {spec.name} could not be read.")]
    missing = [c.name for c in spec.columns if (c.required or c.header) and c.name not in header]
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    return [
        *(public_error(NO_HEADER, spec.name, f"Header {name} was not found in {spec.name}.") for name in missing),
        *(public_error(SAME_HEADER, spec.name, f"Header {name} was found twice in {spec.name}.") for name in doubled),
    ]


def _configured(problem: FileProblem) -> dict[str, object]:
    text = problem.message or f"When trying to validate file {problem.target} encountered {problem.code} error."
    return public_error(problem.code, problem.target, text)


def public_error(code: str, target: str, message: str) -> dict[str, object]:
    """A publicError of the industry data API."""
    return {"code": code, "message": message, "target": target, "details": [], "innerError": None}
