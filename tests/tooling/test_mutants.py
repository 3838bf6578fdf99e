"""What `make mutants` names is there: a file or test that was renamed would silently be left out."""

import re
from pathlib import Path

import pytest

from tests.mutants.parts import PARTS, Part

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
