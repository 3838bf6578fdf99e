"""What bench_overhead compares: the bare calls, and the app's steps without the engine around them.

`python -m benchmarks.overhead_parts bare|steps` reads one profile a line and answers each with one line of JSON. It is
a process of its own, as the functions host is, so that nothing in it waits for the emulator's threads.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any


def bare() -> Callable[[str], dict[str, Any]]:
    """The calls that nobody can leave out, one after the other: storage by azure-storage-blob, Graph by httpx."""
    import httpx
    from azure.identity import DefaultAzureCredential
    from azure.storage.blob import BlobServiceClient

    from shared.settings import Settings

    settings = Settings.load()
    service = BlobServiceClient.from_connection_string(os.environ["DROP_STORAGE"])
    inbox = service.get_container_client(settings.drop_container)
    credential = DefaultAzureCredential()
    client = httpx.Client()
    names = os.environ["BENCH_FILES"].split(",")

    def once(profile: str) -> dict[str, Any]:
        began = time.time()
        address = f"{settings.graph_base_url}/education/synchronizationProfiles/{profile}"

        def graph(method: str, path: str) -> Any:
            token = credential.get_token(settings.graph_scope).token
            answer = client.request(method, address + path, headers={"Authorization": f"Bearer {token}"})
            answer.raise_for_status()
            return answer.json() if answer.content else None

        assert graph("GET", "")["state"] == "provisioned"
        base, _, signature = graph("GET", "/uploadUrl")["value"].partition("?")
        for name in names:
            content = inbox.get_blob_client(f"{profile}/{name}").download_blob().readall()
            answer = client.put(
                f"{base}/{name}?{signature}",
                content=content,
                headers={"x-ms-blob-type": "BlockBlob", "x-ms-version": "2021-12-02"},
            )
            answer.raise_for_status()
        graph("GET", "/profileStatus")
        graph("POST", "/start")
        return {"began": began}

    return once


class _Counted:
    """Stands before an object and counts its methods' calls and their time."""

    def __init__(self, behind: Any, tally: Counter[str], kind: str) -> None:
        self._behind, self._tally, self._kind = behind, tally, kind

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._behind, name)
        if not callable(found):
            return found

        def timed(*args: Any, **given: Any) -> Any:
            began = time.perf_counter()
            try:
                result = found(*args, **given)
                if name == "stream":
                    result = list(result)
                return result
            finally:
                self._tally[self._kind] += 1
                self._tally[f"{self._kind} {name}"] += 1
                self._tally[f"{self._kind} s"] += time.perf_counter() - began  # type: ignore[assignment]

        return timed


def steps() -> Callable[[str], dict[str, Any]]:
    """The activities of one run, called one after the other; the environment's settle time must be 0."""
    from shared.room import room
    from shared.steps import STEPS, join

    here = room()
    tally: Counter[str] = Counter()
    here.store = _Counted(here.store, tally, "storage")  # type: ignore[assignment]
    vars(here)["sds"] = _Counted(here.sds, tally, "service")

    def once(profile: str) -> dict[str, Any]:
        rows: list[dict[str, Any]] = []

        def run(name: str, call: Callable[[], Any]) -> Any:
            tally.clear()
            began = time.perf_counter()
            result = call()
            rows.append({"step": name, "s": time.perf_counter() - began, **tally})
            return result

        assert run("join", lambda: join(here, profile, "bench"))
        plan = None
        while rows[-1]["step"] != "start":
            name = "observe" if plan is None or plan.do == "wait" else plan.do
            given = plan
            plan = run(name, lambda name=name, given=given: STEPS[name](here, profile, "bench", given))
            assert len(rows) < 20, rows
        return {"rows": rows}

    return once


def main(part: str) -> None:
    """Serve lines until standard input closes."""
    once = {"bare": bare, "steps": steps}[part]()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(once(line.strip())), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
