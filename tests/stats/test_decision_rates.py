"""Error rates of everything a decision rests on: exact where outcomes can be summed, simulated elsewhere.

The functions are those of ``benchmarks/coverage.py``, whose long form prints the tables of ``docs/design/decisions.md``.
"""

import importlib.util
from pathlib import Path

import pytest

from benchwright.stats.power import power_noninferiority

SOURCE = Path(__file__).resolve().parents[2] / "benchmarks" / "coverage.py"


@pytest.fixture(scope="module")
def rates():
    """The simulations of benchmarks/coverage.py."""
    spec = importlib.util.spec_from_file_location("benchmark_coverage", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def error(share, repeats):
    """Four standard errors of a simulated share."""
    return 4 * (share * (1 - share) / repeats) ** 0.5


@pytest.mark.parametrize("n", [50, 200, 1000, 10_000])
@pytest.mark.parametrize("rate", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_wilson_covers(rates, n, rate):
    """Exact coverage: at least 93.5 % where ten or more failures are expected, never below 91 %, near 95 % at 10,000."""
    holds = rates.wilson_coverage(n, rate)

    assert holds > (0.934 if n * (1 - rate) >= 10 else 0.91)
    if n == 10_000:
        assert holds == pytest.approx(0.95, abs=0.003)


@pytest.mark.parametrize("n", [50, 200, 500, 2000, 10_000])
@pytest.mark.parametrize("discordance", [0.02, 0.08, 0.3])
def test_tango_covers(rates, n, discordance):
    """Exact coverage is 94.5 % or more everywhere, close to 95 from 10 discordant items on, and misses on both sides alike."""
    for delta in (0.0, -discordance / 4, discordance / 4):
        holds, below, above = rates.tango_coverage(n, discordance, delta)
        assert holds + below + above == pytest.approx(1, abs=1e-9)
        assert holds > 0.945
        if n * discordance > 10:
            assert holds < 0.96
            assert below == pytest.approx(above, abs=0.006)


@pytest.mark.parametrize("n", [50, 200, 500, 2000])
@pytest.mark.parametrize("discordance", [0.02, 0.08, 0.3])
def test_mcnemar_keeps_its_level(rates, n, discordance):
    """Exact false alarms stay at 5 % or less, and approach it as discordant items grow."""
    size = rates.mcnemar_size(n, discordance)

    assert size <= 0.05
    if n * discordance > 100:
        assert size > 0.038


@pytest.mark.parametrize(
    ("n", "points", "disagreement", "at_margin", "when_equal"),
    [
        (200, 2, 4, 0.044, 0.36),
        (500, 1, 8, 0.051, 0.19),
        (872, 1, 8, 0.051, 0.26),
        (872, 2, 4, 0.049, 0.89),
        (2000, 1, 4, 0.060, 0.73),
        (10_000, 1, 8, 0.050, 0.98),
    ],
)
def test_the_published_table_of_margins(rates, n, points, disagreement, at_margin, when_equal):
    """A threshold at the margin is a coin flip, Tango's bound passes a true loss of the margin in 5 % (exact, against the
    simulated figures of the project's notes: +-0.015 and +-0.02)."""
    margin, share = points / 100, disagreement / 100
    found = rates.margin_rates(n, share, margin, -margin, 800)

    assert found["tango"] == pytest.approx(at_margin, abs=0.015)
    assert 0.04 < found["tango"] <= 0.0505
    assert power_noninferiority(n, share, margin) == pytest.approx(when_equal, abs=0.02)
    assert found["point"] == pytest.approx(0.53, abs=0.08)
    assert found["bootstrap"] == pytest.approx(0.055, abs=0.035)
    assert found["wald"] == pytest.approx(0.06, abs=0.04)


@pytest.mark.parametrize(("metric", "n"), [("f1", 200), ("mcc", 200), ("f1", 1000), ("mcc", 10_000)])
def test_bootstrap_differences_are_covered(rates, metric, n):
    """Percentile intervals of paired differences of F1 and MCC hold the truth; so do their one-sided bounds."""
    two_sided, lower = rates.bootstrap_coverage("two close models", metric, n, 300, resamples=600)

    assert two_sided == pytest.approx(0.95, abs=error(0.95, 300))
    assert lower == pytest.approx(0.95, abs=error(0.95, 300))


@pytest.mark.parametrize("rules", [1, 10])
def test_the_whole_gate_keeps_its_level(rates, rules):
    """At the margin a gate of any number of rules passes at most 5 %, fails about 5 % with Holm, far more without."""
    repeats = 800
    found = rates.gate_rates(rules, 872, 0.08, 0.02, -0.02, repeats)

    assert found["pass"] <= 0.05 + error(0.05, repeats)
    assert found["fail, Holm"] == pytest.approx(0.05, abs=error(0.05, repeats))
    assert found["fail, uncorrected"] == pytest.approx(1 - 0.95**rules, abs=error(0.4, repeats))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["one clearly better", "both nearly perfect"])
@pytest.mark.parametrize("n", [1000, 10_000])
def test_other_populations_are_covered(rates, name, n):
    """The same for a clear difference and for models close to 100 %."""
    two_sided, lower = rates.bootstrap_coverage(name, "f1", n, 600)

    assert two_sided == pytest.approx(0.95, abs=error(0.95, 600))
    assert lower == pytest.approx(0.95, abs=error(0.95, 600))


@pytest.mark.slow
@pytest.mark.parametrize(("seeds", "ratio"), [(2, 0.0), (2, 11.0), (3, 2.7), (5, 11.0)])
def test_two_levels_cover_what_a_bootstrap_does_not(rates, seeds, ratio):
    """Two-level intervals hold at least 95 %; the two-level bootstrap with few seeds that differ does not."""
    held, _, boot = rates.seed_coverage(seeds, ratio, 1000)

    assert held >= 0.95 - error(0.95, 1000) / 2
    if ratio > 10 and seeds < 5:
        assert boot < 0.9
