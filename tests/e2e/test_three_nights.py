"""Three nights: a good set, half of the pupils missing, refused, the same again, approved; by page and command."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple

import httpx
import pytest
from azure.storage.blob import BlobServiceClient

from local.stack import Stack
from tests.behaviour.drops import made
from tests.behaviour.mailbox import Mailbox
from tests.behaviour.profile import SECONDS, Profile
from tests.long import LONG

from .command import QUICK, local

HALF = [{"kind": "people", "role": "students", "before": 12, "now": 6, "removed": 6, "percent": 50.0, "limit": 20.0}]
SETTINGS = QUICK | {"SDS_PROFILES": "", "SDS_MAX_REMOVED_LEAST": "3", "SDS_INCOMPLETE_AFTER_SECONDS": "60"}


class Night(NamedTuple):
    stack: Stack
    profile: Profile
    mailbox: Mailbox
    browser: httpx.Client

    def held(self, number: int) -> dict[str, Any]:
        """Wait for the message of the `number`-th held run."""
        message = self.mailbox.wait_for(f"/{self.profile.guid}", "held", number, SECONDS)
        assert message["id"] == f"{message['subject']}/held"
        data: dict[str, Any] = message["data"]
        removed = [{name: each[name] for name in HALF[0]} for each in data["removed"] if each["role"] == "students"]
        assert removed == HALF
        assert data["decide"]["command"].endswith(f"approve {self.profile.guid} {data['runId']}")
        return data

    def by_page(self, run: str, answer: str) -> None:
        """Press the button, as a browser does."""
        page = self.browser.get("/api/status").text
        path = f"/api/status/{self.profile.guid}/{run}/{answer}"
        token = re.search(f'action="{path}">\\s*<input type="hidden" name="token" value="([0-9a-f]+)"', page)
        assert token is not None, page
        ours = {"Origin": self.stack.http_base_url}
        answers = [self.browser.post(path, headers=ours, data={"token": token[1]}) for _ in range(2)]
        assert [each.status_code for each in answers] == [200, 409]

    def by_command(self, run: str, answer: str) -> None:
        settings = {"DROP_STORAGE": self.stack.connection_string}
        ended = local(answer, self.profile.guid, run, settings=settings)
        assert ended.code == 0, ended.err
        other = local("approve" if answer == "reject" else "reject", self.profile.guid, run, settings=settings)
        assert other.code == 1

    def decide(self, how: str, run: str, answer: str) -> None:
        (self.by_page if how == "page" else self.by_command)(run, answer)


def half(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The set without every second pupil and that pupil's enrolments: whole, valid, and wrong."""
    head, *rows = files["Student.csv"].splitlines(keepends=True)
    gone = {row.split(b",")[0] for row in rows[1::2]}
    kept = [
        row
        for row in files["StudentEnrollment.csv"].splitlines(keepends=True)
        if row.split(b",")[1].strip() not in gone
    ]
    return {**files, "Student.csv": b"".join([head, *rows[::2]]), "StudentEnrollment.csv": b"".join(kept)}


@pytest.fixture(params=["classic", "industryData"] if LONG else ["classic"])
def night(request: pytest.FixtureRequest) -> Iterator[Night]:
    with ExitStack() as running:
        stack = running.enter_context(Stack(api=request.param, settings=SETTINGS))
        mailbox = running.enter_context(Mailbox(stack.connection_string))
        blobs = running.enter_context(BlobServiceClient.from_connection_string(stack.connection_string))
        browser = running.enter_context(httpx.Client(base_url=stack.http_base_url, timeout=30))
        assert stack.emulator is not None
        assert browser.get(stack.page).status_code == 303
        profile = Profile(request.param, stack.emulator, blobs, mailbox)
        profile.runs()
        yield Night(stack, profile, mailbox, browser)


def test_three_nights(night: Night) -> None:
    profile = night.profile
    refuse, allow = ("page", "command") if profile.classic else ("command", "page")
    good, wrong = made(), half(made())

    profile.drop(good)
    first = profile.verification("started")
    assert profile.sync("succeeded")["runId"] == first["runId"]

    profile.drop(wrong)
    second = night.held(1)
    assert len(profile.given()) == 1, "nothing of it was sent"
    night.decide(refuse, second["runId"], "reject")
    assert profile.verification("notApproved", "refused")["runId"] == second["runId"]
    assert len(profile.given()) == 1

    profile.drop(wrong)
    third = night.held(2)
    assert third["runId"] != second["runId"]
    night.decide(allow, third["runId"], "approve")
    assert profile.verification("started")["runId"] == third["runId"]
    assert profile.sync("succeeded")["runId"] == third["runId"]
    assert {name: size for name, (size, _) in profile.given()[-1].items()} == {
        name: len(data) for name, data in wrong.items()
    }

    runs = [first["runId"], second["runId"], third["runId"]]
    told = {
        kind: [m["id"] for m in night.mailbox.of(f"/{profile.guid}", kind)] for kind in ("verification", "held", "sync")
    }
    assert told == {
        "verification": [f"{run}/verification" for run in runs],
        "held": [f"{run}/held" for run in runs[1:]],
        "sync": [f"{run}/sync" for run in (runs[0], runs[2])],
    }
    report = night.browser.get(f"/api/runs/{profile.guid}/{runs[1]}", headers={"x-functions-key": night.stack.http_key})
    assert report.json()["decision"]["approve"] is False
    assert "Rejected" in night.browser.get(f"/api/status/{profile.guid}/{runs[1]}").text
    assert profile.inbox == set()
    profile.check_promises()
