"""`compare`: what is compared, what is refused, what is adjusted, and that nothing passes by accident."""

import json

import msgspec
import numpy as np
import pytest

import benchwright
from benchwright import registry
from benchwright.comparison.compare import compare
from benchwright.comparison.difference import CHECKPOINT, CHECKPOINTS, REPLICATES
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.testing.patterns import records_of
from benchwright.testing.write_run import write_run
from benchwright.types import Aggregate, AggregateScore, Facts, Kind, Suite


def by_metric(result, path="s/t"):
    """Differences of a task by bare metric name."""
    return {one.metric.partition("@")[0]: one for one in result.task(path).differences}


def test_a_slice_of_a_label_is_about_that_label(bench, make):
    """Beside a slice ``label=NAME`` the positive label is not named, for one model and for several seeds alike."""
    card = make.card(
        "t", "f1", "accuracy", labels=("no", "yes"), positive="yes", by_label=("precision", "recall", "f1")
    )
    golds = ["no", "yes"] * 60
    flipped = {"yes": "no", "no": "yes"}
    by_model = {
        name: records_of(golds, [flipped[gold] if at % wrong == 0 else gold for at, gold in enumerate(golds)])
        for name, wrong in (("a", 3), ("b", 4), ("c", 5), ("d", 7))
    }
    bench.write(by_model, card)
    for names in (("r:a", "r:b"), ("r:a+b", "r:c+d")):
        result = compare(*names, store=bench.store, metric="f1", slices=True, resamples=500)
        assert by_metric(result)["f1"].positive == "yes"
        assert {one.slice: one.positive for one in result.slices} == {"label=no": None, "label=yes": None}


def test_everything_of_two_models(bench, make):
    """Score and metrics with intervals, Holm over all of them, flips counted by a plain loop, examples."""
    systems = make.drawn(200, {"a": 0.5, "b": 0.8})
    bench.write(systems, make.card("t", "accuracy", "macro_f1", "mcc", score=("accuracy", "mcc")))
    result = compare("r", store=bench.store, resamples=2000)
    found = by_metric(result)
    assert list(found) == ["score", "accuracy", "macro_f1", "mcc"]
    assert result.family == 1
    assert [one.exploratory for one in found.values()] == [False, True, True, True]
    fixed = broken = 0
    for one, other in zip(systems["a"], systems["b"], strict=True):
        fixed += one.output != one.target and other.output == other.target
        broken += one.output == one.target and other.output != other.target
    for one in found.values():
        assert one.low <= one.delta <= one.high
        assert one.delta == pytest.approx(one.b - one.a)
        assert (one.fixed, one.broken) == (fixed, broken)
        assert one.p_adjusted == (None if one.exploratory else one.p)
        assert one.verdict == "better"
        assert one.about == CHECKPOINT
    assert found["score"].delta == pytest.approx((found["accuracy"].delta + found["mcc"].delta) / 2)
    flips = result.task("s/t").flips
    assert [flip.fixed for flip in flips] == [True] * 3 + [False] * 3
    assert all((flip.after == flip.gold) == flip.fixed for flip in flips)


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1", "recall", "score"])
def test_swapped_order_negates(bench, make, metric):
    """a against b is the mirror image of b against a, for every method."""
    systems = make.drawn(150, {"a": 0.6, "b": 0.7}, cluster=[f"c{at // 3}" for at in range(150)])
    bench.write(systems, make.card("t", "accuracy", "macro_f1", "recall", score=("accuracy", "macro_f1")))
    there = by_metric(compare("r:a", "r:b", store=bench.store, resamples=2000))[metric]
    back = by_metric(compare("r:b", "r:a", store=bench.store, resamples=2000))[metric]
    assert there.delta == pytest.approx(-back.delta)
    assert there.p == pytest.approx(back.p, abs=1e-9)
    assert (there.fixed, there.broken) == (back.broken, back.fixed)
    assert there.low == pytest.approx(-back.high, abs=1e-9)
    assert there.high == pytest.approx(-back.low, abs=1e-9)


