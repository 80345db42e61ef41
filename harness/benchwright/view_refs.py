"""Resolve selectors of suites of views: which perturbations of which tasks, each beside the task as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchwright import perturbations, registry
from benchwright.config import Selector, parse_selector
from benchwright.errors import BenchwrightError, ConfigError, PluginError
from benchwright.task_path import DEFAULT_SEVERITY, SEVERITIES, near
from benchwright.task_refs import ResolvedTask, merge, resolve_tasks
from benchwright.types import AnyTask, Suite, View

OPTIONS = {
    "perturbations": "which ones: names separated by commas, or all",
    "severity": "how much of an input is changed: 1, 2 or 3, several separated by commas (default: 2)",
    "draws": "variants of each item, 1 to 20 (default: 1)",
    "declared": "yes: with perturbations=all those too that keep gold answers by declaration only",
}
"""Options of a suite of views that was named without a perturbation."""

MOST_DRAWS = 20


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """One selector of a suite of views: its views, and whether each was named."""

    suite: Suite
    views: tuple[View, ...]
    named: bool
    declared: bool = False
    base: str = ""
    """Selector of the task, written behind ``@``; empty: ``--on`` says which."""


def resolve_targets(
    selectors: Sequence[str], on: Sequence[str], split: str | None = None, *, data: Path | None = None
) -> tuple[ResolvedTask, ...]:
    """The tasks and views that a run is about, each once; a view stands behind its task, which is answered too.

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
    asked, plain, problems = _divided(selectors)
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
            found += [base, *_views_of(base, one, problems)]
    targets = merge(found, problems)
    if problems:
        raise ConfigError(list({str(problem): problem for problem in problems}.values()), where="--suite")
    return targets


def _divided(selectors: Sequence[str]) -> tuple[list[_Asked], list[str], list[BenchwrightError]]:
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
        if not suite.views:
            plain.append(text)
            continue
        try:
            asked.append(_read(suite, selector, text))
        except ConfigError as error:
            problems += error.problems
        except BenchwrightError as error:
            problems.append(error)
    return asked, plain, problems


def _read(suite: Suite, asked: Selector, text: str) -> _Asked:
    """What a selector of a suite of views asks for."""
    name, at, base = asked.task.partition("@")
    options = dict(asked.options)
    if not name:
        if at:
            raise BenchwrightError(
                f"{text!r} names no perturbation", expected=f"{suite.name}/NAME@SUITE/TASK", hint=_list_hint(suite)
            )
        return _read_suite(suite, options)
    draws = _draws(options.pop("draws", "1"))
    if not at and options:
        raise _unknown_option(suite, next(iter(options)), ["draws"])
    view = View.named(suite.name, name, draws)
    _check_severity(suite, view)
    perturbations.named(view.perturbation)
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
    problems: list[BenchwrightError] = []
    problems += [_unknown_option(suite, key, OPTIONS) for key in options if key not in OPTIONS]
    given = options.get("perturbations")
    names: Iterable[str] = suite.views
    if given == "all":
        names = perturbations.INDEX
    elif given is not None:
        names = dict.fromkeys(part.strip() for part in given.split(",") if part.strip())
        if not names or "all" in names:
            problems.append(_no_names(suite, given))
            names = ()
    severities: tuple[int, ...] = (DEFAULT_SEVERITY,)
    draws = 1
    try:
        severities = _severities(options.get("severity", str(DEFAULT_SEVERITY)))
    except BenchwrightError as error:
        problems.append(error)
    try:
        draws = _draws(options.get("draws", "1"))
    except BenchwrightError as error:
        problems.append(error)
    for name in names:
        try:
            perturbations.named(name)
        except PluginError as error:
            problems.append(error)
    declared = options.get("declared", "no")
    if declared not in ("yes", "no"):
        problems.append(BenchwrightError(f"declared={declared}", expected="yes or no", hint="declared=yes"))
    if problems:
        raise ConfigError(problems, where="--suite")
    views = tuple(
        View(suite=suite.name, perturbation=name, severity=severity, draws=draws)
        for name in names
        for severity in severities
    )
    return _Asked(suite=suite, views=views, named=given not in (None, "all"), declared=declared == "yes")


def _severities(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part in map(str, SEVERITIES) for part in parts):
        raise BenchwrightError(
            f"severity={text}", expected="1, 2 or 3, several separated by commas", hint="severity=1,2,3 for a curve"
        )
    return tuple(sorted({int(part) for part in parts}))


def _draws(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_DRAWS):
        raise BenchwrightError(f"draws={text}", expected=f"a whole number from 1 to {MOST_DRAWS}", hint="draws=3")
    return int(text)


def _views_of(base: ResolvedTask, asked: _Asked, problems: list[BenchwrightError]) -> Iterator[ResolvedTask]:
    """The views of a task; one whose perturbation would change gold answers is a problem where it was named, else it stands with
    the reason for which it is left out.
    """
    for view in asked.views:
        reason = why_not(base.task, view.perturbation, declared=asked.named or asked.declared)
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


def _fitting(task: AnyTask) -> list[str]:
    return [name for name in perturbations.INDEX if not why_not(task, name, declared=True)]


def view_card(base: ResolvedTask, view: View) -> AnyTask:
    """The card of a view: that of its task, under the view's name; the head and train split of the task serve it."""
    task = base.task
    home = str(near(task.trained_on, base.suite.name)) if task.trained_on else base.path
    about = perturbations.named(view.perturbation)
    return msgspec.structs.replace(
        task,
        name=f"{view.name}@{base.path}",
        view_of=base.path,
        trained_on=home,
        sizes={},
        diagnostic=True,
        description=f"{base.path} with its inputs perturbed: {about.description}",
    )


def _no_views(on: Sequence[str], selectors: Sequence[str]) -> BenchwrightError:
    return BenchwrightError(
        f"--on {','.join(on)} has no meaning for {', '.join(selectors)}",
        expected="a suite of views (made from another task) when --on names tasks",
        hint=f"--suite robustness --on {','.join(on)}",
    )


def _does_not_fit(view: View, base: ResolvedTask, reason: str) -> BenchwrightError:
    what = f"{view.suite}/{view.name}@{base.path}: {reason}"
    fitting = _fitting(base.task)
    if not fitting:
        return BenchwrightError(
            what, expected="an ordinary task", hint=f"--suite {base.path} runs it as it is; --on names another task"
        )
    return BenchwrightError(
        what,
        expected="a perturbation that keeps the gold answers of the task, or carries them along",
        hint=f"one of: {', '.join(fitting)}",
    )


def _no_names(suite: Suite, given: str) -> BenchwrightError:
    return BenchwrightError(
        f"perturbations={given}",
        expected="names separated by commas, or all",
        hint=f"leave it out for the default six, or choose: {_list_hint(suite)}",
    )


def _nothing_to_view(asked: _Asked) -> BenchwrightError:
    name = asked.suite.name if not asked.named else f"{asked.suite.name}/{asked.views[0].name}"
    return BenchwrightError(
        f"{name} is a view of another task, and none was named",
        expected=f"--on SUITE/TASK, or {asked.suite.name}/NAME@SUITE/TASK",
        hint=f"--suite {name} --on starter/sentiment",
    )


def _unknown_option(suite: Suite, key: str, known: Iterable[str]) -> BenchwrightError:
    return BenchwrightError(
        f"{suite.name} has no option {key!r}",
        expected=f"one of: {', '.join(known)}",
        hint=registry.suggest(key, known) or f"{suite.name}?severity=1,2,3",
    )


def _list_hint(suite: Suite) -> str:
    return f"`benchwright list tasks {suite.name}` names the perturbations"
