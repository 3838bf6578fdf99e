"""A request to the host and its answer, whole."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Asked:
    """A request. Header names are in lower case; of several values of one name the last counts."""

    method: str
    url: str
    path: str
    """As it was sent, still encoded."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """An answer. A header may come several times."""

    status: int
    headers: tuple[tuple[str, str], ...] = field(default=())
    body: bytes = b""

    @classmethod
    def text(cls, status: int, text: str) -> Self:
        return cls(status, (("Content-Type", "text/plain; charset=utf-8"),), text.encode())

    @classmethod
    def json(cls, status: int, content: Any) -> Self:
        return cls(status, (("Content-Type", "application/json"),), json.dumps(content).encode())
