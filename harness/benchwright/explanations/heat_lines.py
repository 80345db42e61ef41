"""Explained items as lines for a terminal: words with signs and, where it takes them, colours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from benchwright.errors import StoreError
from benchwright.explanations.shown import largest_of, refuse_misplaced, shade
from benchwright.explanations.stored import ExplainedItem
from benchwright.explanations.summary_lines import verdict
from benchwright.explanations.words import text_of
from benchwright.formatting import clip, plain_change, plain_value
from benchwright.inert import inert
from benchwright.items import call
from benchwright.kinds import of as kind_of
from benchwright.render import examples
from benchwright.render.shaded_text import ShadedPiece, ShadedText
from benchwright.tables import fold_line, text_width
from benchwright.types import Attribution, Example, ExplanationSummary, Target, Word

MOST = 1_200
"""Characters of an input that are shown; of a longer one the surroundings of the words that count most."""
BESIDE = 60
"""Characters shown to each side of such a word."""
_TELLING = 0.0005
"""A largest value that three decimals show."""
FLAT = "no word changes the number"
_TOP = 6
_GAP = " … "


class Mark(NamedTuple):
    """Inert text of a line, and its step from -5 to 5: the colour behind it."""

    text: str
    step: int = 0


Line = tuple[Mark, ...]

LEGEND = "[word +5] raises the number, [word -5] lowers it; 5: as much as the word that counts most; without a mark: less than a tenth of that"
"""How to read the lines."""
QUOTED = "«word»: of the entity or answer that is explained"
"""How to read those of entities and answers."""


def legend(items: Iterable[ExplainedItem]) -> list[str]:
    """What must be known to read the lines of items."""
    found = (one.target.start for item in items for one in item.explanation.attributions)
    return [LEGEND, QUOTED] if any(start is not None for start in found) else [LEGEND]


def item_lines(items: Sequence[ExplainedItem], *, width: int | None) -> Iterator[Line]:
    """Lines of one item as several models and methods explain it: the item, then each of them below it.

    Args:
        items: Of one example and one task.
        width: Longest line; None: as long as they are.
    """
    first = items[0]
    yield from plain_lines(f"{call(first.record)} of {first.summary.base}{gold_words(first)}", width)
    for item in items:
        by = f"{item.summary.model}, {item.summary.method}{doubt(item.summary)}"
        yield from plain_lines(f"{by}: {answer_words(item)}", width, indent=2)
        yield from _explanation(item, width)


def doubt(summary: ExplanationSummary) -> str:
    """`` (not distinguishable from random)``: what is said beside each explanation of a method that is not told from chance; else empty."""
    return f" ({verdict(summary)})" if summary.is_distinguishable is False and summary.method != "random" else ""


def gold_words(item: ExplainedItem) -> str:
    """``; gold positive``, empty where nobody knows."""
    return "" if item.record.target is None else f"; gold {clip(examples.gold(item.task, item.record), 80)}"


def answer_words(item: ExplainedItem) -> str:
    """What the model answers, and whether that is right."""
    record = item.record
    if record.error:
        return f"no answer: {clip(record.error, 120)}"
    is_correct = kind_of(item.task).is_correct
    verdict = None
    if is_correct is not None and record.target is not None:
        verdict = is_correct(record.target, record.output, item.task)
    said = {True: ", right", False: ", wrong"}.get(verdict, "") if verdict is not None else ""
    return f"answers {clip(examples.given(item.task, record), 80)}{said}"


def _explanation(item: ExplainedItem, width: int | None) -> Iterator[Line]:
    explanation = item.explanation
    if explanation.error:
        yield from plain_lines(f"no explanation: {clip(explanation.error, 300)}", width, indent=4)
    elif not explanation.attributions:
        yield from plain_lines(
            "nothing to explain: the answer names nothing, or the item has no words", width, indent=4
        )
    try:
        for attribution in explanation.attributions:
            yield from _attribution(item, attribution, width)
    except StoreError as error:
        yield from plain_lines(error.problem, width, indent=4)


def _attribution(item: ExplainedItem, attribution: Attribution, width: int | None) -> Iterator[Line]:
    inputs = examples.texts_of(item.record)
    refuse_misplaced(inputs, item.explanation)
    scale = getattr(item.explanation, "scale", None) or item.summary.scale
    yield from plain_lines(number_line(attribution, scale), width, indent=4)
    texts = [text for text in shade(inputs, item.explanation, attribution) if text.pieces]
    for text in texts:
        name = f"{text.name}: " if len(texts) > 1 else ""
        yield from shaded_lines(text, width, indent=4, name=name)
    if largest_of(attribution) == 0:
        yield from plain_lines(FLAT, width, indent=4)
        return
    yield from plain_lines(f"counts most: {counts_most(item, attribution)}", width, indent=4)
    if faithful := faithful_line(attribution):
        yield from plain_lines(faithful, width, indent=4)


def counts_most(item: ExplainedItem, attribution: Attribution) -> str:
    """The words that count most with their values: ``good +0.400, not −0.200``; the words must be those of the texts.

    Neighbours of one value, which a method did not tell apart, are one entry: ``"The … title" (29 words) +0.119 each``.
    """
    example = Example(id=item.record.id, index=0, inputs=dict(examples.texts_of(item.record)))
    words, values = item.explanation.words, attribution.values
    runs = sorted(_runs(words, values), key=lambda run: -abs(values[run.start]))
    told = []
    tells = largest_of(attribution) >= _TELLING
    for run in runs[:_TOP]:
        value = plain_change(values[run.start]) if tells else f"{values[run.start]:+.1e}"
        first, last = (text_of(example, words[at]) for at in (run.start, run.stop - 1))
        name = _named(first) if len(run) == 1 else f'"{clip(first, 30)} … {clip(last, 30)}" ({len(run)} words)'
        if value.strip("0.,"):
            told.append(f"{name} {value}" if len(run) == 1 else f"{name} {value} each")
    return ", ".join(told)


def _runs(words: Sequence[Word], values: Sequence[float]) -> Iterator[range]:
    """Numbers of neighbouring words of one input with exactly one value, other than 0."""
    start = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or values[at] != values[start] or not values[at] or words[at].input != words[start].input:
            yield range(start, at)
            start = at


def _named(word: str) -> str:
    """A word as it is named in a list: signs in quotes, so that a comma does not look like one of the list's own."""
    shown = clip(word, 30)
    return shown if word.replace("-", "").isalnum() else f'"{shown}"'


