"""What is wrong with the lines of a behavioural suite, each as a reason and what would have been right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from benchwright.behaviour import fill_checks
from benchwright.behaviour.suite_types import KINDS, CaseLine, SuiteLine, TestFields, TestLine
from benchwright.kinds.fill import MASK
from benchwright.spelling import spelling
from benchwright.tags import OUTSIDE
from benchwright.types import Kind
from benchwright.types.expectations import (
    AnswerText,
    Equals,
    EqualsIf,
    EqualsLenient,
    Expectation,
    Implies,
    Invariant,
    Monotonic,
    Shift,
)

Problem = tuple[str, str]
"""A reason, and what was expected."""

CheckCase = Callable[[CaseLine], Iterator[Problem]]

RESERVED = frozenset({"test", "capability", "type", "label"})
"""Names of slices that every suite has, or that mean something else."""
_TAG = re.compile(r"\{(?:\w+:)?\w+\}")
_OF_LABELS = (EqualsLenient, Shift, Implies)
_OF_ORIGINALS = (Invariant, Monotonic, Shift, EqualsIf)
_LABEL_FIELDS = ("neutral", "negative", "positive")


def check_suite_line(suite: SuiteLine) -> Iterator[Problem]:
    """What is wrong with the first line."""
    if suite.kind not in KINDS:
        yield f"no behavioural suite is of the kind {suite.kind}", f"one of: {', '.join(KINDS)}"
    if len(set(suite.labels)) < len(suite.labels):
        yield "a label stands twice", "every label once"
    elif (alike := _one_spelling(suite.labels)) is not None:
        yield f"the labels {alike[0]!r} and {alike[1]!r} are one spelling", "labels that differ in more"
    if suite.kind is Kind.CLASSIFY and len(suite.labels) < 2:
        yield f"a suite to classify with {len(suite.labels)} labels", "two labels at least"
    if suite.kind is Kind.TAG and OUTSIDE not in suite.labels:
        yield "a suite to tag without the tag O among its labels", "labels such as O, B-PER, I-PER"
    if suite.kind in (Kind.REGRESS, Kind.SPAN, Kind.FILL) and suite.labels:
        yield f"labels in a suite of the kind {suite.kind}", "no labels"
    if suite.multilabel and suite.kind is not Kind.CLASSIFY:
        yield "multilabel in a suite that is not to classify", "no multilabel"
    if suite.unanswerable and suite.kind is not Kind.SPAN:
        yield "unanswerable in a suite that is not of spans", "no unanswerable"
    yield from fill_checks.check_suite(suite)


def _one_spelling(names: Sequence[str]) -> tuple[str, str] | None:
    """Two names that are one when labels are matched; None where all differ."""
    known: dict[str | None, str] = {}
    for name in names:
        first = known.setdefault(spelling(name), name)
        if first != name:
            return first, name
    return None


def check_test(suite: SuiteLine, test: TestLine) -> Iterator[Problem]:
    """What is wrong with the line of a test."""
    expect, kind = test.expectation, suite.kind
    if expect is None:
        yield "a DIR test without an expectation", 'expect, such as {"kind": "monotonic", "direction": "up"}'
        return
    if not spelling(test.capability):
        yield "the capability is blank", "a name"
    name = expect.__struct_config__.tag
    one_label = kind is Kind.CLASSIFY and not suite.multilabel
    if isinstance(expect, _OF_LABELS) and not one_label:
        yield f"{name} in a suite of the kind {kind}", "it is for answers that are one label"
    if isinstance(expect, Monotonic) and not one_label and kind not in (Kind.REGRESS, Kind.CHOOSE, Kind.FILL):
        yield f"{name} in a suite of the kind {kind}", "it is for answers that are one label, an option or a number"
    if isinstance(expect, AnswerText) and kind is not Kind.SPAN:
        yield f"{name} in a suite of the kind {kind}", "it is for answers that are texts"
    yield from fill_checks.check_expectation(suite, expect)
    yield from _check_parameters(suite, expect)
    if test.judged == "all_but_first" and test.type == "MFT":
        yield "an MFT that does not judge the first example", "aggregate: all"
    if test.type == "INV" and not isinstance(expect, Invariant | AnswerText):
        yield f"an INV test that expects {name}", "invariant, or text"
    if test.type == "MFT" and isinstance(expect, (*_OF_ORIGINALS, Implies)):
        yield f"an MFT that expects {name}", "equals, not, equals_lenient or text"


def _check_parameters(suite: SuiteLine, expect: Expectation) -> Iterator[Problem]:
    """Labels and answers that an expectation names."""
    one_label = suite.kind is Kind.CLASSIFY and not suite.multilabel
    for field in _LABEL_FIELDS:
        label = getattr(expect, field, None)
        if one_label and label is not None and label not in suite.labels:
            yield f"{field} is {label!r}, no label of the suite", f"one of: {', '.join(suite.labels)}"
    if isinstance(expect, Monotonic) and expect.value is not None and suite.kind is not Kind.FILL:
        yield f"monotonic with a value in a suite of the kind {suite.kind}", "no value: it is the original's answer"
    for field in ("value", "when_original"):
        value = getattr(expect, field, None)
        if value is not None and (reason := _no_answer(value, suite)):
            yield f"{field}: {reason[0]}", reason[1]


def checker_of(suite: SuiteLine, test: TestLine, inputs: list[tuple[str, ...]]) -> CheckCase:
    """A function that says what is wrong with a case of a test.

    Args:
        suite: The first line.
        test: The line of the test, already checked.
        inputs: Names of the inputs, shared by the whole suite: empty until the first example is seen.
    """
    expect = test.expectation
    assert expect is not None
    has_target, several = needs_target(test, expect), test.type != "MFT"
    fewest = 1 if test.judged == "all" else 2
    fewest, most = (3, 3) if isinstance(expect, Implies) else (fewest, 10_000)

    def check(case: CaseLine) -> Iterator[Problem]:
        size = len(case.examples)
        if not fewest <= size <= most:
            what = "an original and its variants" if several else "one example at least"
            expected = f"at most {most:,}" if size > most else what
            yield f"{size:,} examples", "three: (x, a), (x, b) and (a, b)" if most == fewest else expected
            return
        for example in case.examples:
            yield from _check_inputs(suite, example, inputs)
        if case.target is None and has_target:
            yield "no target", "the answer that is right"
        elif case.target is not None and not has_target:
            yield f"a target, which {expect.__struct_config__.tag} is not compared with", "no target"
        elif case.target is not None:
            yield from _check_targets(case, suite)
        if suite.kind is Kind.FILL:
            yield from fill_checks.check_values(case, expect)
        yield from _check_made(case, suite.kind, carried=several and isinstance(expect, Invariant))

    return check


def _check_made(case: CaseLine, kind: Kind, *, carried: bool) -> Iterator[Problem]:
    """Slots, edits, substitutions and groups of a case; ``carried``: whether answers to the original are carried over."""
    if case.slots:
        yield from _check_filled(case, kind)
    if case.edits is not None or (carried and kind is Kind.TAG):
        yield from _check_edits(case, kind)
    if carried and (kind is Kind.CHOOSE or (kind is Kind.FILL and "options" in case.examples[0])):
        yield from _check_options(case)
    if case.substitute is not None:
        yield from _check_substitute(case)
    for name in case.groups:
        if name in RESERVED or not name or "=" in name:
            yield f"a group is called {name!r}", f"a name without =, other than {', '.join(sorted(RESERVED))}"


def _check_options(case: CaseLine) -> Iterator[Problem]:
    """Whether a number means the same option in every example: answers to a choice are numbers, and are compared as such."""
    original, *variants = (next(reversed(example.values())) for example in case.examples)
    for options in variants:
        if len(options) != len(original) or (options != original and sorted(options) == sorted(original)):
            yield (
                "a variant whose options are others in number or order, so that the answer's number means another one",
                "the options of the original in their order; for another order an MFT with a target for each example",
            )
            return


def needs_target(test: TestFields, expect: Expectation) -> bool:
    """Whether the answers of a test are compared with a target."""
    if isinstance(expect, AnswerText):
        return test.type == "MFT"
    return isinstance(expect, EqualsLenient) or (isinstance(expect, Equals) and expect.value is None)


_FILL_OPTIONS = (Kind.FILL, "options")


def _check_inputs(suite: SuiteLine, example: dict[str, Any], inputs: list[tuple[str, ...]]) -> Iterator[Problem]:
    kind, names = suite.kind, tuple(example)
    if not inputs:
        reason = fill_checks.wrong_names(names, suite.top) if kind is Kind.FILL else _wrong_names(kind, names)
        if reason:
            yield f"an example with the inputs {', '.join(names) or '(none)'}", reason
            return
        inputs.append(names)
    if names != inputs[0]:
        yield (
            f"an example with the inputs {', '.join(names) or '(none)'}",
            f"those of the first example: {', '.join(inputs[0])}",
        )
        return
    for name, value in example.items():
        is_list = (kind is Kind.TAG) or (kind is Kind.CHOOSE and name == names[-1]) or (kind, name) == _FILL_OPTIONS
        texts = value if is_list and isinstance(value, list) else [] if is_list else [value]
        if not texts or not all(isinstance(text, str) for text in texts):
            yield (
                f"the input {name!r} is {msgspec.json.encode(value).decode()[:80]}",
                "a list of texts" if is_list else "a text",
            )
            return
    if kind is Kind.FILL:
        yield from fill_checks.check_example(example)


def _wrong_names(kind: Kind, names: tuple[str, ...]) -> str:
    """What the inputs of a kind are called, where these are not it."""
    strange = any(not name or name.startswith("@") for name in names)
    if kind is Kind.TAG:
        return "" if len(names) == 1 and not strange else "one input, a list of words"
    if kind is Kind.SPAN:
        return "" if names == ("question", "context") else "question, context"
    if kind is Kind.CHOOSE:
        return "" if len(names) >= 2 and names[-1] == "options" and not strange else "texts, and options last"
    return "" if len(names) in (1, 2) and not strange else "one text or two"


def _check_targets(case: CaseLine, suite: SuiteLine) -> Iterator[Problem]:
    several = per_example(case, suite)
    if several is not None and len(several) != len(case.examples):
        yield f"{len(several)} targets for {len(case.examples)} examples", "one for all, or one for each"
        return
    for at, example in enumerate(case.examples):
        gold = case.target if several is None else several[at]
        reason = _no_answer(gold, suite) or _misfit(gold, example, suite.kind)
        if reason:
            yield f"the target {reason[0]}", reason[1]
            return


def per_example(case: CaseLine | Any, suite: SuiteLine | Any) -> Sequence[Any] | None:
    """Targets, one for each example; None where one target is for all of them.

    A list is one target for each example; where a target is a list itself (tags, a set of labels), a list of lists is. Several
    texts that are right for one example stand in a list of their own.
    """
    target = case.target
    if not isinstance(target, list):
        return None
    if suite.kind is Kind.TAG or suite.multilabel:
        nested = bool(target) and all(isinstance(one, list) for one in target)
        return target if nested else None
    return target


def _no_answer(value: Any, suite: SuiteLine) -> Problem | None:
    """Why a value is no answer of the suite's kind."""
    shown = msgspec.json.encode(value).decode()[:80]
    match suite.kind:
        case Kind.CLASSIFY if suite.multilabel:
            fine = isinstance(value, list) and all(one in suite.labels for one in value)
            expected = f"a list of labels: {', '.join(suite.labels)}"
        case Kind.CLASSIFY:
            fine, expected = isinstance(value, str) and value in suite.labels, f"one of: {', '.join(suite.labels)}"
        case Kind.REGRESS:
            fine, expected = isinstance(value, int | float) and not isinstance(value, bool), "a number"
        case Kind.TAG:
            fine = isinstance(value, list) and all(isinstance(one, str) and one in suite.labels for one in value)
            expected = f"a list of tags: {', '.join(suite.labels)}"
        case Kind.CHOOSE:
            fine, expected = (
                isinstance(value, int) and not isinstance(value, bool) and value >= 0,
                "the number of an option",
            )
        case _:
            texts = value if isinstance(value, list) else [value]
            fine = bool(texts) and all(isinstance(text, str) for text in texts)
            expected = "a text"
    return None if fine else (f"is {shown}", expected)


