"""The many spellings of a Graph path, brought to one.

Graph takes keys as `/things/{id}` and `/things('{id}')`, functions with and without `()`, qualified by their namespace
or not, and type casts between segments; Microsoft's own samples use all of them.
"""

import re
from typing import NamedTuple

_SEGMENT = re.compile(r"(?P<name>[^()]*)(?:\((?P<inside>.*)\))?")
_NAMESPACE = "microsoft.graph."
_CASTS = frozenset({"azuredatalakeconnector", "filedataconnector", "industrydataconnector", "inboundfileflow"})


class Address(NamedTuple):
    """A path in its plain spelling (lower-case, slashes only) and the parameters of the function called by it."""

    path: str
    parameters: dict[str, str]


def address_of(path: str) -> Address:
    """Bring a decoded path to its plain spelling. Anything unusual stays as it is and will match no route."""
    segments: list[str] = []
    parameters: dict[str, str] = {}
    for raw in path.lower().strip("/").split("/"):
        match = _SEGMENT.fullmatch(raw)
        if match is None:
            segments.append(raw)
            continue
        name, inside = match["name"], match["inside"] or ""
        if name.startswith(_NAMESPACE):
            name = name.rpartition(".")[2]
        if name not in _CASTS:
            segments.append(name)
        key = inside.removeprefix("id=").strip("'\"")
        if "=" in key:
            parameters |= _pairs(inside)
        elif key:
            segments.append(key)
    return Address("/" + "/".join(segments), parameters)


def _pairs(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(","))
    return {name.strip(): value.strip().strip("'") for name, _, value in pairs}
