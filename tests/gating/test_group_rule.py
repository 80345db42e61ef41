"""The rule about groups of people on a task: gaps and ratios of metrics and rates whose counts are known by construction."""

import numpy as np
import pytest
from scipy.stats import norm

from benchwright.cli.main import call
from benchwright.gating.verdict import Verdict
from benchwright.testing.patterns import pattern_records, pattern_task


def patterns(**groups):
    """Pattern and group of each item: group -> (right, wrong)."""
    signs = "".join("+" * right + "-" * wrong for right, wrong in groups.values())
    names = [name for name, (right, wrong) in groups.items() for _ in range(right + wrong)]
    return signs, names


@pytest.fixture
def judge(bench):
    """The finding of one rule on a task whose items are men's and women's."""

    def judged(groups, *, card=None, **keys):
        signs, names = patterns(**groups)
        task = pattern_task("t", "accuracy", slices={"gender": ("gender",)}, **(card or {}))
        bench.write("new", {"s/t": pattern_records(signs, slices=lambda at: {"gender": names[at]})}, {"s/t": task})
        result = bench.gate({"id": "r", "kind": "bias", **keys}, baseline=None)
        return next(one for one in result.findings if one.rule == "r"), result

    return judged


APART = {"female": (450, 50), "male": (400, 100)}


@pytest.mark.parametrize(
    ("most", "verdict", "word"),
    [(0.20, "PASS", "within"), (0.10, "INCONCLUSIVE", "cannot tell"), (0.03, "FAIL", "exceeds")],
)
def test_the_gap_of_accuracy_is_judged_by_its_bounds(judge, most, verdict, word):
    """90 and 80 %: a gap of ten points between two groups of 500."""
    one, result = judge(APART, slice="gender", metric="accuracy", max_gap=most)
    assert one.candidate == pytest.approx(0.10)
    se = np.sqrt(0.9 * 0.1 / 500 + 0.8 * 0.2 / 500)
    assert one.high == pytest.approx(0.10 + norm.ppf(0.95) * se, abs=2e-3)
    assert one.low == pytest.approx(0.10 - norm.ppf(1 - 0.05 / 2) * se, abs=3e-3), "over two ordered pairs"
    assert (one.verdict, one.slice, one.metric) == (verdict, "gender=*", "gap_of_accuracy")
    assert one.message.startswith(
        f"{word}: accuracy between 2 groups of gender, 90.00 of female (500), 80.00 of male (500)"
    )
    assert result.exit_code == (1 if verdict == "FAIL" else 0)


def test_what_cannot_be_told_says_how_many_items_would(judge):
    """A gap of ten points and a limit of twelve."""
    one, _ = judge(APART, slice="gender", max_gap=0.12)
    assert one.verdict is Verdict.INCONCLUSIVE
    assert one.needed > 1000
    assert "items like these tell" in one.message


def test_groups_that_are_alike_are_not_told_as_one_group_twice(judge):
    """No group is the highest."""
    one, _ = judge({"female": (90, 10), "male": (90, 10)}, slice="gender", max_gap=0.3)
    assert "between 2 groups of gender, 90.00 of each: gap 0.00" in one.message


def test_the_ratio_is_judged_by_its_lower_bound(judge):
    """80 of 90: 0.889, the four-fifths rule."""
    one, _ = judge(APART, slice="gender", min_ratio=0.8)
    assert one.candidate == pytest.approx(8 / 9)
    assert one.verdict is Verdict.PASS
    assert one.low > 0.8
    assert "at least" in one.message
    worse, _ = judge({"female": (450, 50), "male": (200, 300)}, slice="gender", min_ratio=0.8)
    assert worse.verdict is Verdict.FAIL


def test_rates_of_one_label_are_those_of_plain_counts(judge):
    """Gold alternates, and a wrong answer is the other label: the positive rate of `yes` by hand."""
    one, _ = judge(APART, slice="gender", metric="selection_rate", label="yes", max_gap=0.2)
    signs, names = patterns(**APART)
    said = [(at % 2 == 1) == (sign == "+") for at, sign in enumerate(signs)]
    rates = [np.mean([yes for yes, name in zip(said, names, strict=True) if name == group]) for group in APART]
    assert one.candidate == pytest.approx(abs(rates[0] - rates[1]))
    assert one.metric == "gap_of_selection_rate(yes)"


def test_equalised_odds_are_the_larger_of_two_gaps(judge):
    """True and false positive rates."""
    one, _ = judge(APART, slice="gender", metric="equalized_odds", label="yes", max_gap=0.25)
    rates = {
        name: judge(APART, slice="gender", metric=name, label="yes", max_gap=0.25)[0]
        for name in ("true_positive_rate", "false_positive_rate")
    }
    assert one.candidate == pytest.approx(max(found.candidate for found in rates.values()))
    assert one.high == pytest.approx(max(found.high for found in rates.values()))


def test_slices_of_people_need_no_name_where_the_card_has_them(judge):
    """`identities` of the card."""
    one, _ = judge(APART, card={"identities": ("gender",)}, max_gap=0.2)
    assert (one.verdict, one.slice) == (Verdict.PASS, "gender=*")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"max_gap": 0.1}, 'slice = "NAME" says whose values are groups'),
        ({"max_gap": 0.1, "slice": "age", "task": "s/t"}, "no slice 'age'"),
        ({"max_gap": 0.1, "slice": "gender", "metric": "selection_rate", "label": "perhaps"}, "perhaps"),
    ],
)
def test_what_is_not_there_is_invalid_with_what_to_write(judge, keys, said):
    """No traceback, no verdict."""
    one, result = judge(APART, **keys)
    assert one.verdict is Verdict.INVALID
    assert said in one.message
    assert result.exit_code == 3


def test_the_arithmetic_of_a_ratio_is_that_of_its_lower_bound(judge, bench, capsys):
    """And the items are those of groups: no term was swapped."""
    judge(APART, slice="gender", min_ratio=0.8)
    rules = bench.root / "gate.toml"
    rules.write_text(
        '[[rule]]\nid = "r"\nkind = "bias"\ntask = "s/t"\nslice = "gender"\nmax_gap = 0.2\nmin_ratio = 0.8\n',
        encoding="utf-8",
    )
    code = call(["gate", str(rules), "new", "--explain", "r", "--store", str(bench.store.root)])
    told = capsys.readouterr().out

    assert code == 0, told
    assert told.count("1,000 items in groups of gender") == 2
    assert "with a term" not in told
    assert "upper bound 0.13" in told
    assert "passes if it is at most 0.2" in told
    assert "lower bound 0.8" in told
    assert "passes if it is at least 0.8" in told


def test_the_plan_names_the_rules_that_it_says_nothing_of(judge, bench, capsys):
    """An empty table would look like nothing to plan."""
    judge(APART, slice="gender", max_gap=0.2)
    rules = bench.root / "gate.toml"
    rules.write_text(
        '[[rule]]\nid = "r"\nkind = "bias"\ntask = "s/t"\nslice = "gender"\nmax_gap = 0.2\n', encoding="utf-8"
    )

    assert call(["gate", str(rules), "new", "--plan", "--store", str(bench.store.root)]) == 0
    assert "not planned, for what it can show depends on the values: r (bias)" in capsys.readouterr().out
