"""Rows of the task are held against the tokenizer's own file: a library that calls it otherwise is told, with the difference."""

from pathlib import Path

import pytest
import transformers_bench as bench

pytest.importorskip("torch")
pytest.importorskip("transformers")

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
def test_a_library_that_changes_a_row_is_told(name, column, tmp_path, monkeypatch):
    """Texts, choices, answers and tags; ids and segments."""
    session, examples = open_session(name, tmp_path)
    kind = type(session.codec.tokenizing.tokenizer)
    plain = kind.__call__

    def changes(self, *args, **options):
        found = plain(self, *args, **options)
        for encoding, ids in zip(found.encodings, found["input_ids"], strict=True):
            other = [token + 1 if at == 1 else token for at, token in enumerate(ids)]
            if column == "input_ids":
                found.encodings[found.encodings.index(encoding)] = _Changed(encoding, other)
        if column == "input_ids":
            found["input_ids"] = [one.ids for one in found.encodings]
        elif column in found:
            found[column] = [[1 - number for number in row] for row in found[column]]
        return found

    monkeypatch.setattr(kind, "__call__", changes)
    what = "tokens" if column == "input_ids" else "segment ids"
    with pytest.raises(ModelError, match=f"the {what} of .* are not those of its own tokenizer"):
        session.predict(examples)


class _Changed:
    """An encoding with other ids."""

    def __init__(self, encoding, ids):
        self._encoding, self.ids = encoding, ids

    def __getattr__(self, name):
        return getattr(self._encoding, name)

    def __eq__(self, other):
        return self is other

    def __hash__(self):
        return id(self)


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
