r"""How secrets are named, quoted and marked where they turn up: the table that the redaction goes by.

A row is found by its stem; around it stands what `_GAP`, `_IS` and `_AFTER` allow: quotes, brackets and blanks, a sign
that a value follows. It is tried on a text as it stands, with backslashes before its quotes, and as it reads when all
that is encoded in it is undone (`decoded`). All repetition is bounded and most of it possessive, so a row takes a
bounded time wherever it is tried.
"""

import functools
import itertools
import re
from collections.abc import Iterable

REMOVED = "[removed]"
_TOKEN = "[token]"  # noqa: S105 - what people see in place of one

_QUOTE = r"""\\{0,16}["']"""
_ANY_QUOTE = "\"'`\u201c\u201d\u2018\u2019\u201e\xab\xbb"
_BLANKS = r"(?:[\s\x00\xa0]|\\{1,16}+[nrt])"
_BACK = r"\\{1,16}+(?![uxnrt0-7])"

_GAP = rf"(?:[{_ANY_QUOTE}\[\]]|{_BLANKS}|{_BACK}){{0,12}}+"
_IS = r"(?::=|=>|->|[=:]{1,2}+>?)"
_PLUS = r"""["']{2}\s?\+\s?|["']\s?\+\s?["']"""
_CALLED = rf"[A-Za-z_]{{1,20}}+\((?={_QUOTE})"
_OPENING = rf"{_PLUS}|{_CALLED}|[{_ANY_QUOTE}\[({{]|[|>][-+]?(?={_BLANKS})|b(?=[\"'])|{_BLANKS}|{_BACK}"
_AFTER = rf"(?:{_OPENING}){{0,12}}+"
_FIELD = r"""\\{0,16}["'][\w.-]{1,30}\\{0,16}["']\s?:\s?[^\s,{}]{1,40}"""
_VALUE_IS = rf"value{_GAP}{_IS}"
_NAMED = (
    rf"(?:{_GAP}{_IS}(?:{_AFTER}{_VALUE_IS})?"  # name: value, and 'name': {{'value': …
    rf"|{_GAP}(?:,\s?{_FIELD}){{0,3}},?{_GAP}{_VALUE_IS}"  # "name": "…", "slot": …, "value": …
    rf"|{_GAP}value{_GAP}:?\s?\{{{_GAP}string_value{_GAP}{_IS}"  # key: "name" value {{ string_value: "…" }}
    rf"|{_QUOTE}\s{{0,4}},\s{{0,4}}b?(?={_QUOTE})"  # ('name', 'value')
    r"""|(?:\s{1,4}[\w:-]{1,30}=\\{0,16}["'][^"'<>]{0,80}["']){0,4}>"""  # <name a="b">value
    rf"){_AFTER}"
)
_ASSIGNED = rf"{_GAP}={_AFTER}"
_BLANK = rf"(?:\+|{_BLANKS}){{1,8}}+{_AFTER}"
_HERE = rf"(?:\s|=|{_BACK}){_AFTER}"

_START = r"(?<![A-Za-z0-9])"

_VALUE = re.compile(r"""[^\s&"'<>,;]*""")
_WORD = re.compile(r"""[^\s"'<>,;]*""")
_CHOSEN = re.compile(r"""[^\s";]*""")
"""A value that a person may have chosen: it can hold almost everything."""
_LINE = re.compile(r"""[^\r\n"']*""")
_REST = re.compile(r"[^\r\n]*")
_ARGUMENTS = re.compile(r"[^\r\n)]*")

