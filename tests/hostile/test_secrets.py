"""Redaction: every form in which a secret turns up, in time that grows with the text alone; log records included."""

import base64
import io
import json
import logging
import time
from collections.abc import Iterator

import pytest

from shared.redaction import clean, redact, redact_logs

S = "S3cr3tValue"
B64 = "c2VjcmV0LXNpZ25hdHVyZS1vZi1hLXN0b3JhZ2UtYWNjb3VudA=="
JWT = "eyJ0eXAiOiJKV1QifQ.eyJhdWQiOiJncmFwaCJ9.c2lnbmF0dXJl"

FORMS = [
    # As grpc, msal, azure-identity and kubernetes write them.
    f'fields {{ key: "client_secret" value {{ string_value: "{S}" }} }}',
    f'fields {{\n  key: "sig"\n  value {{\n    string_value: "{S}"\n  }}\n}}',
    f"acquire_token_by_username_password('u@x', '{S}', scopes=['y'])",
    f"0.AXYAabcdefgh{S}abcdefghijklmnop.AgABAAEAAAAabcdefgh{S}",
    f"refreshed with 1.AXYAabcdefgh{S}abcdefghijklmnop",
    f"    client-key-data: {S}",
    f'{{"clientKeyData": "{S}"}}',
    f"https://acct.blob.core.windows.net/c?sv=1&sig={S}&se=2",
    f"https://acct.blob.core.windows.net/c?sv=1#sig={S}",
    f"https://user:{S}@host/path",
    f"amqps://{S}@host/path?x",
    f"?sv=1&sig={S}&se=2",
    f"sig={S}",
    f"SIG = '{S}'",
    f"sv%3D1%26sig%3D{S}%26se%3D2",
    f"https%3A%2F%2Facct%2Fc%3Fsv%3D1%26sig%3D{S}",
    f"sv%253D1%2526sig%253D{S}",
    f"sv=1\\u0026sig={S}\\u0026se=2",
    f"sv\\u003d1\\u0026sig\\u003d{S}",
    f"sv=1\\x26sig\\x3d{S}",
    f"sv=1&amp;sig={S}",
    f"sv=1&#38;sig&#61;{S}",
    f'{{"sig": "{S}"}}',
    f'{{\\"sig\\": \\"{S}\\"}}',
    f"{{'sig': '{S} two'}}",
    f"signature: {S}",
    f"SharedAccessSignature=sv=1&sig={S}",
    f"Authorization: Bearer {S}",
    f"authorization=Bearer%20{S}",
    f"'Authorization': 'Bearer {S}'",
    f"Authorization: Basic {S}",
    f"Authorization: {S}",
    f"Bearer%20{S}",
    f"Bearer+{S}",
    f"bearer\t{S}",
    f"Bearer\\u0020{S}",
    f"b'Bearer {S}'",
    f"SharedKey acct:{S}",
    f"Authorization: SharedKey acct:{S}=",
    f"SharedKeyLite acct:{S}",
    f"access_token={S}",
    f'"access_token": "{S}"',
    f"refresh_token={S}&x=1",
    f"'refresh_token': '{S}'",
    f"id_token%3D{S}",
    f"accessToken={S}",
    f'"accessToken":"{S}"',
    f"token={S}",
    f'"token": "{S}"',
    f"client_secret={S}",
    f'"client_secret" : "{S}"',
    f"AZURE_CLIENT_SECRET={S}",
    f"clientSecret: {S}",
    f"client_assertion={S}",
    f"AccountName=a;AccountKey={S};EndpointSuffix=x",
    f"SharedAccessKey={S}",
    f"x-functions-key: {S}",
    f"api-key={S}",
    f"Ocp-Apim-Subscription-Key: {S}",
    f"https-less /api/status?code={S}",
    f"next=%2Fapi%3Fcode%3D{S}",
    f"code={S}{S}{S}",
    f"X-IDENTITY-HEADER: {S}",
    f"'X-IDENTITY-HEADER': '{S}'",
    f"IDENTITY_HEADER={S}",
    f"password={S}",
    f'"password": "two words {S}"',
    f"Pwd={S};",
    f"Set-Cookie: session={S}",
    f"Cookie: {S}",
    f"-----BEGIN RSA PRIVATE KEY-----\n{S}\n-----END RSA PRIVATE KEY-----",
    f"İİ sig={S}",
    f"key {B64} of the account",
    f"key={B64.replace('=', '%3D')}",
    f"token was {JWT} today",
    f"x%20{JWT.replace('.', '%2E')}",
    # Encoded several times over.
    json.dumps(json.dumps(json.dumps(json.dumps({"access_token": S})))),
    f"sv%25253D1%252526sig%25253D{S}",
    f"sv%2525253D1%25252526sig%2525253D{S}",
    f"Bearer%252520{S}",
    f"sig&#061;{S}",
    f"sv=1&amp;amp;sig&amp;#x3D;{S}",
    f"sig\\075{S}",
    f"sv=1\\U00000026sig\\u003D{S}",
    f"sig\uff1d{S}",
    f"sig\u200b=\xa0{S}",
    f"sig\x00={S}",
    f"{B64.replace('=', '%253D')}",
    f"{B64.replace('=', chr(92) + 'u003d')}",
    f"eyJ0eXAiOiJKV1Qi%252EeyJhdWQi%252E{S}",
    # Said as programs and people say a name and its value.
    f"('client_secret', '{S}')",
    f"[(b'x-functions-key', b'{S}'), (b'x', b'y')]",
    f"[('sv', '1'), ('sig', '{S}')]",
    f"{{'sig': ['{S}']}}",
    f"'password': {{'value': '{S}'}}",
    f'"access_token": ["{S}"]',
    f'{{"name": "client_secret", "value": "{S}"}}',
    f'<add key="AccountKey" value="{S}"/>',
    f"<AccountKey>{S}</AccountKey>",
    f"&lt;Signature&gt;{S}&lt;/Signature&gt;",
    f"client_secret: |\n  {S}",
    f":client_secret => '{S}'",
    f"client_secret -> {S}",
    f"sig := {S}",
    f"?sig[]={S}",
    f"?sig%5B%5D={S}",
    f"az login --password {S}",
    f"--account-key {S}",
    f"--client-secret '{S}'",
    # Values with what often ends a value.
    f'"password": "a\\"{S}"',
    f"'password': 'a\\'{S}'",
    f"password=a,{S}",
    f"password=a&{S}",
    f"client_secret=a<{S}>",
    f"password: \u201ctwo {S}\u201d",
    f"Cookie: a=1; session={S}; b={S}",
    # Other names.
    f"InstrumentationKey={S};IngestionEndpoint=x",
    f'"primaryKey": "{S}"',
    f'"connectionString": "x;y={S}"',
    f'"secretText": "{S}"',
    f"?grant_type=x&assertion={S}",
    f"id_token_hint={S}",
    f"device_code={S}",
    f"refreshToken: {S}",
    f"token: {S}{S}",
    f"pass={S}",
    f"X-MS-CLIENT-PRINCIPAL: {S}",
    f"X-ZUMO-AUTH: {S}",
    f"bearer: {S}",
    f'Bearer "{S}"',
    f'Authorization: Digest username="u", response="{S}"',
    f"WWW-Authenticate: Negotiate {S}{S}",
    f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n{S}",
    f"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{S}",
    # Addresses.
    f"//user:{S}@host/x",
    f"https:\\/\\/user:{S}@host\\/c",
    f"https%3A%2F%2Fuser%3A{S}%40host%2Fc",
    f"https%253A%252F%252Fhost%253Fx%253D{S}",
    f"https://user:pa/{S}@host/x",
    f"https://user:pa/x@{S}@host/x",
    f"netloc='user:{S}@host'",
]

