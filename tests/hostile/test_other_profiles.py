"""An answer about another profile or flow than the one that was asked for: by a proxy, a cache, a slip of theirs."""

import pytest

from shared.sds.port import Answer
from tests.sds.conftest import PROFILE, Connect, Script

OTHER = "99999999-2222-3333-4444-555555555555"
READY = {"classic": {"state": "provisioned"}, "industryData": {"readinessStatus": "ready"}}


@pytest.mark.parametrize("api", READY)
def test_another_one_is_never_ready_for_this_one_s_files(graph: Script, connected: Connect, api: str) -> None:
    sds = connected(api)
    graph.say(200, {"id": OTHER, "dataConnector": {"id": "theirs"}, **READY[api]})
    reply = sds.readiness(PROFILE)
    assert (reply.answer, reply.value) == (Answer.UNAVAILABLE, None)
    assert reply.failure is not None
    assert "another one" in reply.failure.message
    graph.say(404).say(404).say(404)
    sds.open_upload(PROFILE)
    assert not [asked.path for asked in graph.asked if "theirs" in asked.path], "its connector is not remembered"


@pytest.mark.parametrize("api", READY)
@pytest.mark.parametrize("said", [PROFILE, PROFILE.upper(), "", "flow-1"])
def test_this_one_is_ready_however_its_id_is_written(graph: Script, connected: Connect, api: str, said: str) -> None:
    graph.say(200, {"id": said, **READY[api]})
    reply = connected(api).readiness(PROFILE)
    assert reply.value is not None
    assert reply.value.usable == "ready"
