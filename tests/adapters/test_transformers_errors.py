"""Everything that makes a checkpoint unusable is one message with what to do next, before anything runs."""

import json
import shutil
from pathlib import Path

import pytest
import transformers_bench as bench
import transformers_checkpoints as checkpoints
from transformers_bench import rewrite

import benchwright
from benchwright.alarm import sentences
from benchwright.checkpoints import open_model as opening
from benchwright.errors import ConfigError, ModelError, PluginError
from benchwright.types import Example, Kind, ModelRef
from benchwright_adapters import transformers as module
from benchwright_adapters.transformers import adapter

pytestmark = [pytest.mark.torch]


@pytest.fixture
def broken(folder):
    """A checkpoint, to be broken."""
    return folder


def make_task(**card):
    return bench.make_task(**{"name": "sst2", **card})


def context(tmp_path, **settings):
    return bench.make_context(tmp_path / "work", suite="glue", **settings)


REGRESS = make_task(labels=(), kind=Kind.REGRESS)


def check_refused(
    path, *words, tmp_path, task=None, error=ModelError, revision=None, open_too=False, settings=None, **options
):
    """The message of a refusal: it says all the words and, if it can, what to do next."""
    model = ModelRef(name="m", adapter="transformers", path=str(path), options=options, revision=revision)
    where = context(tmp_path, **(settings or {}))
    task = task or make_task()
    if open_too:
        adapter.inspect(model, task, where)
    step = adapter.open if open_too else adapter.inspect
    with pytest.raises(error) as caught:
        step(model, task, where)
    text = str(caught.value)
    for word in words:
        assert word in text, f"{word!r} is not in:\n{text}"
    assert "expected:" in text or "next:" in text
    return text


# --- files -----------------------------------------------------------------------------------------------------------


