"""Every tensor of a checkpoint is used or named, and nothing beside the files of the digest is ever opened."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import transformers_bench as bench
import transformers_checkpoints as checkpoints

from benchwright.checkpoints.config import read_config
from benchwright.checkpoints.files import linked_files, read_files
from benchwright.errors import ModelError
from benchwright.types import Context, Example, Kind, ModelRef
from benchwright_adapters._finetune.config import read_training_config
from benchwright_adapters._finetune.identity import find_base
from benchwright_adapters._finetune.model import build
from benchwright_adapters.transformers import adapter

pytestmark = [pytest.mark.torch]


TAGS = ("O", "B-PER", "I-PER")


def make_task(kind):
    return bench.make_task(kind, labels=TAGS if kind is Kind.TAG else checkpoints.NEGATIVE_POSITIVE)


HEADS = {Kind.CLASSIFY: "ForSequenceClassification", Kind.TAG: "ForTokenClassification"}


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """Gives a copy, that may be changed, of a checkpoint of a family; each is saved once."""
    made = {}

    def copy(family="bert", kind=Kind.CLASSIFY):
        if (family, kind) not in made:
            labels = TAGS if kind is Kind.TAG else checkpoints.NEGATIVE_POSITIVE
            folder = tmp_path_factory.mktemp("saved")
            made[family, kind] = checkpoints.save(folder, family, labels=labels, head=HEADS[kind])
        target = tmp_path_factory.mktemp("copy") / "checkpoint"
        return Path(shutil.copytree(made[family, kind], target))

    return copy


def rename(folder, change=None, **more):
    """Change names of tensors, and add some (name -> shape, or an array)."""
    from safetensors.numpy import load_file, save_file

    path = folder / "model.safetensors"
    tensors = {change(name) if change else name: value for name, value in load_file(path).items()}
    tensors |= {
        name: np.ones(value, dtype=np.float32) if isinstance(value, tuple) else value for name, value in more.items()
    }
    save_file(tensors, path, metadata={"format": "pt"})
    return folder


def shard(folder, **more):
    """Cut the weights into two files with an index; further tensors go into the second."""
    from safetensors.numpy import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = sorted(tensors)
    parts = [
        {name: tensors[name] for name in names[: len(names) // 2]},
        {name: tensors[name] for name in names[len(names) // 2 :]}
        | {name: np.ones(shape, dtype=np.float32) for name, shape in more.items()},
    ]
    placed = {}
    for at, part in enumerate(parts, 1):
        file = f"model-{at:05d}-of-00002.safetensors"
        save_file(part, folder / file, metadata={"format": "pt"})
        placed |= dict.fromkeys(part, file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": placed}))
    return folder


def inspect(folder, kind=Kind.CLASSIFY):
    model = ModelRef(name="m", adapter="transformers", path=str(folder))
    context = Context(suite="s", train=None, items=tuple, workdir=folder.parent / "work", offline=True)
    return adapter.inspect(model, make_task(kind), context)


def answers(folder, kind=Kind.CLASSIFY):
    """Scores, or tags, on a few inputs."""
    inspect(folder, kind)
    model = ModelRef(name="m", adapter="transformers", path=str(folder))
    context = Context(suite="s", train=None, items=tuple, workdir=folder.parent / "work", offline=True)
    session = adapter.open(model, make_task(kind), context)
    given = [{"words": text.split()} if kind is Kind.TAG else {"text": text} for text in checkpoints.corpus()[:6]]
    examples = [Example(id=f"t/{at}", index=at, inputs=inputs) for at, inputs in enumerate(given)]
    found = [prediction.scores or prediction.output for prediction in session.predict(examples)]
    session.close()
    return found


def refusal(folder, kind=Kind.CLASSIFY, step=answers):
    with pytest.raises(ModelError) as caught:
        step(folder, kind)
    assert caught.value.expected
    assert caught.value.hint
    return str(caught.value)


# --- an adapter beside its base ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["adapter_config.json", "adapter_model.safetensors", "adapter_model.bin"])
def test_an_adapter_beside_a_base_is_refused(make, name):
    """One key has one answer: whether `peft` is installed decides nothing, for models and for bases."""
    folder = make()
    (folder / name).write_text("{}")

    for text in (refusal(folder, step=inspect), refusal(folder, step=start)):
        assert name in text
        assert "merge_and_unload" in text


def test_only_the_files_of_the_digest_are_seen(make):
    """Whatever else lies in the folder, the library that opens it is shown the digest's files and nothing else."""
    folder = make()
    for name in ("adapter.json", "model.py", "generation_config.json", "chat_template.jinja"):
        (folder / name).write_text("{}")
    contents = read_files(folder, "m", read_config(folder, "m"))

    with linked_files(contents) as view:
        names = {path.name for path in view.iterdir()}
    assert names == {path.name for path in contents.files}
    assert names == {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}


