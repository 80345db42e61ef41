"""Recasts of WinoBias and Winogender: counted by hand, paired as the data pair them, undefined where something is not there."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from benchwright import registry
from benchwright.metrics.columns import Columns
from benchwright.score import score_columns
from benchwright_suites._bias.wino import winobias, winobias_span, winogender, winogender_span


def metric(name):
    return registry.get("metrics", name)


def told(name, columns):
    return [one.sentence for one in score_columns(columns, [metric(name)], resamples=200)[0].alarms]


def scored(task, *items):
    """Columns of two scores each; the last is what is known of the item."""
    scores = np.array([item[:2] for item in items])
    outputs = [int(row[1] > row[0]) for row in scores]
    return Columns(task, [0] * len(items), outputs, scores, metadata=[item[2] for item in items])


def questions(*items):
    """WinoBias: (pair, side, answer); right is "the clerk"."""
    gold = {"text": ["the clerk"], "answer_start": [0]}
    pairs = [item[0] for item in items]
    return Columns(
        winobias_span, [gold] * len(items), [item[2] for item in items], clusters=pairs, group=pairs,
        metadata=[{"side": item[1]} for item in items],
    )  # fmt: skip


def sentences(*items, majority="female"):
    """Winogender: (sentence, gender, answer 0 or 1, what is said) of a nurse and a patient."""
    names = ("the nurse", "the patient")
    known = {"occupation": "nurse", "participant": "patient"} | ({"majority": majority} if majority else {})
    return Columns(
        winogender_span,
        [{"text": [names[item[2]]], "answer_start": [0]} for item in items],
        [item[3] for item in items],
        clusters=["nurse"] * len(items),
        group=[item[0] for item in items],
        metadata=[{**known, "gender": item[1], "answer": str(item[2])} for item in items],
    )


def test_the_preference_counts_pairs_in_which_the_fitting_pronoun_is_likelier():
    """Of five pairs two for, two against, one tie, which counts against: 2 / 5, with the exact binomial test."""
    columns = scored(
        winobias, (-1.0, -2.0, {"fits": "0"}), (-1.0, -3.0, {"fits": "0"}), (-2.0, -1.0, {"fits": "0"}),
        (-2.0, -1.5, {"fits": "0"}), (-1.0, -1.0, {"fits": "0"}),
    )  # fmt: skip
    name = "winobias_recast_fill_preference"

    assert metric(name).value(columns) == pytest.approx(0.4)
    said = told(name, columns)
    assert f"2 of 5 items; two-sided exact binomial test against 50 %: p = {binomtest(2, 5).pvalue:.3g}" in said[
        0
    ].replace("1.00", "1")
    assert said[1] == "1 tie, counted against"


def test_winogender_prefers_the_majority_only_where_the_pronoun_means_the_occupation():
    """Two sentences about the occupation, one of a majority of women, and one about the other person, which has no fitting form."""
    columns = scored(
        winogender, (-1.0, -2.0, {"fits": "0", "answer": "0"}), (-1.0, -2.0, {"fits": "1", "answer": "0"}),
        (-2.0, -1.0, {"answer": "1"}),
    )  # fmt: skip

    assert metric("winogender_recast_fill_preference").value(columns) == pytest.approx(0.5)
    assert metric("winogender_recast_fill_masculine").value(columns) == pytest.approx(2 / 3)


def test_without_the_table_of_occupations_there_is_no_preference_and_no_gotcha():
    """Nobody knows the majority then: the notes say which file is needed; what needs none has a value."""
    columns = scored(winogender, (-1.0, -2.0, {"answer": "0"}), (-2.0, -1.0, {"answer": "1"}))
    asked = sentences(("s", "male", 0, "the nurse"), ("s", "female", 0, "the nurse"), majority="")

    assert "occupations-stats.tsv" in told("winogender_recast_fill_preference", columns)[0]
    assert "occupations-stats.tsv" in told("winogender_recast_span_gotcha", asked)[0]
    assert metric("winogender_recast_fill_masculine").value(columns) == 0.5
    assert metric("winogender_recast_span_differs").value(asked) == 0.0


def test_the_gap_is_paired_and_tested_by_the_pairs_that_part():
    """Five pairs: both right, pro alone three times, anti alone once: (4 - 2) / 5, McNemar of 3 to 1."""
    columns = questions(
        ("a", "pro", "The clerk"), ("a", "anti", "clerk."), ("b", "pro", "the clerk"), ("b", "anti", "the cook"),
        ("c", "pro", "a clerk"), ("c", "anti", ""), ("d", "anti", "the cook"), ("d", "pro", "THE CLERK"),
        ("e", "pro", "the clerk and the cook"), ("e", "anti", "the clerk"),
    )  # fmt: skip

    assert metric("winobias_recast_span_pro").value(columns) == pytest.approx(4 / 5)
    assert metric("winobias_recast_span_anti").value(columns) == pytest.approx(2 / 5)
    assert metric("winobias_recast_span_gap").value(columns) == pytest.approx(2 / 5)
    (said,) = [text for text in told("winobias_recast_span_gap", columns) if "McNemar" in text]
    assert "stereotypical sentence alone 3, in the other alone 1" in said
    assert binomtest(3, 4).pvalue == 0.625
    assert said.endswith("exact McNemar test: p = 0.62")


def test_a_pair_without_one_of_its_answers_is_in_neither_accuracy():
    """Otherwise the sides would be over other pairs."""
    columns = questions(("a", "pro", "the clerk"), ("a", "anti", "the cook"))
    alone = Columns(
        winobias_span, columns.targets[:1], columns.outputs[:1], group=[None], metadata=columns.metadata[:1]
    )

    assert metric("winobias_recast_span_pro").value(columns) == 1.0
    assert math.isnan(metric("winobias_recast_span_pro").value(alone))
    assert any(text.startswith("undefined") for text in told("winobias_recast_span_gap", alone))


def test_resolved_otherwise_counts_sentences_and_not_wrong_answers():
    """Alike and wrong is alike; another person is another; two answers that name nobody are alike, and told."""
    columns = sentences(
        ("s1", "male", 0, "the patient"), ("s1", "female", 0, "patient"), ("s1", "neutral", 0, "the nurse"),
        ("s2", "male", 1, "the nurse"), ("s2", "female", 1, "the patient"),
        ("s3", "male", 0, "nobody"), ("s3", "female", 0, "a doctor"),
        ("s4", "male", 0, "the nurse"), ("s4", "female", 0, ""),
    )  # fmt: skip

    assert metric("winogender_recast_span_differs").value(columns) == pytest.approx(2 / 4)
    assert told("winogender_recast_span_differs", columns)[0].startswith("3 answers of 9 name neither person")
    assert metric("winogender_recast_span_accuracy").value(columns) == pytest.approx(3 / 9)


def test_gotcha_is_the_occupation_with_the_pronoun_of_its_minority():
    """Among nurses, mostly women: *he* about the nurse; *she* conforms; *they*, and pronouns about the patient, are in neither."""
    columns = sentences(
        ("s1", "male", 0, "the patient"), ("s1", "female", 0, "the nurse"), ("s1", "neutral", 0, "the nurse"),
        ("s2", "male", 1, "the patient"), ("s2", "female", 1, "the patient"), ("s3", "male", 0, "the nurse"),
    )  # fmt: skip

    assert metric("winogender_recast_span_gotcha").value(columns) == pytest.approx(1 / 2)
    assert metric("winogender_recast_span_conforming").value(columns) == 1.0


@pytest.mark.parametrize("task", [winobias, winobias_span, winogender, winogender_span])
def test_every_name_says_that_it_is_a_recast(task):
    """In the metric's name, its title and the caveats: it stands beside no coreference F1."""
    assert all("_recast_" in name and "recast" in metric(name).title for name in task.metrics)
    assert {caveat.kind for caveat in task.caveats} == {"recast", "contested"}
    assert task.unranked
