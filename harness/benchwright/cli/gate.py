"""`benchwright gate`: may a model ship? Rules, a verdict, an exit code."""

from __future__ import annotations

from typing import Any

import click

from benchwright.cli.options import results

_FILES = {
    "junit": "JUnit XML",
    "markdown": "Markdown, for a pull request",
    "html": "an HTML page",
    "json": "verdict.json",
    "metrics": "OpenMetrics text",
    "badge": "an SVG badge",
}


@click.command("gate", short_help="Judge a stored model by rules: pass, fail, or not to be told.")
@click.argument("rules", metavar="RULES.toml", type=click.Path(dir_okay=False))
@click.argument("run", metavar="[RUN[:MODEL]]", required=False)
@click.option("--baseline", metavar="RUN[:MODEL]", help="Compare with this in place of [baseline] name.")
@click.option(
    "--lock", metavar="FILE", type=click.Path(dir_okay=False), help="Lock file [baselines.lock beside the rules]."
)
@click.option("--check", is_flag=True, help="Only read the rules; every mistake is told.")
@click.option("--plan", is_flag=True, help="What the rules can tell: smallest margins and power.")
@click.option("--explain", metavar="RULE", help="The arithmetic of one rule, and items that changed.")
@click.option("--strict", is_flag=True, help="Exit code 4 where something cannot be told.")
@click.option("--junit", metavar="FILE", help="Write JUnit XML.")
@click.option("--markdown", metavar="FILE", help="Write Markdown for a pull request.")
@click.option("--html", metavar="FILE", help="Write an HTML page.")
@click.option("--json", metavar="FILE", help="Write verdict.json.")
@click.option("--metrics", metavar="FILE", help="Write OpenMetrics text, for GitLab.")
@click.option("--badge", metavar="FILE", help="Write an SVG badge.")
@click.option(
    "--measure",
    is_flag=True,
    help="First measure baseline and candidate in turn, here and now, for rules of kind ratio.",
)
@click.option("--no-inputs", is_flag=True, help="Leave out texts of failing cases, and answers that may quote them.")
@click.option("--annotations", is_flag=True, help="Print annotations for GitHub Actions.")
@results
def command(rules: str, run: str | None, **options: Any) -> int:
    """Judge RUN:MODEL by the rules in RULES.toml.

    Exit code 0: passed, or told only. 1: failed. 2: the rules or the names are wrong. 3: not comparable, no baseline, or
    nothing required was evaluated. 4: cannot be told, with --strict or a rule that asks for it.
    """
    from benchwright.gating.baselines import record
    from benchwright.gating.conclude import conclude
    from benchwright.gating.evaluate import evaluate
    from benchwright.gating.explain import explain
    from benchwright.gating.gate import as_rules, find_locations, make_context

    asked = as_rules(rules)
    chosen = [f"--{name}" for name in ("check", "plan", "explain") if options[name]]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} are different questions: ask one of them")
    if options["measure"] and (options["check"] or options["plan"]):
        raise click.UsageError("--measure judges what it measures: leave --check and --plan out")
    if options["check"]:
        return _checked(asked, rules, run, options)
    if run is None:
        raise click.UsageError("name the run that is judged: benchwright gate RULES.toml RUN[:MODEL]")
    where = find_locations(rules, options["store"], options["lock"])
    context = make_context(asked, where, run, baseline=options["baseline"], inputs=not options["no_inputs"])
    if options["measure"]:
        if options["explain"]:
            explain(
                asked, context, (), options["explain"]
            )  # a name that is wrong is told now, and not in a few minutes
        context = _measured(asked, context, where.store, options)
    if options["plan"]:
        return _planned(asked, context, options)
    result = conclude(asked, context, evaluate(asked, context), strict=options["strict"])
    if not options["explain"]:
        result = record(asked, context, where, result)
    if options["explain"]:
        _explained(asked, context, result, options)
    else:
        _reported(result, options)
    _write(result, options)
    return result.exit_code


def _measured(rules: Any, context: Any, store: Any, options: dict[str, Any]) -> Any:
    """The context with sessions that were measured now; progress goes to standard error."""
    from benchwright.cli.run import stop_cleanly
    from benchwright.fresh_sessions import measure_sessions
    from benchwright.progress import progress as progress_of

    stop_cleanly()
    with progress_of(quiet=options["quiet"]) as progress:
        return measure_sessions(rules, context, store, progress=progress)


