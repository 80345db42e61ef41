"""Selections whose outcome is known by construction."""

import msgspec
import numpy as np
import pytest

from benchwright.comparison.comparable_answers import pair
from benchwright.comparison.compare import compare
from benchwright.comparison.slices import slices_of
from benchwright.comparison.systems import read_systems
from benchwright.errors import BenchwrightError, ConfigError, NotComparable
from benchwright.selection.resamples import resample_task, slice_masks
from benchwright.testing.patterns import pattern_records
from benchwright.testing.write_run import write_run
from benchwright.types import Facts, Kind, Record

from .conftest import card


def signs(n, wrong, start=0):
    """A pattern with ``wrong`` mistakes in a row from ``start``."""
    return "".join("-" if start <= at < start + wrong else "+" for at in range(n))


def test_a_coin_flip_is_called_one(bench):
    """One answer more of eighty that differ wins on the data, and is best in about half of the resamples."""
    bench.write(a=signs(400, 39), b=signs(400, 40, 100))

    found = bench.select()

    assert found.winner == "a"
    a, b = found.candidate("a"), found.candidate("b")
    assert a.p_best == pytest.approx(0.545, abs=0.04)  # P(Z > -1/sqrt(79))
    assert a.p_best + b.p_best == pytest.approx(1)
    assert found.tied == ("b",)
    assert b.low < 0 < b.behind < b.high
    assert b.behind == pytest.approx(1 / 400)
    assert found.exit_code == 0


def test_a_clear_winner_is_not_tied(bench):
    """A model far ahead is best in every resample, and nothing is tied with it."""
    bench.write(a=signs(400, 20), b=signs(400, 120))

    found = bench.select()

    assert (found.winner, found.tied) == ("a", ())
    assert found.candidate("a").p_best == 1
    assert found.candidate("b").low > 0


def test_identical_models_share(bench):
    """Equal answers share every win; the first named is called the winner, and the tie is told."""
    bench.write(a=signs(100, 10), b=signs(100, 10), c=signs(100, 30))

    found = bench.select()

    assert found.equal == ("a", "b")
    assert [found.candidate(m).p_best for m in "abc"] == pytest.approx([0.5, 0.5, 0], abs=0.001)
    assert found.tied == ("b",)
    assert "level with it" in str(found)


def test_equal_models_are_ordered_by_the_other_objectives(bench):
    """Among equal scores the smaller model is named."""
    bench.write(a=signs(100, 10), b=signs(100, 10), sizes={"a": 20, "b": 10})

    assert bench.select(maximize="score", minimize="size_bytes").winner == "b"


@pytest.mark.parametrize(
    ("rule", "feasible"),
    [
        ("accuracy >= best - 0.01", "ab"),
        ("accuracy > best - 0.01", "a"),
        ("accuracy >= a - 1%", "ab"),
        ("accuracy >= 0.93", "ab"),
        ("accuracy > 0.93", "a"),
        ("size_bytes <= 30 kB", "abc"),
        ("size_bytes < 30 kB", "ab"),
        ("size_bytes <= b", "ab"),
        ("share(size_bytes, a) <= 2", "ab"),
        ("retained(a) >= 98.9361702127659574%", "ab"),
        ("retained(a) >= 0.99", "a"),
        ("each:accuracy >= best - 0.01", "ab"),
        ("s/t:accuracy >= 0.93", "ab"),
    ],
)
def test_limits_count_as_kept(bench, rule, feasible):
    """At a limit >= and <= hold, > and < do not, whatever rounding does to 0.94 - 0.01."""
    bench.write(a=signs(100, 6), b=signs(100, 7), c=signs(100, 20), sizes={"a": 10_000, "b": 20_000, "c": 30_000})

    found = bench.select(require=rule)

    assert "".join(sorted(one.model for one in found.candidates if one.feasible)) == feasible


def test_at_the_limit_is_feasible_half_of_the_time(bench):
    """A model exactly at its limit keeps it in about half of the resamples, ties of counts included."""
    bench.write(a=signs(1000, 200), b=signs(1000, 500))

    found = bench.select(require="accuracy >= 0.8")

    assert found.candidate("a").p_feasible == pytest.approx(0.516, abs=0.04)
    assert found.candidate("b").p_feasible == 0
    assert found.candidate("a").p_best == found.candidate("a").p_feasible


