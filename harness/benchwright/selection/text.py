"""The result of a selection as text and as HTML for notebooks."""

from __future__ import annotations

from collections.abc import Iterable

from benchwright import alarm, formatting
from benchwright.inert import html_text, inert
from benchwright.quantities import Unit
from benchwright.selection.result import LATENCY, CandidateResult, Retained, SelectionData
from benchwright.tables import html_table, text_table

_FROM_CLOCKS = ("seconds", "per_second", "joules", "per_million")
"""Units of what is measured with a clock or a meter."""

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""Heads and rows."""


def head(found: SelectionData) -> list[str]:
    """The choice, alarms about its numbers, and its uncertainty."""
    first, *rest = _choice(found)
    return [first, *(line for line in alarm.lines(found.alarms) if line.startswith(alarm.ALARM)), *rest]


def _choice(found: SelectionData) -> list[str]:
    if found.verdict == "invalid":
        return [
            f"INVALID: {'; '.join(found.unmeasured)}: not measured, so nobody can be chosen by it",
            "leave out such rules with --ignore-unmeasured, such objectives, or the models without a value",
        ]
    if found.winner is None:
        return [f"none of {len(found.candidates)} models keeps every rule", *_nearest(found)]
    return [_winner_line(found), *_equal_line(found), *_tie_line(found), _tried_line(found), *_weight_lines(found)]


def candidate_table(found: SelectionData) -> Table:
    """Table of all candidates with values, probabilities and notes."""
    objectives = tuple(
        f"{objective.text} {'↑' if objective.direction == 'maximize' else '↓'}" for objective in found.objectives
    )
    utility = ("utility",) if any(one.utility is not None for one in found.candidates) else ()
    heads = (
        "",
        "model",
        *objectives,
        *(one.text for one in found.measured),
        *utility,
        "P(feasible)",
        "P(front)",
        "P(best)",
        "P(best if feasible)",
        "behind",
        "remarks",
    )
    return heads, [_row(found, one) for one in found.candidates]


def retention_table(found: SelectionData) -> Table:
    """Table of quality retained of the parent, with size ratios in the first line of each model."""
    heads = ("model", "of", found.parent, "kept here", "share", "size", "weights", "latency", "remarks")
    rows, seen = [], set[str]()
    for one in sorted(found.retained, key=lambda one: [s.model for s in found.candidates].index(one.model)):
        saved = ["", "", ""] if one.model in seen else _shares(found, one.model)
        seen.add(one.model)
        rows.append(
            (
                one.model,
                one.what,
                formatting.value(one.parent, one.value_unit),
                formatting.value(one.candidate, one.value_unit),
                _share(one),
                *saved,
                "; ".join(one.flags),
            )
        )
    return heads, rows


def foot(found: SelectionData) -> list[str]:
    """Unranked candidates, meaning of the columns, and notes."""
    lines = [f"not ranked  {one.model}: {one.reason}" for one in found.unranked]
    lines += _retained_lines(found)
    if any(one.p_best is not None for one in found.candidates):
        lines.append(
            f"P: shares of {found.resamples:,} resamples of the items{' and of the raw times' if _is_timed(found) else ''}, the same for all models; behind: winner minus model with"
            f" the {formatting.confidence(found.confidence)} interval of the pair"
        )
    if any(one.knee for one in found.candidates):
        lines.append("knee: farthest above the line between the ends of the front; a heuristic")
    lines += [f"! {flag}" for flag in found.flags]
    return lines + [line for line in alarm.lines(found.alarms) if line.startswith(alarm.NOTE)]


def _is_timed(found: SelectionData) -> bool:
    units = [one.value_unit for one in found.measured] + [one.value_unit for one in found.objectives]
    return any(unit in _FROM_CLOCKS for unit in units)


def to_text(found: SelectionData) -> str:
    """Everything as lines of text."""
    blocks = [head(found), text_table(*candidate_table(found))]
    if found.retained:
        blocks.append(text_table(*retention_table(found)))
    blocks.append(foot(found))
    return "\n".join(inert(line) for block in blocks for line in block)


def to_html(found: SelectionData) -> str:
    """Everything as escaped HTML for a notebook."""
    tables = [candidate_table(found)] + ([retention_table(found)] if found.retained else [])
    first, *rest = head(found)
    lines = "".join(f"<br>{html_text(line)}" for line in rest)
    notes = "".join(f"<li>{html_text(line)}</li>" for line in foot(found))
    return (
        f"<div><p><strong>{html_text(first)}</strong>{lines}</p>"
        f"{''.join(html_table(*table) for table in tables)}<ul>{notes}</ul></div>"
    )


def _winner_line(found: SelectionData) -> str:
    assert found.winner is not None
    one = found.candidate(found.winner)
    values = ", ".join(
        f"{objective.text} {formatting.value(one.values[objective.text], objective.value_unit)}"
        for objective in found.objectives
    )
    if one.p_best is None:
        return f"winner: {one.model} ({values}); how sure that is cannot be told"
    return f"winner: {one.model} ({values}); best in {formatting.probability(one.p_best)} of resamples, feasible in {formatting.probability(one.p_feasible)}"


def _equal_line(found: SelectionData) -> Iterable[str]:
    if found.equal:
        others = ", ".join(name for name in found.equal if name != found.winner)
        yield f"level with it on what decides: {others}; the other objectives, then the order given, put it first"


def _tie_line(found: SelectionData) -> Iterable[str]:
    others = found.tied
    feasible = sum(one.feasible for one in found.candidates)
    how = f" (p adjusted by Holm over {found.family} pairs of {feasible} models)" if found.family > 1 else ""
    if others:
        yield f"not distinguishable from it: {', '.join(others)}{how}"
    elif feasible > 1 and found.objectives[0].value_unit in _FROM_CLOCKS and found.family == 0:
        yield "whether it is distinguishable from the others is not told: times that were taken one after another hold the machine's own changes"
    elif feasible > 1:
        yield f"distinguishable from every other feasible model{how}"


def _tried_line(found: SelectionData) -> str:
    ranked = len(found.candidates)
    text = f"chosen from {ranked} models; {found.attempts} tried in this store on the same tasks and data"
    if found.optimism is None or found.optimism_if_equal is None:
        return f"{text}; expected optimism not computed"
    objective = found.objectives[0]
    expected = formatting.points(max(found.optimism, 0.0), objective.value_unit)
    most = formatting.value(max(found.optimism_if_equal, 0.0), objective.value_unit)
    return f"{text}; its {objective.text} flatters it by about {expected} ({most} if all were equal): confirm on other data"


def _weight_lines(found: SelectionData) -> Iterable[str]:
    if found.weight_share is None:
        return
    ranges = ", ".join(
        f"{objective.text} {formatting.fixed(objective.weight, 2)} "
        f"[{formatting.fixed(objective.weight_low, 2)}, {formatting.fixed(objective.weight_high, 2)}]"
        for objective in found.objectives
        if objective.weight is not None
    )
    yield f"weights [range in which it stays first]: {ranges}; first under {formatting.percent(found.weight_share, 0)} of all weights"


def _nearest(found: SelectionData) -> Iterable[str]:
    known = [one for one in found.candidates if one.p_feasible]
    if known:
        one = max(known, key=lambda one: one.p_feasible or 0)
        yield f"nearest: {one.model}, feasible in {formatting.probability(one.p_feasible)} of resamples"


def _row(found: SelectionData, one: CandidateResult) -> tuple[str, ...]:
    mark = "*" if one.model == found.winner else "=" if one.tied else "-" if not one.feasible else ""
    units: dict[str, Unit] = {column.text: column.value_unit for column in found.objectives}
    units |= {column.text: column.value_unit for column in found.measured}
    values = [formatting.value(one.values.get(text), unit) for text, unit in units.items()]
    utility = [formatting.fixed(one.utility, 3)] if one.utility is not None else []
    if not utility and any(other.utility is not None for other in found.candidates):
        utility = [formatting.UNDEFINED]
    chances = [formatting.probability(p) for p in (one.p_feasible, one.p_front, one.p_best, one.p_best_if_feasible)]
    remarks = [
        *(["front"] if one.front else []),
        *(["knee"] if one.knee else []),
        *(["tied with the winner"] if one.tied and one.model != found.winner else []),
        *one.reasons,
    ]
    return (mark, one.model, *values, *utility, *chances, _behind(found, one), "; ".join(remarks))


def _behind(found: SelectionData, one: CandidateResult) -> str:
    if one.behind is None or one.model == found.winner:
        return ""
    objective = found.objectives[0]
    unit: Unit = "number" if one.utility is not None else objective.value_unit
    ends = "" if one.low == one.high else formatting.interval(one.low, one.high, unit)
    return f"{formatting.value(one.behind, unit)} {ends}".rstrip()


def _retained_lines(found: SelectionData) -> Iterable[str]:
    """``NAME keeps 97.1 % [95.9, 98.3] of PARENT's score at 60 % of the size``."""
    first = found.objectives[0].text
    for one in found.retained:
        if one.what != first or one.share is None:
            continue
        size = next((s.share for s in found.size_ratios if s.model == one.model and s.what == "size_bytes"), None)
        at = f" at {formatting.percent(size, 0)} of the size" if size is not None else ""
        yield f"{one.model} keeps {_share(one)} of {found.parent}'s {first}{at}"


def _share(one: Retained) -> str:
    if one.share is None:
        return formatting.UNDEFINED
    return f"{formatting.percent(one.share)} {formatting.interval(one.low, one.high, 'share')}".rstrip()


def _shares(found: SelectionData, model: str) -> list[str]:
    shares = {one.what: one.share for one in found.size_ratios if one.model == model}
    sizes = [formatting.percent(shares.get(what)) for what in ("size_bytes", "parameters")]
    without = "not in turn" if _is_timed(found) else "not measured"
    return [*sizes, formatting.percent(shares[LATENCY]) if LATENCY in shares else without]
