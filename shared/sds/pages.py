"""Reading the errors of a sync page by page, within bounds: a service may go on for ever."""

import time
from collections.abc import Iterator

from .port import ErrorPage, Reply, Sds

MOST_PAGES, MOST_ROWS, LONGEST = 1_000, 500_000, 480.0
"""Bounds on the errors of one sync: pages, rows, seconds. What is beyond is not read."""


def error_pages(sds: Sds, profile: str) -> Iterator[Reply[ErrorPage]]:
    """Each page's reply, to the last page, the first failure, a link that came before, or a bound."""
    until = time.monotonic() + LONGEST
    page: str | None = None
    seen: set[str] = set()
    rows = 0
    for _ in range(MOST_PAGES):
        reply = sds.sync_errors(profile, page)
        yield reply
        if reply.value is None:
            return
        rows += len(reply.value.errors)
        page = reply.value.next
        if page is None or page in seen or rows >= MOST_ROWS or time.monotonic() > until:
            return
        seen.add(page)
