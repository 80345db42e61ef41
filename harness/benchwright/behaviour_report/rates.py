"""Failure rates ready to print: a matrix of capabilities by types, a table of tests, the numbers of a whole suite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchwright.alarm import CONSTANT, cell_alarms
from benchwright.behaviour_report.judged import JudgedCell
from benchwright.behaviour_summary import BehaviourCounts
from benchwright.formatting import UNDEFINED, count, finite, interval, value
from benchwright.quantities import bare
from benchwright.types import Alarm, Score

TYPES = ("MFT", "INV", "DIR")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """A failure rate as text.

    Attributes:
        text: The rate, or a dash where no case is applicable.
        between: Its 95 % interval.
        share: The rate as a number in [0, 1]; None where it is undefined.
        counted: ``25 of 200``: failing cases of applicable ones.
        left_out: ``3 not applicable``, ``2 errored``; empty where nothing is.
        flips: ``flips 14.00``: beside an INV with a tolerance; empty elsewhere.
    """

    text: str
    between: str = ""
    share: float | None = None
    counted: str = ""
    left_out: str = ""
    flips: str = ""

    @property
    def of(self) -> str:
        """``25/200`` with the flips beside it."""
        return ", ".join(part for part in (self.counted.replace(" of ", "/"), self.flips) if part)

    @property
    def line(self) -> str:
        """Rate, interval and counts in one line."""
        return " ".join(part for part in (self.text, self.between, self.counted) if part)


NO_INTERVAL = "no interval"
"""In place of one: all cases are of one template, and say nothing about others."""
NOTHING = Rate(text=UNDEFINED)
"""A place of the matrix without any case."""


def rate_of(found: BehaviourCounts) -> Rate:
    """The rate of some cases."""
    return Rate(
        text=value(found.rate),
        between=interval(found.low, found.high) or ("" if found.rate is None else NO_INTERVAL),
        share=finite(found.rate),
        counted=f"{count(found.failures)} of {count(found.applicable)}" if found.applicable else "",
        left_out=_left_out(found.not_applicable, found.errored),
        flips="" if found.flip_rate is None else f"flips {value(found.flip_rate)}",
    )


def _left_out(not_applicable: int, errored: int) -> str:
    parts = (
        f"{count(not_applicable)} not applicable" if not_applicable else "",
        f"{count(errored)} errored" if errored else "",
    )
    return ", ".join(filter(None, parts))


@dataclass(frozen=True, kw_only=True, slots=True)
class Matrix:
    """Capabilities by types of one model.

    Attributes:
        types: Those that the suite has, in the order MFT, INV, DIR.
        rows: Capability, a rate for each type, the rate over all types; capabilities in the order of the suite.
        last: The same over all capabilities.
    """

    types: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Rate, ...], Rate], ...]
    last: tuple[tuple[Rate, ...], Rate]


@dataclass(frozen=True, kw_only=True, slots=True)
class TestRow:
    """A test.

    Attributes:
        name: Of the test.
        description: What it tests, in a sentence.
        cases: Its cases in the data.
        rates: One for each model.
    """

    name: str
    type: str
    capability: str
    description: str
    cases: str
    rates: tuple[Rate, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemRates:
    """A model on a whole suite of tests.

    Attributes:
        rate: Over all cases, with the interval of its score.
        flips: Flip rate over the cases of invariance tests, with its interval; a dash where there is none.
    """

    system: str
    rate: Rate
    flips: str
    alarms: tuple[Alarm, ...]
    """Alarms, and that a model is a constant baseline: it passes whatever asks for the same answer."""


def system_rates(cell: JudgedCell) -> SystemRates:
    """A model's numbers over all cases, as its scores say them."""
    rate, flip = _score(cell, "failure_rate"), _score(cell, "flip_rate")
    counts = [(test.failures, test.applicable, test.not_applicable, test.errored) for test in cell.summary.tests]
    failures, applicable, lost, errored = (sum(column) for column in zip(*counts, strict=True)) if counts else (0,) * 4
    return SystemRates(
        system=cell.system,
        rate=Rate(
            text=value(rate.value) if rate else UNDEFINED,
            between=interval(rate.low, rate.high) if rate else "",
            share=finite(rate.value) if rate else None,
            counted=f"{count(failures)} of {count(applicable)}",
            left_out=_left_out(lost, errored),
        ),
        flips=f"{value(flip.value)} {interval(flip.low, flip.high)}".rstrip() if flip else UNDEFINED,
        alarms=tuple(one for one in cell_alarms(cell.cell) if one.severity == "alarm" or one.code == CONSTANT),
    )


def _score(cell: JudgedCell, metric: str) -> Score | None:
    """The metric over all cases; None where it has no value."""
    return next(
        (
            score
            for score in cell.cell.scores
            if score.slice is None and bare(score.metric) == metric and finite(score.value) is not None
        ),
        None,
    )


def matrix_of(cell: JudgedCell) -> Matrix:
    """Capabilities by types of a model."""
    summary = cell.summary
    types = [name for name in TYPES if any(test.type == name for test in summary.tests)]
    places = {(one.capability, one.type): rate_of(one) for one in summary.matrix}
    by_type = {one.type: rate_of(one) for one in summary.types}
    return Matrix(
        types=tuple(types),
        rows=tuple(
            (
                one.capability,
                tuple(places.get((one.capability, name), NOTHING) for name in types),
                replace(rate_of(one), flips=""),
            )
            for one in summary.capabilities
        ),
        last=(tuple(by_type[name] for name in types), system_rates(cell).rate),
    )


def test_rows(cells: Sequence[JudgedCell]) -> tuple[TestRow, ...]:
    """Tests in the order of the suite, with a rate of each model; a model that was not asked has a dash."""
    tests = {test.name: test for cell in cells for test in cell.summary.tests}
    rates = [{test.name: rate_of(test) for test in cell.summary.tests} for cell in cells]
    return tuple(
        TestRow(
            name=test.name,
            type=test.type,
            capability=test.capability,
            description=test.description,
            cases=count(test.cases),
            rates=tuple(known.get(test.name, NOTHING) for known in rates),
        )
        for test in tests.values()
    )
