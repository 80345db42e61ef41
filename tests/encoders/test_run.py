"""Answers come back in input order, each row computed once, also when memory runs out on the way."""

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright import encoders
from benchwright.encoders.layouts import Alone, EqualRows, Flat, Padded

LAYOUTS = (Padded(), Flat(), EqualRows(asked=64), EqualRows(asked=32, by_tokens=True), Alone())
ROWS = st.lists(st.lists(st.integers(0, 3), max_size=12), max_size=40)


class OutOfMemoryError(RuntimeError):
    """Called like torch's own."""


def encode(rows, errors=None):
    return encoders.join_rows({"input_ids": rows}, errors=errors)


def echo(batch):
    """The ids of each row."""
    ids = batch.columns["input_ids"]
    return [tuple(batch.of_text(ids, at).tolist()) for at in range(len(batch))]


def run(encoded, forward, **options):
    """What comes out where a forward pass gives the answers themselves."""
    return encoders.run(encoded, forward, lambda answers, _: answers, **options)


class Machine:
    """A model whose memory holds so many padded tokens; it notes what it computed."""

    def __init__(self, holds, error=MemoryError):
        self.holds, self.error = holds, error
        self.done, self.failed = [], 0

    def __call__(self, batch):
        if batch.tokens > self.holds:
            self.failed += 1
            raise self.error("DefaultCPUAllocator: not enough memory: you tried to allocate 1 bytes")
        answers = echo(batch)
        self.done += answers
        return answers


class Sizes:
    """A model whose memory runs out each so many passes; it notes what passes it computed."""

    def __init__(self, every):
        self.every, self.count, self.seen = every, 0, []

    def __call__(self, batch):
        self.count += 1
        if self.every and self.count % self.every == 0:
            raise MemoryError
        self.seen.append((batch.tokens, batch.rows.tolist()))
        return echo(batch)


@given(rows=ROWS, budget=st.integers(1, 80))
def test_answers_are_in_input_order(rows, budget):
    """Whatever the budget, answer i belongs to row i."""
    answers = run(encode(rows), echo, budget=budget)

    assert answers.values == [tuple(row) for row in rows]
    assert not answers.errors


@given(rows=ROWS)
def test_equal_rows_are_computed_once(rows):
    """Duplicates share one forward pass."""
    machine = Machine(10**6)
    answers = run(encode(rows), machine, budget=20)

    assert sorted(machine.done) == sorted(set(map(tuple, rows)))
    assert len(answers.values) == len(rows)


@settings(max_examples=60)
@given(rows=ROWS, holds=st.integers(1, 40), error=st.sampled_from([MemoryError, RuntimeError, OutOfMemoryError]))
def test_memory_that_runs_out_halves_the_budget_and_loses_nothing(rows, holds, error):
    """What is done stays done; only a row that does not fit alone has an error."""
    machine = Machine(holds, error)
    answers = run(encode(rows), machine, budget=1000, release=lambda: None)

    assert len(machine.done) == len(set(machine.done))
    for at, row in enumerate(rows):
        if len(row) > holds:
            assert answers.values[at] is None
            assert "out of memory" in answers.errors[at]
            assert f"{len(row)} tokens" in answers.errors[at]
        else:
            assert answers.values[at] == tuple(row)
            assert at not in answers.errors


def test_a_lower_budget_stays_for_the_rest_and_is_told():
    """A size that failed on long rows is not tried again; rows done before keep the budget they had."""
    rows = [[at, at] * 8 for at in range(4)] + [[at] for at in range(4, 24)]
    machine = Machine(32)
    answers = run(encode(rows), machine, budget=64, release=lambda: None)

    assert machine.failed == 2, "once more as it was, then in smaller ones"
    assert set(answers.budgets.tolist()) == {32}
    assert answers.batches == 3
    assert answers.budget == 32


