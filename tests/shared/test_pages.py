"""Pages show words as text: no markup, nothing unseen, and no word that was forgotten."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from shared.pages import render


def page(folder: Path, text: str) -> Path:
    (folder / "page.html").write_text(text, encoding="utf-8")
    return folder / "page.html"


def test_words_are_text_and_can_be_seen(tmp_path: Path) -> None:
    made = render(page(tmp_path, "<b>{{ word }}</b>{{ 7 }}"), word="<i>\x1b\u202e{{ 7*7 }}&amp;")
    assert made == "<b>&lt;i&gt;\\x1b\\u202e{{ 7*7 }}&amp;amp;</b>7"


def test_macros_and_parts_are_markup(tmp_path: Path) -> None:
    (tmp_path / "part.css").write_text("a > b {}", encoding="utf-8")
    text = '{% macro m(x) %}<i>{{ x }}</i>{% endmacro %}{{ m("<") }}{% include "part.css" %}'
    assert render(page(tmp_path, text)) == "<i>&lt;</i>a > b {}"


def test_a_forgotten_word_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError):
        render(page(tmp_path, "{{ word }}"))
