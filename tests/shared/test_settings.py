"""Settings: every bad value stops the app with one line that names the setting."""

import pytest

from shared.settings import BadSetting, Settings

GUID = "6f2b1c54-9a3e-4d7f-8b21-0c5d9e7a4f10"


def test_defaults() -> None:
    settings = Settings.load({})
    assert settings == Settings()
    assert settings.profile_id(GUID) == GUID
    assert settings.profile_id("north") is None


def test_values() -> None:
    settings = Settings.load(
        {
            "SDS_API": "INDUSTRYDATA",
            "SDS_PROFILES": f"north={GUID.upper()}, 7f2b1c54-9a3e-4d7f-8b21-0c5d9e7a4f10",
            "SDS_SETTLE_SECONDS": "0.25",
            "SDS_ALLOW_EMPTY": "True",
            "SDS_FILES": "school.csv,Student.csv",
            "GRAPH_BASE_URL": "http://127.0.0.1:8080/beta/",
            "SDS_SWEEP_SCHEDULE": "*/10 0-30/5 * * jan mon-fri",
            "SDS_ALLOWED_VALUES": "grade=13a",
        }
    )
    assert settings.api == "industryData"
    assert settings.profile_id("north") == GUID
    assert settings.profile_id(GUID) is None, "a profile has one name"
    assert settings.settle == 0.25
    assert settings.allow_empty
    assert settings.graph_base_url == "http://127.0.0.1:8080/beta"
    assert settings.allowed_values == {"grade": frozenset({"13a"})}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SDS_API", "graph"),
        ("SDS_UNCHANGED", "maybe"),
        ("SDS_PREFLIGHT", "off"),
        ("SDS_ALLOW_EMPTY", "perhaps"),
        ("SDS_SETTLE_SECONDS", "a minute"),
        ("SDS_SETTLE_SECONDS", "-1"),
        ("SDS_SETTLE_SECONDS", "nan"),
        ("SDS_POLL_SECONDS", "0"),
        ("SDS_POLL_MAX_SECONDS", "1"),
        ("SDS_DRIVER_SECONDS", "inf"),
        ("SDS_MAX_REMOVED_PERCENT", "101"),
        ("SDS_DROP_CONTAINER", "Drop_It"),
        ("SDS_RESULTS_QUEUE", "a--b"),
        ("SDS_RUN_CONTAINER", "sds-drop"),
        ("SDS_PROFILES", "north"),
        ("SDS_PROFILES", "north=1234"),
        ("SDS_PROFILES", f"a={GUID},b={GUID}"),
        ("SDS_PROFILES", f"_x={GUID}"),
        ("SDS_PROFILES", f"{GUID}={GUID}"),
        ("SDS_FILES", "School.csv,orgs.csv"),
        ("SDS_FILES", "whatever.csv"),
        ("GRAPH_BASE_URL", "graph.microsoft.com"),
        ("GRAPH_BASE_URL", "http://graph.microsoft.com/beta"),
        ("GRAPH_BASE_URL", "http://127.evil.example/beta"),
        ("GRAPH_BASE_URL", "https://user@graph.microsoft.com/beta"),
        ("GRAPH_BASE_URL", "https://graph.microsoft.com:x/beta"),
        ("SDS_SWEEP_SCHEDULE", "*/5 * * * *"),
        ("SDS_SWEEP_SCHEDULE", "0 99 * * * *"),
        ("SDS_SWEEP_SCHEDULE", "every five minutes or so ok"),
        ("SDS_ALLOWED_VALUES", "nosuchlist=1"),
    ],
)
def test_bad_values(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.load({name: value})
    message = str(caught.value)
    assert name in message
    assert "\n" not in message
