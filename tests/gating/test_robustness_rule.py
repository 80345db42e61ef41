"""The rule about robustness: four sets of records joined by item, the loss of the candidate beside that of the baseline."""

import msgspec
import pytest

from benchwright.errors import ConfigError
from benchwright.gating.rule_checks import find_task_problems, known_tasks_before
from benchwright.gating.toml import make_rules
from benchwright.gating.verdict import Verdict
from benchwright.stats.paired import tango_bound
from benchwright.testing.patterns import LABELS, pattern_records, pattern_task
from benchwright.types import Kind, Record

VIEW = "robustness/typo@s/t"


def variants(pattern, draws=1, *, skip=()):
    """Records of a view: for each item a group of signs, one for each variant; items in ``skip`` were not changed."""
    found = []
    for at, sign in enumerate(pattern):
        if at in skip:
            continue
        gold, other = LABELS[at % 2], LABELS[1 - at % 2]
        for draw in range(draws):
            said = None if sign == "!" else gold if sign == "+" else other
            found.append(
                Record(
                    id=f"t/{at}#{draw}",
                    target=gold,
                    output=said,
                    error="broken" if said is None else None,
                    cluster=f"t/{at}",
                    group=f"t/{at}",
                )
            )
    return found


def tagged(n, draw=""):
    """Records of n sentences of two words, tagged as they should be."""
    gold = ("B-X", "O")
    return [Record(id=f"n/{at}{draw}", target=gold, output=gold, group=f"n/{at}" if draw else None) for at in range(n)]


@pytest.fixture
def judge(bench):
    """The findings of one rule on two models, each with its answers to items and to variants."""

    def judged(base, new, *, draws=1, skip=(), **keys):
        for name, (clean, seen) in (("base", base), ("new", new)):
            cells = {"s/t": pattern_records(clean), VIEW: variants(seen, draws, skip=skip)}
            tasks = {"s/t": pattern_task(), VIEW: pattern_task("typo@s/t", view_of="s/t")}
            bench.write(name, cells, tasks)
        result = bench.gate({"id": "r", "kind": "robustness", **keys})
        return [one for one in result.findings if one.rule == "r"], result

    return judged


def test_the_loss_is_clean_minus_perturbed(judge):
    """90 right of 100 as they are, 70 of 100 once perturbed: a loss of 20 points."""
    both = ("+" * 90 + "-" * 10, "+" * 70 + "-" * 30)
    (one,), _ = judge(both, both, max_loss=0.5)
    assert (one.candidate, one.n, one.path) == (pytest.approx(0.20), 100, VIEW)
    assert one.verdict is Verdict.PASS
    assert "90.00 to 70.00" in one.message
    assert one.low < 0.20 < one.high


def test_the_loss_alone_has_the_interval_that_a_run_shows(judge):
    """One variant of independent items: Tango's bounds of the two discordant counts."""
    both = ("+" * 90 + "-" * 10, "+" * 65 + "-" * 25 + "+" * 5 + "-" * 5)
    (one,), _ = judge(both, both, max_loss=0.5)
    assert one.candidate == pytest.approx(0.20)
    assert one.low == pytest.approx(-tango_bound(5, 25, 100, 0.05, "upper"))
    assert one.high == pytest.approx(-tango_bound(5, 25, 100, 0.05, "lower"))


@pytest.mark.parametrize(("most", "verdict"), [(0.40, "PASS"), (0.22, "INCONCLUSIVE"), (0.05, "FAIL")])
def test_the_upper_bound_of_the_loss_decides(judge, most, verdict):
    """Three ways to end, as every rule that a bound decides."""
    both = ("+" * 90 + "-" * 10, "+" * 70 + "-" * 30)
    (one,), _ = judge(both, both, max_loss=most)
    assert one.verdict == verdict, one.message


def test_only_the_loss_beyond_the_baselines_counts(judge):
    """The baseline loses 20 points, the candidate 50: 30 more, paired by item."""
    base, new = ("+" * 100, "+" * 80 + "-" * 20), ("+" * 100, "+" * 50 + "-" * 50)
    (one,), result = judge(base, new, max_extra_loss=0.05)
    assert (one.verdict, result.exit_code) == (Verdict.FAIL, 1)
    assert (one.baseline, one.candidate) == (pytest.approx(0.2), pytest.approx(0.5))
    assert one.delta == pytest.approx(0.3)
    se = (0.3 * 0.7 / 100) ** 0.5
    assert one.low == pytest.approx(0.3 - 1.66 * se, abs=0.02)
    assert one.high == pytest.approx(0.3 + 1.66 * se, abs=0.02)


def test_a_worse_model_that_loses_no_more_passes(judge):
    """Both lose the same twenty items; that the candidate has less to begin with is the affair of another rule."""
    base, new = ("+" * 100, "-" * 20 + "+" * 80), ("+" * 90 + "-" * 10, "-" * 20 + "+" * 70 + "-" * 10)
    (one,), _ = judge(base, new, max_extra_loss=0.08)
    assert one.delta == pytest.approx(0.0)
    assert one.verdict is Verdict.PASS


def test_items_without_a_variant_are_on_neither_side(judge):
    """Ten items that the perturbation left alone are in no number."""
    both = ("-" * 10 + "+" * 90, "-" * 10 + "+" * 45 + "-" * 45)
    (one,), _ = judge(both, both, skip=range(10), max_loss=0.9)
    assert (one.n, one.candidate) == (90, pytest.approx(0.5))
    assert "100.00 to 50.00" in one.message


