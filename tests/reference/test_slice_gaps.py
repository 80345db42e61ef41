"""Slices against other programs and plain loops: score tests of two shares, Newcombe's interval, leave-one-out, false discoveries."""

import numpy as np
import pytest

from benchwright.comparison.slice_gaps import gaps_between, gaps_of_labels, gaps_within, labels_between
from benchwright.metrics.gathering import gather
from benchwright.stats.difference import two_sided
from benchwright.stats.intervals import Share
from benchwright.stats.multiplicity import benjamini_hochberg
from benchwright.stats.slice_gap import QuadratureGap, ShareGap, ShareSide
from benchwright.testing.fixtures import build_task
from benchwright.types import Kind, Label, Record

COUNTS = ((10, 60, 900, 3000), (55, 60, 2400, 3000), (0, 40, 100, 1000), (40, 40, 950, 1000), (300, 900, 1500, 4000))
LABELS = ("a", "b", "c")


def card(**changes):
    """A task of three labels."""
    fields = {
        "kind": Kind.CLASSIFY,
        "labels": tuple(Label(name=name, id=at) for at, name in enumerate(LABELS)),
        "metrics": ("accuracy", "macro_f1"),
        "slices": {"kind": "kind"},
    }
    return build_task(**(fields | changes))


def answered(seed, n, skill, *, clusters=0, hard=0.0):
    """Records of a model; those of the slice kind=x are harder by ``hard``."""
    dice = np.random.default_rng(seed)
    found = []
    for row in range(n):
        kind = "xyz"[row % 3]
        right = dice.random() < skill - hard * (kind == "x")
        gold = LABELS[dice.integers(3)]
        output = gold if right else dice.choice([name for name in LABELS if name != gold])
        cluster = f"c{row // clusters}" if clusters else None
        found.append(Record(id=str(row), target=gold, output=str(output), slices={"kind": kind}, cluster=cluster))
    return found


def masks_of(records):
    """Which records are of each kind."""
    return {f"kind={name}": np.array([one.slices["kind"] == name for one in records]) for name in "xyz"}


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")  # of odds that nobody asks statsmodels for
@pytest.mark.parametrize(("hits", "n", "others", "m"), COUNTS)
def test_a_share_against_the_rest_agrees_with_statsmodels(hits, n, others, m):
    """p is that of the score test of two independent shares (statsmodels), never more than a third larger or smaller by a tenth."""
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    found = two_sided(ShareGap(hits=hits, trials=n, other_hits=others, other_trials=m))
    expected = proportion.test_proportions_2indep(hits, n, others, m, method="score").pvalue

    assert 0.95 * expected <= found <= 1.4 * expected


@pytest.mark.parametrize(("hits", "n", "others", "m"), COUNTS)
def test_bounds_in_quadrature_are_newcombes(hits, n, others, m):
    """Of shares of independent items they are Newcombe's hybrid score interval, as statsmodels computes it."""
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    sides = [
        ShareSide(share=Share(hits=one, trials=total, units=total, se=0.0, together=False))
        for one, total in ((hits, n), (others, m))
    ]
    gap = QuadratureGap(slice=sides[0], rest=sides[1])
    low, high = proportion.confint_proportions_2indep(hits, n, others, m, method="newcomb", compare="diff")

    assert gap.bound(0.025, "lower") == pytest.approx(low, abs=1e-9)
    assert gap.bound(0.025, "upper") == pytest.approx(high, abs=1e-9)


@pytest.mark.parametrize(("hits", "n", "others", "m"), COUNTS)
def test_an_end_of_the_interval_touches_zero_at_p(hits, n, others, m):
    """Interval and p come from one estimator."""
    shares = ShareGap(hits=hits, trials=n, other_hits=others, other_trials=m)
    sides = [
        ShareSide(share=Share(hits=x, trials=t, units=t, se=0.0, together=False)) for x, t in ((hits, n), (others, m))
    ]
    for gap in (shares, QuadratureGap(slice=sides[0], rest=sides[1])):
        p = two_sided(gap)
        side = "upper" if gap.value < 0 else "lower"
        assert gap.bound(p / 2, side) == pytest.approx(0, abs=1e-6)


def test_accuracy_of_a_slice_and_of_the_rest_are_counted_by_hand():
    """Values are plain shares, and a slice is held against the items outside of it."""
    records = answered(1, 300, 0.8, hard=0.3)
    found = {
        one.slice: one
        for one in gaps_within(gather(card(score=("accuracy",)), records).columns, masks_of(records), minimum=30)
    }
    for name, mask in masks_of(records).items():
        right = np.array([one.output == one.target for one in records])
        assert found[name].value == pytest.approx(right[mask].mean())
        assert found[name].other == pytest.approx(right[~mask].mean())
        assert found[name].n == mask.sum()
    assert two_sided(found["kind=x"].estimate) < 0.01


