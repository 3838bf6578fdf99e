"""The industry data API's routes below `/beta` (graph-sds reference 2.2)."""

from starlette.responses import Response

from ..call import Call, GraphError
from ..collection import collection
from ..router import Route
from ..spoilt import CODES
from .answers import connector_object, context, expands, flow_object, session_object
from .flow import Flow
from .run import Run
from .runs import RunInProgress, TooManyRuns
from .tenant import TENANT

ROOT = "/beta/external/industryData"


def _missing(what: str) -> GraphError:
    return GraphError(404, "ResourceNotFound", f"The {what} was not found.")


def _flow(call: Call) -> Flow:
    """The flow that the path names by its own id or its connector's."""
    if "flow" in call.keys:
        flow = call.state.tenant.flows.get(call.keys["flow"])
    else:
        flow = call.state.tenant.by_connector(call.keys["connector"])
    if flow is None:
        raise _missing("inbound flow" if "flow" in call.keys else "data connector")
    return flow


async def list_flows(call: Call) -> Response:
    rows = [flow_object(flow, flow.readiness(poll=True)) for flow in call.state.tenant.flows.all()]
    return collection(call, "external/industryData/inboundFlows", rows)


async def get_flow(call: Call) -> Response:
    flow = _flow(call)
    body = context(call, "inboundFlows") | flow_object(flow, flow.readiness(poll=True))
    if expands(call, "dataConnector"):
        body["dataConnector"] = connector_object(call.state.tenant.connector_of(flow))
    if expands(call, "year"):
        body["year"] = call.state.tenant.references.year_of(flow.spec.id)
    return call.json(body)


async def get_flows_connector(call: Call) -> Response:
    return call.json(context(call, "dataConnectors") | connector_object(call.state.tenant.connector_of(_flow(call))))


async def get_flows_year(call: Call) -> Response:
    return call.json(context(call, "years") | call.state.tenant.references.year_of(_flow(call).spec.id))


async def get_upload_session(call: Call) -> Response:
    flow, now = _flow(call), call.state.clock()
    if flow.readiness() != "ready":
        raise GraphError(400, "BadRequest", f"The inbound flow is {flow.readiness()}; it must be ready.")
    reset, before = _wants_reset(call, flow), flow.session
    session = call.state.tenant.open_session(flow, reset=reset)
    call.facts |= {"container": session.container, "reset": reset, "new": session is not before}
    expires = now - 60 if call.expired_sas else session.expires
    body = session_object(session, flow.spec, call.state.tenant.signer, call.root, TENANT, expires)
    kind = f"{call.graph_root}/$metadata#microsoft.graph.industryData.fileUploadSession"
    return call.json({"@odata.context": kind} | body)


def _wants_reset(call: Call, flow: Flow) -> bool:
    query = {name.lower(): value for name, value in call.request.query_params.items()}
    spec, wish = flow.spec.session, False
    for given, treatment in ((query, spec.query), (call.address.parameters, spec.parameter)):
        if "resetsession" in given and treatment == "refuse":
            raise GraphError(400, "BadRequest", "Resource not found for the segment 'getUploadSession'.")
        if treatment == "accept":
            wish = wish or given.get("resetsession", "").lower() == "true"
    return wish


async def validate(call: Call) -> Response:
    flow = _flow(call)
    operation = call.state.tenant.validate(flow)
    if operation is None:
        raise GraphError(400, "BadRequest", "There is no open upload session; ask for a new one.")
    last = flow.validations[-1]
    call.facts |= {"container": last.container, "operation": operation.id, "files": last.files}
    location = flow.spec.validate.location
    headers = {"Location": location.format(root=call.graph_root, id=operation.id)} if location else {}
    return call.empty(202, headers)


async def list_operations(call: Call) -> Response:
    rows = [each.shown(call.graph_root, poll=False) for each in call.state.tenant.operations.values()]
    return collection(call, "external/industryData/operations", rows)


async def get_operation(call: Call) -> Response:
    operation = call.state.tenant.operations.get(call.keys["operation"])
    if operation is None:
        raise _missing("operation")
    return call.json(context(call, "operations") | operation.shown(call.graph_root, poll=True))


async def start_run(call: Call) -> Response:
    runs = call.state.tenant.runs
    spec = runs.spec
    wait = {} if spec.start_retry_after is None else {"Retry-After": f"{spec.start_retry_after:g}"}
    running = runs.running()
    call.facts |= {"running": running.id if running else None, "startsUsed": runs.in_window}
    try:
        begun, operation = call.state.tenant.start_run()
    except TooManyRuns:
        text = f"At most {spec.start_limit} runs can be started in {spec.start_window_seconds / 3600:g} hours."
        raise GraphError(spec.limit_status, CODES[spec.limit_status], text, wait) from None
    except RunInProgress:
        text = "A run is in progress; another one can be started when it has ended."
        raise GraphError(spec.running_status, CODES[spec.running_status], text, wait) from None
    call.facts |= begun.run.facts if begun.run else {"run": None}
    call.facts["joined"] = begun.joined.id if begun.joined else None
    location = {"Location": f"{call.graph_root}/external/industryData/operations/{operation.id}"}
    return call.empty(202, location if spec.start_location else {})


async def list_runs(call: Call) -> Response:
    runs = call.state.tenant.runs
    rows = [await run.shown() for run in runs.listed()]
    return collection(call, "external/industryData/runs", rows, runs.spec.page)


def _run(call: Call) -> Run:
    for run in call.state.tenant.runs.listed():
        if run.id == call.keys["run"]:
            return run
    raise _missing("run")


async def get_run(call: Call) -> Response:
    return call.json(context(call, "runs") | await _run(call).shown())


async def list_activities(call: Call) -> Response:
    run = _run(call)
    return collection(call, f"external/industryData/runs('{run.id}')/activities", await run.activities())


async def get_statistics(call: Call) -> Response:
    kind = f"{call.graph_root}/$metadata#microsoft.graph.industryData.industryDataRunStatistics"
    return call.json({"@odata.context": kind} | await _run(call).statistics())


_FLOW = ROOT + "/inboundFlows/{flow}"
_CONNECTOR = ROOT + "/dataConnectors/{connector}"

ROUTES = (
    Route("GET", ROOT + "/inboundFlows", list_flows),
    Route("GET", _FLOW, get_flow),
    Route("GET", _FLOW + "/dataConnector", get_flows_connector),
    Route("GET", _FLOW + "/dataConnector/getUploadSession", get_upload_session),
    Route("POST", _FLOW + "/dataConnector/validate", validate),
    Route("GET", _CONNECTOR + "/getUploadSession", get_upload_session),
    Route("POST", _CONNECTOR + "/validate", validate),
    Route("GET", ROOT + "/operations", list_operations),
    Route("GET", ROOT + "/operations/{operation}", get_operation),
    Route("POST", ROOT + "/runs/start", start_run),
    Route("GET", ROOT + "/runs", list_runs),
    Route("GET", ROOT + "/runs/{run}", get_run),
    Route("GET", ROOT + "/runs/{run}/activities", list_activities),
    Route("GET", ROOT + "/runs/{run}/getStatistics", get_statistics),
    Route("GET", _FLOW + "/year", get_flows_year),
)
