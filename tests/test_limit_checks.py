"""Limits, margins and levels: `gate`, `gate --check` and `select` refuse or remark the same ones."""

import math

import pytest

from benchwright import limit_checks
from benchwright.cli.main import call
from benchwright.comparison.compare import compare
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.gate_run import gate
from benchwright.gating.toml import make_rules
from benchwright.limit_checks import Bound
from benchwright.quantities import Quantity
from benchwright.selection.select import select
from benchwright.store import Store
from benchwright.testing.fixtures import build_task
from benchwright.testing.write_run import write_run
from benchwright.types import Facts, Record

FRACTION = Quantity(name="accuracy", title="accuracy")
ERROR = Quantity(name="mae", title="mae", unit="number", direction="lower", high=math.inf)
NI = {"id": "q", "kind": "noninferiority", "margin": 0.02}


@pytest.fixture
def store(tmp_path):
    """Two models of 200 answers, 20 and 24 of them wrong, and a third without a right one."""
    found = Store(tmp_path / "store")
    names = ("no", "yes")
    card = build_task(labels=names, positive="yes")
    answers = {
        model: {
            "s/t": [
                Record(id=f"t/{at}", target=names[at % 2], output=names[(at + (at < wrong)) % 2]) for at in range(200)
            ]
        }
        for model, wrong in (("a", 20), ("b", 24), ("poor", 190))
    }
    facts = {model: Facts(digest=model, kinds=(), size_bytes=1000) for model in answers}
    write_run(found, "r", answers, {"s/t": card}, facts=facts)
    return found


@pytest.mark.parametrize("level", [0.49, 0.3, 0.21, 0.0, -0.05, 1.0, 5.0, math.nan])
def test_a_level_on_which_chance_decides_is_refused(level, store):
    """In the file, by rule, for slices, and as a confidence of `compare`."""
    assert limit_checks.level_problem(level) is not None
    slices = {"id": "s", "kind": "slices", "margin": 0.1}
    for document in (
        {"alpha": level, "rule": [NI]},
        {"rule": [{**NI, "confidence": 1 - level}]},
        {"rule": [{**slices, "fdr": level}]},
    ):
        with pytest.raises(ConfigError, match=r"alpha|confidence|fdr"):
            make_rules(document)
    with pytest.raises(BenchwrightError, match="confidence"):
        compare("r:a", "r:b", store=store, confidence=1 - level, resamples=200)


@pytest.mark.parametrize(("level", "loose"), [(0.2, True), (0.15, True), (0.1, False), (0.05, False), (0.001, False)])
def test_a_loose_level_is_remarked(level, loose, store, tmp_path, capsys):
    """By the gate beside the finding, and by --check."""
    assert bool(limit_checks.level_warning(level)) is loose
    (tmp_path / "gate.toml").write_text(
        f'alpha = {level}\n[[rule]]\nid = "q"\nkind = "noninferiority"\nmetric = "accuracy"\nmargin = 0.1\n'
    )
    found = gate(tmp_path / "gate.toml", "r:b", baseline="r:a", store=store, resamples=200).findings[0]
    assert any("at a level of" in flag for flag in found.flags) is loose
    assert call(["gate", str(tmp_path / "gate.toml"), "--check"]) == 0
    assert ("at a level of" in capsys.readouterr().out) is loose


def test_margins_and_limits():
    """As wide as the metric, beyond it, a percentage, a unit of its own; then what is only remarked."""
    assert limit_checks.margin_problem(1.0, FRACTION).expected == "a margin below 1"
    assert limit_checks.margin_problem(2.0, FRACTION).hint == "write 0.02 for 2 %"
    assert limit_checks.margin_problem(2.0, ERROR) is None
    assert limit_checks.margin_problem(0.99, FRACTION) is None
    assert "more than half" in limit_checks.margin_warning(0.99, FRACTION)
    assert "30 %" in limit_checks.margin_warning(0.3, FRACTION)
    assert limit_checks.margin_warning(0.2, FRACTION) == limit_checks.margin_warning(2.0, ERROR) == ""
    assert limit_checks.limit_problem(90, FRACTION).hint == "write 0.9 for 90 %"
    assert limit_checks.limit_problem(-0.1, FRACTION) is not None
    assert limit_checks.limit_problem(-0.1, ERROR) is not None
    assert limit_checks.limit_problem(90, ERROR) is None
    assert "nothing could fail it" in limit_checks.limit_warning(0.0, None, FRACTION)
    assert limit_checks.limit_warning(0.0, 0.9, FRACTION) == ""
    assert limit_checks.unquoted("1 %") == "write 0.01 for 1 %"
    assert limit_checks.unquoted("0.02") == "write 0.02, without quotes"
    assert limit_checks.unquoted("one point") == ""


