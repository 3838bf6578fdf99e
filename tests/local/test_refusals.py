"""Refusals that pass: roles that spread late, an identity endpoint that is down, tokens that end. Runs end well."""

from collections.abc import Iterator

import pytest

from local.rights import Assignment, assignments
from local.stack import Stack
from shared.settings import Settings
from tests.local.runs import Run

STARTED = ["started", "succeeded"]
ROLES = [one for one in assignments(Settings()) if one.identity == "app" and "webjobs" not in one.scope]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    settings = {"SDS_UNCHANGED": "send", "SDS_SWEEP_SCHEDULE": "*/3 * * * * *", "SDS_DRIVER_SECONDS": "5"}
    with Stack(settings=settings) as running:
        yield running


@pytest.fixture
def run(stack: Stack) -> Iterator[Run]:
    with Run(stack) as made:
        yield made


def refused(stack: Stack, since: int) -> set[tuple[int | None, str]]:
    return {(call.status, call.operation.scope) for call in stack.gate.log.calls()[since:]}


@pytest.mark.parametrize("late", ROLES, ids=lambda one: one.scope)
def test_a_role_that_spreads_late_is_waited_for(stack: Stack, run: Run, late: Assignment) -> None:
    before = len(stack.gate.log.calls())
    stack.gate.assignments = tuple(one for one in assignments(Settings()) if one != late)
    try:
        run.drop()
        run.wait_for(
            lambda: any(c.status == 403 and c.operation.scope == late.scope for c in stack.gate.log.calls()[before:]),
            60,
        )
    finally:
        stack.gate.assignments = assignments(Settings())
    assert run.told() == STARTED


def test_short_tokens_and_an_identity_endpoint_that_is_down_in_mid_run() -> None:
    """Tokens that last less than five minutes are asked for at every request, so each may meet the outage."""
    with Stack(token_seconds=3, settings={"SDS_SWEEP_SCHEDULE": "*/3 * * * * *"}) as stack, Run(stack) as run:
        run.drop()
        run.wait_for(lambda: any(call.operation.name == "CopyBlob" for call in stack.gate.log.calls()))
        asked = stack.identity.asked
        stack.identity.go_down(4)
        assert run.told() == STARTED
        assert stack.identity.refused > 0
        assert stack.identity.asked > asked
