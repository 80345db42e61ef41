"""A run on a view, and a gate over it: the loss that the gate judges is the one that the run shows."""

import pytest

from benchwright import evaluate, gate
from benchwright.gating.verdict import Verdict

VIEW = "robustness/keyboard_typo@starter/sentiment"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Two linear models on the starter suite's sentences, as they are and with typing errors."""
    store = tmp_path_factory.mktemp("robustness") / "store"
    models = ["pairs=tfidf", "words=tfidf?ngrams=1"]
    found = evaluate(models, "robustness/keyboard_typo@starter/sentiment", store=store, name="r")
    return found, store


def test_the_gate_judges_the_loss_that_the_run_shows(run):
    """Clean, perturbed and n are those of the run's own table."""
    found, store = run
    rule = {"id": "r", "kind": "robustness", "task": VIEW, "max_loss": 0.5, "max_extra_loss": 0.5}
    result = gate({"rule": [rule]}, "r:words", baseline="r:pairs", store=store, resamples=500)
    alone, beside = (one for one in result.findings if one.rule == "r")
    shown = {one.model: one for one in found.robustness}
    assert (alone.n, alone.path) == (shown["words"].n, VIEW)
    assert alone.candidate == pytest.approx(-shown["words"].difference.value)
    assert beside.baseline == pytest.approx(-shown["pairs"].difference.value)
    assert beside.delta == pytest.approx(shown["pairs"].difference.value - shown["words"].difference.value)
    assert alone.verdict is Verdict.PASS


def test_a_limit_that_the_loss_exceeds_fails(run):
    """A slip in each sentence costs this model more than half a point, beyond chance."""
    _, store = run
    rule = {"id": "r", "kind": "robustness", "perturbation": "keyboard_typo", "max_loss": 0.005}
    result = gate({"rule": [rule]}, "r:words", baseline="r:pairs", store=store, resamples=500)
    one = next(one for one in result.findings if one.rule == "r")
    assert one.verdict is Verdict.FAIL, one.message
