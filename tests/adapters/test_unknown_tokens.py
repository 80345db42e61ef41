"""Tokens that a vocabulary lacks are counted in the ledger, noted from a hundredth of the text on, and alarm above a tenth."""

import csv

import pytest
import transformers_checkpoints as checkpoints

pytest.importorskip("torch")
pytest.importorskip("transformers")

import benchwright
from benchwright.cell_notes import _unknown
from benchwright.types import Ledger

pytestmark = pytest.mark.torch


def evaluate(tmp_path, family, texts):
    """The cell of a random checkpoint on texts."""
    folder = checkpoints.save(tmp_path / family, family)
    with (tmp_path / "rows.csv").open("w", newline="", encoding="utf-8") as file:
        rows = [(text, ("negative", "positive")[at % 2]) for at, text in enumerate(texts)]
        csv.writer(file).writerows([("text", "label"), *rows])
    suite = f"classification/custom?path={tmp_path / 'rows.csv'}"
    return benchwright.evaluate(str(folder), suite, store=tmp_path / "store").cells[0]


def test_texts_in_another_script_raise_an_alarm(tmp_path):
    """Each word is one unknown token of a WordPiece vocabulary; special tokens are not of the text."""
    texts = ["\u6771\u4eac the film", "\u043c\u0438\u0440 \u0442\u0440\u0443\u0434 the"]
    cell = evaluate(tmp_path, "bert", texts)

    assert (cell.ledger.unknown, cell.ledger.tokens) == (4, 7)
    told = [one for one in cell.alarms if one.code == "unknown-tokens"]
    assert [one.severity for one in told] == ["alarm"]
    assert told[0].sentence.startswith("57.14 % of the text is unknown tokens (4 of 7)")


def test_bytes_know_every_text(tmp_path):
    """GPT-2 calls its end of text the unknown token, too; nothing is unknown to it, an empty text included."""
    cell = evaluate(tmp_path, "gpt2", ["\u043c\u0438\u0440", "the <|endoftext|> film", "", "a"])

    assert (cell.ledger.unknown, cell.ledger.tokens) == (0, 0)
    assert not [one for one in cell.alarms if one.code == "unknown-tokens"]


@pytest.mark.parametrize(("unknown", "severity"), [(0, []), (9, []), (10, ["note"]), (100, ["note"]), (101, ["alarm"])])
def test_from_which_share_on_it_is_said(unknown, severity):
    """A note from a hundredth on, an alarm above a tenth."""
    ledger = Ledger(total=1, scored=1, errored=0, skipped=0, tokens=1000, unknown=unknown)

    assert [one.severity for one in _unknown(ledger)] == severity
