"""OData collections: `$filter`, `$orderby`, `$top`, `$skip`, `$count` and pages chained by `@odata.nextLink`."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

from starlette.responses import Response

from .call import Call, GraphError

_COMPARISON = re.compile(r"(?P<name>\w+)\s+(?P<operator>eq|ne|gt|ge|lt|le)\s+'?(?P<value>[^']*)'?")
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def collection(call: Call, context: str, rows: Sequence[Mapping[str, object]], page: int = 100) -> Response:
    """Answer with one page of rows. `page` is the most rows that a page holds, whatever `$top` asks for.

    The next link is opaque to clients: it carries the place to go on in `$skiptoken` and the remaining `$top`.
    """
    query = call.request.query_params
    chosen = _ordered(_filtered(rows, query.get("$filter")), query.get("$orderby"))
    total = len(chosen)
    first = _number(query, "$skiptoken", _number(query, "$skip", 0))
    top = _number(query, "$top", total)
    size = min(page, top)
    shown = chosen[first : first + size]
    body: dict[str, object] = {"@odata.context": f"{call.graph_root}/$metadata#{context}"}
    if query.get("$count", "true").lower() == "true":
        body["@odata.count"] = total
    body["value"] = list(shown)
    if top > size and first + size < total:
        rest = {key: value for key, value in query.items() if key not in ("$skip", "$skiptoken", "$top")}
        rest |= {"$skiptoken": str(first + size)} | ({"$top": str(top - size)} if "$top" in query else {})
        body["@odata.nextLink"] = f"{call.root}{call.request.url.path}?{urlencode(rest, safe='$')}"
    return call.json(body)


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not text.isdigit():
        raise GraphError(400, "BadRequest", f"Invalid value '{text}' for {name}.")
    return int(text)


def _filtered(rows: Sequence[Mapping[str, object]], text: str | None) -> list[Mapping[str, object]]:
    if not text:
        return list(rows)
    match = _COMPARISON.fullmatch(text.strip())
    if match is None:
        raise GraphError(400, "BadRequest", "Invalid filter clause: one comparison is understood here.")
    test = _TESTS[match["operator"]]
    return [row for row in rows if test(str(row.get(match["name"])), match["value"])]


def _ordered(rows: list[Mapping[str, object]], text: str | None) -> list[Mapping[str, object]]:
    if not text:
        return rows
    name, _, direction = text.strip().partition(" ")
    return sorted(rows, key=lambda row: str(row.get(name)), reverse=direction.strip().lower() == "desc")
