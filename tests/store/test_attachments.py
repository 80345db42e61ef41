"""Explanations beside a cell come back as they were, by item, from whatever parts they were written in; damage is found and told."""

import math
import os
import shutil

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import benchwright
from benchwright.errors import BenchwrightError, StoreError
from benchwright.store import Store, attachment_table, attachments
from benchwright.store.record_table import from_bytes, to_bytes
from benchwright.types import (
    AttachmentSpec,
    Attribution,
    Explanation,
    Faithfulness,
    QueryCount,
    Target,
    Word,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.floats(-1e100, 1e100)
counts = st.integers(0, 2**40)
places = st.integers(0, 2**30)


def attribution(words):
    """Attributions of so many words."""
    values = st.lists(numbers, min_size=words, max_size=words).map(tuple)
    judged = st.builds(
        Faithfulness, **{name: st.none() | numbers for name in Faithfulness.__struct_fields__ if name != "orders"}
    )
    target = st.builds(Target, name=texts, label=st.none() | texts, tags=st.lists(texts, max_size=2).map(tuple))
    return st.builds(
        Attribution,
        target=target,
        values=values,
        full=numbers,
        base=st.none() | numbers,
        others=st.lists(values, max_size=2).map(tuple),
        faithfulness=st.none() | judged,
    )


@st.composite
def explanations(draw):
    """Explanations of any form."""
    words = draw(st.lists(st.builds(Word, input=texts, start=places, end=st.integers(2**30, 2**31 - 1)), max_size=4))
    queries = st.builds(QueryCount, asked=counts, computed=counts, passes=counts, judging=counts)
    return Explanation(
        id=draw(texts),
        words=tuple(words),
        attributions=tuple(draw(st.lists(attribution(len(words)), max_size=3))),
        queries=draw(queries),
        error=draw(st.none() | texts),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(explanations(), max_size=4))
def test_explanations_come_back_as_they_were_and_equal_ones_give_equal_bytes(found):
    """Every field, in order; items without words, targets or an answer among them."""
    content = to_bytes(attachment_table.encode(found))

    assert attachment_table.decode(from_bytes(content)) == found
    assert to_bytes(attachment_table.encode(found)) == content


def test_a_part_opened_by_hand_has_a_row_for_each_item_and_its_numbers_in_columns():
    """Columns that need no knowledge of ours, in float64."""
    table = attachment_table.encode([explanation("a")])

    assert table.select(["id", "target", "start", "end", "values", "full"]).to_pylist() == [
        {
            "id": "a",
            "target": ["positive"],
            "start": [0, 4],
            "end": [3, 9],
            "values": [[0.1 + 0.2, -1.0]],
            "full": [0.9],
        }
    ]
    assert str(table.schema.field("values").type) == "list<item: list<item: double>>"


def test_numbers_that_are_none_are_refused_with_the_item():
    """NaN and infinities, and another number of values than words."""
    for values in ((float("nan"), 1.0), (float("inf"), 1.0), (1e200, 1.0), (1.0,)):
        with pytest.raises(BenchwrightError, match="an explanation of a cannot be"):
            attachment_table.encode([explanation("a", values)])


def explanation(id_, values=(0.1 + 0.2, -1.0)):
    """One of two words."""
    target = Target(name="positive", label="positive")
    words = (Word(input="text", start=0, end=3), Word(input="text", start=4, end=9))
    return Explanation(id=id_, words=words, attributions=(Attribution(target=target, values=values, full=0.9),))


SPEC = AttachmentSpec(schema=1, method="shap", version=1, versions={}, options={"evaluations": "100"}, seed=0)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with a small cell."""
    root = tmp_path_factory.mktemp("made") / "store"
    run = benchwright.evaluate("majority", "starter/topic", store=root, name="first", offline=True, limit=20)
    return root, run.cells[0].key


@pytest.fixture
def begun(made, tmp_path):
    """A copy of it with an attachment of three items in two parts: the store, the key and the attachment's name."""
    store, key = Store(shutil.copytree(made[0], tmp_path / "store")), made[1]
    name = attachments.begin(store, key, SPEC)
    attachments.add(store, key, name, [explanation("a"), explanation("b")], seconds=2.0)
    attachments.add(store, key, name, [explanation("c")], seconds=1.0)
    return store, key, name


def test_parts_are_read_together_or_item_by_item(begun):
    """All, a subset, one that is not there; the ids alone."""
    assert attachments.read(*begun) == {one: explanation(one) for one in "abc"}
    assert attachments.read(*begun, ids=["c", "z"]) == {"c": explanation("c")}
    assert attachments.read_ids(*begun) == {"a", "b", "c"}
    assert attachments.names(*begun[:2]) == [attachments.name_of(SPEC)]
    assert attachments.read_spec(*begun) == SPEC


def test_an_item_that_two_processes_explained_counts_once(begun):
    """Its values are equal, and so is what is read; of the seconds of a part those of items that no other has."""
    attachments.add(*begun, [explanation("b"), explanation("d")], seconds=4.0)

    assert set(attachments.read(*begun)) == set("abcd")
    assert attachments.read_seconds(*begun) in (2 + 1 + 2, 4 + 1 + 1)  # whichever part is first by name
    assert attachments.read_seconds(*begun) == attachments.read_seconds(*begun)


def damage(path):
    """Change the last byte."""
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def test_a_damaged_part_is_told_and_taken_away_so_that_its_items_are_made_anew(begun):
    """Never half of its items."""
    path = attachments.parts(*begun)[0]
    damage(path)

    with pytest.raises(StoreError, match="its bytes are not those that were written"):
        attachments.read(*begun)
    (told,) = attachments.remove_damaged(*begun)
    assert path.name in told
    assert len(attachments.read(*begun)) in (1, 2)
    assert attachments.remove_damaged(*begun) == []


def test_a_part_of_another_attachment_is_told(begun):
    """It is whole, and explains with other options, or other answers."""
    store, key, name = begun
    other = attachments.begin(
        store, key, AttachmentSpec(schema=1, method="lime", version=1, versions={}, options={}, seed=0)
    )
    for path in attachments.parts(*begun):
        shutil.copy(path, attachments.folder(store, key, other) / path.name)

    with pytest.raises(StoreError, match=f"it belongs to {key}/{name}"):
        attachments.read(store, key, other)
    assert len(attachments.remove_damaged(store, key, other)) == 2


def test_explanations_of_answers_that_are_no_longer_there_are_told(begun):
    """The cell was computed anew, with other records."""
    store, key, _ = begun
    path = store.cell_folder(key) / "ledger.json"
    path.write_text(path.read_text().replace(store.read_ledger(key).records, "0" * 64))

    with pytest.raises(StoreError, match="it explains other answers than the cell holds"):
        attachments.read(*begun)


def test_a_description_that_was_changed_is_told_and_written_anew(begun):
    """Its name is the digest of its content."""
    store, key, name = begun
    path = attachments.folder(*begun) / "attachment.json"
    path.write_text(path.read_text().replace("100", "500"))

    with pytest.raises(StoreError, match="it is that of shap-"):
        attachments.read_spec(*begun)
    assert attachments.begin(store, key, SPEC) == name
    assert attachments.read_spec(*begun) == SPEC


@pytest.mark.parametrize("name", ["../../../runs", "shap", "shap-0123456789ABCDEF", "..", "shap-0123456789abcdef/.."])
def test_a_name_that_leads_elsewhere_is_refused(begun, name):
    """Names come from files that others may have written."""
    with pytest.raises(StoreError, match="no name of an attachment"):
        attachments.read(*begun[:2], name)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", pa.array([None], pa.string())),
        ("id", pa.array([b"\xff\xfe"], pa.binary()).view(pa.string())),
        ("input", pa.array([[None, "text"]], pa.list_(pa.string()))),
        ("start", pa.array([[-1, 4]], pa.list_(pa.int32()))),
        ("values", pa.array([None], pa.list_(pa.list_(pa.float64())))),
        ("values", pa.array([[[None, 1.0]]], pa.list_(pa.list_(pa.float64())))),
        ("values", pa.array([[[math.nan, 1.0]]], pa.list_(pa.list_(pa.float64())))),
        ("full", pa.array([[0.1, 0.2]], pa.list_(pa.float64()))),
        ("full", pa.array([["x"]], pa.list_(pa.string()))),
        ("is_judged", pa.array([[True]], pa.list_(pa.bool_()))),
        ("others", pa.array([None], pa.list_(pa.list_(pa.list_(pa.float64()))))),
        ("target", pa.array([["negative"]], pa.list_(pa.string()))),
        ("queries.asked", pa.array([None], pa.int64())),
        ("queries.computed", pa.array([-1], pa.int64())),
        ("rest", pa.array(["{"], pa.string())),
        ("rest", pa.array([None], pa.string())),
    ],
)
def test_a_table_that_nobody_here_made_is_one_refusal(column, value):
    """Nulls, bytes that are no text, numbers that are none, lists of other lengths."""
    table = attachment_table.encode([explanation("a")])
    at = table.column_names.index(column)
    with pytest.raises(StoreError, match="the stored table holds"):
        attachment_table.decode(table.set_column(at, pa.field(column, value.type), value))


