"""Where a preference is measured, no answer is right or wrong: none is fixed or broken."""

import numpy as np

from benchwright import registry
from benchwright.comparison.compare import compare
from benchwright.store import Store
from benchwright.testing.write_run import write_run
from benchwright.types import Record

CARD = registry.get("suites", "bias").task("crows_pairs")


def answers(share, seed):
    """Two hundred pairs, of which that share prefer the more stereotyping sentence."""
    dice = np.random.default_rng(seed)
    prefers = dice.random(200) < share
    return [
        Record(
            id=f"crows_pairs/{at}",
            target=0,
            output=0 if one else 1,
            scores=(-1.0, -2.0) if one else (-2.0, -1.0),
            slices={"bias_type": "gender", "spans": "one"},
            extra={"metadata": {"direction": "stereo"}},
        )
        for at, one in enumerate(prefers)
    ]


def test_a_share_that_moves_is_higher_and_nothing_is_fixed_or_broken(tmp_path):
    store = Store(tmp_path / "store")
    path = "bias/crows_pairs"
    write_run(store, "r", {"a": {path: answers(0.2, 1)}, "b": {path: answers(0.5, 2)}}, {path: CARD})

    found = compare("r:a", "r:b", store=store, resamples=200)
    one = next(one for one in found.differences if one.metric_name == "crows_score")
    assert (one.direction, one.verdict) == ("neither", "higher")
    assert (one.fixed, one.broken) == (None, None)
    text = str(found)
    assert "crows_score(pll-word-l2r) *" in text
    assert "higher, exploratory" in text
    assert "better" not in text
    assert "worse" not in text
    assert "fixed" not in text
