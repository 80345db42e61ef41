"""Boards for measuring: as many entries as asked, each a real submission whose scores the package computed from its predictions.

Every task is answered once by a real run of files of predictions: one system that is always right, `WRONG` others that are always wrong. An entry is
made from these: for each item one of the answers, by its skill and the difficulty of the item, under a model digest of its own; cells, ledgers, scores
and digests are those that `board add` writes, without its checks, which would take hours for a thousand entries. `board check` passes on them.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from report_store import LABELS, answer, make_row, write_lines

VERSION = 1
RUN = "many"
WRONG = 3
PAIRS = ("pairs",) * 4
FORMS = (*PAIRS, "topics", "entities", *PAIRS, "sentiment by author", "questions")
"""Of 12 tasks: two thirds are scored by accuracy, the others by macro F1, F1 of entities, MCC with clusters, F1 of answers."""
KINDS = {"mixed": FORMS, "accuracy": ("pairs",)}
"""What tasks a board may be made of: those of `FORMS` in turn, or tasks scored by accuracy alone."""
OPTIONS = {"topics": "&score=macro_f1", "sentiment by author": "&score=mcc&cluster=author", "pairs": "&text_pair=other"}
TEAMS = 40
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class BoardShape:
    """How many entries, tasks, items of each task, and which tasks (`KINDS`)."""

    entries: int
    tasks: int
    items: int = 1_000
    forms: str = "mixed"

    @property
    def name(self) -> str:
        """A folder's name."""
        kind = "" if self.forms == "mixed" else f"-{self.forms}"
        return f"board-v{VERSION}-{self.entries}x{self.tasks}x{self.items}{kind}"


def fill_board(shape: BoardShape, keep: Path, *, processes: int = 2) -> Path:
    """The board of that shape, without anything derived; made where it is not there yet."""
    place = keep / shape.name
    if (place / "done").exists():
        return place / "board"
    make_base(shape, place)
    numbers = [number for number in range(shape.entries) if not (place / "told" / str(number)).exists()]
    (place / "told").mkdir(exist_ok=True)
    with ProcessPoolExecutor(processes) as pool:
        for done, _ in enumerate(pool.map(partial(make_entry, shape, place), numbers), 1):
            if not done % 50:
                print(f"{done + shape.entries - len(numbers)} of {shape.entries} entries", file=sys.stderr, flush=True)
    (place / "done").touch()
    return place / "board"


def make_base(shape: BoardShape, place: Path) -> None:
    """The real run with its data, and a board of its tasks without entries."""
    import benchwright
    from benchwright.store import Store
    from benchwright_leaderboards.new import new_board

    if (place / "board" / "board.toml").exists():
        return
    data, answers, names = place / "data", place / "answers", [f"b{number}" for number in range(WRONG + 1)]
    data.mkdir(parents=True, exist_ok=True)
    selectors = [write_task(shape, number, data, answers, names) for number in range(shape.tasks)]
    models = [f"{name}=predictions:{answers / name}" for name in names]
    benchwright.evaluate(models, selectors, store=place / "store", name=RUN, offline=True)
    store = Store(place / "store")
    new_board(place / "board", store.read_run(RUN), store, title="Many entries", baselines=["e0"])
    shutil.copytree(place / "store" / "inputs", place / "board" / "inputs", dirs_exist_ok=True)


def write_task(shape: BoardShape, number: int, data: Path, answers: Path, names: list[str]) -> str:
    """Write the rows of a task and the answers of the real systems to them; returns its selector."""
    forms = KINDS[shape.forms]
    form = forms[number % len(forms)]
    rng = random.Random(number)
    rows = [make_row(form, row, rng) for row in range(shape.items)]
    path = data / f"t{number}.jsonl"
    write_lines(path, rows)
    suite = {"entities": "ner", "questions": "squad"}.get(form, "classification")
    for system, name in enumerate(names):
        own = random.Random(f"{number} {system}")
        (answers / name / suite).mkdir(parents=True, exist_ok=True)
        said = [answer(form, row, at, 1.0 if system == 0 else 0.0, own) for at, row in enumerate(rows)]
        write_lines(answers / name / suite / f"t{number}.jsonl", said)
    labels = f"&labels={','.join(LABELS[form])}" if form in LABELS else ""
    return f"{suite}/custom?path={path}&name=t{number}{labels}{OPTIONS.get(form, '')}"


@dataclass(frozen=True)
class Base:
    """A task as the real run answered it: a cell of each system, and their records one after another."""

    path: str
    cells: list[Any]
    folder: Path
    card: Any
    table: Any
    wrong: Any


@cache
def read_base(place: Path) -> tuple[Any, list[Base]]:
    """The real run, and its tasks in the order of the board."""
    import pyarrow as pa

    from benchwright.store import Store
    from benchwright_leaderboards.cards import scoring_card

    store = Store(place / "store")
    run = store.read_run(RUN)
    found = []
    for path in dict.fromkeys(cell.task_path for cell in run.cells):
        cells = [cell for cell in run.cells if cell.task_path == path]
        one = store.read_cell(cells[0].key)
        table = pa.concat_tables([store.read_record_table(cell.key) for cell in cells])
        card = scoring_card(one.key, run.tasks[path])
        found.append(Base(path, cells, store.cell_folder(cells[0].key), card, table, one))
    return run, found


