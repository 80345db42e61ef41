"""What a selection asks: quantities, rules about them, objectives. What was typed, parsed; no model is known yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Operator = Literal[">=", "<=", ">", "<"]

EACH = "each"
"""Scope of a rule that must hold on every task."""

BEST = "best"
"""The reference that stands for the best value among all candidates."""

SELF = ("size_bytes", "parameters", "seconds_per_example")
"""What is known of a model without looking at its answers."""


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """Something that every candidate has a number of.

    Attributes:
        name: ``score``, a metric, a suite's recipe, ``worst_slice``, ``retained``, ``share``, or one of `SELF`.
        task: ``suite/task``; ``each``; empty: the mean over tasks that have it.
        arguments: Of ``retained(MODEL[, METRIC])`` and ``share(WHAT, MODEL)``.
        text: As typed.
        column: Where it begins in what was typed, from 0.
    """

    name: str
    task: str = ""
    arguments: tuple[str, ...] = ()
    text: str
    column: int = 0


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A number as typed: ``50 MB`` is 50 with the unit ``MB``."""

    value: float
    unit: str = ""
    column: int = 0


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The right side of a rule: a number, or a model's value plus a number.

    Attributes:
        amount: The number, or what is added to the reference.
        reference: ``best``, the name of a model, or empty.
        column: Where it begins in what was typed, from 0.
    """

    amount: Amount
    reference: str = ""
    column: int = 0


@dataclass(frozen=True, kw_only=True)
class Rule:
    """``quantity operator limit``."""

    text: str
    quantity: Quantity
    operator: Operator
    limit: Limit
