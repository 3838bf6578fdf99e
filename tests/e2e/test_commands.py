"""The main job through `python -m local`, as a person or a script starts it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from local.generate import generate
from local.generator import Spoil
from tests.long import LONG

from .command import QUICK, ROOT, Ended, environment, local
from .graph import Graph

SAMPLE = ROOT / "samples" / "drop"
PLACE = {
    *("dropStorage", "graphBaseUrl", "identityEndpoint", "identityHeader", "profiles"),
    *("httpBaseUrl", "httpKey"),
}
AT_ONCE = 3
type Runs = dict[str, Future[Ended]]
STARTED = [("verification", "started"), ("sync", "succeeded")]


class Case(NamedTuple):
    """One `run --json`: what it is given, its exit code and what the queue says."""

    arguments: tuple[str, ...]
    code: int
    told: list[tuple[str, str]]
    settings: dict[str, str] = QUICK
    spoil: tuple[Spoil, ...] = ()


REPORT = QUICK | {"SDS_PREFLIGHT": "report"}
NORTH = QUICK | {"SDS_PROFILES": "north=11111111-2222-3333-4444-555555555555"}
OTHER = "99999999-2222-3333-4444-555555555555"
CASES = {
    "clean-classic": Case(("--api", "classic"), 0, STARTED),
    "industry-no-events": Case(("--api", "industryData", "--no-events", "--wait", "verification"), 0, STARTED[:1]),
    "dangling": Case((), 3, [("verification", "rejectedBeforeUpload")], {}, ("dangling-enrollment",)),
    "chaos-and-an-alias": Case(("--chaos", "11", "--profile", "north"), 0, STARTED, NORTH),
    "timeout": Case(("--timeout", "6"), 1, [], QUICK | {"SDS_SETTLE_SECONDS": "600"}),
}
# Each is a stack of its own; that code 3 is the answer to every refusal is held by tests/cli, too.
if LONG:
    CASES |= {
        "clean-industry": Case(("--api", "industryData"), 0, STARTED),
        "no-events": Case(("--no-events",), 0, STARTED),
        "only-verification-of-an-alias": Case(("--wait", "verification", "--profile", "north"), 0, STARTED[:1], NORTH),
        "dangling-report": Case((), 3, [("verification", "rejected")], REPORT, ("dangling-enrollment",)),
        "half": Case((), 3, [("verification", "incomplete")], QUICK, ("missing-file",)),
        "not-allowed": Case(("--profile", OTHER), 3, [("verification", "invalidDrop")], NORTH),
    }


def _run(case: Case, folder: Path) -> Ended:
    drop = SAMPLE
    if case.spoil:
        drop = folder / "-".join([*case.spoil, *case.arguments])
        generate(drop, students=12, spoil=case.spoil)
    return local("run", "--json", "--drop", drop, *case.arguments, settings=case.settings)


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Ended]]]:
    """All chosen cases, a few at the same time: most of a run is waiting."""
    chosen = [item.callspec.params.get("name") for item in request.session.items if hasattr(item, "callspec")]
    folder = tmp_path_factory.mktemp("drops")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {name: pool.submit(_run, case, folder) for name, case in CASES.items() if name in chosen}


@pytest.mark.parametrize("name", CASES)
def test_run(runs: Runs, name: str) -> None:
    case, ended = CASES[name], runs[name].result()
    assert (ended.code, ended.told) == (case.code, case.told), ended.err
    assert len({(event["source"], event["id"]) for event in ended.events}) == len(case.told)
    for event in ended.events:
        if case.code == 3:
            assert event["data"]["times"]["started"] is None
    if not case.told:
        assert len(ended.err.splitlines()[-1]) > 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("SDS_POLL_SECONDS", "soon"), ("SDS_PROFILES", "north=1"), ("SDS_API", "v2"), ("SDS_SWEEP_SCHEDULE", "* * *")],
)
def test_a_bad_setting_is_one_line_that_names_it(name: str, value: str) -> None:
    ended = local("run", "--json", settings={name: value})
    assert (ended.code, ended.out) == (1, "")
    lines = [line for line in ended.err.splitlines() if name in line]
    assert len(lines) == 1
    assert "Traceback" not in ended.err


def test_another_graph_and_a_sync_that_fails(azurite: str) -> None:
    with Graph(azurite, "error") as graph:
        ended = local("run", "--json", "--graph-url", graph.url)
        assert (ended.code, ended.told) == (4, [("verification", "started"), ("sync", "failed")]), ended.err
        assert graph.uploaded == {file.name for file in SAMPLE.iterdir()}
        assert graph.asked.count(("POST", "start")) == 1
        assert ended.events[1]["data"]["errorsByCode"] == [
            {"entryType": "Student", "errorCode": "Unmatched", "count": 2}
        ]
        assert "pupil" not in ended.out + ended.err


def test_up_drop_and_results(tmp_path: Path) -> None:
    """Storage is kept between two starts with --data."""
    results: list[list[str]] = []
    for _ in range(2):
        command = [sys.executable, "-m", "local", "up", "--json", "--data", str(tmp_path / "data")]
        with (
            (tmp_path / "up.log").open("w") as log,
            subprocess.Popen(command, cwd=ROOT, env=environment(QUICK), stdout=subprocess.PIPE, stderr=log) as up,
        ):
            try:
                assert up.stdout is not None
                place = json.loads(up.stdout.readline())
                assert {*place} == PLACE
                settings = {"DROP_STORAGE": place["dropStorage"]}
                if not results:
                    assert local("drop", SAMPLE, settings=settings).code == 0
                    with subprocess.Popen(
                        [sys.executable, "-m", "local", "results", "--follow", "--json"],
                        cwd=ROOT,
                        env=environment(settings),
                        stdout=subprocess.PIPE,
                        text=True,
                    ) as follower:
                        assert follower.stdout is not None
                        followed = [json.loads(follower.stdout.readline())["type"] for _ in range(2)]
                        follower.send_signal(signal.SIGINT)
                        assert follower.wait(20) == 0
                    assert followed == ["rosterdrop.verification.v1", "rosterdrop.sync.v1"]
                shown = local("results", "--json", settings=settings)
                results.append([event["id"] for event in shown.events])
            finally:
                os.kill(up.pid, signal.SIGTERM)
            assert up.wait(30) == 0
    assert len(results[0]) == 2
    assert results[0] == results[1]
