"""Judge a case by one of the nine expectations (CheckList, Ribeiro et al. 2020, arXiv 2005.04118, and its released suites).

Pure functions of answers and targets. Where CheckList and we differ, the function says how:

- Results that are not applicable are dropped after the original is left out, never before: a filtered original cannot hide a
  variant behind it.
- Two answers without probabilities are the same when they are equal; CheckList also passes them where both confidences are tiny.
- With one confidence for the predicted label, CheckList calls a changed label a loss of both confidences; here a label without
  probabilities has the probability 1.
- Answers are cleaned of an article and final dots, not of a set of characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from benchwright.behaviour import fill_verdicts
from benchwright.behaviour.answers import cleaned, differing_entities, distance, gain, is_same, substituted, wanted
from benchwright.behaviour.verdict import NOT_APPLICABLE, PASSED, Answers, CaseVerdict, Judge, Result
from benchwright.kinds import NO_TEXT
from benchwright.types import Kind
from benchwright.types.expectations import (
    AnswerText,
    CaseTarget,
    Differs,
    Equals,
    EqualsIf,
    EqualsLenient,
    Implies,
    Invariant,
    Monotonic,
    Shift,
)

SCORED = (Invariant, Monotonic, Shift)
"""Expectations that ask for probabilities where there are any."""


def judge(kind: Kind, targets: Sequence[CaseTarget], answers: Answers) -> CaseVerdict:
    """What came out for a case.

    Args:
        kind: Kind of the task.
        targets: What is expected of each example, in order; the first example of an INV or DIR case is its original.
        answers: What the model said to each of them. `NO_TEXT` in place of an answer fails whatever is expected.
    """
    expect = targets[0].expect
    if NO_TEXT in answers.outputs:
        return CaseVerdict(False, True if _may_flip(kind, targets[0]) else None, (Result(False, 1.0),) * len(targets))
    results = _JUDGES[type(expect)](kind, targets, answers)
    for at, lacking in enumerate(answers.lacks):
        if lacking:
            results = _with(results, at, NOT_APPLICABLE)
    judged = [one.passed for one in (results if targets[0].judged == "all" else results[1:])]
    known = [passed for passed in judged if passed is not None]
    return CaseVerdict(all(known) if known else None, _flipped(kind, targets, answers), tuple(results))


def _with(results: list[Result], at: int, result: Result) -> list[Result]:
    return [*results[:at], result, *results[at + 1 :]]


def _may_flip(kind: Kind, target: CaseTarget) -> bool:
    """Whether variants are compared with the original, and answers are not numbers."""
    return kind is not Kind.REGRESS and isinstance(target.expect, Invariant | AnswerText) and target.gold is None


def _flipped(kind: Kind, targets: Sequence[CaseTarget], answers: Answers) -> bool | None:
    if not _may_flip(kind, targets[0]):
        return None
    if isinstance(targets[0].expect, AnswerText):
        return any(not one.passed for one in _text(kind, targets, answers)[1:])
    far = _of_variants(kind, targets, answers)
    return any(far) if any(one is not None for one in far) else None


def _of_variants(kind: Kind, targets: Sequence[CaseTarget], answers: Answers) -> list[float | None]:
    """How far each variant's answer is from the original's, labels alone: 0 for the same one, None where it cannot be said."""
    original = answers.outputs[0]
    found: list[float | None] = []
    for target, output in zip(targets[1:], answers.outputs[1:], strict=True):
        if kind is Kind.TAG:
            found.append(differing_entities(original, output, target.edits))
        elif kind is Kind.SPAN:
            said = substituted(str(original), target.substitute)
            found.append(float(cleaned(output, "article") != cleaned(said, "article")))
        elif kind is Kind.REGRESS:
            found.append(distance(original, output))
        else:
            found.append(float(not is_same(kind, original, output, 0.0)))
    return found


# --- known answers ----------------------------------------------------------------------------------------------------


def _equals(kind: Kind, targets: Sequence[CaseTarget], answers: Answers) -> list[Result]:
    expect = cast("Equals", targets[0].expect)
    found = []
    for at, (target, output) in enumerate(zip(targets, answers.outputs, strict=True)):
        gold = target.gold if expect.value is None else cast("Equals", target.expect).value
        if kind is Kind.FILL:
            found.append(fill_verdicts.equals(gold, answers, at))
        elif kind is Kind.SPAN:
            found.append(PASSED if str(output) in wanted(gold) else Result(False, 1.0))
        elif is_same(kind, gold, output, expect.tolerance):
            found.append(PASSED)
        else:
            found.append(Result(False, distance(gold, output) if kind is Kind.REGRESS else answers.size(at)))
    return found


def _differs(kind: Kind, targets: Sequence[CaseTarget], answers: Answers) -> list[Result]:
    value = cast("Differs", targets[0].expect).value
    if kind is Kind.FILL:
        return [
            fill_verdicts.differs(cast("Differs", target.expect).value, answers, at)
            for at, target in enumerate(targets)
        ]
    return [
        Result(False, answers.size(at)) if is_same(kind, value, output, 0.0) else PASSED
        for at, output in enumerate(answers.outputs)
    ]


def _equals_lenient(_kind: Kind, targets: Sequence[CaseTarget], answers: Answers) -> list[Result]:
    expect = cast("EqualsLenient", targets[0].expect)
    found = []
    for at, (target, output) in enumerate(zip(targets, answers.outputs, strict=True)):
        right = output != expect.negative if target.gold == expect.neutral else output == target.gold
        found.append(PASSED if right else Result(False, answers.size(at)))
    return found


def _text(_kind: Kind, targets: Sequence[CaseTarget], answers: Answers) -> list[Result]:
    """Against the target where there is one, else against the original's answer after the case's substitution."""
    rule = cast("AnswerText", targets[0].expect).clean
    original = str(answers.outputs[0])
    found = []
    for at, (target, output) in enumerate(zip(targets, answers.outputs, strict=True)):
        if target.gold is not None:
            right = [cleaned(text, rule) for text in wanted(target.gold)]
        else:
            right = [cleaned(substituted(original, target.substitute) if at else original, rule)]
        found.append(PASSED if cleaned(output, rule) in right else Result(False, 1.0))
    return found


# --- an original and its variants -------------------------------------------------------------------------------------


def _invariant(kind: Kind, targets: Sequence[CaseTarget], answers: Answers) -> list[Result]:
    tolerance = cast("Invariant", targets[0].expect).tolerance
    found = [PASSED]
    for at, far in enumerate(_of_variants(kind, targets, answers), 1):
        if far is None:
            found.append(NOT_APPLICABLE)
        elif far == 0 or (kind is Kind.REGRESS and far <= tolerance):
            found.append(PASSED)
        elif kind not in (Kind.CLASSIFY, Kind.CHOOSE) or answers.probabilities is None:
            found.append(Result(False, far))
        else:
            moved = abs(_gain(answers, at, answers.outputs[0]))
            found.append(PASSED if moved <= tolerance else Result(False, moved))
    return found


def _monotonic(kind: Kind, targets: Sequence[CaseTarget], answers: Answers) -> list[Result]:
    expect = cast("Monotonic", targets[0].expect)
    sign, label = (1 if expect.direction == "up" else -1), answers.outputs[0]
    variants = range(1, len(targets))
    if kind is Kind.FILL:
        return [
            NOT_APPLICABLE,
            *(_moved(sign * far, expect.tolerance) for far in fill_verdicts.gains(targets, answers)),
        ]
    if kind is Kind.REGRESS:
        return [NOT_APPLICABLE, *(_moved(sign * gain(label, answers.outputs[at]), expect.tolerance) for at in variants)]
    chance = answers.chance(0, label)
    cannot_fail = chance <= expect.tolerance if sign > 0 else chance >= 1 - expect.tolerance
    if cannot_fail or (expect.neutral is not None and label == expect.neutral):
        return [NOT_APPLICABLE] * len(targets)
    return [NOT_APPLICABLE, *(_moved(sign * _gain(answers, at, label), expect.tolerance) for at in variants)]


def _shift(_kind: Kind, targets: Sequence[CaseTarget], answers: Answers) -> list[Result]:
    expect = cast("Shift", targets[0].expect)
    sign = 1 if expect.direction == "up" else -1
    return [
        NOT_APPLICABLE,
        *(
            _moved(
                sign * (-_gain(answers, at, expect.negative) + _gain(answers, at, expect.positive)), expect.tolerance
            )
            for at in range(1, len(targets))
        ),
    ]


def _gain(answers: Answers, at: int, label: Any) -> float:
    """Probability of a label for a variant minus that for the original."""
    return answers.chance(at, label) - answers.chance(0, label)


def _moved(gain: float, tolerance: float) -> Result:
    return PASSED if gain >= -tolerance else Result(False, -gain)


def _equals_if(kind: Kind, targets: Sequence[CaseTarget], answers: Answers) -> list[Result]:
    expect = cast("EqualsIf", targets[0].expect)
    if not is_same(kind, answers.outputs[0], expect.when_original, 0.0):
        return [NOT_APPLICABLE] * len(targets)
    return [
        NOT_APPLICABLE,
        *(
            PASSED if is_same(kind, expect.value, answers.outputs[at], 0.0) else Result(False, answers.size(at))
            for at in range(1, len(targets))
        ),
    ]


def _implies(_kind: Kind, targets: Sequence[CaseTarget], answers: Answers) -> list[Result]:
    """Judged on the third example: what the first two say of (x, a) and (x, b) decides what (a, b) must be."""
    expect = cast("Implies", targets[0].expect)
    first, second, third = answers.outputs
    result = NOT_APPLICABLE
    if (first, second) == (expect.positive, expect.positive):
        result = PASSED if third == expect.positive else Result(False, answers.size(2))
    elif expect.mode == "intended" and (first, second) == (expect.positive, expect.negative):
        result = PASSED if third == expect.negative else Result(False, answers.size(2))
    elif expect.mode == "notebook" and (first, second) == (expect.negative, expect.positive):
        result = Result(False, answers.size(2))
    return [NOT_APPLICABLE, NOT_APPLICABLE, result]


_JUDGES: dict[type[Any], Judge] = {
    Equals: _equals,
    Differs: _differs,
    EqualsLenient: _equals_lenient,
    Invariant: _invariant,
    Monotonic: _monotonic,
    Shift: _shift,
    EqualsIf: _equals_if,
    Implies: _implies,
    AnswerText: _text,
}
