"""`gate --check`: mistakes of rules about tasks and metrics, and warnings about what is allowed but doubtful."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from benchwright import limit_checks, registry
from benchwright.comparison.cases import NamedTest, tests_in
from benchwright.comparison.systems import System
from benchwright.errors import BenchwrightError, ConfigError, NotComparable, PluginError
from benchwright.gating.context import GateContext, suggest_task
from benchwright.gating.lock import BaselineEntry
from benchwright.gating.rules import Rules, Waiver, superfluous
from benchwright.gating.rules.base import TaskRule, is_within
from benchwright.gating.rules.behaviour import BehaviourRule
from benchwright.gating.rules.bias import BiasRule
from benchwright.gating.rules.limits import BudgetRule
from benchwright.gating.rules.robustness import RobustnessRule, name_of
from benchwright.quantities import SIZES, Quantity, quantity_of
from benchwright.task_path import SEVERITIES, is_identity_view, is_view_named, suite_of, task_path, view_name
from benchwright.types import Run, Suite, Task

LONG = dt.timedelta(days=366)
"""A waiver beyond that is said to be long."""


@dataclass(frozen=True, kw_only=True)
class KnownTasks:
    """Tasks that are known when rules are checked.

    Attributes:
        cards: ``suite/task`` -> card.
        paths: Tasks that are known by name, with or without a card.
        open: Suites whose tasks are made from a user's own files.
        default: Tasks of a rule that names none; empty if not known yet.
    """

    cards: Mapping[str, Task] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    default: tuple[str, ...] = ()


def known_tasks_before(rules: Rules, accepted: Mapping[str, BaselineEntry], run: Run | None = None) -> KnownTasks:
    """Tasks known before a gate runs: of installed suites, of baselines in the lock file, and of a run if one is given."""
    suites = [suite for name in registry.names("suites") if (suite := _suite(name)) is not None]
    cards = {task_path(suite.name, task.name): task for suite in suites for task in suite.tasks}
    pinned = [path for entry in accepted.values() for path in entry.cells]
    entry = accepted.get(rules.baseline.name)
    default = tuple(entry.cells) if entry else tuple(run.tasks) if run else ()
    return KnownTasks(
        cards={**cards, **(run.tasks if run else {})},
        paths=tuple(dict.fromkeys((*cards, *pinned, *(run.tasks if run else ())))),
        open=tuple(suite.name for suite in suites if suite.custom or suite.configured),
        default=default,
    )


def known_tasks_on(context: GateContext) -> KnownTasks:
    """Tasks known from the models of a gate."""
    paths = context.paths()
    cards = {path: context.card(path) for path in paths}
    return KnownTasks(cards=cards, paths=paths, default=paths)


def find_task_problems(rules: Rules, known: KnownTasks) -> list[BenchwrightError]:
    """Every mistake in the rules that can be seen from the known tasks."""
    named = [problem for rule in _on_tasks(rules) for problem in (*_unknown(rule, known), *_lacking(rule, known))]
    named += [problem for rule in rules.rules if isinstance(rule, BudgetRule) for problem in _unknown(rule, known)]
    return [*named, *_unknown_views(rules, known), *find_out_of_range(rules, known)]


def find_unknown_tests(rules: Rules, side: System) -> list[BenchwrightError]:
    """Patterns, capabilities and types of rules about behaviour that mean no test of a model's behavioural tasks."""
    return [
        rule.problem(one.problem, expected=one.expected, hint=one.hint)
        for rule in rules.rules
        if isinstance(rule, BehaviourRule)
        for path in side.paths
        if side.run.tasks[path].behaviour and rule.covers(path)
        for one in rule.selection.problems(_tests_in(side, path), path)
    ]


def tests_not_looked_up(rules: Rules) -> list[str]:
    """A remark for each rule about behaviour that names tests, which only a run knows."""
    return [
        f"rule {rule.id!r}: the tests that it names are looked up in a run: benchwright gate {rules.source} RUN --check"
        for rule in rules.rules
        if isinstance(rule, BehaviourRule) and (rule.tests or rule.capability or rule.type)
    ]


