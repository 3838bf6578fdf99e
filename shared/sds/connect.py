"""The service that the settings ask for."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..settings import Settings
from .port import Sds

if TYPE_CHECKING:
    import httpx
    from azure.core.credentials import TokenCredential


def connect(
    settings: Settings,
    *,
    credential: "TokenCredential | None" = None,
    transport: "httpx.BaseTransport | None" = None,
    timeout: "httpx.Timeout | None" = None,
) -> Sds:
    """One service object with one HTTP client: keep it for many calls, close it at the end. Makes no request.

    Without a `credential`, azure-identity's default one is used. `transport` and `timeout` are httpx's.
    """
    from .address import is_loopback
    from .classic import Classic
    from .graph import Graph
    from .http import TIMEOUT, Wire
    from .token import Tokens

    wire = Wire(urlsplit(settings.graph_base_url).scheme, transport, timeout or TIMEOUT)
    graph = Graph(settings.graph_base_url, Tokens(settings.graph_scope, credential), wire)
    if settings.api == "classic":
        return Classic(graph, wire)
    from .industry_data import IndustryData

    # The service asks for 5 s between polls. Only a Graph on this machine, a stand-in, may be asked more often.
    least = 0.0 if is_loopback(urlsplit(settings.graph_base_url).hostname or "") else 5.0
    return IndustryData(graph, wire, poll_at_least=max(least, settings.operation_poll))
