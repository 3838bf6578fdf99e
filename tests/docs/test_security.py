"""Each row of the threat model names tests that guard it, and they are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> list[str]:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.startswith("| ")][2:]


def test_every_row_names_tests_that_exist() -> None:
    table = rows()
    assert len(table) >= 8
    for row in table:
        guards = row.rstrip(" |").rpartition(" | ")[2]
        named = _TEST.findall(guards)
        assert named, row
        assert len(named) == guards.count("`") // 2, f"something else than a test is named: {guards}"
        for path, name in named:
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{path}::{name}"
