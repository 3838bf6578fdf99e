"""Verify: our own check of the snapshot, before anything is sent."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..decide import Plan
from ..formats import FORMATS, classify
from ..learn import ended
from ..life import may, moved
from ..lines import line
from ..record import Accepted, Current, DropFile, Ending, Hold
from ..reports import Finding, Report, write
from ..results import RemovedEntry
from ..settings import Settings
from ..snapshot import prefix
from .work import SMALL, EditedRun, Work, log

if TYPE_CHECKING:
    from ..verification import Finding as Found
    from ..verification import Source, Verification
    from .removal import Guard

ALWAYS = ("people.noRows",)
"""Rules whose errors refuse a set even with SDS_PREFLIGHT=report: it would empty a school."""


def verify(work: Work, _plan: Plan | None = None) -> Plan | None:
    """Check the files, count their rows and bytes, and decide whether they are to be sent."""
    version = work.version()
    record, current = version.record, version.record.current
    if current is not None and current.stage == "held":
        _approve(work, current)
        return None
    if current is None or current.stage != "cleared":
        return None
    unread = _not_to_be_read(work.settings, current.drop.files)
    if unread:
        return _decided(work, current, unread, Ending("rejectedBeforeUpload", work.now()))
    from .removal import Guard

    guard = Guard(work, current)
    checked = _checked(work, current, guard)
    current = _counted(current, checked)
    findings = (*_groups(checked), *_strangers(current))
    ending = _ending(work, record.accepted, current, findings, checked)
    removed = guard.judge(checked) if ending is None else ()
    lossy = checked.taken and any(file.rows_dropped for file in current.drop.files)
    current = replace(current, row_errors=lossy, warnings=guard.warnings(current.warnings))
    return _decided(work, current, findings, ending, removed)


def _decided(
    work: Work,
    current: Current,
    findings: tuple[Finding, ...],
    ending: Ending | None,
    removed: tuple[RemovedEntry, ...] = (),
) -> Plan | None:
    """Write down what was found: the run goes on, is held for a person, or has ended."""
    if findings:
        folder = work.folder(current.run_id)
        report = Report(
            profile=work.profile,
            run_id=current.run_id,
            api=current.target.api,
            drop=current.drop,
            preflight=findings,
        )
        write(work.store, work.settings, folder, report)
    log.info(
        "%s",
        line(
            "checked",
            profile=work.profile,
            run=current.run_id,
            errors=sum(finding.count for finding in findings if finding.type == "error"),
            warnings=sum(finding.count for finding in findings if finding.type == "warning"),
        ),
    )

    def swap(run: Current) -> EditedRun[bool] | None:
        if not may(run, "pass"):
            return None
        run = replace(
            run,
            drop=current.drop,
            findings=bool(findings),
            row_errors=current.row_errors,
            warnings=current.warnings,
        )
        if ending is not None:
            return EditedRun(ended(run, ending), True)
        if not removed:
            return EditedRun(moved(run, "pass"), True)
        now = work.now()
        hold = Hold(now, now + timedelta(seconds=work.settings.hold), removed)
        return EditedRun(moved(run, "hold", hold=hold), True)

    done = work.change_run(current.run_id, swap).said
    return Plan("report") if done and (ending or removed) else None


def _approve(work: Work, current: Current) -> None:
    """A person has approved: the time that the run was held is not counted, and readiness is asked anew."""

    def swap(run: Current) -> EditedRun[bool] | None:
        hold = run.hold
        if not may(run, "approve") or hold is None or hold.decision is None or not hold.decision.approve:
            return None
        later = run.deadline + (work.now() - hold.since)
        return EditedRun(moved(run, "approve", deadline=later, ready_at=None, poll=None, waiting=None), True)

    if work.change_run(current.run_id, swap).said:
        log.info("%s", line("approved", profile=work.profile, run=current.run_id))


def _not_to_be_read(settings: Settings, files: tuple[DropFile, ...]) -> tuple[Finding, ...]:
    """Errors of files that are neither read nor sent: too large, or stored with an encoding."""
    from ..verification.limits import too_large

    found = []
    for file in files:
        if file.encoding is not None and file.encoding.lower() != "identity":
            words = (
                f"{file.name} is stored with Content-Encoding {file.encoding[:40]}: it is not text. "
                "Upload it plain, without that property."
            )
            found.append(Finding("error", "file.encoded", file.name, None, None, 1, words, scope="file"))
    sizes = {file.name: file.size for file in files}
    limits = {"file_bytes": settings.max_file_bytes, "set_bytes": settings.max_set_bytes}
    return (*found, *map(_entry, too_large(sizes, settings.api, **limits)))


def _strangers(current: Current) -> tuple[Finding, ...]:
    """What is to be said of the files that moved with the set and are not sent, in the words of the command."""
    ignored = {file.name for file in current.drop.ignored}
    form = next(form for form in FORMATS if form.id == current.drop.format)
    folder = classify([file.name for file in current.drop.files], formats=(form,), others=ignored)
    return tuple(
        Finding("warning", remark.rule, remark.name, None, None, 1, remark.says, scope="file")
        for remark in folder.remarks
        if remark.name in ignored
    )


def _checked(work: Work, current: Current, guard: "Guard") -> "Verification":
    from ..verification import verify as check

    settings = work.settings
    return check(
        _sources(work, current, work.heartbeat()),
        format=next(form for form in FORMATS if form.id == current.drop.format),
        service=current.target.api,
        allow=settings.allowed_values,
        allow_empty=settings.allow_empty,
        error_rows_percent=settings.error_rows_percent,
        watch=guard.watch,
    )


def _sources(work: Work, current: Current, beat: Callable[[], None]) -> "list[Source]":
    """The files' readers. Small files are read at once, together; large ones in pieces, when it is their turn."""
    from ..verification import Source

    files = current.drop.files
    readers = {file.name: _reader(work, prefix(work.profile, current.run_id) + file.name, beat) for file in files}
    small = [file.name for file in files if file.size <= SMALL]
    contents = work.together(lambda name: list(readers[name]()), small)
    readers |= {name: chunks.__iter__ for name, chunks in zip(small, contents, strict=True)}
    return [Source(file.name, file.size, readers[file.name]) for file in files]


