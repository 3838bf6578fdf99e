"""Verification findings in the classic service's own words.

The four patterns of data problems are the documented ones (learn.microsoft.com,
educationsynchronizationprofile-start); what the service says about absent files and headers is published nowhere, so
those texts are the emulator's own. A rule that isn't in the table is a hint of Rosterdrop's, on which the service is
silent.
"""

from collections.abc import Iterable

from shared.verification import Finding

from ..specs import StartSpec

MISSING = "{count} row(s) have missing data for the field - {column}"
INVALID = "{count} row(s) have an invalid format for the field - {column}"
DUPLICATES = "{count} duplicates found in column {column} which requires values to be Unique."
REFERENCE = "{count} row(s) have referenced data not found in source. Field - {column}"
NO_FILE = "The file was not found."
UNREADABLE = "The file could not be read as comma-separated UTF-8 text with a header."
NO_COLUMN = "The required column was not found in the header - {column}"
SAME_COLUMN = "The column was found more than once in the header - {column}"
COLUMN_COUNT = "{count} row(s) have another number of columns than the header."
FOREIGN = "The file does not belong to the format."

WORDING = {
    "missingValue": MISSING,
    "value": INVALID,
    "date": INVALID,
    "dateOrder": INVALID,
    "year": INVALID,
    "phone": INVALID,
    "email": INVALID,
    "boolean": INVALID,
    "lineBreak": INVALID,
    "duplicate": DUPLICATES,
    "otherSchool": DUPLICATES,
    "reference": REFERENCE,
    "swappedColumns": REFERENCE,
    "exchangedFiles": REFERENCE,
    "secondTable": COLUMN_COUNT,
    "missingFile": NO_FILE,
    "emptyFile": UNREADABLE,
    "notText": UNREADABLE,
    "encoding": UNREADABLE,
    "nul": UNREADABLE,
    "delimiter": UNREADABLE,
    "noHeader": UNREADABLE,
    "tooManyColumns": UNREADABLE,
    "lineTooLong": UNREADABLE,
    "unclosedQuote": UNREADABLE,
    "strayQuote": UNREADABLE,
    "missingColumn": NO_COLUMN,
    "duplicateColumn": SAME_COLUMN,
    "columnCount": COLUMN_COUNT,
    "unknownFormat": FOREIGN,
    "refusedFormat": FOREIGN,
    "mixedFormats": FOREIGN,
    "fileNameCase": FOREIGN,
    "duplicateFile": FOREIGN,
}


def worded(findings: Iterable[Finding], spec: StartSpec) -> list[dict[str, object]]:
    """One message per file, column and kind of problem, with the exact count; then the configured ones."""
    groups: dict[tuple[str | None, str | None, str], tuple[int, bool]] = {}
    for finding in findings:
        wording = WORDING.get(finding.rule)
        if wording is None or (finding.rule == "missingFile" and finding.type != "error"):
            continue
        key = (finding.file_name, finding.column, wording)
        count, error = groups.get(key, (0, False))
        groups[key] = (count + finding.count, error or finding.type == "error")
    messages: list[dict[str, object]] = []
    for (file, column, wording), (count, error) in groups.items():
        description = wording.format(count=count, column=column or "")
        messages.append(_message("error" if error else "warning", file, description, spec))
    return messages + [_message(m.type, m.file_name, m.description, spec) for m in spec.messages]


def _message(kind: str, file: str | None, description: str, spec: StartSpec) -> dict[str, object]:
    return {
        "type": kind.capitalize() if spec.capitalised else kind.lower(),
        "fileName": file.lower() if file and spec.lower_file_names else file,
        "description": description,
    }
