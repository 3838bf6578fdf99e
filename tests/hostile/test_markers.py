"""Marks in everything that comes in, on a whole stack, and none of them where anybody reads.

What may be told, and is: names of files, wherever they lie (who has to move or mend one must know which; `design`:
messages name file, line, column and rule), and names of columns. What a file holds, what a service quotes, addresses of
uploads, tokens and keys are told nowhere; `errors.jsonl` and `removed.jsonl`, which are for names, are left out here,
and so is the snapshot, which is the files themselves.
"""

import io
import shutil
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import BlobServiceClient, ContentSettings
from azure.storage.queue import QueueServiceClient

from local.identity import CLIENT_IDS
from local.stack import ROOT, Stack
from shared import door
from shared.label import KEY
from shared.record import Lack, Recent, Record, Seen
from shared.settings import GUID
from tests.behaviour.conftest import SETTINGS
from tests.behaviour.drops import made, without
from tests.behaviour.mailbox import Mailbox
from tests.behaviour.profile import Profile
from tests.status.records import NOW, RUN

from .planted import CELL, QUOTED, SECRETS, SIGN, WORDS, marked, problems, spoiled, told

APART = ("errors.jsonl", "removed.jsonl")


class Stage:
    """A stack of one API with its messages and all places where something may be told."""

    def __init__(self, api: str, stack: Stack, mailbox: Mailbox, blobs: BlobServiceClient, witness: Path) -> None:
        assert stack.emulator is not None
        self.api = api
        self.stack = stack
        self.mailbox = mailbox
        self.blobs = blobs
        self.witness = witness
        self.emulator = stack.emulator
        self.browser = httpx.Client(follow_redirects=True, timeout=30)
        self.program = httpx.Client(timeout=30, headers={"x-functions-key": stack.http_key})
        self.browser.get(stack.page).raise_for_status()

    def profile(self) -> Profile:
        return Profile(self.api, self.emulator, self.blobs, self.mailbox)

    def ask(self, method: str, path: str) -> str:
        """The answer of a JSON route."""
        return self.program.request(method, f"{self.stack.http_base_url}/api/{path}").text

    def sinks(self) -> Iterator[tuple[str, str]]:
        """Every place where people or programs read, and what stands there."""
        yield from (("queue", text) for text in self.mailbox.texts)
        yield "log", self.stack.host_log.read_text(encoding="utf-8")
        yield "engine", self.witness.read_bytes().decode(errors="replace")
        yield from self._stored()
        page = self.browser.get(f"{self.stack.http_base_url}/api/status")
        assert page.status_code == 200
        yield "page", page.text
        yield "answers", self.ask("GET", "profiles")
        for name in self._names("sds-state"):
            yield "answers", self.ask("GET", f"profiles/{name.removesuffix('.json')}")
        for name in self._names("sds-runs"):
            if name.endswith("/report.json"):
                yield "answers", self.ask("GET", f"runs/{name.removesuffix('/report.json')}")
                run = self.browser.get(f"{self.stack.http_base_url}/api/status/{name.removesuffix('/report.json')}")
                yield "page", run.text

    def _stored(self) -> Iterator[tuple[str, str]]:
        for container in self.blobs.list_containers():
            if container.name == "sds-drop" or GUID.fullmatch(container.name):  # files, and the emulator's copies
                continue
            with self.blobs.get_container_client(container.name) as client:
                for name in self._names(container.name):
                    if "/files/" in name or (name.startswith("_refused/") and not name.endswith(".json")):
                        continue
                    if name.endswith(APART):
                        continue
                    read = client.download_blob(name)
                    metadata = read.properties.metadata
                    yield container.name, name + repr(metadata) + read.readall().decode(errors="replace")
                    if KEY in metadata:
                        yield "label", zlib.decompress(b64decode(metadata[KEY])).decode(errors="replace")
        with QueueServiceClient.from_connection_string(self.stack.connection_string) as queues:
            for queue in queues.list_queues():
                with queues.get_queue_client(queue.name) as client:
                    yield from (("queue", str(message.content)) for message in client.peek_messages(32))

    def _names(self, container: str) -> list[str]:
        with self.blobs.get_container_client(container) as client:
            return [blob.name for blob in client.list_blobs()]


