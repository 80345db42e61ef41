"""`benchwright select`: which of several stored models to take."""

from __future__ import annotations

from typing import Any

import click

from benchwright.cli.options import results, split_commas


@click.command("select", short_help="Choose among stored models: rules, objective, chances.")
@click.argument("runs", nargs=-1, required=True, metavar="RUN[:MODEL]...")
@click.option(
    "--require",
    multiple=True,
    metavar="RULE",
    help="A rule to keep: 'accuracy >= best - 0.01', 'latency_p90 <= 50 ms'. Repeatable.",
)
@click.option("--maximize", multiple=True, metavar="METRIC", help="What should be high; the first decides [score].")
@click.option("--minimize", multiple=True, metavar="METRIC", help="What should be low: size_bytes, latency_p90, cost.")
@click.option("--weights", metavar="M=W,...", help="Weigh objectives: 'score=0.7,size_bytes=0.3'.")
@click.option("--task", "tasks", multiple=True, metavar="SUITE[/TASK]", help="Only these tasks. Repeatable.")
@click.option("--parent", metavar="RUN:MODEL", help="Tell what is kept and saved beside this model.")
@click.option("--ignore-unmeasured", is_flag=True, help="Leave out rules about what is not measured.")
@results
def command(runs: tuple[str, ...], **options: Any) -> int:
    """Choose among the models of RUN: those that keep every rule, then the best of them, then how sure that is.

    Exit code 0: a model is feasible. 1: none is. 2: a rule or a name is wrong. 3: not comparable, or a rule needs what is
    not measured.
    """
    from benchwright.selection.select import select

    found = select(
        runs,
        require=options["require"],
        maximize=options["maximize"] or None,
        minimize=options["minimize"],
        weights=options["weights"],
        tasks=split_commas(options["tasks"]),
        parent=options["parent"],
        ignore_unmeasured=options["ignore_unmeasured"],
        store=options["store"],
    )
    _show(found, options)
    return found.exit_code


def _show(found: Any, options: dict[str, Any]) -> None:
    from benchwright import console
    from benchwright.selection import text

    if options["form"] == "json":
        console.say_json(found)
        return
    for line in text.head(found):
        console.say(line)
    console.say_table(*text.candidate_table(found))
    if found.retained:
        console.say_table(*text.retention_table(found))
    for line in text.foot(found):
        console.say(line)
