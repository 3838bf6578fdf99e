"""Bytes are read as they are sent: no answer of a service is ever inflated on its word."""

import gzip
import tracemalloc
import zlib

import pytest

from shared.sds.port import Answer
from tests.sds.conftest import PROFILE, Connect, Script
from tests.sds.test_http import CALLS

BODY = b'{"id":"x","state":"provisioned","status":"success","value":[]}'
BOMB = gzip.compress(gzip.compress(b"0" * 100_000_000))


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(BODY)),
        ("GZIP", gzip.compress(BODY)),
        ("x-gzip", gzip.compress(BODY)),
        ("gzip, gzip", BOMB),
        ("deflate", zlib.compress(BODY)),
        ("br", BODY),
        ("zstd", BODY),
        ("identity, gzip", gzip.compress(BODY)),
        ("gzip", BODY),  # a label that isn't true
        ("x", BODY),
        (",", BODY),
    ],
)
@pytest.mark.parametrize("call", CALLS)
def test_an_encoded_answer_is_refused(graph: Script, connected: Connect, call: str, coding: str, body: bytes) -> None:
    graph.say(200, body, Content_Encoding=coding)
    tracemalloc.start()
    reply = CALLS[call](connected())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (reply.answer, reply.value, reply.answered) == (Answer.UNAVAILABLE, None, True)
    assert reply.failure is not None
    assert "compressed" in reply.failure.message
    assert peak < 3_000_000
    assert graph.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("coding", ["identity", "Identity", " identity ", ""])
def test_a_plain_answer_is_read(graph: Script, connected: Connect, coding: str) -> None:
    graph.say(200, BODY, Content_Encoding=coding)
    assert connected().readiness(PROFILE).answer is Answer.OK


def test_a_plain_body_that_looks_compressed_is_garbage(graph: Script, connected: Connect) -> None:
    graph.say(200, gzip.compress(BODY))
    reply = connected().readiness(PROFILE)
    assert reply.failure is not None
    assert (reply.answer, reply.failure.code) == (Answer.UNAVAILABLE, "garbage")


def test_an_encoded_answer_of_the_storage_is_refused(graph: Script, elsewhere: Script, connected: Connect) -> None:
    graph.say(200, {"value": f"{elsewhere.url}/c?sig=SECRET"})
    elsewhere.say(201, BOMB, Content_Encoding="gzip, gzip")
    upload = connected().open_upload(PROFILE).value
    assert upload is not None
    assert upload.put("School.csv", 1, [b"x"]).answer is Answer.UNAVAILABLE
    assert elsewhere.asked[0].headers["accept-encoding"] == "identity"
