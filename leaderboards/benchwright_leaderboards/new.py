"""`board new`: a board folder whose tasks are those of a run, by digest."""

from __future__ import annotations

import json
from pathlib import Path

from benchwright.errors import BenchwrightError
from benchwright.paths import exists
from benchwright.store import Store, atomic
from benchwright.types import Run
from benchwright_leaderboards.spec import FILE, SPEC
from benchwright_leaderboards.task_digest import digest_of


def new_board(root: Path, run: Run, store: Store, *, title: str) -> Path:
    """Write ``board.toml`` with the scored tasks of a run, each of weight 1; returns its path.

    Raises:
        BenchwrightError: There is a board already, or the run has no scored task.
    """
    path = root / FILE
    if exists(path):
        raise BenchwrightError(
            f"{path} is there already", expected="a new folder", hint="edit that file, or choose another"
        )
    digests = {
        cell.task_path: digest_of(store.read_cell(cell.key).key, run.tasks[cell.task_path])
        for cell in run.cells
        if cell.status == "scored" and cell.key is not None
    }
    if not digests:
        raise BenchwrightError(f"{run.name} has no scored task", hint="run a model on the suites of the board first")
    lines = [f"schema = {SPEC}", f"title = {json.dumps(title, ensure_ascii=False)}", ""]
    for name, digest in digests.items():
        lines += ["[[task]]", f"path = {json.dumps(name)}", f'digest = "{digest}"', "weight = 1.0", ""]
    atomic.write_output(path, "\n".join(lines), what="the board", new=True)
    return path
