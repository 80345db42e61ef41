"""Gold answers agree with their inputs, items have ids of their own, and rows are made by the task's `prepare`."""

import json

import pytest

from benchwright.data.prepare import LEFT_OUT, NOTE
from benchwright.errors import DataError, PluginError
from benchwright.types import Kind, Label

CONTEXT = "The sky is blue."


def write(folder, rows, name="dev.jsonl"):
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def span_task(make_task, layout, **changes):
    fields = {
        "kind": Kind.SPAN,
        "inputs": {"question": ("question",), "context": ("context",)},
        "target": ("answers",),
        "labels": (),
        "official_id": ("id",),
        "metrics": ("answer_f1",),
    }
    return make_task(layout("dev.jsonl"), **{**fields, **changes})


def question(text="blue", start=11, name="q1", **more):
    answers = {"text": [text], "answer_start": [start]}
    return {"id": name, "question": "colour?", "context": CONTEXT, "answers": answers, **more}


def test_spans(tmp_path, make_task, layout, read_split):
    """A span is its texts and positions, and the item is called by its id."""
    write(tmp_path, [question()])

    (example,) = read_split(span_task(make_task, layout)).examples

    assert example.target == {"text": ["blue"], "answer_start": [11]}
    assert example.official_id == "q1"


@pytest.mark.parametrize(("text", "start"), [("", 0), (" ", 3)])
def test_a_blank_span_is_no_answer(tmp_path, make_task, layout, read_split, text, start):
    """An answer without a character is refused, with or without questions that have none: those have empty lists."""
    write(tmp_path, [question(), question(text, start, "q2")])

    for unanswerable in (False, True):
        with pytest.raises(DataError, match=r"line 2: .* hold a blank answer") as caught:
            read_split(span_task(make_task, layout, unanswerable=unanswerable))
        assert "both empty where there is no answer" in caught.value.expected


@pytest.mark.parametrize(
    ("start", "text", "seen"),
    [(12, "blue", "'lue.'"), (0, "blue", "'The '"), (99, "blue", "''"), (11, "Blue", "'blue'")],
)
def test_spans_that_do_not_match_their_context(tmp_path, make_task, layout, read_split, start, text, seen):
    """An answer that is not where its position says is told with file, line, question id and what stands there."""
    write(tmp_path, [question(), question(text, start, "q2")])

    with pytest.raises(DataError) as caught:
        read_split(span_task(make_task, layout))

    assert caught.value.problem == (
        f"dev.jsonl, line 2, id q2: the context holds {seen} at character {start}, where the answer {text!r} should be"
    )


def test_positions_are_characters(tmp_path, make_task, layout, read_split):
    """Positions count characters, also behind those of several bytes or of two UTF-16 units."""
    write(tmp_path, [question("blue", 3, context="é😀 blue")])

    assert read_split(span_task(make_task, layout)).examples[0].target["answer_start"] == [3]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"text": ["blue"], "answer_start": []}, "1 answer texts and 0 positions"),
        ({"text": ["blue"], "answer_start": ["11"]}, "are no answers"),
        ({"text": ["blue"], "answer_start": [-1]}, "are no answers"),
        ({"text": [None], "answer_start": [1]}, "are no answers"),
        ("blue", "are no answers"),
        ({"text": [], "answer_start": []}, "has no gold labels"),
        (None, "has no gold labels"),
    ],
)
def test_no_answers(tmp_path, make_task, layout, read_split, answers, said):
    """What is no answer is refused; a question without one belongs to a task that says so."""
    write(tmp_path, [{**question(), "answers": answers}])

    with pytest.raises(DataError, match="line 1") as caught:
        read_split(span_task(make_task, layout))
    assert said in str(caught.value)


def test_unanswerable(tmp_path, make_task, layout, read_split):
    """In a task that allows it, a question without an answer has empty lists."""
    write(tmp_path, [{**question(), "answers": {"text": [], "answer_start": []}}])

    (example,) = read_split(span_task(make_task, layout, unanswerable=True)).examples

    assert example.target == {"text": [], "answer_start": []}