def test_variants_of_an_item_are_one_unit(judge):
    """Three variants of each of fifty items are fifty units."""
    both = ("+" * 50, "+" * 30 + "-" * 20)
    (one,), _ = judge(both, both, draws=3, max_loss=0.9)
    assert (one.n, one.clusters, one.candidate) == (50, 50, pytest.approx(0.4))
    assert "150 variants of 50 examples" in one.flags
    (alone,), _ = judge(both, both, draws=1, max_loss=0.9)
    assert one.high == pytest.approx(alone.high, abs=0.02), "more copies of an item tell nothing more"


def test_a_view_that_nobody_ran_is_invalid(bench, make):
    """With what to type."""
    bench.pair("+" * 10, "+" * 10)
    finding, result = bench.judge("robustness", max_loss=0.1)
    assert (finding.verdict, result.exit_code) == (Verdict.INVALID, 3)
    assert "--suite robustness --on" in finding.message


def test_a_name_that_no_view_has_is_invalid_with_what_is_near(judge):
    """Views are named as in their path."""
    both = ("+" * 10, "+" * 10)
    (one,), _ = judge(both, both, perturbation="tpyo", max_loss=0.1)
    assert "no view 'tpyo' was run: there are typo; did you mean typo?" in one.message
    (one,), _ = judge(both, both, perturbation="ty*", task="s/t", max_loss=0.5)
    assert one.path == VIEW


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"perturbation": ["typo", "ocr"]}, "no view 'ocr' was run: there are robustness/typo@s/t"),
        ({"task": ["s/t", "s/other"]}, "no view '*' of s/other was run"),
        ({"task": ["s/t", "s/other"], "perturbation": "typo"}, "no view 'typo' of s/other was run"),
    ],
)
def test_each_view_that_is_named_must_have_been_run(judge, keys, said):
    """A rule about two views does not pass because one of them is fine."""
    both = ("+" * 100, "+" * 100)
    found, result = judge(both, both, max_loss=0.5, **keys)

    assert sorted(one.verdict for one in found) == sorted([Verdict.INVALID, Verdict.PASS])
    (invalid,) = [one for one in found if one.verdict is Verdict.INVALID]
    assert said in invalid.message
    assert result.exit_code == 3


def test_a_view_that_would_change_the_gold_answers_of_one_task_is_not_missed_there(bench):
    """Tags are not seen with more white space, texts to classify are."""
    tasks = {"s/t": pattern_task(), "s/n": pattern_task("n", "token_accuracy", kind=Kind.TAG)}
    for model in ("base", "new"):
        cells, cards = {}, dict(tasks)
        for view, base in (("whitespace", "s/t"), ("ocr", "s/t"), ("ocr", "s/n")):
            path = f"robustness/{view}@{base}"
            cards[path] = msgspec.structs.replace(tasks[base], name=f"{view}@{base}", view_of=base)
            cells[base] = pattern_records("+" * 60) if base == "s/t" else tagged(60)
            cells[path] = variants("+" * 60) if base == "s/t" else tagged(60, "#0")
        bench.write(model, cells, cards)
    rule = {"id": "r", "kind": "robustness", "task": ["s/t", "s/n"], "perturbation": ["whitespace", "ocr"]}
    result = bench.gate({**rule, "max_loss": 0.5})

    found = [one for one in result.findings if one.rule == "r"]
    assert [one.verdict for one in found] == [Verdict.PASS] * 3


def test_the_default_severity_may_be_written_out(judge):
    """As the table of a run writes it."""
    both = ("+" * 100, "+" * 100)
    (one,), _ = judge(both, both, max_loss=0.5, perturbation="typo-2")

    assert (one.path, one.verdict) == (VIEW, Verdict.PASS)


def test_other_rules_leave_views_alone_unless_they_name_them(judge, bench):
    """A rule about every task is about tasks as they are."""
    judge(("+" * 50, "-" * 50), ("+" * 50, "-" * 50), max_loss=0.9)
    result = bench.gate({"id": "r", "kind": "absolute", "metric": "accuracy", "min": 0.9})
    assert [one.path for one in result.findings if one.rule == "r"] == ["s/t"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "asks nothing"),
        ({"max_loss": 0}, "max_loss: 0"),
        ({"max_loss": 1.0, "metric": "accuracy"}, "as wide as all of accuracy"),
        ({"max_extra_loss": 0.1, "metric": "acuracy"}, "unknown metric"),
        ({"max_extra_loss": 0.1, "perturbation": []}, "perturbation: []"),
    ],
)
def test_mistakes_of_the_rule_are_told(keys, said):
    """Each with its rule and key."""
    with pytest.raises(ConfigError) as caught:
        make_rules({"rule": [{"id": "r", "kind": "robustness", **keys}]})
    assert said in str(caught.value)


def test_a_name_that_no_perturbation_has_is_a_mistake_of_the_check():
    """Severities and patterns are names of views too."""
    rules = make_rules(
        {
            "rule": [
                {
                    "id": "r",
                    "kind": "robustness",
                    "max_loss": 0.1,
                    "perturbation": ["keyboard_typo-3", "case", "keybord_typo"],
                }
            ]
        }
    )
    (problem,) = find_task_problems(rules, known_tasks_before(rules, {}))
    assert "perturbation: 'keybord_typo' is no view" in problem.problem
    assert "keyboard_typo" in problem.hint
