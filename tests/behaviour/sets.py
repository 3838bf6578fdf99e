"""Behaviours of whole drops: what is sent, what a set needs, what a second one means."""

import hashlib
from datetime import datetime

from .drops import made, people, without
from .profile import Profile
from .together import behaviour

SPREAD = 7


@behaviour()
def a_clean_drop_is_started_and_synced(profile: Profile) -> None:
    files = made()
    profile.drop(files)
    data = profile.verification("started")
    assert (data["verification"], data["messages"], data["failure"]) == ("complete", [], None)
    assert data["counts"] == {"error": 0, "warning": 0, "information": 0}
    assert data["profileId"] == data["profile"] == profile.guid
    exact = {name: (len(bytes_), hashlib.sha256(bytes_).hexdigest()) for name, bytes_ in files.items()}
    assert {f["name"]: (f["size"], f["sha256"]) for f in data["drop"]["files"]} == exact
    assert {f["name"]: f["rows"] for f in data["drop"]["files"]}["Student.csv"] == 12
    assert profile.given() == [exact]
    order = ["firstLanded", "lastLanded", "settled", "provisioned", "uploaded", "started"]
    times = [datetime.fromisoformat(data["times"][name]) for name in order]
    assert times == sorted(times)
    assert profile.listed("sds-runs", data["drop"]["prefix"]) == {n: len(b) for n, b in files.items()}
    assert data["runId"].encode() in profile.read(data["report"]["container"], data["report"]["blob"])
    sync = profile.sync("succeeded")
    assert (sync["runId"], sync["errorsByCode"]) == (data["runId"], [])
    assert sync["times"]["ended"] >= sync["times"]["started"] == data["times"]["started"]
    assert sync["statistics"] is None if profile.classic else sync["statistics"]["inboundTotals"]["people"] >= 14
    assert profile.inbox == set()


@behaviour(usually="industryData")
def names_in_another_case_are_sds_v1_all_the_same(profile: Profile) -> None:
    profile.drop({name.upper(): data for name, data in made(2).items()})
    data = profile.verification("started")
    assert data["drop"]["format"] == "sdsV1"
    assert "STUDENT.CSV" in {file["name"] for file in data["drop"]["files"]}
    assert [set(files) for files in profile.given()] == [set(made(2))]
    profile.sync("succeeded")


@behaviour(usually="industryData")
def a_set_of_sds_v2_1_is_taken(profile: Profile) -> None:
    files = made(3, "sdsV2.1")
    profile.drop(files)
    assert profile.verification("started")["drop"]["format"] == "sdsV2.1"
    assert [set(given) for given in profile.given()] == [set(files)]
    profile.sync("succeeded")


@behaviour(usually="classic")
def a_folder_with_the_guid_in_capitals_is_the_same_profile(profile: Profile) -> None:
    profile.drop(made(), folder=profile.guid.upper())
    assert profile.verification("started")["profile"] == profile.guid
    assert profile.listed("sds-drop", f"{profile.guid.upper()}/") == {}
    profile.sync("succeeded")


@behaviour(usually="industryData")
def foreign_files_travel_along_and_are_not_sent(profile: Profile) -> None:
    foreign = {"readme.txt": b"hello", ".done": b"", "export.zip": b"PK"}
    profile.drop(foreign)
    profile.drop(made())
    data = profile.verification("started")
    assert set(data["drop"]["ignored"]) == set(foreign)
    assert profile.inbox == set()
    kept = profile.listed("sds-runs", data["drop"]["prefix"])
    assert set(kept) == {*made(), *foreign}
    assert [set(given) for given in profile.given()] == [set(made())]
    profile.sync("succeeded")


@behaviour(usually="classic")
def an_incomplete_set_stays_and_the_next_one_works(profile: Profile) -> None:
    profile.drop(without(made(), "Section.csv"))
    data = profile.verification("incomplete")
    assert [(m["fileName"], m["rule"]) for m in data["messages"]] == [("Section.csv", "missingFile")]
    assert data["drop"]["container"] == "sds-drop"
    assert profile.inbox == {*without(made(), "Section.csv")}
    assert profile.calls("upload") == []
    profile.drop(made(2))
    profile.verification("started")
    profile.sync("succeeded")


@behaviour(usually="industryData")
def an_empty_file_is_still_being_written(profile: Profile) -> None:
    profile.drop({**made(), "Section.csv": b""})
    data = profile.verification("incomplete")
    assert [(m["fileName"], m["rule"]) for m in data["messages"]] == [("Section.csv", "emptyFile")]
    profile.drop(made())
    profile.verification("started")
    profile.sync("succeeded")


