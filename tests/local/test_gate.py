"""The gate before the storage: who gets in, what is refused as Azure refuses it, and how it breaks on purpose."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError
from azure.storage.blob import BlobServiceClient, ContainerClient
from azure.storage.queue import QueueClient

from local.azurite import KEY
from local.identity import TokenIssuer
from local.rights import assignments, smallest
from local.storage.faults import ALL, Chance, Fault
from local.storage.storage import Storage
from shared.settings import Settings

SETTINGS = Settings()


class Credential:
    """What azure-identity is to the clients, without an endpoint."""

    def __init__(self, issuer: TokenIssuer, identity: str, resource: str = "https://storage.azure.com") -> None:
        self._issuer, self._identity, self._resource = issuer, identity, resource

    def get_token(self, *_scopes: str, **_: Any) -> AccessToken:
        return AccessToken(*self._issuer.issue(self._resource, self._identity))


class Place:
    """A running storage, and clients of it."""

    def __init__(self, folder: Path) -> None:
        self.tokens = TokenIssuer()
        self.storage = Storage(folder, self.tokens, assignments(SETTINGS), in_memory=True)
        self.gate = self.storage.gate
        self._open: list[Any] = []

    def blobs(self, identity: str = "app", **more: Any) -> BlobServiceClient:
        return self._kept(
            BlobServiceClient(self.storage.addresses["blob"], Credential(self.tokens, identity), **self._more(more))
        )

    def queue(self, identity: str, name: str = SETTINGS.results_queue, **more: Any) -> QueueClient:
        address = self.storage.addresses["queue"]
        return self._kept(QueueClient(address, name, Credential(self.tokens, identity), **self._more(more)))

    def by_key(self) -> BlobServiceClient:
        return self._kept(BlobServiceClient.from_connection_string(self.storage.connection_string))

    def _more(self, more: dict[str, Any]) -> dict[str, Any]:
        trust = str(self.storage.certificates.authority)
        return {"connection_verify": trust, "retry_total": 0, "read_timeout": 3} | more

    def _kept[Client](self, client: Client) -> Client:
        self._open.append(client)
        return client

    def close(self) -> None:
        self.gate.faults.clear()
        for client in self._open:
            client.close()
        self._open.clear()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("storage"))
    place.storage.begin(1, "key")
    try:
        place.storage.wait()
        place.storage.open_gate()
        by_key = place.by_key()
        for name in (SETTINGS.drop_container, SETTINGS.run_container, SETTINGS.state_container, "foreign"):
            by_key.create_container(name)
        queue = QueueClient.from_connection_string(place.storage.connection_string, SETTINGS.results_queue)
        with queue:
            queue.create_queue()
        yield place
    finally:
        place.close()
        place.storage.stop()


@pytest.fixture
def place(running: Place) -> Iterator[Place]:
    yield running
    running.close()


def code(call: Callable[[], object]) -> str:
    """What the storage calls its refusal; the exception's name if it said nothing."""
    try:
        call()
    except HttpResponseError as error:
        return f"{error.status_code} {getattr(error.error_code, 'value', error.error_code)}"
    except AzureError as error:
        return type(error).__name__
    return "done"


def drop(place: Place, identity: str = "app") -> ContainerClient:
    return place.blobs(identity).get_container_client(SETTINGS.drop_container)


def test_bytes_of_any_size_pass_both_ways(place: Place) -> None:
    for size in (0, 1, 65_536, 9_000_000):
        content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
        client = drop(place).get_blob_client(f"north/{size} ä+%.csv")
        client.upload_blob(content, overwrite=True)
        assert client.download_blob().readall() == content


def test_a_copy_inside_the_account_and_conditions_work_through_it(place: Place) -> None:
    source = drop(place).get_blob_client("north/a.csv")
    source.upload_blob(b"a", overwrite=True)
    target = place.blobs().get_blob_client(SETTINGS.run_container, "north/a.csv")
    assert target.start_copy_from_url(source.url)["copy_status"] == "success"
    with pytest.raises(ResourceExistsError):
        target.upload_blob(b"b")
    assert target.download_blob().readall() == b"a"


