"""The only place that prints: results to standard output, progress and logs to standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from benchwright import alarm, formatting
from benchwright.inert import InertStream, inert, inert_json, inert_lines
from benchwright.items import count
from benchwright.quantities import Unit, alarms_beside, score_title, unit_of
from benchwright.tables import fold_line, room, text_table
from benchwright.task_path import is_explain_view, is_hardware_view, task_path
from benchwright.types import (
    AggregateScore,
    CellResult,
    ExplanationSummary,
    GroupGap,
    IdentityScore,
    PlacedAlarm,
    PlannedCell,
    Profile,
    RobustnessScore,
    Run,
    Score,
    Task,
)

if TYPE_CHECKING:
    from benchwright.explanations.heat_lines import Line
    from benchwright.explanations.stored import ExplainedItem
    from benchwright.render.text_change import ChangePiece
    from benchwright.render.variants import PrecisionSection

_COMMANDS = ("::error ", "::warning ", "::notice ")


@contextmanager
def _heard() -> Iterator[None]:
    """Write until the reader closes the pipe (`| head`); the rest is discarded, and the exit code is kept."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str = "") -> None:
    """Print one line of result; text from data is made inert."""
    _write(inert(text))


def say_lines(text: str) -> None:
    """Print several lines of result whose parts are inert already; only line feeds are kept."""
    _write(inert_lines(text))


def say_pieces(pieces: Iterable[ChangePiece]) -> None:
    """Print one line of pieces of texts; what was removed or inserted has marks, and on a terminal that takes it a colour too."""
    from benchwright.render.text_change import ChangePiece, with_marks

    colours = _COLOURS if _takes_colour() else {}
    line = []
    for at, piece in enumerate(pieces):
        text = inert(piece.text) if not at else inert(f".{piece.text}")[1:]  # what begins a piece begins no line
        marked = with_marks((ChangePiece(piece.change, text),))
        line.append(f"{colours[piece.change]}{marked}{_PLAIN}" if piece.change in colours else marked)
    _write("".join(line))


def say_marks(line: Line) -> None:
    """Print one line of words that carry their marks; on a terminal that takes it with a colour behind them too.

    Red raises the number, blue lowers it, deeper is more. Letters are black whatever the terminal's own colours are.
    """
    coloured = _takes_colour()
    _write("".join(f"{_shade(mark.step)}{mark.text}{_PLAIN}" if coloured and mark.step else mark.text for mark in line))


def _shade(step: int) -> str:
    return f"\x1b[38;5;16;48;5;{(_REDS if step > 0 else _BLUES)[abs(step) - 1]}m"


_REDS, _BLUES = (224, 217, 210, 203, 196), (195, 159, 117, 75, 69)
"""Colours of the 256 of terminals, the palest first."""
_COLOURS = {"removed": "\x1b[31m", "inserted": "\x1b[1;32m"}
_PLAIN = "\x1b[0m"


def _takes_colour() -> bool:
    """Whether standard output is a terminal whose user has not asked for text without colour (https://no-color.org)."""
    out: Any = stream("stdout")
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say_commands(text: str, *, aside: bool = False) -> None:
    """Commands for a CI runner, whose writer escaped the data in them; ``aside`` writes them to standard error.

    Raises:
        ValueError: A line is no ``::error``, ``::warning`` or ``::notice``: nothing else is a command of ours.
    """
    lines = text.splitlines()
    strange = [line for line in lines if not line.startswith(_COMMANDS)]
    if strange:
        raise ValueError(f"no annotation: {strange[0]!r}")
    if aside:
        print(*lines, sep="\n", file=stream("stderr"), flush=True)
    else:
        _write("\n".join(lines))


def note(text: str) -> None:
    """Print one line of progress or log to standard error."""
    print(inert(text), file=stream("stderr"), flush=True)


def note_lines(text: str) -> None:
    """Print several lines of log; only line feeds are kept."""
    print(inert_lines(text), file=stream("stderr"), flush=True)


def _write(text: str) -> None:
    with _heard():
        print(text, file=stream("stdout"))


def stream(name: str) -> Any:
    """Standard output or error unwrapped; `main` replaces ``sys.stdout`` and ``sys.stderr`` by streams that make text inert."""
    found = getattr(sys, name)
    return found.beneath if isinstance(found, InertStream) else found


def say_json(value: Any) -> None:
    """Print a result as JSON."""
    _write(inert_json(json.dumps(msgspec.to_builtins(value), indent=1, ensure_ascii=False, allow_nan=False)))


