"""A failing case for people: the original and its variants with the change marked, what was expected, what each model said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from benchwright import kinds
from benchwright.behaviour.verdict import Result
from benchwright.behaviour_report.judged import JudgedCell
from benchwright.formatting import clip, plain
from benchwright.render.changed_texts import as_text, changed_pieces, kept_pieces, likeliest
from benchwright.render.examples import given, texts_of
from benchwright.render.expectation_words import in_words
from benchwright.render.text_change import ChangePiece
from benchwright.types import Kind, Record, Task
from benchwright.types.expectations import CaseTarget, Differs, Equals, Expectation, Monotonic

MOST_VARIANTS = 6
"""Variants of a case that are shown, failing ones first."""
LONGEST_ANSWER = 160

Outcome = Literal["fails", "passes", "not applicable", "not judged", "errored"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseAnswer:
    """What a model said to an example.

    Attributes:
        system: The model.
        answer: Ready to print; the error where there is no answer.
        scores: Probabilities of labels: ``positive 0.83, negative 0.17``; empty without scores.
        outcome: What came of it; the original of an INV or DIR test is not judged.
    """

    system: str
    answer: str
    scores: str
    outcome: Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseExample:
    """An example of a case.

    Attributes:
        role: ``original``, ``variant 2``, ``example``, ``example 2``.
        texts: Input name -> pieces; in a variant with what changed against the original. Empty pieces: as in the original.
        gold: Its own target, where examples of the case have different ones.
        answers: One for each model that was asked.
    """

    role: str
    texts: tuple[tuple[str, tuple[ChangePiece, ...]], ...]
    gold: str
    answers: tuple[CaseAnswer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseView:
    """A case.

    Attributes:
        name: ``TEST/CASE``.
        expected: The expectation in words.
        fails: Models that fail it.
        examples: The original and the variants that are shown.
        hidden: Variants that are not shown.
    """

    name: str
    test: str
    capability: str
    type: str
    expected: str
    fails: tuple[str, ...]
    examples: tuple[CaseExample, ...]
    hidden: int


def view_cases(cells: Sequence[JudgedCell], names: Iterable[str], *, inputs: bool = True) -> tuple[CaseView, ...]:
    """Cases by name, with the answers of all models to them.

    Args:
        cells: The models on one task; they were asked the same cases.
        names: ``TEST/CASE``; a name twice is one case.
        inputs: Whether texts are shown.
    """
    return tuple(_view(cells, name, inputs=inputs) for name in dict.fromkeys(names))


def _view(cells: Sequence[JudgedCell], name: str, *, inputs: bool) -> CaseView:
    found = {cell.system: list(cell.examples_of(name)) for cell in cells}
    records = next([record for record, _ in several] for several in found.values() if several)
    task, first = cells[0].task, records[0]
    targets = [msgspec.convert(record.target, CaseTarget) for record in records]
    shown = _shown(first.slices.get("type", ""), [list(several) for several in found.values() if several])
    golds = [_gold(task, target, record) for target, record in zip(targets, records, strict=True)]
    own = len(set(golds)) > 1
    substitutes = {target.substitute for target in targets[1:]}
    return CaseView(
        name=name,
        test=first.slices.get("test", ""),
        capability=first.slices.get("capability", ""),
        type=first.slices.get("type", ""),
        expected=in_words(
            _with_options(targets[0].expect, task, first),
            kind=task.kind,
            judged=targets[0].judged,
            gold="" if own else golds[0],
            substitute=substitutes.pop() if inputs and len(substitutes) == 1 else None,
        ),
        fails=tuple(cell.system for cell in cells if (known := cell.cases.get(name)) and known[1].passed is False),
        examples=tuple(
            CaseExample(
                role=_role(first.slices.get("type", ""), at, len(records)),
                texts=_texts(
                    task.kind, records[0], records[at], targets[at], at if first.slices.get("type") != "MFT" else 0
                )
                if inputs
                else (),
                gold=golds[at] if own else "",
                answers=tuple(
                    _answer(system, task, *several[at], judged=at > 0 or targets[0].judged == "all")
                    for system, several in found.items()
                    if at < len(several)
                ),
            )
            for at in shown
        ),
        hidden=len(records) - len(shown),
    )


def _with_options(expect: Expectation, task: Task, record: Record) -> Expectation:
    """An expectation that names options to fill in by their texts, not by their numbers."""
    if task.kind is not Kind.FILL or not isinstance(expect, Equals | Differs | Monotonic) or expect.value is None:
        return expect
    values = expect.value if isinstance(expect.value, list | tuple) else [expect.value]
    return msgspec.structs.replace(expect, value=" / ".join(_filled_in(one, task, record) for one in values))


def _filled_in(one: Any, task: Task, record: Record) -> str:
    return kinds.of(task).show_output(one, record.target, texts_of(record), plain)


def _shown(test_type: str, models: Sequence[Sequence[tuple[Record, Result | None]]]) -> list[int]:
    """Places of the examples that are shown: the original, then those that a model fails, then others, in their order."""
    count = len(models[0])
    failing = [
        at
        for at in range(count)
        if any(
            result is not None and result.passed is False for several in models for _, result in several[at : at + 1]
        )
    ]
    first = [] if test_type == "MFT" else [0]
    wanted = dict.fromkeys([*first, *failing, *range(count)])
    return sorted(list(wanted)[: MOST_VARIANTS + len(first)])


def _role(test_type: str, at: int, count: int) -> str:
    if test_type == "MFT":
        return "example" if count == 1 else f"example {at + 1}"
    return f"variant {at}" if at else "original"


def _gold(task: Task, target: CaseTarget, record: Record) -> str:
    """The target in one line; empty where the case has none."""
    if target.gold is None:
        return ""
    if task.kind is Kind.FILL:
        return clip(" / ".join(_filled_in(one, task, record) for one in target.gold), LONGEST_ANSWER)
    if task.kind in (
        Kind.TAG,
        Kind.CHOOSE,
    ):  # as answers are shown: entities, not tags; an option's text, not its number
        return clip(kinds.of(task).show_output(target.gold, record.target, texts_of(record), plain), LONGEST_ANSWER)
    if isinstance(target.gold, list | tuple) and kinds.of(task).slice_name != "type":
        return " / ".join(map(plain, target.gold))
    return clip(plain(target.gold), LONGEST_ANSWER)


def _texts(
    kind: Kind, original: Record, record: Record, target: CaseTarget, variant: int
) -> tuple[tuple[str, tuple[ChangePiece, ...]], ...]:
    """Name and text of each input; of a variant (1 and more) what changed."""
    before, after = texts_of(original), texts_of(record)
    if not variant:
        return tuple((name, kept_pieces(as_text(value, kind))) for name, value in after.items())
    return tuple(
        (
            name,
            changed_pieces(
                as_text(before.get(name), kind), as_text(value, kind), target.edits if len(after) == 1 else None
            ),
        )
        for name, value in after.items()
    )


def _answer(system: str, task: Task, record: Record, result: Result | None, *, judged: bool) -> CaseAnswer:
    if record.error is not None:
        return CaseAnswer(system=system, answer=clip(record.error, LONGEST_ANSWER), scores="", outcome="errored")
    return CaseAnswer(
        system=system,
        answer=clip(given(task, record), LONGEST_ANSWER),
        scores=likeliest(task, record.scores),
        outcome="not judged" if not judged or result is None else _OUTCOMES[result.passed],
    )


_OUTCOMES: Mapping[bool | None, Outcome] = {True: "passes", False: "fails", None: "not applicable"}
