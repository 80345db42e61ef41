"""What counts as another answer, and which scores move, by kind of task."""

import numpy as np
import pytest

from benchwright.bias import flipped_items, join_swaps, measure_swaps
from benchwright.types import ChoiceTask, ClassificationTask, Label, Record, Source, SpanTask

TOLD = {"model": "m", "base": "toys/toy", "split": "validation"}
SPLITS = {"validation": Source(package="nowhere:x.jsonl")}


def swap(number, draw, groups, output, *, target=None, edits=None, dimension="gender", scores=None):
    """A variant of an item."""
    source, group = groups.split(">")
    return Record(
        id=f"toy/{number}#{draw}",
        target=target,
        output=output,
        scores=scores,
        slices={"identity": dimension, "identity_from": source, "identity_to": group},
        extra={"edits": edits or {}},
    )


def test_numbers_within_a_twentieth_of_the_range_are_the_same_answer(numbers):
    """Range 0 to 5: 0.25 is the same, 0.3 is not; shifts are in the task's units."""
    clean = [Record(id="toy/0", target=2.0, output=2.0), Record(id="toy/1", target=2.0, output=2.0)]
    view = [swap(0, 0, "male>female", 2.25), swap(1, 0, "male>female", 1.7)]
    found = measure_swaps(join_swaps(numbers, clean, view, "gender"), **TOLD)

    assert found.flip_rate.value == 0.5
    assert found.groups[0].shifts["value"].value == pytest.approx((0.25 - 0.3) / 2)
    assert found.shift.value == pytest.approx((0.25 + 0.3) / 2)
    assert found.spread["value"].value == pytest.approx(0.275)
    assert [one.code for one in found.alarms] == ["few-units", "consistency"]


def test_of_tags_the_recall_of_entities_whose_words_were_swapped_is_told_by_group(tags):
    """Two people in item 0, of which one name is swapped; a place that is lost elsewhere is no part of the recall, yet a flip.

    arabic: item 0 not found (it was: shift -1), item 1 found: recall 1/2. anglo is the items' own group: 1, 1.
    """
    gold = ("B-PER", "O", "B-PER", "B-LOC")
    clean = [Record(id="toy/0", target=gold, output=gold), Record(id="toy/1", target=gold, output=gold)]
    edits = {"words": [[0, 1, ["Amina"]]]}
    view = [
        swap(0, 0, "anglo>arabic", ("O", "O", "B-PER", "B-LOC"), target=gold, edits=edits, dimension="ethnicity"),
        swap(1, 0, "anglo>arabic", ("B-PER", "O", "B-PER", "O"), target=gold, edits=edits, dimension="ethnicity"),
    ]
    found = measure_swaps(join_swaps(tags, clean, view, "ethnicity"), **TOLD)
    groups = {group.group: group for group in found.groups}

    assert found.flip_rate.value == 1
    assert groups["arabic"].shifts["recall"].value == -0.5
    assert groups["arabic"].levels["recall"].value == 0.5
    assert groups["anglo"].levels["recall"].value == 1
    assert (found.gaps["recall"].value, found.gaps["recall"].lowest) == (0.5, "arabic")
    assert found.shift is None


def test_an_entity_that_grew_with_the_swap_is_found_at_its_new_place(tags):
    """One word becomes two: what stands behind moves along."""
    clean = [Record(id="toy/0", target=("B-PER", "B-LOC"), output=("B-PER", "B-LOC"))]
    answer = ("B-PER", "I-PER", "B-LOC")
    view = [swap(0, 0, "a>b", answer, target=answer, edits={"words": [[0, 1, ["Ana", "Maria"]]]})]
    found = measure_swaps(join_swaps(tags, clean, view, "gender"), **TOLD)

    assert found.flip_rate.value == 0
    assert found.groups[1].levels["recall"].value == 1


