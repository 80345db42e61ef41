"""The behavioural form of a kind: a target is what is expected of an example of a case (`CaseTarget`, as a mapping), not a gold answer.

What answers are allowed, and how they are written, stays as the kind says. Whether an answer is right is asked of whole cases
(`benchwright.behaviour`), so no single answer is right or wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from benchwright.kinds.spec import (
    NO_TEXT,
    ColumnForm,
    Inputs,
    InvalidTarget,
    KindSpec,
    MissingTarget,
    Problem,
    ReadCell,
    ReadOptions,
    Write,
)
from benchwright.types import FillTask, Kind, Task
from benchwright.types.expectations import CaseTarget

_EXPECTED = 'what is expected of an example of a case, such as {"expect": {"kind": "equals"}, "gold": "positive"}'
_PLACES = {
    "not": ("value",),
    "equals": ("value",),
    "equals_if": ("when_original", "value"),
    "equals_lenient": ("neutral", "negative"),
    "monotonic": ("neutral", "value"),
    "shift": ("positive", "negative"),
    "implies": ("positive", "negative"),
}
"""Expectation -> its parameters that are answers of the task."""


def behavioural(kind: KindSpec) -> KindSpec:
    """The behavioural form of a kind."""

    def read_target(task: Task, options: ReadOptions) -> ReadCell:
        return _reader(task, _gold_reader(kind, task, options))

    def right_answer(target: Any, task: Task) -> Any:
        """An answer that the target names; None where it names none."""
        gold = _named_answer(target)
        return _right(kind, gold, task)

    def make_target(inputs: Inputs, task: Task, which: int) -> Any:
        gold = kind.make_target(inputs, task, which)
        return {"expect": {"kind": "equals"}, "gold": [gold] if task.kind is Kind.FILL else gold}

    def check_target(target: Any, inputs: Inputs, task: Task) -> Problem | None:
        gold = target.get("gold")
        if kind.check_target is None or gold is None or task.kind is Kind.SPAN:
            return None
        if task.kind is Kind.FILL:
            numbers = [one for one in gold if isinstance(one, int)]
            return next((found for one in numbers if (found := kind.check_target(one, inputs, task))), None)
        return kind.check_target(gold, inputs, task)

    def show_target(target: Any, inputs: Inputs, write: Write) -> str:
        return _sentence(target, lambda gold: _shown(kind, gold, inputs, write), write)

    def labels_in(value: Any) -> Iterable[str]:
        gold = value.get("gold") if isinstance(value, Mapping) else value
        return kind.labels_in(gold) if gold is not None else ()

    return replace(
        kind,
        noun="example",
        needs_gold=True,
        read_target=read_target,
        read_strict=None,
        check_target=check_target,
        is_correct=None,
        what_is_right=lambda _task: "a case that is passed",
        error_size=lambda _target, _output, _task: None,
        error_title="",
        right_answer=right_answer,
        wrong_answer=lambda _target, _task: NO_TEXT,
        make_target=make_target,
        column=_column,
        show_target=show_target,
        labels_in=labels_in,
        many_repeats=2.0,  # cases of one template, and one original under several tests, repeat on purpose
    )


def _column(_task: Task) -> ColumnForm:
    """JSON text: targets are mappings, whatever answers are."""
    return "texts"


def _gold_reader(kind: KindSpec, task: Task, options: ReadOptions) -> ReadCell:
    """A function from an answer as a suite writes it to the answer as the kind holds it."""
    if task.kind is Kind.SPAN:
        return _texts
    if task.kind is Kind.FILL:
        return _options
    read = kind.read_target(task, options)
    if task.kind is Kind.TAG:
        return lambda cell: list(read(cell))
    return read


def _texts(cell: Any) -> Any:
    several = cell if isinstance(cell, list | tuple) else [cell]
    if not several or not all(isinstance(text, str) for text in several):
        raise InvalidTarget(f"{cell!r} is no text", "a text, or a list of the texts that are right")
    return cell


def _options(cell: Any) -> Any:
    """Numbers of options, or words where these are asked for; one or several."""
    several = cell if isinstance(cell, list | tuple) else [cell]
    numbers = all(isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in several)
    if not several or not (numbers or all(isinstance(one, str) for one in several)):
        raise InvalidTarget(f"{cell!r} is no option", "numbers of options, or words")
    return cell


def _reader(task: Task, read: ReadCell) -> ReadCell:
    """A function from a cell to a target; rows that share a cell share its target too."""
    known: dict[int, tuple[Any, Any]] = {}

    def remembered(cell: Any) -> Any:
        found = known.get(id(cell))
        if found is None:
            found = known[id(cell)] = (cell, _read(cell, task, read))  # the cell is kept, or another might get its id
        return found[1]

    return remembered


def _read(cell: Any, task: Task, read: ReadCell) -> dict[str, Any]:
    if cell is None:
        raise MissingTarget(repr(cell))
    try:
        target = msgspec.convert(cell, CaseTarget)
    except msgspec.ValidationError as reason:
        raise InvalidTarget(str(reason), _EXPECTED) from reason
    found: dict[str, Any] = msgspec.to_builtins(target)
    expect = found["expect"]
    for name in _PLACES.get(expect["kind"], ()):
        if expect.get(name) is not None:
            expect[name] = _answer(expect[name], task, read)
    if target.gold is not None:
        found["gold"] = _answer(target.gold, task, read)
    return found


def _answer(value: Any, task: Task, read: ReadCell) -> Any:
    try:
        answer = read(value)
    except MissingTarget as reason:
        raise InvalidTarget(f"{reason} is no answer of {task.name}", _EXPECTED) from None
    return list(answer) if isinstance(answer, tuple) else answer


def _named_answer(target: Any) -> Any:
    if not isinstance(target, Mapping):
        return None
    return target["gold"] if target.get("gold") is not None else target["expect"].get("value")


def _right(kind: KindSpec, gold: Any, task: Task) -> Any:
    if gold is None:
        return None
    if task.kind is Kind.FILL and isinstance(task, FillTask) and task.top:
        words = list(gold) if isinstance(gold, list | tuple) else [gold]
        return tuple((words * task.top)[: task.top])
    if task.kind in (Kind.SPAN, Kind.FILL):
        return gold[0] if isinstance(gold, list | tuple) else gold
    return kind.right_answer(tuple(gold) if isinstance(gold, list) else gold, task)


def _shown(kind: KindSpec, gold: Any, inputs: Inputs, write: Write) -> str:
    several = isinstance(gold, list | tuple) and kind.slice_name != "type"
    if several and kind.scored == "options":
        return " / ".join(kind.show_target(one, inputs, write) for one in gold)
    return " / ".join(map(write, gold)) if several else kind.show_target(gold, inputs, write)


def _sentence(target: Any, shown: Write, write: Write) -> str:
    """What is expected, in a few words."""
    if not isinstance(target, Mapping):
        return write(target)
    expect, gold = target["expect"], target.get("gold")
    close = f" (± {expect.get('tolerance', 0.1):g})"
    match expect["kind"]:
        case "equals":
            return shown(gold if expect.get("value") is None else expect["value"])
        case "not":
            return f"not {shown(expect['value'])}"
        case "equals_lenient":
            return f"not {shown(expect['negative'])}" if gold == expect["neutral"] else shown(gold)
        case "invariant":
            return f"as the original{close}"
        case "monotonic":
            return f"{_moves(expect, shown)}{close}"
        case "shift":
            toward = expect["negative"] if expect["direction"] == "up" else expect["positive"]
            return f"no shift to {shown(toward)}{close}"
        case "equals_if":
            return f"{shown(expect['value'])} if the original is {shown(expect['when_original'])}"
        case "implies":
            return "what the other two imply"
        case _:
            return "the original's answer, substituted" if gold is None else shown(gold)


def _moves(expect: Mapping[str, Any], shown: Write) -> str:
    less = "less" if expect["direction"] == "up" else "more"
    if expect.get("value") is not None:
        return f"{shown(expect['value'])} no {less} probable than in the original"
    return f"no {less} sure than of the original"
