"""What a fileValidateOperation of the industry data API says."""

from datetime import datetime

from ..redaction import clean
from .parsing import Fields, moment, rows, section, text
from .port import Failure, ServiceMessage, Verdict

_ENDED = ("succeeded", "failed")


def verdict_of(operation: Fields, files: tuple[str, ...]) -> Verdict:
    """Accepted = succeeded, no errors, and every one of `files` in `validatedFiles`.

    The documented sample has `succeeded` with errors and an empty `validatedFiles`: the status alone proves nothing.
    """
    status = text(operation, "status") or "unknown"
    if status.lower() not in _ENDED:
        return Verdict(done=False)
    errors, warnings = rows(operation, "errors") or [], rows(operation, "warnings") or []
    messages = [_message("error", row) for row in errors] + [_message("warning", row) for row in warnings]
    if status.lower() == "failed" or errors:
        failure = None
        if not errors:
            detail = text(operation, "statusDetail") or "the service gave no reason"
            failure = Failure("validationFailed", clean(f"the validation failed: {detail}"))
        return Verdict(done=True, messages=tuple(messages), failure=failure)
    validated = operation.get("validatedFiles")
    names = {str(name).rpartition("/")[2].lower() for name in validated} if isinstance(validated, list) else set()
    left_out = [name for name in files if name.lower() not in names]
    messages += [ServiceMessage("error", name, _LEFT_OUT) for name in left_out]
    return Verdict(done=True, accepted=not left_out, messages=tuple(messages))


_LEFT_OUT = "The validation succeeded but the file is not among those that the service validated."


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


def _message(kind: str, row: Fields) -> ServiceMessage:
    details = [section({"detail": detail}, "detail") for detail in rows(row, "details") or []]
    said = ": ".join(filter(None, (text(row, "code"), text(row, "message"))))
    more = "; ".join(filter(None, (text(detail, "message") for detail in details)))
    description = said + (f" ({more})" if more else "")
    target = text(row, "target")
    return ServiceMessage(
        kind, clean(target, 200) if target else target, clean(description or "(no description)", 1000)
    )
