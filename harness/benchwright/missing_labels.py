"""Two-class models on three-class behavioural tests: which label a model lacks, and a neutral label read from its probabilities.

CheckList's published rates of two-class sentiment models rest on one such reading: P(positive) from 1/3 to 2/3 is neutral, with
probabilities that rise and fall in straight lines (``notebooks/tutorials/5. Testing transformer pipelines.ipynb``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any

import msgspec

from benchwright.errors import LabelError
from benchwright.types import Facts, LabelMap, Neutral, Prediction, Task

HELP = "P(positive) that is read as neutral where a task has a third label between a model's two: 1/3..2/3"
_EXPECTED = "LOW..HIGH with 0 < LOW < HIGH < 1, as fractions or decimals"
_LONGEST = 100
_HINT = "?neutral=1/3..2/3, as CheckList does"


def read_neutral(text: str, task: Task, labels: LabelMap, facts: Facts, *, model: str = "") -> Neutral:
    """What ``?neutral=LOW..HIGH`` means for a model of two of the three labels of a task.

    Raises:
        LabelError: The text is no range, the model does not lack exactly one of three labels, or it gives no probabilities.
    """
    low, high = _range(text)
    names = task.label_names
    if len(names) != 3 or len(labels.lacks) != 1:
        lacking = f"lacks {', '.join(labels.lacks)}" if labels.lacks else "lacks none of its labels"
        raise LabelError(
            f"{model or 'the model'}: ?neutral={text} on {task.name}, which has {len(names)} labels; the model {lacking}",
            expected="a task of three labels and a model of two of them",
            hint="leave ?neutral= out",
        )
    if facts.scores != "probabilities":
        raise LabelError(
            f"{model or 'the model'} gives no probabilities, and ?neutral={text} reads them",
            expected="a model that gives a probability for each label",
            hint="leave ?neutral= out: cases that need the label are counted as not applicable then",
        )
    below, above = (name for name in names if name not in labels.lacks)
    return Neutral(label=labels.lacks[0], below=below, above=above, low=float(low), high=float(high))


def _range(text: str) -> tuple[Fraction, Fraction]:
    low, dots, high = text.partition("..") if len(text) <= _LONGEST else ("", "", "")
    if "e" in text.lower():
        dots = ""  # 1e999999999 as a fraction would be written out
    try:
        ends = (Fraction(low.strip()), Fraction(high.strip())) if dots else (Fraction(0), Fraction(0))
    except (ValueError, ZeroDivisionError):
        dots = ""
        ends = Fraction(0), Fraction(0)
    if not dots or not 0 < float(ends[0]) < float(ends[1]) < 1:
        raise LabelError(f"?neutral={text} is no range of probabilities", expected=_EXPECTED, hint=_HINT)
    return ends


def told(neutral: Neutral) -> str:
    """The reading in words, for everything that prints a rate."""
    return (
        f"{neutral.label} is read from P({neutral.above}) of a two-class model: {neutral.low:.4g} to {neutral.high:.4g} is "
        f"{neutral.label} (?neutral=)"
    )


def with_neutral(prediction: Prediction, neutral: Neutral, names: tuple[str, ...]) -> Prediction:
    """The prediction with three probabilities and the label that they give.

    From ``low`` to ``high`` (ends included) P(neutral) falls in straight lines from 1 in the middle to 1/2 at both ends, and the rest
    goes to the nearer label; outside, the two probabilities stay and P(neutral) is 0. A prediction without scores stays as it is.
    """
    scores = prediction.scores
    if scores is None or prediction.error:
        return prediction
    at = {name: place for place, name in enumerate(names)}
    share = scores[at[neutral.above]]
    found = dict.fromkeys(names, 0.0)
    if neutral.low <= share <= neutral.high:
        middle, width = (neutral.low + neutral.high) / 2, neutral.high - neutral.low
        found[neutral.label] = 1 - abs(share - middle) / width
        found[neutral.above if share >= middle else neutral.below] = 1 - found[neutral.label]
        label = neutral.label
    else:
        found[neutral.above], found[neutral.below] = share, scores[at[neutral.below]]
        label = neutral.above if share > neutral.high else neutral.below
    return msgspec.structs.replace(prediction, output=label, scores=tuple(found[name] for name in names))


def needs_lacking(target: Mapping[str, Any] | None, lacks: Collection[str]) -> bool:
    """Whether an expectation (a `CaseTarget` as a mapping) can only be met, or only be tested, by a label that a model lacks."""
    if not target or not lacks:
        return False
    wanted = list(_needed(target.get("expect", {}), target.get("gold")))
    return bool(wanted) and all(name in lacks for name in wanted)


def _needed(expect: Mapping[str, Any], gold: Any) -> Iterator[str]:
    match expect.get("kind"):
        case "equals":
            yield from _names(expect["value"] if expect.get("value") is not None else gold)
        case "not" | "equals_if":
            yield from _names(expect.get("value"))
        case "equals_lenient" if gold != expect.get("neutral"):
            yield from _names(gold)


def _names(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [one for one in value or () if isinstance(one, str)]
