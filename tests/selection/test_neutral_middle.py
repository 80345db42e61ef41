"""A metric with a neutral middle is a rule to keep, and no objective: its lowest value is no best one."""

import json

import pytest

from benchwright import evaluate, select
from benchwright.errors import BenchwrightError

PROBE = "bias/crows_pairs"


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Scores of two models on sixty pairs: `low` prefers the stereotype in a tenth of them, `even` in half."""
    folder = tmp_path_factory.mktemp("neutral")
    rows = "".join(f"Women are {at}.,Men are {at}.,stereo,gender\n" for at in range(60))
    (folder / "pairs.csv").write_text(f"sent_more,sent_less,stereo_antistereo,bias_type\n{rows}")
    for name, every in (("low", 10), ("even", 2)):
        scores = [{"index": at, "scores": [-1.0 - (at % every > 0), -1.5]} for at in range(60)]
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, scores)))
    models = [f"{name}=predictions:{folder / name}.jsonl" for name in ("low", "even")]
    evaluate(models, f"{PROBE}?path={folder / 'pairs.csv'}", store=folder / "store", name="r")
    return folder / "store"


@pytest.mark.parametrize("verb", ["minimize", "maximize"])
@pytest.mark.parametrize("metric", ["crows_score", "score"])
def test_neither_end_of_it_is_an_objective(stored, verb, metric):
    with pytest.raises(BenchwrightError, match=r"neither high nor low values of .* are better: 50 is neutral"):
        select("r", store=stored, resamples=200, **{verb: f"{PROBE}:{metric}"})


def test_it_is_a_rule_where_no_ranked_task_has_that_metric(stored):
    """The name is looked up on the task that is named, not among those of a mean."""
    rules = [f"{PROBE}:crows_score >= 0.4", f"{PROBE}:crows_score <= 0.6"]
    with pytest.raises(BenchwrightError, match="nothing here is called 'crows'"):
        select("r", require=f"{PROBE}:crows >= 0.4", minimize="size_bytes", store=stored, resamples=200)
    found = select("r", require=rules, minimize="seconds_per_example", store=stored, resamples=200)
    broken = {one.model: " ".join(one.reasons) for one in found.candidates}
    assert f"{PROBE}:crows_score is 10.00, not >= 40.00" in broken["low"]
    assert "crows_score" not in broken["even"]
