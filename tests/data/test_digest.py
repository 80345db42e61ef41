"""The content hash tells rows, and nothing but rows."""

import hashlib
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.data.content import content_digest, encoded
from benchwright.data.load import load
from benchwright.testing.fixtures import build_task
from benchwright.types import Example, Files, Kind, Source, Suite

CELL = st.text(st.characters(exclude_characters="\t\n", exclude_categories=["Cs"])).filter(lambda s: s[-1:] != "\r")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def digest(task, *rows):
    """Digest of (text, target) rows."""
    return content_digest(
        [Example(id=f"x/{n}", index=n, inputs={"text": t}, target=y) for n, (t, y) in enumerate(rows)], task
    )


def plain(task, name, data, folder):
    """Digest of a file of that content."""
    (folder / name).write_bytes(data)
    layout = Files(names=(name,), format=name.rsplit(".", 1)[1])
    found = msgspec.structs.replace(task, splits={"v": Source(files=(layout,))})
    suite = Suite(name="s", version=1, tasks=(found,))
    return load(found, "v", suite=suite, folder=folder, offline=True)


def test_what_is_in_it(make_task):
    """Texts, targets, their order and the names of inputs decide; ids, groups and clusters do not."""
    task = make_task()
    base = digest(task, ("a", "positive"), ("b", "negative"))

    assert base != digest(task, ("b", "negative"), ("a", "positive"))
    assert base != digest(task, ("a", "negative"), ("b", "negative"))
    assert base != digest(task, ("a ", "positive"), ("b", "negative"))
    other = [
        Example(id="else", index=9, inputs={"text": "a"}, target="positive", slices={"g": "1"}, cluster="c"),
        Example(id="more", index=7, inputs={"text": "b"}, target="negative"),
    ]
    assert base == content_digest(other, task)


def test_known_value(make_task):
    """The bytes that are hashed do not change: stored results are keyed by them."""
    assert digest(make_task(), ("café", "positive")) == (
        hashlib.sha256(b"benchwright-content-1\nl1:s4:texts5:caf\xc3\xa9s8:positive").hexdigest()
    )
    assert encoded(["é", 1, 1.0, True, None, {"b": [], "a": "x"}]) == (b"l6:s2:\xc3\xa9i1;d1.0;tnm2:s1:as1:xs1:bl0:")


@given(st.lists(JSON, min_size=2, max_size=2))
def test_encoding_is_injective(values):
    """Two JSON values have one encoding exactly when they are equal with their types."""
    one, other = values

    assert (encoded(one) == encoded(other)) == (repr(_sorted(one)) == repr(_sorted(other)))


def _sorted(value):
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def test_long_splits_are_hashed_whole(make_task):
    """The last rows of a long split count, whatever the chunks in which it is hashed."""
    rows = [(f"text {n}", "positive") for n in range(1500)]

    assert digest(make_task(), *rows) != digest(make_task(), *rows[:-1], ("text 1499", "negative"))
    assert digest(make_task(), *rows[:512]) != digest(make_task(), *rows[:511])


@given(rows=st.lists(st.tuples(CELL, st.sampled_from(["0", "1"])), min_size=1, max_size=12))
def test_tsv_equals_json_lines(rows, tmp_path_factory):
    """Any texts without TAB and newline read back the same from TSV and from JSON lines, with one digest."""
    task = build_task(labels=())
    folder = tmp_path_factory.mktemp("rows")
    tsv = "text\tlabel\n" + "".join(f"{text}\t{label}\n" for text, label in rows)
    lines = "".join(json.dumps({"label": label, "text": text}, ensure_ascii=False) + "\n" for text, label in rows)

    first = plain(task, "a.tsv", tsv.encode(), folder)
    second = plain(task, "a.jsonl", lines.encode(), folder)

    assert [example.inputs["text"] for example in first.examples] == [text for text, _ in rows]
    assert first.digest == second.digest
    assert first.examples == second.examples


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_one_digest_for_every_format(make_task, tmp_path, newline):
    """The same rows in TSV, CSV, JSON, JSON lines, Parquet and 32-bit Parquet have one digest."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    task = make_task(kind=Kind.REGRESS, labels=(), value_range=(0, 5))
    rows = [{"sentence": 'say "hi"', "label": 3.8}, {"sentence": "naïve", "label": 0.0}, {"sentence": "x", "label": 5}]
    table = pa.table({"sentence": [row["sentence"] for row in rows], "label": [float(row["label"]) for row in rows]})
    single = table.set_column(1, "label", table["label"].cast(pa.float32()))
    pq.write_table(table, tmp_path / "a.parquet")
    pq.write_table(single, tmp_path / "b.parquet")
    texts = {
        "a.tsv": ["sentence\tlabel", *(f"{row['sentence']}\t{row['label']:.3f}" for row in rows)],
        "a.csv": ["label,sentence", '3.80,"say ""hi"""', "-0,naïve", "5,x"],
        "a.jsonl": [json.dumps(row) for row in rows],
        "a.json": [json.dumps({"data": rows})],
    }
    files = {name: newline.join(lines).encode() for name, lines in texts.items()}
    files |= {name: (tmp_path / name).read_bytes() for name in ("a.parquet", "b.parquet")}

    found = {name: plain(task, name, data, tmp_path) for name, data in files.items()}

    assert {data.digest for data in found.values()} == {found["a.tsv"].digest}
    assert [example.target for example in found["b.parquet"].examples] == [3.8, 0.0, 5.0]
