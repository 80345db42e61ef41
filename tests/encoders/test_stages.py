"""Where the time of a query goes: with a clock that the stages themselves move on, each has what it took."""

import numpy as np
import pytest

from benchwright.encoders import EncoderSession, HeadOutputs, ModelInputs, Tokenizing, codec_for
from benchwright.encoders.stages import StageTimes
from benchwright.types import CountsWork, Example, HasStages, LabelMap, SizesBatches


class HandClock:
    """A clock that stands still unless somebody moves it on."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_a_stage_inside_of_another_takes_its_time_from_it():
    clock = HandClock()
    stages = StageTimes(clock)
    with stages.during("collate"):
        clock.now += 1
        with stages.during("forward"):
            clock.now += 10
            with stages.during("device_to_host"):
                clock.now += 100
            clock.now += 1000
        clock.now += 10_000
    clock.now += 5  # belongs to no stage

    assert stages.seconds == {"collate": 10_001, "forward": 1010, "device_to_host": 100}


def test_a_stage_that_fails_keeps_its_time():
    clock = HandClock()
    stages = StageTimes(clock)

    def fail():
        with stages.during("collate"), stages.during("forward"):
            clock.now += 3
            raise MemoryError

    with pytest.raises(MemoryError):
        fail()
    with stages.during("collate"):
        clock.now += 1

    assert stages.seconds == {"collate": 1, "forward": 3}


class Letters:
    """A tokenizer of `transformers` as far as a session asks: a letter is a token; each call takes 2 s."""

    all_special_ids = ()
    unk_token_id = bos_token_id = eos_token_id = pad_token_id = cls_token_id = None

    def __init__(self, clock):
        self._clock = clock

    def __call__(self, firsts, seconds=None, **_):
        self._clock.now += 2
        return {"input_ids": [[ord(letter) % 32 for letter in text] for text in firsts]}


class Engine:
    """A batch takes 7 s."""

    inputs = ModelInputs(vocabulary=32)
    settings = {"dtype": "float32"}  # noqa: RUF012 - a constant of a test

    def __init__(self, clock):
        self._clock = clock
        self.shapes = []

    def __call__(self, batch):
        self._clock.now += 7
        self.shapes.append(batch.mask.shape)
        sums = (batch.columns["input_ids"] * batch.mask).sum(axis=1)
        return {"logits": np.stack([sums, -sums], axis=1).astype(np.float32)}

    def release(self):
        pass

    def close(self):
        pass


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def session(make_task, clock):
    head = HeadOutputs(count=2, labels=LabelMap(to_task=(0, 1), origin="task"))
    how = Tokenizing(tokenizer=Letters(clock), max_length=16, stand_in=0, shown="toy")
    codec = codec_for(make_task(labels=("bad", "good")), how, head)
    return EncoderSession(codec, Engine(clock), token_budget=8, batching="padded")


def texts(*sizes):
    return [Example(id=str(at), index=at, inputs={"text": "abcdefghijklmnop"[:size]}) for at, size in enumerate(sizes)]


def test_a_session_says_where_the_time_of_a_query_goes_and_answers_the_same(session, clock):
    """An engine without stages of its own is one stage; batches add up; nothing of the query is lost."""
    asked = texts(4, 3, 2, 4)  # the last equals the first; 4+4 tokens are one batch of two, then one of 2
    before = clock.now
    found, stages = session.predict_in_stages(asked, clock)

    assert isinstance(session, HasStages)
    assert stages == {"tokenise": 2.0, "collate": 0.0, "forward": 14.0, "post_process": 0.0}
    assert sum(stages.values()) == clock.now - before
    assert found == session.predict(asked)


def test_tokens_and_padding_of_a_query_are_counted_without_computing_it(session):
    """By hand: rows of 4, 3 and 2 tokens (the fourth equals the first) in batches of at most 8: 4+4 and 2."""
    asked = texts(4, 3, 2, 4)
    computed = len(session.forward.shapes)
    work = session.count_work(asked)

    assert isinstance(session, CountsWork)
    assert session.count_tokens(asked) == [4, 3, 2, 4]
    assert (work.inputs, work.rows, work.tokens, work.padded_tokens) == (4, 3, 9, 10)
    assert (work.flops, work.padded_flops) == (None, None)
    assert work.reason == "the engine does not say what it computes"
    assert len(session.forward.shapes) == computed
    session.predict(asked)
    shapes = session.forward.shapes[computed:]
    assert sum(rows * width for rows, width in shapes) == work.padded_tokens


def test_a_larger_budget_makes_one_batch_of_a_query(session):
    asked = texts(4, 3, 2)
    session.token_budget = 12
    session.forward.shapes.clear()
    session.predict(asked)

    assert isinstance(session, SizesBatches)
    assert session.forward.shapes == [(3, 4)]
    assert session.settings["token_budget"] == "12"


def test_filling_is_counted_and_can_be_turned_off(make_task, clock):
    """Rows of 4, 3 and 2 tokens are three batches of 16 lines; asked without filling, each is its own row and nothing more."""
    head = HeadOutputs(count=2, labels=LabelMap(to_task=(0, 1), origin="task"))
    how = Tokenizing(tokenizer=Letters(clock), max_length=16, stand_in=0, shown="toy")
    codec = codec_for(make_task(labels=("bad", "good")), how, head)
    session = EncoderSession(codec, Engine(clock), token_budget=8)
    asked = texts(4, 3, 2, 4)
    filled = session.count_work(asked).padded_tokens
    found = session.predict(asked)
    session.is_filled = False

    assert filled == 16 * (4 + 3 + 2)
    assert session.count_work(asked).padded_tokens == 4 + 3 + 2
    assert session.predict(asked) == found
    assert session.settings["batches"] == "equal lengths, not filled up"
    assert session.forward.shapes == [(1, 1), (16, 4), (16, 3), (16, 2), (1, 4), (1, 3), (1, 2)]


def test_nothing_asked_takes_no_stage(session, clock):
    assert session.predict_in_stages([], clock) == ([], {})
    assert session.count_tokens([]) == []
