"""Under chaos the host does what the real one may: repeats, losses and delays, decided by the seed."""

from collections import Counter

import pytest

from local.host.chaos import LATE_SECONDS, Chaos
from tests.local.conftest import Start


def draws(seed: int | None) -> list[object]:
    chaos = Chaos(seed)
    kinds = [chaos.event() for _ in range(50)]
    return [*kinds, *(chaos.activity("observe") for _ in range(50)), *(chaos.start_twice("i") for _ in range(50))]


def test_a_seed_decides_everything_and_none_nothing() -> None:
    assert draws(7) == draws(7)
    assert draws(7) != draws(8)
    assert set(map(str, draws(None))) == {"once", "False"}


def test_draws_do_not_depend_on_what_happens_beside_them() -> None:
    alone, beside = Chaos(3), Chaos(3)
    expected = [alone.event() for _ in range(20)]
    found = []
    for _ in range(20):
        beside.activity("observe")
        beside.start_twice("i")
        found.append(beside.event())
    assert found == expected


def test_everything_happens_and_most_things_go_well() -> None:
    chaos = Chaos(1)
    activities = Counter(chaos.activity("observe") for _ in range(2000))
    events = Counter(chaos.event() for _ in range(2000))
    assert set(activities) == {"once", "twice", "both", "lost"}
    assert set(events) == {"once", "late", "twice", "never"}
    assert activities["once"] > 1000
    assert all(0 <= chaos.lateness() < LATE_SECONDS for _ in range(100))


def seed_with(event: str, activity: str, start_twice: bool) -> int:
    """A seed whose first draws are these, so that a test can ask for one misbehaviour."""
    for seed in range(100_000):
        chaos = Chaos(seed)
        if chaos.event() == event and chaos.activity("shout") == activity and chaos.start_twice("") == start_twice:
            return seed
    raise AssertionError("no such seed")


@pytest.mark.parametrize("activity", ["twice", "both", "lost"])
def test_an_activity_may_run_twice_and_the_orchestration_hears_of_one(start_host: Start, activity: str) -> None:
    host = start_host("--chaos", str(seed_with("once", activity, start_twice=False)))
    host.drop("rounds-1")
    assert host.noted("rounds-1") == "R2"
    host.wait_for(lambda: len(host.journal("shout/r0")) == 2)
    assert "Traceback" not in host.log()


@pytest.mark.parametrize(("event", "deliveries"), [("twice", 2), ("late", 1)])
def test_an_event_may_come_late_or_twice(start_host: Start, event: str, deliveries: int) -> None:
    host = start_host("--chaos", str(seed_with(event, "once", start_twice=False)))
    host.drop("rounds-1")
    assert host.noted("rounds-1") == "R2"
    host.wait_for(lambda: len(host.journal("landed/rounds-1")) == deliveries)


def test_an_event_may_never_come(start_host: Start) -> None:
    host = start_host(
        "--chaos", str(seed_with("never", "once", start_twice=False)), settings={"SDS_SWEEP_SCHEDULE": "* * * * * *"}
    )
    host.drop("rounds-1")
    host.wait_for(lambda: "event 1: never" in host.log())
    host.wait_for(lambda: len(host.journal("swept/")) >= 2)
    assert host.journal("landed/") == []


def test_one_start_may_make_two_instances(start_host: Start) -> None:
    host = start_host("--chaos", str(seed_with("once", "once", start_twice=True)))
    host.drop("rounds-1")
    host.wait_for(lambda: len(host.journal("note/rounds-1/")) >= 2)
    assert host.journal("landed/rounds-1") == [""]
