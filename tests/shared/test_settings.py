"""Settings: every bad value stops the app with one line that names the setting and tells no secret."""

from typing import Any, get_type_hints

import msgspec
import pytest

from shared.settings import TABLE, Setting, Settings, on_this_machine
from tests.shared.refusals import FIELDS, GUID, LOCAL, refusal

OTHER = "7f2b1c54-9a3e-4d7f-8b21-0c5d9e7a4f10"
DURATIONS = [setting.name for setting in TABLE if setting.name.endswith("_SECONDS")]


def test_defaults() -> None:
    settings = Settings.load({})
    assert settings == Settings()
    assert settings.profile_id(GUID) == GUID
    assert settings.profile_id("north") is None
    assert settings.of("north") is settings
    assert settings.problem("north") is None


def test_the_table_has_a_row_for_every_field() -> None:
    fields = set(get_type_hints(Settings)) - {"own", "problems"}
    assert sorted(setting.field for setting in FIELDS if setting.field) == sorted(fields)
    assert len({setting.name for setting in TABLE}) == len(TABLE)
    assert all(setting.meaning and "\n" not in setting.meaning for setting in TABLE)


@pytest.mark.parametrize("setting", FIELDS, ids=lambda setting: setting.name)
def test_the_default_written_out_is_the_default(setting: Setting) -> None:
    settings = Settings.load({setting.name: setting.default})
    assert settings == Settings()
    if setting.default:
        assert setting.kind.parse(setting.default, setting.value) == setting.value


def test_values() -> None:
    settings = Settings.load(
        {
            "SDS_API": "INDUSTRYDATA",
            "SDS_PROFILES": f"north={GUID.upper()}, {OTHER}",
            "SDS_SETTLE_SECONDS": " 0.25 ",
            "SDS_POLL_SECONDS": ".5",
            "SDS_ALLOW_EMPTY": "True",
            "SDS_FILES": "school.csv,Student.csv",
            "GRAPH_BASE_URL": "http://127.0.0.1:8080/beta/",
            "SDS_SWEEP_SCHEDULE": "*/10 0-30/5 * * jan mon-fri",
            "SDS_ALLOWED_VALUES": "grade=13a",
            "SDS_UPLOAD_HOSTS": "Core.Windows.net, core.usgovcloudapi.net",
            "SDS_MAX_FILE_BYTES": "1000",
            "SDS_TIME_ZONE": "Europe/Oslo",
            "SDS_ERROR_ROWS_PERCENT": "2.5",
            "SDS_MAX_REMOVED_LEAST": "0",
            "SDS_TASK_HUB": "rosterdrop2",
            "SDS_X_OURS": "whatever",
            "SDS_UNCHANGED": "",
        }
    )
    assert settings.api == "industryData"
    assert settings.profile_id("north") == GUID
    assert settings.profile_id(GUID) is None, "a profile has one name"
    assert (settings.settle, settings.poll) == (0.25, 0.5)
    assert settings.allow_empty
    assert settings.graph_base_url == "http://127.0.0.1:8080/beta"
    assert settings.allowed_values == {"grade": frozenset({"13a"})}
    assert settings.upload_hosts == ("core.windows.net", "core.usgovcloudapi.net")
    assert settings.max_file_bytes == 1000
    assert settings.time_zone == "Europe/Oslo"
    assert settings.error_rows_percent == 2.5
    assert settings.max_removed_least == 0
    assert settings.unchanged == "skip"


