"""`board new`: a board folder whose tasks are those of a run, by digest, with what each key of its file means."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchwright import registry
from benchwright.documents import read_toml
from benchwright.errors import BenchwrightError, PluginError
from benchwright.inert import inert
from benchwright.paths import exists
from benchwright.store import Store, atomic
from benchwright.task_path import has_answers, suite_of
from benchwright.types import Aggregate, CellResult, Run, Suite
from benchwright.unranked import is_averaged
from benchwright_leaderboards.cards import card_digest, scoring_card
from benchwright_leaderboards.spec import COLUMNS, DEFAULT_COLUMNS, FILE, SPEC, spec_of
from benchwright_leaderboards.task_digest import digest_of, items_digest

IGNORED = ".gitignore"
_MADE_AGAIN = "# made again whenever they are missing\n.lock\n.*.tmp\nderived/\nindex.sqlite*\n"


@dataclass(frozen=True, kw_only=True)
class Weighting:
    """How tasks are weighed: ``equal``, or by the official rule of a suite."""

    name: str
    weights: dict[str, float]


def new_board(
    root: Path,
    run: Run,
    store: Store,
    *,
    title: str,
    baselines: Sequence[str] = (),
    machine: str | None = None,
    weighting: str = "equal",
) -> Path:
    """Write ``board.toml`` with the scored tasks of a run; returns its path.

    Args:
        root: Folder of the board.
        run: Its scored tasks are those of the board.
        store: Holds the run.
        title: Heading.
        baselines: Names of entries that shall always stand on it.
        machine: Fingerprint or name of the machine whose hardware profiles are shown.
        weighting: ``equal``, or the name of an official mean of a suite (``glue-official-9``) whose tasks are all there.

    Raises:
        BenchwrightError: There is a board already, the run has no scored task or answered only a part of one, or there is no such mean.
    """
    path = root / FILE
    if exists(path):
        raise BenchwrightError(
            f"{path} is there already", expected="a new folder", hint="edit that file, or choose another"
        )
    cells = _first_cells(run)
    if not cells:
        raise BenchwrightError(f"{run.name} has no scored task", hint="run a model on the suites of the board first")
    weights = weights_of(weighting, tuple(cells))
    parts = [_head(title, baselines, machine), _weighing(weights)]
    parts += [_task(run, store, task, cell, weights.weights.get(task)) for task, cell in cells.items()]
    text = "\n".join(parts)
    spec_of(read_toml(text.encode()), str(path))
    atomic.write_output(path, text, what="the board", new=True)
    if not exists(root / IGNORED):
        atomic.write_output(root / IGNORED, _MADE_AGAIN, what="the board")
    return path


def _first_cells(run: Run) -> dict[str, CellResult]:
    found: dict[str, CellResult] = {}
    for cell in run.cells:
        if cell.status == "scored" and cell.key is not None and has_answers(cell.task_path):
            found.setdefault(cell.task_path, cell)
    return found


def weights_of(name: str, tasks: Sequence[str]) -> Weighting:
    """Weights of tasks by a rule; those that an official mean leaves out have none, and do not stand in the mean.

    Raises:
        BenchwrightError: There is no such rule for these tasks.
    """
    if name == "equal":
        return Weighting(name=name, weights=dict.fromkeys(tasks, 1.0))
    known: dict[str, tuple[str, Aggregate]] = {}
    for suite in dict.fromkeys(map(suite_of, tasks)):
        try:
            card: Suite = registry.get("suites", suite)
        except PluginError:
            continue
        known |= {one.name: (suite, one) for one in card.aggregates}
    if name not in known:
        names = ", ".join(("equal", *known))
        raise BenchwrightError(
            f"no weighting {name!r} for these tasks", expected=f"one of: {names}", hint="leave --weight out: equal"
        )
    suite, mean = known[name]
    weights = {f"{suite}/{task}": weight for task, weight in mean.weights.items()}
    missing = [task for task in weights if task not in tasks]
    outside = [task for task in tasks if task not in weights]
    if missing or outside:
        what = f"the run lacks {', '.join(missing)}" if missing else f"{', '.join(outside)} is none of its tasks"
        raise BenchwrightError(
            f"the weighting {name} does not fit: {what}",
            expected=f"a run of {', '.join(weights)}",
            hint="choose another run with --from, or leave --weight out: equal",
        )
    return Weighting(name=name, weights=weights)


def _head(title: str, baselines: Sequence[str], machine: str | None) -> str:
    named = json.dumps(machine, ensure_ascii=False) if machine else '"3f2a90c1"'
    mark = "" if machine else "# "
    return f"""\
schema = {SPEC}
title = {_text(title)}

# Where the site is published, so that links of its feed are absolute.
# url = "https://example.org/board/"

# What the board is about, in Markdown, below the title.
text = ""

# Names of entries that always stand on the board, marked as baselines. The board says so where one is missing.
baselines = {_texts(baselines)}

# Columns beside rank and model: {", ".join(COLUMNS)}.
columns = {_texts(DEFAULT_COLUMNS)}

# The one machine whose hardware profiles are shown: its name, or the first digits of its fingerprint, as `benchwright doctor` tells it.
# Without it there are no hardware columns.
{mark}machine = {named}
# The task whose texts those profiles were made with; without it the first one that an entry was measured on.
# measured_on = "suite/task"

[rules]
# Whether answers to a part of a split (--limit) are refused.
whole_splits = true
# Adapters whose models may enter, as ["transformers", "predictions"]; empty: all.
adapters = []
# Most entries of a team; attempts are counted and shown without it too.
# attempts = 20
"""


def _weighing(weighting: Weighting) -> str:
    return f"""\
# The tasks. A digest says what is asked and what is right there: texts, gold answers, split, labels. When it is changed, entries that
# answered the old data become stale. `items` is the digest of ids and gold answers, `weight` the share in the mean (here: {weighting.name});
# shares need not sum to 1.
"""


def _task(run: Run, store: Store, path: str, cell: CellResult, weight: float | None) -> str:
    found = store.read_cell(str(cell.key))
    if found.key.limit is not None:
        raise BenchwrightError(
            f"{run.name} answered {found.key.limit} items of {path} (--limit)",
            expected="a run on whole splits, whose digests become those of the board",
            hint="run a model on the suites of the board without --limit, then type the same command",
        )
    card, records = scoring_card(found.key, run.tasks[path]), store.read_records(str(cell.key))
    aside = "" if is_averaged(card) else "; stands outside of the mean"
    lines = [
        f"# {inert(found.key.split)} split, {len(records):,} items; score: {', '.join(card.score_metrics)}{aside}",
        "[[task]]",
        f"path = {_text(path)}",
        f'digest = "{digest_of(found.key, card)}"',
        f'items = "{items_digest(records)}"',
        *([f'card = "{card_digest(card)}"'] if found.key.card else []),
        f"weight = {weight!r}",
    ]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """A TOML string: JSON's, with what TOML refuses escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"
