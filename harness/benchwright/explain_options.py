"""Options of explanations, as they are typed behind a ``?``: how many variants, which items, how words are taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from benchwright import registry
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.option_texts import Reader, read_count, read_options, read_yes
from benchwright.types import METHODS, ExplainSpec, Removal, ScoreScale, Suite, View

METHOD_TEXTS: Mapping[str, str] = {
    "shap": "Shapley values along a tree of neighbouring words (Owen values): the number is shared out among the words",
    "lime": "a linear model of the number over random variants of the item",
    "leave_one_out": "how far the number falls when a word alone is taken away",
    "integrated_gradients": "gradients of the raw output, added up from an empty input to the item; checkpoints opened by torch",
    "random": "random values, a check: what chance looks like",
}
"""Each method in one line."""

METHOD_PRICES: Mapping[str, str] = {
    "shap": "at most 500 variants of an item",
    "lime": "at most 1,000 variants of an item",
    "leave_one_out": "one variant for each word",
    "integrated_gradients": "no variant: passes of the model itself",
    "random": "no variant",
}
"""What each method asks of the model by default, judging aside."""

TAKEN: Mapping[str, tuple[str, ...]] = {
    "evaluations": ("shap", "lime"),
    "seeds": ("lime", "random"),
    "steps": ("integrated_gradients",),
}
"""Options that some methods alone take."""

OPTIONS: Mapping[str, str] = {
    "evaluations": "most variants of an item that the method asks the model about (default: the method's own)",
    "removal": "how words are taken away: delete or mask (default: delete; mask for tags and answers)",
    "scale": "what is explained: probability, logit or agreement (default: probability; logit for answers)",
    "seeds": "how often a method that draws is run, 1 to 20: tells its stability (default: 1)",
    "steps": "points of integrated gradients on the way from the baseline (default: 50)",
    "examples": "so many items, drawn by their ids (default: 50)",
    "ids": "only these items: ids or row numbers separated by commas",
    "wrong": "yes: only items that the model answers wrongly",
    "flips": "only items that exactly one of two models of the run answers rightly: A,B",
    "faithfulness": "no: do not judge explanations against random ones, which asks for more variants (default: yes)",
}
"""Options of every explanation."""

DEFAULT_EXAMPLES = 50
_MOST = 1_000_000
_FOUND = ("value",)
"""Scales that nobody asks for: what is explained where a model's numbers are not said to be something else."""


def takes(option: str, method: str) -> bool:
    """Whether a method takes an option."""
    return method in TAKEN.get(option, METHODS)


def explain_views(suite: Suite, methods: Sequence[str], options: Mapping[str, str]) -> tuple[View, ...]:
    """The explanations that options ask for, one for each method.

    Raises:
        ConfigError: With every mistake: an unknown method or option, a value that is none.
    """
    problems: list[BenchwrightError] = [
        _unknown("method", name, METHODS, suite) for name in methods if name not in METHODS
    ]
    problems += [_unknown("option", name, OPTIONS, suite) for name in options if name not in OPTIONS]
    problems += _untaken(options, [name for name in methods if name in METHODS])
    values, unread = read_options(options, _READ)
    problems += unread
    if problems:
        raise ConfigError(problems, where="--suite")
    if not {"ids", "wrong", "flips"} & set(values):
        values.setdefault("examples", DEFAULT_EXAMPLES)
    return tuple(
        View(suite=suite.name, perturbation=name, explain=ExplainSpec(method=name, **_of_method(values, name)))
        for name in methods
    )


def _of_method(values: Mapping[str, Any], method: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if takes(name, method)}


def _untaken(options: Mapping[str, str], methods: Sequence[str]) -> list[BenchwrightError]:
    """What is wrong with options that none of the methods takes."""
    return [
        BenchwrightError(
            f"{name}={options[name]} says nothing to {' and '.join(methods)}",
            expected=f"with {name}: {' or '.join(TAKEN[name])}",
            hint=f"leave {name} out",
        )
        for name in options
        if name in TAKEN and methods and not any(takes(name, method) for method in methods)
    ]


def spelled_explain(view: View) -> str:
    """The options of an explanation as they are typed: ``examples=50&evaluations=100``; empty where all are defaults."""
    told = []
    for name, default in ((one, getattr(ExplainSpec(method="x"), one)) for one in OPTIONS):
        value = getattr(view.explain, name, default)
        if value != default and not (name == "examples" and value == DEFAULT_EXAMPLES):
            told.append(f"{name}={_typed(value)}")
    return "&".join(told)


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _count(name: str, text: str) -> int:
    return read_count(name, text, most=_MOST, such=50)


def _seeds(name: str, text: str) -> int:
    return read_count(name, text, most=20, such=3)


def _removal(name: str, text: str) -> str:
    return _one_of(name, text, get_args(Removal))


def _scale(name: str, text: str) -> str:
    return _one_of(name, text, [one for one in get_args(ScoreScale) if one not in _FOUND])


def _one_of(name: str, text: str, known: Sequence[str]) -> str:
    if text not in known:
        raise BenchwrightError(f"{name}={text}", expected=f"one of: {', '.join(known)}", hint=f"{name}={known[0]}")
    return text


def _names(name: str, text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not found:
        raise BenchwrightError(
            f"{name}={text}", expected="ids or row numbers, separated by commas", hint=f"{name}=3,17"
        )
    return found


def _two(name: str, text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if len(found) != 2:
        raise BenchwrightError(f"{name}={text}", expected="two models of the run, A,B", hint=f"{name}=old,new")
    return found


_READ: Mapping[str, Reader] = {
    "evaluations": _count,
    "removal": _removal,
    "scale": _scale,
    "seeds": _seeds,
    "steps": _count,
    "examples": _count,
    "ids": _names,
    "wrong": read_yes,
    "flips": _two,
    "faithfulness": read_yes,
}


def _unknown(what: str, name: str, known: Sequence[str] | Mapping[str, str], suite: Suite) -> BenchwrightError:
    return BenchwrightError(
        f"{suite.name} has no {what} {name!r}",
        expected=f"one of: {', '.join(known)}",
        hint=registry.suggest(name.replace("-", "_"), known) or f"{suite.name}/shap@SUITE/TASK?examples=50",
    )