@pytest.mark.parametrize("metrics", [("accuracy",), ("mcc",)])
def test_few_different_items_are_drawn_alike_in_either_order(bench, make, metrics):
    """Of few items of which some share a cluster: the draws follow no order of the models, so intervals and p are mirrored."""
    systems = make.drawn(71, {"a": 0.35, "b": 0.7}, cluster=[f"c{min(at, 63)}" for at in range(71)])
    bench.write(systems, make.card("t", *metrics))
    there = by_metric(compare("r:a", "r:b", store=bench.store, resamples=2000))[metrics[0]]
    back = by_metric(compare("r:b", "r:a", store=bench.store, resamples=2000))[metrics[0]]
    assert (there.low, there.high) == (pytest.approx(-back.high, abs=1e-9), pytest.approx(-back.low, abs=1e-9))
    assert there.p == pytest.approx(back.p, abs=1e-9)


def test_one_cell_in_two_runs_is_one_model(bench, make):
    """Alone it cannot be compared; beside others it is shown once, with its other name."""
    task, systems = make.card("t", "accuracy", "macro_f1"), make.drawn(100, {"a": 0.6})
    facts = {"a": Facts(digest="one", kinds=())}
    bench.write(systems, task, facts=facts)
    bench.write(systems, task, run="again", facts=facts)
    for names in (("r:a", "again:a"), ("r:a", "r:a")):
        with pytest.raises(BenchwrightError, match=r"one model|named twice"):
            compare(*names, store=bench.store, resamples=500)
    bench.write({"b": make.drawn(100, {"a": 0.6, "b": 0.7})["b"]}, task, run="other")
    result = compare("r:a", "other:b", "again:a", store=bench.store, resamples=500)
    assert [system.label for system in result.systems] == ["a", "b"]
    assert result.systems[0].also == ("again:a",)
    assert "one model: a and again:a" in str(result)


def test_same_answers_of_another_model_say_nothing_about_other_items(bench, make):
    """Difference 0 and p 1, but the interval is that of differences not seen: +- z^2 / (n + z^2)."""
    some = make.drawn(100, {"a": 0.6})["a"]
    bench.write({"a": some, "b": some}, make.card("t", "accuracy", "macro_f1"))
    z = 1.959964
    for one in compare("r", store=bench.store, resamples=500).differences:
        assert one.identical
        assert (one.delta, one.p) == (0, 1)
        assert one.high == pytest.approx(-one.low)
    accuracy = by_metric(compare("r", store=bench.store, resamples=500))["accuracy"]
    assert accuracy.high == pytest.approx(z**2 / (100 + z**2), abs=1e-6)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"data": "other"}, "other data"),
        ({"limit": 50}, "another --limit"),
        ({"task": {"labels": ("no", "yes", "perhaps")}}, "other labels"),
        ({"gold": True}, "other items"),
        ({"fewer": True}, "other items"),
    ],
)
def test_what_does_not_match_is_refused_with_the_reason(bench, make, change, reason):
    """Other data, settings, labels or items: exit code 3."""
    systems = make.drawn(60, {"a": 0.6, "b": 0.7})
    other = systems["b"]
    if change.pop("gold", None):
        other = [msgspec.structs.replace(other[0], target="yes" if other[0].target == "no" else "no"), *other[1:]]
    if change.pop("fewer", None):
        other = other[:-1]
    bench.write({"a": systems["a"]})
    bench.write({"b": other}, make.card("t", **change.pop("task", {})), run="q", **change)
    with pytest.raises(NotComparable, match=reason) as caught:
        compare("r", "q", store=bench.store)
    assert caught.value.exit_code == 3


def test_refused_tasks_are_listed_and_the_rest_compared(bench, make):
    """One task failed in b, c has other data: both are told, everything else stands."""
    tasks = {"s/t": make.card("t"), "s/u": make.card("u")}
    first, second = make.drawn(60, {"a": 0.6, "b": 0.7}), make.drawn(60, {"a": 0.6, "b": 0.7, "c": 0.5}, seed=1)
    bench.many({"a": {"s/t": first["a"], "s/u": second["a"]}, "b": {"s/t": first["b"], "s/u": "broke"}}, tasks)
    bench.many({"c": {"s/u": second["c"]}}, {"s/u": tasks["s/u"]}, run="q", data="other")
    result = compare("r:a", "r:b", "q:c", store=bench.store, resamples=500)
    assert [task.path for task in result.tasks] == ["s/t"]
    told = {(one.path, one.system): one.reason for one in result.refused}
    assert "broke" in told["s/u", "b"]
    assert "other data" in told["s/u", "c"]
    assert "not in the run" in told["s/t", "c"]
    assert "not compared" in str(result)


