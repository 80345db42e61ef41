"""`benchwright profile`: times, memory and energy of models on this machine."""

from __future__ import annotations

from typing import Any

import click

from benchwright.cli.options import results

_SCENARIOS = ("single-stream", "offline", "server")
_OPTIONS = (
    "batch",
    "lengths",
    "batches",
    "concurrency",
    "rate",
    "bound",
    "duration",
    "queries",
    "processes",
    "blocks",
    "price_per_hour",
)


class _Scenario(click.Choice[str]):
    """A scenario as it is typed: ``single-stream``, or ``single_stream`` as in the paths of views."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(value.replace("_", "-") if isinstance(value, str) else value, param, ctx)


@click.command("profile", short_help="Measure latency, throughput, memory, energy and cost of models on this machine.")
@click.argument("models", nargs=-1, required=True, metavar="MODEL... | CONFIG.toml")
@click.option(
    "--suite",
    "suites",
    multiple=True,
    metavar="SUITE[/TASK]",
    help="Tasks whose texts are the inputs; repeat it or use commas.",
)
@click.option("--on", multiple=True, metavar="TASK", help="The same, as `run --suite hardware --on TASK` has it.")
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    type=_Scenario(_SCENARIOS),
    help="How queries arrive; repeat it [single-stream and offline, unless --sweep, --concurrency or --interleave is given].",
)
@click.option("--sweep", is_flag=True, help="Batch sizes by lengths: a grid of latency and throughput.")
@click.option("--concurrency", metavar="N,N", help="So many processes at once, each with a copy of the model: 1,2,4.")
@click.option(
    "--interleave", is_flag=True, help="All models open at once, blocks in turn: the ratio of their latencies."
)
@click.option("--quick", is_flag=True, help="The short form: at least 3 s and 64 queries, in one process.")
@click.option("--official", is_flag=True, help="As MLPerf asks: at least 600 s.")
@click.option(
    "--rate", metavar="N", help="Queries a second of server [the highest that keeps --bound is searched for]."
)
@click.option("--bound", metavar="TIME", help='What the 99th percentile of server may take: "130 ms".')
@click.option("--batch", metavar="N", help="Inputs to a query of offline and interleaved [as the adapter batches; 1].")
@click.option("--batches", metavar="N,N", help="Batch sizes of --sweep: 1,8,32.")
@click.option(
    "--lengths", metavar="N,N", help="Tokens of made inputs, cut from the task's texts: 16,64,256 [texts as they are]."
)
@click.option("--duration", metavar="TIME", help='Least time of measuring: "5 s".')
@click.option("--queries", metavar="N", help="Least number of queries.")
@click.option("--processes", metavar="N", help="How often all is measured anew, each time in a fresh process.")
@click.option("--blocks", metavar="N", help="Rounds of --interleave, at least 6.")
@click.option(
    "--price-per-hour", metavar="X", help="Of this machine, in any currency: tells the cost of a million inputs."
)
@click.option("--split", metavar="S", help="Split whose texts are used [each task's default].")
@click.option("--data", metavar="DIR", help="Folder of benchmark files; without it the hub is asked.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N rows of each split.")
@click.option("--name", metavar="RUN", help="Name of the run [made from models, tasks and data].")
@click.option("--device", type=click.Choice(["cpu", "cuda"]), help="Where models run [cpu].")
@click.option("--precision", type=click.Choice(["exact", "fast"]), help="exact repeats bit for bit [exact].")
@click.option("--seed", type=int, metavar="N", help="Seed of the order of inputs and of arrivals [0].")
@click.option("--offline", is_flag=True, default=None, help="Never touch the network.")
@click.option("--rerun", type=click.Choice(["missing", "always", "never"]), default="missing", show_default=True)
@click.option("--dry-run", is_flag=True, help="Show what would be measured and stop.")
@results
def command(models: tuple[str, ...], **options: Any) -> int:
    """Measure MODELs on this machine, each in a fresh process, on the texts of the tasks of --suite.

    Latency, throughput, starts, memory, energy and cost, stored as a run and shown with what cannot be told and why. Nothing is
    scored; `run --suite hardware --on TASK` does both.
    """
    from benchwright import console
    from benchwright.cli.run import going_on, show_plan, stop_cleanly
    from benchwright.progress import progress as progress_of
    from benchwright.run import perform, prepare
    from benchwright.store import Store, locate

    spec, name = _spec(models, options)
    stop_cleanly()
    job = prepare(spec, Store(locate(options["store"])), name=options["name"] or name, rerun=options["rerun"])
    told = options["form"] == "text" and not options["quiet"]
    if options["dry_run"]:
        return show_plan(job.plan.cells, options["form"])
    if told:
        console.show_plan(job.plan.cells)
        console.say()
    with going_on(job), progress_of(quiet=options["quiet"]) as progress:
        run = perform(job, progress=progress)
    if options["form"] == "json":
        from benchwright.run_json import result_json

        console.say_json(result_json(run))
    else:
        console.show_run(run)
        console.say(f"run {run.name} in {job.store.root}")
    return 0 if all(cell.status == "measured" for cell in run.cells) else 1


def _spec(models: tuple[str, ...], options: dict[str, Any]) -> Any:
    """The specification of flags, or of a run file whose tasks are measured, with flags on top; and the name in the file."""
    import msgspec

    from benchwright import config
    from benchwright.cli.run import run_spec
    from benchwright.errors import ConfigError
    from benchwright.profile_run import FLAGS, asked_scenarios, profile_selectors, refuse_views

    typed = config.split_selectors((*options["suites"], *options["on"]))
    spec, name = run_spec(models, {**options, "suites": typed, "on": ()}, verb="profile")
    tasks = tuple(dict.fromkeys(typed or (*spec.suites, *spec.on)))
    scenarios = asked_scenarios(
        options["scenarios"],
        sweep=options["sweep"],
        concurrency=options["concurrency"] is not None,
        interleave=options["interleave"],
    )
    problems: list[Any] = []
    selectors: tuple[str, ...] = ()
    for check in (
        lambda: _preset(options),
        lambda: refuse_views(tasks),
        lambda: profile_selectors(scenarios, _asked(options), models=len(spec.models), spelling=FLAGS),
    ):
        try:
            selectors = check() or ()  # the last one says them
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems, where="profile")
    return msgspec.structs.replace(spec, suites=selectors, on=tasks), name


def _preset(options: dict[str, Any]) -> None:
    """Raise ConfigError for two of them."""
    from benchwright.errors import BenchwrightError, ConfigError

    if options["quick"] and options["official"]:
        raise ConfigError(
            [
                BenchwrightError(
                    "--quick and --official",
                    expected="one of them, or neither",
                    hint="--quick for a first look, --official for numbers by the rules of MLPerf (600 s each)",
                )
            ]
        )


def _asked(options: dict[str, Any]) -> dict[str, str]:
    found = {name: options[name] for name in _OPTIONS if options[name] is not None}
    preset = "quick" if options["quick"] else "official" if options["official"] else None
    return {**({"preset": preset} if preset else {}), **found}
