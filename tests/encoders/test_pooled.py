"""Vectors of tokens become one vector a text; padding is never in it, equal texts are asked once, memory may run out."""

from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.encoders import EncoderSession, HeadOutputs, ModelInputs, Tokenizing, codec_for
from benchwright.encoders.codec import CodecOptions
from benchwright.encoders.pooled import HIDDEN, pool
from benchwright.testing.fixtures import build_task
from benchwright.types import Example, Kind, LabelMap

LENGTHS = st.lists(st.integers(1, 5), min_size=1, max_size=4)


@given(
    LENGTHS, st.integers(1, 3), st.sampled_from(["mean", "cls", "max"]), st.sampled_from([np.nan, np.inf, -1e30, 7.0])
)
def test_padding_never_enters(lengths, width, how, filling):
    """Whatever stands there: each line is what its own tokens make, one after the other."""
    dice = np.random.default_rng(0)
    tokens = [dice.normal(0, 1, (length, width)).astype(np.float32) for length in lengths]
    block = np.full((len(lengths), max(lengths), width), filling, dtype=np.float32)
    for line, own in enumerate(tokens):
        block[line, : len(own)] = own
    mask = np.arange(max(lengths)) < np.array(lengths)[:, None]
    found = pool(block, mask, how)
    alone = {
        "mean": lambda own: sum(own[1:], own[0]) / len(own),
        "cls": lambda own: own[0],
        "max": lambda own: own.max(axis=0),
    }
    np.testing.assert_allclose(found, [alone[how](own) for own in tokens], rtol=0, atol=1e-6)
    assert found.dtype == np.float32


class Letters:
    """A tokenizer of letters."""

    all_special_ids = ()
    unk_token_id = bos_token_id = eos_token_id = cls_token_id = None
    pad_token_id = 0

    def __call__(self, firsts, seconds=None, **_):
        del seconds
        return {"input_ids": [[ord(letter) % 100 for letter in text] for text in firsts]}


class Engine:
    """A model whose vector of a token is the token and its square; it holds at most ``room`` padded tokens."""

    inputs = ModelInputs(vocabulary=1000)
    settings = MappingProxyType({})

    def __init__(self, room):
        self.room, self.lines, self.released = room, 0, 0

    def __call__(self, batch):
        ids = batch.columns["input_ids"].astype(np.float32)
        if ids.size > self.room:
            raise MemoryError
        self.lines += len(ids)
        return {HIDDEN: np.stack([ids, ids**2], axis=-1)}

    def release(self):
        self.released += 1

    def close(self):
        pass


def open_session(engine, **options):
    task = build_task(kind=Kind.EMBED, inputs={"text": ("text",)})
    how = Tokenizing(
        tokenizer=Letters(), max_length=100, names=["input_ids"], stand_in=1, source="t", note="", shown="t"
    )
    codec = codec_for(
        task, how, HeadOutputs(count=0, labels=LabelMap(to_task=(), origin="task")), CodecOptions(**options)
    )
    return EncoderSession(codec, engine, token_budget=1000)


def make_examples(texts):
    return [Example(id=f"t/{at}", index=at, inputs={"text": text}) for at, text in enumerate(texts)]


def test_memory_that_runs_out_halves_the_batch():
    """What fits is computed, in smaller batches, each different text once; a text that does not fit alone says so."""
    engine = Engine(room=1000)
    session = open_session(engine)
    engine.room, engine.lines = 24, 0
    texts = ["abc", "de", "abc", "f" * 30, "ghij", "abc"]
    found = session.predict(make_examples(texts))

    assert "out of memory on a single input of 30 tokens" in found[3].error
    for text, one in zip(texts, found, strict=True):
        if one.error is None:
            ids = np.array([ord(letter) % 100 for letter in text], dtype=np.float64)
            assert one.output == pytest.approx((ids.mean(), (ids**2).mean()), rel=1e-6)
    assert engine.released
    assert engine.lines == 3


def test_a_stated_length_of_one():
    """Vectors scaled to length 1, and one of length 0 as it is."""
    (one,) = open_session(Engine(room=1000), scaled=True).predict(make_examples(["abc"]))
    assert np.linalg.norm(one.output) == pytest.approx(1)
