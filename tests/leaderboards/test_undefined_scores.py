"""A baseline that answers the same to everything has no correlation: what the others are held against then; and what a mean counts."""

import json

import numpy as np
import pytest

import benchwright
from benchwright.store import Store
from benchwright_leaderboards.add import add
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.new import new_board
from benchwright_leaderboards.ranking import MEAN
from benchwright_leaderboards.site import pages_of

STSB, TOPIC = "glue/stsb", "classification/custom"
NOISE = {"flat": None, "near": 0.3, "far": 1.5}
"""Model -> spread of what it adds to the gold number; `flat` answers 2.5 to everything."""
HEAD = ["index", "genre", "filename", "year", "old_index", "source1", "source2", "sentence1", "sentence2", "score"]


@pytest.fixture(scope="module")
def content(tmp_path_factory, make):
    """A board with a task of correlations and one of labels, with `flat` and `far` as baselines."""
    root = tmp_path_factory.mktemp("undefined")
    gold = np.random.default_rng(0).uniform(0, 5, 80).round(2).tolist()
    rows = [
        [str(at), "g", "f", "2015", "0", "s", "s", f"one {at}", f"two {at}", str(one)] for at, one in enumerate(gold)
    ]
    (root / "STS-B").mkdir()
    (root / "STS-B" / "dev.tsv").write_text("\n".join("\t".join(row) for row in [HEAD, *rows]) + "\n")
    topics, _ = make.data(root / "data")
    models = []
    for seed, (model, spread) in enumerate(NOISE.items()):
        noise = np.random.default_rng(seed).normal(size=len(gold))
        scores = [
            2.5 if spread is None else float(np.clip(one + spread * add, 0, 5))
            for one, add in zip(gold, noise, strict=True)
        ]
        folder = make.predictions(root, {"flat": "baseline", "near": "best", "far": "second"}[model])
        (folder / "glue").mkdir()
        (folder / "glue" / "stsb.jsonl").write_text(
            "".join(json.dumps({"index": at, "score": one}) + "\n" for at, one in enumerate(scores))
        )
        models.append(f"{model}=predictions:{folder}")
    benchwright.evaluate(models, [STSB, topics], name="all", store=root / "store", data=root)
    store = Store(root / "store")
    new_board(root / "board", store.read_run("all"), store, title="Board", baselines=["flat", "far"])
    add(root / "board", ["all"], store=store, team="us")
    return assemble_board(open_board(root / "board"))


@pytest.mark.parametrize("name", [STSB, MEAN])
def test_others_are_held_against_the_first_baseline_that_has_a_score(content, name):
    assert set(content.ranking.places[name]) == {"near", "far"}
    (difference,) = content.ranking.differences[name].values()
    assert difference.baseline == "far"
    values = (
        {row.entry.entry.id: row.value for row in content.by_name[name].rows}
        if name
        else {row.entry.entry.id: row.value for row in content.overview.rows}
    )
    assert difference.delta == pytest.approx(values["near"] - values["far"])


@pytest.mark.parametrize("name", [STSB, MEAN])
def test_the_optimism_of_the_best_is_that_among_entries_with_a_score(content, name):
    assert content.ranking.optimism[name].best == "near"
    assert content.ranking.optimism[name].entries == 2


def test_the_task_where_every_entry_has_a_score_is_as_ever(content):
    assert set(content.ranking.differences[TOPIC]) == {"near", "far"}
    assert content.ranking.differences[TOPIC]["near"].baseline == "flat"


def test_pages_tell_what_the_scores_count_and_call_no_entity_an_item(small_content):
    pages = {page.path: page.render() for page in pages_of(small_content)}
    assert "n = 40 entities, 60 examples" in pages["index.html"]
    assert "<dt>Scored</dt><dd>40 entities</dd>" in pages["tasks/ner--custom.html"]
    assert "<dt>Scored</dt><dd>60 examples</dd>" in pages["tasks/classification--custom.html"]
