"""What came to nothing: how long it rests, when it is given up, and what is then told."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared.decide import FAULTS, Do, Plan, View, end, pause_of, tried
from shared.inbox import Inbox
from shared.life import RUNNING
from shared.record import (
    Claim,
    Driver,
    Ending,
    Record,
    Refusal,
    Seen,
    SyncEnding,
    Tries,
)
from shared.sds.port import Failure
from tests.model.world import SETTINGS

from .test_plans import FILE, MINUTE, MISPLACED, NOW, SECOND, WHOLE, WORDS, failed, run, sync, view, wait


@pytest.mark.parametrize(
    ("poll", "most", "times", "pause"),
    [
        (30, 300, 1, 30),
        (30, 300, 2, 60),
        (30, 300, 4, 240),
        (30, 300, 5, 300),
        (30, 1e12, 40, 30 * 2.0**20),
        (1, 300, 1, 1),
        (0.1, 300, 1, 0.1),
        (30, 0.5, 9, 1),
    ],
)
def test_what_came_to_nothing_is_tried_again_after_a_growing_pause(
    poll: float, most: float, times: int, pause: float
) -> None:
    settings = replace(SETTINGS, poll=poll, poll_max=most)
    assert pause_of(Tries("take", "t", NOW, times), settings) == pause
    if times == 1:
        assert pause_of(None, settings) == pause


def attempt(given: View, made: Plan, tries: Tries | None = None) -> tuple[Plan, Tries | None]:
    return tried(replace(given, record=replace(given.record, tries=tries)), made, SETTINGS)


REFUSAL = Refusal("run-0-x1", 1)
CLEARED = view(run("cleared"))
VERIFY = Plan("verify")


def again(given: View = CLEARED, made: Plan = VERIFY, **fields: Any) -> Tries:
    _, tries = attempt(given, made)
    assert tries is not None
    return replace(tries, **fields)


def test_the_first_try_of_a_step_goes_ahead_and_is_counted() -> None:
    made, tries = attempt(CLEARED, VERIFY)
    assert tries is not None
    assert (made, tries) == (VERIFY, Tries("verify", tries.token, NOW))
    old = Tries("upload", tries.token, NOW - MINUTE, 5, 3)
    assert attempt(CLEARED, VERIFY, old) == (VERIFY, Tries("verify", tries.token, NOW))
    assert attempt(CLEARED, VERIFY, replace(tries, token="changed", times=5))[1] == tries
    looked = Tries("observe", tries.token, NOW - MINUTE, 5)
    assert attempt(CLEARED, VERIFY, looked) == (VERIFY, tries)
    assert attempt(CLEARED, wait(3), looked) == (wait(3), None)


def test_a_pause_alone_and_leaving_are_no_tries() -> None:
    tries = again(times=3)
    for made in (wait(9), Plan("leave")):
        assert attempt(CLEARED, made, tries) == (made, tries)
    ahead = again(made=wait(9, "verify"), times=3)
    assert ahead.do == "verify"
    assert attempt(CLEARED, wait(9, "verify"), ahead) == (wait(9, "verify"), ahead)


def test_a_step_that_changed_nothing_waits_first() -> None:
    tries = again(times=2, faults=FAULTS - 1, gave_up=True)
    made, after = attempt(CLEARED, VERIFY, tries)
    assert made == wait(60, "verify")
    assert after == replace(tries, times=3, gave_up=False)


LONG = timedelta(seconds=max(SETTINGS.provision_timeout, SETTINGS.poll_max) + 1)
NOTHING = "The step '{}' came to nothing {} times, last with {}."


@pytest.mark.parametrize(
    ("fields", "gives_up"),
    [
        ({"times": 30, "faults": FAULTS}, True),
        ({"times": 30, "faults": FAULTS - 1}, False),
        ({"times": FAULTS, "since": NOW - LONG}, True),
        ({"times": FAULTS - 1, "since": NOW - LONG}, False),
        ({"times": FAULTS, "since": NOW - LONG + SECOND}, False),
    ],
)
def test_a_step_is_given_up_after_failures_in_a_row_or_at_the_deadline(fields: dict[str, Any], gives_up: bool) -> None:
    tries = again(why="TypeError", **fields)
    made, after = attempt(CLEARED, VERIFY, tries)
    assert after == replace(tries, times=tries.times + 1, gave_up=gives_up)
    if gives_up:
        assert made == failed("internal", NOTHING.format("verify", tries.times, "TypeError"))
    else:
        assert made == wait(pause_of(tries, SETTINGS), "verify")


@pytest.mark.parametrize(
    ("given", "step", "instead"),
    [
        (view(), "take", "refuse"),
        (view(), "refuse", "refuse"),
        (view(), "report", "refuse"),
        (view(), "verify", None),
        (view(run("ended")), "report", None),
        (view(run("synced")), "report", None),
        (view(run("following")), "report", "sync"),
        *((view(run(stage)), "report", "report") for stage in RUNNING),
        # What is refused beside a run is given up alone: the run has no part in it.
        *((view(run(stage), refusal=REFUSAL), "refuse", "refuse") for stage in (*RUNNING, "following", "synced")),
        # Nor in one that fails before it stands in the record: that is tried again, rarely.
        *((view(run(stage)), "refuse", None) for stage in (*RUNNING, "following", "synced")),
    ],
)
def test_what_is_given_up_is_the_run_or_the_blobs(given: View, step: Do, instead: str | None) -> None:
    made = Plan(step)
    tries = again(given, made, faults=FAULTS)
    found, after = attempt(given, made, tries)
    words = NOTHING.format(step, 1, "no result")
    ending = Ending("failed", NOW, Failure("internal", words))
    expected = {
        "refuse": Plan("refuse", ending=ending),
        "report": Plan("report", ending=ending),
        "sync": sync("unknown"),
        None: wait(300, step),
    }
    assert (found, after) == (expected[instead], replace(tries, times=2, gave_up=instead is not None))
    if instead is not None:
        gave = replace(tries, gave_up=True)
        assert attempt(given, made, gave) == (wait(300), replace(tries, times=2)), "once more after a pause"


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"driver": Driver("another", NOW)}, True),
        ({"poke": True}, True),
        ({"swap": "abc"}, True),
        ({"current": run("cleared", claim=Claim(3, NOW))}, True),
        ({"current": run("cleared", findings=True)}, False),
        ({"current": None}, False),
        ({"kept": ("a",)}, False),
    ],
)
def test_a_step_is_the_same_as_long_as_it_has_changed_nothing(changed: dict[str, Any], same: bool) -> None:
    first, second = again(), again(replace(CLEARED, record=replace(CLEARED.record, **changed)))
    assert (first.token == second.token) == same


@pytest.mark.parametrize("made", [Plan("refuse"), Plan("report", incomplete=True)])
def test_a_run_has_no_part_in_what_is_tried_beside_it(made: Plan) -> None:
    one, two = (view(run(stage), inbox=MISPLACED) for stage in ("checked", "following"))
    assert again(one, made).token == again(two, made).token
    tries = again(one, made, faults=FAULTS)
    assert attempt(one, made, tries) == (wait(300, made.do), replace(tries, times=2))


def test_what_belongs_to_no_set_and_keeps_changing_makes_no_step_another() -> None:
    given = replace(CLEARED, record=replace(CLEARED.record, restless=Seen("another", NOW, changing=NOW)))
    before = again()
    _, tries = attempt(given, VERIFY, before)
    assert tries is not None
    assert tries.token == before.token


def test_an_inbox_that_changes_is_something_new() -> None:
    tokens = {
        again(replace(CLEARED, inbox=inbox)).token
        for inbox in (
            Inbox(),
            Inbox(WHOLE),
            Inbox(replace(WHOLE, fingerprint="other")),
            MISPLACED,
            Inbox(misplaced=(FILE, FILE)),
            Inbox(misplaced=(replace(FILE, name="north/\ud800"),)),
            Inbox(misplaced=(FILE, FILE, FILE, FILE)),
            Inbox(misplaced=(FILE, FILE, FILE, replace(FILE, name="x"), FILE)),
        )
    }
    assert len(tokens) == 8
    fourth = [Inbox(misplaced=(FILE, FILE, FILE, replace(FILE, name=name))) for name in "ab"]
    assert len({again(replace(CLEARED, inbox=inbox)).token for inbox in fourth}) == 1


def test_the_end_that_a_plan_carries_is_written_down() -> None:
    record = Record("north", current=run("checked", verification="complete"))
    ending = Ending("failed", NOW, WORDS)
    assert end(record, Plan("report", ending=ending)).current == run(
        "ended", verification="complete", ending=replace(ending, verification="complete")
    )
    following = Record("north", current=run("following"))
    over = SyncEnding("unknown", NOW)
    assert end(following, Plan("report", sync=over)).current == run("synced", sync=over)
    assert end(record, Plan("report")) is record
    assert end(Record("north"), Plan("report", ending=ending)) == Record("north")
