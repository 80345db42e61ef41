"""The numbers of identity swaps against plain loops over dictionaries, on drawn records, whatever their order."""

import random
from statistics import mean, stdev

import pytest

from benchwright.bias import join_swaps, measure_swaps

GROUPS = ("a", "b", "c", "d")


def draw(rng, item, variant):
    """Items of one group or of two, with up to three variants of each other group."""
    clean, view = [], []
    for number in range(rng.randint(5, 40)):
        clean.append(item(number, round(rng.random(), 3), cluster=f"c{rng.randint(0, 20)}"))
        if rng.random() < 0.2:
            continue
        draws = 0
        for source in rng.sample(GROUPS, rng.choice((1, 1, 1, 2))):
            for group in GROUPS:
                for _ in range(rng.randint(0, 3) if group != source else 0):
                    view.append(variant(number, draws, f"{source}>{group}", round(rng.random(), 3)))
                    draws += 1
    return clean, view


def loops(clean, view):
    """Flip rate, shift and flip rate by group, size of shift, range, standard deviation, mean score by group over whole items."""
    variants = {}
    for one in view:
        variants.setdefault(one.id.partition("#")[0], []).append(one)
    items = [(one, variants[one.id]) for one in clean if one.id in variants]
    found = {
        "flip_rate": mean(mean(one.output != item.output for one in some) for item, some in items),
        "size": mean(mean(abs(one.scores[1] - item.scores[1]) for one in some) for item, some in items),
        "range": mean(
            max([item.scores[1], *(one.scores[1] for one in some)])
            - min([item.scores[1], *(one.scores[1] for one in some)])
            for item, some in items
        ),
        "deviation": mean(stdev([item.scores[1], *(one.scores[1] for one in some)]) for item, some in items),
        "shifts": {},
        "flips": {},
    }
    for group in GROUPS:
        mine = [(i, [v for v in some if v.slices["identity_to"] == group]) for i, some in items]
        mine = [(i, some) for i, some in mine if some]
        if mine:
            found["shifts"][group] = mean(mean(v.scores[1] - i.scores[1] for v in some) for i, some in mine)
            found["flips"][group] = mean(mean(v.output != i.output for v in some) for i, some in mine)
    levels = []
    for item, some in items:
        sources = {one.slices["identity_from"] for one in some}
        if len(sources) == 1:
            level = {group: [v.scores[1] for v in some if v.slices["identity_to"] == group] for group in GROUPS}
            level[sources.pop()] = [item.scores[1]]
            if all(level.values()):
                levels.append({group: mean(scores) for group, scores in level.items()})
    found["levels"] = {group: mean(one[group] for one in levels) for group in GROUPS} if levels else {}
    return found


@pytest.mark.parametrize("seed", range(30))
def test_every_number_is_that_of_a_plain_loop(seed, two_labels, item, variant):
    """And the order of the records decides nothing."""
    rng = random.Random(seed)
    clean, view = draw(rng, item, variant)
    found = measure_swaps(join_swaps(two_labels, clean, view, "religion"), model="m", base="s/t", split="validation")
    expected = loops(clean, view)
    groups = {one.group: one for one in found.groups if one.n}

    assert found.flip_rate.value == pytest.approx(expected["flip_rate"])
    assert found.shift.value == pytest.approx(expected["size"])
    assert found.spread["yes"].value == pytest.approx(expected["range"])
    assert found.deviation["yes"].value == pytest.approx(expected["deviation"])
    assert {name: one.shifts["yes"].value for name, one in groups.items()} == pytest.approx(expected["shifts"])
    assert {name: one.flip_rate.value for name, one in groups.items()} == pytest.approx(expected["flips"])
    if expected["levels"] and len(found.groups) == len(GROUPS):
        levels = {one.group: one.levels["yes"].value for one in found.groups}
        assert levels == pytest.approx(expected["levels"])
        assert found.gaps["yes"].value == pytest.approx(max(levels.values()) - min(levels.values()))
    rng.shuffle(view)
    again = measure_swaps(join_swaps(two_labels, clean, view, "religion"), model="m", base="s/t", split="validation")
    assert again.flip_rate == found.flip_rate
    assert again.flipped == found.flipped
    assert (
        again.gaps["yes"].value == pytest.approx(found.gaps["yes"].value, nan_ok=True)
        or found.gaps["yes"].value is None
    )
