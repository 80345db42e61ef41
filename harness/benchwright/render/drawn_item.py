"""An item as it is drawn: its input texts with gold and predicted spans, tags and changed words, its options with who chose which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from benchwright import kinds
from benchwright.formatting import plain
from benchwright.render.changed_texts import as_text
from benchwright.render.examples import texts_of
from benchwright.render.segments import GOLD, LONGEST, Segment, SpanMark, cut_segments
from benchwright.render.text_change import ChangePiece, find_changes
from benchwright.tags import entities
from benchwright.types import Kind, Record, Task

MOST_OPTIONS = 40
"""Options of an item that are drawn."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnText:
    """An input of an item, or one of its options.

    Attributes:
        name: Of the input.
        segments: The text, or what of it is shown.
        length: Characters of the whole text where it is shown in part, else 0.
        option: Number of the option; None for a text.
        gold: Whether the option is right.
        models: Numbers of the models that chose it.
    """

    name: str
    segments: tuple[Segment, ...]
    length: int = 0
    option: int | None = None
    gold: bool = False
    models: tuple[int, ...] = ()


def draw_item(
    task: Task,
    record: Record,
    outputs: Mapping[int, Record],
    *,
    original: Record | None = None,
    longest: int = LONGEST,
) -> tuple[DrawnText, ...]:
    """The inputs of an item in the order in which a model reads them; none where texts were not kept.

    Args:
        task: Card of the task.
        record: The item: its texts and gold answer, from the records of any model.
        outputs: Number of a model -> its record of the item.
        original: What the item was made of, where it is a variant: changed words are marked.
        longest: Characters from which on a text is shown in part.
    """
    before = texts_of(original) if original is not None else {}
    edits = _edits(record)
    found: list[DrawnText] = []
    for name, value in texts_of(record).items():
        old = before.get(name)
        if isinstance(value, list | tuple) and task.kind in (Kind.CHOOSE, Kind.FILL):
            found += _options(name, value, old, _ItemText(record, outputs, ""), longest)
            continue
        text = _text(value, task.kind)
        pieces = _pieces(_text(old, task.kind), text, edits.get(name) if isinstance(value, str) else None, old)
        segments = cut_segments(
            text, _marks(task, name, value, _ItemText(record, outputs, text)), pieces, longest=longest
        )
        found.append(DrawnText(name=str(name), segments=segments, length=len(text) if len(text) > longest else 0))
    return tuple(found)


def _text(value: Any, kind: Kind) -> str:
    """An input as one text; what is neither a text nor a list of them as `plain` writes it."""
    return as_text(value, kind) if isinstance(value, str | list | tuple) else plain(value)


def _edits(record: Record) -> Mapping[str, Any]:
    """Edits of a variant: of a view by input, of a behavioural case those of its one input."""
    found = record.extra.get("edits")
    if isinstance(found, Mapping):
        return found
    texts = texts_of(record)
    if isinstance(record.target, Mapping) and record.target.get("edits") and len(texts) == 1:
        return {next(iter(texts)): record.target["edits"]}
    return {}


def _pieces(old: str, new: str, edits: Any, known: Any) -> tuple[ChangePiece, ...]:
    return () if known is None or old == new else find_changes(old, new, edits)


class _ItemText(NamedTuple):
    """An item, what models said to it, and one of its texts."""

    record: Record
    outputs: Mapping[int, Record]
    text: str


def _marks(task: Task, name: str, value: Any, asked: _ItemText) -> list[SpanMark]:
    gold, outputs, text = _gold(asked.record), asked.outputs, asked.text
    if task.kind is Kind.TAG and isinstance(value, list | tuple):
        starts = _starts(value)
        return [
            *_tagged(gold, value, starts, GOLD),
            *(
                mark
                for who, one in outputs.items()
                if one.error is None
                for mark in _tagged(one.output, value, starts, who)
            ),
        ]
    if task.kind is Kind.SPAN and name == list(texts_of(asked.record))[-1]:
        return [
            *_gold_spans(gold, text),
            *(mark for who, one in outputs.items() for mark in _predicted_span(one, text, who)),
        ]
    return []


