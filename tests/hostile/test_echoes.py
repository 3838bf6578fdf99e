"""A service gets tokens and addresses that are keys; what it says back of them is told nowhere."""

from base64 import b64encode

import pytest

from shared.sds.port import Answer
from tests.sds.conftest import PROFILE, Asked, Connect, Script, Scripted

TOKEN_ECHOES = ("request-id", "x-ms-request-id", "x-ms-ags-diagnostic", "Location")
SIGNATURE = "abcDEF123ghiJKL4"
ECHOES = (
    SIGNATURE,
    f"no {SIGNATURE} here",
    f"%73ig%3D{SIGNATURE}",
    SIGNATURE.lower(),
    SIGNATURE[::-1],
    SIGNATURE[2:14],
    SIGNATURE.encode().hex(),
    b64encode(SIGNATURE.encode()).decode(),
    f"%2573ig%253D{SIGNATURE[:5]}%2544{SIGNATURE[6:]}",
)


@pytest.mark.parametrize("name", TOKEN_ECHOES)
@pytest.mark.parametrize("status", [200, 202, 400, 503])
def test_a_token_that_is_echoed_in_a_header(
    graph: Script, connected: Connect, caplog: pytest.LogCaptureFixture, name: str, status: int
) -> None:
    def echo(asked: Asked) -> Scripted:
        return Scripted(status, b'{"error":{}}', {name: asked.headers["authorization"].split()[1]})

    caplog.set_level("DEBUG", logger="shared")
    graph.otherwise = echo
    reply = connected().start(PROFILE)
    token = graph.asked[0].headers["authorization"].split()[1]
    assert token
    assert token not in repr(reply)
    assert token not in caplog.text


@pytest.mark.parametrize("name", ["x-ms-error-code", "x-ms-request-id"])
@pytest.mark.parametrize("said", ECHOES)
@pytest.mark.parametrize("api", ["classic", "industryData"])
def test_a_signature_that_is_echoed_by_the_storage(
    graph: Script, elsewhere: Script, connected: Connect, api: str, name: str, said: str
) -> None:
    address = f"{elsewhere.url}/tenant/container?sv=1&sig={SIGNATURE}%3D"
    if api == "classic":
        graph.say(200, {"value": address})
    else:
        graph.say(200, {"id": "connector"}).say(200, {"containerId": "c", "sessionUrl": address})
    elsewhere.say(400, b"", **{name: said})
    upload = connected(api).open_upload(PROFILE).value
    assert upload is not None
    reply = upload.put("School.csv", 1, [b"x"])
    assert (reply.answer, reply.value) == (Answer.BAD_REQUEST, None)
    assert not [one for one in (SIGNATURE, said, *said.split()) if len(one) > 4 and one in repr(reply)]
