"""azd deploys the app and calls the program that does the rest, on every system."""

from pathlib import Path

import pytest
import yaml

from .template import app, body

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
