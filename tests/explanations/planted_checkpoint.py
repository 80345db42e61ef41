"""A tiny BERT that is trained, in a few seconds, to one word: its raw output of ``yes`` is high where that stands in the text."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tests.explanations.planted import PLAIN, TASK, WORD

from benchwright.types import Context, Dataset, LabelMap, ModelRef, Session, Task
from benchwright_adapters.transformers import adapter

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def train(folder: Path, *, steps: int = 160) -> Path:
    """Train it and save it with a tokenizer of whole words; always the same weights. Returns the folder."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    torch.set_num_threads(1)
    torch.manual_seed(0)
    tokenizer = BertTokenizer(vocab={word: at for at, word in enumerate([*_SPECIAL, *PLAIN, WORD])})
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=48,
        initializer_range=0.3,  # vectors as long as those of a model in use: where they are short, the output bends at the very start
        id2label={0: "no", 1: "yes"},
        label2id={"no": 0, "yes": 1},
    )
    model = BertForSequenceClassification(config).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    draw = random.Random(0)
    for _ in range(steps):
        said = [_text(draw) for _ in range(32)]
        given = tokenizer(said, padding=True, return_tensors="pt")
        gold = torch.tensor([int(WORD in text.split()) for text in said])
        loss = torch.nn.functional.cross_entropy(model(**given).logits, gold)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    _save(model, tokenizer, folder)
    return folder


def blind(trained: Path, folder: Path) -> Path:
    """The same, but for a head that reads nothing: its outputs are always its biases. Returns the folder."""
    import torch
    from transformers import BertForSequenceClassification, BertTokenizer

    model = BertForSequenceClassification.from_pretrained(trained)
    with torch.no_grad():
        model.classifier.weight.zero_()
    _save(model, BertTokenizer.from_pretrained(trained), folder)
    return folder


def open_checkpoint(folder: Path) -> Session:
    """A session that answers for the planted task."""

    def refuse(task: Task) -> Dataset:
        raise AssertionError(f"{task.name} has no train split")

    labels = LabelMap(to_task=(0, 1), origin="task")
    context = Context(suite="s", train=refuse, items=tuple, workdir=folder / "work", offline=True, labels=labels)
    return adapter.open(ModelRef(name="planted", adapter="transformers", path=str(folder)), TASK, context)


def _text(draw: random.Random) -> str:
    """0 to 20 words, some of them masked, as they are where words are taken away; the planted one in every second text."""
    words = [draw.choice(PLAIN) for _ in range(draw.randint(0, 19))]
    hidden = draw.choice((0.0, 0.2, 1.0))
    words = ["[MASK]" if draw.random() < hidden else word for word in words]
    if draw.random() < 0.5:
        words.insert(draw.randint(0, len(words)), WORD)
    return " ".join(words)


def _save(model: Any, tokenizer: Any, folder: Path) -> None:
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
