"""Every room imports only what it may: what import-linter can't see, because `azure` is one package to it."""

import subprocess
import sys

import pytest

_IMPORT_ALL = """
import importlib, pkgutil, sys, shared
for module in pkgutil.walk_packages(shared.__path__, "shared."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(*[name for name in sys.modules if f"{{name}}.".startswith({forbidden!r} + ".")])
"""


@pytest.mark.parametrize("forbidden", ["azure.functions", "azure.durable_functions", "durabletask", "local"])
def test_the_domain_knows_no_functions_and_no_engine(forbidden: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL.format(forbidden=forbidden)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_the_app_schedules_none_of_the_builtin_http_functions() -> None:
    """The durable SDK registers functions that can call any URL; nothing of ours may set them off."""
    import inspect

    from poll_state import orchestrator

    assert "call_http" not in inspect.getsource(orchestrator)
    assert "BuiltIn" not in inspect.getsource(orchestrator)
