"""The section `Fast and exact` of a report and the lines of `show`: models that compute one checkpoint in several ways, side by side,
and what ``--precision fast`` computed with, ready to print.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchwright.agreement_words import why_refused
from benchwright.formatting import UNDEFINED, change, count, fixed, interval_of_change, p_value, percent, value
from benchwright.items import count as counted_in
from benchwright.items import noun
from benchwright.quantities import Unit, bare, metric_title, score_title, unit_of
from benchwright.render.grid import Grid
from benchwright.render.shown_number import ShownNumber
from benchwright.types import (
    EXACT,
    LEAST_SAME,
    MARGIN,
    MOVED,
    Agreement,
    LatencyRatio,
    PrecisionChoice,
    Task,
    TriedVariant,
    VariantAgreement,
)

_SURE = (
    f"Sure: flips of answers of which exact was surer than {MARGIN:g} (its probability minus that of the next answer)"
)
_ASKED = f"at least {percent(LEAST_SAME)} the same, no sure flip, and no more than {percent(1 - LEAST_SAME)} of the margins moved by more than {MOVED:g}"
"""What `--precision fast` asks of answers (`agreement_words.why_refused`)."""
ABOUT_VARIANTS = (
    f"Same: share of answers that are those of the exact model. Flips: answers that changed; worse: right before and wrong after. {_SURE}."
    f" Agrees: as --precision fast asks, {_ASKED}. Size: of the files that are read; memory: of the weights while they compute"
)
_ABOUT_SPEED = "Speed: inputs by the seconds of predicting them, beside whatever else the machine did then"
_IN_TURN = "× exact: latency of exact by that of the way, blocks of both in turn"
_NOT_IN_TURN = (
    "× exact is the quotient of two speeds of one run on one machine that were not measured in turn, and may be far off;"
    " a profile measures it: add --suite 'hardware/interleaved@{base}?batch=64'"
)
ABOUT_TRIED = f"Ways of computing a model were tried on a sample of the inputs, without gold answers; the fastest was taken of those that agree: {_ASKED}. {_SURE}. Times are those of the sample"
ABOUT_CHOICES = f"Ways of computing were tried on a sample of the inputs. Same: share of answers that are those of exact. Flips: answers that changed. {_SURE}"


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantRow:
    """A model beside the exact one of its checkpoint.

    Attributes:
        system: The model.
        way: What it computes otherwise; ``exact``, where nothing.
        is_exact: Whether it is the one that others are compared with.
        agrees: Whether it agrees with exact as ``--precision fast`` asks, in a word; empty where nothing is known.
        refused: Why it does not.
        speed: Items a second.
        times: How many times as fast as exact, with the 95 % interval where it was measured in turn; none where these were not computed
            side by side, with the reason.
        same: Share of the same answers, and how many of how many.
        flips: Changed answers.
        worse: Those of them that were right before and are wrong.
        sure: Those of them of which exact was sure.
        largest: Largest difference of a score.
        change: Of the task's score.
        p: Of no change.
        size: Of its files.
        memory: Of its weights while it computes.
    """

    system: str
    way: str
    is_exact: bool
    agrees: str
    refused: str
    speed: ShownNumber
    times: ShownNumber
    same: ShownNumber
    flips: ShownNumber
    worse: ShownNumber
    sure: ShownNumber
    largest: ShownNumber
    change: ShownNumber
    p: str
    size: ShownNumber
    memory: ShownNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantTable:
    """Ways of computing one checkpoint, on one task.

    Attributes:
        base: ``suite/task``.
        split: Of the task.
        metric: Title of the task's score.
        unit: What answers are counted in: ``example``, ``word``.
        items: What speeds are of, in the plural: ``examples``, ``questions``.
        reference: The exact model; empty where the run has none.
        rows: The exact one first.
        about_speed: How speeds were measured, and which way was the fastest of those that agree.
    """

    base: str
    split: str
    metric: str
    unit: str
    items: str
    reference: str
    rows: tuple[VariantRow, ...]
    about_speed: str

    @property
    def below(self) -> list[str]:
        """Sentences below the table: why ways do not agree, and how fast they are."""
        refused = [f"{row.system} does not agree: {row.refused}" for row in self.rows if row.refused]
        return [*refused, self.about_speed]


@dataclass(frozen=True, kw_only=True, slots=True)
class WayRow:
    """A way of computing a cell that ``--precision fast`` took or left.

    Attributes:
        system: The model.
        base: ``suite/task``.
        split: Of the task.
        way: ``exact``, ``bfloat16``.
        is_taken: Whether the cell was computed so.
        times: How many times as fast as exact on the sample.
        same: Share of the same answers on it.
        flips: Changed answers.
        sure: Those of them of which exact was sure.
        largest: Largest difference of a score.
        why: Why it was taken or not.
    """

    system: str
    base: str
    split: str
    way: str
    is_taken: bool
    times: ShownNumber
    same: ShownNumber
    flips: ShownNumber
    sure: ShownNumber
    largest: ShownNumber
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PrecisionSection:
    """Fast and exact: tables of variants, then the ways of each cell that was computed fast, that which was taken first."""

    tables: tuple[VariantTable, ...]
    ways: tuple[WayRow, ...]
    about_variants: str = ABOUT_VARIANTS
    about_choices: str = ABOUT_CHOICES
    about_tried: str = ABOUT_TRIED


def precision_section(grid: Grid) -> PrecisionSection | None:
    """The section of a report; None where all was computed exactly, in one way."""
    cards = {column.name: column.card for column in grid.columns if column.card is not None}
    return section_of(
        [(grid.systems[at].label, row) for at, row in grid.variants],
        [(grid.systems[at].label, choice) for at, choice in grid.precisions],
        cards,
    )


def section_of(
    variants: Sequence[tuple[str, VariantAgreement]],
    choices: Sequence[tuple[str, PrecisionChoice]],
    cards: Mapping[str, Task],
) -> PrecisionSection | None:
    """The same of rows with what their models are called; ``cards`` are by ``suite/task``."""
    tables = tuple(_tables(variants, cards))
    ways = tuple(way for label, choice in choices for way in _ways(label, choice))
    return PrecisionSection(tables=tables, ways=ways) if tables or ways else None


def _tables(variants: Sequence[tuple[str, VariantAgreement]], cards: Mapping[str, Task]) -> Iterable[VariantTable]:
    groups: dict[tuple[str, str, str, str], list[tuple[str, VariantAgreement]]] = {}
    for label, row in variants:
        groups.setdefault((row.task_path, row.split, row.checkpoint, row.parent_key), []).append((label, row))
    for (path, split, *_), members in groups.items():
        card = cards.get(path)
        exact = next(((label, row) for label, row in members if row.is_exact), None)
        agreed = next((row.agreement for _, row in members if row.agreement is not None), None)
        unit: Unit = unit_of([bare(agreed.metric)] if agreed and agreed.metric not in ("", "score") else ())
        rate = None if exact is None else exact[1].per_second
        ordered = sorted(members, key=lambda member: not member[1].is_exact)
        rows = tuple(_row(label, row, rate, unit) for label, row in ordered)
        ratios = [row.in_turn for _, row in members if row.in_turn is not None]
        yield VariantTable(
            base=path,
            split=split,
            metric=_title(agreed, card),
            unit=agreed.unit if agreed is not None else "example",
            items=counted_in(2, noun(card)).partition(" ")[2] if card is not None else "items",
            reference="" if exact is None else exact[0],
            rows=rows,
            about_speed=_about_speed(path, rows, ratios),
        )


def _about_speed(base: str, rows: Sequence[VariantRow], ratios: Sequence[LatencyRatio]) -> str:
    """How speeds were measured, and the fastest way that agrees, where that can be told."""
    told = [_ABOUT_SPEED]
    if any(row.times.sort is not None for row in rows):
        told.append(_IN_TURN if ratios else _NOT_IN_TURN.format(base=base))
    agreeing = [row for row in rows if row.agrees == "yes" and row.times.sort is not None]
    if any(ratio.noisy for ratio in ratios):
        told.append("The machine was too noisy to tell which way is the fastest")
    elif agreeing:
        best = max(agreeing, key=lambda row: float(row.times.sort or 0.0))
        fastest = f"{best.system} ({best.times.text} times exact)"
        is_faster = float(best.times.sort or 0.0) > 1
        told.append(
            f"By these figures the fastest that agrees is {fastest}" if is_faster else "None that agrees is faster"
        )
    return ". ".join(told)


def _title(agreed: Agreement | None, card: Task | None) -> str:
    if agreed is None or not agreed.metric:
        return "score"
    if agreed.metric == "score":
        return score_title(card) if card is not None else "score"
    return metric_title(agreed.metric, card)


def _row(label: str, row: VariantAgreement, exact_rate: float | None, unit: Unit) -> VariantRow:
    found, rate = row.agreement, row.per_second
    moved = None if found is None else found.change
    refused = "" if found is None else why_refused(found)
    return VariantRow(
        system=label,
        way=row.variant or EXACT,
        is_exact=row.is_exact,
        agrees="" if found is None else "no" if refused else "yes",
        refused=refused,
        speed=ShownNumber(text=value(rate, "per_second"), sort=rate),
        times=_times_exact(row, None if row.is_exact else exact_rate),
        same=_same(found),
        flips=_number(None if found is None else found.flips),
        worse=_number(None if found is None else found.negative),
        sure=_number(None if found is None else found.beyond),
        largest=_largest(found),
        change=ShownNumber(text=UNDEFINED)
        if moved is None
        else ShownNumber(
            text=change(moved.value, unit), between=interval_of_change(moved.low, moved.high, unit), sort=moved.value
        ),
        p=UNDEFINED if moved is None else p_value(moved.p),
        size=ShownNumber(text=value(row.size_bytes, "bytes"), sort=row.size_bytes),
        memory=ShownNumber(text=value(row.memory_bytes, "bytes"), sort=row.memory_bytes),
    )


def _ways(label: str, choice: PrecisionChoice) -> list[WayRow]:
    tried = [_way(label, choice, one) for one in choice.tried]
    if choice.taken is None:
        tried.append(_way(label, choice, TriedVariant(name=choice.chosen)))
    return sorted(tried, key=lambda row: not row.is_taken)


def _way(label: str, choice: PrecisionChoice, one: TriedVariant) -> WayRow:
    found, is_taken = one.agreement, one.name == choice.chosen
    times = choice.seconds / one.seconds if one.seconds and choice.seconds else None
    return WayRow(
        system=label,
        base=choice.task_path,
        split=choice.split,
        way=one.name,
        is_taken=is_taken,
        times=_times(times),
        same=_same(found),
        flips=_number(None if found is None else found.flips),
        sure=_number(None if found is None else found.beyond),
        largest=_largest(found),
        why=f"taken: {choice.reason}{_budget(choice)}" if is_taken else one.reason,
    )


def _budget(choice: PrecisionChoice) -> str:
    return "" if choice.token_budget is None else f"; {count(choice.token_budget)} tokens to a forward pass"


def _times_exact(row: VariantAgreement, exact_rate: float | None) -> ShownNumber:
    """How many times as fast as exact a way is: from a session in turn, else by both speeds."""
    ratio = row.in_turn
    if ratio is not None and ratio.value:
        ends = (
            f"[{1 / ratio.high:.2f}, {1 / ratio.low:.2f}]" if ratio.low and ratio.high and not ratio.noisy else "noisy"
        )
        return ShownNumber(text=f"{1 / ratio.value:.2f}", between=ends, sort=1 / ratio.value)
    if row.apart:
        return ShownNumber(text=UNDEFINED, between=row.apart)
    return _times(row.per_second / exact_rate if row.per_second and exact_rate else None)


def _times(times: float | None) -> ShownNumber:
    return ShownNumber(text=UNDEFINED) if times is None else ShownNumber(text=f"{times:.2f}", sort=times)


def _same(found: Agreement | None) -> ShownNumber:
    if found is None or found.share is None:
        return ShownNumber(text=UNDEFINED)
    lost = f", {count(found.lost)} lost" if found.lost else ""
    return ShownNumber(
        text=percent(found.share, 2),
        between=f"{count(found.same)} of {counted_in(found.n, found.unit)}{lost}",
        sort=found.share,
    )


def _number(number: int | None) -> ShownNumber:
    return ShownNumber(text=count(number), sort=number)


def _largest(found: Agreement | None) -> ShownNumber:
    return (
        ShownNumber(text=UNDEFINED)
        if found is None or found.largest is None
        else ShownNumber(text="< 0.0001" if 0 < found.largest < 0.5e-4 else fixed(found.largest, 4), sort=found.largest)
    )


Lines = tuple[str, tuple[str, ...], list[tuple[str, ...]], list[str]]
"""A heading, the heads of the columns of a table, its rows, and sentences below it."""


def section_lines(section: PrecisionSection) -> Iterable[Lines]:
    """The section for a terminal; a table for each checkpoint and task, then one of what was chosen."""
    yield from map(_table_lines, section.tables)
    if section.ways:
        yield _way_lines(section.ways)


def _table_lines(table: VariantTable) -> Lines:
    split = f" ({table.split})" if table.split else ""
    moved = f"{table.metric} changes"
    heads = (
        "model",
        "way",
        table.items,
        "x exact",
        "same",
        "flips",
        "worse",
        "sure",
        "agrees",
        moved,
        "size",
        "memory",
    )
    rows: list[tuple[str, ...]] = [
        (
            row.system,
            row.way,
            row.speed.text,
            row.times.line,
            *(one.text for one in (row.same, row.flips, row.worse, row.sure)),
            row.agrees or UNDEFINED,
            row.change.line,
            row.size.text,
            row.memory.text,
        )
        for row in table.rows
    ]
    return f"ways of computing one checkpoint on {table.base}{split}", heads, rows, table.below


def _way_lines(ways: Sequence[WayRow]) -> Lines:
    heads = ("model", "task", "way", "x exact", "same", "flips", "sure", "why")
    rows: list[tuple[str, ...]] = [
        (
            row.system,
            row.base,
            row.way,
            *(figure.text for figure in (row.times, row.same, row.flips, row.sure)),
            row.why,
        )
        for row in ways
    ]
    return "what --precision fast computed with", heads, rows, []
