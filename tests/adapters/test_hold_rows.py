"""Rows of the task are held against the tokenizer's own file: one that is put together otherwise is told, with the difference."""

from dataclasses import replace
from pathlib import Path

import pytest
import transformers_bench as bench

pytest.importorskip("torch")
pytest.importorskip("transformers")

from benchwright.encoders import contexts, tokenise, words
from benchwright.encoders.template import join_runs
from benchwright.errors import ModelError
from benchwright.types import Kind

pytestmark = pytest.mark.torch

HERE = Path(__file__).parents[1] / "reference" / "transformers_4_57"
CASES = {
    "albert": (Kind.CLASSIFY, ("a", "b"), ("bad", "good"), ("the film", "was 2009 lovely")),
    "albert-choice": (Kind.CHOOSE, ("a", "options"), (), ("the film", ["was lovely", "is 7"])),
    "albert-span": (Kind.SPAN, ("question", "context"), (), ("the film?", "the film was lovely")),
    "albert-tag": (Kind.TAG, ("words",), ("O", "B-PER", "I-PER", "B-LOC", "I-LOC"), (["the", "film"],)),
}


def open_session(name, tmp_path):
    kind, inputs, labels, row = CASES[name]
    session = bench.open_session(HERE / name, bench.make_task(kind, inputs, labels), workdir=tmp_path)
    return session, bench.make_examples(**{one: [value] for one, value in zip(inputs, row, strict=True)})


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("column", ["input_ids", "token_type_ids"])
def test_a_row_that_is_put_together_otherwise_is_told(name, column, tmp_path, monkeypatch):
    """Texts, choices, answers and tags; ids and segments."""
    session, examples = open_session(name, tmp_path)

    def changes(template, texts, *, truncated=None):
        found = join_runs(template, texts, truncated=truncated)
        values = found.columns[column].copy()
        if column == "input_ids":
            values[found.offsets[:-1] + 1] += 1
        else:
            values = 1 - values
        return replace(found, columns={**found.columns, column: values})

    for room in (tokenise, words, contexts):
        monkeypatch.setattr(room, "join_runs", changes)
    what = "tokens" if column == "input_ids" else "segment ids"
    with pytest.raises(ModelError, match=f"the {what} of .* are not those of its own tokenizer"):
        session.predict(examples)


@pytest.mark.parametrize("name", CASES)
def test_rows_that_are_those_of_the_file_pass(name, tmp_path):
    """Once, when a session begins."""
    session, examples = open_session(name, tmp_path)

    assert session.predict(examples)[0].error is None
    assert session._rows_checked


def test_a_saved_truncation_does_not_reach_the_rows(tmp_path):
    """What the file was saved with in the middle of a call is no setting of ours."""
    session, examples = open_session("albert", tmp_path)
    session.codec.tokenizing.tokenizer.backend_tokenizer.enable_truncation(3)
    encoded = session.codec.encode(examples).encoded

    assert encoded.lengths[0] > 6
    assert not encoded.truncated.any()
