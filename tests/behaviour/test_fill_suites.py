"""Suites to fill: which of an item's options, or which words, a masked language model finds most probable at a slot."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchwright.behaviour import (
    Differs,
    Editor,
    Equals,
    Invariant,
    Monotonic,
    Shift,
    dir_,
    inv,
    make_suite,
    mft,
    suite_lines,
)
from benchwright.behaviour.expectations import judge
from benchwright.behaviour.rows import rows_of
from benchwright.behaviour.suite_format import read_suite
from benchwright.behaviour.verdict import Answers
from benchwright.errors import BenchwrightError, DataError
from benchwright.metrics.behaviour import failure_rate
from benchwright.metrics.gathering import gather
from benchwright.types import FillTask, Kind, Record
from benchwright.types.expectations import CaseTarget, Expectation

HEAD = {"schema": 1, "name": "mine", "version": 1, "kind": "fill"}
TEST = {"test": "t", "type": "MFT", "capability": "Vocabulary"}
CASE = {"test": "t", "case": "0", "examples": [{"text": "It is {mask}.", "options": ["good", "bad"]}], "target": "good"}


def read(head: Any = None, test: Any = None, case: Any = None) -> Any:
    """A suite of one case, with changes."""
    return read_suite([json.dumps(one) for one in (HEAD | (head or {}), TEST | (test or {}), CASE | (case or {}))])


def answers(*rows: tuple[float, ...]) -> Answers:
    """Options by their log-probabilities."""
    return Answers([row.index(max(row)) for row in rows], log_probabilities=rows)


def verdict(expect: Expectation, given: Answers, golds: list[Any], type_: str = "MFT") -> bool | None:
    judged = "all" if type_ == "MFT" else "all_but_first"
    return judge(Kind.FILL, [CaseTarget(expect=expect, judged=judged, gold=gold) for gold in golds], given).passed


@pytest.mark.parametrize(
    ("gold", "row", "passed"),
    [
        ([0], (-1.0, -2.0), True),
        ([1], (-1.0, -2.0), False),
        ([1, 2], (-1.0, -2.0, -0.5), True),
        ([1], (-1.0, -1.0), True),
        ([0], (-1.0, -2.0, float("nan")), True),
    ],
)
def test_a_right_option_is_among_the_most_probable(gold: list[int], row: tuple[float, ...], passed: bool) -> None:
    """One of several that are right is enough, and so is a tie."""
    assert verdict(Equals(), answers(row), [gold]) is passed


def test_a_word_is_among_those_that_were_given() -> None:
    """Of the k most probable words."""
    words = Answers([("nurse", "doctor")])
    assert verdict(Equals(), words, [["doctor", "pilot"]]) is True
    assert verdict(Equals(), words, [["pilot"]]) is False
    assert verdict(Differs(value=["nurse"]), words, [None]) is False
    assert verdict(Differs(value="pilot"), words, [None]) is True


def test_an_option_that_must_not_be_the_most_probable() -> None:
    """A tie is one too many."""
    for row, passed in (((-1.0, -2.0), True), ((-2.0, -1.0), False), ((-1.0, -1.0), False)):
        assert verdict(Differs(value=[1]), answers(row), [None]) is passed


def test_invariance_is_the_same_best_option() -> None:
    """Of words the same first one, whatever the others are; a tolerance says nothing."""
    assert verdict(Invariant(), answers((-1.0, -2.0), (-0.1, -9.0)), [None] * 2, "INV") is True
    assert verdict(Invariant(tolerance=100.0), answers((-1.0, -2.0), (-2.0, -1.9)), [None] * 2, "INV") is False
    assert verdict(Invariant(), Answers([("a", "b"), ("a", "c")]), [None] * 2, "INV") is True
    assert verdict(Invariant(), Answers([("a", "b"), ("b", "a")]), [None] * 2, "INV") is False


@pytest.mark.parametrize(
    ("direction", "rows", "passed"),
    [
        ("up", ((-3.0, -1.0), (-2.0, -1.0)), True),
        ("up", ((-3.0, -1.0), (-3.05, -1.0)), True),
        ("up", ((-3.0, -1.0), (-3.2, -1.0)), False),
        ("down", ((-3.0, -1.0), (-2.0, -1.0)), False),
        ("up", ((-3.0, -1.0), (-2.0, -1.0), (-4.0, -1.0)), False),
    ],
)
def test_a_log_probability_that_rises(direction: Any, rows: Any, passed: bool) -> None:
    """That of the option that is named, whatever is most probable, within a tolerance of 0.1 natural units."""
    expect = Monotonic(direction=direction, value=[0])
    assert verdict(expect, answers(*rows), [None] * len(rows), "DIR") is passed


def test_texts_in_a_suite_are_numbers_in_targets() -> None:
    """Options may stand at other places in each example."""
    case = {
        "examples": [
            {"text": "It is {mask}.", "options": ["good", "bad", "fine"]},
            {"text": "All is {mask}.", "options": ["bad", "fine", "good"]},
        ],
        "target": [["good", "fine"], "bad"],
    }
    assert [row["@target"]["gold"] for row in rows_of(read(case=case))] == [[0, 2], [0]]
    moved = read(
        test={"type": "DIR", "expect": {"kind": "monotonic", "direction": "up", "value": "good"}},
        case={**case, "target": None},
    )
    assert [row["@target"]["expect"]["value"] for row in rows_of(moved)] == [[0], [2]]
    same = read(test={"type": "INV"}, case={"examples": CASE["examples"] * 2, "target": None})
    assert next(rows_of(same))["@target"]["expect"] == {"kind": "invariant", "tolerance": 0.0}


REFUSED = {
    "no slot": ({}, {}, {"examples": [{"text": "It is.", "options": ["good", "bad"]}]}, "a text with 0 slots"),
    "two slots": ({}, {}, {"examples": [{"text": "{mask} {mask}", "options": ["good", "bad"]}]}, "a text with 2 slots"),
    "equal options": (
        {},
        {},
        {"examples": [{"text": "{mask}", "options": ["good", "good"]}]},
        "the options 'good', 'good'",
    ),
    "an empty option": (
        {},
        {},
        {"examples": [{"text": "{mask}", "options": ["good", " "]}]},
        "the options 'good', ' '",
    ),
    "no options": ({}, {}, {"examples": [{"text": "{mask}"}]}, "an example with the inputs text"),
    "options that are asked for": ({"top": 3}, {}, {}, "an example with the inputs text, options"),
    "a target that is none": ({}, {}, {"target": "ugly"}, "the target is 'ugly'"),
    "a number": ({}, {}, {"target": 0}, "the target is 0"),
    "a value that is none": (
        {},
        {"expect": {"kind": "not", "value": "ugly"}},
        {"target": None},
        "the value is 'ugly'",
    ),
    "a shift": (
        {},
        {"type": "DIR", "expect": {"kind": "shift", "direction": "up", "positive": "good", "negative": "bad"}},
        {},
        "shift in a suite of the kind fill",
    ),
    "monotonic of nothing": (
        {},
        {"type": "DIR", "expect": {"kind": "monotonic", "direction": "up"}},
        {},
        "monotonic without the option",
    ),
    "labels": ({"labels": ["good", "bad"]}, {}, {}, "labels in a suite of the kind fill"),
    "too many words": ({"top": 5000}, {}, {}, "top is 5,000"),
    "words of labels": (
        {"kind": "classify", "labels": ["good", "bad"], "top": 3},
        {},
        {},
        "top in a suite of the kind classify",
    ),
    "a tag that was left": (
        {},
        {},
        {"examples": [{"text": "{name} is {mask}.", "options": ["good", "bad"]}], "slots": {"name": "Ann"}},
        r"\{name\} was not filled in",
    ),
    "options in another order": (
        {},
        {"type": "INV"},
        {
            "examples": [
                {"text": "{mask}", "options": ["good", "bad"]},
                {"text": "{mask}!", "options": ["bad", "good"]},
            ],
            "target": None,
        },
        "options are others in number or order",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_suite_to_fill_cannot_hold(name: str) -> None:
    """With the line and the reason."""
    *changes, said = REFUSED[name]
    with pytest.raises(DataError, match=said):
        read(*changes)


def test_a_value_is_for_options_alone() -> None:
    """Elsewhere the label is the original's."""
    with pytest.raises(DataError, match="monotonic with a value in a suite of the kind classify"):
        read(
            {"kind": "classify", "labels": ["good", "bad"]},
            {"type": "DIR", "expect": {"kind": "monotonic", "direction": "up", "value": "good"}},
            {"examples": [{"text": "a"}, {"text": "b"}], "target": None},
        )


