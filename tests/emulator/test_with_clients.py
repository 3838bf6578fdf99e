"""The app's own clients get through, over every spelling and with real tokens."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from azure.core.credentials import AccessToken

from local.emulator import Emulator
from local.identity import TokenIssuer
from local.serve import Server
from shared.sds.connect import connect
from shared.sds.port import Answer, Reply, Sds
from shared.settings import Settings
from tests.emulator.samples import SDS_V1, SDS_V21

RESOURCE = "https://graph.microsoft.com"


class Credential:
    def __init__(self, issuer: TokenIssuer) -> None:
        self._issuer = issuer

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        return AccessToken(*self._issuer.issue(scopes[0]))


type Api = Literal["classic", "industryData"]
type Connect = Callable[[Api, dict[str, object]], Sds]


@pytest.fixture
def connected(azurite: str, tmp_path: Path) -> Iterator[Connect]:
    """Makes a client of one API for an emulator with a scenario."""
    issuer, services = TokenIssuer(), []
    with Emulator(issuer, azurite, data_dir=tmp_path) as emulator, Server(emulator.app) as server:

        def make(api: Api, scenario: dict[str, object]) -> Sds:
            emulator.load_scenario(scenario)
            settings = Settings(api=api, graph_base_url=f"{server.url}/beta", poll=0.05)
            services.append(connect(settings, credential=Credential(issuer)))
            return services[-1]

        yield make
        for service in services:
            service.close()


def value[T](reply: Reply[T]) -> T:
    assert reply.answer is Answer.OK, reply
    assert reply.value is not None
    return reply.value


def eventually[T](ask: Callable[[], T], good: Callable[[T], bool]) -> T:
    deadline = time.monotonic() + 10
    while not good(got := ask()):
        assert time.monotonic() < deadline, got
        time.sleep(0.02)
    return got


def put(service: Sds, profile: str, files: dict[str, str]) -> None:
    upload = value(service.open_upload(profile))
    for name, text in files.items():
        content = text.encode()
        assert upload.put(name, len(content), iter([content])).answer is Answer.OK
    upload.close()


def test_classic(connected: Connect, profile: str) -> None:
    sync = [{"state": "extracting", "seconds": 0.1}, {"state": "error"}]
    spec = {"id": profile, "sync": sync, "errors": [{"times": 3}], "errorsPage": 2}
    service = connected("classic", {"profiles": [spec]})
    assert value(service.readiness(profile)).usable == "ready"
    put(service, profile, SDS_V1)
    verdict = value(service.start(profile))
    assert verdict.started and verdict.messages == ()
    state = eventually(lambda: value(service.sync_state(profile)), lambda state: state.stage != "running")
    assert (state.status, state.error_count) == ("error", 3)
    first = value(service.sync_errors(profile))
    second = value(service.sync_errors(profile, first.next))
    assert (len(first.errors), len(second.errors), second.next) == (2, 1, None)


def test_classic_with_errors_in_the_files(connected: Connect, profile: str) -> None:
    service = connected("classic", {"profiles": [{"id": profile, "start": {"errorsStatus": 400}}]})
    put(service, profile, SDS_V1 | {"School.csv": "SIS ID,Name\r\n2,Vale School\r\n"})
    verdict = value(service.start(profile))
    assert not verdict.started
    assert {message.file_name for message in verdict.messages} >= {"section.csv", "student.csv", "teacher.csv"}


@pytest.mark.parametrize(
    "session",
    [{}, {"query": "refuse"}, {"query": "ignore", "urlPath": "fileSystem"}, {"parameter": "refuse"}],
    ids=str,
)
def test_industry_data(connected: Connect, profile: str, session: dict[str, str]) -> None:
    runs = {"states": [{"state": "running", "seconds": 0.1}, {"state": "completed"}]}
    service = connected("industryData", {"flows": [{"id": profile, "session": session}], "runs": runs})
    assert value(service.readiness(profile)).usable == "ready"
    before = value(service.sync_state(profile))
    put(service, profile, SDS_V21)
    operation, files = value(service.verify(profile)), tuple(SDS_V21)
    verdict = eventually(lambda: value(service.verification(profile, operation, files)), lambda verdict: verdict.done)
    assert verdict.accepted
    value(service.start(profile))
    state = eventually(
        lambda: value(service.sync_state(profile)), lambda state: state.run != before.run and state.stage != "running"
    )
    assert state.stage == "succeeded"
    totals = value(service.statistics(profile, state.run or ""))["inboundTotals"]
    assert isinstance(totals, dict) and totals["people"] == 3


def test_industry_data_with_a_file_not_found(connected: Connect, profile: str) -> None:
    service = connected("industryData", {"flows": [{"id": profile, "validate": {"missing": ["orgs.csv"]}}]})
    put(service, profile, SDS_V21)
    operation, files = value(service.verify(profile)), tuple(SDS_V21)
    verdict = eventually(lambda: value(service.verification(profile, operation, files)), lambda verdict: verdict.done)
    assert not verdict.accepted
    assert [message.file_name for message in verdict.messages] == ["orgs.csv"]
