"""How a model was computed otherwise than exactly: what was tried, how far its answers agree with exact ones, what was taken."""

from __future__ import annotations

from math import inf, isfinite

from benchwright.task_path import task_path
from benchwright.types.base import Frozen
from benchwright.types.hardware import LatencyRatio
from benchwright.types.scores import PairedDifference

EXACT = "exact"
STATED = "as stated"
"""Chosen where the reference itself says how it is computed (``?dtype=``)."""

MARGIN = 0.1
"""An answer of which the exact model is surer than this may not change: P(its answer) - P(the next one)."""

LEAST_SAME = 0.995
"""Share of answers that have to be the same for a variant to be taken."""

MOVED = MARGIN / 2
"""At most as many margins may move by more than this as answers may change: a sample holds few answers near a tie."""

FAILS = "it fails:"
"""Begins the reason of a variant that was open and threw while it answered; what follows may quote an input."""


class Agreement(Frozen, frozen=True, kw_only=True):
    """How far the answers of a model agree with those of a reference to the same items.

    Attributes:
        n: Items that both answered, or words of them (``unit``).
        same: Equal answers among them; of numbers and vectors those that are equal but for rounding.
        beyond: Changed answers of which the reference was surer than `MARGIN`: its highest probability minus the next one; of numbers and
            vectors, those farther away than that allows. None where the reference does not say how sure it is.
        negative: Of the same answers (``unit``) those that are right under the reference and wrong under the other; None where answers
            are not right or wrong, or no gold answer is known.
        positive: Those that only the other has right; None likewise.
        surest: Largest margin of the reference among changed answers; None where none changed, or no margin is known.
        largest: Largest absolute difference of a score, over all items and labels; of numbers and vectors, of the answers themselves. None
            without scores.
        mean: Mean absolute difference of the scores.
        moved: Share of the answers whose margin (as above; of an answer that changed both together) moved by more than `MOVED`; None where
            answers have no margin.
        lost: Items that only one of them answered.
        unit: What is counted: ``example``, ``question``, ``word``.
        metric: ``name@version``, or ``score`` where the task's score is a mean of several metrics; empty: not compared.
        change: Value of the other minus that of the reference, over the items with a gold answer, with its interval; None: not compared.
    """

    n: int
    same: int
    beyond: int | None = None
    negative: int | None = None
    positive: int | None = None
    surest: float | None = None
    largest: float | None = None
    mean: float | None = None
    moved: float | None = None
    lost: int = 0
    unit: str = "example"
    metric: str = ""
    change: PairedDifference | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for counts that cannot be, as of a file that was written by hand."""
        counts = (self.same, self.beyond or 0, self.negative or 0, self.positive or 0, self.lost)
        if not 0 <= self.same <= self.n or min(counts) < 0 or not 0 <= (self.moved or 0.0) <= 1:
            raise ValueError(f"an agreement of {self.same} of {self.n} answers with counts that cannot be")
        if not all(map(isfinite, (self.surest or 0.0, self.largest or 0.0, self.mean or 0.0))):
            raise ValueError("an agreement with numbers that are not finite")

    @property
    def flips(self) -> int:
        """Answers that changed."""
        return self.n - self.same

    @property
    def share(self) -> float | None:
        """Share of answers that are the same, in [0, 1]; None without any."""
        return self.same / self.n if self.n else None

    @property
    def is_reached(self) -> bool:
        """Whether a variant with this agreement may stand for the reference: enough answers are the same, none was lost, none
        changed of which the reference was sure, and no more margins moved far than answers may change.
        """
        steady = self.moved is None or self.moved <= 1 - LEAST_SAME
        return bool(self.n) and not self.lost and self.same >= LEAST_SAME * self.n and not self.beyond and steady


class TriedVariant(Frozen, frozen=True, kw_only=True):
    """Another way of computing a model, tried on a sample or left out with a reason.

    Attributes:
        name: What it is called, ``bfloat16``.
        seconds: Of predicting the sample; None: it was not tried.
        agreement: Of its answers with exact ones on the sample; None likewise.
        reason: Why it was not tried, or not taken; empty for the one that was taken.
    """

    name: str
    seconds: float | None = None
    agreement: Agreement | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for seconds that cannot be."""
        if not 0 <= (self.seconds or 0.0) < inf:
            raise ValueError(f"a variant that took {self.seconds} s")


