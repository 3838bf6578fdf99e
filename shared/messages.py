"""What a person reads in a result: findings, the service's words and our own warnings as message entries."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from .formats import FORMATS
from .inbox import Survey, file_name
from .record import Current, Lack
from .reports import Finding
from .results import Counts, MessageEntry
from .sds.port import ServiceMessage
from .store import Blob
from .text import visible

EXPIRES_SOON = timedelta(days=30)
_ORDER = {"error": 0, "warning": 1, "information": 2}
_LONGEST = 1000

_RULES = {"missing": "missingFile", "stale": "file.stale", "empty": "emptyFile", "leased": "file.leased"}
_WORDS = {
    "stale": "is much older than the newest file: it is what an earlier, broken export left behind",
    "leased": "is locked by a lease, as a file that is still being written",
}
"""What only a run can find; the rest is said in the words of the check of a folder."""


def _type(text: str) -> Any:
    return text if text in _ORDER else "information"


def of_findings(findings: Iterable[Finding]) -> list[MessageEntry]:
    """Our own check's findings."""
    return [
        MessageEntry(
            _type(f.type), f.file_name, f.description[:_LONGEST], "preflight", f.rule, f.line, f.column, f.count
        )
        for f in findings
    ]


def of_service(messages: Iterable[ServiceMessage]) -> list[MessageEntry]:
    """The service's verification messages; a type that it invents is shown as information."""
    return [MessageEntry(_type(m.type), m.file_name, m.description[:_LONGEST], "service") for m in messages]


def of_run(current: Current, now: datetime) -> list[MessageEntry]:
    """What the run itself has to warn of."""
    warnings = [MessageEntry("warning", None, words, "preflight", "run.warning", count=1) for words in current.warnings]
    if current.expires is not None and current.expires - now < EXPIRES_SOON:
        words = (
            f"The profile expires on {current.expires:%Y-%m-%d}: set up its successor, "
            "and point the alias in SDS_PROFILES to it."
        )
        warnings.append(MessageEntry("warning", None, words, "preflight", "profile.expires", count=1))
    return warnings


def of_lacks(survey: Survey, *, stated: bool, alike: Mapping[str, str] = {}) -> list[MessageEntry]:
    """Why a set is not complete, file by file.

    `stated`: `SDS_FILES` says which files it has. `alike`: files beside it that have the columns of one that it lacks.
    """
    if not survey.files:
        return [_nothing(survey)]
    return [_lack(lack, survey.format, stated=stated, alike=alike.get(lack.name)) for lack in survey.lacks]


def of_changes(survey: Survey) -> MessageEntry:
    """That the files of an inbox don't come to rest, and which were written last."""
    words = (
        "The files have kept changing for a day, so the set could not be taken; last written: {names}. Let the system "
        "write each file once, or write elsewhere and copy the files here when they are done. The files stay; a "
        "whole set is taken once nothing is written for a while."
    )
    return _changing(survey, words, file_name)


def of_restless(survey: Survey, name: Callable[[Blob], str]) -> MessageEntry:
    """The same of files that belong to no set. `name`: what a person calls one."""
    words = (
        "Files that belong to no set have kept changing for a day; last written: {names}. Have the system write them "
        "elsewhere. They stay, and hold up no set; once nothing is written for a while, they are dealt with as ever."
    )
    return _changing(survey, words, name)


def _changing(survey: Survey, words: str, name: Callable[[Blob], str]) -> MessageEntry:
    last = sorted(survey.blobs, key=lambda blob: blob.modified, reverse=True)[:2]
    names = " and ".join(f"{visible(name(blob), 100)} (at {blob.modified:%H:%M:%S} UTC)" for blob in last)
    words = words.format(names=names)[:_LONGEST]
    return MessageEntry("error", name(last[0]) if last else None, words, "preflight", "file.changing", count=1)


def of_refusal(reason: str) -> list[MessageEntry]:
    """Why files were refused."""
    return [MessageEntry("error", None, reason, "preflight", "drop.invalid", count=1)]


def sorted_and_counted(entries: list[MessageEntry]) -> tuple[tuple[MessageEntry, ...], Counts]:
    """Worst first, with the counts of messages by type."""
    entries = sorted(entries, key=lambda entry: _ORDER[entry.type])
    counts = {kind: sum(entry.type == kind for entry in entries) for kind in _ORDER}
    return tuple(entries), Counts(**counts)


def _lack(lack: Lack, format_id: str | None, *, stated: bool, alike: str | None) -> MessageEntry:
    """What the check of a folder says too is said in its words."""
    from .verification.fileset import missing
    from .verification.rules import RULES

    rule = _RULES[lack.why]
    spec = next((spec for form in FORMATS if form.id == format_id and (spec := form.spec(lack.name))), None)
    if lack.why == "missing" and spec is not None:
        words = missing(spec, stated=stated, before=lack.accepted_before, near=lack.near, alike=alike)
    elif lack.why in _WORDS:
        also = " It was in the last accepted drop." if lack.accepted_before else ""
        words = f"{lack.name} {_WORDS[lack.why]}.{also}"
    else:
        words = f"{RULES[rule].says} {RULES[rule].advice.partition('{')[0]}"
    return MessageEntry("error", lack.name, words, "preflight", rule, count=1)


def _nothing(survey: Survey) -> MessageEntry:
    names = ", ".join(lack.name for lack in survey.lacks if lack.name)
    words = "No roster file has landed" + (f"; expected: {names}" if names else "")
    words += ". The files that are there move with the next set."
    words += f" {survey.advice}" if survey.advice else ""
    return MessageEntry("error", None, words, "preflight", "missingFile", count=1)
