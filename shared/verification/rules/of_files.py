"""The rules about a whole file: its bytes, its header, its quoting. An error of one refuses the set."""

from ..encoding import CESU_8, NARROW, beside_utf8
from ..model import (
    BROKEN_QUOTES,
    EXCHANGED,
    GLUED,
    LENGTHS,
    NAMES_JOINED,
    NOTHING_IN_IT,
    OTHER_NAMES,
    PARTED_NAME,
    RECORDS_BEHIND,
    SAME_TABLE,
    SEMICOLONS,
)
from .rule import DOCUMENTED, JUDGED, SEEN, Rule

FILES = (
    Rule(
        "file.tooLarge",
        "error",
        JUDGED,
        "The file has {detail}: it was not read.",
        "Export less, or let an administrator raise the setting.",
    ),
    Rule(
        "emptyFile",
        "error",
        JUDGED,
        "The file has no content.",
        "Export it again; it needs at least a header row. A run waits for it: 0 bytes may still be being written.",
    ),
    Rule("notText", "error", DOCUMENTED, "The file is no CSV text; it looks like {detail}.", "Export it as CSV UTF-8."),
    Rule(
        "encoding",
        "error",
        DOCUMENTED,
        "{n} row(s) are not UTF-8; they look like {shape}.",
        "Save the file as CSV UTF-8.",
        of_shape={
            CESU_8: "Let the database write real UTF-8: AL32UTF8 in Oracle, utf8mb4 in MySQL.",
            **dict.fromkeys(
                map(beside_utf8, NARROW),
                "Other rows are UTF-8: two files were put together that were written in two ways. Write both as UTF-8, "
                "and put them together then; to convert the whole file would damage the others.",
            ),
        },
    ),
    Rule("wideText", "error", DOCUMENTED, "The file is {detail} text, not UTF-8.", "Save it as CSV UTF-8."),
    Rule("nul", "error", SEEN, "{n} row(s) hold NUL characters.", "Export the file again: it is damaged."),
    Rule(
        "cutOff",
        "error",
        SEEN,
        "The file is cut off at its end, {shape}.",
        "Export it again, or copy it again: it is not whole.",
    ),
    Rule(
        "endMark",
        "warning",
        SEEN,
        "The file ends with {shape}.",
        "Nothing is lost here; let the export leave it out: the service may take it for a row.",
    ),
    Rule(
        "delimiter",
        "error",
        DOCUMENTED,
        "The columns are separated by {detail}, not by commas.",
        "Export the file with commas.",
    ),
    Rule(
        "quotedLines",
        "error",
        SEEN,
        "Whole lines are in quotation marks, so that each is a single cell.",
        "Export the file again; a spreadsheet or an editor has put the marks there.",
    ),
    Rule(
        "apostrophes",
        "error",
        JUDGED,
        "Cells are in apostrophes, not in quotation marks.",
        'Let the export write quotation marks ("), or none: the service takes apostrophes for a part of the value.',
    ),
    Rule(
        "quotedTwice",
        "error",
        JUDGED,
        "Cells are in quotation marks twice.",
        "Let the export add them once: what has them already is quoted again, and they become a part of the value.",
    ),
    Rule(
        "wrongFile",
        "error",
        DOCUMENTED,
        "The columns are those of {detail}.",
        "Put the right content into the file; the export has mixed up two.",
    ),
    Rule(
        "noHeader",
        "error",
        DOCUMENTED,
        "The first line isn't a header row.",
        "Put the column names of {detail} in the first line.",
        of_shape={
            "*": "It is {shape}. Remove it, and what else is above the column names of {detail}: they must be in the "
            "first line.",
            BROKEN_QUOTES: "It is {shape}. Put quotation marks around whole names, with nothing between them and the "
            "comma, or leave them out, in the rows too.",
            RECORDS_BEHIND: "It is {shape}: a line end was lost. Put one behind the last column name, and behind each "
            "record, or export {detail} again.",
            EXCHANGED: "It is {shape}. Export {detail} with the column names side by side in the first line.",
            NOTHING_IN_IT: "There is nothing in the file, not even column names: export {detail} again. It needs its "
            "header row even if it has no other.",
            LENGTHS: "It is what PowerShell's Export-Csv makes of texts: their lengths. Let it write objects, whose "
            "properties are the columns of {detail}.",
            OTHER_NAMES: "It has {shape}: they may be in another language. Write the names of {detail} in their place, "
            "exactly so.",
            PARTED_NAME: "It is {shape}. Let the export write every name on one line.",
            SEMICOLONS: "It is {shape}, as a spreadsheet adds them. Send {detail} as it was exported, without opening "
            "and saving it.",
            "JSON": "It is JSON, not CSV. Export {detail} as CSV.",
            "an error message": "It is an error message of what should have written the file. Export {detail} again.",
        },
    ),
    Rule(
        "headerStyle",
        "error",
        DOCUMENTED,
        "{n} column(s) are in the header, written in another way: {shape}.",
        "Name them exactly so: {detail}.",
        optional="warning",
    ),
    Rule(
        "missingColumn",
        "error",
        DOCUMENTED,
        "The required column {column} is missing.",
        "Add it; headers are matched exactly, case included.{detail}",
    ),
    Rule(
        "optionalColumns",
        "warning",
        DOCUMENTED,
        "The classic service wants the headers of optional columns too; missing: {detail}.",
        "Add them; their cells may be empty.",
    ),
    Rule(
        "duplicateColumn",
        "error",
        DOCUMENTED,
        "The header has the column {column} more than once.",
        "Keep one of them.",
    ),
    Rule(
        "nearColumn",
        "warning",
        SEEN,
        "The column {column} is unknown; its values would be lost.",
        "Did you mean {detail}? Headers are matched exactly, case included.",
        of_shape={NAMES_JOINED: "A comma is missing in it: it is {detail}."},
    ),
    Rule(
        "unknownColumn",
        "information",
        JUDGED,
        "The format has no column {column}; its values are not used.",
        "Leave it, or remove it from the export.",
    ),
    Rule(
        "tooManyColumns",
        "error",
        JUDGED,
        "The header has more than {detail} columns.",
        "Check the delimiter and the line ends of the file; the rest of it was not checked.",
    ),
    Rule(
        "repeatedHeader",
        "error",
        SEEN,
        "The header row is there again, {n} time(s) below the first line.",
        "Delete those rows: files were put together with their headers. The service takes them for records.",
        of_shape={
            GLUED: "A file was put behind one whose last row has no line end: put a line break after that row, and "
            "leave the header out. The service would lose the row."
        },
    ),
    Rule(
        "secondTable",
        "error",
        SEEN,
        "Another table begins in the file, with the columns of {detail}.",
        "Put each table into a file of its own. From there on nothing was checked.",
        of_shape={
            SAME_TABLE: "They are not those of the first line, or in another order: let the export write all rows "
            "under one header row, in its order. From there on nothing was checked."
        },
    ),
    Rule(
        "noRows",
        "warning",
        DOCUMENTED,
        "The file has a header and no rows.",
        "If that isn't meant, export it again: whatever is missing counts as gone.",
    ),
    Rule(
        "swappedColumns",
        "error",
        SEEN,
        "The columns {detail} hold each other's ids, in {n} row(s).",
        "Swap the column names, or let the export write the ids the other way round.",
        optional="warning",
    ),
    Rule(
        "people.noRows",
        "error",
        DOCUMENTED,
        "The file has a header and no rows: everybody in it would become inactive.",
        "Export it again; if it is meant, set SDS_ALLOW_EMPTY=true (in the command: --allow-empty).",
        optional="warning",
    ),
    Rule(
        "tooManyRows",
        "error",
        DOCUMENTED,
        "{n} row(s) are above the limit of 500000 rows in a file.",
        "Split the set over two profiles. Those rows were counted, not checked.",
        industry="warning",
    ),
    Rule(
        "notChecked",
        "information",
        JUDGED,
        "The file has more than can be checked.",
        "Duplicates and references were not checked from here on, or, if its quoting is broken all over, nothing was.",
    ),
    Rule(
        "lineTooLong",
        "error",
        JUDGED,
        "A line is longer than {detail} bytes.",
        "Check the line ends of the file; the rest of it was not checked.",
    ),
    Rule(
        "unclosedQuote",
        "error",
        SEEN,
        "{n} row(s) have a quotation mark that is never closed.",
        "Close it, or double it inside of a quoted cell.",
    ),
)
