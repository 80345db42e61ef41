"""An effect size is of one test; what several tests say together, and what has none, is told in words."""

import math

import numpy as np
import pytest

from benchwright.metrics.columns import Columns
from benchwright.metrics.seat import SETS, seat_effect_size
from benchwright.score import score_columns, score_slices
from benchwright.types import EmbeddingTask, Record

TASK = EmbeddingTask(
    name="t", splits={}, default_split="v", inputs={"text": ("text",)}, target=("set",), metrics=("seat_effect_size",)
)


def records(tests, dimensions=4, size=6):
    """Records of tests: name -> how far the first targets are drawn to the first attributes."""
    dice = np.random.default_rng(2)
    found = []
    for test, pull in tests.items():
        for name, shift in zip(SETS, (pull, -pull, 3.0, -3.0), strict=True):
            for _ in range(size):
                vector = dice.normal(0, 1, dimensions)
                vector[0] += shift
                found.append(
                    Record(id=f"t/{len(found)}", target=name, output=tuple(vector.tolist()), slices={"test": test})
                )
    return found


def columns_of(found):
    return Columns(TASK, [r.target for r in found], [r.output for r in found], slices=[r.slices for r in found])


def told(score):
    return [one.sentence for one in score.alarms]


TESTS = {"near": 3.0, "far": -1.0, "none": 0.0}


def test_tests_are_slices_and_p_is_corrected_over_all_of_them():
    """Holm by hand: the smallest p times three; one alone is not corrected."""
    whole = records(TESTS)
    scores = {
        one.slice: one for one in score_slices(TASK, whole, [seat_effect_size]) if one.metric == "seat_effect_size@1"
    }
    alone = {
        name: score_columns(columns_of([r for r in whole if r.slices["test"] == name]), [seat_effect_size])[0]
        for name in TESTS
    }

    assert scores.keys() == {f"test={name}" for name in TESTS}
    assert [scores[f"test={name}"].value for name in TESTS] == [alone[name].value for name in TESTS]
    assert (
        told(scores["test=near"])[0]
        == "one-sided p = 0.0011 over all 924 partitions, and = 0.0032 after Holm over 3 tests"
    )
    assert told(alone["near"])[0] == "one-sided p = 0.0011 over all 924 partitions"
    assert (scores["test=near"].low, scores["test=near"].method) == (None, "none")
    assert scores["test=near"].counts == {"targets": 12, "attributes": 12}


def test_several_tests_have_no_effect_size_together():
    """Nothing is averaged; those with a small p are named."""
    score = score_columns(columns_of(records(TESTS)), [seat_effect_size])[0]
    said = told(score)
    assert score.value is None
    assert said[0] == "undefined: 3 tests together have no effect size; see the slices test=..."
    assert said[1].startswith("one-sided p at most 0.05 after Holm: 1 of 3 tests, near (d 1.")
    assert said[2].startswith("a p says nothing about the choice of words")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r if r.target != "attr2" else None, "no text of attr2 has a vector"),
        (lambda r: Record(id=r.id, target=r.target, output=(0.0,) * 4), "24 vectors of length 0 have no cosine"),
        (
            lambda r: Record(id=r.id, target=r.target, output=(1.0,) * 4),
            "all targets are equally near to the attributes",
        ),
    ],
)
def test_what_has_no_effect_size_says_why(change, said):
    """A set without vectors, vectors without a direction, vectors that do not differ."""
    found = [changed for r in records({"one": 1.0}) if (changed := change(r)) is not None]
    score = score_columns(columns_of(found), [seat_effect_size])[0]
    assert score.value is None
    assert told(score)[0] == f"undefined: {said}"


def test_the_length_of_vectors_and_exchanged_sets():
    """Cosines know no length; both targets exchanged change the sign, and so do both attributes."""
    whole = records({"one": 1.0})
    value = seat_effect_size.value(columns_of(whole))
    scaled = [Record(id=r.id, target=r.target, output=tuple(7.5 * x for x in r.output)) for r in whole]
    assert seat_effect_size.value(columns_of(scaled)) == pytest.approx(value)
    for one, other in (("targ1", "targ2"), ("attr1", "attr2")):
        names = {one: other, other: one}
        turned = [Record(id=r.id, target=names.get(r.target, r.target), output=r.output) for r in whole]
        assert seat_effect_size.value(columns_of(turned)) == pytest.approx(-value)
    assert not math.isnan(value)
