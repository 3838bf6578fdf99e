"""What is said of a setting that can't be used: its bound, its words, the name that was meant, and never its value."""

import pytest

from shared.settings import BadSetting, Setting, Settings
from tests.shared.refusals import FIELDS, GUID, LOCAL, refusal


@pytest.mark.parametrize("secret", ["hunterxy", "Passw", "hunter2", "s3cret-Word", "letmein", "GoodWord!"])
@pytest.mark.parametrize("setting", FIELDS, ids=lambda setting: setting.name)
def test_a_short_secret_pasted_into_a_wrong_setting_is_not_shown(setting: Setting, secret: str) -> None:
    try:
        Settings.load({setting.name: secret})
    except BadSetting as error:
        assert secret.lower() not in str(error).lower()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("SDS_API", "clasic", "is a text of 6 characters (did you mean classic?); it must be one of: classic"),
        ("SDS_API", "industry-data", "is a text of 13 characters (did you mean industryData?); it must be one of"),
        ("SDS_API", "industryDataindustryDataX", "is a text of 25 characters; it must be one of"),
        ("SDS_SETTLE_SECONDS", "-5", "is too small; it must be a number of seconds, 0 or more and at most 34560000"),
        ("SDS_SETTLE_SECONDS", "-0", "is too small; it must be a number of seconds, 0 or more"),
        ("SDS_SETTLE_SECONDS", "34560001", "is too large; it must be a number of seconds, 0 or more and at most"),
        ("SDS_POLL_SECONDS", "0", "is too small; it must be a number of seconds, more than 0"),
        ("SDS_MAX_REMOVED_LEAST", "1.5", "is no whole number; it must be a whole number of ids"),
        ("SDS_SETTLE_SECONDS", "fast", "is a text of 4 characters; it must be a number"),
        ("SDS_ALLOW_EMPTY", "ture", "is a text of 4 characters (did you mean true?); it must be one of: false, true"),
        ("SDS_ALLOW_EMPTY", "4711", "is a text of 4 characters; it must be one of"),
        ("SDS_ALLOW_EMPTY", "4", "is a text of 1 character; it must be one of"),
        ("SDS_TASK_HUB", "4711", "is a text of 4 characters; it must be 3 to 45 letters"),
        ("GRAPH_SCOPE", "4711", "is a text of 4 characters; it must be a resource"),
        ("SDS_MAX_REMOVED_PERCENT", "people=4711", "has an entry for people that is too large; it must be a number"),
    ],
)
def test_the_bound_and_the_words_that_may_stand_there_are_told(name: str, text: str, said: str) -> None:
    assert f"{name} {said}" in refusal({name: text})


PINS = ["987654321", "-987654321", "987654321987654321", "9876.54321", "+98765", "9.87e6", "98,76", "0x98765"]


@pytest.mark.parametrize("pin", PINS)
@pytest.mark.parametrize("setting", FIELDS, ids=lambda setting: setting.name)
def test_a_number_that_is_a_secret_is_not_shown(setting: Setting, pin: str) -> None:
    try:
        Settings.load({setting.name: pin})
    except BadSetting as error:
        assert "98" not in str(error)


@pytest.mark.parametrize("setting", [one for one in FIELDS if hasattr(one.kind, "choices")], ids=lambda one: one.name)
def test_a_secret_that_is_nearly_an_allowed_word_is_not_shown(setting: Setting) -> None:
    for word in getattr(setting.kind, "choices"):  # noqa: B009 - not every kind has them
        for secret in (f"{word}7", f"{word}!", f"x{word}", f"{word[:-1]}0", f"{word}-{word[:2]}"):
            assert secret not in refusal({setting.name: secret})


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("GRAPH_BASEURL", "GRAPH_BASE_URL"),
        ("GRAPHBASEURL", "GRAPH_BASE_URL"),
        ("Graph__Base__Url", "GRAPH_BASE_URL"),
        ("graph-base-url", "GRAPH_BASE_URL"),
        ("GRAPH.BASE.URL", "GRAPH_BASE_URL"),
        ("GRAPH_BASE_URI", "GRAPH_BASE_URL"),
        ("GRAPH_BASE_URLS", "GRAPH_BASE_URL"),
        ("GRAPH_BAS_URL", "GRAPH_BASE_URL"),
        ("GRAPH_BSAE_URL", "GRAPH_BASE_URL"),
        ("GRPAH_BASE_URL", "GRAPH_BASE_URL"),
        ("RAPH_BASE_URL", "GRAPH_BASE_URL"),
        ("GRAPH_SCOPES", "GRAPH_SCOPE"),
        ("DROPSTORAGE", "DROP_STORAGE"),
        ("DROP_STORGE", "DROP_STORAGE"),
        ("SDSAPI", "SDS_API"),
        ("SDS-API", "SDS_API"),
        ("SD_PROFILES", "SDS_PROFILES"),
        ("SDSPROFILES", "SDS_PROFILES"),
        ("SSD_SETTLE_SECONDS", "SDS_SETTLE_SECONDS"),
        ("SDSSETTLE_SECONDS__north", "SDS_SETTLE_SECONDS"),
    ],
)
def test_a_name_that_is_nearly_a_settings(name: str, known: str) -> None:
    message = refusal({name: "tLUzQ8Kp1ZxmVw3Q", "SDS_PROFILES": f"north={GUID}"} | {known: ""})
    assert message.startswith(f"{name} is no setting; did you mean {known}?")


def test_graph_is_one_for_all_profiles() -> None:
    said = refusal({"GRAPH_BASE_URL__north": "https://graph.microsoft.com/beta", "SDS_PROFILES": f"north={GUID}"})
    assert said == "GRAPH_BASE_URL can't be set for one profile alone, as GRAPH_BASE_URL__north does"


@pytest.mark.parametrize(
    "name",
    [
        *("AZURE_CLIENTID", "AZURE_CLIENT_IDS", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID", "AZURE_TOKEN_CREDENTIAL"),
        *(
            "AzureWebJobsStorage__accountName",
            "AzureWebJobs_Storage",
            "AZUREWEBJOBSSTORAGE",
            "AzureWebJobsFeatureFlags",
        ),
        *("AzureFunctionsJobHost__logging__logLevel__default", "WEBSITE_HOSTNAME", "WEBSITE_SITE_NAME"),
        *("FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_EXTENSION_VERSION", "SCM_DO_BUILD_DURING_DEPLOYMENT"),
        *(
            "APPLICATIONINSIGHTS_CONNECTION_STRING",
            "APPSETTING_SDS_API",
            "APPSETTING_GRAPH_BASE_URL",
            "IDENTITY_HEADER",
        ),
        *("GRAPH", "GRAPH_URL", "GRAPH_TOKEN", "SDK_API", "DROP", "STORAGE", "DROP_DATABASE", "", "PATH", "_"),
    ],
)
def test_names_of_the_platform_and_of_others_are_let_be(name: str) -> None:
    assert Settings.load({name: "1"}) == Settings()
    assert Settings.load({**LOCAL, name: "1"}, app=True) == Settings.load(LOCAL)
