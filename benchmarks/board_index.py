"""How fast an index is made: `python benchmarks/board_index.py [--submissions N] [--index URL]... [--write]`.

A board of 5,000 submissions with 8 to 30 results each, written as `board add` writes them but for their predictions, which an index does not
read. Measured: `board rebuild`; an open of an index that is up to date; one more submission. Seconds of the clock and of the processor, of this
process (a server of PostgreSQL has its own). Without `--index` that is SQLite; it may be repeated.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import platform
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchwright.store.folder import to_json
from benchwright.types import Score
from benchwright_leaderboards.entries import Cost, Entry, Submission, TaskResult
from benchwright_leaderboards.index.open import open_index, rebuild
from benchwright_leaderboards.index.queries import EntryQuery, find_entries

TASKS = tuple(f"suite/task{number}" for number in range(30))
FEWEST = 8


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def fill_board(root: Path, number: int) -> None:
    """Write ``board.toml`` and so many submissions."""
    lines = ["schema = 1", 'title = "Many submissions"']
    for task in TASKS:
        lines += ["[[task]]", f'path = "{task}"', f'digest = "{digest(task)}"']
    root.mkdir(parents=True)
    (root / "board.toml").write_text("\n".join(lines) + "\n")
    for at in range(number):
        add(root, at)


def add(root: Path, at: int) -> None:
    draw = random.Random(at)
    name, tasks = f"model-{at}", TASKS[: draw.randint(FEWEST, len(TASKS))]
    results = tuple(result(task, draw.random(), digest(f"{name} {task}")) for task in tasks)
    entry = Entry(
        id=name,
        name=name,
        run="run",
        adapter="predictions",
        model=digest(name),
        attempt=at // 50 + 1,
        results=results,
        cost=Cost(size=draw.randrange(10**9), parameters=draw.randrange(10**8)),
    )
    made = Submission(
        schema=1,
        id=digest(name)[:16],
        digest=digest(name),
        team=f"team {at % 50}",
        added=(dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=at)).isoformat(timespec="microseconds"),
        entries=(entry,),
        files={f"cells/{one.key}/records.parquet": digest(one.key) for one in results},
    )
    place = root / "submissions" / made.id
    place.mkdir(parents=True)
    (place / "submission.json").write_bytes(to_json(made))


def result(task: str, value: float, key: str) -> TaskResult:
    ends = {"low": value - 0.02, "high": value + 0.02, "n": 1_000, "se": 0.01, "method": "bootstrap"}
    scores = tuple(Score(metric=f"{metric}@1", value=value, **ends) for metric in ("accuracy", "macro_f1"))
    score = Score(metric="score", value=value, **ends)
    return TaskResult(path=task, digest=digest(task), key=key, score=score, scores=scores, records=key, items=key)


def measured(act: Callable[[], Any]) -> dict[str, float]:
    clock, processor = time.perf_counter(), time.process_time()
    act()
    return {
        "seconds": round(time.perf_counter() - clock, 3),
        "processor_seconds": round(time.process_time() - processor, 3),
    }


def measure(root: Path, number: int, url: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"rebuild": measured(lambda: rebuild(root, url))}
    with open_index(root, url) as index:
        found["database"] = index.engine.dialect.name
        found["nothing new"] = measured(index.refresh)
        add(root, number)
        found["one more"] = measured(index.refresh)
        found["list of 50"] = measured(lambda: find_entries(index, EntryQuery()))
        assert find_entries(index, EntryQuery(limit=1)).total == number + 1
    for path in (root / "submissions" / digest(f"model-{number}")[:16]).glob("*"):
        path.unlink()
        path.parent.rmdir()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=5_000)
    parser.add_argument("--index", action="append", help="URL of a database; its password is not written down")
    parser.add_argument("--write", action="store_true", help="put the numbers in benchmarks/results")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "board"
        fill_board(root, asked.submissions)
        size = sum(path.stat().st_size for path in root.glob("submissions/*/submission.json"))
        indexes = [measure(root, asked.submissions, url) for url in (None, *(asked.index or ()))]
    told = {
        "submissions": asked.submissions,
        "bytes": size,
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "indexes": indexes,
    }
    text = json.dumps(told, indent=1)
    print(text)
    if asked.write:
        day = dt.datetime.now(dt.UTC).date().isoformat()
        (Path(__file__).parent / "results" / f"{day}-board-index.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
