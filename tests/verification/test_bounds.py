"""What is remembered, told apart and shown up to a number: one more makes the difference."""

import importlib
import pkgutil
from datetime import UTC, datetime
from string import ascii_letters, digits

import msgspec
import pytest

import shared.formats
import shared.verification
from shared.formats import FORMATS
from shared.formats.values import GRADE
from shared.verification import Source, repeats, rules
from shared.verification import __main__ as command
from shared.verification.html import render
from shared.verification.likeness import DIFFERENCES, nearly
from shared.verification.lists import nearest_allowed
from shared.verification.records import Batch
from shared.verification.rules import RULES
from shared.verification.sample import Sample
from shared.verification.strangers import STRANGERS, stranger
from shared.verification.suspects import changed_ids
from tests.verification.sets import check, clean, rendered

V1 = "sdsV1"
TOTALS = """Total|Totals|Totale|Totalen|Totaal|Subtotal|Grand total|Row count|Rowcount|Record count|Count|Sum
Summe|Suma|Summa|Gesamt|Anzahl|Aantal|Somme|Razem|Celkem|Report|Bericht|Printed|Generated|Erstellt
Exported|Exportiert|Page|Seite|Run date|Rundate|End|Ende|Fin|EOF|Trailer""".replace("\n", "|").split("|")
ROWS = """row|rows|record|records|line|lines|entries|student|students|user|users|zeilen|datensätze|ligne|lignes
fila|filas|rijen|righe|linhas|rader|rivi|riviä|wierszy|élèves|elever""".replace("\n", "|").split("|")


@pytest.mark.parametrize(("rows", "found"), [(500, ""), (501, "Name")])
def test_the_first_500_rows_of_a_file_are_remembered(rows, found):
    """Of a longer file, a part of the values is enough."""
    sample = Sample(("SIS ID", "Name"), (0,))
    cells = [cell for i in range(rows) for cell in (b"%d" % i, b"n%d" % i, b"\n")]
    sample.add(Batch(range(2, rows + 2), cells, 2, 3, [b""] * rows))
    assert sample.column_of({*(b"n%d" % i for i in range(6)), *(b"z%d" % i for i in range(4))}) == found


@pytest.mark.parametrize(("size", "ids"), [(199, "9 ids"), (200, "one id")])
def test_what_dangles_is_told_apart_by_200_bytes(size, ids):
    files = clean(V1)
    for number, row in enumerate(files["StudentEnrollment.csv"][16:]):
        row[1] = "z" * size + str(number)
    found = [f for f in check(rendered(files)).findings if f.rule == "reference"]
    assert [f.advice.partition("They name ")[2].startswith(ids) for f in found] == [True]


@pytest.mark.parametrize("count", [20, 21])
def test_20_lines_of_a_column_are_on_the_page(count):
    files = clean(V1)
    for row in files["School.csv"][1 : count + 1]:
        row[1] = ""
    page = render(check(rendered(files)), "set", datetime(2026, 11, 28, tzinfo=UTC))
    assert "20, 21" in page
    assert ("and 1 more" in page) == (count == 21)
    assert "21, 22" not in page


@pytest.mark.parametrize("character", [*ascii_letters, *digits])
def test_letters_and_digits_make_another_id(character):
    assert not nearly({f"7{character}7".encode()}, [b"77"])
    assert not nearly({b"77"}, [f"7{character}7".encode()])


@pytest.mark.parametrize("mark", "-_./\\:+,;|#{}()[]'\u2019")
def test_punctuation_is_a_difference(mark):
    assert nearly({f"7a{mark}7".encode()}, [b"7a7"]) == {f"7a{mark}7".encode(): (b"7a7", "punctuation")}
    assert "punctuation" in DIFFERENCES


@pytest.mark.parametrize("word", TOTALS)
def test_every_word_of_a_report(word):
    assert stranger(f"{word}: 12,,".encode()) == STRANGERS[2][0]
    assert not stranger(f"{word}x 12,y,".encode())


@pytest.mark.parametrize("word", ROWS)
def test_every_word_for_rows(word):
    assert stranger(f"(12 {word}),,".encode()) == STRANGERS[1][0]
    assert not stranger(f"(12 x{word}),,".encode())


def test_a_stop_of_the_command_is_130(tmp_path, monkeypatch):
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_checked", stopped)
    assert command.main([str(tmp_path)]) == 130
    assert (command.TAKEN, command.REFUSED, command.UNUSABLE) == (0, 3, 2)


@pytest.mark.parametrize("table", [*RULES.values(), *FORMATS, *(spec for form in FORMATS for spec in form.files)])
def test_tables_are_read_only(table):
    with pytest.raises(AttributeError, match="immutable"):
        table.id = "x"


MUTABLE = {"findings._Group", "references._Dangling", "references._Found", "quoting.Cut", "columns.Rule"}
"""What is filled while a file is read."""


def test_what_goes_in_and_out_is_read_only():
    for package in (shared.formats, shared.verification, rules):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    structs = [
        kind for kind in _kinds(msgspec.Struct) if kind.__module__.startswith(("shared.formats", "shared.verif"))
    ]
    assert len(structs) > 20
    mutable = [kind for kind in structs if not kind.__struct_config__.frozen]
    assert {f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}" for kind in mutable} == MUTABLE


def _kinds(kind):
    return [kind, *(below for direct in kind.__subclasses__() for below in _kinds(direct))]


def test_the_nearest_are_those_of_the_first_three_wrong_values():
    said = nearest_allowed(GRADE, frozenset(), [b"9th", b"10th", b"11th", b"12th"])
    assert said.startswith("09, 10, 11, ")
    assert not said.startswith("09, 10, 11, 12")
    assert nearest_allowed(GRADE, frozenset(), [b"12th"]).startswith("12, ")


@pytest.mark.parametrize(("size", "bar"), [(16 * 1024 * 1024 - 1, False), (16 * 1024 * 1024, True)])
def test_a_long_set_has_a_progress_bar(size, bar, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with command._progress([Source("a.csv", size, list)], quiet=False) as progress:
        assert (progress is not None) == bar
    with command._progress([Source("a.csv", size, list)], quiet=True) as progress:
        assert progress is None


@pytest.mark.parametrize("joined", [b"'x\n", b"a\n'x\n", b"1.0\n", b"a\n1.0\n", b"5-Jan\n", b"1/2/26\n", b"1.2.2026\n"])
def test_one_id_that_was_changed_is_enough(joined):
    assert changed_ids(joined)
    assert not changed_ids(joined.replace(b"'", b"x").replace(b".0\n", b"\n").replace(b"-", b"").translate(None, b"/."))


def test_pairs_above_the_limit_are_told_where_they_begin(monkeypatch):
    monkeypatch.setattr(repeats, "RECORDS", 10)
    found = [f for f in check(rendered(clean(V1))).findings if f.rule == "notChecked"]
    assert found
    assert all(f.lines for f in found)
