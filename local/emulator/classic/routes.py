"""The classic API's routes below `/beta` (graph-sds reference 1.1). Handlers translate; profiles decide."""

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from ..call import Call, GraphError
from ..clock import stamp
from ..collection import collection
from ..router import Route
from ..spoilt import CODES
from .answers import profile_object, status_object
from .messages import worded
from .profile import Profile
from .verification import verified

ROOT = "/beta/education/synchronizationProfiles"


def _profile(call: Call) -> Profile:
    profile = call.state.profiles.get(call.keys["id"])
    if profile is None:
        raise GraphError(404, "ResourceNotFound", "The synchronization profile was not found.")
    return profile


def _csv_profile(call: Call) -> Profile:
    profile = _profile(call)
    if not profile.is_csv:
        raise GraphError(400, "BadRequest", "The operation is only supported for profiles with a CSV data provider.")
    if profile.expired:
        raise GraphError(400, "BadRequest", "The synchronization profile has expired.")
    return profile


async def list_profiles(call: Call) -> Response:
    rows = [profile_object(profile, profile.state.poll()) for profile in call.state.profiles.all()]
    return collection(call, "education/synchronizationProfiles", rows)


async def get_profile(call: Call) -> Response:
    profile = _profile(call)
    context = f"{call.graph_root}/$metadata#education/synchronizationProfiles/$entity"
    return call.json({"@odata.context": context} | profile_object(profile, profile.state.poll()))


async def refuse_change(_: Call) -> Response:
    """An application token could never create, change or delete a profile (permission catalogue, 2024-12)."""
    raise GraphError(403, "Forbidden", "Application permissions are not supported for this operation.")


async def upload_url(call: Call) -> Response:
    profile = _csv_profile(call)
    upload = profile.spec.upload
    seconds = -60 if call.expired_sas else upload.sas_seconds
    async with profile.lock:
        if profile.busy:
            raise GraphError(409, "Conflict", "An earlier upload is still being processed.")
        empty = profile.used and upload.clears
        url = await run_in_threadpool(call.state.containers.open, profile.spec.id, seconds, empty=empty)
        profile.used = False
    profile.addresses += 1
    call.facts |= {"address": profile.addresses, "emptied": empty}
    context = f"{call.graph_root}/$metadata#Edm.String"
    return call.json({"@odata.context": context, "value": url}, upload.status)


async def start(call: Call) -> Response:
    profile = _csv_profile(call)
    state = profile.state.state()
    if state != "provisioned":
        raise GraphError(400, "BadRequest", f"The profile is in state '{state}'; it must be provisioned to start.")
    spec = profile.spec.start
    if profile.running and spec.while_running == "refuse":
        code = CODES[spec.running_status]
        raise GraphError(spec.running_status, code, "A synchronization of this profile is already running.")
    profile.verifying += 1
    try:
        files, findings = await run_in_threadpool(verified, call.state.containers, profile.spec.id, spec.verify)
    finally:
        profile.verifying -= 1
    messages = worded(findings, spec)
    started, began = profile.begin(stamp(call.state.clock()), files, messages)
    call.facts |= {"started": started, "began": began, "files": files}
    return _start_answer(call, profile, messages, started=started)


def _start_answer(call: Call, profile: Profile, messages: list[dict[str, object]], *, started: bool) -> Response:
    spec = profile.spec.start
    if started and not messages and spec.clean_shape == "empty":
        return call.empty()
    context = f"{call.graph_root}/$metadata#education/Collection(microsoft.graph.verificationMessage)"
    body: dict[str, object] = {"@odata.context": context, "value": messages}
    if started:
        return call.json(body)
    error = call.error_body(GraphError(400, "BadRequest", "The uploaded files did not pass verification."))
    shapes = {"value": body, "error": error, "both": body | error}
    return call.json(shapes[spec.errors_shape], spec.errors_status)


async def pause(call: Call) -> Response:
    _profile(call).pause()
    return call.empty()


async def resume(call: Call) -> Response:
    _profile(call).resume()
    return call.empty()


async def reset(call: Call) -> Response:
    """Begins the sync again; recorded errors are gone until it ends."""
    _profile(call).begin_sync()
    return call.empty()


async def profile_status(call: Call) -> Response:
    profile = _profile(call)
    context = (
        f"{call.graph_root}/$metadata#education/synchronizationProfiles('{profile.spec.id}')/profileStatus/$entity"
    )
    all_members = call.prefers("include-unknown-enum-members")
    headers = {"Preference-Applied": "include-unknown-enum-members"} if all_members else {}
    status = status_object(profile, call.state.clock(), all_members=all_members)
    return call.json({"@odata.context": context} | status, headers=headers)


async def errors(call: Call) -> Response:
    profile = _profile(call)
    context = f"education/synchronizationProfiles('{profile.spec.id}')/errors"
    return collection(call, context, profile.errors(), profile.spec.errors_page)


ROUTES = (
    Route("GET", ROOT, list_profiles),
    Route("POST", ROOT, refuse_change),
    Route("PUT", ROOT, refuse_change),
    Route("GET", ROOT + "/{id}", get_profile),
    Route("PUT", ROOT + "/{id}", refuse_change),
    Route("DELETE", ROOT + "/{id}", refuse_change),
    Route("GET", ROOT + "/{id}/uploadUrl", upload_url),
    Route("POST", ROOT + "/{id}/start", start),
    Route("POST", ROOT + "/{id}/pause", pause),
    Route("POST", ROOT + "/{id}/resume", resume),
    Route("POST", ROOT + "/{id}/reset", reset),
    Route("GET", ROOT + "/{id}/profileStatus", profile_status),
    Route("GET", ROOT + "/{id}/errors", errors),
)
