"""Gold answers of every real classification, inference and paraphrase file score 1.0, over all rows and for each label."""

import json

import pytest

import benchwright
from benchwright import registry
from benchwright.alarm import sentences
from benchwright.data.load import available, load

HERE = {
    "classification": {"agnews", "mr", "trec"},
    "nli": {
        "snli",
        "anli_r1",
        "anli_r2",
        "anli_r3",
        "overlap_heuristics",
        *(f"advglue_{name}" for name in ("sst2", "qqp", "mnli")),
    }
    | {f"advglue_{name}" for name in ("mnli_mm", "qnli", "rte")},
    "paraphrase": {"pawsx_en"},
}


@pytest.mark.realdata
@pytest.mark.slow
@pytest.mark.parametrize("name", HERE)
def test_gold_answers_score_one(shared_data, tmp_path, name):
    """Every task with a file here is read, answered from gold by name, and scored 1.0 with an interval below it."""
    suite, counts = registry.get("suites", name), {}
    for task in suite.tasks:
        if available(task, task.default_split, suite=suite, folder=shared_data, offline=True):
            examples = load(task, task.default_split, suite=suite, folder=shared_data, offline=True).examples
            counts[task.name] = len(examples)
            path = tmp_path / "out" / name / f"{task.name}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = ({"index": example.index, "label": example.target} for example in examples)
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    run = benchwright.evaluate(
        [f"predictions:{tmp_path / 'out'}"], name, data=shared_data, store=tmp_path / "store", offline=True
    )

    assert set(counts) == HERE[name]
    for cell in run.cells:
        assert (cell.status == "scored") == (cell.task in counts)
        if cell.status != "scored":
            continue
        assert cell.score.n == counts[cell.task]
        whole = {score.metric.partition("@")[0]: score for score in cell.scores if score.slice is None}
        for metric in ("roc_auc", "average_precision"):
            assert metric not in whole or sentences(whole.pop(metric).alarms)[-1:] == [
                "undefined: the model gives no scores"
            ]
        of_labels = [score for score in cell.scores if (score.slice or "").startswith("label=")]
        assert len(of_labels) == 3 * len(suite.task(cell.task).labels) * bool(suite.task(cell.task).by_label)
        for score in [*whole.values(), *of_labels]:
            assert score.value == pytest.approx(1.0, abs=1e-12), (cell.task, score)
            assert score.low < 1
