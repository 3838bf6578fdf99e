"""The paths: what happens to a profile while its orchestrations are recorded, and where something gets in between."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import poll_state.blueprint
from shared.record import Decision
from shared.sds.port import Answer, Failure, Reply, ServiceMessage
from shared.settings import Settings
from shared.steps import Room
from shared.steps.held import decided
from shared.steps.wishes import paused, resumed, retried
from shared.steps.work import Work
from tests.model.service import MemoryIndustryData, MemorySds
from tests.model.store import MemoryStore
from tests.upgrade.school import night

GUID = "11111111-2222-3333-4444-555555555555"
FILES = ("School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv")
_QUICK = {
    "SDS_PROFILES": f"north={GUID}",
    "SDS_SETTLE_SECONDS": "0.2",
    "SDS_POLL_SECONDS": "0.1",
    "SDS_POLL_MAX_SECONDS": "0.3",
    "SDS_OPERATION_POLL_SECONDS": "0.1",
    "SDS_INCOMPLETE_AFTER_SECONDS": "0.5",
    "SDS_START_CONFIRM_SECONDS": "0.5",
    "SDS_FOLLOW_SECONDS": "5",
    "SDS_DRIVER_SECONDS": "30",
    "SDS_PREFLIGHT": "report",
    "SDS_MAX_REMOVED_LEAST": "1",
}


def quick(**changes: str) -> Settings:
    """Settings with which all goes fast, by their names in the environment."""
    return Settings.load(_QUICK | changes)


QUICK = quick()


def _service_clock() -> Callable[[], datetime]:
    """The service's time goes four hundred times as fast: its sync takes ten minutes."""
    began = time.time()
    return lambda: datetime.fromtimestamp(began + (time.time() - began) * 400, UTC)


class Scene:
    """A set lands and the profile is woken. `before` is called before each activity: a path gets in there."""

    settings: ClassVar[Settings] = QUICK
    service: ClassVar[type[MemorySds]] = MemorySds
    wake: Callable[[], Callable[[], bool]]
    pump: Callable[[], None]

    def __init__(self, path: str) -> None:
        self.path = path
        self.calls: dict[str, int] = {}
        self.store = MemoryStore(lambda: datetime.now(UTC))
        self.sds = self.service(_service_clock())
        self.sds.poll_at_least = 0.0
        self.room = Room(self.store, lambda: self.sds, self.settings)
        poll_state.blueprint.room = lambda: self.room  # type: ignore[assignment]

    def begin(self) -> None:
        self.land(*FILES)
        self.wake()

    def land(self, *names: str, night: int = 0) -> None:
        for turn, name in enumerate(names):
            self.store.put("sds-drop", f"north/{name}", f"night,turn\n{night},{turn}\n".encode())

    def before(self, activity: str, given: dict[str, Any]) -> None:
        number = self.calls[activity] = self.calls.get(activity, 0) + 1
        self.at(activity, number, given)

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        """The `number`-th call of an activity is about to begin."""

    def another(self) -> None:
        """Another instance runs to its end, or as far as it gets, before this activity begins."""
        works = self.wake()
        while works():
            self.pump()


class IndustryData(Scene):
    service = MemoryIndustryData


class Unaccepted(IndustryData):
    """The files' verification apart finds errors."""

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        if activity == "start":
            self.sds.faults["verification"] = [Reply(Answer.BAD_REQUEST, failure=Failure("badRequest", "Unknown."))]


class Incomplete(Scene):
    def begin(self) -> None:
        self.land(*FILES[1:])
        self.wake()


class Refused(Scene):
    def begin(self) -> None:
        self.land("deeper/School.csv")
        self.wake()


class Rejected(Scene):
    """Our own check finds errors, so the outcome follows from it at once."""

    settings = quick(SDS_PREFLIGHT="block")


class RejectedByService(Scene):
    def begin(self) -> None:
        self.sds.messages = (ServiceMessage("error", "Student.csv", "Column is missing."),)
        super().begin()


class Superseded(Scene):
    """While the profile is being provisioned, a whole newer set lands; then it is provisioned."""

    def begin(self) -> None:
        self.sds.state = lambda: "provisioning" if self.calls.get("report", 0) == 0 else "provisioned"
        super().begin()

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        if (activity, number) == ("observe", 6):
            self.land(*FILES, night=1)
            self.another()


class Overtaken(Scene):
    """The newer set lands while the sync is followed."""

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        if (activity, number) == ("report", 1):
            self.land(*FILES, night=1)


class Renewed(Scene):
    """A wait that is longer than two executions: it is continued as new, twice."""

    settings = quick(
        SDS_POLL_SECONDS="0.05",
        SDS_POLL_MAX_SECONDS="0.05",
        SDS_SETTLE_SECONDS="0.05",
        SDS_FOLLOW_SECONDS="0.2",
    )

    def begin(self) -> None:
        self.sds.state = lambda: "provisioned" if self.calls.get("observe", 0) > 60 else "provisioning"
        super().begin()


