"""What `make mutants` names is there: a file or test that was renamed would silently be left out."""

import re
from pathlib import Path

import pytest

from tests.mutants.parts import PARTS, Part
from tests.mutants.tables import faults

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_every_file_and_test_of_a_part_is_there(part: Part) -> None:
    for pattern in part.files:
        assert list(ROOT.glob(pattern)), pattern
    for argument in part.tests:
        path, _, test = argument.removeprefix("--deselect=").removeprefix("--ignore=").partition("::")
        assert (ROOT / path).exists(), argument
        if test:
            assert f"def {re.sub(r'\[.*', '', test)}(" in (ROOT / path).read_text(encoding="utf-8"), argument


TABLE = b'''"""Words."""
from typing import Literal
__all__ = ["Rule"]
RULES = (Rule("a rule", "error", SEEN, limit=3, sure=True), "Words for people are left alone.")
Word = Literal["row"]
class Rule:
    """Words."""
    sure: bool = False
def decide(sure=True): return 4
'''


def test_faults_of_tables_are_in_what_a_module_holds_and_nowhere_else() -> None:
    changed = [(TABLE[fault.start : fault.end].decode(), fault.text.decode()) for fault in faults(TABLE)]
    assert changed == [
        ('"a rule"', "'a rulex'"),
        ('"error"', "'warning'"),
        ("SEEN", "JUDGED"),
        ("3", "4"),
        ("True", "False"),
        ("False", "True"),
    ]
    for fault in faults(TABLE):
        assert compile(fault.into(TABLE), "table.py", "exec")
