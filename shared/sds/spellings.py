"""The addresses of industry data calls that Microsoft's own material spells in several ways.

The reference pages come first, then the forms in Microsoft's samples (Data Factory, Postman, Power Platform). The
service may know some of them only; which one worked is remembered as long as the service object lives.
"""

import time
from typing import Any

from .graph import Graph
from .port import Reply
from .replies import Exchange, failed, unavailable

LONGEST = 120.0
"""Seconds in which the spellings of a call are tried: a service may be slow to say that it knows none of them."""

ROOT = "/external/industryData"
_NAMESPACE = "microsoft.graph.industryData"
_CAST = f"{_NAMESPACE}.azureDataLakeConnector"

SESSION = (
    f"/dataConnectors/{{connector}}/{_CAST}/getUploadSession?resetSession=true",
    f"/dataConnectors/{{connector}}/{_CAST}/getUploadSession(resetSession=true)",
    f"/dataConnectors/{{connector}}/{_CAST}/{_NAMESPACE}.getUploadSession(resetSession=true)",
    f"/dataConnectors/{{connector}}/{_CAST}/{_NAMESPACE}.getUploadSession()?resetSession=true",
    f"/dataConnectors/{{connector}}/{_NAMESPACE}.getUploadSession(resetSession=true)",
    f"/dataConnectors/{{connector}}/{_NAMESPACE}.getUploadSession()?resetSession=true",
    f"/dataConnectors('{{connector}}')/{_CAST}/getUploadSession?resetSession=true",
    f"/dataConnectors('{{connector}}')/{_CAST}/{_NAMESPACE}.getUploadSession()?resetSession=true",
    f"/dataConnectors('{{connector}}')/{_NAMESPACE}.getUploadSession()?resetSession=true",
    f"/dataConnectors/{{connector}}/{_CAST}/GetUploadSession?resetSession=true",
    # Without a reset, files of an earlier try may be left in the container; each name of ours is written anew.
    f"/dataConnectors/{{connector}}/{_CAST}/getUploadSession",
    f"/dataConnectors/{{connector}}/{_CAST}/{_NAMESPACE}.getUploadSession()",
    f"/dataConnectors/{{connector}}/{_NAMESPACE}.getUploadSession()",
)
VALIDATE = (
    "/dataConnectors/{connector}/validate",
    "/dataConnectors/{connector}/validate()",
    "/inboundFlows/{flow}/dataConnector/validate",
    f"/dataConnectors/{{connector}}/{_NAMESPACE}.validate",
    f"/dataConnectors/{{connector}}/{_NAMESPACE}.validate()",
    "/dataConnectors('{connector}')/validate",
    "/dataConnectors('{connector}')/validate()",
)
STATISTICS = (
    "/runs/{run}/getStatistics",
    "/runs/{run}/getStatistics()",
    f"/runs/{{run}}/{_NAMESPACE}.getStatistics()",
)
FLOW = ("/inboundFlows/{flow}?$expand=dataConnector", "/inboundFlows/{flow}", "/inboundFlows('{flow}')")

_NO_SUCH_SPELLING = frozenset({400, 404, 405, 501})
"""What Graph says to a path it doesn't know ("Resource not found for the segment"); nothing was done then. A POST that
is answered 400 with other words was understood and turned down: it is not sent again."""


class Spellings:
    """Calls that try the spellings of a table in order, the one that worked last time first."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[tuple[str, ...], str] = {}

    def exchange(self, method: str, table: tuple[str, ...], **ids: str) -> Exchange | Reply[Any]:
        """The first answer that isn't about the spelling; if all are, the one that tells most. A reply: a failure."""
        refusals: list[Exchange] = []
        until = time.monotonic() + LONGEST
        for spelling in sorted(table, key=lambda each: each != self._known.get(table)):
            if refusals and time.monotonic() > until:
                # Not that there is no such thing: nobody knows what the other spellings would have said.
                return unavailable(refusals[-1].asked, "the answers took too long, not all spellings were tried", {})
            result = self._graph.exchange(method, ROOT + spelling.format(**ids))
            if isinstance(result, Reply) or not _about_spelling(method, result):
                if isinstance(result, Exchange) and result.good:
                    self._known[table] = spelling
                return result if isinstance(result, Reply) or result.good else failed(result)
            refusals.append(result)
        return failed(min(refusals, key=_tells_little))


def _about_spelling(method: str, refusal: Exchange) -> bool:
    understood = method == "POST" and refusal.status == 400 and b"segment" not in refusal.body
    return refusal.status in _NO_SUCH_SPELLING and not understood


def _tells_little(refusal: Exchange) -> tuple[bool, bool]:
    return b"segment" in refusal.body, refusal.status in (405, 501)
