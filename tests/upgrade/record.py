"""Record apps as they are left: at every operation of every life the host may end, and this is what it leaves.

`python -m tests.upgrade.record VERSION [FOLDER]`. An older version is recorded from a checkout of it that got this
folder and tests/replay copied into its `tests`. Of moments that look the same only the first is kept.
"""

import itertools
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from .deployment import Deployment
from .drive import drive, ends
from .lives import LIVES
from .saved import FOLDER, SavedLife, Saver, keep, restore
from .school import FILES

BEGIN = datetime(2026, 11, 22, 2, tzinfo=UTC)


def lived(version: str, name: str, seen: set[str]) -> SavedLife:
    """A life with its moments, but for those that look like one that was seen before."""
    life = LIVES[name]
    deployment = Deployment(life.environment, BEGIN)
    saver = Saver(version, name, deployment)
    numbers = itertools.count(1)

    def left(activity: str, operation: str) -> None:
        number = next(numbers)
        looks = _stage(deployment, name) if life.stages_only else look(deployment, activity)
        if looks not in seen:
            seen.add(looks)
            saver.life.moments.append(saver.save(f"{number:03} {activity}: {operation}"))

    deployment.before(lambda operation: left(deployment.engine.activities[-1][1], operation))
    life.begin(deployment)
    deployment.run(life.seconds)
    deployment.before(lambda operation: None)
    left("no activity", "idle")
    return saver.life


def _stage(deployment: Deployment, name: str) -> str:
    """How a moment looks where only the run's stage counts."""
    records = [json.loads(blob.data) for blob in deployment.store.held.get("sds-state", {}).values()]
    return json.dumps([name, [(record.get("current") or {}).get("stage") for record in records]])


def look(deployment: Deployment, activity: str) -> str:
    """How a moment looks: two that look the same are taken over alike."""
    held = deployment.store.held
    runs = held.get("sds-runs", {})
    sent = {json.loads(message)["id"] for message in deployment.store.sent}
    told = [name.rpartition("/")[2] for name in runs if "/files/" not in name]
    records = []
    for blob in held.get("sds-state", {}).values():
        record = json.loads(blob.data)
        current, inbox = record.get("current") or {}, record.get("inbox") or {}
        run_id = current.get("runId") or (record.get("refusal") or {}).get("runId") or "-"
        files = sum(f"/{run_id}/files/" in name for name in runs)
        records.append(
            [
                {field: _shape(current.get(field)) for field in _FIELDS},
                {field: _shape(record.get(field)) for field in ("inbox", "misplaced", "kept", "refusal")},
                [name.rpartition("/")[2] for name in runs if f"/{run_id}/" in name and "/files/" not in name],
                [f"{run_id}/{kind}" in sent for kind in ("verification", "sync")],
                _amount(files),
                [len(sent), *told] if activity == "report" and inbox and not inbox["reported"] and not current else [],
            ]
        )
    drop = {name for name in held.get("sds-drop", {}) if name.endswith(".csv")}
    locked = any(blob.leased for blob in held.get("sds-drop", {}).values())
    amounts = [_amount(len(drop)), _amount(len(runs))] if activity in ("take", "refuse") else []
    return json.dumps([deployment.sds.api, records, amounts, locked, deployment.store.deletes_denied])


def _amount(files: int) -> str:
    return "none" if not files else "some" if files < len(FILES) else "all"


_FIELDS = (
    "stage",
    "cleared",
    "ready",
    "hold",
    "askedToVerify",
    "operation",
    "verified",
    "startIntent",
    "waiting",
    "ending",
    "sync",
)
_WORDS = {"stage", "outcome", "reported", "poke", "looked", "attempts"}


def _shape(value: Any) -> Any:
    """Words that the app decides on; of all else only whether it is there."""
    if isinstance(value, dict):
        return {k: v if k in _WORDS else bool(v) for k, v in value.items()}
    return value if isinstance(value, str) and value.isalpha() else bool(value)


def main(version: str, folder: Path) -> None:
    seen: set[str] = set()
    for name in LIVES:
        life = lived(version, name, seen)
        moments = []
        for moment in life.moments:
            driven = restore(life, moment)
            drive(driven)
            moments.append(msgspec.structs.replace(moment, ends=ends(driven)))
        if moments:
            keep(msgspec.structs.replace(life, moments=moments), folder)
        print(f"{name}: {len(moments)} moments", flush=True)  # noqa: T201 - a command's output


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else FOLDER)
