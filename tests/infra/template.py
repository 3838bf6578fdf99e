"""The template as data: each Bicep file parsed, for tests to look at."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pycep import BicepParser

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
FILES = sorted(INFRA.rglob("*.bicep"))
ROLES = json.loads((INFRA / "roles.json").read_text(encoding="utf-8"))
PARAMETERS = json.loads((INFRA / "main.parameters.json").read_text(encoding="utf-8"))["parameters"]

type Fields = dict[str, Any]


@cache
def parser() -> BicepParser:
    return BicepParser()


@cache
def parsed(file: Path) -> Fields:
    content: Fields = parser().parse(text=file.read_text(encoding="utf-8"))
    return content


def main() -> Fields:
    return parsed(INFRA / "main.bicep")


def app(name: str) -> Fields:
    return parsed(INFRA / "app" / f"{name}.bicep")


def body(declared: Fields) -> Fields:
    """What a resource or module is made with, loops and conditions taken off."""
    config: Fields = declared["config"]
    while set(config) >= {"config"} and set(config) & {"condition", "loop_type"}:
        config = config["config"]
    return config


def resources() -> Iterator[tuple[str, str, Fields]]:
    """Every resource that is made: file, name, declaration."""
    for file in FILES:
        for name, declared in parsed(file).get("resources", {}).items():
            if not declared["existing"]:
                yield file.name, name, declared


def modules() -> Iterator[tuple[Path, str, Fields]]:
    """Every module: the file that names it, its name, its declaration."""
    for file in FILES:
        for name, declared in parsed(file).get("modules", {}).items():
            yield file, name, declared


def grants() -> Iterator[tuple[str, Fields]]:
    """Every role assignment of roles.json with its place: `drop/containers/runs`, `host/account` …"""

    def below(place: str, part: Any) -> Iterator[tuple[str, Fields]]:
        if isinstance(part, list):
            for grant in part:
                yield place, grant
        else:
            for name, inner in part.items():
                yield from below(f"{place}/{name}" if place else name, inner)

    yield from below("", ROLES["assignments"])


def settings_of_the_template() -> set[str]:
    """Every app setting that the template gives, or can give."""
    fixed = set(main()["variables"]["fixed"]["value"])
    return fixed | set(PARAMETERS["settings"]["value"])


def variables_of(value: object) -> set[str]:
    """The environment variables that a value of the parameters' file is taken from."""
    return set(re.findall(r"\$\{(\w+)", json.dumps(value)))