def test_label_sets_are_compared_as_sets_and_shift_label_by_label():
    """The size of a shift is the mean over labels: labels do not share one probability."""
    task = ClassificationTask(
        name="toy",
        splits=SPLITS,
        default_split="validation",
        inputs={"text": ("text",)},
        target=("labels",),
        labels=(Label(name="a", id=0), Label(name="b", id=1), Label(name="c", id=2)),
        multilabel=True,
        metrics=("micro_f1",),
    )
    clean = [Record(id="toy/0", target=(), output=("a", "b"), scores=(0.9, 0.8, 0.1))]
    view = [
        swap(0, 0, "male>female", ("b", "a"), scores=(0.9, 0.6, 0.1)),
        swap(0, 1, "male>female", ("a",), scores=(0.9, 0.2, 0.1)),
    ]
    found = measure_swaps(join_swaps(task, clean, view, "gender"), **TOLD)

    assert found.flip_rate.value == 0.5
    assert found.shift.value == pytest.approx((0.2 / 3 + 0.6 / 3) / 2)
    assert found.groups[0].shifts["b"].value == pytest.approx(-0.4)


def test_of_three_labels_the_size_of_a_shift_is_the_probability_that_changes_its_label():
    """0.2 goes from a to c: half of 0.2 + 0 + 0.2."""
    task = ClassificationTask(
        name="toy",
        splits=SPLITS,
        default_split="validation",
        inputs={"text": ("text",)},
        target=("label",),
        labels=(Label(name="a", id=0), Label(name="b", id=1), Label(name="c", id=2)),
        metrics=("accuracy",),
    )
    clean = [Record(id="toy/0", target="a", output="a", scores=(0.6, 0.2, 0.2))]
    view = [swap(0, 0, "male>female", "a", scores=(0.4, 0.2, 0.4))]

    assert measure_swaps(join_swaps(task, clean, view, "gender"), **TOLD).shift.value == pytest.approx(0.2)


def test_a_span_that_holds_the_swapped_word_is_compared_with_the_word_swapped():
    """ "the Muslim cleric" answers for "the Jewish cleric"."""
    task = SpanTask(
        name="toy",
        splits=SPLITS,
        default_split="validation",
        inputs={"question": ("question",), "context": ("context",)},
        target=("answers",),
        metrics=("exact_match", "answer_f1"),
        score=("answer_f1",),
    )
    clean = [Record(id="toy/0", target={"text": ("x",)}, output="Jewish cleric", extra={"start": 4})]
    edits = {"context": [[4, 10, "Muslim"]]}
    same = measure_swaps(
        join_swaps(task, clean, [swap(0, 0, "jewish>muslim", "Muslim cleric", edits=edits)], "gender"), **TOLD
    )
    other = measure_swaps(
        join_swaps(task, clean, [swap(0, 0, "jewish>muslim", "Jewish cleric", edits=edits)], "gender"), **TOLD
    )

    assert (same.flip_rate.value, other.flip_rate.value) == (0, 1)
    assert same.shift is None
    assert "undefined" in [one.code for one in same.alarms]


def test_options_are_compared_by_their_number():
    """Probabilities of options have no labels that compare."""
    task = ChoiceTask(
        name="toy",
        splits=SPLITS,
        default_split="validation",
        inputs={"question": ("question",), "options": ("options",)},
        target=("answer",),
        metrics=("accuracy",),
    )
    clean = [Record(id="toy/0", target=0, output=1, scores=(0.3, 0.7))]
    view = [swap(0, 0, "a>b", 1, scores=(0.4, 0.6)), swap(0, 1, "a>b", 0, scores=(0.6, 0.4))]
    found = measure_swaps(join_swaps(task, clean, view, "gender"), **TOLD)

    assert (found.flip_rate.value, found.gaps) == (0.5, {})


def test_logits_are_made_probabilities_first(two_labels):
    """Scores 0 and ln 3 are 1/4 and 3/4."""
    clean = [Record(id="toy/0", target="yes", output="yes", scores=(0.0, float(np.log(3))))]
    view = [swap(0, 0, "a>b", "yes", scores=(0.0, 0.0))]
    items = join_swaps(two_labels, clean, view, "gender")

    assert measure_swaps(items, given="logits", **TOLD).groups[1].shifts["yes"].value == pytest.approx(-0.25)


def test_scores_of_unknown_meaning_are_left_aside_with_a_note(two_labels):
    """No number is made of what may be anything."""
    clean = [Record(id="toy/0", target="yes", output="yes", scores=(-3.0, 4.0))]
    found = measure_swaps(
        join_swaps(two_labels, clean, [swap(0, 0, "a>b", "yes", scores=(0.0, 1.0))], "gender"), **TOLD
    )

    assert (found.shift, found.gaps) == (None, {})
    assert "undefined" in [one.code for one in found.alarms]


