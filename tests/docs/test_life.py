"""The picture of a run's life is made from the table, and only the table's module sets a stage."""

import ast
from pathlib import Path

from shared.life import MEANING, MOVES, picture

ROOT = Path(__file__).parents[2]


def test_the_picture_is_the_table_s() -> None:
    page = (ROOT / "docs" / "life-of-a-run.md").read_text()
    assert f"```mermaid\n{picture()}```" in page
    for stage, meaning in MEANING.items():
        assert f"| `{stage}` | {meaning} |" in page
    for name, move in MOVES.items():
        assert f"| `{name}` | {move.why} |" in page


def test_nobody_else_sets_a_stage() -> None:
    """A run begins with `life.FIRST`; every other stage comes from `life.moved`."""
    for path in sorted((ROOT / "shared").rglob("*.py")):
        if path.name in ("life.py", "upgrade.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "stage":
                value = ast.unparse(node.value)
                assert value == "life.FIRST", f"{path.relative_to(ROOT)}:{node.value.lineno} sets a stage to {value}"
