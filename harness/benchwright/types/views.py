"""A view of a task: its items with their inputs perturbed, with one group of people exchanged for another, or under a clock."""

from __future__ import annotations

from typing import Self

from benchwright.task_path import DEFAULT_SEVERITY, IDENTITY, SEVERITIES, view_name
from benchwright.types.base import Frozen
from benchwright.types.explanations import ExplainSpec
from benchwright.types.hardware import ProfileSpec

NAMES = 2
"""Variants of each group where names are drawn, if nobody says how many."""


class View(Frozen, frozen=True, kw_only=True):
    """What is done to the inputs of a task.

    Attributes:
        suite: Suite of views that it belongs to.
        perturbation: Name of the perturbation, or ``identity``.
        severity: How much of an input is changed: 1, 2 or 3.
        draws: How many variants of each item are made, each with a seed of its own.
        dimensions: Of identity swaps: what people are told apart by (``gender``); empty: all that there are.
        names: Of identity swaps: variants of each group where given names or countries are drawn.
        lexicon: Of identity swaps: file of the user's own terms; empty: those that ship.
        profile: Of hardware profiles: how the model is measured on the items as they are; None: inputs are changed.
        explain: Of explanations: how the model's answers to the items as they are get explained; None: inputs are changed.
        alone: Of hardware profiles: whether the task itself is left unanswered, so that no quality is told beside the times.
    """

    suite: str
    perturbation: str
    severity: int = DEFAULT_SEVERITY
    draws: int = 1
    dimensions: tuple[str, ...] = ()
    names: int = NAMES
    lexicon: str = ""
    profile: ProfileSpec | None = None
    explain: ExplainSpec | None = None
    alone: bool = False

    @property
    def is_identity(self) -> bool:
        """Whether groups of people are exchanged in it: it has dimensions, and neither a severity nor draws."""
        return self.perturbation == IDENTITY

    @property
    def name(self) -> str:
        """What it is called within its suite: ``keyboard_typo-3``."""
        return view_name(self.perturbation, self.severity)

    @classmethod
    def named(cls, suite: str, name: str, draws: int = 1) -> Self:
        """The view of that name; one without a severity has the default one."""
        stem, dash, number = name.rpartition("-")
        if dash and number in map(str, SEVERITIES):
            return cls(suite=suite, perturbation=stem, severity=int(number), draws=draws)
        return cls(suite=suite, perturbation=name, draws=draws)
