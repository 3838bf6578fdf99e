"""What is larger than the settings allow is told and not read."""

import pytest

from shared.verification.limits import too_large


@pytest.mark.parametrize(
    ("file_bytes", "set_bytes", "found"),
    [
        (10, 15, []),
        (9, 15, [("file.tooLarge", "a.csv", "10 bytes, and SDS_MAX_FILE_BYTES allows 9")]),
        (10, 14, [("set.tooLarge", None, "15 bytes, and SDS_MAX_SET_BYTES allows 14")]),
        (4, 1, [("set.tooLarge", None, ""), ("file.tooLarge", "a.csv", ""), ("file.tooLarge", "b.csv", "")]),
    ],
)
def test_each_file_and_all_together(file_bytes: int, set_bytes: int, found: list[tuple[str, str | None, str]]) -> None:
    findings = too_large({"a.csv": 10, "b.csv": 5}, "classic", file_bytes=file_bytes, set_bytes=set_bytes)
    assert {(f.rule, f.file_name) for f in findings} == {(rule, name) for rule, name, _ in found}
    for rule, name, words in found:
        (finding,) = [f for f in findings if (f.rule, f.file_name) == (rule, name)]
        assert (finding.type, finding.count) == ("error", 1)
        assert words in finding.description
        assert "raise the setting" in finding.description
