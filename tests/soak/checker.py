"""What must be true of every season, whatever struck it. Reads evidence alone, and nothing of the app."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC

from tests.soak.evidence import Evidence, Lying, Night, Told, Version

READY = {"classic": "provisioned", "industryData": "ready"}
STARTED = ("started", "startedWithWarnings")
UNDER_WAY = ("current", "refusal", "retry", "unmovable")
GIVEN_UP = ("-x1",)
"""How the id goes on if the set could not even be taken until the deadline of all waiting."""
MOST_STARTS = 2
SETS = (
    {"School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv"},
    {
        *("orgs.csv", "users.csv", "roles.csv", "classes.csv", "enrollments.csv"),
        *("academicSessions.csv", "courses.csv", "demographics.csv", "userFlags.csv", "relationships.csv"),
    },
)
ROSTER = SETS[0] | SETS[1]

type Check = Callable[[Evidence], Iterable[str]]


def violations(evidence: Evidence) -> list[str]:
    """Every broken promise in words, none if all were kept."""
    return [f"{check.__name__}: {words}" for check in CHECKS for words in check(evidence)]


def run_id_of(versions: Iterable[Version]) -> str:
    """The id that a run of exactly these versions has."""
    every = list(versions)
    lines = "".join(sorted(f"{version.name}\t{version.etag}\n" for version in every))
    newest = max(version.modified for version in every).astimezone(UTC)
    return f"{newest:%Y%m%dT%H%M%SZ}-{hashlib.sha256(lines.encode()).hexdigest()[:12]}"


def one_content_for_each_id(evidence: Evidence) -> Iterator[str]:
    texts: defaultdict[str, set[str]] = defaultdict(set)
    for told in evidence.told:
        texts[told.source + " " + told.id].add(told.text)
    for key, different in texts.items():
        if len(different) > 1:
            yield f"{key} came with {len(different)} contents"


def what_was_committed_was_sent(evidence: Evidence) -> Iterator[str]:
    sent = {told.text for told in evidence.told}
    for name, text in evidence.committed.items():
        if text not in sent:
            yield f"{name} was never on the queue"


def every_whole_night_is_told_once(evidence: Evidence) -> Iterator[str]:
    """The id is reckoned here from what the writes answered: one message has it, and its set is the whole set."""
    known = _by_etag(evidence)
    subjects = Counter((told.source.rpartition("/")[2], told.subject) for told in _once(_verifications(evidence)))
    for night in evidence.nights:
        if not night.whole or any(etag in evidence.replaced for etag in night.etags.values()):
            continue
        expected = run_id_of(known[etag] for etag in night.etags.values())
        count = sum(subjects[night.profile, expected + story] for story in ("", *GIVEN_UP))
        if count != 1:
            yield f"{_of(night)} is run {expected}, told {count} times"


def no_file_is_in_two_stories(evidence: Evidence) -> Iterator[str]:
    """No version is taken into two runs: each content lies in no more told snapshots than it was landed."""
    landed = Counter((version.profile, version.name, version.md5) for version in evidence.versions)
    subjects = {(told.source.rpartition("/")[2], told.subject) for told in _verifications(evidence)}
    taken: Counter[tuple[str, str, str]] = Counter()
    for (profile, run), files in _snapshots(evidence).items():
        if (profile, run) in subjects:
            taken.update((profile, name, file.md5) for name, file in files.items())
    for key, times in taken.items():
        if times > landed[key]:
            yield f"{key[0]}/{key[1]} landed {landed[key]} times with these bytes and is in {times} told runs"


def nothing_before_the_profile_is_ready(evidence: Evidence) -> Iterator[str]:
    for asked in evidence.asked:
        if asked.phase != READY[evidence.api]:
            yield f"{asked.what} of {asked.profile} at {asked.time} while it was {asked.phase}"


def no_snapshot_is_mixed(evidence: Evidence) -> Iterator[str]:
    """All files of a snapshot lay in the inbox at one moment, and are no further apart than a set may be."""
    by_content = _by_content(evidence)
    for (profile, run), files in _snapshots(evidence).items():
        roster = {name: by_content[profile, name, file.md5] for name, file in files.items() if name in ROSTER}
        if lost := [name for name, versions in roster.items() if not versions]:
            yield f"{profile}/{run} holds bytes of {lost} that nobody dropped"
        elif f"{profile}/{run}" in _told_runs(evidence) and not _one_moment(evidence, list(roster.values())):
            yield f"{profile}/{run} mixes drops"


def what_was_sent_is_what_was_frozen(evidence: Evidence) -> Iterator[str]:
    """Whatever the service had at a start or a validation is exactly the set of one run, byte for byte."""
    frozen = _frozen_sets(evidence)
    for asked in evidence.asked:
        if asked.files is None or asked.worked is None or asked.worked >= 300:
            continue
        if frozenset(asked.files.items()) not in frozen[asked.profile]:
            yield f"{asked.what} of {asked.profile} at {asked.time} had the bytes of no run: {sorted(asked.files)}"


def no_run_is_started_more_than_twice(evidence: Evidence) -> Iterator[str]:
    frozen = _frozen_sets(evidence)
    starts: Counter[tuple[str, frozenset[tuple[str, str]]]] = Counter()
    for asked in evidence.asked:
        if asked.what == "start" and asked.worked is not None and asked.worked < 300 and asked.files is not None:
            starts[asked.profile, frozenset(asked.files.items())] += 1
    for (profile, files), times in starts.items():
        runs = frozen[profile].get(files, [])
        if runs and times > MOST_STARTS * len(runs):
            yield f"{profile}: {runs} reached the service {times} times"


def no_broken_set_is_sent(evidence: Evidence) -> Iterator[str]:
    known = _by_etag(evidence)
    bad = {
        (night.profile, frozenset((name, known[etag].sha256) for name, etag in night.etags.items()))
        for night in evidence.nights
        if not night.good
    }
    for asked in evidence.asked:
        if asked.started and asked.files and (asked.profile, frozenset(asked.files.items())) in bad:
            yield f"{asked.profile} at {asked.time}: a set with errors was sent"


def nobodys_file_is_lost(evidence: Evidence) -> Iterator[str]:
    """Every write that no later write took the place of is in the inbox, in a snapshot or among the refused."""
    there = {(blob.name, blob.etag) for blob in evidence.inbox}
    places: Counter[tuple[str, str, str]] = Counter()
    for blob in evidence.runs:
        if (place := _place(blob)) is not None:
            places[(*place, blob.md5)] += 1
    for version in sorted(evidence.versions, key=lambda version: version.there):
        if version.etag in evidence.replaced or (f"{version.profile}/{version.name}", version.etag) in there:
            continue
        key = version.profile, version.name, version.md5
        if places[key] == 0:
            yield f"{version.profile}/{version.name} of night {version.night} ({version.etag}) is nowhere"
        places[key] -= 1


def nothing_is_left_untold(evidence: Evidence) -> Iterator[str]:
    """What lies in the inbox at the end was told: as incomplete, or as kept by a run that has its bytes."""
    frozen = {(*place, blob.md5) for blob in evidence.runs if (place := _place(blob)) is not None}
    newest = {
        profile: max(told.data["times"]["lastLanded"] or "" for told in _verifications(evidence) if _is(told, profile))
        for profile in {told.source.rpartition("/")[2] for told in _verifications(evidence)}
    }
    for blob in evidence.inbox:
        profile, _, name = blob.name.partition("/")
        landed = f"{blob.modified.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
        if (profile, name, blob.md5) not in frozen and newest.get(profile, "")[:19] < landed:
            yield f"{blob.name} of {landed} lies in the inbox, and no message is as new"


def no_run_is_without_an_end(evidence: Evidence) -> Iterator[str]:
    for name, record in evidence.records.items():
        for what in UNDER_WAY:
            if record.get(what):
                yield f"{name} still has its {what}"
    subjects = _told_runs(evidence)
    for folder in sorted({"/".join(blob.name.split("/")[:2]) for blob in evidence.runs if _is_story(blob)}):
        if folder not in subjects:
            yield f"{folder} has a report or a message, and the queue heard nothing"


def every_start_has_its_sync(evidence: Evidence) -> Iterator[str]:
    syncs = Counter((told.source, told.subject) for told in _once(evidence.told) if "sync" in told.type)
    for told in _once(_verifications(evidence)):
        expected = int(told.data["outcome"] in STARTED)
        count = syncs[told.source, told.subject]
        if count != expected:
            yield f"{told.id} of {told.source} is {told.data['outcome']} and has {count} sync messages"


def no_record_was_taken_for_damaged(evidence: Evidence) -> Iterator[str]:
    for name in evidence.records:
        if ".damaged-" in name:
            yield name


CHECKS: tuple[Check, ...] = (
    one_content_for_each_id,
    what_was_committed_was_sent,
    every_whole_night_is_told_once,
    no_file_is_in_two_stories,
    nothing_before_the_profile_is_ready,
    no_snapshot_is_mixed,
    what_was_sent_is_what_was_frozen,
    no_run_is_started_more_than_twice,
    no_broken_set_is_sent,
    nobodys_file_is_lost,
    nothing_is_left_untold,
    no_run_is_without_an_end,
    every_start_has_its_sync,
    no_record_was_taken_for_damaged,
)


def _verifications(evidence: Evidence) -> list[Told]:
    return [told for told in evidence.told if told.type == "rosterdrop.verification.v1"]


def _once(told: Iterable[Told]) -> list[Told]:
    """One for each id; repeats of the same id are allowed."""
    return list({(one.source, one.id): one for one in told}.values())


def _told_runs(evidence: Evidence) -> set[str]:
    """`{profile}/{runId}` of what has a verification message; `_refused` for what names no profile."""
    found = set()
    for told in _verifications(evidence):
        profile = told.source.rpartition("/")[2]
        found |= {f"{profile}/{told.subject}", f"_refused/{told.subject}"}
    return found


def _is(told: Told, profile: str) -> bool:
    return told.source.endswith(f"/{profile}")


def _is_story(blob: Lying) -> bool:
    return blob.name.count("/") == 2 and blob.name.endswith(("/message.json", "/report.json"))


def _by_etag(evidence: Evidence) -> dict[str, Version]:
    return {version.etag: version for version in evidence.versions}


def _by_content(evidence: Evidence) -> defaultdict[tuple[str, str, str], list[Version]]:
    found: defaultdict[tuple[str, str, str], list[Version]] = defaultdict(list)
    for version in evidence.versions:
        found[version.profile, version.name, version.md5].append(version)
    return found


def _snapshots(evidence: Evidence) -> dict[tuple[str, str], dict[str, Lying]]:
    """By profile and run, the files of each snapshot."""
    found: defaultdict[tuple[str, str], dict[str, Lying]] = defaultdict(dict)
    for blob in evidence.runs:
        parts = blob.name.split("/", 3)
        if len(parts) == 4 and parts[2] == "files" and parts[0] != "_refused":
            found[parts[0], parts[1]][parts[3]] = blob
    return dict(found)


def _frozen_sets(evidence: Evidence) -> defaultdict[str, dict[frozenset[tuple[str, str]], list[str]]]:
    """By profile, the set of each snapshot (name and SHA-256 of its files of one format) and the runs that have it."""
    by_content = _by_content(evidence)
    found: defaultdict[str, dict[frozenset[tuple[str, str]], list[str]]] = defaultdict(dict)
    for (profile, run), files in _snapshots(evidence).items():
        for names in SETS:
            pairs = frozenset(
                (name, versions[0].sha256)
                for name, file in files.items()
                if name in names and (versions := by_content[profile, name, file.md5])
            )
            if pairs:
                found[profile].setdefault(pairs, []).append(run)
    return found


def _one_moment(evidence: Evidence, choices: list[list[Version]]) -> bool:
    """Whether one version of each file lay there at one moment, with all of them close enough together."""
    for moment in {version.there for versions in choices for version in versions}:
        picked = [
            [v for v in versions if v.began <= moment <= evidence.replaced.get(v.etag, moment)] for versions in choices
        ]
        if all(picked):
            oldest = min(max(v.modified for v in versions) for versions in picked)
            newest = max(max(v.modified for v in versions) for versions in picked)
            if (newest - oldest).total_seconds() <= evidence.spread:
                return True
    return False


def _place(blob: Lying) -> tuple[str, str] | None:
    """Profile and name of a file that was frozen or moved; None for what is no file of a drop."""
    parts = blob.name.split("/")
    if len(parts) < 4 or parts[2] != "files":
        return None
    if parts[0] == "_refused":
        return parts[3], "/".join(parts[4:])
    return parts[0], "/".join(parts[3:])


def _of(night: Night) -> str:
    return f"night {night.number} ({night.kind}) of {night.profile}"
