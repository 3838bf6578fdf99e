"""Where a service may send us: tables of addresses, each an answer and none an exception."""

import pytest

from shared.sds.address import Address, UploadPlaces, segment
from shared.sds.port import Answer, SyncState
from tests.sds.conftest import CONNECTOR, PROFILE, Connect, Script
from tests.sds.industry import ROOT

UNREADABLE = [
    "",
    "x",
    "//host/x",
    "https:",
    "https://",
    "https:///x",
    "https://xn--/x",
    "https://xn--a-.example/x",
    "https://ex ample/x",
    "https://exämple/x",
    "https://.example/x",
    "https://example./x",
    "https://exa_mple/x",
    "https://example..com/x",
    "https://-example.com/x",
    f"https://{'a' * 64}.example/x",
    f"https://{'a.' * 200}example/x",
    "https://[::1/x",
    "https://[]/x",
    "https://[v1.a]/x",
    "https://[fe80::1%25eth0]/x",
    "https://host:99999/x",
    "https://host:0/x",
    "https://host:-1/x",
    "https://host:8a/x",
    "https://user@host/x",
    "https://user:pass@host/x",
    "https://@host/x",
    "https://host\\@evil.example/x",
    "https://host/a\\b",
    "https://host/../x",
    "https://host/a/..",
    "https://host/./x",
    "https://host/%2e%2e/x",
    "https://host/%2E./x",
    "https://host/%252e%252e/x",
    "https://host/%25252e%25252e/x",
    "https://host/%2525252525252e",
    "https://host/a%2fb",
    "https://host/a%252fb",
    "https://host/a%5cb",
    "https://host/a%00b",
    "https://host/a%1bb",
    "https://host/a\tb",
    "https://host/a\nb",
    "https://host/\x1b[2J",
    "https://host/\x85",
    "ftp://host/x",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/plain,x",
    "https://host/" + "a" * 9000,
]


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_can_not_be_read_is_none(text: str) -> None:
    assert Address.read(text) is None


@pytest.mark.parametrize(
    ("text", "base", "target"),
    [
        ("https://Host.Example/a?b=c#d", "https://host.example", b"/a?b=c"),
        ("https://host:443/a", "https://host", b"/a"),
        ("http://host:443", "http://host:443", b"/"),
        ("http://[::1]:8080/a", "http://[::1]:8080", b"/a"),
        ("https://host/a b/ü?q=x y", "https://host", b"/a%20b/%C3%BC?q=x%20y"),
        ("https://host/a%20b('c')?$skiptoken=a%2Fb%3D", "https://host", b"/a%20b('c')?$skiptoken=a%2Fb%3D"),
        ("https://host/..a/b..?x=/../..", "https://host", b"/..a/b..?x=/../.."),
    ],
)
def test_what_can_be_read(text: str, base: str, target: bytes) -> None:
    address = Address.read(text)
    assert address is not None
    assert (address.base, address.target) == (base, target)
    assert "?" not in repr(address)


STORAGE = "https://acct.blob.core.windows.net/c?sig=S"
NO_PLACE = [
    "https://acct.blob.core.windows.net/c",  # no SAS
    "http://acct.blob.core.windows.net/c?sig=S",
    "https://acct.blob.core.windows.net:8443/c?sig=S",
    "https://acct.blob.core.windows.net:80/c?sig=S",
    "https://core.windows.net/c?sig=S",
    "https://evilcore.windows.net/c?sig=S",
    "https://acct.blob.core.windows.net.evil.example/c?sig=S",
    "https://acct.blob.core.windows.net@evil.example/c?sig=S",
    "https://evil.example/acct.blob.core.windows.net?sig=S",
    "https://evil.example/c?x=.core.windows.net&sig=S",
    "https://169.254.169.254/metadata/identity?sig=S",
    "http://169.254.169.254/metadata/identity?sig=S",
    "https://[fd00:ec2::254]/c?sig=S",
    "https://10.0.0.1/c?sig=S",
    "https://192.168.1.1/c?sig=S",
    "https://172.16.0.1/c?sig=S",
    "https://100.64.0.1/c?sig=S",
    "https://0.0.0.0/c?sig=S",
    "https://[::]/c?sig=S",
    "https://[::ffff:10.0.0.1]/c?sig=S",
    "https://8.8.8.8/c?sig=S",
    "https://2130706433/c?sig=S",
    "https://0x7f.1/c?sig=S",
    "https://metadata.google.internal/c?sig=S",
    "https://login.microsoftonline.com/c?sig=S",
    "ftp://acct.blob.core.windows.net/c?sig=S",
    "https://acct.blob.core.usgovcloudapi.net/c?sig=S",
]
LOOPBACK = ["http://127.0.0.1:10000/acct/c?sig=S", "https://127.0.0.1/c?sig=S", "http://[::1]:1/c?sig=S"]


@pytest.mark.parametrize("text", NO_PLACE)
@pytest.mark.parametrize("at_home", [True, False])
def test_where_nothing_is_uploaded_to(text: str, at_home: bool) -> None:
    assert UploadPlaces(loopback=at_home).read(text) is None


@pytest.mark.parametrize("text", [*LOOPBACK, "http://localhost:10000/acct/c?sig=S"])
def test_this_machine_is_a_place_only_if_graph_is_here(text: str) -> None:
    assert UploadPlaces(loopback=True).read(text) is not None
    assert UploadPlaces(loopback=False).read(text) is None


