"""HTTP functions and the webhook for events: routes, keys, shapes, handshakes."""

import json
from typing import Any

import pytest

from tests.local.conftest import BLOBS_KEY, FUNCTION_KEY, Hosted, Start

KEY = {"x-functions-key": FUNCTION_KEY}
HOOK = "/runtime/webhooks/blobs"


def hook(function: str = "Host.Functions.landed", code: str = BLOBS_KEY) -> dict[str, str]:
    return {"functionName": function, "code": code}


@pytest.fixture(scope="module")
def unnoticed(host: Hosted) -> Hosted:
    """A host whose blobs make no events of their own, so that those of the tests are the only ones."""
    host.noticed.subscribe("landed", "elsewhere")
    return host


def test_a_function_gets_the_request_and_its_answer_comes_back(host: Hosted) -> None:
    answer = host.ask("POST", "/api/hello/J%C3%BCrg%2FX?a=1&a=2&b=", headers=KEY | {"X-Agent": "7"}, content="körper")
    assert (answer.status_code, answer.headers["content-type"], answer.headers["x-more"]) == (
        201,
        "application/json",
        "1",
    )
    assert answer.json() == {
        "method": "POST",
        "name": "Jürg/X",
        "query": {"a": "2", "b": ""},
        "body": "körper",
        "agent": "7",
        "url": f"{host.url}/api/hello/J%C3%BCrg%2FX?a=1&a=2&b=",
    }


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/api/hello/x", KEY, 201),
        ("GET", f"/api/hello/x?code={FUNCTION_KEY}", {}, 201),
        ("GET", "/API/Hello/x/", KEY, 201),
        ("GET", "/api/hello/x", {}, 401),
        ("GET", "/api/hello/x", {"x-functions-key": "wrong"}, 401),
        ("GET", "/api/hello/x", {"x-functions-key": BLOBS_KEY}, 401),
        ("GET", "/api/hello/everybody", KEY, 401),
        ("DELETE", "/api/hello/x", KEY, 404),
        ("GET", "/api/hello", KEY, 404),
        ("GET", "/api/hello/x/y", KEY, 404),
        ("GET", "/hello/x", KEY, 404),
        ("GET", "/api/landed", KEY, 404),
        ("GET", "/api/open", {}, 200),
        ("GET", "/api/open/a/b", {}, 200),
        ("GET", "/api/open/fails", {}, 500),
    ],
)
def test_routes_and_keys(host: Hosted, method: str, path: str, headers: dict[str, str], status: int) -> None:
    answer = host.ask(method, path, headers=headers)
    assert answer.status_code == status
    if status >= 400:
        assert answer.content == b""


def test_cookies_and_head(host: Hosted) -> None:
    answer = host.ask("GET", "/api/open/a/b")
    assert (answer.text, answer.headers["content-type"]) == ("a/b", "text/html; charset=utf-8")
    assert answer.headers.get_list("set-cookie") == [
        "signed=in; Path=/api; Max-Age=60; Secure; HttpOnly; SameSite=Strict",
        "second=one",
    ]
    head = host.ask("HEAD", "/api/open/a/b")
    assert (head.status_code, head.content) == (200, b"")


def created(host: Hosted, name: str, api: str = "PutBlob", **more: Any) -> dict[str, Any]:
    """An event as Event Grid posts it (azure-docs, "event-schema-blob-storage", example of a BlobCreated event)."""
    return {
        "topic": "/subscriptions/0/resourceGroups/Storage/providers/Microsoft.Storage/storageAccounts/my-account",
        "subject": f"/blobServices/default/containers/{host.container}/blobs/{name}",
        "eventType": "Microsoft.Storage.BlobCreated",
        "eventTime": "2026-11-22T14:52:25.8372337Z",
        "id": "831e1650-001e-001b-66ab-eeb76e069631",
        "data": {
            "api": api,
            "clientRequestId": "6d79dbfb-0e37-4fc4-981f-442c9ca65760",
            "requestId": "831e1650-001e-001b-66ab-eeb76e000000",
            "eTag": "0x8D4BCC2E4835CD0",
            "contentType": "text/csv",
            "contentLength": 524288,
            "blobType": "BlockBlob",
            "url": f"https://my-account.blob.core.windows.net/{host.container}/{name}",
            "sequencer": "00000000000004420000000000028963",
            "storageDiagnostics": {"batchId": "b68529f3-68cd-4744-baa4-3c0498ec19f0"},
        },
        "dataVersion": "",
        "metadataVersion": "1",
        **more,
    }


