"""Ready-made misbehaviour by name, for rules that draw among kinds."""

from typing import Any

from .specs import Kind

KINDS: dict[Kind, dict[str, Any]] = {
    "resetBefore": {"reset": True},
    "resetAfter": {"reset": True, "work": True},
    "blackholeBefore": {"blackhole": 20.0},
    "blackholeAfter": {"blackhole": 20.0, "work": True},
    "errorBefore": {"status": 500},
    "errorAfter": {"status": 500, "work": True},
    "gatewayTimeout": {"status": 504, "work": True, "body": "html"},
    "throttled": {"status": 429, "retry_after": 1.128},
    "throttledBare": {"status": 429},
    "unavailable": {"status": 503, "retry_after": 2.0, "retry_after_form": "date"},
    "unavailableBare": {"status": 503},
    "notFound": {"status": 404},
    "unauthorized": {"refuse_token": True},
    "halfRequest": {"cut_request": 100},
    "cutAnswer": {"body": "cut", "work": True},
    "truncated": {"body": "truncated", "work": True},
    "html": {"body": "html", "work": True},
    "wrongJson": {"body": "json", "work": True, "json": ["none", {"value": None}]},
    "empty": {"body": "empty", "work": True},
    "drip": {"drip": 0.01, "drip_bytes": 16},
    "late": {"delay": 3.0},
    "clockAhead": {"date_skew": 900.0},
    "clockBehind": {"date_skew": -900.0},
}
"""A kind's name to the fields of a `Fault` that make it up.

Before: nothing is done. After, and where a body is spoilt: the request is worked on, and its answer gets lost.
"""