@behaviour(usually="classic")
def a_leased_file_is_still_being_written(profile: Profile) -> None:
    profile.drop(made())
    with profile.blobs.get_blob_client("sds-drop", f"{profile.guid}/Teacher.csv") as blob:
        lease = blob.acquire_lease()
        data = profile.verification("incomplete")
        assert [(m["fileName"], m["rule"]) for m in data["messages"]] == [("Teacher.csv", "file.leased")]
        assert profile.given() == []
        lease.release()
    profile.verification("started")
    profile.sync("succeeded")


@behaviour()
def what_a_broken_night_left_completes_no_later_one(profile: Profile) -> None:
    """Three nights: the first and the second stop half way, the third is whole."""
    profile.drop({"User.csv": b"Email,First Name,Last Name,Phone,SIS ID\n", **without(made(), "Student.csv")})
    first = profile.verification("incomplete")
    assert [m["fileName"] for m in first["messages"]] == ["Student.csv"]
    assert first["times"]["lastLanded"] is not None
    profile.wait_out_the_spread(SPREAD)
    profile.drop(without(made(2), "Section.csv"))
    second = profile.verification("incomplete")
    assert [(m["fileName"], m["rule"]) for m in second["messages"]] == [("Section.csv", "file.stale")]
    assert profile.given() == []
    profile.drop(made(3))
    third = profile.verification("started")
    assert third["drop"]["ignored"] == ["User.csv"]
    assert profile.given()[0]["Section.csv"][1] == hashlib.sha256(made(3)["Section.csv"]).hexdigest()
    assert profile.inbox == set()
    profile.sync("succeeded")


@behaviour(usually="industryData")
def people_files_without_rows_are_not_sent(profile: Profile) -> None:
    profile.drop(made(1, spoil=("header-only-people",)))
    data = profile.verification("rejectedBeforeUpload")
    assert {m["fileName"] for m in data["messages"] if m["rule"] == "people.noRows"} == {"Student.csv", "Teacher.csv"}
    assert (data["verification"], profile.calls("upload")) == ("none", [])


@behaviour(usually="classic")
def a_file_of_the_last_accepted_drop_may_not_be_left_out(profile: Profile) -> None:
    profile.drop(made())
    profile.verification("started")
    profile.sync("succeeded")
    profile.drop(without(made(2), "TeacherRoster.csv"))
    (message,) = profile.verification("incomplete")["messages"]
    assert message["fileName"] == "TeacherRoster.csv"
    assert "inactive" in message["description"]
    assert len(profile.given()) == 1


@behaviour(usually="classic")
def the_same_bytes_are_not_sent_again(profile: Profile) -> None:
    profile.drop(made())
    profile.verification("started")
    profile.sync("succeeded")
    uploads = len(profile.calls("upload"))
    profile.drop(made())
    profile.verification("unchanged")
    assert len(profile.calls("upload")) == uploads
    profile.drop(made(2))
    profile.verification("started")
    profile.sync("succeeded")


@behaviour()
def a_newer_drop_takes_the_place_of_one_that_waits(profile: Profile) -> None:
    profile.state({"state": "provisioning", "seconds": 600}, {"state": "provisioned"})
    profile.drop(made())
    profile.wait_for(lambda: profile.inbox == set())
    profile.drop(made(2))
    old = profile.verification("superseded")
    assert old["profileState"] in ("provisioning", "notReady", None)
    profile.state({"state": "provisioned"})
    new = profile.verification("started")
    assert new["runId"] != old["runId"]
    assert [given["Student.csv"][1] for given in profile.given()] == [
        hashlib.sha256(made(2)["Student.csv"]).hexdigest()
    ]
    profile.sync("succeeded")


@behaviour(alone="industryData")
def a_newer_drop_ends_the_following_of_an_older_one(profile: Profile) -> None:
    profile.service(classic={"sync": [{"state": "inProgress", "seconds": 600}, {"state": "success"}]})
    # On industry data the newer one waits until no run of the tenant is in progress.
    profile.runs(states=[{"state": "running", "seconds": 8}, {"state": "completed"}])
    profile.drop(made())
    first = profile.verification("started")
    profile.service()
    profile.runs()
    profile.drop(made(2))
    assert profile.sync("overtaken")["runId"] == first["runId"]
    second = profile.verification("started")
    assert profile.sync("succeeded")["runId"] == second["runId"]


@behaviour(alone="industryData")
def what_the_service_finds_is_rejected(profile: Profile) -> None:
    profile.drop(made(1, spoil=("missing-header",)))
    data = profile.verification("rejected")
    assert {message["origin"] for message in data["messages"]} == {"service", "preflight"}
    assert data["counts"]["error"] == sum(message["type"] == "error" for message in data["messages"])
    assert data["messages"][0]["type"] == "error"
    assert data["verification"] == "complete"
    assert profile.started() == 0
    report = profile.read("sds-runs", data["report"]["blob"]).decode()
    assert not [name for name in people(made()) if name in report]
    profile.drop(made(2))
    profile.verification("started")
    profile.sync("succeeded")
