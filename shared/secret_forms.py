r"""How secrets are named, quoted and encoded where they turn up: the table that the redaction goes by.

A row is found by its stem; around it stands what `_GAP`, `_IS` and `_AFTER` allow: quotes, brackets and blanks, a sign
that a value follows, each plain or as JSON, a URL or HTML encodes it, once or several times over. All repetition is
bounded and most of it possessive, so a row takes a bounded time wherever it is tried.
"""

import re
from functools import cache

REMOVED = "[removed]"
_TOKEN = "[token]"  # noqa: S105 - what people see in place of one

_PERCENT = r"%(?:25){0,6}+"
_BACK = r"\\{1,16}+"
_ENTITY = r"&(?:amp;){0,4}+"


def _encoded(byte: str, octal: str, *names: str) -> str:
    """How URLs, JSON, Python and HTML write a character whose code is `byte`, in hexadecimal digits."""
    entities = "|".join((rf"\#0{{0,6}}{int(byte, 16)}", rf"\#x0{{0,6}}{byte}", *names))
    escapes = rf"u00{byte}|u\{{0{{0,4}}{byte}\}}|u000000{byte}|x{byte}|{octal}"
    return rf"{_PERCENT}{byte}|{_BACK}(?:{escapes})|{_ENTITY}(?:{entities});"


_QUOTE_ENCODED = "|".join((_encoded("22", "042", "quot"), _encoded("27", "047", "apos")))
_BRACKET_ENCODED = rf"{_PERCENT}5[BD]"
_BLANK_ENCODED = (
    rf"{_encoded('20', '040', 'nbsp')}|{_PERCENT}0[AD]|{_BACK}(?:[nrt]|(?:x|u00)(?:00|A0)|u200[b-f]|u2060|ufeff)"
)
_BLANKS = rf"(?:[\s\x00\xa0\u200b-\u200f\u2060\ufeff]|{_BLANK_ENCODED})"
_QUOTE = r"""\\{0,16}["']"""
_ANY_QUOTE = "\"'`\u201c\u201d\u2018\u2019\u201e\xab\xbb"
_BARE_BACK = rf"{_BACK}(?![uxnrt0-7])"

_GAP = rf"(?:[{_ANY_QUOTE}\[\]]|{_BLANKS}|{_QUOTE_ENCODED}|{_BRACKET_ENCODED}|{_BARE_BACK}){{0,12}}+"
EQUALS = rf"(?:=|\uff1d|{_encoded('3d', '075', 'equals')})"
_COLON = rf"(?::|\uff1a|{_encoded('3a', '072', 'colon')})"
_IS = rf"(?:{EQUALS}|{_COLON}|->){{1,2}}+>?"
_OPENING = rf"[{_ANY_QUOTE}\[({{|]|b(?=[\"'])|{_BLANKS}|{_QUOTE_ENCODED}|{_BRACKET_ENCODED}|{_BARE_BACK}"
_AFTER = rf"(?:{_OPENING}){{0,12}}+"
_NAMED = (
    rf"(?:{_GAP}{_IS}(?:{_AFTER}value{_GAP}{_IS})?"  # name: value, and 'name': {{'value': …
    rf"|{_GAP},?{_GAP}value{_GAP}{_IS}"  # "name": "…", "value": …
    rf"|{_QUOTE}\s{{0,4}},\s{{0,4}}b?(?={_QUOTE})"  # ('name', 'value')
    rf"|(?:>|&gt;)){_AFTER}"  # <name>value
)
_ASSIGNED = rf"{_GAP}{EQUALS}{_AFTER}"
_BLANK = rf"(?:\+|{_BLANKS}){{1,8}}+{_AFTER}"

# Before a name stands no letter, unless it is the end of an encoded character.
_START = r"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2})|(?<=25[0-9A-Fa-f]{2})|(?<=00[0-9A-Fa-f]{2})|(?<=\\x[0-9A-Fa-f]{2}))"

_VALUE = re.compile(r"""[^\s&"'<>,;]*""")
_WORD = re.compile(r"""[^\s"'<>,;]*""")
_CHOSEN = re.compile(r"""[^\s";]*""")
"""A value that a person may have chosen: it can hold almost everything."""
_LINE = re.compile(r"""[^\r\n"']*""")
_REST = re.compile(r"[^\r\n]*")

_LONG = r"(?=[^\s&\"'<>,;]{20})"
_NO_PROSE = r"(?=[^\s&\"'<>,;]{16})(?=[^\s\d&\"'<>,;]{0,60}\d)"

