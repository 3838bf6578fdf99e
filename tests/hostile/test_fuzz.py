"""Random inputs by the thousand: no exception, bounded time, nothing told that must not be.

`HOSTILE_INPUTS=500000 HOSTILE_SEED=7 python -m pytest tests/hostile/test_fuzz.py -s` runs it long: so many inputs for
each subject, of that seed; without them a few, the same in every run. Count, seconds and memory are printed. An input
is one thing that one call has to make sense of: answers that were drawn are given to every call of both clients, and
count once for each; a folder counts its files, an environment its variables.
"""

import os
import resource
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle
from typing import Any
from urllib.parse import unquote

import httpcore
import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from shared.redaction import clean, redact
from shared.sds import network
from shared.sds.address import Address, UploadPlaces
from shared.sds.classic import API, Classic
from shared.sds.graph import Graph
from shared.sds.http import Patience, Wire
from shared.sds.industry_data import ROOT as INDUSTRY_API
from shared.sds.industry_data import IndustryData
from shared.sds.port import Answer, Reply, Sds, SyncState
from shared.sds.replies import Exchange
from tests.sds.conftest import PROFILE

from .answers import CLASSIC, INDUSTRY, MARK, ROOT, UGLY, answers, bodies, headers
from .writers import environment, environments, folder, folders, names, verification

COUNT = int(os.environ.get("HOSTILE_INPUTS", "400"))
SEED = int(os.environ.get("HOSTILE_SEED", "1"))
ROUND = 500
"""Examples that hypothesis makes at a time: what it remembers of them takes memory."""
SLOW = 5.0
"""Seconds that no input may take: of the processor, or of the clock where a server is waited for."""
GROWTH = 300
"""MiB by which all inputs of a subject may make the process grow, what hypothesis remembers included."""

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BEFORE = SyncState("success", "succeeded", NOW, NOW, run="run-0", seen=NOW)
FILES = ("orgs.csv", "users.csv")


def _put(sds: Sds) -> Reply[Any]:
    opened = sds.open_upload(PROFILE)
    if opened.value is None:
        return opened
    assert MARK not in repr(opened)
    return opened.value.put("orgs.csv", 3, [b"abc"])


CLASSIC_CALLS: dict[str, Callable[[Sds], Any]] = {
    "readiness": lambda sds: sds.readiness(PROFILE, "sdsV1"),
    "upload": _put,
    "start": lambda sds: sds.start(PROFILE),
    "start_operation": lambda sds: sds.start_operation(PROFILE, "/x"),
    "sync_state": lambda sds: sds.sync_state(PROFILE),
    "sync_state after": lambda sds: sds.sync_state(PROFILE, BEFORE),
    "sync_errors": lambda sds: sds.sync_errors(PROFILE),
    "sync_errors page": lambda sds: sds.sync_errors(PROFILE, f"{CLASSIC}/{PROFILE}/errors?p=2"),
}
INDUSTRY_CALLS: dict[str, Callable[[Sds], Any]] = {
    "readiness": lambda sds: sds.readiness(PROFILE, "sdsV1"),
    "upload": _put,
    "verify": lambda sds: sds.verify(PROFILE),
    "verification": lambda sds: sds.verification(PROFILE, "/external/industryData/operations/1", FILES),
    "verification after": lambda sds: sds.verification(PROFILE, "after 2026-01-01T00:00:00+00:00", FILES),
    "start": lambda sds: sds.start(PROFILE),
    "start_operation": lambda sds: sds.start_operation(PROFILE, "/external/industryData/operations/1"),
    "sync_state": lambda sds: sds.sync_state(PROFILE),
    "sync_state after": lambda sds: sds.sync_state(PROFILE, BEFORE),
    "sync_errors": lambda sds: sds.sync_errors(PROFILE),
    "statistics": lambda sds: sds.statistics(PROFILE, "run-1"),
}


class Told:
    """A wire on which the answers are written already; it notes where requests went."""

    def __init__(self, told: list[Exchange]) -> None:
        self._told = cycle(told)
        self.asked: list[tuple[str, Address]] = []

    def send(
        self, method: str, address: Address, headers: Any, content: bytes = b"", shown: str | None = None
    ) -> Exchange:
        self.asked.append((method, address))
        return next(self._told)._replace(asked=f"{method} {shown or address.path}")

    def close(self) -> None:
        pass


class Tokens:
    def get(self) -> str:
        return MARK

    def renew(self) -> None:
        pass

    def tenant(self) -> str | None:
        return None

    close = renew


