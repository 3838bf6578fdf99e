"""The rules as a table: what each is called, how bad it is, what it says. docs/verification.md explains each.

The first sentence of a rule that the classic service has too follows its wording
(learn.microsoft.com/graph/api/educationsynchronizationprofile-start), with its `{n} row(s)`; ours then gives
the place and what to do.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from .model import BLANKS, HARDLY, NOTHING_SHAPE, SAME_NAME, Scope, Service, Type, ids_of


class Rule(msgspec.Struct, frozen=True):
    """One rule. Its words may hold {n}, {column}, {shape}, and what the finder passes as `detail`."""

    id: str
    type: Type
    """Where a value is required, and for whole files and rows."""
    says: str
    advice: str = ""
    of_shape: Mapping[str, str] = {}
    """The advice where it is known what about the values is wrong, by the shape; `*`: whichever it is."""
    optional: Type | None = None
    """Where the value is optional; None: as `type`."""
    industry: Type | None = None
    """For the industry data service, if it does something else with the row; None: as `type`."""

    def severity(self, service: Service, need: Literal["required", "optional"]) -> Type:
        """How bad it is: an error makes the service refuse the set or drop the record, a warning the value."""
        if need == "optional" and self.optional:
            return self.optional
        return self.industry or self.type if service == "industryData" else self.type


_SET = (
    # what the names of a folder amount to is said by `formats.classify`, in its own words
    Rule("unknownFormat", "error", "{detail}"),
    Rule("refusedFormat", "error", "{detail}"),
    Rule("mixedFormats", "error", "{detail}"),
    Rule("duplicateFile", "error", "{detail}"),
    Rule("fileNameCase", "warning", "{detail}"),
    Rule("archive", "warning", "{detail}"),
    Rule("unknownFile", "warning", "{detail}"),
    Rule(
        "missingFile",
        "error",
        "The file is missing from the set.",
        "Add it{detail}",
        optional="warning",
    ),
    Rule(
        "set.tooLarge",
        "error",
        "The set has {detail}: it was not read.",
        "Export less, or let an administrator raise the setting.",
    ),
)
_FILE = (
    Rule(
        "file.tooLarge",
        "error",
        "The file has {detail}: it was not read.",
        "Export less, or let an administrator raise the setting.",
    ),
    Rule(
        "emptyFile",
        "error",
        "The file has no content.",
        "Export it again; it needs at least a header row. A run waits for it: 0 bytes may still be being written.",
    ),
    Rule("notText", "error", "The file is no CSV text; it looks like {detail}.", "Export it as CSV UTF-8."),
    Rule("encoding", "error", "{n} row(s) are not UTF-8; they look like {shape}.", "Save the file as CSV UTF-8."),
    Rule("wideText", "error", "The file is {detail} text, not UTF-8.", "Save it as CSV UTF-8."),
    Rule("nul", "error", "{n} row(s) hold NUL characters.", "Export the file again: it is damaged."),
    Rule(
        "cutOff",
        "error",
        "The file is cut off at its end, {shape}.",
        "Export it again, or copy it again: it is not whole.",
    ),
    Rule(
        "endMark",
        "warning",
        "The file ends with {shape}.",
        "Nothing is lost here; let the export leave it out: the service may take it for a row.",
    ),
    Rule(
        "delimiter",
        "error",
        "The columns are separated by {detail}, not by commas.",
        "Export the file with commas.",
    ),
    Rule(
        "quotedLines",
        "error",
        "Whole lines are in quotation marks, so that each is a single cell.",
        "Export the file again; a spreadsheet or an editor has put the marks there.",
    ),
    Rule(
        "apostrophes",
        "error",
        "Cells are in apostrophes, not in quotation marks.",
        'Let the export write quotation marks ("), or none: the service takes apostrophes for a part of the value.',
    ),
    Rule(
        "wrongFile",
        "error",
        "The columns are those of {detail}.",
        "Put the right content into the file; the export has mixed up two.",
    ),
    Rule(
        "noHeader",
        "error",
        "The first line isn't a header row.",
        "Put the column names of {detail} in the first line.",
        of_shape={
            "*": "It is {shape}. Remove it, so that the column names of {detail} are in the first line.",
            "JSON": "It is JSON, not CSV. Export {detail} as CSV.",
            "an error message": "It is an error message of what should have written the file. Export {detail} again.",
        },
    ),
    Rule(
        "headerStyle",
        "error",
        "{n} column(s) are in the header, written in another way: {shape}.",
        "Name them exactly so: {detail}.",
        optional="warning",
    ),
    Rule(
        "missingColumn",
        "error",
        "The required column {column} is missing.",
        "Add it; headers are matched exactly, case included.{detail}",
    ),
    Rule(
        "optionalColumns",
        "warning",
        "The classic service wants the headers of optional columns too; missing: {detail}.",
        "Add them; their cells may be empty.",
    ),
    Rule("duplicateColumn", "error", "The header has the column {column} more than once.", "Keep one of them."),
    Rule(
        "nearColumn",
        "warning",
        "The column {column} is unknown; its values would be lost.",
        "Did you mean {detail}? Headers are matched exactly, case included.",
    ),
    Rule(
        "unknownColumn",
        "information",
        "The format has no column {column}; its values are not used.",
        "Leave it, or remove it from the export.",
    ),
    Rule(
        "tooManyColumns",
        "error",
        "The header has more than {detail} columns.",
        "Check the delimiter and the line ends of the file; the rest of it was not checked.",
    ),
    Rule(
        "repeatedHeader",
        "error",
        "The header row is there again, {n} time(s) below the first line.",
        "Delete those rows: files were put together with their headers. The service takes them for records.",
    ),
    Rule(
        "noRows",
        "warning",
        "The file has a header and no rows.",
        "If that isn't meant, export it again: whatever is missing counts as gone.",
    ),
    Rule(
        "swappedColumns",
        "error",
        "The columns {detail} hold each other's ids, in {n} row(s).",
        "Swap the column names, or let the export write the ids the other way round.",
    ),
    Rule(
        "people.noRows",
        "error",
        "The file has a header and no rows: everybody in it would become inactive.",
        "Export it again; if it is meant, set SDS_ALLOW_EMPTY=true (in the command: --allow-empty).",
        optional="warning",
    ),
    Rule(
        "tooManyRows",
        "error",
        "{n} row(s) are above the limit of 500000 rows in a file.",
        "Split the set over two profiles. Those rows were counted, not checked.",
        industry="warning",
    ),
    Rule(
        "notChecked",
        "information",
        "The file has more than can be checked.",
        "Duplicates and references were not checked from here on, or, if its quoting is broken all over, nothing was.",
    ),
    Rule(
        "lineTooLong",
        "error",
        "A line is longer than {detail} bytes.",
        "Check the line ends of the file; the rest of it was not checked.",
    ),
    Rule(
        "unclosedQuote",
        "error",
        "{n} row(s) have a quotation mark that is never closed.",
        "Close it, or double it inside of a quoted cell.",
    ),
)
_ROW = (
    Rule(
        "strayQuote",
        "error",
        "{n} row(s) have a quotation mark in the wrong place.",
        "Put quotation marks around the whole cell and double those inside of it.",
    ),
    Rule(
        "columnCount",
        "error",
        "{n} row(s) have {shape}.",
        of_shape={
            "more cells than the header": "Put quotation marks around cells that hold a comma.",
            "fewer cells than the header": "Look for a line break inside of the row, or for cells that the export "
            "leaves out.",
        },
    ),
    Rule(
        "lineBreak",
        "error",
        "{n} row(s) have a line break inside of the field - {column}.",
        "Remove it: a cell must be on one line.",
    ),
    Rule("blankLine", "warning", "{n} line(s) between the rows are blank.", "Remove them."),
    Rule(
        "noRecord",
        "error",
        "{n} row(s) are no records: {shape}.",
        "Let the tool that writes the file leave such lines out; the service takes them for records.",
    ),
    Rule("emptyRow", "warning", "{n} row(s) are empty: nothing but commas.", "Delete them; spreadsheets leave them."),
    Rule(
        "surplusCells",
        "warning",
        "{n} row(s) have more cells than the header, and the surplus ones are empty.",
        "Nothing is lost; let the export write as many cells as the header has.",
    ),
    Rule(
        "fewerCells",
        "warning",
        "{n} row(s) end before the last columns, which are optional: the missing cells count as empty.",
        "Let the export write an empty cell for each of them; spreadsheets leave out the last ones.",
    ),
    Rule(
        "whitespace",
        "warning",
        "{n} row(s) have blanks or invisible characters around the value in the field - {column}.",
        "Remove them: values are compared exactly.",
    ),
)
_CELL = (
    Rule(
        "missingValue",
        "error",
        "{n} row(s) have missing data for the field - {column}.",
        "Fill it in for every row.",
    ),
    Rule(
        "nullWord",
        "warning",
        "{n} row(s) have a word for nothing, {shape}, in the field - {column}.",
        "Let the export leave the cell empty: the service takes the word for the value.",
    ),
    Rule(
        "spreadsheet",
        "warning",
        "{n} row(s) have a value in the field - {column} that went through a spreadsheet: it has {shape}.",
        "Export again and send the file as it is, without opening and saving it; or format the column as text first.",
    ),
    Rule(
        "damagedText",
        "warning",
        "{n} row(s) have damaged text in the field - {column}: {shape}.",
        "The text was decoded wrongly before it got here, and would be seen so in Teams: set the export to UTF-8.",
    ),
    Rule(
        "controlCharacter",
        "warning",
        "{n} row(s) have an invisible character inside of the field - {column}: {shape}.",
        "Remove it in the school's system; it was pasted there.",
    ),
    Rule(
        "repeatedRow",
        "warning",
        "{n} row(s) are the same as an earlier one, cell by cell.",
        "Nothing is lost; let the export write each row once.",
    ),
    Rule(
        "duplicate",
        "warning",
        "{n} duplicates found in column {column} which requires values to be Unique.",
        "Give each its own value, or keep one row if it is one and the same.",
        industry="error",
        of_shape={
            SAME_NAME: "They have the same user name too: it is one and the same person. Keep the row that is right."
            "{detail}",
            "*": "They have {shape}, so different ones may have become the same. Export them again as they were: "
            "don't remove the rows.",
        },
    ),
    Rule(
        "otherSchool",
        "warning",
        "{n} duplicates found in column {column} which requires values to be Unique: further schools of people.",
        "Nothing is to be done if the person is in each of the schools: SDS V1 has a row for every school of a person. "
        "Keep id and user name the same in all of them.",
    ),
    Rule(
        "duplicateRow",
        "warning",
        "{n} duplicates found in columns {detail} which together require values to be Unique.",
        "Nothing is lost; let the export write each once.",
    ),
    Rule(
        "nearDuplicate",
        "warning",
        "{n} value(s) of column {column} differ from an earlier one in {shape} alone.",
        "If it is one and the same, write it in one way; if not, give one of them another: sign-in ignores case.",
        of_shape={BLANKS: "The service takes them for two. If it is one and the same, write it in one way."},
    ),
    Rule(
        "sharedId",
        "warning",
        "{n} value(s) of column {column} are in {detail} too.",
        "If two people have one id, one of them gets the other's account: give each their own.",
    ),
    Rule(
        "reference",
        "error",
        "{n} row(s) have referenced data not found in source. Field - {column}.",
        "Add what is missing to {detail}, or correct the value.",
        optional="warning",
        of_shape={
            "*": "{detail} has it, written in another way; the difference: {shape}. Write it in the same way in both "
            "files: don't remove the rows.",
            ids_of("Teacher.csv"): "They are teachers: put the rows into TeacherRoster.csv.",
            ids_of("Student.csv"): "They are students: put the rows into StudentEnrollment.csv.",
            HARDLY: "Hardly any value of the column is in {detail}: it may hold something else (a number, a user name, "
            "a name), or the files are of two exports. Let the export write the ids of {detail} into it: don't remove "
            "the rows.",
            NOTHING_SHAPE: "A database or a script has written it for nothing: fill in the value.",
        },
    ),
    Rule(
        "referenceFile",
        "warning",
        "{n} row(s) have referenced data not found in source. Field - {column}.",
        "The set has no {detail}: add it, or leave the column empty.",
    ),
    Rule(
        "hanging",
        "warning",
        "{n} row(s) refer to rows of {detail} that the service drops for their errors, and are dropped with them. "
        "Field - {column}.",
        "Correct those rows first.",
    ),
    Rule(
        "parentCycle",
        "warning",
        "{n} row(s) are their own parent, directly or through others. Field - {column}.",
        "Give the topmost one no parent.",
    ),
    Rule(
        "contactDetails",
        "warning",
        "{n} row(s) name a contact without given name, family name or e-mail. Field - {column}.",
        "Fill in givenName, familyName and email of the contact in users.csv.",
    ),
    Rule(
        "value",
        "error",
        "{n} row(s) have an invalid format for the field - {column}.",
        "Use a value of the list: {detail}. If your tenant has added values, name them in SDS_ALLOWED_VALUES.",
        optional="warning",
    ),
    Rule(
        "date",
        "error",
        "{n} row(s) have an invalid format for the field - {column}.",
        "Write dates as YYYY-MM-DD.",
        optional="warning",
    ),
    Rule(
        "dateOrder",
        "error",
        "{n} row(s) have an invalid format for the field - {column}.",
        "The date is before the one in {detail}.",
        optional="warning",
    ),
    Rule(
        "year",
        "error",
        "{n} row(s) have an invalid format for the field - {column}.",
        "Write the year as YYYY.",
        optional="warning",
    ),
    Rule(
        "phone",
        "error",
        "{n} row(s) have an invalid format for the field - {column}.",
        "Write phone numbers as +, country code, number, without blanks (E.164).",
        optional="warning",
    ),
    Rule(
        "email",
        "error",
        "{n} row(s) have an invalid format for the field - {column}.",
        "Write a whole e-mail address: name@domain.",
        optional="warning",
    ),
    Rule(
        "boolean",
        "error",
        "{n} row(s) have an invalid format for the field - {column}.",
        "Write true or false.",
        optional="warning",
    ),
    Rule(
        "username",
        "warning",
        "{n} row(s) have an invalid format for the field - {column}.",
        "Use letters, digits and ' . - _ ! # ^ ~, at most 64 before an @; at most one @, with a domain of at most 48.",
    ),
    Rule(
        "usernameDomain",
        "warning",
        "{n} row(s) have an invalid format for the field - {column}.",
        "The user name has no @domain, which SDS V2.1 needs unless the profile appends one.",
    ),
    Rule(
        "mailNickname",
        "warning",
        "{n} row(s) have an invalid format for the field - {column}.",
        "It becomes part of a group's mail address: use letters, digits, - . and _ only, at most 56.",
    ),
    Rule(
        "length",
        "warning",
        "{n} row(s) have an invalid format for the field - {column}.",
        "The value is longer than the {detail} characters that Entra ID takes.",
    ),
)

RULES = {rule.id: rule for rule in (*_SET, *_FILE, *_ROW, *_CELL)}
_SCOPES: dict[Scope, tuple[Rule, ...]] = {"set": _SET, "file": _FILE, "row": (*_ROW, *_CELL)}
SCOPES: dict[str, Scope] = {rule.id: scope for scope, rules in _SCOPES.items() for rule in rules}
"""What each rule is about."""
