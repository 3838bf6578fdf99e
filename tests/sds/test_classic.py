"""The classic API: what each documented answer becomes."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from shared.sds.port import Answer, Failure, ServiceMessage

from .conftest import PROFILE, TOKEN, Connect, Script

PATH = f"/beta/education/synchronizationProfiles/{PROFILE}"
ERROR = {"type": "Error", "fileName": "section.csv", "description": "3 row(s) have missing data"}
WARNING = {"type": "Warning", "fileName": "student.csv", "description": "2 duplicates found"}
REFUSED = {"code": "BadRequest", "message": "wrong state", "innererror": {"request-id": "r-1"}}


@pytest.mark.parametrize(
    ("state", "usable"),
    [
        ("provisioned", "ready"),
        ("Provisioned", "ready"),
        ("provisioning", "wait"),
        ("unknownFutureValue", "wait"),
        ("somethingNew", "wait"),
        (None, "wait"),
        ("provisioningFailed", "never"),
        ("deleting", "never"),
        ("deletionFailed", "never"),
    ],
)
def test_each_profile_state(graph: Script, connected: Connect, state: str | None, usable: str) -> None:
    graph.say(200, {"id": PROFILE, "state": state})
    value = connected().readiness(PROFILE).value
    assert value is not None
    assert (value.state, value.usable) == (state or "unknown", usable)
    assert bool(value.advice) == (usable == "never")
    assert graph.paths == [f"GET {PATH}"]


@pytest.mark.parametrize(
    ("date", "usable", "expires"),
    [
        ("2001-07-31", "never", datetime(2001, 7, 31, 23, 59, 59, tzinfo=UTC)),
        ("2001-07-31T00:00:00Z", "never", datetime(2001, 7, 31, tzinfo=UTC)),
        ("2901-07-31", "ready", datetime(2901, 7, 31, 23, 59, 59, tzinfo=UTC)),
        ("0001-01-01", "ready", None),
        ("9999-12-31", "ready", None),
        ("soon", "ready", None),
        (7, "ready", None),
        (None, "ready", None),
    ],
)
def test_expiration(graph: Script, connected: Connect, date: object, usable: str, expires: datetime | None) -> None:
    graph.say(200, {"id": PROFILE, "state": "provisioned", "expirationDate": date})
    value = connected().readiness(PROFILE).value
    assert value is not None
    assert (value.usable, value.expires) == (usable, expires)
    assert value.state == ("expired" if usable == "never" else "provisioned")


@pytest.mark.parametrize("status", [200, 202, 204])
def test_an_empty_success_has_started(graph: Script, connected: Connect, status: int) -> None:
    graph.say(status)
    reply = connected().start(PROFILE)
    assert reply.answer is Answer.OK
    assert reply.value is not None
    assert reply.value.done
    assert reply.value.accepted
    assert reply.value.started
    assert graph.paths == [f"POST {PATH}/start"]
    assert graph.asked[0].headers["content-length"] == "0"


@pytest.mark.parametrize(
    ("status", "value", "started", "failure"),
    [
        (200, [], True, None),
        (200, None, True, None),
        (200, [WARNING], True, None),
        (200, [WARNING, ERROR], False, None),
        (200, [ERROR | {"type": "error"}], False, None),
        (200, [ERROR | {"type": "ERROR"}], False, None),
        (400, [ERROR], False, None),
        (400, [WARNING], False, "BadRequest"),
    ],
)
def test_messages_under_both_statuses(
    graph: Script, connected: Connect, status: int, value: Any, started: bool, failure: str | None
) -> None:
    graph.say(status, {"@odata.context": "…", "value": value})
    reply = connected().start(PROFILE)
    verdict = reply.value
    assert reply.answer is Answer.OK
    assert verdict is not None
    assert (verdict.done, verdict.accepted, verdict.started) == (True, started, started)
    assert len(verdict.messages) == len(value or [])
    assert all(message.type in ("error", "warning") for message in verdict.messages)
    assert (verdict.failure and verdict.failure.code) == failure


def test_messages_with_missing_fields_are_kept(graph: Script, connected: Connect) -> None:
    graph.say(
        200,
        {"value": [{"type": "Information", "fileName": None}, {"description": "odd", "type": "Fatal"}, {}]},
    )
    verdict = connected().start(PROFILE).value
    assert verdict is not None
    assert verdict.messages == (
        ServiceMessage("information", None, "(no description)"),
        ServiceMessage("warning", None, "odd"),
        ServiceMessage("warning", None, "(no description)"),
    )


@pytest.mark.parametrize("status", [200, 400])
def test_a_graph_error_alone_is_a_refusal(graph: Script, connected: Connect, status: int) -> None:
    graph.say(status, {"error": REFUSED})
    reply = connected().start(PROFILE)
    message = f"POST {PATH}/start answered {status}: BadRequest: wrong state"
    assert reply.answer is Answer.BAD_REQUEST
    assert reply.failure == Failure("BadRequest", message, "r-1")


@pytest.mark.parametrize("status", [200, 400])
def test_messages_and_a_graph_error_are_both_told(graph: Script, connected: Connect, status: int) -> None:
    graph.say(status, {"error": REFUSED, "value": [WARNING]})
    verdict = connected().start(PROFILE).value
    assert verdict is not None
    assert not verdict.accepted
    assert not verdict.started
    assert verdict.failure is not None
    assert verdict.failure.request_id == "r-1"
    assert [message.type for message in verdict.messages] == ["warning"]


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, b"<html>gateway</html>", Answer.UNAVAILABLE),
        (200, b'{"value": [1]}', Answer.UNAVAILABLE),
        (200, b'{"value": "text"}', Answer.UNAVAILABLE),
        (200, b'{"value": [], "error": "text"}', Answer.UNAVAILABLE),
        (200, b'{"value": [], "error": [{}]}', Answer.UNAVAILABLE),
        (200, b'{"value": [], "@odata.nextLink": "https://x/"}', Answer.UNAVAILABLE),
        (400, b'{"value": [], "error": "text"}', Answer.BAD_REQUEST),
        (200, b"{}", Answer.UNAVAILABLE),
        (200, b"[]", Answer.UNAVAILABLE),
        (200, b'{"value": [', Answer.UNAVAILABLE),
        (200, b"\xff\xfe\x00", Answer.UNAVAILABLE),
        (400, b"", Answer.BAD_REQUEST),
        (400, b"<html>", Answer.BAD_REQUEST),
        (400, b'{"value": []}', Answer.BAD_REQUEST),
        (400, b'{"value": [1]}', Answer.BAD_REQUEST),
        (400, b"[]", Answer.BAD_REQUEST),
        (422, b"{}", Answer.BAD_REQUEST),
    ],
)
def test_unreadable_answers_to_start(
    graph: Script, connected: Connect, status: int, body: bytes, answer: Answer
) -> None:
    graph.say(status, body)
    reply = connected().start(PROFILE)
    assert (reply.answer, reply.value) == (answer, None)
    assert reply.failure is not None
    assert f"answered {status}" in reply.failure.message


@pytest.mark.parametrize(
    ("body", "stage"),
    [
        ({"status": "paused"}, "paused"),
        ({"status": "inProgress"}, "running"),
        ({"status": "extracting"}, "running"),
        ({"status": "validating"}, "running"),
        ({"status": "success"}, "succeeded"),
        ({"status": "success", "errorCount": 0}, "succeeded"),
        ({"status": "success", "errorCount": "12"}, "succeededWithErrors"),
        ({"status": "error"}, "failed"),
        ({"status": "validationError"}, "paused"),
        ({"status": "quarantined"}, "failed"),
        ({"status": "unknownFutureValue"}, "unknown"),
        ({"status": "brandNew"}, "unknown"),
        ({"status": None}, "unknown"),
    ],
)
def test_each_sync_status(graph: Script, connected: Connect, body: dict[str, object], stage: str) -> None:
    graph.say(200, body)
    state = connected().sync_state(PROFILE).value
    assert state is not None
    assert state.stage == stage
    assert state.status == (body["status"] or "unknown")


def test_sync_times_and_counts(graph: Script, connected: Connect) -> None:
    body = {
        "status": "success",
        "errorCount": "7",
        "lastSynchronizationDateTime": "2024-02-29T02:55:12.1234567Z",
        "lastActivityDateTime": "2024-03-01T02:10:00+01:00",
    }
    graph.say(200, body).say(200, {"status": "success", "errorCount": "many", "lastActivityDateTime": ""})
    sds = connected()
    state, odd = sds.sync_state(PROFILE).value, sds.sync_state(PROFILE).value
    assert state is not None
    assert odd is not None
    assert state.last_synchronization_date_time == datetime(2024, 2, 29, 2, 55, 12, 123457, tzinfo=UTC)
    assert state.last_activity_date_time == datetime(2024, 3, 1, 1, 10, tzinfo=UTC)
    assert state.error_count == 7
    assert (odd.error_count, odd.last_activity_date_time) == (None, None)


def test_errors_are_paged_by_the_opaque_link(graph: Script, connected: Connect) -> None:
    link = f"{graph.url}{PATH}/errors?$skiptoken=a%2Fb%3D"
    graph.say(
        200,
        {
            "value": [{"entryType": "Student", "errorCode": "X", "joiningValue": "a@b"}],
            "@odata.nextLink": link,
        },
    )
    graph.say(200, {"value": [{}]})
    sds = connected()
    first = sds.sync_errors(PROFILE).value
    assert first is not None
    assert (first.next, first.errors[0].joining_value) == (link, "a@b")
    second = sds.sync_errors(PROFILE, first.next).value
    assert second is not None
    assert second.next is None
    assert graph.paths == [f"GET {PATH}/errors", f"GET {PATH}/errors?$skiptoken=a%2Fb%3D"]


@pytest.mark.parametrize(
    "template", ["{elsewhere}{path}", "{graph}/other/errors", "{graph}/beta/../x", "{path}", "{page}"]
)
def test_a_page_link_that_leads_elsewhere_is_not_followed(
    graph: Script, elsewhere: Script, connected: Connect, template: str
) -> None:
    page = f"{graph.url}{PATH}/errors?p=1"
    link = template.format(elsewhere=elsewhere.url, graph=graph.url, path=PATH + "/errors", page=page)
    graph.say(200, {"value": [{}], "@odata.nextLink": link})
    reply = connected().sync_errors(PROFILE, page)
    assert reply.answer is Answer.OK
    assert reply.value is not None
    assert (len(reply.value.errors), reply.value.next) == (1, None)
    assert reply.failure is not None
    assert reply.failure.code == "foreignLink"


def test_a_stored_link_is_checked_again(graph: Script, elsewhere: Script, connected: Connect) -> None:
    reply = connected().sync_errors(PROFILE, f"{elsewhere.url}{PATH}/errors")
    assert reply.answer is Answer.UNAVAILABLE
    assert not elsewhere.asked
    assert not graph.asked


@pytest.mark.parametrize("body", [{}, [], {"value": {}}, {"value": ["x"]}])
def test_wrong_shapes_are_garbage(graph: Script, connected: Connect, body: object) -> None:
    sds = connected()
    for call in (sds.readiness, sds.open_upload, sds.sync_state, sds.sync_errors):
        graph.say(200, body)
        reply = call(PROFILE)
        assert (reply.answer, reply.value) == (Answer.UNAVAILABLE, None)
        assert reply.failure is not None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "not a url",
        "http://sdsstorage.blob.core.windows.net/c?sig=x",
        "https://sdsstorage.blob.core.windows.net/c",
        "https://user:pass@sdsstorage.blob.core.windows.net/c?sig=x",
        "ftp://127.0.0.1/c?sig=x",
        "https:///c?sig=x",
    ],
)
def test_an_upload_address_must_be_a_https_sas(graph: Script, connected: Connect, url: str) -> None:
    graph.say(200, {"value": url})
    reply = connected().open_upload(PROFILE)
    assert reply.answer is Answer.UNAVAILABLE
    assert "sig=x" not in repr(reply)


def test_the_token_goes_to_graph_only(graph: Script, elsewhere: Script, connected: Connect) -> None:
    graph.say(201, {"value": f"{elsewhere.url}/container?sv=1&sig=s%2Bx%3D"})
    elsewhere.say(201)
    upload = connected().open_upload(PROFILE).value
    assert upload is not None
    assert upload.put("School.csv", 3, [b"a", b"bc"]).answer is Answer.OK
    assert graph.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert elsewhere.paths == ["PUT /container/School.csv?sv=1&sig=s%2Bx%3D"]
    assert elsewhere.asked[0].body == b"abc"
    assert "authorization" not in elsewhere.asked[0].headers


def test_no_words_of_the_service_carry_an_address_or_go_on_for_ever(graph: Script, connected: Connect) -> None:
    address = "https://storage.example/container?sv=1&sig=SECRET"
    sds = connected()
    graph.say(200, {"value": [{"type": "Error", "fileName": address, "description": address}]})
    graph.say(200, {"value": [{"entryType": address, "errorCode": f"{address} {'x' * 9999}"}]})
    graph.say(200, {"status": "x" * 9999}).say(200, {"id": PROFILE, "state": "y" * 9999})
    told = msgspec.json.encode(
        [sds.start(PROFILE), sds.sync_errors(PROFILE), sds.sync_state(PROFILE), sds.readiness(PROFILE)]
    )
    assert b"SECRET" not in told
    assert len(told) < 3000


def test_what_the_classic_service_does_not_offer_is_an_answer(graph: Script, connected: Connect) -> None:
    sds = connected()
    replies = [
        sds.verify(PROFILE),
        sds.verification(PROFILE, "operation", ()),
        sds.start_operation(PROFILE, "operation"),
        sds.statistics(PROFILE, "run"),
    ]
    assert {reply.answer for reply in replies} == {Answer.BAD_REQUEST}
    assert not graph.asked
