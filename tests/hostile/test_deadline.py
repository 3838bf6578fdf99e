"""One deadline and one bound over a whole answer, its head included, whatever a server does to be listened to."""

import ipaddress
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.sds import http
from shared.sds.port import Answer
from tests.sds.conftest import PROFILE, Connect, Script

from .conftest import Clock, Villain, Wire

WHOLE = 0.6
"""Seconds that one exchange may take here."""
LATE = 1.5
"""Seconds after which it has taken too long, on a busy machine."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def says(*parts: bytes | Callable[[Wire], None]) -> Callable[[Wire], None]:
    def conversation(wire: Wire) -> None:
        wire.request()
        for part in parts:
            if isinstance(part, bytes):
                wire.say(part)
            else:
                part(wire)

    return conversation


SLOW = {
    "a head that drips": says(lambda wire: wire.drip(HEAD + b"X-Name: " + b"x" * 10_000)),
    "a head that drips after a status": says(HEAD, lambda wire: wire.drip(b"X-Name: x\r\n", size=3)),
    "interim answers that drip": says(lambda wire: wire.drip(b"HTTP/1.1 103 Early Hints\r\n\r\n", size=28)),
    "interim answers in a flood": says(lambda wire: wire.flood(b"HTTP/1.1 103 Early Hints\r\n\r\n")),
    "blank lines before the status": says(lambda wire: wire.drip(b"\r\n", size=2)),
    "silence": says(lambda wire: wire.wait()),
    "silence after the head": says(HEAD + b"Content-Length: 5\r\n\r\n{", lambda wire: wire.wait()),
    "a body that drips": says(HEAD + b"Content-Length: 999999\r\n\r\n", lambda wire: wire.drip(b"[")),
    "a body without a length that drips": says(HEAD + b"\r\n", lambda wire: wire.drip(b" ")),
    "chunks that drip": says(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n", lambda wire: wire.drip(b"1\r\n \r\n", size=6)
    ),
    "the size of a chunk that drips": says(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n", lambda wire: wire.drip(b"0" * 20)
    ),
    "a chunk's extension that drips": says(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", lambda wire: wire.drip(b"a=b;")
    ),
    "trailers that drip": says(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", lambda wire: wire.drip(b"X: x\r\n", size=6)
    ),
}


@pytest.mark.parametrize("kind", SLOW)
def test_a_slow_answer_ends_at_the_deadline(villain: Villain, connected: Connect, kind: str) -> None:
    villain.conversation = SLOW[kind]
    sds = connected(url=villain.url, whole=WHOLE)
    with Clock() as clock:
        reply = sds.start(PROFILE)
    assert clock.took < LATE
    assert (reply.answer, reply.value) == (Answer.UNAVAILABLE, None)
    assert reply.failure is not None
    assert reply.failure.code == "noAnswer"
    begun = "body" in kind or "chunk" in kind or "trailers" in kind or kind == "silence after the head"
    assert reply.answered == begun


LARGE = {
    "interim answers": says(lambda wire: wire.flood(b"HTTP/1.1 103 Early Hints\r\nX: " + b"x" * 900 + b"\r\n\r\n")),
    "one header line": says(b"HTTP/1.1 200 OK\r\nX: ", lambda wire: wire.flood(b"x" * 1000)),
    "many headers": says(b"HTTP/1.1 200 OK\r\n", lambda wire: wire.flood(b"X: " + b"x" * 900 + b"\r\n")),
    "a body": says(HEAD + b"\r\n", lambda wire: wire.flood(b"[" * 1000)),
    "a body with a length": says(HEAD + b"Content-Length: 99999999999\r\n\r\n", lambda wire: wire.flood(b"[" * 1000)),
    "chunks": says(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n", lambda wire: wire.flood(b"3e8\r\n" + b"[" * 1000 + b"\r\n")
    ),
}


@pytest.mark.parametrize("kind", LARGE)
def test_a_large_answer_ends_at_the_bound(villain: Villain, connected: Connect, kind: str) -> None:
    villain.conversation = LARGE[kind]
    with Clock() as clock:
        reply = connected(url=villain.url, whole=20).readiness(PROFILE)
    assert clock.took < 10, "the bound ends it, not the deadline"
    assert (reply.answer, reply.value) == (Answer.UNAVAILABLE, None)
    assert villain.sent < http.LARGEST_ANSWER + 8 * 1024 * 1024, "what the buffers between take is on top"


def test_one_byte_chunks_take_no_more_than_the_deadline(villain: Villain, connected: Connect) -> None:
    villain.conversation = says(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n", lambda wire: wire.flood(b"1\r\n[\r\n" * 100)
    )
    with Clock() as clock:
        assert connected(url=villain.url, whole=2).readiness(PROFILE).answer is Answer.UNAVAILABLE
    assert clock.took < 4


@pytest.mark.parametrize("reads", ["nothing", "a byte now and then"])
@pytest.mark.parametrize("size", [3_000_000, 9_000_000])
def test_a_storage_that_hardly_reads_ends_at_the_deadline(
    graph: Script, villain: Villain, connected: Connect, reads: str, size: int
) -> None:
    villain.conversation = (lambda wire: wire.wait()) if reads == "nothing" else (lambda wire: wire.sip())
    graph.say(200, {"value": f"{villain.url}/container?sig=SECRET"})
    upload = connected(whole=WHOLE).open_upload(PROFILE).value
    assert upload is not None
    with Clock() as clock:
        reply = upload.put("Student.csv", size, [b"x" * size])
    assert clock.took < LATE
    assert (reply.answer, reply.answered) == (Answer.UNAVAILABLE, False)
    assert "SECRET" not in repr(reply)


def test_a_storage_that_answers_slowly_ends_at_the_deadline(
    graph: Script, villain: Villain, connected: Connect
) -> None:
    villain.conversation = says(lambda wire: wire.drip(HEAD))
    graph.say(200, {"value": f"{villain.url}/container?sig=SECRET"})
    upload = connected(whole=WHOLE).open_upload(PROFILE).value
    assert upload is not None
    with Clock() as clock:
        assert upload.put("Student.csv", 1, [b"x"]).answer is Answer.UNAVAILABLE
    assert clock.took < LATE


def test_an_upload_address_is_not_used_past_its_hour(
    graph: Script, elsewhere: Script, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph.say(200, {"value": f"{elsewhere.url}/container?sig=1"})
    upload = connected().open_upload(PROFILE).value
    assert upload is not None
    later = datetime.now(UTC) + timedelta(minutes=61)
    monkeypatch.setattr(upload, "_now", lambda: later)
    reply = upload.put("Student.csv", 1, [b"x"])
    assert reply.answer is Answer.FORBIDDEN
    assert not elsewhere.asked


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for 127.0.0.1, which the client is told to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    http._tls.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.fixture
def over_tls(villain: Villain, certificate: ssl.SSLContext) -> Villain:
    villain.url = villain.url.replace("http:", "https:")
    return villain


def test_tls_works(over_tls: Villain, certificate: ssl.SSLContext, connected: Connect) -> None:
    over_tls.tls = certificate
    body = b'{"id":"x","state":"provisioned"}'
    over_tls.conversation = says(HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    value = connected(url=over_tls.url).readiness(PROFILE).value
    assert value is not None
    assert value.usable == "ready"


def test_another_certificate_is_refused(
    over_tls: Villain, certificate: ssl.SSLContext, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    http._tls.cache_clear()
    over_tls.tls = certificate
    over_tls.conversation = says(HEAD + b"\r\n")
    reply = connected(url=over_tls.url).readiness(PROFILE)
    assert reply.failure is not None
    assert (reply.failure.code, reply.answered) == ("notSent", False)
    assert not over_tls.wires or not over_tls.wires[0].heard


@pytest.mark.parametrize(
    "conversation",
    [lambda wire: wire.wait(), lambda wire: wire.drip(b"\x16\x03\x03\x40\x00" + b"\x02\x00\x3f\xf0" + b"\x03" * 9999)],
)
def test_a_slow_handshake_ends_at_the_deadline(
    over_tls: Villain, connected: Connect, conversation: Callable[[Wire], None]
) -> None:
    over_tls.conversation = conversation
    with Clock() as clock:
        reply = connected(url=over_tls.url, whole=WHOLE).readiness(PROFILE)
    assert clock.took < LATE
    assert reply.failure is not None
    assert (reply.failure.code, reply.answered) == ("notSent", False)


@pytest.mark.parametrize("kind", ["a head that drips", "a body that drips", "interim answers that drip"])
def test_a_slow_answer_over_tls_ends_at_the_deadline(
    over_tls: Villain, certificate: ssl.SSLContext, connected: Connect, kind: str
) -> None:
    over_tls.tls = certificate
    over_tls.conversation = SLOW[kind]
    with Clock() as clock:
        assert connected(url=over_tls.url, whole=WHOLE).readiness(PROFILE).answer is Answer.UNAVAILABLE
    assert clock.took < LATE


def test_a_proxy_only_tunnels(elsewhere: Script, connected: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", elsewhere.url.replace("//", "//user:p%40ss@"))
    elsewhere.say(407)
    reply = connected(url="https://graph.example.com").start(PROFILE)
    assert reply.failure is not None
    assert (reply.failure.code, reply.answered) == ("notSent", False)
    (asked,) = elsewhere.asked
    assert (asked.method, asked.path) == ("CONNECT", "graph.example.com:443")
    assert asked.headers["proxy-authorization"] == "Basic dXNlcjpwQHNz"
    assert "authorization" not in asked.headers


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "https://127.0.0.1:9", "http://[bad", "http://h:99999", "x"])
def test_an_odd_proxy_is_an_answer(connected: Connect, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    reply = connected(url="https://graph.example.com", whole=2).readiness(PROFILE)
    assert reply.failure is not None
    assert reply.failure.code == "notSent"
