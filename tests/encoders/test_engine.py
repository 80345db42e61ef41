"""A new engine is a forward pass and the reading of its files: the sample plugin's, in NumPy, keeps the contract of adapters."""

import json

import numpy as np
import pytest

from benchwright import registry
from benchwright.errors import ModelError
from benchwright.testing import check_adapter
from benchwright.types import Context, Example, ModelRef

pytest.importorskip("transformers")
bags = pytest.importorskip("benchwright_sample.bags")

WORDS = [
    "[UNK]",
    "[CLS]",
    "the",
    "a",
    "film",
    "was",
    "very",
    "lovely",
    "dreadful",
    "and",
    "long",
    "story",
    "about",
    "nothing",
]


def save(folder, labels, seed=0):
    """A bag with random weights and a tokenizer of whole words; its folder."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    draw = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(
        folder / "weights.npz",
        embeddings=draw.normal(size=(len(WORDS), 8)).astype(np.float32),
        hidden=draw.normal(size=(8, 6)).astype(np.float32),
        head=draw.normal(size=(6, len(labels))).astype(np.float32),
        labels=np.array(labels),
    )
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A", pair="[CLS] $A [CLS] $B", special_tokens=[("[CLS]", 1)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"unk_token": "[UNK]", "cls_token": "[CLS]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture
def registered(monkeypatch):
    """The registry gives the engine under its name, as an installed package would."""
    entry = registry.Entry(
        name="bags", owner="benchwright-sample", module="benchwright_sample.bags", attribute="adapter"
    )
    everything = {**registry.entries("adapters"), "bags": entry}
    real = registry.get
    monkeypatch.setattr(registry, "entries", lambda group: everything)
    monkeypatch.setattr(registry, "get", lambda group, name: bags.adapter if name == "bags" else real(group, name))
    return bags.adapter


def test_the_engine_keeps_the_contract(registered):
    """On one text, on two and on several labels at once; nothing but a forward pass and the reading of files is its own."""

    def make_model(task, context):
        folder = save(context.workdir / "bag", [label.name for label in task.labels])
        return ModelRef(name="bag", adapter="bags", path=str(folder))

    passed = check_adapter(registered, make_model=make_model)

    assert {"polarity: runs through the engine", "entailment: runs through the engine"} <= set(passed)


@pytest.mark.parametrize("budget", ["16", "4096"])
def test_answers_are_those_of_one_text_at_a_time(make_task, tmp_path, budget):
    """In batches of any size, with equal rows computed once, and what is too long counted."""
    folder = save(tmp_path / "bag", ("bad", "good"))
    draw = np.random.default_rng(1)
    texts = [" ".join(draw.choice(WORDS[2:], size=size)) for size in (1, 3, 0, 9, 3, 127, 200)]
    texts += [texts[1], "unheard of words"]
    task = make_task(labels=("bad", "good"))
    context = Context(suite="s", train=None, items=tuple, workdir=tmp_path / "work")
    model = ModelRef(name="bag", adapter="bags", path=str(folder), options={"token_budget": budget})
    session = bags.adapter.open(model, task, context)
    found = session.predict([Example(id=f"t/{at}", index=at, inputs={"text": text}) for at, text in enumerate(texts)])

    weights = dict(np.load(folder / "weights.npz"))
    for text, one in zip(texts, found, strict=True):
        ids = [1, *(WORDS.index(word) if word in WORDS else 0 for word in text.split())][:128]
        logits = np.tanh(weights["embeddings"][ids].mean(axis=0) @ weights["hidden"]) @ weights["head"]
        np.testing.assert_allclose(one.scores, np.exp(logits) / np.exp(logits).sum(), atol=1e-6)
        assert one.output == ("bad", "good")[int(logits.argmax())]
        assert one.extra["tokens"] == len(ids)
        assert one.truncated == (len(text.split()) > 127)
    assert session.settings["batches"] == "equal lengths, at least 16 rows"


def test_a_file_that_is_absent_or_broken_is_told(make_task, tmp_path):
    """While planning, with the file's name."""
    folder = save(tmp_path / "bag", ("bad", "good"))
    model = ModelRef(name="bag", adapter="bags", path=str(folder))
    context = Context(suite="s", train=None, items=tuple, workdir=tmp_path / "work")
    (folder / "weights.npz").write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"weights\.npz cannot be read"):
        bags.adapter.inspect(model, make_task(labels=("bad", "good")), context)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"holds no tokenizer\.json"):
        bags.adapter.inspect(model, make_task(labels=("bad", "good")), context)
