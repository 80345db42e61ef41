"""What is kept of a parent by a candidate whose own value no resample changes."""

from benchwright.gating.verdict import Verdict


def test_a_constant_value_is_not_known_exactly(bench, make):
    """An MCC of 0 for one label everywhere: bounds as wide as the score's own, so a low limit may be kept."""
    bench.pair("+" * 60 + "-" * 20, "+-" * 40, task=make.card("t", "mcc"))
    finding, _ = bench.judge("retained", min=0.05)

    assert finding.low < 0 < finding.high
    assert finding.high > 0.05
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert any("never varies" in flag for flag in finding.flags)


def test_a_constant_value_far_below_fails(bench, make):
    """The same of many items: half of the parent's MCC is clearly lost."""
    bench.pair("+" * 1900 + "-" * 100, "+-" * 1000, task=make.card("t", "mcc"))
    finding, _ = bench.judge("retained", min=0.5)

    assert finding.verdict is Verdict.FAIL
    assert finding.low < finding.high < 0.5


def test_a_perfect_parent_makes_few_broken_answers_no_surer(bench, make):
    """Keeping 97 % of 100 % is losing no more than 3 points of it: both rules read the same bound, few clusters or not."""
    clustered = {"task": make.card(cluster="doc"), "cluster": lambda at: f"doc {at % 9}"}
    for layout in (clustered, {}):
        bench.pair("+" * 900, "+" * 897 + "-" * 3, **layout)
        kept, _ = bench.judge("retained", min=0.97)
        lost, _ = bench.judge("noninferiority", margin=0.03)

        assert kept.verdict is lost.verdict is (Verdict.INCONCLUSIVE if layout else Verdict.PASS)
        assert abs((kept.low - 1) - lost.low) < 0.002
