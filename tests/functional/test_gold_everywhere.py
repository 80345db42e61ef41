"""Predictions made from gold answers score exactly 1.0 on every task there is a real file for: tags, spans, choices too."""

import json

import pytest

import benchwright
from benchwright import registry
from benchwright.data.load import load
from benchwright.errors import DataMissing
from benchwright.types import Kind

EXPECTED = {
    "superglue": {"boolq", "cb", "copa", "multirc", "rte", "wic", "wsc", "axb", "axg"},
    "ner": {"conll2002_es", "conll2002_nl", "wnut17", "bc5cdr"},
    "squad": {"v1", "v2"},
    "choice": {"openbookqa", "arc_easy", "arc_challenge"},
}

SPLIT = {"choice": "validation"}
"""The ARC files are those of the validation split."""

pytestmark = [pytest.mark.realdata, pytest.mark.slow]


def write_gold(path, task, examples):
    """A predictions file in the documented form that repeats the gold answers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for example in examples:
            file.write(json.dumps({"index": example.index, **answer_of(task, example.target)}) + "\n")


def answer_of(task, target):
    """The fields that answer with the gold: the longest of several, so that not only the first is tried.

    Not any of them: three questions of SQuAD 1.1 have "." among their golds, which normalises to nothing and by the
    official script shares no token even with itself.
    """
    if task.kind is Kind.TAG:
        return {"tags": list(target)}
    if task.kind is Kind.SPAN:
        return {"text": max(target["text"], key=len, default="")}
    if task.by_text:
        return {"label": target[-1]}
    return {"label": target}


@pytest.mark.parametrize("suite_name", sorted(EXPECTED))
def test_gold_answers_score_one(suite_name, shared_data, tmp_path):
    """Each metric over all examples is 1.0, nothing is errored, and an interval still has a lower end below 1."""
    suite = registry.get("suites", suite_name)
    rows = {}
    for task in suite.tasks:
        try:
            dataset = load(
                task, SPLIT.get(suite_name, task.default_split), suite=suite, folder=shared_data, offline=True
            )
        except DataMissing:
            continue
        rows[task.name] = len(dataset.examples)
        write_gold(tmp_path / "out" / suite_name / f"{task.name}.jsonl", task, dataset.examples)
    assert set(rows) == EXPECTED[suite_name]
    run = benchwright.evaluate(
        f"predictions:{tmp_path / 'out'}",
        suite_name,
        split=SPLIT.get(suite_name),
        data=shared_data,
        store=tmp_path / "store",
        offline=True,
    )
    scored = {cell.task: cell for cell in run.cells if cell.status == "scored"}
    assert set(scored) == EXPECTED[suite_name]
    for name, cell in scored.items():
        overall = {score.metric: score for score in cell.scores if score.slice is None}
        assert {metric: score.value for metric, score in overall.items()} == dict.fromkeys(overall, 1.0), name
        assert all(score.low is None or score.low < 1 for score in overall.values()), name
        assert (cell.ledger.scored, cell.ledger.errored) == (rows[name], 0)
        assert cell.score.value == 1.0
