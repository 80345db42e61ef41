"""A page for each suite of a board: its tasks, the official mean under the name of its recipe, and the scores of all entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from benchwright import registry
from benchwright.errors import BenchwrightError
from benchwright.formatting import count
from benchwright.items import count as count_items
from benchwright.types import Aggregate, Suite
from benchwright_leaderboards.content import BoardContent, BoardRow, BoardTable
from benchwright_leaderboards.frame import Frame, framed_page, render_framed
from benchwright_leaderboards.headline import leaders
from benchwright_leaderboards.matrix import ABSENT, MatrixCell, MatrixColumn, MeanColumn, mean_cell, view_matrix
from benchwright_leaderboards.pages import Page, digest_of_inputs, slug


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskLine:
    """A task as a list of tasks shows it: its page below the folder of the site, its numbers, why it is not in the mean, and who may be first."""

    path: str
    href: str
    metric: str
    n: str
    weight: str
    why: str
    ranked: str
    others: str
    first: str


def suites_of(content: BoardContent) -> dict[str, tuple[str, ...]]:
    """Name of each suite -> its tasks on the board, in the order of the board."""
    found = dict[str, list[str]]()
    for task in content.board.spec.task:
        found.setdefault(suite_of(task.path), []).append(task.path)
    return {name: tuple(paths) for name, paths in found.items()}


def suite_of(path: str) -> str:
    """The suite of a ``suite/task``."""
    return path.partition("/")[0]


def suite_path(name: str) -> str:
    """Where the page of a suite lies, below the folder of the site."""
    return f"suites/{slug(name)}.html"


def suite_digest(content: BoardContent, name: str) -> str:
    """SHA-256 over the names and digests of a suite's tasks on the board: equal where the same is asked."""
    return digest_of_inputs(name, {path: content.board.spec.digest(path) for path in suites_of(content)[name]})


def task_line(content: BoardContent, table: BoardTable) -> TaskLine:
    """A task in a list of tasks."""
    ranked = table.of("ranked")
    scores = [row.score for row in ranked if row.score is not None]
    sizes = sorted({score.n for score in scores})
    unit = next((score.unit for score in scores if score.unit), "example")
    weight = content.ranking.weights.get(table.name)
    return TaskLine(
        path=table.name,
        href=f"tasks/{slug(table.name)}.html",
        n="–"
        if not sizes
        else count_items(sizes[0], unit)
        if len(sizes) == 1
        else f"{sizes[0]:,}–{count_items(sizes[-1], unit)}",
        metric=content.words[table.name].metric,
        weight=f"{weight:.3g}" if weight is not None else "–",
        why=content.ranking.not_averaged.get(table.name, ""),
        ranked=count(len(ranked)),
        others=count(len(table.rows) - len(ranked)),
        first=leaders(table),
    )


def suite_pages(content: BoardContent) -> Iterator[Page]:
    """``suites/NAME.html`` of every suite."""
    for name, paths in suites_of(content).items():
        mean = _official(content, name, paths)
        yield framed_page(content, suite_path(name), partial(_render, content, name, paths, mean), mean and mean[0])


def _render(
    content: BoardContent, name: str, paths: tuple[str, ...], mean: tuple[Aggregate, MeanColumn] | None, frame: Frame
) -> str:
    table = view_matrix(content, paths, name="scores", caption=_caption(mean), mean=mean and mean[1])
    lines = tuple(task_line(content, content.by_name[path]) for path in paths)
    recipe, digest = mean[0] if mean else None, suite_digest(content, name)
    return render_framed(
        "board_suite.html.j2", frame, name=name, table=table, tasks=lines, recipe=recipe, digest=digest
    )


def _caption(mean: tuple[Aggregate, MeanColumn] | None) -> str:
    ranks = "below each score its rank range on the task; ● no other entry is shown to be better"
    order = f"by {mean[0].title or mean[0].name}" if mean else "in the order of the whole board"
    return f"Scores in points, {order}; {ranks}"


def _official(content: BoardContent, name: str, paths: tuple[str, ...]) -> tuple[Aggregate, MeanColumn] | None:
    """The first official mean of the installed suite whose tasks are all on the board."""
    try:
        suite: Suite = registry.get("suites", name)
    except BenchwrightError:
        return None
    for recipe in suite.aggregates:
        if all(f"{name}/{task}" in paths for task in recipe.weights):
            head = MatrixColumn(title=recipe.title or recipe.name, about=recipe.name)
            return recipe, MeanColumn(head=head, of=partial(_mean_of, content, name, recipe))
    return None


def _mean_of(content: BoardContent, suite: str, recipe: Aggregate, row: BoardRow) -> tuple[MatrixCell, float | None]:
    from benchwright.score import aggregate

    entry = row.entry.entry
    digests = {task: content.board.spec.digest(f"{suite}/{task}") for task in recipe.weights}
    scores = {
        task: result.score
        for task, digest in digests.items()
        if (result := entry.result(f"{suite}/{task}")) is not None and result.digest == digest and result.limit is None
    }
    found = aggregate(entry.id, suite, recipe, scores)
    return (ABSENT, None) if found.value is None else (mean_cell(found.value, found.low, found.high), found.value)
