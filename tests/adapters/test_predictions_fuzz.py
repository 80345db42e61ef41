"""Whatever a file holds, it is read as answers in the task's domain or refused in words; nothing else comes out."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchwright.errors import PredictionsError
from benchwright.execution.records import to_records
from benchwright.types import Kind
from benchwright_adapters.predictions import FORMS

ROWS = {
    Kind.CLASSIFY: ["a text"],
    Kind.REGRESS: ["a text"],
    Kind.TAG: [["Ada", "left"]],
    Kind.SPAN: ["Who?", "Ada left."],
    Kind.CHOOSE: ["Ada", ["left", "0"]],
    Kind.GENERATE: ["a text"],
}
LABELS = {Kind.CLASSIFY: ("false", "true"), Kind.TAG: ("O", "B-PER", "I-PER")}
NAMES = [
    "id",
    "index",
    "idx",
    "label",
    "labels",
    "prediction",
    "answer",
    "value",
    "tags",
    "words",
    "text",
    "scores",
    "error",
]
NAMES += ["null_score", "passage", "questions", "answers"]
WORDS = [
    "",
    "0",
    "1",
    "true",
    "t/0",
    "k0",
    "Ada",
    "left",
    "O",
    "B-PER",
    "E-PER",
    "-",
    "-DOCSTART-",
    "[",
    "{}",
    "\t",
    "\ufeff",
    "\u00b2",
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats() | st.sampled_from(WORDS) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(NAMES + WORDS), VALUES, max_size=5)
TEXTS = st.one_of(
    st.lists(OBJECTS, max_size=3).map(lambda rows: "".join(json.dumps(row) + "\n" for row in rows)),
    VALUES.map(json.dumps),
    OBJECTS.map(json.dumps),
    st.lists(st.lists(st.sampled_from(NAMES + WORDS), max_size=4).map("\t".join), max_size=5).map("\n".join),
    st.lists(st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join), max_size=6).map("\r\n".join),
    st.text(max_size=40),
)


@settings(deadline=None, max_examples=400, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_content_escapes(ask, card, data):
    """Random rows, values, tables, columns and bytes, in every form, for every kind."""
    kind = data.draw(st.sampled_from(list(ROWS)))
    task = card.task(
        kind, labels=LABELS.get(kind, ()), unanswerable=kind is Kind.SPAN, by_text=data.draw(st.booleans())
    )
    items = card.items([ROWS[kind]], task, keys=["k0"] if data.draw(st.booleans()) else None)
    content = data.draw(TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=30))
    options = {"format": data.draw(st.sampled_from(FORMS))} if data.draw(st.booleans()) else {}
    if kind is Kind.TAG and data.draw(st.booleans()):
        options["scheme"] = data.draw(st.sampled_from(["IOB1", "BIOES"]))

    try:
        found = ask(content, task, items, **options)
    except PredictionsError:
        return
    for prediction, record in zip(found.predictions, to_records(items, found.predictions, task), strict=True):
        assert record.error == prediction.error


@pytest.mark.parametrize("kind", list(ROWS))
def test_the_fuzz_reaches_answers(ask, card, kind):
    """A right row of each kind is among what such files may hold."""
    right = {Kind.REGRESS: {"value": 1}, Kind.TAG: {"tags": ["B-PER", "O"]}, Kind.CHOOSE: {"label": 1}}
    right |= {Kind.CLASSIFY: {"label": "true"}, Kind.SPAN: {"text": "Ada"}, Kind.GENERATE: {"text": "Ada"}}
    task = card.task(kind, labels=LABELS.get(kind, ()))

    assert (
        ask(json.dumps({"id": "t/0", **right[kind]}) + "\n", task, card.items([ROWS[kind]], task)).outputs[0]
        is not None
    )


@pytest.mark.parametrize("form", ["tsv", "csv"])
@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\n\n", b"\n"])
def test_a_table_without_a_line_is_empty(ask, card, form, content):
    """A byte-order mark and blank lines are no header."""
    task = card.task(Kind.CLASSIFY, labels=LABELS[Kind.CLASSIFY])
    items = card.items([ROWS[Kind.CLASSIFY]], task)
    with pytest.raises(PredictionsError, match="is empty"):
        ask(content, task, items, format=form)


def test_what_is_no_archive_of_tests_is_refused_as_predictions(ask, card):
    """Found by the random search: the reader of archives speaks of data."""
    task = card.task(Kind.CLASSIFY, labels=LABELS[Kind.CLASSIFY])
    with pytest.raises(PredictionsError):
        ask(b"{}", task, card.items([ROWS[Kind.CLASSIFY]], task), format="archive")
