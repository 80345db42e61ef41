"""What a behavioural test expects, in words: one line for each of the nine expectations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchwright.formatting import plain
from benchwright.types.base import Kind
from benchwright.types.expectations import (
    AnswerText,
    Differs,
    Equals,
    EqualsIf,
    EqualsLenient,
    Expectation,
    ExpectationBase,
    Implies,
    Invariant,
    Judged,
    Monotonic,
    Shift,
)

_WITHIN = {"up": "may not fall by more than {}", "down": "may not rise by more than {}"}


def in_words(
    expect: Expectation,
    *,
    kind: Kind,
    judged: Judged = "all",
    gold: str = "",
    substitute: tuple[str, str] | None = None,
) -> str:
    """The expectation of a case in words, without a final stop; values are as in the data.

    Args:
        expect: The expectation.
        kind: The kind of task that it is asked of.
        judged: Which examples of the case are judged.
        gold: The target of the case, ready to print; empty where examples have their own, or none.
        substitute: What takes the place of what in the answers to variants.
    """
    text = _WORDS[type(expect)](expect, kind, gold)
    if substitute is not None:
        text += f", with {substitute[1]!r} in place of {substitute[0]!r}"
    compares = isinstance(expect, Invariant | Monotonic | Shift | EqualsIf | Implies)
    return text if judged == "all" or compares else f"{text} (of every variant; the original is not judged)"


def _equals(expect: Equals, kind: Kind, gold: str) -> str:
    value = gold if expect.value is None else plain(expect.value)
    if kind is Kind.REGRESS and expect.tolerance:
        return f"{value or 'the number of the example'}, or a number within {expect.tolerance:g} of it"
    return f"the answer is {value}" if value else "the answer is the target of the example"


def _differs(expect: Differs, _kind: Kind, _gold: str) -> str:
    return f"any answer but {plain(expect.value)}"


def _equals_lenient(expect: EqualsLenient, _kind: Kind, gold: str) -> str:
    lenient = f"any answer but {expect.negative}"
    if gold:
        return lenient if gold == expect.neutral else f"the answer is {gold}"
    return f"the answer is the target of the example; where that is {expect.neutral}, {lenient}"


def _invariant(expect: Invariant, kind: Kind, _gold: str) -> str:
    match kind:
        case Kind.REGRESS:
            return f"the number given to the original, or one within {expect.tolerance:g} of it"
        case Kind.TAG:
            return "the entities found in the original, at the words they became"
        case Kind.SPAN | Kind.GENERATE:
            return "the answer given to the original"
        case Kind.FILL:
            return "the word that is most probable in the original"
    same = "the same answer as to the original"
    return f"{same}, or its probability moved by at most {expect.tolerance:g}" if expect.tolerance else same


def _monotonic(expect: Monotonic, kind: Kind, _gold: str) -> str:
    if kind is Kind.FILL:
        return (
            f"the log-probability of {plain(expect.value)} {_WITHIN[expect.direction].format(f'{expect.tolerance:g}')}"
        )
    what = "the number given to the original" if kind is Kind.REGRESS else "the probability of the original's answer"
    text = f"{what} {_WITHIN[expect.direction].format(f'{expect.tolerance:g}')}"
    return f"{text}; not applicable where that answer is {expect.neutral}" if expect.neutral else text


def _shift(expect: Shift, _kind: Kind, _gold: str) -> str:
    within = _WITHIN[expect.direction].format(f"{expect.tolerance:g}")
    return f"P({expect.positive}) minus P({expect.negative}) {within}"


def _equals_if(expect: EqualsIf, _kind: Kind, _gold: str) -> str:
    return f"where the original is answered {plain(expect.when_original)}, every variant is {plain(expect.value)}"


def _implies(expect: Implies, _kind: Kind, _gold: str) -> str:
    yes, no = expect.positive, expect.negative
    if expect.mode == "notebook":
        return f"{yes} and {yes} imply {yes}; {no} and then {yes} is counted as a failure, as the released notebook counts it"
    return f"{yes} and {yes} imply {yes}, {yes} and {no} imply {no}"


def _answer_text(expect: AnswerText, _kind: Kind, gold: str) -> str:
    text = f"the answer is {gold}" if gold else "the answer given to the original"
    return f"{text}; case, a leading article and final dots count for nothing" if expect.clean == "article" else text


_WORDS: Mapping[type[ExpectationBase], Callable[[Any, Kind, str], str]] = {
    Equals: _equals,
    Differs: _differs,
    EqualsLenient: _equals_lenient,
    Invariant: _invariant,
    Monotonic: _monotonic,
    Shift: _shift,
    EqualsIf: _equals_if,
    Implies: _implies,
    AnswerText: _answer_text,
}
