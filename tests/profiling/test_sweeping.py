"""Queries of a sweep: as long and as many as asked, one batch each, and what memory does not hold is said."""

import pytest

from benchwright.errors import BenchwrightError
from benchwright.measuring.sweep import Point, PointTooLarge
from benchwright.profiling.questions import ModelBroken
from benchwright.profiling.sweeping import SweptSession
from benchwright.testing.fixtures import build_task
from benchwright.types import Example, Prediction, Reading, Work

TASK = build_task("t", labels=("x", "y"))
EXAMPLES = [
    Example(id=f"t/{at}", index=at, inputs={"text": " ".join(f"w{(at * 7 + spot) % 61}" for spot in range(3 + at % 9))})
    for at in range(50)
]


class Batching:
    """A word is a token. Queries are cut at a budget of 32 tokens; more than ``room`` tokens in a batch are tried again by halves."""

    def __init__(self, room=10_000):
        self.token_budget = 32
        self._room = room
        self.batches = []

    def count_tokens(self, examples):
        return [len(one.inputs["text"].split()) for one in examples]

    def count_work(self, examples):
        tokens = sum(self.count_tokens(examples))
        return Work(inputs=len(examples), rows=len(examples), tokens=tokens, padded_tokens=tokens)

    def predict(self, examples):
        tokens = sum(self.count_tokens(examples))
        self.batches.append((len(examples), tokens, self.token_budget >= tokens))
        lowered = {"token_budget": tokens // 2} if tokens > self._room else {}
        return [Prediction(output="x", extra=lowered) for _ in examples]


def make(session, **options):
    return SweptSession(session, TASK, EXAMPLES, **{"largest": 16, **options})


def test_each_query_is_one_batch_of_inputs_of_the_length():
    session = Batching()
    swept = make(session)
    for point in (Point(length=5, batch=1), Point(length=20, batch=16)):
        ask = swept.begin(point)
        session.batches.clear()
        for number in range(10):
            ask(number)
        assert set(session.batches) == {(point.batch, point.batch * point.length, True)}
    swept.restore()

    assert session.token_budget == 32
    assert swept.notes == []


def test_no_input_stands_twice_in_a_query_and_queries_differ():
    seen = []

    class Remembers(Batching):
        def predict(self, examples):
            seen.append(tuple(one.inputs["text"] for one in examples))
            return super().predict(examples)

    ask = make(Remembers()).begin(Point(length=9, batch=16))
    for number in range(4):
        ask(number)

    assert all(len(set(query)) == 16 for query in seen)
    assert len(set(seen)) == 4


def test_a_batch_that_memory_held_only_in_parts_is_too_large():
    """The session answers all the same, in smaller batches: what it took says nothing of this batch."""
    ask = make(Batching(room=100)).begin(Point(length=20, batch=16))

    with pytest.raises(PointTooLarge, match="does not fit into memory as one batch"):
        ask(0)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError("host"), PointTooLarge),
        (type("OutOfMemoryError", (RuntimeError,), {})("CUDA"), PointTooLarge),
        (ValueError("no"), ModelBroken),
        (BenchwrightError("what a user can mend"), BenchwrightError),
    ],
)
def test_an_exhausted_memory_is_told_from_other_failures(error, expected):
    class Fails(Batching):
        def predict(self, examples):
            raise error

    ask = make(Fails()).begin(Point(length=5, batch=4))
    with pytest.raises(expected):
        ask(0)


def test_more_inputs_than_there_are_texts_for_are_said():
    swept = SweptSession(Batching(), TASK, EXAMPLES[:1], largest=512)

    with pytest.raises(PointTooLarge, match=r"distinct inputs of 3 tokens where 1024 were asked for"):
        swept.begin(Point(length=3, batch=512))


def test_a_session_that_says_no_tokens_is_swept_by_words_or_as_the_texts_are():
    class Plain:
        def predict(self, examples):
            return [Prediction(output="x") for _ in examples]

    swept = make(Plain())
    swept.begin(Point(length=5, batch=2))(0)
    assert swept.notes == ["lengths are in words: the model does not say how many tokens it reads"]
    swept.begin(Point(length=0, batch=16))(0)
    readings = swept.end(Point(length=0, batch=16))
    assert {one.value for one in readings} == {None}


def test_what_is_read_at_a_point_stands_beside_its_work():
    peak = Reading(quantity="gpu_memory_peak", value=5.0)
    swept = make(Batching(), read=lambda _: (peak,))
    swept.begin(Point(length=5, batch=2))(0)
    found = swept.end(Point(length=5, batch=2))

    assert found[0] == peak
    assert {(one.quantity, one.value) for one in found[1:3]} == {("work_inputs", 16.0), ("tokens", 80.0)}
    assert {(one.batch, one.length) for one in found[1:]} == {(2, 5)}


def test_without_answers_there_is_nothing_to_measure():
    class Silent(Batching):
        def predict(self, examples):
            return [Prediction(error="no") for _ in examples]

    ask = make(Silent()).begin(Point(length=5, batch=2))
    with pytest.raises(ModelBroken, match="the model has no answer: no"):
        ask(0)
