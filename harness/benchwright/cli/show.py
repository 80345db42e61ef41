"""`benchwright show`: a stored run, read again."""

from __future__ import annotations

from typing import Any

import click

from benchwright.cli.explained import show_explained
from benchwright.cli.options import results
from benchwright.cli.slice_names import OF_TESTS, no_slice, untold_slices
from benchwright.errors import BenchwrightError, ConfigError


@click.command("show", short_help="Show a stored run.")
@click.argument("run", metavar="RUN[:MODEL]")
@click.option("--task", "task", metavar="SUITE/TASK", help="Every metric of one task; of behavioural tests every test.")
@click.option(
    "--worst",
    type=click.IntRange(min=1),
    metavar="N",
    help="The N worst examples of each model; of tests failing cases, of identity swaps flipped items.",
)
@click.option("--slice", "slice_", metavar="NAME=VALUE", help="Scores of one slice.")
@click.option("--gaps", "gaps", metavar="SLICE", help="Gaps between the groups of a slice: rates, scores, areas.")
@click.option(
    "--explain",
    "explain",
    is_flag=False,
    flag_value="",
    metavar="[N | ID]",
    help="Explained items: all measures, then N items or that one, of all models together [3].",
)
@click.option("--method", metavar="NAME", help="With --explain: this method alone.")
@results
def command(run: str, **options: Any) -> int:
    """Show the table of RUN, or one task of it, its worst examples, a slice, or explained items.

    Behavioural tests have a matrix of capabilities by types; their worst examples are failing cases, with what changed marked as
    [-removed-] and {+inserted+}. So are the items that are answered otherwise under identity swaps.
    """
    from benchwright import console
    from benchwright.reporting import read_part
    from benchwright.store import Store, locate

    store = Store(locate(options["store"]))
    stored = read_part(store, run)
    if options["explain"] is not None or options["method"] or _means_explanations(stored, options["task"]):
        return show_explained(stored, store, options)
    cells = _chosen(stored, options["task"])
    tests = [cell for cell in cells if cell.task_path in stored.tasks and stored.tasks[cell.task_path].behaviour]
    if options["gaps"]:
        return _show_gaps(stored, store, options)
    if options["worst"] and options["slice_"]:
        _check_slice(options["slice_"], cells, store)
    if options["form"] == "json":
        console.say_json(_as_json(stored, cells, store, options))
    elif options["worst"]:
        swaps = _views_of_swaps(cells, options["slice_"])
        ordinary = [cell for cell in cells if cell not in tests and cell.task_path not in swaps]
        _show_worst(ordinary, store, options["worst"], options["slice_"])
        _show_failing(stored, tests, store, options)
        _show_flips(stored, cells, swaps, store, options)
    elif options["task"] or options["slice_"]:
        measured = [cell for cell in cells if cell.status == "measured"]
        if len(measured) < len(cells):
            judged = [cell for cell in cells if cell not in measured]
            _show_metrics(judged, options["slice_"], stored.tasks)
        _show_whole_profiles(stored, measured, store)
    else:
        console.show_run(stored)
        if stored.explanations:
            console.say(f"explained items: benchwright show {run} --explain")
    if tests and not options["worst"] and not options["slice_"] and options["form"] != "json":
        _show_rates(stored, tests, store, all_tests=options["task"] is not None)
    return 0


def _means_explanations(run: Any, task: str | None) -> bool:
    """Whether a task was named that is an explanation, and there is one: it has no scores of its own."""
    from benchwright.task_path import is_explain_view

    named = [cell for cell in run.cells if task is not None and is_explain_view(cell.task_path)]
    return any(cell.task_path == task and cell.status == "explained" for cell in named)


def _show_whole_profiles(run: Any, cells: list[Any], store: Any) -> None:
    """Everything about each hardware profile: the distribution of its times, raw samples by count, settings, the machine."""
    from benchwright import console
    from benchwright.hardware.whole_text import whole_lines

    places = {(cell.model, cell.task_path) for cell in cells}
    chosen = [profile for profile in run.profiles if (profile.model, profile.task_path) in places]
    for at, profile in enumerate(chosen):
        if at:
            console.say()
        console.say_lines("\n".join(whole_lines(profile, store)))


def _show_gaps(run: Any, store: Any, options: dict[str, Any]) -> int:
    """Gaps between the groups of any slice, computed now."""
    import msgspec

    from benchwright import console
    from benchwright.bias.on_demand import find_gaps

    found = find_gaps(run, store, options["gaps"], task=options["task"])
    if options["form"] == "json":
        console.say_json({"schema": run.schema, "run": run.name, "gaps": [msgspec.to_builtins(gap) for gap in found]})
    else:
        console.show_gaps(run, found)
    return 0


