"""What `import function_app` takes beside the imports that no such app can do without, each in a fresh process."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
REPEATS = int(os.environ.get("BENCH_REPEATS", "15"))
BARE = "import azure.functions, azure.durable_functions, azurefunctions.extensions.bindings.blob"
APP = "import function_app"
SDKS = (
    "azure.functions",
    "azure.durable_functions",
    "azurefunctions.extensions.bindings.blob",
    "azure.identity",
    "azure.storage.blob",
    "azure.storage.queue",
    "httpx",
    "msgspec",
)
_TIMED = """
import sys, time
began = time.perf_counter()
{imports}
took = time.perf_counter() - began
import json
print(json.dumps([took, sorted(sys.modules)]))
"""


def once(imports: str) -> tuple[float, set[str]]:
    """Seconds that the imports take, and all modules loaded then."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SDS_")}
    output = subprocess.run(
        [sys.executable, "-c", _TIMED.format(imports=imports)],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    ).stdout
    took, modules = json.loads(output)
    return took, set(modules)


def main() -> int:
    """Print the tables."""
    rows = {"bare SDK imports": BARE, "import function_app": APP}
    modules = {name: once(imports)[1] for name, imports in rows.items()}  # and the page cache is warm
    times: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(REPEATS):
        for name, imports in rows.items():
            times[name].append(once(imports)[0])
    unit = statistics.median(times["bare SDK imports"])
    print(f"{'ms':24}{'least':>8}{'median':>8}{'most':>8}{'ratio':>8}{'modules':>9}")
    for name, values in times.items():
        low, middle, high = (1000 * value for value in (min(values), statistics.median(values), max(values)))
        print(f"{name:24}{low:8.0f}{middle:8.0f}{high:8.0f}{middle / 1000 / unit:8.2f}{len(modules[name]):9}")
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
