"""Heads for tags, answers and options are learned, kept, judged on held-back rows, and opened by `transformers`."""

import json

import finetune_bench as bench
import msgspec
import numpy as np
import pytest
import transformers_checkpoints as checkpoints

from benchwright.errors import ModelError
from benchwright.types import Context, ModelRef
from benchwright_adapters._finetune.config import read_training_config

pytestmark = [pytest.mark.torch]


HEADS = {
    "tag": "BertForTokenClassification",
    "span": "BertForQuestionAnswering",
    "span2": "BertForQuestionAnswering",
    "choose": "BertForMultipleChoice",
    "record": "BertForMultipleChoice",
}
SHORT = {"epochs": "2", "batch": "8", "max_length": "32", "dropout": "0"}


def held_rows(made, options):
    """The rows that a training holds back."""
    from benchwright_adapters._finetune.data import split_rows

    model = ModelRef(name="m", adapter="finetune", path="tiny", options=options)
    recipe = read_training_config(model, Context(suite="s", train=None, items=None), made.task)
    return split_rows(made.task, made.train, recipe).validation


@pytest.mark.parametrize("kind", HEADS)
def test_every_kind_is_learned(tmp_path, kind):
    """A checkpoint has the right head and the task's own names, and knows most of what it was trained on."""
    count, epochs = (240, "20") if kind.startswith("span") else (120, "12")
    made = bench.make_kind(tmp_path, kind, count)
    folder = made.resolve({**bench.QUICK, "epochs": epochs, "hold": "0"})
    config = json.loads((folder / "config.json").read_text())
    found = bench.open_made(made, folder)

    assert config["architectures"] == [HEADS[kind]]
    assert kind != "tag" or list(config["id2label"].values()) == list(bench.TAGS)
    assert "benchwright_null_threshold" not in config
    assert bench.measure(made.task, made.train.examples, found) > 0.9


@pytest.mark.parametrize("kind", HEADS)
def test_what_is_judged_is_what_is_evaluated(tmp_path, kind):
    """The metric on held-back rows is the one that the adapter `transformers` gets on them with the finished checkpoint."""
    made = bench.make_kind(tmp_path, kind, 140)
    options = {**bench.QUICK, "epochs": "6", "hold": "0.5", "max_length": "28"}
    folder = made.resolve(options)
    report = bench.read_report(folder)
    rows = held_rows(made, options)
    best = next(look for look in report["held"] if look["epoch"] == report["chosen_epoch"])
    found = bench.open_made(made, folder, examples=rows)

    assert len(rows) == report["rows"]["held"] > 50
    assert all(prediction.error is None for prediction in found)
    assert bench.measure(made.task, rows, found) == pytest.approx(best["metric"], abs=1e-9)
    assert ("windows" in report["rows"]) == (kind in ("tag", "span", "span2"))


def test_the_null_threshold_is_chosen_off_split(tmp_path):
    """The threshold comes from held-back training rows, is told, and is what the checkpoint is opened with."""

    def forbidden():
        raise AssertionError("the evaluated split was asked for")

    made = bench.make_kind(tmp_path, "span2", 140)
    options = {**bench.QUICK, "epochs": "8", "hold": "0.5"}
    folder = made.resolve(options, items=forbidden)
    report = bench.read_report(folder)
    config = json.loads((folder / "config.json").read_text())
    best = next(look for look in report["held"] if look["epoch"] == report["chosen_epoch"])
    rows = held_rows(made, options)

    assert config["benchwright_null_threshold"] == report["null_threshold"] == best["threshold"]
    score = {
        at: bench.measure(made.task, rows, bench.open_made(made, folder, {"null_threshold": str(at)}, rows))
        for at in (report["null_threshold"], -5.0, 0.0, 5.0)
    }
    assert score[report["null_threshold"]] == max(score.values())


def test_a_task_without_such_questions_has_no_threshold(tmp_path):
    """Version 1 has no threshold, and neither has a training that held nothing back."""
    for kind, hold in (("span", "0.5"), ("span2", "0")):
        made = bench.make_kind(tmp_path / kind, kind, 120)
        folder = made.resolve({**bench.QUICK, "epochs": "1", "hold": hold})
        assert "null_threshold" not in bench.read_report(folder)
        assert "benchwright_null_threshold" not in json.loads((folder / "config.json").read_text())


