"""Setting a flow up: source system, then connector, then school year, then flow, each bound to what it refers to.

What a POST leaves out or binds to nothing is a 400, as with Graph (graph-sds reference 2.2, set-up objects).
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.responses import Response

from ..call import Call, GraphError
from ..collection import collection
from ..paths import address_of
from ..router import Route
from .answers import NAMESPACE, connector_object, context, expands, flow_object
from .flow import DAY
from .references import Connector, FileFormat

ROOT = "/beta/external/industryData"
MOST_NAME = 100
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _bad(text: str) -> GraphError:
    return GraphError(400, "BadRequest", text)


async def _body(call: Call, kind: str | None = None) -> dict[str, Any]:
    """The request's JSON object. `kind`: what its `@odata.type` must say, since its base class is abstract."""
    body = await call.json_body()
    if not isinstance(body, dict):
        raise _bad("The request body must be a JSON object.")
    if kind and str(body.get("@odata.type", "")).lower() != f"{NAMESPACE}.{kind}".lower():
        raise _bad(f"@odata.type must be {NAMESPACE}.{kind}.")
    return body


def _name(body: Mapping[str, Any], field: str = "displayName") -> str:
    name = body.get(field)
    if not isinstance(name, str) or not 1 <= len(name) <= MOST_NAME:
        raise _bad(f"{field} must have from 1 to {MOST_NAME} characters.")
    return name


def _code(body: Mapping[str, Any], field: str) -> str:
    value = body.get(field)
    code = value.get("code") if isinstance(value, dict) else None
    if not isinstance(code, str) or not code:
        raise _bad(f"{field}.code is missing.")
    return code


def _bound(body: Mapping[str, Any], field: str, among: str, there: Mapping[str, object]) -> str:
    """The id of what a field is bound to."""
    segments = address_of(urlsplit(str(body.get(f"{field}@odata.bind", ""))).path).path.split("/")
    if len(segments) < 2 or segments[-2] != among.lower() or segments[-1] not in there:
        raise _bad(f"{field}@odata.bind must be the address of one of {among}.")
    return segments[-1]


def _time(body: Mapping[str, Any], field: str) -> float:
    try:
        time = datetime.fromisoformat(str(body.get(field)))
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise _bad(f"{field} must be a date and time with its offset.")
    return time.timestamp()


async def make_source_system(call: Call) -> Response:
    body = await _body(call)
    settings = body.get("userMatchingSettings", [])
    if not isinstance(settings, list) or not all(isinstance(one, dict) for one in settings):
        raise _bad("userMatchingSettings must be a list.")
    made: dict[str, object] = {
        "id": str(uuid4()),
        "displayName": _name(body),
        "vendor": _name(body, "vendor"),
        "userMatchingSettings": [
            {
                "priorityOrder": one.get("priorityOrder", 0),
                "sourceIdentifier": {"code": _code(one, "sourceIdentifier")},
                "matchTarget": {"code": _code(one, "matchTarget")},
            }
            for one in settings
        ],
    }
    call.state.tenant.references.source_systems[str(made["id"])] = made
    return call.json(context(call, "sourceSystems") | made, 201)


async def make_connector(call: Call) -> Response:
    body, tenant = await _body(call, "azureDataLakeConnector"), call.state.tenant
    source = _bound(body, "sourceSystem", "sourceSystems", tenant.references.source_systems)
    known: tuple[FileFormat, ...] = get_args(FileFormat.__value__)
    code = _code(body, "fileFormat") if body.get("fileFormat") is not None else None
    file_format = next((each for each in known if each == code), None)
    if code is not None and file_format is None:
        raise _bad(f"fileFormat.code must be one of {', '.join(known)}.")
    made = Connector(str(uuid4()), _name(body), file_format, source)
    tenant.references.connectors[made.id] = made
    return call.json(context(call, "dataConnectors") | connector_object(made), 201)