def _misfit(gold: Any, example: dict[str, Any], kind: Kind) -> Problem | None:
    if kind is Kind.FILL:
        return fill_checks.misfit(gold, example)
    last = next(reversed(example.values()))
    if kind is Kind.TAG and len(gold) != len(last):
        return f"has {len(gold)} tags for {len(last)} words", "a tag for every word"
    if kind is Kind.CHOOSE and gold >= len(last):
        return f"is {gold}, and there are {len(last)} options", f"a number from 0 to {len(last) - 1}"
    return None


def _check_filled(case: CaseLine, kind: Kind) -> Iterator[Problem]:
    """Whether a tag was left in a text; the slot of a text to fill is one that stays."""
    for example in case.examples:
        for value in example.values():
            for text in value if isinstance(value, list) else [value]:
                bare = text.replace(MASK, "") if isinstance(text, str) and kind is Kind.FILL else text
                if isinstance(bare, str) and "{" in bare and (found := _TAG.search(bare)):
                    yield f"{found[0]} was not filled in", f"a text without tags; slots are {', '.join(case.slots)}"
                    return


def _check_edits(case: CaseLine, kind: Kind) -> Iterator[Problem]:
    """Whether the edits make the variants of the original."""
    original, *variants = (next(iter(example.values())) for example in case.examples)
    edits = case.edits if case.edits is not None else (None,) * len(variants)
    if len(edits) != len(variants):
        yield f"edits of {len(edits)} variants, of which there are {len(variants)}", "edits (or null) for every variant"
        return
    if case.edits is not None and len(case.examples[0]) > 1:
        yield "edits of examples with several inputs", "one input"
        return
    for variant, changes in zip(variants, edits, strict=True):
        if changes is None:
            if kind is Kind.TAG and len(variant) != len(original):
                yield (
                    "a variant with another number of words, and no edits",
                    "edits, by which entities are carried over",
                )
            continue
        made = _applied(original, changes)
        if made != variant:
            yield (
                f"the edits make {msgspec.json.encode(made).decode()[:80]} of the original, not the variant",
                ("edits (start, end, replacement) in order, which make the variant of the original"),
            )


def _applied(original: Any, changes: Sequence[tuple[int, int, Any]]) -> Any:
    """The original with its edits; None where they cannot be applied."""
    made, at = original[:0], 0
    for start, end, new in changes:
        if not at <= start <= end <= len(original) or type(new) is not type(original):
            return None
        made, at = made + original[at:start] + new, end
    return made + original[at:]


def _check_substitute(case: CaseLine) -> Iterator[Problem]:
    given = case.substitute or ()
    expected = "[old, new], or a list with such a pair (or null) for every variant"
    if is_pair(given):
        return
    if len(given) != len(case.examples) - 1 or not all(one is None or is_pair(one) for one in given):
        yield "substitute is no pair of texts", expected


def is_pair(value: Any) -> bool:
    """Whether a value is a pair of texts."""
    return isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(one, str) for one in value)
