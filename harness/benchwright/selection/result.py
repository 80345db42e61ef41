"""The result of a selection as data: the choice, its uncertainty, and the result of every candidate."""

from __future__ import annotations

from typing import Literal

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.quantities import Unit
from benchwright.registry import suggest
from benchwright.types import Frozen, PlacedAlarm

LATENCY = "latency_p50"
"""What the ratio of two models that took turns is of, among `SizeRatio`."""

SCHEMA = 2
"""Version of the JSON of `select`."""


class Objective(Frozen, frozen=True, kw_only=True):
    """An objective of a selection.

    Attributes:
        text: As typed.
        direction: ``maximize`` or ``minimize``.
        value_unit: Unit of its values: ``fraction`` (correlations too), ``number``, ``bytes``, ``count``, ``seconds``,
            ``share``.
        weight: Its weight, where weights are given; they sum to 1.
        weight_low: Lowest weight with which the winner still wins, proportions of the other weights fixed.
        weight_high: Highest such weight.
        paths: Tasks of it; several: their mean, or an average of the suite.
    """

    text: str
    direction: Literal["maximize", "minimize"]
    value_unit: Unit
    weight: float | None = None
    weight_low: float | None = None
    weight_high: float | None = None
    paths: tuple[str, ...] = ()


class MeasuredColumn(Frozen, frozen=True, kw_only=True):
    """A quantity that a requirement asks of and that is shown beside the objectives: as typed, and its unit."""

    text: str
    value_unit: Unit


class CandidateResult(Frozen, frozen=True, kw_only=True):
    """The result of a complete candidate.

    Attributes:
        model: Its name.
        values: Objective as typed, or measured quantity of a requirement, -> its value; None if undefined or unknown.
        feasible: Whether it satisfies every requirement on the data.
        reasons: Requirements that it violates.
        front: Whether it is on the Pareto front: no feasible model dominates it.
        utility: Weighted sum of scaled objectives, if weights are given.
        p_feasible: Fraction of resamples in which it is feasible; None if resampling is not informative.
        p_front: Fraction in which it is feasible and on the Pareto front.
        p_best: Fraction in which it is the best feasible model.
        p_best_if_feasible: The same, conditional on being feasible.
        behind: Distance to the winner in the objective, oriented so that positive is worse.
        low: Lower end of the 95 % interval of ``behind``, for this pair alone (not simultaneous).
        high: Upper end.
        p_adjusted: p of no distance, adjusted (Holm) over all pairs of feasible models.
        tied: Whether it is not shown to be worse than the winner: the interval holds 0 or ``p_adjusted`` is above 0.05.
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
    """A candidate that is not ranked, and the reason."""

    model: str
    reason: str


class Retained(Frozen, frozen=True, kw_only=True):
    """The fraction of the parent's quality that a model retains.

    Attributes:
        model: Its name.
        what: The objective, or ``suite/task`` of one of its tasks.
        parent: The parent's value.
        candidate: The value of the model.
        share: candidate / parent; None if not meaningful, see ``flags``.
        low: Lower end of the interval of the share.
        high: Upper end.
        value_unit: Unit of the values.
        flags: Notes for the reader.
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
    """Size ratio of a model to the parent: ``share`` = candidate / parent of ``size_bytes``, ``parameters``; None: unknown.

    Of ``latency_p50`` it is the ratio of models that took turns in one session, which is of no two values.
    """

    model: str
    what: str
    parent: float | None
    candidate: float | None
    share: float | None


class SelectionData(Frozen, frozen=True, kw_only=True):
    """The result of a selection.

    Attributes:
        schema: Version of the JSON.
        verdict: ``chosen``, ``none feasible`` or ``invalid`` (a requirement needs what is not measured).
        winner: The best feasible model on the data.
        equal: Models with exactly the winner's objective; the other objectives decided between them.
        objectives: The first decides, or all by their weights.
        rules: Requirements as typed.
        unmeasured: Requirements that cannot be evaluated.
        candidates: Complete candidates: feasible ones first, best first.
        unranked: Incomplete candidates.
        parent: Name of the parent; empty without.
        retained: Fractions of the parent's quality that are retained.
        size_ratios: Ratios of size and time to the parent's.
        weight_share: Fraction of all possible weights with which the winner wins.
        attempts: Different models in the store on the same tasks and data, candidates included.
        measured: Quantities of hardware profiles that requirements ask of; their values stand with the candidates.
        optimism: Selection bias: expected excess of the winner's objective over its true value, because it was chosen on these data.
        optimism_if_equal: The same if all feasible models were equally good: the largest possible selection bias.
        family: Number of pairs of feasible models that p is adjusted for.
        paths: Tasks.
        n: Items of each task.
        clusters: Independent units of each task: clusters, or items.
        confidence: Of intervals.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.
        alarms: Alarms and notes about candidates and parent, alarms first.
        flags: Notes for the reader.
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
    measured: tuple[MeasuredColumn, ...] = ()
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
        """Models not significantly different from the winner, itself excluded."""
        return tuple(one.model for one in self.candidates if one.tied and one.model != self.winner)

    def candidate(self, model: str) -> CandidateResult:
        """The result of a candidate. Raises BenchwrightError if it is not ranked."""
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
