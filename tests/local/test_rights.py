"""Rights granted are rights used: whole runs by identity, through the gate that knows Azure's roles.

The host's own extensions need more in Azure; what they ask for never reaches this storage and stands here by name.
"""

from typing import Literal

import pytest

from local.rights import BLOBS, MESSAGES, POISON, ROLES, Assignment, assignments, smallest
from local.stack import Stack
from shared.settings import Settings
from tests.local.runs import Run
from tests.long import LONG

EXTENSIONS = {
    Assignment("app", "Storage Queue Data Message Sender", f"queues/{POISON}"): (
        "the blob extension puts events that failed too often there (azure-sdk-for-net, "
        "Extensions.Storage.Blobs, BlobQueueTriggerExecutor)"
    ),
}
"""Assignments that no request of the app's own explains, each with its source."""


USUAL = [("classic", "user"), ("industryData", "system")]


@pytest.mark.parametrize(
    ("api", "identity"), USUAL + ([("classic", "system"), ("industryData", "user")] if LONG else [])
)
def test_every_request_is_by_token_and_every_role_is_the_smallest(
    api: str, identity: Literal["user", "system"]
) -> None:
    with Stack(api=api, identity=identity) as stack:
        named = [name for name in stack.environment if name.lower().endswith(("clientid", "client_id"))]
        assert bool(named) is (identity == "user")
        with Run(stack) as run:
            run.drop()
            assert run.told() == ["started", "succeeded"]
        calls, used = stack.gate.log.calls(), stack.gate.log.used()
    by_key = [call for call in calls if call.auth != "bearer"]
    refused = [(call.operation.name, call.operation.scope) for call in calls if call.status in (401, 403)]
    assert (by_key, refused) == ([], [])
    assert len(calls) > 50
    who = "app" if identity == "user" else "system"
    assert {one for one, _ in used} == {who}
    table = [one for one in assignments(Settings()) if one.identity == "app"]
    explained = {one for one in table if one not in EXTENSIONS}
    assert {Assignment("app", smallest(actions), scope) for (_, scope), actions in used.items()} == explained
    print(f"\n{api}: {len(calls)} requests, {len(by_key)} with a key")  # noqa: T201 - with -s, the table
    for one in sorted(explained):
        rights, asked = _short(ROLES[one.role].data_actions), _short(used[who, one.scope])
        print(f"{one.scope:22} {one.role:34} grants {rights}; used {asked}")  # noqa: T201


def _short(actions: frozenset[str]) -> str:
    return ",".join(sorted(action.removeprefix(BLOBS).removeprefix(MESSAGES) for action in actions))


def test_the_smallest_role_is_found() -> None:
    assert smallest(frozenset({f"{BLOBS}read"})) == "Storage Blob Data Reader"
    assert smallest(frozenset({f"{BLOBS}read", f"{BLOBS}delete"})) == "Storage Blob Data Contributor"
    assert smallest(frozenset({f"{BLOBS}tags/read"})) == "Storage Blob Data Owner"
    assert smallest(frozenset({f"{MESSAGES}add/action"})) == "Storage Queue Data Message Sender"
    assert smallest(frozenset({f"{MESSAGES}read"})) == "Storage Queue Data Reader"
    assert smallest(frozenset({f"{MESSAGES}process/action"})) == "Storage Queue Data Message Processor"
    with pytest.raises(ValueError, match="no role allows"):
        smallest(frozenset({f"{BLOBS}read", f"{MESSAGES}read"}))
