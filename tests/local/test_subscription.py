"""The subscription's filter lets through what makes a blob whole in the drop container, and nothing else."""

from typing import Any

import pytest

from local.subscription import filter_of, passes

FILTER = filter_of("sds-drop")
APIS = FILTER["advancedFilters"][0]["values"]


def event(container: str = "sds-drop", api: str = "PutBlob", kind: str = "Microsoft.Storage.BlobCreated") -> Any:
    subject = f"/blobServices/default/containers/{container}/blobs/north/School.csv"
    return {"subject": subject, "eventType": kind, "data": {"api": api, "url": "https://x"}}


@pytest.mark.parametrize("api", [*APIS, "putblob", "FLUSHWITHCLOSE"])
def test_whole_blobs_pass(api: str) -> None:
    assert passes(FILTER, event(api=api))
    by_cloud_event = {"type" if name == "eventType" else name: value for name, value in event(api=api).items()}
    assert passes(FILTER, by_cloud_event)


@pytest.mark.parametrize(
    "other",
    [
        event(container="sds-drop-archive"),
        event(container="sds-runs"),
        event(container="sds-dro"),
        event(api="PutBlock"),
        event(api="CreateFile"),
        event(api="FlushWithoutClose"),
        event(api=""),
        event(kind="Microsoft.Storage.BlobDeleted"),
        event(kind="Microsoft.Storage.BlobTierChanged"),
        event() | {"data": {}},
        event() | {"data": None},
        event() | {"subject": "/blobServices/default/containers/sds-drop"},
        {},
    ],
)
def test_everything_else_stays_out(other: dict[str, Any]) -> None:
    assert not passes(FILTER, other)


def test_a_subject_s_case_counts_only_if_told_so() -> None:
    assert passes(FILTER, event(container="SDS-DROP"))
    assert not passes({**FILTER, "isSubjectCaseSensitive": True}, event(container="SDS-DROP"))


def test_an_operator_that_is_not_known_is_no_silent_yes() -> None:
    with pytest.raises(ValueError, match="NumberIn"):
        passes({"advancedFilters": [{"operatorType": "NumberIn", "key": "data.api", "values": []}]}, event())
