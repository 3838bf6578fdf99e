"""Calls that Microsoft spells in several ways."""

import json

import pytest

from shared.sds import spellings
from shared.sds.port import Answer, Sds

from .conftest import PROFILE, Asked, Script, Scripted
from .industry import CALLS

SEGMENT = {"error": {"code": "BadRequest", "message": "Resource not found for the segment 'validate'."}}


@pytest.mark.parametrize(
    ("known", "call", "needed"),
    [
        ("/getUploadSession(resetSession=true)", "open_upload", 2),
        (".getUploadSession()?resetSession=true", "open_upload", 4),
        ("/GetUploadSession?resetSession=true", "open_upload", 10),
        ("/validate()", "verify", 2),
        ("/inboundFlows/" + PROFILE + "/dataConnector/validate", "verify", 3),
        ("getStatistics()", "statistics", 2),
    ],
)
@pytest.mark.parametrize("refusal", [400, 404, 405, 501])
def test_a_spelling_that_works_is_found_and_remembered(
    graph: Script, ready: Sds, known: str, call: str, needed: int, refusal: int
) -> None:
    session = {"containerId": "c", "sessionUrl": f"{graph.url}/fs?sig=1"}

    def answer(asked: Asked) -> Scripted:
        if asked.path.endswith(known):
            return Scripted(200, json.dumps(session).encode(), {})
        return Scripted(refusal, json.dumps(SEGMENT).encode(), {})

    graph.otherwise = answer
    assert CALLS[call](ready).answer is Answer.OK
    assert len(graph.asked) == needed
    assert CALLS[call](ready).answer is Answer.OK
    assert len(graph.asked) == needed + 1


def test_the_refusal_that_tells_most_is_told(graph: Script, ready: Sds) -> None:
    graph.say(400, SEGMENT).error(400, "NoSession", "nothing was uploaded")
    graph.otherwise = lambda _: Scripted(405, b"", {})
    failure = ready.verify(PROFILE).failure
    assert failure is not None
    assert failure.code == "NoSession"


@pytest.mark.parametrize("call", ["readiness", "open_upload", "verify", "statistics"])
def test_a_service_that_is_slow_to_know_nothing_is_not_asked_in_every_spelling(
    graph: Script, ready: Sds, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    graph.otherwise = lambda _: Scripted(404, b"", {})
    monkeypatch.setattr(spellings, "LONGEST", -1.0)
    reply = CALLS[call](ready)
    assert (reply.answer, reply.answered) == (Answer.UNAVAILABLE, True), "not that there is no such profile"
    assert len(graph.asked) == 1