@pytest.mark.parametrize("clusters", [0, 5])
def test_macro_f1_of_a_slice_is_leave_one_out_with_sklearn(clusters):
    """The standard error is that of a plain jackknife over units, with scikit-learn's macro F1, a cluster left out as a whole."""
    f1_score = pytest.importorskip("sklearn.metrics").f1_score
    records = answered(2, 150, 0.7, clusters=clusters)
    inside = masks_of(records)["kind=x"]
    columns = gather(card(score=("macro_f1",)), records).columns
    found = next(iter(gaps_within(columns, {"kind=x": inside}, minimum=30)))
    gold, said = (np.array([getattr(one, part) for one in records]) for part in ("target", "output"))
    units = np.arange(150) // (clusters or 1)

    def gap(kept):
        return f1_score(gold[kept & inside], said[kept & inside], average="macro") - f1_score(
            gold[kept & ~inside], said[kept & ~inside], average="macro"
        )

    whole = gap(np.ones(150, dtype=bool))
    without = np.array([gap(units != unit) for unit in np.unique(units)])
    count = len(without)
    pulls = whole - without
    assert found.value - found.other == pytest.approx(whole)
    assert found.estimate.se == pytest.approx(np.sqrt((count - 1) / count * ((pulls - pulls.mean()) ** 2).sum()))


def test_two_models_on_a_slice_are_paired():
    """Of accuracy: McNemar's discordant counts among the slice's items, counted by hand."""
    one, other = answered(3, 240, 0.7), answered(4, 240, 0.7)
    golds = [record.target for record in one]
    other = [
        Record(id=str(at), target=gold, output=gold if at % 4 else "b", slices=one[at].slices)
        for at, gold in enumerate(golds)
    ]
    task = card(score=("accuracy",))
    columns = tuple(gather(task, records).columns for records in (one, other))
    mask = masks_of(one)["kind=y"]
    found = next(iter(gaps_between(columns, {"kind=y": mask}, minimum=30)))
    right = [np.array([record.output == record.target for record in records]) for records in (one, other)]

    assert found.estimate.b == (right[1] & ~right[0])[mask].sum()
    assert found.estimate.c == (right[0] & ~right[1])[mask].sum()
    assert found.estimate.n == mask.sum()


def test_a_label_is_held_against_the_counts_of_all_others():
    """F1 of one label, and of the other labels together, from counts by hand; two models differ by F1 of the label."""
    records = answered(5, 200, 0.7)
    task = card(score=("macro_f1",), by_label=("f1",), slices={})
    columns = gather(task, records).columns
    found = {one.slice: one for one in gaps_of_labels(columns, minimum=10)}

    def f1(labels):
        hits = sum(one.target == one.output and one.target in labels for one in records)
        return 2 * hits / sum((one.target in labels) + (one.output in labels) for one in records)

    for label in LABELS:
        rest = [name for name in LABELS if name != label]
        assert found[f"label={label}"].value == pytest.approx(f1([label]))
        assert found[f"label={label}"].other == pytest.approx(f1(rest))
    second = gather(task, answered(5, 200, 0.95)).columns
    apart = {one.slice: one for one in labels_between((columns, second), minimum=10)}
    assert apart["label=a"].other == pytest.approx(f1(["a"]))


def test_no_hits_in_a_slice_are_no_certainty():
    """0 of 40 against 12 of 100: the interval allows for hits that were not seen, as Wilson's bound of 0 of 40 does."""
    gap = ShareGap(hits=0, trials=40, other_hits=120, other_trials=1000)
    side = ShareSide(share=Share(hits=0, trials=40, units=40, se=0.0, together=False))
    rest = ShareSide(share=Share(hits=120, trials=1000, units=1000, se=0.0, together=False))

    assert 0.005 < two_sided(gap) < 0.06
    assert 0.005 < two_sided(QuadratureGap(slice=side, rest=rest)) < 0.06


@pytest.mark.parametrize("score", ["accuracy", "macro_f1"])
def test_where_nothing_differs_few_families_have_a_discovery(score):
    """With equal slices at most about one family in ten has any after Benjamini and Hochberg at 10 %."""
    families, rejected = 60, 0
    for seed in range(families):
        p = []
        for model in range(3):
            records = answered(1000 * seed + model, 150, 0.75)
            columns = gather(card(score=(score,)), records).columns
            p += [two_sided(one.estimate) for one in gaps_within(columns, masks_of(records), minimum=30)]
        rejected += bool((benjamini_hochberg(p) <= 0.1).any())

    assert rejected / families <= 0.2  # 0.1 plus two and a half standard errors of 60 families
