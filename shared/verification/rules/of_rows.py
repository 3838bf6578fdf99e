"""The rules about a row as it is written."""

from ..model import (
    ALONE,
    CR_CR_LF,
    CURLY,
    ESCAPED_COMMAS,
    ESCAPED_QUOTES,
    MORE_ALL,
    MORE_BELOW,
    REST,
    TEMPLATE,
    TWO_ROWS,
)
from .rule import DOCUMENTED, SEEN, Rule

ROWS = (
    Rule(
        "strayQuote",
        "error",
        SEEN,
        "{n} row(s) have a quotation mark in the wrong place.",
        "Put quotation marks around the whole cell and double those inside of it.",
        of_shape={
            ESCAPED_QUOTES: "A backslash before it is read as text: let the export double quotation marks inside of "
            "cells, with no escape character."
        },
    ),
    Rule(
        "columnCount",
        "error",
        SEEN,
        "{n} row(s) have {shape}.",
        of_shape={
            "more cells than the header": "Put quotation marks around cells that hold a comma.",
            MORE_ALL: "The header lacks a name or a comma, or something stands in front of each row, as its number. "
            "Mend the header, or export the file again.",
            MORE_BELOW: "From there on the rows have another column: they come from an export of their own. Let all "
            "rows be written with the same columns, those of the header.",
            ESCAPED_COMMAS: "A backslash before a comma is read as text: let the export put quotation marks around "
            "such cells, with no escape character.",
            "fewer cells than the header": "Look for a line break inside of the row, or for cells that the export "
            "leaves out.",
            TWO_ROWS: "Put a line end between them: a file was put behind one whose last row has none.",
            CURLY: 'Put plain quotation marks (") around cells that hold a comma: curly ones are a part of the text.',
            "*": "Export the file with commas throughout.",
        },
    ),
    Rule(
        "lineBreak",
        "error",
        DOCUMENTED,
        "{n} row(s) have a line break inside of the field - {column}.",
        "Remove it: a cell must be on one line.",
    ),
    Rule(
        "blankLine",
        "warning",
        SEEN,
        "{n} line(s) between the rows are blank.",
        "Remove them.",
        of_shape={
            CR_CR_LF: "Each line end is there twice, as a transfer in text mode makes them: transfer the files in "
            "binary mode."
        },
    ),
    Rule(
        "noRecord",
        "error",
        SEEN,
        "{n} row(s) are no records: {shape}.",
        "Let the tool that writes the file leave such lines out; the service takes them for records.",
        of_shape={
            ALONE: "It may be the heading of a group, which the export must not write; or what is left where a column "
            "was moved down by a row: then export again. Don't fill it in by hand.",
            TEMPLATE: "Delete the row: it comes with the template of the file, and the service takes it for a record.",
            REST: "A line break in a cell has parted a row: remove it, or let the export write such cells on one line. "
            "The service takes the row before without what is missing there, so that a name may be cut off: both count "
            "as lost.",
        },
    ),
    Rule(
        "emptyRow",
        "warning",
        SEEN,
        "{n} row(s) are empty: nothing but commas.",
        "Delete them; spreadsheets leave them.",
    ),
    Rule(
        "surplusCells",
        "warning",
        SEEN,
        "{n} row(s) have more cells than the header, and the surplus ones are empty.",
        "Nothing is lost; let the export write as many cells as the header has.",
    ),
    Rule(
        "fewerCells",
        "warning",
        SEEN,
        "{n} row(s) end before the last columns, which are optional: the missing cells count as empty.",
        "Let the export write an empty cell for each of them; spreadsheets leave out the last ones.",
    ),
    Rule(
        "whitespace",
        "warning",
        DOCUMENTED,
        "{n} row(s) have blanks or invisible characters around the value in the field - {column}.",
        "Remove them: values are compared exactly.",
    ),
)
