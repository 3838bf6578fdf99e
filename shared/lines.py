"""Log lines: one for each step and each outcome, as `event=… name=value …`, which Kusto and grep can take apart.

Values are names, ids, counts and codes. No cell value, no word of a service and no exception's text goes into one.
"""

from typing import Any

from .text import visible

LONGEST = 200


def line(event: str, **fields: Any) -> str:
    """`event=step profile=north step=upload ms=120`. None is left out; a value with blanks is quoted."""
    return " ".join(
        [f"event={event}", *(f"{name}={_value(value)}" for name, value in fields.items() if value is not None)]
    )


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.1f}"
    text = visible(str(value))[:LONGEST]
    return text if text and not set(text) & set(' "=') else '"' + text.replace('"', "'") + '"'
