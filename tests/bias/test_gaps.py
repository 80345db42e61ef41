"""Gaps between groups of people: equal to fairlearn, scikit-learn and a double loop; by hand; and with cells that are empty."""

import itertools

import numpy as np
import pytest
from fairlearn.metrics import (
    MetricFrame,
    demographic_parity_difference,
    demographic_parity_ratio,
    equalized_odds_difference,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score, roc_auc_score

from benchwright.bias.areas import AREAS, area_of
from benchwright.bias.gaps import ModelOnTask, measure_gap, measure_ratio
from benchwright.bias.groups import group_items
from benchwright.errors import BenchwrightError
from benchwright.metrics.gathering import gather
from benchwright.types import ClassificationTask, Label, Record, Source

PLACE = ModelOnTask(model="m", suite="toys", task="toy", split="test")
SPLITS = {"test": Source(package="nowhere:x.jsonl")}


def card(*names, positive="yes", **more):
    fields = {
        "name": "toy",
        "splits": SPLITS,
        "default_split": "test",
        "inputs": {"text": ("text",)},
        "target": ("label",),
        "labels": tuple(Label(name=name, id=at) for at, name in enumerate(names or ("no", "yes"))),
        "positive": positive,
        "metrics": ("accuracy", "precision", "recall", "f1", "macro_f1", "roc_auc"),
        "score": ("accuracy",),
        "identities": ("gender",),
    }
    return ClassificationTask(**fields | more)


def records(gold, said, groups, scores=None, *, slice="gender", clusters=None):
    return [
        Record(
            id=f"toy/{at}",
            target=gold[at],
            output=said[at],
            scores=None if scores is None else scores[at],
            slices={slice: groups[at]} if groups[at] else {},
            cluster=None if clusters is None else clusters[at],
        )
        for at in range(len(gold))
    ]


def gaps(found, metric, task=None, **more):
    return measure_gap(gather(task or card(), found), PLACE, "gender", metric, **more)


@pytest.fixture
def drawn():
    """400 items of three groups of unequal size, with probabilities."""
    rng = np.random.default_rng(3)
    groups = rng.choice(["female", "male", "nonbinary"], 400, p=[0.5, 0.4, 0.1])
    gold = rng.random(400) < np.where(groups == "male", 0.5, 0.35)
    score = np.clip(0.25 + 0.4 * gold + 0.1 * (groups == "male") + rng.normal(0, 0.2, 400), 0.01, 0.99).round(2)
    names = np.array(["no", "yes"])
    said = names[(score > 0.5).astype(int)]
    scores = [(1 - one, one) for one in score.tolist()]
    return records(names[gold.astype(int)].tolist(), said.tolist(), groups.tolist(), scores)


def arrays(found):
    gold = np.array([record.target == "yes" for record in found]).astype(int)
    said = np.array([record.output == "yes" for record in found]).astype(int)
    return gold, said, np.array([record.slices["gender"] for record in found])


@pytest.mark.parametrize(
    ("metric", "oracle"),
    [
        ("selection_rate", selection_rate),
        ("true_positive_rate", true_positive_rate),
        ("false_positive_rate", false_positive_rate),
        ("accuracy", accuracy_score),
        ("precision", precision_score),
        ("recall", recall_score),
        ("f1", f1_score),
    ],
)
def test_values_gap_and_ratio_equal_fairlearns_metric_frame(drawn, metric, oracle):
    gold, said, groups = arrays(drawn)
    frame = MetricFrame(metrics=oracle, y_true=gold, y_pred=said, sensitive_features=groups)
    found = gaps(drawn, metric)
    assert {value.group: value.score.value for value in found.groups} == pytest.approx(frame.by_group.to_dict())
    assert found.gap.value == pytest.approx(frame.difference())
    assert found.ratio.value == pytest.approx(frame.ratio())
    assert found.gap.highest == frame.by_group.idxmax()
    assert found.gap.lowest == frame.by_group.idxmin()
    assert 0 <= found.gap.low <= found.gap.value <= found.gap.high <= 1
    assert found.ratio.low <= found.ratio.value <= found.ratio.high


def test_demographic_parity_and_equalised_odds_equal_fairlearns(drawn):
    gold, said, groups = arrays(drawn)
    told = {"y_true": gold, "y_pred": said, "sensitive_features": groups}
    assert gaps(drawn, "selection_rate").gap.value == pytest.approx(demographic_parity_difference(**told))
    assert gaps(drawn, "selection_rate").ratio.value == pytest.approx(demographic_parity_ratio(**told))
    assert gaps(drawn, "equalized_odds").gap.value == pytest.approx(equalized_odds_difference(**told))


def test_equalised_odds_are_within_if_both_rates_are_and_the_lower_bound_is_corrected_for_two(drawn):
    tpr, fpr = gaps(drawn, "true_positive_rate"), gaps(drawn, "false_positive_rate")
    odds = gaps(drawn, "equalized_odds", limit=0.5)
    assert odds.gap.high == pytest.approx(max(tpr.gap.high, fpr.gap.high))
    assert odds.gap.low <= max(tpr.gap.low, fpr.gap.low)
    assert odds.gap.verdict == ("within" if max(tpr.gap.high, fpr.gap.high) <= 0.5 else "cannot tell")
    assert any(one.code == "odds" for one in odds.alarms)


def test_rates_of_labels_against_the_rest_equal_fairlearns():
    rng = np.random.default_rng(5)
    names = np.array(["a", "b", "c"])
    gold, said = names[rng.integers(0, 3, 200)], names[rng.integers(0, 3, 200)]
    groups = rng.choice(["x", "y"], 200)
    task = card("a", "b", "c", positive=None, metrics=("accuracy",))
    found = records(gold.tolist(), said.tolist(), groups.tolist())
    for label in names:
        for metric, oracle in (
            ("true_positive_rate", true_positive_rate),
            ("false_positive_rate", false_positive_rate),
        ):
            frame = MetricFrame(
                metrics=oracle,
                y_true=(gold == label).astype(int),
                y_pred=(said == label).astype(int),
                sensitive_features=groups,
            )
            row = gaps(found, metric, task, label=str(label))
            assert row.gap.value == pytest.approx(frame.difference())
            assert row.label == label


def test_by_hand_the_gap_of_true_positive_rates():
    # female: gold yes 4, of which 3 said yes = 0.75; male: gold yes 2, of which 1 = 0.50; gap 0.25, ratio 2/3
    gold = ["yes"] * 4 + ["no"] * 2 + ["yes"] * 2 + ["no"] * 3
    said = ["yes"] * 3 + ["no"] * 3 + ["yes", "no"] + ["yes", "no", "no"]
    found = records(gold, said, ["female"] * 6 + ["male"] * 5)
    row = gaps(found, "true_positive_rate", limit=0.1)
    assert row.gap.value == pytest.approx(0.25)
    assert row.ratio.value == pytest.approx(2 / 3)
    assert [(value.group, value.n, value.used) for value in row.groups] == [("female", 6, 4), ("male", 5, 2)]
    assert row.gap.verdict == "cannot tell"
    assert row.gap.needed > 11
    # false positives: female 0 of 2, male 1 of 3
    assert gaps(found, "false_positive_rate").gap.value == pytest.approx(1 / 3)
    # selection: female 3 of 6, male 2 of 5
    assert gaps(found, "selection_rate").gap.value == pytest.approx(0.1)


def test_an_empty_cell_gives_no_value_and_a_note():
    gold = ["yes", "no", "yes", "no", "no", "no"]
    said = ["yes", "no", "no", "no", "yes", "no"]
    scores = [(0.2, 0.8), (0.7, 0.3), (0.6, 0.4), (0.9, 0.1), (0.3, 0.7), (0.8, 0.2)]
    found = records(gold, said, ["a", "a", "b", "b", "c", "c"], scores)
    row = gaps(found, "true_positive_rate")
    assert [value.score.value for value in row.groups] == [1.0, 0.0, None]
    assert "c has no item whose gold label is yes: no value of true_positive_rate" in [
        one.sentence for one in row.alarms
    ]
    area = gaps(found, "subgroup_auc")
    assert [value.score.value for value in area.groups] == [1.0, 1.0, None]
    assert "c has no value of subgroup_auc: no positives in the group" in [one.sentence for one in area.alarms]
    alone = gaps(found[4:], "true_positive_rate")
    assert (alone.gap.value, alone.gap.verdict) == (None, "cannot tell")


def by_double_loop(metric, scores, gold, inside):
    sorts = {
        "subgroup_auc": ((1, 1), (1, 0)),
        "bpsn_auc": ((0, 1), (1, 0)),
        "bnsp_auc": ((1, 1), (0, 0)),
        "positive_aeg": ((1, 1), (0, 1)),
        "negative_aeg": ((1, 0), (0, 0)),
    }
    (group, sort), (other, opposite) = sorts[metric]
    wins = pairs = 0
    for i, j in itertools.product(range(len(scores)), repeat=2):
        if (inside[i], gold[i]) == (group, sort) and (inside[j], gold[j]) == (other, opposite):
            pairs += 1
            wins += 1 if scores[i] > scores[j] else 0.5 if scores[i] == scores[j] else 0
    return None if not pairs else wins / pairs - (0.5 if metric.endswith("aeg") else 0)


@pytest.mark.parametrize("metric", AREAS)
def test_areas_equal_a_double_loop_and_scikit_learn(drawn, metric):
    gold, _, groups = arrays(drawn)
    scores = np.array([record.scores[1] for record in drawn])
    row = gaps(drawn, metric)
    for value in row.groups:
        inside = groups == value.group
        assert value.score.value == pytest.approx(by_double_loop(metric, scores, gold, inside.astype(int)))
        assert value.score.low <= value.score.value <= value.score.high
        if metric == "subgroup_auc":
            assert value.score.value == pytest.approx(roc_auc_score(gold[inside], scores[inside]))
        if metric == "bpsn_auc":
            kept = inside ^ (gold == 1)  # positives outside, negatives inside
            assert value.score.value == pytest.approx(roc_auc_score(gold[kept], scores[kept]))
        if metric == "bnsp_auc":
            kept = inside ^ (gold == 0)
            assert value.score.value == pytest.approx(roc_auc_score(gold[kept], scores[kept]))


def test_the_error_of_an_area_is_delongs(drawn):
    gold, _, _ = arrays(drawn)
    scores = np.array([record.scores[1] for record in drawn])
    inside = np.ones(gold.size, dtype=bool)
    found = area_of("subgroup_auc", scores, gold == 1, inside)
    # DeLong 1988: S10 / m + S01 / n of the placements, computed pair by pair
    up, down = scores[gold == 1], scores[gold == 0]
    wins = (up[:, None] > down[None]) + 0.5 * (up[:, None] == down[None])
    variance = wins.mean(axis=1).var() / up.size + wins.mean(axis=0).var() / down.size
    assert found.influence @ found.influence == pytest.approx(variance)


def test_no_rate_is_called_the_larger_where_one_has_no_gap():
    """Every item of one group is right as ``yes``, every one of the other as ``no``."""
    row = gaps(records(["yes", "yes", "no", "no"], ["yes"] * 4, ["a", "a", "b", "b"]), "equalized_odds")

    assert row.gap.value is None
    told = [one.sentence for one in row.alarms if one.code == "odds"]
    assert told == ["equalised odds of gender: values are those of true_positive_rate"]


def test_equal_gaps_of_both_rates_are_not_called_larger():
    """A model that always says yes: both rates are 1 in both groups, and neither gap is the larger one."""
    row = gaps(records(["yes", "no"] * 4, ["yes"] * 8, ["a"] * 4 + ["b"] * 4), "equalized_odds")

    told = [one.sentence for one in row.alarms if one.code == "odds"]
    assert told == ["equalised odds of gender: values are those of true_positive_rate"]


def test_an_item_may_belong_to_several_groups():
    task = card(slice_separator=";")
    gold, said = ["yes", "yes", "no", "yes"], ["yes", "no", "no", "yes"]
    found = records(gold, said, ["muslim;female", "muslim", "female", "jewish"])
    row = gaps(found, "accuracy", task)
    # muslim: items 0, 1 -> 1/2; female: 0, 2 -> 2/2; jewish: 3 -> 1/1
    assert {value.group: (value.n, value.score.value) for value in row.groups} == {
        "female": (2, 1.0),
        "jewish": (1, 1.0),
        "muslim": (2, 0.5),
    }
    assert any("in common" in one.sentence for one in row.alarms)
    assert row.gap.high > row.gap.value


def test_columns_of_members_are_groups_of_their_own():
    task = card(identities=("male", "female"), membership=0.5)
    slices = [{"male": "yes", "female": "no"}, {"male": "yes", "female": "yes"}, {"male": "no"}, {"female": "yes"}]
    found = [
        Record(id=f"toy/{at}", target="yes", output="yes" if at != 1 else "no", slices=slice)
        for at, slice in enumerate(slices)
    ]
    groups = group_items(gather(task, found).columns, "identities")
    assert {name: inside.tolist() for name, inside in groups.members.items()} == {
        "female": [False, True, False, True],
        "male": [True, True, False, False],
    }
    assert (groups.outside, groups.are_apart) == (1, False)
    row = measure_gap(gather(task, found), PLACE, "identities", "true_positive_rate")
    assert row.gap.value == 0.0  # 1 of 2 in both
    assert any(one.sentence == "1 example in no group of identities" for one in row.alarms)


def test_clusters_across_groups_are_resampled_together():
    rng = np.random.default_rng(0)
    luck = np.repeat(rng.random(150), 2)  # a template in both groups, answered alike
    said = np.where(luck < 0.7, "yes", "no").tolist()
    found = records(["yes"] * 300, said, ["a", "b"] * 150, clusters=[f"t{at // 2}" for at in range(300)])
    paired = gaps(found, "accuracy", limit=0.05)
    alone = gaps(records(["yes"] * 300, said, ["a", "b"] * 150), "accuracy", limit=0.05)
    assert paired.gap.value == alone.gap.value == 0
    # nothing differs within a template: the bound is that of differences not seen, not that of 150 and 150 independent items
    assert paired.gap.high < 0.03 < alone.gap.high


@pytest.mark.parametrize("metric", ["macro_f1", "f1", "roc_auc"])
def test_any_metric_has_a_gap_in_groups_apart_and_in_groups_that_share_items(drawn, metric):
    apart = gaps(drawn, metric)
    assert apart.gap.low <= apart.gap.value <= apart.gap.high
    task = card(slice_separator=";")
    mixed = [
        Record(**{**{f: getattr(r, f) for f in r.__struct_fields__}, "slices": {"gender": f"{r.slices['gender']};all"}})
        for r in drawn
    ]
    together = measure_gap(gather(task, mixed), PLACE, "gender", metric)
    assert together.gap.low <= together.gap.value <= together.gap.high
    values = {value.group: value.score.value for value in together.groups}
    assert {name: value for name, value in values.items() if name != "all"} == pytest.approx(
        {value.group: value.score.value for value in apart.groups}
    )


def test_the_ratio_is_judged_by_the_four_fifths_rule(drawn):
    found = gather(card(), drawn)
    ratio = measure_ratio(found, "gender", "selection_rate", limit=0.8)
    assert ratio.verdict in {"exceeds", "cannot tell"}
    assert ratio.value == pytest.approx(gaps(drawn, "selection_rate").ratio.value)
    with pytest.raises(BenchwrightError, match="equalized_odds has no value of a group"):
        measure_ratio(found, "gender", "equalized_odds", limit=0.8)


def test_what_cannot_be_compared_is_refused_with_what_can(drawn):
    with pytest.raises(BenchwrightError, match="toy has no slice 'religion'"):
        measure_gap(gather(card(), drawn), PLACE, "religion", "accuracy")
    with pytest.raises(BenchwrightError, match="'maybe' is no label of toy"):
        gaps(drawn, "selection_rate", label="maybe")
    with pytest.raises(BenchwrightError, match="pearson is no metric for toy"):
        gaps(drawn, "pearson")
    with pytest.raises(BenchwrightError, match="label=yes with accuracy"):
        gaps(drawn, "accuracy", label="yes")
    without = [Record(id=r.id, target=r.target, output=r.output, slices=r.slices) for r in drawn]
    with pytest.raises(BenchwrightError, match="bpsn_auc needs a score for each label"):
        gaps(without, "bpsn_auc")
    many = card("a", "b", "c", positive=None)
    with pytest.raises(BenchwrightError, match="which label of toy is meant"):
        gaps(records(["a", "b"], ["a", "c"], ["x", "y"]), "selection_rate", many)


def test_unanswered_items_are_left_out_and_told():
    found = records(["yes"] * 4, ["yes"] * 4, ["a", "a", "b", "b"])
    found.append(Record(id="toy/9", target="yes", error="too long", slices={"gender": "b"}))
    row = gaps(found, "accuracy")
    assert [value.n for value in row.groups] == [2, 2]
    assert "1 example without an answer left out of the groups" in [one.sentence for one in row.alarms]


ITEMS = st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.sampled_from("abc")), min_size=4, max_size=30)