def say_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, numeric: Sequence[int] = ()) -> None:
    """Print a table fitted to the terminal; without a terminal as wide as needed, unless ``COLUMNS`` sets the width."""
    say_lines("\n".join(text_table(columns, list(rows), right=numeric)))


def show_plan(cells: Sequence[PlannedCell]) -> None:
    """Print the plan: cells to compute, stored cells, and cells that cannot run with the reason."""
    rows = [
        (
            cell.model.name,
            cell.task_path,
            cell.split,
            f"{len(cell.examples):,}"
            if cell.id and not cell.is_explanation
            else "",  # how many of them, says the reason
            cell.status,
            cell.reason,
        )
        for cell in cells
    ]
    say_table(("model", "task", "split", "n", "status", "why"), rows, numeric=(3,))


def show_run(run: Run) -> None:
    """Print the table of tasks by models, then alarms and notes, then what models lose on views, which are no rows of the table."""
    models = [model.name for model in run.spec.models]
    tasks = list(dict.fromkeys((c.suite, c.task, c.split) for c in run.cells if not _is_told_apart(c, run)))
    if tasks or run.aggregates:
        _show_scores(run, models, tasks)
    for line in remarks(run):
        say(line)
    if run.robustness:
        show_robustness(run)
    if run.bias:
        show_swaps(run)
    if run.gaps:
        show_gaps(run, run.gaps)
    if run.variants or run.precisions:
        show_precision(run)
    if run.profiles:
        if tasks or remarks(run):
            say()
        show_profiles(run.profiles)
    if run.explanations:
        say()
        show_explanations(run)


def show_explanations(run: Run, chosen: Sequence[ExplanationSummary] | None = None, *, whole: bool = False) -> None:
    """Print what methods say of models: a table for each task, then how to read it, alarms and notes.

    Args:
        run: Holds explanations.
        chosen: Some of them; None: all.
        whole: With every measure of faithfulness.
    """
    from benchwright.explanations.summary_lines import summary_lines

    summaries = run.explanations if chosen is None else chosen
    names = {one.attachment for one in summaries}
    agreement = [one for one in run.explanation_agreement if names.issuperset(one.attachments)]
    say_lines("\n".join(summary_lines(summaries, agreement, whole=whole)))


def show_heat_maps(items: Iterable[Sequence[ExplainedItem]]) -> None:
    """Print items, each as several models and methods explain it, with how to read them; nothing where there is none."""
    from benchwright.explanations.heat_lines import item_lines, legend, plain_lines

    told: list[str] = []
    for item in items:
        new = [text for text in legend(item) if text not in told]
        if told and new:
            say()
        for text in new:
            for line in plain_lines(text, room()):
                say_marks(line)
        told += new
        say()
        for marks in item_lines(item, width=room()):
            say_marks(marks)


def _show_scores(run: Run, models: Sequence[str], tasks: Sequence[tuple[str, str, str]]) -> None:
    """Print the table of tasks by models and what its numbers are."""
    by_place = {(cell.model, cell.suite, cell.task, cell.split): cell for cell in run.cells}
    rows = []
    for suite, task, split in tasks:
        cells = [by_place.get((model, suite, task, split)) for model in models]
        known = [cell for cell in cells if cell is not None]
        n = _count_scored([cell.score for cell in known if cell.score])
        metrics = run.tasks[task_path(suite, task)].score_metrics
        texts = [_cell_text(cell, run.tasks[task_path(suite, task)], unit_of(metrics)) for cell in cells]
        rows.append((task_path(suite, task), score_title(run.tasks[task_path(suite, task)]), n, *texts))
    ranked = [cell for cell in run.cells if not run.tasks[cell.task_path].unranked]  # the others are in no average
    loud = {(cell.model, cell.suite) for cell in ranked if alarm.has_alarm(alarm.cell_alarms(cell))}
    for title, values in _aggregate_rows(run.aggregates, models, loud):
        rows.append((title, "", "", *values))
    say_table(("task", "score", "n", *models), rows, numeric=(2,))
    own = [
        task_path(suite, task)
        for suite, task, _ in tasks
        if unit_of(run.tasks[task_path(suite, task)].score_metrics) != "fraction"
    ]
    but = f", but for {', '.join(own)}: in units of their own" if own else ""
    say(f"scores x 100 with 95 % intervals{but}")


def show_profiles(profiles: Iterable[Profile]) -> None:
    """Print hardware profiles: for each task and machine its tables, then why values are missing, alarms and notes."""
    from benchwright.hardware.text import hardware_lines

    say_lines("\n".join(hardware_lines([(profile.model, profile) for profile in profiles])))


