"""The program after a deployment says what it would do, does it once, waits for what comes late, and tells no key."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from infra.after_deploy import APIS, event_filter
from local.subscription import passes

from .azure import DEAD_LETTERS, HOME, INDUSTRY_DATA, KEY, Azure


def test_everything_is_done_and_said_once(azure: Azure) -> None:
    azure.change(hostDown=2, keyless=2, handshakes=1, ends=["Creating", "Succeeded"])
    done = azure.by_azd("--apply")
    assert (done.returncode, done.stderr) == (0, "")
    assert azure.held() == set(INDUSTRY_DATA.values())
    put = azure.sent("put")[-1]
    assert put["url"].startswith(f"{HOME}/rg-y/providers/Microsoft.EventGrid/systemTopics/evgt-x/eventSubscriptions/")
    properties = put["body"]["properties"]
    assert properties["destination"]["properties"]["endpointUrl"] == (
        f"https://func-x.azurewebsites.net/runtime/webhooks/blobs?functionName=Host.Functions.start_sync&code={KEY}"
    )
    assert properties["filter"] == {
        "includedEventTypes": ["Microsoft.Storage.BlobCreated"],
        "subjectBeginsWith": "/blobServices/default/containers/sds-drop/",
        "advancedFilters": [{"operatorType": "StringIn", "key": "data.api", "values": list(APIS)}],
    }
    assert properties["deadLetterWithResourceIdentity"]["deadLetterDestination"]["properties"] == {
        "resourceId": DEAD_LETTERS.partition("/blobServices")[0],
        "blobContainerName": "dead",
    }
    assert done.stdout.count("Waiting until the app has started") == 1
    for told in ("--destination-path north", "--destination-path south", "--account-name stdropx", "local results"):
        assert told in done.stdout


def test_a_second_time_renews_the_subscription_and_grants_nothing(azure: Azure) -> None:
    assert azure.by_azd("--apply").returncode == 0
    azure.change(requests=[])
    again = azure.by_azd("--apply")
    assert again.returncode == 0
    assert [request["url"].rpartition("/")[2].partition("?")[0] for request in azure.sent("post", "put")] == [
        "listkeys",
        "rosterdrop",
    ]
    assert "Nothing to grant" in again.stdout


def test_without_apply_nothing_is_changed_and_no_key_is_asked_for(azure: Azure) -> None:
    done = azure.by_azd()
    assert (done.returncode, done.stderr) == (0, "")
    assert azure.sent("post", "put") == []
    assert "Dry run: nothing was changed" in done.stdout
    assert '"subjectBeginsWith": "/blobServices/default/containers/sds-drop/"' in done.stdout


def test_the_key_is_in_no_argument_and_in_no_word(azure: Azure) -> None:
    azure.change(handshakes=10_000)
    done = azure.by_azd("--apply", wait="0.3")
    assert done.returncode == 1
    assert "drops are found by the sweep alone" in done.stderr
    assert "code=***" in done.stderr
    assert KEY not in json.dumps(azure.state["words"])
    assert "aSecretKey" not in done.stdout + done.stderr


def no_key(azure: Azure) -> None:
    azure.change(keyless=10_000)


def host_down(azure: Azure) -> None:
    azure.change(hostDown=10_000)


def no_app(azure: Azure) -> None:
    azure.change(noApp=True)


def signed_out(azure: Azure) -> None:
    azure.change(signedIn=False)


def no_keys_for_you(azure: Azure) -> None:
    azure.change(denyKeys=True)


def no_events_for_you(azure: Azure) -> None:
    azure.change(denyEvents=True)


def failed_for_good(azure: Azure) -> None:
    azure.change(ends=["Failed"] * 10_000)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (no_key, "no key blobs_extension"),
        (host_down, "from host runtime"),
        (no_app, "was not found"),
        (signed_out, "run 'az login' first"),
        (no_keys_for_you, "the resource group's Owner may"),
        (no_events_for_you, "the resource group's Owner may"),
        (failed_for_good, "drops are found by the sweep alone; try again."),
    ],
)
def test_what_fails_says_what_to_do_in_one_line(azure: Azure, trouble: Callable[[Azure], None], words: str) -> None:
    trouble(azure)
    done = azure.by_azd("--apply", wait="0.3")
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert azure.held() == set()


def test_who_may_not_grant_is_told_whom_to_ask_and_the_deployment_stands(azure: Azure) -> None:
    azure.change(denyGraph=True)
    done = azure.by_azd("--apply")
    assert (done.returncode, done.stderr) == (0, "")
    assert "LEFT FOR AN ADMINISTRATOR" in done.stdout
    (command,) = re.findall(r"^  python infra/after_deploy.py (roles .*)$", done.stdout, re.MULTILINE)
    assert "local results" in done.stdout
    azure.change(denyGraph=False)
    assert azure.run(*command.split()).returncode == 0
    assert azure.held() == set(INDUSTRY_DATA.values())


# The filter.


def event(api: str | None = "PutBlob", subject: str = "", **fields: Any) -> dict[str, Any]:
    subject = subject or "/blobServices/default/containers/sds-drop/blobs/north/School.csv"
    return {"eventType": "Microsoft.Storage.BlobCreated", "subject": subject, "data": {"api": api}} | fields


@pytest.mark.parametrize("api", ["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose", "SftpCommit", "putblob"])
def test_what_ends_a_file_gets_through(api: str) -> None:
    assert passes(event_filter("sds-drop"), event(api))


@pytest.mark.parametrize(
    "unwanted",
    [
        event("CreateFile"),
        event("SftpCreate"),
        event("PutBlock"),
        event(None),
        event(data=None),
        event(subject="/blobServices/default/containers/sds-drop-old/blobs/north/School.csv"),
        event(subject="/blobServices/default/containers/sds-runs/blobs/north/r/files/School.csv"),
        event(eventType="Microsoft.Storage.BlobDeleted"),
        event(eventType="Microsoft.EventGrid.SubscriptionValidationEvent"),
        {},
    ],
)
def test_other_events_do_not(unwanted: dict[str, Any]) -> None:
    assert not passes(event_filter("sds-drop"), unwanted)


def test_cloud_events_are_judged_alike() -> None:
    cloud = event()
    cloud["type"] = cloud.pop("eventType")
    assert passes(event_filter("sds-drop"), cloud)
