"""Findings by cause, the worst first, and the one sentence: will it be taken, and what happens to whom."""

import msgspec
import pytest

from shared.verification import FileResult, Finding, Service, Verification
from shared.verification.model import Type
from shared.verification.rules import RULES
from shared.verification.summary import causes, counted, counts, facts, lines, listed, own_words, sentence


def finding(rule: str, type_: Type = "error", **more: object) -> Finding:
    usual: dict[str, object] = {"file_name": "Student.csv", "line": 2, "column": "Grade", "count": 1}
    usual |= {"description": "", "says": f"{rule}.", "advice": "Mend it.", "lines": (2,)}
    return Finding(type_, rule, **(usual | more))  # type: ignore[arg-type]


def file(name: str, rows: int | None = 10, *, people: bool = False, dropped: int = 0, allowed: int = 0) -> FileResult:
    return FileResult(name, rows, 1, "", people=people, rows_dropped=dropped, rows_allowed=allowed)


def result(*findings: Finding, files: tuple[FileResult, ...] = (), service: Service = "industryData") -> Verification:
    return Verification("sdsV1", files, findings, service)


def test_what_refuses_stands_first_and_then_what_costs_rows() -> None:
    found = causes(
        result(
            finding("unknownColumn", "information", scope="file", count=500),
            finding("date", "warning"),
            finding("duplicate", count=3),
            finding("reference", count=7),
            finding("encoding", scope="file"),
            finding("missingFile", scope="set"),
            files=(file("Student.csv", 1000, dropped=10, allowed=10),),
        )
    )
    assert [(cause.rule, cause.effect) for cause in found] == [
        ("missingFile", "refuses the set"),
        ("encoding", "refuses the set"),
        ("reference", "the rows are dropped"),
        ("duplicate", "the rows are dropped"),
        ("date", "worth a look"),
        ("unknownColumn", "harmless"),
    ]


def test_one_cause_in_many_places_is_said_once() -> None:
    says = "{} row(s) have missing data for the field - {}."
    (cause,) = causes(
        result(
            finding("missingValue", column="SIS ID", count=2, says=says.format(2, "SIS ID"), advice="Fill it in."),
            finding("missingValue", column="Username", says=says.format(1, "Username"), advice="Fill it in."),
            finding("missingValue", file_name="Teacher.csv", says=says.format(1, "Username"), advice="Fill it in."),
        )
    )
    assert cause.says == "4 row(s) have missing data for the field - SIS ID, Username, Grade."
    assert (cause.count, cause.advice, len(cause.places)) == (4, "Fill it in.", 3)
    assert own_words(cause, cause.places[0]) == ()


def test_what_differs_from_place_to_place_stays_with_the_place() -> None:
    (cause,) = causes(
        result(
            finding("optionalColumns", "warning", says="The classic service wants …; missing: sms.", column=None),
            finding("optionalColumns", "warning", says="The classic service wants …; missing: phone.", column=None),
        )
    )
    assert cause.says == "The classic service wants the headers of optional columns too; missing: …."
    assert own_words(cause, cause.places[1]) == ("The classic service wants …; missing: phone.",)
    (cause,) = causes(result(finding("missingFile", advice="Add it."), finding("missingFile", advice="Leave it.")))
    assert (cause.says, cause.advice) == ("missingFile.", "")
    assert own_words(cause, cause.places[1]) == ("Leave it.",)


def test_words_that_are_all_of_a_places_own_get_a_title() -> None:
    (cause,) = causes(result(finding("fileNameCase", "warning"), finding("fileNameCase", "warning", says="Other.")))
    assert cause.says == "File name case"
    assert own_words(cause, cause.places[0]) == ("fileNameCase.",)


def test_another_shape_is_another_cause() -> None:
    found = causes(result(finding("reference", shape="case"), finding("reference", shape="leading zeros", count=2)))
    assert [(cause.shape, cause.count) for cause in found] == [("leading zeros", 2), ("case", 1)]


PEOPLE = (file("School.csv", 2), file("Student.csv", 1200, people=True), file("Teacher.csv", 1, people=True))


TAKEN = "This set would be taken as it is, and nobody is left out"
NOTHING = "nothing would be sent, and School Data Sync stays as it is."
STAY = "nothing would be sent, and the people in School Data Sync stay as they are now."


@pytest.mark.parametrize(
    ("verification", "says"),
    [
        (result(files=PEOPLE), f"{TAKEN}."),
        (result(finding("date", "warning"), files=PEOPLE), f"{TAKEN}; 1 warning deserves a look."),
        (result(finding("date", "warning", count=2000), files=PEOPLE), f"{TAKEN}; 2,000 warnings deserve a look."),
        (
            result(finding("date"), files=PEOPLE, service="classic"),
            f"This set would be refused for 1 cause: {STAY}",
        ),
        (
            result(finding("date"), finding("email"), files=PEOPLE[2:], service="classic"),
            f"This set would be refused for 2 causes: {STAY}",
        ),
        (
            result(finding("unknownFormat", scope="set"), files=(file("x.csv", None),)),
            f"This set would be refused for 1 cause: {NOTHING}",
        ),
        (
            result(files=(file("Section.csv", 9, dropped=1),)),
            f"This set would be refused (Section.csv would lose 1 row of 9 and may lose none): {NOTHING}",
        ),
    ],
)
def test_the_sentence(verification: Verification, says: str) -> None:
    assert sentence(verification) == says


