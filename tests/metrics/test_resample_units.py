"""Two sides with other items in the same units are drawn together: an item and its variants."""

import numpy as np
import pytest

from benchwright import registry
from benchwright.errors import NotComparable
from benchwright.metrics.columns import Columns
from benchwright.metrics.resample_units import leave_each_unit_out, resample_units
from benchwright.types import ClassificationTask, Label, RegressionTask, Source

CARD = {
    "name": "toy",
    "splits": {"validation": Source(package="nowhere:x.jsonl")},
    "default_split": "validation",
    "inputs": {"text": ("text",)},
    "target": ("label",),
}
TASK = ClassificationTask(**CARD, labels=(Label(name="no", id=0), Label(name="yes", id=1)), metrics=("accuracy",))
NUMBERS = RegressionTask(**CARD, metrics=("pearson", "spearman"))


def sides(seed, units=40):
    """Items of some units, two to a unit, and one to three variants of each."""
    rng = np.random.default_rng(seed)
    names = [f"u{at // 2}" for at in range(2 * units)]
    clean = Columns(TASK, ["yes"] * len(names), rng.choice(["yes", "no"], len(names)).tolist(), clusters=names)
    many = [name for name in names for _ in range(rng.integers(1, 4))]
    return clean, Columns(TASK, ["yes"] * len(many), rng.choice(["yes", "no"], len(many)).tolist(), clusters=many)


@pytest.mark.parametrize("units", [40, 3000])
def test_identical_sides_have_identical_draws(units):
    """What is drawn for one side is drawn for the other, few units or many."""
    clean, _ = sides(0, units)
    accuracy = registry.get("metrics", "accuracy")
    draws = resample_units((clean, clean), [accuracy], resamples=300, seed=(1,))

    assert np.array_equal(draws[0], draws[1])
    assert draws[0, 0].std() > 0


def test_draws_have_the_spread_of_whole_units():
    """The standard deviation of the difference is that of units drawn in plain loops."""
    clean, many = sides(1, 60)
    accuracy = registry.get("metrics", "accuracy")
    draws = resample_units((clean, many), [accuracy], resamples=4000, seed=(2,))
    by_unit = {}
    for side, columns in enumerate((clean, many)):
        for cluster, output in zip(columns.clusters, columns.outputs, strict=True):
            by_unit.setdefault(cluster, ([], []))[side].append(output == "yes")
    units = list(by_unit.values())
    rng = np.random.default_rng(3)
    plain = []
    for _ in range(2000):
        chosen = [units[at] for at in rng.integers(0, len(units), len(units))]
        means = [np.mean([right for unit in chosen for right in unit[side]]) for side in (0, 1)]
        plain.append(means[1] - means[0])

    assert (draws[1, 0] - draws[0, 0]).std() == pytest.approx(np.std(plain), rel=0.06)


def test_each_unit_is_left_out_with_all_its_items():
    """The value without a unit is that over the items of the others."""
    clean, many = sides(4, 10)
    accuracy = registry.get("metrics", "accuracy")
    left = leave_each_unit_out((clean, many), [accuracy])
    for side, columns in enumerate((clean, many)):
        names = list(dict.fromkeys(columns.clusters))
        for at, name in enumerate(names):
            rest = [o == "yes" for o, c in zip(columns.outputs, columns.clusters, strict=True) if c != name]
            assert left[side, 0, at] == pytest.approx(np.mean(rest))


def test_rank_statistics_take_weights_of_items():
    """Spearman and Pearson together, over items with other gold answers on either side."""
    rng = np.random.default_rng(0)
    gold = rng.normal(size=50)
    names = [f"u{at}" for at in range(50)]
    clean = Columns(NUMBERS, gold.tolist(), (gold + rng.normal(size=50)).tolist(), clusters=names)
    twice = [name for name in names for _ in range(2)]
    many = Columns(NUMBERS, np.repeat(gold, 2).tolist(), np.repeat(clean.outputs, 2).tolist(), clusters=twice)
    metrics = [registry.get("metrics", name) for name in ("pearson", "spearman")]
    draws = resample_units((clean, many), metrics, resamples=100, seed=(5,))

    assert draws[0] == pytest.approx(draws[1], abs=1e-9)


def test_other_units_are_refused():
    """They would be drawn apart."""
    clean, _ = sides(0, 5)
    _, many = sides(0, 6)
    with pytest.raises(NotComparable, match="different units"):
        resample_units((clean, many), [registry.get("metrics", "accuracy")], resamples=10)