def test_none_feasible(bench):
    """Where nobody keeps the rules nobody wins; the reasons and the nearest are told, and the exit code is 1."""
    bench.write(a=signs(100, 12), b=signs(100, 20))

    found = bench.select(require=["accuracy >= 0.9"])

    assert (found.winner, found.verdict, found.exit_code, found.optimism) == (None, "none feasible", 1, None)
    assert found.candidate("a").reasons == ("accuracy is 88.00, not >= 90.00",)
    assert "nearest: a" in str(found)


def test_one_item_tells_nothing(bench):
    """With one item every resample is the same: no chances, and it is said."""
    bench.write(a="+", b="-")

    found = bench.select()

    assert found.winner == "a"
    assert found.candidate("a").p_best is None
    assert found.candidate("b").tied
    assert any("one independent unit" in flag for flag in found.flags)
    assert "cannot be told" in str(found)


def test_one_cluster_tells_nothing(bench):
    """Items of one document are one unit."""
    bench.write(a=signs(50, 1), b=signs(50, 30), task=card(cluster="text"), how={"cluster": lambda at: "one"})

    assert bench.select().candidate("a").p_best is None


def test_undefined_is_never_feasible(bench):
    """A model whose correlation is undefined keeps no rule about it and wins nothing; nobody then wins by default."""
    gold = [float(at % 7) for at in range(60)]
    close = [value + 0.1 * (at % 3) for at, value in enumerate(gold)]
    task = card("t", "pearson", kind=Kind.REGRESS)
    bench.write(flat={"s/t": numbers(gold, [2.0] * 60)}, close={"s/t": numbers(gold, close)}, task=task)
    bench.write("flat", one={"s/t": numbers(gold, [2.0] * 60)}, two={"s/t": numbers(gold, [3.0] * 60)}, task=task)

    found, nobody = bench.select(), bench.select("flat", require="pearson >= -1")

    assert found.winner == "close"
    flat = found.candidate("flat")
    assert (flat.feasible, flat.p_feasible, flat.p_best, flat.values["score"]) == (False, 0, 0, None)
    assert "is undefined" in flat.reasons[0]
    assert (nobody.verdict, nobody.exit_code) == ("none feasible", 1)


def test_lower_is_better(bench):
    """An error is minimized: the smallest wins, best is the lowest, and being behind counts up."""
    gold = [float(at % 7) for at in range(200)]
    off = lambda by: [value + by * (-1) ** at for at, value in enumerate(gold)]  # noqa: E731
    task = card("t", "mae", kind=Kind.REGRESS)
    bench.write(a={"s/t": numbers(gold, off(0.5))}, b={"s/t": numbers(gold, off(0.6))}, task=task)

    found = bench.select(maximize=(), minimize="mae", require="mae <= best + 0.05")

    assert found.winner == "a"
    assert not found.candidate("b").feasible
    assert bench.select(maximize=(), minimize="mae").candidate("b").behind == pytest.approx(0.1)


def numbers(gold, given):
    """Records of a regression."""
    return [Record(id=f"t/{at}", target=g, output=o) for at, (g, o) in enumerate(zip(gold, given, strict=True))]


def test_a_missing_task_makes_partial(bench):
    """A model without a task is not ranked, and the reason is told; the others are."""
    run = {"s/t": signs(50, 5), "s/u": signs(50, 5)}
    bench.write(a=run, b={"s/t": signs(50, 0), "s/u": "no data for it"}, c=run)

    found = bench.select()

    assert [one.model for one in found.unranked] == ["b"]
    assert "no data for it" in found.unranked[0].reason
    assert {one.model for one in found.candidates} == {"a", "c"}
    assert bench.select(maximize="s/t:accuracy").winner == "b"


def test_other_data_are_refused(bench):
    """Runs on other items are not compared."""
    bench.write("one", a=signs(50, 5))
    bench.write("two", b=signs(60, 5))

    with pytest.raises(NotComparable):
        bench.select(["one", "two"])


def test_unmeasured_rules_make_it_invalid(bench):
    """A rule about latency chooses nobody, unless it is left out by name."""
    bench.write(a=signs(50, 5), b=signs(50, 9))

    found = bench.select(require=["latency_p95 <= 50 ms"])
    without = bench.select(require=["latency_p95 <= 50 ms"], ignore_unmeasured=True)

    assert (found.verdict, found.exit_code, found.winner) == ("invalid", 3, None)
    assert not any(one.feasible for one in found.candidates)
    assert (without.winner, without.exit_code) == ("a", 0)
    assert "not measured: latency_p95 <= 50 ms" in without.flags


