"""Faults in tables: mutmut changes what functions do, not what modules hold.

A value that is certain or not, a limit, a member of a list, the name of a column, how bad a rule is.
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple, TypeIs

_OTHERS = {
    "error": "warning",
    "warning": "error",
    "row": "file",
    "required": "optional",
    "DOCUMENTED": "JUDGED",
    "SEEN": "JUDGED",
    "JUDGED": "DOCUMENTED",
}
_WORDS = 3
"""A text of more words is for people: it is held by the documents' tests."""
_PASSED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Import, ast.ImportFrom, ast.JoinedStr, ast.Subscript)


class Fault(NamedTuple):
    """A place in a source, in bytes, and what is put there."""

    start: int
    end: int
    text: bytes

    def into(self, source: bytes) -> bytes:
        """The source with the fault in it."""
        return source[: self.start] + self.text + source[self.end :]


def faults(source: bytes) -> list[Fault]:
    """Every fault that can be put into the tables of a module, in the order of their places."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = set()
    for node, text in _changes(ast.parse(source)):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        found.add(Fault(start, end, text.encode()))
    return sorted(found)


def _changes(module: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """What is changed, and into what."""
    waiting: list[ast.AST] = [module]
    while waiting:
        node = waiting.pop()
        waiting += _parts(node)
        match node:
            case ast.Constant(value=bool() as value):
                yield node, repr(not value)
            case ast.Constant(value=int() as value):
                yield node, repr(value + 1)
            case ast.Constant(value=str() as value) if value and value.count(" ") < _WORDS:
                yield node, repr(_OTHERS.get(value, f"{value}x"))
            case ast.Constant(value=bytes() as value) if value:
                yield node, repr(value + b"x")
            case ast.Name(id=name) if name in _OTHERS:
                yield node, _OTHERS[name]


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """What is in there, but for what a module doesn't hold: functions, types and docstrings."""
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "targets", "target"):
            yield from filter(_looked_at, value if isinstance(value, list) else [value])


def _looked_at(part: object) -> TypeIs[ast.AST]:
    docstring = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    exports = isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == "__all__"
    return isinstance(part, ast.AST) and not (isinstance(part, _PASSED) or docstring or exports)