def _is_told_apart(cell: CellResult, run: Run) -> bool:
    """Whether a cell is that of a view and has no row in the table of tasks: its numbers, or why it was not run, stand below."""
    if not run.tasks[cell.task_path].view_of:
        return False
    if is_hardware_view(cell.task_path) or is_explain_view(cell.task_path):
        return True
    if cell.status in ("missing", "refused"):
        return True
    keys = {score.view_key for score in run.robustness} | {score.view_key for score in run.bias}
    return cell.key in keys


def show_robustness(run: Run) -> None:
    """Print what models lose on each view: a table for each task, then notes about its rows."""
    from benchwright.render.robustness import group_by_task

    tables = group_by_task([(score.model, score) for score in run.robustness], run.tasks)
    for table in tables:
        say()
        say(f"robustness of {table.base}: {table.metric}, {table.direction} is better")
        rows = [
            (
                f"{row.perturbation}-{row.severity}",
                f"{row.system}{alarm.ALARM if alarm.has_alarm(row.alarms) else ''}",
                row.clean.text,
                row.perturbed.line,
                row.difference.line,
                row.consistency.text,
                row.worst.text,
                " ".join(part for part in (row.variants, row.most) if part),
                row.changed,
                ", ".join(row.left_out),
            )
            for row in table.rows
        ]
        say_table(_ROBUSTNESS, rows, numeric=range(2, 9))
    say(
        "clean and perturbed: the same items as they are and changed; consistency: variants answered as their original is, right or"
    )
    say("wrong; worst case: items answered correctly as they are and in every variant")
    _say_alarms(run, run.robustness)


_ABOUT = 130
"""Columns of a sentence where the terminal does not say how wide it is."""


def show_precision(run: Run) -> None:
    """Print ways of computing one checkpoint side by side, and what ``--precision fast`` computed with."""
    from benchwright.render.variants import section_of

    named = [(one.model, one) for one in run.variants], [(one.model, one) for one in run.precisions]
    section = section_of(*named, run.tasks)
    if section is not None:
        show_precision_section(section)


def show_precision_section(section: PrecisionSection) -> None:
    """Print the tables of the section `Fast and exact`, then how to read them."""
    from benchwright.render.variants import section_lines

    for heading, heads, rows, below in section_lines(section):
        first = heads.index("x exact")
        say()
        say(heading)
        say_table(heads, rows, numeric=range(first - (heads[first - 1] != "way"), len(heads) - 1))
        for text in below:
            say_lines("\n".join(fold_line(text, room() or _ABOUT)))
    about = [section.about_variants] if section.tables else []
    for text in [*about, section.about_choices] if section.ways else about:
        say_lines("\n".join(fold_line(text, room() or _ABOUT)))


def _say_alarms(run: Run, scores: Iterable[RobustnessScore | IdentityScore | GroupGap]) -> None:
    """Print alarms and notes about rows of views that are not told of the run already."""
    told = [one for score in scores for one in alarm.place_alarms(score.model, score.task_path, score.alarms)]
    known = {(one.system, part) for one in alarm.run_alarms(run) for part in (one.code, one.sentence)}
    for line in alarm.lines(one for one in told if (one.system, _cause(one)) not in known):
        say(line)


def show_swaps(run: Run) -> None:
    """Print what models do under identity swaps: a table for each task, then notes about its rows."""
    from benchwright.render.identity import HOW_TO_READ, swaps_by_task, without_few

    for table in swaps_by_task([(score.model, score) for score in run.bias], run.tasks):
        say()
        say(f"identity swaps in {table.base}: words of one group of people in place of those of another")
        rows = [
            (
                row.dimension,
                f"{row.system}{alarm.ALARM if alarm.has_alarm(row.alarms) else ''}",
                row.holding,
                row.flip_rate.line,
                row.verdict,
                row.highest.line,
                row.largest_shift,
            )
            for row in table.rows
        ]
        heads = (
            "dimension",
            "model",
            "items with a term",
            "flip rate",
            f"verdict at {table.limit}",
            "highest by group",
            "largest shift",
        )
        say_table(heads, rows, numeric=(3,))
    for line in HOW_TO_READ:
        say(line)
    _say_alarms(run, [without_few(score) for score in run.bias])