def _gold(record: Record) -> Any:
    """The gold answer; of a behavioural example what its case names as such."""
    target = record.target
    return target.get("gold") if isinstance(target, Mapping) and "expect" in target else target


def _starts(words: Sequence[Any]) -> list[int]:
    """Where each word begins in the words joined by blanks."""
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(str(word)) + 1
    return starts


def _tagged(tags: Any, words: Sequence[Any], starts: Sequence[int], who: int) -> list[SpanMark]:
    if not isinstance(tags, list | tuple) or len(tags) != len(words):
        return []  # no tag for every word: nothing says where an entity is
    return [
        SpanMark(starts[one.start], starts[one.end - 1] + len(str(words[one.end - 1])), who, one.type)
        for one in entities([str(tag) for tag in tags])
    ]


def _gold_spans(gold: Any, text: str) -> list[SpanMark]:
    if isinstance(gold, Mapping):
        places = dict.fromkeys(zip(gold.get("answer_start", ()), map(str, gold.get("text", ())), strict=False))
        return [
            SpanMark(start, start + len(answer), GOLD) for start, answer in places if text[start:].startswith(answer)
        ]
    answers = [gold] if isinstance(gold, str) else gold if isinstance(gold, list | tuple) else []
    return [SpanMark(*place, GOLD) for answer in answers if (place := _only_place(str(answer), text))]


def _predicted_span(record: Record, text: str, who: int) -> list[SpanMark]:
    """Where the model says its answer is, or where its text stands once; nothing where it might be any of several places."""
    answer, start = record.output, record.extra.get("start")
    if record.error is not None or not isinstance(answer, str) or not answer:
        return []
    if isinstance(start, int) and text[start : start + len(answer)] == answer:
        return [SpanMark(start, start + len(answer), who)]
    place = _only_place(answer, text)
    return [SpanMark(*place, who)] if place else []


def _only_place(answer: str, text: str) -> tuple[int, int] | None:
    at = text.find(answer) if answer else -1
    if at < 0 or text.find(answer, at + 1) >= 0:
        return None
    return at, at + len(answer)


def _options(name: str, options: Sequence[Any], old: Any, asked: _ItemText, longest: int) -> list[DrawnText]:
    gold, outputs = _gold(asked.record), asked.outputs
    right = {gold} if isinstance(gold, int | str) else set(gold) if isinstance(gold, list | tuple) else set()
    chosen = {who: one.output for who, one in outputs.items() if one.error is None}
    found = []
    for at, option in enumerate(options[:MOST_OPTIONS]):
        text = str(option)
        before = old[at] if isinstance(old, list | tuple) and at < len(old) else None
        found.append(
            DrawnText(
                name=str(name),
                segments=cut_segments(text, (), _pieces(str(before), text, None, before), longest=longest),
                length=len(text) if len(text) > longest else 0,
                option=at,
                gold=at in right or option in right,
                models=tuple(who for who, output in chosen.items() if _is(output, at, option)),
            )
        )
    return found


def _is(output: Any, at: int, option: Any) -> bool:
    """Whether an answer is an option: its number, or its text."""
    if isinstance(output, bool | list | tuple):
        return False
    return output == at if isinstance(output, int) else bool(output == option)


def is_partly(task: Task, target: Any, output: Any) -> bool:
    """Whether an answer that is not right is right in part: some of the labels, one of the entities, some words of the span."""
    several = isinstance(target, list | tuple) and isinstance(output, list | tuple)
    if task.kind is Kind.CLASSIFY and task.multilabel:
        return several and bool(set(map(str, target)) & set(map(str, output)))
    if task.kind is Kind.TAG and several:
        return bool(set(entities([*map(str, target)])) & set(entities([*map(str, output)])))
    if task.kind is Kind.SPAN or task.by_text:
        size = kinds.of(task).error_size(target, output, task)
        return size is not None and 0 < size < 1
    return False
