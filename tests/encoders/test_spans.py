"""The best span over all windows is what a plain loop over all pairs finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright import encoders
from benchwright.encoders.contexts import ContextRows
from benchwright.encoders.spans import find_spans

TEXT = "".join(f"w{at:02d} " for at in range(40))
"""Words of three letters and a blank: token ``t`` of a context is characters ``4 t`` to ``4 t + 3``."""


def make_inputs(windows):
    """Windows given as (example, special tokens before the context, first context token, context tokens)."""
    lengths = [before + count + 1 for _, before, _, count in windows]
    return ContextRows(
        encoded=encoders.join_rows({"input_ids": [[1] * size for size in lengths]}),
        owner=np.array([owner for owner, *_ in windows], dtype=np.int64),
        context=np.array([[before, before + count - 1] for _, before, _, count in windows]).reshape(-1, 2),
        offsets=tuple(
            np.array([[4 * t, 4 * t + 3] for t in range(first, first + count)], dtype=np.int32).reshape(-1, 2)
            for _, _, first, count in windows
        ),
        windows=np.zeros((len(windows), 2), dtype=np.int64),
        cls=np.zeros(len(windows), dtype=np.int64),
    )


def by_loop(inputs, rows, examples, n_best, longest):
    """(score, first character, end) and null score of each example: every pair, one by one."""
    found = [((-np.inf, -1, -1), np.inf) for _ in range(examples)]
    rest = {}
    for at, row in enumerate(rows):
        owner, (first, last) = int(inputs.owner[at]), inputs.context[at].tolist()
        best, null = found[owner]
        starts, ends = row.astype(np.float64)
        null = min(null, starts[0] + ends[0])
        high = [sorted(range(len(side)), key=lambda t, side=side: (-side[t], t))[:n_best] for side in (starts, ends)]
        for start in range(first, last + 1):
            for end in range(start, min(last, start + longest - 1) + 1):
                places = (int(inputs.offsets[at][start - first, 0]), int(inputs.offsets[at][end - first, 1]))
                one = (starts[start] + ends[end], *places)
                rest[owner] = max(rest.get(owner, -np.inf), one[0])
                if start in high[0] and end in high[1] and one[0] > best[0]:
                    best = one
        found[owner] = (best, null)
    return found, rest


@st.composite
def cases(draw):
    examples = draw(st.integers(1, 4))
    windows, rows = [], []
    for owner in range(examples):
        for _ in range(draw(st.integers(0, 3))):
            before, count = draw(st.integers(1, 3)), draw(st.integers(0, 9))
            windows.append((owner, before, draw(st.integers(0, 20)), count))
            size = before + count + 1
            numbers = draw(st.lists(st.integers(-4, 4), min_size=2 * size, max_size=2 * size))
            rows.append(np.array(numbers, dtype=np.float32).reshape(2, size))
    return examples, make_inputs(windows), rows, draw(st.integers(1, 6)), draw(st.integers(1, 5))


@settings(max_examples=150, deadline=None)
@given(cases())
def test_the_best_pair_is_found(case):
    """Scores with many ties, windows of any size, contexts without tokens, examples without a window."""
    examples, inputs, rows, n_best, longest = case
    spans = find_spans(inputs, rows, examples, n_best=n_best, max_answer_length=longest)
    expected, rest = by_loop(inputs, rows, examples, n_best, longest)

    for at, ((score, start, end), null) in enumerate(expected):
        assert spans.null[at] == null
        if score > -np.inf:
            assert (spans.score[at], spans.start[at], spans.end[at]) == (score, start, end)
            assert not spans.outside[at]
        else:
            assert spans.score[at] == rest.get(at, -np.inf)
            assert spans.outside[at] == (at in rest)
            assert (spans.start[at] >= 0) == (at in rest)


def test_candidates_of_all_windows_compete():
    """The second window holds the better pair; the null score is the least of both."""
    inputs = make_inputs([(0, 1, 0, 3), (0, 1, 2, 3)])
    rows = [np.array([[5, 1, 0, 0, 0], [5, 0, 1, 0, 0]]), np.array([[2, 0, 3, 0, 0], [1, 0, 0, 3, 0]])]
    spans = find_spans(inputs, [row.astype(np.float32) for row in rows], 1)

    assert TEXT[spans.start[0] : spans.end[0]] == "w03 w04"
    assert spans.score[0] == 6
    assert spans.null[0] == 3


def test_an_end_before_its_start_or_too_far_behind_is_no_answer():
    """The best start and the best end do not match; the best possible pair is taken."""
    inputs = make_inputs([(0, 1, 0, 6)])
    row = np.array([[0, 0, 0, 0, 9, 0, 0, 0], [0, 0, 8, 0, 1, 0, 2, 0]], dtype=np.float32)

    assert find_spans(inputs, [row], 1).score[0] == 11
    short = find_spans(inputs, [row], 1, max_answer_length=2)
    assert (short.score[0], TEXT[short.start[0] : short.end[0]]) == (10, "w03")


def test_a_question_with_a_context_is_never_without_an_answer():
    """All of the n-best lie in the question: all pairs of the context are searched, and that is told."""
    inputs = make_inputs([(0, 3, 0, 4)])
    row = np.array([[9, 9, 9, 0, 1, 0, 0, 9], [9, 9, 9, 0, 0, 2, 0, 9]], dtype=np.float32)
    spans = find_spans(inputs, [row], 1, n_best=3)

    assert TEXT[spans.start[0] : spans.end[0]] == "w01 w02"
    assert spans.outside.tolist() == [True]


def test_many_windows_are_as_one():
    """Blocks of windows do not show: 700 questions together are those asked one by one."""
    draw = np.random.default_rng(3)
    windows = [(at // 2, 2, int(draw.integers(0, 9)), int(draw.integers(1, 12))) for at in range(1400)]
    inputs = make_inputs(windows)
    rows = [draw.normal(size=(2, before + count + 1)).astype(np.float32) for _, before, _, count in windows]
    whole = find_spans(inputs, rows, 700, n_best=4)

    for at in (0, 127, 128, 500, 699):
        mine = windows[2 * at : 2 * at + 2]
        alone = find_spans(make_inputs([(0, *w[1:]) for w in mine]), rows[2 * at : 2 * at + 2], 1, n_best=4)
        assert (alone.score[0], alone.start[0], alone.end[0]) == (whole.score[at], whole.start[at], whole.end[at])


def test_windows_without_scores_are_left_out():
    """What memory could not hold has no candidate."""
    inputs = make_inputs([(0, 1, 0, 2), (1, 1, 0, 2)])
    spans = find_spans(inputs, [None, np.zeros((2, 4), dtype=np.float32)], 2)

    assert spans.start.tolist() == [-1, 0]
    assert find_spans(make_inputs([]), [], 1).start.tolist() == [-1]


@pytest.mark.slow
def test_a_whole_benchmark_in_one_call():
    """11,000 windows of 384 tokens with 20 n-best are answered in one call (how fast: benchmarks/squad_postprocess.py)."""
    draw = np.random.default_rng(0)
    inputs = make_inputs([(at, 14, 0, 369) for at in range(11_000)])
    rows = list(draw.normal(size=(11_000, 2, 384)).astype(np.float32))
    found = find_spans(inputs, rows, 11_000)

    assert len(found.start) == 11_000
    assert (found.start >= 0).all()