def test_one_silent_model_takes_no_items_from_the_others(bench, make):
    """c did not answer 40 items: a and b are compared on all, c with each of them on what it answered."""
    systems = make.drawn(100, {"a": 0.6, "b": 0.7, "c": 0.7})
    silent = [msgspec.structs.replace(one, output=None, error="broken") for one in systems["c"][:40]]
    bench.write({**systems, "c": silent + systems["c"][40:]})
    result = compare("r", store=bench.store, resamples=500)
    n = {one.second: (one.n, one.left_out) for one in result.differences}
    assert n == {"b": (100, 0), "c": (60, 40)}
    assert result.task("s/t").n == 100
    assert any("40 examples left out" in flag for flag in result.differences[1].flags)


def test_holm_is_that_of_statsmodels(bench, make):
    """Over every pair of three systems on the task's score; the other metrics are exploratory."""
    from statsmodels.stats.multitest import multipletests

    bench.write(make.drawn(150, {"a": 0.5, "b": 0.6, "c": 0.7}), make.card("t", "accuracy", "macro_f1", "mcc"))
    result = compare("r", store=bench.store, resamples=500)
    pairs = result.task("s/t").pairs
    p = [one.p for one in pairs]
    assert len(p) == result.family == 3
    np.testing.assert_allclose([one.p_adjusted for one in pairs], multipletests(p, method="holm")[1])
    shown = {one.second: one for one in result.differences if not one.exploratory}
    assert [shown[pair.second].p_adjusted for pair in pairs[:2]] == [pair.p_adjusted for pair in pairs[:2]]
    assert {one.p_adjusted for one in result.differences if one.exploratory} == {None}


def test_better_needs_the_adjusted_p(bench, make):
    """An interval without 0 that Holm takes back is told so."""
    systems = make.drawn(200, {"a": 0.6, "b": 0.71}, seed=4)
    bench.write(systems)
    alone = compare("r", store=bench.store).differences[0]
    assert alone.verdict == "better"
    tasks = {f"s/t{at}": make.card(f"t{at}") for at in range(40)}
    same = make.drawn(200, {"a": 0.6, "b": 0.6}, seed=9)
    by_model = {m: {path: (systems if path == "s/t0" else same)[m] for path in tasks} for m in "ab"}
    bench.many(by_model, tasks, run="many")
    many = compare("many", store=bench.store, slices=False, flips=0)
    first = many.task("s/t0").differences[0]
    assert (first.low, first.p) == (alone.low, alone.p)
    assert first.verdict == "not distinguishable"
    assert "not distinguishable once adjusted" in str(many)


def test_slices_by_benjamini_hochberg(bench, make):
    """statsmodels over all slices; small ones are named; a floor; shrunken towards their mean."""
    from statsmodels.stats.multitest import multipletests

    n = 400
    slices = [{"lang": "ga"} if at < 8 else {"lang": ("en", "de", "fr")[at % 3]} for at in range(n)]
    systems = make.drawn(n, {"a": 0.5, "b": 0.8}, slices=slices)
    bench.write(systems, make.card("t", "macro_f1"))
    result = compare("r", store=bench.store, resamples=1000)
    found = result.task("s/t").slices
    assert [one.slice for one in found] == ["lang=de", "lang=en", "lang=fr"]
    assert result.task("s/t").small == {"lang=ga": 8}
    p = multipletests([one.p for one in found], method="fdr_bh")[1]
    np.testing.assert_allclose([one.p_adjusted for one in found], p)
    deltas = [one.delta for one in found]
    for one in found:
        assert min(deltas) <= one.shrunken <= max(deltas)
        members = [at for at in range(n) if slices[at]["lang"] == one.slice.partition("=")[2]]
        assert one.n == len(members)
        right = [systems[m][at].output == systems[m][at].target for m in "ab" for at in members]
        assert one.fixed == sum(b and not a for a, b in zip(right[: len(members)], right[len(members) :], strict=True))
    floored = compare("r", store=bench.store, resamples=1000, floor=0.9).task("s/t").slices
    assert {one.verdict for one in floored} == {"not distinguishable"}


