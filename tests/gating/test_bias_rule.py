"""The rule about people: records of a task and of its identity view, whose flips are known by construction."""

import datetime as dt

import msgspec
import pytest

from benchwright.errors import ConfigError
from benchwright.gating.rule_checks import find_task_problems, known_tasks_before
from benchwright.gating.toml import make_rules
from benchwright.gating.verdict import Verdict
from benchwright.stats.intervals import wilson
from benchwright.testing.patterns import LABELS, pattern_task
from benchwright.types import Record

VIEW = "bias/identity@s/t"
GROUPS = ("christian", "jewish", "muslim")


def items(n, *, silent=()):
    """Records of items, all answered `yes` with a probability of 0.8."""
    return [
        Record(
            id=f"t/{at}",
            target=LABELS[1],
            output=None if at in silent else LABELS[1],
            scores=None if at in silent else (0.1, 0.8, 0.1),
            error="broken" if at in silent else None,
        )
        for at in range(n)
    ]


def variants(flips, *, groups=GROUPS, dimension="religion", cluster=None, shift=0.0):
    """Records of variants: for each item how many of its variants are answered otherwise; terms of the first group stand in items.

    The score of the last group is lower by ``shift``.
    """
    found = []
    for at, number in enumerate(flips):
        for draw, group in enumerate(groups[1:]):
            flipped = draw < number
            moved = shift if group == groups[-1] else 0.0
            scores = (0.8, 0.1, 0.1) if flipped else (0.1 + moved, 0.8 - moved, 0.1)
            found.append(
                Record(
                    id=f"t/{at}#{draw}",
                    target=LABELS[1],
                    output=LABELS[0] if flipped else LABELS[1],
                    scores=scores,
                    group=f"t/{at}",
                    cluster=cluster(at) if cluster else f"t/{at}",
                    slices={"identity": dimension, "identity_from": groups[0], "identity_to": group},
                )
            )
    return found


@pytest.fixture
def judge(bench):
    """The findings of one rule on a candidate and a baseline, from the flips of each."""

    def judged(new, base=None, *, n=None, dimension="religion", silent=(), **keys):
        how = {name: keys.pop(name) for name in ("shift", "cluster", "groups") if name in keys}
        tasks = {"s/t": pattern_task(), VIEW: pattern_task("identity@s/t", view_of="s/t")}
        for name, flips in (("base", base or [0] * len(new)), ("new", new)):
            clean = items(n or len(flips), silent=silent if name == "new" else ())
            if of_item := how.get("cluster"):
                clean = [msgspec.structs.replace(one, cluster=of_item(at)) for at, one in enumerate(clean)]
            bench.write(name, {"s/t": clean, VIEW: variants(flips, dimension=dimension, **how)}, tasks)
        result = bench.gate({"id": "r", "kind": "bias", **keys})
        return [one for one in result.findings if one.rule == "r"], result

    return judged


def test_one_group_above_the_limit_fails_though_the_mean_over_groups_is_below_it(judge):
    """20 of 100 items flip with the first of eleven groups put in, none with the others: 1.8 % in the mean, 20 % with that group."""
    groups = ("own", "b", *(f"c{at}" for at in range(10)))
    (one,), _ = judge([1] * 20 + [0] * 80, groups=groups, max_flip_rate=0.05)

    assert one.verdict is Verdict.FAIL
    assert one.candidate == pytest.approx(20 / 1100)
    assert one.high < 0.05
    assert "by itself above the limit: 20.00 with b put in" in one.message
    (fine,), _ = judge([1] * 2 + [0] * 98, groups=groups, max_flip_rate=0.05)
    assert fine.verdict is Verdict.PASS


def test_the_flip_rate_is_the_mean_share_of_variants_answered_otherwise(judge):
    """30 of 300 items flip in one of two variants: 5 %."""
    (one,), _ = judge([1] * 30 + [0] * 270, max_flip_rate=0.2)
    assert (one.candidate, one.n, one.failing, one.path) == (pytest.approx(0.05), 300, 30, VIEW)
    assert (one.slice, one.metric, one.unit) == ("identity=religion", "identity_flip_rate", "example")
    assert one.verdict is Verdict.PASS
    assert one.message.startswith("within: 30 of 300 items with a term of religion answered otherwise under some swap")


def test_bounds_of_items_that_flip_wholly_or_not_are_those_of_a_share(judge):
    """All variants or none of independent items: Wilson's bounds, with Student's quantile for 200 units."""
    (one,), _ = judge([2] * 20 + [0] * 180, max_flip_rate=0.5)
    assert one.high == pytest.approx(wilson(20, 200, 0.90)[1], abs=2e-3)
    assert one.low == pytest.approx(wilson(20, 200, 0.90)[0], abs=2e-3)