def clients(told: list[Exchange]) -> int:
    """Every call of both clients, each with these answers."""
    for api, calls in ((API, CLASSIC_CALLS), (INDUSTRY_API, INDUSTRY_CALLS)):
        for name, call in calls.items():
            wire: Any = Told(told)
            tokens: Any = Tokens()
            graph = Graph(ROOT, api, tokens, wire)
            sds: Any = Classic(graph, wire, UploadPlaces()) if api == API else IndustryData(graph, wire, UploadPlaces())
            reply = call(sds)
            _fine(name, reply)
            for method, address in wire.asked:
                storage = address.host.endswith(".core.windows.net") and address.base.startswith("https://")
                ours = address.base == "https://graph.example" and address.path.startswith(f"/beta{api}")
                assert storage or ours, address
                assert method == "GET" or storage or name in ("start", "verify")
            assert len(wire.asked) < 60
            assert name != "start" or len(wire.asked) == 1
    return len(CLASSIC_CALLS) + len(INDUSTRY_CALLS)


def _fine(name: str, reply: Any) -> None:
    assert isinstance(reply, Reply)
    assert isinstance(reply.answer, Answer)
    uploaded = name == "upload" and reply.value is None
    assert (reply.value is not None) == (reply.answer is Answer.OK) or uploaded
    assert reply.failure is not None or reply.answer is Answer.OK
    assert reply.retry_after is None or 0 <= reply.retry_after <= 400 * 86400
    if "errors" not in name:  # what names people goes to a file of its own, as it is
        told = msgspec.to_builtins(reply)
        for text in _texts(told):
            assert text.isprintable(), text
            assert MARK not in text, text
            assert len(text) <= 1000
    assert len(msgspec.json.encode(reply)) < 6_000_000


def _texts(node: Any) -> Any:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _texts(key)
            yield from _texts(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _texts(value)


FORMS = [
    f"sig={MARK}", f"%26sig%3D{MARK}", f"\\u0026sig={MARK}", f"Bearer%20{MARK}", f"Bearer {MARK}", f'"token": "{MARK}"',
    f"SharedKey acct:{MARK}", f"refresh_token={MARK}", f"?code={MARK}", f"X-IDENTITY-HEADER: {MARK}",
    f"AccountKey={MARK}", f"https://h/p?x={MARK}", f"https://u:{MARK}@h/p", f"password='{MARK} {MARK}'",
]  # fmt: skip
AROUND = [
    " ", "x", "=", ":", "'", '"', "\\", "%", "&", "?", "://", "sig", "sig=", "token", "key=", "Bearer ", "eyJ", "code=",
    "\n", "İ", UGLY, "authorization: ", "%26", "\\u0026", "-----BEGIN ", "\ud800", "A" * 45, "password", "&quot;",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(AROUND), st.text(max_size=6)), max_size=30)


def redaction(parts: tuple[list[str], str, list[str]]) -> int:
    """A form of a secret between anything whatever, apart from it by blanks."""
    before, form, after = parts
    plain = "".join(before)
    text = f"{plain}  {form}  {''.join(after)}"
    told = redact(text)
    assert MARK not in told, text
    assert clean(text).isprintable()
    assert len(clean(text)) <= 300
    redact(plain + form)
    redact(told)
    return 3


PARTS = [
    "https", "http", "ftp", ":", "//", "/", "@", "?", "#", "%", "..", ".", "%2e", "%2F", "\\", "[", "]", "::1", "xn--",
    "graph.example", "acct.blob.core.windows.net", "core.windows.net", "127.0.0.1", "localhost", "169.254.169.254",
    ":443", ":80", ":0", ":99999", "beta", "external/industryData", "education/synchronizationProfiles", "sig=S", "é",
    "\x00", "\t", " ", "user:pw@", "(", ")", "'", ";", "*", "~", "https://graph.example/beta", f"{CLASSIC}/x",
    f"{INDUSTRY}/operations/1", "https://acct.blob.core.windows.net/c?sig=S", "\u202e", "\uff05", "\u3002", "\ud800",
]  # fmt: skip
addresses = st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=3)), max_size=8).map("".join)