def test_bounds_that_contradict_each_other():
    """Above below, or equal and one of them strict; equal and both inclusive is one value."""

    def clash(low, low_at, high, high_at):
        return bool(
            limit_checks.contradictions(
                [Bound(rule="a", operator=low, amount=low_at), Bound(rule="b", operator=high, amount=high_at)]
            )
        )

    assert clash(">=", 0.9, "<=", 0.8)
    assert clash(">", 0.9, "<=", 0.9)
    assert not clash(">=", 0.9, "<=", 0.9)
    assert not clash(">=", 0.8, "<=", 0.9)
    assert not clash(">=", 0.9, ">=", 0.8)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([{"kind": "absolute", "min": 0.9}, {"kind": "absolute", "max": 0.8}], "cannot both hold: >= 0.9 and <= 0.8"),
        (
            [{"kind": "absolute", "min": 0.9, "task": "s"}, {"kind": "absolute", "max": 0.8, "task": "s/t"}],
            "cannot both hold",
        ),
        ([{"kind": "absolute", "min": 0.9, "use": "lower"}, {"kind": "absolute", "max": 0.8}], "cannot both hold"),
        ([{"kind": "superiority", "margin": 0.05}, {"kind": "equivalence", "margin": 0.02}], "cannot both hold"),
        (
            [
                {"kind": "absolute", "metric": "size_bytes", "min": "9 B"},
                {"kind": "budget", "metric": "size_bytes", "max": "8 B"},
            ],
            "cannot both hold",
        ),
    ],
)
def test_rules_of_a_gate_that_cannot_both_hold(rules, told):
    """Refused as the file is read, so by gate, --check, --plan and --explain alike; only told ones contradict nothing."""
    numbered = [{"id": f"r{at}", **rule} for at, rule in enumerate(rules)]
    with pytest.raises(ConfigError, match=told):
        make_rules({"rule": numbered})
    make_rules({"rule": [numbered[0], {**numbered[1], "severity": "warn"}]})


@pytest.mark.parametrize(
    "rules",
    [
        [{"kind": "absolute", "min": 0.8}, {"kind": "absolute", "max": 0.9}],
        [{"kind": "absolute", "min": 0.9, "task": "s/t"}, {"kind": "absolute", "max": 0.8, "task": "s/u"}],
        [{"kind": "absolute", "min": 0.9}, {"kind": "absolute", "max": 0.8, "slice": "a=b"}],
        [{"kind": "absolute", "min": 0.9, "metric": "accuracy"}, {"kind": "absolute", "max": 0.8, "metric": "f1"}],
        [{"kind": "superiority", "margin": 0.01}, {"kind": "equivalence", "margin": 0.02}],
    ],
)
def test_rules_of_a_gate_that_can(rules):
    """Other tasks, slices and metrics are other questions."""
    made = make_rules({"rule": [{"id": f"r{at}", **rule} for at, rule in enumerate(rules)]})
    assert {f"r{at}" for at in range(len(rules))} <= {one.id for one in made.rules}


