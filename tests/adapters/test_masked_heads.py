"""Which checkpoints may answer a fill task: those with a head for words in their files, tied or not, and no others."""

import json

import pytest
from safetensors.numpy import load_file, save_file

from benchwright.errors import ModelError
from benchwright.testing.fixtures import build_task
from benchwright.types import Context, Example, ModelRef
from benchwright_adapters.transformers import adapter

pytest.importorskip("torch")

TASK = build_task("pairs", kind="fill", inputs={"options": ("options",)}, rule="pll", metrics=())
WORDS = build_task("words", kind="fill", inputs={"text": ("text",)}, top=3, metrics=())
PAIR = Example(id="t/0", index=0, inputs={"options": ["the film was lovely.", "the soup was lovely."]})


def open_model(folder, task=TASK, **options):
    model = ModelRef(name="m", adapter="transformers", path=str(folder), options=options)
    context = Context(suite="s", train=lambda _: None, items=tuple, workdir=folder)
    facts = adapter.inspect(model, task, context)
    return adapter.open(model, task, context), facts


def scores(folder):
    session, _ = open_model(folder)
    return session.predict([PAIR])[0].scores


@pytest.mark.parametrize(
    ("family", "head", "said"),
    [
        ("bert", "Model", ["a bare encoder (BertModel)", "never initialised at random"]),
        ("bert", "ForSequenceClassification", ["a label or number for the whole input", "...ForMaskedLM"]),
        ("electra", "ForPreTraining", ["tells replaced tokens from others", "electra-base-generator"]),
        ("gpt2", "LMHeadModel", ["language modelling (GPT2LMHeadModel)", "...ForMaskedLM"]),
    ],
)
def test_a_checkpoint_without_a_head_for_words_is_refused_when_planning(saved, family, head, said):
    with pytest.raises(ModelError) as caught:
        open_model(saved(family, head))
    assert all(part in str(caught.value) for part in said), str(caught.value)
    assert "finetune:" not in str(caught.value)


def test_a_head_that_is_named_and_absent_is_refused(folder):
    """The weights of a bare encoder under the name of a model for words: what is missing would be random."""
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "architectures": ["BertForMaskedLM"]}))
    tensors = load_file(folder / "model.safetensors")
    bare = {name: value for name, value in tensors.items() if not name.startswith(("classifier", "cls"))}
    save_file(bare, folder / "model.safetensors", metadata={"format": "pt"})

    with pytest.raises(ModelError, match=r"cls\.predictions"):
        open_model(folder)


@pytest.mark.parametrize("family", ["bert", "albert"])
def test_a_checkpoint_of_pre_training_answers_by_its_head_for_words(saved, tmp_path, family):
    """Its other head is left aside, and its scores are those of the same weights saved as a model for words."""
    import transformers

    folder = saved(family, "ForPreTraining", labels=("a", "b"))
    model = transformers.AutoModelForMaskedLM.from_pretrained(folder)
    model.save_pretrained(tmp_path)
    transformers.AutoTokenizer.from_pretrained(folder).save_pretrained(tmp_path)

    assert scores(folder) == pytest.approx(scores(tmp_path), abs=1e-6)


def test_a_head_that_shares_its_weights_with_the_embeddings_is_not_missing(saved):
    """The files hold them once, as `save_pretrained` writes them."""
    folder = saved("bert", "ForMaskedLM")

    assert "cls.predictions.decoder.weight" not in load_file(folder / "model.safetensors")
    session, facts = open_model(folder)
    assert session.predict([PAIR])[0].error is None
    assert facts.scores == "log-probabilities"
    assert not [note for note in facts.notes if "not read" in note]


def test_a_head_of_its_own_is_read(saved):
    folder = saved("bert", "ForMaskedLM", tie_word_embeddings=False, seed=3)

    assert "cls.predictions.decoder.weight" in load_file(folder / "model.safetensors")
    assert scores(folder) != scores(saved("bert", "ForMaskedLM", seed=3))


@pytest.mark.parametrize("name", ["finetune", "majority", "tfidf", "constant"])
def test_adapters_without_words_do_not_serve_the_kind(name):
    from benchwright import registry

    assert TASK.kind not in registry.get("adapters", name).kinds


def test_a_rule_for_sentences_is_none_for_a_slot(saved):
    wrong = build_task("slot", kind="fill", inputs={"text": ("text",), "options": ("options",)}, rule="pll")

    with pytest.raises(ModelError, match="scores candidates at a slot by the rule 'pll'"):
        open_model(saved("bert", "ForMaskedLM"), wrong)


@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_the_most_probable_words_are_those_of_the_pipeline_of_transformers(saved, family):
    """Special tokens aside, which are no words; scores are logarithms of its probabilities."""
    import numpy as np
    from transformers import pipeline

    from benchwright.checkpoints.tokenizer import open_tokenizer

    folder = saved(family, "ForMaskedLM")
    texts = ["the {mask} was lovely.", "a very long and {mask} story about nothing"]
    session, _ = open_model(folder, WORDS)
    found = session.predict([Example(id=f"t/{at}", index=at, inputs={"text": text}) for at, text in enumerate(texts)])
    tokenizer = open_tokenizer(folder)
    fill = pipeline("fill-mask", model=str(folder), tokenizer=tokenizer, top_k=12)
    for text, prediction in zip(texts, found, strict=True):
        best = [
            one
            for one in fill(text.replace("{mask}", tokenizer.mask_token))
            if one["token"] not in tokenizer.all_special_ids
        ][:3]
        assert list(prediction.output) == [one["token_str"].strip() for one in best]
        np.testing.assert_allclose(prediction.scores, [np.log(one["score"]) for one in best], atol=1e-5)


def test_a_word_alone_is_as_probable_as_among_others_in_two_threads(saved):
    """Torch shares the sum over a single row of a vocabulary of more than 32,768 among threads, and adds up many rows one by one."""
    import torch

    session, _ = open_model(saved("roberta", "ForMaskedLM", vocab_size=50_265), WORDS)
    texts = [f"the {{mask}} was {word}." for word in ("lovely", "long", "a story", "very very long", "nothing", "the")]
    examples = [Example(id=f"t/{at}", index=at, inputs={"text": text}) for at, text in enumerate(texts)]
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        together = session.predict(examples)
        assert [session.predict([one])[0].scores for one in examples] == [one.scores for one in together]
    finally:
        torch.set_num_threads(before)
