"""What an orchestrator may be made of: it is replayed from its history, so all that it does must follow from that.

A list of what is allowed is short and stays true; one of all that is forbidden never ends.
"""

import ast
from collections.abc import Iterator

IMPORTS = {
    "collections.abc": None,
    "typing": None,
    "datetime": {"timedelta"},
    "durabletask.task": {"OrchestrationContext", "RetryPolicy"},
}
"""Module to names; None: any name. No module of the app: what those import could do everything."""

BUILTINS = {"bool", "dict", "enumerate", "float", "int", "isinstance", "len", "list", "max", "min", "range", "str"}
"""Sets are not among them: their order changes from one process to the next, as do `hash` and `id`."""

CONTEXT = {"instance_id", "call_activity", "create_timer", "continue_as_new"}
"""No events, entities, HTTP calls or status: they go astray; `is_replaying` decides nothing."""

TASKS = {"call_activity", "create_timer"}


def violations(source: str) -> Iterator[str]:
    """What breaks the rules in this module, each with its line."""
    tree = ast.parse(source)
    for rule in (_imports, _names, _shapes, _context, _outstanding, _state):
        for node, words in rule(tree):
            yield f"line {node.lineno}: {words}"


Found = Iterator[tuple[ast.stmt | ast.expr, str]]


def _imports(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield node, f"import {node.names[0].name}: import names from a module that is allowed"
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            allowed = IMPORTS.get(module, set())
            for alias in node.names:
                if allowed is not None and alias.name not in allowed:
                    yield node, f"from {module} import {alias.name}: is not allowed"


def _names(tree: ast.Module) -> Found:
    made = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    made |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    made |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            made |= {alias.asname or alias.name for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in made | BUILTINS:
            yield node, f"{node.id} is none of the builtins that are allowed"
        elif isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            yield node, f"{node.attr}: reaches behind what is public"


def _shapes(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Set | ast.SetComp):
            yield node, "a set has another order in each process"
        elif isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield node, "nothing asynchronous: only what the context gives may be waited for"
        elif isinstance(node, ast.Global | ast.Nonlocal):
            yield node, "state outlives the replay"


def _context(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        of = node.value if isinstance(node, ast.Attribute) and node.attr not in CONTEXT else None
        if isinstance(of, ast.Name) and of.id == "context":
            yield node, f"context.{node.attr} is not allowed"
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Name) and value.id == "context":
            yield node, "the context under another name"


def _outstanding(tree: ast.Module) -> Found:
    """Each task is waited for where it is made: none is outstanding when the instance is continued as new."""
    waited = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Yield)}
    for node in ast.walk(tree):
        if _is_task(node):
            if id(node) not in waited:
                yield node, "a task that is not waited for where it is made"
        elif isinstance(node, ast.YieldFrom) or (isinstance(node, ast.Yield) and not _is_task(node.value)):
            yield node, "waits for what is no task"


def _is_task(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TASKS


def _state(tree: ast.Module) -> Found:
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.List | ast.Dict | ast.ListComp | ast.DictComp):
            yield node, "a module's list or dictionary can be changed, and outlives the replay"