def test_an_adapter_cannot_be_loaded_even_by_a_library_that_looks_for_one(make, monkeypatch):
    """A loader that would take any adapter finds none."""
    from transformers.integrations import peft

    looked = []

    def look(path, *_, **__):
        looked.append(sorted(found.name for found in Path(path).iterdir()))

    monkeypatch.setattr(peft, "is_peft_available", lambda: True)
    monkeypatch.setattr(peft, "find_adapter_config_file", look)
    answers(make())
    assert looked
    assert not any("adapter" in name for names in looked for name in names)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"transformers_weights": "other.safetensors"}, "`transformers_weights`"),
        ({"quantization_config": {"quant_method": "bitsandbytes"}}, "`quantization_config`"),
        ({"attn_implementation": "flash_attention_2"}, "`attn_implementation` in config.json is 'flash_attention_2'"),
        ({"_attn_implementation": "kernels-community/flash-attn"}, "`_attn_implementation`"),
        ({"text_config": {"experts_implementation": "deepgemm"}}, "`experts_implementation`"),
    ],
)
def test_settings_that_lead_to_other_files_or_libraries(make, changes, words):
    """Numbers never hang on an optional library or on a file that the digest does not hold."""
    folder = make()
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    assert words in refusal(folder, step=inspect)


# --- tensors that are not the model's ----------------------------------------------------------------------------------

LAYER = "bert.encoder.layer.0.attention.self.query"


@pytest.mark.parametrize(
    "name",
    [
        f"{LAYER}.lora_A.default.weight",
        f"{LAYER}.lora_A.weight",
        f"{LAYER}.base_layer.weight",
        f"{LAYER}.hada_w1_a.default",
        f"{LAYER}.ia3_l.default",
        "base_model.model.bert.pooler.dense.bias",
        "classifier.modules_to_save.default.weight",
        "cls.predictions.decoder.lora_B.default.weight",
        "prompt_encoder.default.embedding.weight",
    ],
)
@pytest.mark.parametrize("sharded", [False, True])
def test_tensors_of_an_adapter_are_refused(make, name, sharded):
    """By name, in one file or several, for models and for bases, before anything is loaded."""
    folder = (shard if sharded else rename)(make(), **{name: (2, 3)})

    for text in (refusal(folder, step=inspect), refusal(folder, step=start)):
        assert f"1 tensor ({name}) of an adapter" in text
        assert "merge_and_unload" in text


@pytest.mark.parametrize("sharded", [False, True])
def test_unknown_tensors_are_refused_by_name_and_number(make, sharded):
    """What the model has no place for is never left out without a word."""
    more = {f"bert.encoder.layer.0.gate.{at}": (2,) for at in range(5)}
    text = refusal((shard if sharded else rename)(make(), **more))

    assert "5 tensors (bert.encoder.layer.0.gate.0, bert.encoder.layer.0.gate.1" in text
    assert "and 2 more" in text
    assert "BertForSequenceClassification has no place for" in text


@pytest.mark.parametrize(
    ("family", "kind", "name"),
    [
        ("bert", Kind.TAG, "crf.transitions"),
        ("bert", Kind.CLASSIFY, "qa_outputs.bias"),
        ("bert", Kind.CLASSIFY, "bert.pooler.gate"),
        ("bert", Kind.CLASSIFY, "teacher.classifier.weight"),
        ("gpt2", Kind.CLASSIFY, "transformer.h.0.attn.bias_of_mine"),
        ("t5", Kind.TAG, "transformer.encoder.decoder_gate"),
        ("deberta", Kind.CLASSIFY, "deberta.encoder.position_embeddings_of_mine"),
    ],
)
def test_also_those_that_the_library_does_not_report(make, family, kind, name):
    """Some families silence whole patterns of names; only what a stated rule calls harmless passes."""
    assert name in refusal(rename(make(family, kind), **{name: (2,)}), kind)


@pytest.mark.parametrize(
    ("family", "kind", "more"),
    [
        ("bert", Kind.CLASSIFY, {"bert.embeddings.position_ids": np.arange(48)[None]}),
        ("bert", Kind.TAG, {"bert.pooler.dense.weight": (32, 32), "bert.pooler.dense.bias": (32,)}),
        ("roberta", Kind.CLASSIFY, {"roberta.pooler.dense.weight": (32, 32), "lm_head.bias": (400,)}),
        ("bert", Kind.CLASSIFY, {"cls.predictions.bias": (160,), "cls.seq_relationship.weight": (2, 32)}),
        ("bart", Kind.CLASSIFY, {"model.encoder.version": (1,), "final_logits_bias": (1, 400)}),
        ("gpt2", Kind.CLASSIFY, {"transformer.h.0.attn.bias": np.ones((1, 1, 48, 48), dtype=np.uint8)}),
        ("t5", Kind.TAG, {"transformer.decoder.final_layer_norm.weight": (32,)}),
        ("deberta", Kind.CLASSIFY, {"deberta.embeddings.position_embeddings.weight": (48, 32)}),
        ("bert", Kind.CLASSIFY, {"loss_fct.weight": (2,)}),
    ],
)
def test_harmless_tensors_change_no_answer(make, family, kind, more):
    """Tables the model makes itself, poolers, heads of pre-training: the same answers, and heads are told."""
    clean, folder = make(family, kind), rename(make(family, kind), **more)

    assert answers(folder, kind) == answers(clean, kind)
    told = [note for note in inspect(folder, kind).notes if "pre-training head" in note]
    assert len(told) == any(name.startswith(("cls.", "lm_head")) for name in more)