@pytest.fixture(scope="module", params=["classic", "industryData"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("witnessed")
    shutil.copy(ROOT / "host.json", folder)
    shutil.copy(Path(__file__).parent / "witnessed" / "function_app.py", folder)
    witness = folder / "engine"
    settings = {
        **SETTINGS,
        "SDS_PREFLIGHT": "block",
        "SDS_MAX_REMOVED_LEAST": "1",
        "SDS_UNCHANGED": "send",
        "SDS_X_WITNESS": str(witness),
        "SDS_X_APP": str(ROOT),
    }
    with (
        Stack(api=request.param, settings=settings, app=folder) as stack,
        Mailbox(stack.connection_string) as mailbox,
        BlobServiceClient.from_connection_string(stack.connection_string) as blobs,
    ):
        made_stage = Stage(request.param, stack, mailbox, blobs, witness)
        made_stage.profile().runs()
        yield made_stage
        made_stage.browser.close()
        made_stage.program.close()


def accepted(profile: Profile, _: Stage) -> Callable[[], Any]:
    profile.drop(marked(made(1)))
    return lambda: (profile.verification("started"), profile.sync("succeeded"))


def refused_by_the_own_check(profile: Profile, _: Stage) -> Callable[[], Any]:
    profile.drop(spoiled(marked(made(2))))

    def check() -> None:
        data = profile.verification("rejectedBeforeUpload")
        assert len({message["rule"] for message in data["messages"]}) > 3, "mistakes of many kinds are told"

    return check


def refused_by_the_service(profile: Profile, _: Stage) -> Callable[[], Any]:
    message = {"type": "error", "fileName": QUOTED, "description": WORDS}
    problem = {"code": QUOTED, "target": QUOTED, "message": WORDS}
    profile.service(classic={"start": {"messages": [message]}}, industry={"validate": {"errors": [problem]}})
    profile.drop(marked(made(3)))

    def check() -> None:
        data = profile.verification("rejected")
        assert any("is no grade of" in message["description"] for message in data["messages"])

    return check


def incomplete(profile: Profile, _: Stage) -> Callable[[], Any]:
    profile.drop({**without(marked(made(4)), "Section.csv"), "Sections.csv": f"{CELL}\n".encode()})
    return lambda: profile.verification("incomplete")


def beside_and_elsewhere(profile: Profile, stage: Stage) -> Callable[[], Any]:
    inside = f"{WORDS}\n".encode()
    profile.drop({"readme.txt": inside, ".done": inside, "old/Student.csv": inside, **marked(made(5))})
    profile.drop({"Student.csv": inside}, folder="not a profile")
    with stage.blobs.get_blob_client("sds-drop", "lost.csv") as blob:
        blob.upload_blob(inside, metadata={"note": SIGN}, content_settings=ContentSettings(f"text/{SIGN}", "gzip"))

    def check() -> None:
        both = [profile.next("verification") for _ in range(2)]
        assert sorted(data["outcome"] for data in both) == ["invalidDrop", "started"]
        profile.sync("succeeded")
        profile.wait_for(lambda: len(profile.told("/sds-drop", "invalidDrop", None)) > 0)

    return check


def marks_on_the_blobs(profile: Profile, stage: Stage) -> Callable[[], Any]:
    """What a writer may say of a file besides its name, and what lies in a file of another kind."""
    said = ContentSettings(
        content_type=f"text/csv; charset={SIGN}; {SECRETS[0]}",
        content_language=SIGN,
        content_disposition=f'attachment; filename="{SIGN}.csv"',
        cache_control=f"x-{SIGN}",
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.comment = WORDS.encode()
        archive.writestr(f"{SIGN}/{SIGN}.csv", WORDS)
    others = {
        "export.zip": packed.getvalue(),
        "wide.txt": WORDS.encode("utf-16"),
        "marked.txt": b"\xef\xbb\xbf" + WORDS.encode(),
        "desktop.ini": f"[{SIGN}]\npassword={SIGN}".encode(),
    }
    for name, data in {**others, **marked(made(9))}.items():
        with stage.blobs.get_blob_client("sds-drop", f"{profile.guid}/{name}") as blob:
            blob.upload_blob(data, metadata={f"m{SIGN}": WORDS.encode().hex(), "note": SIGN}, content_settings=said)

    def check() -> None:
        data = profile.verification("started")
        assert set(data["drop"]["ignored"]) == set(others)
        profile.sync("succeeded")

    return check


def cells_where_a_header_belongs(profile: Profile, _: Stage) -> Callable[[], Any]:
    """A table without its header, behind a comment, in another encoding, between quotes that never close."""
    files = marked(made(10))
    rows = {name: data.partition(b"\n")[2] for name, data in files.items()}
    people = next(name for name in files if name in ("Student.csv", "users.csv"))
    places = next(name for name in files if name in ("School.csv", "orgs.csv"))
    odd = {
        people: rows[people],
        places: f"# {SIGN} {SECRETS[1]}\r\n".encode() + files[places],
        "Section.csv": files["Section.csv"].decode().encode("utf-16"),
        "Teacher.csv": b'"' + rows["Teacher.csv"],
    }
    profile.drop({**files, **odd})

    def check() -> None:
        data = profile.verification("rejectedBeforeUpload")
        assert {message["fileName"] for message in data["messages"]} >= set(odd)

    return check


def held_by_the_guard(profile: Profile, stage: Stage) -> Callable[[], Any]:
    profile.drop(marked(made(6)))

    def check() -> None:
        profile.verification("started")
        profile.sync("succeeded")
        profile.drop({name: data.replace(b"id2000", b"id3000") for name, data in marked(made(6)).items()})
        held = stage.mailbox.wait_for(f"/{profile.guid}", "held", 1, 60)
        run = f"{profile.guid}/{held['subject']}"
        assert "removed.jsonl" in profile.listed("sds-runs", f"{run}/")
        stage.ask("POST", f"runs/{run}/reject")
        profile.verification("notApproved", "refused")

    return check


def a_failing_service(profile: Profile, _: Stage) -> Callable[[], Any]:
    error = {"error": {"code": QUOTED, "message": WORDS, "innerError": {"message": WORDS, "request-id": QUOTED}}}
    address = {"value": f"http://127.0.0.1:1/c?sv=1&sig={SIGN}", "sessionUrl": f"http://127.0.0.1:1/c?sig={SIGN}"}
    headers = {
        "WWW-Authenticate": f"Bearer {SIGN}",
        "Set-Cookie": f"session={SIGN}",
        "request-id": QUOTED,
        "x-ms-ags-diagnostic": f'{{"ServerInfo":{{"DataCenter":"{SIGN[:2]}, \'{SIGN}\'"}}}}',
    }
    profile.fault("readiness", status=503, body="json", json=error, headers=headers, times=2)
    profile.fault("upload", status=200, body="json", json=address, times=2)
    profile.fault("upload", status=400, body="json", json=error, headers=headers, times=None)
    profile.drop(marked(made(7)))

    def check() -> None:
        data = profile.verification("failed", "badRequest")
        assert "is no grade of" in data["failure"]["message"], "what the service said is told, without what it quoted"
        assert len(profile.calls("readiness")) > 2
        assert len(profile.calls("upload")) > 2

    return check


def warnings_and_errors_of_the_sync(profile: Profile, _: Stage) -> Callable[[], Any]:
    message = {"type": "warning", "fileName": "Student.csv", "description": WORDS}
    warning = {"code": "InvalidValue", "target": "Student.csv", "message": WORDS}
    profile.service(
        classic={
            "start": {"messages": [message]},
            "sync": [{"state": "inProgress", "seconds": 0.3}, {"state": "error"}],
            "errors": problems(),
        },
        industry={"validate": {"warnings": [warning]}},
    )
    profile.drop(marked(made(8)))

    def check() -> None:
        data = profile.verification("startedWithWarnings")
        assert any("is no grade of" in message["description"] for message in data["messages"])
        synced = profile.sync("failed" if profile.classic else "succeeded")
        if profile.classic:
            assert "errors.jsonl" in profile.listed("sds-runs", f"{profile.guid}/{data['runId']}/")
            assert synced["errorCount"]

    return check


SCENARIOS = (
    accepted,
    refused_by_the_own_check,
    refused_by_the_service,
    incomplete,
    beside_and_elsewhere,
    marks_on_the_blobs,
    cells_where_a_header_belongs,
    held_by_the_guard,
    a_failing_service,
    warnings_and_errors_of_the_sync,
)


def test_nothing_that_was_planted_is_told(stage: Stage) -> None:
    """All scenarios at once, each on a profile of its own; then every place is read."""
    checks = [scenario(stage.profile(), stage) for scenario in SCENARIOS]
    for check in checks:
        check()
    sinks = list(stage.sinks())
    found = {(sink, place) for sink, text in sinks for place in told(text)}
    assert not found, "\n".join(f"{sink}: {place}" for sink, place in sorted(found))
    secret = (stage.stack.identity_header, stage.stack.http_key, *CLIENT_IDS.values(), *_keys(stage.stack))
    for sink, text in sinks:
        assert not [one for one in secret if one in text], sink
    _plant(stage)
    assert {sink for sink, text in stage.sinks() if told(text)} == {
        "queue",
        "log",
        "engine",
        "sds-runs",
        "sds-state",
        "page",
        "answers",
    }


def _keys(stack: Stack) -> list[str]:
    parts = dict(part.split("=", 1) for part in stack.connection_string.strip(";").split(";"))
    return [parts["AccountKey"]]


def _plant(stage: Stage) -> None:
    """A leak into every place: the search must see each."""
    with stage.stack.host_log.open("a", encoding="utf-8") as log:
        log.write(f"{SIGN}\n")
    with stage.witness.open("ab") as engine:
        engine.write(SIGN.encode())
    guid = stage.profile().guid
    leak = Recent(f"{RUN}", "failed", NOW, failure=SIGN)
    seen = Seen("f", NOW, 2, told=True, format="sdsV1", lacks=(Lack("Section.csv", "missing", near=f"{SIGN}.csv"),))
    report = {"v": 1, "profile": guid, "runId": RUN, "api": SIGN}
    for container, name, data in (
        ("sds-state", f"{guid}.json", door._ENCODER.encode(Record(guid, inbox=seen, recent=(leak,)))),
        ("sds-runs", f"{guid}/{RUN}/report.json", msgspec.json.encode(report)),
    ):
        with stage.blobs.get_blob_client(container, name) as blob:
            blob.upload_blob(data, overwrite=True)
    with QueueServiceClient.from_connection_string(stage.stack.connection_string) as queues:
        try:
            planted = queues.create_queue("planted")
        except ResourceExistsError:
            planted = queues.get_queue_client("planted")
        with planted:
            planted.send_message(SIGN)
