"""What the list of profiles takes on real storage: 50 profiles and 5,000 archived runs, by HTTP through the whole host.

Each turn asks a fresh host once (nothing is known yet), then again and again, also with records that change meanwhile.
"""

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
from azure.storage.blob import BlobServiceClient
from msgspec.structs import replace

from local.stack import Stack
from shared import door
from shared.azure_store import AzureStore
from shared.record import RECENT, Recent, Record
from shared.settings import Settings

TURNS = int(os.environ.get("BENCH_REPEATS", "5"))
PROFILES, RUNS, ASKED, CHANGED = 50, 5000, 20, 5
LIMIT = 0.3
SETTINGS = Settings()
RANDOM = Random(1)
QUIET = {"SDS_SWEEP_SCHEDULE": "0 0 0 1 1 *"}


def record(number: int) -> Record:
    """A profile that has been at it for weeks: as many finished runs as a record remembers."""
    now = datetime.now(UTC)
    recent = tuple(story(now - timedelta(days=day, microseconds=number * 7919)) for day in reversed(range(RECENT)))
    return Record(f"p{number:02}", recent=recent)


def story(ended: datetime) -> Recent:
    """A run with everything that may be told of it, and no two alike."""
    landed = ended.replace(microsecond=0) - timedelta(minutes=RANDOM.randrange(9, 90))
    started, synced = (ended + timedelta(seconds=RANDOM.uniform(9, 9999)) for _ in range(2))
    counts = RANDOM.randrange(9999), RANDOM.randrange(9999)
    name = f"{landed:%Y%m%dT%H%M%SZ}-{RANDOM.getrandbits(48):012x}"
    return Recent(name, "startedWithWarnings", ended, *counts, landed, started, "succeededWithErrors", synced)


def fill(stack: Stack, store: AzureStore) -> None:
    """Records, and below each profile its share of the archived runs."""
    for number in range(PROFILES):
        door.save(store, SETTINGS, record(number), None)
    names = [f"p{n % PROFILES:02}/20261101T000000Z-{n:012x}/report.json" for n in range(RUNS)]
    with (
        BlobServiceClient.from_connection_string(stack.connection_string) as blobs,
        blobs.get_container_client(SETTINGS.run_container) as runs,
        ThreadPoolExecutor(8) as pool,
    ):
        list(pool.map(lambda name: runs.upload_blob(name, b"{}"), names))


def ask(stack: Stack, client: httpx.Client) -> tuple[float, int]:
    """Seconds of one answer, and how many requests storage got for it."""
    before = len(stack.gate.log.calls())
    began = time.perf_counter()
    answer = client.get("/api/profiles", headers={"x-functions-key": stack.http_key})
    took = time.perf_counter() - began
    assert len(answer.raise_for_status().json()["profiles"]) == PROFILES
    return took, len(stack.gate.log.calls()) - before


def main() -> int:
    """Print the table. 1: the list takes longer than it may, of a fresh host or later."""
    found: dict[str, list[tuple[float, int]]] = {"a fresh host": [], "again": [], f"{CHANGED} changed": []}
    with Stack(settings=QUIET) as stack:
        store = AzureStore(SETTINGS, {"DROP_STORAGE": stack.connection_string}, app=False)
        fill(stack, store)
        with httpx.Client(base_url=stack.http_base_url, timeout=60) as client:
            for _ in range(TURNS):
                stack.restart_host()
                found["a fresh host"].append(ask(stack, client))
                found["again"] += [ask(stack, client) for _ in range(ASKED)]
                for number in range(CHANGED):
                    version = door.load(store, SETTINGS, f"p{number:02}")
                    door.save(store, SETTINGS, replace(version.record, swap=os.urandom(6).hex()), version.etag)
                found[f"{CHANGED} changed"].append(ask(stack, client))
        store.close()
    print(f"{PROFILES} profiles, {RUNS:,} archived runs; medians of {TURNS} fresh hosts, {ASKED} answers of each")
    print(f"{'ms':16}{'median':>8}{'most':>8}{'storage requests':>18}")
    for title, answers in found.items():
        took = [seconds for seconds, _ in answers]
        shown = f"{1000 * statistics.median(took):8.0f}{1000 * max(took):8.0f}"
        print(f"{title:16}{shown}{max(calls for _, calls in answers):18}")
    return int(any(statistics.median(seconds for seconds, _ in answers) > LIMIT for answers in found.values()))
