"""What a selection found: the choice, how sure it is, and the result of every candidate."""

from __future__ import annotations

from typing import Literal

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.quantities import Unit
from benchwright.registry import suggest
from benchwright.types import Frozen, PlacedAlarm

SCHEMA = 1
"""Version of the JSON of `select`."""


class Objective(Frozen, frozen=True, kw_only=True):
    """An objective.

    Attributes:
        text: As typed.
        direction: ``maximize`` or ``minimize``.
        value_unit: What its values are measured in: ``fraction`` (correlations too), ``number``, ``bytes``, ``count``, ``seconds``,
            ``share``.
        weight: Its weight, where weights are given; they sum to 1.
        weight_low: Lowest weight with which the winner wins, the others keeping their proportions.
        weight_high: Highest such weight.
        paths: Tasks behind it; several: their mean, or an average of the suite.
    """

    text: str
    direction: Literal["maximize", "minimize"]
    value_unit: Unit
    weight: float | None = None
    weight_low: float | None = None
    weight_high: float | None = None
    paths: tuple[str, ...] = ()


class CandidateResult(Frozen, frozen=True, kw_only=True):
    """A candidate that has every task.

    Attributes:
        model: Its name.
        values: Quantity as typed -> its value; None where undefined or not known.
        feasible: Whether it keeps every rule on the data.
        reasons: Rules it breaks.
        front: Whether no feasible model beats it in every objective.
        utility: Weighted sum of scaled objectives, where weights are given.
        p_feasible: Share of resamples in which it keeps every rule; None where resamples say nothing.
        p_front: Share in which it is feasible and on the front.
        p_best: Share in which it is feasible and the best of the feasible.
        p_best_if_feasible: The same among those in which it is feasible.
        behind: Winner's objective minus its own, in the sense that more is worse.
        low: Lower end of the 95 % interval of ``behind``, that of this pair alone: who else is there changes nothing.
        high: Upper end.
        p_adjusted: p of no distance, adjusted (Holm) over all pairs of feasible models.
        tied: Whether it cannot be told from the winner: that p is above 0.05.
        knee: Whether it is the knee of a front of two objectives, a heuristic.
    """

    model: str
    values: dict[str, float | None]
    feasible: bool
    reasons: tuple[str, ...] = ()
    front: bool = False
    utility: float | None = None
    p_feasible: float | None = None
    p_front: float | None = None
    p_best: float | None = None
    p_best_if_feasible: float | None = None
    behind: float | None = None
    low: float | None = None
    high: float | None = None
    p_adjusted: float | None = None
    tied: bool = False
    knee: bool = False


class Unranked(Frozen, frozen=True, kw_only=True):
    """A candidate that is not ranked, and why."""

    model: str
    reason: str


class Retained(Frozen, frozen=True, kw_only=True):
    """What a model keeps of the parent's quality.

    Attributes:
        model: Its name.
        what: The objective, or ``suite/task`` of one of its tasks.
        parent: The parent's value.
        candidate: Its own.
        share: candidate / parent; None where that means nothing, see ``flags``.
        low: Lower end of the interval of the share.
        high: Upper end.
        value_unit: What its values are measured in.
        flags: What a reader must know.
    """

    model: str
    what: str
    parent: float | None
    candidate: float | None
    share: float | None
    low: float | None = None
    high: float | None = None
    value_unit: Unit = "fraction"
    flags: tuple[str, ...] = ()


class SizeRatio(Frozen, frozen=True, kw_only=True):
    """What a model needs beside the parent: ``share`` = candidate / parent of ``size_bytes``, ``parameters``, ...; None: not known."""

    model: str
    what: str
    parent: float | None
    candidate: float | None
    share: float | None


class SelectionData(Frozen, frozen=True, kw_only=True):
    """Which model to take.

    Attributes:
        schema: Version of the JSON.
        verdict: ``chosen``, ``none feasible`` or ``invalid`` (a rule needs what is not measured).
        winner: The best feasible model on the data.
        equal: Models with exactly the winner's objective; the winner is named first by the other objectives.
        objectives: The first decides, or all by weights.
        rules: As typed.
        unmeasured: Rules that cannot be judged.
        candidates: Candidates that have every task: feasible ones first, best first.
        unranked: Candidates that have not.
        parent: Name of the parent; empty without.
        retained: Quality that is kept of the parent.
        size_ratios: Size and the like.
        weight_share: Of all possible weights, the share with which the winner wins.
        attempts: Different models in the store on the same tasks and data, candidates included.
        optimism: Expected excess of the winner's objective over its truth because it was chosen here.
        optimism_if_equal: The same if all feasible models were equally good: the most that choosing can have added.
        family: Pairs of feasible models that p is adjusted for.
        paths: Tasks.
        n: Items of each task.
        clusters: Independent units of each task: clusters, or items.
        confidence: Of intervals.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.
        alarms: What goes with the numbers of the candidates and the parent, alarms first.
        flags: What a reader must know.
    """

    schema: int
    verdict: Literal["chosen", "none feasible", "invalid"]
    winner: str | None
    objectives: tuple[Objective, ...]
    rules: tuple[str, ...]
    candidates: tuple[CandidateResult, ...]
    equal: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()
    unranked: tuple[Unranked, ...] = ()
    parent: str = ""
    retained: tuple[Retained, ...] = ()
    size_ratios: tuple[SizeRatio, ...] = ()
    weight_share: float | None = None
    attempts: int = 0
    optimism: float | None = None
    optimism_if_equal: float | None = None
    family: int = 0
    paths: tuple[str, ...] = ()
    n: dict[str, int] = msgspec.field(default_factory=dict)
    clusters: dict[str, int] = msgspec.field(default_factory=dict)
    confidence: float = 0.95
    resamples: int = 0
    seed: int = 0
    alarms: tuple[PlacedAlarm, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 chosen, 1 none feasible, 3 invalid."""
        return {"chosen": 0, "none feasible": 1, "invalid": 3}[self.verdict]

    @property
    def tied(self) -> tuple[str, ...]:
        """Models that cannot be told from the winner, itself aside."""
        return tuple(one.model for one in self.candidates if one.tied and one.model != self.winner)

    def candidate(self, model: str) -> CandidateResult:
        """The result of a candidate. Raises BenchwrightError for one that is not ranked."""
        for one in self.candidates:
            if one.model == model:
                return one
        why = next((one.reason for one in self.unranked if one.model == model), "")
        if why:
            raise BenchwrightError(f"{model} is not ranked: {why}", expected="a model with all tasks")
        names = [one.model for one in self.candidates]
        raise BenchwrightError(
            f"no model {model!r}",
            expected=f"one of: {', '.join(names)}",
            hint=suggest(model, names) or "use one of these",
        )