_LONG = r"(?=[^\s&\"'<>,;]{20})"
_NO_PROSE = r"(?=[^\s&\"'<>,;]{16})(?=[^\s\d&\"'<>,;]{0,60}\d)"
_NO_WORD = r"(?=[^\s\"'<>,;]{6})(?=[^\s\d\"'<>,;]{0,60}\d)(?=[^\sA-Za-z\"'<>,;]{0,60}[A-Za-z])"
"""A value that nobody would take for a word: it has letters and digits."""
_SAID = rf"(?:\s[A-Za-z']{{1,16}}){{0,4}}?\s(?:is|was|to)\s{{1,4}}{_AFTER}{_NO_WORD}"
_SAID_OF = rf"\s(?:for|of)(?:\s[\w.@-]{{1,40}}){{1,4}}?\s?:\s?{_AFTER}{_NO_WORD}"
_SECRET = "(?:secret|password|pwd|token|key|connectionstring)"  # noqa: S105 - words of a name
_ITS_NAME = (
    rf"""(?=[^"'<>\\]{{1,200}}{_QUOTE}[\s,]{{0,4}}{_QUOTE}?(?:name|key){_QUOTE}?\s?[=:]\s?"""
    rf"""{_QUOTE}[^"'\\]{{0,60}}{_SECRET})"""
)
"""After a value that stands before its name: `"value": "…", "name": "…"`."""
_ON_ITS_LINE = r"[^\r\n;|]{0,160}?\s"

