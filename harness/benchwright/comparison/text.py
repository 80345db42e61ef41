"""A comparison as text of at most about 110 columns, as Markdown, and as a small table for notebooks."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright import alarm, formatting, unranked
from benchwright.comparison.difference import Difference, way_of
from benchwright.comparison.result import ComparisonData, FlipExample, RankRange, SystemRow, TaskComparison
from benchwright.formatting import clip, clip_middle, plain
from benchwright.hardware.find import told_by
from benchwright.inert import inert, markdown_text
from benchwright.items import count
from benchwright.quantities import BUILT_IN, Unit, title_by_path, unit_of
from benchwright.tables import html_table, markdown_table, text_table
from benchwright.types import LatencyRatio

_NAME = 24
_COLUMNS = ("metric", "system", "value", "difference", "interval", "p", "Holm", "")
_SLICE_COLUMNS = ("slice", "n", "first", "second", "difference", "interval", "shrunken", "p", "BH", "")
_RIGHT = (2, 3, 5, 6)
_HARDWARE = {
    "latency_p50": "p50",
    "latency_p90": "p90",
    "throughput": "throughput",
    "host_memory_peak": "host memory",
    "gpu_memory_peak": "GPU memory",
}
"""Measured quantities beside the scores, with their heads."""
_DIFFERENCE_COLUMNS = ("task", *_COLUMNS)
_DIFFERENCE_RIGHT = (3, 4, 6, 7)
_SLICE_RIGHT = (1, 2, 3, 4, 6, 7, 8)


def to_text(result: ComparisonData, *, quiet: bool = False) -> str:
    """The whole comparison for a terminal: a block per task, then averages, rank ranges, cost and refusals."""
    blocks = [_head(result), alarm.lines(result.alarms)]
    blocks += [_task_block(result, task) for task in result.tasks]
    blocks += [_averages(result), _cost(result.systems), _hardware(result.systems), _refused(result)]
    if not quiet:
        blocks.append(_reading(result))
    return "\n\n".join("\n".join(map(inert, block)) for block in blocks if block)


def to_html(result: ComparisonData) -> str:
    """One escaped table of all differences."""
    rows = [
        (one.path, _metric(one), one.second, *_numbers(one, _unit(result, one)), verdict_text(one))
        for one in result.differences
    ]
    caption = f"Against {result.systems[0].label}; {_level(result)} intervals, Holm over {_family(result)}"
    return html_table(
        _DIFFERENCE_COLUMNS, rows, caption=caption, right=_DIFFERENCE_RIGHT, notes=alarm.lines(result.alarms)
    )


def to_markdown(result: ComparisonData) -> str:
    """One table of all differences, then refusals; every text is escaped."""
    rows = [
        map(markdown_text, (one.path, _metric(one), one.second, *_numbers(one, _unit(result, one)), verdict_text(one)))
        for one in result.differences
    ]
    said = alarm.lines(result.alarms)
    lines = [markdown_text(line) for line in [*_head(result), ""]]
    lines += [*(f"- {markdown_text(line)}" for line in said), ""] if said else []
    lines += markdown_table(_DIFFERENCE_COLUMNS, [list(row) for row in rows], right=_DIFFERENCE_RIGHT)
    lines += ["", *(f"- not compared: {markdown_text(line.strip())}" for line in _refused(result)[1:])]
    return "\n".join(lines).rstrip() + "\n"


def verdict_text(one: Difference) -> str:
    """The verdict in words, with a note if Holm or the minimum effect changed it."""
    if one.same_as:
        return f"the same as {one.same_as}"
    if one.exploratory and one.is_real:
        return f"{one.verdict}, exploratory"
    if one.verdict != "not distinguishable":
        return one.verdict
    if one.low is None:
        return "no interval"
    if one.is_taken_back:
        return "not distinguishable once adjusted"
    way = way_of(one.low, one.high, one.p_adjusted, level=one.level)
    return "too small to tell" if way and one.delta is not None and abs(one.delta) < one.floor else one.verdict


def number_texts(one: Difference, metrics: Sequence[str]) -> tuple[str, str, str, str, str]:
    """Value, difference, interval, p and adjusted p as text, for a mean of these metrics."""
    return _numbers(one, unit_of(metrics))


def _head(result: ComparisonData) -> list[str]:
    first, *others = [system.label for system in result.systems]
    about = list(dict.fromkeys(one.about for one in result.differences))
    adjusted = f"p adjusted (Holm) over {_family(result)}"
    lines = [
        f"{', '.join(others)} against {first}" if len(others) < 4 else f"{len(others)} systems against {first}",
        f"{_level(result)} intervals about: {'; '.join(about)}; {adjusted}",
    ]
    lines += [
        f"one model: {system.label} and {', '.join(system.also)}, the same stored answers"
        for system in result.systems
        if system.also
    ]
    if result.missing == "wrong":
        lines.append("items without an answer count as wrong (--missing wrong)")
    elif any(one.left_out for one in result.differences):
        lines.append("items without an answer: each pair on those that both answered (--missing pairwise)")
    return lines


def _family(result: ComparisonData) -> str:
    """The family of tests in words: how many tests, of how many systems on how many tasks."""
    systems = len(result.systems)
    tasks = sum(not task.unranked for task in result.tasks) + len(result.average_pairs)
    if result.family == 1:
        return "1 difference"
    about = [f"all pairs of {systems} systems"] if systems > 2 else []
    about += [f"{tasks} tasks and means"] if tasks > 1 else []
    return f"{result.family} differences" + (f" ({', '.join(about)})" if about else "")


def _task_block(result: ComparisonData, task: TaskComparison) -> list[str]:
    places = {place.system: place for place in task.places}
    clusters = f" in {count(task.clusters, 'cluster')}" if task.clusters not in (0, task.n) else ""
    lines = [f"{task.path}  {task.split}, {count(task.n, task.unit or 'item')}{clusters}"]
    rows: list[tuple[str, ...]] = []
    shown, absent = _shown(task)
    for name in dict.fromkeys(one.metric for one in shown):
        block = [one for one in task.differences if one.metric == name]
        unit = _unit(result, block[0])
        firsts = {formatting.value(one.a, unit) for one in block}
        ranked = bool(places) and name.partition("@")[0] == task.leading
        label = clip_middle(block[0].first, _NAME) + (_place(places.get(block[0].first)) if ranked else "")
        rows.append((_metric(block[0]), label, firsts.pop() if len(firsts) == 1 else "", *[""] * 5))
        for one in block:
            label = clip_middle(one.second, _NAME) + (_place(places.get(one.second)) if ranked else "")
            rows.append(("", label, *_numbers(one, unit), verdict_text(one)))
    lines += text_table(_COLUMNS, rows, right=_RIGHT, indent=2)
    if absent:
        lines.append(f"  undefined for every system, not shown: {', '.join(absent)}")
    if task.unranked:
        lines.append(f"  {alarm.NOTE} {task.unranked}: in no rank and no family of tests, so no p is adjusted")
    if places:
        lines.append(
            f"  [ranks] that each of {len(places)} systems may hold, by the same adjusted p (Holm over all pairs)"
        )
    lines += [f"  {line}" for line in _changed(task)]
    lines += [f"  {alarm.NOTE} {line}" for line in _flags(shown)]
    return [*lines, *_slices(result, task), *_examples(task.flips)]


def _shown(task: TaskComparison) -> tuple[list[Difference], list[str]]:
    """Differences with a defined value, and titles of the other metrics; all differences if none has a value.

    ROC areas of predictions without scores, for example, are always undefined and left out.
    """
    known = {one.metric for one in task.differences if one.a is not None or one.b is not None or one.is_score}
    shown = [one for one in task.differences if one.metric in known]
    absent = dict.fromkeys(_title(one) for one in task.differences if one.metric not in known)
    return (shown, list(absent)) if shown else (list(task.differences), [])


def _changed(task: TaskComparison) -> list[str]:
    """Fixed and broken items of each system, and identical answers; once, since they do not depend on the metric."""
    found = {}
    right = f" (right: {task.right})" if task.right else ""
    for one in task.differences:
        if one.identical:
            found[one.second] = f"{one.second}: identical answers"
        elif one.fixed is not None:
            found[one.second] = f"{one.second}: {one.fixed:,} fixed, {one.broken:,} broken{right}"
    return list(found.values())


def _flags(differences: Sequence[Difference]) -> list[str]:
    """Notes for the reader, each once with its systems and metrics."""
    about: dict[str, dict[str, None]] = {}
    for one in differences:
        for flag in one.flags:
            about.setdefault(flag, {})[f"{one.second} {_title(one)}"] = None
    return [
        f"{flag} ({', '.join(list(who)[:3])}{', ...' if len(who) > 3 else ''})" if len(differences) > 1 else flag
        for flag, who in about.items()
    ]


def _slices(result: ComparisonData, task: TaskComparison) -> list[str]:
    if not task.slices and not task.small:
        return []
    lines = []
    for second in dict.fromkeys(one.second for one in task.slices):
        rows = [
            (
                clip(one.slice or "", 32),
                count(one.n, one.unit or "item"),
                formatting.value(one.a, _unit(result, one)),
                *_numbers(one, _unit(result, one))[:3],
                formatting.change(one.shrunken, _unit(result, one)),
                formatting.p_value(one.p),
                formatting.p_value(one.p_adjusted),
                verdict_text(one),
            )
            for one in task.slices
            if one.second == second and not one.identical
        ]
        metric, unit = _title(task.slices[0]), _unit(result, task.slices[0])
        lines.append(
            f"  slices by {metric}, {second}: p adjusted (Benjamini-Hochberg) over {_slice_family(result, task)} slices, level "
            f"{result.fdr:g}; smallest difference told: {formatting.value(result.floor, unit)}"
        )
        lines += text_table(_SLICE_COLUMNS, rows, right=_SLICE_RIGHT, indent=4) if rows else []
        same = sum(one.second == second and one.identical for one in task.slices)
        lines += [f"    identical answers in {same} slices, not shown"] if same else []
    if task.small:
        named = ", ".join(f"{slice} {n}" for slice, n in list(task.small.items())[:6])
        more = ", ..." if len(task.small) > 6 else ""
        fewest = max(result.minimum, unranked.FEWEST) if task.unranked else result.minimum
        lines.append(f"  slices of fewer than {fewest} items left out: {named}{more}")
    return lines


def _slice_family(result: ComparisonData, task: TaskComparison) -> int:
    """Slices over which p was adjusted: of all ranked tasks together, of an unranked one by itself."""
    return sum(one.p is not None for one in task.slices) if task.unranked else result.slice_family


def _examples(flips: Sequence[FlipExample]) -> list[str]:
    lines = []
    for flip in flips:
        text = clip(" | ".join(plain(value) for value in flip.inputs.values()), 60)
        what = "fixed " if flip.fixed else "broken"
        answers = f"gold {clip(flip.gold, 24)}: {clip(flip.before, 24)} -> {clip(flip.after, 24)}"
        lines.append(f"  {what} {flip.id}  {answers}" + (f"  {text}" if text else ""))
    return lines


def _averages(result: ComparisonData) -> list[str]:
    lines = []
    for average in result.averages:
        one = average.difference
        places = {place.system: place for place in result.average_places.get(f"{one.path} {one.metric}", ())}
        value, change, between, p, adjusted = _numbers(one, "fraction")
        head = f"{one.second}{_place(places.get(one.second))} {value}, {one.first}{_place(places.get(one.first))}"
        numbers = f"{change} {between}, p {p}, Holm {adjusted}: {verdict_text(one)}"
        lines.append(f"{average.title}, {one.metric}: {head} {formatting.value(one.a, 'fraction')}, {numbers}")
        lines += [f"  {alarm.NOTE} {flag}" for flag in one.flags]
    return lines


def _hardware(systems: Sequence[SystemRow]) -> list[str]:
    """Times and memory of hardware profiles; ratios of those that took turns, and that others are not compared."""
    measured = [(system, system.cost.hardware) for system in systems if system.cost.hardware is not None]
    if not measured:
        return []
    rows = [
        (
            clip_middle(system.label, _NAME),
            *(formatting.value(getattr(found, name), BUILT_IN[name].unit) for name in _HARDWARE),
            _latency_ratio(found.ratio),
        )
        for system, found in measured
    ]
    where = next(found.machine for _, found in measured)
    of = ", ".join(dict.fromkeys(profile for _, found in measured for profile in found.profiles))
    lines = [
        f"measured on {where}: {of}; –: not measured",
        *text_table(("system", *_HARDWARE.values(), "latency ratio"), rows, right=(1, 2, 3, 4), indent=2),
    ]
    lines += [f"  {system.label}: {found.why}" for system, found in measured if found.why]
    flags = [f"  ! {told}" for told in told_by((s.label, flag) for s, found in measured for flag in found.flags)]
    apart = [system.label for system, found in measured[1:] if found.ratio is None and not found.why]
    if apart:
        lines.append(
            f"  {', '.join(apart)}: no ratio, for models that were measured one after another are not compared:"
            " benchwright profile A B --interleave measures in turn"
        )
    return [*lines, *flags]


def _latency_ratio(found: LatencyRatio | None) -> str:
    """``x 1.05 [1.03, 1.07]``, or that the machine was too noisy."""
    if found is None or found.value is None:
        return ""
    if found.noisy:
        return "noisy machine" if found.noise is not None else "too few rounds"
    ends = "" if found.low is None or found.high is None else f" [{found.low:.3g}, {found.high:.3g}]"
    return f"{formatting.ratio(found.value)}{ends}"


def _cost(systems: Sequence[SystemRow]) -> list[str]:
    costs = [system.cost for system in systems]
    if all(cost.seconds_per_item is None and cost.size_bytes is None and cost.parameters is None for cost in costs):
        return []
    rows = [_cost_row(system, is_first=system is systems[0]) for system in systems]
    columns = ("system", "per item", "", "on disk", "", "parameters", "")
    return [
        "cost, as it was when answers were computed; no timing measurement; –: not measured",
        *text_table(columns, rows, right=(1, 2, 3, 4, 5, 6), indent=2),
    ]


def _cost_row(system: SystemRow, *, is_first: bool) -> tuple[str, ...]:
    """Each cost with its ratio to that of the first system, which has none."""
    cost = system.cost
    ratios = [
        "" if is_first or ratio is None else formatting.ratio(ratio)
        for ratio in (cost.seconds_ratio, cost.size_ratio, cost.parameters_ratio)
    ]
    return (
        clip_middle(system.label, _NAME),
        formatting.value(cost.seconds_per_item, "seconds"),
        ratios[0],
        formatting.value(cost.size_bytes, "bytes"),
        ratios[1],
        formatting.value(cost.parameters, "count"),
        ratios[2],
    )


def _refused(result: ComparisonData) -> list[str]:
    lines = [f"{one.path}, {one.system}: {one.reason}" for one in result.refused]
    return ["not compared", *(f"  {line}" for line in dict.fromkeys(lines))] if lines else []


def _reading(result: ComparisonData) -> list[str]:
    lines = []
    if any(one.verdict == "not distinguishable" for one in result.differences):
        lines.append("Not distinguishable is no proof of equality: the interval says what the difference may be.")
    if any(one.exploratory and not one.same_as for one in result.differences):
        of = ", or any of a task in no rank" if any(task.unranked for task in result.tasks) else ""
        lines.append(
            f"Exploratory: a metric beside the task's score (*){of}; its p is not adjusted and decides nothing."
        )
    return lines


def _numbers(one: Difference, unit: Unit) -> tuple[str, str, str, str, str]:
    """Value, difference, interval, p, adjusted p."""
    return (
        formatting.value(one.b, unit),
        formatting.change(one.delta, unit),
        formatting.interval_of_change(one.low, one.high, unit),
        formatting.p_value(one.p),
        formatting.p_value(one.p_adjusted),
    )


def _metric(one: Difference) -> str:
    return _title(one) + (" *" if one.is_score and one.metric != "score" else "")


def _title(one: Difference) -> str:
    """The metric without its version, with its positive label or the rule by which a masked language model is asked."""
    return title_by_path(one.metric, one.positive, one.path)


def _place(place: RankRange | None) -> str:
    if place is None:
        return ""
    return f" [{place.low}]" if place.low == place.high else f" [{place.low}-{place.high}]"


def _unit(result: ComparisonData, one: Difference) -> Unit:
    """The unit of a metric."""
    if one.metric == "score":
        names = next(task.score for task in result.tasks if task.path == one.path)
    else:
        names = (one.metric.partition("@")[0],)
    return "fraction" if one.path in {average.suite for average in result.averages} else unit_of(names)


def _level(result: ComparisonData) -> str:
    return formatting.confidence(result.confidence)
