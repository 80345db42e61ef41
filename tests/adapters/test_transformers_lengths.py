"""Inputs of given lengths for real tokenizers: what the model reads is as long as asked."""

import pytest
import transformers_bench as bench
import transformers_checkpoints as checkpoints
from test_transformers_stages import TAGS

from benchwright.checkpoints.model import fit_length
from benchwright.errors import ModelError
from benchwright.profiling.given_lengths import inputs_of_length
from benchwright.testing.fixtures import build_task
from benchwright.types import Kind

pytestmark = [pytest.mark.torch]

TEXTS = checkpoints.corpus()[:60]
SLOT = build_task("slot", kind="fill", inputs={"text": ("text",)}, top=3, metrics=())

ASKED = {
    "classify": (bench.make_task(), "ForSequenceClassification", {"text": TEXTS}, {}),
    "tag": (
        bench.make_task(Kind.TAG, labels=TAGS),
        "ForTokenClassification",
        {"words": [text.split() for text in TEXTS]},
        {"labels": TAGS},
    ),
    "span": (
        bench.make_task(Kind.SPAN),
        "ForQuestionAnswering",
        {"question": ["what was lovely"] * 60, "context": TEXTS},
        {},
    ),
    "words": (SLOT, "ForMaskedLM", {"text": [f"the {{mask}} was {text}" for text in TEXTS]}, {}),
}


@pytest.mark.parametrize("length", [12, 37])
@pytest.mark.parametrize(("family", "kind"), [*(("bert", kind) for kind in ASKED), ("roberta", "classify")])
def test_the_model_reads_as_many_tokens_as_were_asked_for(saved, family, kind, length):
    """Word pieces and byte pairs, by the count that stands beside each answer."""
    task, head, inputs, changes = ASKED[kind]
    session = bench.open_session(saved(family, head, **changes), task)
    found = inputs_of_length(session, task, bench.make_examples(**inputs), length=length, count=16)

    assert len(found.examples) == 16, found.note
    answers = session.predict(found.examples)
    assert [one.extra["tokens"] for one in answers] == [length] * 16
    assert not any(one.truncated or one.error for one in answers)


def test_more_tokens_than_the_model_has_positions_are_out_of_reach(saved):
    task, head, inputs, changes = ASKED["classify"]
    session = bench.open_session(saved("bert", head, **changes), task)
    found = inputs_of_length(session, task, bench.make_examples(**inputs), length=checkpoints.POSITIONS + 1, count=4)

    assert found.examples == ()
    assert found.note.endswith(f"the model reads at most {checkpoints.POSITIONS}")


@pytest.mark.parametrize("positions", [1, 2])
def test_a_model_without_places_for_a_token_of_a_text_is_refused(positions):
    """Beside [CLS] and [SEP] nothing of a text would be read, or a table be asked for what it has not."""
    tokenizer = checkpoints.word_piece_tokenizer()

    with pytest.raises(ModelError, match=f"reads {positions} tokens, which leaves no room beside 2 special tokens"):
        fit_length(None, positions, positions, tokenizer, "m")

    assert fit_length(None, 3, 3, tokenizer, "m") == 3