def test_the_slot_stays_in_a_template() -> None:
    """Beside tags that are filled; nothing may be asked of it."""
    editor = Editor()
    filled = editor.template(
        {"text": "{name} is {a:adj} {mask}.", "options": ["cook", "pilot"]}, name="Ann", adj=["old", "kind"]
    )
    assert [item["text"] for item in filled.data] == ["Ann is an old {mask}.", "Ann is a kind {mask}."]
    assert filled.slots[0] == {"name": "Ann", "adj": "old"}
    with pytest.raises(BenchwrightError, match="2 slots"):
        editor.template("{mask} and {mask}")
    for wrong in ("{a:mask}", "{mask2}", "{mask.x}"):
        with pytest.raises(BenchwrightError, match="a slot has no form, number or field"):
            editor.template(wrong)


def suite() -> Any:
    """A suite of all three types."""
    editor = Editor()
    options = ["cook", "pilot"]
    jobs = editor.template(
        {"text": "The {adj} man is a {mask}.", "options": options}, adj=["good", "old", "new"], labels="cook"
    )
    pairs = [
        [{"text": f"The {who} man is a {{mask}}.", "options": options} for who in (one, other)]
        for one, other in (("good", "kind"), ("old", "young"))
    ]
    return make_suite(
        "jobs",
        mft("jobs", jobs, capability="Knowledge"),
        inv("adjectives", pairs, capability="Fairness"),
        dir_("cooks", pairs, capability="Vocabulary", expect=Monotonic(direction="up", value="cook")),
        kind="fill",
    )


