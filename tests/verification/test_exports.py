"""Exports of real systems, one by one: one message for a cause, advice that fits it, and no value of a cell in JSON."""

import pytest

from shared.verification.output import as_json
from tests.verification.exports import EXPORTS, Export
from tests.verification.exports_of_schools import SCHOOLS
from tests.verification.sets import check, clean


def _called(export: Export) -> str:
    """Its name as it can be given to pytest again, which takes no backslash, and makes one of every other letter."""
    return export.name.encode("ascii", "replace").decode().replace("\\", "/")


@pytest.mark.parametrize("service", ["classic", "industryData"])
@pytest.mark.parametrize("export", [*EXPORTS, *SCHOOLS], ids=_called)
def test_export(export: Export, service: str) -> None:
    result = check(export.change(clean(export.format)), service=service)
    found = [f for f in result.findings if f.rule not in ("hanging", "optionalColumns")]
    assert {(f.file_name, f.rule, f.shape) for f in found} == export.found
    said = " ".join(f.description for f in found)
    for words in export.words:
        assert words in said
    for words in export.never:
        assert words not in said.replace(f"on't r{words}", "")
    shown = as_json(result)
    for value in {value for f in found if f.rule != "nullWord" for value in f.values if len(value) > 6}:
        assert value not in shown


@pytest.mark.parametrize(
    "export", [e for e in SCHOOLS if any("header row" in shape for _, _, shape in e.found)], ids=_called
)
def test_a_file_of_which_nothing_was_read_is_never_sent(export: Export) -> None:
    result = check(export.change(clean(export.format)), service="industryData", error_rows_percent=100)
    assert not result.taken
