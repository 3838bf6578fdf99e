"""What a service quotes is a cell, wherever it quotes it: in a state, a code, a file's name, an id or a header, too."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.sds.graph import _told
from shared.sds.port import Sds, ServiceMessage
from tests.sds.conftest import PROFILE, Connect, Script

from .planted import QUOTED, WORDS, told

FILES = ("School.csv", "Student.csv")
ERROR = {
    "code": QUOTED,
    "message": WORDS,
    "target": QUOTED,
    "innerError": {"code": QUOTED, "request-id": QUOTED, "message": WORDS},
}
SERVER = {"ServerInfo": {"DataCenter": QUOTED, "Ring": "3", "RoleInstance": [QUOTED], QUOTED: QUOTED}}
HEADERS = {"request-id": QUOTED, "x-ms-request-id": QUOTED, "x-ms-ags-diagnostic": QUOTED, "www-authenticate": QUOTED}
OPERATION = f"/external/industryData/operations/{PROFILE}"
ROW = {"code": QUOTED, "target": QUOTED, "message": WORDS, "details": [{"code": QUOTED, "message": WORDS}]}
FLOW = {"id": QUOTED, "displayName": QUOTED, "dataConnector": {"id": QUOTED, "fileFormat": {"code": QUOTED}}}

type Ask = Callable[[Sds], Any]


def readiness(sds: Sds) -> Any:
    return sds.readiness(PROFILE)


def sync_state(sds: Sds) -> Any:
    return sds.sync_state(PROFILE)


def start(sds: Sds) -> Any:
    return sds.start(PROFILE)


def verification(sds: Sds) -> Any:
    return sds.verification(PROFILE, OPERATION, FILES)


def start_operation(sds: Sds) -> Any:
    return sds.start_operation(PROFILE, OPERATION)


def statistics(sds: Sds) -> Any:
    return sds.statistics(PROFILE, "run")


def counted_errors(sds: Sds) -> Any:
    """What the queue counts of the errors of a sync; the other fields are for errors.jsonl."""
    page = sds.sync_errors(PROFILE).value
    assert page is not None
    return [(error.entry_type, error.error_code) for error in page.errors]


ANSWERS: tuple[tuple[str, Ask, dict[str, Any]], ...] = (
    ("classic", readiness, {"id": PROFILE, "state": QUOTED}),
    ("classic", sync_state, {"status": QUOTED}),
    ("classic", start, {"value": [{"type": "error", "fileName": QUOTED, "description": WORDS}]}),
    ("classic", counted_errors, {"value": [{"entryType": QUOTED, "errorCode": QUOTED, "errorMessage": WORDS}]}),
    ("industryData", readiness, {**FLOW, "readinessStatus": QUOTED}),
    ("industryData", sync_state, {"value": [{"id": QUOTED, "status": QUOTED, "startDateTime": QUOTED}]}),
    ("industryData", start, {"id": QUOTED, "status": "failed", "statusDetail": WORDS}),
    ("industryData", start_operation, {"status": "failed", "statusDetail": WORDS}),
    ("industryData", verification, {"status": "succeeded", "errors": [ROW], "warnings": [ROW]}),
    ("industryData", verification, {"status": "failed", "statusDetail": WORDS}),
    ("industryData", verification, {"status": "succeeded", "validatedFiles": [*FILES, QUOTED, f"a/{QUOTED}"]}),
    ("industryData", statistics, {"inboundTotals": {QUOTED: 1, "people": {"role": QUOTED, "total": QUOTED}}}),
)
REFUSED: tuple[tuple[str, Ask], ...] = tuple(dict.fromkeys((api, ask) for api, ask, _ in ANSWERS))[:-1]


@pytest.mark.parametrize(("api", "ask", "body"), ANSWERS)
def test_no_field_of_an_answer_tells_what_it_quotes(
    graph: Script, connected: Connect, caplog: pytest.LogCaptureFixture, api: str, ask: Ask, body: dict[str, Any]
) -> None:
    caplog.set_level("DEBUG", logger="shared")
    graph.say(200, body, **{name.replace("-", "_"): text for name, text in HEADERS.items()})
    reply = ask(connected(api))
    assert "no grade of" in f"{reply}{caplog.text}", "what it said besides is told"
    assert not told(f"{reply}{caplog.text}")


@pytest.mark.parametrize("status", [400, 403, 503])
@pytest.mark.parametrize(("api", "ask"), [pair for pair in REFUSED if pair[1] is not counted_errors])
def test_no_field_of_a_refusal_tells_what_it_quotes(
    graph: Script, connected: Connect, caplog: pytest.LogCaptureFixture, api: str, ask: Ask, status: int
) -> None:
    caplog.set_level("DEBUG", logger="shared")
    diagnostic = {**HEADERS, "x-ms-ags-diagnostic": json.dumps(SERVER)}
    for _ in range(3):
        graph.say(status, {"error": ERROR}, **{name.replace("-", "_"): text for name, text in diagnostic.items()})
    reply = ask(connected(api))
    assert "no grade of" in reply.failure.message
    assert not told(f"{reply}{caplog.text}")
    assert "Ring 3" in caplog.text, "Microsoft's support asks for it"


@pytest.mark.parametrize("text", ["\ud800", "{", "[1]", '{"ServerInfo": 7}', "\xff\0", '{"ServerInfo":' * 2000])
def test_a_diagnostic_that_is_none_is_no_trouble(text: str) -> None:
    assert set(_told({"x-ms-ags-diagnostic": text})) == {"x-ms-ags-diagnostic"}


def test_names_of_files_states_and_ids_stay(
    graph: Script, connected: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="shared")
    graph.say(200, {"id": PROFILE, "state": "provisioningInProgress"}, request_id=PROFILE)
    reply = connected().readiness(PROFILE)
    assert reply.value is not None
    assert reply.value.state == "provisioningInProgress"
    assert PROFILE in caplog.text.rpartition("request-id")[2]
    names = ("Student's list (1).csv", "Élèves.csv", "student_2026-11.csv")
    graph.say(200, {"value": [{"type": "error", "fileName": name, "description": "x"} for name in names]})
    verdict = connected().start(PROFILE).value
    assert verdict is not None
    assert verdict.messages == tuple(ServiceMessage("error", name, "x") for name in names)
