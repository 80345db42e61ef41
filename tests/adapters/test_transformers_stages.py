"""A query in stages is the same query: answers of every kind, and a total that is the query's."""

import time

import pytest
import transformers_bench as bench

from benchwright.testing.fixtures import build_task
from benchwright.types import HasStages, Kind

pytestmark = [pytest.mark.torch]

CPU = {"tokenise", "collate", "forward", "post_process"}
TAGS = ("O", "B-PER", "I-PER")
TEXTS = ["the film was lovely", "a dreadful soup in the hotel", "never boring"]
QUESTIONS = ["who is cook", "what was long", "where"]

ASKED = {
    "classify": (bench.make_task(), "ForSequenceClassification", {"text": TEXTS}, {}),
    "tag": (
        bench.make_task(Kind.TAG, labels=TAGS),
        "ForTokenClassification",
        {"words": [text.split() for text in TEXTS]},
        {"labels": TAGS},
    ),
    "span": (bench.make_task(Kind.SPAN), "ForQuestionAnswering", {"question": QUESTIONS, "context": TEXTS}, {}),
    "choose": (
        bench.make_task(Kind.CHOOSE),
        "ForMultipleChoice",
        {"premise": TEXTS, "question": QUESTIONS, "options": [["a man", "the novel"]] * 3},
        {},
    ),
    "fill": (
        build_task("pairs", kind="fill", inputs={"options": ("options",)}, rule="pll", metrics=()),
        "ForMaskedLM",
        {"options": [["the film was lovely.", "the soup was lovely."], ["a cook", "a boy"]]},
        {},
    ),
    "words": (
        build_task("words", kind="fill", inputs={"text": ("text",)}, top=3, metrics=()),
        "ForMaskedLM",
        {"text": ["the film was {mask}.", "a {mask} in the hotel"]},
        {},
    ),
    "attention": (
        build_task("pairs", kind="fill", inputs={"options": ("options",)}, rule="aula", metrics=()),
        "ForMaskedLM",
        {"options": [["the film was lovely.", "the soup was lovely."]]},
        {},
    ),
    "embed": (bench.make_task(Kind.EMBED, ("text",), pooling="mean", layer=-1), "Model", {"text": TEXTS}, {}),
}


@pytest.mark.parametrize("kind", ASKED)
def test_stages_change_no_answer_and_add_up_to_the_query(saved, kind):
    task, head, inputs, changes = ASKED[kind]
    session = bench.open_session(saved("bert", head, **changes), task)
    examples = bench.make_examples(**inputs)
    whole = session.predict(examples)
    begin = time.perf_counter()
    found, stages = session.predict_in_stages(examples, time.perf_counter)
    wall = time.perf_counter() - begin

    assert isinstance(session, HasStages)
    assert found == whole
    assert all(one.error is None for one in found)
    assert set(stages) == CPU
    assert all(seconds > 0 for seconds in stages.values())
    assert sum(stages.values()) <= wall


class FakeCuda:
    """Torch's events and synchronisation as a double writes them down."""

    def __init__(self):
        self.log = []

    def synchronize(self):
        self.log.append("wait")

    def Event(self, *, enable_timing):
        log = self.log

        class Event:
            def record(self):
                log.append("event")

            def elapsed_time(self, other):
                return 12.5  # milliseconds

        assert enable_timing
        return Event()


def test_on_a_gpu_the_device_is_waited_for_after_each_stage_and_never_in_the_pass_as_a_whole(saved, monkeypatch):
    """With a double of the device: not run on a GPU yet."""
    import torch

    task, head, inputs, changes = ASKED["classify"]
    session = bench.open_session(saved("bert", head, **changes), task)
    examples = bench.make_examples(**inputs)
    cuda = FakeCuda()
    monkeypatch.setattr(torch, "cuda", cuda)
    from benchwright_adapters._transformers import forward as module
    from benchwright_adapters._transformers.stages import TimedStages

    monkeypatch.setattr(module, "TimedStages", lambda stages, _device: TimedStages(stages, "cuda"))
    whole = session.predict(examples)
    assert cuda.log == []

    found, stages = session.predict_in_stages(examples, time.perf_counter)
    assert found == whole
    assert cuda.log == ["wait", "event", "event", "wait"]
    assert set(stages) == CPU | {"host_to_device", "device_to_host", "forward_device"}
    assert stages["forward_device"] == pytest.approx(0.0125)


def test_work_of_an_open_checkpoint_is_that_of_its_configuration(saved):
    """Two layers of width 32 with 48 inside, by hand; masked models count their head where it is read."""
    task, head, inputs, changes = ASKED["classify"]
    session = bench.open_session(saved("bert", head, **changes), task)
    work = session.count_work(bench.make_examples(**inputs))
    lengths = [one.extra["tokens"] for one in session.predict(bench.make_examples(**inputs))]
    token, pair, row = 2 * 2 * (4 * 32**2 + 2 * 32 * 48), 4 * 2 * 32, 2 * 32**2 + 2 * 32 * 2

    assert session.count_tokens(bench.make_examples(**inputs)) == lengths
    assert work.tokens == sum(lengths)
    assert work.flops == sum(token * s + pair * s * s + row for s in lengths)
    assert work.padded_tokens == 1024, "one buffer, filled up with tokens that attend to none"
    assert work.padded_flops == token * 1024 + sum(pair * s * s + row for s in lengths)


def test_a_head_for_words_is_counted_where_it_is_read(saved):
    """Each token of a sentence is read once, in a row of its own where it alone is masked; equal rows are computed once."""
    task, head, inputs, changes = ASKED["fill"]
    session = bench.open_session(saved("bert", head, **changes), task)
    work = session.count_work(bench.make_examples(**inputs))
    rows = set()
    for sentence in [text for pair in inputs["options"] for text in pair]:
        ids = tuple(session.codec.tokenizing.tokenizer(sentence)["input_ids"])
        mask = session.codec.tokenizing.tokenizer.mask_token_id
        rows |= {((*ids[:at], mask, *ids[at + 1 :]), at) for at in range(1, len(ids) - 1)}
    lengths = [len(ids) for ids, _ in {(ids, 0) for ids, _ in rows}]
    token, pair = 2 * 2 * (4 * 32**2 + 2 * 32 * 48), 4 * 2 * 32
    read = 2 * 32**2 + 2 * 32 * session.forward.inputs.vocabulary

    assert work.rows == len(lengths)
    assert work.flops == sum(token * s + pair * s * s for s in lengths) + read * len(rows)
