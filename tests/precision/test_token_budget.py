"""How many tokens a pass computes, where it is to be found by measuring."""

import pytest

from benchwright.errors import BenchwrightError
from benchwright.precision.token_budget import fastest_size, largest_that_fits, refuse_auto, without_auto
from benchwright.types import ModelRef

GIB = 2**30


def test_memory_is_a_straight_line_through_two_probes():
    """1 GiB at 4,096 tokens and 4 GiB at 16,384 are 1 GiB for each 4,096: four fifths of 60 GiB hold 196,608."""
    assert largest_that_fits([(4096, GIB), (16384, 4 * GIB)], 60 * GIB) == 48 * 4096


def test_what_is_taken_before_any_token_is_left_out():
    """2 GiB at no token, and as much for each 4,096."""
    assert largest_that_fits([(4096, 3 * GIB), (16384, 6 * GIB)], 10 * GIB) == 6 * 4096


def test_no_probe_that_was_made_is_undercut_and_no_size_is_absurd():
    """Little memory leaves the first probe, which fitted; much has an end; noise takes the larger probe."""
    assert largest_that_fits([(4096, GIB), (16384, 4 * GIB)], 0) == 4096
    assert largest_that_fits([(4096, GIB), (16384, 4 * GIB)], 2**50) == 262_144
    assert largest_that_fits([(4096, GIB), (16384, GIB)], GIB) == 16384


def test_exact_answers_have_one_size():
    """Asked for under exact it is refused, with the reason; adapters never see the word."""
    model = ModelRef(name="m", adapter="transformers", options={"token_budget": "auto", "max_length": "64"})
    with pytest.raises(BenchwrightError, match="token_budget=auto with --precision exact") as error:
        refuse_auto(model, "exact")
    assert "must not depend on what was fastest" in error.value.expected
    refuse_auto(model, "fast")
    assert without_auto(model).options == {"max_length": "64"}


def test_a_model_without_such_a_number_is_left_as_it_is():
    """A baseline reads no tokens."""
    assert fastest_size(object(), lambda: 1.0) == {}
