"""Validations: `succeeded` alone proves nothing."""

from typing import Any

import pytest

from shared.sds.port import Answer, Sds, ServiceMessage

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
        ({"status": "failed", "errors": "boom"}, True, False, [], "validationFailed"),
        (DONE | {"validatedFiles": [*FILES, "roles.csv"]}, True, False, [], "unexpectedFiles"),
        (DONE | {"validatedFiles": ["orgs.csv", "/x/Old.csv"]}, True, False, ["error"], "unexpectedFiles"),
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


@pytest.mark.parametrize(
    "more",
    [
        {"errors": "none"},
        {"errors": {"code": "x"}},
        {"errors": ["x"]},
        {"errors": [[]]},
        {"errors": 1},
        {"warnings": "x"},
        {"warnings": [None]},
        {"validatedFiles": "orgs.csv, users.csv"},
        {"validatedFiles": [1]},
        {"validatedFiles": {"orgs.csv": 1}},
    ],
)
def test_what_can_not_be_read_is_not_no_errors(graph: Script, ready: Sds, more: dict[str, object]) -> None:
    graph.say(200, DONE | more)
    reply = ready.verification(PROFILE, "/external/industryData/operations/1", FILES)
    assert (reply.answer, reply.value, reply.answered) == (Answer.UNAVAILABLE, None, True)


def test_files_that_were_not_sent_are_named(graph: Script, ready: Sds) -> None:
    graph.say(200, DONE | {"validatedFiles": [*FILES, *(f"old{each}.csv" for each in range(40)), "\x1b[2J.csv"]})
    verdict = ready.verification(PROFILE, "/external/industryData/operations/1", FILES).value
    assert verdict is not None
    assert verdict.failure is not None
    assert "validated 41 files that were not sent" in verdict.failure.message
    assert "old1.csv" in verdict.failure.message
    assert "\x1b" not in verdict.failure.message
    assert len(verdict.failure.message) <= 300


def test_messages_without_end_are_cut_to_the_gravest(graph: Script, ready: Sds) -> None:
    graph.say(200, DONE | {"warnings": [OPTIONAL] * 30_000, "errors": [MISSING] * 3, "validatedFiles": []})
    verdict = ready.verification(PROFILE, "/external/industryData/operations/1", FILES).value
    assert verdict is not None
    assert len(verdict.messages) == 501
    assert [message.type for message in verdict.messages[:4]] == ["error"] * 3 + ["warning"]
    assert verdict.messages[-1].description.endswith("29503 of type warning are left out.")
