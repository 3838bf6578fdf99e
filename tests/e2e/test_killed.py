"""The host is killed between two steps, or misbehaves; the run ends all the same, once.

Normally a few places are tried, with several runs under way at each. ROSTERDROP_LONG=1 kills a single run at every
place there is and plays 50 seeds of misbehaviour (2: every second place and seed, and so on).
"""

import os
import sys
from collections.abc import Iterator

import pytest

from tests.behaviour.drops import made
from tests.behaviour.profile import Profile

from .hosts import Hosts, died, hosts, is_well

EVERY = int(os.environ.get("ROSTERDROP_LONG", "0"))
APIS = ["classic", "industryData"] if EVERY else ["classic"]
PLACES = (50, 130, 220) if EVERY else (50, 170)
TOGETHER = 4
SEEDS = range(1, 51, EVERY or 50)


@pytest.fixture(scope="module", params=APIS)
def on(request: pytest.FixtureRequest) -> Iterator[Hosts]:
    with hosts(request.param) as running:
        yield running


def _ill(on: Hosts, told: list[str], what: str, profile: Profile) -> None:
    try:
        is_well(profile)
    except AssertionError as error:
        on.keep_log(profile.guid)
        told.append(f"{what}: {profile.guid}: {error}")


def test_killed_with_several_runs_under_way(on: Hosts) -> None:
    """Runs of many profiles are at different steps when the host dies, so one death is many."""
    failed: list[str] = []
    deaths = 0
    for place in PLACES:
        host = on.start(die_at=place)
        profiles = [on.profile() for _ in range(TOGETHER)]
        for profile in profiles:
            profile.drop(made())
        deaths += died(host, 20)
        on.start()
        for profile in profiles:
            _ill(on, failed, f"place {place}", profile)
    assert not failed
    assert deaths == len(PLACES)


@pytest.mark.skipif(not EVERY, reason="ROSTERDROP_LONG is not set")
def test_killed_at_every_place(on: Hosts, capfd: pytest.CaptureFixture[str]) -> None:
    on.start()
    profile = on.profile()
    profile.drop(made())
    is_well(profile)
    places = range(1, on.boundaries() + 1, EVERY)
    survived, failed = [], list[str]()
    for place in places:
        host = on.start(die_at=place)
        profile = on.profile()
        profile.drop(made())
        if not died(host, 12):
            survived.append(place)
        on.start()
        _ill(on, failed, f"place {place}", profile)
    with capfd.disabled():
        sys.stdout.write(f"\n{on.api}: {len(places)} places, not reached: {survived}, failed: {failed}\n")
    assert not failed
    assert len(survived) <= len(places) // 4


@pytest.mark.skipif(not EVERY, reason="ROSTERDROP_LONG is not set")
def test_misbehaving_hosts(on: Hosts, capfd: pytest.CaptureFixture[str]) -> None:
    """With every seed: a clean drop, one whose files have an error, one that must wait for its profile."""
    failed = list[str]()
    for seed in SEEDS:
        on.start("--chaos", str(seed))
        clean, spoiled, slow = on.profile(), on.profile(), on.profile()
        slow.state({"state": "provisioning", "seconds": 2, "polls": 2}, {"state": "provisioned"})
        for profile in (clean, slow):
            profile.drop(made())
        spoiled.drop(made(1, spoil=("dangling-enrollment",)))
        _ill(on, failed, f"seed {seed}, clean", clean)
        _ill(on, failed, f"seed {seed}, slow", slow)
        try:
            spoiled.verification("rejectedBeforeUpload")
            assert spoiled.given() == []
            spoiled.check_promises()
        except AssertionError as error:
            on.keep_log(spoiled.guid)
            failed.append(f"seed {seed}, spoiled: {spoiled.guid}: {error}")
    with capfd.disabled():
        sys.stdout.write(f"\n{on.api}: {len(SEEDS)} seeds, failed: {failed}\n")
    assert not failed