def _unknown_views(rules: Rules, known: KnownTasks) -> Iterable[BenchwrightError]:
    """Names of views that neither a perturbation here nor a known task has."""
    asked = [rule for rule in rules.rules if isinstance(rule, RobustnessRule) and rule.perturbation]
    if not asked:
        return
    from benchwright.perturbations import INDEX

    made = [view_name(name, severity) for name in INDEX for severity in SEVERITIES]
    views = dict.fromkeys(
        (*made, *(name_of(path) for path in known.paths if "@" in path and not is_identity_view(path)))
    )
    for rule in asked:
        for name in rule.perturbation:
            if not any(is_view_named(view, name) for view in views):
                yield rule.problem(
                    f"perturbation: {name!r} is no view",
                    expected=f"one of: {', '.join(INDEX)}; with -1 or -3 for another severity",
                    hint=registry.suggest(name, views) or "* stands for any letters",
                )


def _tests_in(side: System, path: str) -> tuple[NamedTest, ...]:
    """Tests of a behavioural task, by the records of a model on it."""
    keys = [str(cell.key) for cell in side.cells(path) if cell.status == "scored"]
    return tests_in(side.store.read_records(keys[0])) if keys else ()


def find_out_of_range(rules: Rules, known: KnownTasks) -> list[BenchwrightError]:
    """Margins and limits outside the range of a task's score; those of named metrics were checked when the rules were read."""
    problems: dict[str, BenchwrightError] = {}
    for rule in _on_tasks(rules):
        if rule.metric != "score":
            continue
        cards = [known.cards[path] for path in _about(rule, known) if path in known.cards]
        ranges = [found for card in cards if (found := limit_checks.range_of("score", card))] or [_any_range()]
        for problem in (problem for within in ranges for problem in rule.range_problems(within)):
            problems.setdefault(f"{rule.id} {problem.problem.split(':')[1]}", problem)
    return list(problems.values())


def refuse_out_of_range(rules: Rules, known: KnownTasks) -> None:
    """Raise ConfigError for what `find_out_of_range` finds."""
    problems = find_out_of_range(rules, known)
    if problems:
        raise ConfigError(problems, where=rules.source)


def find_warnings(rules: Rules, known: KnownTasks, accepted: Mapping[str, BaselineEntry], today: dt.date) -> list[str]:
    """Warnings about valid rules: wide margins, baselines not accepted yet, waivers that never apply or last."""
    notes = [f"rule {rule.id!r}: {text}" for rule in _on_tasks(rules) for text in _wide(rule, known)]
    notes += superfluous(rules.rules)
    names = {"name": rules.baseline.name, "anchor": rules.baseline.anchor}
    first = rules.baseline.on_missing == "record" and not accepted
    notes += [
        f"[baseline] {key}: nothing is accepted yet: the first run that is let through is recorded as {name!r}, compared with nothing"
        if first
        else " ".join(
            f"[baseline] {key}: no baseline {name!r} is accepted yet: benchwright baseline accept RUN --name {name}"
            f" --reason TEXT {registry.suggest(name, accepted)}".split()
        )
        for key, name in names.items()
        if name and name not in accepted and ":" not in name
    ]
    by_id = {rule.id: rule for rule in rules.rules}
    for waiver in rules.waivers:
        notes += long_waiver(waiver, today)
        tasks = subject.tasks if (subject := by_id[waiver.rule].subject) else ()
        if waiver.task and tasks and not any(_overlap(waiver.task, task) for task in tasks):
            notes.append(f"{waiver.name} applies to nothing: the rule is about {', '.join(tasks)}")
    return notes


def long_waiver(waiver: Waiver, today: dt.date) -> list[str]:
    """A warning about a waiver that lasts longer than a year; empty for others."""
    return [f"{waiver.name} lasts until {waiver.expires}"] if waiver.expires > today + LONG else []


def _on_tasks(rules: Rules) -> list[TaskRule]:
    return [rule for rule in rules.rules if isinstance(rule, TaskRule)]


