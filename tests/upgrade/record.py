"""Record apps as they are left: at every operation of every life the host may end, and this is what it leaves.

`python -m tests.upgrade.record VERSION [FOLDER] [--stages]`. An older version is recorded from a checkout of it that
got this folder and tests/replay copied into its `tests`. Of moments that look the same only the first is kept; with
`--stages` one moment of each stage is enough.
"""

import itertools
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from shared import record as records

from .deployment import Deployment
from .drive import drive, ends, uploads
from .lives import LIVES
from .saved import FOLDER, SavedLife, Saver, keep, restore
from .school import FILES

BEGIN = datetime(2026, 11, 22, 2, tzinfo=UTC)


def lived(version: str, name: str, seen: set[str], *, stages_only: bool = False) -> SavedLife:
    """A life with its moments, but for those that look like one that was seen before."""
    life = LIVES[name]
    deployment = Deployment(life.environment, BEGIN)
    saver = Saver(version, name, deployment)
    numbers = itertools.count(1)

    def left(activity: str, operation: str) -> None:
        number = next(numbers)
        looks = _stage(deployment) if stages_only or life.stages_only else look(deployment, activity)
        looks += name if life.stages_only and not stages_only else ""
        if looks not in seen:
            seen.add(looks)
            saver.life.moments.append(saver.save(f"{number:03} {activity}: {operation}"))

    deployment.before(lambda operation: left(deployment.engine.activities[-1][1], operation))
    life.begin(deployment)
    deployment.run(life.seconds)
    deployment.before(lambda operation: None)
    left("no activity", "idle")
    return saver.life


def _stage(deployment: Deployment) -> str:
    """How a moment looks where only the run's stage counts, and what waits for a person."""
    shapes = []
    for record in _records(deployment):
        current = record.get("current") or {}
        hold = current.get("hold") or {}
        waits = [hold.get("told"), hold.get("decision") is not None, record.get("paused") is not None]
        shapes.append([current.get("stage"), waits, record.get("retry") is not None, record.get("refusal") is not None])
    return json.dumps([deployment.sds.api, shapes])


def _records(deployment: Deployment) -> list[dict[str, Any]]:
    state = deployment.store.held.get("sds-state", {})
    return [json.loads(state[name].data) for name in sorted(state) if name.endswith(".json") and name != "_starts.json"]


def look(deployment: Deployment, activity: str) -> str:
    """How a moment looks: two that look the same are taken over alike."""
    held = deployment.store.held
    runs = held.get("sds-runs", {})
    sent = {json.loads(message)["id"] for message in deployment.store.sent}
    told = [name.rpartition("/")[2] for name in runs if "/files/" not in name]
    shapes = []
    for record in _records(deployment):
        current, inbox = record.get("current") or {}, record.get("inbox") or {}
        run_id = current.get("runId") or (record.get("refusal") or {}).get("runId") or "-"
        files = sum(f"/{run_id}/files/" in name for name in runs)
        shapes.append(
            [
                {field: _shape(current.get(field)) for field in _FIELDS},
                {field: _shape(record.get(field)) for field in ("inbox", "misplaced", "kept", "refusal")},
                [name.rpartition("/")[2] for name in runs if f"/{run_id}/" in name and "/files/" not in name],
                [f"{run_id}/{kind}" in sent for kind in ("verification", "sync")],
                _amount(files),
                [len(sent), *told]
                if activity == "report" and inbox and not inbox.get("reported") and not current
                else [],
            ]
        )
    drop = {name for name in held.get("sds-drop", {}) if name.endswith(".csv")}
    locked = any(blob.leased for blob in held.get("sds-drop", {}).values())
    amounts = [_amount(len(drop)), _amount(len(runs))] if activity in ("take", "refuse") else []
    return json.dumps([deployment.sds.api, shapes, amounts, locked, deployment.store.deletes_denied])


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


def main(version: str, folder: Path, *, stages_only: bool) -> None:
    seen: set[str] = set()
    for name, life in LIVES.items():
        if life.since > getattr(records, "VERSION", 1):
            continue
        found = lived(version, name, seen, stages_only=stages_only)
        moments = []
        for moment in found.moments:
            driven = restore(found, moment)
            drive(driven)
            moments.append(msgspec.structs.replace(moment, ends=ends(driven), uploads=uploads(driven)))
        if moments:
            keep(msgspec.structs.replace(found, moments=moments), folder)
        print(f"{name}: {len(moments)} moments", flush=True)  # noqa: T201 - a command's output


if __name__ == "__main__":
    names = [name for name in sys.argv[1:] if name != "--stages"]
    main(names[0], Path(names[1]) if len(names) > 1 else FOLDER, stages_only="--stages" in sys.argv)