def _show_rates(run: Any, tests: list[Any], store: Any, *, all_tests: bool) -> None:
    from benchwright import console
    from benchwright.behaviour_report.read import judge_by_task
    from benchwright.behaviour_report.text import rate_lines

    for cells in judge_by_task(run, tests, store.read_records):
        console.say()
        console.say_lines("\n".join(rate_lines(cells, all_tests=all_tests)))


def _show_failing(run: Any, tests: list[Any], store: Any, options: dict[str, Any]) -> None:
    if not tests:
        return
    from benchwright import console
    from benchwright.behaviour_report.read import judge_by_task
    from benchwright.behaviour_report.text import worst_lines

    for cells in judge_by_task(run, tests, store.read_records_with_inputs):
        for line in worst_lines(cells, options["worst"], options["slice_"]):
            console.say_pieces(line)


def _views_of_swaps(cells: list[Any], slice: str | None) -> list[str]:
    """The identity views among tasks, whose worst items are those that flip; none where another slice is asked for."""
    from benchwright.task_path import is_identity_view

    if slice is not None and (not slice.startswith("identity=") or "&" in slice):
        return []
    return list(dict.fromkeys(cell.task_path for cell in cells if is_identity_view(cell.task_path)))


def _show_flips(run: Any, cells: list[Any], paths: list[str], store: Any, options: dict[str, Any]) -> None:
    if not paths:
        return
    import msgspec

    from benchwright import console
    from benchwright.bias.flip_views import flip_lines

    models = {cell.model for cell in cells}
    part = msgspec.structs.replace(run, bias=tuple(one for one in run.bias if one.model in models))
    dimension = (options["slice_"] or "").partition("=")[2]
    for line in flip_lines(part, paths, store.read_records_with_inputs, most=options["worst"], dimension=dimension):
        console.say_pieces(line)


def _chosen(run: Any, task: str | None) -> list[Any]:
    if task is None:
        return list(run.cells)
    cells = [cell for cell in run.cells if task in (cell.task, cell.task_path)]
    if not cells:
        known = dict.fromkeys(cell.task_path for cell in run.cells)
        raise ConfigError(
            [
                BenchwrightError(
                    f"no task {task!r} in {run.name}",
                    expected=f"one of: {', '.join(known)}",
                    hint=f"benchwright show {run.name}",
                )
            ]
        )
    return cells


def _check_slice(slice: str, cells: list[Any], store: Any) -> None:
    """Refuse a slice of which no cell has a record: nothing fails in what is not there."""
    from benchwright.slicing import is_in, label_of

    for cell in cells:
        if cell.key is None or cell.status != "scored":
            continue
        task = store.read_cell(cell.key).task
        if label_of(slice, task) in task.label_names:
            return
        if any(is_in(record, task, slice) for record in store.read_records(cell.key)):
            return
    raise no_slice(slice, cells)


def _show_metrics(cells: list[Any], slice: str | None, tasks: dict[str, Any]) -> None:
    from benchwright import alarm, console, unranked
    from benchwright.formatting import estimate
    from benchwright.items import counted
    from benchwright.quantities import metric_title, unit_of

    rows = []
    for cell in cells:
        of_tests = OF_TESTS if cell.task_path in tasks and tasks[cell.task_path].behaviour else ()
        for score in cell.scores:
            further = slice is None and len(cells) == 1 and not (score.slice or "").startswith(of_tests)
            if score.slice == slice or further:
                told = alarm.score_alarms(cell, score)
                said = [one.sentence for one in score.alarms if one.severity == "note"]
                if score.slice is not None and unranked.is_grey(tasks.get(cell.task_path), score.n):
                    said.append(f"fewer than {unranked.FEWEST}")
                remarks = "; ".join(said)
                text = estimate(score, unit_of([score.metric]))
                text += f" {alarm.ALARM}" if alarm.has_alarm(told) else ""
                place = cell.task_path
                title = metric_title(score.metric, tasks.get(place), score.slice)
                rows.append(
                    (cell.model, place, title, score.slice or "all", text, counted(score), score.method, remarks)
                )
    if slice is not None and not rows:
        raise no_slice(slice, cells)
    console.say_table(("model", "task", "metric", "slice", "value", "n", "interval", "remarks"), rows, numeric=(5,))
    for line in alarm.lines(one for cell in cells for one in alarm.system_alarms(cell.model, cell)):
        console.say(line)
    for line in untold_slices(cells, tasks) if slice is None else ():
        console.say(line)
    for cell in cells:
        if cell.status != "scored":
            console.say(f"{cell.model} on {cell.suite}/{cell.task}: {cell.status}, {cell.reason}")


