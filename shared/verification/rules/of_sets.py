"""The rules about a set: its format, and which files it has."""

from .rule import DOCUMENTED, JUDGED, SEEN, Rule

SETS = (
    # what the names of a folder amount to is said by `formats.classify`, in its own words
    Rule("unknownFormat", "error", DOCUMENTED, "{detail}"),
    Rule("refusedFormat", "error", DOCUMENTED, "{detail}"),
    Rule("mixedFormats", "error", DOCUMENTED, "{detail}"),
    Rule("duplicateFile", "error", DOCUMENTED, "{detail}"),
    Rule("fileNameCase", "warning", DOCUMENTED, "{detail}"),
    Rule("archive", "warning", SEEN, "{detail}"),
    Rule("unknownFile", "warning", DOCUMENTED, "{detail}"),
    Rule(
        "missingFile",
        "error",
        DOCUMENTED,
        "The file is missing from the set.",
        "Add it{detail}",
        optional="warning",
    ),
    Rule(
        "exchangedFiles",
        "error",
        SEEN,
        "The rows of {detail} are about each other's people.",
        "Either these two are exchanged, or the files of the people are: put each under its own name, in the export.",
    ),
    Rule(
        "set.tooLarge",
        "error",
        JUDGED,
        "The set has {detail}: it was not read.",
        "Export less, or let an administrator raise the setting.",
    ),
)