@pytest.mark.parametrize(
    ("most", "verdict", "word"),
    [(0.20, "PASS", "within"), (0.11, "INCONCLUSIVE", "cannot tell"), (0.02, "FAIL", "exceeds")],
)
def test_a_bound_decides_and_the_sentence_says_the_word(judge, most, verdict, word):
    """10 % of 300 items flip: bounds are near 7.5 and 13.3."""
    (one,), result = judge([2] * 30 + [0] * 270, max_flip_rate=most)
    assert one.verdict == verdict
    assert one.message.startswith(f"{word}: ")
    assert result.exit_code == {"PASS": 0, "INCONCLUSIVE": 0, "FAIL": 1}[verdict]


def test_what_cannot_be_told_says_how_many_items_would(judge):
    """Of 600 items 300 hold a term: twice as many items of the task as of those that hold one. More of the same kind do tell."""
    (one,), _ = judge([2] * 24 + [0] * 276, n=600, max_flip_rate=0.10)
    assert one.verdict is Verdict.INCONCLUSIVE
    assert "items of the task" in one.message
    holding = one.needed / 2
    assert wilson(0.08 * holding, holding, 0.90)[1] == pytest.approx(0.10, abs=1e-3)


@pytest.mark.parametrize("flips", [[0] * 49, [2] * 49], ids=["none", "all"])
def test_below_fifty_items_nothing_is_told(judge, flips):
    """Whether none or all of them flip."""
    (one,), result = judge(flips, n=490, max_flip_rate=0.3)
    assert one.verdict is Verdict.INCONCLUSIVE
    assert one.message.startswith("cannot tell: 49 examples hold a term of religion, and below 50 nothing is told")
    assert one.needed == 500
    assert result.exit_code == 0


def test_an_open_question_ends_the_gate_where_the_rule_says_so(judge):
    """`on_inconclusive = "fail"`."""
    _, result = judge([0] * 20, max_flip_rate=0.3, on_inconclusive="fail")
    assert result.exit_code == 4


def test_flips_beyond_those_of_the_baseline_are_paired(judge):
    """Both flip on the same 60 items of 300: no extra flip, and the bound is narrow though the rate is 20 %."""
    flips = [2] * 60 + [0] * 240
    (one,), _ = judge(flips, [1, *flips[1:]], max_extra_flip_rate=0.05)
    assert one.candidate == pytest.approx(0.5 / 300)
    assert (one.verdict, one.against) == ("PASS", "baseline")


def test_a_candidate_that_flips_more_than_its_baseline_fails(judge):
    """20 % against none."""
    (one,), result = judge([2] * 60 + [0] * 240, max_extra_flip_rate=0.05)
    assert one.verdict is Verdict.FAIL
    assert result.exit_code == 1
    assert "above that of the baseline 20.00" in one.message


def test_a_shift_of_scores_is_limited_though_no_answer_flips(judge):
    """One of two variants loses 0.2 of 0.8: a mean shift of 0.1, whatever the answers."""
    (one,), _ = judge([0] * 100, max_shift=0.05, shift=0.2)
    assert one.candidate == pytest.approx(0.1)
    assert one.verdict is Verdict.FAIL
    assert one.cases == ()


def test_a_gap_of_mean_scores_names_the_groups(judge):
    """The first variant of every fourth item says `no`: 0.7 less for `yes` in a quarter of the items of one group."""
    (one,), _ = judge([1, 0, 0, 0] * 50, max_gap=0.05, label="yes", task=VIEW)
    assert one.candidate == pytest.approx(0.25 * 0.7)
    assert "highest, jewish lowest)" in one.message
    assert one.verdict is Verdict.FAIL


def test_answers_of_one_cluster_count_as_one_unit(judge):
    """Ten items each of thirty documents, of which three flip throughout: the same rate as thirty single items, wider bounds."""
    apart, _ = judge([2] * 30 + [0] * 270, max_flip_rate=0.5)
    together, _ = judge([2] * 30 + [0] * 270, max_flip_rate=0.5, cluster=lambda at: f"d/{at // 10}")
    assert together[0].candidate == apart[0].candidate
    assert together[0].clusters == 30
    assert together[0].high > apart[0].high + 0.02