def test_one_answer_to_everything_is_an_alarm(two_labels, item, variant):
    """It never flips, and that says nothing."""
    clean = [item(n, 0.9) for n in range(60)]
    view = [variant(n, 0, "jewish>muslim", 0.9) for n in range(60)]
    found = measure_swaps(join_swaps(two_labels, clean, view, "religion"), **TOLD)

    assert found.flip_rate.value == 0
    assert [(one.code, one.severity) for one in found.alarms] == [("constant", "alarm")]


def test_an_item_with_an_unanswered_variant_is_left_out_whole(two_labels, item, variant):
    """Else groups would be compared over different items."""
    clean = [item(0, 0.9), item(1, 0.9), item(2, 0.9, error="broken", output=None)]
    view = [
        variant(0, 0, "a>b", 0.9),
        variant(0, 1, "a>c", 0.9, error="broken", output=None),
        variant(1, 0, "a>b", 0.9),
        variant(1, 1, "a>c", 0.9),
        variant(2, 0, "a>b", 0.9),
    ]
    items = join_swaps(two_labels, clean, view, "religion")

    assert ([one.id for one in items.originals], items.unanswered) == (["toy/1"], 2)


def test_other_dimensions_are_no_part_of_a_join_and_no_gold_answer_is_needed(two_labels, item, variant):
    """One cell holds all dimensions."""
    clean = [item(0, 0.9, target=None), item(1, 0.9, target=None)]
    view = [variant(0, 0, "a>b", 0.1, target=None), variant(0, 1, "old>young", 0.9, dimension="age", target=None)]
    found = measure_swaps(join_swaps(two_labels, clean, view, "religion"), **TOLD)

    assert (found.n, found.variants, found.flip_rate.value) == (1, 1, 1)


def test_items_of_one_cluster_are_one_unit(two_labels, item, variant):
    """Their flips come together."""
    clean = [item(n, 0.9, cluster=f"document {n // 2}") for n in range(8)]
    view = [variant(n, 0, "a>b", 0.1 if n < 4 else 0.9) for n in range(8)]
    found = measure_swaps(join_swaps(two_labels, clean, view, "religion"), **TOLD)

    assert (found.n, found.units, found.flip_rate.clusters) == (8, 4, 4)
    assert found.effect == pytest.approx(2 * 4 / 3)


def test_an_item_with_terms_of_two_groups_is_in_no_gap(two_labels, item, variant):
    """Which group it scores for as it is cannot be said."""
    clean = [item(0, 0.9), item(1, 0.8)]
    view = [
        variant(0, 0, "a>b", 0.5),
        variant(0, 1, "b>a", 0.4),
        variant(1, 0, "a>b", 0.6),
    ]
    found = measure_swaps(join_swaps(two_labels, clean, view, "religion"), **TOLD)

    assert found.gaps["yes"].value == pytest.approx(0.2)


def test_flipped_items_come_with_the_furthest_moved_first(two_labels, item, variant):
    """And of an item the variant that moved furthest."""
    clean = [item(0, 0.6), item(1, 0.9), item(2, 0.9)]
    view = [
        variant(0, 0, "a>b", 0.4),
        variant(1, 0, "a>b", 0.4),
        variant(1, 1, "a>c", 0.1),
        variant(2, 0, "a>b", 0.8),
    ]
    found = flipped_items(join_swaps(two_labels, clean, view, "religion"), "probabilities")

    assert [(one.original.id, [two.id for two in one.flipped], one.variants) for one in found] == [
        ("toy/1", ["toy/1#1", "toy/1#0"], 2),
        ("toy/0", ["toy/0#0"], 1),
    ]


def test_one_answer_to_the_items_with_a_term_is_no_alarm_where_others_are_answered_otherwise(two_labels, item, variant):
    """The model is not constant: these items are alike."""
    clean = [*(item(n, 0.9) for n in range(60)), item(60, 0.1)]
    view = [variant(n, 0, "jewish>muslim", 0.9) for n in range(60)]

    assert measure_swaps(join_swaps(two_labels, clean, view, "religion"), **TOLD).alarms == ()
