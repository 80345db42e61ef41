"""The example browser's data as JSON within a page: short, each text once, and nothing in it that ends a script.

``{v, m: models, s: strings, t: [{n, to, w, me, p: what all ids begin with, i: rest of the ids, g: gold, l: labels (1: the gold answers), c: slices, xn: names of inputs, x: texts, o: outputs, d, a: answers}]}``. Numbers
in place of texts are places among the strings, a whole text of one item alone stands in its place. Answers are one object for each model: ``m`` its number, ``v`` a letter for each item (r, w, p, e, n; ``-``: was
not asked), ``t`` places among the outputs of the task, and where known ``k`` the measure, ``b`` answers to originals, ``u`` items that were truncated. Places are
written with ``d`` digits of base 64 each (0: as numbers), a confidence per mille with two (``__``: unknown).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from benchwright.inert import visible
from benchwright.render.drawn_item import DrawnText
from benchwright.render.segments import CHANGES, Segment
from benchwright.report_content.examples import ExampleAnswer, ExampleSection, ExampleTask

VERSION = 1
_LETTERS = {"right": "r", "wrong": "w", "partly": "p", "errored": "e", "none": "n"}
_PER_MILLE = 1000
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
_MOST_BITS = 50
_UNKNOWN = "__"
"""A confidence that is not known: no number per mille is written so."""
_ESCAPES = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


def island(section: ExampleSection) -> Markup:
    """JSON that may stand in ``<script type="application/json">``: ``<``, ``>``, ``&`` and separators of lines are escapes."""
    strings = _Strings(_repeated(section))
    tasks = [_task(task, strings) for task in section.tasks]
    value = {
        "v": VERSION,
        "m": list(section.models),
        "x": int(section.inputs),
        "t": tasks,
        "s": list(strings.places),
    }
    text = json.dumps(_seen(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ESCAPES)
    text = text.replace("##", "\\u0023#")  # Azure's and TeamCity's runners obey `##[name]` wherever it stands
    return Markup(text)  # noqa: S704 - what could end the script is escaped


def _seen(value: Any) -> Any:
    """The same with every text of it visible: the script shows texts as they are, and a label may turn the reading direction as a text may."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else visible(value)
    if isinstance(value, list | tuple):
        return [_seen(one) for one in value]
    return {key: _seen(one) for key, one in value.items()} if isinstance(value, dict) else value


def _repeated(section: ExampleSection) -> frozenset[str]:
    """Whole texts that several items have, as questions about one context do."""
    texts = (text.segments for task in section.tasks for item in task.items for text in item.texts)
    counts = Counter(several[0].text for several in texts if len(several) == 1)
    return frozenset(text for text, number in counts.items() if number > 1)


class _Strings:
    """Texts by their place, each once."""

    def __init__(self, repeated: frozenset[str] = frozenset()) -> None:
        self.places: dict[str, int] = {}
        self.repeated = repeated

    def place(self, text: str) -> int:
        """Where the text is."""
        return self.places.setdefault(text, len(self.places))


def _task(task: ExampleTask, strings: _Strings) -> dict[str, Any]:
    items = task.items
    prefix = _common_start([item.id for item in items])
    found: dict[str, Any] = {
        "n": visible(task.name),
        "to": task.total,
        "w": visible(task.why),
        "me": task.measure,
        "p": prefix,
        "i": [item.id[len(prefix) :] for item in items],
        "g": [strings.place(item.gold) for item in items],
    }
    outputs = _Strings()
    by_model = [{one.model: one for one in item.answers} for item in items]
    found["a"] = [
        _answers(task, model, [known.get(model) for known in by_model], outputs, strings) for model in task.models
    ]
    found["d"] = _pack(found["a"], len(outputs.places))
    found["o"] = [strings.place(text) for text in outputs.places]
    if items and all(item.labels == (item.gold,) for item in items):
        found["l"] = 1
    elif any(item.labels for item in items):
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


def _common_start(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    if not texts:
        return ""
    low, high = min(texts), max(texts)
    same = next((at for at, sign in enumerate(low) if at >= len(high) or sign != high[at]), len(low))
    return low[:same]


def _text(text: DrawnText, names: Sequence[str], strings: _Strings) -> Any:
    """A place among the strings where a text is plain; else ``[name, segments, length, option, gold, models]`` without trailing zeros."""
    at = names.index(text.name)
    if text.option is None and not text.length and len(text.segments) == 1 and text.segments[0].is_plain:
        only = text.segments[0].text
        place = strings.place(only) if only in strings.repeated else only
        return place if at == 0 else [at, place]
    drawn = [_segment(one) for one in text.segments]
    option = 0 if text.option is None else text.option + 1
    packed: list[Any] = [at, drawn, text.length, option, int(text.gold), list(text.models) or 0]
    while packed[-1] == 0:
        packed.pop()
    return packed


def _segment(one: Segment) -> Any:
    """A text where nothing is drawn, or ``[text, change, gold, models, ends]`` without trailing zeros.

    ``ends`` is a label where one span of just these ends, else ``[gold, models, label]`` of each.
    """
    if one.is_plain:
        return one.text
    ends: Any = [[int(end.gold), _mask(end.models), end.label] for end in one.ends]
    if len(one.ends) == 1 and (one.ends[0].gold, one.ends[0].models) == (one.gold, one.models):
        ends = one.ends[0].label
    packed = [one.text, CHANGES[one.change], int(one.gold), _mask(one.models), 0 if ends == [] else ends]
    while packed[-1] == 0:
        packed.pop()
    return packed


def _mask(models: tuple[int, ...]) -> Any:
    """Models as one number, a bit for each; as a list where they are too many for a number of a script."""
    return sum(1 << one for one in models) if not models or models[-1] < _MOST_BITS else list(models)


def _answers(
    task: ExampleTask, model: int, answers: Sequence[ExampleAnswer | None], outputs: _Strings, strings: _Strings
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "m": model,
        "v": "".join("-" if one is None else _LETTERS[one.verdict] for one in answers),
        "t": [0 if one is None else outputs.place(one.text) for one in answers],
    }
    if task.measure == "Confidence":
        found["k"] = "".join(
            _UNKNOWN if one is None or one.confidence is None else _digits(round(one.confidence * _PER_MILLE), 2)
            for one in answers
        )
    elif task.measure:
        found["k"] = [None if one is None or one.size is None else float(f"{one.size:.3g}") for one in answers]
    if any(one is not None and one.before for one in answers):
        found["b"] = [strings.place("" if one is None else one.before) for one in answers]
    truncated = [at for at, one in enumerate(answers) if one is not None and one.truncated]
    if truncated:
        found["u"] = truncated
    return found


def _pack(several: Sequence[dict[str, Any]], distinct: int) -> int:
    """Write places of answers as digits, as many each as the number of different answers needs; returns how many these are."""
    width = 1 if distinct <= len(_DIGITS) else 2 if distinct <= len(_DIGITS) ** 2 else 0
    if width:
        for one in several:
            one["t"] = "".join(_digits(place, width) for place in one["t"])
    return width


def _digits(number: int, width: int) -> str:
    """A number in base 64."""
    return _DIGITS[number] if width == 1 else _DIGITS[number >> 6] + _DIGITS[number & 63]