def test_unknown_sizes(bench):
    """A size nobody has is not measured; one that is known of some is broken by the others."""
    bench.write(a=signs(50, 5), b=signs(50, 9), sizes={"b": 10})
    bench.write("none", c=signs(50, 5), d=signs(50, 9))

    assert bench.select(require="size_bytes <= 50 B").winner == "b"
    assert bench.select("none", require="size_bytes <= 50 B").verdict == "invalid"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"require": "acuracy >= 0.9"}, "did you mean accuracy"),
        ({"require": "accuracy >= 90"}, "write 90% or 0.9"),
        ({"require": "accuracy >= bst - 0.1"}, "did you mean best"),
        ({"require": "accuracy >= 5MB"}, "no unit of accuracy"),
        ({"require": "x/y:accuracy >= 0.5"}, "no task"),
        ({"require": "share(accuracy, a) <= 0.5"}, "share of"),
        ({"require": "retained(z) >= 0.5"}, "no model 'z'"),
        ({"maximize": "size_bytes"}, "--minimize"),
        ({"minimize": "accuracy"}, "--maximize"),
        ({"maximize": ["score", "score"]}, "twice"),
        ({"weights": "scor=1"}, "did you mean score"),
        ({"weights": "score=-1"}, "a number from 0"),
        ({"weights": "score=0"}, "all are 0"),
        ({"tasks": "nope"}, "no task 'nope'"),
    ],
)
def test_mistakes_are_told(bench, options, told):
    """A wrong name, unit, direction or weight is refused with what to type."""
    bench.write(a=signs(50, 5), b=signs(50, 9))

    with pytest.raises((BenchwrightError, ConfigError)) as caught:
        bench.select(**options)

    assert told in str(caught.value)


def test_means_over_tasks(bench):
    """Without a task a metric is the mean over tasks; ``each`` asks every task."""
    bench.write(a={"s/t": signs(100, 2), "s/u": signs(100, 30)}, b={"s/t": signs(100, 20), "s/u": signs(100, 20)})

    found = bench.select(require="score >= 0.8")

    assert found.candidate("a").values["score"] == pytest.approx(0.84)
    assert found.winner == "a"
    assert bench.select(require="each:score >= 0.8").winner == "b"


def test_tasks_are_drawn_independently(bench):
    """Equal patterns on two tasks do not make their resamples equal: the mean varies less than one of them."""
    bench.write(a={"s/t": signs(100, 30), "u/t": signs(100, 30)}, b={"s/t": signs(100, 60), "u/t": signs(100, 60)})
    run = bench.store.read_run("run")
    sides = read_systems(bench.store, [run.name])

    draws = [
        resample_task(pair(sides, path), ["score"], slices=False, seed=0, resamples=4000).draws["score"][0]
        for path in ("s/t", "u/t")
    ]

    assert abs(np.corrcoef(draws)[0, 1]) < 0.06


