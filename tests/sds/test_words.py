"""A service's words are told without what they quote."""

import time

import pytest

from shared.sds.words import words

HIDDEN = "Ann Marker"


@pytest.mark.parametrize("pair", ["''", '""', "``", "\u201c\u201d", "\u2018\u2019", "\u201e\u201c", "\xab\xbb", "<>"])
def test_what_is_quoted_is_left_out(pair: str) -> None:
    assert words(f"The value {pair[0]}{HIDDEN}{pair[1]} is not valid.") == "The value […] is not valid."


@pytest.mark.parametrize(
    "text",
    [
        f"value '{HIDDEN}",
        f"value '{'x' * 400} {HIDDEN}'",
        f"value 'O'Neil {HIDDEN}' here",
        f'{{"message": "{HIDDEN}"}}',
        f'{{\\"message\\": \\"{HIDDEN}\\"}}',
        "for Ann.Marker@school.example",
        "for <Ann.Marker@school.example>",
        "(Ann.Marker@school.example)",
    ],
)
def test_neither_is_what_is_cut_nested_or_an_address(text: str) -> None:
    assert "Marker" not in words(text)


@pytest.mark.parametrize(
    "text",
    [
        "3 row(s) have missing data for the field - Section Name",
        "2 duplicates found in column Username which requires values to be Unique.",
        "RequiredFileNotFound: orgs.csv",
        "The pupils' file doesn't have the field 'Section SIS ID' of \"Section.csv\"",
        "Resource '11111111-2222-3333-4444-555555555555' does not exist.",
        "5 < 7 and 7 > 5",
    ],
)
def test_what_nobody_is_in_stays(text: str) -> None:
    assert words(text) == text


@pytest.mark.parametrize("piece", ["'", '"', "'a ", " '", "a@", "@", "<", "<a", "x" * 70, "\u201c"])
def test_time_is_bounded(piece: str) -> None:
    began = time.process_time()
    words(piece * 100_000, 1000)
    assert time.process_time() - began < 1