BASIC = base64.b64encode(f"user:{S}".encode()).decode()


@pytest.mark.parametrize(
    "text", [f"Basic {BASIC}", f"the proxy said basic {BASIC}", f"('Proxy-Authorization', 'Basic {BASIC}')"]
)
def test_a_user_and_a_password_in_base64_do_not_survive(text: str) -> None:
    assert BASIC[:20] not in redact(text)


HARMLESS = [
    "GET /beta/education/synchronizationProfiles/11111111-2222-3333-4444-555555555555/errors answered 404: not found",
    "3 row(s) have missing data for the field - Code",
    "2 duplicates found in column key which requires values to be Unique.",
    "error code: RequiredFileNotFound: orgs.csv",
    "status code=503",
    "design: a signal, an assignment, no token for the tenant (check the app's identity): why",
    "Primary keys: none; the passing grade: 5; header: present",
    "no token for https://graph.microsoft.com/.default (the identity endpoint did not answer well)",
    "see https://sds.microsoft.com/help. Then go on.",
    "north/20261122T145225Z-0123456789ab/report.json",
    "why? because #1 & so on",
    "basic verification: a basic token, the basics",
    "SDS_INCOMPLETE_AFTER_SECONDS__north_schools_1=5 and SDS_MAX_REMOVED_PERCENT__north_schools_of_Bavaria1=7",
    "PUT http://127.0.0.1:10000/acct/c/School.csv and https://[::1]:8080/x at 12:30:05",
    "DROP_STORAGE__credential=managedidentity",
    "up at http://127.0.0.1:7071, (https://[::1]:8080) and http://localhost:10000.",
    "error_code=NotFound, statusCode: 404, country_code=DE",
    "run `python -m local up --data DIR` -- or not; 7 // 2 is 3",
    "no connection string of a storage account (check DROP_STORAGE)",
    "sha256 " + "0123456789abcdef" * 4,
    "Ünï 名前 İstanbul",
    "",
]


