"""Lines of a report: what they are, in time that grows with their length alone."""

import time

import pytest

from shared.verification.strangers import STRANGERS, stranger

LONG = 100_000
LINES = {
    b"-----,---": 0,
    b'"---" , "--"': 0,
    b"(1,204 rows affected)": 1,
    b'" 12 students",,': 1,
    b"Total: 7,,": 2,
    b"*** end of report ***,": 2,
    b"Total,6": 2,
    b"grand total,,1204": 2,
    b"Gesamt: 412": 2,
    b"Summe,,": 2,
    b"Seite 3 von 9": 2,
    b"Anzahl: 24": 2,
    "412 Datensätze".encode(): 1,
    b"\x1a\x1a,": 3,
    b"# exported by SIS 4.2 on 2026-11-27": 4,
    b'"// end",,': 4,
    b"-- 3 pages": 4,
    b"<<<<<<< HEAD": 5,
    b"=======": 5,
    b"||||||| 3f2a1b0": 5,
    b'">>>>>>> export",': 5,
    b"Nombre de lignes : 3": 6,
    b"Stand: 31.08.2026,,": 6,
    "Nombre d'élèves : 12".encode(): 6,
    b"Antal rader: 12": 6,
    b"12 rader": 1,
    b"4 rivi\xc3\xa4": 1,
}
HOSTILE = {
    "blanks": b" " * LONG + b"x",
    "quotes": b'"' * LONG + b"x",
    "a total": b"total " + b" " * LONG + b",,x",
    "a count": b"1 row" + b" " * LONG + b",x",
    "digits": b"1." * LONG + b"x",
    "dashes": b"--" + b",-" * LONG + b"x",
    "totals": b"total" + b",1" * LONG + b"x",
    "a label": b"x" * LONG + b": 1",
    "a label without a number": b"ab:" + b" " * LONG + b"x",
    "a label and numbers": b"ab:" + b"1 " * LONG + b"x",
    "a comment": b"#" * LONG + b",x",
    "ends": b"\x1a" * LONG + b"x",
}


NONE = [b"=====", b"<<<<<<<x", b"#12", b"Total,t1", b"Summer,6", b"Pagel", b"Ann:", b"Room 1: 2nd floor", b"s:1x"]


@pytest.mark.parametrize("line", LINES)
def test_what_a_report_leaves_is_named(line: bytes) -> None:
    assert stranger(line) == STRANGERS[LINES[line]][0]


@pytest.mark.parametrize(
    "line",
    [
        b"x",
        b"Totalia,",
        b"1,2",
        b"7 rowsmith",
        b"- ,x",
        b"Record",
        b"total ,,x",
        b"#12",
        b"Total,t1",
        b"Summer,6",
        b"Pagel",
    ],
)
def test_what_may_be_a_row_is_none(line: bytes) -> None:
    assert stranger(line) == ""


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE)
def test_time_grows_with_the_line_alone(line: bytes) -> None:
    began = time.process_time()
    assert stranger(line) == ""
    assert time.process_time() - began < 1
