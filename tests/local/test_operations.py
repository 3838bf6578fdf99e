"""Requests are known for what they are, and for the rights that they ask for."""

import pytest

from local.rights import BLOBS, CONTAINERS, MESSAGES, QUEUES
from local.storage.operations import NOBODY, Need, Service, operation_of

COPY = {"x-ms-copy-source": "https://127.0.0.1:1/devstoreaccount1/sds-drop/north/a%20b.csv?sig=x"}


@pytest.mark.parametrize(
    ("service", "method", "target", "headers", "name", "scope", "one_of"),
    [
        ("blob", "GET", "/a/sds-drop?restype=container&comp=list", {}, "ListBlobs", "sds-drop", (f"{BLOBS}read",)),
        (
            "blob",
            "HEAD",
            "/a/sds-drop?restype=container",
            {},
            "GetContainerProperties",
            "sds-drop",
            (f"{CONTAINERS}read",),
        ),
        ("blob", "PUT", "/a/sds-drop?restype=container", {}, "CreateContainer", "sds-drop", (f"{CONTAINERS}write",)),
        ("blob", "PUT", "/a/c/x/y?comp=blocklist", {}, "PutBlockList", "c", (f"{BLOBS}write",)),
        ("blob", "PUT", "/a/c/x?comp=block&blockid=1", {}, "PutBlock", "c", (f"{BLOBS}write",)),
        ("blob", "PUT", "/a/c/x", COPY, "CopyBlob", "c", (f"{BLOBS}write", f"{BLOBS}add/action")),
        ("blob", "PUT", "/a/c/x", COPY | {"x-ms-requires-sync": "true"}, "CopyBlobFromURL", "c", None),
        ("blob", "PUT", "/a/c/x", COPY | {"x-ms-blob-type": "BlockBlob"}, "PutBlobFromURL", "c", None),
        ("blob", "PUT", "/a/c/x?comp=block", COPY, "PutBlockFromURL", "c", (f"{BLOBS}write",)),
        ("blob", "DELETE", "/a/c/x", {}, "DeleteBlob", "c", (f"{BLOBS}delete",)),
        ("blob", "GET", "/a/c/x?comp=unheard", {}, "Unknown", "c", NOBODY),
        ("blob", "PATCH", "/a/c/x", {}, "Unknown", "c", NOBODY),
        ("blob", "PUT", "/a/c?restype=container&comp=acl", {}, "SetContainerACL", "c", NOBODY),
        ("queue", "POST", "/a/q/messages", {}, "PutMessage", "q", (f"{MESSAGES}add/action", f"{MESSAGES}write")),
        ("queue", "GET", "/a/q/messages?peekonly=true", {}, "PeekMessages", "q", (f"{MESSAGES}read",)),
        ("queue", "GET", "/a/q/messages?numofmessages=1", {}, "GetMessages", "q", (f"{MESSAGES}process/action",)),
        ("queue", "PUT", "/a/q", {}, "CreateQueue", "q", (f"{QUEUES}write",)),
        ("queue", "GET", "/a/q?comp=metadata", {}, "GetQueueMetadata", "q", (f"{QUEUES}read",)),
    ],
)
def test_operations(
    service: Service,
    method: str,
    target: str,
    headers: dict[str, str],
    name: str,
    scope: str,
    one_of: tuple[str, ...] | None,
) -> None:
    found = operation_of(service, method, target, headers)
    assert (found.name, found.scope) == (name, f"{'containers' if service == 'blob' else 'queues'}/{scope}")
    if one_of:
        assert found.needs[0] == Need(found.scope, one_of)
    if headers:
        assert found.needs[1] == Need("containers/sds-drop", (f"{BLOBS}read",))


def test_names_are_decoded_and_the_account_is_a_scope_of_its_own() -> None:
    assert operation_of("blob", "GET", "/a/c/north/%C3%A4%20b%2Fc.csv", {}).item == "north/ä b/c.csv"
    assert operation_of("queue", "DELETE", "/a/q/messages/1-2?popreceipt=x", {}).item == "1-2"
    assert operation_of("blob", "GET", "/a?comp=list", {}).scope == ""