_NAMES: tuple[tuple[str, str, re.Pattern[str], str], ...] = (
    ("sig", rf"(?:{_START}sig|signature){_NAMED}", _VALUE, REMOVED),
    ("token", rf"(?:(?<=[-_])token(?:s|_hint)?{_NAMED}|tokens?{_ASSIGNED})", _VALUE, REMOVED),
    ("token", rf"token(?=\\{{0,16}}[\"']|(?:>|&gt;)){_NAMED}", _VALUE, REMOVED),
    ("token", rf"tokens?{_GAP}{_IS}{_AFTER}{_NO_PROSE}", _VALUE, REMOVED),
    ("token", rf"(?-i:(?<=[a-z])T)oken{_NAMED}", _VALUE, REMOVED),
    (
        "key",
        rf"(?:(?<=account)|(?<=access)|(?<=api)|(?<=[-_])|(?-i:(?<=[a-z])(?=K)))keys?{_NAMED}",
        _VALUE,
        REMOVED,
    ),
    ("secret", rf"secret(?:text|value|s)?{_NAMED}", _CHOSEN, REMOVED),
    ("assertion", rf"(?:(?<=[-_])assertion{_NAMED}|(?<=[?&])assertion{_ASSIGNED})", _VALUE, REMOVED),
    ("header", rf"(?<=identity[-_])header{_NAMED}", _VALUE, REMOVED),
    ("pass", rf"(?:pass(?:word|wd|phrase|code)s?{_NAMED}|{_START}pass{_ASSIGNED})", _CHOSEN, REMOVED),
    ("pwd", rf"{_START}pwd{_NAMED}", _CHOSEN, REMOVED),
    ("pw", rf"{_START}pw{_ASSIGNED}", _CHOSEN, REMOVED),
    ("connection", rf"connection[-_ ]?string{_NAMED}", _CHOSEN, REMOVED),
    ("cookie", rf"cookie{_NAMED}", _LINE, REMOVED),
    ("principal", rf"(?<=client-)principal(?:-name|-id)?{_NAMED}", _VALUE, REMOVED),
    ("zumo", rf"zumo-auth{_NAMED}", _VALUE, REMOVED),
    # A word of prose, too: only in a query, or with a value as long as a key.
    ("code", rf"(?:(?<=[?&#])|(?<=%26)|(?<=%3F)|(?<=2526)|(?<=\\u0026)|(?<=\\x26))code{EQUALS}", _VALUE, REMOVED),
    ("code", rf"(?:(?<=device_)|(?<=user_)|(?<=auth_)|(?<=authorization_))code{_NAMED}", _VALUE, REMOVED),
    ("code", rf"{_START}code{EQUALS}{_LONG}", _VALUE, REMOVED),
    ("--", r"--(?:[a-z]{1,20}-){0,3}+(?:password|secret|token|key)(?:=|\s{1,4})['\"]?(?!-)", _CHOSEN, REMOVED),
    ("bearer", rf"{_START}bearer(?:{_BLANK}|{_GAP}{_IS}{_AFTER})", _WORD, _TOKEN),
    ("sharedkey", rf"{_START}sharedkey(?:lite)?{_BLANK}", _WORD, _TOKEN),
    ("negotiate", rf"{_START}negotiate{_BLANK}{_NO_PROSE}", _WORD, _TOKEN),
    ("ntlm", rf"{_START}ntlm{_BLANK}{_NO_PROSE}", _WORD, _TOKEN),
    ("authorization", rf"authorization{_NAMED}digest{_BLANK}", _REST, _TOKEN),
    ("authorization", rf"authorization{_NAMED}(?:[A-Za-z]{{1,30}}{_BLANK})?", _WORD, _TOKEN),
)
"""What each name has in it, how it stands before its value, what its value is, and what people see in its place."""

STEMS = re.compile("|".join(sorted({stem for stem, *_ in _NAMES}, key=len, reverse=True)))


@cache
def rules(stem: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...]:
    """The names that begin with a stem, each with its value's pattern and what people see in its place.

    Made when a text first holds the stem: all of them take half a second, which every start would pay for.
    """
    return tuple(
        (re.compile(name, re.IGNORECASE), value, instead) for each, name, value, instead in _NAMES if each == stem
    )


CLOSING = {opening: opening for opening in "\"'`"} | {
    "\u201c": "\u201d",
    "\u2018": "\u2019",
    "\u201e": "\u201c",
    "\xab": "\xbb",
}

PRIVATE_KEY = re.compile(r"-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY")
JWT = re.compile(rf"eyJ[\w-]{{4,}}(?i:(?:\.|{_encoded('2e', '056', 'period')})[\w-]*)*")
_SLASH = rf"(?:\\{{0,8}}+/|{_encoded('2f', '057', 'sol')})"
ENCODED = re.compile(r"[%\\&]")
"""In every text that holds something encoded; the patterns that look for that take longer."""
PLAIN_ADDRESS = re.compile(r"(?P<slashes>//)(?P<rest>[^\s\"'<>]*)")
ADDRESS = re.compile(rf"(?P<slashes>{_SLASH}{_SLASH})(?P<rest>[^\s\"'<>]*)", re.IGNORECASE)
PASSWORD_AT = re.compile(r""":[^\s"'<>@/\\]{1,100}+@(?=[\w\[])""")
BASE64 = re.compile(
    rf"(?:[A-Za-z0-9+/_-]|{_PERCENT}2[BF]|\\{{1,8}}+(?:/|u002[BF])){{40,}}+(?P<end>{EQUALS}){{0,2}}+", re.IGNORECASE
)
BASIC = re.compile(rf"{_START}basic{_BLANK}(?P<word>[A-Za-z0-9+/_-]{{4,2000}}+)(?:{EQUALS}){{0,2}}+", re.IGNORECASE)
