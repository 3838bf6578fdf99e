"""Flows, connectors and sessions as JSON objects of the industry data API."""

import re

from ..call import Call
from ..clock import stamp
from ..specs import FlowSpec
from .flow import Flow
from .references import Connector
from .sas import Signer
from .session import Session

NAMESPACE = "#microsoft.graph.industryData"
_INSIDE = re.compile(r"\([^()]*\)")


def context(call: Call, what: str) -> dict[str, object]:
    return {"@odata.context": f"{call.graph_root}/$metadata#external/industryData/{what}/$entity"}


def expands(call: Call, name: str) -> bool:
    """Whether `$expand` names a link; what it says of it in parentheses is not minded."""
    wishes = _INSIDE.sub("", call.request.query_params.get("$expand", "").lower())
    return name.lower() in (wish.strip() for wish in wishes.split(","))


def flow_object(flow: Flow, readiness: str) -> dict[str, object]:
    expires = flow.expires
    return {
        "@odata.type": f"{NAMESPACE}.inboundFileFlow",
        "id": flow.spec.id,
        "displayName": flow.spec.display_name,
        "readinessStatus": readiness,
        "dataDomain": "educationRostering",
        "effectiveDateTime": stamp(flow.effective),
        "expirationDateTime": None if expires is None else stamp(expires),
    }


def connector_object(connector: Connector) -> dict[str, object]:
    """The azureDataLakeConnector. Its `fileFormat`, a reference value, is null when it is of none."""
    return {
        "@odata.type": f"{NAMESPACE}.azureDataLakeConnector",
        "id": connector.id,
        "displayName": connector.display_name,
        "fileFormat": {"code": connector.file_format} if connector.file_format else None,
    }


def session_object(
    session: Session, spec: FlowSpec, signer: Signer, root: str, tenant: str, expires: float
) -> dict[str, object]:
    """A fileUploadSession. `expires` is when the signature ends, as a rule with the session."""
    directory = (tenant, session.connector, session.container)
    depth = {"directory": 3, "fileSystem": 1, "host": 0}[spec.session.url_path]
    path = "/".join(directory[:depth])
    return {
        "containerId": session.container,
        "containerExpirationDateTime": stamp(session.container_expires),
        "sessionExpirationDateTime": stamp(session.expires),
        "sessionUrl": f"{root}/{path}?{signer.query(directory, spec.session.permissions, expires)}",
    }
