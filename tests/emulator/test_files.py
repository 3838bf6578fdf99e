"""What the emulator writes is readable by its owner alone, whatever the umask."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulator import Emulator
from tests.emulator.conftest import Client, FakeTokens
from tests.emulator.lake_client import ROOT, Upload, connector_of
from tests.emulator.samples import SDS_V21


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> set[tuple[str, int]]:
    found = [folder, *folder.rglob("*")]
    return {("folder" if path.is_dir() else "file", path.stat().st_mode & 0o777) for path in found}


def test_uploads_are_for_their_owner_alone(graph: Client, emulator: Emulator, profile: str, tmp_path: Path) -> None:
    session = {"leftovers": {"demographics.csv": "userSourcedId\r\n"}, "survives": True}
    emulator.load_scenario({"flows": [{"id": profile, "session": session}]})
    Upload(graph, profile).put(SDS_V21)
    graph.post(f"{ROOT}/dataConnectors/{connector_of(profile)}/validate")
    assert len(list(tmp_path.rglob("*"))) > 2 * len(SDS_V21)
    assert modes(tmp_path / "uploads") == {("folder", 0o700), ("file", 0o600)}


def test_a_data_folder_that_was_not_there_is_too(azurite: str, tokens: FakeTokens, tmp_path: Path) -> None:
    with Emulator(tokens, azurite, data_dir=tmp_path / "deep" / "data"):
        assert modes(tmp_path / "deep" / "data") == {("folder", 0o700)}


def test_without_a_folder_nothing_stays(azurite: str, tokens: FakeTokens) -> None:
    with Emulator(tokens, azurite) as emulator:
        (folder,) = Path(emulator.data).parent.glob(Path(emulator.data).name)
        assert modes(folder) == {("folder", 0o700)}
    assert not folder.exists()
