"""The service that the settings ask for."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..settings import Settings
from .port import Sds

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from .http import Patience


def connect(
    settings: Settings, *, credential: "TokenCredential | None" = None, patience: "Patience | None" = None
) -> Sds:
    """One service object with its own connections: keep it for many calls, close it at the end. Makes no request.

    Without a `credential`, azure-identity's default one is used. `patience` is how long one exchange may take.
    """
    from . import classic, industry_data
    from .address import UploadPlaces, is_loopback
    from .graph import Graph
    from .http import Wire
    from .token import Tokens

    root = urlsplit(settings.graph_base_url)
    at_home = is_loopback(root.hostname or "")
    wire = Wire(proxied=root.scheme == "https", patience=patience)
    tokens = Tokens(settings.graph_scope, credential)
    places = UploadPlaces(settings.upload_hosts, loopback=at_home)
    if settings.api == "classic":
        return classic.Classic(Graph(settings.graph_base_url, classic.API, tokens, wire), wire, places)
    # The service asks for 5 s between polls. Only a Graph on this machine, a stand-in, may be asked more often.
    poll_at_least = max(0.0 if at_home else 5.0, settings.operation_poll)
    graph = Graph(settings.graph_base_url, industry_data.API, tokens, wire)
    return industry_data.IndustryData(graph, wire, places, poll_at_least)