def number_line(attribution: Attribution, scale: str) -> str:
    """What is explained and how large it is: ``probability of positive 0.912; 0.498 without any word``."""
    number = f"{scale_words(scale, attribution.target)} {plain_value(attribution.full)}"
    without = "" if attribution.base is None else f"; {plain_value(attribution.base)} without any word"
    whole = attribution.completeness
    if whole is None:
        return number + without
    raw = f"{plain_value(whole.full)} on the item, {plain_value(whole.base)} on the baseline"
    return f"{number}{without}; values are of its raw output: {raw}"


def scale_words(scale: str, target: Target) -> str:
    """The explained number in words; ``scale`` is a `types.ScoreScale`."""
    name = clip(target.name, 60)
    if scale == "probability":
        return f"probability of {name}"
    if scale == "logit":
        return f"logit of {name}"  # a raw output, or the log odds of a probability
    if scale == "agreement":
        places = {"start": "begins at the same place", "end": "ends at the same place"}
        kept = places.get(target.edge or "", "stays the same" if name == "answer" else f"stays {name}")
        return f"whether the answer {kept} (1: yes):"
    return f"value of {name}" if name != "value" else "value"


def faithful_line(attribution: Attribution) -> str:
    """How far the number falls without the words that count most, against random words; empty where that was not measured."""
    found = attribution.faithfulness
    if found is None or found.comprehensiveness is None:
        return ""
    random = found.random_comprehensiveness
    beside = "" if random is None else f", without random words {plain_change(-random)}"
    return f"without the words that count most {plain_change(-found.comprehensiveness)}{beside}"


def plain_lines(text: str, width: int | None, *, indent: int = 0) -> Iterator[Line]:
    """A line without colours, folded."""
    shown = inert(text)
    blanks = " " * indent
    for line in [shown] if width is None else fold_line(shown, max(width - indent, 12)):
        yield (Mark(f"{blanks}{line}"),)


