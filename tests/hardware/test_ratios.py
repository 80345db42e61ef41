"""Ratios from stored blocks: worked by hand, the noise of the machine, and what is refused."""

import msgspec
import pytest

from benchwright.errors import BenchwrightError, NotComparable
from benchwright.hardware.ratios import has_copy, latency_ratio, noise_of, ratio_of, ratios_of_session
from benchwright.testing.hardware_fixtures import MACHINE, make_measurements
from benchwright.types import Samples


def blocks(times, phase="measured", *, queries=3, stall=0.0):
    """A block a round: ``queries`` queries of that time, one of which is longer by ``stall``; the wall holds it."""
    return [
        Samples(
            quantity="latency",
            values=(*(one,) * (queries - 1), one + stall),
            phase=phase,
            block=at,
            inputs=queries,
            wall=one * queries + stall,
        )
        for at, one in enumerate(times)
    ]


def measured(times, *, copy=None, session="one", **more):
    samples = [*blocks(times, **more), *(blocks(copy, "aa") if copy is not None else ())]
    return make_measurements("interleaved", samples=samples, session=session)


FIRST = measured(
    [0.10, 0.20, 0.10, 0.40, 0.10, 0.10, 0.10, 0.10], copy=[0.10, 0.21, 0.10, 0.38, 0.11, 0.10, 0.10, 0.09]
)
OTHER = measured([0.12, 0.24, 0.12, 0.48, 0.12, 0.12, 0.12, 0.12])


def test_a_model_that_takes_a_fifth_longer_in_every_round_has_a_ratio_of_1_2():
    """Though the machine was four times as slow in one of them."""
    found = ratio_of(OTHER, FIRST)

    assert found.value == pytest.approx(1.2)
    assert found.interval() == pytest.approx((1.2, 1.2))
    assert found.blocks == 8


def test_throughput_is_the_other_way_round():
    assert ratio_of(OTHER, FIRST, "throughput").value == pytest.approx(1 / 1.2)


def test_one_stall_in_a_block_moves_its_throughput_and_not_its_median():
    hit = measured([0.10] * 8, stall=1.0)
    calm = measured([0.10] * 8)

    assert ratio_of(hit, calm).value == pytest.approx(1)
    assert ratio_of(hit, calm, "throughput").value == pytest.approx(0.3 / 1.3)


def test_the_noise_is_the_second_copy_over_the_first():
    """Ratios 1, 1.05, 1, 0.95, 1.1, 1, 1, 0.9: of 8 rounds the 95 % interval is the first and the last of them, 2 x 1/256."""
    found = noise_of(FIRST)

    assert found.interval() == pytest.approx((0.9, 1.1))
    assert found.reach == pytest.approx(1 / 0.9 - 1)


def test_a_ratio_is_told_with_the_noise_of_its_session():
    found = latency_ratio("slow", OTHER, "base", FIRST, first=FIRST, limit=0.12)

    assert (found.model, found.against, found.blocks, found.noisy) == ("slow", "base", 8, False)
    assert (found.value, found.low, found.high, found.noise) == pytest.approx((1.2, 1.2, 1.2, 1 / 0.9 - 1))
    assert found.reason == ""
    noisy = latency_ratio("slow", OTHER, "base", FIRST, first=FIRST, limit=0.1)
    assert (noisy.noisy, noisy.reason) == (True, "the machine was too noisy to tell")


def test_a_session_of_several_models_is_told_against_its_first():
    elsewhere = msgspec.structs.replace(OTHER, session="two")
    found = ratios_of_session({"slow": OTHER, "base": FIRST, "late": elsewhere})

    assert list(found) == ["slow"]
    assert found["slow"].against == "base"
    assert ratios_of_session({"slow": OTHER}) == {}
    assert (has_copy(FIRST), has_copy(OTHER)) == (True, False)


def test_few_rounds_have_a_value_and_no_interval_and_are_no_verdict():
    few = latency_ratio("slow", measured([0.2] * 4), "base", first := measured([0.1] * 4, copy=[0.1] * 4), first=first)

    assert (few.value, few.low, few.high, few.noise, few.noisy) == (pytest.approx(2), None, None, None, True)
    assert few.reason == "4 rounds were measured, and a 95 % interval takes 6 or more"


@pytest.mark.parametrize(
    ("above", "below", "said"),
    [
        (OTHER, msgspec.structs.replace(FIRST, session="two"), "measured in two sessions"),
        (msgspec.structs.replace(OTHER, session=""), msgspec.structs.replace(FIRST, session=""), "two sessions"),
        (
            OTHER,
            msgspec.structs.replace(
                FIRST,
                machine=msgspec.structs.replace(
                    MACHINE, fingerprint="x", facts={**MACHINE.facts, "processor": "Other"}
                ),
            ),
            "processor: Written CPU 1.0 on the one, Other on the other",
        ),
        (measured([]), FIRST, "no round holds a block of both"),
        (measured([0.1] * 8, queries=4), FIRST, "round 0 asked 4 queries of 1 of one model and 3 queries of 1"),
        (measured([0.0] * 8), FIRST, "block 0 took 0 s"),
    ],
)
def test_what_was_not_measured_in_turn_is_not_comparable(above, below, said):
    with pytest.raises(NotComparable, match=said):
        ratio_of(above, below)


def test_a_session_without_a_second_copy_has_no_noise_that_could_be_told():
    with pytest.raises(NotComparable, match="no second copy"):
        noise_of(OTHER)


def test_other_quantities_have_no_ratio():
    with pytest.raises(BenchwrightError, match="no ratio of 'energy'"):
        ratio_of(OTHER, FIRST, "energy")