@pytest.mark.parametrize(
    ("identity", "call", "answer"),
    [
        ("app", lambda place, who: list(drop(place, who).list_blobs()), "done"),
        ("app", lambda place, who: place.blobs(who).create_container("more"), "403 AuthorizationPermissionMismatch"),
        ("app", lambda place, who: list(place.blobs(who).list_containers()), "403 AuthorizationPermissionMismatch"),
        (
            "app",
            lambda place, who: list(place.blobs(who).get_container_client("foreign").list_blobs()),
            "403 AuthorizationPermissionMismatch",
        ),
        ("app", lambda place, who: place.queue(who).receive_message(), "403 AuthorizationPermissionMismatch"),
        ("app", lambda place, who: place.queue(who).send_message("x"), "done"),
        ("writer", lambda place, who: drop(place, who).upload_blob("w/a.csv", b"x", overwrite=True), "done"),
        ("writer", lambda place, who: place.queue(who).send_message("x"), "403 AuthorizationPermissionMismatch"),
        ("subscriber", lambda place, who: place.queue(who).receive_message(), "done"),
        ("subscriber", lambda place, who: place.queue(who).peek_messages(), "done"),
        ("subscriber", lambda place, who: place.queue(who).send_message("x"), "403 AuthorizationPermissionMismatch"),
        (
            "subscriber",
            lambda place, who: place.queue(who).get_queue_properties(),
            "403 AuthorizationPermissionMismatch",
        ),
        ("subscriber", lambda place, who: list(drop(place, who).list_blobs()), "403 AuthorizationPermissionMismatch"),
        (
            "operator",
            lambda place, who: place.blobs(who).get_blob_client(SETTINGS.run_container, "x").upload_blob(b"x"),
            "403 AuthorizationPermissionMismatch",
        ),
        ("system", lambda place, who: list(drop(place, who).list_blobs()), "403 AuthorizationPermissionMismatch"),
    ],
)
def test_everybody_may_do_what_their_roles_allow(
    place: Place, identity: str, call: Callable[[Place, str], object], answer: str
) -> None:
    assert code(lambda: call(place, identity)) == answer


def test_a_copy_needs_the_right_to_read_its_source(place: Place) -> None:
    place.by_key().get_blob_client("foreign", "a").upload_blob(b"x", overwrite=True)
    target = drop(place).get_blob_client("north/copied.csv")
    source = place.blobs().get_blob_client("foreign", "a").url
    assert code(lambda: target.start_copy_from_url(source)) == "403 AuthorizationPermissionMismatch"


def test_no_key_and_no_bad_token_gets_in(place: Place) -> None:
    trust = str(place.storage.certificates.authority)
    url, container = place.storage.addresses["blob"], SETTINGS.drop_container
    with ContainerClient(url, container, credential=KEY, connection_verify=trust, retry_total=0) as keyed:
        assert code(keyed.get_container_properties) == "403 KeyBasedAuthenticationNotPermitted"
    graph = Credential(place.tokens, "app", "https://graph.microsoft.com")
    with ContainerClient(url, container, credential=graph, connection_verify=trust, retry_total=0) as other:
        assert code(lambda: list(other.list_blobs())) == "401 InvalidAuthenticationInfo"
    last = place.gate.log.calls()[-1]
    assert (last.auth, last.identity, last.status) == ("bearer", "", 401)


def test_a_token_that_has_ended_is_replaced_by_the_client(place: Place) -> None:
    container = drop(place)
    assert list(container.list_blobs(name_starts_with="none")) == []
    place.tokens.revoke_all()
    assert list(container.list_blobs(name_starts_with="none")) == []
    assert [call.status for call in place.gate.log.calls()[-2:]] == [401, 200]


STATES = [
    ("immutable", "delete_blob", "409 BlobImmutableDueToPolicy"),
    ("legalHold", "delete_blob", "409 BlobImmutableDueToPolicy"),
    ("snapshots", "delete_blob", "409 SnapshotsPresent"),
    ("leased", "delete_blob", "412 LeaseIdMissing"),
    ("archived", "download_blob", "409 BlobArchived"),
    ("rehydrating", "download_blob", "409 BlobBeingRehydrated"),
    ("archived", "get_blob_properties", "done"),
    ("immutable", "download_blob", "done"),
]


@pytest.mark.parametrize(("state", "call", "answer"), STATES)
def test_states_that_the_emulator_lacks(place: Place, state: Any, call: str, answer: str) -> None:
    blob = drop(place).get_blob_client("north/held.csv")
    blob.upload_blob(b"x", overwrite=True)
    place.gate.states.set(SETTINGS.drop_container, "north/held.csv", state)
    assert code(getattr(blob, call)) == answer
    if state == "archived":
        target = place.blobs().get_blob_client(SETTINGS.run_container, "x")
        assert code(lambda: target.start_copy_from_url(blob.url)) == "409 BlobArchived"
    place.gate.states.set(SETTINGS.drop_container, "north/held.csv", None)
    assert code(getattr(blob, call)) == "done"


