"""How long a board of many entries takes: `python benchmarks/board.py [--entries N] [--tasks T] [--submissions S] [--write]`.

Each step is a fresh process (processor seconds, wall, peak of memory): all ranks anew; the site with ranks kept; the site again, nothing changed;
`board add` of one entry more, and the site after it, also stage by stage (`board_stages.py`); the index of S small submissions made again. The board
is made once for the same numbers (`board_store.py`); at 1,000 x 30 that takes about half an hour on two processors, and the steps about ten minutes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from board_store import KINDS, BoardShape, extra_store, fill_board

FLOORS = {"site": 20, "all ranks anew": 180, "site after one entry more": 3, "index": 60}
"""Wall seconds that were asked for, of 1,000 entries by 30 tasks and 5,000 submissions."""
RANKS = "import sys; from pathlib import Path; from benchwright_leaderboards.board import open_board; \
from benchwright_leaderboards.ranking import load_or_rank; load_or_rank(open_board(Path(sys.argv[1])))"
COMMAND = [sys.executable, "-m", "benchwright", "board"]


def measure(command: list[str], *, most_gb: float) -> dict[str, Any]:
    """A command in a process of its own: what `wait4` says of it, or why it ended."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    resource.prlimit(child.pid, resource.RLIMIT_AS, (int(most_gb * 2**30),) * 2)  # it fails rather than the machine
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return {
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "wall_seconds": round(time.perf_counter() - began, 2),
        "peak_mb": round(used.ru_maxrss / 1024),
        **({"failed": child.returncode} if child.returncode else {}),
    }


def keep_parts(root: Path, number: int) -> None:
    """What `board add` keeps of an entry beside ranks."""
    from benchwright_leaderboards.board import open_board
    from benchwright_leaderboards.model_pages import own_part
    from benchwright_leaderboards.right_items import right_items

    board = open_board(root)
    paths = [task.path for task in board.spec.task]
    for one in board.entries[number::2]:
        right_items(one, paths)
        own_part(one, paths)


def weigh(folder: Path) -> dict[str, Any]:
    """Files and bytes below a folder, by the first part of their path."""
    found: dict[str, list[int]] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            parts = path.relative_to(folder).parts
            room = parts[0] if len(parts) == 1 else f"{parts[0]}/*{path.suffix}"
            found.setdefault(room, []).append(path.stat().st_size)
    return {name: {"files": len(sizes), "bytes": sum(sizes)} for name, sizes in sorted(found.items())}


def measure_board(shape: BoardShape, keep: Path, most_gb: float) -> dict[str, Any]:
    """All steps on a copy of the board."""
    fill_board(shape, keep)
    place = keep / shape.name
    root, site = place / "tried", place / "site"
    for folder in (root, site):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(place / "board", root, ignore=shutil.ignore_patterns("derived"))
    kept = place / "kept"
    if not kept.exists():
        with ProcessPoolExecutor(2) as pool:
            list(pool.map(partial(keep_parts, root), range(2)))
        shutil.copytree(root / "derived", kept)
    else:
        shutil.copytree(kept, root / "derived")
    run = partial(measure, most_gb=most_gb)
    build = [*COMMAND, "build", "--board", str(root), "-o", str(site), "--quiet"]
    steps = {"all ranks anew": run([sys.executable, "-c", RANKS, str(root)])}
    print(json.dumps(steps), flush=True)
    steps["site"] = run(build)
    print(json.dumps(steps["site"]), flush=True)
    steps["site again"] = run(build)
    extra = extra_store(shape, place)
    adding = [f"e{shape.entries}", "--board", str(root), "--store", str(extra), "--team", "one more"]
    steps["add of one entry more"] = run([*COMMAND, "add", *adding])
    steps["site after one entry more"] = run(build)
    stages = [sys.executable, str(Path(__file__).parent / "board_stages.py"), str(root)]
    read = subprocess.run(stages, check=True, capture_output=True, text=True)
    return {"steps": steps, "stages": json.loads(read.stdout), "site": weigh(site), "derived": weigh(root / "derived")}


def measure_index(submissions: int, keep: Path, most_gb: float) -> dict[str, Any]:
    """The index of many small submissions, made again."""
    shape = BoardShape(submissions, 1, 40)
    root = fill_board(shape, keep)
    return measure([*COMMAND, "rebuild", "--board", str(root)], most_gb=most_gb)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000)
    parser.add_argument("--tasks", type=int, default=30)
    parser.add_argument("--items", type=int, default=1_000)
    parser.add_argument(
        "--forms", choices=KINDS, default="mixed", help="tasks: scored in several ways, or by accuracy alone"
    )
    parser.add_argument("--submissions", type=int, default=5_000, help="of the index; 0: not measured")
    parser.add_argument("--most-gb", type=float, default=16, help="most memory that a step may take")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "benchwright-board-benchmark")
    parser.add_argument("--write", action="store_true", help="keep the result in benchmarks/results")
    asked = parser.parse_args()
    shape = BoardShape(asked.entries, asked.tasks, asked.items, asked.forms)
    found = measure_board(shape, asked.keep, asked.most_gb)
    if asked.submissions:
        found["steps"]["index"] = measure_index(asked.submissions, asked.keep, asked.most_gb)
    told = {
        "what": "a board of many entries; fresh processes: processor and wall seconds, peak of memory; bytes of the site and of what is kept",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
        "entries": asked.entries,
        "tasks": asked.tasks,
        "items": asked.items,
        "forms": asked.forms,
        "submissions": asked.submissions,
        "floors_wall_seconds": FLOORS,
        **found,
    }
    print(json.dumps(told, indent=1))
    if asked.write:
        path = Path(__file__).parent / "results" / f"{told['date']}-board.json"
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