def test_seeds_of_a_recipe(bench, make):
    """Two-level intervals are about the recipe, wider than those of the checkpoints; one seed says nothing of others."""
    rates = {"a1": 0.6, "a2": 0.64, "a3": 0.62, "b1": 0.7, "b2": 0.78, "b3": 0.74}
    bench.write(make.drawn(300, rates), make.card("t", "accuracy", "macro_f1"))
    recipe = compare("r:a1+a2+a3", "r:b1+b2+b3", store=bench.store, resamples=2000)
    for one in recipe.differences:
        assert one.about == REPLICATES
        assert one.low < one.delta < one.high
        assert 0 < one.p <= 1
        assert (one.p < 0.05) == (not one.low <= 0 <= one.high)
    assert REPLICATES in str(recipe)
    single = compare("r:a1+a2+a3", "r:b1", store=bench.store, resamples=2000).differences[0]
    assert single.about == CHECKPOINTS
    assert any("one seed of b1" in flag for flag in single.flags)
    mean = np.mean(
        [
            by_metric(compare(f"r:{a}", f"r:{b}", store=bench.store, resamples=500))["accuracy"].delta
            for a in ("a1", "a2", "a3")
            for b in ("b1", "b2", "b3")
        ]
    )
    assert by_metric(recipe)["accuracy"].delta == pytest.approx(mean)


def test_places_of_three_models(bench, make):
    """Places agree with what is clear, and are wide where nothing is."""
    bench.write(make.drawn(400, {"a": 0.2, "b": 0.9, "c": 0.9}))
    places = {place.system: (place.low, place.high) for place in compare("r", store=bench.store).task("s/t").places}
    assert places == {"a": (3, 3), "b": (1, 2), "c": (1, 2)}
    assert compare("r:a", "r:b", store=bench.store).task("s/t").places == ()


def test_lower_is_better_turns_places_and_verdicts(bench, make):
    """A metric of errors: the smaller value is first and better."""
    names = [n for n in registry.names("metrics") if registry.get("metrics", n).direction == "lower"]
    card = make.card("t", kind=Kind.REGRESS, value_range=(-9.0, 9.0))
    regress = [n for n in names if registry.get("metrics", n).is_for(card)]
    if not regress:
        pytest.skip("no metric of errors")
    rng = np.random.default_rng(0)
    gold = rng.normal(size=200)
    systems = {
        name: make.records(gold.tolist(), (gold + rng.normal(scale=scale, size=200)).tolist())
        for name, scale in (("a", 1.0), ("b", 0.2), ("c", 0.6))
    }
    bench.write(systems, make.card("t", regress[0], kind=Kind.REGRESS, value_range=(-9.0, 9.0)))
    result = compare("r", store=bench.store, resamples=1000)
    assert {one.verdict for one in result.differences} == {"better"}
    places = {place.system: place for place in result.task("s/t").places}
    assert places["b"].high == 1
    assert places["a"].low == 3
    assert places["b"].value > 0


EDGES = {
    "one item": ("+", "-"),
    "all right on both sides": ("+" * 40, "+" * 40),
    "no discordant pair": ("+-" * 20, "+-" * 20),
    "all wrong against all right": ("-" * 40, "+" * 40),
    "two items": ("+-", "-+"),
}