class PrecisionChoice(Frozen, frozen=True, kw_only=True):
    """What ``--precision fast`` computed a cell with, and on which grounds.

    Attributes:
        model: What the model is called in the run; empty beside the cell, which several runs share.
        suite: Of the task.
        task: The task.
        split: Of the task.
        key: Of the cell.
        chosen: Name of the variant; ``exact`` where none was taken.
        reason: In a sentence, why.
        sampled: Inputs of the sample that variants were tried on; 0: nothing was tried.
        total: Inputs of the cell.
        seconds: Of predicting the sample exactly; None: nothing was tried.
        tried: Each variant, in the order of trying.
        token_budget: Tokens to a forward pass that were found to be fastest (``--token-budget auto``); None: as usual.
        budgets: Tokens -> seconds of the sample, where they were looked for.
    """

    chosen: str
    reason: str
    sampled: int = 0
    total: int = 0
    seconds: float | None = None
    tried: tuple[TriedVariant, ...] = ()
    token_budget: int | None = None
    budgets: dict[str, float] = {}
    model: str = ""
    suite: str = ""
    task: str = ""
    split: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for a sample that cannot be."""
        if not 0 <= self.sampled <= self.total or not 0 <= (self.seconds or 0.0) < inf:
            raise ValueError(f"a sample of {self.sampled} of {self.total} inputs in {self.seconds} s")

    @property
    def task_path(self) -> str:
        """``suite/task``."""
        return task_path(self.suite, self.task)

    @property
    def taken(self) -> TriedVariant | None:
        """The variant that was taken; None: exact."""
        return next((one for one in self.tried if one.name == self.chosen), None)

    @property
    def times(self) -> float | None:
        """How many times as fast as exact the variant was on the sample; None where exact was taken."""
        taken = self.taken
        if taken is None or not taken.seconds or self.seconds is None:
            return None
        return self.seconds / taken.seconds


class VariantAgreement(Frozen, frozen=True, kw_only=True):
    """A model of a run whose checkpoint another model computes too, beside the one that computes it exactly, over a whole split.

    Attributes:
        model: What it is called in its run.
        parent: What the exact one is called; itself, where it is the exact one; empty where there is none.
        parent_key: Of the cell of that one; empty likewise.
        parent_run: Of which run that is, where runs are joined and it is another one.
        apart: Why its seconds say nothing beside those of the exact one: ``another machine``, ``another run``; empty: they were
            computed in one run on one machine.
        checkpoint: Digest of the checkpoint that both are made of.
        suite: Of the task.
        task: The task.
        split: Of the task.
        key: Of its cell.
        variant: What it computes otherwise, in a few words; empty: nothing.
        size_bytes: Of the files it is read from; None: not known.
        memory_bytes: Of its weights while it computes, as in `Facts`; None: not known.
        seconds: Of predicting; None where they are not known or not its own.
        items: Items predicted in those seconds.
        agreement: With its parent over the whole split; None for the exact one, and without one.
        in_turn: Its latency divided by that of its parent, blocks of the two in turn, where their run has such a hardware profile
            (`hardware/interleaved`) of this task; None: only ``seconds`` are known, whatever the machine did meanwhile.
    """

    model: str
    checkpoint: str
    suite: str
    task: str
    split: str
    key: str
    parent: str = ""
    parent_key: str = ""
    parent_run: str = ""
    apart: str = ""
    variant: str = ""
    size_bytes: int | None = None
    memory_bytes: int | None = None
    seconds: float | None = None
    items: int = 0
    agreement: Agreement | None = None
    in_turn: LatencyRatio | None = None

    @property
    def task_path(self) -> str:
        """``suite/task``."""
        return task_path(self.suite, self.task)

    @property
    def is_exact(self) -> bool:
        """Whether it is the one that others are compared with."""
        return bool(self.parent_key) and self.key == self.parent_key

    @property
    def per_second(self) -> float | None:
        """Items a second; None where seconds are not known."""
        return self.items / self.seconds if self.seconds and self.items else None
