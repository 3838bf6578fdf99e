"""What `--json` prints: one object that `docs/verification.schema.json` describes. No cell value is in it."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from ..text import visible_json
from .model import Type, Verification

SCHEMA_ID = "urn:rosterdrop:verification:v1"

_Count = Annotated[int, Meta(ge=0)]
_Line = Annotated[int, Meta(ge=1)]


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    pass


class Counts(_Part, frozen=True):
    """How many places have an error, a warning, an information: a message stands for `count` places."""

    error: _Count
    warning: _Count
    information: _Count


class File(_Part, frozen=True):
    """One file of the folder that was looked at."""

    name: str
    rows: Annotated[_Count | None, Meta(description="Data rows, without the header; null where nothing counted them.")]
    rows_dropped: Annotated[
        _Count,
        Meta(
            description="Rows that the industry data service would drop: with an error of their own, or hanging on a "
            "dropped row. 0 for the classic service, which refuses a set for one such row."
        ),
    ]


class Message(_Part, frozen=True):
    """One finding: all places of one rule in one column of one file."""

    type: Type
    rule: Annotated[str, Meta(description="The rule's name in docs/verification.md; it never changes its meaning.")]
    file_name: Annotated[str | None, Meta(description="Null: the set as a whole.")]
    line: Annotated[
        _Line | None,
        Meta(
            description="The first place: the physical line of the record's first character; the header is 1. "
            "Null: the file as a whole."
        ),
    ]
    column: Annotated[str | None, Meta(description="The header as the file has it; null: no one column is meant.")]
    count: Annotated[int, Meta(ge=1, description="All places, exact, however many.")]
    description: Annotated[str, Meta(description="For a person: what, where, how to mend it.")]
    lines: Annotated[
        tuple[_Line, ...], Meta(description="The lines of the first places, `line` among them; at most 100.")
    ]
    anchor: Annotated[str, Meta(description="Where the documentation explains the rule.")]
    shape: Annotated[
        str,
        Meta(description="What about the values is wrong, such as `leading zeros`; never a value. Empty if unknown."),
    ]


class Output(_Part, frozen=True):
    """The verification of one folder. The command's exit code is 0 if `taken`, else 3."""

    format: Annotated[
        str | None, Meta(description="`sdsV1` or `sdsV2.1`; null: no format that School Data Sync takes.")
    ]
    counts: Counts
    files: tuple[File, ...]
    messages: tuple[Message, ...]
    taken: Annotated[bool, Meta(description="This set would be taken, without the rows that would be dropped.")]


def as_json(result: Verification) -> str:
    """The result as one JSON object on one line, without any cell value."""
    return visible_json(msgspec.json.encode(_output(result)).decode())


def schema() -> dict[str, Any]:
    """The JSON Schema of `as_json`."""
    definition = msgspec.json.schema(Output)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Rosterdrop verification of a folder",
        **definition,
    }


def _output(result: Verification) -> Output:
    return Output(
        format=result.format,
        counts=Counts(**result.counts),
        files=tuple(File(file.name, file.rows, file.rows_dropped) for file in result.files),
        messages=tuple(
            Message(
                finding.type,
                finding.rule,
                finding.file_name,
                finding.line,
                finding.column,
                finding.count,
                finding.description,
                finding.lines,
                finding.anchor,
                finding.shape,
            )
            for finding in result.findings
        ),
        taken=result.taken,
    )