@pytest.mark.parametrize("name", EDGES)
def test_edges_are_defined(bench, make, name):
    """n = 1, 100 % on both sides, zero discordant pairs: a verdict or `no interval`, never a NaN or better by accident."""
    first, second = EDGES[name]
    task = make.card("t", "accuracy", "macro_f1", "mcc", "f1", "recall", score=("accuracy", "f1"))
    bench.write({"a": make.answers(first), "b": make.answers(second)}, task)
    result = compare("r", store=bench.store, resamples=500)
    text = json.dumps(result.to_json(), allow_nan=False)
    assert "NaN" not in text
    verdicts = {one.verdict for one in result.differences}
    if name == "all wrong against all right":
        assert by_metric(result)["accuracy"].verdict == "better"
    else:
        assert not verdicts & {"better", "worse"}
    for one in result.differences:
        assert one.delta is None or one.low is None or one.low <= one.delta <= one.high


def test_one_class_and_constant_answers(bench, make):
    """MCC of constants, F1 without positives: defined values or `undefined`, with a flag."""
    gold = ["no"] * 50
    systems = {"a": make.records(gold, ["no"] * 50), "b": make.records(gold, ["no"] * 45 + ["maybe"] * 5)}
    bench.write(systems, make.card("t", "accuracy", "mcc", "f1", "recall"))
    result = compare("r", store=bench.store, resamples=500)
    json.dumps(result.to_json(), allow_nan=False)
    for one in result.differences:
        assert one.verdict != "better"
        assert one.delta is not None or any("undefined" in flag for flag in one.flags)


def test_undefined_correlation_is_no_verdict(bench, make):
    """A constant model has no correlation: undefined, without p, and left out of the family."""
    gold = [float(at % 7) for at in range(60)]
    systems = {
        "a": make.records(gold, [1.0] * 60),
        "b": make.records(gold, [value + at % 3 for at, value in enumerate(gold)]),
    }
    bench.write(systems, make.card("t", "pearson", "spearman", kind=Kind.REGRESS, value_range=(0.0, 9.0)))
    result = compare("r", store=bench.store, resamples=300)
    assert {one.verdict for one in result.differences} == {"undefined"}
    assert result.family == 0
    assert all(one.p is None and one.p_adjusted is None for one in result.differences)


def test_official_mean_of_a_suite(bench, make, monkeypatch):
    """Difference of means, its distance to each bound that of the tasks in squares; a lacking task is told."""
    tasks = {f"s/t{at}": make.card(f"t{at}") for at in range(3)}
    recipe = Aggregate(name="mean", members=(("t0", "t1"), ("t2",)), title="S")
    suite = Suite(name="s", version=1, tasks=tuple(tasks.values()), aggregates=(recipe,))
    known = registry.get
    monkeypatch.setattr(
        registry, "get", lambda kind, name: suite if (kind, name) == ("suites", "s") else known(kind, name)
    )
    by_task = {path: make.drawn(200, {"a": 0.5, "b": 0.6, "c": 0.8}, seed=at) for at, path in enumerate(tasks)}
    run = bench.many({m: {path: by_task[path][m] for path in tasks} for m in "abc"}, tasks)
    means = tuple(AggregateScore(model=m, suite="s", name="mean", value=0.5) for m in "abc")
    bench.store.write_run(msgspec.structs.replace(run, aggregates=means))
    result = compare("r", store=bench.store, resamples=1000)
    parts = {(one.path, one.second): one for one in result.differences}
    for average in result.averages:
        one = average.difference
        members = [parts[path, one.second] for path in tasks]
        assert one.delta == pytest.approx(sum(w * m.delta for w, m in zip((0.25, 0.25, 0.5), members, strict=True)))
        for end in ("low", "high"):
            far = [w * (getattr(m, end) - m.delta) for w, m in zip((0.25, 0.25, 0.5), members, strict=True)]
            assert abs(getattr(one, end) - one.delta) == pytest.approx(np.linalg.norm(far))
    assert [one.difference.second for one in result.averages] == ["b", "c"]
    places = {place.system: (place.low, place.high) for place in result.average_places["s mean"]}
    assert places["c"] == (1, 1)
    assert "S, mean" in str(result)
    assert compare("r", store=bench.store, metric="accuracy", resamples=300).averages == ()


