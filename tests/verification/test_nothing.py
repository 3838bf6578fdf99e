"""A word for nothing (NULL, n/a) is one cause: it has one message for each file, and nothing follows from it."""

import pytest

from tests.verification.sets import Files, check, clean, rendered

V1, V21 = "sdsV1", "sdsV2.1"
NOTHING = "a word for nothing"


def told(files: Files, service: str) -> dict[tuple[str | None, str, str | None, str], int]:
    findings = check(rendered(files), service=service).findings
    return {(f.file_name, f.rule, f.column, f.shape): f.count for f in findings}


def filled(format_id: str, *columns: tuple[str, str], word: str = "n/a", rows: slice = slice(1, None)) -> Files:
    files = clean(format_id)
    for file, column in columns:
        at = files[file][0].index(column)
        for row in files[file][rows]:
            row[at] = word
    return files


SERVICES = pytest.mark.parametrize("service", ["classic", "industryData"])


def test_ids_that_repeat_beside_missing_ones_are_told_as_well():
    files = filled(V1, ("Section.csv", "SIS ID"), rows=slice(3, None))
    files["Section.csv"][2][0] = files["Section.csv"][1][0]
    found = told(files, "classic")
    assert found["Section.csv", "missingValue", "SIS ID", NOTHING] == 22
    assert found["Section.csv", "duplicate", "SIS ID", ""] == 1


@SERVICES
def test_it_is_told_as_what_it_breaks(service):
    files = filled(V1, ("User.csv", "Email"), ("GuardianRelationship.csv", "Email"), word="N/A")
    assert told(files, service) == {
        ("User.csv", "email", "Email", NOTHING): 24,
        ("GuardianRelationship.csv", "email", "Email", NOTHING): 24,
        ("GuardianRelationship.csv", "repeatedRow", None, ""): 12,  # of students who have two guardians
    }
    found = check(rendered(files), service=service).findings
    assert all("fill in the value" in f.advice and "name@domain" not in f.advice for f in found if f.rule == "email")


@SERVICES
@pytest.mark.parametrize(
    ("format_id", "file", "column", "rule"),
    [
        (V21, "roles.csv", "role", "value"),
        (V21, "academicSessions.csv", "startDate", "date"),
        (V21, "academicSessions.csv", "schoolYear", "year"),
        (V1, "User.csv", "Email", "email"),
    ],
)
def test_one_alone_is_told_once(format_id, file, column, rule, service):
    files = filled(format_id, (file, column), word="NULL", rows=slice(20, 21))
    assert told(files, service) == {(file, rule, column, NOTHING): 1}
    other = filled(format_id, (file, column), word="nowhere", rows=slice(20, 21))
    assert told(other, service) == {(file, rule, column, ""): 1}


def test_where_the_service_takes_it_for_a_name_those_that_repeat_it_are_told():
    files = filled(V1, ("Student.csv", "Username"), word="NULL")
    files["Student.csv"][9][2] = "nan"
    assert told(files, "classic") == {
        ("Student.csv", "nullWord", "Username", "nan"): 1,
        ("Student.csv", "duplicate", "Username", NOTHING): 22,
    }
    (first,) = (f for f in check(rendered(files)).findings if f.rule == "duplicate")
    assert (first.lines[0], first.others[0]) == (3, 2)
    assert "fill in the value" in first.advice
    assert "don't remove the rows" in first.advice


@SERVICES
@pytest.mark.parametrize("word", ["NULL", ""])
@pytest.mark.parametrize(
    ("format_id", "file", "column"),
    [(V1, "Student.csv", "SIS ID"), (V1, "User.csv", "Email"), (V21, "orgs.csv", "sourcedId")],
)
def test_nothing_follows_from_ids_that_are_all_nothing(format_id, file, column, word, service):
    files = filled(format_id, (file, column), word=word)
    found = check(rendered(files), service=service).findings
    (one,) = [f for f in found if f.rule != "hanging"]
    assert (one.file_name, one.column, one.type, one.count) == (file, column, "error", 24)
    assert one.shape == (NOTHING if word else "")


def test_references_to_others_are_told_where_a_few_ids_are_nothing():
    files = filled(V1, ("Student.csv", "SIS ID"), word="NULL", rows=slice(1, 3))
    rules = {(file, rule) for file, rule, _, _ in told(files, "classic")}
    assert rules == {
        ("Student.csv", "duplicate"),
        ("StudentEnrollment.csv", "reference"),
        ("GuardianRelationship.csv", "reference"),
    }


@pytest.mark.parametrize(("words", "known"), [(8, True), (9, False)])
def test_ids_of_which_nine_in_ten_are_words_for_nothing_are_unknown(words, known):
    files = filled(V1, ("Section.csv", "SIS ID"), word="NULL", rows=slice(11 - words, 11))
    files["Section.csv"] = files["Section.csv"][:11]
    found = told(files, "classic")
    assert ("StudentEnrollment.csv" in {file for file, rule, *_ in found if rule == "reference"}) == known
    assert (("Section.csv", "missingValue", "SIS ID", NOTHING) in found) == (not known)
