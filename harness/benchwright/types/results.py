"""What came out: scores with all that is needed to believe them, cells and runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from benchwright.task_path import task_path, view_name
from benchwright.types.base import Frozen
from benchwright.types.bias import GroupGap, IdentityScore
from benchwright.types.explanations import ExplanationSummary, MethodAgreement
from benchwright.types.hardware import Profile
from benchwright.types.models import ModelRef
from benchwright.types.precision import PrecisionChoice, VariantAgreement
from benchwright.types.scores import Alarm, PairedDifference, Score
from benchwright.types.tasks import AnyTask


class Ledger(Frozen, frozen=True, kw_only=True):
    """Where the examples of a cell went: ``total = scored + errored + skipped``.

    Attributes:
        truncated: Examples of which the model saw less than the whole.
        tokens: Tokens of text that the model read, special ones left out; 0 where it does not say.
        unknown: Of them those that its vocabulary does not know.
        notes: Counts of noteworthy events, by name.
    """

    total: int
    scored: int
    errored: int
    skipped: int
    truncated: int = 0
    tokens: int = 0
    unknown: int = 0
    notes: dict[str, int] = {}
    records: str = ""
    """SHA-256 of ``records.parquet``."""
    cell: str = ""
    """SHA-256 of ``cell.json``."""
    texts: str = ""
    """SHA-256 of the texts behind the records; empty where they were not kept."""


class ValidationPoint(Frozen, frozen=True, kw_only=True):
    """Loss and metric on validation rows (held back from the train split) after an epoch."""

    epoch: int
    step: int
    loss: float
    metric: float | None = None


class Training(Frozen, frozen=True, kw_only=True):
    """How a checkpoint was made here.

    Attributes:
        task: Task whose train split was used.
        base: What was trained: the last part of a path, a hub id, or ``tiny``.
        recipe: Effective settings.
        rows: ``available``, ``train`` and ``held`` rows of the train split.
        parameters: ``all`` and ``trained`` weights.
        metric: What chose the epoch, on held-back rows of the train split.
        losses: (step, loss) pairs.
        held: Metric and loss on the validation rows after each epoch.
        chosen_epoch: The epoch whose weights were kept.
        seconds: Spent training.
    """

    task: str
    base: str
    recipe: dict[str, Any]
    rows: dict[str, int]
    parameters: dict[str, int]
    metric: str
    losses: tuple[tuple[int, float], ...]
    held: tuple[ValidationPoint, ...]
    chosen_epoch: int
    stopped_early: bool
    seconds: float


class AggregateScore(Frozen, frozen=True, kw_only=True):
    """One number over a suite; ``value`` is None where a task is missing, and ``missing`` names it."""

    model: str
    suite: str
    name: str
    value: float | None
    title: str = ""
    low: float | None = None
    high: float | None = None
    missing: tuple[str, ...] = ()
    reason: str = ""


class RobustnessScore(Frozen, frozen=True, kw_only=True):
    """A model on one view of a task (its inputs perturbed), beside its answers to the same items as they are.

    The items of an item's variants V_i are all that the perturbation changed: unchanged ones are no variants. Numbers are
    over the n items that have a variant and an answer to the original and to every variant.

    Attributes:
        model: What the model is called in the run.
        suite: Suite of views: ``robustness``.
        perturbation: What was done to the inputs: ``keyboard_typo``.
        severity: How much of them was changed: 1, 2 or 3.
        draws: How many variants of each item were asked for.
        base: ``suite/task`` whose items are seen changed.
        split: Of the base task.
        clean_key: Cell of the base task.
        view_key: Cell of the view.
        metric: ``name@version``, or ``score`` where the task's score is a mean of several metrics.
        direction: Whether ``higher`` or ``lower`` is better.
        items: Items of the base task under evaluation (after a limit).
        n: Items that the numbers are over.
        variants: Variants of those items: the sum of |V_i|; the mean |V| is ``variants / n``.
        most: Largest |V_i|.
        unchanged: Variants that equalled their original and were left out.
        unprojectable: Variants whose gold answer could not be carried along and were left out.
        unanswered: Items left out because the original or a variant has no answer.
        clean: The metric on the originals of the n items.
        perturbed: The metric on the variants, against the gold answer carried along.
        difference: ``perturbed - clean``, paired by item, clusters kept together.
        consistency: Self-consistency: mean over items of the share of variants answered as the original is, in [0, 1]. It
            asks for no gold answer and is 1 for a constant model: never to be shown without ``clean`` and ``perturbed``.
        worst: Worst case: share of items whose original and every variant are answered correctly, in [0, 1]. It falls as
            |V| grows; None where answers are not right or wrong (numbers).
        alarms: Alarms of both cells, then notes about these numbers.
    """

    model: str
    suite: str
    perturbation: str
    severity: int
    base: str
    split: str
    metric: str
    clean: Score
    perturbed: Score
    difference: PairedDifference
    consistency: Score
    worst: Score | None = None
    draws: int = 1
    direction: Literal["higher", "lower"] = "higher"
    clean_key: str = ""
    view_key: str = ""
    items: int = 0
    n: int = 0
    variants: int = 0
    most: int = 0
    unchanged: int = 0
    unprojectable: int = 0
    unanswered: int = 0
    alarms: tuple[Alarm, ...] = ()

    @property
    def task_path(self) -> str:
        """``view@suite/task``: the cell of the view in the run."""
        return f"{self.suite}/{view_name(self.perturbation, self.severity)}@{self.base}"


class CellResult(Frozen, frozen=True, kw_only=True):
    """One model on one task of a run, as reports and comparisons see it.

    Attributes:
        status: ``scored``, ``measured`` (a hardware profile: `Run.profiles` tells what), ``explained``
            (`Run.explanations` tells how; its key is that of the cell whose answers are explained), ``failed`` (with reason), ``missing`` (no data here), ``refused`` (the model cannot) or
            ``unfinished`` (the run was interrupted; the same command goes on).
        score: The task's score.
        scores: Scores by metric, then slices.
        alarms: Alarms about this cell (permuted labels, below chance, constant predictions), then notes (limited).
        seconds: Spent predicting, summed over the shards as they were computed, by whichever process and whenever; None
            where nothing was timed, or where answers were read instead of computed.
        reused: Whether its predictions came from the store.
        training: How its checkpoint was made, when it was made here.
    """

    model: str
    suite: str
    task: str
    split: str
    status: Literal["scored", "measured", "explained", "failed", "missing", "refused", "unfinished"]
    key: str | None = None
    reason: str = ""
    score: Score | None = None
    scores: tuple[Score, ...] = ()
    ledger: Ledger | None = None
    seconds: float | None = None
    reused: bool = False
    alarms: tuple[Alarm, ...] = ()
    training: Training | None = None

    @property
    def task_path(self) -> str:
        """``suite/task``."""
        return task_path(self.suite, self.task)


class RunSpec(Frozen, frozen=True, kw_only=True):
    """What a run is asked to do; everything in it was written by a person or is a default."""

    models: tuple[ModelRef, ...]
    suites: tuple[str, ...]
    on: tuple[str, ...] = ()
    split: str | None = None
    data: str | None = None
    limit: int | None = None
    seed: int = 0
    device: str = "cpu"
    precision: Literal["exact", "fast"] = "exact"
    executor: str = "local"
    offline: bool = False
    errors: int = 0
    """Error budget: examples of one cell that may fail before the cell does."""
    unlabelled: bool = False
    """Predict splits without gold labels too, for a submission; nothing is scored on them."""


class RunBeside(Frozen, frozen=True, kw_only=True):
    """What is known of a run and stands in no file, since it is true only here.

    Attributes:
        store: The store folder it was read from or written to.
        same_models: As `Run.same_models`.
        apart: As `Run.apart`.
    """

    store: str | None = None
    same_models: dict[str, str] = {}
    apart: tuple[str, ...] = ()


_NOTHING_BESIDE = RunBeside()


class Run(Frozen, frozen=True, kw_only=True, dict=True):
    """A finished or unfinished run as ``runs/<name>.json`` holds it."""

    schema: int
    name: str
    spec: RunSpec
    cells: tuple[CellResult, ...]
    aggregates: tuple[AggregateScore, ...]
    environment: dict[str, Any]
    created: str
    complete: bool
    tasks: dict[str, AnyTask] = {}
    """``suite/task`` -> the card that was used."""
    suites: dict[str, int] = {}
    """Suite -> version."""
    robustness: tuple[RobustnessScore, ...] = ()
    """Each model on each view whose cell and clean cell are scored, in the order of the cells."""
    bias: tuple[IdentityScore, ...] = ()
    """Each model on each dimension of an identity view whose cell and clean cell are scored."""
    gaps: tuple[GroupGap, ...] = ()
    """Each model on each slice that holds groups of people (`Task.identities`)."""
    profiles: tuple[Profile, ...] = ()
    """Each model in each scenario that was measured."""
    explanations: tuple[ExplanationSummary, ...] = ()
    """Each method on each model and task whose items were explained."""
    explanation_agreement: tuple[MethodAgreement, ...] = ()
    """Each two explanations of one model's answers to one task, where a run has several."""
    precisions: tuple[PrecisionChoice, ...] = ()
    """What ``--precision fast`` computed each cell with; empty under ``exact``."""
    variants: tuple[VariantAgreement, ...] = ()
    """Models that compute one checkpoint in several ways, on each task, where the run has more than one of them."""
    token: str = ""
    """What stood for the digest of models that have none; empty where every model has one."""

    @property
    def beside(self) -> RunBeside:
        """What is known of it and stands in no file."""
        found: RunBeside = self.__dict__.get("known_beside", _NOTHING_BESIDE)
        return found

    @property
    def store(self) -> str | None:
        """The store folder it was read from or written to; None for a run that was put together by hand."""
        return self.beside.store

    @property
    def same_models(self) -> dict[str, str]:
        """Models that were only measured here -> ``RUN:MODEL`` that the same model was scored as, in a report over both; empty elsewhere."""
        return self.beside.same_models

    @property
    def apart(self) -> tuple[str, ...]:
        """Why a model that was only measured here stands in a row of its own, in a report over several runs."""
        return self.beside.apart

    def know(
        self,
        *,
        store: str | None = None,
        same_models: dict[str, str] | None = None,
        apart: tuple[str, ...] | None = None,
    ) -> None:
        """Keep with this run what stands in no file, as `RunBeside` says it; None leaves what is known."""
        given = {"store": store, "same_models": same_models, "apart": apart}
        told = {name: value for name, value in given.items() if value is not None}
        self.__dict__["known_beside"] = msgspec.structs.replace(self.beside, **told)

    def replaced(self, **fields: Any) -> Run:
        """The run with other values in some fields; what stands in no file goes with it."""
        found = msgspec.structs.replace(self, **fields)
        found.__dict__["known_beside"] = self.beside
        return found

    def to_pandas(self) -> Any:
        """A DataFrame with one row per score, slices included."""
        tables = _tables()
        return tables.to_frame(tables.run_rows(self))

    def records(self, *, model: str | None = None, task: str | None = None, inputs: bool = True) -> Any:
        """A DataFrame with one row per example: id, gold, answer, scores, error, slices and texts."""
        return _module("benchwright.reporting").records(self, model=model, task=task, inputs=inputs)

    def attributions(self, *, model: str | None = None, task: str | None = None, method: str | None = None) -> Any:
        """A DataFrame with one row per word and target of explained items; `explanations` says what there is."""
        return _module("benchwright.reporting").attributions(self, model=model, task=task, method=method)

    def report(self, path: str | Path, **options: Any) -> Path:
        """Write a report over this run; options are those of `benchwright.report`. Returns the path."""
        written: Path = _module("benchwright.reporting").report(self, path, **options)
        return written

    def __str__(self) -> str:
        text = str(_tables().run_text(self))
        if not self.explanations:
            return text
        lines = _module("benchwright.explanations.summary_lines").summary_lines
        return "\n".join([text, "", *lines(self.explanations, self.explanation_agreement)])

    def _repr_html_(self) -> str:
        html = str(_tables().run_html(self))
        if not self.explanations:
            return html
        return html + str(_module("benchwright.explanations.summary_lines").summary_html(self.explanations))


def _tables() -> Any:
    return _module("benchwright.results")


def _module(name: str) -> Any:
    """A module by name: nouns know nothing of how they are shown until they are asked."""
    from importlib import import_module

    return import_module(name)