def test_folder_without_a_configuration(tmp_path, broken):
    """It says what a checkpoint holds; a folder of checkpoints names those inside, a PEFT adapter how to merge it."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "peft").mkdir()
    (tmp_path / "peft/adapter_config.json").write_text("{}")

    check_refused(tmp_path / "empty", "no config.json", "save_pretrained", tmp_path=tmp_path)
    check_refused(tmp_path, "no config.json", "inside: checkpoint", tmp_path=tmp_path)
    check_refused(tmp_path / "peft", "PEFT", "merge_and_unload", tmp_path=tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "{}", "\udcff"])
def test_configuration_that_is_none(tmp_path, broken, text):
    """Broken JSON, another value, no model type, another encoding."""
    (broken / "config.json").write_bytes(text.encode(errors="surrogateescape"))

    check_refused(broken, "config.json", tmp_path=tmp_path)


def test_neither_folder_nor_hub_id(tmp_path, broken):
    """A path that is not there, one that cannot be a hub id, a file, nothing at all."""
    check_refused(tmp_path / "nope", "no folder", "nope", tmp_path=tmp_path)
    check_refused("", "without a path", tmp_path=tmp_path)
    check_refused(broken / "config.json", "is a file", f"transformers:{broken}", tmp_path=tmp_path)


@pytest.mark.parametrize("keep", [0, 4, 100, -1])
def test_truncated_weights(tmp_path, broken, keep):
    """Cut within the length, within the header, or one byte before the end."""
    path = broken / "model.safetensors"
    path.write_bytes(path.read_bytes()[:keep])

    check_refused(broken, "model.safetensors", "truncated", "again", tmp_path=tmp_path)


def test_weights_that_are_none(tmp_path, broken):
    """A header that is not JSON, trailing bytes, and the pointer file that a clone without Git LFS leaves."""
    path = broken / "model.safetensors"
    good = path.read_bytes()

    path.write_bytes((8).to_bytes(8, "little") + b"not json")
    check_refused(broken, "header is not JSON", tmp_path=tmp_path)
    path.write_bytes((2).to_bytes(8, "little") + b"[]")
    check_refused(broken, "describes no tensors", tmp_path=tmp_path)
    path.write_bytes((8).to_bytes(8, "little") + b'{"a": 1}')
    check_refused(broken, "describes no tensors", tmp_path=tmp_path)
    path.write_bytes(good + b"x")
    check_refused(broken, "longer than it says", tmp_path=tmp_path)
    path.write_bytes(b"version https://git-lfs.example/spec/v1\noid sha256:0\nsize 9\n")
    check_refused(broken, "Git LFS pointer", "git lfs pull", tmp_path=tmp_path)


def test_weights_that_may_not_be_read(tmp_path, broken, monkeypatch):
    """The reason of the system is told."""
    real = Path.open

    def denied(self, *args, **kwargs):
        if self.name == "model.safetensors":
            raise PermissionError(13, "Permission denied")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", denied)
    check_refused(broken, "model.safetensors", "Permission denied", tmp_path=tmp_path)


def test_pickled_weights_are_never_loaded(tmp_path, broken):
    """A pickle-only checkpoint says how to convert it; other frameworks and empty folders say what is missing."""
    (broken / "model.safetensors").rename(broken / "pytorch_model.bin")
    check_refused(
        broken, "pytorch_model.bin", "never loaded", "AutoModelForSequenceClassification as M", tmp_path=tmp_path
    )
    tags = make_task(labels=("O", "B-PER", "I-PER"), kind=Kind.TAG, inputs=("words",))
    rewrite(broken, architectures=["BertForTokenClassification"])
    check_refused(broken, "AutoModelForTokenClassification as M", str(broken), tmp_path=tmp_path, task=tags)
    rewrite(broken, architectures=["BertForSequenceClassification"])

    (broken / "pytorch_model.bin").rename(broken / "tf_model.h5")
    (broken / "training_args.bin").write_bytes(b"x")
    check_refused(broken, "no safetensors weights, only tf_model.h5", tmp_path=tmp_path)

    (broken / "tf_model.h5").unlink()
    check_refused(broken, "no weights", tmp_path=tmp_path)


def test_index_without_its_files(tmp_path, broken):
    """An index that names absent files, or is none."""
    (broken / "model.safetensors").unlink()
    index = broken / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}))
    check_refused(broken, "2 files, of which 2 are absent", "model-1-of-2", tmp_path=tmp_path)

    index.write_text("{}")
    check_refused(broken, "`weight_map` in model.safetensors.index.json is None", tmp_path=tmp_path)


def test_tokenizer_missing(tmp_path, broken):
    """Without its vocabulary every word would be unknown, silently."""
    (broken / "tokenizer.json").unlink()
    check_refused(
        broken, "tokenizer is missing", "tokenizer_config.json", "tokenizer.save_pretrained", tmp_path=tmp_path
    )

    (broken / "vocab.json").write_text("{}")
    check_refused(broken, "lacks merges.txt", tmp_path=tmp_path)


def test_weights_that_would_be_random(tmp_path, broken):
    """A checkpoint that says it has a head but holds no weights of one is refused when it is opened."""
    from safetensors.torch import load_file, save_file

    path = broken / "model.safetensors"
    kept = {name: tensor for name, tensor in load_file(path).items() if not name.startswith("classifier")}
    save_file(kept, path, metadata={"format": "pt"})

    check_refused(broken, "lacks weights", "classifier.bias", "random", "finetune:", tmp_path=tmp_path, open_too=True)


def test_weights_of_another_size(tmp_path, broken):
    """A configuration that does not belong to the weights is told with both sizes, not resized."""
    rewrite(broken, intermediate_size=64)
    check_refused(broken, "48 in the weights, 64 by config.json", "5 more", tmp_path=tmp_path, open_too=True)

    three = {"0": "negative", "1": "neutral", "2": "positive"}
    rewrite(broken, intermediate_size=48, id2label=three, label2id={name: int(at) for at, name in three.items()})
    check_refused(
        broken,
        "names 3 labels, the head in the weights has 2 outputs",
        "(classifier.weight: 2 x 32 in the file, 3 x 32 by config.json)",
        "`id2label`",
        tmp_path=tmp_path,
        task=make_task(labels=tuple(three.values())),
    )


def test_unknown_family(tmp_path, broken):
    """A model that the installed library does not know, or that brings its own code."""
    rewrite(broken, model_type="bert_of_ours", auto_map={"AutoConfig": "configuration.Config"})

    check_refused(broken, "cannot be opened", "never run", tmp_path=tmp_path, open_too=True)


def test_a_model_that_does_not_fit_into_memory(tmp_path, broken, monkeypatch):
    """Loading says what to do."""
    monkeypatch.setattr(opening, "_model", lambda *_, **__: (_ for _ in ()).throw(MemoryError()))

    check_refused(broken, "does not fit into memory", "smaller model", tmp_path=tmp_path, open_too=True)


def test_tokenizer_of_another_model(tmp_path, broken):
    """Ids beyond the embeddings are an error, not a crash inside the model."""
    checkpoints.save(tmp_path / "small", vocab_size=60)
    checkpoints.word_piece_tokenizer().save_pretrained(tmp_path / "small")
    model = ModelRef(name="m", adapter="transformers", path=str(tmp_path / "small"))
    session = adapter.open(model, make_task(), context(tmp_path))

    with pytest.raises(ModelError, match="embeddings for 60"):
        session.predict([Example(id="t/0", index=0, inputs={"text": " ".join(checkpoints.corpus()[:9])})])


# --- heads -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("ForTokenClassification", ["a label for each token", "BertForTokenClassification", "sst2", "own kind"]),
        ("ForQuestionAnswering", ["an answer span", "sst2"]),
        ("ForMultipleChoice", ["a choice among options", "sst2"]),
        ("ForMaskedLM", ["masked language modelling", "finetune:"]),
        ("LMHeadModel", ["language modelling", "finetune:"]),
        ("Model", ["bare encoder", "BertModel", "finetune:"]),
        ("WithOurHead", ["unknown head", "BertWithOurHead", "never run"]),
    ],
)
def test_head_of_another_task(tmp_path, broken, head, words):
    """The head and the task are named, and what to do about it."""
    check_refused(rewrite(broken, architectures=[f"Bert{head}"]), *words, tmp_path=tmp_path)


def test_a_configuration_that_names_no_head(tmp_path, broken):
    """Nothing is assumed."""
    check_refused(rewrite(broken, architectures=None), "names no head", "finetune:", tmp_path=tmp_path)


def test_classifier_and_regression_are_not_mixed_up(tmp_path, broken):
    """A number is not a label and a label is not a number."""
    check_refused(
        broken, "classifier with 2 outputs", "asks for a number", "num_labels 1", task=REGRESS, tmp_path=tmp_path
    )
    rewrite(broken, problem_type="regression")
    check_refused(broken, "regression head with 2 outputs", tmp_path=tmp_path)
    rewrite(broken, id2label={"0": "score"})
    check_refused(broken, "regression head with 1 output,", "2 labels", tmp_path=tmp_path)
    check_refused(broken, "regression head with 1 output,", tmp_path=tmp_path, labels="negative,positive")


def test_one_output_is_a_label_only_where_somebody_says_so(tmp_path, broken):
    """Nothing is guessed: the configuration or the user says that it classifies, and only two labels fit one output."""
    rewrite(broken, id2label={"0": "score"}, problem_type=None)
    text = check_refused(broken, "has 1 output", "by regression", tmp_path=tmp_path)
    assert "`?labels=negative,positive`" in text

    three = make_task(labels=("bad", "fair", "good"))
    for problem in (None, "single_label_classification"):
        rewrite(broken, problem_type=problem)
        check_refused(broken, "has 1 output (score)", "one of 3 labels", tmp_path=tmp_path, task=three)
    check_refused(broken, "a classifier with 1 output (score)", "a number", tmp_path=tmp_path, task=REGRESS)


def test_one_label_and_several_are_not_mixed_up(tmp_path, broken):
    """What the head was trained for must be what the task asks; where it does not say, the number carries a note."""
    several = make_task(multilabel=True)
    check_refused(
        rewrite(broken, problem_type="multi_label_classification"), "several labels at once", tmp_path=tmp_path
    )
    check_refused(
        rewrite(broken, problem_type="single_label_classification"),
        "asks for several",
        task=several,
        tmp_path=tmp_path,
    )
    rewrite(broken, problem_type=None)
    facts = adapter.inspect(ModelRef(name="m", adapter="transformers", path=str(broken)), several, context(tmp_path))

    assert "sigmoid" in facts.notes[0]


def test_label_names_with_gaps(tmp_path, broken):
    """Every output has a name."""
    check_refused(rewrite(broken, id2label={"0": "negative", "2": "positive"}), "id2label", tmp_path=tmp_path)
    check_refused(rewrite(broken, id2label=["negative", "positive"]), "id2label", tmp_path=tmp_path)


def test_more_outputs_than_the_configuration_says(tmp_path, broken):
    """The label map comes from the text of the configuration; the model that comes of it is counted again."""
    model = ModelRef(name="m", adapter="transformers", path=str(broken))
    with pytest.raises(ModelError, match="has 2 outputs, its label map names 3"):
        adapter.open(model, make_task(labels="abc"), context(tmp_path))


def test_more_than_two_texts(tmp_path, broken):
    """A sequence classifier reads one text or two."""
    check_refused(broken, "3 inputs", "a, b, c", task=make_task(inputs=("a", "b", "c")), tmp_path=tmp_path)


# --- options, devices, libraries ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"max_length": "many"}, ["max_length=many", "whole number"]),
        ({"max_length": "0"}, ["max_length=0"]),
        ({"max_length": "49"}, ["max_length=49", "48 positions"]),
        ({"token_budget": "-1"}, ["token_budget=-1"]),
        ({"dtype": "int8"}, ["dtype=int8", "float32"]),
        ({"truncation": "none"}, ["truncation=none", "longest_first"]),
        ({"truncation": "only_second"}, ["only_second", "one text"]),
    ],
)
def test_options_out_of_range(tmp_path, broken, options, words):
    """What was typed and what may be."""
    check_refused(broken, *words, tmp_path=tmp_path, **options)


def test_lengths_that_only_the_open_model_knows(tmp_path):
    """RoBERTa's table of 50 rows serves 48 tokens; three special tokens leave no room in three."""
    folder = checkpoints.save(tmp_path / "roberta", "roberta")

    check_refused(folder, "max_length=50", "48 positions", tmp_path=tmp_path, open_too=True, max_length="50")
    check_refused(folder, "leaves no room", tmp_path=tmp_path, open_too=True, max_length="4")