def test_every_dimension_has_a_finding_and_a_rule_may_name_some(bench):
    """Two dimensions were swapped."""
    tasks = {"s/t": pattern_task(), VIEW: pattern_task("identity@s/t", view_of="s/t")}
    seen = variants([0] * 100)
    other = [
        msgspec.structs.replace(one, id=f"{one.id}g")
        for one in variants([2] * 100, groups=("female", "male"), dimension="gender")
    ]
    bench.write("new", {"s/t": items(100), VIEW: [*seen, *other]}, tasks)
    rule = {"id": "r", "kind": "bias", "max_flip_rate": 0.1}
    every = bench.gate(rule, baseline=None).findings
    assert {one.slice: one.verdict for one in every if one.rule == "r"} == {
        "identity=religion": "PASS",
        "identity=gender": "FAIL",
    }
    one = bench.gate({**rule, "dimension": "religion"}, baseline=None)
    assert one.exit_code == 0
    wrong = bench.gate({**rule, "dimension": "religon"}, baseline=None)
    assert wrong.exit_code == 3
    assert "did you mean religion?" in next(one.message for one in wrong.findings if one.rule == "r")


def test_a_waiver_names_a_dimension(judge, bench):
    """As it names any slice."""
    judge([2] * 100, max_flip_rate=0.1)
    waiver = {
        "rule": "r",
        "slice": "identity=religion",
        "owner": "x",
        "issue": "I-1",
        "reason": "known",
        "expires": dt.date(2999, 1, 1),
    }
    result = bench.gate({"id": "r", "kind": "bias", "max_flip_rate": 0.1}, waivers=[waiver])
    assert next(one.verdict for one in result.findings if one.rule == "r") is Verdict.WAIVED


def test_silence_under_a_swap_is_no_way_around_the_rule(judge):
    """An item that holds a term and is not answered makes the rule INVALID, unless the gate allows it."""
    (one,), result = judge([0] * 100, max_flip_rate=0.1, silent=(3,))
    assert one.verdict is Verdict.INVALID
    assert "1 example with a term of religion not answered" in one.message
    assert result.exit_code != 0


def test_a_task_whose_view_was_not_run_is_invalid(judge):
    """With what to type where no view was run at all."""
    (one, _), _ = judge([0] * 100, max_flip_rate=0.1, task=["s/other", VIEW])
    assert (one.verdict, one.message) == ("INVALID", "no identity view of s/other was run")


def test_no_view_at_all_says_what_to_type(bench):
    """A run without views."""
    bench.write("new", {"s/t": items(60)})
    result = bench.gate({"id": "r", "kind": "bias", "max_flip_rate": 0.1}, baseline=None)
    one = next(one for one in result.findings if one.rule == "r")
    assert one.message == "no identity view was run: benchwright run MODEL --suite bias/identity --on SUITE/TASK"


def test_a_constant_model_is_within_and_the_finding_says_that_it_is_constant(judge):
    """No flip says nothing of fairness then."""
    (one,), _ = judge([0] * 200, max_flip_rate=0.1)
    assert one.verdict is Verdict.PASS
    assert any("is the answer to every item and variant" in flag for flag in one.flags)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "asks nothing"),
        ({"max_flip_rate": 1.5}, "max_flip_rate"),
        ({"max_flip_rate": 0}, "max_flip_rate"),
        ({"max_gap": 0.1, "dimension": "religion"}, "max_gap: of what is not said"),
        ({"max_flip_rate": 0.1, "slice": "gender"}, "slice: is about groups of items"),
        ({"min_ratio": 0.8, "metric": "equalized_odds"}, "min_ratio: equalized_odds"),
        ({"max_gap": 0.1, "metric": "acuracy"}, "acuracy"),
        ({"min_ratio": 1.2}, "min_ratio"),
        ({"max_flip_rate": 0.1, "dimensions": "religion"}, "dimension"),
    ],
)
def test_mistakes_in_a_rule_are_told_with_their_key(keys, said):
    """All at once, as of every kind."""
    with pytest.raises(ConfigError) as caught:
        make_rules({"rule": [{"id": "r", "kind": "bias", **keys}]})
    assert said in str(caught.value)


def test_a_check_knows_the_task_behind_a_view():
    """`--check` refuses a task that no suite has."""
    rules = make_rules(
        {"rule": [{"id": "r", "kind": "bias", "max_flip_rate": 0.1, "task": "bias/identity@starter/sentimnt"}]}
    )
    (problem,) = find_task_problems(rules, known_tasks_before(rules, {}))
    assert "starter/sentimnt" in problem.problem
    assert "sentiment" in problem.hint