def test_tags_and_spans(bench, make):
    """Sentences and answers are fixed or broken; entity F1 and exact match have intervals and p."""
    gold = [("B-PER", "I-PER", "O"), ("O", "B-LOC", "O")] * 30
    other = [("B-PER", "O", "O"), ("O", "B-LOC", "O")] * 30
    tags = make.card("t", "entity_f1", kind=Kind.TAG)
    spans = make.card("u", "exact_match", "answer_f1", kind=Kind.SPAN)
    targets = [{"text": ["the cat"], "answer_start": [0]}] * 60
    by_model = {
        "a": {
            "s/t": make.records(gold, other),
            "s/u": make.records(targets, ["a dog"] * 30 + ["the cat"] * 30, task="u"),
        },
        "b": {"s/t": make.records(gold, gold), "s/u": make.records(targets, ["cat"] * 40 + ["dog"] * 20, task="u")},
    }
    bench.many(by_model, {"s/t": tags, "s/u": spans})
    result = compare("r", store=bench.store, resamples=1000)
    entity, exact = by_metric(result)["entity_f1"], by_metric(result, "s/u")["exact_match"]
    assert (entity.fixed, entity.broken, entity.verdict) == (30, 0, "better")
    assert (exact.fixed, exact.broken) == (30, 20)
    assert exact.delta == pytest.approx(10 / 60)
    assert exact.test == "tango"


def test_cost_stands_beside_scores(bench, make):
    """Bytes and parameters with their ratio to the first; what is unknown is left out."""
    facts = {
        "a": Facts(digest="a", kinds=(), size_bytes=1000, parameters=10),
        "b": Facts(digest="b", kinds=(), size_bytes=250),
    }
    bench.write(make.drawn(50, {"a": 0.6, "b": 0.6}), facts=facts)
    result = compare("r", store=bench.store, resamples=300)
    cost = result.systems[1].cost
    assert (cost.size_bytes, cost.size_ratio, cost.parameters, cost.parameters_ratio) == (250, 0.25, None, None)
    assert "no timing measurement" in str(result)


@pytest.mark.parametrize(
    ("options", "told"),
    [({"metric": "acuracy"}, "no metric"), ({"task": "s/x"}, "no task"), ({"confidence": 1.5}, "confidence")],
)
def test_wrong_names_are_usage_errors(bench, make, options, told):
    """Exit code 2 with what is known."""
    bench.write(make.drawn(50, {"a": 0.6, "b": 0.6}))
    with pytest.raises(BenchwrightError, match=told) as caught:
        compare("r", store=bench.store, **options)
    assert caught.value.exit_code == 2


def test_an_unknown_model_is_refused_with_the_next_thing_to_type(bench, make):
    """Where no known name is near, the command that lists them."""
    bench.write(make.drawn(50, {"a": 0.6, "b": 0.6}))
    with pytest.raises(BenchwrightError, match="no model 'elsewhere' in r") as caught:
        compare("r:a", "r:elsewhere", store=bench.store)
    assert caught.value.hint == "benchwright show r"


def test_one_model_alone_and_one_named_twice(bench, make):
    """There is nothing to compare with."""
    bench.write(make.drawn(50, {"a": 0.6}))
    with pytest.raises(BenchwrightError, match="one model"):
        compare("r", store=bench.store)
    with pytest.raises(BenchwrightError, match="twice"):
        compare("r:a", "r:a", store=bench.store)


def test_pandas_and_notebooks(bench, make):
    """One row per difference, slices and averages with it; HTML is escaped."""
    slices = [{"kind": "<b>"} for _ in range(60)]
    bench.write(make.drawn(60, {"a": 0.6, "<i>": 0.6}, slices=slices), make.card("t", "accuracy", "macro_f1"))
    result = benchwright.compare("r", store=bench.store.root)
    frame = result.to_pandas()
    rows = list(zip(frame["metric"], frame["slice"].fillna(""), strict=True))
    assert rows == [("accuracy@1", ""), ("macro_f1@1", ""), ("accuracy@1", "kind=<b>")]
    assert set(frame["verdict"]) <= {"better", "worse", "not distinguishable"}
    assert "<i>" not in result._repr_html_()
    assert "&lt;i&gt;" in result._repr_html_()
    run = benchwright.load_run("r", store=bench.store.root)
    assert "run r: 2 models on 1 task" in str(run)
    assert len(run.to_pandas()) == 2
    assert "<i>" not in run._repr_html_()


