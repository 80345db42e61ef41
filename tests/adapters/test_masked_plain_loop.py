"""Scores of a fill task equal plain loops of one mask a forward, for every rule and several families."""

import sys
from pathlib import Path

import numpy as np
import pytest

from benchwright.testing.fixtures import build_task
from benchwright.types import Context, Example, ModelRef
from benchwright_adapters.transformers import adapter

sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))
pytest.importorskip("torch")

FAMILIES = ("bert", "roberta", "deberta", "deberta-v3", "albert", "electra", "distilbert", "modernbert")
PAIRS = (
    ("the woman was lovely.", "the man was lovely."),
    ("another tedious story about nothing", "a long and tedious story about nothing"),
    ("The zebra slept on the wonderful street!", "The crocodile slept on the wonderful street!"),
    ("cook", "train"),
    ("the soup was not boring", "the soup was boring"),
    ("the film", "the film was never quite lovely, said the teacher"),
)
SLOTS = (
    ("the {mask} was lovely.", ("woman", "man", "zebra crossing", "crocodiles")),
    ("{mask} was eating.", ("The teacher", "the boy")),
    ("they said ({mask})", ("nothing", "never", "unpronounceable")),
    ("a very {mask} concert and a boring one", ("tedious", "wonderful", "the")),
)
SENTENCE_RULES = ("pll", "pll-word-l2r", "official-2020", "bias-bench-2022", "aul", "aula")


def card(rule, *, slot=False, **fields):
    inputs = {"text": ("text",), "options": ("options",)} if slot else {"options": ("options",)}
    return build_task(kind="fill", inputs=inputs, rule=rule, metrics=(), **fields)


def items(task, rows):
    return [
        Example(
            id=f"t/{at}", index=at, inputs=dict(zip(task.inputs, row if "text" in task.inputs else (row,), strict=True))
        )
        for at, row in enumerate(rows)
    ]


def predict(folder, task, rows, **options):
    model = ModelRef(name="m", adapter="transformers", path=str(folder), options=options)
    context = Context(suite="s", train=lambda _: None, items=tuple)
    session = adapter.open(model, task, context)
    try:
        return session.predict(items(task, rows)), session
    finally:
        session.close()


@pytest.fixture(scope="module", params=FAMILIES)
def family(request, saved):
    from masked_loop import PlainLoop

    from benchwright.checkpoints.tokenizer import open_tokenizer

    folder = saved(request.param, "ForMaskedLM", labels=("a", "b"))
    return folder, PlainLoop(folder, open_tokenizer(folder))


@pytest.mark.parametrize("rule", SENTENCE_RULES)
def test_sentences_are_scored_as_by_one_mask_and_one_forward_at_a_time(family, rule):
    folder, loop = family
    found, _ = predict(folder, card(rule), PAIRS)
    name = rule.replace("-", "_")
    for pair, prediction in zip(PAIRS, found, strict=True):
        expected = (
            getattr(loop, name)(*pair)
            if rule in ("official-2020", "bias-bench-2022")
            else [getattr(loop, name)(text) for text in pair]
        )
        assert prediction.error is None
        np.testing.assert_allclose(
            prediction.scores, expected, rtol=0, atol=1.01e-3 if rule in ("official-2020", "bias-bench-2022") else 1e-4
        )
        assert prediction.output == prediction.scores.index(max(prediction.scores))


@pytest.mark.parametrize("rule", ["slot", "stereoset"])
def test_candidates_are_scored_as_by_one_mask_and_one_forward_at_a_time(family, rule):
    folder, loop = family
    found, _ = predict(folder, card(rule, slot=True), SLOTS)
    for (text, options), prediction in zip(SLOTS, found, strict=True):
        expected = [getattr(loop, rule)(text, option) for option in options]
        np.testing.assert_allclose(prediction.scores, expected, rtol=0, atol=1e-4)
