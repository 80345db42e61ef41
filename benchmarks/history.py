"""Processor seconds of a history over a store of many runs: `python benchmarks/history.py [RUNS]`.

The store is made by hand: one real run of the starter suite (majority and tfidf), repeated under other names, dates and cells, so that every run is a
measurement of its own. Cells are not there, so nothing is paired: what is timed is reading and finding. Pairing is timed on two real runs.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import benchwright
from benchwright.score_history.stored import read_runs
from benchwright.store import Store


def make(folder: Path, runs: int) -> Store:
    store = Store(folder / "many")
    benchwright.evaluate(["majority", "tfidf"], "starter", store=store.root, name="night", offline=True)
    path = store.run_path("night")
    whole = json.loads(path.read_text())
    path.unlink()
    for number in range(runs):
        whole["name"] = f"night-{number:05}"
        whole["created"] = f"{2020 + number // 336}-{1 + number % 336 // 28:02}-{1 + number % 28:02}T03:00:00+00:00"
        for at, cell in enumerate(whole["cells"]):
            cell["key"] = f"{number:08x}{at:032x}"
        store.run_path(whole["name"]).write_text(json.dumps(whole, indent=1))
    return store


def timed(what: str, work) -> None:
    began = time.process_time()
    work()
    print(f"{what:60}{time.process_time() - began:8.2f} s")


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        store = make(Path(folder), runs)
        size = sum(path.stat().st_size for path in (store.root / "runs").glob("*.json"))
        print(f"{runs:,} runs, {size / 1e6:.0f} MB; processor seconds")
        timed("reading all runs", lambda: read_runs(store))
        timed("one task, 20 points of each line", lambda: benchwright.history("sentiment", store=store))
        timed("one task, all points", lambda: benchwright.history("sentiment", store=store, last=None))
        timed("every task, last changes", lambda: benchwright.history(store=store))
        real = Path(folder) / "real"
        for number, c in enumerate((0.1, 1, 10)):
            benchwright.evaluate(f"nightly=tfidf?c={c}", "starter", store=real, name=f"n{number}", offline=True)
        timed("two paired changes and a stretch on 357 items", lambda: benchwright.history("sentiment", store=real))


if __name__ == "__main__":
    main()
