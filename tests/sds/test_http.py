"""One request, one answer: every row of the answer table by kind, over real connections."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from shared import VERSION
from shared.sds.port import Answer, Reply, Sds
from shared.sds.replies import LONGEST_WAIT, retry_after

from .conftest import PROFILE, TOKEN, Connect, Script

CALLS: dict[str, Callable[[Sds], Reply[Any]]] = {
    "readiness": lambda sds: sds.readiness(PROFILE),
    "open_upload": lambda sds: sds.open_upload(PROFILE),
    "start": lambda sds: sds.start(PROFILE),
    "sync_state": lambda sds: sds.sync_state(PROFILE),
    "sync_errors": lambda sds: sds.sync_errors(PROFILE),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("status", "headers", "answer", "wait"),
    [
        (403, {}, Answer.FORBIDDEN, None),
        (404, {}, Answer.NOT_FOUND, None),
        (405, {}, Answer.BAD_REQUEST, None),
        (408, {}, Answer.UNAVAILABLE, None),
        (409, {}, Answer.BUSY, None),
        (422, {}, Answer.BAD_REQUEST, None),
        (429, {"Retry_After": "2.128"}, Answer.THROTTLED, 2.128),
        (429, {}, Answer.THROTTLED, None),
        (500, {}, Answer.UNAVAILABLE, None),
        (502, {}, Answer.UNAVAILABLE, None),
        (503, {"Retry_After": "7"}, Answer.THROTTLED, 7.0),
        (503, {"Retry_After": "-7"}, Answer.UNAVAILABLE, None),
        (503, {}, Answer.UNAVAILABLE, None),
        (504, {}, Answer.UNAVAILABLE, None),
        (509, {}, Answer.UNAVAILABLE, None),
        (302, {"Location": "/beta/me"}, Answer.UNAVAILABLE, None),
        (304, {}, Answer.UNAVAILABLE, None),
    ],
)
def test_each_status_has_one_meaning(
    graph: Script,
    connected: Connect,
    call: str,
    status: int,
    headers: dict[str, str],
    answer: Answer,
    wait: float | None,
) -> None:
    graph.say(status, b"" if status == 304 else {"error": {"code": "someCode", "message": "why"}}, **headers)
    reply = CALLS[call](connected())
    assert (reply.answer, reply.value, reply.retry_after) == (answer, None, wait)
    assert reply.failure is not None
    assert str(status) in reply.failure.message
    assert reply.failure.code == (answer.value if status == 304 else "someCode")
    assert len(graph.asked) == 1


def test_400_is_a_bad_request(graph: Script, connected: Connect) -> None:
    for call in CALLS.values():
        graph.error(400, "BadRequest", "no")
        reply = call(connected())
        assert reply.answer is Answer.BAD_REQUEST
        assert reply.failure is not None
        assert reply.failure.request_id == "inner-request-id"


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "misbehave",
    [
        Script.reset,
        lambda script: script.raw(b""),
        lambda script: script.raw(b"\x00\x01garbage\r\n\r\n"),
        lambda script: script.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"),
        lambda script: script.raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
        lambda script: script.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
    ],
)
def test_a_broken_conversation_is_unavailable(
    graph: Script, connected: Connect, call: str, misbehave: Callable[[Script], object]
) -> None:
    misbehave(graph)
    reply = CALLS[call](connected())
    assert (reply.answer, reply.value) == (Answer.UNAVAILABLE, None)
    assert reply.failure is not None
    assert reply.failure.code == "noAnswer"
    assert len(graph.asked) == 1


def test_a_silent_server_is_unavailable(graph: Script, connected: Connect) -> None:
    graph.silence()
    reply = connected(read=0.5).start(PROFILE)
    assert reply.answer is Answer.UNAVAILABLE
    assert reply.failure is not None
    assert "ReadTimeout" in reply.failure.message


def test_nobody_there(connected: Connect) -> None:
    reply = connected(url="http://127.0.0.1:9").readiness(PROFILE)
    assert reply.answer is Answer.UNAVAILABLE
    assert reply.failure is not None
    assert reply.failure.code == "notSent"


@pytest.mark.parametrize("token", ["", "line\nbreak", "é", "ok"])
def test_an_odd_token_is_no_exception(graph: Script, connected: Connect, token: str) -> None:
    graph.say(200, {"state": "provisioned"})
    credential = type("Odd", (), {"get_token": lambda *_: type("Token", (), {"token": token})()})()
    assert connected(credential=credential).readiness(PROFILE).answer in (Answer.OK, Answer.UNAVAILABLE)


def test_an_endless_answer_is_cut(graph: Script, connected: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.sds.http.LARGEST_ANSWER", 1000)
    graph.say(200, b"[" * 70_000)
    assert connected().readiness(PROFILE).answer is Answer.UNAVAILABLE


def test_deeply_nested_json_is_garbage(graph: Script, connected: Connect) -> None:
    graph.say(200, b"[" * 200_000)
    graph.say(500, b'{"error":' * 100_000)
    assert connected().readiness(PROFILE).answer is Answer.UNAVAILABLE
    assert connected().readiness(PROFILE).answer is Answer.UNAVAILABLE


def test_what_every_request_says(graph: Script, connected: Connect) -> None:
    for call in CALLS.values():
        graph.error(500, "InternalError", "x")
        call(connected())
    ids = [asked.headers["client-request-id"] for asked in graph.asked]
    assert len(set(ids)) == len(CALLS)
    for asked in graph.asked:
        assert asked.headers["authorization"] == f"Bearer {TOKEN}"
        assert asked.headers["prefer"] == "include-unknown-enum-members"
        assert asked.headers["user-agent"] == f"rosterdrop/{VERSION}"
        assert len(asked.headers["client-request-id"]) == 36


@pytest.mark.parametrize(
    ("headers", "error", "expected"),
    [
        ({"request_id": "from-header"}, {"innerError": {"request-id": "inner"}}, "from-header"),
        ({}, {"innerError": {"request-id": "inner"}}, "inner"),
        ({}, {"innererror": {"innererror": {"request-id": "deep"}}}, "deep"),
        ({}, {"innerError": None}, None),
        ({}, {}, None),
    ],
)
def test_graphs_request_id_is_in_the_failure(
    graph: Script, connected: Connect, headers: dict[str, str], error: dict[str, object], expected: str | None
) -> None:
    graph.say(500, {"error": {"code": "x", "message": "y"} | error}, **headers)
    failure = connected().readiness(PROFILE).failure
    assert failure is not None
    assert failure.request_id == expected


@pytest.mark.parametrize("body", [{"error": "text"}, {"error": {"code": 7, "message": None}}, [], "x", None, 1])
def test_odd_error_bodies(graph: Script, connected: Connect, body: object) -> None:
    graph.say(403, body)
    reply = connected().readiness(PROFILE)
    assert reply.answer is Answer.FORBIDDEN
    assert reply.failure is not None


def test_failures_are_short_and_hold_no_secret(graph: Script, connected: Connect) -> None:
    said = f"see https://x.example/y?sig=abc%3D&se=1 Bearer eyJhbGciOi.J9.x {TOKEN} sig=zzz\n" + "long " * 5000
    graph.error(400, "c" * 5000, said)
    failure = connected().readiness(PROFILE).failure
    assert failure is not None
    assert len(failure.message) <= 300
    assert len(failure.code) <= 80
    shown = json.dumps([failure.message, failure.code])
    assert not any(secret in shown for secret in ("abc%3D", "eyJ", TOKEN, "zzz", "\\n"))
    assert "https://x.example/y" in shown


def test_connections_are_reused(graph: Script, connected: Connect, everything_logged: pytest.LogCaptureFixture) -> None:
    sds = connected()
    for _ in range(3):
        graph.say(200, {"state": "provisioned"})
        sds.readiness(PROFILE)
    opened = [
        r for r in everything_logged.records if r.name == "httpcore.connection" and "connect_tcp.started" in r.msg
    ]
    assert len(opened) == 1


def test_what_support_asks_for_is_logged(graph: Script, connected: Connect, everything_logged: Any) -> None:
    graph.say(200, {"state": "provisioned"}, request_id="r-77", x_ms_ags_diagnostic="ring-3")
    connected().readiness(PROFILE)
    line = next(r.getMessage() for r in everything_logged.records if r.name == "shared.sds.graph")
    assert "r-77" in line
    assert "ring-3" in line
    assert graph.asked[0].headers["client-request-id"] in line


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2.128", 2.128),
        ("120", 120.0),
        ("0", 0.0),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("soon", None),
        ("", None),
        ("99999999999", LONGEST_WAIT),
        ("1e12", LONGEST_WAIT),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        ("Fri, 31 Dec 9999 23:59:59 -2359", LONGEST_WAIT),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0.0),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0),
        ("Wed, 31 Dec 2025 23:59:00 GMT", 0.0),
        ("Thu, 99 Jan 2026 00:00:30 GMT", None),
    ],
)
def test_retry_after(value: str, expected: float | None) -> None:
    headers = {"retry-after": value, "date": "Thu, 01 Jan 2026 00:00:00 GMT"}
    assert retry_after(headers) == expected


def test_retry_after_by_our_clock() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    for headers in ({"retry-after": then}, {"retry-after": then, "date": "?"}):
        wait = retry_after(headers)
        assert wait is not None
        assert 90 < wait <= 100


def test_a_plain_http_proxy_never_sees_a_token(
    graph: Script, elsewhere: Script, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", elsewhere.url)
    monkeypatch.setenv("ALL_PROXY", elsewhere.url)
    graph.say(200, {"state": "provisioned"})
    assert connected().readiness(PROFILE).answer is Answer.OK
    assert not elsewhere.asked


def test_nothing_is_logged_above_info_for_a_success(
    graph: Script, connected: Connect, everything_logged: pytest.LogCaptureFixture
) -> None:
    graph.say(200, {"state": "provisioned"})
    connected().readiness(PROFILE)
    assert not [record for record in everything_logged.records if record.levelno > logging.INFO]
    assert TOKEN not in everything_logged.text
