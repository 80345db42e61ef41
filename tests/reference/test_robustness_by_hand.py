"""Robustness counted by hand and in plain loops: clean, perturbed, difference, self-consistency, worst case.

Formulas: an item stands among the clean ones as often as it has variants; mean over items of the share of variants answered as the original; mean over items of "original and all variants right".
"""

import random
from fractions import Fraction
from statistics import fmean, stdev

import pytest

from benchwright.robustness import join, measure
from benchwright.types import ClassificationTask, Label, Record, Source, View

TASK = ClassificationTask(
    name="toy",
    splits={"validation": Source(package="nowhere:x.jsonl")},
    default_split="validation",
    inputs={"text": ("text",)},
    target=("label",),
    labels=(Label(name="no", id=0), Label(name="yes", id=1)),
    metrics=("accuracy",),
)
VIEW = View(suite="robustness", perturbation="keyboard_typo")


def score(clean, view, **more):
    return measure(join(TASK, clean, view), VIEW, model="m", base="toy/toy", split="validation", **more)


def records(table):
    """(gold, answer to the original, answers to its variants) of each item -> records of both cells."""
    clean = [Record(id=f"toy/{n}", target=gold, output=answer) for n, (gold, answer, _) in enumerate(table)]
    view = [
        Record(id=f"toy/{n}#{draw}", target=gold, output=answer)
        for n, (gold, _, answers) in enumerate(table)
        for draw, answer in enumerate(answers)
    ]
    return clean, view


BY_HAND = [
    ("yes", "yes", ["yes", "yes"]),  # consistent 1, worst case 1
    ("yes", "yes", ["yes", "no"]),  # consistent 1/2, worst case 0
    ("no", "yes", ["no", "no"]),  # consistent 0, worst case 0: the original is wrong
    ("no", "no", ["no"]),  # consistent 1, worst case 1: one variant only
    ("no", "yes", ["yes", "yes"]),  # consistent 1 and wrong throughout
]


def test_five_items_counted_on_paper():
    """Originals as often as they have variants: 2 + 2 + 1 of 9 right, 6 of 9 variants; consistency (1 + 1/2 + 0 + 1 + 1) / 5; worst
    case 2 of 5.
    """
    found = score(*records(BY_HAND))

    assert found.clean.value == pytest.approx(5 / 9)
    assert found.perturbed.value == pytest.approx(6 / 9)
    assert found.difference.value == pytest.approx(6 / 9 - 5 / 9)
    assert found.consistency.value == pytest.approx(3.5 / 5)
    assert found.worst.value == pytest.approx(2 / 5)
    assert (found.n, found.variants, found.most) == (5, 9, 2)


def plain(table):
    """The same in plain loops over exact fractions."""
    n = len(table)
    originals = [(gold, said) for gold, said, answers in table for _ in answers]
    clean = Fraction(sum(gold == said for gold, said in originals), len(originals))
    variants = [(gold, answer) for gold, _, answers in table for answer in answers]
    perturbed = Fraction(sum(gold == answer for gold, answer in variants), len(variants))
    same = [Fraction(sum(a == said for a in answers), len(answers)) for _, said, answers in table]
    worst = Fraction(sum(all(a == gold for a in (said, *answers)) for gold, said, answers in table), n)
    return clean, perturbed, sum(same) / n, worst


def drawn(seed, n, draws):
    """Random answers of a model that is right four times in five, and changes its mind now and then."""
    rng = random.Random(seed)
    table = []
    for _ in range(n):
        gold = rng.choice(["yes", "no"])
        other = "no" if gold == "yes" else "yes"
        said = gold if rng.random() < 0.8 else other
        answers = [said if rng.random() < 0.85 else rng.choice([gold, other]) for _ in range(rng.randint(1, draws))]
        table.append((gold, said, answers))
    return table


@pytest.mark.parametrize("seed", range(20))
def test_random_answers_in_plain_loops(seed):
    """All four values, whatever the number of variants of an item."""
    table = drawn(seed, 60, 3)
    clean, perturbed, same, worst = plain(table)
    found = score(*records(table), resamples=200)

    assert found.clean.value == pytest.approx(float(clean), abs=1e-12)
    assert found.perturbed.value == pytest.approx(float(perturbed), abs=1e-12)
    assert found.consistency.value == pytest.approx(float(same), abs=1e-12)
    assert found.worst.value == pytest.approx(float(worst), abs=1e-12)


def test_the_paired_interval_is_that_of_resampled_items():
    """An item is drawn with its variants: a bootstrap in plain Python has the same standard error, hence the same interval."""
    table = drawn(3, 400, 3)
    found = score(*records(table))
    rng = random.Random(0)
    differences = []
    for _ in range(1500):
        clean, perturbed, _, _ = plain(rng.choices(table, k=len(table)))
        differences.append(float(perturbed - clean))

    half = (found.difference.high - found.difference.low) / 2
    assert half == pytest.approx(1.96 * stdev(differences), rel=0.08)
    assert fmean(differences) == pytest.approx(found.difference.value, abs=0.003)


def test_one_variant_of_independent_items_takes_the_exact_score_interval():
    """b = 2 gained, c = 7 lost of 50: Tango's interval, whose ends solve the score equation (checked in test_stats_oracles)."""
    from benchwright.stats.paired import tango

    table = [("yes", "no", ["yes"])] * 2 + [("yes", "yes", ["no"])] * 7 + [("no", "no", ["no"])] * 41
    found = score(*records(table))

    assert found.difference.value == pytest.approx(-5 / 50)
    assert found.difference.method == "tango"
    assert (found.difference.low, found.difference.high) == pytest.approx(tango(2, 7, 50), abs=1e-9)


def test_a_wider_interval_where_items_share_a_cluster():
    """Ten copies of every item are ten times fewer units: about root ten times as wide."""
    table = drawn(5, 60, 1)
    many = [row for row in table for _ in range(10)]
    clean, view = records(many)
    alone = score(clean, view)
    together = score(
        [Record(id=r.id, target=r.target, output=r.output, cluster=f"toy/{n // 10 * 10}") for n, r in enumerate(clean)],
        view,
    )

    width = alone.difference.high - alone.difference.low
    assert together.difference.value == pytest.approx(alone.difference.value)
    assert (together.difference.high - together.difference.low) / width == pytest.approx(10**0.5, rel=0.25)
    assert together.consistency.clusters == 60


def test_a_constant_model_is_consistent_and_says_so():
    """Self-consistency 100 with a loss of nothing; the alarm stands beside it."""
    table = [(gold, "yes", ["yes", "yes"]) for gold in ["yes", "no"] * 20]
    found = score(*records(table))

    assert found.consistency.value == 1.0
    assert found.worst.value == found.clean.value == 0.5
    assert [one.code for one in found.alarms if one.severity == "alarm"] == ["constant"]
