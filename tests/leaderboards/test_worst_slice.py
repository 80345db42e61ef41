"""The worst slice of an entry, after shrinkage."""

import pytest

from benchwright.metrics.gathering import gather
from benchwright.types import ClassificationTask, Label, Record
from benchwright_leaderboards.worst_slice import worst_slice

CARD = ClassificationTask(
    name="made",
    splits={},
    default_split="test",
    inputs={"text": ("text",)},
    target=("label",),
    labels=(Label(name="no", id=0), Label(name="yes", id=1)),
    metrics=("accuracy",),
    slices={"area": ("area",)},
)
SIZES = {"a": 100, "b": 100, "c": 100, "d": 100}


def answers(wrong):
    """Records of four areas of 100 items, of which `wrong` are answered wrongly."""
    return [
        Record(
            id=f"{area}{at}",
            target=("no", "yes")[at % 2],
            output=("no", "yes")[at % 2 if at >= wrong[area] else 1 - at % 2],
            slices={"area": area},
        )
        for area, n in SIZES.items()
        for at in range(n)
    ]


def worst(wrong):
    return worst_slice(gather(CARD, answers(wrong)).columns)


def shrunken_by_hand(wrong, area):
    """Paule and Mandel's spread found by halving, from shares and their binomial errors."""
    total, n = sum(wrong.values()), sum(SIZES.values())
    gaps, variances = {}, {}
    for name, size in SIZES.items():
        inside, outside = wrong[name] / size, (total - wrong[name]) / (n - size)
        gaps[name] = outside - inside
        variances[name] = inside * (1 - inside) / size + outside * (1 - outside) / (n - size)

    def excess(between):
        weights = {name: 1 / (between + variances[name]) for name in gaps}
        mean = sum(weights[name] * gaps[name] for name in gaps) / sum(weights.values())
        return sum(weights[name] * (gaps[name] - mean) ** 2 for name in gaps) - (len(gaps) - 1), mean

    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle)[0] > 0 else (low, middle)
    kept = low / (low + variances[area])
    return kept * gaps[area] + (1 - kept) * excess(low)[1]


def test_the_slice_that_falls_behind_is_found_and_its_gap_is_shrunken():
    wrong = {"a": 10, "b": 12, "c": 40, "d": 8}
    found = worst(wrong)
    assert (found.slice, found.n) == ("area=c", 100)
    assert found.gap == pytest.approx(shrunken_by_hand(wrong, "c"), abs=0.01)
    assert -0.30 < found.gap < -0.2  # the gap itself is -0.30


def test_slices_that_differ_by_chance_alone_have_no_worst():
    assert worst({"a": 10, "b": 12, "c": 13, "d": 9}) is None
