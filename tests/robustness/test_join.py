"""Records of a task and of a view of it are joined by the id of the item, and an item is kept whole or not at all."""

from benchwright.robustness import join, measure
from benchwright.types import View

LOOK = View(suite="robustness", perturbation="ocr", draws=2)


def test_items_without_a_variant_are_no_part_of_either_side(two_labels, item, variant):
    """The clean score is that of the items that were changed."""
    clean = [item(n, "yes", "yes") for n in range(3)]
    found = join(two_labels, clean, [variant(0, "yes", "no"), variant(2, "yes", "yes")])

    assert [record.id for record in found.originals] == ["toy/0", "toy/2"]
    assert [record.id for record in found.variants] == ["toy/0#0", "toy/2#0"]
    assert found.unanswered == 0


def test_an_item_with_an_unanswered_variant_is_left_out_whole(two_labels, item, variant):
    """Else the two scores would be about different items."""
    clean = [item(0, "yes", "yes"), item(1, "yes", None, error="broken"), item(2, "no", "no")]
    view = [
        variant(0, "yes", "yes", 0),
        variant(0, "yes", None, 1, error="broken"),
        variant(1, "yes", "yes", 0),
        variant(2, "no", "no", 0),
        variant(2, "no", "yes", 1),
    ]
    found = join(two_labels, clean, view)

    assert [record.id for record in found.originals] == ["toy/2"]
    assert [record.id for record in found.variants] == ["toy/2#0", "toy/2#1"]
    assert found.unanswered == 2


def test_variants_come_in_the_order_of_their_items_whatever_the_order_of_the_cell(two_labels, item, variant):
    """Positions of items and units stay parallel."""
    clean = [item(0, "yes", "yes"), item(1, "no", "no")]
    found = join(two_labels, clean, [variant(1, "no", "no"), variant(0, "yes", "no")])

    assert [record.id for record in found.variants] == ["toy/0#0", "toy/1#0"]
    assert found.item_of.tolist() == [0, 1]


def test_variants_share_the_unit_of_their_item(two_labels, item, variant):
    """Two items of one cluster and three variants are one unit on both sides."""
    clean = [item(0, "yes", "yes", cluster="toy/0"), item(1, "no", "no", cluster="toy/0"), item(2, "no", "no")]
    view = [variant(0, "yes", "yes"), variant(1, "no", "no", 0), variant(1, "no", "yes", 1), variant(2, "no", "no")]
    found = join(two_labels, clean, view)

    assert found.n_units == 2
    assert found.clean.cluster_codes.tolist() == [0, 0, 1]
    assert found.perturbed.cluster_codes.tolist() == [0, 0, 0, 1]


def test_groups_are_the_units_where_no_item_has_a_cluster(two_labels, item, variant):
    """As in the columns of the split."""
    clean = [item(0, "yes", "yes", group="q1"), item(1, "no", "no", group="q1"), item(2, "no", "no", group="q2")]
    view = [variant(n, "no", "no") for n in range(3)]
    found = join(two_labels, clean, view)

    assert found.clean.cluster_codes.tolist() == [0, 0, 1]
    assert found.perturbed.cluster_codes.tolist() == [0, 0, 1]


def test_only_some_items_may_be_asked_for(two_labels, item, variant):
    """To compare two models on the items that both answered."""
    clean = [item(n, "yes", "yes") for n in range(3)]
    view = [variant(n, "yes", "yes") for n in range(3)]

    assert [record.id for record in join(two_labels, clean, view, only={"toy/1"}).originals] == ["toy/1"]


def test_an_item_with_more_variants_weighs_as_much_on_both_sides(two_labels, item, variant):
    """Right on the item with two variants, wrong on that with one: 1/2 of items, 2/3 of variants, and yet nothing is won."""
    clean = [item(0, "yes", "yes"), item(1, "yes", "no")]
    view = [variant(0, "yes", "yes", 0), variant(0, "yes", "yes", 1), variant(1, "yes", "no")]
    found = measure(join(two_labels, clean, view), LOOK, model="m", base="toys/toy", split="validation")

    assert (found.n, found.variants) == (2, 3)
    assert found.clean.value == found.perturbed.value == 2 / 3
    assert found.difference.value == 0
    assert found.consistency.value == 1
    assert found.worst.value == 1 / 2


def test_items_with_equally_many_variants_count_once_on_the_clean_side(two_labels, item, variant):
    """Nothing has to be matched there."""
    clean = [item(0, "yes", "yes"), item(1, "yes", "no")]
    found = join(two_labels, clean, [variant(at, "yes", "yes", draw) for at in (0, 1) for draw in (0, 1)])

    assert found.matched is found.clean
    assert found.clean.n_clusters == 2