@pytest.mark.parametrize(
    ("require", "told"),
    [
        ("accuracy >= best - 1", "every model would keep it"),
        ("accuracy >= best - 5", "write 0.05 for 5 %"),
        ("accuracy >= a - 1", "every model would keep it"),
        ("accuracy <= best", "every model would keep it"),
        ("accuracy >= best + 0.01", "no model could keep it"),
        ("accuracy > best", "no model could keep it"),
        ("accuracy >= a + 1.5", "no model could keep it"),
        ("accuracy > 1", "no model could keep it"),
        ("accuracy < 0", "no model could keep it"),
        ("accuracy >= 90", "write 90% or 0.9"),
        ("accuracy >= -0.1", "beyond accuracy"),
        ("size_bytes <= -5", "beyond size_bytes"),
        ("size_bytes >= best", "every model would keep it"),
        ("size_bytes < best", "no model could keep it"),
        ("retained(a) >= 97", "write 0.97 for 97 %"),
        ("retained(a) >= 1.5", "above 0 and at most 1"),
        ("retained(a) >= 0", "above 0 and at most 1"),
        ("share(size_bytes, a) <= 60", "write 0.6 for 60 %"),
        (["accuracy >= 0.9", "accuracy <= 0.8"], "no model can keep both"),
        (["each:accuracy >= 0.9", "s/t:accuracy <= 0.8"], "no model can keep both"),
        (["accuracy >= best - 0.01", "accuracy < best - 0.05"], "no model can keep both"),
    ],
)
def test_select_refuses_what_all_or_none_would_keep(store, require, told):
    """A limit in the wrong unit, one that means nothing, and two that cannot hold together."""
    with pytest.raises((BenchwrightError, ConfigError)) as caught:
        select("r", store=store, require=require, resamples=200)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("require", "told"),
    [
        ("accuracy >= best - 0.5", "the margin 0.5 is 50 % of accuracy"),
        ("accuracy >= best - 60%", "more than half of accuracy"),
        ("accuracy >= a - 0.3", "the margin 0.3 is 30 %"),
        ("accuracy >= 0", "nothing could break it"),
        ("accuracy <= 0.95", "higher values of accuracy are better"),
        ("accuracy >= best - 0.1", ""),
        ("accuracy >= 0.8", ""),
        ("size_bytes <= 5 kB", ""),
    ],
)
def test_select_remarks_what_is_loose(store, require, told):
    """It chooses, and says what the rule is worth."""
    found = select("r", store=store, require=require, resamples=200)
    remarks = [flag for flag in found.flags if flag.startswith(require)]
    assert found.winner == "a"
    assert any(told in flag for flag in remarks) if told else not remarks


def test_the_gate_remarks_the_same(store):
    """A wide margin, a limit that keeps the worse, small slices, a margin that the baseline cannot lose."""

    def flags(rule, baseline="r:a"):
        return " ".join(
            gate({"rule": [{"id": "x", **rule}]}, "r:b", baseline=baseline, store=store, resamples=200)
            .findings[0]
            .flags
        )

    assert "the margin 0.5 is 50 % of" in flags({"kind": "noninferiority", "margin": 0.5})
    assert "higher values of" in flags({"kind": "absolute", "max": 0.95})
    assert "nothing could fail it: the baseline has 5.00, and a loss of 5.00 points" in flags(
        {"kind": "noninferiority", "margin": 0.05}, "r:poor"
    )
    assert "nothing could fail it" not in flags({"kind": "noninferiority", "margin": 0.04}, "r:poor")
    assert "nothing could pass it" in flags({"kind": "absolute", "min": 1.0, "use": "lower"})
    assert "nothing could pass it" not in flags({"kind": "absolute", "min": 0.99, "use": "lower"})
    assert "nothing could pass it: the baseline has 90.00, and a gain above 10.00 points" in flags(
        {"kind": "superiority", "margin": 0.1}
    )
    assert "nothing could pass it" not in flags({"kind": "superiority", "margin": 0.09})
    both = gate(
        {"rule": [NI, {"id": "more", "kind": "superiority", "margin": 0.02}]},
        "r:b",
        baseline="r:a",
        store=store,
        resamples=200,
    )
    assert "rule 'q' decides nothing: 'more' asks for more of the same difference" in both.flags


def test_check_remarks_a_margin_on_a_score_that_nobody_knows(tmp_path, capsys):
    """Two is 200 points of a fraction; whether the score is one is not known before there is a run."""
    (tmp_path / "gate.toml").write_text(
        '[[rule]]\nid = "q"\nkind = "noninferiority"\ntask = "classification/custom"\nmargin = 2\n'
    )
    assert call(["gate", str(tmp_path / "gate.toml"), "--check"]) == 0
    assert "would be 200 points of a fraction" in capsys.readouterr().out
    (tmp_path / "gate.toml").write_text(
        '[[rule]]\nid = "q"\nkind = "noninferiority"\nmetric = "accuracy"\nmargin = "1 %"\n'
    )
    assert call(["gate", str(tmp_path / "gate.toml"), "--check"]) == 2
    assert "write 0.01 for 1 %" in capsys.readouterr().err


@pytest.mark.parametrize(
    "given", [{"resamples": 0}, {"resamples": -5}, {"resamples": 99}, {"resamples": 1e4}, {"seed": -1}]
)
def test_draws_that_bound_nothing_are_refused(store, given):
    """By every verb, as a mistake and not as a bug."""
    for ask in (
        lambda: gate({"rule": [NI]}, "r:b", baseline="r:a", store=store, **given),
        lambda: compare("r:a", "r:b", store=store, **given),
        lambda: select("r", store=store, **given),
    ):
        with pytest.raises(BenchwrightError, match=f"{next(iter(given))}: "):
            ask()
