"""The deployment pages name the settings, roles, functions and files that exist."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from shared.settings import Settings

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "infra" / "grant-graph-roles.sh"
PAGES = [ROOT / "docs" / "deploy.md", ROOT / "docs" / "choosing-an-api.md"]
DEPLOY, CHOOSING = (page.read_text(encoding="utf-8") for page in PAGES)
ROLE = re.compile(r"(?:IndustryData|EduAdministration)[A-Za-z.-]+\.[A-Za-z.]+")


def commands() -> str:
    return "\n".join(re.findall(r"```bash\n(.*?)```", DEPLOY, re.DOTALL))


def test_the_roles_in_the_page_are_those_that_the_script_grants() -> None:
    granted = re.findall(r"^ +echo (\S+)", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)
    tabled = [found for line in CHOOSING.splitlines() if line.startswith("|") for found in ROLE.findall(line)]
    assert sorted(granted) == sorted(tabled)
    assert len(granted) == 7


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


def test_the_settings_are_taken_by_the_app() -> None:
    block = commands()
    given: dict[str, str] = dict(re.findall(r'"((?:SDS|AZURE|DROP)_[A-Za-z_]+)=([^"]*)"', block))
    filled = {"$PROFILES": "north=00000000-0000-0000-0000-000000000000", "$API": "industryData"}
    settings = Settings.load({name: filled.get(value, value) for name, value in given.items()})
    assert settings.api == "industryData"
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "shared").rglob("*.py"))
    source += (ROOT / "host.json").read_text(encoding="utf-8")
    for name in re.findall(r"\bSDS_[A-Z_]+\b", DEPLOY + CHOOSING):
        assert name in source, name
    for part in {name.partition("__")[2] for name in given if name.startswith("DROP_STORAGE__")}:
        assert part in source, part


def test_names_are_those_of_the_app() -> None:
    blueprint = (ROOT / "start_sync" / "blueprint.py").read_text(encoding="utf-8")
    assert re.findall(r"Host\.Functions\.(\w+)&", DEPLOY) == ["start_sync"]
    assert 'function_name("start_sync")' in blueprint
    settings = Settings()
    for name in (settings.drop_container, settings.run_container, settings.state_container, settings.results_queue):
        assert name in DEPLOY
    assert f"/containers/{settings.drop_container}/ " in DEPLOY


def test_runs_are_kept_longer_than_a_run_can_last() -> None:
    settings = Settings()
    days = int(re.findall(r"daysAfterModificationGreaterThan\": (\d+)", DEPLOY)[0])
    assert days * 86400 > settings.provision_timeout + settings.hold + settings.follow


def test_what_was_never_run_says_so_first() -> None:
    assert "Not run." in DEPLOY.partition("```")[0]


def test_the_commands_are_bash_and_the_script_can_be_run() -> None:
    subprocess.run(["bash", "-n"], input=commands(), text=True, check=True)
    assert os.access(SCRIPT, os.X_OK)
