"""What the cells of each kind may hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.formats import Kind
from shared.formats.values import GRADE, LISTS
from shared.verification.columns import Keys
from shared.verification.kinds import day, plain_usernames, rules_of
from tests.verification.sets import check, clean, rendered

GOOD = {
    Kind.DATE: ["2026-02-28", "20240229", "2026-08-31T00:00:00Z", "2026-08-31 10:15", "20260831T235960.5+0530"],
    Kind.YEAR: ["1999", "2027"],
    Kind.PHONE: ["+1234567890", "+493012345678"],
    Kind.EMAIL: ["a@b.example", "ann.lee+x@mail.school.example", "zoë@schule.example"],
    Kind.BOOLEAN: ["true", "FALSE", "True"],
    Kind.USERNAME: ["ann", "ann.lee", "o'neil_1-2", "ann@school.example", "a" * 64, "x#EXT#@s.example"],
    Kind.ADDRESS: ["ann@school.example"],
    Kind.MAILNAME: ["10", "a-1_b.c", "9" * 56],
    Kind.TEXT: ["anything", "é ✓"],
}
BAD = {
    Kind.DATE: [
        "2026-02-29",
        "2026-13-01",
        "26-01-01",
        "2026/01/01",
        "31.12.2026",
        "0000-01-01",
        "2026-W01-1",
        "2026-08-31T99:99:99",
        "2026-08-31T24:00",
        "2026-08-31T10:60",
        "2026-08-31T10:15:61",
        "2026-08-31T10:15:00+24:00",
        "\u0662\u0660\u0662\u0666-01-01",
    ],
    Kind.YEAR: ["26", "0026", "2026/27", "20266"],
    Kind.PHONE: ["+0123", "call", "+", "+12345678901234567"],
    Kind.EMAIL: [
        "a",
        "a@",
        "@b.example",
        "a@b",
        "a b@c.example",
        "a@b..example",
        "a@b@c.example",
        "a..b@c.example",
        ".a@c.example",
        "a.@c.example",
        "a" * 65 + "@c.example",
    ],
    Kind.BOOLEAN: ["yes", "1", "truee"],
    Kind.USERNAME: [
        "ann lee",
        "ann.",
        "ann.@school.example",
        "@school.example",
        "ann@",
        "a@b@c",
        "a" * 65,
        "zoë",
        "a@b_c.d",
        "a@..d",
        "a@b..d",
        "a@-b.d",
        "a@" + "b" * 49,
    ],
    Kind.ADDRESS: ["ann", "ann@school@example"],
    Kind.MAILNAME: ["a b", "a@b", "ä", "a/b", "9" * 57],
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("service", ["classic", "industryData"])
def test_good_values(kind, service):
    for _, test in rules_of(kind, service, american=False):
        assert test(set(GOOD[kind])) == set()


@pytest.mark.parametrize("kind", BAD)
def test_bad_values(kind):
    bad = set(BAD[kind])
    assert set().union(*(test(bad) for _, test in rules_of(kind, "classic", american=False))) == bad


def test_phones_are_taken_with_punctuation_by_the_classic_service_alone():
    value = {"(030) 123-45.67"}
    ((_, classic),) = rules_of(Kind.PHONE, "classic", american=False)
    ((_, industry),) = rules_of(Kind.PHONE, "industryData", american=False)
    assert classic(value) == set()
    assert industry(value) == value


def test_days_with_slashes_are_month_day_year():
    assert str(day("3/4/2026", american=True)) == "2026-03-04"
    assert str(day("12/25/2026", american=True)) == "2026-12-25"
    assert day("25/12/2026", american=True) is None
    assert day("3/4/2026", american=False) is None


@given(
    st.lists(
        st.text(st.sampled_from("aZ9.@'_-é \n"), max_size=6) | st.sampled_from(GOOD[Kind.USERNAME]),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=300, deadline=None)
def test_the_quick_look_at_user_names_never_passes_what_the_slow_one_refuses(values):
    ((_, test),) = rules_of(Kind.USERNAME, "classic", american=False)
    assert not (plain_usernames([value.encode() for value in values]) and test(set(values)))


def test_the_quick_look_passes_the_usual():
    assert not plain_usernames([b"a@b..d"])
    assert not plain_usernames([b"a@" + b"b" * 49])
    assert plain_usernames([b"ann.lee", b"bo"])
    assert not plain_usernames([b"ann.@a.example", b"bo@b.example"])
    assert plain_usernames([b"ann.lee@a.example", b"bo@b.example"])
    assert not plain_usernames([b"ann.lee@a.example", b"bo"])
    assert not plain_usernames([b"ann.lee", b"bo."])


def test_lists_are_in_lower_case_and_compared_so():
    for values in LISTS:
        assert all(value == value.lower() for value in values.values)
    assert GRADE.key("9") == "09"
    assert GRADE.key("PS1") == "ps1"


@given(st.lists(st.lists(st.sampled_from([b"", b"a", b"b", b"c", b"d", b"e"]), max_size=4), max_size=6))
@settings(deadline=None)
def test_keys_find_the_second_and_later_of_each_value(batches):
    keys = Keys()
    found = [(number, i) for number, batch in enumerate(batches) for i in keys.add(batch)]
    seen: set[bytes] = set()
    expected = []
    for number, batch in enumerate(batches):
        for i, value in enumerate(batch):
            if value in seen:
                expected.append((number, i))
            if value:
                seen.add(value)
    assert found == expected
    assert keys.missing({b"a", b"b", b"c", b"d", b"e"}) == {b"a", b"b", b"c", b"d", b"e"} - seen


@pytest.mark.parametrize("grade", ["10-Sep", "08.09.2026", "Sep-10"])
def test_a_grade_that_became_a_date(grade):
    files = clean("sdsV1")
    at = files["Student.csv"][0].index("Grade")
    files["Student.csv"][15][at], files["Student.csv"][17][at] = grade, "9th"
    found = {f.shape: f for f in check(rendered(files), service="industryData").findings}
    assert {shape: f.lines for shape, f in found.items()} == {"a date (5-Jan)": (16,), "": (18,)}
    assert "spreadsheet" in found["a date (5-Jan)"].advice
