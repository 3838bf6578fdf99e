"""Whatever is in the files: terminal, HTML and JSON show it as text, in bounds, and never fail."""

import io
import json
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rich.console import Console

from shared.text import visible
from shared.verification import Verification
from shared.verification.html import render
from shared.verification.output import as_json, schema
from shared.verification.terminal import show
from tests.verification.sets import check, clean, rendered

VALIDATOR = Draft202012Validator(schema())
NAMES = list(rendered(clean("sdsV1"))) + list(rendered(clean("sdsV2.1")))
HEADERS = [data.partition(b"\r\n")[0] for data in rendered(clean("sdsV1")).values()]
MARKS = [b"\x1b[2J", b"\xc2\x9b", "\u202e".encode(), b"[/b]", b"<b>", b"{{x}}", b'"', b",", b"\r\n", b"\xff", b"\x00"]

piece = st.one_of(
    st.sampled_from(MARKS), st.sampled_from(HEADERS), st.text(max_size=8).map(str.encode), st.binary(max_size=8)
)
content = st.lists(piece, max_size=12).map(b"".join)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
folders = st.dictionaries(st.one_of(st.sampled_from(NAMES), text), content, max_size=5)


def terminal(result: Verification, width: int, *, force: bool) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=force, color_system=None, highlight=False)
    show(result, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@settings(max_examples=80, deadline=None)
@given(folders, st.sampled_from(["classic", "industryData"]), st.integers(20, 200))
def test_all_three_show_it(files: dict[str, bytes], service: str, width: int) -> None:
    result = check(files, service=service)
    printed = as_json(result)
    VALIDATOR.validate(json.loads(printed))
    assert visible(printed, len(printed)) == printed
    for shown in (terminal(result, width, force=True), terminal(result, width, force=False)):
        assert all(visible(line, len(line)) == line for line in shown.split("\n"))
    for values in (True, False):
        page = render(result, "".join(files), datetime(2026, 11, 28, tzinfo=UTC), values=values)
        assert page.count("<b>") == 0
        assert all(visible(line, len(line)) == line for line in page.split("\n"))
