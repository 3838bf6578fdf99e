"""Where an answer begins and ends: framing that means two things means nothing, and no answer is taken for another."""

import gzip
import json
import tracemalloc
from collections.abc import Callable
from typing import Literal

import pytest

from shared.sds import classic, http
from shared.sds.port import Answer, Reply, Sds
from tests.sds.conftest import PROFILE, Connect, Script

from .conftest import Clock, Villain, Wire

BODY = b'{"id":"x","state":"provisioned","readinessStatus":"ready","status":"success","value":[]}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = gzip.compress(BODY)


def sized(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunk(body: bytes) -> bytes:
    return b"%x\r\n" % len(body) + body + b"\r\n"


END = b"0\r\n\r\n"
UNREADABLE = {
    "packed by the transfer": HEAD + b"Transfer-Encoding: gzip\r\n\r\n" + PACKED,
    "packed by the transfer, with a length": HEAD + b"Transfer-Encoding: gzip\r\n" + sized(PACKED),
    "in chunks, then packed": HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n" + chunk(PACKED) + END,
    "packed, then in chunks": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk(PACKED) + END,
    "a bomb": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk(gzip.compress(bytes(50_000_000))) + END,
    "chunked twice": HEAD + b"Transfer-Encoding: chunked\r\n" + CHUNKED + chunk(BODY) + END,
    "almost chunked": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n" + chunk(BODY) + END,
    "two lengths": HEAD + b"Content-Length: 3\r\n" + sized(BODY),
    "two lengths in one": HEAD + b"Content-Length: 3, 88\r\n\r\n" + BODY,
    "a length below zero": HEAD + b"Content-Length: -1\r\n\r\n" + BODY,
    "a length with a sign": HEAD + b"Content-Length: +88\r\n\r\n" + BODY,
    "a hexadecimal length": HEAD + b"Content-Length: 0x58\r\n\r\n" + BODY,
    "a length in other digits": HEAD + "Content-Length: ٨٨\r\n\r\n".encode() + BODY,
    "a length of 5,000 digits": HEAD + b"Content-Length: 1" + b"0" * 5000 + b"\r\n\r\n" + BODY,
    "a length that is not reached": HEAD + b"Content-Length: 500\r\n\r\n" + BODY,
    "a chunk's size below zero": HEAD + CHUNKED + b"-5\r\n" + BODY,
    "a chunk's size with a sign": HEAD + CHUNKED + b"+" + chunk(BODY) + END,
    "a chunk's size of 22 digits": HEAD + CHUNKED + b"f" * 22 + b"\r\n" + BODY,
    "a chunk without its end": HEAD + CHUNKED + b"%x\r\n" % len(BODY) + BODY + b"XX" + END,
    "chunks without their end": HEAD + CHUNKED + chunk(BODY),
    "megabytes of a chunk's extension": HEAD + CHUNKED + b"5;" + b"a=b;" * 500_000 + b"\r\n" + BODY,
    "megabytes of trailers": HEAD + CHUNKED + chunk(BODY) + b"0\r\n" + b"X: y\r\n" * 300_000 + b"\r\n",
    "20,000 headers": HEAD + b"".join(b"X%d: y\r\n" % number for number in range(20_000)) + sized(BODY),
    "60,000 empty headers": HEAD + b"a:\r\n" * 60_000 + sized(BODY),
    "a header's name of 250,000 letters": HEAD + b"a" * 250_000 + b": x\r\n" + sized(BODY),
    "a header without a colon": HEAD + b"abc\r\n" + sized(BODY),
    "a header without a name": HEAD + b": x\r\n" + sized(BODY),
    "a blank before the colon": HEAD + b"Content-Length : 3\r\n" + sized(BODY),
    "a zero byte in a header": HEAD + b"X: a\x00b\r\n" + sized(BODY),
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + BODY,
    "HTTP/2": b"\x00\x00\x00\x04\x00\x00\x00\x00\x00",
    "no head": BODY,
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "nothing": b"",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n" + sized(BODY),
    "a status below zero": b"HTTP/1.1 -1 OK\r\n" + sized(BODY),
}
MOVED = {
    status: f"HTTP/1.1 {status} Moved\r\nLocation: http://127.0.0.1:9/x?sig=SECRET\r\n".encode() + sized(b"")
    for status in (300, 301, 302, 303, 304, 307, 308, 399)
}


def once(content: bytes) -> Callable[[Wire], None]:
    def conversation(wire: Wire) -> None:
        wire.request()
        wire.say(content)

    return conversation


def _asked(sds: Sds) -> list[Reply[object]]:
    """What is answered to a look, to the start and to a look at the sync."""
    return [sds.readiness(PROFILE), sds.start(PROFILE), sds.sync_state(PROFILE)]


def _is_no_answer(reply: Reply[object]) -> None:
    assert (reply.answer, reply.value) == (Answer.UNAVAILABLE, None)
    assert reply.failure is not None
    assert reply.failure.message.isprintable()
    assert "SECRET" not in repr(reply)


@pytest.mark.parametrize("api", ["classic", "industryData"])
@pytest.mark.parametrize("kind", UNREADABLE)
def test_framing_that_can_be_read_in_two_ways_is_no_answer(
    villain: Villain, connected: Connect, kind: str, api: Literal["classic", "industryData"]
) -> None:
    villain.conversation = once(UNREADABLE[kind])
    sds = connected(api, url=villain.url, whole=20)
    tracemalloc.start()
    with Clock() as clock:
        replies = _asked(sds)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert clock.took < 15
    assert peak < 16_000_000
    for reply in replies:
        _is_no_answer(reply)


@pytest.mark.parametrize("kind", UNREADABLE)
def test_the_same_of_the_storage(graph: Script, villain: Villain, connected: Connect, kind: str) -> None:
    villain.conversation = once(UNREADABLE[kind])
    graph.say(200, {"value": f"{villain.url}/container?sig=SECRET"})
    upload = connected(whole=20).open_upload(PROFILE).value
    assert upload is not None
    _is_no_answer(upload.put("Student.csv", 1, [b"x"]))


@pytest.mark.parametrize("api", ["classic", "industryData"])
@pytest.mark.parametrize("status", MOVED)
def test_nothing_is_followed(
    villain: Villain, connected: Connect, status: int, api: Literal["classic", "industryData"]
) -> None:
    villain.conversation = once(MOVED[status])
    sds = connected(api, url=villain.url)
    for reply in _asked(sds):
        _is_no_answer(reply)
    assert len(villain.wires) <= 3, "a request each"


OTHER = b'{"id":"y","state":"deleting","status":"error","value":[]}'
TWO_ANSWERS = {
    "two answers at once": HEAD + sized(BODY) + HEAD + sized(OTHER),
    "the second behind chunks": HEAD + CHUNKED + chunk(BODY) + END + HEAD + sized(OTHER),
    "a body that 204 must not have": b"HTTP/1.1 204 No Content\r\n" + sized(HEAD + sized(OTHER)),
    "a body that 304 must not have": b"HTTP/1.1 304 Not Modified\r\n\r\n" + HEAD + sized(OTHER),
}


@pytest.mark.parametrize("kind", TWO_ANSWERS)
def test_what_is_left_of_one_answer_is_never_the_next(villain: Villain, connected: Connect, kind: str) -> None:
    """The connection is kept, so the rest lies there when the next question is asked."""

    def conversation(wire: Wire) -> None:
        for _ in range(3):
            wire.heard = b""
            if wire.request():
                wire.say(TWO_ANSWERS[kind])

    villain.conversation = conversation
    sds = connected(url=villain.url)
    told = [sds.readiness(PROFILE) for _ in range(6)]
    assert [reply.value.state for reply in told if reply.value is not None and reply.value.state == "deleting"] == []
    assert [reply for reply in told if "another" in repr(reply.failure)], "it was there, and was seen"


def test_a_start_is_not_answered_by_what_was_there_before(villain: Villain, connected: Connect) -> None:
    begun = b'{"value":[]}'

    def conversation(wire: Wire) -> None:
        wire.request()
        wire.say(HEAD + sized(BODY) + HEAD + sized(begun))
        wire.heard = b""
        wire.request()

    villain.conversation = conversation
    sds = connected(url=villain.url)
    assert sds.readiness(PROFILE).value is not None
    reply = sds.start(PROFILE)
    assert (reply.answer, reply.answered) == (Answer.UNAVAILABLE, False), "ambiguous: the start is watched"


def test_a_connection_is_kept(villain: Villain, connected: Connect) -> None:
    def conversation(wire: Wire) -> None:
        for _ in range(3):
            wire.heard = b""
            wire.request()
            wire.say(HEAD + sized(BODY))

    villain.conversation = conversation
    sds = connected(url=villain.url)
    assert [sds.readiness(PROFILE).answer for _ in range(3)] == [Answer.OK] * 3
    assert len(villain.wires) == 1


def test_a_page_of_more_errors_than_fit_is_not_read(graph: Script, connected: Connect) -> None:
    page = b'{"value":[' + b"{}," * classic.MOST_ERRORS + b"{}]}"
    assert len(page) < http.LARGEST_ANSWER
    graph.say(200, page)
    reply = connected().sync_errors(PROFILE)
    assert reply.failure is not None
    assert reply.failure.code == "tooMuch"
    graph.say(200, json.dumps({"value": [{}] * 100}).encode())
    value = connected().sync_errors(PROFILE).value
    assert value is not None
    assert len(value.errors) == 100
