"""What the host reads from host.json and from app settings."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.child import StartError

_NAME = re.compile(r"%([^%]+)%")


def resolve(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """Put app settings in the place of `%NAME%`. As in Azure there is no default: StartError if one is missing."""

    def value(match: re.Match[str]) -> str:
        try:
            return environment[match[1]]
        except KeyError:
            raise StartError(f"{text!r} refers to the app setting {match[1]}, which is not set") from None

    return _NAME.sub(value, text)


@dataclass(frozen=True)
class HostJson:
    """The parts of host.json that this host heeds, with Azure's defaults (learn.microsoft.com,
    "functions-host-json", "durable-functions-bindings", "functions-bindings-storage-blob")."""

    task_hub: str
    blob_tries: int
    blobs_at_once: int
    activities_at_once: int
    orchestrators_at_once: int
    route_prefix: str

    @classmethod
    def read(cls, app: Path) -> "HostJson":
        """Read the app's host.json. Raises StartError."""
        path = app / "host.json"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise StartError(f"{path} is missing") from None
        except ValueError as error:
            raise StartError(f"{path} is not JSON: {error}") from None
        if not isinstance(content, dict) or content.get("version") != "2.0":
            raise StartError(f'{path} must have "version": "2.0"')
        durable = _section(content, "extensions", "durableTask")
        blobs = _section(content, "extensions", "blobs")
        http = _section(content, "extensions", "http")
        return cls(
            task_hub=resolve(str(durable.get("hubName", "TestHubName"))),
            blob_tries=int(blobs.get("poisonBlobThreshold", 5)),
            blobs_at_once=int(blobs.get("maxDegreeOfParallelism", 16)),
            activities_at_once=int(durable.get("maxConcurrentActivityFunctions", 10)),
            orchestrators_at_once=int(durable.get("maxConcurrentOrchestratorFunctions", 10)),
            route_prefix=str(http.get("routePrefix", "api")),
        )


def _section(content: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        content = content.get(name) or {}
    return content
