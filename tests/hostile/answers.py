"""Answers that no service documents: documented ones with something wrong in them, and things that are no answers."""

import copy
import json
from typing import Any

from hypothesis import strategies as st

from shared.sds.http import LARGEST_ANSWER
from shared.sds.replies import Exchange
from tests.sds.conftest import CONNECTOR, PROFILE

ROOT = "https://graph.example/beta"
INDUSTRY = f"{ROOT}/external/industryData"
CLASSIC = f"{ROOT}/education/synchronizationProfiles"
MARK = "MarkOfASecret7"
STORAGE = f"https://acct.blob.core.windows.net/tenant/container?sv=1&sig={MARK}"
UGLY = "\x1b[2J\x9b31m\u202e\u2066\u200b\x00\r\n"

TEMPLATES: list[Any] = [
    {"id": PROFILE, "state": "provisioned", "expirationDate": "2901-07-31"},
    {"@odata.context": "x", "value": STORAGE},
    {"value": [{"type": "Error", "fileName": "section.csv", "description": "3 rows"}, {"type": "Warning"}]},
    {"error": {"code": "BadRequest", "message": f"at {STORAGE}", "innerError": {"request-id": "r", "date": "d"}}},
    {
        "id": "x",
        "status": "inProgress",
        "errorCount": "12",
        "lastActivityDateTime": "2024-03-01T02:10:00Z",
        "lastSynchronizationDateTime": "2024-02-29T02:55:12.1234567Z",
    },
    {
        "@odata.count": 1,
        "value": [{"entryType": "Student", "errorCode": "X", "joiningValue": "a@b", "errorMessage": "m"}],
        "@odata.nextLink": f"{CLASSIC}/{PROFILE}/errors?$skiptoken=a%2Fb",
    },
    {
        "id": PROFILE,
        "readinessStatus": "ready",
        "expirationDateTime": "2901-07-31T00:00:00Z",
        "dataConnector": {"id": CONNECTOR, "fileFormat": {"code": "schoolDataSyncV1"}},
    },
    {
        "containerId": "container-1",
        "containerExpirationDateTime": "2901-01-03T06:07:39.3096785Z",
        "sessionExpirationDateTime": "2901-01-01T20:07:39.5792917Z",
        "sessionUrl": STORAGE,
    },
    {
        "@odata.type": "#microsoft.graph.industryData.fileValidateOperation",
        "id": "op",
        "status": "succeeded",
        "statusDetail": None,
        "createdDateTime": "2026-01-01T05:54:35.400029Z",
        "resourceLocation": f"https://graph.example/beta/industryData/dataConnectors/{CONNECTOR}",
        "validatedFiles": ["orgs.csv", "users.csv"],
        "errors": [{"code": "RequiredFileNotFound", "message": "m", "target": "orgs.csv", "details": [], "x": None}],
        "warnings": [{"code": "c", "message": "m", "target": "t", "details": [{"message": "m"}], "innerError": None}],
    },
    {"value": [{"id": "run-1", "status": "running", "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": None}]},
    {
        "runId": "run-1",
        "status": "completed",
        "inboundTotals": {"errors": 1, "people": "7", "matchedPeopleByRole": [{"role": {"code": "x"}, "count": 1}]},
        "activityStatistics": [{"errors": 1, "people": {"active": 1, "total": "2"}}],
    },
]

odd_texts = st.sampled_from(
    [
        "", " ", UGLY, "x" * 5000, STORAGE, INDUSTRY, f"{INDUSTRY}/runs?p=1", f"{CLASSIC}?p=1", "https://xn--/x",
        "https://[::1", "//x", "..", "../..", "%2e%2e/x", "2026-01-01", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
        "2026-13-45T99:99:99Z", "2026-01-01T00:00:00+99:99", "succeeded", "failed", "error", "null", "1e999", "\ud800",
        "İ" * 50, "http://127.0.0.1:1/c?sig=x", "https://169.254.169.254/c?sig=x", f"Bearer {MARK}", f"sig={MARK}",
    ]
)  # fmt: skip
odd_values = st.one_of(
    odd_texts,
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        [[], {}, [[]], [{}], [None], [[{}]], {"id": None}, {"code": []}, [1, "x", None], {"": {"": []}}]
    ).map(copy.deepcopy),
)
documents = st.recursive(odd_values, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(odd_texts, inner))


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A documented answer in which up to three things are replaced, left out or said often."""
    document = json.loads(json.dumps(draw(st.sampled_from(TEMPLATES))))
    for _ in range(draw(st.integers(0, 3))):
        places = list(_places(document))
        if not places:
            break
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        change = draw(st.integers(0, 9))
        if change == 0:
            del holder[key]
        elif change == 1:
            holder[key] = [holder[key]] * draw(st.sampled_from([0, 1, 3, 700]))
        elif change == 2 and isinstance(holder, dict):
            holder[draw(odd_texts)] = holder.pop(key)
        else:
            holder[key] = draw(odd_values)
    return document


def _places(node: Any) -> Any:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in list(pairs):
        yield node, key
        yield from _places(value)


def _encoded(document: Any) -> bytes:
    return json.dumps(document).encode("utf-8", "surrogatepass")


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    kind = draw(st.integers(0, 19))
    if kind == 0:
        return draw(st.binary(max_size=200))
    if kind == 1:
        return _encoded(draw(documents))
    body = _encoded(draw(mutated()))
    if kind == 2:
        return body[: draw(st.integers(0, len(body)))]
    if kind == 3:
        return draw(st.sampled_from([b"", b" ", b"[" * 5000, b'{"error":' * 3000, b"\xef\xbb\xbf" + body, b"1" * 6000]))
    if kind == 4:
        return body.decode().encode(draw(st.sampled_from(["utf-16", "utf-32", "utf-7"])))
    if kind == 5:
        at = draw(st.integers(0, len(body)))
        return body[:at] + draw(st.binary(max_size=5)) + body[at:]
    return body


headers = st.dictionaries(
    st.sampled_from(["retry-after", "location", "date", "request-id", "x-ms-error-code", "x-ms-ags-diagnostic"]),
    st.one_of(
        odd_texts,
        st.text(max_size=30),
        st.sampled_from(
            [
                "2.128", "-1", "nan", "1e12", "1e400", "Fri, 31 Dec 9999 23:59:59 GMT",
                "Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 01 Jan 0100 00:00:00 +2359", "Thu, 01 Jan 2026 00:00:00 GMT",
                f"{INDUSTRY}/operations/1", f"{INDUSTRY}/operations('1')", "../operations/1", "//evil.example/x",
                "?", "#", MARK, "https://user:pw@graph.example/beta/external/industryData/operations/1", "9" * 400,
            ]
        ),
    ),
    max_size=3,
)  # fmt: skip
statuses = st.sampled_from([200] * 8 + [201, 202, 202, 204, 301, 304, 400, 400, 401, 403, 404, 409, 423, 429, 500, 503])


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    """One answer as the wire gives it, which gives none that is longer."""
    status = draw(statuses) if draw(st.booleans()) else draw(st.integers(100, 999))
    return Exchange("GET /beta/x", status, draw(headers), draw(bodies())[:LARGEST_ANSWER])


answers = st.lists(exchanges(), min_size=1, max_size=4)