def test_ids_are_unique(tmp_path, make_task, layout, read_split):
    """The same id twice is told with both places."""
    write(tmp_path, [question(), question(name="q2"), question()])

    with pytest.raises(DataError, match=r"dev.jsonl, line 3: the id 'q1' is that of dev.jsonl, line 1 too"):
        read_split(span_task(make_task, layout))


def test_an_item_without_an_id(tmp_path, make_task, layout, read_split):
    """An item of a task with ids must have one."""
    write(tmp_path, [question(), question(name="")])

    with pytest.raises(DataError, match="line 2: 'id' is empty"):
        read_split(span_task(make_task, layout))


def choose_task(make_task, layout, **changes):
    fields = {
        "kind": Kind.CHOOSE,
        "inputs": {"query": ("query",), "options": ("options",)},
        "target": ("right",),
        "labels": (),
    }
    return make_task(layout("dev.jsonl"), **{**fields, **changes})


def test_options(tmp_path, make_task, layout, read_split):
    """The right option is a number that one of them has."""
    write(tmp_path, [{"query": "?", "options": ["a", "b"], "right": 1}])
    assert read_split(choose_task(make_task, layout)).examples[0].target == 1

    write(tmp_path, [{"query": "?", "options": ["a", "b"], "right": 2}])
    with pytest.raises(DataError, match="line 1: the right option is number 2, and there are 2"):
        read_split(choose_task(make_task, layout))


@pytest.mark.parametrize("options", [[], "ab", ["a", 1]])
def test_no_options(tmp_path, make_task, layout, read_split, options):
    """Options are texts, and there is at least one."""
    write(tmp_path, [{"query": "?", "options": options, "right": 0}])

    with pytest.raises(DataError, match="line 1: the options are"):
        read_split(choose_task(make_task, layout))


@pytest.mark.parametrize(("right", "target"), [(["b", "a", "b"], ("b", "a")), ("a", ("a",))])
def test_right_texts(tmp_path, make_task, layout, read_split, right, target):
    """Where several texts are right, the target holds each once."""
    write(tmp_path, [{"query": "?", "options": ["a", "b"], "right": right}])

    assert read_split(choose_task(make_task, layout, by_text=True)).examples[0].target == target


@pytest.mark.parametrize(("right", "said"), [([], "no gold labels"), ([1], "are no texts")])
def test_no_right_texts(tmp_path, make_task, layout, read_split, right, said):
    """No right text is no gold answer."""
    write(tmp_path, [{"query": "?", "options": ["a", "b"], "right": right}])

    with pytest.raises(DataError, match=said):
        read_split(choose_task(make_task, layout, by_text=True))


def tag_task(make_task, layout, **changes):
    labels = tuple(Label(name=name, id=at) for at, name in enumerate(("O", "B-X", "I-X")))
    fields = {"kind": Kind.TAG, "inputs": {"words": ("tokens",)}, "target": ("tags",), "labels": labels}
    return make_task(layout("dev.jsonl"), **{**fields, **changes})


def test_tags_of_json_lines(tmp_path, make_task, layout, read_split):
    """Lists of names are tags, an empty sentence included."""
    write(
        tmp_path,
        [{"tokens": ["a", "b"], "tags": ["B-X", "O"]}, {"tokens": [], "tags": []}, {"tokens": ["c"], "tags": ["I-X"]}],
    )

    assert [example.target for example in read_split(tag_task(make_task, layout)).examples] == [
        ("B-X", "O"),
        (),
        ("I-X",),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"tokens": ["a", "b"], "tags": ["O"]}, "line 1: 1 tags for 2 words"),
        ({"tokens": ["a"], "tags": ["B-Y"]}, "line 1, word 1: the tag 'B-Y' is not one of the task"),
        ({"tokens": ["a"], "tags": [1]}, "word 1: the tag 1 is a number, and the file does not name its classes"),
        ({"tokens": "a b", "tags": ["O", "O"]}, "line 1: the words are 'a b'"),
    ],
)
def test_tags_that_do_not_fit(tmp_path, make_task, layout, read_split, row, said):
    """Tags of another number than words, unknown tags and texts for words are refused with their place."""
    write(tmp_path, [row])

    with pytest.raises(DataError) as caught:
        read_split(tag_task(make_task, layout))
    assert said in str(caught.value)


