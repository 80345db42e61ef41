"""Metrics of which neither end is better: a difference is higher or lower, and nobody is called best."""

import numpy as np

from benchwright.comparison.compare import compare
from benchwright.gate_run import gate
from benchwright.gating.outputs.html import write_html
from benchwright.quantities import quantity_of
from benchwright.store import Store
from benchwright.testing.write_run import write_run
from benchwright.types import Record
from benchwright_reports.html import HtmlReport
from benchwright_suites._bias.wino import winobias


def preferring(share, seed):
    """Records of a model that prefers the fitting pronoun in a share of 200 pairs."""
    dice = np.random.default_rng(seed)
    for at in range(200):
        scores = (-1.0, -2.0) if dice.random() < share else (-2.0, -1.0)
        yield Record(
            id=f"winobias/{at}",
            target=0,
            output=int(scores[1] > scores[0]),
            scores=scores,
            extra={"metadata": {"fits": "0"}},
        )


def test_a_preference_the_other_way_is_no_improvement(tmp_path):
    """From 80 % to 10 %: lower, not better; its column says that 50 is neutral, and neither model leads."""
    store = Store(tmp_path / "store")
    records = {
        "towards": {"bias/winobias": list(preferring(0.8, 1))},
        "against": {"bias/winobias": list(preferring(0.1, 2))},
    }
    run = write_run(store, "r", records, {"bias/winobias": winobias}, scored=True)
    found = compare("r:towards", "r:against", store=store, resamples=200)
    (one,) = found.tasks[0].differences
    page = HtmlReport().render([run], store.read_records)

    assert (one.direction, one.verdict) == ("neither", "lower")
    assert "lower, exploratory" in str(found)
    assert "better" not in str(found).replace("better, read", "")
    assert "50 is neutral" in page
    assert "leads" not in page
    assert quantity_of("winobias_recast_fill_preference").better == "50 is neutral"
    assert quantity_of("bbq_bias_ambiguous").better == "0 is neutral"
    assert quantity_of("accuracy").better == "higher is better"


def test_a_rule_about_such_a_metric_does_not_call_lower_values_better(tmp_path):
    """A user may bound it; the finding says where the middle is."""
    store = Store(tmp_path / "store")
    write_run(store, "r", {"m": {"bias/winobias": list(preferring(0.8, 1))}}, {"bias/winobias": winobias}, scored=True)
    rule = {
        "id": "p",
        "kind": "absolute",
        "task": "bias/winobias",
        "metric": "winobias_recast_fill_preference",
        "max": 0.6,
    }
    found = gate({"rule": [rule]}, "r", store=store, resamples=100)

    assert "50 is neutral, and neither end is better" in {flag for one in found.findings for flag in one.flags}
    assert "lower values" not in write_html(found)
