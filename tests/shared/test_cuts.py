"""How a message that is too long is cut: names first, then explanations, then texts; never more than is needed."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from shared.results import LIMIT, NAMES, ErrorCount, FileEntry, _most, _shorter, event, traceparent
from shared.sds.port import Failure

from .test_results import NOW, BlobEntry, SyncData, SyncTimes, data, held

SOURCE = "https://a/sds-drop/north"


def sent(given: Any, kind: Any = "verification") -> dict[str, Any]:
    encoded = event(SOURCE, kind, NOW, given)
    assert len(encoded) <= LIMIT
    found: dict[str, Any] = json.loads(encoded)
    return found


def files(count: int, length: int = 20) -> tuple[FileEntry, ...]:
    return tuple(FileEntry(f"{number:0{length}}.csv", 1, None, None) for number in range(count))


def test_the_envelope_to_the_last_field() -> None:
    run = data().run_id
    digest = hashlib.sha256(run.encode()).hexdigest()
    assert traceparent(run) == f"00-{digest[:32]}-{digest[32:48]}-01"
    message = sent(data())
    message.pop("data")
    assert message == {
        "specversion": "1.0",
        "id": f"{run}/verification",
        "source": SOURCE,
        "type": "rosterdrop.verification.v1",
        "subject": run,
        "time": "2026-11-22T00:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:rosterdrop:results:v1",
        "traceparent": traceparent(run),
    }


def test_what_fits_is_not_cut_by_a_byte() -> None:
    base = data(messages=1, length=1)
    room = LIMIT - len(event(SOURCE, "verification", NOW, base))
    (entry,) = base.messages

    def of(length: int) -> dict[str, Any]:
        longer = replace(entry, description=entry.description + "x" * length)
        return sent(replace(base, messages=(longer,)))["data"]  # type: ignore[no-any-return]

    assert of(room)["truncated"] is False
    cut = of(room + 2)  # `true` is a letter shorter than `false`
    assert (cut["truncated"], cut["messages"]) == (True, [])


def test_names_go_before_explanations() -> None:
    given = replace(data(messages=20), drop=replace(data().drop, files=files(2000)))
    cut = sent(given)["data"]
    assert cut["truncated"] is True
    assert len(cut["messages"]) == 20
    names = [file["name"] for file in cut["drop"]["files"]]
    assert names == [file.name for file in given.drop.files[: len(names)]]
    assert NAMES < len(names) < 2000
    more = replace(given.drop, files=given.drop.files[: len(names) + 1])
    assert len(event(SOURCE, "verification", NOW, replace(given, drop=more))) > LIMIT - 100, "cut more than needed"


def test_so_many_names_stay_beside_as_many_explanations_as_fit() -> None:
    drop = replace(data().drop, files=files(30), ignored=tuple(f"{number}.txt" for number in range(40)))
    cut = sent(replace(data(messages=900), drop=drop))["data"]
    assert [file["name"] for file in cut["drop"]["files"]] == [file.name for file in drop.files[:NAMES]]
    assert cut["drop"]["ignored"] == list(drop.ignored[:NAMES])
    assert 100 < len(cut["messages"]) < 900
    assert cut["counts"]["error"] == 900


def test_beside_long_names_one_explanation_stays() -> None:
    drop = replace(data().drop, files=files(15, 3000), ignored=tuple(f"{number:03000}" for number in range(15)))
    cut = sent(replace(data(messages=3), drop=drop))["data"]
    assert len(cut["messages"]) == 1
    assert 0 < len(cut["drop"]["files"]) == len(cut["drop"]["ignored"]) < 15
    assert cut["drop"]["files"][0]["name"] == drop.files[0].name
    assert cut["truncated"] is True


def test_absurdly_long_texts_are_told_in_part() -> None:
    given = replace(data(messages=9), profile_state="z" * 70_000, failure=Failure("x" * 50, "y" * 70_000))
    cut = sent(given)["data"]
    assert (cut["truncated"], cut["runId"], cut["failure"]["code"]) == (True, given.run_id, "x" * 50)
    longest = cut["profileState"]
    assert longest == "z" * (len(longest) - 1) + "…"
    assert len(cut["failure"]["message"]) == len(longest) > 20_000
    assert len(cut["messages"]) == 7
    assert len(event(SOURCE, "verification", NOW, given)) > LIMIT - 10


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("12345", "12345"),
        ("123456", "1234…"),
        (["123456"] * 9, ["1234…"] * 7),
        (("1", 2), ["1", 2]),
        ({"123456": "123456", "a": None}, {"1234…": "1234…", "a": None}),
        ({str(number): 1 for number in range(40)}, {str(number): 1 for number in range(30)}),
        (7, 7),
    ],
)
def test_a_text_a_list_and_an_object_that_are_cut(given: Any, expected: Any) -> None:
    assert _shorter(given, 5) == expected


def sync(codes: int, statistics: dict[str, Any] | None = None, length: int = 300) -> SyncData:
    return SyncData(
        profile="north",
        profile_id=None,
        run_id="20261122T000000Z-0123456789ab",
        api="classic",
        outcome="failed",
        service_status="error",
        error_count=20_000,
        errors_by_code=tuple(ErrorCount("student", f"{n:03}{'x' * length}", n) for n in range(codes)),
        statistics=statistics,
        report=BlobEntry("sds-runs", "p/report.json"),
        times=SyncTimes(None, datetime(2026, 11, 22, tzinfo=UTC)),
    )


def test_of_a_sync_the_first_codes_stay() -> None:
    given = sync(300)
    cut = sent(given, "sync")["data"]
    kept = [code["errorCode"] for code in cut["errorsByCode"]]
    assert kept == [code.error_code for code in given.errors_by_code[: len(kept)]]
    assert 100 < len(kept) < 300
    assert "truncated" not in cut
    long = sent(sync(1, {"people": "x" * 90_000, "n": 3}), "sync")["data"]
    assert long["statistics"]["n"] == 3
    assert 40_000 < len(long["statistics"]["people"]) < LIMIT
    assert long["statistics"]["people"].endswith("x…")


def test_of_a_held_run_the_first_names_stay() -> None:
    given = held(files=2000)
    cut = sent(given, "held")["data"]
    names = [file["name"] for file in cut["drop"]["files"]]
    assert names == [file.name for file in given.drop.files[: len(names)]]
    assert 100 < len(names) < 2000
    drop = replace(given.drop, files=(), ignored=tuple(f"{number:0100}" for number in range(900)))
    cut = sent(replace(given, drop=drop), "held")["data"]
    assert 100 < len(cut["drop"]["ignored"]) < 900


def test_the_longest_that_fits_is_found() -> None:
    from shared.results import _ENCODER, Event

    made = Event("1.0", "i", "s", "t", "u", NOW, "c", "d", "p", sync(0))

    def cut(count: int) -> SyncData:
        asked.append(count)
        return sync(count, length=1000)

    asked: list[int] = []
    found = json.loads(_most(made, cut, 1000))
    count = len(found["data"]["errorsByCode"])
    size = len(_ENCODER.encode(replace(made, data=sync(count, length=1000))))
    more = len(_ENCODER.encode(replace(made, data=sync(count + 1, length=1000))))
    assert size <= LIMIT < more
    assert len(asked) < 15
    assert len(json.loads(_most(made, cut, 3))["data"]["errorsByCode"]) == 3
    assert len(json.loads(_most(made, cut, 1000, least=900))["data"]["errorsByCode"]) == 900


def test_what_fits_exactly_is_found() -> None:
    from shared.results import _ENCODER, Event

    made = Event("1.0", "i", "s", "t", "u", NOW, "c", "d", "p", sync(0))
    room = LIMIT - len(_ENCODER.encode(replace(made, data=sync(30))))
    padded = replace(made, subject="u" + "x" * room)
    found = _most(padded, sync, 1000)
    assert (len(found), len(json.loads(found)["data"]["errorsByCode"])) == (LIMIT, 30)
