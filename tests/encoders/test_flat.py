"""An engine that reads buffers: sizes are constant, answers those of one text at a time, the same bytes whatever is asked together."""

from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.encoders import EncoderSession, FlatPlan, HeadOutputs, ModelInputs, Tokenizing, codec_for
from benchwright.encoders.encoded import join_rows
from benchwright.encoders.flat import make_buffer
from benchwright.encoders.layouts import Flat
from benchwright.encoders.work import EncoderWork, count_work
from benchwright.testing.fixtures import build_task
from benchwright.types import Example, LabelMap

TOKENS = 32


class Letters:
    """A tokenizer of `transformers` as far as a session asks: a letter is a token."""

    all_special_ids = ()
    unk_token_id = bos_token_id = eos_token_id = pad_token_id = cls_token_id = None

    def __call__(self, firsts, seconds=None, **_):
        return {"input_ids": [[ord(letter) % 32 for letter in text] for text in firsts]}


class FlatEngine:
    """Sums over each text, off by a little that depends on the size of the pass, as products of matrices are."""

    inputs = ModelInputs(vocabulary=32, fill={"input_ids": 9})
    settings = {"dtype": "float32"}  # noqa: RUF012 - a constant of a test
    flat = FlatPlan(tokens=TOKENS)

    def __init__(self, fails=None):
        self.sizes, self.buffers, self.fails = [], [], fails

    def __call__(self, batch):
        return {
            "logits": self._logits(
                [line[:n] for line, n in zip(batch.columns["input_ids"], batch.lengths, strict=True)], batch.tokens
            )
        }

    def compute(self, buffer):
        self.sizes.append(buffer.tokens)
        if self.fails is not None and self.fails(self):
            raise MemoryError
        self.buffers.append(buffer)
        ids = buffer.columns["input_ids"]
        return {"logits": self._logits([buffer.of_text(ids, at) for at in range(len(buffer))], buffer.tokens)}

    def _logits(self, texts, size):
        sums = np.array([np.dot(text, np.arange(1, len(text) + 1)) for text in texts], dtype=np.float64)
        return np.stack([sums / 100 + 1e-6 * size, -sums / 100], axis=1).astype(np.float32)

    def release(self):
        pass

    def close(self):
        pass


def open_session(engine, **options):
    task = build_task(labels=("bad", "good"))
    how = Tokenizing(tokenizer=Letters(), max_length=200, stand_in=0, shown="toy")
    codec = codec_for(task, how, HeadOutputs(count=2, labels=LabelMap(to_task=(0, 1), origin="task")))
    return EncoderSession(codec, engine, token_budget=TOKENS, **options)


def examples(texts):
    return [Example(id=f"t/{at}", index=at, inputs={"text": text}) for at, text in enumerate(texts)]


def scores(found):
    return [np.float32(one.scores).tobytes() for one in found]


TEXTS = st.lists(st.text("abcdefgh", min_size=1, max_size=70), min_size=1, max_size=30)


