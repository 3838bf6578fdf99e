"""The event of a write, whatever bytes its headers have."""

import h11

from local.storage.events import event
from local.storage.operations import Operation


def test_a_content_type_in_no_utf8_is_told() -> None:
    headers = [(b"host", b"h"), (b"x-ms-blob-content-type", b"a\x85b"), (b"content-length", b"3")]
    request = h11.Request(method=b"PUT", target=b"/a/drop/x.csv", headers=headers)
    answer = h11.Response(status_code=201, headers=[(b"etag", b'"0x1"')])
    made = event(Operation("PutBlob", "containers/drop", "x.csv", ()), "http://127.0.0.1:1/a", request, answer)
    assert made["data"]["contentType"] == "a\x85b"
