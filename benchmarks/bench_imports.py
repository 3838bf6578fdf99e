"""What `import function_app` takes beside the imports that no such app can do without, each in a fresh process."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
REPEATS = int(os.environ.get("BENCH_REPEATS", "15"))
NOWHERE = {"GRAPH_BASE_URL": "http://127.0.0.1:1/beta", "DROP_STORAGE": "UseDevelopmentStorage=true"}
BARE = "import azure.functions, azure.durable_functions, azurefunctions.extensions.bindings.blob"
APP = "import function_app"
SDKS = (
    "azure.functions",
    "azure.durable_functions",
    "azurefunctions.extensions.bindings.blob",
    "azure.identity",
    "azure.storage.blob",
    "azure.storage.queue",
    "httpcore",
    "msgspec",
)
_TIMED = """
import sys, time
began, used = time.perf_counter(), time.process_time()
{imports}
took = time.perf_counter() - began, time.process_time() - used
import json
print(json.dumps([*took, sorted(sys.modules)]))
"""


class Import(NamedTuple):
    """Seconds of the clock and of the processor that imports take, and all modules loaded then."""

    wall: float
    cpu: float
    modules: set[str]


def once(imports: str) -> Import:
    """Import in a fresh process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SDS_")}
    output = subprocess.run(
        [sys.executable, "-c", _TIMED.format(imports=imports)],
        cwd=ROOT,
        env={**environment, **NOWHERE, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    ).stdout
    wall, cpu, modules = json.loads(output)
    return Import(wall, cpu, set(modules))


def main() -> int:
    """Print the tables."""
    rows = {"bare SDK imports": BARE, "import function_app": APP}
    modules = {name: once(imports).modules for name, imports in rows.items()}  # and the page cache is warm
    found: dict[str, list[Import]] = {name: [] for name in rows}
    for _ in range(REPEATS):
        for name, imports in rows.items():
            found[name].append(once(imports))
    print(f"median of {REPEATS}; processor time is the steadier one on a busy machine")
    print(f"{'ms':24}{'wall':>8}{'ratio':>8}{'cpu':>8}{'ratio':>8}{'least':>8}{'ratio':>8}{'modules':>9}")
    units: list[float] = []
    for name, runs in found.items():
        wall = statistics.median(run.wall for run in runs)
        cpus = [run.cpu for run in runs]
        figures = (wall, statistics.median(cpus), min(cpus))
        units = units or list(figures)
        shown = "".join(f"{1000 * a:8.0f}{a / b:8.2f}" for a, b in zip(figures, units, strict=True))
        print(f"{name:24}{shown}{len(modules[name]):9}")
    bare, app = modules.values()
    for title, names in (
        ("loaded by the bare imports too", [name for name in SDKS if name in bare]),
        ("loaded by the app besides", [name for name in SDKS if name in app - bare]),
        ("loaded by the app on first use", [name for name in SDKS if name not in app]),
    ):
        print(f"{title}: {', '.join(names) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
