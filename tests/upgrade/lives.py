"""The lives of profiles: what happens to them from the first landing on. An app is left at every step of each."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from shared.sds.port import Answer, Failure, Reply, ServiceMessage

from .deployment import Deployment
from .school import FILES, night

GUID = "11111111-2222-3333-4444-555555555555"
CLASSIC = {
    "SDS_API": "classic",
    "SDS_PROFILES": f"north={GUID}",
    "SDS_SETTLE_SECONDS": "60",
    "SDS_SET_SPREAD_SECONDS": "21600",
    "SDS_INCOMPLETE_AFTER_SECONDS": "3600",
    "SDS_POLL_SECONDS": "30",
    "SDS_POLL_MAX_SECONDS": "300",
    "SDS_PROVISION_TIMEOUT_SECONDS": "86400",
    "SDS_START_CONFIRM_SECONDS": "300",
    "SDS_FOLLOW_SECONDS": "7200",
    "SDS_PREFLIGHT": "block",
    "SDS_UNCHANGED": "skip",
    "SDS_ALLOW_EMPTY": "false",
    "SDS_MAX_REMOVED_PERCENT": "20",
    "SDS_HOLD_SECONDS": "604800",
    "SDS_DRIVER_SECONDS": "120",
}
INDUSTRY_DATA = CLASSIC | {"SDS_API": "industryData"}


class Life(NamedTuple):
    """`begin` schedules what happens; `seconds` is how long the life is worth looking at.

    With `stages_only` one moment of each stage will do. `since`: the record's version that first could lead it.
    """

    begin: Callable[[Deployment], None]
    environment: dict[str, str] = CLASSIC
    seconds: float = 3600
    stages_only: bool = False
    since: int = 1


def land(deployment: Deployment, number: int, *, names: tuple[str, ...] = FILES, folder: str = "north") -> None:
    files = night(number)
    for name in names:
        deployment.land(f"{folder}/{name}", files[name])


def started(deployment: Deployment) -> None:
    land(deployment, 0)


def with_sync_errors(deployment: Deployment) -> None:
    deployment.sds.ends_in = "succeededWithErrors"
    land(deployment, 0)


def provisioned_late(deployment: Deployment) -> None:
    deployment.provisioned_at += timedelta(seconds=1800)
    land(deployment, 0)


def superseded(deployment: Deployment) -> None:
    """A newer set lands while the first run waits for the profile."""
    deployment.provisioned_at += timedelta(seconds=1800)
    land(deployment, 0)
    deployment.at(600, lambda: land(deployment, 1))


def overtaken(deployment: Deployment) -> None:
    """A newer set lands while the sync of the first is followed."""
    land(deployment, 0)
    deployment.at(300, lambda: land(deployment, 1))


def incomplete(deployment: Deployment) -> None:
    """One file is missing for two hours."""
    land(deployment, 0, names=FILES[1:])
    deployment.at(7200, lambda: land(deployment, 0, names=FILES[:1]))


def leased(deployment: Deployment) -> None:
    """One file is locked by its writer, for longer than the queue waits to hear of it."""
    land(deployment, 0)
    deployment.store.held["sds-drop"]["north/Student.csv"].leased = True


def refused(deployment: Deployment) -> None:
    """Files too deep, and files that name no profile."""
    deployment.land("north/deeper/School.csv", b"SIS ID,Name\r\n2,Elm School\r\n")
    deployment.land("readme.csv", b"belongs nowhere\r\n")


def rejected_before_upload(deployment: Deployment) -> None:
    """Our own check finds an error: a pupil of a school that isn't there. A foreign file moves with the set."""
    land(deployment, 0, names=tuple(name for name in FILES if name != "Student.csv"))
    student = night(0)["Student.csv"].replace(b"101,1,", b"101,7,")
    deployment.land("north/Student.csv", student)
    deployment.land("north/readme.txt", b"export of tonight")


def rejected(deployment: Deployment) -> None:
    deployment.sds.messages = (ServiceMessage("error", "Student.csv", "The column Username is missing."),)
    land(deployment, 0)


def warned(deployment: Deployment) -> None:
    deployment.sds.messages = (ServiceMessage("warning", "Student.csv", "The column Grade is missing."),)
    land(deployment, 0)


def denied(deployment: Deployment) -> None:
    deployment.deny_access()
    land(deployment, 0)