def _show_worst(cells: list[Any], store: Any, number: int, slice: str | None) -> None:
    from benchwright import console
    from benchwright.formatting import clip
    from benchwright.items import call
    from benchwright.render import examples

    for cell in cells:
        if cell.key is None or cell.status != "scored":
            continue
        console.say(f"{cell.model} on {cell.suite}/{cell.task}")
        rows: list[tuple[str, ...]] = []
        task = store.read_cell(cell.key).task
        for bad in _worst(store, cell, number, slice):
            record = bad.record
            text = examples.inputs(record, 160)
            said = f"error: {record.error}" if record.error else examples.given(task, record)
            sure = "" if bad.confidence is None else f"{bad.confidence:.3f}"
            rows.append((call(record), clip(examples.gold(task, record), 160), clip(said, 160), sure, text))
        if not rows:
            console.say("  no wrong or errored example" + (f" in the slice {slice}" if slice else ""))
            continue
        head: tuple[str, ...] = ("example", "gold", "answer", "confidence", "input")
        if not any(row[3] for row in rows):
            head, rows = (*head[:3], head[4]), [(*row[:3], row[4]) for row in rows]
        console.say_table(head, rows)


def _worst(store: Any, cell: Any, number: int, slice: str | None) -> tuple[Any, ...]:
    from benchwright.render.examples import find_worst
    from benchwright.slicing import is_in

    task = store.read_cell(cell.key).task
    records = store.read_records_with_inputs(cell.key)
    if slice is not None:
        records = [record for record in records if is_in(record, task, slice)]
    return find_worst(task, records, limit=number)


def _worst_records(run: Any, store: Any, cell: Any, number: int, slice: str | None) -> list[Any]:
    """Records of the worst examples; of behavioural tests, all examples of the failing cases; of identity views, the variants that flip
    of the first items of each dimension.
    """
    if _views_of_swaps([cell], slice):
        from benchwright.bias.flip_views import flipped_records

        dimension = (slice or "").partition("=")[2]
        asked = [one for one in run.bias if one.view_key == cell.key and dimension in ("", one.dimension)]
        read = store.read_records_with_inputs
        return [
            record for one in asked for record in flipped_records(one, run.tasks[cell.task_path], read, most=number)
        ]
    if not run.tasks[cell.task_path].behaviour:
        return [bad.record for bad in _worst(store, cell, number, slice)]
    from benchwright.behaviour_report.read import judge_by_task

    ((judged,),) = judge_by_task(run, [cell], store.read_records_with_inputs)
    return [record for case in judged.failing(slice)[:number] for record, _ in judged.examples_of(case)]


def _as_json(run: Any, cells: list[Any], store: Any, options: dict[str, Any]) -> dict[str, Any]:
    import msgspec

    from benchwright.run_json import result_json

    places = {(cell.model, cell.task_path) for cell in cells}
    views = tuple(score for score in run.robustness if (score.model, score.task_path) in places)
    swaps = tuple(score for score in run.bias if (score.model, score.task_path) in places)
    gaps = tuple(gap for gap in run.gaps if (gap.model, gap.task_path) in places)
    profiles = tuple(one for one in run.profiles if (one.model, one.task_path) in places)
    ways = {
        "precisions": tuple(one for one in run.precisions if (one.model, one.task_path) in places),
        "variants": tuple(one for one in run.variants if (one.model, one.task_path) in places),
    }
    part = msgspec.structs.replace(
        run, cells=tuple(cells), robustness=views, bias=swaps, gaps=gaps, profiles=profiles, **ways
    )
    value = result_json(part)
    if any(task.behaviour for task in run.tasks.values()):
        from benchwright.behaviour_report.read import add_behaviour

        add_behaviour(value, part, store.read_records)
    if options["worst"]:
        value["worst"] = [
            {
                "model": c.model,
                "suite": c.suite,
                "task": c.task,
                "records": [
                    msgspec.to_builtins(record)
                    for record in _worst_records(run, store, c, options["worst"], options["slice_"])
                ],
            }
            for c in cells
            if c.status == "scored"
        ]
    if options["slice_"]:
        for result in value["results"]:
            result["slices"] = [row for row in result["slices"] if row["slice"] == options["slice_"]]
    return value
