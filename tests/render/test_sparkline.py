"""Losses as small curves: on one scale from nought, what is told are the losses themselves."""

import math
import re

import pytest

from benchwright.render.sparkline import HEIGHT, MOST_POINTS, WIDTH, trace_losses
from benchwright.types import Training, ValidationPoint


def training(losses=(), held=(), chosen=1):
    return Training(
        task="sst2",
        base="minilm",
        recipe={},
        rows={},
        parameters={},
        metric="accuracy",
        losses=tuple(losses),
        held=tuple(ValidationPoint(epoch=epoch, step=step, loss=loss) for epoch, step, loss in held),
        chosen_epoch=chosen,
        stopped_early=False,
        seconds=1.0,
    )


def points(path):
    return [tuple(map(float, pair.split())) for pair in path.removeprefix("M").split("L")]


def test_a_curve_goes_from_the_first_step_to_the_last_and_its_highest_loss_is_at_the_top():
    spark = trace_losses(training([(0, 1.0), (50, 0.5), (100, 0.0)]))

    assert points(spark.training) == [(3.5, 3.5), (WIDTH / 2, HEIGHT / 2), (WIDTH - 3.5, HEIGHT - 3.5)]
    assert spark.kept is None
    assert spark.told == "training 1.000 to 0.000"


def test_the_kept_epoch_is_a_point_of_the_held_back_curve():
    spark = trace_losses(training([(10, 0.8)], [(1, 10, 0.6), (2, 20, 0.7)], chosen=2))

    assert spark.kept == points(spark.held)[1]
    assert spark.training == ""
    assert spark.told == "training 0.800; held back 0.600 to 0.700"


def test_many_steps_are_means_of_neighbours_and_the_words_tell_the_losses_themselves():
    spark = trace_losses(training([(step, 1 - step / 1000) for step in range(1000)]))

    assert len(points(spark.training)) == MOST_POINTS
    assert spark.told == "training 1.000 to 0.001"


@pytest.mark.parametrize("losses", [(), ((1, math.nan),), ((1, math.inf), (2, math.nan))])
def test_without_a_finite_loss_there_is_no_curve(losses):
    assert trace_losses(training(losses)) is None


def test_losses_of_nought_are_drawn_on_the_ground():
    spark = trace_losses(training([(0, 0.0), (0, 0.0)]))

    assert {y for _, y in points(spark.training)} == {HEIGHT - 3.5}
    assert not re.search("nan|inf", spark.training)
