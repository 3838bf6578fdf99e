"""Redaction, from an attacker's view: whatever carries a secret, in whatever encoding, and no word beside it harmed."""

import ast
import base64
import hashlib
import html
import json
import re
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from shared import secret_forms
from shared.decoded import decoded
from shared.redaction import clean, redact

from .carriers import BASIC, CARRIERS, STAYING, K, S

ROOT = Path(__file__).parents[2]


def _percent(text: str) -> str:
    return quote(text, safe="")


def _times(count: int, encode: Callable[[str], str], text: str) -> str:
    for _ in range(count):
        text = encode(text)
    return text


def _numbered(pattern: str, text: str) -> str:
    return "".join(c if c.isalnum() or c == " " else pattern.format(ord(c)) for c in text)


ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "between words": lambda text: f"before {text} after",
    "JSON": lambda text: json.dumps({"m": text}),
    "JSON, three times": lambda text: json.dumps(json.dumps(json.dumps({"m": text}))),
    "a dictionary": lambda text: repr({"m": text}),
    "bytes": lambda text: repr(text.encode()),
    "URL": _percent,
    "URL, three times": lambda text: _percent(_percent(_percent(text))),
    "URL, each letter": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "HTML": html.escape,
    "HTML, twice": lambda text: html.escape(html.escape(text)),
    "HTML, decimal": lambda text: _numbered("&#{};", text),
    "HTML, hexadecimal": lambda text: _numbered("&#x{:X};", text),
    "Unicode escapes": lambda text: _numbered("\\u{:04x}", text),
    "Unicode escapes in JSON": lambda text: json.dumps(_numbered("\\u{:04x}", text)),
    "URL in JSON": lambda text: json.dumps({"m": _percent(text)}),
    "JSON in URL": lambda text: _percent(json.dumps({"m": text})),
    "HTML in JSON": lambda text: json.dumps({"m": html.escape(text)}),
    "URL, a dozen times": lambda text: _times(12, _percent, text),
    "HTML, a dozen times": lambda text: _times(12, html.escape, text),
    "HTML in URL in JSON in HTML": lambda text: html.escape(json.dumps(_percent(html.escape(text)))),
    "URL in HTML in URL": lambda text: _percent(_numbered("&#{};", _percent(text))),
    "wide letters": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "unseen characters": "\u200b".join,
    "UTF-16 read as bytes": "\0".join,
    "lines of Windows": lambda text: text.replace("\n", "\r\n"),
}
SEALED: dict[str, Callable[[str], str]] = {
    "Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Base64 without an end": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "Base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "Base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "Base64 of Base64": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "hexadecimal digits": lambda text: text.encode().hex(),
}
MARKS = [mark.lower() for mark in (S, K[:24], K[30:54], BASIC[:12], "eyJ0eXAi", "eyJhdWQ")]


def _read(text: str) -> str:
    """What somebody reads who wants to."""
    for _ in range(16):
        text = re.sub(r"\\+u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), html.unescape(unquote(text)))
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if c != "\0" and unicodedata.category(c) != "Cf").lower()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_whatever_carries_a_secret_in_whatever_encoding(encoding: str) -> None:
    for carrier in CARRIERS:
        text = ENCODINGS[encoding](carrier)
        for told in (redact(text), clean(text, 5000), redact(redact(text))):
            assert told != text
            assert not any(mark in _read(told) for mark in MARKS), carrier