def test_one_weight_under_two_names(make):
    """Which of the two counts would be chance."""
    text = refusal(rename(make(), **{"pooler.dense.bias": (32,)}))

    assert "1 tensor (pooler.dense.bias) twice, with and without `bert.`" in text


@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
def test_weights_in_a_quantised_form(make, dtype):
    """Whole numbers would be read as if they were the weights."""
    text = refusal(rename(make(), **{"classifier.weight": np.ones((2, 32), dtype=dtype)}), step=inspect)
    assert "classifier.weight" in text
    assert "quantised" in text


def test_an_index_that_tells_otherwise_than_its_files(make):
    """Each tensor stands once, where the index says; files outside the folder are never read."""
    folder = shard(make())
    path = folder / "model.safetensors.index.json"
    good = json.loads(path.read_text())
    first = next(iter(good["weight_map"]))
    answers(folder)

    for placed, words in (
        ({**good["weight_map"], "bert.gone": "model-00001-of-00002.safetensors"}, "do not tell the same of bert.gone"),
        ({**good["weight_map"], first: "model-00002-of-00002.safetensors"}, f"do not tell the same of {first}"),
        ({**good["weight_map"], first: "../model-00001-of-00002.safetensors"}, "'../model-00001-of-00002.safetensors'"),
        ({**good["weight_map"], first: 3}, "`weight_map`"),
    ):
        path.write_text(json.dumps({"weight_map": placed}))
        assert words in refusal(folder, step=inspect)


# --- names with a prefix -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "module._orig_mod."])
def test_the_prefix_of_a_wrapper_is_named(make, prefix):
    """Before anything is loaded, and the hint takes it out."""
    text = refusal(rename(make(), change=lambda name: prefix + name), step=inspect)

    assert f"with `{prefix}` in the name" in text
    assert "save_file(" in text


def test_any_prefix_is_named_and_the_command_takes_it_out(make):
    """What is to be typed is typed here, and then the checkpoint answers as before."""
    clean, folder = make(), rename(make(), change=lambda name: f"encoder_of_mine.{name}")
    text = refusal(folder)
    assert "with `encoder_of_mine.` before the name" in text

    command = re.search(r"`python -c \"(.*)\"`", text).group(1)
    subprocess.run([sys.executable, "-c", command], cwd=folder, check=True)
    assert answers(folder) == answers(clean)


def test_a_wrapper_within_the_names(make):
    """A compiled part of a model is told too."""
    folder = rename(make(), change=lambda name: name.replace("bert.encoder", "bert.encoder._orig_mod"))
    assert "`_orig_mod.`" in refusal(folder, step=inspect)


# --- bases ---------------------------------------------------------------------------------------------------------------


def start(folder, kind=Kind.CLASSIFY):
    """Open a folder as a base, with a fresh head."""
    task = make_task(kind)
    model = ModelRef(name="m", adapter="finetune", path=str(folder))
    context = Context(suite="s", train=None, items=tuple, workdir=folder.parent / "work", offline=True)
    recipe = read_training_config(model, context, task)
    return build(find_base(model, recipe, context), recipe, task, (), device="cpu")


def test_a_base_may_lack_or_hold_any_head(make):
    """Heads come and go with the task; poolers and tables too."""
    made = start(rename(make(kind=Kind.TAG), **{"cls.predictions.bias": (160,), "qa_outputs.weight": (2, 32)}))
    assert made.model.classifier.out_features == 2, "a head of the task's own"
    bare = rename(make(), change=lambda name: name.removeprefix("bert."))
    made = start(rename(bare, **{"embeddings.position_ids": np.arange(48)[None]}))
    assert made.model.classifier.out_features == 2


@pytest.mark.parametrize("bare", [False, True])
def test_a_base_whose_encoder_is_not_all_used(make, bare):
    """A tensor within the encoder that has no place is refused, with and without the prefix of the family."""
    folder = rename(make(), **{"bert.encoder.layer.0.gate": (2,)})
    if bare:
        rename(folder, change=lambda name: name.removeprefix("bert."))
    assert "encoder.layer.0.gate" in refusal(folder, step=start)


def test_a_base_of_another_size(make):
    """Both sizes are told."""
    folder = make()
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "intermediate_size": 64}))
    assert "48 in the weights, 64 by config.json" in refusal(folder, step=start)
