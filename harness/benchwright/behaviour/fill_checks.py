"""What is wrong with the lines of a suite to fill: words at a slot, scored by a masked language model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchwright.behaviour.suite_types import CaseLine, SuiteLine
from benchwright.kinds.fill import MASK
from benchwright.types import Kind
from benchwright.types.expectations import Differs, Equals, Expectation, Invariant, Monotonic

Problem = tuple[str, str]
"""A reason, and what was expected."""

MOST = 1000
"""Most words that are asked for at a slot."""


def check_suite(suite: SuiteLine) -> Iterator[Problem]:
    """What is wrong with the first line."""
    if suite.top and suite.kind is not Kind.FILL:
        yield f"top in a suite of the kind {suite.kind}", "no top"
    if suite.top > MOST:
        yield f"top is {suite.top:,}", f"at most {MOST:,} words"


def check_expectation(suite: SuiteLine, expect: Expectation) -> Iterator[Problem]:
    """What is wrong with what a test expects."""
    if suite.kind is not Kind.FILL:
        return
    name = expect.__struct_config__.tag
    if not isinstance(expect, Equals | Differs | Invariant | Monotonic):
        yield f"{name} in a suite of the kind fill", "equals, not, invariant, or monotonic with a value"
    elif isinstance(expect, Monotonic) and suite.top:
        yield "monotonic in a suite that asks for the most probable words", "options, of which one is the value"
    elif isinstance(expect, Monotonic) and (not isinstance(expect.value, str) or expect.neutral is not None):
        yield (
            "monotonic without the option whose log-probability it is",
            'a value and no neutral: {"kind": "monotonic", "direction": "up", "value": "she"}',
        )


def wrong_names(names: tuple[str, ...], top: int) -> str:
    """What the inputs are called, where these are not it."""
    wanted = ("text",) if top else ("text", "options")
    return "" if names == wanted else ", ".join(wanted)


def check_example(example: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with an example whose inputs are texts and lists of texts."""
    count = example["text"].count(MASK)
    if count != 1:
        yield f"a text with {count} slots", f"{MASK} once"
    options = example.get("options", ["a"])
    if len(set(options)) < len(options) or not all(option.strip() for option in options):
        yield f"the options {', '.join(map(repr, options[:5]))}", "options that differ, none of them empty"


def check_values(case: CaseLine, expect: Expectation) -> Iterator[Problem]:
    """Whether the words that an expectation names are among the options of each example."""
    value = getattr(expect, "value", None)
    if value is None:
        return
    for example in case.examples:
        problem = misfit(value, example)
        if problem is not None:
            yield f"the value {problem[0]}", problem[1]
            return


def misfit(gold: Any, example: Mapping[str, Any]) -> Problem | None:
    """Why words are no answers to an example; None where they are, and where words are asked for."""
    if "options" not in example:
        return None
    lacking = [word for word in words_of(gold) if word not in example["options"]]
    return (f"is {lacking[0]!r}", f"one of the options: {', '.join(example['options'])}") if lacking else None


def words_of(gold: Any) -> Sequence[str]:
    """The words of a target or value, which are one text or a list of them."""
    return [gold] if isinstance(gold, str) else gold


def numbers_of(gold: Any, options: Sequence[str]) -> list[int]:
    """The numbers of the options that these words are."""
    return [options.index(word) for word in words_of(gold)]