_NAMES: tuple[tuple[str, str, re.Pattern[str], str], ...] = (
    ("sig", rf"(?:{_START}sig|signature){_NAMED}", _VALUE, REMOVED),
    ("token", rf"(?<=sas[-_])token{_NAMED}", _CHOSEN, REMOVED),
    ("token", rf"(?:(?<=[-_])token(?:s|_hint)?{_NAMED}|tokens?{_ASSIGNED})", _VALUE, REMOVED),
    ("token", rf"token(?=\\{{0,16}}[\"']|>){_NAMED}", _VALUE, REMOVED),
    ("token", rf"tokens?{_GAP}{_IS}{_AFTER}{_NO_PROSE}", _VALUE, REMOVED),
    ("token", rf"(?-i:(?<=[a-z])T)oken{_NAMED}", _VALUE, REMOVED),
    (
        "token",
        rf"(?:(?<=access )|(?<=refresh )|(?<=bearer )|(?<=id )|(?<=api ))token{_NAMED}{_NO_WORD}",
        _WORD,
        REMOVED,
    ),
    ("token", rf"token(?:\s(?:is|was)\s{_AFTER}|\s{_QUOTE}){_NO_WORD}", _WORD, REMOVED),
    (
        "key",
        rf"(?:(?<=account)|(?<=access)|(?<=api)|(?<=[-_])|(?-i:(?<=[a-z])(?=K)))keys?{_NAMED}",
        _VALUE,
        REMOVED,
    ),
    ("key", rf"(?:(?<=account )|(?<=access )|(?<=api )|(?<=shared )|(?<=function ))key{_NAMED}", _VALUE, REMOVED),
    ("key", rf"(?<=client)key-?data{_NAMED}|(?<=client-)key-?data{_NAMED}", _VALUE, REMOVED),
    ("key", r"keys\\{0,16}[\"']\s?:\s?\[\s{0,8}\{(?=\s{0,8}\\{0,16}[\"'](?:key)?name)", _CHOSEN, REMOVED),
    ("secret", r"secrets?\sset\s", _REST, REMOVED),
    ("secret", rf"secret(?:text|value|s)?(?:{_NAMED}|{_SAID})", _CHOSEN, REMOVED),
    ("securestring", rf"securestring\s{{1,4}}(?:-string\s)?{_AFTER}", _CHOSEN, REMOVED),
    ("credential", r"(?:(?<=secret)|(?<=password)|(?<=key)|(?<=sas))credential\(", _ARGUMENTS, REMOVED),
    ("credential", rf"{_START}credentials?{_NAMED}{_NO_WORD}", _CHOSEN, REMOVED),
    ("cred", rf"{_START}creds?{_NAMED}{_NO_WORD}", _CHOSEN, REMOVED),
    ("assertion", rf"(?:(?<=[-_])assertion{_NAMED}|(?<=[?&])assertion{_ASSIGNED})", _VALUE, REMOVED),
    ("saml", rf"saml(?:response|request|art){_NAMED}", _VALUE, REMOVED),
    ("verifier", rf"(?<=code[-_])verifier{_NAMED}", _VALUE, REMOVED),
    ("header", rf"(?<=identity[-_])header{_NAMED}", _VALUE, REMOVED),
    ("pass", rf"pass(?:w(?:or)?[dt]|wort|phrase|code)s?{_NAMED}", _CHOSEN, REMOVED),
    ("pass", rf"pass(?:w(?:or)?d|wort|phrase|code)(?:{_SAID}|{_SAID_OF}|\s?(?:\(|-\s){_NO_WORD})", _CHOSEN, REMOVED),
    ("pass", rf"pass(?:word|phrase)\s(?={_QUOTE}[^\"']){_AFTER}", _CHOSEN, REMOVED),
    ("pass", rf"pass(?:word|phrase)\s\w{{1,12}}\s?=\s?{_AFTER}{_NO_WORD}", _CHOSEN, REMOVED),
    ("pass", rf"{_START}pass(?:{_ASSIGNED}|{_NAMED}{_NO_WORD}|:(?=\S))", _CHOSEN, REMOVED),
    ("pass", r"(?<=by_username_)password\(", _ARGUMENTS, REMOVED),
    ("passe", rf"(?<=mot de )passe{_NAMED}", _CHOSEN, REMOVED),
    ("pwd", rf"{_START}pwd(?:{_NAMED}|{_SAID})", _CHOSEN, REMOVED),
    ("pw", rf"{_START}pw(?:{_NAMED}|{_SAID})", _CHOSEN, REMOVED),
    ("pin", rf"{_START}pin{_ASSIGNED}", _VALUE, REMOVED),
    ("otp", rf"{_START}t?otp{_ASSIGNED}", _VALUE, REMOVED),
    ("connection", rf"connection[-_ ]?string{_NAMED}", _CHOSEN, REMOVED),
    ("cookie", rf"cookies?(?:{_NAMED}|\s[\w.-]{{1,60}}=)", _LINE, REMOVED),
    ("session", rf"session(?:[-_]?(?:id|key|state){_ASSIGNED}|{_ASSIGNED}{_NO_WORD})", _VALUE, REMOVED),
    ("affinity", rf"affinity(?:samesite)?{_ASSIGNED}", _VALUE, REMOVED),
    ("estsauth", rf"estsauth[a-z]{{0,20}}{_ASSIGNED}", _VALUE, REMOVED),
    ("principal", rf"(?<=client-)principal(?:-name|-id)?{_NAMED}", _VALUE, REMOVED),
    # Words of prose, too: only in a query, or with a value as long as a key.
    ("code", rf"(?<=[?&#])code={_AFTER}", _VALUE, REMOVED),
    ("code", rf"(?:(?<=device_)|(?<=user_)|(?<=auth_)|(?<=authorization_))code{_NAMED}", _VALUE, REMOVED),
    ("code", rf"{_START}code={_LONG}", _VALUE, REMOVED),
    ("value", rf"{_VALUE_IS}{_AFTER}{_ITS_NAME}", _CHOSEN, REMOVED),
    (
        "form-data",
        rf"form-data;[^\r\n]{{0,60}}?(?:password|secret|token|key)[^\r\n\\\"']{{0,20}}{_QUOTE}{_BLANKS}{{1,8}}",
        _CHOSEN,
        REMOVED,
    ),
    # Commands and what is written for them.
    ("--", r"--(?:[a-z]{1,20}-){0,3}+(?:password|secret|token|key)(?:=|\s{1,4})['\"]?(?!-)", _CHOSEN, REMOVED),
    ("--", rf"--(?:proxy-)?user{_HERE}(?=[^\s:\"']{{1,64}}:[^/\s])", _CHOSEN, REMOVED),
    ("-u", rf"(?<![\w-])-u{_AFTER}(?=[^\s:\"']{{1,64}}:[^/\s])", _CHOSEN, REMOVED),
    ("login", rf"login{_ON_ITS_LINE}-p{_HERE}", _CHOSEN, REMOVED),
    ("login", r"login\s{1,4}\S{1,60}\s{1,4}password\s{1,4}", _CHOSEN, REMOVED),
    ("sqlcmd", rf"sqlcmd{_ON_ITS_LINE}-P(?:{_HERE})?", _CHOSEN, REMOVED),
    ("mysql", rf"mysql(?:dump|admin)?{_ON_ITS_LINE}-p(?=\S)", _CHOSEN, REMOVED),
    ("sshpass", rf"sshpass\s-p{_HERE}", _CHOSEN, REMOVED),
    ("7z", rf"{_START}7za?\s{_ON_ITS_LINE}-p(?=\S)", _CHOSEN, REMOVED),
    ("net use", rf"net use{_ON_ITS_LINE}/user:\S{{1,60}}\s", _CHOSEN, REMOVED),
    ("set", rf"{_START}setx?\s\w{{0,40}}(?:token|secret|password|key)\s{_AFTER}", _CHOSEN, REMOVED),
    # Headers and schemes.
    ("bearer", rf"{_START}bearer(?:{_BLANK}(?!tokens?(?![\w.-]))|{_GAP}{_IS}{_AFTER})", _WORD, _TOKEN),
    ("sharedkey", rf"{_START}sharedkey(?:lite)?{_BLANK}", _WORD, _TOKEN),
    ("negotiate", rf"{_START}negotiate{_BLANK}{_NO_PROSE}", _WORD, _TOKEN),
    ("ntlm", rf"{_START}ntlm{_BLANK}{_NO_PROSE}", _WORD, _TOKEN),
    ("pop", rf"{_START}pop{_BLANK}{_NO_PROSE}", _WORD, _TOKEN),
    ("digest", rf"{_START}digest{_BLANK}(?=(?:username|realm|nonce|uri|response|qop)=)", _REST, _TOKEN),
    ("authenticate", rf"authenticate{_NAMED}(?:negotiate|ntlm|kerberos){_BLANK}", _WORD, _TOKEN),
    ("authorization", rf"authorization{_NAMED}(?:[A-Za-z]{{1,30}}{_BLANK})?", _WORD, _TOKEN),
    ("auth", rf"auth{_GAP}={_GAP}\(", _ARGUMENTS, REMOVED),
    ("auth", rf"(?<![A-Za-z0-9])auth{_NAMED}{_NO_WORD}", _CHOSEN, REMOVED),
    # As other languages have it.
    *(
        (word, rf"{word}{_NAMED}", _CHOSEN, REMOVED)
        for word in (
            "kennwort",
            "wachtwoord",
            "contrase\xf1a",
            "contrasena",
            "senha",
            "has\u0142o",
            "l\xf6senord",
            "salasana",
            "\u043f\u0430\u0440\u043e\u043b\u044c",
            "\u5bc6\u7801",
            "\u30d1\u30b9\u30ef\u30fc\u30c9",
        )
    ),
)
"""What each name has in it, how it stands before its value, what its value is, and what people see in its place."""

