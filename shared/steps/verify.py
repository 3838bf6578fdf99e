"""Verify: our own check of the snapshot, before anything is sent."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..decide import Plan
from ..formats import FORMATS
from ..record import Current, Ending, Record
from ..report import Finding, Report, write
from ..snapshot import prefix
from .room import SMALL, Room, log

if TYPE_CHECKING:
    from ..verification import Source, Verification

EMPTY = "people.noRows"


def verify(room: Room, profile: str, instance: str, _plan: Plan | None = None) -> Plan | None:
    """Check the files, count their rows and bytes, and decide whether they are to be sent."""
    version = room.version(profile)
    record, current = version.record, version.record.current
    if current is None or current.stage != "taken" or not current.cleared:
        return None
    from ..verification import verify as check

    form = next(form for form in FORMATS if form.id == current.drop.format)
    beat = room.heartbeat(profile, instance)
    checked = check(
        _sources(room, profile, current, beat),
        format=form,
        service=room.settings.api,
        allow=room.settings.allowed_values,
        allow_empty=room.settings.allow_empty,
    )
    current = _counted(current, checked)
    findings = _groups(checked)
    if findings:
        report = Report(
            profile=profile, run_id=current.run_id, api=room.settings.api, drop=current.drop, preflight=findings
        )
        write(room.store, room.settings, room.folder(profile, current.run_id), report)
    ending = _ending(room, record, current, findings)
    counts = checked.counts
    log.info(
        "%s: run %s checked: %d errors, %d warnings",
        profile,
        current.run_id,
        counts["error"],
        counts["warning"],
    )

    def swap(run: Current) -> Current | None:
        if run.stage != "taken":
            return None
        return replace(
            run, drop=current.drop, findings=bool(findings), stage="ended" if ending else "checked", ending=ending
        )

    room.change_run(profile, current.run_id, swap, instance=instance, known=version)
    return Plan("report") if ending else None


def _sources(room: Room, profile: str, current: Current, beat: Callable[[], None]) -> "list[Source]":
    """The files' readers. Small files are read at once, together; large ones in pieces, when it is their turn."""
    from ..verification import Source

    files = current.drop.files
    readers = {file.name: _reader(room, prefix(profile, current.run_id) + file.name, beat) for file in files}
    small = [file.name for file in files if file.size <= SMALL]
    contents = room.together(lambda name: list(readers[name]()), small)
    readers |= {name: chunks.__iter__ for name, chunks in zip(small, contents, strict=True)}
    return [Source(file.name, file.size, readers[file.name]) for file in files]


def _reader(room: Room, name: str, beat: Callable[[], None]) -> Callable[[], Iterator[bytes]]:
    def chunks() -> Iterator[bytes]:
        for chunk in room.store.stream(room.settings.run_container, name):
            beat()
            yield chunk

    return chunks


def _counted(current: Current, checked: "Verification") -> Current:
    results = {result.name: result for result in checked.files}
    files = tuple(
        replace(file, sha256=results[file.name].sha256, rows=results[file.name].rows) for file in current.drop.files
    )
    return replace(current, drop=replace(current.drop, files=files))


def _groups(checked: "Verification") -> tuple[Finding, ...]:
    return tuple(
        Finding(f.type, f.rule, f.file_name, f.line, f.column, f.count, f.description, f.lines)
        for f in checked.findings
        # Whether a set without its optional files is complete was decided when it was taken.
        if not (f.rule == "missingFile" and f.type == "warning")
    )


def _ending(room: Room, record: Record, current: Current, findings: tuple[Finding, ...]) -> Ending | None:
    now = room.now()
    accepted = record.accepted
    digests = {file.upload: file.sha256 for file in current.drop.files}
    if accepted and room.settings.unchanged == "skip" and accepted.ended_well and accepted.digests == digests:
        return Ending("unchanged", now)
    if any(finding.rule == EMPTY and finding.type == "error" for finding in findings):
        return Ending("rejectedBeforeUpload", now)
    if room.settings.preflight == "block" and any(finding.type == "error" for finding in findings):
        return Ending("rejectedBeforeUpload", now)
    return None
