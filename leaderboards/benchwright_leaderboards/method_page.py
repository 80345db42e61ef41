"""The method of a board on a page: what an entry is, what is verified, what ranks mean, and how anybody recomputes it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from functools import partial

from benchwright.formatting import p_value
from benchwright.types import Frozen
from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.frame import Frame, framed_page, render_framed
from benchwright_leaderboards.pages import Page
from benchwright_leaderboards.ranking import LEVEL
from benchwright_leaderboards.suite_pages import suite_digest, suite_path, suites_of, task_line

_LOOKED_AT = 20
"""Entries among which two are looked for that came together."""


class MethodTask(Frozen, frozen=True, kw_only=True):
    """A task as the method tells of it: its page, its metrics with versions, its digest, its share of the mean."""

    path: str
    href: str
    metrics: tuple[str, ...]
    digest: str
    weight: str
    why: str


def method_pages(content: BoardContent) -> Iterator[Page]:
    """``method.html``."""
    yield framed_page(content, "method.html", partial(_render, content))


def _render(content: BoardContent, frame: Frame) -> str:
    spec, ranking = content.board.spec, content.ranking
    context = {
        "rules": tuple(_rules(content)),
        "tasks": tuple(_task(content, path) for path in (task.path for task in spec.task)),
        "suites": [(name, suite_path(name), suite_digest(content, name)) for name in suites_of(content)],
        "family": ranking.family,
        "rejected": ranking.rejected,
        "critical": p_value(ranking.critical),
        "level": LEVEL,
        "attempts": ranking.attempts,
        "machine": spec.machine,
        "commands": tuple(_commands(content)),
        "entering": entering_command(content),
    }
    return render_framed("board_method.html.j2", frame, **context)


def _rules(content: BoardContent) -> Iterator[str]:
    spec = content.board.spec
    rules = spec.rules
    if rules.whole_splits:
        yield "Whole splits only: answers to a part of a split are refused."
    if rules.adapters:
        yield f"Models are opened by one of these adapters: {', '.join(rules.adapters)}."
    if rules.attempts is not None:
        yield f"A team may make at most {rules.attempts:,} entries."
    if spec.baselines:
        yield f"Baselines that always stand on the board: {', '.join(spec.baselines)}."


def _task(content: BoardContent, path: str) -> MethodTask:
    table = content.by_name[path]
    line = task_line(content, table)
    return MethodTask(
        path=path,
        href=line.href,
        metrics=table.metrics,
        digest=content.board.spec.digest(path) or "",
        weight=line.weight,
        why=line.why,
    )


def _commands(content: BoardContent) -> Iterator[tuple[str, str]]:
    """What a command does, and the command; the folder of the board is called ``board``."""
    yield (
        "Make this site again and compare every byte:",
        "benchwright board build --board board -o again\ndiff -r again site",
    )
    yield "Every number of it as JSON, unrounded:", "benchwright board export --board board --as json -o board.json"
    example = _compared(content)
    if example:
        yield (
            "The difference between two entries, as everybody may compute it; adjusted there over the tests of that command alone:",
            example,
        )


def entering_command(content: BoardContent) -> str:
    """What whoever wants to enter types: a run on every task of the board, and its bundle."""
    suites = [f"  --suite {shlex.quote(task.path)} \\" for task in content.board.spec.task]
    return "\n".join(
        (
            "benchwright run 'mymodel=transformers:PATH' \\",
            *suites,
            "  --name mine",
            "benchwright store export mine -o mine.zip",
        )
    )


def _compared(content: BoardContent) -> str:
    """A comparison of the first two ranked entries that came together, on a task where both were tested."""
    ranked = [row.entry for row in content.overview.of("ranked")[:_LOOKED_AT]]
    for at, one in enumerate(ranked):
        for other in ranked[at + 1 :]:
            if one.submission.id != other.submission.id or one.entry.run != other.entry.run:
                continue
            from benchwright.comparison.pairwise import find_pair

            ids = one.entry.id, other.entry.id
            for table in content.tasks:
                if find_pair(content.ranking.pairs.get(table.name, ()), "score", *ids) is not None:
                    words = [
                        "benchwright",
                        "compare",
                        *(f"{each.entry.run}:{each.entry.name}" for each in (one, other)),
                    ]
                    words += ["--missing", "wrong", "--store", f"board/submissions/{one.submission.id}/store"]
                    return shlex.join(words)
    return ""
