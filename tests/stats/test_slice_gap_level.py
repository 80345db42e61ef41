"""The level of a gap of two shares is that of plain halvings, found with fewer bounds."""

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchwright.stats import slice_gap
from benchwright.stats.intervals import Share
from benchwright.stats.slice_gap import QuadratureGap, ShareSide

LINKS = (None, lambda share: 2 * share / (1 + share), lambda share: share / (2 - share))


def halved(gap):
    """The logarithm of the level halved 34 times."""
    sign = -1 if gap.value > 0 else 1
    low, high = -15.0, math.log10(0.49)
    for _ in range(34):
        middle = (low + high) / 2
        mine = gap.slice.end(10.0**middle, sign) - gap.slice.value
        other = gap.rest.value - gap.rest.end(10.0**middle, -sign)
        low, high = (low, middle) if math.hypot(mine, other) < abs(gap.value) else (middle, high)
    return 10.0**high


@st.composite
def sides(draw):
    trials = draw(st.integers(2, 3_000))
    share = Share(
        hits=float(draw(st.integers(0, trials))),
        trials=float(trials),
        units=draw(st.integers(2, trials)),
        se=draw(st.floats(0, 0.2)),
        together=draw(st.booleans()),
    )
    return ShareSide(share=share, link=draw(st.sampled_from(LINKS)))


@settings(deadline=None)
@given(one=sides(), other=sides())
@example(
    one=ShareSide(share=Share(hits=3_000, trials=3_000, units=3_000, se=0, together=False)),
    other=ShareSide(share=Share(hits=0, trials=3_000, units=3_000, se=0, together=False)),
)
@example(
    one=ShareSide(share=Share(hits=501, trials=1_000, units=1_000, se=0.016, together=False)),
    other=ShareSide(share=Share(hits=500, trials=1_000, units=1_000, se=0.016, together=False)),
)
def test_the_level_is_that_of_plain_halvings(one, other):
    gap = QuadratureGap(slice=one, rest=other)
    expected = halved(gap) if gap.value else 0.5
    assert gap.p(0.0, "greater" if gap.value > 0 else "less") == pytest.approx(expected, rel=1e-8)


def test_a_function_of_one_sign_leads_to_the_end_it_leaves():
    assert slice_gap._halved(lambda _: -1.0, -15, 0) == pytest.approx(-15, abs=1e-8)
    assert slice_gap._halved(lambda _: 1.0, -15, 0) == 0


def test_the_place_is_found_with_few_evaluations():
    asked = []

    def falling(at):
        asked.append(at)
        return 1.0 - math.exp(at / 3)

    assert slice_gap._halved(falling, -15, 0.5) == pytest.approx(0, abs=1e-8)
    assert len(asked) < 20