@pytest.mark.parametrize(
    ("text", "removed"),
    [
        ("5", {"people": 5, "orgs": 5, "classes": 100, "enrollments": 100}),
        ("people=5", {"people": 5, "orgs": 20, "classes": 100, "enrollments": 100}),
        ("classes = 30, people=0.5", {"people": 0.5, "orgs": 20, "classes": 30, "enrollments": 100}),
    ],
)
def test_percentages_by_kind(text: str, removed: dict[str, float]) -> None:
    assert Settings.load({"SDS_MAX_REMOVED_PERCENT": text}).max_removed_percent == removed


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
        ("SDS_SETTLE_SECONDS", "1e3"),
        ("SDS_SETTLE_SECONDS", "1_000"),
        ("SDS_SETTLE_SECONDS", "٣"),
        ("SDS_SETTLE_SECONDS", "."),
        ("SDS_POLL_SECONDS", "0"),
        ("SDS_POLL_SECONDS", "0.0"),
        ("SDS_POLL_MAX_SECONDS", "1"),
        ("SDS_DRIVER_SECONDS", "inf"),
        ("SDS_ERROR_ROWS_PERCENT", "100.1"),
        ("SDS_MAX_REMOVED_PERCENT", "101"),
        ("SDS_MAX_REMOVED_PERCENT", "people=101"),
        ("SDS_MAX_REMOVED_PERCENT", "pupils=1"),
        ("SDS_MAX_REMOVED_PERCENT", "people=1,people=2"),
        ("SDS_MAX_REMOVED_PERCENT", "people=1,5"),
        ("SDS_MAX_REMOVED_PERCENT", "people=1,"),
        ("SDS_MAX_REMOVED_LEAST", "1.5"),
        ("SDS_MAX_FILE_BYTES", "0"),
        ("SDS_MAX_SET_BYTES", "2GiB"),
        ("SDS_TIME_ZONE", "Europe"),
        ("SDS_TIME_ZONE", "Middle/Earth"),
        ("SDS_TIME_ZONE", "../../etc/passwd"),
        ("SDS_TIME_ZONE", "/etc/localtime"),
        ("SDS_DROP_CONTAINER", "Drop_It"),
        ("SDS_RESULTS_QUEUE", "a--b"),
        ("SDS_RUN_CONTAINER", "sds-drop"),
        ("SDS_TASK_HUB", "1st"),
        ("SDS_PROFILES", "north"),
        ("SDS_PROFILES", "north=1234"),
        ("SDS_PROFILES", f"a={GUID},b={GUID}"),
        ("SDS_PROFILES", f"a={GUID},a={OTHER}"),
        ("SDS_PROFILES", f"_x={GUID}"),
        ("SDS_PROFILES", f"{GUID}={GUID}"),
        ("SDS_PROFILES", f"a-b={GUID},a.b={OTHER}"),
        ("SDS_PROFILES", f"a_b={GUID},a.b={OTHER}"),
        ("SDS_PROFILES", f"North={GUID},north={OTHER}"),
        ("SDS_FILES", "School.csv,orgs.csv"),
        ("SDS_FILES", "whatever.csv"),
        ("SDS_FILES", "School.csv,whatever.csv"),
        ("GRAPH_BASE_URL", "graph.microsoft.com"),
        ("GRAPH_BASE_URL", "http://graph.microsoft.com/beta"),
        ("GRAPH_BASE_URL", "http://127.evil.example/beta"),
        ("GRAPH_BASE_URL", "https://user@graph.microsoft.com/beta"),
        ("GRAPH_BASE_URL", "https://:pw@graph.microsoft.com/beta"),
        ("GRAPH_BASE_URL", "https://@graph.microsoft.com/beta"),
        ("GRAPH_BASE_URL", "https://graph.microsoft.com\\@evil.example/beta"),
        ("GRAPH_BASE_URL", "https://graph.microsoft.com:x/beta"),
        ("GRAPH_BASE_URL", "https://graph.microsoft.com:0/beta"),
        ("GRAPH_BASE_URL", "https://graph.microsoft.com/beta?x=1"),
        ("GRAPH_BASE_URL", "https://graph.microsoft.com/beta/../v1.0"),
        ("GRAPH_BASE_URL", "https://graph.microsoft.com//beta"),
        ("GRAPH_BASE_URL", "https://xn--/x"),
        ("GRAPH_BASE_URL", "https://gräph.microsoft.com/beta"),
        ("GRAPH_BASE_URL", "https://[::1/beta"),
        ("GRAPH_BASE_URL", "ftp://127.0.0.1/beta"),
        ("GRAPH_SCOPE", "https://graph.microsoft.com"),
        ("SDS_UPLOAD_HOSTS", "net"),
        ("SDS_UPLOAD_HOSTS", "*.core.windows.net"),
        ("SDS_UPLOAD_HOSTS", "169.254.169.254"),
        ("SDS_UPLOAD_HOSTS", "https://core.windows.net"),
        ("SDS_UPLOAD_HOSTS", ","),
        ("SDS_SWEEP_SCHEDULE", "*/5 * * * *"),
        ("SDS_SWEEP_SCHEDULE", "0 99 * * * *"),
        ("SDS_SWEEP_SCHEDULE", "0 0 0 31 2 *"),
        ("SDS_SWEEP_SCHEDULE", "0 0 0 31 feb,apr,jun *"),
        ("SDS_SWEEP_SCHEDULE", "30-10 * * * * *"),
        ("SDS_SWEEP_SCHEDULE", "0 0 0 * * 7"),
        ("SDS_SWEEP_SCHEDULE", "0 0 0 29 2 *"),
        ("SDS_SWEEP_SCHEDULE", "0 0 0 13 10 5"),
        ("SDS_SWEEP_SCHEDULE", "0 */99999999999 * * * *"),
        ("SDS_SWEEP_SCHEDULE", "every five minutes or so ok"),
        ("SDS_ALLOWED_VALUES", "nosuchlist=1"),
        *((name, str(400 * 86400 + 1)) for name in DURATIONS),
    ],
)
def test_bad_values(name: str, value: str) -> None:
    message = refusal({name: value})
    assert name in message
    assert len(message) < 400


