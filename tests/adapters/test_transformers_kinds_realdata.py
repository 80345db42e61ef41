"""On real files tags, spans and choices are those of a plain loop, and every option that matters is in the key."""

import json

import numpy as np
import pytest
import test_transformers_kinds as kinds
import transformers_checkpoints as checkpoints

from benchwright import labels as naming
from benchwright.data.load import load
from benchwright.plan import make_plan
from benchwright.store import Store
from benchwright.types import Context, ModelRef, RunSpec
from benchwright_adapters.transformers import adapter
from benchwright_suites import ner, squad, superglue

pytestmark = [pytest.mark.torch, pytest.mark.realdata]

COUNT = 60


def examples_of(suite, name, folder, start=0):
    task = suite.task(name)
    return task, load(task, task.default_split, suite=suite, folder=folder, offline=True).examples[
        start : start + COUNT
    ]


def open_session(folder, task, suite, labels=None, **options):
    model = ModelRef(name="m", adapter="transformers", path=str(folder), options=options)
    context = Context(suite=suite.name, train=None, items=tuple, workdir=folder / "work", offline=True, labels=labels)
    adapter.inspect(model, task, context)
    return adapter.open(model, task, context)


@pytest.mark.parametrize("family", ["bert", "roberta", "deberta-v3"])
def test_real_sentences_equal_a_plain_loop(shared_data, tmp_path, family):
    """WNUT-17 test: tweets with links, signs and other scripts; all words have a tag."""
    task, examples = examples_of(ner.suite, "wnut17", shared_data)
    names = task.label_names
    folder = checkpoints.save(
        tmp_path / "c", family, labels=names, head="ForTokenClassification", max_position_embeddings=514
    )
    rows = [list(example.inputs["words"]) for example in examples]
    expected, margins = kinds.plain_tags(folder, names, rows)
    session = open_session(folder, task, ner.suite, naming.align(task, names))

    for found, tags, margin in zip(session.predict(examples), expected, margins, strict=True):
        assert found.output == tags or margin < 1e-5


@pytest.mark.parametrize("name", ["v1", "v2"])
def test_real_questions_equal_the_loop_of_the_example(shared_data, tmp_path, name):
    """SQuAD: text, score and null score; answers are slices of their contexts."""
    task, examples = examples_of(squad.suite, name, shared_data, start=500)
    folder = checkpoints.save(
        tmp_path / "c", "bert", labels=("start", "end"), head="ForQuestionAnswering", max_position_embeddings=512
    )
    asked, contexts = ([example.inputs[key] for example in examples] for key in ("question", "context"))
    how = {"max_length": 256, "stride": 64, "n_best": 20, "longest": 30}
    expected = kinds.plain_spans(folder, asked, contexts, **how)
    options = {"null_threshold": "1e9"} if name == "v2" else {}
    session = open_session(folder, task, squad.suite, max_length="256", doc_stride="64", **options)

    for found, ((score, text), null), example in zip(session.predict(examples), expected, examples, strict=True):
        if score == -np.inf:
            continue
        assert (found.output, found.extra["score"]) == (text, pytest.approx(score, abs=1e-4))
        assert found.extra.get("null_score", null - score) == pytest.approx(null - score, abs=1e-4)
        start = found.extra["start"]
        assert example.inputs["context"][start : start + len(text)] == text


def test_real_options_are_chosen_among(shared_data, tmp_path):
    """COPA: one probability for each option, the same alone as together."""
    task, examples = examples_of(superglue.suite, "copa", shared_data)
    folder = checkpoints.save(
        tmp_path / "c", "bert", labels=("score",), head="ForMultipleChoice", max_position_embeddings=128
    )
    session = open_session(folder, task, superglue.suite)
    together = session.predict(examples[:20])

    for example, found in zip(examples, together, strict=False):
        options = list(example.inputs.values())[-1]
        assert len(found.scores) == len(options)
        assert sum(found.scores) == pytest.approx(1)
        best = int(np.argmax(found.scores))
        assert found.output == best
        np.testing.assert_allclose(session.predict([example])[0].scores, found.scores, rtol=0, atol=1e-5)


def test_what_decides_answers_is_in_the_key(shared_data, tmp_path):
    """Another length, stride, number of candidates or threshold is another cell; the plan opens no model."""
    folder = checkpoints.save(tmp_path / "c", "bert", labels=("start", "end"), head="ForQuestionAnswering")
    ways = [{}, {"max_length": "40"}, {"doc_stride": "9"}, {"n_best": "5"}, {"max_answer_length": "7"}]
    ways.append({"null_threshold": "1"})
    config = json.loads((folder / "config.json").read_text())
    keys = []
    for options in ways:
        model = ModelRef(name="m", adapter="transformers", path=str(folder), options=options)
        spec = RunSpec(models=(model,), suites=("squad/v2",), data=str(shared_data), offline=True, limit=5)
        (cell,) = make_plan(spec, Store(tmp_path / "store")).cells
        assert cell.key.options == options
        keys.append(cell.id)
    assert len(set(keys)) == len(ways)

    (folder / "config.json").write_text(json.dumps({**config, "benchwright_null_threshold": 0.5}))
    model = ModelRef(name="m", adapter="transformers", path=str(folder))
    spec = RunSpec(models=(model,), suites=("squad/v2",), data=str(shared_data), offline=True, limit=5)
    (cell,) = make_plan(spec, Store(tmp_path / "store")).cells
    assert cell.id not in keys
    assert "no answer above a null score of 0.5 (chosen when the checkpoint was trained)" in cell.facts.notes