_OF_STEM: dict[str, list[tuple[str, re.Pattern[str], str]]] = {}
for _stem, _pattern, _value, _instead in _NAMES:
    _OF_STEM.setdefault(_stem, []).append((_pattern, _value, _instead))


def _any_of(stems: Iterable[str]) -> str:
    """The longest stem at a place; by first letters, which is several times as fast as one after the other."""
    stems = sorted(stems, key=lambda stem: (stem[0], -len(stem)))
    grouped = itertools.groupby(stems, key=lambda stem: stem[0])
    return "|".join(
        f"{re.escape(first)}(?:{'|'.join(re.escape(stem[1:]) for stem in rest)})" for first, rest in grouped
    )


STEMS = re.compile(_any_of(_OF_STEM))

CLOSING = {opening: opening for opening in "\"'`"} | {
    "\u201c": "\u201d",
    "\u2018": "\u2019",
    "\u201e": "\u201c",
    "\xab": "\xbb",
}
BRACKETS = {"(": ")", "[": "]", "{": "}"}


@functools.cache
def rules(stem: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...]:
    """The rows of a stem. Compiled when one is found first: all of them would take longer than all else at a start."""
    return tuple((re.compile(name, re.IGNORECASE), value, instead) for name, value, instead in _OF_STEM[stem])
