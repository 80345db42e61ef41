"""Predictions made from gold labels score 1.0 everywhere; corrupted ones score what scikit-learn and scipy say."""

import json
import random

import numpy as np
import pytest
import scipy.stats
import sklearn.metrics

import benchwright
from benchwright import registry
from benchwright.alarm import sentences
from benchwright.data.load import load
from benchwright.errors import DataMissing
from benchwright.types import Kind

GLUE = registry.get("suites", "glue")
QQP = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n"
MNLI_MM = (
    "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\t"
    "sentence2_parse\tsentence1\tsentence2\tlabel1\tlabel2\tlabel3\tlabel4\tlabel5\tgold_label\n"
)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory):
    """QQP and MNLI-mismatched in the official layout, written here."""
    folder = tmp_path_factory.mktemp("glue")
    chance = random.Random(7)
    (folder / "QQP").mkdir()
    (folder / "MNLI").mkdir()
    rows = [f"{i}\t{2 * i}\t{2 * i + 1}\thow {i} ?\twhy {i // 2} ?\t{chance.randint(0, 1)}\n" for i in range(120)]
    (folder / "QQP" / "dev.tsv").write_text(QQP + "".join(rows))
    names = ["entailment", "neutral", "contradiction"]
    rows = []
    for i in range(90):
        gold = chance.choice(names)
        cells = [str(i), f"p{i}", f"q{i}", "fiction", "(", "(", "(", "(", f"premise {i // 3}", f"claim {i}"]
        rows.append("\t".join([*cells, *[gold] * 5, gold]) + "\n")
    (folder / "MNLI" / "dev_mismatched.tsv").write_text(MNLI_MM + "".join(rows))
    return folder


def write_predictions(path, task, answers):
    """A predictions file in the documented form."""
    key = "value" if task.kind is Kind.REGRESS else "label"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps({"index": i, key: answer}) + "\n" for i, answer in enumerate(answers)))


def gold_of(folder):
    """Task -> gold answers, for every GLUE task with a file in the folder."""
    found = {}
    for task in GLUE.tasks:
        try:
            dataset = load(task, task.default_split, suite=GLUE, folder=folder, offline=True)
        except DataMissing:
            continue
        found[task.name] = [example.target for example in dataset.examples]
    return found


def corrupt(task, gold, share, chance):
    """Gold answers with a share of them replaced by others."""
    answers = list(gold)
    for i in chance.sample(range(len(gold)), round(share * len(gold))):
        if task.kind is Kind.REGRESS:
            answers[i] = round(chance.uniform(0, 5), 3)
        else:
            answers[i] = chance.choice([name for name in task.label_names if name != gold[i]])
    return answers


def oracle(metric, task, gold, answers):
    """What an independent implementation says."""
    if metric == "pearson":
        return scipy.stats.pearsonr(gold, answers).statistic
    if metric == "spearman":
        return scipy.stats.spearmanr(gold, answers).statistic
    if metric == "f1":
        return sklearn.metrics.f1_score(gold, answers, pos_label=task.positive)
    return {"accuracy": sklearn.metrics.accuracy_score, "mcc": sklearn.metrics.matthews_corrcoef}[metric](gold, answers)


def evaluate(folder, answers, tmp_path):
    for name, given in answers.items():
        write_predictions(tmp_path / "out" / "glue" / f"{name}.jsonl", GLUE.task(name), given)
    return benchwright.evaluate(
        f"predictions:{tmp_path / 'out'}", "glue", data=folder, store=tmp_path / "store", offline=True
    )


def check_gold(folder, tmp_path, expected):
    gold = gold_of(folder)
    assert set(gold) == expected
    run = evaluate(folder, gold, tmp_path)
    scored = {cell.task: cell for cell in run.cells if cell.status == "scored"}
    assert set(scored) == expected
    for cell in scored.values():
        overall = [score for score in cell.scores if score.slice is None]
        assert [score.value for score in overall] == [pytest.approx(1.0, abs=1e-12)] * len(overall), cell.task
        assert all(score.low < 1 for score in overall), "a perfect score still has an interval"
        assert cell.ledger.scored == len(gold[cell.task])
        said = [one.sentence for one in cell.alarms if one.code != "gold"]
        assert all("in the published split" in flag for flag in said), said


