"""`benchwright run`: models on suites."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import KEPT, results

_FIELDS = ("split", "data", "limit", "executor", "device", "precision", "seed", "errors", "offline", "unlabelled")
"""Fields of a specification that have a flag of the same name and take its value as it is."""
_EXAMPLES = {"run": "starter", "profile": "starter/sentiment", "explain": "starter/sentiment"}


def _print_schema(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    if wanted:
        from benchwright import config, console

        console.say_json(config.run_file_schema())
        ctx.exit()


@click.command("run", short_help="Run models on benchmark suites and store the results.")
@click.argument("models", nargs=-1, required=True, metavar="MODEL... | CONFIG.toml")
@click.option(
    "--suite",
    "suites",
    multiple=True,
    metavar="SUITE[/TASK[?KEY=VALUE&...]]",
    help="What to run; repeat it or use commas.",
)
@click.option(
    "--on", multiple=True, metavar="TASK", help="The tasks that a suite of views (robustness, bias) is made from."
)
@click.option("--split", metavar="S", help="Split to evaluate [each task's default].")
@click.option("--data", metavar="DIR", help="Folder of benchmark files; without it the hub is asked.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N rows of each split.")
@click.option("--name", metavar="RUN", help="Name of the run [made from models, suites and data].")
@click.option("--executor", type=click.Choice(["local"]), help="Where cells run [local].")
@click.option("--device", type=click.Choice(["cpu", "cuda"]), help="Where models run [cpu].")
@click.option(
    "--precision",
    type=click.Choice(["exact", "fast"]),
    help="exact repeats bit for bit; fast takes the fastest way whose answers agree [exact].",
)
@click.option(
    "--token-budget",
    metavar="N|auto",
    help="Most tokens to a forward pass, of models that read tokens; auto, in fast alone: the fastest size.",
)
@click.option("--seed", type=int, metavar="N", help="Seed of everything random [0].")
@click.option("--errors", type=click.IntRange(min=0), metavar="N", help="Examples of a task that may fail [0].")
@click.option(
    "--shard",
    type=click.IntRange(min=1),
    metavar="N",
    help="Examples per finished piece of work [1024; 65536 of answers that are there already].",
)
@click.option("--rerun", type=click.Choice(["missing", "always", "never"]), default="missing", show_default=True)
@click.option("--unlabelled", is_flag=True, default=None, help="Predict splits without gold labels too; see `submit`.")
@click.option("--offline", is_flag=True, default=None, help="Never touch the network.")
@click.option("--dry-run", is_flag=True, help="Show the plan and stop.")
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_schema,
    help="JSON Schema of a run file.",
)
@results
def command(models: tuple[str, ...], **options: Any) -> int:
    """Run MODELs, written [name=]adapter:path[@revision][?key=value&...], on the tasks of --suite.

    A bare checkpoint folder or hub id is opened with transformers. The same command again takes everything from the
    store. `benchwright run CONFIG.toml` reads the same from a file; flags override it.
    """
    from benchwright import console
    from benchwright.progress import progress as progress_of
    from benchwright.run import perform, prepare
    from benchwright.store import Store, locate

    spec, name = run_spec(models, options)
    stop_cleanly()
    job = prepare(spec, Store(locate(options["store"])), name=options["name"] or name, rerun=options["rerun"])
    if options["dry_run"]:
        return show_plan(job.plan.cells, options["form"])
    if not options["quiet"] and options["form"] == "text":
        console.show_plan(job.plan.cells)
        console.say()
    with going_on(job), progress_of(quiet=options["quiet"]) as progress:
        run = perform(job, progress=progress, shard=options["shard"])
    if options["form"] == "json":
        console.say_json(_as_json(run, job.store))
    else:
        console.show_run(run)
        console.say(f"run {run.name} in {job.store.root}")
        if run.explanations:
            console.say(f"explained items: benchwright show {run.name} --explain")
    return exit_code(run)


def exit_code(run: Any) -> int:
    """1 where a cell failed or is unfinished, or where explanations were asked for and no item has one."""
    lost = any(one.failed and not one.items for one in run.explanations)
    return 1 if lost or any(cell.status in {"failed", "unfinished"} for cell in run.cells) else 0


@contextmanager
def going_on(job: Any) -> Iterator[None]:
    """Let an interrupt say under which name the run goes on, where what it measured is of this run alone."""
    from benchwright.run_names import is_of_one_run

    try:
        yield
    except KeyboardInterrupt:
        if any(map(is_of_one_run, job.plan.cells)):
            raise KeyboardInterrupt(f"{KEPT}; run the same command with --name {job.name} to continue") from None
        raise


def _as_json(run: Any, store: Any) -> dict[str, Any]:
    from benchwright.run_json import result_json

    value = result_json(run)
    if any(task.behaviour for task in run.tasks.values()):
        from benchwright.behaviour_report.read import add_behaviour

        add_behaviour(value, run, store.read_records)
    return value


def run_spec(models: tuple[str, ...], options: dict[str, Any], *, verb: str = "run") -> Any:
    """The specification of flags, or of a run file with flags on top; and the name in the file.

    Raises:
        UsageError: No suite is named.
        ConfigError: A model or the file is wrong.
    """
    import msgspec

    from benchwright import config, registry
    from benchwright.types import RunSpec

    adapters = registry.names("adapters")
    flags: dict[str, Any] = {field: options[field] for field in _FIELDS if options.get(field) is not None}
    if options["suites"]:
        flags["suites"] = config.split_selectors(options["suites"])
    if options["on"]:
        flags["on"] = config.split_selectors(options["on"])
    if len(models) == 1 and models[0].endswith(".toml"):
        spec, name = config.read_run_file(Path(models[0]), adapters)
        return msgspec.structs.replace(_with_budget(spec, options), **flags), name
    if "suites" not in flags:
        raise click.UsageError(f"--suite is missing: say what to {verb}, for example --suite {_EXAMPLES[verb]}")
    return _with_budget(RunSpec(models=config.parse_models(models, adapters), **flags), options), None


def _with_budget(spec: Any, options: dict[str, Any]) -> Any:
    """The specification with ``--token-budget`` as an option of each model whose adapter knows it and that states none itself."""
    budget = options.get("token_budget")
    if budget is None:
        return spec
    import msgspec

    from benchwright import registry
    from benchwright.precision.token_budget import OPTION
    from benchwright.spec_checks import refuse_unused_budget

    read = [OPTION in registry.get("adapters", model.adapter).options for model in spec.models]
    refuse_unused_budget(budget, is_read=any(read))
    given = [
        msgspec.structs.replace(model, options={OPTION: budget, **model.options}) if takes else model
        for model, takes in zip(spec.models, read, strict=True)
    ]
    return msgspec.structs.replace(spec, models=tuple(given))


def show_plan(cells: Any, form: str) -> int:
    """Print the plan and return the exit code of a dry run."""
    from benchwright import console

    if form == "json":
        rows = [
            {
                "model": c.model.name,
                "task": c.task_path,
                "split": c.split,
                "n": None if c.is_explanation else len(c.examples),  # how many of them, says the reason
                "status": c.status,
                "reason": c.reason,
                "key": c.id,
            }
            for c in cells
        ]
        console.say_json({"plan": rows})
    else:
        console.show_plan(cells)
    return 0


def stop_cleanly() -> None:
    """SIGTERM ends a run as Ctrl-C does: shards finished so far are kept, the model is closed."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
