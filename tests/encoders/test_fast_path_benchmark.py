"""What `benchmarks/fast_path.py` does with what it measured: figures by hand, no figure where answers differ, nothing lost by an interruption."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

_FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(sys, "path", [*sys.path, str(_FOLDER)])
    return importlib.import_module("fast_path")


def _round(number: int, **seconds: float) -> dict[str, Any]:
    ways = {
        way: {"wall": [value, value * 2, value], "processor": [value], "peak_mib": 5, "apart": value / 1e7}
        for way, value in seconds.items()
    }
    ways["ours"]["work"] = {"flops": 60.0, "tokens": 90, "padded_tokens": 100}
    return {"task": "sst2", "number": number, "ways": ways}


def test_ratios_are_taken_within_a_round_and_then_their_median(bench: Any) -> None:
    rounds = [_round(0, ours=2.0, loop=4.0, forward=2.0), _round(1, ours=10.0, loop=30.0, forward=8.0)]
    found = bench.summary("sst2", rounds, 30.0)
    loop = next(row for row in found["rows"] if row["way"] == "loop")
    assert (loop["median_s"], loop["times_ours"], loop["times_ours_range"]) == (17.0, 2.5, [2.0, 3.0])
    assert loop["largest_difference"] == pytest.approx(3e-6)
    assert found["limits"] == {
        "ours_over_forward_loop": pytest.approx(1 / 0.9, abs=1e-4),
        "seconds_at_matrix_rate": 2.0,
        "share_of_matrix_rate_ours": pytest.approx(60 / 6 / 30, abs=1e-4),
        "share_of_matrix_rate_forward": pytest.approx(60 / 5 / 30, abs=1e-4),
        "filled_share": 0.1,
    }


def _race(bench: Any, folder: Path, **scores: Any) -> Any:
    given = argparse.Namespace(
        ways=None, limit=0, threads=1, device="cpu", dtype="float32", options="", passes=1, rounds=1
    )
    race = bench.Race("sst2", folder, None, given, folder)
    for way, values in scores.items():
        np.savez(folder / f"sst2-{way}.npz", scores=np.array(values))
    return race


def test_answers_may_differ_by_a_hundred_thousandth_and_a_label_only_at_a_tie(bench: Any, tmp_path: Path) -> None:
    race = _race(
        bench, tmp_path, ours=[[0.7, 0.3], [0.500001, 0.499999]], loop=[[0.700005, 0.299995], [0.499999, 0.500001]]
    )
    apart = race.check(["ours", "loop", "forward"])
    assert apart == {"ours": 0, "loop": pytest.approx(5e-6)}


@pytest.mark.parametrize("other", [[[0.70002, 0.29998]], [[0.3, 0.7]]])
def test_there_is_no_figure_where_answers_differ(bench: Any, tmp_path: Path, other: Any) -> None:
    race = _race(bench, tmp_path, ours=[[0.7, 0.3]], **{"trainer-8": other})
    with pytest.raises(SystemExit, match=r"Trainer\.predict, batches of 8 gives other answers"):
        race.check(["ours", "trainer-8"])


def test_a_race_goes_on_with_the_rounds_of_its_file_and_of_no_other_race(bench: Any, tmp_path: Path) -> None:
    path, race = tmp_path / "race.json", {"tasks": ["sst2"], "threads": 1, "limit": 0}
    journal = bench.Journal(path, race, resume=False)
    journal.rates.append(30.0)
    journal.add(_round(0, ours=1.0))
    assert json.loads(path.read_text(encoding="utf-8"))["tasks"][0]["rounds"] == 1
    again = bench.Journal(path, race, resume=True)
    assert again.has("sst2", 0)
    assert not again.has("sst2", 1)
    again.add(_round(1, ours=1.0))
    assert again.tasks[0]["rounds"] == 2
    with pytest.raises(SystemExit, match="another race: limit differ"):
        bench.Journal(path, {**race, "limit": 5}, resume=True)
    with pytest.raises(SystemExit, match=r"there is no .*other\.json"):
        bench.Journal(tmp_path / "other.json", race, resume=True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_way_that_fails_or_dies_says_so_and_the_next_one_runs(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    del bench
    worker = importlib.import_module("fast_path_worker")
    verbs = {"die": lambda _asked: os._exit(3), "fail": lambda asked: 1 / asked.zero, "go": lambda _asked: {"fine": 1}}
    monkeypatch.setattr(worker, "VERBS", verbs)
    found = [json.loads(worker.serve(argparse.Namespace(verb=verb, zero=0))) for verb in ("die", "fail", "go")]
    assert "ended with status" in found[0]["error"]
    assert "ZeroDivisionError" in found[1]["error"]
    assert found[2] == {"fine": 1}


def test_made_texts_are_as_long_as_they_were_counted_and_differ(bench: Any) -> None:
    del bench
    texts = importlib.import_module("fast_path_texts")
    made = texts.made_texts([0, 0, 1, 3], 200)
    lengths = [len(one.split()) for one in made]
    assert set(lengths) == {2, 3}
    assert 120 < lengths.count(3) < 180
    assert len(set(made)) == 200
    assert len(set(texts.words())) == texts.VOCABULARY - 5