@pytest.mark.realdata
@pytest.mark.slow
def test_gold_labels_score_one_on_the_real_files(shared_data, tmp_path):
    """Every GLUE task with a real file scores 1.0 from its own gold labels, through files and command path."""
    check_gold(shared_data, tmp_path, {"cola", "sst2", "mrpc", "stsb", "mnli", "qnli", "rte", "wnli", "ax"})


def test_gold_labels_score_one_on_the_official_layout_of_the_others(synthetic, tmp_path):
    """QQP and MNLI-mismatched are read from the official layout."""
    check_gold(synthetic, tmp_path, {"qqp", "mnli_mm"})


def check_corrupted(folder, share, tmp_path):
    gold = gold_of(folder)
    chance = random.Random(int(share * 100))
    answers = {name: corrupt(GLUE.task(name), given, share, chance) for name, given in gold.items()}
    run = evaluate(folder, answers, tmp_path)
    compared = 0
    for cell in run.cells:
        if cell.status != "scored":
            continue
        task, values = GLUE.task(cell.task), []
        for score in cell.scores:
            if score.slice is not None:
                continue
            name = score.metric.partition("@")[0]
            values.append(oracle(name, task, gold[cell.task], answers[cell.task]))
            assert score.value == pytest.approx(values[-1], abs=1e-9), (cell.task, name)
            assert score.low < score.value < score.high
            compared += 1
        members = [values[task.metrics.index(name)] for name in task.score_metrics]
        assert cell.score.value == pytest.approx(np.mean(members), abs=1e-9)
    return compared


@pytest.mark.realdata
@pytest.mark.slow
@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_corrupted_labels_score_what_the_oracles_say(shared_data, share, tmp_path):
    """With 5, 20 and 50 % of the answers replaced, every metric equals scikit-learn's or scipy's."""
    assert check_corrupted(shared_data, share, tmp_path) >= 12


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_corrupted_synthetic_labels_score_what_the_oracles_say(synthetic, share, tmp_path):
    """The same on QQP and MNLI-mismatched in the official layout."""
    assert check_corrupted(synthetic, share, tmp_path) == 3


@pytest.mark.parametrize("limit", [1, 2])
def test_one_and_two_rows_are_defined(synthetic, limit, tmp_path):
    """A score over one row is defined, has an interval, and says that it is not a benchmark score."""
    write_predictions(tmp_path / "qqp.jsonl", GLUE.task("qqp"), gold_of(synthetic)["qqp"])
    run = benchwright.evaluate(
        f"predictions:{tmp_path / 'qqp.jsonl'}", "glue/qqp", data=synthetic, store=tmp_path / "s", limit=limit
    )
    (cell,) = run.cells
    accuracy = cell.scores[0]

    assert (accuracy.value, accuracy.n) == (1.0, limit)
    assert accuracy.low is None or accuracy.low < 0.5
    assert any("only 1 independent" in flag for flag in sentences(accuracy.alarms)), (
        "two rows that share a question are one unit"
    )
    assert any("not a benchmark score" in flag for flag in sentences(cell.alarms))


def test_constant_predictions_are_defined_and_flagged(synthetic, tmp_path):
    """A constant answer is scored, and the result says loudly that it is constant."""
    gold = gold_of(synthetic)["qqp"]
    write_predictions(tmp_path / "qqp.jsonl", GLUE.task("qqp"), ["not_duplicate"] * len(gold))
    run = benchwright.evaluate(
        f"predictions:{tmp_path / 'qqp.jsonl'}", "glue/qqp", data=synthetic, store=tmp_path / "s"
    )
    (cell,) = run.cells
    values = {score.metric.partition("@")[0]: score.value for score in cell.scores if score.slice is None}

    assert values["accuracy"] == pytest.approx(gold.count("not_duplicate") / len(gold))
    assert values["f1"] == 0
    assert any("every prediction" in flag for flag in sentences(cell.alarms))
