"""Fixtures for the tests of what belongs to Azure."""

from pathlib import Path

import pytest

from .azure import Azure


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    return Azure(tmp_path)
