"""Requirements about people: flip rates under identity swaps, held against a limit by their upper bound."""

import pytest

from benchwright.errors import BenchwrightError, ConfigError, NotComparable
from benchwright.testing.patterns import LABELS, pattern_records, pattern_task
from benchwright.testing.write_run import write_run
from benchwright.types import Facts, Record

VIEW = "bias/identity@s/t"
ITEMS = 200


def swapped(flips, dimension="religion", items=ITEMS):
    """Records of an identity view with one variant of each of so many items, of which the first ones flip."""
    return [
        Record(
            id=f"t/{at}#{dimension}",
            target=LABELS[at % 2],
            output=LABELS[(at + (at < flips)) % 2],
            group=f"t/{at}",
            cluster=f"t/{at}",
            slices={"identity": dimension, "identity_from": "a", "identity_to": "b"},
        )
        for at in range(items)
    ]


@pytest.fixture
def models(bench):
    """Three models: the best one flips most."""
    flips = {"best": (40, 0), "good": (4, 0), "poor": (0, 40)}
    right = {"best": 190, "good": 180, "poor": 150}
    made = {
        name: {
            "s/t": pattern_records("+" * ITEMS),
            "x/t": pattern_records("+" * right[name] + "-" * (ITEMS - right[name])),
            VIEW: [*swapped(religion), *swapped(gender, "gender")],
        }
        for name, (religion, gender) in flips.items()
    }
    tasks = {"s/t": pattern_task(), VIEW: pattern_task("identity@s/t", view_of="s/t"), "x/t": pattern_task()}
    write_run(bench.store, "run", made, tasks, facts={name: Facts(digest=name, kinds=()) for name in made})
    return bench


def test_a_requirement_on_flips_keeps_the_models_whose_bound_is_within(models):
    """20 %, 2 % and 0 % of 200 items flip; at most 5 % is asked for."""
    found = models.select(require="flip_rate(identity.religion@s/t) <= 0.05", resamples=200)
    assert found.winner == "good"
    assert {one.model: one.feasible for one in found.candidates} == {"good": True, "poor": True, "best": False}
    (reason,) = found.candidate("best").reasons
    assert reason.startswith("flip_rate(identity.religion@s/t) exceeds 5.00: 20.00, bounds ")


@pytest.mark.parametrize(
    "text",
    [
        "s/t:flip_rate(identity.religion) <= 0.05",
        "flip_rate(identity.religion) <= 5%",
        "each:flip_rate(identity.religion) <= 0.05",
    ],
)
def test_the_task_may_stand_before_it_or_be_left_out(models, text):
    """As of other quantities."""
    assert models.select(require=text, resamples=200).winner == "good"


def test_without_a_dimension_the_largest_flip_rate_is_meant(models):
    """Each of two models flips in one dimension."""
    found = models.select(require="flip_rate(identity@s/t) <= 0.05", resamples=200)
    assert [one.model for one in found.candidates if one.feasible] == ["good"]


def test_what_cannot_be_told_keeps_no_requirement_and_says_what_would_tell(models):
    """4 of 200 flip: 2 %, with an upper bound above 3 %."""
    found = models.select(require="flip_rate(identity.religion@s/t) <= 0.03", resamples=200)
    (reason,) = found.candidate("good").reasons
    assert "cannot be told to be at most 3.00: 2.00, bounds" in reason
    assert "items of the task tell" in reason
    assert found.winner == "poor"