@settings(max_examples=40, deadline=None)
@given(ITEMS)
def test_areas_ask_for_the_order_of_scores_alone_and_duplicates_change_no_value(items):
    gold = np.array([one for one, _, _ in items])
    scores = np.array([score / 20 for _, score, _ in items])
    inside = np.array([group == "a" for _, _, group in items])
    for metric in AREAS:
        one = area_of(metric, scores, gold, inside)
        assert one.value == pytest.approx(by_double_loop(metric, scores, gold.astype(int), inside.astype(int)))
        assert area_of(metric, np.exp(3 * scores), gold, inside).value == one.value
        twice = area_of(metric, np.r_[scores, scores], np.r_[gold, gold], np.r_[inside, inside])
        assert twice.value == (None if one.value is None else pytest.approx(one.value))
        assert one.influence.sum() == pytest.approx(0, abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(ITEMS, st.permutations(["a", "b", "c"]))
def test_new_names_of_groups_change_names_alone_and_duplicates_no_value(items, names):
    gold = ["yes" if one else "no" for one, _, _ in items]
    said = ["yes" if score > 10 else "no" for _, score, _ in items]
    groups = [group for _, _, group in items]
    other = dict(zip("abc", names, strict=True))
    for metric in ("accuracy", "true_positive_rate"):
        one = gaps(records(gold, said, groups), metric)
        renamed = gaps(records(gold, said, [other[group] for group in groups]), metric)
        assert (one.gap.value, one.gap.low, one.gap.high) == (renamed.gap.value, renamed.gap.low, renamed.gap.high)
        twice = gaps(records(gold * 2, said * 2, groups * 2), metric)
        assert twice.gap.value == (None if one.gap.value is None else pytest.approx(one.gap.value))