FIELDS = {
    "schema", "systems", "tasks", "averages", "average_places", "refused", "alarms", "confidence", "family", "slice_family", "fdr",
    "floor", "minimum", "average_pairs", "missing",
}  # fmt: skip
OF_DIFFERENCE = {
    "path", "metric", "direction", "first", "second", "a", "b", "delta", "low", "high", "p", "method", "n", "clusters",
    "test", "about", "confidence", "p_adjusted", "level", "se", "floor", "shrunken", "is_score", "left_out", "applicable", "fixed",
    "broken", "identical", "slice", "flags", "positive", "verdict", "unit",
    "mcnemar", "randomisation", "exploratory", "same_as",
}  # fmt: skip


def test_json_is_what_the_documentation_says(bench, make):
    """Names of the published JSON; a change of them raises its schema version."""
    bench.write(make.drawn(60, {"a": 0.6, "b": 0.7, "c": 0.7}, slices=[{"g": "x"}] * 60))
    value = compare("r", store=bench.store, slices=True, flips=1, resamples=300).to_json()
    assert value["schema"] == 5
    assert set(value) == FIELDS
    assert set(value["tasks"][0]["differences"][0]) == OF_DIFFERENCE
    assert set(value["tasks"][0]["slices"][0]) == OF_DIFFERENCE
    assert set(value["tasks"][0]["places"][0]) == {"system", "value", "low", "high"}
    assert set(value["tasks"][0]["pairs"][0]) == {
        "metric",
        "first",
        "second",
        "delta",
        "p",
        "p_adjusted",
        "low",
        "high",
    }
    assert set(value["tasks"][0]["flips"][0]) == {"second", "fixed", "id", "gold", "before", "after", "inputs"}


def test_bounds_stay_within_what_a_metric_can_differ_by(bench, make):
    """0 against 100 on every item: no bound below -1."""
    gold = [{"text": ["x"], "answer_start": [0]}] * 40
    systems = {"a": make.records(gold, ["x"] * 40), "b": make.records(gold, ["y"] * 40)}
    bench.write(systems, make.card("t", "answer_f1", kind=Kind.SPAN))
    one = compare("r", store=bench.store, resamples=300).differences[0]
    assert one.delta == one.low == -1
    assert -1 < one.high < -0.8
    assert one.verdict == "worse"


def test_the_exact_test_decides_nothing(bench, make):
    """An interval just without 0 has a p just below 0.05; McNemar's exact p above it stands beside, under its name."""
    bench.write({"a": make.answers("-" * 36 + "+" * 21 + "-" * 43), "b": make.answers("+" * 36 + "-" * 21 + "-" * 43)})
    result = compare("r", store=bench.store)
    one = result.differences[0]
    assert one.low > 0
    assert one.p < 0.05 < one.mcnemar
    assert one.verdict == "better"


@pytest.mark.parametrize("silent", [0.0, 0.2])
@pytest.mark.parametrize("seed", range(4))
def test_a_third_system_changes_nothing_about_two(bench, make, seed, silent):
    """Values, bounds, p and which is ahead are the same alone and among others, whoever leaves out which items."""
    rng = np.random.default_rng(seed)
    systems = {
        name: [
            msgspec.structs.replace(one, output=None, error="broken") if rng.random() < silent else one
            for one in records
        ]
        for name, records in make.drawn(120, {"a": 0.6, "b": 0.7, "c": 0.5, "d": 0.8}, seed=seed).items()
    }
    bench.write(systems, make.card("t", "macro_f1", "accuracy", "mcc"))
    fields = ("a", "b", "delta", "low", "high", "p", "mcnemar", "randomisation", "n", "left_out", "fixed", "broken")
    alone = compare("r:a", "r:b", store=bench.store, slices=False, flips=0, resamples=800).differences
    for others in (("r:c",), ("r:c", "r:d")):
        result = compare("r:a", "r:b", *others, store=bench.store, resamples=800)
        among = {(one.metric, one.second): one for one in result.differences}
        for one in alone:
            other = among[one.metric, "b"]
            assert [getattr(one, name) for name in fields] == [getattr(other, name) for name in fields]
    turned = compare("r:c", "r:a", "r:b", store=bench.store, resamples=800).task("s/t").pairs
    pair = next(one for one in turned if {one.first, one.second} == {"a", "b"})
    assert (pair.delta, pair.p) == (alone[0].delta, alone[0].p)