def test_columns_that_are_there_twice_are_refused_and_others_are_not_read():
    """The two may differ; of columns that nobody here knows any may stand there, twice too."""
    table = attachment_table.encode([explanation("a")])
    strange = pa.array([{"x": 1}])
    with pytest.raises(StoreError, match="no column id of explanations, or several"):
        attachment_table.decode(table.append_column("id", table.column("id")))

    found = attachment_table.decode(table.append_column("?", strange).append_column("?", strange))
    assert found == [explanation("a")]


@pytest.mark.timeout(20)
def test_what_is_no_file_is_not_waited_for_and_gives_way(begun):
    """A pipe that nobody writes to, a device without an end, a folder: each is one refusal, and is taken away where items are made anew."""
    store, key, name = begun
    folder = attachments.folder(*begun)
    os.mkfifo(folder / f"{'a' * 64}.parquet")
    (folder / f"{'b' * 64}.parquet").symlink_to("/dev/zero")
    (folder / f"{'c' * 64}.parquet").mkdir()
    (folder / attachments.ABOUT).unlink()
    os.mkfifo(folder / attachments.ABOUT)

    with pytest.raises(StoreError, match="it is no file"):
        attachments.read(*begun)
    with pytest.raises(StoreError, match="it is no file"):
        attachments.read_spec(*begun)
    with pytest.raises(StoreError, match="it is no file"):
        attachments.read_ids(*begun)
    assert attachments.begin(store, key, SPEC) == name
    assert len(attachments.remove_damaged(*begun)) == 3
    assert set(attachments.read(*begun)) == set("abc")
    assert attachments.read_spec(*begun) == SPEC


def test_a_part_whose_values_take_too_much_room_is_refused_before_they_are_read(begun, monkeypatch):
    """Many equal numbers are a few bytes in a file, packed or not; two hundred thousand of them are 1.6 MB in memory."""
    store, key, name = begun
    words = tuple(Word(input="text", start=at, end=at + 1) for at in range(200_000))
    (each,) = explanation("z").attributions
    zeros = msgspec.structs.replace(each, values=(0.0,) * len(words))
    attachments.add(store, key, name, [Explanation(id="z", words=words, attributions=(zeros,))], seconds=1.0)
    assert "z" in attachments.read(*begun)

    monkeypatch.setattr(attachments, "_LARGEST_PART", 3_000_000)
    with pytest.raises(StoreError, match="bytes unpacked"):
        attachments.read(*begun)
