"""The industry data API: readiness, validation, starts and runs, as the documentation and its samples have them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.sds.port import Answer, Failure, Reply, Sds, SyncState

from .conftest import CONNECTOR, PROFILE, TOKEN, Connect, Script, Scripted
from .industry import CALLS, DONE, FILES, FLOW, ROOT


@pytest.mark.parametrize(
    ("state", "usable"),
    [
        ("ready", "ready"),
        ("notReady", "wait"),
        ("unknownFutureValue", "wait"),
        ("new", "wait"),
        (None, "wait"),
        ("failed", "never"),
        ("disabled", "never"),
        ("expired", "never"),
    ],
)
def test_each_readiness(graph: Script, sds: Sds, state: str | None, usable: str) -> None:
    graph.say(200, FLOW | {"readinessStatus": state})
    value = sds.readiness(PROFILE).value
    assert value is not None
    assert (value.state, value.usable, bool(value.advice)) == (state or "unknown", usable, usable == "never")
    assert graph.paths == [f"GET {ROOT}/inboundFlows/{PROFILE}?$expand=dataConnector"]


def test_a_flow_past_its_date_has_expired(graph: Script, sds: Sds) -> None:
    graph.say(200, FLOW | {"expirationDateTime": "2025-07-31T00:00:00.1234567Z"})
    graph.say(200, FLOW | {"expirationDateTime": "2905-07-31T00:00:00Z"})
    past, future = sds.readiness(PROFILE).value, sds.readiness(PROFILE).value
    assert past is not None
    assert future is not None
    assert (past.state, past.usable) == ("expired", "never")
    assert (future.usable, future.expires) == ("ready", datetime(2905, 7, 31, tzinfo=UTC))


def test_a_service_that_can_not_expand(graph: Script, sds: Sds) -> None:
    graph.say(400, {"error": {"code": "BadRequest", "message": "$expand is not supported"}})
    graph.say(200, {"id": PROFILE, "readinessStatus": "ready"})
    graph.say(200, {"id": PROFILE, "readinessStatus": "ready"})
    assert [sds.readiness(PROFILE).answer, sds.readiness(PROFILE).answer] == [Answer.OK, Answer.OK]
    assert graph.paths[1:] == [f"GET {ROOT}/inboundFlows/{PROFILE}"] * 2


def test_no_such_flow(graph: Script, sds: Sds) -> None:
    graph.otherwise = lambda _: Scripted(404, b'{"error":{"code":"ItemNotFound","message":"no"}}', {})
    reply = sds.readiness(PROFILE)
    assert reply.answer is Answer.NOT_FOUND
    assert reply.failure is not None
    assert reply.failure.code == "ItemNotFound"


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (403, Answer.FORBIDDEN),
        (409, Answer.BUSY),
        (422, Answer.BAD_REQUEST),
        (429, Answer.THROTTLED),
        (500, Answer.UNAVAILABLE),
        (502, Answer.UNAVAILABLE),
        (503, Answer.THROTTLED),
        (302, Answer.UNAVAILABLE),
    ],
)
def test_each_status_has_one_meaning(graph: Script, ready: Sds, call: str, status: int, answer: Answer) -> None:
    graph.error(status, "someCode", "why", Retry_After="2.5", Location="/elsewhere")
    reply: Reply[Any] = CALLS[call](ready)
    assert (reply.answer, reply.value, reply.retry_after) == (answer, None, 2.5)
    assert reply.failure is not None
    assert (reply.failure.code, reply.failure.request_id) == ("someCode", "inner-request-id")
    assert len(graph.asked) == 1


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("status", "answer"), [(400, Answer.BAD_REQUEST), (404, Answer.NOT_FOUND), (405, Answer.BAD_REQUEST)]
)
def test_a_refusal_of_every_spelling(graph: Script, ready: Sds, call: str, status: int, answer: Answer) -> None:
    graph.otherwise = lambda _: Scripted(status, b'{"error":{"code":"someCode"}}', {})
    if call in ("verification", "start_operation") and status == 404:
        answer = Answer.UNAVAILABLE  # operations show up late
    assert CALLS[call](ready).answer is answer
    assert len({asked.path for asked in graph.asked}) == len(graph.asked) < 15


@pytest.mark.parametrize("call", ["readiness", "open_upload", "verification", "sync_state"])
def test_the_wrong_object(graph: Script, ready: Sds, call: str) -> None:
    graph.say(200, {"@odata.context": "x"})
    assert CALLS[call](ready).answer is Answer.UNAVAILABLE


@pytest.mark.parametrize("call", ["open_upload", "verify"])
@pytest.mark.parametrize(("status", "body", "answer"), [(200, {}, Answer.UNAVAILABLE), (403, {}, Answer.FORBIDDEN)])
def test_no_connector(graph: Script, sds: Sds, call: str, status: int, body: object, answer: Answer) -> None:
    graph.say(status, body)
    assert CALLS[call](sds).answer is answer
    assert len(graph.asked) == 1


def test_the_flow_tells_the_connector_where_it_has_no_address_of_its_own(graph: Script, sds: Sds) -> None:
    graph.error(400, "BadRequest", "Resource not found for the segment 'dataConnector'.").say(200, FLOW)
    graph.say(202, b"", Location=f"{graph.url}{ROOT}/operations/op-1")
    assert sds.verify(PROFILE).answer is Answer.OK
    assert graph.paths[-1] == f"POST {ROOT}/dataConnectors/{CONNECTOR}/validate"


def test_a_post_that_was_understood_is_not_sent_again(graph: Script, ready: Sds) -> None:
    graph.error(400, "SessionExpired", "The session is not in a valid state.")
    assert ready.verify(PROFILE).answer is Answer.BAD_REQUEST
    assert len(graph.asked) == 1


@pytest.mark.parametrize("call", [name for name in CALLS if name not in ("verify", "start")])
@pytest.mark.parametrize("body", [b"<html>", b"[]", b"", b'{"error":{"code":"x"}}'])
def test_garbage(graph: Script, ready: Sds, call: str, body: bytes) -> None:
    graph.say(200, body)
    assert CALLS[call](ready).answer is Answer.UNAVAILABLE


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("misbehave", [Script.reset, lambda script: script.raw(b"?")])
def test_broken_conversations(graph: Script, connected: Connect, call: str, misbehave: Any) -> None:
    sds = connected("industryData")
    graph.say(200, FLOW)
    sds.readiness(PROFILE)
    misbehave(graph)
    assert CALLS[call](sds).answer is Answer.UNAVAILABLE


def test_the_operation_is_found_by_its_location(graph: Script, ready: Sds) -> None:
    graph.say(202, b"", Location=f"{graph.url}{ROOT}/operations/op-1").say(200, DONE)
    operation = ready.verify(PROFILE).value
    assert operation == "/external/industryData/operations/op-1"
    verdict = ready.verification(PROFILE, operation, FILES).value
    assert verdict is not None
    assert (verdict.done, verdict.accepted, verdict.started, verdict.messages) == (True, True, False, ())
    assert graph.paths == [f"POST {ROOT}/dataConnectors/{CONNECTOR}/validate", f"GET {ROOT}/operations/op-1"]


@pytest.mark.parametrize(
    ("location", "operation"),
    [
        ("{root}/operations('op-1')", "/external/industryData/operations('op-1')"),
        ("/beta/external/industrydata/operations/op-1?sig=x#y", "/external/industrydata/operations/op-1"),
        ("../../operations/op-1", "/external/industryData/operations/op-1"),
        ("../../../../other/operations/op-1", None),
        ("{graph}/beta/me", None),
        ("{graph}/beta/../other/operations/1", None),
        ("{elsewhere}/beta/external/industryData/operations/op-1", None),
        ("https://user:pass@[bad", None),
        ("", None),
    ],
)
def test_only_an_operation_of_this_graph_is_taken(
    graph: Script, elsewhere: Script, ready: Sds, location: str, operation: str | None
) -> None:
    root = f"{graph.url}{ROOT}"
    graph.say(202, b"", Location=location.format(root=root, graph=graph.url, elsewhere=elsewhere.url))
    value = ready.verify(PROFILE).value
    assert value is not None
    assert value == operation if operation else value.startswith("after ")
    graph.say(200, DONE if operation else {"value": []})
    assert ready.verification(PROFILE, value, ()).answer is Answer.OK
    assert not elsewhere.asked


def test_without_a_location_the_newest_operation_of_the_connector_counts(graph: Script, ready: Sds) -> None:
    graph.say(202, b"", Date="Thu, 01 Jan 2026 06:00:00 GMT")
    operation = ready.verify(PROFILE).value
    assert operation is not None
    mine = {"resourceLocation": f"https://x/dataConnectors/{CONNECTOR.upper()}", **DONE}
    others = [
        mine | {"createdDateTime": "2026-01-01T05:50:00Z"},  # last time's
        mine | {"createdDateTime": "2026-01-01T06:00:09Z", "resourceLocation": "https://x/dataConnectors/other"},
        mine | {"createdDateTime": "2026-01-01T06:00:09Z", "@odata.type": "#x.other"},
        {"id": "bare"},
    ]
    graph.say(200, {"value": others})
    waiting = ready.verification(PROFILE, operation, FILES).value
    assert waiting is not None
    assert not waiting.done
    now = mine | {"createdDateTime": "2026-01-01T06:00:00.4Z", "status": "failed", "statusDetail": "broke"}
    graph.say(200, {"value": others, "@odata.nextLink": f"{graph.url}{ROOT}/operations?$skip=4"})
    graph.say(200, {"value": [now]})
    verdict = ready.verification(PROFILE, operation, FILES).value
    assert verdict is not None
    assert verdict.done
    assert verdict.failure == Failure("validationFailed", "the validation failed: broke")


@pytest.mark.parametrize("operation", ["https://evil.example/x", "/education/x", "after ever", "", "//evil.example"])
def test_a_stored_operation_is_checked_again(graph: Script, ready: Sds, operation: str) -> None:
    assert ready.verification(PROFILE, operation, FILES).answer is Answer.UNAVAILABLE
    assert not graph.asked


OPERATION = "/external/industryData/operations/op-1"


@pytest.mark.parametrize(
    ("status", "body", "started"),
    [
        (202, b"", True),
        (202, b" \n", True),
        (200, {"@odata.context": "x", "id": "op-1", "status": "notStarted"}, True),
        (202, {"id": "op-1", "status": "running"}, True),
        (200, b"", None),
        (204, b"", None),
        (200, b"<html>Sign in to the school's network</html>", None),
        (202, b"<html>", None),
        (200, b"[]", None),
        (200, {}, None),
        (200, {"ok": True}, None),
        (200, {"id": "op-1", "error": {"code": "x"}}, None),
        (200, {"id": "op-1", "status": "failed", "statusDetail": "no flow is active"}, False),
    ],
)
def test_only_a_start_of_theirs_has_started(
    graph: Script, ready: Sds, status: int, body: Any, started: bool | None
) -> None:
    graph.say(status, body, Location="https://elsewhere.example/beta/external/industryData/operations/1")
    reply = ready.start(PROFILE)
    assert graph.paths == [f"POST {ROOT}/runs/start"]
    assert graph.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    if started is None:
        assert (reply.answer, reply.value, reply.answered) == (Answer.UNAVAILABLE, None, True)
        return
    assert reply.value is not None
    assert (reply.value.started, reply.value.operation) == (started, None)


@pytest.mark.parametrize("location", ["{root}/operations/op-1", "{root}/operations/op-1?x=y", "../operations/op-1"])
def test_the_operation_of_a_start_tells_how_it_ended(graph: Script, ready: Sds, location: str) -> None:
    graph.say(202, b"", Location=location.format(root=f"{graph.url}{ROOT}"))
    verdict = ready.start(PROFILE).value
    assert verdict is not None
    assert verdict.operation == OPERATION
    graph.say(200, {"id": "op-1", "status": "running"}).say(200, {"id": "op-1", "status": "succeeded"})
    graph.say(200, {"id": "op-1", "status": "failed", "statusDetail": "no flow is active"})
    seen = [ready.start_operation(PROFILE, OPERATION).value for _ in range(3)]
    assert [(each.done, each.started) for each in seen if each] == [(False, False), (True, True), (True, False)]
    assert seen[2] is not None
    assert seen[2].failure == Failure("startFailed", "the start failed: no flow is active")
    assert graph.paths[1:] == [f"GET {ROOT}/operations/op-1"] * 3


@pytest.mark.parametrize(
    "operation", ["/external/industryData/operationsX/1", "/external/industryData/runs/1", "", "x"]
)
def test_a_stored_operation_of_a_start_is_checked_again(graph: Script, ready: Sds, operation: str) -> None:
    assert ready.start_operation(PROFILE, operation).answer is Answer.UNAVAILABLE
    assert not graph.asked


@pytest.mark.parametrize(
    ("status", "code", "words", "answer"),
    [
        (429, "TooManyRequests", "At most 5 runs can be started in 12 hours.", Answer.QUOTA),
        (403, "QuotaLimitReached", "no", Answer.QUOTA),
        (409, "Conflict", "The maximum number of runs was reached.", Answer.QUOTA),
        (400, "BadRequest", "The limit of industryDataRuns per period is used up.", Answer.QUOTA),
        (409, "RunLimitExceeded", "no", Answer.QUOTA),
        (429, "TooManyRequests", "Too many requests, rate limit exceeded.", Answer.THROTTLED),
        (429, "TooManyRequests", "", Answer.THROTTLED),
        (409, "Conflict", "Another run is in progress.", Answer.BUSY),
        (423, "Locked", "x", Answer.BUSY),
        (403, "accessDenied", "no right to start runs", Answer.FORBIDDEN),
        (400, "BadRequest", "no", Answer.BAD_REQUEST),
        (404, "NotFound", "The limit of runs", Answer.NOT_FOUND),
        (500, "InternalError", "The limit of runs", Answer.UNAVAILABLE),
    ],
)
def test_the_services_own_limit_on_starts(
    graph: Script, ready: Sds, status: int, code: str, words: str, answer: Answer
) -> None:
    graph.error(status, code, words)
    reply = ready.start(PROFILE)
    assert (reply.answer, reply.answered, len(graph.asked)) == (answer, True, 1)
    assert reply.failure is not None
    assert reply.failure.code == code


def test_a_start_that_failed_because_of_the_limit(graph: Script, ready: Sds) -> None:
    graph.say(200, {"status": "failed", "statusDetail": "At most five runs may be started in 12 hours."})
    assert ready.start_operation(PROFILE, OPERATION).answer is Answer.QUOTA


@pytest.mark.parametrize(
    ("code", "ours", "usable"),
    [
        ("schoolDataSyncV1", "sdsV1", "ready"),
        ("schoolDataSyncV1", "sdsV2.1", "never"),
        ("schoolDataSyncV2Rev1", "sdsV2.1", "ready"),
        ("schoolDataSyncV2.1", "sdsV2.1", "ready"),
        ("schoolDataSyncV2Rev1", "sdsV1", "never"),
        ("schoolDataSyncV2Rev1", None, "ready"),
        ("somethingNew", "sdsV1", "ready"),
        (None, "sdsV1", "ready"),
    ],
)
def test_a_connector_of_another_format(
    graph: Script, sds: Sds, code: str | None, ours: str | None, usable: str
) -> None:
    graph.say(200, FLOW | {"dataConnector": {"id": CONNECTOR, "fileFormat": {"code": code}}})
    value = sds.readiness(PROFILE, ours).value
    assert value is not None
    assert value.usable == usable
    assert (value.state, bool(value.advice)) == (("otherFormat", True) if usable == "never" else ("ready", False))


def test_a_flow_that_is_no_use_at_all_says_so_whatever_its_format(graph: Script, sds: Sds) -> None:
    connector = {"id": CONNECTOR, "fileFormat": {"code": "schoolDataSyncV1"}}
    graph.say(200, FLOW | {"readinessStatus": "expired", "dataConnector": connector})
    value = sds.readiness(PROFILE, "sdsV2.1").value
    assert value is not None
    assert (value.state, value.usable) == ("expired", "never")


@pytest.mark.parametrize("status", [400, 404])
def test_no_list_of_runs_is_no_baseline(graph: Script, ready: Sds, status: int) -> None:
    graph.error(status, "x", "y").error(status, "x", "y")
    before = SyncState("completed", "succeeded", run="run-0")
    assert ready.sync_state(PROFILE).answer is Answer.UNAVAILABLE
    assert ready.sync_state(PROFILE, before).answer is (Answer.NOT_FOUND if status == 404 else Answer.BAD_REQUEST)


def test_errors_are_not_asked_for(graph: Script, ready: Sds) -> None:
    page = ready.sync_errors(PROFILE).value
    assert page is not None
    assert page.errors == ()
    assert not graph.asked


def test_what_the_service_asks_for(connected: Connect) -> None:
    sds = connected("industryData")
    assert (sds.api, sds.verifies_apart, sds.starts_allowed) == ("industryData", True, (5, 43200))
    assert sds.poll_at_least == 5.0
    assert connected("industryData", operation_poll=0.2).poll_at_least == 0.2
    assert connected("industryData", url="https://graph.example.com", operation_poll=0.2).poll_at_least == 5.0
