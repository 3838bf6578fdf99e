"""The page in every state: words, no foreign markup, and nothing that its policy forbids."""

import hashlib
import re
from base64 import b64encode
from html.parser import HTMLParser
from typing import Any

import pytest
from msgspec.structs import replace

from shared.outcomes import Outcome
from shared.overview import OUTCOME_SAYS, overview
from shared.record import Decision, Record
from status.page import page, policy
from status.people import Person
from tests.status.records import NASTY, NOW, RUN, STAGES, at, held, waiting
from tests.status.test_answers import board

HEAD = Person("head@school.example")
VOID = {"meta", "input", "rect", "link", "br"}


class Shape(HTMLParser):
    """Tags with their attributes, the text that is seen, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def shown(*records: Record, who: Person = HEAD, **settings: Any) -> Shape:
    room, _ = board(*records, **settings)
    return Shape(page(room, who))


@pytest.mark.parametrize("record", [*(at(stage) for stage in STAGES), waiting(), Record("north")])
def test_every_state_is_a_sentence(record: Record) -> None:
    found = shown(record)
    assert overview(record, NOW).says in found.text
    paused = replace(record, paused=Decision(approve=False, at=NOW))
    assert "Paused" in shown(paused).text


@pytest.mark.parametrize("outcome", OUTCOME_SAYS)
def test_every_outcome_is_in_words_and_says_whether_to_look(outcome: Outcome) -> None:
    story = next(each for each in waiting().recent if each.outcome == outcome)
    found = shown(Record("north", recent=(story,)))
    assert OUTCOME_SAYS[outcome] in found.text
    assert ("Look at it" in found.text) != ("Well" in found.text)


def test_a_held_run_has_its_counts_and_two_buttons() -> None:
    found = shown(held())
    assert "200 of 400 students: 50\xa0%, the limit is 20\xa0% (over the limit)" in found.text
    assert "head@school.example" in found.text
    actions = [form["action"] for form in found.all("form")]
    assert actions == [f"/api/status/north/{RUN}/{answer}" for answer in ("approve", "reject")]
    assert {form["method"] for form in found.all("form")} == {"post"}
    assert all(len(hidden["value"] or "") == 64 for hidden in found.all("input"))
    gone = [rect for rect in found.all("rect") if rect["class"] == "gone"]
    assert [rect["width"] for rect in gone] == ["50.0", "0.0"]


@pytest.mark.parametrize(("approve", "says"), [(True, "Approved"), (False, "Rejected")])
def test_a_decided_run_has_no_buttons(approve: bool, says: str) -> None:
    found = shown(held(Decision(approve, NOW, "other@school.example")))
    assert found.all("form") == []
    assert f"{says}; the app acts on it" in found.text


def test_times_are_the_tenants_and_utc_for_programs() -> None:
    found = shown(held(), time_zone="Asia/Tokyo")
    assert "Decide by Fri 04 Dec 2026, 15:00 JST" in found.text
    assert {"datetime": "2026-12-04T06:00:00Z"} in found.all("time")


def test_files_that_keep_changing_are_said_to_once_they_were_told() -> None:
    record = waiting()
    assert record.inbox is not None
    assert "keep changing" not in shown(record).text
    text = shown(replace(record, inbox=replace(record.inbox, told_changing=True))).text
    assert "The files keep changing; waiting until nothing is written for a while." in text
    alone = replace(record, inbox=None, restless=record.inbox)
    assert "No roster file is in the inbox, only other files." in shown(alone).text
    text = shown(replace(alone, restless=replace(record.inbox, told_changing=True))).text
    assert "The files keep changing; waiting until nothing is written for a while." in text


def test_names_from_outside_are_text() -> None:
    story = replace(waiting().recent[0], run_id=NASTY)
    record = replace(waiting(), recent=(story,))
    room, _ = board(record)
    text = page(room, Person(NASTY), NASTY)
    found = Shape(text)
    assert found.all("script") == []
    assert "<script>alert('x')</script>" in found.text
    for unseen in ("\u202e", "\x1b"):
        assert unseen not in text
    names = {name for _, attributes in found.tags for name in attributes}
    assert not {name for name in names if name.startswith("on") or name == "style"}


def test_the_policy_allows_the_own_stylesheet_and_nothing_else() -> None:
    room, _ = board(held())
    text = page(room, HEAD)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.S)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy()
    assert "unsafe" not in policy()
    assert "default-src 'none'" in policy()
    assert not re.search(r"(?:src|href)=\"(?!/api/status[\"/])|url\(|@import", text)


def test_a_page_can_be_heard_as_well_as_seen() -> None:
    room, _ = board(held(), waiting("south"))
    text = page(room, HEAD)
    found = Shape(text)
    assert text.startswith('<!doctype html>\n<html lang="en">')
    assert len(found.all("h1")) == 1
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {section["aria-labelledby"] for section in found.all("section")} == set(ids)
    assert "Decide: 1 waiting." in found.text


def test_what_has_to_be_decided_comes_first() -> None:
    found = shown(waiting("a"), held(Decision(approve=True, at=NOW), profile="b"), held(profile="z"))
    order = [found.text.index(f"\n{profile}\n") for profile in ("z", "a", "b")]
    assert order == sorted(order)


def test_folders_that_nobody_allows_come_last() -> None:
    found = shown(Record("aa"), Record("zz"), waiting("north"), profiles={"north": "x", "zz": "y"})
    order = [found.text.index(f"\n{profile}\n") for profile in ("north", "zz", "aa")]
    assert order == sorted(order)


def test_an_empty_account_and_profiles_with_nothing_yet() -> None:
    assert "No profile is known yet" in shown().text
    assert "Nothing has been dropped for this profile yet." in shown(profiles={"new": "x"}).text
