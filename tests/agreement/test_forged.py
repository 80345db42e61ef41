"""An `agreement.json` that somebody edited is told as damage wherever it is read, and never as a figure."""

import json

import msgspec
import pytest

from benchwright.agreement_words import how_computed
from benchwright.errors import StoreError
from benchwright.store import Store, integrity
from benchwright.testing.write_run import write_run
from benchwright.types import Agreement, PrecisionChoice, TriedVariant

AGREEMENT = Agreement(n=218, same=217, beyond=0, surest=0.01, largest=0.02)
CHOICE = PrecisionChoice(
    chosen="bfloat16",
    reason="1.7 times as fast",
    sampled=218,
    total=872,
    seconds=2.0,
    tried=(TriedVariant(name="bfloat16", seconds=1.0, agreement=AGREEMENT),),
)


@pytest.fixture
def cell(tmp_path, make_task, make_records):
    """A store with one cell that was computed fast, the key of the cell, and its `agreement.json`."""
    store = Store(tmp_path)
    run = write_run(store, "r", {"m": {"s/toy": make_records("ab", targets="ab")}}, {"s/toy": make_task()}, scored=True)
    key = str(run.cells[0].key)
    store.write_choice(key, CHOICE)
    return store, key, store.cell_folder(key) / "agreement.json"


def test_what_was_written_is_read(cell):
    """And the store is whole."""
    store, key, _ = cell
    assert store.read_choice(key) == CHOICE
    assert not [one for one in integrity.check(store) if one.damaged]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"same":217', '"same":218'),
        ('"n":218', '"n":99999999999999999999'),
        ('"n":218', '"n":100'),
        ('"largest":0.02', '"largest":NaN'),
        ('"largest":0.02', '"largest":1e999'),
        ('"seconds":1.0', '"seconds":-1.0'),
        ('"reason":"1.7 times as fast"', '"reason":"<script>alert(1)</script>"'),
        ('"chosen":"bfloat16"', '"chosen":"exact"'),
        ('"sampled":218', '"sampled":1000'),
    ],
)
def test_an_edited_file_is_told(cell, old, new):
    """A better figure, a count or a number that cannot be, another text, another way: the check of the store names the file."""
    store, key, path = cell
    text = json.dumps(json.loads(path.read_text()), separators=(",", ":"))
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(StoreError, match=r"agreement\.json"):
        store.read_choice(key)
    (problem,) = [one for one in integrity.check(store) if one.damaged]
    assert "agreement.json" in problem.problem


@pytest.mark.parametrize(
    "counts",
    [{"n": 5, "same": 6}, {"n": -1, "same": -1}, {"n": 5, "same": 5, "beyond": -2}, {"n": 5, "same": 5, "moved": 1.5},
     {"n": 5, "same": 5, "largest": float("inf")}],
)  # fmt: skip
def test_no_file_holds_an_agreement_that_cannot_be(counts):
    """Whatever its digest: a run or a bundle may tell one too."""
    with pytest.raises(ValueError, match="an agreement"):
        Agreement(**counts)
    written = json.dumps({"n": 5, "same": 5} | {name: value for name, value in counts.items() if value != float("inf")})
    if float("inf") not in counts.values():
        with pytest.raises(msgspec.ValidationError, match="an agreement"):
            msgspec.json.decode(written, type=Agreement)


def test_a_number_is_told_beside_what_it_was_computed_with():
    """Of exact answers nothing is told."""
    told = "computed as bfloat16 by --precision fast: 99.54 % of 218 answers of a sample are those of exact"
    assert how_computed(CHOICE) == told
    assert how_computed(msgspec.structs.replace(CHOICE, chosen="exact")) == ""
    assert how_computed(None, "bfloat16") == "computed as bfloat16"
    assert how_computed(CHOICE, "pruned 0.3").startswith("computed as pruned 0.3, bfloat16 by --precision fast: ")
    assert how_computed(None) == ""
