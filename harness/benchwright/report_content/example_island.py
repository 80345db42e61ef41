"""The example browser's data as JSON within a page: short, each text once, and nothing in it that ends a script.

``{v, m: models, s: strings, t: [{n, sp, me, w, i: ids, g: gold, l: labels, c: slices, x: texts, a: answers}]}``. Numbers in place of
texts are places among the strings. Answers are one object for each model: ``m`` its number, ``v`` a letter for each item
(r, w, p, e, n; ``-``: was not asked), ``t`` texts, and where known ``k`` the measure, ``b`` answers to originals, ``u`` items that were truncated.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from benchwright.inert import visible
from benchwright.render.drawn_item import DrawnText
from benchwright.render.segments import Segment
from benchwright.report_content.examples import ExampleAnswer, ExampleItem, ExampleSection, ExampleTask

VERSION = 1
_LETTERS = {"right": "r", "wrong": "w", "partly": "p", "errored": "e", "none": "n"}
_PER_MILLE = 1000
_ESCAPES = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


def island(section: ExampleSection) -> Markup:
    """JSON that may stand in ``<script type="application/json">``: ``<``, ``>``, ``&`` and separators of lines are escapes."""
    strings = _Strings()
    tasks = [_task(task, strings) for task in section.tasks]
    value = {
        "v": VERSION,
        "m": [visible(label) for label in section.models],
        "x": int(section.inputs),
        "t": tasks,
        "s": list(strings.places),
    }
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ESCAPES)
    return Markup(text)  # noqa: S704 - what could end the script is escaped


class _Strings:
    """Texts by their place, each once."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def place(self, text: str) -> int:
        """Where the text is."""
        return self.places.setdefault(text, len(self.places))


def _task(task: ExampleTask, strings: _Strings) -> dict[str, Any]:
    items = task.items
    found: dict[str, Any] = {
        "n": visible(task.name),
        "to": task.total,
        "w": visible(task.why),
        "me": task.measure,
        "i": [item.id for item in items],
        "g": [strings.place(item.gold) for item in items],
        "a": [_answers(task, model, strings) for model in task.models],
    }
    if any(item.labels for item in items):
        found["l"] = [[strings.place(label) for label in item.labels] for item in items]
    if any(item.slices for item in items):
        found["c"] = [[strings.place(visible(one)) for one in item.slices] for item in items]
    if any(item.texts for item in items):
        names = list(dict.fromkeys(text.name for item in items for text in item.texts))
        found["xn"] = [visible(name) for name in names]
        found["x"] = [[_text(text, names, strings) for text in item.texts] for item in items]
    if task.expected:
        found["ex"] = 1
    if task.withheld:
        found["h"] = 1
    return found


def _text(text: DrawnText, names: Sequence[str], strings: _Strings) -> Any:
    """A place among the strings where a text is plain; else ``[name, segments, length, option, gold, models]`` without trailing zeros."""
    at = names.index(text.name)
    drawn = [_segment(one, strings) for one in text.segments]
    if text.option is None and not text.length and len(drawn) == 1 and isinstance(drawn[0], int):
        return drawn[0] if at == 0 else [at, drawn[0]]
    option = 0 if text.option is None else text.option + 1
    packed: list[Any] = [at, drawn, text.length, option, int(text.gold), list(text.models) or 0]
    while packed[-1] == 0:
        packed.pop()
    return packed


def _segment(one: Segment, strings: _Strings) -> Any:
    packed = one.packed()
    if isinstance(packed, str):
        return strings.place(packed)
    return packed


def _answers(task: ExampleTask, model: int, strings: _Strings) -> dict[str, Any]:
    answers = [_of(item, model) for item in task.items]
    found: dict[str, Any] = {
        "m": model,
        "v": "".join("-" if one is None else _LETTERS[one.verdict] for one in answers),
        "t": [0 if one is None else strings.place(one.text) for one in answers],
    }
    if task.measure:
        found["k"] = [_measure(one, task.measure) for one in answers]
    if any(one is not None and one.before for one in answers):
        found["b"] = [strings.place("" if one is None else one.before) for one in answers]
    truncated = [at for at, one in enumerate(answers) if one is not None and one.truncated]
    if truncated:
        found["u"] = truncated
    return found


def _of(item: ExampleItem, model: int) -> ExampleAnswer | None:
    return next((one for one in item.answers if one.model == model), None)


def _measure(one: ExampleAnswer | None, measure: str) -> float | int | None:
    """Confidence per mille, a distance with four digits; None where it is unknown, which is not 0."""
    if one is None:
        return None
    if measure == "Confidence":
        return None if one.confidence is None else round(one.confidence * _PER_MILLE)
    return None if one.size is None else float(f"{one.size:.4g}")