def test_durations_are_bounded_by_400_days() -> None:
    assert len(DURATIONS) == 11
    longest = Settings.load(dict.fromkeys(DURATIONS, str(400 * 86400)))
    assert {getattr(longest, setting.field or "") for setting in TABLE if setting.name in DURATIONS} == {34_560_000}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("SDS_PREFLIGT", "SDS_PREFLIGHT"),
        ("SDS_SETTLE", "SDS_X_"),
        ("SDS_V", "SDS_X_"),
        ("SDS_POLL_SECOND__north", "SDS_POLL_SECONDS"),
        ("SDS_", "SDS_X_"),
        ("sds_preflight", "SDS_PREFLIGHT"),
        ("Sds_Api", "SDS_API"),
        ("graph_base_url", "GRAPH_BASE_URL"),
        ("Graph_Scope", "GRAPH_SCOPE"),
        ("drop_storage", "DROP_STORAGE"),
    ],
)
def test_names_that_no_table_knows(name: str, hint: str) -> None:
    message = refusal({name: "1", "SDS_PROFILES": f"north={GUID}"})
    assert message.startswith(f"{name} is no setting")
    assert hint in message


SECRETS = [
    "https://acct.blob.core.windows.net/c/b?sv=2024-11-04&sig=tLU%2FzQ8Kp1ZxmVw3Q%3D",
    "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=tLUzQ8Kp1ZxmVw3Q==;EndpointSuffix=core.windows.net",
    "Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.tLUzQ8Kp1ZxmVw3Q",
    "tLU8Q~zQ8Kp1ZxmVw3Q",
    "tLUzQ8Kp1ZxmVw3Q==",
    "north=tLUzQ8Kp1ZxmVw3Q",
    "https://somebody:tLUzQ8Kp1ZxmVw3Q@graph.microsoft.com/beta?tLUzQ8Kp1ZxmVw3Q",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("setting", FIELDS, ids=lambda setting: setting.name)
def test_no_secret_pasted_into_a_wrong_setting_is_printed(setting: Setting, secret: str) -> None:
    message = refusal({setting.name: secret})
    assert setting.name in message
    for piece in ("tLU", "acct", "eyJ", "somebody", "north=", "sv="):
        assert piece not in message
    if not setting.name.startswith("SDS_"):
        return
    alone = {"SDS_PROFILES": f"a={GUID}", f"{setting.name}__a": secret}
    problem = (Settings.load(alone).problem("a") or "") if setting.per_profile else refusal(alone)
    assert setting.name in problem
    assert "tLU" not in problem


def test_a_secret_for_a_name_is_not_printed_either() -> None:
    assert "tLU" not in refusal({"SDS_FILES__" + SECRETS[1]: "x"})


class TestOneProfileAlone:
    PROFILES = f"north={GUID},east-side.1={OTHER}"

    def load(self, **own: str) -> Settings:
        return Settings.load({"SDS_PROFILES": self.PROFILES, **own})

    def test_it_holds_for_that_profile(self) -> None:
        settings = self.load(SDS_FILES__EAST_side_1="users.csv,orgs.csv", SDS_FOLLOW_SECONDS__north="0")
        assert settings.files == ()
        assert settings.of("east-side.1").files == ("users.csv", "orgs.csv")
        assert settings.of("north").files == ()
        assert settings.of("north").follow == 0
        assert settings.of("north") is settings.of("north")
        assert settings.of("north").of("north") is settings.of("north")
        assert settings.of("north").profile_id("east-side.1") == OTHER
        assert settings.of("nobody") is settings

    def test_percentages_not_named_stay_the_apps(self) -> None:
        settings = self.load(SDS_MAX_REMOVED_PERCENT="orgs=5", SDS_MAX_REMOVED_PERCENT__north="people=50")
        assert settings.max_removed_percent["people"] == 20
        assert settings.of("north").max_removed_percent == {
            "people": 50,
            "orgs": 5,
            "classes": 100,
            "enrollments": 100,
        }

    def test_a_bad_value_is_that_profiles_alone(self) -> None:
        settings = self.load(
            SDS_SETTLE_SECONDS="7", SDS_SETTLE_SECONDS__north="soon", SDS_UNCHANGED__north="send", SDS_HOLD_SECONDS="9"
        )
        problem = settings.problem("north")
        assert problem is not None
        assert "SDS_SETTLE_SECONDS__north" in problem
        assert "\n" not in problem
        assert settings.of("north").settle == 7, "as if the bad one were not there"
        assert settings.of("north").unchanged == "send"
        assert settings.problem("east-side.1") is None
        assert settings.of("east-side.1") is settings

    def test_a_guid_without_an_alias_may_have_its_own(self) -> None:
        settings = Settings.load({"SDS_PROFILES": GUID, f"SDS_HOLD_SECONDS__{GUID.replace('-', '_').upper()}": "5"})
        assert settings.of(GUID).hold == 5

    def test_an_empty_one_is_as_if_it_were_not_there(self) -> None:
        assert self.load(SDS_FILES="orgs.csv", SDS_FILES__north=" ").of("north").files == ("orgs.csv",)

    def test_the_design_names_those_that_there_are(self) -> None:
        assert {setting.name for setting in TABLE if setting.per_profile} == {
            "SDS_FILES", "SDS_ALLOW_EMPTY", "SDS_ALLOWED_VALUES", "SDS_UNCHANGED", "SDS_SETTLE_SECONDS",
            "SDS_SET_SPREAD_SECONDS", "SDS_INCOMPLETE_AFTER_SECONDS", "SDS_PREFLIGHT", "SDS_ERROR_ROWS_PERCENT",
            "SDS_MAX_REMOVED_PERCENT", "SDS_MAX_REMOVED_LEAST", "SDS_HOLD_SECONDS", "SDS_PROVISION_TIMEOUT_SECONDS",
            "SDS_FOLLOW_SECONDS",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("own", "says"),
        [
            ({"SDS_POLL_SECONDS__north": "1"}, "SDS_POLL_SECONDS can't be set for one profile alone"),
            ({"SDS_FILES__nord": "orgs.csv"}, "SDS_FILES__nord is for an alias that SDS_PROFILES doesn't have"),
            ({"SDS_FILES__": "orgs.csv"}, "SDS_FILES__ is for an alias"),
            ({"SDS_FILES__north": "orgs.csv", "SDS_FILES__NORTH": "orgs.csv"}, "given twice for the alias north"),
            ({"SDS_TASK_HUB__north": "orgs"}, "SDS_TASK_HUB can't be set"),
            ({"SDS_PROFILES__north": GUID}, "SDS_PROFILES can't be set"),
        ],
    )
    def test_what_can_not_be(self, own: dict[str, str], says: str) -> None:
        assert says in refusal({"SDS_PROFILES": self.PROFILES, **own})


IDENTITY = {
    "DROP_STORAGE__blobServiceUri": "https://acct.blob.core.windows.net",
    "DROP_STORAGE__queueServiceUri": "https://acct.queue.core.windows.net",
    "DROP_STORAGE__credential": "managedidentity",
    "DROP_STORAGE__clientId": GUID,
}
REAL = {"SDS_API": "industryData", "SDS_PROFILES": GUID, **IDENTITY}


class TestTheAppsStart:
    @pytest.mark.parametrize("environment", [LOCAL, REAL, {**LOCAL, "GRAPH_BASE_URL": "https://localhost/beta"}])
    def test_what_it_takes(self, environment: dict[str, str]) -> None:
        assert Settings.load(environment, app=True) == Settings.load(environment)

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"SDS_API": ""}, "SDS_API is not set"),
            ({"SDS_PROFILES": ""}, "SDS_PROFILES is not set"),
            ({"SDS_PROFILES": " , "}, "SDS_PROFILES is not set"),
            ({"DROP_STORAGE__credential": ""}, "DROP_STORAGE__clientId is set without DROP_STORAGE__credential"),
            ({"DROP_STORAGE__queueServiceUri": ""}, "DROP_STORAGE__queueServiceUri is not set"),
            ({"DROP_STORAGE": "UseDevelopmentStorage=true"}, "are both set"),
            (dict.fromkeys(IDENTITY, ""), "DROP_STORAGE__blobServiceUri is not set"),
        ],
    )
    def test_what_it_refuses(self, changes: dict[str, str], says: str) -> None:
        message = refusal({**REAL, **changes}, app=True)
        assert says in message
        assert "tLU" not in message

    def test_a_connection_string_is_for_storage_on_this_machine(self) -> None:
        elsewhere = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=tLU=;EndpointSuffix=core.windows.net"
        environment = {**LOCAL, "DROP_STORAGE": elsewhere}
        assert Settings.load(environment) == Settings.load(LOCAL), "people's commands may have one"
        message = refusal(environment, app=True)
        assert "DROP_STORAGE is a connection string" in message
        assert "tLU" not in message


def test_which_addresses_are_on_this_machine() -> None:
    here = ["http://127.0.0.1:1", "http://127.9.9.9/x", "https://LOCALHOST", "http://[::1]:4/x"]
    there = ["https://graph.microsoft.com", "http://127.0.0.1.evil.example", "http://[::1", "", "localhost"]
    assert all(map(on_this_machine, here))
    assert not any(map(on_this_machine, there))


def test_settings_are_values() -> None:
    settings: Any = Settings()
    with pytest.raises(AttributeError):
        settings.settle = 1
    assert msgspec.structs.replace(settings, settle=1).settle == 1
