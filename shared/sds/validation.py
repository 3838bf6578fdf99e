"""What a fileValidateOperation of the industry data API says."""

from datetime import datetime

from .messages import kept
from .parsing import Fields, moment, rows, section, text
from .port import Failure, ServiceMessage, Verdict
from .words import words

_ENDED = ("succeeded", "failed")
_TOLD = 10
"""Names that a failure's words hold."""


def verdict_of(operation: Fields, files: tuple[str, ...]) -> Verdict | None:
    """Accepted = succeeded, no errors, and exactly `files` in `validatedFiles`. None: it can't be read.

    The documented sample has `succeeded` with errors and an empty `validatedFiles`: the status alone proves nothing.
    Errors or warnings of a shape that can't be read are not "no errors".
    """
    status = text(operation, "status") or "unknown"
    if status.lower() not in _ENDED:
        return Verdict(done=False)
    errors, warnings = _rows(operation, "errors"), _rows(operation, "warnings")
    if status.lower() == "succeeded" and (errors is None or warnings is None):
        return None
    told = [("error", row) for row in errors or []] + [("warning", row) for row in warnings or []]
    if status.lower() == "failed" or errors:
        failure = None
        if not errors:
            detail = text(operation, "statusDetail") or "the service gave no reason"
            failure = Failure("validationFailed", words(f"the validation failed: {detail}"))
        return Verdict(done=True, messages=kept(told, _message), failure=failure)
    validated = operation.get("validatedFiles") or []
    if not isinstance(validated, list) or not all(isinstance(name, str) for name in validated):
        return None
    names = {name.rpartition("/")[2].lower(): name.rpartition("/")[2] for name in validated}
    sent = {name.lower() for name in files}
    left_out = [ServiceMessage("error", name, _LEFT_OUT) for name in files if name.lower() not in names]
    messages = (*left_out, *kept(told, _message))
    foreign = sorted(names[name] for name in names.keys() - sent)
    if foreign:
        # An old file is still in the container: what would be synced is not what was sent.
        some = ", ".join(words(name, 100) for name in foreign[:_TOLD]) + (", …" if len(foreign) > _TOLD else "")
        says = f"the service validated {len(foreign)} files that were not sent: {some}"
        return Verdict(done=True, messages=messages, failure=Failure("unexpectedFiles", words(says)))
    return Verdict(done=True, accepted=not left_out, messages=messages)


_LEFT_OUT = "The validation succeeded but the file is not among those that the service validated."


def start_verdict(operation: Fields) -> Verdict:
    """What the longRunningOperation of a start says: a run has begun only if it succeeded."""
    status = (text(operation, "status") or "unknown").lower()
    if status == "succeeded":
        return Verdict(done=True, accepted=True, started=True)
    if status != "failed":
        return Verdict(done=False, accepted=True)
    detail = text(operation, "statusDetail") or "the service gave no reason"
    return Verdict(done=True, accepted=True, failure=Failure("startFailed", words(f"the start failed: {detail}")))


def newest(operations: list[Fields], connector: str, since: datetime) -> Fields | None:
    """The newest validation of `connector` that began at `since` or later."""
    found = [
        (created, operation)
        for operation in operations
        if (created := moment(operation, "createdDateTime")) is not None
        and created >= since
        and connector.lower() in (text(operation, "resourceLocation") or "").lower()
        and "validateoperation" in (text(operation, "@odata.type") or "validateOperation").lower()
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _rows(operation: Fields, name: str) -> list[Fields] | None:
    """A list of errors or warnings; a missing one is empty, None if it can't be read."""
    return [] if operation.get(name) is None else rows(operation, name)


def _message(kind: str, row: Fields) -> ServiceMessage:
    details = [section({"detail": detail}, "detail") for detail in (rows(row, "details") or [])[:_TOLD]]
    said = ": ".join(filter(None, (text(row, "code"), text(row, "message"))))
    more = "; ".join(filter(None, (text(detail, "message") for detail in details)))
    description = said + (f" ({more})" if more else "")
    target = text(row, "target")
    return ServiceMessage(
        kind, words(target, 200) if target else target, words(description or "(no description)", 1000)
    )
