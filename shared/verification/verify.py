"""Verify a set of files."""

import math
from collections.abc import Callable, Mapping, Sequence
from graphlib import TopologicalSorter

from msgspec.structs import replace

from ..formats import Format
from .context import Context
from .exchanged import report_exchanged
from .file import FileCheck
from .fileset import understand
from .findings import Findings
from .firstline import first_cells
from .model import FileResult, Service, Source, Verification
from .stream import ByteStream
from .watch import Watch


def verify(
    sources: Sequence[Source],
    *,
    format: Format | None = None,  # noqa: A002 - the word of the contract
    service: Service = "classic",
    examples: int = 5,
    places: int = 100,
    allow: Mapping[str, frozenset[str]] = {},
    allow_empty: bool = False,
    error_rows_percent: float = 1,
    others: Sequence[str] = (),
    watch: Watch | None = None,
    expected: Sequence[str] | None = (),
    progress: Callable[[str, int], None] | None = None,
) -> Verification:
    """Check a set of files, reading each source once and in pieces; memory doesn't grow with their size.

    `format` None: found by the names. `service`: whose treatment of a bad row decides between error and warning.
    `examples`: how many lines and values a finding's words show; `places`: how many lines it carries as data.
    `allow`: values that the tenant has added, by list (`parse_allowed`). `allow_empty`: a file of people without
    rows is meant (`SDS_ALLOW_EMPTY`). `error_rows_percent`: the share of a file's rows that the industry data service
    may drop before the set is refused (`SDS_ERROR_ROWS_PERCENT`, rounded down for each file; the classic service
    refuses a set for one such row). `others`: names of files that lie beside the set and are not read, for what is to
    be said about them. `expected`: files without which the set is not complete (`SDS_FILES`);
    None: those for which a run waits if nobody has said which. `watch`: gets columns of
    the rows in the same pass. `progress(name, bytes)` is called after each chunk. Every byte of every source is read
    and hashed, whatever is found. Raises what opening or reading a source raises, and nothing else.
    """
    findings = Findings(service, examples, places)
    names = [source.name for source in sources]
    streams = [ByteStream(source, progress) for source in sources]
    chosen, placed = understand(
        names,
        findings,
        chosen=format,
        others=others,
        expected=expected,
        header=lambda index: first_cells(streams[index].peek()),
    )
    results: dict[int, FileResult] = {}
    if chosen:
        context = Context(
            chosen,
            frozenset(spec.name for spec in placed.values()),
            findings,
            allow,
            allow_empty=allow_empty,
            watch=watch,
        )
        order = {name: i for i, name in enumerate(_order(chosen))}
        for index in sorted(placed, key=lambda index: order[placed[index].name]):
            results[index] = FileCheck(streams[index], names[index], placed[index], context).run()
        by_name = {placed[index].name: names[index] for index in placed}
        rows = {placed[index].name: result.rows or 0 for index, result in results.items()}
        report_exchanged(chosen, by_name, rows, findings)
    for index, source in enumerate(sources):
        if index not in results:
            streams[index].drain()
            results[index] = FileResult(source.name, None, streams[index].size, streams[index].sha256)
    share = error_rows_percent if service == "industryData" else 0
    files = tuple(_with_dropped(results[index], findings, share) for index in range(len(sources)))
    return Verification(chosen.id if chosen else None, files, findings.all(names), service)


def _with_dropped(result: FileResult, findings: Findings, share: float) -> FileResult:
    """The result with the rows that will be dropped, and how many may be."""
    allowed = math.floor((result.rows or 0) * share / 100)
    dropped = findings.dropped.get(result.name)
    if dropped is None:
        return replace(result, rows_allowed=allowed)
    return replace(result, rows_allowed=allowed, rows_dropped=dropped.count, dropped=dropped.lines)


def _order(chosen: Format) -> list[str]:
    """The files' names so that each comes after those that it refers to, or must have none of."""
    people = {spec.name for spec in chosen.files if spec.people}
    graph = {
        spec.name: {t[0] for c in spec.columns for t in (c.refers, c.apart) if t and t[0] != spec.name}
        for spec in chosen.files
    }
    for name, before in graph.items():
        if name not in people and before & people:  # an id of one who is no student may be a teacher's
            before.update(people)
    for spec in chosen.files:
        if spec.contacts:  # whether they are students is known from the roles
            graph[spec.name].add("roles.csv")
    return list(TopologicalSorter(graph).static_order())
