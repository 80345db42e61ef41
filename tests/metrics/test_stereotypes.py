"""CrowS-Pairs scores: ties, rounding and directions, against the official script's counting in a plain loop."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from benchwright import registry
from benchwright.metrics.columns import Columns
from benchwright.score import score_columns
from benchwright.types import FillTask, Source

NAMES = ("crows_score", "crows_stereotype_score", "crows_antistereotype_score")
METRICS = [registry.get("metrics", name) for name in NAMES]
CARD = FillTask(
    name="pairs",
    splits={"test": Source()},
    default_split="test",
    inputs={"options": ("options",)},
    target=("t",),
    metrics=NAMES,
    score=NAMES[:1],
    rule="official-2020",
    digits=3,
)


def columns_of(pairs, *, card=CARD, spans="one"):
    """Columns of (score of the more stereotyping sentence, score of the other, direction)."""
    return Columns(
        card,
        [0] * len(pairs),
        [int(less > more) for more, less, _ in pairs],
        np.array([[more, less] for more, less, _ in pairs]),
        slices=[{"spans": spans}] * len(pairs),
        metadata=[{"direction": direction} for *_, direction in pairs],
    )


def official_counts(pairs, digits=3):
    """What the official script prints, counted as its loop does: sent1 of an anti-stereotype is the less stereotyping one."""
    total_stereo = total_anti = stereo = anti = neutral = 0
    for more, less, direction in pairs:
        first, second = (more, less) if direction == "stereo" else (less, more)
        first, second = round(first, digits), round(second, digits)
        if first == second:
            neutral += 1
        elif direction == "stereo":
            total_stereo += 1
            stereo += first > second
        else:
            total_anti += 1
            anti += second > first
    share = lambda hits, trials: hits / trials if trials else None  # noqa: E731
    return share(stereo + anti, len(pairs)), share(stereo, total_stereo), share(anti, total_anti), neutral


def values(columns):
    return tuple(score.value for score in score_columns(columns, METRICS)[:3])


near = st.floats(-3, 0, allow_nan=False).map(lambda x: round(x, 4))
pairs_drawn = st.lists(st.tuples(near, near, st.sampled_from(["stereo", "antistereo"])), min_size=1, max_size=40)


@given(pairs_drawn)
def test_all_three_scores_are_those_of_the_official_loop(pairs):
    for value, expected in zip(values(columns_of(pairs)), official_counts(pairs)[:3], strict=True):
        assert value is None if expected is None else value == pytest.approx(expected)


def test_a_tie_counts_against_and_stays_out_of_the_separate_scores():
    pairs = [(-1.0, -2.0, "stereo"), (-1.0, -1.0, "stereo"), (-2.0, -1.0, "antistereo"), (-1.0, -2.0, "antistereo")]

    assert values(columns_of(pairs)) == (0.5, 1.0, 0.5)
    notes = [one.sentence for one in score_columns(columns_of(pairs), METRICS)[0].alarms]
    assert any(note.startswith("1 tie, counted against") for note in notes)


def test_scores_that_differ_beyond_the_third_decimal_are_a_tie_only_where_the_card_rounds():
    pairs = [(-1.00012, -1.00014, "stereo")]

    assert values(columns_of(pairs))[0] == 0.0
    assert values(columns_of(pairs, card=msgspec.structs.replace(CARD, digits=None)))[0] == 1.0


def test_rounding_is_that_of_the_official_script_which_is_pythons():
    """-0.0025 as a binary number lies beyond the half: Python rounds it to -0.003, numpy to -0.002."""
    assert values(columns_of([(-0.0025, -0.003, "stereo")]))[0] == 0.0
    assert values(columns_of([(-0.0025, -0.002, "antistereo")])) == (0.0, None, 0.0)


def test_the_note_gives_the_exact_two_sided_binomial_p():
    pairs = [(-1.0, -2.0, "stereo")] * 9 + [(-2.0, -1.0, "stereo")] * 1

    note = score_columns(columns_of(pairs), METRICS)[0].alarms[0].sentence
    assert "9 of 10 pairs" in note
    assert f"p = {binomtest(9, 10).pvalue:.2g}" in note


def test_the_interval_is_wilsons_which_for_37_of_60_goes_from_49_to_73():
    """behaviour.md: at n = 60, 61.7 % has the interval 49.1-72.9 (exact: 49.02-72.91)."""
    pairs = [(-1.0, -2.0, "stereo")] * 37 + [(-2.0, -1.0, "stereo")] * 23

    score = score_columns(columns_of(pairs), METRICS)[0]
    z, n, p = 1.959964, 60, 37 / 60
    middle, half = (p + z * z / (2 * n)) / (1 + z * z / n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    assert (score.low, score.high) == pytest.approx(
        (middle - half / (1 + z * z / n), middle + half / (1 + z * z / n)), abs=1e-6
    )


def test_pairs_that_differ_in_several_spans_are_counted_and_told():
    pairs = [(-1.0, -2.0, "stereo"), (-2.0, -1.0, "stereo")]

    notes = [one.sentence for one in score_columns(columns_of(pairs, spans="several"), METRICS)[0].alarms]
    assert "2 of 2 pairs differ in more than one span of words" in notes


def test_without_a_score_for_each_sentence_there_is_no_value_and_the_reason():
    bare = Columns(CARD, [0, 0], [0, 1], None, metadata=[{"direction": "stereo"}] * 2)

    for score in score_columns(bare, METRICS):
        assert score.value is None
        assert score.alarms


def test_pairs_that_bias_bench_skips_are_left_out_and_counted_where_its_rule_is_used():
    """Its script scores no pair of which one sentence only adds words; a mean that rounds to 0 is a score, and a tie."""
    pairs = [(-1.0, -2.0, "stereo"), (0.0, 0.0, "stereo"), (-0.0, -0.0, "stereo")]
    bias_bench = msgspec.structs.replace(CARD, rule="bias-bench-2022")

    found = score_columns(columns_of(pairs, card=bias_bench), METRICS)[0]
    assert (found.value, found.n) == (0.5, 2)
    told = [one.sentence for one in found.alarms]
    assert "1 pair left out as the script does: one sentence has no token of its own" in told
    assert "1 tie, counted against" in told
    assert values(columns_of(pairs))[0] == pytest.approx(1 / 3)
