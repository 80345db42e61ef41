"""What a system loses under a view, for metrics that are sums and for those that are not: weights stand for copies of items."""

import numpy as np
import pytest

from benchwright.comparison.pairing import pair_records
from benchwright.comparison.view_loss import estimate_extra_loss, join_view, loss_draws, loss_of
from benchwright.testing.patterns import pattern_task, records_of
from benchwright.types import Kind


def joined(kind, metric, n=40, seed=3):
    """Two systems on n items and two variants of each; the second half of the items comes in clusters of two."""
    rng = np.random.default_rng(seed)
    task = pattern_task("t", metric, kind=kind)
    if kind is Kind.REGRESS:
        gold = rng.normal(size=n)
        says = lambda spread: (np.repeat(gold, 2) + rng.normal(size=2 * n) * spread).tolist()  # noqa: E731
    else:
        gold = rng.choice(["no", "yes"], n)
        says = lambda spread: [  # noqa: E731
            one if rng.random() > spread else "maybe" for one in np.repeat(gold, 2)
        ]
    gold = gold.tolist()
    cluster = [f"c{at // 2}" if at >= n // 2 else None for at in range(n)]
    clean = [records_of(gold, says(spread)[::2], cluster=cluster) for spread in (0.1, 0.2)]
    twice = [one for one in gold for _ in range(2)]
    groups = [f"t/{at // 2}" for at in range(2 * n)]
    view = [
        records_of(
            twice, says(spread), task="v", group=groups, cluster=[cluster[at // 2] or groups[at] for at in range(2 * n)]
        )
        for spread in (0.4, 0.5)
    ]
    names = ("a", "b")
    cells = (None, None)
    return join_view(
        pair_records("s/t", task, names, cells, clean, resamples=400),
        pair_records("robustness/x@s/t", task, names, cells, view, resamples=400),
    )


@pytest.mark.parametrize(
    ("kind", "metric"), [(Kind.CLASSIFY, "macro_f1"), (Kind.CLASSIFY, "accuracy"), (Kind.REGRESS, "spearman")]
)
def test_draws_are_losses_of_resampled_items_with_their_variants(kind, metric):
    """The mean of draws is near the loss, and leaving a unit out is the loss of the others."""
    found = joined(kind, metric)
    assert (found.n, found.variants, found.n_units) == (40, 80, 30)
    draws = loss_draws(found, metric, (0, 1))
    losses = [loss_of(found, metric, system) for system in (0, 1)]
    assert draws.mean(axis=1) == pytest.approx(losses, abs=0.05)
    estimate = estimate_extra_loss(found, metric)
    assert estimate.value == pytest.approx(losses[1] - losses[0])
    kept = [at for at in range(40) if found.units[at] != 5]
    less = [at for at, item in enumerate(found.item_of) if found.units[item] != 5]
    from benchwright.comparison.slices import rows_of

    clean, view = rows_of(found.clean, kept), rows_of(found.view, less)
    by_hand = [clean.value(system, metric) - view.value(system, metric) for system in (0, 1)]
    assert estimate.without_one[5] == pytest.approx(by_hand[1] - by_hand[0])


def test_a_loss_is_positive_where_lower_values_are_better():
    """An error that grows is a loss."""
    found = joined(Kind.REGRESS, "mae")
    assert loss_of(found, "mae", 0) > 0


def test_an_item_of_which_a_variant_has_no_answer_is_left_out():
    """On both sides, and counted."""
    task = pattern_task()
    gold = ["no", "yes", "no"]
    clean = records_of(gold, gold)
    view = records_of(
        ["no", "no", "yes", "yes"], ["no", None, "no", "yes"], task="v", group=["t/0", "t/0", "t/1", "t/1"]
    )
    found = join_view(
        pair_records("s/t", task, ("a",), (None,), [clean]),
        pair_records("robustness/x@s/t", task, ("a",), (None,), [view]),
    )
    assert (found.n, found.variants, found.left_out) == (1, 2, 1)
    assert loss_of(found, "accuracy", 0) == 0.5


def test_a_system_that_answers_every_variant_as_its_item_loses_nothing():
    """Right on the item with two variants, wrong on those with one: more variants of one item are no gain."""
    task = pattern_task("t", "accuracy", kind=Kind.CLASSIFY)
    clean = [records_of(["yes"] * 3, says) for says in (["yes", "no", "no"], ["no", "no", "yes"])]
    view = [
        records_of(["yes"] * 4, [says[at] for at in (0, 0, 1, 2)], task="v", group=["t/0", "t/0", "t/1", "t/2"])
        for says in (["yes", "no", "no"], ["no", "no", "yes"])
    ]
    found = join_view(
        pair_records("s/t", task, ("a", "b"), (None, None), clean, resamples=200),
        pair_records("robustness/x@s/t", task, ("a", "b"), (None, None), view, resamples=200),
    )

    assert (found.n, found.variants) == (3, 4)
    assert [loss_of(found, "accuracy", system) for system in (0, 1)] == [0, 0]
    assert not loss_draws(found, "accuracy", (0, 1)).any()
    assert estimate_extra_loss(found, "accuracy").value == 0
