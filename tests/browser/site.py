"""The stack's own page with a profile in each state, and a browser that has signed in."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace
from playwright.sync_api import BrowserContext, Page, sync_playwright

from local.stack import Stack
from shared import door
from shared.azure_store import AzureStore
from shared.overview import ProfileView, overview
from shared.record import Current, Decision, Driver, Lack, Recent, Record, Seen, Target, Times
from shared.reports import Finding, Report
from shared.settings import Settings
from tests.status.records import RUN, current, held

from .chromium import PLACE

HELD = ("held", "by-keys", "approved", "rejected", "two-tabs", "no-script")
STATES = ("waiting", "incomplete", "held", "well", "failed", "paused", "empty")
NAMES = tuple(dict.fromkeys((*STATES, *HELD)))
SCREENSHOTS = Path(__file__).parents[2] / ".cache" / "screenshots"
HOME = PLACE / "home"
_NOW = datetime.now(UTC)
_GUIDS = {name: f"11111111-2222-3333-4444-{n:012}" for n, name in enumerate(NAMES)}
_SETTINGS = {
    "SDS_PROFILES": ",".join(f"{name}={guid}" for name, guid in _GUIDS.items()),
    "SDS_SWEEP_SCHEDULE": "0 0 0 1 1 *",
    "SDS_TIME_ZONE": "Europe/Oslo",
}


class Site(NamedTuple):
    """`context` is a browser that has signed in; `console` is all that its pages complained about."""

    context: BrowserContext
    url: str
    store: AzureStore
    settings: Settings
    console: list[str]

    def open(self, path: str = "", *, width: int = 1280, dark: bool = False) -> Page:
        """A new tab."""
        page = self.context.new_page()
        page.on("console", lambda message: self.console.append(message.text))
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto(f"{self.url}/api/status{path}")
        return page

    def view(self, profile: str) -> ProfileView:
        """The profile as it stands now."""
        return overview(door.load(self.store, self.settings, profile).record, datetime.now(UTC))


@contextmanager
def site(executable: Path) -> Iterator[Site]:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        stack = running.enter_context(Stack(settings=_SETTINGS))
        settings = Settings()
        store = AzureStore(settings, {"DROP_STORAGE": stack.connection_string}, app=False)
        running.callback(store.close)
        _wait_for_first_sweep(stack)
        for record in map(_record, NAMES):
            if record is not None:
                door.save(store, settings, record, None)
        for name in ("held", "failed"):
            store.write(settings.run_container, f"{name}/{RUN}/report.json", msgspec.json.encode(_report(name)))
        playwright = running.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=executable, env=_homeless())
        context = browser.new_context()
        context.set_default_timeout(15_000)
        context.new_page().goto(stack.page)
        yield Site(context, stack.http_base_url, store, settings, [])
        browser.close()


def _homeless() -> dict[str, str | float | bool]:
    """The environment with a home for the browser below `.cache`: it leaves folders there, not in the person's own."""
    places = {"HOME": HOME, "XDG_CONFIG_HOME": HOME / ".config", "XDG_CACHE_HOME": HOME / ".cache"}
    return {**os.environ, **{name: str(place) for name, place in places.items()}}


def _wait_for_first_sweep(stack: Stack) -> None:
    """It would wake every profile that it finds; no other comes, so the records then stay as they are."""
    deadline = time.monotonic() + 30
    while ("ListBlobs", "containers/sds-state") not in {
        (call.operation.name, call.operation.scope) for call in stack.gate.log.calls()
    }:
        assert time.monotonic() < deadline, stack.host_log.read_text(encoding="utf-8")[-3000:]
        time.sleep(0.05)


def _record(name: str) -> Record | None:
    if name in HELD:
        return _held(name)
    if name == "waiting":
        run = replace(
            current("checked"), profile_state="provisioning", times=_times(), deadline=_NOW + timedelta(days=1)
        )
        driver = Driver("d", _NOW + timedelta(days=1), _NOW + timedelta(minutes=5))
        return Record(name, driver=driver, current=run, recent=_recent())
    if name == "incomplete":
        lacks = (Lack("Section.csv", "missing", near="Sections.csv"), Lack("Teacher.csv", "stale"))
        seen = Seen("f", _NOW, 2, format="sdsV1", files=("School.csv", "Student.csv"), lacks=lacks, strangers=1)
        return Record(name, inbox=replace(seen, since=_NOW - timedelta(hours=2)), recent=_recent())
    if name == "well":
        return Record(name, recent=_recent())
    if name == "failed":
        story = Recent(RUN, "rejectedBeforeUpload", _NOW, errors=1234, warnings=1)
        return Record(name, recent=(*_recent(), story))
    if name == "paused":
        return Record(name, paused=Decision(approve=False, at=_NOW), recent=_recent())
    return None


def _times() -> Times:
    return replace(current("checked").times, settled=_NOW)


def _held(name: str) -> Record:
    record = held(profile=name)
    assert record.current is not None
    assert record.current.hold is not None
    hold = replace(record.current.hold, since=_NOW, until=_NOW + timedelta(days=7))
    run: Current = replace(record.current, hold=hold, target=Target("classic", _GUIDS[name]))
    return replace(record, current=run, recent=_recent())


def _recent() -> tuple[Recent, ...]:
    yesterday = _NOW - timedelta(days=1)
    ids = (f"{yesterday - timedelta(days=n):%Y%m%dT%H%M%SZ}-{n:012x}" for n in (2, 1, 0))
    return (
        Recent(next(ids), "started", yesterday - timedelta(days=2), sync="succeeded"),
        Recent(next(ids), "unchanged", yesterday - timedelta(days=1)),
        Recent(next(ids), "startedWithWarnings", yesterday, warnings=3, sync="succeeded"),
    )


def _report(name: str) -> Report:
    findings = (
        Finding(
            "error",
            "reference.dangling",
            "StudentEnrollment.csv",
            7,
            "SIS ID",
            1234,
            "No student of this set has the id that stands here.",
            (7, 9, 12),
        ),
        Finding("warning", "cell.blank", "Student.csv", 2, "Grade", 1, "The grade is empty.", (2,)),
    )
    hold = _held("held").current.hold  # type: ignore[union-attr]
    return Report(
        profile=name,
        run_id=RUN,
        api="classic",
        outcome="rejectedBeforeUpload" if name == "failed" else None,
        preflight=findings,
        warnings=("Other files were there: readme.txt.",),
        times={"firstLanded": _NOW, "settled": _NOW},
        removed=msgspec.to_builtins(hold.removed) if name == "held" and hold else None,
    )
