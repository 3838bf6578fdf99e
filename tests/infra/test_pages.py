"""The pages about working on this and about its safety name what exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md"])
def test_files_and_targets_that_are_named_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)(?=[`\s]*(?:`|#|\n))", text)) - {"lock"} <= targets
    for path in re.findall(r"`((?:tests|infra|shared|docs)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path


def test_every_threat_is_held_by_a_test() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| who |")]
    assert len(rows) == 9
    for row in rows[1:]:
        assert "`tests/" in row.split("|")[4], row


def test_the_licence_is_named() -> None:
    assert (
        (ROOT / "LICENSE")
        .read_text(encoding="utf-8")
        .startswith("MIT License\n\nCopyright (c) 2026 Rosterdrop contributors")
    )
