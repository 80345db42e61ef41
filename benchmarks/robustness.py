"""How long robustness takes: `python benchmarks/robustness.py CHECKPOINTS --data DIR`, CHECKPOINTS with a folder for each task.

Two commands, each from planning to the table: the default six perturbations of SST-2, RTE, WNUT-17 and 500 questions of SQuAD
(folders ``sst2``, ``rte``, ``wnut17``, ``v1``), and every perturbation at three severities of SST-2.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

COMMANDS = {
    "default six, four tasks": ("robustness", "glue/sst2,superglue/rte,ner/wnut17,squad/v1?limit=500"),
    "all perturbations, three severities, SST-2": (
        "robustness?perturbations=all&severity=1,2,3&declared=yes",
        "glue/sst2",
    ),
}


def measure(suite: str, on: str, checkpoints: Path, data: Path, store: Path) -> dict[str, Any]:
    """Seconds of one command in a fresh store, with the numbers of views and of items that were predicted."""
    command = [
        sys.executable,
        "-m",
        "benchwright",
        "run",
        f"model={checkpoints}/{{task}}",
        "--suite",
        suite,
        "--on",
        on,
    ]
    started = time.perf_counter()
    done = subprocess.run(
        [*command, "--data", str(data), "--store", str(store), "--format", "json"], stdout=subprocess.PIPE, check=True
    )
    seconds = time.perf_counter() - started
    found = json.loads(done.stdout)
    items = sum(result["ledger"]["scored"] for result in found["results"] if result["ledger"])
    return {"seconds": round(seconds, 1), "views": len(found["robustness"]), "predicted": items}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = {
            name: measure(suite, on, asked.checkpoints, asked.data, Path(folder, str(number)))
            for number, (name, (suite, on)) in enumerate(COMMANDS.items())
        }
    result = {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **found,
    }
    text = json.dumps(result, indent=1)
    print(text)
    if asked.output:
        asked.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
