"""The report to hand on: one file, nothing from outside, no values unless asked for, nothing taken for markup."""

import html
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from shared.verification import Finding, Verification
from shared.verification.html import render
from shared.verification.summary import sentence
from tests.verification.evil import WORDS, evil, harmless
from tests.verification.sets import check, clean, rendered

NOW = datetime(2026, 11, 28, 1, 2, tzinfo=UTC)
VOID = {"meta", "link", "br", "hr", "img", "input"}
SECRET = "Anna-Secret"


class Page(HTMLParser):
    """Tags must close in order; keeps what is in the page by tag, and all attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.text += " " if tag in ("th", "td", "p", "li") else ""

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "title"):
            self.text += data

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


def spoilt() -> Verification:
    files = rendered(clean("sdsV1"))
    files["Student.csv"] = files["Student.csv"].replace(b"2014-02-28", SECRET.encode())
    del files["Section.csv"]
    return check(files)


@pytest.mark.parametrize("format_id", ["sdsV1", "sdsV2.1"])
def test_a_clean_set(format_id: str) -> None:
    result = check(rendered(clean(format_id)), service="industryData")
    page = Page(render(result, "tonight", NOW))
    assert page.words.count(sentence(result)) == 2
    assert "Checked 2026-11-28 01:02 UTC." in page.words
    assert "What was found" not in page.words
    assert "ol" not in page.tags


def test_it_begins_and_ends_with_the_verdict_and_shows_causes_and_places() -> None:
    result = spoilt()
    page = Page(render(result, "tonight", NOW))
    assert page.words.startswith("Check of a roster set for School Data Sync tonight SDS V1 for the classic service")
    found = [match.start() for match in re.finditer(re.escape(sentence(result)), page.words)]
    assert len(found) == 2
    assert found[0] < page.words.index("error refuses the set") < page.words.index("warning worth a look") < found[1]
    assert "Student.csv, column Birthdate, lines 2, 3, 4" in page.words
    assert "rule date" in page.words
    assert "This report holds no values of cells." in page.words
    assert "TeacherRoster.csv 24" in page.words


def test_values_only_where_they_are_asked_for() -> None:
    assert SECRET not in render(spoilt(), "tonight", NOW)
    with_values = render(spoilt(), "tonight", NOW, values=True)
    assert SECRET in with_values
    assert "This report holds values of cells" in Page(with_values).words


@pytest.mark.parametrize("values", [True, False])
def test_nothing_is_loaded_run_or_followed(values: bool) -> None:
    text = render(check(evil()), WORDS, NOW, values=values)
    page = Page(text)
    assert not {"script", "img", "link", "iframe", "object", "form", "a", "base"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name in ("src", "href", "action", "style") or name[:2] == "on"]
    assert not re.search(r"url\(|@import|https?:", text)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes


@pytest.mark.parametrize("values", [True, False])
def test_nothing_from_the_files_is_taken_for_markup(values: bool) -> None:
    text = render(check(evil()), WORDS, NOW, values=values)
    assert harmless(text)
    assert "<script" not in text
    assert "49" not in re.findall(r"\{\{.*?\}\}|49", html.unescape(text))
    assert "\\x1b[31m\\x1b]0;t\\x07\\x9b2J\\u202egnp\\u200b[bold]x[/nope]:smile:<script>alert(1)</script>{{7*7}}" in (
        html.unescape(text)
    )


def test_it_fits_a_phone_paper_and_the_dark() -> None:
    text = render(spoilt(), "tonight", NOW)
    for part in ("width=device-width", "prefers-color-scheme: dark", "@media print", "@media (max-width:"):
        assert part in text


def test_rows_that_would_be_dropped_are_shown_by_file() -> None:
    files = rendered(clean("sdsV1"))
    files["Student.csv"] = files["Student.csv"].replace(b"p1015,s1003,", b"p1015,s1999,")
    result = check(files, service="industryData", error_rows_percent=50)
    page = Page(render(result, "tonight", NOW))
    assert "Dropped" in page.words
    assert "Student.csv 24 1" in page.words
    assert "Dropped" not in Page(render(spoilt(), "tonight", NOW)).words


def test_many_files_and_places_make_no_endless_page() -> None:
    files = {f"{n}.csv": b"x" for n in range(1000)} | rendered(clean("sdsV1"))
    text = render(check(files), "x" * 100_000, NOW)
    assert len(text) < 100_000
    assert "and 980 more" in Page(text).words
    assert "and 808 files more" in Page(text).words


def test_the_set_as_a_whole_has_no_place() -> None:
    finding = Finding("error", "unknownFormat", None, None, None, 1, "", says="No set.", advice="Name it.", scope="set")
    page = Page(render(Verification(None, (), (finding,)), "tonight", NOW))
    assert "No set. Name it. rule unknownFormat" in page.words


def test_what_is_wrong_with_the_values_is_said() -> None:
    finding = Finding("error", "reference", "a.csv", 2, "x", 1, "", (2,), says="Not found.", shape="leading zeros")
    page = Page(render(Verification("sdsV1", (), (finding,)), "tonight", NOW))
    assert "error refuses the set, leading zeros Not found." in page.words