def test_a_suite_is_written_as_it_is_read() -> None:
    """In Python and in a file alike."""
    made = suite()
    assert read_suite(suite_lines(made)).tests[0].cases == made.tests[0].cases
    assert (
        make_suite(
            "words", mft("m", [{"text": "A {mask}."}], capability="c", labels=[["cat", "dog"]]), kind="fill", top=5
        ).top
        == 5
    )


def test_a_shift_is_no_expectation_of_a_slot() -> None:
    """Its labels are two, and those of a task."""
    shift = dir_(
        "s", [["a {mask}", "b {mask}"]], capability="c", expect=Shift(direction="up", positive="a", negative="b")
    )
    with pytest.raises(DataError, match="shift in a suite of the kind fill"):
        read_suite(suite_lines(make_suite("x", shift, kind="fill")))


def test_gaps_between_numbers_of_options() -> None:
    """Cases with two options and with three are judged by their own."""
    card = FillTask(
        name="t",
        splits={},
        default_split="v",
        inputs={"text": ("t",), "options": ("o",)},
        target=("x",),
        metrics=(),
        behaviour=True,
    )
    target = {"expect": {"kind": "equals"}, "gold": [1]}
    records = [
        Record(id="t/0", target=target, output=1, scores=(-2.0, -1.0), group="a"),
        Record(id="t/1", target=target, output=2, scores=(-2.0, -1.0, -0.5), group="b"),
    ]
    assert failure_rate.value(gather(card, records).columns) == 0.5