@pytest.mark.parametrize("suffix", ["core.usgovcloudapi.net", ".core.usgovcloudapi.net", "CORE.usgovcloudapi.net"])
def test_other_clouds_by_a_setting(suffix: str) -> None:
    places = UploadPlaces(("core.windows.net", suffix))
    assert places.read(STORAGE) is not None
    assert places.read("https://acct.dfs.core.usgovcloudapi.net/c?sig=S") is not None
    assert UploadPlaces((suffix,)).read(STORAGE) is None


@pytest.mark.parametrize("text", [*UNREADABLE, *NO_PLACE])
def test_a_service_that_gives_a_bad_upload_address(graph: Script, connected: Connect, text: str) -> None:
    graph.say(200, {"value": text})
    reply = connected().open_upload(PROFILE)
    assert (reply.answer, reply.value) == (Answer.UNAVAILABLE, None)
    session = {"containerId": "c", "sessionUrl": text}
    graph.say(200, {"id": CONNECTOR}).say(200, session)
    reply = connected("industryData").open_upload(PROFILE)
    assert (reply.answer, reply.value) == (Answer.UNAVAILABLE, None)
    assert "sig=S" not in repr(reply)


CLASSIC = f"/beta/education/synchronizationProfiles/{PROFILE}"


ELSEWHERE = [
    f"{origin}{CLASSIC}/errors?$skiptoken=x"
    for origin in ("https://evil.example", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost:{port}")
]
"""The right path on another host, port or scheme, where the token must not go."""


@pytest.mark.parametrize("text", [t for t in UNREADABLE if t] + NO_PLACE + LOOPBACK + ELSEWHERE)
def test_a_next_page_that_leads_elsewhere(graph: Script, connected: Connect, text: str) -> None:
    text = text.replace("{port}", graph.url.rpartition(":")[2])
    graph.say(200, {"value": [{}], "@odata.nextLink": text})
    reply = connected().sync_errors(PROFILE)
    assert reply.value is not None
    assert (len(reply.value.errors), reply.value.next) == (1, None)
    assert reply.failure is not None
    assert connected().sync_errors(PROFILE, text).answer is Answer.UNAVAILABLE
    assert len(graph.asked) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/beta/me",
        "/beta/education/users",
        "/beta/education/synchronizationProfilesX",
        "/beta/education/synchronizationProfiles/../../me",
        "/beta/education/synchronizationProfiles/%2e%2e/users",
        "/v1.0/education/synchronizationProfiles",
        "/beta",
        "/",
        "/beta/external/industryData/runs",
        "/beta/education/synchronizationProfiles/99999999-2222-3333-4444-555555555555/errors?$skiptoken=x",
        CLASSIC,
        f"{CLASSIC}/profileStatus",
        f"{CLASSIC}/errors/x",
        f"/beta/education/synchronizationProfiles?x={PROFILE}/errors",
    ],
)
def test_links_below_the_root_but_not_of_this_list(graph: Script, connected: Connect, path: str) -> None:
    graph.say(200, {"value": [], "@odata.nextLink": graph.url + path})
    reply = connected().sync_errors(PROFILE)
    assert reply.value is not None
    assert reply.value.next is None
    assert connected().sync_errors(PROFILE, graph.url + path).answer is Answer.UNAVAILABLE
    assert len(graph.asked) == 1


@pytest.mark.parametrize("list_of", ["operations", "inboundFlows/x", "runs/x", "runsX", "operations/x/runs/y"])
def test_a_list_of_runs_goes_on_in_runs_alone(graph: Script, connected: Connect, list_of: str) -> None:
    graph.say(200, {"value": [], "@odata.nextLink": f"{graph.url}{ROOT}/{list_of}?$skiptoken=x"})
    reply = connected("industryData").sync_state(PROFILE, SyncState("completed", "succeeded"))
    assert reply.answer is Answer.UNAVAILABLE
    assert reply.failure is not None
    assert reply.failure.code == "foreignLink"
    assert len(graph.asked) == 1


@pytest.mark.parametrize("end", [f"/{PROFILE}/errors", f"('{PROFILE.upper()}')/Errors"])
def test_a_list_goes_on_however_its_address_is_spelled(graph: Script, connected: Connect, end: str) -> None:
    link = f"{graph.url}/beta/education/synchronizationProfiles{end}?$skiptoken=x"
    graph.say(200, {"value": [{}], "@odata.nextLink": link}).say(200, {"value": [{}]})
    sds = connected()
    first = sds.sync_errors(PROFILE).value
    assert first is not None
    assert sds.sync_errors(PROFILE, first.next).answer is Answer.OK
    assert len(graph.asked) == 2


@pytest.mark.parametrize(
    "location",
    [
        "/beta/me",
        "/beta/external/industryData/operations/" + "1" * 201,
        "/beta/external/industryData/runs/1",
        "/beta/external/industryData/operations",
        "{classic}",
        "?",
        "#",
    ],
)
def test_an_operation_is_below_operations(graph: Script, ready: object, connected: Connect, location: str) -> None:
    sds = connected("industryData")
    graph.say(202, b"", Location=location.replace("{classic}", CLASSIC))
    verdict = sds.start(PROFILE).value
    assert verdict is not None
    assert (verdict.started, verdict.operation) == (True, None)
    assert graph.asked[-1].path == f"{ROOT}/runs/start"


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a%2e", "a\nb", "é", "x" * 201, None])
def test_an_id_that_would_lead_elsewhere(value: str | None) -> None:
    assert segment(value) is None


@pytest.mark.parametrize("connector", ["..", "a/b", "../../me", "x?y", ""])
def test_a_connector_that_would_lead_elsewhere(graph: Script, connected: Connect, connector: str) -> None:
    graph.say(200, {"id": connector})
    assert connected("industryData").verify(PROFILE).answer is Answer.UNAVAILABLE
    assert [asked.method for asked in graph.asked] == ["GET"]
