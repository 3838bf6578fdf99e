"""What the heavy checks leave out has a reason, and their tools are pinned as all others are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "infra" / "checks"
LOCKS = ((ROOT, "requirements-dev.txt"), (CHECKS, "policies.txt"))


def test_every_policy_that_is_left_out_says_why() -> None:
    listed = (CHECKS / "checkov.yaml").read_text(encoding="utf-8").partition("skip-check:\n")[2].splitlines()
    assert listed
    for line in listed:
        assert re.fullmatch(r"  - CKV_AZURE_\d+ +# \w.{5,}", line), line


@pytest.mark.parametrize("tools", ["policies", "azure", "supply", "mutants"])
def test_tools_are_pinned_with_hashes_and_name_no_host(tools: str) -> None:
    text = re.sub(r"^ *#.*\n", "", (CHECKS / f"{tools}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
    entries = re.findall(r"^\S.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(entries) > 10
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==\S+ \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n)+\Z", entry), entry[:80]
    assert not re.search(r"https?://|file:|--index|--find-links", text)


def test_policies_read_the_template_with_the_parser_that_can() -> None:
    """The one that the tests read all of it with: checkov passes over what its parser can't read."""
    ours, theirs = ((path / name).read_text(encoding="utf-8") for path, name in LOCKS)
    found = [re.findall(r"^pycep-parser==(\S+)", text, re.MULTILINE) for text in (ours, theirs)]
    assert found[0] == found[1] != []
