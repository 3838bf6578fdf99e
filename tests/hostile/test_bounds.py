"""What a service sends is bounded: pages, rows, bytes, messages, and the words it uses."""

import json
import tracemalloc
from typing import Any

import msgspec
import pytest

from shared.sds import industry_data
from shared.sds.messages import LARGEST, MOST, kept
from shared.sds.parsing import json_object
from shared.sds.port import Answer, Sds, ServiceMessage
from tests.sds.conftest import PROFILE, Connect, Script, Scripted
from tests.sds.industry import ROOT

UGLY = "\x1b[2J\x1b]0;x\x07\x9b31m\u202egnp.exe\u2066\u200b\r\n\x00" + "w" * 100_000


def shown(reply: Any) -> str:
    return json.dumps(msgspec.to_builtins(reply), ensure_ascii=False)


def test_the_words_of_the_classic_service(graph: Script, connected: Connect) -> None:
    sds = connected()
    row = {"type": UGLY, "fileName": UGLY, "description": UGLY}
    graph.say(200, {"id": UGLY, "state": UGLY}).say(200, {"status": UGLY}).say(200, {"value": [row]})
    graph.say(200, {"value": [{"entryType": UGLY, "errorCode": UGLY}]})
    graph.say(400, {"error": {"code": UGLY, "message": UGLY, "innerError": {"request-id": UGLY}}})
    replies = [sds.readiness(PROFILE), sds.sync_state(PROFILE), sds.start(PROFILE), sds.sync_errors(PROFILE)]
    harmless([*replies, sds.readiness(PROFILE)])


def test_the_words_of_the_industry_data_service(graph: Script, ready: Sds) -> None:
    error = {"code": UGLY, "message": UGLY, "target": UGLY, "details": [{"message": UGLY}] * 1000}
    operation = {"status": "succeeded", "errors": [error], "warnings": [], "validatedFiles": [UGLY]}
    graph.say(200, {"id": UGLY, "readinessStatus": UGLY, "dataConnector": {"id": UGLY}})
    graph.say(200, operation).say(200, operation | {"errors": []}).say(200, {"status": "failed", "statusDetail": UGLY})
    graph.say(200, {"status": "failed", "statusDetail": UGLY})
    graph.say(200, {"value": [{"id": UGLY, "status": UGLY, "startDateTime": UGLY}]})
    graph.say(200, {"inboundTotals": {UGLY: 1, "matchedPeopleByRole": [{"role": UGLY, "count": 1}]}})
    name = "/external/industryData/operations/1"
    replies: list[Any] = [ready.readiness(PROFILE)]
    replies += [ready.verification(PROFILE, name, ("orgs.csv",)) for _ in range(3)]
    replies += [ready.start_operation(PROFILE, name), ready.sync_state(PROFILE), ready.statistics(PROFILE, "r")]
    harmless(replies)


def harmless(replies: list[Any]) -> None:
    assert len(replies) > 4
    for reply in replies:
        text = shown(reply)
        assert not [character for character in text if not character.isprintable()]
        assert "\\u001b" not in text
        assert len(text) < 3500


def test_a_list_that_is_too_long_is_no_list(graph: Script, ready: Sds, monkeypatch: pytest.MonkeyPatch) -> None:
    page = {"value": [{"id": "r"}] * 100}
    pages = iter(range(10_000))

    def more(_: object) -> Scripted:
        return Scripted(
            200, json.dumps(page | {"@odata.nextLink": f"{graph.url}{ROOT}/runs?p={next(pages)}"}).encode(), {}
        )

    graph.otherwise = more
    for name, value, most in (
        ("MOST_PAGES", 7, 7),
        ("MOST_ROWS", 450, 5),
        ("LARGEST_LIST", 4500, 4),
        ("LONGEST_LIST", -1.0, 0),
    ):
        graph.asked.clear()
        with monkeypatch.context() as patch:
            patch.setattr(industry_data, name, value)
            reply = ready.sync_state(PROFILE)
        assert (reply.answer, reply.value) == (Answer.UNAVAILABLE, None)
        assert reply.failure is not None
        assert reply.failure.code == "tooMuch"
        assert len(graph.asked) == most, name


@pytest.mark.parametrize("count", [300_000])
def test_messages_without_end(graph: Script, connected: Connect, count: int) -> None:
    graph.say(200, b'{"value":[' + b"{}," * count + b'{"type":"error","description":"the one"}]}')
    verdict = connected().start(PROFILE).value
    assert verdict is not None
    assert not verdict.started
    assert len(verdict.messages) == MOST + 1
    assert verdict.messages[0] == ServiceMessage("error", None, "the one")
    assert f"{count - MOST + 1} of type warning are left out" in verdict.messages[-1].description


def read(kind: str, row: dict[str, Any]) -> ServiceMessage:
    return ServiceMessage(kind, row.get("file"), row["words"])


@pytest.mark.parametrize("item", ["{}", "[]", '{"a":1}', '""', '"ab"', "1.5"])
def test_an_answer_of_very_many_small_values_takes_no_memory_many_times_its_bytes(item: str) -> None:
    body = ('{"value":[' + ",".join([item] * (4 * 1024 * 1024 // (len(item) + 1))) + "]}").encode()
    tracemalloc.start()
    found = json_object(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 80_000_000
    assert (found is None) == (item[0] in "{[")


def test_long_messages_are_bounded_together() -> None:
    long: Any = ("warning", {"file": "x" * 200, "words": "y" * 1000})
    short: Any = ("error", {"words": "z"})
    cut = kept([*[long] * 100, *[short] * 2], read)
    assert [message.type for message in cut[:3]] == ["error", "error", "warning"]
    assert sum(len(message.description) + len(message.file_name or "") for message in cut[:-1]) <= LARGEST
    assert cut[-1].type == "warning"
    assert kept([long, short], read) == (read(*long), read(*short)), "in the service's own order where all are kept"


def test_errors_that_are_left_out_stay_errors() -> None:
    rows: Any = [("error", {"words": "z"})] * (MOST + 5) + [("warning", {"words": "w"})]
    cut = kept(rows, read)
    assert cut[-1].type == "error"
    assert "5 of type error, 1 of type warning" in cut[-1].description
    assert len(cut) == MOST + 1
