"""`benchwright list`: what there is to name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import results
from benchwright.inert import inert
from benchwright.task_path import EXPLAIN, HARDWARE, IDENTITY, has_answers, is_explain_view, is_hardware_view
from benchwright.types import Suite

_WHATS = ("suites", "tasks", "adapters", "metrics", "reports", "runs")


@click.command("list", short_help="List suites, tasks, adapters, metrics, reports or runs.")
@click.argument("what", type=click.Choice(_WHATS))
@click.argument("name", required=False, metavar="[SUITE[/TASK]]")
@click.option("--suite", metavar="SUITE", help="Only tasks of this suite.")
@click.option("--data", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="Mark tasks present in DIR.")
@results
def command(what: str, name: str | None, **options: Any) -> int:
    """List what can be named on the command line; nothing heavy is loaded.

    `list tasks SUITE` lists the tasks of one suite, `list tasks SUITE/TASK` shows the whole card of a task: every split,
    where it comes from, and the names that its files may have.
    """
    from benchwright import console

    if name is not None:
        if what != "tasks":
            raise click.UsageError(f"`list {what}` takes no name; `list tasks SUITE[/TASK]` does")
        suite, _, task = name.partition("/")
        if task:
            return _one_card(name, options)
        options["suite"] = suite
    if what == "tasks" and options["form"] == "json":
        console.say_json({"tasks": list(_cards(options))})
        return 0
    columns, rows = _LISTERS[what](options)
    if options["form"] == "json":
        console.say_json({what: [dict(zip(columns, row, strict=True)) for row in rows]})
    elif not rows:
        console.say(f"no {what} yet")
    else:
        # Not `say_table`: what an empty column is called is part of a listing's answer.
        from benchwright.tables import text_table

        console.say_lines("\n".join(text_table(columns, [[_text(cell) for cell in row] for row in rows])))
    return 0


Listing = tuple[tuple[str, ...], list[tuple[Any, ...]]]


def _text(cell: Any) -> str:
    return inert("" if cell is None else ", ".join(map(str, cell)) if isinstance(cell, list | tuple) else cell)


def _loaded(group: str) -> Iterator[tuple[str, Any]]:
    """Name and value of each plugin; a broken one is a warning, and the others are still listed."""
    from benchwright import console, registry
    from benchwright.errors import PluginError

    for name in registry.names(group):  # type: ignore[arg-type]
        try:
            yield name, registry.get(group, name)  # type: ignore[arg-type]
        except PluginError as error:
            console.note_lines(f"warning: {error}")


def _suites(options: dict[str, Any]) -> Listing:
    from benchwright import registry

    rows = []
    for name, suite in _loaded("suites"):
        rows.append(
            (
                name,
                suite.version,
                len(suite.tasks) + len(suite.includes),
                registry.entries("suites")[name].owner,
                suite.description,
            )
        )
    return ("suite", "version", "tasks", "from", "description"), rows


def _tasks(options: dict[str, Any]) -> Listing:
    from benchwright import registry
    from benchwright.cli import task_list, view_list

    if options["suite"] == EXPLAIN:
        return view_list.EXPLAIN_COLUMNS, [view_list.explain_line(card) for card in _cards(options)]
    if options["suite"] == HARDWARE:
        return view_list.HARDWARE_COLUMNS, [view_list.hardware_line(card) for card in _cards(options)]
    if options["suite"] and _is_of_perturbations(registry.get("suites", options["suite"])):
        return view_list.COLUMNS, [view_list.view_line(card) for card in _cards(options)]
    return task_list.COLUMNS, [task_list.line(card) for card in _cards(options)]


def _is_of_perturbations(suite: Suite) -> bool:
    """Whether a suite has perturbations, or scenarios of hardware profiles: it has nothing else then."""
    return bool(suite.views) and suite.views[0] != IDENTITY


def _cards(options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    from benchwright import registry
    from benchwright.cli.task_list import cards

    folder = Path(options["data"]) if options["data"] else None
    wanted = options["suite"]
    for _, suite in [(wanted, registry.get("suites", wanted))] if wanted else _loaded("suites"):
        yield from cards(suite, folder)


def _one_card(name: str, options: dict[str, Any]) -> int:
    """The whole card of `suite/task`."""
    from benchwright import console, registry
    from benchwright.cli.task_list import page
    from benchwright.cli.view_list import named_view, view_page
    from benchwright.task_path import TaskPath
    from benchwright.task_refs import named_task

    suite = registry.get("suites", name.partition("/")[0])
    if _is_of_perturbations(suite) or name.partition("/")[2].partition("@")[0] in suite.views:
        view = named_view(suite, name.partition("/")[2])
        console.say_json(view) if options["form"] == "json" else console.say_lines("\n".join(view_page(view)))
        return 0
    path = TaskPath.parse(name)
    if path.task not in suite.custom:
        named_task(suite, path.task)
    card = next(card for card in _cards({**options, "suite": suite.name}) if card["task"] == name)
    if options["form"] == "json":
        console.say_json(card)
        return 0
    for text in page(card):
        console.say(text)
    return 0


def _adapters(options: dict[str, Any]) -> Listing:
    from benchwright import registry

    rows = []
    for name, adapter in _loaded("adapters"):
        entry = registry.entries("adapters")[name]
        rows.append((name, [str(kind) for kind in adapter.kinds], list(adapter.options), entry.owner))
    return ("adapter", "kinds", "options", "from"), rows


def _metrics(options: dict[str, Any]) -> Listing:
    rows = []
    for name, metric in _loaded("metrics"):
        span = f"{metric.low:g} to {metric.high:g}"
        better = metric.direction if metric.neutral is None else f"near {metric.neutral:g}"
        rows.append((name, metric.version, better, span, metric.title))
    return ("metric", "version", "better", "range", "what"), rows


def _reports(options: dict[str, Any]) -> Listing:
    from benchwright import registry

    rows = [(name, registry.entries("reports")[name].owner) for name in registry.names("reports")]
    return ("report", "from"), rows


def _runs(options: dict[str, Any]) -> Listing:
    from benchwright.store import Store, locate

    store = Store(locate(options["store"]))
    rows = []
    for name in store.run_names():
        run = store.read_run(name)
        timed = [cell.status == "measured" for cell in run.cells if is_hardware_view(cell.task_path)]
        scored = [cell.status == "scored" for cell in run.cells if has_answers(cell.task_path)]
        explained = [cell.status == "explained" for cell in run.cells if is_explain_view(cell.task_path)]
        counts = [f"{sum(done)}/{len(done)}" if done else "" for done in (scored, timed, explained)]
        state = "complete" if run.complete else "unfinished"
        rows.append((name, run.created, *counts, state, [m.name for m in run.spec.models]))
    return ("run", "created", "scored", "measured", "explained", "state", "models"), rows


_LISTERS: dict[str, Callable[[dict[str, Any]], Listing]] = {
    "suites": _suites,
    "tasks": _tasks,
    "adapters": _adapters,
    "metrics": _metrics,
    "reports": _reports,
    "runs": _runs,
}
