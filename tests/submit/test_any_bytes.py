"""The validators take anything that calls itself a bundle, and the only clean answer is for a good one."""

import io
import json
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.submit.glue import check_glue
from benchwright.submit.official_files import FILES
from benchwright.submit.superglue import SplitItems, check_superglue

SIZES = dict.fromkeys(
    ("cola", "sst2", "mrpc", "stsb", "qqp", "mnli", "mnli_mm", "qnli", "rte", "wnli", "ax", "boolq", "cb", "copa"), 2
) | dict.fromkeys(("multirc", "record", "wic", "wsc", "axb", "axg"), 2)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["idx", "label", "passage", "questions", "answers"]) | st.text(max_size=3), inner
        )
    ),
    max_leaves=8,
)
CELL = st.sampled_from(["0", "1", "2", "01", "-1", "1.5", "index", "prediction", '"0"', "", "nan", "5.001", "٣"])


def zipped(name, content):
    """A zip of one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def said_of(name, found):
    """What is said of one file."""
    return [line for line in found if line.startswith(f"{name}:")]


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(FILES["glue"].values())), st.binary(max_size=80))
def test_bytes_as_table(name, content):
    """Random bytes are no GLUE file, and no crash."""
    assert said_of(name, check_glue(zipped(name, content), SIZES))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.lists(CELL, min_size=1, max_size=3), max_size=4), st.sampled_from(["WNLI.tsv", "STS-B.tsv"]))
def test_tables(rows, name):
    """A table is good exactly when an independent reading of the rules says so."""
    text = "index\tprediction\n" + "".join("\t".join(row) + "\n" for row in rows)
    allowed = {"WNLI.tsv": {"0", "1"}, "STS-B.tsv": set()}[name]
    good = sorted(row[0] for row in rows) == ["0", "1"] and all(len(row) == 2 and row[1] in allowed for row in rows)

    assert (said_of(name, check_glue(zipped(name, text), SIZES)) == []) == good


@settings(deadline=None, max_examples=300)
@given(st.lists(JSON, max_size=3), st.sampled_from(["BoolQ.jsonl", "COPA.jsonl", "ReCoRD.jsonl", "MultiRC.jsonl"]))
def test_json_values(values, name):
    """Any JSON values as lines are judged without a crash; none of these is a good file by chance."""
    text = "".join(json.dumps(value) + "\n" for value in values)
    known = SplitItems(answers=frozenset({"0/0/0", "0/0/1"}), candidates={0: frozenset({"a"}), 1: frozenset({"b"})})

    assert said_of(name, check_superglue(zipped(name, text), SIZES, known))


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=200))
def test_bytes_as_zip(content):
    """Random bytes are no bundle of either suite."""
    assert check_glue(content, SIZES)
    assert check_superglue(content, SIZES)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_a_damaged_zip(data):
    """A zip with a few bytes changed or cut off is told as such or read; it never crashes the check."""
    content = bytearray(zipped("WNLI.tsv", "index\tprediction\n0\t0\n1\t1\n"))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))

    assert check_glue(bytes(content), SIZES)
    assert check_glue(bytes(content[:cut]), SIZES)
