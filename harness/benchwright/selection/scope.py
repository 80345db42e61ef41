"""The tasks that a quantity covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchwright import registry, unranked
from benchwright.bias.groups import has_groups
from benchwright.errors import NotComparable, PluginError
from benchwright.quantities import BUILT_IN
from benchwright.selection.question import EACH, QuantityRef, error_at
from benchwright.task_path import TaskPath, is_identity_view, is_view_named, suite_of, task_path
from benchwright.types import Aggregate, Task

CASE_RATES = ("failure_rate", "flip_rate")
"""Metrics of behavioural tasks, which may be asked of some tests: ``failure_rate(negation/*)``."""

IDENTITY = "identity"
"""Begins what a flip rate under identity swaps is asked of: ``flip_rate(identity.religion)``."""

GAP = "gap"
"""Largest minus smallest value between groups of people: ``gap(accuracy, gender)``."""

LOSS = "loss"
"""What a metric loses under a view: ``loss(keyboard_typo)``."""


def is_of_model(quantity: QuantityRef) -> bool:
    """Whether no answers are behind it: a size, a time, what was measured of a model on a machine, or a share of one."""
    return quantity.name in BUILT_IN or quantity.name == "share"


def spread(quantity: QuantityRef, paths: Sequence[str]) -> list[QuantityRef]:
    """An ``each:`` quantity as one per task."""
    if quantity.task != EACH:
        return [quantity]
    _, _, rest = quantity.text.partition(":")
    return [
        QuantityRef(
            name=quantity.name,
            task=path,
            arguments=quantity.arguments,
            text=f"{path}:{rest}",
            column=quantity.column,
        )
        for path in paths
    ]


def needed_paths(quantities: Sequence[QuantityRef], cards: Mapping[str, Task]) -> tuple[str, ...]:
    """Tasks that quantities need, in the order of ``cards``; those of a mean if no quantity is computed from answers.

    Raises:
        NotComparable: An aggregate needs a task that is not there, or no task belongs to a mean.
        BenchwrightError: A quantity names a task that is not there.
    """
    pooled = pooled_paths(cards)
    aggregates = aggregates_of(tuple(cards))
    found: set[str] = set()
    for quantity in quantities:
        if is_of_model(quantity):
            continue
        if quantity.name == LOSS:
            found.update(path for pair in views_of(quantity, cards) for path in pair)
        elif quantity.name == GAP:
            found.update(grouped_paths(quantity, cards))
        elif is_of_swaps(quantity):
            found.update(path for pair in swaps_of(quantity, cards) for path in pair)
        elif quantity.name in CASE_RATES and quantity.task in ("", EACH):
            found.update(behavioural_paths(quantity, cards))
        elif quantity.task and quantity.task != EACH:
            found.add(checked_path(quantity, tuple(cards)))
        elif quantity.name in aggregates:
            found.update(aggregate_paths(quantity, *aggregates[quantity.name], cards))
        else:
            if not pooled:
                raise _nothing_ranked(quantity, cards)
            found.update(pooled)
    return tuple(path for path in cards if path in (found or pooled or cards))


def pooled_paths(cards: Mapping[str, Task]) -> list[str]:
    """Tasks of a mean over tasks: no diagnostics, views and behavioural tests, unless there is nothing else; never unranked ones."""
    known = unranked.ranked(cards)
    plain = [path for path, task in known.items() if unranked.is_averaged(task)]
    return plain or [path for path, task in known.items() if not task.diagnostic] or list(known)


def left_out(quantities: Sequence[QuantityRef], cards: Mapping[str, Task]) -> str:
    """The tasks that a question without tasks leaves out, each with the reason; empty where it names tasks, or leaves out none."""
    if all(is_of_model(quantity) or quantity.task not in ("", EACH) for quantity in quantities):
        return ""
    named = {quantity.task for quantity in quantities}
    return unranked.listed(cards, [path for path in cards if path not in named])


def _nothing_ranked(quantity: QuantityRef, cards: Mapping[str, Task]) -> NotComparable:
    """Of a mean over tasks that are all disputed."""
    if not cards:
        return NotComparable(
            f"{quantity.text} is a mean over tasks, and these models answered none: they were measured on machines alone",
            expected="a run with answers",
            hint="run them without alone=yes, or ask for a time: --minimize latency_p50",
        )
    path, card = next(iter(cards.items()))
    return NotComparable(
        f"{quantity.text} is a mean over tasks, and these enter none: {unranked.listed(cards)}",
        expected="a task that is ranked, or the name of one",
        hint=f"name the task: {path}:{card.metrics[0]}",
    )


def behavioural_paths(quantity: QuantityRef, cards: Mapping[str, Task]) -> list[str]:
    """Behavioural tasks, of a rate of cases that names none. Raises BenchwrightError where there is none."""
    found = [path for path, task in unranked.ranked(cards).items() if task.behaviour]
    if not found:
        raise error_at(
            quantity.text, 0, "no behavioural task here", "a run with a suite of behavioural tests", "run such a suite"
        )
    return found


def views_of(quantity: QuantityRef, cards: Mapping[str, Task]) -> list[tuple[str, str]]:
    """Task and view of every ``loss(VIEW)``, by name or pattern, on the task it names or on all.

    Raises:
        BenchwrightError: No such view, or a view whose task was not measured.
    """
    asked = quantity.arguments[0]
    every = [(card.view_of, path) for path, card in cards.items() if card.view_of and not is_identity_view(path)]
    wanted = "" if quantity.task == EACH else quantity.task
    if not wanted:
        every = [(base, path) for base, path in every if not (cards[path].unranked or _is_unranked(base, cards))]
    found = [(base, path) for base, path in every if wanted in ("", base) and is_view_named(view_of_path(path), asked)]
    if not found:
        names = list(dict.fromkeys(view_of_path(path) for base, path in every if wanted in ("", base)))
        known = f"one of: {', '.join(names)}" if names else "a run with views: --suite robustness --on SUITE/TASK"
        at = max(quantity.text.find(asked), 0)
        raise error_at(quantity.text, at, f"no view {asked!r} here", known, registry.suggest(asked, names))
    lacking = [base for base, _ in found if base not in cards]
    if lacking:
        raise error_at(quantity.text, 0, f"{lacking[0]} was not measured beside its view", "the task and its view")
    return found


def is_of_swaps(quantity: QuantityRef) -> bool:
    """Whether it is a flip rate under identity swaps: ``flip_rate(identity.religion@SUITE/TASK)``."""
    first = quantity.arguments[0] if quantity.arguments else ""
    return quantity.name == "flip_rate" and (first == IDENTITY or first.startswith((f"{IDENTITY}.", f"{IDENTITY}@")))


def dimension_of(quantity: QuantityRef) -> str:
    """The dimension that a flip rate under identity swaps names; empty: each of them."""
    return quantity.arguments[0].partition("@")[0].partition(".")[2]


def swaps_of(quantity: QuantityRef, cards: Mapping[str, Task]) -> list[tuple[str, str]]:
    """Task and identity view of a flip rate under identity swaps, of the task it names or of all that are ranked.

    Raises:
        BenchwrightError: No such view, or one whose task was not measured.
    """
    named = quantity.arguments[0].partition("@")[2] or ("" if quantity.task == EACH else quantity.task)
    every = [(card.view_of, path) for path, card in cards.items() if is_identity_view(path)]
    found = [(base, path) for base, path in every if (named == base if named else not _is_unranked(base, cards))]
    if not found:
        bases = [base for base, _ in every]
        known = f"one of: {', '.join(bases)}" if bases else "a run with --suite bias/identity --on SUITE/TASK"
        what = f"no identity view of {named} here" if named else "no identity view here"
        raise error_at(quantity.text, 0, what, known, registry.suggest(named, bases) if named else "")
    lacking = [base for base, _ in found if base not in cards]
    if lacking:
        raise error_at(quantity.text, 0, f"{lacking[0]} was not measured beside its view", "the task and its view")
    return found


def grouped_paths(quantity: QuantityRef, cards: Mapping[str, Task]) -> list[str]:
    """Tasks of a gap between groups: the one it names, or all ranked ones whose items have such a slice.

    Raises:
        BenchwrightError: There is none.
    """
    if quantity.task and quantity.task != EACH:
        return [checked_path(quantity, tuple(cards))]
    slice_ = quantity.arguments[1]
    found = [path for path, card in unranked.ranked(cards).items() if has_groups(card, slice_)]
    if not found:
        known = list(dict.fromkeys(name for card in cards.values() for name in card.slices))
        at = max(quantity.text.find(slice_), 0)
        expected = f"one of: {', '.join(known)}" if known else "a task with slices"
        raise error_at(quantity.text, at, f"no task has a slice {slice_!r}", expected, registry.suggest(slice_, known))
    return found


def is_bounded(quantity: QuantityRef) -> bool:
    """Whether it is held against a limit by its upper bound: a gap, or a flip rate under identity swaps."""
    return quantity.name == GAP or is_of_swaps(quantity)


def view_of_path(path: str) -> str:
    """Name of a view: ``keyboard_typo-3`` of ``robustness/keyboard_typo-3@glue/sst2``."""
    return TaskPath.parse(path).view.rpartition("/")[2]


def checked_path(quantity: QuantityRef, known: Sequence[str]) -> str:
    """The task that a quantity names. Raises BenchwrightError if it does not exist."""
    if quantity.task in known:
        return quantity.task
    near = registry.suggest(quantity.task, known)
    raise error_at(quantity.text, 0, f"no task {quantity.task!r} here", f"one of: {', '.join(known)}", near)


def aggregate_paths(quantity: QuantityRef, suite: str, aggregate: Aggregate, cards: Mapping[str, Task]) -> list[str]:
    """The tasks of an aggregate. Raises NotComparable if one is missing, or is in no average."""
    paths = [task_path(suite, task) for member in aggregate.members for task in member]
    lacking = [path for path in paths if path not in cards]
    if lacking:
        raise NotComparable(
            f"{quantity.text} needs {', '.join(lacking)}, which no run here has",
            expected="every task of the recipe",
            hint="run the whole suite, or maximize score",
        )
    disputed = unranked.listed(cards, paths)
    if disputed:
        raise NotComparable(
            f"{quantity.text} is no mean: {disputed} in it",
            expected="a mean over tasks that are ranked",
            hint="maximize score, which leaves such tasks out",
        )
    return paths


def _is_unranked(path: str, cards: Mapping[str, Task]) -> bool:
    return path in cards and cards[path].unranked


def aggregates_of(paths: Sequence[str]) -> dict[str, tuple[str, Aggregate]]:
    """Aggregate name -> suite and aggregate, for the suites of these tasks."""
    found: dict[str, tuple[str, Aggregate]] = {}
    for suite in dict.fromkeys(suite_of(path) for path in paths):
        try:
            card = registry.get("suites", suite)
        except PluginError:
            continue  # a suite that was written for a test, or is not installed here: it has no aggregate that we know
        found.update({aggregate.name: (suite, aggregate) for aggregate in card.aggregates})
    return found