def test_worst_slice(bench):
    """The worst slice decides; slices with few items are not looked at, and chances follow the same resamples."""
    pattern = signs(300, 20)  # the first third is worse
    bench.write(
        a=pattern,
        b=signs(300, 25, 60),
        how={"slices": lambda at: {"part": "abcd"[min(at // 95, 3)]}},
        task=card("t", "accuracy", "macro_f1"),
    )
    sides = read_systems(bench.store, ["run"])
    pairing = pair(sides, "s/t", resamples=2000)
    alone = slices_of(pairing, minimum=30)

    found = bench.select(maximize="worst_slice", require="worst_slice >= 0.7")

    assert set(slice_masks(pairing)) == set(alone) == {"part=a", "part=b", "part=c"}
    for at, name in enumerate("ab"):
        worst = min(part.value(at, "accuracy") for part in alone.values())
        assert found.candidate(name).values["worst_slice"] == pytest.approx(worst)
    drawn = resample_task(pairing, ["accuracy"], slices=True, seed=0, resamples=2000)
    weighted = (drawn.worst_draws <= drawn.draws["accuracy"] + 0.05).mean()
    assert weighted == 1  # the worst of nearly all items cannot be far above the whole: they share resamples
    assert drawn.worst_draws.mean(axis=1) == pytest.approx(drawn.worst, abs=0.03)


def test_weights_and_sensitivity(bench):
    """With weights the scaled sum decides, and the range of weights in which the winner stays is told."""
    bench.write(a=signs(200, 10), b=signs(200, 20), c=signs(200, 30), sizes={"a": 100, "b": 60, "c": 20})

    found = bench.select(maximize="score", minimize="size_bytes", weights="score=0.7,size_bytes=0.3")

    assert found.winner == "a"
    assert found.objectives[0].weight_low == pytest.approx(0.5)
    assert found.weight_share == pytest.approx(0.5)
    assert found.candidate("a").utility == pytest.approx(0.7)


def test_front_and_knee(bench):
    """Models beaten in size and score are off the front; the knee bends it."""
    bench.write(
        a=signs(200, 10),
        b=signs(200, 12),
        c=signs(200, 60),
        d=signs(200, 61),
        sizes={"a": 100, "b": 30, "c": 20, "d": 50},
    )

    found = bench.select(maximize="score", minimize="size_bytes")

    assert {one.model for one in found.candidates if one.front} == {"a", "b", "c"}
    assert [one.model for one in found.candidates if one.knee] == ["b"]
    assert found.candidate("d").p_front == pytest.approx(0, abs=0.2)


def test_parent_keeps_and_saves(bench):
    """Retained and saved shares stand beside a parent that is no candidate."""
    bench.write("teacher", big=signs(400, 20), sizes={"big": 100})
    bench.write(a=signs(400, 30), b=signs(400, 60), sizes={"a": 60, "b": 10})

    found = bench.select(parent="teacher:big", require=["retained(parent) >= 0.95", "share(size_bytes, parent) <= 0.6"])

    assert found.winner == "a"
    assert {one.model for one in found.candidates} == {"a", "b"}
    kept = next(one for one in found.retained if one.model == "a")
    assert kept.share == pytest.approx(370 / 380)
    assert kept.low < kept.share < kept.high <= 1
    assert next(one.share for one in found.size_ratios if one.model == "a") == pytest.approx(0.6)
    assert "a keeps 97.4 %" in str(found)
    assert "at 60 % of the size" in str(found)


def test_attempts_count_what_was_tried(bench):
    """Every other model on the same task and data counts once, in whatever run; other tasks do not."""
    bench.write(a=signs(50, 5), b=signs(50, 9))
    bench.write("more", c=signs(50, 7), a=signs(50, 5))
    bench.write("elsewhere", d={"s/other": signs(50, 7)})

    assert bench.select().attempts == 3


def test_optimism_of_equal_models(bench):
    """The winner of many equal models flatters itself by about best minus mean."""
    rng = np.random.default_rng(0)
    base = rng.random(872) < 0.9
    patterns = {}
    for number in range(10):
        noise = rng.random(872) < 0.06
        right = np.where(noise, rng.random(872) < 0.9, base)
        patterns[f"m{number}"] = "".join("+" if ok else "-" for ok in right)
    bench.write(**patterns)

    found = bench.select()

    assert found.optimism_if_equal == pytest.approx(0.0085, abs=0.004)
    assert 0 <= found.optimism <= found.optimism_if_equal + 0.002
    assert len(found.tied) >= 5


def test_seeds_are_one_candidate(bench):
    """Several seeds of a recipe are averaged, and their spread enters the chances."""
    bench.write(a=signs(300, 10), b=signs(300, 50, 100), c=signs(300, 40))

    found = bench.select(["run:a+b", "run:c"])
    alone = bench.select(["run:a", "run:c"])

    assert found.candidate("a+b").values["score"] == pytest.approx(0.9)
    assert 0.6 < found.candidate("a+b").p_best < alone.candidate("a").p_best
    assert "a+b: mean of 2 seeds" in found.flags


def test_same_numbers_every_time(bench):
    """Equal questions get equal bytes; the JSON holds no NaN."""
    bench.write(a=signs(100, 9), b=signs(100, 12, 50))

    one, other = (msgspec.json.encode(bench.select(require="score >= best - 0.05")) for _ in range(2))

    assert one == other
    assert b"NaN" not in one


def test_html_is_escaped(bench):
    """What a notebook shows holds no markup from rules."""
    bench.write(a=signs(100, 9), b=signs(100, 12, 50))

    shown = bench.select(require="score < 0.2")._repr_html_()

    assert "not &lt; 20.00" in shown
    assert "<table>" in shown


def test_one_model_is_no_choice(bench):
    """Selecting from one model is refused with what to type."""
    bench.write(a=signs(20, 1))

    with pytest.raises(BenchwrightError, match="is one model"):
        bench.select("run:a")


def test_equals_an_independent_loop(bench):
    """SelectionProbabilities are those of a plain loop that draws documents, scores items and applies the rules itself."""
    rng = np.random.default_rng(3)
    right = {m: rng.random(240) < p for m, p in (("a", 0.86), ("b", 0.85), ("c", 0.83))}
    part, size = np.arange(240) % 3, {"a": 30, "b": 20, "c": 10}
    bench.write(
        task=card(cluster="text"),
        sizes=size,
        how={"cluster": lambda at: f"d{at // 4}", "slices": lambda at: {"part": str(at % 3)}},
        **{m: "".join("+" if ok else "-" for ok in found) for m, found in right.items()},
    )
    counts = dict.fromkeys(right, 0), dict.fromkeys(right, 0), dict.fromkeys(right, 0)
    for _ in range(3000):
        items = np.concatenate([np.arange(4 * d, 4 * d + 4) for d in rng.integers(0, 60, 60)])
        score = {m: found[items].mean() for m, found in right.items()}
        worst = {m: min(found[items][part[items] == p].mean() for p in range(3)) for m, found in right.items()}
        kept = [m for m in right if score[m] >= max(score.values()) - 0.02 - 1e-9 and worst[m] >= 0.78 - 1e-9]
        best = [m for m in kept if score[m] == max(score[k] for k in kept)]
        for m in kept:
            counts[0][m] += 1 / 3000
            counts[1][m] += not any(score[k] >= score[m] and size[k] < size[m] for k in kept) and 1 / 3000
        for m in best:
            counts[2][m] += 1 / len(best) / 3000

    found = bench.select(
        maximize="score", minimize="size_bytes", require=["score >= best - 0.02", "worst_slice >= 0.78"], resamples=4000
    )

    for model in right:
        one = found.candidate(model)
        expected = [table[model] for table in counts]
        assert [one.p_feasible, one.p_front, one.p_best] == pytest.approx(expected, abs=0.04)


def test_absent_tasks_are_told(bench):
    """A task that nobody could try is in no mean, and that is said."""
    run = bench.write(a={"s/t": signs(50, 5), "s/u": signs(50, 5)}, b={"s/t": signs(50, 9), "s/u": signs(50, 5)})
    cells = [
        msgspec.structs.replace(c, status="missing", key=None, reason="no file") if c.task == "u" else c
        for c in run.cells
    ]
    bench.store.write_run(msgspec.structs.replace(run, cells=tuple(cells)))

    found = bench.select()

    assert found.paths == ("s/t",)
    assert "measured by nobody, and in no mean: s/u" in found.flags


def test_slices_of_correlations(bench):
    """Metrics that are no sums see a slice alone too: other items weigh nothing."""
    rng = np.random.default_rng(0)
    gold = rng.normal(size=120).tolist()
    slices = [{"part": "ab"[at % 2]} for at in range(120)]
    given = {
        m: [g + noise * e for g, e in zip(gold, rng.normal(size=120), strict=True)]
        for m, noise in (("x", 0.5), ("y", 1.0))
    }
    made = {
        m: {"s/t": [msgspec.structs.replace(r, slices=g) for r, g in zip(numbers(gold, v), slices, strict=True)]}
        for m, v in given.items()
    }
    bench.write(task=card("t", "spearman", kind=Kind.REGRESS), **made)
    alone = slices_of(pair(read_systems(bench.store, ["run"]), "s/t"))

    found = bench.select(maximize="worst_slice", resamples=400)

    for at, model in enumerate("xy"):
        expected = min(part.value(at, "spearman") for part in alone.values())
        assert found.candidate(model).values["worst_slice"] == pytest.approx(expected)
    assert found.winner == "x"
    assert found.candidate("x").p_best > 0.95


def test_a_constant_difference_is_no_tie(bench):
    """One model right everywhere and one wrong everywhere differ in every resample by the same: that is no tie."""
    bench.write(a=signs(200, 0), b=signs(200, 200), c=signs(200, 50))

    found = bench.select()

    b = found.candidate("b")
    assert (found.winner, found.tied) == ("a", ())
    assert 0.9 < b.low < b.behind == b.high == 1
    assert found.candidate("c").low > 0


def test_a_constant_difference_of_few_items_is_a_tie(bench):
    """Three items tell nothing, however large the difference is in each resample."""
    bench.write(a="+++", b="---")

    assert bench.select().tied == ("b",)


def test_a_constant_difference_of_weighted_goals_is_no_tie(bench):
    """The same where weights decide: the bound is that of the scaled objective."""
    bench.write(a=signs(200, 0), b=signs(200, 200), sizes={"a": 20, "b": 10})

    found = bench.select(maximize="score", minimize="size_bytes", weights={"score": 0.8, "size_bytes": 0.2})

    b = found.candidate("b")
    assert (found.winner, found.tied) == ("a", ())
    assert 0.5 < b.low < b.behind < b.high


@pytest.mark.parametrize("goal", ["retained(parent)", "worst_slice"])
def test_a_constant_difference_of_other_goals_is_no_tie(bench, goal):
    """A kept share and the worst slice have bounds of what was not seen, too."""
    bench.write(a=signs(200, 0), b=signs(200, 200), how={"slices": lambda at: {"half": str(at % 2)}})

    found = bench.select(maximize=goal, parent="run:a")

    assert found.tied == ()
    assert found.candidate("b").low > 0.3


def test_unseen_differences_of_tasks_count_by_their_weight(bench):
    """Nearly equal models on four tasks: the mean's share is known better than that of one task alone."""
    paths = [f"s/t{at}" for at in range(4)]
    bench.write(
        a={path: signs(400, 80) for path in paths},
        b={path: signs(400, 80 + (path == "s/t3")) for path in paths},
    )

    found = bench.select(parent="run:a")

    kept = {one.what: one for one in found.retained}
    half = {what: (one.high - one.low) / 2 for what, one in kept.items()}
    assert half["score"] == pytest.approx(half["s/t0"] / 2, rel=0.2)
    assert kept["score"].flags == (
        "s/t0, s/t1, s/t2, s/t3: few answers or none differ: bounds allow for differences not seen",
    )


def test_a_share_of_nothing_right_has_a_width(bench):
    """A candidate without a right answer on one task keeps 0 % of it, and that is not known exactly."""
    bench.write(a={"s/t": signs(100, 20), "s/u": signs(100, 20)}, b={"s/t": signs(100, 100), "s/u": signs(100, 20)})

    kept = {one.what: one for one in bench.select(parent="run:a").retained}

    assert kept["s/t"].share == 0
    assert kept["s/t"].high > 0.03
    assert kept["score"].high > kept["score"].share > kept["score"].low


def test_a_share_of_nothing_is_never_below_nothing(bench):
    """Accuracy cannot be below 0, so neither is what is kept of a perfect parent."""
    bench.write(a=signs(100, 0), b=signs(100, 100))

    (kept,) = bench.select(parent="run:a").retained

    assert kept.low == 0 < 0.01 < kept.high < 0.1


def test_close_calls_are_told_with_all_digits(bench):
    """A limit missed by a hair is not told as a number that is not the same number."""
    bench.write(a=signs(10, 0), b=signs(10, 0), sizes={"a": 91_580_001, "b": 91_580_000})

    reasons = bench.select(require="size_bytes <= b").candidate("a").reasons

    assert reasons == ("size_bytes is 91,580,001 B, not <= 91,580,000 B",)


def test_task_is_tasks(bench):
    """`compare` calls it task; a task's name is enough."""
    bench.write(
        a={"s/t": signs(40, 1), "s/u": signs(40, 20)},
        b={"s/t": signs(40, 9), "s/u": signs(40, 1)},
    )

    assert bench.select(task="t").paths == bench.select(tasks="s/t").paths == ("s/t",)
    assert bench.select(task=["s/t"], tasks="u").paths == ("s/t", "s/u")


def test_a_name_that_is_not_ranked_is_told(bench):
    """Names there are, or why it is not ranked."""
    bench.write(
        a={"s/t": signs(40, 1), "s/u": signs(40, 1)}, b={"s/t": signs(40, 1), "s/u": signs(40, 1)}, c=signs(40, 1)
    )
    found = bench.select()

    with pytest.raises(BenchwrightError, match=r"no model 'nix'\n.*one of: a, b"):
        found.candidate("nix")
    with pytest.raises(BenchwrightError, match="c is not ranked: s/u"):
        found.candidate("c")


def test_a_selection_is_a_table(bench):
    """One row per ranked model, quantities as columns."""
    pytest.importorskip("pandas")
    bench.write(a=signs(40, 1), b=signs(40, 5))

    table = bench.select(require="accuracy >= 0.95").to_pandas()

    assert list(table["model"]) == ["a", "b"]
    assert table["score"][0] == 39 / 40
    assert "accuracy is" in table["reasons"][1]


def test_seeds_that_never_vary_keep_a_width(bench):
    """A recipe whose seeds are all wrong everywhere keeps 0 %, as far as its items tell."""
    bench.write(a=signs(100, 20), b=signs(100, 100), c=signs(100, 100))

    (kept,) = bench.select(["run:a", "run:b+c"], parent="run:a").retained

    assert (kept.share, kept.low) == (0, 0)
    assert 0.01 < kept.high < 0.1


@pytest.mark.parametrize("seed", range(3))
def test_a_third_model_changes_nothing_about_two(bench, seed):
    """Values, distance, interval and which is ahead: the same alone and beside one that leaves answers out."""
    rng = np.random.default_rng(seed)
    base, worse = ("".join("+" if ok else "-" for ok in rng.random(200) < rate) for rate in (0.85, 0.7))
    silent = "".join("!" if sign == "-" else "+" for sign in worse)
    bench.write(base=base, worse=worse, err=silent)

    two, three = bench.select(["run:base", "run:worse"]), bench.select(["run:base", "run:worse", "run:err"])

    assert two.winner == three.winner == "base"
    for name in ("base", "worse"):
        one, other = two.candidate(name), three.candidate(name)
        assert (one.values, one.behind, one.low, one.high) == (other.values, other.behind, other.low, other.high)
    names = [one.model for one in three.candidates]
    assert names.index("base") < names.index("worse")
    assert any("without an answer by err count as wrong" in flag for flag in three.flags)
    assert three.candidate("err").values["score"] == silent.count("+") / 200


def test_select_and_compare_give_one_answer(bench):
    """A tie is what `compare` cannot tell apart, with the same interval."""
    bench.write(a=signs(300, 30), b=signs(300, 45, 20), c=signs(300, 80))
    found = bench.select(resamples=10_000)
    result = compare("run:b", "run:a", "run:c", store=bench.store)
    pairs = result.task("s/t").pairs
    for other in "bc":
        pair = next(one for one in pairs if {one.first, one.second} == {"a", other})
        assert found.candidate(other).p_adjusted == pytest.approx(pair.p_adjusted)
        assert (other in found.tied) == (pair.p_adjusted > 0.05)
    assert found.candidate("b").low == pytest.approx(result.differences[0].low)


def test_one_cell_in_two_runs_is_one_candidate(bench):
    """Named in two runs it is chosen from once, and never tied with itself."""
    facts = {"a": Facts(digest="one", kinds=()), "b": Facts(digest="two", kinds=())}
    systems = {"a": signs(200, 10), "b": signs(200, 60)}
    for run in ("run", "again"):
        write_run(
            bench.store, run, {m: {"s/t": pattern_records(p)} for m, p in systems.items()}, {"s/t": card()}, facts=facts
        )

    found = bench.select(["run", "again"])

    assert [one.model for one in found.candidates] == ["a", "b"]
    assert (found.winner, found.tied, found.attempts) == ("a", (), 2)
    assert any("a and again:a are one model" in flag for flag in found.flags)


def test_silent_numbers_are_not_ranked(bench):
    """Nothing can be called a wrong number: a model without one is told, the others are ranked."""
    gold = [float(at) for at in range(60)]
    task = card("t", "pearson", kind=Kind.REGRESS)
    full = numbers(gold, [g + (at % 7) for at, g in enumerate(gold)])
    gap = [msgspec.structs.replace(r, output=None, error="broke") if at < 3 else r for at, r in enumerate(full)]
    bench.write(task=task, a={"s/t": full}, b={"s/t": numbers(gold, [g + (at % 9) for at, g in enumerate(gold)])},
                c={"s/t": gap})  # fmt: skip

    found = bench.select()

    assert [one.model for one in found.unranked] == ["c"]
    assert "no number can be called wrong" in found.unranked[0].reason
    assert len(found.candidates) == 2
