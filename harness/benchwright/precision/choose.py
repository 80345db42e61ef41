"""Try ways of computing a model on a sample, and take the fastest of those whose answers agree with exact ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from benchwright.agreement.answered import agree
from benchwright.agreement_words import why_refused
from benchwright.errors import BenchwrightError, ModelError
from benchwright.example_table import blinded
from benchwright.formatting import percent
from benchwright.items import count
from benchwright.measuring.clock import Clock, RealClock
from benchwright.precision.rates import times_as_fast
from benchwright.precision.sample import FEWEST, draw, size_of, some
from benchwright.precision.subject import FastSubject
from benchwright.precision.token_budget import fastest_size, size_by_memory
from benchwright.types import (
    EXACT,
    FAILS,
    STATED,
    Agreement,
    Example,
    ModelVariant,
    PrecisionChoice,
    Prediction,
    Record,
    Session,
    SizesBatches,
    TriedVariant,
)

_STATED = "its reference says how it is computed, so that no variant is tried"

_AGAIN = 30.0
"""Where exact takes fewer seconds than this, every way is timed twice, in turn, and the faster time counts."""


@dataclass(frozen=True, kw_only=True)
class ChosenSession:
    """An open model, and why it is this one."""

    session: Session
    choice: PrecisionChoice


def choose(subject: FastSubject, *, clock: Clock | None = None) -> ChosenSession:
    """The fastest way that reaches the agreement on a sample, open; else the exact one, with the reason.

    Gold answers decide nothing: a way is taken by whether its answers are those of exact, and by its time.

    Args:
        subject: Model and inputs.
        clock: What time is read from; None: the real one.

    Raises:
        ModelError: The model cannot be opened exactly.
    """
    rows = draw(subject.examples, device=subject.context.device, seed=subject.seed)
    exact = subject.open_exact()
    variants = subject.variants()
    total = len(subject.examples)
    if not rows:
        told = f"{count(total, 'input')}: fewer than {FEWEST} are done before variants are tried"
        return ChosenSession(session=exact, choice=PrecisionChoice(chosen=EXACT, reason=told, total=total))
    if not variants and not subject.auto_budget:
        return ChosenSession(session=exact, choice=PrecisionChoice(chosen=STATED, reason=_STATED, total=total))
    sample = list(some(subject.examples, rows))
    trial = _Trial(subject, exact, sample, clock or RealClock())
    try:
        trial.read_reference()
    except Exception:  # the cell finds out which input it is, tells it and counts it
        told = f"exact itself fails on a sample of {count(len(sample), 'input')}: nothing can be compared with it"
        return ChosenSession(session=exact, choice=PrecisionChoice(chosen=EXACT, reason=told, total=total))
    return trial.run(variants)


def find_variant(subject: FastSubject, choice: PrecisionChoice) -> ModelVariant | None:
    """The variant that was chosen; None where the model is computed as its reference is.

    Raises:
        ModelError: That variant is not known here.
    """
    if choice.chosen in (EXACT, STATED):
        return None
    found = next((one for one in subject.variants() if one.name == choice.chosen and not one.absent), None)
    if found is None:
        raise ModelError(
            f"a part of this cell was computed as {choice.chosen}, which cannot be opened here",
            expected="the libraries that it was begun with",
            hint="install them, or compute all of it anew with --rerun always",
        )
    return found


def reopen(subject: FastSubject, choice: PrecisionChoice) -> Session:
    """The model as a stored choice says that the rest of the cell was computed.

    Raises:
        ModelError: That variant is not known here.
    """
    variant = find_variant(subject, choice)
    session = subject.open_exact() if variant is None else subject.open(variant)
    if choice.token_budget is not None and isinstance(session, SizesBatches):
        session.token_budget = choice.token_budget
    return session


@dataclass(eq=False)
class _Trial:
    """Ways of computing a model, tried one after the other; at most three models are open at a time.

    Attributes:
        subject: What is tried.
        exact: The model as it is computed exactly.
        sample: Inputs with their gold answers.
        clock: What time is read from.
        tried: How variants fared so far.
        reference: Records of the exact answers.
        seconds: Of the exact answers; the least of all times that they were timed.
    """

    subject: FastSubject
    exact: Session
    sample: Sequence[Example]
    clock: Clock
    tried: list[TriedVariant] = field(default_factory=list)
    reference: Sequence[Record] = ()
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.blind = blinded(self.sample)

    def read_reference(self) -> None:
        """Answer the sample exactly, which everything else is held against."""
        self.seconds, predictions = self._answered(self.exact)
        self.reference = self.subject.to_records(self.sample, predictions)

    def run(self, variants: Sequence[ModelVariant]) -> ChosenSession:
        """Try all, keep the fastest that agrees."""
        best, session = "", self.exact
        fastest = self.seconds
        for variant in variants:
            found, opened = self._try(variant)
            fastest = min(fastest, self.seconds)  # exact was timed again, and may have been slow at first
            if opened is not None and found.seconds is not None and not found.reason and found.seconds < fastest:
                if session is not self.exact:
                    session.close()
                best, session, fastest = variant.name, opened, found.seconds
            elif opened is not None:
                opened.close()
            self.tried.append(found)
        if session is not self.exact and fastest >= self.seconds:
            session.close()
            best, session = "", self.exact
        if session is not self.exact:
            self.exact.close()
        budget, budgets = self._budget(session)
        choice = PrecisionChoice(
            chosen=best or (EXACT if variants else STATED),
            reason=self._why(best),
            sampled=len(self.sample),
            total=len(self.subject.examples),
            seconds=self.seconds,
            tried=tuple(self._slower(one, best) for one in self.tried),
            token_budget=budget,
            budgets={str(tokens): seconds for tokens, seconds in budgets.items()},
        )
        return ChosenSession(session=session, choice=choice)

    def _try(self, variant: ModelVariant) -> tuple[TriedVariant, Session | None]:
        """How a variant fares, and the model if it is open."""
        reason = variant.absent or self._too_slow(variant)
        if reason:
            return TriedVariant(name=variant.name, reason=reason), None
        try:
            session = self.subject.open(variant)
        except Exception as error:  # a way that cannot be opened is one that is not taken
            return TriedVariant(name=variant.name, reason=f"it cannot be opened: {_told(error)}"), None
        try:
            seconds, found = self._measure(session)
        except Exception as error:
            session.close()
            return TriedVariant(name=variant.name, reason=f"{FAILS} {_told(error)}"), None
        return TriedVariant(name=variant.name, seconds=seconds, agreement=found, reason=why_refused(found)), session

    def _too_slow(self, variant: ModelVariant) -> str:
        """Why a variant is not worth opening; empty: it may be."""
        if variant.dtype:
            times = times_as_fast(variant.dtype, self.subject.context.device, self.subject.cache)
            if times is None:
                return f"this machine multiplies no {variant.dtype} matrices"
            if times < variant.times:
                return (
                    f"this machine multiplies {variant.dtype} matrices {times:.1f} times as fast as float32 ones, and"
                    f" {variant.times:g} times are asked for"
                )
        left = self._seconds_left()
        if variant.preparing > left / 2:
            return f"preparing it takes about {variant.preparing:.0f} s, and exact would be done in {left:.0f} s"
        return ""

    def _seconds_left(self) -> float:
        """Seconds that the whole cell would take exactly, as its sample took."""
        examples = self.subject.examples
        mean = sum(map(size_of, self.sample)) / len(self.sample)
        step = max(1, len(examples) // 2000)
        looked = [size_of(example) for example in some(examples, range(0, len(examples), step))]
        share = (sum(looked) / len(looked)) / mean if mean else 1.0
        return self.seconds * share * len(examples) / len(self.sample)

    def _measure(self, session: Session) -> tuple[float, Agreement]:
        """Seconds of the sample, and the agreement of its answers."""
        seconds, predictions = self._answered(session)
        if self.seconds < _AGAIN:
            self.seconds = min(self.seconds, self._time(self.exact))
            seconds = min(seconds, self._time(session))
        task, found = self.subject.task, self.subject.to_records(self.sample, predictions)
        return seconds, agree(task, self.reference, found)

    def _answered(self, session: Session) -> tuple[float, Sequence[Prediction]]:
        """Seconds of the sample and its answers, after one input that is not timed."""
        session.predict(self.blind[:1])
        before = self.clock.now()
        predictions = session.predict(self.blind)
        return self.clock.now() - before, predictions

    def _time(self, session: Session) -> float:
        before = self.clock.now()
        session.predict(self.blind)
        return self.clock.now() - before

    def _budget(self, session: Session) -> tuple[int | None, dict[int, float]]:
        """Tokens to a forward pass, where they are to be found."""
        if not self.subject.auto_budget:
            return None, {}
        if self.subject.context.device == "cuda":
            return size_by_memory(session, self.blind), {}
        budgets = fastest_size(session, lambda: self._time(session))
        return (min(budgets, key=lambda tokens: budgets[tokens]) if budgets else None), budgets

    def _slower(self, one: TriedVariant, best: str) -> TriedVariant:
        """A variant that agrees, with why it was not taken."""
        if one.name == best or one.reason or one.seconds is None:
            return one
        return msgspec.structs.replace(one, reason=f"slower than {best or EXACT}")

    def _why(self, best: str) -> str:
        if best:
            found = next(one for one in self.tried if one.name == best)
            assert found.agreement is not None
            assert found.seconds
            return (
                f"{self.seconds / found.seconds:.1f} times as fast as exact on {count(len(self.sample), 'input')}, with"
                f" {percent(found.agreement.share or 0.0, 2)} of the answers the same"
            )
        if not self.tried:
            return _STATED
        agreeing = [one for one in self.tried if one.seconds is not None and not one.reason]
        if agreeing:
            return f"no variant that agrees is faster here: {', '.join(one.name for one in agreeing)}"
        return f"no variant reaches the agreement, or can be tried: {', '.join(one.name for one in self.tried)}"


def _told(error: Exception) -> str:
    return error.line if isinstance(error, BenchwrightError) else f"{type(error).__name__}: {error}"