def test_the_sentence_tells_whose_rows_would_be_dropped() -> None:
    files = (
        file("Student.csv", 100, people=True, dropped=1, allowed=1),
        file("StudentEnrollment.csv", 300, dropped=3, allowed=3),
        file("Section.csv", 300),
    )
    assert sentence(result(finding("date"), finding("date", "warning", count=2), files=files)) == (
        "This set would be taken, but 1 person of Student.csv and 3 rows of StudentEnrollment.csv would be dropped; "
        "2 warnings deserve a look."
    )


@pytest.mark.parametrize(
    ("dropped", "lines", "says"),
    [
        (1, 1, "1 line of Student.csv that is no record would be dropped."),
        (2, 2, "2 lines of Student.csv that are no records would be dropped."),
        (3, 2, "1 person of Student.csv and 2 lines of Student.csv that are no records would be dropped."),
    ],
)
def test_a_line_that_is_no_record_is_nobody(dropped: int, lines: int, says: str) -> None:
    files = (file("Student.csv", 400, people=True, dropped=dropped, allowed=4),)
    found = finding("noRecord", count=lines, file_name="Student.csv"), finding("noRecord", file_name="Teacher.csv")
    assert sentence(result(*found, files=files)) == f"This set would be taken, but {says}"


def test_a_set_with_a_file_that_was_not_read_is_not_taken() -> None:
    assert result(files=(file("Student.csv", 9),)).taken
    assert not result(files=(msgspec.structs.replace(file("Student.csv", None), upload="Student.csv"),)).taken
    assert result(files=(file("old.csv", None),)).taken


def test_the_sentence_tells_which_files_would_lose_too_much() -> None:
    files = (
        file("Student.csv", 5000, dropped=51, allowed=50),
        file("StudentEnrollment.csv", 9, dropped=1),
        file("Section.csv", 100, dropped=1, allowed=1),
    )
    assert sentence(result(finding("date"), files=files)) == (
        "This set would be refused for 1 cause (Student.csv would lose 51 rows of 5,000 and may lose 50; "
        f"StudentEnrollment.csv would lose 1 row of 9 and may lose none): {NOTHING}"
    )


def test_what_was_read_and_found() -> None:
    some = result(finding("date", count=3), finding("email", "warning"), finding("noRows", "information"), files=PEOPLE)
    assert facts(some) == "SDS V1 for the industry data service: 3 files, 1,203 rows"
    assert counts(some) == "3 errors, 1 warning, 1 information"
    none = Verification(None, (file("a.csv", None),), ())
    assert facts(none) == "Unknown format for the classic service: 1 file, 0 rows"
    assert counts(none) == "no problems found"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"lines": ()}, ""),
        ({"lines": (7,)}, "line 7"),
        ({"lines": (7, 9), "count": 2}, "lines 7, 9"),
        ({"lines": (7, 8, 9, 10), "count": 4}, "lines 7, 8, 9 and 1 more"),
        ({"lines": (7,), "count": 2000}, "lines 7 and 1,999 more"),
        ({"lines": (7, 9), "count": 2, "others": (3, 0)}, "lines 7 (as line 3), 9"),
        ({"lines": (7,), "others": (3,), "other_file": "Section.csv"}, "line 7 (Section.csv line 3)"),
    ],
)
def test_lines_with_their_counterparts(more: dict[str, object], says: str) -> None:
    assert lines(finding("date", **more), 3) == says


def test_lists_of_words() -> None:
    assert [listed("abcdef"[:n]) for n in range(6)] == [
        "",
        "a",
        "a and b",
        "a, b and c",
        "a, b, c and d",
        "a, b, c and 2 more",
    ]
    assert [counted(number, "person") for number in (0, 1, 2000)] == ["0 people", "1 person", "2,000 people"]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_can_be_said_of_many_places(rule: str) -> None:
    twice = [finding(rule, "warning", column=column, says=column, shape="leading zeros") for column in "ab"]
    (cause,) = causes(result(*twice))
    assert cause.says
    assert "{" not in cause.says


@pytest.mark.parametrize(("count", "more"), [(3, ""), (4, "; and 1 more file)"), (6, "; and 3 more files)")])
def test_files_that_lose_too_much_are_not_left_out(count, more):
    files = tuple(FileResult(f"{i}.csv", 9, 1, "", f"{i}.csv", rows_dropped=1) for i in range(count))
    row = Finding("error", "missingValue", "0.csv", 2, "Name", 1, "", lines=(2,), scope="row")
    said = sentence(Verification("sdsV1", files, (row,), "industryData"))
    assert said.count("would lose") == 3
    assert more in said
    assert ("more file" in said) == bool(more)


def test_names_that_are_all_in_line_1_are_there_once():
    style = Finding("error", "headerStyle", "a.csv", 1, None, 4, "", lines=(1,), scope="file")
    assert lines(style, 9) == "line 1"
