"""azd deploys the app and calls the program that does the rest, on every system."""

import re
from pathlib import Path

import pytest
import yaml

from .template import PARAMETERS, app, body, variables_of

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("platform", ["posix", "windows"])
def test_azd_calls_the_program_after_it_has_deployed(platform: str) -> None:
    azure = yaml.safe_load((ROOT / "azure.yaml").read_text(encoding="utf-8"))
    (name,) = azure["services"]
    assert azure["services"][name] == {"project": ".", "language": "python", "host": "function", "remoteBuild": True}
    assert body(app("function-app")["resources"]["site"])["tags"]["function"]["parameters"]["arg_2"] == {
        "'azd-service-name'": name
    }
    hook = azure["hooks"]["postdeploy"][platform]
    program = hook["run"].split()[1]
    assert (ROOT / program).is_file()
    assert not (ROOT / hook["run"]).exists(), "azd would take it for the path of a file"


@pytest.mark.parametrize("name", ["test", "deploy"])
def test_a_workflow_takes_no_code_that_may_change_and_has_few_rights(name: str) -> None:
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    used = {step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step}
    moving = {each for each in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", each)}
    assert moving == ({"Azure/setup-azd@v2"} if name == "deploy" else set())
    assert workflow["permissions"].pop("contents") == "read"
    assert workflow["permissions"] == ({"id-token": "write"} if name == "deploy" else {})
    assert "secrets." not in text
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


def test_the_deployment_is_given_what_the_template_asks_for() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "deploy.yml").read_text(encoding="utf-8"))
    given = set(workflow["jobs"]["deploy"]["env"])
    for name, parameter in PARAMETERS.items():
        if re.fullmatch(r"\$\{\w+\}", str(parameter["value"])):
            assert variables_of(parameter["value"]) <= given, name