def make_entry(shape: BoardShape, place: Path, number: int) -> None:
    """Put entry ``e<number>`` on the board."""
    root = place / "board" / "submissions"
    draft = place / "drafts" / str(number)
    shutil.rmtree(draft, ignore_errors=True)
    run, results = write_store(shape, place, number, draft / "store")
    made = submission_of(number, run, results, draft / "store")
    (draft / "submission.json").write_bytes(to_json(made))
    root.mkdir(exist_ok=True)
    draft.rename(root / made.id)
    (place / "told" / str(number)).touch()


def write_store(shape: BoardShape, place: Path, number: int, folder: Path) -> tuple[Any, tuple[Any, ...]]:
    """The store of an entry, its run in it; and its results."""
    import msgspec

    from benchwright.store import Store

    base, tasks = read_base(place)
    store, name = Store(folder), f"e{number}"
    model = hashlib.sha256(name.encode()).hexdigest()
    cells, results = [], []
    for task, one in enumerate(tasks):
        result, ledger = write_cell(store, one, model, draw(shape, number, task))
        results.append(result)
        cells.append(
            msgspec.structs.replace(
                one.cells[0], model=name, key=result.key, score=result.score, scores=result.scores, ledger=ledger
            )
        )
    refs = (msgspec.structs.replace(base.spec.models[0], name=name),)
    run = msgspec.structs.replace(
        base, name=name, cells=tuple(cells), aggregates=(), spec=msgspec.structs.replace(base.spec, models=refs)
    )
    store.write_run(run)
    return run, tuple(results)


def draw(shape: BoardShape, number: int, task: int) -> Any:
    """Which of the records of a task the entry has: row of the real systems' records, one for each item."""
    import numpy as np

    items = np.random.default_rng([task])
    difficulty = items.logistic(size=shape.items)
    own = np.random.default_rng([number, task])
    skill = 0.4 + 1.8 * ((number * 7919) % 1009) / 1009 + 0.15 * own.standard_normal()
    right = own.logistic(size=shape.items) * 0.6 < skill - difficulty
    system = np.where(right, 0, own.integers(1, WRONG + 1, size=shape.items))
    return system * shape.items + np.arange(shape.items)


def write_cell(store: Any, base: Base, model: str, rows: Any) -> tuple[Any, Any]:
    """A finished cell of these records; its result and its ledger."""
    import msgspec
    import pyarrow as pa

    from benchwright.store import payloads, record_table
    from benchwright.store.folder import key_id
    from benchwright_leaderboards.results import score_result

    table = base.table.take(pa.array(rows)).combine_chunks()
    records = record_table.decode(table)
    cell = msgspec.structs.replace(
        base.wrong,
        key=msgspec.structs.replace(base.wrong.key, model=model),
        facts=msgspec.structs.replace(base.wrong.facts, digest=model),
    )
    key = key_id(cell.key)
    folder = store.cell_folder(key)
    folder.mkdir(parents=True)
    content, told = record_table.to_bytes(table), to_json(cell)
    texts = json.loads((base.folder / "ledger.json").read_bytes())["texts"]
    ledger = msgspec.structs.replace(payloads.count(records, {}), records=sha(content), cell=sha(told), texts=texts)
    (folder / "cell.json").write_bytes(told)
    (folder / "ledger.json").write_bytes(to_json(ledger))
    (folder / payloads.RECORDS).write_bytes(content)
    shutil.copy(base.folder / "timing.json", folder / "timing.json")
    return score_result(store, key, base.card, base.path, records=records), ledger


def submission_of(number: int, run: Any, results: tuple[Any, ...], store: Path) -> Any:
    """What `board add` says of it."""
    import msgspec

    from benchwright.store import Store
    from benchwright_leaderboards.entries import ENTRY, Entry, Submission

    files = {
        path.relative_to(store).as_posix(): sha(path.read_bytes())
        for path in sorted(store.rglob("*"))
        if path.is_file()
    }
    whole = sha(msgspec.json.encode(sorted(files.items())))
    opened = Store(store)
    cells = [opened.read_cell(one.key) for one in results]
    entry = Entry(
        id=run.name,
        name=run.name,
        run=run.name,
        adapter=cells[0].key.adapter,
        model=cells[0].key.model,
        attempt=1 + number // TEAMS,
        results=results,
    )
    return Submission(
        schema=ENTRY,
        id=whole[:16],
        digest=whole,
        team=f"team {number % TEAMS}",
        added=(BEGAN + timedelta(minutes=7 * number)).isoformat(timespec="microseconds"),
        entries=(entry,),
        files=files,
        inputs=tuple(sorted({cell.inputs for cell in cells if cell.inputs})),
    )


def to_json(value: Any) -> bytes:
    """As the package writes it."""
    from benchwright.store.folder import to_json as encode

    return encode(value)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def extra_store(shape: BoardShape, place: Path) -> Path:
    """A store with the run of one entry more, with its texts, to be given to `board add`."""
    folder = place / "extra"
    if not (folder / "runs" / f"e{shape.entries}.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        write_store(shape, place, shape.entries, folder)
        shutil.copytree(place / "store" / "inputs", folder / "inputs")
    return folder


def main() -> None:
    import argparse
    import tempfile
    import time

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=100)
    parser.add_argument("--tasks", type=int, default=8)
    parser.add_argument("--items", type=int, default=1_000)
    parser.add_argument("--forms", choices=KINDS, default="mixed")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "benchwright-board-benchmark")
    asked = parser.parse_args()
    began = time.perf_counter()
    print(fill_board(BoardShape(asked.entries, asked.tasks, asked.items, asked.forms), asked.keep))
    used = sum(os.times()[:4])
    print(f"{time.perf_counter() - began:.0f} s, {used:.0f} processor seconds", file=sys.stderr)


if __name__ == "__main__":
    main()
