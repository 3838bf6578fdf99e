"""What tests of the command share."""

import os
from pathlib import Path

import pytest

from tests.verification.sets import clean, rendered


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the shell of whoever runs the tests has set plays no part."""
    for name in [name for name in os.environ if name.startswith(("SDS_", "GRAPH_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a clean set of SDS V1."""
    for name, data in rendered(clean("sdsV1")).items():
        (tmp_path / name).write_bytes(data)
    return tmp_path
