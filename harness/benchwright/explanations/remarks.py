"""Whom a remark about explanations is about, and how items were chosen, in few words: the same on terminals, pages and in Markdown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

_NAMED = 4
"""Names that are told one by one."""


class ModelMethod(NamedTuple):
    """A model and a method by which it is explained, each as it is shown."""

    model: str
    method: str


def whom(places: Sequence[ModelMethod], every: Sequence[ModelMethod]) -> str:
    """Whom a sentence about some of the rows of a table is about; empty where it can be about nobody else.

    Models alone where there is one method, else as `named` says it.

    Args:
        places: Of whom it is said.
        every: All rows of the table.
    """
    if len(every) == 1:
        return ""
    if len(places) > 1 and set(places) == set(every):
        return "all"
    if len({one.method for one in every}) == 1:
        return _named([one.model for one in places])
    return named(places)


def named(places: Sequence[ModelMethod]) -> str:
    """Methods with their models: ``lime of tfidf, majority; shap of tfidf``."""
    models: dict[str, list[str]] = {}
    for model, method in places:
        models.setdefault(method, []).append(model)
    alike: dict[tuple[str, ...], list[str]] = {}
    for method, names in models.items():
        alike.setdefault(tuple(names), []).append(method)
    return "; ".join(f"{_named(methods)} of {_named(names)}" for names, methods in alike.items())


def chosen_of(told: Sequence[tuple[str, str]]) -> str:
    """How items were chosen, from pairs of a model and that in words; of whom, where it differs."""
    models: dict[str, list[str]] = {}
    for model, text in told:
        if text:
            models.setdefault(text, []).append(model)
    if len(models) < 2:
        return "".join(models)
    return "; ".join(f"{_named(names)}: {text}" for text, names in models.items())


def _named(names: Collection[str]) -> str:
    different = _each(names)
    more = len(different) - _NAMED
    if more < 2:
        return ", ".join(different)
    return f"{', '.join(different[:_NAMED])} and {more} more"


def _each(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
