"""A history as text for a terminal, at most 100 columns wide, and as a table for notebooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from benchwright import formatting
from benchwright.formatting import clip_middle, interval_beside, interval_of_change, name_some, shorten, value
from benchwright.inert import inert
from benchwright.items import count
from benchwright.quantities import Unit
from benchwright.score_history.marks_in_text import Scale, interval_bar, scale_of, sparkline
from benchwright.score_history.result import Change, HistoryData, HistoryPoint, Line
from benchwright.score_history.stored import moment
from benchwright.score_history.words import change_words, day_of, is_taken_back, urgency_of
from benchwright.tables import fold_line, html_table, text_table

WIDTH = 100
_BAR = 13
_DIGEST = 6
_MOST_NAMES = 4
_NAME = 24
"""Names of runs are cut below this length only where no drawing can make room."""
_WORD = {"not distinguishable": "", "not paired": "unpaired"}


def to_text(found: HistoryData, *, ascii_only: bool = False) -> str:
    """Lines with a row for each point; of every task, a row for each line."""
    blocks = [_skipped(found)]
    if found.task:
        blocks += [_block(line, ascii_only=ascii_only) for line in found.lines]
    else:
        blocks.append(_overview(found, ascii_only=ascii_only))
    blocks.append(_reading(found, ascii_only=ascii_only))
    text = "\n\n".join("\n".join(block) for block in blocks if block)
    return _in_ascii(text) if ascii_only else text


def _in_ascii(text: str) -> str:
    """The same in ASCII, as far as names of others allow."""
    for sign, plain in (("→", "->"), ("−", "-"), ("–", "-"), ("…", "..."), ("·", ".")):
        text = text.replace(sign, plain)
    return text


def _block(line: Line, *, ascii_only: bool) -> list[str]:
    unit: Unit = line.unit  # type: ignore[assignment]
    about = [f"{line.slice}"] if line.slice else []
    better = [] if line.direction == "neither" else [f"{line.direction} is better"]
    measured = line.measured
    counted = {(point.n, point.unit) for point in measured}
    size = [count(*counted.pop())] if len(counted) == 1 else []
    head = f"{line.path}  {', '.join([line.title, *about, *better, *size])}"
    lines = [inert(head), inert(f"{line.name}  {_extent(line)}")]
    drawn = sparkline(line, ascii_only=ascii_only)
    if drawn and len(measured) > 2:
        lines[-1] += f"  {drawn}"
    lines = [part for one in lines for part in fold_line(one, WIDTH)]
    lines.append("")
    lines += _table(line, unit, ascii_only=ascii_only)
    lines += [part for note in _of_all(line) for part in fold_line(inert(note), WIDTH)]
    if line.since is not None:
        lines += ["", *fold_line(inert(f"over this stretch: {_since(line, line.since, unit)}"), WIDTH)]
    if line.unranked:
        lines += fold_line(inert(f"{line.path} is {line.unranked}: its changes are in no family of tests"), WIDTH)
    return lines


def _extent(line: Line) -> str:
    measured = line.measured
    runs = {name for point in line.points for name in (point.run, *point.also)}
    text = f"{count(len(measured), 'measurement')} in {count(len(runs), 'run')}"
    days = [day_of(point) for point in line.points if point.date]
    if days:
        text += f", {days[0]}" + (f" to {days[-1]}" if days[-1] != days[0] else "")
    return text + (f", {count(line.earlier, 'earlier point')} not shown" if line.earlier else "")


def _since(line: Line, change: Change, unit: Unit) -> str:
    """The last point against the first of its stretch in words."""
    last = line.last
    assert last is not None
    text = f"{_called(last, line)} against {change.against} {formatting.change(change.value, unit)}"
    between = interval_of_change(change.low, change.high, unit)
    said = f"{text} {between} {change_words(change)}".replace("  ", " ")
    return said + (f" ({change.why})" if change.why else "")


def _called(point: HistoryPoint, line: Line) -> str:
    """The run of a point; ``RUN:MODEL`` where a line holds several models."""
    return f"{point.run}:{point.model}" if len({one.model for one in line.points}) > 1 else point.run


def _table(line: Line, unit: Unit, *, ascii_only: bool) -> list[str]:
    """Rows of points between lines that say what changed; notes of a row are set in below it."""
    scale, dates = scale_of(line.points) if len(line.measured) > 1 else None, _dates(line.points)
    same_model = len({point.digest for point in line.measured}) < 2 and len(line.measured) > 1
    columns = ("run", "begun", "" if same_model else "model", line.title, "", "change", "")
    every = [
        _row(point, date, scale, unit, ascii_only=ascii_only) for point, date in zip(line.points, dates, strict=True)
    ]
    every = [(_called(point, line), *row[1:]) for point, row in zip(line.points, every, strict=True)]
    every = [(*row[:2], "" if same_model else row[2], *row[3:]) for row in every]
    longest = max((len(inert(row[0])) for row in every), default=0)
    if _room(every, columns) < min(longest, _NAME):  # names tell more than drawings
        every = [(*row[:4], "", *row[5:]) for row in every]
    names = shorten([inert(row[0]) for row in every], max(12, _room(every, columns)))
    every = [(name, *row[1:]) for name, row in zip(names, every, strict=True)]
    columns = (columns[0], columns[1], columns[2], clip_middle(columns[3], 24), *columns[4:])
    drawn = text_table(columns, every, width=10_000)
    found, often = [drawn[0].rstrip()], _often(line)
    for point, text in zip(line.points, drawn[1:], strict=True):
        found += [part for mark in _marks(point) for part in fold_line(inert(mark), WIDTH)]
        found.append(text)
        notes = [part for note in _notes(point, often) for part in fold_line(inert(note), WIDTH - 4)]
        found += [f"    {note}" for note in notes]
    return found


def _room(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> int:
    """Columns that are left for names of runs."""
    taken = 0
    for at in range(1, len(columns)):
        widest = max((len(row[at]) for row in rows), default=0)
        taken += max(widest, min(24, len(columns[at]))) + 2 if widest else 0
    return WIDTH - taken


def _row(point: HistoryPoint, date: str, scale: Scale | None, unit: Unit, *, ascii_only: bool) -> tuple[str, ...]:
    if not point.is_measured:
        return (point.run, date, "", _WITHOUT.get(point.status, point.status), "", "", "")
    told = f"{value(point.value, unit)} {interval_beside(point.value, point.low, point.high, unit)}".rstrip()
    told += " !" if point.alarms else ""
    bar = interval_bar(point, scale, _BAR, ascii_only=ascii_only)
    digest = point.digest[:_DIGEST] if point.digest else formatting.UNDEFINED
    change, word = _change(point.change, unit)
    return (point.run, date, digest, told, bar, change, word)


_WITHOUT = {"absent": "no value", "missing": "not run", "unfinished": "unfinished"}


def _change(change: Change | None, unit: Unit) -> tuple[str, str]:
    if change is None:
        return "", ""
    between = interval_of_change(change.low, change.high, unit)
    return f"{formatting.change(change.value, unit)} {between}".rstrip(), _word(change)


def _word(change: Change) -> str:
    """The verdict; the adjusted p where the interval alone would say more than all changes together do."""
    if is_taken_back(change):
        return f"p {formatting.p_value(change.p_adjusted)}"
    return _WORD.get(change.verdict, change.verdict)


def _marks(point: HistoryPoint) -> Iterator[str]:
    """What changed before a point; breaks say that values are not compared."""
    broken = [mark.sentence for mark in point.marks if mark.breaks]
    told = [mark.sentence for mark in point.marks if not mark.breaks]
    if broken:
        yield f"== changed: {'; '.join(broken)}; not compared with what stands above"
    if told:
        yield f"-- also changed: {'; '.join(told)}" if broken else f"-- changed: {'; '.join(told)}"


def _often(line: Line) -> set[str]:
    """What is told of more than one change: it stands once, below the rows."""
    told = Counter(flag for point in line.points if point.change is not None for flag in point.change.flags)
    return {flag for flag, times in told.items() if times > 1}


def _of_all(line: Line) -> Iterator[str]:
    """What must be known of several rows."""
    whys = dict.fromkeys(point.change.why for point in line.points if point.change is not None and point.change.why)
    yield from (f"unpaired: only the two intervals, since {why}" for why in whys)
    yield from sorted(_often(line))


def _notes(point: HistoryPoint, often: Collection[str]) -> Iterator[str]:
    """What must be known of a row."""
    if point.reason:
        yield point.reason
    if point.first_in:
        yield f"the same stored answers as in {point.first_in}: no new measurement"
    if point.also:
        more = " runs" if len(point.also) > _MOST_NAMES else ""
        yield f"again in {name_some(point.also, _MOST_NAMES)}{more}: the same stored answers, no new measurement"
    if point.older:
        yield f"by {point.metric}, while {point.older} is installed"
    if point.change is not None:
        yield from (flag for flag in point.change.flags if flag not in often)
    for alarm in point.alarms:
        yield f"! {alarm.sentence}"


def _dates(points: Sequence[HistoryPoint]) -> list[str]:
    """When runs were begun, as short as tells them apart."""
    found = [moment(point.date) for point in points]
    known = [one for one in found if one is not None]
    days = [one.date() for one in known]
    form = "%m-%d" if len({day.year for day in days}) < 2 else "%Y-%m-%d"
    if len(set(days)) < len(days):
        form += " %H:%M"
    return [one.strftime(form) if one is not None else "unknown" for one in found]


def _overview(found: HistoryData, *, ascii_only: bool) -> list[str]:
    """A row for each line: its values, the last one, and the last change; alarms about last values below them."""
    rows, alarms = [], list[str]()
    for line in sorted(found.lines, key=urgency_of):
        last, unit = line.last, line.unit
        if last is None:
            continue
        told = f"{value(last.value, unit)} {interval_beside(last.value, last.low, last.high, unit)}".rstrip()  # type: ignore[arg-type]
        told += " !" if last.alarms else ""
        alarms += [f"! {line.name} on {line.path}: {one.sentence}" for one in last.alarms]
        change, word = _change(last.change, unit)  # type: ignore[arg-type]
        if last.breaks:
            word = "changed: " + ", ".join(dict.fromkeys(mark.kind for mark in last.marks if mark.breaks))
        drawn = sparkline(line, ascii_only=ascii_only)[-16:] if len(line.measured) > 1 else ""
        rows.append(
            (clip_middle(line.path, 28), clip_middle(line.name, 16), str(len(line.measured)), drawn, told, change, word)
        )
    table = text_table(("task", "model", "values", "", "last", "change", ""), rows, right=(2,), width=WIDTH)
    return [*table, *(part for one in dict.fromkeys(alarms) for part in fold_line(inert(one), WIDTH))]


def _skipped(found: HistoryData) -> list[str]:
    return [part for one in found.skipped for part in fold_line(inert(f"not read: {one.run}: {one.reason}"), WIDTH)]


def _reading(found: HistoryData, *, ascii_only: bool) -> list[str]:
    del ascii_only
    level = formatting.confidence(found.confidence)
    order = "" if found.task else "; real losses first"
    fractions = any(line.unit == "fraction" for line in found.lines)
    text = f"{level} intervals" + (", fractions in hundredths" if fractions else "") + order
    if found.family:
        text += (
            f"; changes are paired item by item, p adjusted (Holm) over {count(found.family, 'change')}: "
            "one without better, worse or identical beside it is not distinguishable from none"
        )
    return fold_line(text, WIDTH)


def to_html(found: HistoryData) -> str:
    """One escaped table of all points."""
    told = []
    for line in found.lines:
        unit: Unit = line.unit  # type: ignore[assignment]
        for point in line.points:
            change, word = _change(point.change, unit)
            shown = f"{value(point.value, unit)} {interval_beside(point.value, point.low, point.high, unit)}".rstrip()
            shown += "".join(f"; alarm: {one.sentence}" for one in point.alarms)
            told.append(
                (
                    line.path,
                    line.name,
                    point.run,
                    point.date,
                    point.digest[:_DIGEST],
                    shown if point.is_measured else _WITHOUT.get(point.status, point.status),
                    change,
                    word,
                    "; ".join(_marks(point)),
                )
            )
    columns = ("task", "line", "run", "begun", "model", found.metric, "change", "verdict", "what changed")
    return html_table(columns, told, caption="; ".join(_reading(found, ascii_only=False)))
