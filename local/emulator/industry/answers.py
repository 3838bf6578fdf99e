"""Flows, connectors and sessions as JSON objects of the industry data API."""

from ..clock import stamp
from ..specs import FlowSpec
from .flow import Flow
from .sas import Signer
from .session import Session

NAMESPACE = "#microsoft.graph.industryData"


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


def connector_object(flow: Flow) -> dict[str, object]:
    """The connector. Its `fileFormat`, a reference value, is null when the flow is of no format."""
    return {
        "@odata.type": f"{NAMESPACE}.azureDataLakeConnector",
        "id": flow.connector,
        "displayName": f"{flow.spec.display_name} files",
        "fileFormat": {"code": flow.spec.file_format} if flow.spec.file_format else None,
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
