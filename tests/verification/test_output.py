"""`--json`: what it holds, its schema, and what it never holds."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.verification import FileResult, Finding, Verification
from shared.verification.output import SCHEMA_ID, as_json, schema
from tests.verification.evil import evil, harmless
from tests.verification.sets import check, clean, rendered


def test_the_schema_in_docs_is_this_one() -> None:
    written: dict[str, Any] = json.loads(Path("docs/verification.schema.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(schema())), "run: make schema"
    assert written["$id"] == SCHEMA_ID
    Draft202012Validator.check_schema(written)


def test_every_part_of_the_schema_says_what_it_means() -> None:
    for name, part in schema()["$defs"].items():
        assert part["description"], name
        for key, value in part["properties"].items():
            assert key in {"type", "name", "error", "warning", "information", "counts", "files", "messages"} or (
                "description" in value
            ), f"{name}.{key}"


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize("format_id", ["sdsV1", "sdsV2.1"])
def test_what_is_printed_fits_the_schema(format_id: str, service: str) -> None:
    validator = Draft202012Validator(schema())
    whole = rendered(clean(format_id))
    for files in (whole, dict(list(whole.items())[:2]), {"x.csv": b""}, dict.fromkeys(whole, b"\xff"), {}):
        printed = as_json(check(files, service=service))
        validator.validate(json.loads(printed))
        assert "\n" not in printed


def test_all_that_a_program_needs() -> None:
    finding = Finding(
        type="error",
        rule="reference",
        file_name="StudentEnrollment.csv",
        line=3,
        column="SIS ID",
        count=7,
        description="7 row(s) …",
        lines=(3, 9),
        values=("Anna-Secret",),
        shape="leading zeros",
        others=(2, 0),
    )
    files = (FileResult("StudentEnrollment.csv", 900, 1, "", rows_dropped=7, rows_allowed=9),)
    assert json.loads(as_json(Verification("sdsV1", files, (finding,), "industryData"))) == {
        "format": "sdsV1",
        "counts": {"error": 7, "warning": 0, "information": 0},
        "files": [{"name": "StudentEnrollment.csv", "rows": 900, "rowsDropped": 7}],
        "messages": [
            {
                "type": "error",
                "rule": "reference",
                "fileName": "StudentEnrollment.csv",
                "line": 3,
                "column": "SIS ID",
                "count": 7,
                "description": "7 row(s) …",
                "lines": [3, 9],
                "anchor": "docs/verification.md#reference",
                "shape": "leading zeros",
            }
        ],
        "taken": True,
    }


def test_it_is_harmless_on_a_terminal_and_holds_no_values() -> None:
    files = evil()
    printed = as_json(check(files))
    assert harmless(printed)
    assert set(files) == {file["name"] for file in json.loads(printed)["files"]}
    secret = rendered(clean("sdsV1"))
    secret["Student.csv"] = secret["Student.csv"].replace(b"2014-02-28", b"Anna-Secret")
    assert "Anna-Secret" not in as_json(check(secret))