@given(rows=ROWS, every=st.integers(2, 4), layout=st.sampled_from(LAYOUTS))
def test_memory_that_runs_out_now_and_then_changes_no_pass(rows, every, layout):
    """The pass that failed is tried once more as it was: sizes of passes, which numbers may depend on, are those of a calm run."""
    calm, disturbed = Sizes(every=None), Sizes(every=every)
    answers = run(encode(rows), calm, budget=32, layout=layout)
    again = run(encode(rows), disturbed, budget=32, layout=layout, release=lambda: None)

    assert again.values == answers.values
    assert not again.errors
    assert disturbed.seen == calm.seen
    assert set(again.budgets.tolist()) <= {32}


@settings(max_examples=60)
@given(rows=ROWS, holds=st.integers(1, 40), layout=st.sampled_from(LAYOUTS))
def test_without_memory_for_filling_a_row_is_read_alone(rows, holds, layout):
    """Whatever the layout, only a row that does not fit by itself has an error, and less than the constant size is told."""
    answers = run(encode(rows), Machine(holds), budget=64, layout=layout, release=lambda: None)

    for at, row in enumerate(rows):
        if len(row) > holds:
            assert "out of memory" in answers.errors[at]
        else:
            assert answers.values[at] == tuple(row)
            assert at not in answers.errors
    assert max(answers.budgets, default=0) <= 64
    if isinstance(layout, Flat) and holds < 64 and any(0 < len(row) <= holds for row in rows):
        assert min(budget for row, budget in zip(rows, answers.budgets, strict=True) if len(row) <= holds) < 64


def test_nothing_of_the_failed_batch_is_held_while_memory_is_released():
    """A traceback would pin the tensors that have to go."""
    held = []

    class Tensor:
        pass

    def forward(batch):
        if len(batch) > 1:
            tensor = Tensor()
            held.append(weakref.ref(tensor))
            raise MemoryError
        return echo(batch)

    def release():
        gc.collect()
        assert held[-1]() is None

    answers = run(encode([[1], [2]]), forward, budget=8, release=release)

    assert answers.values == [(1,), (2,)]


def test_any_other_error_is_passed_on():
    """Only an exhausted memory is a reason to try again."""

    def forward(_):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="shapes"):
        run(encode([[1]]), forward, budget=8)


def test_a_model_that_answers_too_little_is_noticed():
    """One answer for each line, or an error."""
    with pytest.raises(ValueError, match="shorter"):
        run(encode([[1], [2]]), lambda batch: echo(batch)[:-1], budget=8)


def test_a_legitimate_none_is_an_answer():
    """None means nothing but what the forward pass says; rows with errors are told by their errors."""
    answers = run(encode([[1], [], [2]], errors={1: "unreadable"}), lambda batch: [None] * len(batch), budget=8)

    assert answers.values == [None, None, None]
    assert answers.errors == {1: "unreadable"}


def test_no_rows_give_no_answers():
    """An empty shard is fine."""
    assert run(encode([]), echo, budget=8).values == []


def test_groups_are_kept_apart():
    """Rows of different groups are never in one batch, duplicates included."""
    seen = []
    rows = [[1], [2], [1], [3]]
    run(encode(rows), lambda b: seen.append(b.rows.tolist()) or echo(b), budget=99, groups=[0, 1, 0, 0])

    assert sorted(seen) == [[0, 3], [1]]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (OutOfMemoryError("CUDA"), True),
        (RuntimeError("CUDA error: out of memory"), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), True),
        (ValueError("out of memory"), False),
        (RuntimeError("index out of range in self"), False),
    ],
)
def test_an_exhausted_memory_is_told_from_other_failures(error, expected):
    """By type, or by what a RuntimeError says."""
    assert encoders.is_out_of_memory(error) is expected


def test_answers_may_be_of_any_shape():
    """A token classifier answers with a row per token; lines of one batch may differ."""
    rows = [[1, 2, 3], [4]]
    answers = run(
        encode(rows),
        lambda b: [np.eye(3)[ids[m] % 3] for ids, m in zip(b.columns["input_ids"], b.mask, strict=True)],
        budget=99,
    )

    assert [value.shape for value in answers.values] == [(3, 3), (1, 3)]
