"""The upload storage: the part of the Data Lake Storage REST protocol that uploading needs.

Create (`PUT ?resource=file`), append (`PATCH ?action=append&position=`), flush (`PATCH ?action=flush&position=`);
codes as on learn.microsoft.com, "Path - Create" and "Path - Update". Bodies go to disk as they come in.
"""

import json
from collections.abc import Awaitable, Callable
from email.utils import formatdate

from starlette.responses import Response

from ..call import Call
from .lake_file import LakeFile
from .sas import VERSION, Signer, StorageRefusal, denied
from .session import Session
from .tenant import Tenant

type Work = Callable[[Call, Session, str], Awaitable[int]]


class Lake:
    """Everything at the emulator's address that is neither Graph nor control."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._signer: Signer = tenant.signer

    def keys(self, path: str) -> dict[str, str]:
        """The connector that a path is below."""
        segments = path.split("/")
        return {"connector": segments[2]} if len(segments) > 2 else {}

    async def answer(self, call: Call) -> Response:
        try:
            status = await self._answered(call)
        except StorageRefusal as refusal:
            body = json.dumps({"error": {"code": refusal.code, "message": str(refusal)}})
            headers = self._headers(call) | {"x-ms-error-code": refusal.code}
            return Response(body, refusal.status, headers, "application/json;charset=utf-8")
        return Response(status_code=status, headers=self._headers(call))

    def _headers(self, call: Call) -> dict[str, str]:
        now = call.state.clock()
        stored = {"ETag": f'"0x{int(now * 1e6):X}"', "Last-Modified": formatdate(now, usegmt=True)}
        return stored | {"x-ms-request-id": call.request_id, "x-ms-version": VERSION}

    async def _answered(self, call: Call) -> int:
        query = call.request.query_params
        segments = call.request.scope["path"].strip("/").split("/")
        verb = (call.request.method, query.get("action") or query.get("resource") or "")
        needs, work = _WORK.get(verb, ("r", None))
        self._signer.check(query, segments, call.state.clock(), needs)
        if work is None:
            raise StorageRefusal(400, "UnsupportedQueryParameter", "The upload storage knows create, append and flush.")
        if len(segments) != 4 or segments[3] in ("", ".", ".."):
            raise StorageRefusal(400, "InvalidUri", "Files stand directly in the session's directory.")
        session = self._tenant.session(segments[1], segments[2])
        if session is None or session.expires <= call.state.clock():
            raise denied("The upload session has ended.")
        call.facts |= {"container": session.container, "file": segments[3]}
        return await work(call, session, segments[3])


async def _create(call: Call, session: Session, name: str) -> int:
    if await call.request.body():
        raise StorageRefusal(400, "ContentLengthMustBeZero", "The Content-Length request header must be zero.")
    session.create(name)
    return 201


async def _append(call: Call, session: Session, name: str) -> int:
    file, length = _existing(session, name), call.request.headers.get("content-length")
    if length is None:
        raise StorageRefusal(411, "MissingContentLengthHeader", "Content-Length is missing.")
    if int(length) > session.append_limit:
        raise StorageRefusal(413, "RequestBodyTooLarge", "The request body is too large.")
    await file.append(_position(call), call.request.stream())
    call.facts |= {"position": _position(call), "bytes": int(length)}
    if call.request.query_params.get("flush") == "true":
        file.flush(_position(call) + int(length))
        call.facts |= {"size": file.size, "sha256": file.sha256}
    return 202


async def _flush(call: Call, session: Session, name: str) -> int:
    file = _existing(session, name)
    if await call.request.body():
        raise StorageRefusal(400, "ContentLengthMustBeZero", "The Content-Length request header must be zero.")
    file.flush(_position(call))
    call.facts |= {"size": file.size, "sha256": file.sha256}
    return 200


def _existing(session: Session, name: str) -> LakeFile:
    file = session.files.get(name)
    if file is None:
        raise StorageRefusal(404, "PathNotFound", "The specified path does not exist.")
    return file


def _position(call: Call) -> int:
    text = call.request.query_params.get("position")
    if text is None:
        raise StorageRefusal(400, "MissingRequiredQueryParameter", "The position query parameter is missing.")
    if not text.isdigit():
        raise StorageRefusal(400, "InvalidQueryParameterValue", "The position query parameter is no number.")
    return int(text)


_WORK: dict[tuple[str, str], tuple[str, Work]] = {
    ("PUT", "file"): ("cw", _create),
    ("PATCH", "append"): ("aw", _append),
    ("PATCH", "flush"): ("w", _flush),
}
"""(method, action or resource) to (permissions of which one is enough, what is done)."""
