"""Items in columns are a sequence of examples: whole, in part, picked, and without what a model must not see."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright import example_table
from benchwright.coded import Coded
from benchwright.example_table import ExampleTable, blinded
from benchwright.text_columns import Texts, coded, first_rows
from benchwright.types import Example

TEXTS = ["one", "two ", "", "vier \U0001f600", "one", "six", "語"]
NONE = [None] * 7


def make_table(*, arrow=True):
    """Seven items with a value in every column."""
    return ExampleTable(
        name="tone",
        rows=np.arange(7),
        inputs={"text": Texts.of(TEXTS) if arrow else list(TEXTS), "other": [[1], [2], [3], [4], [5], [6], [7]]},
        targets=Coded.of(["a", "b", None, "a", ("a", "b"), 1, 1.0]),
        strict=[None, (("X", 0, 1),), *NONE[:5]],
        slices={
            "genre": Coded.of(["x", None, "x", "y", None, "x", "y"]),
            "year": Coded.of([None, None, "1", *NONE[:4]]),
        },
        clusters=Coded.of([None, "tone/1", "tone/1", *NONE[:4]]),
        official_ids=Texts.of("gfedcba"),
        groups=Coded.of(["q", "q", "r", "r", "s", "s", "s"]),
        metadata={"m": Coded.of(["1"] * 7)},
        rationales=[(), None, (("text", 0, 1),), *NONE[:4]],
    )


def examples():
    """The same items one by one."""
    targets = ["a", "b", None, "a", ("a", "b"), 1, 1.0]
    slices = [{"genre": "x"}, {}, {"genre": "x", "year": "1"}, {"genre": "y"}, {}, {"genre": "x"}, {"genre": "y"}]
    more = {
        1: {"strict": (("X", 0, 1),), "cluster": "tone/1"},
        2: {"cluster": "tone/1", "rationale": (("text", 0, 1),)},
    }
    return [
        Example(
            id=f"tone/{row}", index=row, inputs={"text": TEXTS[row], "other": [row + 1]}, target=targets[row],
            slices=slices[row], official_id="gfedcba"[row], group="qqrrsss"[row], metadata={"m": "1"},
            **{"rationale": ()} if row == 0 else {}, **more.get(row, {}),
        )
        for row in range(7)
    ]  # fmt: skip


@settings(max_examples=20, deadline=None)
@pytest.mark.parametrize("few", [0, 100])
@given(part=st.slices(7))
def test_a_table_is_a_sequence_of_examples(few, part):
    """Each item, all of them and every slice are the examples at these places, whether examples are kept or made again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(example_table, "_FEW", few)
        patch.setattr(example_table, "_CHUNK", 3)
        table, wanted = make_table(), examples()

        assert list(table) == wanted
        assert list(table[part]) == wanted[part]
        assert [table[row] for row in range(-7, 7)] == [wanted[row] for row in range(-7, 7)]
        assert table == wanted
        assert table[part].ids() == [example.id for example in wanted[part]]
    with pytest.raises(IndexError):
        table[7]


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(st.integers(0, 6)))
def test_picked_items_keep_their_names(rows):
    """Items that are picked are called as they were, in the order asked for."""
    assert list(make_table().take(rows)) == [examples()[row] for row in rows]


def test_lists_and_texts_are_one():
    """A column of texts and a list of them say the same, values of their types included."""
    assert list(make_table(arrow=False)) == list(make_table())
    assert type(make_table()[6].target) is float


def test_a_model_sees_no_answer():
    """Neither the gold answer nor what tells of it is left."""
    (seen,) = {(one.target, one.strict, one.rationale) for one in make_table().blind()}

    assert seen == (None, None, None)
    assert list(blinded(examples())) == list(blinded(make_table()))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "ü", "", None])))
def test_texts_are_numbered_by_first_appearance(texts):
    """Equal texts share a number, its first row is where it first stands, and what is read of a text is read of each."""
    column = Texts.of(texts)
    codes, known = column.distinct()

    assert [None if code < 0 else known[code] for code in codes.tolist()] == texts
    assert [texts[row] for row in first_rows(codes)] == list(dict.fromkeys(one for one in texts if one is not None))
    assert coded(column, lambda text: text and text.upper()).to_list() == [text and text.upper() for text in texts]
    assert list(column[::2]) == texts[::2]