def shaded_lines(text: ShadedText, width: int | None, *, indent: int, name: str = "") -> Iterator[Line]:
    """An input as marked words, folded between them: ``a [great +5] film, but [dull -3]``."""
    marks = [Mark(inert(name))] if name else []
    marks += _marks(abridged(text.pieces, most=MOST, beside=BESIDE))
    if width is None:
        yield (Mark(" " * indent), *marks)
        return
    line: list[Mark] = []
    room = used = max(width - indent, 12)
    for mark in _atoms(marks, room):
        size = text_width(mark.text)
        if used + size > room and line and not mark.text.isspace():
            yield _begun(line, indent)
            line = []
        if not line:
            used = 0
            if mark.text.isspace():
                continue
        line.append(mark)
        used += size
    if line:
        yield _begun(line, indent)


def _begun(line: list[Mark], indent: int) -> Line:
    """The line set in, without the blank at which it was folded."""
    kept = line[:-1] if line[-1].text.isspace() else line
    return (Mark(" " * indent), *kept)


_LIKE_A_MARK = re.compile(r"\[[^\[\]]*\s[+-]\d\]")
"""Text that reads as a marked word of ours; its brackets are told from ours by a backslash."""


def _marks(pieces: Iterable[ShadedPiece]) -> Iterator[Mark]:
    given = tuple(pieces)
    is_alike = _LIKE_A_MARK.search("".join(piece.text for piece in given)) is not None
    for at, piece in enumerate(given):
        # What begins a piece begins no line: it is made inert behind a full stop.
        shown = inert(f".{piece.text}")[1:]
        if is_alike:
            shown = shown.replace("[", "\\[")
        begin = "«" if piece.named and not (at and given[at - 1].named) else ""
        end = "»" if piece.named and not (at + 1 < len(given) and given[at + 1].named) else ""
        text = f"[{shown} {piece.step:+d}]" if piece.step else shown
        yield Mark(f"{begin}{text}{end}", piece.step)


def _atoms(marks: Iterable[Mark], room: int) -> Iterator[Mark]:
    """Marks between which a line may break; none wider than ``room``."""
    for mark in marks:
        if mark.step:
            yield _fitted(mark, room)
            continue
        parts = re.findall(r"\s+|\S+", mark.text)
        for part in parts:
            while text_width(part) > room:
                head = _head(part, room)
                yield Mark(head, mark.step)
                part = part[len(head) :]  # noqa: PLW2901 - what is left of it
            if part:
                yield Mark(part, mark.step)


def _fitted(mark: Mark, room: int) -> Mark:
    """A marked word that is no wider than a line: its sign stays."""
    if text_width(mark.text) <= room:
        return mark
    sign = mark.text[mark.text.rindex(" ") :]
    return Mark(f"{_head(mark.text, room - len(sign) - 1)}…{sign}", mark.step)


def _head(text: str, room: int) -> str:
    end = min(len(text), room)
    while end > 1 and text_width(text[:end]) > room:
        end -= 1
    return text[:end]


def abridged(pieces: Sequence[ShadedPiece], *, most: int, beside: int) -> tuple[ShadedPiece, ...]:
    """The pieces of a text of at most ``most`` characters; of a longer one those around the words that count most, with marks where
    text was left out. A piece that is too long by itself is cut.
    """
    if sum(len(piece.text) for piece in pieces) <= most:
        return tuple(pieces)
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece.text))
    kept: set[int] = set()
    left = most
    for at in sorted(range(len(pieces)), key=lambda at: (-abs(pieces[at].share), at)):
        if kept and not pieces[at].step:
            break
        near = [one for one in _near(at, starts, beside) if one not in kept]
        size = sum(min(len(pieces[one].text), 2 * beside) for one in near)
        if size > left:
            break
        kept.update(near)
        left -= size
    found: list[ShadedPiece] = []
    for at, piece in enumerate(pieces):
        if at in kept:
            text = piece.text
            cut = text if len(text) <= 2 * beside else f"{text[:beside]}{_GAP}{text[-beside // 2 :]}"
            found.append(replace(piece, text=cut))
        elif not found or found[-1].text != _GAP:
            found.append(ShadedPiece(_GAP, None, 0.0))
    return tuple(found)


def _near(at: int, starts: Sequence[int], beside: int) -> list[int]:
    """Numbers of the pieces within some characters of one; the nearest two to each side whatever their length."""
    first, last = max(0, at - 2), min(len(starts) - 2, at + 2)
    while first > 0 and starts[at] - starts[first - 1] <= beside:
        first -= 1
    while last + 2 < len(starts) and starts[last + 2] - starts[at + 1] <= beside:
        last += 1
    return list(range(first, last + 1))
