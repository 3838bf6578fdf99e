"""A drop container in which things come back, can't be copied, and are not what a listing says."""

from copy import deepcopy
from random import Random
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError

from shared.azure_store import AzureStore
from shared.board import is_run_id, is_story_id
from shared.sds.port import Answer, Failure, Reply
from shared.settings import Settings
from shared.store import Blob, Copied, CopyAnswer, Deleted
from tests.model.service import MemoryIndustryData, MemorySds
from tests.model.world import World

FILES = ("School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv")
HOUR, DAY = 3600, 86_400
FAILS = Reply[Any](Answer.BAD_REQUEST, failure=Failure("theirs", "no"))


def dropped(sds: type[MemorySds] = MemorySds) -> World:
    world = World(Random(1), sweep=300, sds=sds)
    for name in FILES:
        world.land(f"north/{name}", b"SIS ID,Name\n1,a\n")
    return world


def told(world: World) -> list[str]:
    """The outcomes that were told, in order, each message once."""
    return [message["data"]["outcome"] for message in world.messages().values()]


@pytest.mark.parametrize(("first", "again"), [("failed", ["started", "succeeded"]), ("started", ["unchanged"])])
def test_files_that_are_undeleted_after_their_run_are_a_run_that_is_told(first: str, again: list[str]) -> None:
    """Soft delete brings back the very versions: the run's id is a function of them, and its message was sent."""
    world = dropped()
    before = deepcopy(world.store.held["sds-drop"])
    world.sds.faults["readiness"] = [FAILS] if first == "failed" else []
    world.run(3 * HOUR)
    first_told = told(world)
    assert first_told[0] == first
    assert world.store.held["sds-drop"] == {}
    for _ in range(2):
        world.store.held["sds-drop"].update(deepcopy(before))
        world.wake("north")
        world.run(3 * HOUR)
        assert world.store.held["sds-drop"] == {}
    assert told(world) == [*first_told, *again, "unchanged"]
    runs = list(dict.fromkeys(message["subject"] for message in world.messages().values()))
    assert runs == [runs[0], f"{runs[0]}-2", f"{runs[0]}-3"]
    assert all(is_run_id(run) and is_story_id(run) for run in runs)
    for message in world.messages().values():
        held = world.store.held["sds-runs"]
        assert message["data"]["report"]["blob"] in held


@pytest.mark.parametrize("how", [Copied.GONE, Copied.NEWER, Copied.LATER])
def test_a_file_that_is_listed_and_never_copied_is_told_and_costs_little(how: Copied) -> None:
    """As where a firewall keeps storage from reading a copy's source: it says that there is no such blob."""
    world = dropped()
    usual = world.store.copy

    def copy(source: str, blob: Blob, container: str, target: str) -> CopyAnswer:
        return CopyAnswer(how) if blob.name == "north/School.csv" else usual(source, blob, container, target)

    world.store.copy = copy  # type: ignore[method-assign]
    world.run(DAY)
    assert sum(world.activities.values()) < 300 + 150, "the first minute, and then a day that is idle"
    assert told(world) == []
    world.run(DAY)
    assert told(world) == ["failed"]
    assert {f"north/{name}" for name in FILES} == world.store.held["sds-drop"].keys()


def test_a_misplaced_file_whose_copy_never_ends_is_told_and_holds_nothing_up() -> None:
    """It is told after a day, and stays; the set that lands beside it meanwhile is a run as ever."""
    world = dropped()
    usual = world.store.copy

    def copy(source: str, blob: Blob, container: str, target: str) -> CopyAnswer:
        return CopyAnswer(Copied.LATER) if blob.name == "north/old/x.csv" else usual(source, blob, container, target)

    world.store.copy = copy  # type: ignore[method-assign]
    world.land("north/old/x.csv", b"1")
    world.run(DAY)
    assert told(world) == ["started", "succeeded"]
    first, *hours = world.activities.values()
    assert first < 400, "a minute of looking every second, and a run"
    assert max(hours) < 20
    world.run(DAY)
    assert told(world) == ["started", "succeeded", "invalidDrop"]
    (refused,) = [message for message in world.messages().values() if message["data"]["outcome"] == "invalidDrop"]
    assert "copies that never end" in str(refused["data"]["messages"])
    assert list(world.store.held["sds-drop"]) == ["north/old/x.csv"]
    world.run(DAY)
    assert len(told(world)) == 3


class Blobs:
    """A blob client of a version that was replaced by one with a key of its own: nobody without it may ask."""

    def __init__(self, status: int, code: str) -> None:
        self._answer = status, code

    def delete_blob(self, **_: object) -> None:
        raise self._error(*self._answer)

    def get_blob_properties(self) -> None:
        raise self._error(409, "BlobUsesCustomerSpecifiedEncryption")

    @staticmethod
    def _error(status: int, code: str) -> HttpResponseError:
        error = HttpResponseError(code)
        error.status_code, error.error_code = status, code  # type: ignore[attr-defined]
        return error


@pytest.mark.parametrize(
    ("status", "code", "became"),
    [
        (412, "ConditionNotMet", Deleted.NEWER),
        (412, "LeaseIdMissing", Deleted.PROTECTED),
        (409, "SnapshotsPresent", Deleted.PROTECTED),
    ],
)
def test_a_blob_that_may_not_be_looked_at_is_no_trouble(
    monkeypatch: pytest.MonkeyPatch, status: int, code: str, became: Deleted
) -> None:
    monkeypatch.setattr(AzureStore, "_blob_client", lambda *_: Blobs(status, code))
    store = AzureStore(Settings(), {"DROP_STORAGE": "UseDevelopmentStorage=true"}, app=False)
    assert store.delete("sds-drop", "north/School.csv", "0x1") is became


@pytest.mark.parametrize("sds", [MemorySds, MemoryIndustryData])
def test_what_is_not_what_was_checked_is_never_started(sds: type[MemorySds]) -> None:
    world = dropped(sds)
    usual = world.services.before

    def tampered(call: str) -> None:
        if call == "open_upload":
            copies = world.store.held["sds-runs"].items()
            (file,) = (held for name, held in copies if name.endswith("/files/School.csv"))
            file.data = file.data.replace(b"1,a", b"1,b")
        usual(call)

    world.services.before = tampered
    world.run(3 * HOUR)
    (message,) = world.messages().values()
    assert message["data"]["failure"] == {
        "code": "internal",
        "message": "The copy of School.csv was changed after it was checked; nothing was started. Drop the set again.",
        "requestId": None,
    }
    assert world.sds.starts == []