@pytest.mark.parametrize("text", FORMS)
def test_no_form_of_a_secret_survives(text: str) -> None:
    for told in (redact(text), redact(f"before {text} after"), clean(text), redact(repr(text)), redact(redact(text))):
        assert S not in told
        assert B64[:40] not in told
        assert JWT[8:16] not in told


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_words_stay(text: str) -> None:
    assert redact(text) == text


def test_what_is_around_a_secret_stays() -> None:
    assert redact(f"a sig={S}&se=2 b") == "a sig=[removed]&se=2 b"
    assert redact(f"PUT https://h/p?sig={S} said no") == "PUT https://h/p said no"
    assert redact(f'{{"token": "{S}", "x": 1}}') == '{"token": "[removed]", "x": 1}'
    assert redact(f"Authorization: Bearer {S}, then") == "Authorization: Bearer [token], then"
    assert (
        redact(f"at https://user:pa/{S}@host/x and http://user:{S}/x")
        == "at https://[removed]@host/x and http://[removed]/x"
    )
    assert redact("?sig=&se=1 password: ") == "?sig=&se=1 password: "


def test_words_are_harmless_on_a_terminal_and_bounded() -> None:
    told = clean("\x1b[2J one\r\ntwo \u202e three\x9b31m " + "x" * 100_000)
    assert told.isprintable()
    assert len(told) == 300
    assert told.startswith("[2J one two \\u202e three\\x9b31m xxx")


PIECES = [
    "w", " ", "://", "a://b?", "sig=", "sig='", 'sig=" ', "sig", "eyJ", "eyJaaaa.", "%26", "\\u0026", "authorization",
    "authorization: ", "A1", "A" * 39 + "-", "A" * 41 + "=", "bearer ", "bearer", "code=", "&code=", "&quot;", "İ",
    "sig&quot;&quot;&quot;", 'password""""""""', "-----BEGIN A", "key=key=", "\\", "%", '"', "=", ":", "token", "\n",
    "//", "%2F", "%25", "&amp;", "@", ":@", ":a@", "--", "--a-", "--token ", "basic QUJD", "token: a", "secret>",
    '\\"sig=', "\\" * 15, "sig='\\", "A_-b" * 10 + "=", "('sig', '", 'name", "value',
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_time_grows_with_the_text_alone(piece: str) -> None:
    def in_time(length: int, limit: float) -> bool:
        text = (piece * length)[:length]
        for _ in range(3):  # a machine that is busy gets another chance
            began = time.process_time()
            redact(text)
            if time.process_time() - began < limit:
                return True
        return False

    assert in_time(20_000, 0.25)
    assert in_time(80_000, 0.5)


@pytest.fixture
def logged() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    redact_logs()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("tests.hostile.secrets")
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    yield logger, stream
    logger.removeHandler(handler)


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError(S)

    __repr__ = __str__


def test_log_records_hold_no_secret(logged: tuple[logging.Logger, io.StringIO], capsys: pytest.CaptureFixture) -> None:
    logger, stream = logged
    logger.info("plain words %d", 7)
    logger.info("at https://h/c?sig=%s", S)
    logger.info("headers: %s", {"Authorization": f"Bearer {S}"})
    for words, arguments in (
        ("%s and %s", (f"sig={S}",)),
        ("%d", (f"sig={S}",)),
        ("%d", (Unspeakable(),)),
        (f"100%% sig={S}", ()),
    ):
        logger.info(words, *arguments)
    logger.info({"sig": S})
    logger.info("%s", Unspeakable())
    logger.info(Unspeakable())
    logger.info("long %s", "x" * 200_000 + f" sig={S}")
    logger.info("stack", stack_info=True)
    inner, outer = OSError(f"PUT https://h/c?sig={S}"), RuntimeError(f"Bearer {S}")
    outer.__cause__ = inner
    logger.error("failed with sig=%s", S, exc_info=outer)
    logger.info("again", exc_info=outer)
    logger.error("odd", exc_info=Unspeakable())
    logger.error("as ever", exc_info=ValueError("harmless"))
    told = stream.getvalue() + "".join(capsys.readouterr())
    assert S not in told
    assert "INFO plain words 7\n" in told
    assert "RuntimeError: Bearer [token]" in told
    assert "PUT https://h/c\n" in told
    assert "ValueError: harmless" in told
    assert "Logging error" not in told


def test_an_exception_without_a_secret_stays_one() -> None:
    redact_logs()
    error = ValueError("harmless")
    record = logging.getLogRecordFactory()("x", 20, "p", 1, "words", (), (ValueError, error, None))
    assert record.exc_info is not None
    assert record.exc_text is None


def test_doing_it_again_changes_nothing() -> None:
    redact_logs()
    factory = logging.getLogRecordFactory()
    redact_logs()
    assert logging.getLogRecordFactory() is factory