def test_plain_transformers_gives_the_same_tags(tmp_path):
    """A token classifier opened by the library alone, one sentence at a time, says the same."""
    import torch
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    made = bench.make_kind(tmp_path, "tag", 60)
    folder = made.resolve({**bench.QUICK, "epochs": "4", "hold": "0"})
    model, tokenizer = AutoModelForTokenClassification.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    found = bench.open_made(made, folder)
    for row, prediction in zip(made.train.examples, found, strict=True):
        encoded = tokenizer(row.inputs["words"], is_split_into_words=True, return_tensors="pt")
        best = model(**encoded).logits[0].argmax(-1).tolist()
        firsts = {word: at for at, word in reversed(list(enumerate(encoded.word_ids()))) if word is not None}
        with torch.no_grad():
            tags = tuple(model.config.id2label[best[firsts[word]]] for word in range(len(row.inputs["words"])))
        assert tags == prediction.output


def test_plain_transformers_gives_the_same_answers(tmp_path):
    """A question-answering model opened by the library alone marks the same answer."""
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    made = bench.make_kind(tmp_path, "span", 60)
    folder = made.resolve({**bench.QUICK, "epochs": "10", "hold": "0"})
    model, tokenizer = AutoModelForQuestionAnswering.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    for row, prediction in zip(made.train.examples, bench.open_made(made, folder), strict=True):
        texts = (row.inputs["question"], row.inputs["context"])
        encoded = tokenizer(*texts, return_tensors="pt", return_offsets_mapping=True)
        offsets = encoded.pop("offset_mapping")[0].tolist()
        with torch.no_grad():
            output = model(**encoded)
        sums = (output.start_logits[0][:, None] + output.end_logits[0][None]).numpy()
        inside = np.array([kind == 1 for kind in encoded.sequence_ids()])
        sums[~(inside[:, None] & inside[None] & np.triu(np.ones(sums.shape, dtype=bool)))] = -np.inf
        start, end = divmod(int(sums.argmax()), len(offsets))
        assert row.inputs["context"][offsets[start][0] : offsets[end][1]].strip() == prediction.output


def test_plain_transformers_gives_the_same_choices(tmp_path):
    """A multiple-choice model opened by the library alone, all options of an example at once, prefers the same."""
    import torch
    from transformers import AutoModelForMultipleChoice, AutoTokenizer

    made = bench.make_kind(tmp_path, "choose", 60)
    folder = made.resolve({**bench.QUICK, "epochs": "4", "hold": "0"})
    model, tokenizer = AutoModelForMultipleChoice.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    for row, prediction in zip(made.train.examples, bench.open_made(made, folder), strict=True):
        options = row.inputs["options"]
        context = f"{row.inputs['premise']} {row.inputs['question']}"
        encoded = tokenizer([context] * len(options), options, padding=True, return_tensors="pt")
        with torch.no_grad():
            scores = model(**{name: value[None] for name, value in encoded.items()}).logits[0].softmax(0)
        assert int(scores.argmax()) == prediction.output
        assert prediction.scores == pytest.approx(tuple(scores.tolist()), abs=1e-5)


@pytest.mark.parametrize("kind", ["tag", "span2", "choose"])
def test_frozen_states_are_computed_once_and_change_nothing(tmp_path, kind, monkeypatch):
    """A head over remembered states, of all tokens where it answers for tokens, ends where one behind the encoder ends."""
    from safetensors.numpy import load_file

    from benchwright_adapters._finetune import forward

    base = checkpoints.save(tmp_path / "base", "bert", labels=("a", "b", "c"))
    made = bench.make_kind(tmp_path / "quick", kind, 60)
    quick = made.resolve({**SHORT, "recipe": "frozen"}, path=base)
    monkeypatch.setattr(forward, "_head_agrees", lambda *_: False)
    made.folder = tmp_path / "slow"
    slow = made.resolve({**SHORT, "recipe": "frozen"}, path=base)
    one, two = load_file(quick / "model.safetensors"), load_file(slow / "model.safetensors")

    assert bench.read_report(quick)["remembered"]
    assert not bench.read_report(slow)["remembered"]
    # The optimiser enlarges rounding where a weight changes no loss (a bias that all options share), so losses are compared.
    losses = [[point["loss"] for point in bench.read_report(folder)["losses"]] for folder in (quick, slow)]
    assert losses[0] == pytest.approx(losses[1], abs=1e-4)
    assert np.mean([np.isclose(one[name], two[name], atol=1e-4).mean() for name in one]) > 0.95
    before = load_file(base / "model.safetensors")
    kept = [name for name in one if name.startswith("bert.") and "pooler" not in name]
    assert all((one[name] == before[name]).all() for name in kept)
    assert len(kept) > 20


def test_states_that_take_too_much_room_are_not_remembered(tmp_path, monkeypatch):
    """States of all tokens count token by token; beyond the limit the whole model runs."""
    from benchwright_adapters._finetune import forward

    base = checkpoints.save(tmp_path / "base", "bert")
    made = bench.make_kind(tmp_path, "tag", 60)
    monkeypatch.setattr(forward, "_MOST_CACHED", 60 * 32 * 4)
    assert not bench.read_report(made.resolve({**SHORT, "recipe": "frozen"}, path=base))["remembered"]
    other = bench.make_kind(tmp_path / "choose", "choose", 10)
    monkeypatch.setattr(forward, "_MOST_CACHED", 60 * 32 * 4)
    assert bench.read_report(other.resolve({**SHORT, "recipe": "frozen"}, path=base))["remembered"]