@settings(max_examples=40)
@given(texts=TEXTS, seed=st.integers(0, 5), shard=st.sampled_from([1, 7, 500]))
def test_shuffled_limited_alone_and_in_shards_the_bytes_are_the_same(texts, seed, shard):
    """Every buffer that an answer comes from has one size, for a long text the next multiple: it decides the bytes, and nothing else does."""
    engine = FlatEngine()
    session = open_session(engine)
    asked = examples(texts)
    whole = scores(session.predict(asked))
    order = np.random.default_rng(seed).permutation(len(asked))

    assert {size % TOKENS for size in engine.sizes} == {0}
    assert all(buffer.tokens == TOKENS or len(buffer) == 1 for buffer in engine.buffers)
    assert scores(session.predict([asked[at] for at in order])) == [whole[at] for at in order]
    assert scores(session.predict(asked[: len(asked) // 2])) == whole[: len(asked) // 2]
    parts = [session.predict(asked[at : at + shard]) for at in range(0, len(asked), shard)]
    assert scores(chain.from_iterable(parts)) == whole


def test_padded_batches_are_an_explicit_choice_and_do_change_bytes():
    """The same engine, padded: what stands beside a text decides the size of its batch, and that its last digits."""
    session = open_session(FlatEngine(), batching="padded")
    asked = examples(["abc", "abcdefgh"])

    assert scores(session.predict(asked))[0] != scores(session.predict(asked[:1]))[0]
    assert session.settings["batches"] == "padded"
    assert session.forward.sizes == []


@pytest.mark.parametrize("where", ["now and then", "every third size"])
def test_memory_that_runs_out_on_every_third_buffer_changes_no_byte(where):
    """A buffer is tried once more as it was, so its constant does not change silently."""
    texts = ["abcdefgh"[: 1 + at % 8] * (1 + at % 5) for at in range(60)]
    calm = scores(open_session(FlatEngine()).predict(examples(texts)))
    fails = (lambda engine: len(engine.sizes) % 3 == 0) if where == "now and then" else _fails_once_for_each_third()
    session = open_session(FlatEngine(fails))
    found = session.predict(examples(texts))

    assert scores(found) == calm
    assert not any("token_budget" in one.extra for one in found)


def _fails_once_for_each_third():
    failed = set()

    def fails(engine):
        number = len(engine.buffers)
        if number % 3 == 0 and number not in failed:
            failed.add(number)
            return True
        return False

    return fails


def test_memory_that_holds_half_a_buffer_is_told_in_every_answer_from_there_on():
    session = open_session(FlatEngine(lambda engine: engine.sizes[-1] > TOKENS // 2))
    texts = ["abcd"] * 2 + ["abcdefg", "abc", "abcdef" * 3]
    found = session.predict(examples(texts))

    assert [one.error for one in found[:4]] == [None] * 4
    assert {one.extra["token_budget"] for one in found[:4]} == {TOKENS // 2}
    assert "out of memory on a single input of 18 tokens" in found[4].error
    assert session.predict(examples(["h"]))[0].extra["token_budget"] == TOKENS // 2


def test_settings_say_how_texts_share_buffers_and_a_query_can_be_asked_without_filling():
    engine = FlatEngine()
    session = open_session(engine)
    session.predict(examples(["abc", "abcd"]))
    filled = session.settings["batches"]
    session.is_filled = False
    session.predict(examples(["abc", "abcd"]))

    assert engine.sizes == [TOKENS, 7]
    assert (filled, session.settings["batches"]) == ("flat buffers of 32 tokens", "flat buffers, not filled up")
    assert session.settings["token_budget"] == str(TOKENS)


def test_the_passes_of_a_run_can_be_had_without_computing_them():
    """As benchmarks of the pure forward loop want them: the same buffers in the same order, equal rows once."""
    engine = FlatEngine()
    session = open_session(engine)
    encoded = session.codec.encode(examples(["abc", "abcd" * 8, "abc", "abcdefgh" * 5])).encoded
    planned = session.batches(encoded)

    assert not engine.sizes
    session.run(encoded)
    assert [one.columns["input_ids"].tolist() for one in planned] == [
        one.columns["input_ids"].tolist() for one in engine.buffers
    ]
    assert [one.rows.tolist() for one in planned] == [[3], [1], [0]]


def test_an_engine_that_reads_no_buffers_says_why():
    engine = FlatEngine()
    engine.flat = FlatPlan(tokens=None, reason="its attention is its own")
    session = open_session(engine)

    assert session.settings["batches"] == "equal lengths, at least 16 rows (its attention is its own)"


def test_filling_is_counted_as_tokens_that_attend_to_none():
    """By hand: 10 tokens of texts in a buffer of 32; 22 of filling cost what a token does, and no pairs."""
    encoded = join_rows({"input_ids": [[1] * 6, [2] * 4]})
    work = EncoderWork(per_token=100, per_pair=10, per_row=1)
    found = count_work(encoded, work, inputs=2, layout=Flat(), budget=TOKENS)

    assert (found.tokens, found.padded_tokens) == (10, 32)
    assert found.flops == 100 * 10 + 10 * (36 + 16) + 2
    assert found.padded_flops == 100 * 32 + 10 * (36 + 16) + 2


def test_a_buffer_holds_its_texts_in_all_columns_then_the_filling():
    encoded = join_rows({"input_ids": [[1, 2], [3, 4, 5], [6, 7]], "token_type_ids": [[0, 1], [0, 0, 1], [1, 1]]})
    buffer = make_buffer(encoded, np.array([1, 0, 2]), 9, {"input_ids": 8})

    assert buffer.columns["input_ids"].tolist() == [3, 4, 5, 1, 2, 6, 7, 8, 8]
    assert buffer.columns["token_type_ids"].tolist() == [0, 0, 1, 0, 1, 1, 1, 0, 0]
    assert [(one.start, one.count, one.length) for one in buffer.groups] == [(0, 1, 3), (3, 2, 2)]
    assert buffer.of_text(buffer.columns["input_ids"], 2).tolist() == [6, 7]