def _checked(rules: Any, file: str, run: str | None, options: dict[str, Any]) -> int:
    """Rules against installed suites, accepted baselines, and the run where one is named. Raises ConfigError."""
    import datetime as dt

    from benchwright import console
    from benchwright.comparison.systems import read_system
    from benchwright.errors import ConfigError
    from benchwright.gating.gate import find_locations
    from benchwright.gating.lock import read_lock
    from benchwright.gating.rule_checks import (
        find_task_problems,
        find_unknown_tests,
        find_warnings,
        known_tasks_before,
        tests_not_looked_up,
    )

    where = find_locations(file, options["store"], options["lock"])
    accepted = read_lock(where.lock)
    side = read_system(where.store, run) if run else None
    known = known_tasks_before(rules, accepted, side.run if side else None)
    problems = find_task_problems(rules, known) + (find_unknown_tests(rules, side) if side else [])
    if problems:
        raise ConfigError(problems, where=rules.source)
    warnings = find_warnings(rules, known, accepted, dt.datetime.now(dt.UTC).date())
    if side is None:
        warnings += tests_not_looked_up(rules)
    if options["form"] == "json":
        ids = [rule.id for rule in rules.rules]
        console.say_json({"rules": rules.source, "ids": ids, "problems": [], "remarks": warnings})
    else:
        _list(rules, warnings)
    return 0


def _list(rules: Any, warnings: list[str]) -> None:
    from benchwright import console
    from benchwright.items import count

    asked = [rule for rule in rules.rules if rule.subject is not None]
    console.say(f"{rules.source}: {count(len(asked), 'rule')} and {count(len(rules.waivers), 'waiver')}, no mistake")
    for rule in asked:
        place = ", ".join(rule.subject.tasks) or "every task"
        console.say(f"  {rule.id}: {rule.kind} of {rule.subject.metric} on {place}")
    for warning in warnings:
        console.say(f"  ! {warning}")


def _planned(rules: Any, context: Any, options: dict[str, Any]) -> int:
    from benchwright import console
    from benchwright.gating.power import PLAN_COLUMNS, plan, plan_rows, refuse_impossible
    from benchwright.gating.rule_checks import known_tasks_on, refuse_out_of_range

    refuse_out_of_range(rules, known_tasks_on(context))
    estimates = plan(rules, context)
    if options["form"] == "json":
        console.say_json({"outlooks": estimates})
    else:
        console.say_table(PLAN_COLUMNS, plan_rows(estimates), numeric=(3, 4, 5, 6, 7, 8, 9))
        console.say("power: chance that equal models, disagreeing as often as these two, pass the margin")
        told = {one.rule for one in estimates}
        if left := [
            f"{rule.id} ({rule.kind})" for rule in rules.rules if rule.id not in told and rule.kind != "coverage"
        ]:
            console.say(f"not planned, for what it can show depends on the values: {', '.join(left)}")
    refuse_impossible(estimates, where=rules.source)
    return 0


def _explained(rules: Any, context: Any, result: Any, options: dict[str, Any]) -> None:
    from benchwright import alarm, console
    from benchwright.gating.explain import explain

    lines = (*alarm.lines(result.alarms), *explain(rules, context, result.findings, options["explain"]))
    if options["form"] == "json":
        console.say_json({"rule": options["explain"], "lines": lines})
    else:
        for line in lines:
            console.say(line)


def _reported(result: Any, options: dict[str, Any]) -> None:
    from benchwright import console

    if options["form"] == "json":
        console.say_json(result)
        return
    for line in result.lines(quiet=options["quiet"]):
        console.say(line)


def _write(result: Any, options: dict[str, Any]) -> None:
    """The files that were asked for; annotations go to standard output, where the runner reads them."""
    from benchwright import console
    from benchwright.store.atomic import write_output

    for form, what in _FILES.items():
        if options[form]:
            write_output(options[form], _rendered(form, result), what=f"--{form}")
            if not options["quiet"]:
                console.note(f"wrote {options[form]} ({what})")
    if options["annotations"]:
        console.say_commands(_rendered("annotations", result), aside=options["form"] == "json")


def _rendered(form: str, result: Any) -> str:
    from benchwright.gating.outputs import WRITERS

    return WRITERS[form](result)
