"""What is set up, published and pinned is what the documents say, and names no machine and no registry."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from shared.settings import TABLE, Settings

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")


def committed() -> list[str]:
    """The files that are, or would be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists()]


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_every_python_package_is_pinned_with_a_hash_and_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.findall(
        r"^\S.*?(?=^\S|\Z)", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE), re.MULTILINE | re.DOTALL
    )
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==\S+ \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n)+\Z", entry), entry[:100]
    assert not re.search(r"https?://|file:|--index|--find-links|/(root|opt|home|work|usr)/", text)


def test_the_app_is_pinned_alike_for_azure_and_for_this_machine() -> None:
    app, dev = (pins(name) for name in LOCKS)
    assert app.items() <= dev.items()
    assert (app["azure-functions"], app["azure-functions-durable"], app["durabletask"]) == (
        "2.3.0",
        "2.0.0rc3",
        "1.12.0",
    )
    assert not {"pytest", "uvicorn", "starlette", "rich", "azure-functions-runtime"} & set(app)


def test_the_npm_lock_is_whole_and_names_no_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    of_registry = [package for name, package in lock["packages"].items() if name.startswith("node_modules/")]
    own = [package for package in of_registry if package.get("link")]
    assert {package["resolved"] for package in own} == {"local/left_out"}
    assert len(of_registry) > 100
    assert all("integrity" in package and "resolved" not in package for package in of_registry if package not in own)


def test_no_file_names_a_machine_path() -> None:
    for name in committed():
        if (
            Path(name).suffix in {".py", ".md", ".toml", ".txt", ".json", ".in", ""}
            and name != "tests/tooling/test_files.py"
        ):
            text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
            assert not re.search(r"/(work|root|opt)/\w", text), name


def test_one_python_version_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    version = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    assert version == "3.13"
    assert project["project"]["requires-python"].startswith(f">={version}")
    assert project["tool"]["mypy"]["python_version"] == version


def test_the_example_of_local_settings_names_settings_that_are_read() -> None:
    values = json.loads((ROOT / "local.settings.example.json").read_text(encoding="utf-8"))["Values"]
    assert set(values) - {"FUNCTIONS_WORKER_RUNTIME"} <= {setting.name for setting in TABLE}
    Settings.load(values, app=True)