def _reader(work: Work, name: str, beat: Callable[[], None]) -> Callable[[], Iterator[bytes]]:
    def chunks() -> Iterator[bytes]:
        for chunk in work.store.stream(work.settings.run_container, name):
            beat()
            yield chunk

    return chunks


def _counted(current: Current, checked: "Verification") -> Current:
    results = {result.name: result for result in checked.files}
    industry = current.target.api == "industryData"
    files = tuple(
        replace(
            file,
            sha256=results[file.name].sha256,
            rows=results[file.name].rows,
            rows_dropped=results[file.name].rows_dropped if industry else None,
        )
        for file in current.drop.files
    )
    return replace(current, drop=replace(current.drop, files=files))


def _groups(checked: "Verification") -> tuple[Finding, ...]:
    return tuple(
        _entry(f)
        for f in checked.findings
        # Whether a set without its optional files is complete was decided when it was taken.
        if not (f.rule == "missingFile" and f.type == "warning")
    )


def _entry(f: "Found") -> Finding:
    return Finding(
        f.type, f.rule, f.file_name, f.line, f.column, f.count, f.description, f.lines, f.shape, f.scope, f.anchor
    )


def _ending(
    work: Work, accepted: Accepted | None, current: Current, findings: tuple[Finding, ...], checked: "Verification"
) -> Ending | None:
    now = work.now()
    if _is_unchanged(work.settings, accepted, current):
        return Ending("unchanged", now)
    always = any(finding.type == "error" and finding.rule in ALWAYS for finding in findings)
    if always or (work.settings.preflight == "block" and not checked.taken):
        return Ending("rejectedBeforeUpload", now)
    return None


def _is_unchanged(settings: Settings, accepted: Accepted | None, current: Current) -> bool:
    """The same bytes as the target's last accepted drop, whose sync ended well; a wish to repeat goes first."""
    if accepted is None or settings.unchanged != "skip" or current.retry_of is not None:
        return False
    digests = {file.upload: file.sha256 for file in current.drop.files}
    return accepted.ended_well and accepted.target == current.target and accepted.digests == digests
