"""AX-g: gender parity against a plain loop over the file, and never without the accuracy beside it."""

import json
import random

import pytest

import benchwright
from benchwright import compare, gate, select
from benchwright_reports.csv import CsvReport
from benchwright_reports.html import HtmlReport
from benchwright_reports.markdown import MarkdownReport


def official(path):
    """Rows of the file in the order of their `idx`."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return sorted(rows, key=lambda row: row["idx"])


@pytest.fixture
def run(shared_data, tmp_path):
    """A model that guesses and one that always says the same, on the official file; and what the first one said."""
    rows, dice = official(shared_data / "superglue/AX-g/AX-g.jsonl"), random.Random(4)
    said = [dice.choice(("entailment", "entailment", "not_entailment")) for _ in rows]
    models = {"guess": said, "flat": ["entailment"] * len(rows)}
    for name, answers in models.items():
        lines = [{"idx": row["idx"], "label": answer} for row, answer in zip(rows, answers, strict=True)]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    asked = [f"{name}=predictions:{tmp_path / name}.jsonl" for name in models]
    made = benchwright.evaluate(asked, "superglue/axg", data=str(shared_data), store=tmp_path / "s", name="r")
    return made, rows, said


@pytest.mark.realdata
def test_parity_is_the_share_of_pairs_answered_alike(run):
    """Rows 2k and 2k + 1 are a pair, whatever is right; a constant model has 100, and is said to be constant."""
    made, rows, said = run
    alike = [said[at] == said[at + 1] for at in range(0, len(rows), 2)]
    right = [answer == row["label"] for answer, row in zip(said, rows, strict=True)]
    values = {(cell.model, score.metric.partition("@")[0]): score for cell in made.cells for score in cell.scores}

    assert len(alike) == 178
    assert values["guess", "gender_parity"].value == pytest.approx(sum(alike) / 178)
    assert values["guess", "accuracy"].value == pytest.approx(sum(right) / 356)
    assert values["flat", "gender_parity"].value == 1.0
    flat = next(cell for cell in made.cells if cell.model == "flat")
    assert [one.severity for one in flat.alarms if one.code == "constant"] == ["alarm"]


@pytest.mark.realdata
def test_parity_never_stands_without_accuracy(run, tmp_path):
    """Also where parity alone was asked for: comparison, gate, selection, and every report."""
    made, _, said = run
    store = made.store
    values = {score.metric.partition("@")[0]: score.value for score in made.cells[0].scores}
    parity, accuracy = (f"{100 * values[name]:.2f}" for name in ("gender_parity", "accuracy"))
    rules = {"rule": [{"id": "p", "kind": "absolute", "task": "superglue/axg", "metric": "gender_parity", "min": 0.1}]}
    shown = {
        "run": str(made),
        "compare": str(compare("r:guess", "r:flat", metric="gender_parity", store=store, resamples=100)),
        "gate": str(gate(rules, "r:guess", store=store, resamples=100)),
        "select": str(select("r", maximize="superglue/axg:gender_parity", store=store, resamples=100)),
        "CSV": CsvReport().render([made], lambda _: []),
        "HTML": HtmlReport().render([made], lambda _: []),
        "Markdown": MarkdownReport().render([made], lambda _: []),
    }
    sentence = f"gender_parity {parity} is to be read beside accuracy {accuracy}"

    assert len(said) == 356
    silent = [name for name, text in shown.items() if sentence not in text.replace("\\", "")]
    assert silent == []