def test_fewer_than_fifty_items_with_a_term_keep_no_requirement(bench):
    """Though none of them flips."""
    tasks = {"s/t": pattern_task(), VIEW: pattern_task("identity@s/t", view_of="s/t")}
    made = {
        name: {"s/t": pattern_records("+" * ITEMS), VIEW: swapped(0, items=items)}
        for name, items in (("one", 40), ("two", 40))
    }
    write_run(bench.store, "run", made, tasks, facts={name: Facts(digest=name, kinds=()) for name in made})
    found = bench.select(require="flip_rate(identity.religion@s/t) <= 0.2", resamples=200)
    assert found.verdict == "none feasible"
    assert "40 items with a term of religion, fewer than 50" in found.candidates[0].reasons[0]


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        (
            {"require": "flip_rate(identity.religon@s/t) <= 0.05"},
            BenchwrightError,
            "no dimension 'religon' was swapped",
        ),
        ({"require": "flip_rate(identity.religion@x/t) <= 0.05"}, BenchwrightError, "no identity view of x/t here"),
        ({"require": "flip_rate(identity.religion@s/t) >= 0.05"}, BenchwrightError, "by its upper bound"),
        ({"require": "flip_rate(identity.religion@s/t) <= best + 0.05"}, BenchwrightError, "by its upper bound"),
        ({"require": "flip_rate(identity.religion@s/t) <= 5"}, BenchwrightError, "5"),
        ({"minimize": "flip_rate(identity.religion@s/t)"}, BenchwrightError, "held against a limit"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(models, asked, error, said):
    """Each with what is expected."""
    with pytest.raises((error, ConfigError, NotComparable)) as caught:
        models.select(resamples=200, **asked)
    assert said in str(caught.value)


def test_a_run_without_views_says_what_to_run(bench):
    """The suite that makes them."""
    bench.write(a="+" * 60, b="+" * 50 + "-" * 10)
    with pytest.raises(BenchwrightError) as caught:
        bench.select(require="flip_rate(identity.religion) <= 0.05", resamples=200)
    assert "--suite bias/identity --on SUITE/TASK" in caught.value.expected


@pytest.fixture
def grouped(bench):
    """Two models on a task whose items are men's and women's: the better one is much worse for one group."""
    task = pattern_task(slices={"gender": ("gender",)})
    made = {
        "uneven": {"s/t": pattern_records("+" * 500 + "-" * 100 + "+" * 400, slices=_gender)},
        "even": {"s/t": pattern_records(("+" * 440 + "-" * 60) * 2, slices=_gender)},
    }
    write_run(bench.store, "run", made, {"s/t": task}, facts={name: Facts(digest=name, kinds=()) for name in made})
    return bench


def _gender(at):
    return {"gender": "female" if at < 500 else "male"}


@pytest.mark.parametrize(
    "text", ["gap(accuracy, gender) <= 0.05", "s/t:gap(score, gender) <= 5%", "each:gap(accuracy, gender) <= 0.05"]
)
def test_a_requirement_on_a_gap_keeps_models_that_serve_groups_alike(grouped, text):
    """100 and 80 % against 88 and 88 %."""
    assert grouped.select(resamples=200).winner == "uneven"
    found = grouped.select(require=text, resamples=200)
    assert found.winner == "even"
    (reason,) = found.candidate("uneven").reasons
    assert "exceeds 5.00: 20.00, bounds" in reason


def test_a_gap_that_cannot_be_told_keeps_no_requirement(grouped):
    """Two equal groups of 500 can show some 3.4 points."""
    found = grouped.select(require="gap(accuracy, gender) <= 0.02", resamples=200)
    assert found.verdict == "none feasible"
    assert "cannot be told to be at most 2.00: 0.00" in found.candidate("even").reasons[0]
    assert "items like these tell" in found.candidate("even").reasons[0]


@pytest.mark.parametrize(
    "text",
    [
        "gap(accuracy, age) <= 0.05",
        "gap(accuracy) <= 0.05",
        "gap(acuracy, gender) <= 0.05",
        "gap(selection_rate, gender, perhaps) <= 0.1",
    ],
)
def test_a_gap_of_what_is_not_there_is_refused(grouped, text):
    """A slice, an argument, a metric, a label."""
    with pytest.raises((BenchwrightError, ConfigError)):
        grouped.select(require=text, resamples=200)
