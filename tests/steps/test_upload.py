"""The guards of upload and of the claim that it works under, one by one, and what each answer leaves."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared.decide import Plan
from shared.door import Displaced
from shared.life import Stage
from shared.record import Claim, Current, Decision, Driver, Ending, Poll, Record, Target, Times, Waiting
from shared.sds.port import Answer, Failure, Reply
from shared.steps.claim import Lost, claim
from shared.steps.work import SMALL
from tests.model.service import _Upload
from tests.model.world import World

from .desk import (
    FILES,
    HOUR,
    ME,
    NOW,
    SECOND,
    WORDS,
    MemoryIndustryData,
    asked,
    at,
    change,
    do,
    lay,
    no,
    run,
    work,
)

OTHERS = Target("classic", "99999999-2222-3333-4444-555555555555")
STILL: tuple[Stage, ...] = (
    *("taken", "cleared", "held", "uploaded", "verifying", "verified", "starting"),
    *("ended", "following", "synced"),
)
BELIEVED = NOW + timedelta(seconds=120)
"""Until when a claim made now is believed."""


def current(world: World) -> Current:
    there = world.record().current
    assert there is not None
    return there


@pytest.mark.parametrize(
    "given",
    [
        None,
        *(run(stage) for stage in STILL),
        run("checked", ready_at=None),
        run("checked", poll=Poll(NOW + SECOND, 1)),
        run("uploading", poll=Poll(NOW + SECOND, 1)),
        run("checked", target=OTHERS),
        run("uploading", claim=Claim(1, NOW + SECOND)),
    ],
)
def test_nothing_is_opened_unless_it_is_time_to_upload(given: Current | None) -> None:
    world = lay(given)
    before = world.record()
    assert do(world, "upload") is None
    assert (asked(world), world.record()) == ([], before)


def test_nothing_is_opened_while_the_profile_is_paused() -> None:
    world = lay(run("checked"), paused=Decision(False, NOW))
    assert do(world, "upload") is None
    assert (asked(world), current(world)) == ([], run("checked"))


@pytest.mark.parametrize(
    ("given", "attempt"),
    [
        (run("checked"), 1),
        (run("checked", poll=Poll(NOW, 9), waiting=Waiting("timedOut")), 1),
        (run("uploading", ready_at=None, claim=Claim(4, NOW)), 5),
        (run("uploading", claim=Claim(4)), 5),
    ],
)
def test_an_upload_is_claimed_opened_sent_and_noted(given: Current, attempt: int) -> None:
    world = lay(given)
    opened: list[Current] = []
    at(world, "open_upload", lambda: opened.append(current(world)))
    sending: list[Current] = []
    at(world, "stream", lambda: sending.append(current(world)))
    assert do(world, "upload") == Plan("start")
    assert opened == [replace(given, claim=Claim(attempt, BELIEVED))]
    assert sending == [replace(opened[0], stage="uploading")]
    assert asked(world) == ["open_upload", "put", "put"]
    assert world.sds.container == dict.fromkeys(FILES, b"a\n1\n")
    after = replace(given, stage="uploaded", claim=Claim(attempt), times=Times(uploaded=NOW), poll=None, waiting=None)
    assert current(world) == after


def test_the_end_of_the_session_is_noted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rosterdrop")
    world = lay(run("checked", MemoryIndustryData), MemoryIndustryData)
    assert do(world, "upload") == Plan("start")
    assert current(world).session_until == NOW + HOUR
    assert [line.getMessage() for line in caplog.records] == ["event=uploaded profile=north run=run-1 files=2"]


@pytest.mark.parametrize(
    ("faults", "after"),
    [
        (
            {"open_upload": [no(Answer.FORBIDDEN, 70.0)]},
            {
                "stage": "checked",
                "waiting": Waiting("failed", replace(WORDS, code="accessDenied")),
                "poll": Poll(NOW + 70 * SECOND, 60),
            },
        ),
        (
            {"open_upload": [no(Answer.NOT_FOUND)]},
            {"stage": "ended", "ending": Ending("profileUnusable", NOW, replace(WORDS, code="notFound"))},
        ),
        (
            {"put": [no(Answer.BAD_REQUEST)]},
            {
                "stage": "uploading",
                "waiting": Waiting("failed", replace(WORDS, code="serviceUnavailable")),
                "poll": Poll(NOW + 30 * SECOND, 60),
            },
        ),
        (
            {"put": [no(Answer.FORBIDDEN)] * 3},
            {
                "stage": "ended",
                "ending": Ending(
                    "failed",
                    NOW,
                    Failure("uploadRefused", "The storage refused the upload address, 3 fresh ones in a row."),
                ),
            },
        ),
    ],
)
def test_an_answer_that_is_no_upload_is_waited_on_or_ends_the_run(
    faults: dict[str, list[Any]], after: dict[str, Any]
) -> None:
    world = lay(run("checked"))
    world.sds.faults = {name: list(replies) for name, replies in faults.items()}
    assert do(world, "upload") is None
    assert current(world) == replace(run("checked"), claim=Claim(1), **after)


def test_an_address_that_is_refused_is_replaced_twice_and_each_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[object] = []

    def close(session: object) -> None:
        closed.append(session)

    monkeypatch.setattr(_Upload, "close", close)
    world = lay(run("checked"))
    world.sds.faults["put"] = [no(Answer.FORBIDDEN)] * 2
    assert do(world, "upload") == Plan("start")
    assert asked(world) == ["open_upload", "put", "open_upload", "put", "open_upload", "put", "put"]
    assert len(set(map(id, closed))) == 3


def test_after_a_file_that_was_not_taken_no_other_is_sent() -> None:
    for size in (4, SMALL + 1):
        given = run("checked")
        files = tuple(replace(file, size=size) for file in given.drop.files)
        world = lay(replace(given, drop=replace(given.drop, files=files)))
        world.sds.faults["put"] = [no(Answer.UNAVAILABLE)]
        assert do(world, "upload") is None
        assert asked(world) == ["open_upload", "put"]


def test_small_files_go_together_and_large_ones_after_them(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, int]] = []

    def put(self: object, name: str, size: int, chunks: Iterable[bytes]) -> Reply[None]:
        sent.append((name, size))
        assert b"".join(chunks) == b"a\n1\n"
        return Reply(Answer.OK)

    monkeypatch.setattr(_Upload, "put", put)
    given = run("checked")
    first, second = given.drop.files
    files = (replace(first, size=SMALL + 1), replace(second, size=SMALL))
    world = lay(replace(given, drop=replace(given.drop, files=files)))
    assert do(world, "upload") == Plan("start")
    assert sent == [("Student.csv", SMALL), ("School.csv", SMALL + 1)]


@pytest.mark.parametrize(
    ("fields", "after"),
    [
        # A later attempt, which has to begin again, at whatever it is: opening may have emptied its session.
        ({"stage": "uploading", "claim": Claim(7, NOW + HOUR)}, {"claim": Claim(8)}),
        (
            {"stage": "verified", "claim": Claim(7), "operation": "one", "verification": "complete"},
            {"stage": "uploading", "claim": Claim(8), "operation": None, "verification": "none"},
        ),
        ({"stage": "uploaded", "claim": None}, {"stage": "uploading", "claim": Claim(1)}),
        ({"run_id": "run-2", "stage": "uploading", "claim": Claim(1, NOW + HOUR)}, {"claim": Claim(2)}),
        ({"run_id": "run-2", "stage": "checked", "claim": None}, {}),
        ({"stage": "ended"}, {}),
    ],
)
def test_who_opened_a_session_too_late_sends_nothing_and_whoever_works_with_it_begins_again(
    fields: dict[str, Any], after: dict[str, Any]
) -> None:
    world = lay(run("checked"))
    at(world, "open_upload", lambda: change(world, **fields))
    assert do(world, "upload") is None
    assert asked(world) == ["open_upload"]
    there = replace(run("checked"), **({"claim": Claim(1, BELIEVED)} | fields))
    assert current(world) == replace(there, **after)


def test_whoever_took_over_while_a_session_was_opened_begins_again() -> None:
    world = lay(run("checked"))

    def taken_over() -> None:
        change(world, stage="uploading", claim=Claim(2, NOW + HOUR))
        record = replace(world.record(), driver=Driver("other", NOW + HOUR))
        world.store.put("sds-state", "north.json", _encoded(record))

    at(world, "open_upload", taken_over)
    assert do(world, "upload") is None
    assert current(world) == run("uploading", claim=Claim(3))


def test_a_session_opened_after_the_end_of_the_run_is_left() -> None:
    world = lay(run("checked"))
    from shared import door
    from shared.door import Edited

    def gone() -> None:
        door.change(world.store, world.settings, "north", lambda record: Edited(replace(record, current=None), None))

    at(world, "open_upload", gone)
    assert do(world, "upload") is None
    assert asked(world) == ["open_upload"]
    assert world.record().current is None


def claimed_of(world: World, attempt: int = 1) -> Any:
    won = claim(work(world), "run-1", lambda run: True)
    assert won is not None
    assert won.attempt == attempt
    return won


@pytest.mark.parametrize(
    ("given", "run_id", "wanted"),
    [
        (run("checked"), "run-1", False),
        (run("checked"), "run-2", True),
        (run("checked", claim=Claim(1, NOW + SECOND)), "run-1", True),
        (None, "run-1", True),
    ],
)
def test_no_claim_on_what_is_not_wanted_not_there_or_another_s(
    given: Current | None, run_id: str, wanted: bool
) -> None:
    world = lay(given)
    assert claim(work(world), run_id, lambda run: wanted) is None
    assert world.record().current == given


def test_a_claim_marks_the_run_in_the_same_swap() -> None:
    world = lay(run("checked", claim=Claim(3, NOW)))
    won = claim(work(world), "run-1", lambda run: True, lambda run: replace(run, findings=True))
    assert won is not None
    assert won.run == current(world) == run("checked", claim=Claim(4, BELIEVED), findings=True)
    assert won.version == work(world).version()


LOSSES: list[dict[str, Any]] = [
    {"claim": Claim(2, NOW + HOUR)},
    {"claim": Claim(1, NOW)},
    {"claim": Claim(1)},
    {"run_id": "run-2"},
]


@pytest.mark.parametrize("fields", [{}, *LOSSES])
def test_a_claim_is_asked_right_before_each_effect(fields: dict[str, Any]) -> None:
    world = lay(run("checked"))
    won = claimed_of(world)
    won.check()
    if fields:
        change(world, **fields)
        with pytest.raises(Lost):
            won.check()


def test_a_claim_of_a_displaced_driver_is_none() -> None:
    for driver in (None, Driver("other", NOW + HOUR)):
        world = lay(run("checked"))
        won = claimed_of(world)
        world.store.put("sds-state", "north.json", _encoded(replace(world.record(), driver=driver)))
        with pytest.raises(Displaced, match="north"):
            won.check()


def _encoded(record: Record) -> bytes:
    from shared.door import _ENCODER

    return _ENCODER.encode(record)


@pytest.mark.parametrize("fields", [{}, *LOSSES])
def test_a_claim_is_renewed_every_third_of_its_time(fields: dict[str, Any]) -> None:
    world = lay(run("checked"))
    won = claimed_of(world)
    world.now = NOW + 39 * SECOND
    won.beat()
    assert world.record().driver == ME
    if "claim" in fields and fields["claim"].until == NOW:
        fields = {"claim": Claim(1, NOW + 40 * SECOND)}
    if fields:
        change(world, **fields)
    world.now = NOW + 40 * SECOND
    if fields:
        with pytest.raises(Lost):
            won.beat()
        return
    won.beat()
    until = BELIEVED + 40 * SECOND
    assert world.record().driver == Driver("me", until, until)
    assert current(world).claim == Claim(1, until)
    world.now += 39 * SECOND
    won.beat()
    assert current(world).claim == Claim(1, until)
    world.now += SECOND
    won.beat()
    assert current(world).claim == Claim(1, until + 40 * SECOND)


@pytest.mark.parametrize("fields", [{}, *LOSSES])
def test_what_came_of_it_is_written_down_while_no_later_attempt_was_made(fields: dict[str, Any]) -> None:
    world = lay(run("checked"))
    won = claimed_of(world)
    if fields:
        change(world, **fields)
    before = current(world)
    settled = won.settle(lambda run: replace(run, findings=True))
    mine = before.run_id == "run-1" and before.claim is not None and before.claim.attempt == 1
    assert settled == (replace(before, claim=Claim(1), findings=True) if mine else None)
    assert current(world) == (settled or before)
