"""The budget of figures: by priority, each subject once before any has two, and nothing is drawn in vain."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from benchwright.render.figure_budget import MOST_FIGURES, ORDER, Sketch, draw_within


@pytest.fixture
def drawn():
    """Names that were drawn, in the order in which they were."""
    return []


@pytest.fixture
def sketch(drawn):
    def make(subject, name, empty=False):
        def draw():
            drawn.append(name)
            return None if empty else Markup("<svg/>")

        return Sketch(subject=subject, name=name, draw=draw)

    return make


def test_no_more_than_eight_are_drawn(sketch, drawn):
    """The others cost no time."""
    found = draw_within([sketch("distribution", str(at)) for at in range(20)])

    assert len(found) == MOST_FIGURES == 8
    assert drawn == [str(at) for at in range(8)]


def test_each_subject_has_one_before_any_has_two(sketch, drawn):
    """A page with many histograms still has its trade-offs."""
    many = [sketch("distribution", f"t{at}") for at in range(10)]
    found = draw_within(
        [*many, sketch("gaps", "g"), sketch("trade-offs", "o"), sketch("latency", "l1"), sketch("latency", "l2")]
    )

    assert drawn == ["o", "l1", "t0", "g", "l2", "t1", "t2", "t3"]
    assert set(found) == set(drawn)


def test_what_has_nothing_to_draw_leaves_its_place_to_the_next(sketch):
    found = draw_within([sketch("latency", "none", empty=True), *(sketch("gaps", str(at)) for at in range(9))])

    assert "none" not in found
    assert len(found) == 8


def test_every_subject_has_a_place_in_the_order():
    assert len(ORDER) == len(set(ORDER))
