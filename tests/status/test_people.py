"""Who may see the page: never by a forged header, a guessed cookie or another site's form."""

from http.cookies import SimpleCookie

import pytest

from shared.room import page as page_address
from status import people
from status.people import Person

AZURE = {"WEBSITE_AUTH_ENABLED": "True", "WEBSITE_HOSTNAME": "app.example"}
NAME = {"x-ms-client-principal-name": "head@school.example"}


def machine(secret: str) -> dict[str, str]:
    return {"WEBSITE_HOSTNAME": "127.0.0.1:7071", people.SECRET: secret}


def test_a_name_is_believed_only_if_the_platform_vouches_for_it() -> None:
    assert people.person(NAME, AZURE) == Person("head@school.example")
    assert people.person({}, AZURE) is None
    assert people.person({"x-ms-client-principal-name": " "}, AZURE) is None
    for said in ("", "False", "0", "no"):
        assert people.person(NAME, {**AZURE, "WEBSITE_AUTH_ENABLED": said}) is None
    assert people.person(NAME, {}) is None
    assert people.person(NAME, machine("s1")) is None


def test_the_address_signs_in_once() -> None:
    environment = machine("s2")
    for wrong in ("", "s", "s22", "\u00e9"):
        assert people.signed_in(wrong, environment) is None
    cookie = people.signed_in("s2", environment)
    assert cookie is not None
    assert cookie.endswith("; Path=/api/status; HttpOnly; SameSite=Strict")
    assert "s2" not in cookie, "the cookie is not the secret"
    assert people.person({"cookie": cookie.partition(";")[0]}, environment) == Person(None)
    assert people.person({"cookie": f"other=1; {cookie.partition(';')[0]}"}, environment) == Person(None)
    assert people.signed_in("s2", environment) is None
    assert people.person({"cookie": cookie.partition(";")[0]}, machine("s3")) is None


@pytest.mark.parametrize("sent", ["", "rosterdrop=", "rosterdrop=s4", "rosterdrop=\u00e9", "x", "=;=", "rosterdrop"])
def test_no_other_cookie_will_do(sent: str) -> None:
    assert people.person({"cookie": sent}, machine("s4")) is None


def test_the_secret_counts_on_one_machine_alone() -> None:
    away = {**machine("s5"), "WEBSITE_HOSTNAME": "app.example"}
    assert people.signed_in("s5", away) is None
    cookie = SimpleCookie(people.signed_in("s5", machine("s5")) or "")
    sent = {"cookie": f"rosterdrop={cookie['rosterdrop'].value}"}
    assert people.person(sent, machine("s5")) is not None
    assert people.person(sent, away) is None
    assert people.signed_in("", {"WEBSITE_HOSTNAME": "127.0.0.1"}) is None
    assert people.signed_in("", machine("")) is None


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"origin": "https://app.example", "host": "app.example"}, True),
        ({"origin": "https://app.example", "host": "10.0.0.1"}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "https://app.example"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "https://app.example"}, False),
        ({"sec-fetch-site": "same-site", "origin": "https://app.example"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "https://evil.example", "host": "app.example"}, False),
        ({"origin": "https://app.example.evil.example", "host": "app.example"}, False),
        ({"origin": "null", "host": "app.example"}, False),
        ({"origin": "http://[", "host": "app.example"}, False),
        ({"host": "app.example"}, False),
        ({}, False),
    ],
)
def test_a_form_counts_only_from_the_page_itself(headers: dict[str, str], ours: bool) -> None:
    assert people.is_same_origin(headers, AZURE) is ours


def test_no_host_is_not_every_host() -> None:
    assert not people.is_same_origin({"origin": "null", "host": ""}, {})


def test_a_token_is_for_one_person_and_one_run() -> None:
    made = {
        people.token(key, profile, run, Person(name))
        for key in (b"k" * 32, b"l" * 32)
        for profile in ("north", "south")
        for run in ("r1", "r2")
        for name in (None, "head", "other")
    }
    assert len(made) == 24


def test_messages_name_the_page_only_where_people_sign_in() -> None:
    assert page_address(AZURE) == "https://app.example/api/status"
    assert page_address({"WEBSITE_HOSTNAME": "app.example"}) is None
    assert page_address({"WEBSITE_AUTH_ENABLED": "True"}) is None
    assert page_address({**AZURE, "WEBSITE_AUTH_ENABLED": "False"}) is None
