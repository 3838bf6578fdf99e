"""Every room imports only what it may: what import-linter can't see, because `azure` is one package to it."""

import subprocess
import sys

import pytest

_IMPORT_ALL = """
import importlib, pkgutil, sys, shared
for module in pkgutil.walk_packages(shared.__path__, "shared."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(*sys.modules)
"""


@pytest.fixture(scope="module")
def imported() -> list[str]:
    """Every module that is there once all of `shared` has been imported."""
    done = subprocess.run([sys.executable, "-c", _IMPORT_ALL], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("forbidden", ["azure.functions", "azure.durable_functions", "durabletask", "local"])
def test_the_domain_knows_no_functions_and_no_engine(imported: list[str], forbidden: str) -> None:
    assert "shared.azure_store" in imported
    assert [name for name in imported if f"{name}.".startswith(f"{forbidden}.")] == []


def test_the_app_schedules_none_of_the_builtin_http_functions() -> None:
    """The durable SDK registers functions that can call any URL; nothing of ours may set them off."""
    import inspect

    from poll_state import orchestrator

    assert "call_http" not in inspect.getsource(orchestrator)
    assert "BuiltIn" not in inspect.getsource(orchestrator)