BREAKS = [
    (Fault(kind="reset"), "ServiceRequestError|ServiceResponseError", False),
    (Fault(kind="reset", when="after"), "ServiceRequestError|ServiceResponseError", True),
    (Fault(kind="blackhole", seconds=0.1), "ServiceResponseError", False),
    (Fault(kind="blackhole", when="after", seconds=0.1), "ServiceResponseError", True),
    (Fault(kind="half"), "ServiceRequestError|ServiceResponseError", False),
    (Fault(kind="status", status=503), "503 ServerBusy", False),
    (Fault(kind="status", status=500, when="after"), "500 InternalError", True),
    (Fault(kind="status", status=429, retry_after=7), "429 TooManyRequests", False),
    (Fault(kind="status", status=403), "403 AuthorizationPermissionMismatch", False),
    (Fault(kind="drip", when="after", seconds=0.1), "done", True),
]


@pytest.mark.parametrize(("fault", "answer", "written"), BREAKS)
def test_a_write_breaks_as_it_is_told_and_the_next_one_works(
    place: Place, fault: Fault, answer: str, written: bool
) -> None:
    name = f"north/{fault.kind}-{fault.when}-{fault.status}"
    blob = drop(place).get_blob_client(name)
    place.gate.faults.add(fault)
    assert code(lambda: blob.upload_blob(b"x" * 1000)) in answer.split("|")
    exists = place.by_key().get_blob_client(SETTINGS.drop_container, name).exists()
    assert exists == written
    assert code(lambda: blob.upload_blob(b"y", overwrite=True)) == "done"
    assert [call.fault for call in place.gate.log.calls()[-2:]] == [f"{fault.kind} {fault.when}", ""]


def test_an_answer_that_is_cut_off_is_noticed_and_asked_for_again(place: Place) -> None:
    blob = drop(place).get_blob_client("north/cut.csv")
    blob.upload_blob(b"x" * 1000, overwrite=True)
    place.gate.faults.add(Fault(kind="truncated", when="after", operation="GetBlob"))
    assert blob.download_blob().readall() == b"x" * 1000
    last = place.gate.log.calls()[-2:]
    assert [(call.operation.name, call.fault) for call in last] == [("GetBlob", "truncated after"), ("GetBlob", "")]


def test_a_fault_may_last_a_while_and_hit_one_place_alone(place: Place) -> None:
    place.gate.faults.add(Fault(kind="status", status=403, times=None, lasts=0.5, scope="containers/sds-drop"))
    assert code(lambda: list(drop(place).list_blobs())) == "403 AuthorizationPermissionMismatch"
    state = place.blobs().get_container_client(SETTINGS.state_container)
    assert code(lambda: list(state.list_blobs())) == "done"
    deadline = time.monotonic() + 5
    while code(lambda: list(drop(place).list_blobs())) != "done":
        assert time.monotonic() < deadline


def test_a_seed_gives_the_same_plan_again(place: Place) -> None:
    def played(seed: int) -> list[str]:
        place.gate.faults.chance(Chance(seed=seed, share=0.5, faults=ALL))
        before = len(place.gate.log.calls())
        blobs = drop(place)
        for number in range(20):
            code(lambda number=number: blobs.upload_blob(f"north/{number}", b"xy", overwrite=True))  # type: ignore[misc]
        place.gate.faults.chance(None)
        return [call.fault for call in place.gate.log.calls()[before:]]

    first = played(3)
    assert first == played(3)
    assert first != played(4)
    assert 3 < sum(map(bool, first)) < 17


def test_the_log_tells_which_rights_were_used(place: Place) -> None:
    before = len(place.gate.log.calls())
    drop(place).upload_blob("north/used.csv", b"x", overwrite=True)
    drop(place).delete_blob("north/used.csv")
    calls = place.gate.log.calls()[before:]
    assert [(c.method, c.operation.name, c.operation.scope, c.auth, c.identity, c.status) for c in calls] == [
        ("PUT", "PutBlob", "containers/sds-drop", "bearer", "app", 201),
        ("DELETE", "DeleteBlob", "containers/sds-drop", "bearer", "app", 202),
    ]
    used = place.gate.log.used()["app", "containers/sds-drop"]
    assert smallest(used) == "Storage Blob Data Contributor"


@pytest.mark.parametrize("size", [1, 5 * 2**20])
def test_a_writer_writes_and_does_nothing_else(place: Place, size: int) -> None:
    service = place.blobs("writer", max_single_put_size=2**20, max_block_size=2**20)
    inbox = service.get_container_client(SETTINGS.drop_container)
    for _ in range(2):
        inbox.upload_blob("north/written.csv", b"x" * size, overwrite=True)
    refused = "403 AuthorizationPermissionMismatch"
    assert code(lambda: list(inbox.list_blobs())) == refused
    assert code(lambda: inbox.download_blob("north/written.csv").readall()) == refused
    assert code(lambda: inbox.delete_blob("north/written.csv")) == refused
    used = place.gate.log.used()["writer", f"containers/{SETTINGS.drop_container}"]
    assert smallest(used) == "Rosterdrop Writer"