def address(text: str) -> int:
    """What one strict reader takes, another parser takes for the same place."""
    found = Address.read(text)
    if found is not None:
        other = httpx.URL(found.base + found.target.decode("ascii"))
        assert (other.scheme, other.host) == (found.scheme, found.host)
        assert (other.port or {"https": 443, "http": 80}[other.scheme]) == found.port
        assert not other.userinfo
        assert not {".", ".."} & set(unquote(found.path).split("/"))
        assert str(found).isprintable() and "?" not in str(found).removesuffix("?")
        httpcore.URL(scheme=found.scheme, host=found.host, port=found.port, target=found.target)
        found.joined(text)
    for at_home in (True, False):
        place = UploadPlaces(loopback=at_home).read(text)
        if place is not None and not (at_home and place.host in ("127.0.0.1", "localhost", "::1")):
            assert place.host.endswith(".core.windows.net")
            assert (place.scheme, place.port) == ("https", 443)
    graph = Graph(ROOT, INDUSTRY_API, Tokens(), None)  # type: ignore[arg-type]
    for link in (graph.locate(text), graph.locate("/" + text)):
        if link is not None:
            assert link.base == "https://graph.example"
            assert link.path.lower().startswith("/beta/external/industrydata")
    path = graph.path_below(text, "/beta/external/industryData/runs/start")
    assert path is None or path.lower().startswith("/external/industrydata")
    return 5


@st.composite
def conversations(draw: st.DrawFn) -> bytes:
    """What a server sends, which needn't be HTTP."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=300))
    body = draw(bodies())
    lines = [f"HTTP/{draw(st.sampled_from(['1.1', '1.0', '2', '9.9', '1.1 ']))} {draw(st.integers(0, 1200))} x"]
    lines += [f"{name}: {value}" for name, value in draw(headers).items()]
    framing = draw(st.integers(0, 7))
    lines += {
        0: ["Transfer-Encoding: chunked"],
        1: ["Content-Length: 99"],
        2: ["Content-Length: x"],
        3: ["Content-Encoding: gzip"],
        4: ["Transfer-Encoding: gzip, chunked", "Content-Length: 3"],
        5: [],
    }.get(framing, [f"Content-Length: {len(body)}"])
    if framing == 0:
        body = (
            f"{len(body):x}\r\n".encode()
            + body
            + draw(st.sampled_from([b"\r\n0\r\n\r\n", b"\r\n", b"0", b"\r\nzz\r\n"]))
        )
    early = b"HTTP/1.1 103 Early\r\n\r\n" * draw(st.sampled_from([0, 0, 0, 1, 40]))
    sent = early + "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n" + body
    cut = draw(st.integers(0, len(sent))) if draw(st.integers(0, 5)) == 0 else len(sent)
    return sent[: min(cut, 150_000)]


def wire(sent: bytes) -> int:
    """One exchange over a real socket."""
    ours, theirs = socket.socketpair()
    with theirs, pytest.MonkeyPatch.context() as patch:
        patch.setattr(network.BudgetNetwork, "connect_tcp", lambda *_, **__: network._Stream(ours))
        theirs.sendall(sent)
        theirs.shutdown(socket.SHUT_WR)
        client = Wire(proxied=False, patience=Patience(1, 1, 1))
        there = Address.read("http://graph.example/x")
        assert there is not None
        result = client.send("GET", there, {"Authorization": "Bearer x"})
        client.close()
    ours.close()
    if isinstance(result, Reply):
        assert (result.answer, result.value) == (Answer.UNAVAILABLE, None)
        assert result.failure is not None
    return 1


SUBJECTS: dict[str, tuple[Callable[[Any], int], st.SearchStrategy[Any]]] = {
    "clients": (clients, answers),
    "redaction": (redaction, st.tuples(texts, st.sampled_from(FORMS), texts)),
    "addresses": (address, addresses),
    "wire": (wire, conversations()),
    "verification": (verification, folders),
    "names": (folder, st.lists(names, min_size=1, max_size=8)),
    "settings": (environment, environments),
}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_input_does_harm(subject: str) -> None:
    check, strategy = SUBJECTS[subject]
    inputs = drawn = 0
    slowest = 0.0
    clock = time.monotonic if subject == "wire" else time.process_time
    before = _peak()
    began = time.monotonic()
    turn = 0
    while inputs < COUNT:

        def one(given_: Any) -> None:
            nonlocal inputs, drawn, slowest
            started = clock()
            inputs += check(given_)
            drawn += 1
            slowest = max(slowest, clock() - started)

        most = max(1, min(ROUND, COUNT // 15))
        rules = settings(max_examples=most, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        seed(SEED + turn)(rules(given(strategy)(one)))()
        turn += 1
    peak = _peak()
    took = time.monotonic() - began
    told = f"{inputs} inputs ({drawn} drawn), seed {SEED}, {took:.0f} s, slowest {slowest:.2f} s, peak {peak} MiB"
    print(f"{subject}: {told}", flush=True)  # noqa: T201
    assert slowest < SLOW
    assert peak - before < GROWTH


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
