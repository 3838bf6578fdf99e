"""The tables of the formats, and which format a set of names is."""

import pytest

from shared.formats import FORMATS, format_of

V1, V21 = FORMATS


@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.id)
def test_the_tables_refer_only_to_what_they_have(format_):
    for spec in format_.files:
        names = [name for column in spec.columns for name in (column.name, *column.aliases)]
        assert len(names) == len(set(names))
        for column in spec.columns:
            if column.refers:
                target = format_.spec(column.refers[0])
                assert target
                found = target.column(column.refers[1])
                assert found
                assert found.unique
                assert found.required
        together = {*spec.unique, *(name for period in spec.periods for name in period), spec.contacts or ""} - {""}
        assert together <= set(names)
    for group in format_.together:
        assert all(format_.spec(name) for name in group)


def test_names_of_a_format():
    assert format_of(["School.csv", "student.CSV"]) is V1
    assert format_of(["orgs.csv", "userFlags.csv"]) is V21
    assert format_of(["orgs.csv", "userflags.csv"]) is V21
    assert format_of(["orgs.csv", "School.csv"]) is None
    assert format_of([]) is None


@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.id)
def test_names_match_without_case(format_):
    for spec in format_.files:
        assert format_.spec(spec.name.upper()) is spec
        assert format_.spec(spec.name + "x") is None


def test_the_headers_of_the_uk_are_the_same_columns():
    school = V1.spec("School.csv")
    assert school
    assert school.column("DfE Number") is school.column("SIS ID")
    assert school.column("sis id") is None