class Ambiguous(Scene):
    """The start is not answered, and the sync's status proves it."""

    def begin(self) -> None:
        self.sds.faults["start"] = ["lost"]
        super().begin()


class Repeated(Scene):
    """Neither answered nor seen: the start is sent a second time."""

    def begin(self) -> None:
        self.sds.faults["start"] = [Reply(Answer.UNAVAILABLE, failure=Failure("timeout", "No answer."))]
        super().begin()


class Unready(Scene):
    """Storage's copies take their time, the service is busy."""

    def begin(self) -> None:
        self.sds.faults["readiness"] = [Reply(Answer.THROTTLED, retry_after=0.3)]
        self.sds.faults["open_upload"] = [Reply(Answer.BUSY)]
        super().begin()

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        if (activity, number) == ("take", 1):
            slow = iter([True])
            self.store.copy_slow = lambda: next(slow, False)


class Never(Scene):
    """The profile is never provisioned; the run ends at its deadline."""

    settings = quick(SDS_PROVISION_TIMEOUT_SECONDS="1")

    def begin(self) -> None:
        self.sds.state = lambda: "provisioning"
        super().begin()


class Retried(Scene):
    """Activities of every kind fail once or twice, for reasons that pass."""

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        if number <= {"observe": 2, "leave": 2}.get(activity, 1):
            raise ConnectionError("storage is out of reach")


class GivenUp(Scene):
    """One fails to the last try: the orchestration fails, and the sweep finds the profile later."""

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        if activity == "verify":
            raise ConnectionError("storage is out of reach")


class Poked(Scene):
    """Another file's event comes while the first instance drives: the second only pokes it."""

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        if (activity, number) in (("take", 1), ("upload", 1)):
            self.another()


class PokedWhileLeaving(Incomplete):
    """The wake-up comes between the last look and the leave: the leave is refused, it goes round again."""

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        if (activity, number) == ("leave", 1):
            self.another()


class Displaced(Scene):
    """The driver was silent for so long that another has taken over in the middle of the run."""

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        if (activity, number) == ("verify", 1):
            self.room.now = lambda: datetime.now(UTC) + timedelta(seconds=60)
            self.another()


class Unsettled(Scene):
    """A file is written anew while the set settles, so the first `take` comes to nothing."""

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        if (activity, number) == ("take", 1):
            self.land("Student.csv", night=1)


class Held(Scene):
    """A set lacks most people of the last one: it waits for a person, who approves it."""

    approves: ClassVar[bool] = True
    looks = 0

    def begin(self) -> None:
        self._land(5)
        self.wake()

    def _land(self, number: int) -> None:
        for name, data in night(number).items():
            self.store.put("sds-drop", f"north/{name}", data)

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        if (activity, number) == ("report", 2):  # the first run's sync is over
            self._land(0)
        work = Work(self.room, "north")
        run = work.load().current if activity == "observe" else None
        self.looks += run is not None and run.hold is not None and run.hold.told
        if run is not None and self.looks == 3:
            decided(work, run.run_id, Decision(self.approves, datetime.now(UTC)))


class NotApproved(Held):
    approves = False


class Paused(Scene):
    """Somebody pauses the profile while it is provisioned, and it goes on."""

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        if (activity, number) == ("observe", 2):
            paused(Work(self.room, "north"), Decision(True, datetime.now(UTC)))
        if (activity, number) == ("observe", 5):
            resumed(Work(self.room, "north"))


class Repeats(Scene):
    """Somebody has a finished run repeated."""

    def at(self, activity: str, number: int, given: dict[str, Any]) -> None:
        if (activity, number) == ("leave", 1):
            work = Work(self.room, "north")
            retried(work, work.load().recent[-1].run_id)


PATHS: dict[str, type[Scene]] = {
    "started": Scene,
    "started-industry-data": IndustryData,
    "failed-industry-data": Unaccepted,
    "incomplete": Incomplete,
    "refused": Refused,
    "rejected-before-upload": Rejected,
    "rejected": RejectedByService,
    "superseded": Superseded,
    "overtaken": Overtaken,
    "continued-as-new": Renewed,
    "start-not-answered": Ambiguous,
    "start-repeated": Repeated,
    "copies-and-service-busy": Unready,
    "timed-out": Never,
    "activities-retried": Retried,
    "activity-given-up": GivenUp,
    "poked": Poked,
    "leave-refused-by-poke": PokedWhileLeaving,
    "displaced": Displaced,
    "set-changed-before-take": Unsettled,
    "held-and-approved": Held,
    "held-and-refused": NotApproved,
    "paused": Paused,
    "run-repeated": Repeats,
}
