"""Requirements on behavioural failure rates, of a task or of some tests, and on what is lost under a view."""

import pytest

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.testing.patterns import LABELS, case_records, case_task, pattern_records, pattern_task
from benchwright.testing.write_run import write_run
from benchwright.types import Facts, Record

VIEW = "robustness/typo@s/t"


def seen(pattern):
    """Records of a view with one variant of each item."""
    return [
        Record(
            id=f"t/{at}#0",
            target=LABELS[at % 2],
            output=LABELS[at % 2] if sign == "+" else LABELS[1 - at % 2],
            group=f"t/{at}",
            cluster=f"t/{at}",
        )
        for at, sign in enumerate(pattern)
    ]


@pytest.fixture
def models(bench):
    """Three models on a task, a view of it and behavioural tests: the best one breaks negation and typos."""
    patterns = {
        "best": ("+" * 95 + "-" * 5, "+" * 50 + "-" * 50, "-" * 40 + "+" * 10),
        "good": ("+" * 90 + "-" * 10, "+" * 85 + "-" * 15, "-" * 2 + "+" * 48),
        "poor": ("+" * 70 + "-" * 30, "+" * 68 + "-" * 32, "+" * 50),
    }
    made = {
        name: {
            "s/t": pattern_records(clean),
            VIEW: seen(view),
            "b/t": case_records({"Negation/plain": negation, "Vocabulary/words": "+" * 50}),
        }
        for name, (clean, view, negation) in patterns.items()
    }
    tasks = {
        "s/t": pattern_task(),
        VIEW: pattern_task("typo@s/t", view_of="s/t"),
        "b/t": case_task(),
    }
    write_run(bench.store, "run", made, tasks, facts={name: Facts(digest=name, kinds=()) for name in made})
    return bench


def test_without_a_requirement_the_score_is_that_of_ordinary_tasks(models):
    """Neither views nor behavioural tests are in the mean."""
    found = models.select(resamples=300)
    assert found.winner == "best"
    assert found.objectives[0].paths == ("s/t",)


@pytest.mark.parametrize(
    ("require", "winner"),
    [
        ("b/t:failure_rate(negation/*) <= 0.1", "good"),
        ("failure_rate(negation/*) <= 1%", "poor"),
        ("failure_rate <= 0.1", "good"),
        ("b/t:failure_rate <= 0.5", "best"),
        ("failure_rate(vocabulary/*) <= 0.1", "best"),
        ("loss(typo) <= 0.10", "good"),
        ("s/t:loss(ty*) <= 3%", "poor"),
        ("s/t:loss(typo, accuracy) <= 0.5", "best"),
    ],
)
def test_a_requirement_leaves_out_who_breaks_it(models, require, winner):
    """The winner is the best of those that keep it."""
    found = models.select(resamples=300, require=require)
    assert found.winner == winner, str(found)


def test_what_the_numbers_are_over_is_told(models):
    """Cases and variants that all candidates share."""
    found = models.select(resamples=300, require=["failure_rate(negation/*) <= 0.1", "loss(typo) <= 0.2"])
    told = "; ".join(found.flags)
    assert "50 cases of 1 test of b/t, applicable to every model" in told
    assert "100 items with 100 variants" in told


@pytest.mark.parametrize(
    ("require", "said"),
    [
        ("failure_rate(negtion/*) <= 0.1", "means no test of b/t"),
        ("loss(tpyo) <= 0.1", "no view 'tpyo' here"),
        ("loss <= 0.1", "loss with 0 arguments"),
        ("s/u:loss(typo) <= 0.1", "no view 'typo' here"),
        ("loss(typo) <= 5", "beyond"),
    ],
)
def test_mistakes_are_marked_with_what_is_near(models, require, said):
    """As for every quantity."""
    with pytest.raises((BenchwrightError, ConfigError)) as caught:
        models.select(resamples=300, require=require)
    assert said in str(caught.value)


def test_a_loss_can_be_minimized(models):
    """It is an objective like any other, with its resamples."""
    found = models.select(resamples=300, maximize=(), minimize="loss(typo)")
    assert found.winner == "poor"
