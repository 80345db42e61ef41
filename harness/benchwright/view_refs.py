"""Resolve selectors of suites of views: which perturbations of which tasks, each beside the task as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchwright import perturbations, registry
from benchwright.config import Selector, parse_selector
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.explain_options import METHOD_TEXTS, explain_views
from benchwright.explain_options import OPTIONS as EXPLAIN_OPTIONS
from benchwright.profile_options import OPTIONS as HARDWARE_OPTIONS
from benchwright.profile_options import SCENARIO_TEXTS, hardware_views
from benchwright.task_path import DEFAULT_SEVERITY, EXPLAIN, HARDWARE, IDENTITY, SEVERITIES, near
from benchwright.task_refs import ResolvedTask, has_tasks, merge, resolve_tasks
from benchwright.types import AnyTask, Kind, Suite, View
from benchwright.view_options import (
    IDENTITY_OPTIONS,
    identity_view,
    list_hint,
    perturbed_views,
    read_number,
    unknown_option,
)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """One selector of a suite of views: its views, and whether each was named."""

    suite: Suite
    views: tuple[View, ...]
    named: bool
    declared: bool = False
    base: str = ""
    """Selector of the task, written behind ``@``; empty: ``--on`` says which."""

    @property
    def alone(self) -> bool:
        """Whether the task itself is not answered."""
        return all(view.alone for view in self.views)


def resolve_targets(
    selectors: Sequence[str], on: Sequence[str], split: str | None = None, *, data: Path | None = None
) -> tuple[ResolvedTask, ...]:
    """The tasks and views that a run is about, each once; a view stands behind its task, which is answered too unless a hardware
    profile is to stand alone.

    Args:
        selectors: As `resolve_tasks` reads them; ``suite/NAME@SUITE/TASK`` is a view of a task, a suite of views alone is its
            default perturbations of all tasks in ``on``.
        on: Selectors of the tasks that suites of views are made from.
        split: Split of all tasks; None: the default of each.
        data: The ``--data`` folder, in which some suites find tasks.

    Raises:
        ConfigError: With all that is wrong: as `resolve_tasks` says, and unknown perturbations, severities or options, a
            perturbation that does not keep the gold answers of a task it was named for, ``on`` without a suite of views.
    """
    asked, plain, problems = _divided(selectors, is_on=bool(on))
    if on and not problems and (not asked or all(one.base for one in asked)):
        problems.append(_no_views(on, selectors))

    def resolved(texts: Sequence[str], where: str = "--suite") -> tuple[ResolvedTask, ...]:
        try:
            return resolve_tasks(texts, split, data=data, where=where)
        except ConfigError as error:
            problems.extend(error.problems)
            return ()

    found = list(resolved(plain)) if plain or not (asked or problems) else []
    shared = resolved(on, "--on") if on and asked else ()
    bases = {text: resolved((text,)) for text in dict.fromkeys(one.base for one in asked) if text}
    for one in asked:
        if not one.base and not on:
            problems.append(_nothing_to_view(one))
        for base in bases.get(one.base, shared):
            found += [*([] if one.alone else [base]), *_views_of(base, one, problems)]
    targets = merge(found, problems)
    if problems:
        raise ConfigError(list({str(problem): problem for problem in problems}.values()), where="--suite")
    return targets


def _divided(selectors: Sequence[str], *, is_on: bool) -> tuple[list[_Asked], list[str], list[BenchwrightError]]:
    """Selectors of suites of views, the other ones, and what is wrong with the former."""
    asked: list[_Asked] = []
    plain: list[str] = []
    problems: list[BenchwrightError] = []
    for text in dict.fromkeys(selectors):
        try:
            selector = parse_selector(text)
            suite: Suite = registry.get("suites", selector.suite)
        except BenchwrightError:
            plain.append(text)  # what is wrong with it is said where it is resolved
            continue
        if not _is_of_views(suite, selector, is_on=is_on):
            plain.append(text)
            continue
        try:
            asked.append(_read(suite, selector, text))
        except ConfigError as error:
            problems += error.problems
        except BenchwrightError as error:
            problems.append(error)
    return asked, plain, problems


def _is_of_views(suite: Suite, asked: Selector, *, is_on: bool) -> bool:
    """Whether a selector means views. One of a suite that has tasks of its own does where it names a view, and where it names nothing
    and other tasks stand behind ``--on``.
    """
    if not (suite.views and has_tasks(suite)):
        return bool(suite.views)
    if not asked.task:
        return is_on or bool(asked.options)
    return "@" in asked.task or asked.task in suite.views


def _read(suite: Suite, asked: Selector, text: str) -> _Asked:
    """What a selector of a suite of views asks for."""
    name, at, base = asked.task.partition("@")
    options = dict(asked.options)
    if not name:
        if at:
            raise BenchwrightError(
                f"{text!r} names no {'scenario' if suite.name == HARDWARE else 'perturbation'}",
                expected=f"{suite.name}/NAME@SUITE/TASK",
                hint=list_hint(suite),
            )
        return _read_suite(suite, options)
    view = _named_view(suite, name, options)
    if not at and options:
        raise unknown_option(suite, next(iter(options)), _options_of(view))
    rest = "&".join(f"{key}={value}" for key, value in options.items())
    if at and "/" not in base:
        whole = (
            f"--suite {suite.name}/{view.name} --on {base} sees all tasks of {base}; "
            if base in registry.names("suites")
            else ""
        )
        raise BenchwrightError(
            f"{text!r} names no task",
            expected=f"{suite.name}/NAME@SUITE/TASK",
            hint=f"{whole}`benchwright list tasks` names them",
        )
    return _Asked(suite=suite, views=(view,), named=True, base=f"{base}?{rest}" if rest else base)


def _options_of(view: View) -> Sequence[str]:
    """Options of a view that was named."""
    if view.profile is not None:
        return tuple(HARDWARE_OPTIONS)
    if view.explain is not None:
        return tuple(EXPLAIN_OPTIONS)
    return tuple(IDENTITY_OPTIONS) if view.is_identity else ("draws",)


def _named_view(suite: Suite, name: str, options: dict[str, str]) -> View:
    """The view of that name, with the options that are its own; these are taken out."""
    if suite.name == HARDWARE:
        own = {key: options.pop(key) for key in HARDWARE_OPTIONS if key in options}
        return hardware_views(suite, (name,), own)[0]
    if suite.name == EXPLAIN:
        own = {key: options.pop(key) for key in EXPLAIN_OPTIONS if key in options}
        return explain_views(suite, (name,), own)[0]
    if suite.views[0] == IDENTITY:
        if name not in suite.views:
            raise BenchwrightError(
                f"{suite.name} has no view {name!r}",
                expected=f"one of: {', '.join(suite.views)}",
                hint=f"{suite.name}/{suite.views[0]}@SUITE/TASK",
            )
        return identity_view(suite, name, {key: options.pop(key) for key in IDENTITY_OPTIONS if key in options})
    view = View.named(suite.name, name, read_number("draws", options.pop("draws", "1")))
    _check_severity(suite, view)
    perturbations.named(view.perturbation)
    return view


def _check_severity(suite: Suite, view: View) -> None:
    """Refuse a number behind a perturbation that is no severity."""
    stem, _, number = view.perturbation.rpartition("-")
    if stem in perturbations.INDEX and number.isdecimal():
        raise BenchwrightError(
            f"{suite.name}/{view.perturbation} has the severity {number}",
            expected=" or ".join(f"{stem}-{severity}" for severity in SEVERITIES),
            hint=f"{suite.name}/{stem} alone is {stem}-{DEFAULT_SEVERITY}",
        )


def _read_suite(suite: Suite, options: dict[str, str]) -> _Asked:
    """A suite of views by itself, with its options; every mistake among them is told."""
    if suite.name == HARDWARE:
        return _Asked(suite=suite, views=hardware_views(suite, suite.views, options), named=False)
    if suite.name == EXPLAIN:
        return _Asked(suite=suite, views=explain_views(suite, suite.views, options), named=False)
    if suite.views[0] == IDENTITY:
        return _Asked(suite=suite, views=(identity_view(suite, suite.views[0], options),), named=False)
    views = perturbed_views(suite, options)
    named = options.get("perturbations") not in (None, "all")
    return _Asked(suite=suite, views=views, named=named, declared=options.get("declared") == "yes")


def _views_of(base: ResolvedTask, asked: _Asked, problems: list[BenchwrightError]) -> Iterator[ResolvedTask]:
    """The views of a task; one whose perturbation would change gold answers is a problem where it was named, else it stands with
    the reason for which it is left out.
    """
    for view in asked.views:
        reason = _why_not_seen(base.task, view, declared=asked.named or asked.declared)
        if reason and asked.named:
            problems.append(_does_not_fit(view, base, reason))
            continue
        yield ResolvedTask(
            suite=asked.suite,
            task=view_card(base, view),
            split=base.split,
            explicit=asked.named and base.explicit,
            limit=base.limit,
            view=view,
            base=base,
            refused=reason,
        )


def _why_not_seen(task: AnyTask, view: View, *, declared: bool) -> str:
    """Why a task is not seen through a view; empty where it is, as every task is under a clock: a model is timed on whatever it answers."""
    if view.profile is not None:
        return ""
    if view.explain is not None:
        return why_not_explained(task)
    return why_not_swapped(task) if view.is_identity else why_not(task, view.perturbation, declared=declared)


def why_not(task: AnyTask, perturbation: str, *, declared: bool) -> str:
    """Why a task is not seen through a view of a perturbation; empty where it is.

    Args:
        task: Which task.
        perturbation: By name.
        declared: Whether somebody says that gold answers are kept where that is not known: who names the perturbation does.
    """
    if task.behaviour:
        return "the cases of a behavioural test are variants already"
    kept = perturbations.named(perturbation).label_in(task)
    if kept == "no":
        return f"{perturbation} does not keep the gold answers of a task of kind {task.kind}, or finds nothing to change in one"
    if kept == "declared" and not declared:
        return f"{perturbation} keeps the gold answers by declaration only: name it, or add declared=yes"
    return ""


SWAPPED = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE, Kind.FILL, Kind.SCORE)
"""Kinds of tasks whose items are seen with groups of people exchanged."""


def why_not_swapped(task: AnyTask) -> str:
    """Why a task is not seen under identity swaps; empty where it is."""
    if task.behaviour:
        return "the cases of a behavioural test are variants already"
    if task.kind not in SWAPPED:
        return f"answers to a task of kind {task.kind} are not compared under identity swaps"
    return ""


EXPLAINED = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE)
"""Kinds of tasks whose answers are explained."""


def why_not_explained(task: AnyTask) -> str:
    """Why answers to a task are not explained; empty where they are."""
    return "" if task.kind in EXPLAINED else f"answers to a task of kind {task.kind} are not explained"


def _fitting(task: AnyTask) -> list[str]:
    return [name for name in perturbations.INDEX if not why_not(task, name, declared=True)]


def view_card(base: ResolvedTask, view: View) -> AnyTask:
    """The card of a view: that of its task, under the view's name; the head and train split of the task serve it."""
    task = base.task
    home = str(near(task.trained_on, base.suite.name)) if task.trained_on else base.path
    return msgspec.structs.replace(
        task,
        name=f"{view.name}@{base.path}",
        view_of=base.path,
        trained_on=home,
        sizes={},
        diagnostic=True,
        description=_described(base, view),
    )


