"""What a writer and an admin can give: bytes of files, whole folders, names, settings. Each check counts its inputs."""

from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import msgspec
from hypothesis import strategies as st

from shared.azure_connection import Connection
from shared.formats import FORMATS, classify, format_of
from shared.inbox import Listing, amounts_to, file_name, key_of
from shared.record import Record
from shared.settings import TABLE, BadSetting, Settings
from shared.settings.load import load
from shared.store import Blob, addressable
from shared.text import visible, visible_json
from shared.verification.model import Verification
from tests.verification.evil import WORDS
from tests.verification.sets import check

from .answers import MARK, UGLY

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GUID = "11111111-2222-3333-4444-555555555555"

SPELLINGS = [spec.name for form in FORMATS for spec in form.files]
HEADERS = [",".join(column.name for column in spec.columns) for form in FORMATS for spec in form.files]
CELLS = [
    '"', '""', '"a', 'a"', ",", "\n", "\r\n", "\r", " ", "\0", ";", "\t", "a", "1000", "\ufeff", "é", "2026-02-30", "@",
    "\x1a", "\u2028", "=1+1", "1E+05", "0x1", "\U0001f600", "student", "teacher", "school", "TRUE", "PS1", "x" * 300,
    UGLY.encode("utf-8", "replace").decode(), WORDS, ",,,,,,,,,,,,", '","', "\n\n", '"\n"', "\u0663", "\u0131",
]  # fmt: skip
NAME_PARTS = [
    *SPELLINGS, *(name.upper() for name in SPELLINGS[:3]), "/", "\\", ".", "..", "%2e", "%2E%2e", "%252e", "%2F", "%5c",
    " ", "", "a", "manifest.csv", "readme.txt", ".csv", ".zip", ".gz", "\u202e", "\x1b[2J", "\0", "\n", "\ud800", "é",
    "e\u0301", "x" * 260, "?", "#", "%", "%zz", "CON", "~", "north", GUID, GUID.upper(), "_refused", "_starts", WORDS,
]  # fmt: skip

texts = st.lists(st.sampled_from(CELLS), max_size=40).map("".join).map(str.encode)
contents = st.one_of(
    st.binary(max_size=300),
    texts,
    st.tuples(st.sampled_from(HEADERS), texts).map(lambda parts: parts[0].encode() + b"\n" + parts[1]),
    st.tuples(st.sampled_from(HEADERS), st.binary(max_size=100)).map(
        lambda parts: parts[0].encode() + b"\n" + parts[1]
    ),
    st.tuples(st.sampled_from(["utf-16", "utf-16-be", "utf-32", "cp1252"]), texts).map(
        lambda parts: parts[1].decode().encode(parts[0], "replace")
    ),
)
names = (
    st.lists(st.one_of(st.sampled_from(NAME_PARTS), st.text(max_size=3)), min_size=1, max_size=6)
    .map("".join)
    .filter(bool)
)
folders = st.tuples(
    st.dictionaries(st.one_of(st.sampled_from(SPELLINGS), names), contents, max_size=6),
    st.sampled_from(["classic", "industryData"]),
    st.integers(1, 400),
)
Given = tuple[dict[str, bytes], str, int]


def verification(given: Given) -> int:
    """A folder, checked: every byte is read, and only `values` (for the terminal) may hold a cell."""
    files, service, chunk = given
    made: Verification = check(files, service=service, chunk=chunk)
    assert [(one.name, one.size) for one in made.files] == [(name, len(data)) for name, data in files.items()]
    for finding in made.findings:
        assert finding.count >= len(finding.lines)
        assert len(finding.values) <= 10
        assert len(finding.description) < 20_000
        assert visible(finding.description).isprintable()
    assert all(one.rows is None or 0 <= one.rows <= one.size for one in made.files)
    return max(1, len(files))


def folder(many: list[str]) -> int:
    """Names of blobs: where each belongs, whether it may be addressed, what they amount to, how they are shown."""
    for name in many:
        key = key_of(name)
        assert key.isprintable()
        assert "/" not in key
        shown = visible(name)
        assert shown.isprintable()
        assert len(shown) <= 2000
        assert not {"\x1b", "\u202e", "\n"} & set(visible_json(msgspec.json.encode(shown).decode()))
        if addressable(name):
            assert not {".", ".."} & set(unquote(unquote(name)).replace("\\", "/").split("/"))
    found = classify(many)
    assert set(found.files.values()) <= set(many)
    assert set(found.files) <= set(SPELLINGS)
    format_of(many)
    blobs = tuple(Blob(f"{GUID}/{name}", f"0x{n}", n, NOW - timedelta(days=n)) for n, name in enumerate(many))
    inbox = amounts_to(Listing(blobs, blobs[:1]), Settings(), Record(GUID), (), NOW)
    assert inbox.set is None or {file_name(blob) for blob in inbox.set.blobs} <= set(many)
    return len(many)


SETTINGS = [setting.name for setting in TABLE]
VALUES = [
    "", " ", "-1", "0", "1e309", "nan", "inf", "9" * 30, "1" * 5000, "true", "yes", "classic", "*/5 * * * * *",
    "0 0 0 30 2 *", "* *", "99 * * * * *", "*/0 * * * * *", "https://:pw@host", "https://u:p@h", "https://[::1",
    "https://xn--/x", "a=b", f"a={GUID}", f"a={GUID},a={GUID}", GUID, "=,=", "people=20", "people=1e3,orgs=x",
    "../../etc/passwd", "/etc/localtime", "\0", "\x1b[2J", "\ud800", "é", "core.windows.net", "127.0.0.1", "x" * 3000,
    f"sig={MARK}", f"Bearer {MARK}", f"AccountKey={MARK};", f"https://h/?sig={MARK}", f"https://u:{MARK}@h/beta", MARK, "http://",
    f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={MARK};EndpointSuffix=core.windows.net",
    "managedidentity", "Europe/Berlin",
]  # fmt: skip
setting_names = st.one_of(
    st.sampled_from(SETTINGS),
    st.sampled_from(SETTINGS).map(lambda name: f"{name}__a"),
    st.sampled_from(
        [f"DROP_STORAGE__{part}" for part in ("blobServiceUri", "queueServiceUri", "credential", "clientId", "x")]
    ),
    st.text(max_size=5).map(lambda text: f"SDS_{text}"),
    st.just("SDS_X_OWN"),
)
setting_values = st.one_of(
    st.sampled_from(VALUES), st.text(max_size=8), st.lists(st.sampled_from(VALUES), max_size=3).map(",".join)
)
environments = st.tuples(st.dictionaries(setting_names, setting_values, max_size=4), st.booleans(), st.booleans())


def environment(given: tuple[dict[str, str], bool, bool]) -> int:
    """Settings are read, or refused by one line that shows no secret."""
    variables, app, aliased = given
    if aliased:
        variables = {"SDS_PROFILES": f"a={GUID}"} | variables
    refusals: list[str] = []
    try:
        refusals += load(variables, app=app).problems.values()
    except BadSetting as error:
        refusals.append(str(error))
    try:
        Connection.read(variables, app=app)
    except BadSetting as error:
        refusals.append(str(error))
    for told in refusals:
        assert MARK not in told
        assert told.isprintable()
        assert len(told) < 1000
    return max(1, len(variables))