@pytest.mark.parametrize("recipe", ["gradual", "partial"])
@pytest.mark.parametrize("kind", ["tag", "span", "choose"])
def test_recipes_serve_every_kind(tmp_path, kind, recipe):
    """Layers are kept or added from the top for these heads too; embeddings stay as they were."""
    from safetensors.numpy import load_file

    base = checkpoints.save(tmp_path / "base", "bert")
    made = bench.make_kind(tmp_path, kind, 40)
    folder = made.resolve({**SHORT, "recipe": recipe, "layer_decay": "0.9", "accumulate": "2"}, path=base)
    before, after = load_file(base / "model.safetensors"), load_file(folder / "model.safetensors")
    name = "bert.embeddings.word_embeddings.weight"
    top = "bert.encoder.layer.1.output.dense.weight"

    assert (before[name] == after[name]).all()
    assert (before[top] != after[top]).any()


def test_what_decides_the_weights_counts(tmp_path):
    """Window overlap, drawn options and the form of a task are part of a checkpoint's name."""
    for kind, options, changes in (
        ("span", {"doc_stride": "8"}, {"unanswerable": True}),
        ("record", {"most_options": "2"}, {"placeholder": "it"}),
        ("choose", {"most_options": "3"}, {"by_text": True}),
        ("tag", {"max_length": "16"}, {}),
    ):
        made = bench.make_kind(tmp_path, kind)
        plain = made.inspect().digest
        other = {plain, made.inspect(options).digest}
        other |= {made.inspect(task=msgspec.structs.replace(made.task, **changes)).digest} if changes else set()
        assert len(other) == 2 + bool(changes)
        assert made.inspect().kinds == (made.task.kind,)
        assert (made.inspect().scores == "probabilities") == (kind in ("choose", "record"))


def test_names_of_classifiers_stay():
    """What was trained before there were other kinds is not trained again."""
    from benchwright_adapters._finetune.identity import BaseModel, checkpoint_digest

    task = bench.make_task()
    context = Context(suite="s", train=None, items=None)
    recipe = read_training_config(ModelRef(name="m", adapter="finetune", path="base"), context, task)
    base = BaseModel(digest="base", shown="base", contents=None, shape=None)
    found = checkpoint_digest(
        1, config=recipe, base=base, task=task, data="data", context=context, versions={"torch": "1"}
    )

    assert found == "0d2693b142e1ee325510afae675a17df0d67ec1f64d7c545a541c72d6ccb0958"


@pytest.mark.parametrize("kind", HEADS)
def test_same_seed_same_weights(tmp_path, kind):
    """The same seed gives the same bits, another one others."""
    one, two = (bench.make_kind(tmp_path / name, kind, 40) for name in "ab")
    options = {**bench.QUICK, "epochs": "1", "dropout": "0.1"}
    assert bench.read_weights(one.resolve(options)) == bench.read_weights(two.resolve(options))
    assert bench.read_weights(one.resolve({**options, "seed": "1"})) != bench.read_weights(two.resolve(options))


def test_nothing_that_can_be_read(tmp_path, monkeypatch):
    """A train split of which the tokenizer can take no row is refused with the reason."""
    made = bench.make_kind(tmp_path, "tag", 20)
    rows = [
        msgspec.structs.replace(row, inputs={"words": [""] * len(row.target)}, cluster=None)
        for row in made.train.examples
    ]
    made.train = bench.make_dataset(made.task, rows)
    with pytest.raises(ModelError, match="training rows of tag can be learned from"):
        made.resolve({**bench.QUICK})


@pytest.mark.slow
@pytest.mark.parametrize("family", checkpoints.FAMILIES)
@pytest.mark.parametrize("kind", ["tag", "span", "choose"])
def test_every_family_is_trained(tmp_path, family, kind):
    """A base of each family gets the head, and what comes out is opened by the adapter `transformers`."""
    made = bench.make_kind(tmp_path, kind, 20)
    base = checkpoints.save(tmp_path / "base", family, labels=("a", "b", "c"))
    options = {**SHORT, "epochs": "1", "recipe": "frozen" if kind == "choose" else "full"}
    if (kind, family) == ("tag", "bart"):
        with pytest.raises(ModelError, match="the family bart, to which `transformers` gives no head for tag tasks"):
            made.resolve(options, path=base)
        return
    folder = made.resolve(options, path=base)
    found = bench.open_made(made, folder)

    assert all(prediction.error is None for prediction in found)
