"""A view of a task: its items with their inputs perturbed."""

from __future__ import annotations

from typing import Self

from benchwright.task_path import DEFAULT_SEVERITY, SEVERITIES, view_name
from benchwright.types.base import Frozen


class View(Frozen, frozen=True, kw_only=True):
    """What is done to the inputs of a task.

    Attributes:
        suite: Suite of views that it belongs to.
        perturbation: Name of the perturbation.
        severity: How much of an input is changed: 1, 2 or 3.
        draws: How many variants of each item are made, each with a seed of its own.
    """

    suite: str
    perturbation: str
    severity: int = DEFAULT_SEVERITY
    draws: int = 1

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
