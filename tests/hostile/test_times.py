"""What a service says of the time: it may be nonsense, and is never an exception."""

import pytest

from shared.sds.port import Answer
from tests.sds.conftest import PROFILE, Connect, Script

ODD = [
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Fri, 31 Dec 9999 23:59:59 +2359",
    "Mon, 01 Jan 0100 00:00:00 +2359",
    "Mon, 01 Jan 2026 00:00:00 -9999",
    "Thu, 01 Jan 99999999999 00:00:00 GMT",
    "Mon, 99 Jan 2026 99:99:99 GMT",
    "x" * 10_000,
    "",
]


@pytest.mark.parametrize("date", ODD)
@pytest.mark.parametrize("api", ["classic", "industryData"])
def test_a_clock_that_is_out_of_its_mind(graph: Script, connected: Connect, api: str, date: str) -> None:
    rows = {"status": "inProgress", "value": [{"id": "run-1", "status": "running"}]}
    graph.say(200, rows, Date=date).say(503, b"", Date=date, Retry_After=date)
    sds = connected(api)
    state = sds.sync_state(PROFILE)
    assert (state.answer, state.value is not None) == (Answer.OK, True)
    reply = sds.sync_state(PROFILE, state.value)
    assert reply.answer in (Answer.UNAVAILABLE, Answer.THROTTLED)
    assert reply.retry_after is None or 0 <= reply.retry_after <= 400 * 86_400
