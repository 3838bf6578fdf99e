"""The classic API over real HTTP and real storage."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import ContainerClient

from local.emulator import Emulator
from tests.emulator.conftest import Client, FakeClock, FakeTokens
from tests.emulator.samples import SDS_V1

ROOT = "education/synchronizationProfiles"
ALL_MEMBERS = {"Prefer": "include-unknown-enum-members"}


def upload(graph: Client, profile: str, files: dict[str, str]) -> None:
    answer = graph.get(f"{ROOT}/{profile}/uploadUrl")
    assert answer.is_success, answer.text
    with ContainerClient.from_container_url(answer.json()["value"]) as container:
        for name, text in files.items():
            container.upload_blob(name, text.encode(), overwrite=True)


def status(graph: Client, profile: str) -> str | None:
    answer: str | None = graph.get(f"{ROOT}/{profile}/profileStatus", headers=ALL_MEMBERS).json().get("status")
    return answer


def test_a_set_goes_from_upload_to_success(graph: Client, emulator: Emulator, profile: str, clock: FakeClock) -> None:
    emulator.load_scenario({"profiles": [{"id": profile}]})
    upload(graph, profile, SDS_V1)
    answer = graph.post(f"{ROOT}/{profile}/start")
    assert (answer.status_code, answer.json()["value"]) == (200, [])
    seen = []
    for _ in range(5):
        seen.append(status(graph, profile))
        clock.advance(0.31)
    assert seen == ["extracting", "validating", "inProgress", "inProgress", "success"]
    (start,) = graph.control("GET", f"profiles/{profile}")["starts"]
    text = SDS_V1["School.csv"].encode()
    school = {"name": "School.csv", "size": len(text), "sha256": hashlib.sha256(text).hexdigest(), "rows": 1}
    assert start["started"] and school in start["files"]


def test_a_profile_moves_through_its_states(graph: Client, emulator: Emulator, profile: str) -> None:
    states = [{"state": "provisioning", "polls": 2}, {"state": "provisioned"}]
    emulator.load_scenario({"profiles": [{"id": profile, "states": states}]})
    assert graph.post(f"{ROOT}/{profile}/start").status_code == 400
    seen = [graph.get(f"{ROOT}('{profile.upper()}')").json()["state"] for _ in range(3)]
    assert seen == ["provisioning", "provisioning", "provisioned"]
    assert [entry.phase for entry in emulator.log.entries("POST", "/start")] == ["provisioning"]


def test_an_unknown_profile_is_not_found_until_a_template_makes_all(
    graph: Client, emulator: Emulator, profile: str
) -> None:
    answer = graph.get(f"{ROOT}/{profile}")
    assert answer.status_code == 404
    assert answer.json()["error"]["innerError"]["request-id"] == answer.headers["request-id"]
    emulator.load_scenario({"profiles": [{"id": "*", "displayName": "Any"}]})
    assert graph.get(f"{ROOT}/{profile}").json()["displayName"] == "Any"
    assert graph.get(f"{ROOT}/not-a-guid").status_code == 404


def test_a_deleted_profile_is_gone(graph: Client, emulator: Emulator, profile: str, clock: FakeClock) -> None:
    states = [{"state": "deleting", "seconds": 5}, {"state": "gone"}]
    emulator.load_scenario({"profiles": [{"id": profile, "states": states}]})
    assert graph.get(f"{ROOT}/{profile}").json()["state"] == "deleting"
    clock.advance(5)
    assert graph.get(f"{ROOT}/{profile}").status_code == 404


def test_a_token_is_needed_and_can_be_revoked(
    graph: Client, emulator: Emulator, profile: str, tokens: FakeTokens
) -> None:
    emulator.load_scenario({"profiles": [{"id": profile}]})
    answer = graph.get(f"{ROOT}/{profile}", headers={"Authorization": "Bearer bad"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    graph.control("POST", "tokens/revoke")
    assert graph.get(f"{ROOT}/{profile}").status_code == 401
    answer = graph.get(f"{ROOT}/{profile}", headers={"Authorization": f"Bearer {tokens.good}"})
    assert answer.status_code == 200


def test_ids_for_support_are_in_every_answer(graph: Client, profile: str, emulator: Emulator) -> None:
    answer = graph.get(f"{ROOT}/{profile}", headers={"client-request-id": "mine"})
    assert answer.headers["client-request-id"] == "mine"
    assert answer.headers["date"]
    assert answer.json()["error"]["innerError"]["client-request-id"] == "mine"
    (entry,) = emulator.log.entries()
    assert (entry.client_request_id, entry.request_id) == ("mine", answer.headers["request-id"])


def test_the_upload_address_may_write_and_nothing_else(graph: Client, emulator: Emulator, profile: str) -> None:
    emulator.load_scenario({"profiles": [{"id": profile, "upload": {"status": 201}}]})
    answer = graph.get(f"{ROOT}/{profile}/uploadUrl()")
    assert answer.status_code == 201
    url = httpx.URL(answer.json()["value"])
    assert url.path.endswith("/" + profile)
    assert (url.params["sp"], url.params["sr"]) == ("w", "c")
    assert {"sv", "si", "sig", "se"} <= set(url.params)
    with ContainerClient.from_container_url(str(url)) as container:
        container.upload_blob("School.csv", b"a", overwrite=True)
        container.upload_blob("School.csv", b"b", overwrite=True)
        for refused in (
            lambda: list(container.list_blobs()),
            lambda: container.download_blob("School.csv"),
            lambda: container.delete_blob("School.csv"),
        ):
            with pytest.raises(HttpResponseError) as raised:
                refused()
            assert raised.value.status_code == 403


def test_an_expired_address_is_refused_by_the_storage(graph: Client, emulator: Emulator, profile: str) -> None:
    fault = {"path": "*/uploadUrl", "expiredSas": True}
    emulator.load_scenario({"profiles": [{"id": profile}], "faults": [fault]})
    expired = graph.get(f"{ROOT}/{profile}/uploadUrl").json()["value"]
    with ContainerClient.from_container_url(expired) as container, pytest.raises(HttpResponseError) as raised:
        container.upload_blob("School.csv", b"a")
    assert raised.value.status_code == 403
    upload(graph, profile, SDS_V1)


def test_many_addresses_of_one_profile_work(graph: Client, emulator: Emulator, profile: str) -> None:
    emulator.load_scenario({"profiles": [{"id": profile}]})
    for _ in range(7):  # more than a container has room for policies
        upload(graph, profile, {"School.csv": "x"})


def test_a_new_upload_does_not_find_the_files_of_the_last_one(
    graph: Client, emulator: Emulator, profile: str, clock: FakeClock
) -> None:
    emulator.load_scenario({"profiles": [{"id": profile}]})
    upload(graph, profile, {"Leftover.csv": "x"})
    upload(graph, profile, SDS_V1)
    graph.post(f"{ROOT}/{profile}/start")
    clock.advance(60)
    upload(graph, profile, {"School.csv": "x"})
    graph.post(f"{ROOT}/{profile}/start")
    first, second = graph.control("GET", f"profiles/{profile}")["starts"]
    assert {file["name"] for file in first["files"]} == {*SDS_V1, "Leftover.csv"}
    assert [file["name"] for file in second["files"]] == ["School.csv"]


def test_uploads_at_the_same_time_lose_nothing(graph: Client, emulator: Emulator, profile: str) -> None:
    """An activity that is run twice asks for two addresses at once; the first of them empties the container."""
    emulator.load_scenario({"profiles": [{"id": profile, "start": {"verify": "none"}}]})
    upload(graph, profile, {"Old.csv": "x"})
    graph.control("PATCH", f"profiles/{profile}", {"upload": {"busyWhile": []}})
    graph.post(f"{ROOT}/{profile}/start")
    names = {f"{number}.csv" for number in range(4)}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: upload(graph, profile, {name: "x"}), names))
    graph.post(f"{ROOT}/{profile}/start")
    assert {file["name"] for file in graph.control("GET", f"profiles/{profile}")["starts"][1]["files"]} == names


def test_an_upload_waits_for_the_one_before(graph: Client, emulator: Emulator, profile: str, clock: FakeClock) -> None:
    states = [{"state": "busy", "polls": 2}, {"state": "open"}]
    emulator.load_scenario({"profiles": [{"id": profile, "upload": {"states": states}}]})
    answers = [graph.get(f"{ROOT}/{profile}/uploadUrl").status_code for _ in range(3)]
    assert answers == [409, 409, 200]
    upload(graph, profile, SDS_V1)
    graph.post(f"{ROOT}/{profile}/start")
    assert graph.get(f"{ROOT}/{profile}/uploadUrl").status_code == 409
    clock.advance(10)
    assert graph.get(f"{ROOT}/{profile}/uploadUrl").status_code == 200


def test_errors_in_the_files_start_nothing(graph: Client, emulator: Emulator, profile: str) -> None:
    emulator.load_scenario({"profiles": [{"id": profile}]})
    dangling = {"StudentEnrollment.csv": "Section SIS ID,SIS ID\r\nS1,11\r\nS1,98\r\nS1,99\r\n"}
    upload(graph, profile, SDS_V1 | dangling)
    answer = graph.post(f"{ROOT}/{profile}/start")
    text = "2 row(s) have referenced data not found in source. Field - SIS ID"
    message = {"type": "Error", "fileName": "studentenrollment.csv", "description": text}
    assert (answer.status_code, answer.json()["value"]) == (200, [message])
    assert status(graph, profile) == "success"
    assert not graph.control("GET", f"profiles/{profile}")["starts"][0]["started"]


def test_warnings_do_not_hold_it_up(graph: Client, emulator: Emulator, profile: str) -> None:
    emulator.load_scenario({"profiles": [{"id": profile}]})
    twice = {"Student.csv": "SIS ID,School SIS ID,Username\r\n11,1,ann\r\n12,1,ann\r\n"}
    upload(graph, profile, SDS_V1 | twice)
    (message,) = graph.post(f"{ROOT}/{profile}/start").json()["value"]
    assert message["type"] == "Warning"
    assert re.fullmatch(
        r"\d duplicates found in column Username which requires values to be Unique\.", message["description"]
    )
    assert status(graph, profile) == "extracting"


@pytest.mark.parametrize("shape", ["value", "error", "both"])
@pytest.mark.parametrize("code", [200, 400])
def test_the_answer_to_bad_files_has_every_documented_shape(
    graph: Client, emulator: Emulator, profile: str, shape: str, code: int
) -> None:
    message = {"type": "error", "fileName": "Section.csv", "description": "1 row(s)"}
    start = {"verify": "none", "messages": [message], "errorsStatus": code, "errorsShape": shape}
    start |= {"capitalised": False, "lowerFileNames": False}
    emulator.load_scenario({"profiles": [{"id": profile, "start": start}]})
    answer = graph.post(f"{ROOT}/{profile}/start")
    body = answer.json()
    assert answer.status_code == code
    assert ("value" in body, "error" in body) == (shape != "error", shape != "value")
    assert body.get("value", [message]) == [message]


def test_a_clean_start_may_have_no_body(graph: Client, emulator: Emulator, profile: str) -> None:
    start = {"verify": "none", "cleanShape": "empty"}
    emulator.load_scenario({"profiles": [{"id": profile, "start": start}]})
    answer = graph.post(f"{ROOT}/{profile}/start")
    assert (answer.status_code, answer.content) == (200, b"")


def test_only_csv_profiles_take_files(graph: Client, emulator: Emulator, profile: str) -> None:
    provider = "microsoft.graph.educationPowerSchoolDataProvider"
    emulator.load_scenario({"profiles": [{"id": profile, "dataProvider": provider}]})
    assert graph.get(f"{ROOT}/{profile}/uploadUrl").status_code == 400
    assert graph.post(f"{ROOT}/{profile}/start").status_code == 400


def test_a_second_start_begins_again_or_is_refused(
    graph: Client, emulator: Emulator, profile: str, clock: FakeClock
) -> None:
    emulator.load_scenario({"profiles": [{"id": profile, "start": {"verify": "none"}}]})
    graph.post(f"{ROOT}/{profile}/start")
    clock.advance(0.31)
    assert graph.post(f"{ROOT}/{profile}/start").status_code == 200
    assert status(graph, profile) == "extracting"
    graph.control("PATCH", f"profiles/{profile}", {"start": {"whileRunning": "refuse"}})
    assert graph.post(f"{ROOT}/{profile}/start").status_code == 400


def test_members_behind_the_sentinel_are_for_those_who_ask(graph: Client, emulator: Emulator, profile: str) -> None:
    emulator.load_scenario({"profiles": [{"id": profile, "start": {"verify": "none"}}]})
    graph.post(f"{ROOT}/{profile}/start")
    address = f"{ROOT}/{profile}/profileStatus"
    assert graph.get(address).json()["status"] == "unknownFutureValue"
    asked = graph.get(address, headers={"Prefer": "a, Include-Unknown-Enum-Members"})
    assert asked.json()["status"] == "extracting"
    assert asked.headers["preference-applied"] == "include-unknown-enum-members"


def test_last_nights_success_is_there_before_and_for_as_long_as_the_status_lags(
    graph: Client, emulator: Emulator, profile: str, clock: FakeClock
) -> None:
    spec = {"id": profile, "start": {"verify": "none"}, "lagSeconds": 1, "lagPolls": 1}
    emulator.load_scenario({"profiles": [spec]})

    def times() -> tuple[str, float, float]:
        answer = graph.get(f"{ROOT}/{profile}/profileStatus", headers=ALL_MEMBERS).json()
        texts = answer["lastActivityDateTime"], answer["lastSynchronizationDateTime"]
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", text) for text in texts)
        ages = [clock.now - datetime.fromisoformat(text).astimezone(UTC).timestamp() for text in texts]
        return answer["status"], round(ages[0], 3), round(ages[1], 3)

    night = 20 * 3600
    assert times() == ("success", night, night)
    graph.post(f"{ROOT}/{profile}/start")
    clock.advance(2)
    assert times() == ("success", night + 2, night + 2)  # the answer that still lags
    assert times() == ("inProgress", 1.4, night + 2)  # and the second that it is late
    clock.advance(0.3)
    assert times() == ("success", 1.1, 1.1)


def test_a_profile_without_a_past_has_no_status(graph: Client, emulator: Emulator, profile: str) -> None:
    emulator.load_scenario({"profiles": [{"id": profile, "before": None}]})
    answer = graph.get(f"{ROOT}/{profile}/profileStatus").json()
    assert "status" not in answer and "lastActivityDateTime" not in answer


def test_pause_resume_and_reset(graph: Client, emulator: Emulator, profile: str, clock: FakeClock) -> None:
    sync = [{"state": "inProgress", "seconds": 5}, {"state": "validationError"}]
    spec = {"id": profile, "start": {"verify": "none"}, "sync": sync, "errors": [{}]}
    emulator.load_scenario({"profiles": [spec]})
    graph.post(f"{ROOT}/{profile}/start")
    assert graph.post(f"{ROOT}/{profile}/pause").content == b""
    assert status(graph, profile) == "paused"
    graph.post(f"{ROOT}/{profile}/reset")
    assert status(graph, profile) == "inProgress"
    clock.advance(5)
    assert status(graph, profile) == "validationError"
    assert graph.get(f"{ROOT}/{profile}/profileStatus").json()["errorCount"] == 1
    graph.post(f"{ROOT}/{profile}/resume")
    assert status(graph, profile) == "inProgress"
    clock.advance(5)
    assert status(graph, profile) == "success"


def test_errors_come_in_pages(graph: Client, emulator: Emulator, profile: str, clock: FakeClock) -> None:
    sync = [{"state": "inProgress", "seconds": 5}, {"state": "error"}]
    errors = [{"joiningValue": "p{n}@example.edu", "times": 7}, {"entryType": "Teacher", "errorCode": "None"}]
    spec = {"id": profile, "start": {"verify": "none"}, "sync": sync, "errors": errors, "errorsPage": 3}
    emulator.load_scenario({"profiles": [spec | {"errorCountAsText": True}]})
    address: str | None = f"{ROOT}/{profile}/errors"
    graph.post(f"{ROOT}/{profile}/start")
    assert graph.get(f"{ROOT}/{profile}/errors").json()["value"] == []
    clock.advance(5)
    pages = []
    while address:
        page = graph.get(address).json()
        assert page["@odata.count"] == 8
        pages.append([error["joiningValue"] for error in page["value"]])
        address = page.get("@odata.nextLink")
    assert [len(page) for page in pages] == [3, 3, 2]
    assert pages[0][0] == "p1@example.edu"
    assert graph.get(f"{ROOT}/{profile}/profileStatus").json()["errorCount"] == "8"
    query = {"$filter": "entryType eq 'Teacher'", "$count": "false"}
    (only,) = (answer := graph.get(f"{ROOT}/{profile}/errors", params=query).json())["value"]
    assert only["errorCode"] == "None" and "@odata.count" not in answer


def test_top_and_skip_hold_over_all_pages(graph: Client, emulator: Emulator, profile: str, clock: FakeClock) -> None:
    spec = {"id": profile, "sync": [{"state": "error"}], "errors": [{"times": 9}], "errorsPage": 2}
    emulator.load_scenario({"profiles": [spec | {"start": {"verify": "none"}}]})
    graph.post(f"{ROOT}/{profile}/start")
    first = graph.get(f"{ROOT}/{profile}/errors", params={"$top": "3", "$skip": "1", "$orderby": "id desc"}).json()
    second = graph.get(first["@odata.nextLink"]).json()
    ids = [error["id"].rpartition("-")[2] for error in first["value"] + second["value"]]
    assert (ids, "@odata.nextLink" in second) == (["8", "7", "6"], False)
    assert graph.get(f"{ROOT}/{profile}/errors", params={"$top": "x"}).status_code == 400


def test_an_application_can_not_create_change_or_delete(graph: Client, emulator: Emulator, profile: str) -> None:
    emulator.load_scenario({"profiles": [{"id": profile}]})
    for method, path in (("POST", ROOT), ("PUT", ROOT), ("DELETE", f"{ROOT}/{profile}")):
        assert graph.request(method, path).status_code == 403
    assert [one["id"] for one in graph.get(ROOT).json()["value"]] == [profile]


def test_what_is_not_there_answers_as_graph_does(graph: Client, profile: str, emulator: Emulator) -> None:
    emulator.load_scenario({"profiles": [{"id": profile}]})
    assert graph.get("education/nothing").json()["error"]["code"] == "ResourceNotFound"
    answer = graph.get(f"{ROOT}/{profile}/start")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