def cloud(event: dict[str, Any]) -> dict[str, Any]:
    """The same by CloudEvents 1.0, as another subscription would have it."""
    return {
        "source": event["topic"],
        "subject": event["subject"],
        "type": event["eventType"],
        "time": event["eventTime"],
        "id": event["id"],
        "data": event["data"],
        "specversion": "1.0",
    }


NOTIFY = {"aeg-event-type": "Notification"}


@pytest.mark.parametrize("api", ["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"])
def test_an_event_wakes_its_function_whatever_wrote_the_blob(unnoticed: Hosted, api: str) -> None:
    event = created(unnoticed, f"rounds-{api}", api)
    answer = unnoticed.ask("POST", HOOK, params=hook(), headers=NOTIFY, json=[event])
    assert answer.status_code == 202
    assert unnoticed.journal(f"landed/rounds-{api}") == [""]


def test_repeats_batches_and_cloud_events_are_taken(unnoticed: Hosted) -> None:
    one, two = created(unnoticed, "rounds-one"), created(unnoticed, "rounds-%C3%A4%20b%2Bc")
    for body in ([one, two], one, cloud(one)):
        assert unnoticed.ask("POST", HOOK, params=hook(), headers=NOTIFY, json=body).status_code == 202
    assert unnoticed.journal("landed/rounds-one") == ["", "", ""]
    assert unnoticed.journal("landed/rounds-ä b+c") == [""]


def test_events_of_other_containers_wake_nobody(unnoticed: Hosted) -> None:
    event = created(unnoticed, "rounds-other")
    event["data"]["url"] = "https://my-account.blob.core.windows.net/other/rounds-other"
    assert unnoticed.ask("POST", HOOK, params=hook(), headers=NOTIFY, json=[event]).status_code == 202
    assert unnoticed.journal("landed/rounds-other") == []


def test_handshakes(unnoticed: Hosted) -> None:
    validation = {
        "id": "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
        "topic": "/subscriptions/0",
        "subject": "",
        "data": {"validationCode": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6", "validationUrl": "https://x/y"},
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "eventTime": "2026-11-22T14:52:25.8372337Z",
        "metadataVersion": "1",
        "dataVersion": "1",
    }
    headers = {"aeg-event-type": "SubscriptionValidation"}
    answer = unnoticed.ask("POST", HOOK, params=hook(), headers=headers, json=[validation])
    assert answer.json() == {"validationResponse": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}
    answer = unnoticed.ask("OPTIONS", HOOK, params=hook(), headers={"WebHook-Request-Origin": "eventgrid.azure.net"})
    assert (answer.status_code, answer.headers["webhook-allowed-origin"]) == (200, "eventgrid.azure.net")


@pytest.mark.parametrize(
    ("params", "headers", "body", "status"),
    [
        (hook(code="wrong"), NOTIFY, "[]", 401),
        (hook(code=FUNCTION_KEY), NOTIFY, "[]", 401),
        (hook("Host.Functions.nobody"), NOTIFY, "[]", 404),
        (hook("Host.Functions.swept"), NOTIFY, "[]", 404),
        (hook("landed"), NOTIFY, "[]", 400),
        (hook("HOST.FUNCTIONS.LANDED"), NOTIFY, "{", 400),
        (hook(), NOTIFY, '["x"]', 400),
        (hook(), {}, "[{}]", 400),
        (hook(), {"aeg-event-type": "SubscriptionValidation"}, "[{}]", 400),
        (hook(), {"aeg-event-type": "Unsubscribe"}, "", 202),
        (hook(), NOTIFY, '[{"data": {"url": 7}}]', 202),
        (hook(), NOTIFY, "[{}]", 202),
    ],
)
def test_what_is_no_event_is_refused(
    unnoticed: Hosted, params: dict[str, str], headers: dict[str, str], body: str, status: int
) -> None:
    assert unnoticed.ask("POST", HOOK, params=params, headers=headers, content=body).status_code == status


def test_lost_events_are_accepted_all_the_same(start_host: Start) -> None:
    host = start_host("--no-events")
    event = created(host, "rounds-lost")
    assert host.ask("POST", HOOK, params=hook(), headers=NOTIFY, json=[event]).status_code == 202
    assert host.journal("landed/") == []


def test_the_app_sees_no_key_of_the_host(start_host: Start) -> None:
    host = start_host()
    assert json.loads(host.ask("GET", "/api/keys").text) == []
