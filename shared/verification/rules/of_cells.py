"""The rules about the value of a cell, and about what it refers to."""

from ..model import (
    ARRAY,
    BLANKS,
    CHANGED,
    CHANGED_HERE,
    COUNTED_UP,
    GONE,
    GROUPED,
    HARDLY,
    IN_ALL,
    IN_KNOWN,
    JOINED,
    NOTHING_SHAPE,
    OTHER_CELL,
    OTHER_COLUMN,
    OTHER_NAME,
    OTHER_SCHOOL,
    PUSHED,
    SAME_NAME,
    SAME_PEOPLE,
    SEVERAL,
    ids_of,
    not_commas,
)
from ..suspects import AS_BYTES, ENTITY, ESCAPED, IN_ADDRESS, IN_MAIL, OBJECT
from .rule import DOCUMENTED, JUDGED, SEEN, Rule

_FILL_IN = (
    "A database or a script has written a word for nothing there: fill in the value, or, if the column may be empty, "
    "leave it so."
)
_CHANGED_HERE = "A spreadsheet has changed it: export it again, and send it without opening and saving it."
_WRITTEN_FOR_OTHERS = (
    "It was written for a web page or a program, and would be seen so in Teams: let the export write the characters "
    "themselves, as UTF-8."
)

CELLS = (
    Rule(
        "missingValue",
        "error",
        DOCUMENTED,
        "{n} row(s) have missing data for the field - {column}.",
        "Fill it in for every row.",
        of_shape={
            NOTHING_SHAPE: _FILL_IN,
            GROUPED: "A row before them has it: a report that shows it once for a group, or merged cells, leave it out "
            "below. Let the export write it in every row, and don't remove the rows.",
            PUSHED: "The last row has nothing else: from here on the column was moved down by a row, and each row has "
            "the value of the one before. Export again; don't fill it in by hand, and remove no row.",
        },
    ),
    Rule(
        "nullWord",
        "warning",
        SEEN,
        "{n} row(s) have a word for nothing, {shape}, in the field - {column}.",
        "Let the export leave the cell empty: the service takes the word for the value.",
    ),
    Rule(
        "spreadsheet",
        "warning",
        SEEN,
        "{n} row(s) have a value in the field - {column} that went through a spreadsheet: it has {shape}.",
        "Export again and send the file as it is, without opening and saving it; or format the column as text first.",
    ),
    Rule(
        "damagedText",
        "warning",
        SEEN,
        "{n} row(s) have damaged text in the field - {column}: {shape}.",
        "The text was decoded wrongly before it got here, and would be seen so in Teams: set the export to UTF-8.",
        of_shape={
            **dict.fromkeys((ENTITY, ESCAPED, IN_ADDRESS, IN_MAIL), _WRITTEN_FOR_OTHERS),
            OBJECT: "A script has written what it holds in place of what is in it: let it write the text.",
            AS_BYTES: "A script has written bytes as Python shows them: let it decode them before.",
        },
    ),
    Rule(
        "controlCharacter",
        "warning",
        SEEN,
        "{n} row(s) have an invisible character inside of the field - {column}: {shape}.",
        "Remove it in the school's system; it was pasted there.",
    ),
    Rule(
        "repeatedRow",
        "warning",
        SEEN,
        "{n} row(s) are the same as an earlier one, cell by cell.",
        "Nothing is lost; let the export write each row once.",
        of_shape={
            IN_KNOWN: "Nothing differs in the columns that the format has, so nothing is lost; let the export write "
            "each once, without what it joins to them, as a row for each class."
        },
    ),
    Rule(
        "duplicate",
        "warning",
        DOCUMENTED,
        "{n} duplicates found in column {column} which requires values to be Unique.",
        "Give each its own value{detail}",
        industry="error",
        of_shape={
            SAME_NAME: "They have the same user name too: it is one and the same person. Keep the row that is right."
            "{detail}",
            OTHER_NAME: "They have different user names, so they seem to be different people: give each their own id. "
            "If it is one person, write the same user name in both rows.",
            OTHER_SCHOOL: "They have different user names and schools: the ids seem to be unique within a school only. "
            "Let the export put the school's id in front, in every file. If it is one person, write the same user name "
            "in both rows.",
            NOTHING_SHAPE: "A database or a script has written a word for nothing there: fill in the value, in the "
            "first of them too; don't remove the rows.",
            "*": "They have {shape}, so different ones may have become the same. Export them again as they were: "
            "don't remove the rows.",
        },
    ),
    Rule(
        "otherSchool",
        "warning",
        SEEN,
        "{n} duplicates found in column {column} which requires values to be Unique: further schools of people.",
        "Nothing is to be done if the person is in each of the schools: SDS V1 has a row for every school of a person. "
        "Keep id and user name the same in all of them.",
    ),
    Rule(
        "duplicateRow",
        "warning",
        JUDGED,
        "{n} duplicates found in columns {detail} which together require values to be Unique.",
        "Nothing is lost; let the export write each once.",
    ),
    Rule(
        "nearDuplicate",
        "warning",
        SEEN,
        "{n} value(s) of column {column} differ from an earlier one in {shape} alone.",
        "If it is one and the same, write it in one way; if not, give one of them another: sign-in ignores case.",
        of_shape={BLANKS: "The service takes them for two. If it is one and the same, write it in one way."},
    ),
    Rule(
        "sharedId",
        "warning",
        SEEN,
        "{n} value(s) of column {column} are in {detail} too.",
        "If two people have one id, one of them gets the other's account: give each their own.",
        of_shape={
            SAME_PEOPLE: "Hardly anybody of this file is missing in {detail}: one of the two may have been exported "
            "in place of the other, or with the people of both. Let each hold its own people, and export again."
        },
    ),
    Rule(
        "reference",
        "error",
        DOCUMENTED,
        "{n} row(s) have referenced data not found in source. Field - {column}.",
        "Add what is missing to {detail}, or correct the value.",
        optional="warning",
        of_shape={
            "*": "{detail} has it, written in another way; the difference: {shape}. Write it in the same way in both "
            "files: don't remove the rows.",
            ids_of("Teacher.csv"): "They are teachers: put the rows into TeacherRoster.csv.",
            ids_of("Student.csv"): "They are students: put the rows into StudentEnrollment.csv.",
            SEVERAL: "The cell holds several ids, all of them in {detail}: write a row for each.",
            HARDLY: "Hardly any value of the column is in {detail}: it may hold something else (a number, a user name, "
            "a name), or the files are of two exports. Let the export write the ids of {detail} into it: don't remove "
            "the rows.",
            OTHER_COLUMN: "They are the values of {detail}, not the ids: let the export write those into the column. "
            "Don't remove the rows.",
            OTHER_CELL: "{detail} hold each other's ids in these rows: they may come from an export whose columns have "
            "another order. Exchange the two cells there; don't remove the rows.",
            COUNTED_UP: "A spreadsheet has filled the column by counting on from the cell above: export again, and "
            "send the file without opening and saving it. Add none of them to {detail}.",
            OBJECT: "A script has written what it holds in place of an id: let it write that. Don't remove the rows.",
            ARRAY: "All of them are in {detail}: leave out the brackets, and the marks around each.",
            GONE: "They name {detail}. Put back what is missing. If it is gone for good, export all files again "
            "together, so that nothing names it. Don't remove the rows.",
            CHANGED: "A spreadsheet has changed ids in {detail}: export that again, and send it as it is; don't remove "
            "the rows.",
            **dict.fromkeys(
                map(not_commas, JOINED),
                "All of them are in {detail}: join the ids of a cell with commas, in quotation marks.",
            ),
            CHANGED_HERE: _CHANGED_HERE + " Don't remove the rows.",
            NOTHING_SHAPE: _FILL_IN,
        },
    ),
    Rule(
        "referenceFile",
        "warning",
        DOCUMENTED,
        "{n} row(s) have referenced data not found in source. Field - {column}.",
        "The set has no {detail}: add it, or leave the column empty.",
    ),
    Rule(
        "hanging",
        "warning",
        DOCUMENTED,
        "{n} row(s) refer to rows of {detail} that the service drops for their errors, and are dropped with them. "
        "Field - {column}.",
        "Correct those rows first.",
    ),
    Rule(
        "parentCycle",
        "warning",
        DOCUMENTED,
        "{n} row(s) are their own parent, directly or through others. Field - {column}.",
        "Give the topmost one no parent.",
    ),
    Rule(
        "contactDetails",
        "warning",
        DOCUMENTED,
        "{n} row(s) name a contact without given name, family name or e-mail. Field - {column}.",
        "Fill in givenName, familyName and email of the contact in users.csv.",
    ),
    Rule(
        "value",
        "error",
        DOCUMENTED,
        "{n} row(s) have an invalid format for the field - {column}.",
        "Use a value of the list: {detail}. If your tenant has added values, name them in SDS_ALLOWED_VALUES.",
        optional="warning",
        of_shape={NOTHING_SHAPE: _FILL_IN, "*": _CHANGED_HERE},
    ),
    Rule(
        "date",
        "error",
        DOCUMENTED,
        "{n} row(s) have an invalid format for the field - {column}.",
        "Write dates as YYYY-MM-DD.{detail}",
        optional="warning",
        of_shape={NOTHING_SHAPE: _FILL_IN, "*": _CHANGED_HERE},
    ),
    Rule(
        "dateOrder",
        "error",
        DOCUMENTED,
        "{n} row(s) have an invalid format for the field - {column}.",
        "The date is before the one in {detail}.",
        optional="warning",
        of_shape={IN_ALL: "Each date is before the one in {detail}: exchange the names of the two columns."},
    ),
    Rule(
        "year",
        "error",
        DOCUMENTED,
        "{n} row(s) have an invalid format for the field - {column}.",
        "Write the year as YYYY.",
        optional="warning",
        of_shape={NOTHING_SHAPE: _FILL_IN, "*": _CHANGED_HERE},
    ),
    Rule(
        "phone",
        "error",
        DOCUMENTED,
        "{n} row(s) have an invalid format for the field - {column}.",
        "Write phone numbers as +, country code, number, without blanks (E.164).",
        optional="warning",
        of_shape={NOTHING_SHAPE: _FILL_IN, "*": _CHANGED_HERE},
    ),
    Rule(
        "email",
        "error",
        DOCUMENTED,
        "{n} row(s) have an invalid format for the field - {column}.",
        "Write a whole e-mail address: name@domain.{detail}",
        optional="warning",
        of_shape={NOTHING_SHAPE: _FILL_IN, "*": _CHANGED_HERE},
    ),
    Rule(
        "boolean",
        "error",
        DOCUMENTED,
        "{n} row(s) have an invalid format for the field - {column}.",
        "Write true or false.",
        optional="warning",
        of_shape={NOTHING_SHAPE: _FILL_IN, "*": _CHANGED_HERE},
    ),
    Rule(
        "username",
        "warning",
        DOCUMENTED,
        "{n} row(s) have an invalid format for the field - {column}.",
        "Use letters, digits and ' . - _ ! # ^ ~, at most 64 before an @; at most one @, with a domain of at most 48.",
    ),
    Rule(
        "usernameDomain",
        "warning",
        DOCUMENTED,
        "{n} row(s) have an invalid format for the field - {column}.",
        "The user name has no @domain, which SDS V2.1 needs unless the profile appends one.",
    ),
    Rule(
        "mailNickname",
        "warning",
        DOCUMENTED,
        "{n} row(s) have an invalid format for the field - {column}.",
        "It becomes part of a group's mail address: use letters, digits, - . and _ only, at most 56.",
    ),
    Rule(
        "length",
        "warning",
        DOCUMENTED,
        "{n} row(s) have an invalid format for the field - {column}.",
        "The value is longer than the {detail} characters that Entra ID takes.",
    ),
)
