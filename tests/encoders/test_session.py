"""What the rows of one example say together, and what a session makes of an engine that fails."""

from types import SimpleNamespace

import numpy as np
import pytest

from benchwright.encoders import EncoderSession, HeadOutputs, InputRows, ModelInputs, ProbeError, Tokenizing, codec_for
from benchwright.encoders.encoded import join_rows
from benchwright.testing.fixtures import build_task
from benchwright.types import Example, LabelMap


def test_rows_of_one_example_are_summed_up():
    """The first problem wins, one cut row is enough, the least budget counts; an example without rows has none of these."""
    encoded = join_rows({"input_ids": [[1], [2, 3], [4], [5]]}, truncated=[False, True, False, False])
    rows = InputRows(encoded=encoded, owner=np.array([0, 0, 2, 2]), errors={3: "no rows"})
    found = rows.gather(4, [None, None, "first", "second"], [64, 32, None, None])

    assert [one.rows for one in found] == [slice(0, 2), slice(2, 2), slice(2, 4), slice(4, 4)]
    assert [one.problem for one in found] == [None, None, "first", "no rows"]
    assert [one.truncated for one in found] == [True, False, False, False]
    assert [one.budget for one in found] == [32, None, None, None]


class Letters:
    """A tokenizer of `transformers` as far as a session asks: a letter is a token."""

    all_special_ids = ()
    unk_token_id = bos_token_id = eos_token_id = pad_token_id = cls_token_id = None

    def __call__(self, firsts, seconds=None, **_):
        return {"input_ids": [[ord(letter) % 32 for letter in text] for text in firsts]}


def make_forward(answer):
    """An engine that gives what a function makes of a batch."""

    class Engine:
        inputs = ModelInputs(vocabulary=32)
        settings = {"dtype": "float32"}  # noqa: RUF012 - a constant of a test

        def __call__(self, batch):
            return answer(batch)

        def release(self):
            pass

        def close(self):
            pass

    return Engine()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda batch: {"logits": np.full((len(batch), 2), np.nan, dtype=np.float32)}, "not numbers"),
        (lambda batch: {"scores": np.zeros((len(batch), 2), dtype=np.float32)}, "KeyError: 'logits'"),
        (lambda batch: [][len(batch)], "IndexError"),
    ],
)
def test_an_engine_that_fails_on_a_short_text_is_refused(make_task, answer, said):
    """Before anything is predicted, with what it raised."""
    task = make_task(labels=("bad", "good"))
    head = HeadOutputs(count=2, labels=LabelMap(to_task=(0, 1), origin="task"))
    codec = codec_for(task, Tokenizing(tokenizer=Letters(), max_length=16, stand_in=0, shown="toy"), head)

    with pytest.raises(ProbeError, match=f"toy fails on a short text: .*{said}"):
        EncoderSession(codec, make_forward(answer), token_budget=64)


@pytest.mark.parametrize(
    ("batching", "shown"), [("constant", "equal lengths, at least 16 rows"), ("padded", "padded, equal lengths")]
)
def test_a_model_that_looks_at_padding_gets_rows_of_equal_lengths(make_task, batching, shown):
    """Its batches hold equal lengths only, so that its answers are those of one text at a time; also where padding is asked for."""
    widths = []

    def answer(batch):
        widths.append(set(batch.lengths.tolist()))
        wide = batch.columns["input_ids"].shape[1]
        return {"logits": np.array([[wide, 0.0]] * len(batch.mask), dtype=np.float32)}

    task = make_task(labels=("bad", "good"))
    head = HeadOutputs(count=2, labels=LabelMap(to_task=(0, 1), origin="task"))
    codec = codec_for(task, Tokenizing(tokenizer=Letters(), max_length=16, stand_in=0), head)
    session = EncoderSession(codec, make_forward(answer), token_budget=64, batching=batching)
    widths.clear()
    found = session.predict(
        [SimpleNamespace(id=str(at), inputs={"text": "a" * size}) for at, size in enumerate((1, 5, 1, 3, 5))]
    )

    assert session.settings["batches"] == shown
    assert sorted(map(len, widths)) == [1, 1, 1]
    assert [one.extra["tokens"] for one in found] == [1, 5, 1, 3, 5]


@pytest.mark.parametrize("texts", [["a", "b", "c"], ["c", "b", "a"], ["b"], ["c"]])
def test_a_number_keeps_its_sign_whatever_is_asked_beside_it(texts):
    """Zeros of both signs are equal, and are two answers."""
    said = {"a": 0.5, "b": -0.0, "c": 0.0}
    letters = {ord(letter) % 32: number for letter, number in said.items()}

    def answer(batch):
        firsts = batch.columns["input_ids"][:, 0].tolist()
        return {"logits": np.array([[letters.get(first, 1.0)] for first in firsts], dtype=np.float32)}

    head = HeadOutputs(count=1, labels=LabelMap(to_task=(0,), origin="task"))
    codec = codec_for(build_task(kind="regress"), Tokenizing(tokenizer=Letters(), max_length=16, stand_in=0), head)
    session = EncoderSession(codec, make_forward(answer), token_budget=64)
    found = session.predict([Example(id=text, index=at, inputs={"text": text}) for at, text in enumerate(texts)])

    assert [repr(one.output) for one in found] == [repr(said[text]) for text in texts]
