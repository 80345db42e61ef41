"""Stages of one build of a board in one process, all pages made and none written: `python benchmarks/board_stages.py BOARD`; prints JSON of seconds."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> None:
    told: dict[str, dict[str, float]] = {}

    def timed(name: str, make: Callable[[], Any]) -> Any:
        used, passed = time.process_time(), time.perf_counter()
        found = make()
        told[name] = {
            "cpu_seconds": round(time.process_time() - used, 2),
            "wall_seconds": round(time.perf_counter() - passed, 2),
        }
        return found

    root = Path(sys.argv[1])
    site = timed("imports", lambda: __import__("benchwright_leaderboards.site", fromlist=["site"]))
    board = timed("open", lambda: site.open_board(root))
    ranking = timed("ranks read", lambda: _ranks(board))
    content = timed("assemble", lambda: site.assemble_board(board, ranking))
    pages = timed("pages listed", lambda: list(site.pages_of(content)))
    timed("digests", lambda: [site.digest_of(page) for page in pages])
    gc.freeze()  # as processes that make pages do
    rooms: dict[str, list[Any]] = {}
    for page in pages:
        folder, _, name = page.path.rpartition("/")
        rooms.setdefault(f"{folder or 'top'} {name.rpartition('.')[2]}", []).append(page)
    for name, some in rooms.items():
        timed(f"rendered: {name}, {len(some)} pages", lambda some=some: [len(page.render()) for page in some])
    print(json.dumps(told))


def _ranks(board: Any) -> Any:
    from benchwright_leaderboards.ranking import load_or_rank

    return load_or_rank(board)


if __name__ == "__main__":
    main()
