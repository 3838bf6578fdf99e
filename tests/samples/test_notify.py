"""The workflow posts what needs a person, once, and takes everything else off the queue."""

import base64
import json
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from shared.results import Outcome, SyncOutcome

from .logic_app import Terminated, Workflow

ROOT = Path(__file__).parents[2]
DEFINITION = json.loads((ROOT / "samples" / "notify" / "workflow.json").read_text(encoding="utf-8"))["definition"]
SCHEMA = json.loads((ROOT / "docs" / "results.schema.json").read_text(encoding="utf-8"))
OUTCOMES = json.loads((ROOT / "infra" / "outcomes.json").read_text(encoding="utf-8"))
RUN = "20261122T145225Z-0123456789ab"
CONNECTIONS = {name: {"connectionId": f"/{name}"} for name in ("azurequeues", "teams", "office365")}
PARAMETERS = {
    "$connections": CONNECTIONS,
    "account": "stdrop",
    "handled": "https://x.table.core.windows.net/handled",
    "team": "t",
    "channel": "c",
    "mailTo": "it@school.example",
}
REPORT = {"container": "sds-runs", "blob": f"north/{RUN}/report.json"}
DROP = {"format": "sdsV1", "container": "sds-runs", "prefix": f"north/{RUN}/files/", "files": [], "ignored": []}
IDS = {"profile": "north", "profileId": None, "runId": RUN, "api": "industryData"}


def verification(outcome: str, **more: Any) -> dict[str, Any]:
    return {
        **IDS,
        "outcome": outcome,
        "profileState": None,
        "verification": "none",
        "drop": DROP,
        "counts": {"error": 1, "warning": 0, "information": 0},
        "messages": [],
        "truncated": False,
        "report": REPORT,
        "failure": None,
        "times": {},
    } | more


def sync(outcome: str) -> dict[str, Any]:
    return {
        **IDS,
        "outcome": outcome,
        "serviceStatus": None,
        "errorCount": 3,
        "errorsByCode": [],
        "statistics": None,
        "report": REPORT,
        "times": {"started": None, "ended": "2026-11-22T15:00:00Z"},
    }


def held() -> dict[str, Any]:
    counts = {"before": 500, "now": 250, "removed": 250, "dropped": 0, "percent": 50.0, "limit": 20.0}
    return {
        **IDS,
        "drop": DROP,
        "removed": [{"kind": "people", "role": "students", **counts}, {"kind": "orgs", "role": None, **counts}],
        "decideBy": "2026-11-29T15:00:00Z",
        "decide": {"page": None, "command": f"python -m local approve north {RUN}"},
        "report": REPORT,
        "times": {},
    }


class Azure:
    """The queue, the table and the places to post to."""

    def __init__(self, table: int = 404) -> None:
        self.table, self.rows, self.posts, self.deleted = table, set[str](), list[dict[str, Any]](), 0

    def __call__(self, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
        if name == "Was_it_handled":
            return {"statusCode": 200 if inputs["uri"] in self.rows else self.table}
        if name == "Remember":
            assert inputs["body"] == {"subject": RUN}
            self.rows.add(inputs["uri"])
            return {"statusCode": 204}
        if name == "Delete_the_message":
            assert inputs["path"] == "/v2/storageAccounts/stdrop/queues/sds-results/messages/m1"
            assert inputs["queries"] == {"popreceipt": "p1"}
            self.deleted += 1
            return {"statusCode": 200}
        assert name in {"Post_to_the_channel", "Send_a_mail"}
        self.posts.append(inputs)
        return {"statusCode": 200}

    def take(self, kind: str, data: dict[str, Any], *, plain: bool = False, **parameters: Any) -> str:
        jsonschema.validate(data, SCHEMA)
        event = {"specversion": "1.0", "source": "https://x/sds-drop/north", "id": f"{RUN}/{kind}", "subject": RUN}
        text = json.dumps(event | {"type": f"rosterdrop.{kind}.v1", "data": data})
        content = text if plain else base64.b64encode(text.encode()).decode()
        message = {"MessageId": "m1", "PopReceipt": "p1", "MessageText": content}
        before = len(self.posts)
        Workflow(DEFINITION, PARAMETERS | parameters, message, self).run()
        posts = [post["body"] for post in self.posts[before:]]
        return "".join(post.get("messageBody", "") or f"{post['Subject']} {post['Body']}" for post in posts)


@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_outcomes_that_need_a_person_are_posted(outcome: str) -> None:
    azure = Azure()
    said = azure.take("verification", verification(outcome))
    assert bool(said) == (outcome in OUTCOMES["verification"])
    assert not said or f"north: {outcome}" in said
    assert (azure.deleted, len(azure.rows)) == (1, 1)


@pytest.mark.parametrize("outcome", get_args(SyncOutcome))
def test_syncs_that_need_a_person_are_posted(outcome: str) -> None:
    said = Azure().take("sync", sync(outcome))
    assert bool(said) == (outcome in OUTCOMES["sync"])
    assert not said or f"north: sync {outcome}" in said


def test_a_held_run_says_what_would_go_until_when_and_how_to_decide() -> None:
    said = Azure().take("held", held())
    assert "north: held, decide by 2026-11-29T15:00:00Z" in said
    assert "people students: 250 of 500 would go<br>orgs: 250 of 500 would go" in said
    assert f"python -m local approve north {RUN}" in said


@pytest.mark.parametrize("plain", [False, True])
def test_a_repeat_is_dropped_and_deleted(plain: bool) -> None:
    azure = Azure()
    assert azure.take("verification", verification("failed"), plain=plain)
    assert azure.take("verification", verification("failed"), plain=plain) == ""
    assert (azure.deleted, len(azure.rows)) == (2, 1)
    assert azure.take("sync", sync("failed")), "another id is another event"


def test_findings_and_failures_are_told_as_text() -> None:
    evil = {"type": "error", "fileName": "<img src=x>.csv", "description": "A & B", "origin": "service"}
    failure = {"code": "badRequest", "message": "Why <b>.", "requestId": None}
    said = Azure().take("verification", verification("failed", messages=[evil] * 9, failure=failure))
    assert "&lt;img src=x&gt;.csv: A &amp; B" in said
    assert "badRequest: Why &lt;b&gt;." in said
    assert "<img" not in said
    without_profile = verification("invalidDrop") | {"profile": None}
    assert "no profile: invalidDrop" in Azure().take("verification", without_profile)


def test_by_mail() -> None:
    said = Azure().take("verification", verification("failed"), by="mail")
    assert said.startswith("Rosterdrop: north: failed <p>")


def test_a_message_stays_on_the_queue_while_the_table_does_not_answer() -> None:
    azure = Azure(table=403)
    with pytest.raises(Terminated):
        azure.take("verification", verification("failed"))
    assert (azure.posts, azure.deleted, azure.rows) == ([], 0, set())


def test_the_outcomes_are_those_that_the_alerts_have() -> None:
    for kind, outcomes in OUTCOMES.items():
        assert DEFINITION["parameters"][kind]["defaultValue"] == outcomes
