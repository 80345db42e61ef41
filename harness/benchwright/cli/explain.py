"""`benchwright explain`: which words an answer rests on, by several methods, and whether that is more than chance."""

from __future__ import annotations

from typing import Any

import click

from benchwright.cli.options import results, split_commas

_OPTIONS = ("evaluations", "removal", "scale", "seeds", "steps", "examples", "ids", "flips", "faithfulness")


@click.command("explain", short_help="Attribute a model's answers to words, and say whether that is more than chance.")
@click.argument("models", nargs=-1, required=True, metavar="MODEL... | CONFIG.toml")
@click.option(
    "--suite",
    "suites",
    multiple=True,
    metavar="SUITE[/TASK]",
    help="Tasks whose answers are explained; repeat it or use commas.",
)
@click.option(
    "--method",
    "methods",
    multiple=True,
    metavar="NAME",
    help="shap, lime, leave_one_out, integrated_gradients or random; repeat it or use commas [shap].",
)
@click.option("--examples", metavar="N", help="So many items of each task, drawn by their ids [50].")
@click.option("--ids", metavar="ID,ID", help="Only these items: ids or row numbers.")
@click.option("--wrong", is_flag=True, help="Only items that the model answers wrongly.")
@click.option("--flips", metavar="A,B", help="Only items that exactly one of two of the models answers rightly.")
@click.option(
    "--evaluations",
    metavar="N",
    help="Most variants of an item that a method asks the model about [shap 500, lime 1,000].",
)
@click.option(
    "--removal", metavar="HOW", help="How words are taken away: delete or mask [delete; mask for tags and answers]."
)
@click.option(
    "--scale",
    metavar="WHAT",
    help="What is explained: probability, logit, or agreement (whether the answer stays) [probability; logit for answers].",
)
@click.option("--seeds", metavar="N", help="How often a method that draws is run: tells its stability [1].")
@click.option("--steps", metavar="N", help="Points of integrated gradients on the way from the baseline [50].")
@click.option(
    "--faithfulness",
    metavar="yes|no",
    help="no: do not hold values against random ones, which asks for more variants [yes].",
)
@click.option(
    "--show",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    metavar="N",
    help="So many explained items of each task are printed.",
)
@click.option("--split", metavar="S", help="Split of the tasks [each task's default].")
@click.option("--data", metavar="DIR", help="Folder of benchmark files; without it the hub is asked.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N rows of each split.")
@click.option("--name", metavar="RUN", help="Name of the run [made from models, tasks and data].")
@click.option("--device", type=click.Choice(["cpu", "cuda"]), help="Where models run [cpu].")
@click.option("--precision", type=click.Choice(["exact", "fast"]), help="exact repeats bit for bit [exact].")
@click.option("--seed", type=int, metavar="N", help="Seed of what is drawn [0].")
@click.option("--offline", is_flag=True, default=None, help="Never touch the network.")
@click.option("--errors", type=click.IntRange(min=0), metavar="N", help="Examples of a task that may fail [0].")
@click.option("--rerun", type=click.Choice(["missing", "always", "never"]), default="missing", show_default=True)
@click.option("--dry-run", is_flag=True, help="Show what would be explained and stop.")
@results
def command(models: tuple[str, ...], **options: Any) -> int:
    """Explain the answers of MODELs to items of the tasks of --suite: how much each word counts, and whether that is more than chance.

    Each word gets a value: above 0 it raises the probability of the model's answer, below 0 it lowers it. Every method is held against
    random values of the same words. The tasks are answered first, or taken from the store; the same command again goes on where it was
    interrupted. `benchwright show RUN --explain` shows more items without a model.
    """
    from benchwright import console
    from benchwright.cli.explained import explained_json
    from benchwright.cli.run import exit_code, going_on, show_plan, stop_cleanly
    from benchwright.progress import progress as progress_of
    from benchwright.run import perform, prepare
    from benchwright.store import Store, locate

    spec, name = _spec(models, options)
    stop_cleanly()
    job = prepare(spec, Store(locate(options["store"])), name=options["name"] or name, rerun=options["rerun"])
    if options["dry_run"]:
        return show_plan(job.plan.cells, options["form"])
    if options["form"] == "text" and not options["quiet"]:
        console.show_plan(job.plan.cells)
        console.say()
    with going_on(job), progress_of(quiet=options["quiet"]) as progress:
        run = perform(job, progress=progress)
    if options["form"] == "json":
        console.say_json(explained_json(run, job.store))
    else:
        console.show_run(run)
        _show_items(run, job.store, options["show"])
    return exit_code(run)


def _show_items(run: Any, store: Any, most: int) -> None:
    """Print the first explained items of each task, and where more is."""
    from benchwright import console
    from benchwright.cli.explained import worth_showing
    from benchwright.explanations.stored import group_items

    tasks = list(dict.fromkeys(one.base for one in run.explanations))
    if most and tasks:
        shown = worth_showing(run.explanations)
        console.say()
        console.show_heat_maps(
            item for base in tasks for item in group_items(store, [one for one in shown if one.base == base], most=most)
        )
    console.say()
    console.say(f"run {run.name} in {store.root}")
    if tasks:
        console.say(
            f"more: benchwright show {run.name} --task {tasks[0]} --explain, or benchwright report {run.name} -o report.html"
        )


def _spec(models: tuple[str, ...], options: dict[str, Any]) -> Any:
    """The specification of flags, or of a run file whose tasks are explained, with flags on top; and the name in the file."""
    import msgspec

    from benchwright import config
    from benchwright.cli.run import run_spec
    from benchwright.explain_run import explain_selectors, refuse_views

    typed = config.split_selectors(options["suites"])
    spec, name = run_spec(models, {**options, "suites": typed, "on": ()}, verb="explain")
    tasks = tuple(dict.fromkeys(typed or (*spec.suites, *spec.on)))
    refuse_views(tasks)
    asked = {one: options[one] for one in _OPTIONS if options[one] is not None} | (
        {"wrong": "yes"} if options["wrong"] else {}
    )
    return msgspec.structs.replace(
        spec, suites=explain_selectors(split_commas(options["methods"]), asked), on=tasks
    ), name