def _any_range() -> Quantity:
    """The union of the ranges of all metrics: the range of a score whose task is not known."""
    found = [registry.get("metrics", name) for name in registry.names("metrics")]
    low, high = min(one.low for one in found), max(one.high for one in found)
    return Quantity(name="score", title="every metric", unit="number", low=low, high=high)


def _suite(name: str) -> Suite | None:
    try:
        found: Suite = registry.get("suites", name)
    except PluginError:  # a broken plugin of somebody else is not this file's mistake
        return None
    return found


def _about(rule: TaskRule, known: KnownTasks) -> Sequence[str]:
    """Known tasks that a rule applies to."""
    meant = [path for path in known.paths if rule.covers(path)] if rule.tasks else known.default
    return [path for path in meant if path not in known.cards or rule.names(path) or not known.cards[path].unranked]


def _overlap(one: str, other: str) -> bool:
    return is_within(one, other) or is_within(other, one)


def _unknown(rule: TaskRule | BudgetRule, known: KnownTasks) -> Iterable[BenchwrightError]:
    """Unknown tasks of a rule; in a suite for a user's own data every task name is accepted."""
    for asked in rule.tasks:
        task = asked.rpartition("@")[2]  # of a view, the task that it is of
        suite, _, name = task.partition("/")
        mine = [path for path in known.paths if suite_of(path) == suite]
        if task in known.paths or (mine and (not name or suite in known.open)):
            continue
        what = "task" if mine else "suite"
        of = mine or dict.fromkeys(suite_of(path) for path in known.paths)
        yield BenchwrightError(
            f"rule {rule.id!r}: task: unknown {what} {task if mine else suite!r}",
            expected=f"one of: {', '.join(of)}",
            hint=suggest_task(task, known.paths) or registry.suggest(suite, of),
        )


def _lacking(rule: TaskRule, known: KnownTasks) -> Iterable[BenchwrightError]:
    """A metric that a named task lacks, or that no task of a suite or of the baseline has."""
    if isinstance(rule, BiasRule) or rule.metric in ("score", *SIZES) or rule.metric not in registry.entries("metrics"):
        return
    for task in rule.tasks or ("",):
        paths = [path for path in known.paths if is_within(path, task)] if task else known.default
        cards = [known.cards[path] for path in paths if path in known.cards]
        if not cards or len(cards) < len(paths) or any(rule.has_metric(card) for card in cards):
            continue
        there = dict.fromkeys(name for card in cards for name in card.metrics)
        whose = task if "/" in task else f"no task of {task or 'the baseline'}"
        yield BenchwrightError(
            f"rule {rule.id!r}: metric: {whose} has {'no ' if '/' in task else ''}metric {rule.metric!r}",
            expected=f"one of: score, {', '.join(there)}",
            hint=registry.suggest(rule.metric, there) or "use one of these",
        )


def _wide(rule: TaskRule, known: KnownTasks) -> tuple[str, ...]:
    """Warnings about limits, margins and levels that nearly every model passes."""
    cards = [known.cards[path] for path in _about(rule, known) if path in known.cards]
    wanted: Sequence[Task | None] = cards if rule.metric == "score" else [None]
    ranges = [found for card in wanted if (found := limit_checks.range_of(rule.metric, card))]
    higher = _is_higher(rule, cards)
    notes = [text for within in ranges for text in rule.range_notes(within, higher=higher)]
    if not ranges and rule.metric == "score":
        notes += rule.fraction_notes()
    return tuple(dict.fromkeys((*notes, *rule.level_notes())))


def _is_higher(rule: TaskRule, cards: Sequence[Task]) -> bool | None:
    """Whether higher values are better; None for a size, or if unknown or different between tasks."""
    places: Sequence[Task | None] = cards or ([] if rule.metric == "score" else [None])
    try:
        found = {quantity_of(rule.metric, card).direction for card in places}
    except (NotComparable, PluginError):
        return None
    return found == {"higher"} if len(found) == 1 else None
