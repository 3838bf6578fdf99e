"""The pages about Azure name what exists, say what to do for whatever can come, and lead somewhere."""

import re
import subprocess
from pathlib import Path
from typing import get_args

import pytest

from shared.azure_connection import Connection
from shared.lines import line
from shared.results import Outcome, SyncOutcome
from shared.settings import TABLE, Settings
from shared.settings.load import load

from .template import PARAMETERS, ROLES, grants, main, variables_of

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / name for name in ("deploy.md", "operate.md", "choosing-an-api.md")]
DEPLOY, OPERATE, CHOOSING = (page.read_text(encoding="utf-8") for page in PAGES)
CODES = [
    "accessDenied",
    "unauthorized",
    "badRequest",
    "serviceUnavailable",
    "uploadRefused",
    "startUnconfirmed",
    "startedDespiteErrors",
    "startNotFound",
    "unexpectedFiles",
    "targetChanged",
    "badSetting",
    "internal",
]


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)


def section(page: str, heading: str) -> str:
    return page.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        if path.startswith("https://"):
            continue
        linked = page.parent / path if path else page
        assert linked.is_file(), target
        headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
        slugs = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in slugs, target


def test_what_was_never_run_says_so_first() -> None:
    assert "What nobody has run." in DEPLOY.partition("\n## ")[0]


def test_settings_and_options_are_those_that_there_are() -> None:
    settings = {setting.name for setting in TABLE}
    options = {name for given in PARAMETERS.values() for name in variables_of(given["value"])}
    named = set(re.findall(r"\b(?:SDS|GRAPH)_[A-Z_]+\b", DEPLOY + OPERATE + CHOOSING))
    assert named <= settings
    assert set(re.findall(r"\bROSTERDROP_[A-Z_]+\b", DEPLOY + OPERATE)) <= options
    table = section(DEPLOY, "Options")
    assert {name for name in options if name.startswith("ROSTERDROP_")} <= set(re.findall(r"ROSTERDROP_[A-Z_]+", table))


def test_the_app_starts_with_what_the_template_gives() -> None:
    texts = {
        "alone": {
            "api": "industryData",
            "profiles": "north=00000000-0000-0000-0000-000000000000",
            "taskHub": "rosterdrop",
        },
        "within": {"dropAccountName": "stdrop", "suffix": "core.windows.net"},
    }
    defaults = {
        name: each["default"] for name, each in main()["parameters"].items() if isinstance(each["default"], str)
    }
    environment = {}
    for name, value in main()["variables"]["fixed"]["value"].items():
        text = (
            (texts["alone"] | defaults).get(value, value)
            if isinstance(value, str)
            else "0f0f0f0f-0000-4000-8000-0f0f0f0f0f0f"
        )
        environment[name] = re.sub(r"\$\{(\w+)\}", lambda found: texts["within"].get(found[1], "x"), text)
    settings = load(environment | dict.fromkeys(PARAMETERS["settings"]["value"], ""), app=True)
    assert (settings.api, settings.profiles) == ("industryData", {"north": "00000000-0000-0000-0000-000000000000"})
    connection = Connection.read(environment, app=True)
    assert connection.blob_service == "https://stdrop.blob.core.windows.net"
    assert connection.queue_service == "https://stdrop.queue.core.windows.net"
    assert connection.managed


def test_names_are_those_of_the_app() -> None:
    settings = Settings()
    for name in (settings.drop_container, settings.run_container, settings.state_container, settings.results_queue):
        assert f"`{name}`" in DEPLOY
    assert f"`{settings.drop_container}`" in section(OPERATE, "Deleting pupil data")


def test_people_s_roles_are_those_of_the_table() -> None:
    told = section(DEPLOY, "Who writes, who reads")
    for _, grant in grants():
        if grant["who"] in {"writer", "subscriber", "operator"}:
            assert f"`{grant['role']}`" in told
    assert set(re.findall(r"`((?:Storage|Rosterdrop) [A-Z][\w ]+)`", DEPLOY)) <= set(ROLES["definitions"])


@pytest.mark.parametrize("outcome", [*get_args(Outcome), *get_args(SyncOutcome), *CODES])
def test_every_outcome_and_code_says_what_to_do(outcome: str) -> None:
    table = [line.split("|")[1] for line in section(OPERATE, "Each outcome").splitlines() if line.startswith("|")]
    assert any(f"`{outcome}`" in cell for cell in table)


def test_queries_read_the_lines_that_the_app_writes() -> None:
    source = "".join(
        file.read_text(encoding="utf-8")
        for folder in ("shared", "poll_state", "start_sync")
        for file in (ROOT / folder).rglob("*.py")
    )
    lines = re.findall(r"\bline\(\s*\"(\w+)\"(.*?)\)\n", source, re.DOTALL)
    fields = {field for _, rest in lines for field in re.findall(r"\b(\w+)=", rest)} | {"event"}
    queries = blocks(OPERATE, "kusto")
    assert len(queries) == 6
    for query in queries:
        assert query.startswith(("AppTraces\n", "AppRequests\n", "union AppTraces, AppExceptions\n"))
    alerts = (ROOT / "infra" / "alerts.json").read_text(encoding="utf-8")
    alerts += (ROOT / "infra" / "app" / "alerts.bicep").read_text(encoding="utf-8")
    for text in (*queries, alerts):
        assert set(re.findall(r"event=(\w+) ", text)) <= {event for event, _ in lines}
        assert set(re.findall(r"'(\w+)=\(", text)) <= fields
    assert {"outcome", "sync", "held", "taken"} <= set(re.findall(r"event=(\w+) ", alerts))


def test_queries_take_the_lines_apart() -> None:
    given = {"profile": "north", "run": "20261122T145225Z-0123456789ab", "outcome": "failed", "code": "badRequest"}
    written = line("outcome", **given, errors=3, step="upload", ms=120)
    texts = [
        *blocks(OPERATE, "kusto"),
        (ROOT / "infra" / "alerts.json").read_text(encoding="utf-8").replace("\\\\", "\\"),
    ]
    taken = {}
    for text in texts:
        for pattern in re.findall(r"extract\('([^']+)', 1, Message\)", text):
            found = re.search(pattern.replace("\\\\", "\\"), written)
            assert found, pattern
            taken[pattern.partition("=")[0]] = found[1]
    assert taken == given | {"event": "outcome", "errors": "3", "step": "upload", "ms": "120"}


def test_commands_are_commands() -> None:
    for block in [block for page in (DEPLOY, OPERATE, CHOOSING) for block in blocks(page, "bash")]:
        subprocess.run(["bash", "-n"], input=block, text=True, check=True)
        assert "python -m local" not in block or ".venv/bin/python -m local" in block