def show_gaps(run: Run, gaps: Sequence[GroupGap]) -> None:
    """Print gaps between groups of people: a table for each task and slice, then notes about its rows."""
    from benchwright.render.gaps import HOW_TO_READ, gaps_by_slice

    for table in gaps_by_slice([(gap.model, gap) for gap in gaps], run.tasks):
        say()
        say(f"gaps between groups of {table.slice} in {table.base}; items: {table.sizes}")
        rows = [
            (
                row.metric,
                f"{row.system}{alarm.ALARM if alarm.has_alarm(row.alarms) else ''}",
                row.gap.line,
                row.verdict,
                row.values,
                row.ratio.line,
            )
            for row in table.rows
        ]
        say_table(("metric", "model", "gap", "verdict", "by group", "smallest / largest"), rows, numeric=(2,))
    for line in HOW_TO_READ:
        say(line)
    _say_alarms(run, gaps)


def _cause(one: PlacedAlarm) -> str:
    """What makes two alarms about a system one: that it is a constant baseline, else what they say."""
    return one.code if one.code == alarm.CONSTANT else one.sentence


_ROBUSTNESS = (
    "perturbation",
    "model",
    "clean",
    "perturbed",
    "difference",
    "consistency",
    "worst case",
    "variants",
    "items changed",
    "left out",
)


def _count_scored(scores: Sequence[Score]) -> str:
    """Sample size of the scores of a row; minimum and maximum if unanswered items make a difference."""
    if not scores:
        return ""
    numbers = [score.n for score in scores]
    most = count(max(numbers), scores[0].unit or "example")
    return most if min(numbers) == max(numbers) else f"{min(numbers):,} to {most}"


def remarks(run: Run) -> list[str]:
    """Alarms, failures, notes and missing tasks of a run, one line for each cause; what a note about a view says stands beside its
    numbers.
    """
    views = {score.task_path for score in run.robustness} | {score.task_path for score in run.bias}
    views |= {profile.task_path for profile in run.profiles}
    told = alarm.lines(one for one in alarm.run_alarms(run) if alarm.goes_along(one) or one.path not in views)
    lines = [line for line in told if line.startswith(alarm.ALARM)]
    for cell in run.cells:
        place = f"{cell.model} on {cell.suite}/{cell.task}"
        if cell.status == "failed":
            lines.append(f"FAILED   {place}: {cell.reason}")
    if unfinished := sum(cell.status == "unfinished" for cell in run.cells):
        named = f" with --name {run.name}" if run.token else ""
        lines.append(
            f"unfinished: {unfinished} of {len(run.cells)} results are still to come; run the same command again{named}"
        )
    lines += [line for line in told if line.startswith(alarm.NOTE)]
    absent: dict[str, list[str]] = {}
    for cell in run.cells:
        if cell.status in ("missing", "refused"):
            absent.setdefault(f"{cell.task_path}: {cell.reason}", []).append(cell.model)
    lines += [f"not run  {what} ({', '.join(models)})" for what, models in absent.items()]
    for score in run.aggregates:
        if score.value is None:
            why = f"missing {', '.join(score.missing)}" if score.missing else score.reason
            lines.append(f"no average {score.name} for {score.model}: {why}")
    return list(dict.fromkeys(lines))


def _cell_text(cell: CellResult | None, task: Task, unit: Unit) -> str:
    if cell is None:
        return ""
    if cell.status != "scored" or cell.score is None:
        return "FAILED" if cell.status == "failed" else cell.status
    score = cell.score
    if score.value is None:
        return "no labels" if alarm.is_unlabelled(cell) else "undefined"
    text = formatting.estimate(score, unit)
    errors = f" ({score.errored} errored)" if score.errored else ""
    return text + errors + (f" {told}" if (told := alarm.alarm_mark(alarms_beside(cell, task))) else "")


def _aggregate_rows(
    scores: Sequence[AggregateScore], models: Sequence[str], loud: Collection[tuple[str, str]]
) -> list[tuple[str, list[str]]]:
    """Averages by model; one over a task with an alarm (``loud``: model and suite) is marked as the task is."""
    rows = []
    for mean in dict.fromkeys((score.suite, score.name, score.title) for score in scores):
        by_model = {score.model: score for score in scores if (score.suite, score.name, score.title) == mean}
        marks = [f" {alarm.ALARM}" if (model, mean[0]) in loud else "" for model in models]
        values = [_aggregate_text(by_model.get(model), mark) for model, mark in zip(models, marks, strict=True)]
        rows.append((f"{mean[2] or mean[0]}: {mean[1]}", values))
    return rows


def _aggregate_text(score: AggregateScore | None, mark: str) -> str:
    if score is None or score.value is None:
        return "no average"
    return f"{formatting.value(score.value)} {formatting.interval(score.low, score.high)}".rstrip() + mark
