"""The verb `explain`: which methods on which tasks are meant, as a run of the tasks and their explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchwright import registry
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.explain_options import explain_views, takes
from benchwright.task_path import EXPLAIN
from benchwright.types import Suite

DEFAULT_METHODS = ("shap",)


def explain_selectors(methods: Sequence[str], options: Mapping[str, str]) -> tuple[str, ...]:
    """Selectors of explanations, one for each method: ``explain/shap?examples=50``.

    Raises:
        ConfigError: With every mistake: a method or an option that there is not, a value that is none.
    """
    suite: Suite = registry.get("suites", EXPLAIN)
    names = tuple(dict.fromkeys(name.replace("-", "_") for name in methods or DEFAULT_METHODS))
    explain_views(suite, names, options)
    return tuple(_selector(name, options) for name in names)


def _selector(method: str, options: Mapping[str, str]) -> str:
    asked = "&".join(f"{name}={value}" for name, value in options.items() if takes(name, method))
    return f"{EXPLAIN}/{method}{'?' if asked else ''}{asked}"


def refuse_views(tasks: Sequence[str]) -> None:
    """Raise ConfigError for selectors of explanations, which are made here."""
    problems = [
        BenchwrightError(
            f"{text} is an explanation already",
            expected="SUITE/TASK: the task whose answers are explained",
            hint=f"benchwright run MODEL --suite '{text}', or benchwright explain MODEL --suite SUITE/TASK --method shap",
        )
        for text in tasks
        if text.partition("?")[0].partition("/")[0] == EXPLAIN
    ]
    if problems:
        raise ConfigError(problems, where="explain")
