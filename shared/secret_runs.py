"""Long runs of letters and digits: keys by their looks, and whole texts in Base64 or hexadecimal digits.

A secret without a name is known by a mark of its kind, or by being long and of letters and digits as dice have them.
"""

import base64
import binascii
import re
from collections.abc import Callable

from .secret_forms import REMOVED

_MARKED = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"gh[pousr]_[A-Za-z0-9]{16,}+|github_pat_\w{20,}+|glpat-[\w-]{16,}+"
    r"|xox[a-z]-[\w-]{10,}+|xapp-[\w-]{10,}+|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|AIza[\w-]{30,}+"
    r"|ya29\.[\w-]{16,}+|GOCSPX-[\w-]{16,}+|[spr]k_(?:live|test)_\w{16,}+|SG\.[\w-]{16,}+\.[\w-]{16,}+"
    r"|npm_[A-Za-z0-9]{30,}+|pypi-Ag[\w-]{16,}+|sk-[A-Za-z0-9_-]{20,}+|hf_[A-Za-z0-9]{30,}+|dp\.[a-z]{2}\.\w{30,}+"
    r"|[01]\.A[\w-]{20,}+(?:\.[\w-]{1,4000}+){0,4}+"  # a refresh token or a code of Entra
    r"|do[opr]_v1_[0-9a-f]{64}|SK[0-9a-f]{32}(?![0-9a-f])|hv[sb]\.[\w-]{16,}+"
    r"|[\w.~-]{3}\dQ~[\w.~-]{20,}+"  # an application's secret in Entra
    r"|[a-z2-7]{52}(?![A-Za-z0-9])"  # Azure DevOps
    r")|\$(?:apr1|1|2[abxy]|5|6|y|7|argon2id?|scrypt)\$[^\s:'\"]{8,}+"  # a password's hash
)
_HOOK = re.compile(
    r"((?:webhook\.office\.com/webhookb2|hooks\.slack\.com/[a-z]{4,20}|discord(?:app)?\.com/api/webhooks|"
    r"api\.telegram\.org)/)[^\s\"'<>]++"
)
_RUN = re.compile(r"[A-Za-z0-9+/_-]{16,}+={0,2}")
_NEXT_LINE = re.compile(
    r"(\[removed\](?:\r?\n|\\{1,16}(?:r\\{1,16})?n))(?=[A-Za-z+/_-]{0,60}\d)[A-Za-z0-9+/_-]{4,80}+={0,2}(?![\w.:-])"
)
"""The end of a key that was too long for one line."""
_HEX = re.compile(r"[0-9A-Fa-f]{24,}+")
_TEXT = re.compile(rb"[\x20-\x7e\t\r\n]{6,}+")
_WORDS = re.compile(r"[A-Z]{2,}|[A-Z]?[a-z]{3,}|[0-9]{3,}")
_KEY = 40
"""Letters of a run, its `=` apart, from which on it may be a key."""
_SURPRISING = 0.4
"""Changes between capitals, small letters and digits for each letter of a run: 0.6 by dice, 0.2 in words and dates."""
_DEEPEST = 3


def without_runs(text: str, redact: Callable[[str, int], str], depth: int = 0) -> str:
    """`text` without keys, and without what holds a secret when it is decoded: `redact` tells, of each at a `depth`."""

    def one(found: re.Match[str]) -> str:
        run = found.group()
        if _is_key(run):
            return REMOVED
        held = depth < _DEEPEST and _holds(run, redact, depth + 1)
        return REMOVED if held else run

    text = _HOOK.sub(rf"\1{REMOVED}", _MARKED.sub(REMOVED, text))
    return _NEXT_LINE.sub(rf"\1{REMOVED}", _RUN.sub(one, text))


def _is_key(run: str) -> bool:
    letters = run.rstrip("=")
    if len(letters) < _KEY:
        return False
    # A path, a setting and a name are of words and numbers; what is left of a key without all such is most of it.
    rest = len(_WORDS.sub("", letters.replace("_", "").replace("-", "").replace("/", "")))
    return rest > len(letters) * _SURPRISING and any(map(str.isupper, letters)) and any(map(str.isdigit, letters))


def _holds(run: str, redact: Callable[[str, int], str], depth: int) -> bool:
    plain = run.rstrip("=").replace("-", "+").replace("_", "/")
    for start in range(4):
        part = plain[start:]
        part = part[: len(part) - 1] if len(part) % 4 == 1 else part
        if _tells(base64.b64decode(part + "=" * (-len(part) % 4)), redact, depth):
            return True
    for hexadecimal in _HEX.finditer(run):
        digits = hexadecimal.group()
        if any(_tells(_unhex(digits[start:]), redact, depth) for start in range(2)):
            return True
    return False


def _unhex(digits: str) -> bytes:
    return binascii.unhexlify(digits[: len(digits) & ~1])


def _tells(data: bytes, redact: Callable[[str, int], str], depth: int) -> bool:
    data = data.replace(b"\x00", b"")  # of UTF-16, as PowerShell encodes commands
    for found in _TEXT.finditer(data):
        text = found.group().decode("ascii")
        if redact(text, depth) != text:
            return True
    return False