def _described(base: ResolvedTask, view: View) -> str:
    if view.profile is not None:
        return f"the model on this machine, on the inputs of {base.path}: {SCENARIO_TEXTS[view.profile.scenario]}"
    if view.explain is not None:
        return f"why the model answers {base.path} as it does: {METHOD_TEXTS[view.explain.method]}"
    if view.is_identity:
        what = f" ({', '.join(view.dimensions)})" if view.dimensions else ""
        return f"{base.path} with words for groups of people exchanged for those of other groups{what}"
    return f"{base.path} with its inputs perturbed: {perturbations.named(view.perturbation).description}"


def _no_views(on: Sequence[str], selectors: Sequence[str]) -> BenchwrightError:
    return BenchwrightError(
        f"--on {','.join(on)} has no meaning for {', '.join(selectors)}",
        expected="a suite of views (made from another task) when --on names tasks",
        hint=f"--suite robustness --on {','.join(on)}",
    )


def _does_not_fit(view: View, base: ResolvedTask, reason: str) -> BenchwrightError:
    what = f"{view.suite}/{view.name}@{base.path}: {reason}"
    fitting = [] if view.is_identity else _fitting(base.task)
    if not fitting:
        return BenchwrightError(
            what, expected="an ordinary task", hint=f"--suite {base.path} runs it as it is; --on names another task"
        )
    return BenchwrightError(
        what,
        expected="a perturbation that keeps the gold answers of the task, or carries them along",
        hint=f"one of: {', '.join(fitting)}",
    )


def _nothing_to_view(asked: _Asked) -> BenchwrightError:
    name = asked.suite.name if not asked.named else f"{asked.suite.name}/{asked.views[0].name}"
    return BenchwrightError(
        f"{name} is a view of another task, and none was named",
        expected=f"--on SUITE/TASK, or {asked.suite.name}/NAME@SUITE/TASK",
        hint=f"--suite {name} --on starter/sentiment",
    )