@pytest.mark.parametrize("seed", range(5))
def test_ranks_say_what_verdicts_say(bench, make, seed):
    """Whom the adjusted p of a pair tells apart, ranks tell apart, and nobody else."""
    bench.write(make.drawn(250, {"a": 0.6, "b": 0.66, "c": 0.7, "d": 0.74}, seed=seed))
    result = compare("r", store=bench.store)
    task = result.task("s/t")
    ranks = {place.system: (place.low, place.high) for place in task.places}
    told = [pair for pair in task.pairs if pair.p_adjusted <= 0.05]
    ahead = [(p.second, p.first) if p.delta > 0 else (p.first, p.second) for p in told]
    for name, (low, high) in ranks.items():
        assert low == 1 + sum(behind == name for _, behind in ahead)
        assert high == 4 - sum(better == name for better, _ in ahead)
    for one in task.differences:
        verdict = "better" if (one.second, "a") in ahead else "worse" if ("a", one.second) in ahead else ""
        assert (one.verdict if verdict else "not distinguishable") == one.verdict
        assert not verdict or one.verdict == verdict
    assert "all pairs of 4 systems" in str(result)


def test_five_won_and_none_lost_has_one_answer(bench, make):
    """Ranks never part what the difference calls not distinguishable, nor the other way round."""
    bench.write({"base": make.answers("-" * 60 + "+" * 340), "f5": make.answers("-" * 55 + "+" * 345),
                 "worse": make.answers("-" * 85 + "+" * 315)})  # fmt: skip
    result = compare("r", store=bench.store, metric="accuracy")
    ranks = {place.system: (place.low, place.high) for place in result.task("s/t").places}
    verdict = {one.second: one.verdict for one in result.differences}
    assert verdict == {"f5": "better", "worse": "worse"}
    assert ranks == {"base": (2, 2), "f5": (1, 1), "worse": (3, 3)}
    assert result.differences[0].p == pytest.approx(0.0253, abs=1e-4)


def test_silence_counts_as_wrong_where_that_is_asked_for(bench, make):
    """Forty items without an answer are forty mistakes, and the output says so."""
    systems = make.drawn(100, {"a": 0.6, "b": 1.0})
    silent = [msgspec.structs.replace(one, output=None, error="broken") for one in systems["b"][:40]]
    bench.write({"a": systems["a"], "b": silent + systems["b"][40:]}, make.card("t", "accuracy", "macro_f1"))
    result = compare("r", store=bench.store, missing="wrong", resamples=300)
    assert result.differences[0].b == 0.6
    assert result.differences[0].n == 100
    assert "count as wrong" in str(result)


def test_equal_metrics_are_tested_once(bench, make):
    """Micro-F1 of one label per item is accuracy: one interval, one p, told so."""
    bench.write(make.drawn(150, {"a": 0.6, "b": 0.75}), make.card("t", "accuracy", "micro_f1"))
    result = compare("r", store=bench.store, resamples=300)
    accuracy, micro = result.differences
    for name in ("low", "high", "p", "p_adjusted"):
        assert getattr(micro, name) == getattr(accuracy, name)
    assert micro.same_as == "accuracy"
    assert result.family == 1
    assert "the same as accuracy" in str(result)


def test_versions_of_a_suite_are_never_mixed(bench, make):
    """As in gate and select: another version is another question, whatever else is equal."""
    systems = make.drawn(60, {"a": 0.5, "b": 0.8})
    for name, version in (("old", 1), ("new", 2)):
        write_run(
            bench.store,
            name,
            {"m": {"s/t": systems["a" if name == "old" else "b"]}},
            {"s/t": make.card()},
            versions={"s": version},
        )
    with pytest.raises(NotComparable, match=r"versions of a suite differ: old:m s@1, new:m s@2"):
        compare("old", "new", store=bench.store, resamples=200)