def not_answered(deployment: Deployment) -> None:
    """The start is sent and the answer lost; the sync's status proves it."""
    deployment.sds.faults["start"] = ["lost"]
    land(deployment, 0)


def not_arrived(deployment: Deployment) -> None:
    """The start never arrives: it is neither answered nor seen, and sent again."""
    deployment.sds.faults["start"] = [Reply(Answer.UNAVAILABLE, failure=Failure("timeout", "No answer."))]
    land(deployment, 0)


def kept(deployment: Deployment) -> None:
    """No right to delete in the drop container: the files stay. Next night's set overwrites them."""
    deployment.store.deletes_denied = True
    land(deployment, 0)
    deployment.at(7200, lambda: land(deployment, 1))


def no_access(deployment: Deployment) -> None:
    """The service refuses at first, as before a role is granted; then it is busy."""
    deployment.sds.faults["readiness"] = [Reply(Answer.FORBIDDEN, failure=Failure("accessDenied", "No."))] * 2
    deployment.sds.faults["open_upload"] = [Reply(Answer.BUSY)]
    land(deployment, 0)


def unchanged(deployment: Deployment) -> None:
    """The same files land again after their sync ended well."""
    land(deployment, 0)
    deployment.at(3600, lambda: land(deployment, 0))


def by_guid(deployment: Deployment) -> None:
    """No alias: a folder named by the GUID, in upper case."""
    land(deployment, 0, folder=GUID.replace("1", "A").upper())


def held(deployment: Deployment) -> None:
    """A set lacks most people of the last one; after half an hour a person approves it."""
    from shared.record import Decision
    from shared.steps.held import decided

    def approve() -> None:
        work = _work(deployment)
        run = work.load().current
        assert run is not None
        decided(work, run.run_id, Decision(True, deployment.clock.now, "somebody"))

    land(deployment, 5)
    deployment.at(1800, lambda: land(deployment, 0))
    deployment.at(3600, approve)


def paused(deployment: Deployment) -> None:
    """Somebody pauses the profile before its set is taken, and it goes on half an hour later."""
    from shared.record import Decision
    from shared.steps.wishes import paused, resumed

    land(deployment, 0)
    deployment.at(30, lambda: paused(_work(deployment), Decision(True, deployment.clock.now)))
    deployment.at(1800, lambda: resumed(_work(deployment)))


def retried(deployment: Deployment) -> None:
    """Somebody repeats a finished run."""
    from shared.steps.wishes import retried

    deployment.sds.ends_in = "failed"
    land(deployment, 0)
    deployment.at(3600, lambda: retried(_work(deployment), _work(deployment).load().recent[-1].run_id))


def _work(deployment: Deployment) -> Any:
    from shared.steps.work import Work

    return Work(deployment.room, "north")


LIVES = {
    "started": Life(started),
    "started-industry-data": Life(started, INDUSTRY_DATA),
    "sync-errors": Life(with_sync_errors),
    "provisioned-late": Life(provisioned_late),
    "superseded": Life(superseded),
    "superseded-industry-data": Life(superseded, INDUSTRY_DATA),
    "overtaken": Life(overtaken),
    "incomplete": Life(incomplete, seconds=9000),
    "leased": Life(leased, seconds=9000),
    "refused": Life(refused),
    "rejected-before-upload": Life(rejected_before_upload),
    "rejected": Life(rejected),
    "warned": Life(warned, stages_only=True),
    "denied": Life(denied, CLASSIC | {"SDS_PROVISION_TIMEOUT_SECONDS": "1800"}, stages_only=True),
    "not-answered": Life(not_answered, stages_only=True),
    "not-answered-industry-data": Life(not_answered, INDUSTRY_DATA, stages_only=True),
    "not-arrived": Life(not_arrived),
    "kept": Life(kept, seconds=10800),
    "no-access": Life(no_access),
    "unchanged": Life(unchanged, seconds=7200),
    "by-guid": Life(by_guid, {"SDS_SETTLE_SECONDS": "30"}, stages_only=True),
    "held": Life(held, CLASSIC | {"SDS_MAX_REMOVED_LEAST": "1", "SDS_HOLD_SECONDS": "7200"}, 7200, since=2),
    "paused": Life(paused, since=2),
    "retried": Life(retried, seconds=7200, since=2),
}