async def make_year(call: Call) -> Response:
    body = await _body(call)
    begins, ends = str(body.get("startDate")), str(body.get("endDate"))
    if not _DATE.fullmatch(begins) or not _DATE.fullmatch(ends) or begins >= ends:
        raise _bad("startDate and endDate must be dates, the first before the second.")
    made: dict[str, object] = {"id": str(uuid4()), "displayName": _name(body), "startDate": begins, "endDate": ends}
    made["year"] = {"code": _code(body, "year")}
    call.state.tenant.references.years[str(made["id"])] = made
    return call.json(context(call, "years") | made, 201)


async def make_flow(call: Call) -> Response:
    """A flow of the format of its connector; its other ways are those of the flow `*`, if a scenario has one."""
    body, tenant = await _body(call, "inboundFileFlow"), call.state.tenant
    if body.get("dataDomain") != "educationRostering":
        raise _bad("dataDomain must be educationRostering.")
    connector = tenant.connectors()[_bound(body, "dataConnector", "dataConnectors", tenant.connectors())]
    year = _bound(body, "year", "years", tenant.references.years)
    now, id_ = call.state.clock(), str(uuid4())
    effective = _time(body, "effectiveDateTime")
    expires = None if body.get("expirationDateTime") is None else _time(body, "expirationDateTime")
    if expires is not None and expires <= effective:
        raise _bad("expirationDateTime must be after effectiveDateTime.")
    changes: dict[str, object] = {
        "displayName": _name(body),
        "connector": connector.id,
        "fileFormat": connector.file_format,
        "effectiveDaysAgo": (now - effective) / DAY,
        "expiresInDays": None if expires is None else (expires - now) / DAY,
    }
    tenant.flows.patch(id_, changes)
    tenant.references.years_of_flows[id_] = year
    flow = tenant.flows.get(id_)
    assert flow is not None
    return call.json(context(call, "inboundFlows") | flow_object(flow, flow.readiness()), 201)


def _missing(what: str) -> GraphError:
    return GraphError(404, "ResourceNotFound", f"The {what} was not found.")


async def list_connectors(call: Call) -> Response:
    rows = [connector_object(each) for each in call.state.tenant.connectors().values()]
    return collection(call, "external/industryData/dataConnectors", rows)


def _connector(call: Call) -> Connector:
    connector = call.state.tenant.connectors().get(call.keys["connector"])
    if connector is None:
        raise _missing("data connector")
    return connector


async def get_connector(call: Call) -> Response:
    connector = _connector(call)
    body = context(call, "dataConnectors") | connector_object(connector)
    if expands(call, "sourceSystem"):
        body["sourceSystem"] = call.state.tenant.references.source_system_of(connector.id)
    return call.json(body)


async def get_connectors_source_system(call: Call) -> Response:
    source = call.state.tenant.references.source_system_of(_connector(call).id)
    return call.json(context(call, "sourceSystems") | source)


async def list_years(call: Call) -> Response:
    return collection(call, "external/industryData/years", list(call.state.tenant.references.years.values()))


async def get_year(call: Call) -> Response:
    year = call.state.tenant.references.years.get(call.keys["year"])
    if year is None:
        raise _missing("year")
    return call.json(context(call, "years") | year)


async def list_source_systems(call: Call) -> Response:
    rows = list(call.state.tenant.references.source_systems.values())
    return collection(call, "external/industryData/sourceSystems", rows)


async def get_source_system(call: Call) -> Response:
    source = call.state.tenant.references.source_systems.get(call.keys["source"])
    if source is None:
        raise _missing("source system")
    return call.json(context(call, "sourceSystems") | source)


_CONNECTOR = ROOT + "/dataConnectors/{connector}"

ROUTES = (
    Route("POST", ROOT + "/sourceSystems", make_source_system),
    Route("GET", ROOT + "/sourceSystems", list_source_systems),
    Route("GET", ROOT + "/sourceSystems/{source}", get_source_system),
    Route("POST", ROOT + "/dataConnectors", make_connector),
    Route("GET", ROOT + "/dataConnectors", list_connectors),
    Route("GET", _CONNECTOR, get_connector),
    Route("GET", _CONNECTOR + "/sourceSystem", get_connectors_source_system),
    Route("POST", ROOT + "/years", make_year),
    Route("GET", ROOT + "/years", list_years),
    Route("GET", ROOT + "/years/{year}", get_year),
    Route("POST", ROOT + "/inboundFlows", make_flow),
)
