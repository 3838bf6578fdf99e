"""Validations: `succeeded` alone proves nothing."""

from typing import Any

import pytest

from shared.sds.port import Sds, ServiceMessage

from .conftest import PROFILE, Script
from .industry import DONE, FILES

MISSING = {
    "code": "RequiredFileNotFound",
    "message": "no such file",
    "target": "orgs.csv",
    "details": [{"message": "m"}],
}
OPTIONAL = {"code": "OptionalFileNotFound", "message": "left out", "target": "classes.csv", "innerError": None}


@pytest.mark.parametrize(
    ("operation", "done", "accepted", "types", "failure"),
    [
        ({"status": "notStarted"}, False, False, [], None),
        ({"status": "running", "errors": [MISSING]}, False, False, [], None),
        ({"status": "unknownFutureValue"}, False, False, [], None),
        ({"status": None}, False, False, [], None),
        (DONE, True, True, [], None),
        (DONE | {"validatedFiles": ["/x/ORGS.CSV", "Users.csv"]}, True, True, [], None),
        (DONE | {"warnings": [OPTIONAL]}, True, True, ["warning"], None),
        (
            DONE | {"errors": [MISSING], "warnings": [OPTIONAL], "validatedFiles": []},
            True,
            False,
            ["error", "warning"],
            None,
        ),
        (DONE | {"errors": [MISSING]}, True, False, ["error"], None),
        (DONE | {"validatedFiles": ["orgs.csv"]}, True, False, ["error"], None),
        (DONE | {"validatedFiles": None}, True, False, ["error", "error"], None),
        (DONE | {"errors": None, "warnings": None}, True, True, [], None),
        ({"status": "failed", "errors": [MISSING]}, True, False, ["error"], None),
        ({"status": "failed"}, True, False, [], "validationFailed"),
        (DONE | {"errors": [{}]}, True, False, ["error"], None),
    ],
)
def test_each_validation(
    graph: Script, ready: Sds, operation: Any, done: bool, accepted: bool, types: list[str], failure: str | None
) -> None:
    graph.say(200, operation)
    verdict = ready.verification(PROFILE, "/external/industryData/operations/1", FILES).value
    assert verdict is not None
    assert (verdict.done, verdict.accepted, verdict.started) == (done, accepted, False)
    assert [message.type for message in verdict.messages] == types
    assert (verdict.failure and verdict.failure.code) == failure


def test_messages_name_the_file_and_the_code(graph: Script, ready: Sds) -> None:
    graph.say(200, DONE | {"errors": [MISSING]})
    verdict = ready.verification(PROFILE, "/external/industryData/operations/1", FILES).value
    assert verdict is not None
    assert verdict.messages == (ServiceMessage("error", "orgs.csv", "RequiredFileNotFound: no such file (m)"),)
