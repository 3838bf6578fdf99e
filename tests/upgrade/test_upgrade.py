"""An app of an older version, left at any moment, is taken over by this one: all that it began comes to its end.

The engine's instances may be found again, and go on from their histories, or be gone with the task hub.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.long import LONG

from .deployment import Deployment
from .drive import drive, ends, uploads
from .saved import Moment, SavedLife, data_of, every_blob, restore, saved
from .school import FILES, night, night_of

# The SDK reads an activity's result without a type, once a process.
pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads was called:DeprecationWarning")

LIVES = {f"{life.app}/{life.life}": life for life in saved()}
IDLE = 300
"""The most activities of a profile in a day on which nothing happens."""


def every_moment() -> Iterator[Any]:
    for name, life in LIVES.items():
        for number, moment in enumerate(life.moments):
            for engine in ("found", "lost") if LONG else ("found", "lost")[number % 2 :][:1]:
                yield pytest.param(life, moment, engine == "lost", id=f"{name}-{moment.name}-engine {engine}")


@pytest.mark.parametrize(("life", "moment", "engine_lost"), list(every_moment()))
def test_everything_comes_to_its_end(life: SavedLife, moment: Moment, engine_lost: bool) -> None:
    deployment = restore(life, moment, engine_lost=engine_lost)
    drive(deployment)
    check_messages(life, moment, deployment)
    assert uploads(deployment) <= moment.uploads
    check_starts(deployment, life)
    check_files(life, moment, deployment)
    check_rest(deployment)
    check_next_night(deployment)


def check_messages(life: SavedLife, moment: Moment, deployment: Deployment) -> None:
    """One content an id, that which was committed; one verification a run; and it tells what the older app told."""
    told: dict[str, bytes] = {}
    for message in deployment.store.sent:
        assert told.setdefault(json.loads(message)["id"], message) == message, "two contents of one id"
    for container, name, blob in every_blob(moment):
        if container == "sds-runs" and name.rpartition("/")[2] in ("message.json", "sync.json", "held.json"):
            data = data_of(life, blob)
            assert told[json.loads(data)["id"]] == data, f"{name} was committed and is not what was sent"
    now, then = (_stories(told) for told in (ends(deployment), moment.ends))
    assert [story for story, _ in now] == [story for story, _ in then]
    for (story, outcome), (_, older) in zip(now, then, strict=True):
        assert outcome in (older, OTHERWISE.get((life.life.removesuffix("-industry-data"), older))), story


OTHERWISE = {
    # The classic service's status doesn't tell whose end it shows if another sync was running at the start.
    ("overtaken", "succeeded"): "timedOut",
    # With the engine gone the sweep comes later than the driver would have, and finds the service further on.
    ("overtaken", "overtaken"): "succeeded",
    ("superseded", "superseded, provisioning"): "superseded, provisioned",
}


def _stories(told: dict[str, str]) -> list[tuple[str, str]]:
    """Stories and outcomes; an id without what tells two stories of the same blobs apart: each version has its own."""
    return sorted((re.sub(r"-(i|d|x\d+|2)/", "/", key), outcome) for key, outcome in told.items())


def check_starts(deployment: Deployment, life: SavedLife) -> None:
    """Only whole sets of one night are started, each once: twice if nothing was seen of the first, or by wish."""
    posts = Counter(json.dumps({name: data.decode() for name, data in files.items()}) for files in deployment.sds.posts)
    assert all(count <= (2 if life.life in ("not-arrived", "retried") else 1) for count in posts.values()), (
        "a second start"
    )
    assert all(night_of(files) is not None for files in deployment.sds.posts), "a mixed set was started"


def check_files(life: SavedLife, moment: Moment, deployment: Deployment) -> None:
    """Whatever lay in the drop container or a snapshot is still somewhere."""
    there = {held.data for blobs in deployment.store.held.values() for held in blobs.values()}
    for container, name, blob in every_blob(moment):
        if container == "sds-drop" or "/files/" in name:
            assert data_of(life, blob) in there, f"{name} is lost"


def check_rest(deployment: Deployment) -> None:
    """Nothing is left to do, and next to nothing is done."""
    for name, held in deployment.store.held["sds-state"].items():
        assert held.metadata.get("open") != "true", f"{name} is open"
    assert not deployment.engine.histories
    before = len(deployment.engine.activities)
    deployment.run(86_400)
    assert len(deployment.engine.activities) - before <= IDLE


def check_next_night(deployment: Deployment) -> None:
    """The profile goes on: the next whole set is started."""
    folder = next(iter(deployment.room.settings.profiles), "aaaaaaaa-2222-3333-4444-555555555555")
    deployment.sds.messages = ()
    deployment.sds.faults.clear()
    for name in FILES:
        deployment.land(f"{folder}/{name}", night(6)[name])
    deployment.run(7200)
    assert night_of(deployment.sds.posts[-1]) == 6