def test_no_such_device(tmp_path, broken, monkeypatch):
    """Without a GPU, --device cuda says what to type."""
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    check_refused(
        broken, "no CUDA device", "--device cpu", tmp_path=tmp_path, open_too=True, settings={"device": "cuda"}
    )


def test_a_device_that_is_none(tmp_path, broken):
    """Only processors and CUDA are known."""
    check_refused(broken, "no device 'mps'", "cpu or cuda", tmp_path=tmp_path, settings={"device": "mps"})


def test_a_tokenizer_that_forgets_the_end(tmp_path):
    """T5 pools at its end token; a tokenizer that adds none is told when the model is opened, not example by example."""
    folder = checkpoints.save(tmp_path / "t5", "t5")
    path = folder / "config.json"
    rewrite(folder, eos_token_id=60)
    assert json.loads(path.read_text())["eos_token_id"] == 60

    check_refused(folder, "fails on a short text", "belong together", tmp_path=tmp_path, open_too=True)


def test_libraries_not_installed(tmp_path, broken, monkeypatch):
    """The extra to install is named."""
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == "torch" else object())

    check_refused(broken, "needs torch", 'pip install "benchwright[hf]"', tmp_path=tmp_path, error=PluginError)


# --- labels, end to end ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def knowing(tmp_path_factory):
    """A data folder whose gold labels are what a random model answers, and that model with its outputs permuted."""
    import torch
    from transformers import AutoModelForSequenceClassification

    root = tmp_path_factory.mktemp("knowing")
    folder = checkpoints.save(root / "model", labels=("positive", "negative"))
    texts = list(dict.fromkeys(checkpoints.corpus()))[:160]
    logits = checkpoints.plain_logits(folder, texts, max_length=checkpoints.POSITIONS)
    margin = logits[:, 0] - logits[:, 1]
    middle = float(sorted(margin)[len(margin) // 2])
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
    with torch.no_grad():
        model.classifier.bias[1] += middle
    model.save_pretrained(folder)
    clear = [(text, int(gap > middle)) for text, gap in zip(texts, margin, strict=True) if abs(gap - middle) > 1e-3]
    (root / "SST-2").mkdir()
    rows = "".join(f"{text}\t{label}\n" for text, label in clear)
    (root / "SST-2/dev.tsv").write_text("sentence\tlabel\n" + rows)
    return root


def evaluate(root, folder, tmp_path, **options):
    model = ModelRef(name="m", adapter="transformers", path=str(folder), options=options)
    return benchwright.evaluate(model, "glue/sst2", store=tmp_path / "store", data=root, offline=True)


def test_permuted_head_is_right_when_named(knowing, tmp_path):
    """Output 0 is positive, the task's label 1 is positive: names decide, positions do not."""
    cell = evaluate(knowing, knowing / "model", tmp_path).cells[0]

    assert cell.score.value == 1.0
    assert [flag for flag in sentences(cell.alarms) if "published split" not in flag] == []
    assert evaluate(knowing, knowing / "model", tmp_path).cells[0].reused


def test_permuted_head_is_refused_when_generic(knowing, tmp_path):
    """LABEL_0 means nothing; the option to type is shown."""
    folder = shutil.copytree(knowing / "model", tmp_path / "generic")
    for labels in ({"0": "LABEL_0", "1": "LABEL_1"}, None):
        rewrite(folder, id2label=labels, label2id=None)
        with pytest.raises(ConfigError, match=r"\?labels=negative,positive"):
            evaluate(knowing, folder, tmp_path)


def test_a_head_whose_two_maps_contradict_each_other_is_told(knowing, tmp_path):
    """`id2label` decides, as in transformers; a `label2id` that says otherwise stands beside the score, unless the user says it."""
    folder = shutil.copytree(knowing / "model", tmp_path / "twice")
    rewrite(folder, label2id={"negative": 0, "positive": 1})
    cell = evaluate(knowing, folder, tmp_path).cells[0]
    said = evaluate(knowing, folder, tmp_path, labels="positive,negative").cells[0]

    assert cell.score.value == said.score.value == 1.0
    assert any("`label2id` in config.json contradict" in note for note in sentences(cell.alarms))
    assert not any("contradict" in note for note in sentences(said.alarms))


def test_permuted_head_is_flagged_when_mapped_wrongly(knowing, tmp_path):
    """The user's map is obeyed, and both numbers are shown; the right map is not flagged as permuted."""
    folder = shutil.copytree(knowing / "model", tmp_path / "generic")
    rewrite(folder, id2label=None, label2id=None)
    wrong = evaluate(knowing, folder, tmp_path, labels="negative,positive").cells[0]
    right = evaluate(knowing, folder, tmp_path, labels="positive,negative").cells[0]

    assert wrong.score.value == 0.0
    assert any("labels look permuted" in flag and "100.00 %" in flag for flag in sentences(wrong.alarms))
    assert right.score.value == 1.0
    assert not any("permuted" in flag for flag in sentences(right.alarms))
    assert any("mapped by the user" in flag for flag in sentences(right.alarms))


def test_more_labels_than_the_task(knowing, tmp_path):
    """A three-way head on a two-way task is refused by name, with the option to type."""
    folder = checkpoints.save(tmp_path / "three", labels=("negative", "neutral", "positive"))

    with pytest.raises(ConfigError, match=r"neutral[\s\S]*\?labels=") as caught:
        evaluate(knowing, folder, tmp_path)
    assert "Traceback" not in str(caught.value)


def test_default_labels_of_bart_are_three(knowing, tmp_path):
    """A configuration that names no labels has as many as its family's default."""
    folder = checkpoints.save(tmp_path / "bart", "bart", labels=("a", "b", "c"))
    rewrite(folder, id2label=None, label2id=None)
    facts = adapter.inspect(
        ModelRef(name="m", adapter="transformers", path=str(folder)), make_task(), context(tmp_path)
    )

    assert facts.labels == ("LABEL_0", "LABEL_1", "LABEL_2")
