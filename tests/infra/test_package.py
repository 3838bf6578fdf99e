"""The package holds the app and nothing else, whichever program sends it and whatever lies about in the folder."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from .packaging import CoreTools, GoGitignore, azd, core_tools

ROOT = Path(__file__).parents[2]
FILES = {"function_app.py", "host.json", "requirements.txt"}
FOLDERS = {"poll_state", "shared", "start_sync", "status"}
KINDS = {".py", ".html", ".css", ".js"}
LIES_ABOUT = [
    # make setup
    ".venv/lib/python3.13/site-packages/azure/core/__init__.py",
    ".venv/bin/python",
    "node_modules/@azure/identity/index.js",
    "node_modules/.bin/azurite",
    "node_modules/.ready",
    "node_modules/azurite/dist/main.js",
    # make test, make run, the commands
    ".cache/mypy/3.13/shared.data.json",
    ".coverage.host.1",
    ".data/blobs/1",
    ".hypothesis/examples/1",
    ".pytest_cache/README.md",
    "handled.txt",
    "poll_state/__pycache__/orchestrator.cpython-313.pyc",
    "shared/__pycache__/settings.cpython-313.pyc",
    "shared/sds/__pycache__/classic.cpython-313.pyc",
    "tests/__pycache__/conftest.cpython-313.pyc",
    # func, azd, editors
    "local.settings.json",
    ".azure/prod/.env",
    ".python_packages/lib/site-packages/httpx/__init__.py",
    ".vscode/settings.json",
    ".idea/workspace.xml",
    "rosterdrop_env/lib/python3.13/site-packages/httpx/__init__.py",
    "venv/bin/python",
    # what a person leaves behind
    "Student.csv",
    "export/Student.csv",
    "export.zip",
    "@new/x.py",
    "shared-old/settings.py",
    "shared/Student.csv",
    "shared/sds/notes.txt",
    "status.txt",
    "status/export.csv",
    "notes.md",
    ".env",
]

type Sends = Callable[[Path], set[str]]


def committed() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    for name in committed():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    for name in LIES_ABOUT:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x", encoding="utf-8")
    return root


@pytest.mark.parametrize("sends", [core_tools, azd], ids=["core tools", "azd"])
def test_the_app_and_nothing_else_is_sent(tree: Path, sends: Sends) -> None:
    app = {name for name in committed() if name in FILES or name.partition("/")[0] in FOLDERS}
    assert app >= FILES | {"shared/sds/classic.py"}
    assert {Path(name).suffix for name in app - FILES} <= KINDS, ".funcignore names the kinds of files that are sent"
    assert sends(tree) == app


def test_the_package_is_small(tree: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name in core_tools(tree):
            package.write(tree / name, name)
    assert len(content.getvalue()) < 2**20
    assert sum((tree / name).stat().st_size for name in core_tools(tree)) < 2**20


@pytest.mark.parametrize(
    ("rules", "sent", "kept"),
    [
        # Facts of Core Tools' rules that git's differ in.
        ("node_modules/", "node_modules/@azure/x.js", "node_modules/azure/x.js"),
        ("node_modules/", "node_modules/.bin/x", "node_modules/azurite"),
        ("*.md", "docs/deploy.md", "README.md"),
        ("tests", "old/tests/x.py", "tests/x.py"),
        ("requirements", "require.txt", "requirements-dev.txt"),
        ("shared\n!shared/**/*.py", "shared/sds/x.py", "shared/__pycache__/x.pyc"),
        ("!a/b\na", "a/b/c", "a/c"),
        ("a/**", "a", "a/b/c"),
        ("share[d]/x", "shared/x", "share[d]/x"),
    ],
)
def test_the_rules_are_those_of_core_tools(rules: str, sent: str, kept: str) -> None:
    assert CoreTools(rules).takes(sent)
    assert not CoreTools(rules).takes(kept)


@pytest.mark.parametrize(
    ("rules", "sent", "kept"),
    [
        # Facts of azd's rules that git's differ in.
        ("/*\n!/shared/", "", "shared/x.py"),
        ("/*\n!/shared/*.py", "shared/x.py", "shared/sds/x.py"),
        ("/*\n!/share[d]/**/*.py", "shared/sds/x.py", "shared/x.csv"),
        ("x.py\n!x.py", "a/x.py", ""),
        ("!x.py\nx.py", "", "a/x.py"),
    ],
)
def test_the_rules_are_those_of_azd(rules: str, sent: str, kept: str) -> None:
    assert not sent or not GoGitignore(rules).leaves_out(sent, folder=False)
    assert not kept or GoGitignore(rules).leaves_out(kept, folder=False)
