"""The behavioural form of each kind: what a target is, how answers stay those of the kind, how both are stored and shown."""

from __future__ import annotations

from typing import Any

import pytest

from benchwright import kinds
from benchwright.behaviour.card import make_card
from benchwright.formatting import plain
from benchwright.kinds import NO_TEXT, InvalidTarget, MissingTarget, ReadOptions
from benchwright.metrics.gathering import gather
from benchwright.score_cache import unanswered_alarms
from benchwright.store import record_table
from benchwright.types import AnyTask, Example, Kind, Label, Prediction, Record, Source

POLARITY = (Label(name="negative", id=0, aliases=("neg",)), Label(name="positive", id=1, aliases=("pos",)))
TAGS = tuple(Label(name=name, id=at) for at, name in enumerate(("O", "B-PER", "I-PER")))


def card(
    kind: Kind = Kind.CLASSIFY, inputs: tuple[str, ...] = ("text",), labels: tuple[Label, ...] = POLARITY
) -> AnyTask:
    return make_card(kind=kind, name="t", splits={"test": Source(package="p:x.jsonl")}, inputs=inputs, labels=labels)


def read(task: AnyTask, cell: Any) -> Any:
    return kinds.of(task).read_target(task, ReadOptions())(cell)


def test_labels_in_a_target_are_read_by_name_or_alias() -> None:
    cell = {"expect": {"kind": "equals_lenient", "neutral": "pos", "negative": "neg"}, "gold": "POS"}
    assert read(card(), cell) == {
        "expect": {"kind": "equals_lenient", "neutral": "positive", "negative": "negative"},
        "gold": "positive",
    }


def test_rows_that_share_a_cell_share_a_target() -> None:
    reader = kinds.of(card()).read_target(card(), ReadOptions())
    cell = {"expect": {"kind": "invariant"}}
    assert reader(cell) is reader(cell)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("positive", "Expected `object`"),
        ({"expect": {"kind": "lambda"}}, "lambda"),
        ({"expect": {"kind": "equals"}, "gold": "nice"}, "nice"),
        ({"expect": {"kind": "shift", "direction": "up", "positive": "good", "negative": "neg"}}, "good"),
        ({"expect": {"kind": "equals", "value": "-"}}, "no answer of t"),
    ],
)
def test_what_is_no_target_is_refused(cell: Any, reason: str) -> None:
    with pytest.raises(InvalidTarget, match=reason):
        read(card(), cell)


def test_an_empty_cell_is_a_missing_target() -> None:
    with pytest.raises(MissingTarget):
        read(card(), None)


@pytest.mark.parametrize(
    ("task", "inputs", "right", "wrong"),
    [
        (card(), {"text": "x"}, "positive", "nice"),
        (card(Kind.REGRESS, labels=()), {"text": "x"}, 3.5, "3.5"),
        (card(Kind.TAG, ("words",), TAGS), {"words": ["Ann", "ran"]}, ("B-PER", "O"), ("O",)),
        (card(Kind.SPAN, ("question", "context"), ()), {"question": "Who?", "context": "Ann ran."}, "Ann", None),
        (card(Kind.CHOOSE, ("context", "options"), ()), {"context": "x", "options": ["a", "b"]}, 1, 2),
    ],
)
def test_answers_are_checked_stored_and_read_as_the_kind_has_them(
    task: AnyTask, inputs: Any, right: Any, wrong: Any
) -> None:
    target = {"expect": {"kind": "invariant"}, "judged": "all_but_first"}
    example = Example(id="t/0", index=0, inputs=inputs, target=target, group="test/0")
    check = kinds.of(task).check_output(task)
    assert check(Prediction(output=right), example) is None
    assert check(Prediction(output=wrong), example)
    record = Record(id="t/0", target=target, output=right, group="test/0", cluster="c", slices={"test": "test"})
    table = record_table.encode([record, record], kinds.of(task).column(task))
    once, again = record_table.decode(record_table.from_bytes(record_table.to_bytes(table)))
    assert once == record
    assert once.target is again.target


def test_a_target_is_shown_in_words() -> None:
    task = card()

    def shown(cell: Any) -> str:
        return kinds.of(task).show_target(read(task, cell), {}, plain)

    assert shown({"expect": {"kind": "equals"}, "gold": "pos"}) == "positive"
    assert shown({"expect": {"kind": "not", "value": "neg"}}) == "not negative"
    assert shown({"expect": {"kind": "invariant"}, "judged": "all_but_first"}) == "as the original (± 0.1)"
    shift = {"kind": "shift", "direction": "up", "positive": "pos", "negative": "neg", "tolerance": 0.2}
    assert shown({"expect": shift}) == "no shift to negative (± 0.2)"


def test_a_target_names_the_right_answer_or_none() -> None:
    task = card(Kind.TAG, ("words",), TAGS)
    target = read(task, {"expect": {"kind": "equals"}, "gold": ["B-PER", "O"]})
    assert kinds.of(task).right_answer(target, task) == ("B-PER", "O")
    assert kinds.of(task).right_answer({"expect": {"kind": "invariant"}}, task) is None


def test_a_silent_example_leaves_its_case_out_and_as_wrong_it_fails() -> None:
    """Two cases of two examples: one is answered, of the other an answer is missing."""
    target = {"expect": {"kind": "invariant"}, "judged": "all_but_first"}
    records = [
        Record(id=f"t/{at}", target=target, output=output, error=None if output else "boom", group=f"test/{at // 2}")
        for at, output in enumerate(("positive", "positive", "positive", None))
    ]
    columns = gather(card(), records).columns
    assert columns.group == ["test/0", "test/0", None]
    (told,) = unanswered_alarms(card(), records)
    assert told.sentence == (
        "no answer to 1 of 4 examples: failure_rate 0.00 on the others, 50.00 with silence counted as wrong"
    )
    assert kinds.of(card()).wrong_answer is not None
    assert NO_TEXT == "\x00"
