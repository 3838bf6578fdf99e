"""Which forms of `DROP_STORAGE` are taken, by whom, and what the others are told."""

import pytest

from shared.azure_connection import AzureConnection, Connection
from shared.settings import BadSetting

KEY = "c2VjcmV0LWtleQ=="
CLOUD = f"DefaultEndpointsProtocol=https;AccountName=north;AccountKey={KEY};EndpointSuffix=core.windows.net"
HERE = f"AccountName=a;AccountKey={KEY};BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:2/a"
HALF_HERE = HERE.replace("http://127.0.0.1:2/a", "https://north.queue.core.windows.net")
ADDRESSES = {
    "DROP_STORAGE__blobServiceUri": "https://north.blob.core.windows.net/",
    "DROP_STORAGE__queueServiceUri": "https://north.queue.core.windows.net",
}
MANAGED = ADDRESSES | {"DROP_STORAGE__credential": "managedidentity"}
ID = "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize(
    ("environment", "read"),
    [
        (
            MANAGED | {"DROP_STORAGE__clientId": ID},
            Connection("", "https://north.blob.core.windows.net", "https://north.queue.core.windows.net", True, ID),
        ),
        (
            MANAGED | {"DROP_STORAGE__credential": "ManagedIdentity"},
            Connection("", "https://north.blob.core.windows.net", "https://north.queue.core.windows.net", True),
        ),
        (ADDRESSES, Connection("", "https://north.blob.core.windows.net", "https://north.queue.core.windows.net")),
        (
            {
                "DROP_STORAGE__blobServiceUri": "https://drops.school.example",
                "DROP_STORAGE__queueServiceUri": "https://results.school.example",
            },
            Connection("", "https://drops.school.example", "https://results.school.example"),
        ),
        ({"DROP_STORAGE": f" {HERE} "}, Connection(HERE)),
        ({"DROP_STORAGE": "UseDevelopmentStorage=true"}, Connection("UseDevelopmentStorage=true")),
    ],
)
def test_what_app_and_people_may_have(environment: dict[str, str], read: Connection) -> None:
    assert Connection.read(environment, app=True) == read
    assert Connection.read(environment, app=False) == read


BAD = [
    ({}, "DROP_STORAGE__blobServiceUri is not set"),
    ({"DROP_STORAGE": "  "}, "DROP_STORAGE__blobServiceUri is not set"),
    (dict([*ADDRESSES.items()][:1]), "DROP_STORAGE__queueServiceUri is not set"),
    (dict([*MANAGED.items()][1:]), "DROP_STORAGE__blobServiceUri is not set"),
    (ADDRESSES | {"DROP_STORAGE__clientId": ID}, "DROP_STORAGE__clientId is set without DROP_STORAGE__credential"),
    (MANAGED | {"DROP_STORAGE__credential": "key"}, "DROP_STORAGE__credential is a text of 3 characters"),
    (MANAGED | {"DROP_STORAGE": HERE}, "DROP_STORAGE and DROP_STORAGE__blobServiceUri are both set"),
    ({"DROP_STORAGE": HERE, "DROP_STORAGE__credential": "managedidentity"}, "DROP_STORAGE__credential are both set"),
    (MANAGED | {"DROP_STORAGE__clientID": ID}, "DROP_STORAGE__clientID is not known"),
    (MANAGED | {"drop_storage__blobServiceUri": "x"}, "did you mean DROP_STORAGE__blobServiceUri?"),
    (MANAGED | {"DROP_STORAGE_clientId": ID}, "DROP_STORAGE_clientId is not known; did you mean DROP_STORAGE__client"),
    (MANAGED | {"DROPSTORAGE__credential": "x"}, "did you mean DROP_STORAGE__credential?"),
    (MANAGED | {"DROP_STORAGE__queueServiceUrl": "x"}, "did you mean DROP_STORAGE__queueServiceUri?"),
    (MANAGED | {"DROP_STORAGE__accountName": "north"}, "DROP_STORAGE__accountName is not known"),
    (
        MANAGED | {"DROP_STORAGE__queueServiceUri": "https://south.queue.core.windows.net"},
        "name two accounts, north and south",
    ),
    (
        MANAGED | {"DROP_STORAGE__queueServiceUri": "https://north.blob.core.windows.net"},
        "DROP_STORAGE__queueServiceUri is the address of an account's blob service",
    ),
    (
        MANAGED | {"DROP_STORAGE__blobServiceUri": "https://north.dfs.core.windows.net"},
        "DROP_STORAGE__blobServiceUri is the address of an account's dfs service",
    ),
    (MANAGED | {f"DROP_STORAGE__AccountKey={KEY}": "x"}, "is not known"),
    ({"DROP_STORAGE": "secretsecret"}, "DROP_STORAGE is no connection string"),
    ({"DROP_STORAGE": f"AccountKey={KEY}"}, "DROP_STORAGE is no connection string"),
    ({"DROP_STORAGE": "BlobEndpoint=http://127.0.0.1\u2100secret/a"}, "DROP_STORAGE is no connection string"),
]
BAD_ADDRESSES = [
    "north",
    "ftp://north",
    "https://",
    "https://[north",
    f"https://u:{KEY}@north.blob.core.windows.net",
    f"https://north.blob.core.windows.net?sig={KEY}",
    "http://127.0.0.1:1/a",
]


@pytest.mark.parametrize(
    ("environment", "says"),
    [*BAD, *((MANAGED | {"DROP_STORAGE__queueServiceUri": bad}, "__queueServiceUri ") for bad in BAD_ADDRESSES)],
)
@pytest.mark.parametrize("app", [True, False])
def test_what_nobody_may_have_is_one_line_without_secrets(environment: dict[str, str], says: str, app: bool) -> None:
    with pytest.raises(BadSetting) as caught:
        Connection.read(environment, app=app)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("connection", [CLOUD, HALF_HERE])
def test_a_connection_string_elsewhere_is_for_people_alone(connection: str) -> None:
    assert Connection.read({"DROP_STORAGE": connection}, app=False).connection_string == connection
    with pytest.raises(BadSetting, match="for storage that is not on this machine"):
        Connection.read({"DROP_STORAGE": connection}, app=True)


def test_an_empty_connection_string_would_mislead_the_trigger() -> None:
    environment = MANAGED | {"DROP_STORAGE": ""}
    with pytest.raises(BadSetting, match="remove the setting DROP_STORAGE"):
        Connection.read(environment, app=True)
    assert Connection.read(environment, app=False).managed


def test_clients_have_the_addresses_and_share_one_credential() -> None:
    account = AzureConnection(MANAGED, app=True)
    with account.blob_service() as blobs, account.queue("sds-results") as queue:
        assert blobs.url == "https://north.blob.core.windows.net/"
        assert queue.url == "https://north.queue.core.windows.net/sds-results"
        assert blobs.credential is queue.credential
    account.close()
    account.close()


def test_a_connection_string_without_queues_is_told_when_one_is_asked_for() -> None:
    signed = "BlobEndpoint=http://127.0.0.1:1/a;SharedAccessSignature=sv=1&sig=c2VjcmV0"
    account = AzureConnection({"DROP_STORAGE": signed}, app=True)
    with account.blob_service() as blobs:
        assert blobs.url.startswith("http://127.0.0.1:1/a")
    with pytest.raises(BadSetting, match="DROP_STORAGE is no connection string"):
        account.queue("sds-results")
