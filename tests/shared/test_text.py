"""What a person is shown can't act on the terminal, can't hide, and isn't endless."""

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import LONGEST, visible, visible_json

ANY = st.text(st.characters(codec=None), max_size=60)
"""Every code point, halves of surrogate pairs too."""
TEXT = st.text()
"""What JSON can hold."""


HIDDEN = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10)}
HIDDEN.update(range(0xE0100, 0xE01F0))
"""Letters, signs and marks by Unicode of which nothing is seen: two names that look alike needn't be one."""


def test_no_code_point_that_acts_or_hides_is_shown_raw() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        category = unicodedata.category(character)
        raw = character in visible(character)
        if (
            code in HIDDEN
            or category in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
            or (category == "Zs" and character != " ")
        ):
            assert not raw, f"U+{code:04X} ({category})"
        elif category[0] in "LNPS":
            assert raw, f"U+{code:04X} ({category})"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Müller, 山田, שלום, 🙂", "Müller, 山田, שלום, 🙂"),
        ("C:\\x1b", "C:\\x1b"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\x9b31mb\x7f", "a\\x9b31mb\\x7f"),
        ("line\nand\r\ttab", "line\\nand\\r\\ttab"),
        ("evil\u202egnp.csv", "evil\\u202egnp.csv"),
        ("\ufeffid\u200b\xa0", "\\ufeffid\\u200b\\xa0"),
        ("\udc7f\udc80\udcff\udd00\ud800", "\\udc7f\\x80\\xff\\udd00\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\u3164", "\\u3164"),
        ("[bold]", "[bold]"),
        ("", ""),
        (None, "None"),
    ],
)
def test_what_is_shown(text: object, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("abcde\x1b", 6, "abcde…"),
        ("ab\x1bx", 6, "ab…"),
        ("ab\x1b", 6, "ab\\x1b"),
        ("\x1b\x1b", 6, "\\x1b…"),
        ("\x1b", 1, "…"),
        ("ab", 0, ""),
    ],
)
def test_a_long_text_is_cut_between_characters(text: str, limit: int, shown: str) -> None:
    assert visible(text, limit) == shown


@given(ANY, st.integers(0, 80))
def test_it_is_one_encodable_line_within_its_limit(text: str, limit: int) -> None:
    shown = visible(text, limit)
    assert len(shown) <= limit
    assert shown.isprintable()
    shown.encode()
    if len(visible(text)) <= limit:
        assert shown == visible(text)


def test_a_huge_text_costs_no_more_than_its_limit() -> None:
    assert len(visible("\x1b" * 100_000_000)) <= LONGEST


@given(st.recursive(TEXT | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner)))
def test_json_has_the_same_value_and_nothing_raw(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        shown = visible_json(text)
        assert json.loads(shown) == json.loads(text)
        assert visible(shown, sys.maxsize) == shown


def test_json_keeps_what_can_be_seen() -> None:
    assert visible_json('{"a":"Müller 山 \x9b\u202e\U000e0041"}') == '{"a":"Müller 山 \\u009b\\u202e\\udb40\\udc41"}'
