"""What a behavioural test expects, as data: the nine expectations of CheckList's released suites (Ribeiro et al. 2020)."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from msgspec import Meta

from benchwright.types.base import Frozen

TestType = Literal["MFT", "INV", "DIR"]
"""Minimum functionality (is the known answer given?), invariance, directional expectation."""

Judged = Literal["all", "all_but_first"]
"""Which examples of a case are judged: all of them, or all but the original."""

Tolerance = Annotated[float, Meta(ge=0, description="a number of at least 0")]


class ExpectationBase(Frozen, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """Base of the expectations; ``kind`` says which."""


class Equals(ExpectationBase, frozen=True, kw_only=True, tag="equals"):
    """The answer is the target, or one fixed value. Of words at a slot: one of the words that are right is a most probable option, or
    is among the words that were asked for.

    Attributes:
        value: The fixed value; None: the target of the case or example.
        tolerance: Of numbers: how far the answer may be from it; of other answers it says nothing.
    """

    value: Any = None
    tolerance: Tolerance = 0.1


class Differs(ExpectationBase, frozen=True, kw_only=True, tag="not"):
    """The answer is not one value (a negated sentence is not negative).

    Attributes:
        value: What it must not be.
    """

    value: Any


class EqualsLenient(ExpectationBase, frozen=True, kw_only=True, tag="equals_lenient"):
    """A target ``neutral`` is met by whatever is not ``negative``; any other target by itself.

    Attributes:
        neutral: The target that is judged leniently.
        negative: What it must not be.
    """

    neutral: str
    negative: str


class Invariant(ExpectationBase, frozen=True, kw_only=True, tag="invariant"):
    """The answer is that of the original, or the probability of the original's label moved by no more than ``tolerance``.

    Of numbers: they differ by no more than ``tolerance``. Of tags: the entities are those of the original, carried through the
    edits. Of spans: the cleaned answers are equal, after the case's substitution. Of words at a slot: the most probable one is the
    same.
    """

    tolerance: Tolerance = 0.1


class Monotonic(ExpectationBase, frozen=True, kw_only=True, tag="monotonic"):
    """The probability of the original's label does not move the wrong way by more than ``tolerance``.

    Of words at a slot: the log-probability of the option ``value``, in natural units, whatever is most probable.

    Attributes:
        direction: ``up`` or ``down``.
        value: Of ``fill``: the option whose log-probability it is; None elsewhere.
        neutral: An original with this label makes the case not applicable; None: no such label.
    """

    direction: Literal["up", "down"]
    tolerance: Tolerance = 0.1
    neutral: str | None = None
    value: Any = None


class Shift(ExpectationBase, frozen=True, kw_only=True, tag="shift"):
    """The sum of the loss of P(negative) and the gain of P(positive) does not move the wrong way by more than ``tolerance``.

    Attributes:
        direction: ``up``: towards positive; ``down``: towards negative.
        positive: Label of what is positive.
        negative: Label of what is negative.
    """

    direction: Literal["up", "down"]
    positive: str
    negative: str
    tolerance: Tolerance = 0.1


class EqualsIf(ExpectationBase, frozen=True, kw_only=True, tag="equals_if"):
    """Variants are answered by ``value`` where the original is answered by ``when_original``; other cases are not applicable.

    Attributes:
        when_original: The answer to the original that makes the case applicable.
        value: What the variants must be answered by.
    """

    when_original: Any
    value: Any


class Implies(ExpectationBase, frozen=True, kw_only=True, tag="implies"):
    """Over (x, a), (x, b), (a, b): two positives imply a third, a positive and a negative imply a negative.

    Attributes:
        positive: Label of a pair that holds.
        negative: Label of one that does not.
        mode: ``intended``, or ``notebook``: as the released notebook counts, where (negative, positive) always fails.
    """

    positive: str
    negative: str
    mode: Literal["intended", "notebook"] = "intended"


class AnswerText(ExpectationBase, frozen=True, kw_only=True, tag="text"):
    """The answer's text is the target, or that of the original after the case's substitution, once both are cleaned.

    Attributes:
        clean: ``article``: letter case, a leading article and final dots count for nothing; ``none``: everything counts.
    """

    clean: Literal["article", "none"] = "article"


Expectation = Equals | Differs | EqualsLenient | Invariant | Monotonic | Shift | EqualsIf | Implies | AnswerText
"""An expectation as it is read from a file: ``kind`` says the class."""

EXPECTATIONS: dict[str, type[Expectation]] = {str(one.__struct_config__.tag): one for one in get_args(Expectation)}
"""Name -> class."""


class CaseTarget(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """What is expected of an example of a case; a record holds it, as a mapping, in place of a gold answer.

    Attributes:
        expect: The expectation of the test.
        judged: Which examples of the case are judged.
        gold: Target of the case or of this example: a label name, a number, tags, texts; None in INV and DIR.
        edits: What made this example of the original: (start, end, replacement) in characters of the original's text, of words
            in words; None where it was written anew.
        substitute: (old, new): what stands for what in the answers to the variants.
        description: Of the test, for people: it decides nothing, and is not in the content hash.
    """

    expect: Expectation
    judged: Judged = "all"
    gold: Any = None
    edits: tuple[tuple[int, int, Any], ...] | None = None
    substitute: tuple[str, str] | None = None
    description: str = ""
