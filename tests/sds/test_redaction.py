"""No signature and no token in any failure, log line or exception text, whatever goes wrong."""

from collections.abc import Callable

import pytest

from shared.redaction import clean
from shared.sds.port import Upload
from shared.secret_forms import rules

from .conftest import PROFILE, TOKEN, Connect, Script

SIGNATURE = "Zm9vYmFyc2lnbmF0dXJl"

FAULTS: list[Callable[[Script], object]] = [
    Script.reset,
    Script.silence,
    lambda storage: storage.raw(b"garbage\r\n\r\n"),
    lambda storage: storage.say(201),
    lambda storage: storage.say(302, b"", Location=f"{storage.url}/x?sig={SIGNATURE}"),
    *(
        lambda storage, status=status: storage.say(
            status,
            f"<Error><Message>PUT {storage.url}/c?sv=1&sig={SIGNATURE}&se=2</Message></Error>".encode(),
            x_ms_error_code=f"Odd sig={SIGNATURE}",
        )
        for status in (400, 401, 403, 404, 409, 412, 413, 429, 500, 503)
    ),
]


@pytest.mark.parametrize("size", [1, 4_500_000])
def test_the_signature_shows_nowhere(
    graph: Script,
    elsewhere: Script,
    connected: Connect,
    everything_logged: pytest.LogCaptureFixture,
    size: int,
) -> None:
    shown: list[str] = []
    for fault in FAULTS:
        graph.say(200, {"value": f"{elsewhere.url}/c?sv=1&sig={SIGNATURE}&se=2"})
        upload = connected(read=1 if fault is Script.silence else 10).open_upload(PROFILE).value
        assert upload is not None
        elsewhere.answers.clear()
        fault(elsewhere)
        reply = upload.put("Student.csv", size, [b"x" * size])
        shown += [repr(reply), repr(upload), repr(vars(upload)), str(upload)]
        graph.say(500, f'{{"error":{{"code":"x","message":"at https://s/c?sig={SIGNATURE}"}}}}'.encode())
        shown.append(repr(connected().open_upload(PROFILE)))
    assert len(shown) == 5 * len(FAULTS)
    logged = "\n".join(f"{record.getMessage()} {record.args} {record.exc_text}" for record in everything_logged.records)
    assert "upload" in "".join(shown)
    assert SIGNATURE not in "".join(shown)
    assert SIGNATURE not in logged
    assert TOKEN not in "".join(shown)
    assert TOKEN not in logged


def test_a_request_is_logged_without_its_query(
    graph: Script, connected: Connect, everything_logged: pytest.LogCaptureFixture
) -> None:
    graph.say(200, {"value": []})
    path = f"/beta/education/synchronizationProfiles/{PROFILE}/errors"
    connected().sync_errors(PROFILE, f"{graph.url}{path}?$skiptoken=secret")
    assert graph.paths == [f"GET {path}?$skiptoken=secret"]
    lines = [record.getMessage() for record in everything_logged.records if record.name == "shared.sds.graph"]
    assert len(lines) == 1
    assert lines[0].startswith(f"GET {path}: 200; client-request-id ")
    assert "secret" not in everything_logged.text


def test_an_upload_can_not_be_pickled_by_accident(graph: Script, elsewhere: Script, connected: Connect) -> None:
    graph.say(200, {"value": f"{elsewhere.url}/c?sig={SIGNATURE}"})
    upload: Upload | None = connected().open_upload(PROFILE).value
    assert upload is not None
    import msgspec

    with pytest.raises(TypeError):
        msgspec.json.encode(upload)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words", "plain words"),
        ("GET https://h/p?a=b#c rest", "GET https://h/p rest"),
        ('{"url":"https://h/p?sig=1"}', '{"url":"https://h/p"}'),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [token]"),
        ("eyJ0eXAi.eyJhdWQi.c2ln", "[token]"),
        ("sig=a%2Bb&se=1", "sig=[removed]&se=1"),
        ('"access_token": "abc"', '"access_token": "[removed]"'),
        ("two\r\n lines\x00", "two lines"),
        ("why? because", "why? because"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_a_text_pays_for_the_rules_that_it_calls_for_alone() -> None:
    rules.cache_clear()
    clean("a run of a school has ended")
    assert rules.cache_info().currsize == 0
    clean("sig=a%2Bb&se=1")
    assert rules.cache_info().currsize == 1