@pytest.mark.parametrize("encoding", SEALED)
def test_whatever_carries_a_secret_in_what_has_to_be_decoded(encoding: str) -> None:
    for carrier in filter(str.isascii, CARRIERS):
        sealed = SEALED[encoding](carrier)
        middle = sealed[len(sealed) // 2 - 8 : len(sealed) // 2 + 8]
        for text in (sealed, f"got {sealed} from it", json.dumps({"m": sealed}), f"path/{sealed}", f"id{sealed}"):
            assert middle not in redact(text), carrier


def test_the_end_of_a_key_on_the_next_line_goes_with_it() -> None:
    assert redact(f"{K[:44]}\n{K[44:]}\nand on") == "[removed]\n[removed]\nand on"
    assert S not in clean(f"Cookie: a=1;\r\n b={S}")


def test_what_is_decoded_acts_on_nothing_and_is_never_longer() -> None:
    told = redact(f"%1b[2J%0Aforged: yes%0D%C2%9B31m%E2%80%AE sig%3D{S}")
    assert told.isprintable()
    assert "forged: yes" in told
    assert len(decoded("\ufdfa" * 100)) == 100


@pytest.mark.parametrize("why", STAYING)
def test_what_stays_is_known(why: str) -> None:
    """Whoever finds a way moves its row to the others."""
    assert redact(STAYING[why]) == redact(redact(STAYING[why]))
    assert STAYING[why][-4:] in redact(STAYING[why])


def _own_words() -> list[tuple[Path, str]]:
    """Every text of the app's code, and every line of its pages for people."""
    found = []
    for folder in ("shared", "poll_state", "start_sync", "status"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            nodes = ast.walk(ast.parse(path.read_text()))
            found += [(path, node.value) for node in nodes if isinstance(node, ast.Constant)]
    for path in sorted((ROOT / "docs").glob("*.md")):
        found += [(path, line) for line in path.read_text().splitlines()]
    return [(path, text) for path, text in found if isinstance(text, str)]


_OF_REDACTION = {f"{name}.py" for name in ("secret_forms", "secret_runs", "redaction", "decoded")}
_PATTERNS = {"words.py", "table.py"}
"""Where an address or an e-mail's pattern stands, which looks like one with a password."""


def test_none_of_our_own_words_is_harmed() -> None:
    own = [(path, text) for path, text in _own_words() if path.name not in _OF_REDACTION]
    assert len(own) > 5000
    harmed = [(path.name, text, redact(text)) for path, text in own if redact(text) != text]
    assert [one for one in harmed if one[0] not in _PATTERNS] == []
    assert len(harmed) == len(_PATTERNS)


HARMLESS = [
    "password is missing", "The password is required for column Password", "Student.csv: 3 rows lack a Password",
    "the token was refused", "unexpected token '<' at 1:5", "no token for the tenant: AADSTS7000215: Invalid client",
    "the key is in row 7", "keys: name, code, grade", "credential=managedidentity, credentials: none", "auth: none",
    "the session is over; session 7 of 9", "a digest of 64 letters", "pop the first", "pass 3 of 7, fail 0",
    "value: 'a', name: 'b'", '{"name": "Grade", "value": "7"}', "python -u script.py", "run -p 8080",
    "login -v page", "set a new password now", "3f0e6f0a-1111-2222-3333-444444444444",
    "/beta/external/industryData/dataConnectors/11111111-2222-3333-4444-555555555555/microsoft.graph.industryData.x",
    "0x8DDE1F2A3B4C5D6", "user@school.example", "C:\\new\\table\\users.csv", "50% of 100%", "a&b; c&amp;d",
    "\uff33\uff43\uff48\uff4f\uff4f\uff4c \u200bx", "sds-runs/north/20261122T145225Z-0123456789ab/files/Student.csv",
    "SDS_INCOMPLETE_AFTER_SECONDS__north_schools_of_Bavaria_2026_Second_Term=7", "Klassenzimmer_2026_Jahrgang7b_Sued",
    "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709", hashlib.sha256(b"x").hexdigest(),
    "sds-runs/north/20261122T145225Z-0a1b2c3d4e5f/files/x", "A1/B2/C3/D4/Klassen/Schuljahr/Jahrgang7b/Jahrgang8c",
    "an error of code=NotFound; code: Http2ProtocolErrorOfTheServer", '"code": "http2_protocol_error_of_the_server"',
    "[removed] and [token]", "sig=[removed]&se=1, Bearer [token]",
]  # fmt: skip


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


STEMS = sorted(secret_forms._OF_STEM)
AFTER = ["", " ", "=", ': "', " a b c ", "('", "=({['", " is", "\\u003d", "&amp;#61;"]


@pytest.mark.parametrize("after", AFTER)
def test_time_grows_with_the_text_alone_for_every_name(after: str) -> None:
    for stem in STEMS:
        piece = stem + after
        redact(piece)
        text = (piece * 10_000)[:10_000]
        began = time.process_time()
        redact(text)
        assert time.process_time() - began < 0.125, piece


PIECES = [
    "\ufdfa", "\u200b", "%25252525", "&amp;amp;", "&#", "%3Cpassword%3E", "password for a b c d ", "login a ",
    "net use /user:a", "value='" + "a" * 190, "<password a='b'", "form-data;a password", "$6$", "[removed]\n1aaa",
    "736967", base64.b64encode(b"sig=a&" * 50).decode(), base64.b64encode(base64.b64encode(b"sig=a&" * 50)).decode(),
    "SDS_AB12cd" * 4, "aA1" * 14 + "/", "hello/world/", "aaa1Q~", "\\x41", "\\xc3\\xa9", "%c3%a9", "\U0001d42c",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_time_grows_with_the_text_alone_whatever_is_encoded(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        began = time.process_time()
        redact(text)
        return time.process_time() - began

    assert seconds(20_000) < 0.5
    assert seconds(80_000) < 1.0
