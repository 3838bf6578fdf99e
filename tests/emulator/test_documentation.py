"""The package's docstring knows every field of a scenario and every call of the control API."""

import msgspec
import pytest

import local.emulator
from local.emulator import Emulator, specs

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