def test_class_names_in_another_scheme(make_task):
    """Ids are told by the file's own class names before they become IOB2."""
    from benchwright import kinds

    labels = tuple(Label(name=name, id=at) for at, name in enumerate(("O", "B-X", "I-X")))
    task = make_task(kind=Kind.TAG, labels=labels)
    options = kinds.ReadOptions(class_names=("E-X", "O", "B-X", "S-X"), scheme="BIOES")
    convert = kinds.of(task).read_target(task, options)

    assert convert([1, 2, 0, 3]) == ("O", "B-X", "I-X", "B-X")


def double(row):
    """A `prepare` of these tests."""
    if row["sentence"] == "bad":
        raise ValueError("this row is bad")
    if row["sentence"] == "odd":
        return [{**row, LEFT_OUT: "it is odd"}]
    if row["sentence"] == "noted":
        return [{**row, NOTE: "it was mended"}]
    if row["sentence"] == "another form":
        return row["nothing"]
    return [{**row, "sentence": f"{row['sentence']} {part}"} for part in (1, 2)]


@pytest.fixture
def prepared_task(make_task, layout, tmp_path, monkeypatch):
    """A task whose rows are prepared by `double`."""
    import sys
    import types

    module = types.ModuleType("rows_of_a_test")
    module.double = double
    monkeypatch.setitem(sys.modules, "rows_of_a_test", module)
    return make_task(layout("dev.jsonl"), prepare="rows_of_a_test:double")


def sentences(*texts):
    return [{"sentence": text, "label": 1} for text in texts]


def test_prepare(tmp_path, prepared_task, read_split):
    """One row may become several or none; what was left out or mended is counted for the reader."""
    write(tmp_path, sentences("a", "odd", "noted", "b", "odd"))

    data = read_split(prepared_task)

    assert [example.inputs["text"] for example in data.examples] == ["a 1", "a 2", "noted", "b 1", "b 2"]
    assert data.notes == ("2 rows: left out: it is odd", "1 row: it was mended")


def test_places_of_prepared_rows(tmp_path, prepared_task, read_split):
    """A row that was made has the place of the row it was made from."""
    write(tmp_path, [*sentences("a"), {"sentence": "b", "label": "?"}])

    with pytest.raises(DataError, match=r"dev.jsonl, line 2: the label"):
        read_split(prepared_task)


@pytest.mark.parametrize(
    ("text", "said"), [("bad", "line 2: this row is bad"), ("another form", "line 2 has another form")]
)
def test_malformed_row(tmp_path, prepared_task, read_split, text, said):
    """A row that cannot be prepared is told with its place, whatever goes wrong."""
    write(tmp_path, sentences("a", text))

    with pytest.raises(DataError) as caught:
        read_split(prepared_task)
    assert said in str(caught.value)


def test_nothing_is_left(tmp_path, prepared_task, read_split):
    """A file whose every row is left out is an error."""
    write(tmp_path, sentences("odd", "odd"))

    with pytest.raises(DataError, match="holds nothing of tone"):
        read_split(prepared_task)


@pytest.mark.parametrize("spec", ["nowhere_at_all:x", "json:no_such_function"])
def test_prepare_that_is_no_function(tmp_path, make_task, layout, read_split, spec):
    """A card whose `prepare` names nothing is a broken plugin."""
    write(tmp_path, sentences("a"))

    with pytest.raises(PluginError, match="of the task tone"):
        read_split(make_task(layout("dev.jsonl"), prepare=spec))
