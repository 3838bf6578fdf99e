"""A rule for misbehaviour."""

from typing import Annotated, Literal

import msgspec

from .base import Spec

type Kind = Literal[
    "resetBefore",
    "resetAfter",
    "blackholeBefore",
    "blackholeAfter",
    "errorBefore",
    "errorAfter",
    "gatewayTimeout",
    "throttled",
    "throttledBare",
    "unavailable",
    "unavailableBare",
    "notFound",
    "unauthorized",
    "halfRequest",
    "cutAnswer",
    "truncated",
    "html",
    "wrongJson",
    "empty",
    "drip",
    "late",
    "clockAhead",
    "clockBehind",
]
"""Names of ready-made misbehaviour: `local.emulator.kinds` has what each is."""


class Fault(Spec, frozen=True):
    """Which requests misbehave, and how. See `local.emulator` for how its fields play together."""

    name: str = "fault"
    method: str = "*"
    path: str = "*"
    nth: int = 1
    every: Annotated[int, msgspec.Meta(ge=1)] = 1
    """Of the requests from the `nth` on, one in so many."""
    times: int | None = 1
    chance: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1
    """Drawn from `seed`, the name and the request's number: the same order of requests gives the same draws."""
    seed: int = 0
    seconds: float | None = None
    """A storm's length: from the first request that was taken, none after so many seconds."""
    kinds: tuple[Kind, ...] = ()
    """Each taken request gets one of these, drawn like the chance; the rule's other fields stay as they are."""

    delay: float = 0
    work: bool = False
    reset: bool = False
    blackhole: float | None = None
    """No answer for so many seconds, or until the client gives up; then a reset."""
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] | None = None
    code: str | None = None
    message: str = "The emulator was told to answer like this."
    retry_after: float | None = None
    retry_after_form: Literal["decimal", "date"] = "decimal"
    body: Literal["graph", "empty", "html", "truncated", "cut", "json", "text"] | None = None
    json: object = None
    text: str = ""
    merge: dict[str, object] = msgspec.field(default_factory=dict)
    """Fields that a true JSON answer gets, or has in place of its own."""
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    date_skew: float = 0
    """Seconds that the `Date` header is ahead of the clock."""
    drip: float | None = None
    """The answer comes in pieces of `drip_bytes` with so many seconds before each."""
    drip_bytes: Annotated[int, msgspec.Meta(ge=1)] = 1
    drip_from: Literal["head", "body"] = "body"
    cut_request: int | None = None
    """The request's body breaks off after so many bytes, if it is longer."""
    expired_sas: bool = False
    revoke_tokens: bool = False
    refuse_token: bool = False
    """The request's own token is void from now on."""
