"""The package's docstring and docs/emulator.md know what can be asked of the emulator, and name nothing else."""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

import local.emulator
from local.emulator import Emulator, specs
from local.emulator.kinds import KINDS

PAGE = Path("docs/emulator.md").read_text(encoding="utf-8")
TEXT = local.emulator.__doc__ or ""


def kinds() -> list[type[specs.Spec]]:
    return [
        kind
        for kind in vars(specs).values()
        if isinstance(kind, type) and issubclass(kind, specs.Spec) and msgspec.structs.fields(kind)
    ]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_field_is_named(kind: type[specs.Spec]) -> None:
    names = [field.encode_name for field in msgspec.structs.fields(kind)]
    assert [name for name in names if f"`{name}`" not in TEXT and f'"{name}"' not in TEXT] == []


def test_every_control_call_is_named(emulator: Emulator) -> None:
    lines = [line for line in TEXT.splitlines() if "/control/" in line]
    for method, template, _ in emulator.control_routes:
        assert any(method in line and template in line for line in lines), (method, template)


def test_every_kind_of_fault_is_described() -> None:
    table = PAGE.partition("## Faults by kind")[2].partition("## ")[0]
    named = [name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]
    assert named == list(KINDS) == list(get_args(specs.Kind.__value__))


def test_every_control_call_is_on_the_page(emulator: Emulator) -> None:
    rows = [line for line in PAGE.splitlines() if "/control/" in line]
    for method, template, _ in emulator.control_routes:
        assert any(f"`{method}" in row and f"{template}`" in row for row in rows), (method, template)
