"""Predictions of other systems enter in every documented form, or are refused."""

import json
import re
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchwright.errors import DataMissing, LabelError, PredictionsError
from benchwright.testing.fixtures import build_task
from benchwright.types import Context, Example, Kind, Label, LabelMap, ModelRef
from benchwright_adapters.predictions import adapter

LABELS = (Label(name="negative", id=0), Label(name="positive", id=1, aliases=("pos",)))
ANSWERS = ["positive", "negative", "positive"]


def make_task(kind=Kind.CLASSIFY, labels=LABELS, multilabel=False):
    return build_task(
        kind=kind, labels=labels, multilabel=multilabel, value_range=(0, 5) if kind is Kind.REGRESS else None
    )


def answers(path, task, inputs=None, keys=(None, None, None), **options):
    """The outputs the adapter gives for a split of three."""
    inputs = inputs or [{"text": f"text {i}"} for i in range(3)]
    items = tuple(
        Example(id=f"{task.name}/{i}", index=i, inputs=given, official_id=key)
        for i, (given, key) in enumerate(zip(inputs, keys, strict=True))
    )
    context = Context(suite="s", train=lambda _: None, items=lambda: items)
    model = ModelRef(name="m", adapter="predictions", path=str(path), options=options)
    facts = adapter.inspect(model, task, context)
    assert len(facts.digest) == 64
    session = adapter.open(model, task, context)
    found = session.predict(list(reversed(items)))
    session.close()
    return list(reversed(found))


def outputs(*given, **options):
    return [prediction.output for prediction in answers(*given, **options)]


FORMS = {
    "names.jsonl": "".join(json.dumps({"index": i, "label": a}) + "\n" for i, a in enumerate(ANSWERS)),
    "shuffled.jsonl": "".join(json.dumps({"index": i, "label": ANSWERS[i]}) + "\n" for i in (2, 0, 1)),
    "ids.jsonl": "".join(json.dumps({"id": f"t/{i}", "label": a}) + "\n" for i, a in enumerate(ANSWERS)),
    "numbers.jsonl": "".join(
        json.dumps({"index": i, "label": int(a == "positive")}) + "\n" for i, a in enumerate(ANSWERS)
    ),
    "alias.jsonl": "".join(
        json.dumps({"index": i, "label": a[:3].upper() if a == "positive" else a}) + "\n" for i, a in enumerate(ANSWERS)
    ),
    "scores.jsonl": "".join(
        json.dumps({"index": i, "scores": {"positive": p, "negative": 1 - p}}) + "\n"
        for i, p in enumerate([0.9, 0.1, 0.6])
    ),
    "list.json": json.dumps([{"index": i, "label": a} for i, a in enumerate(ANSWERS)]),
    "object.json": json.dumps({f"t/{i}": a for i, a in enumerate(ANSWERS)}, indent=1),
    "official.tsv": "index\tprediction\n0\t1\n1\t0\n2\t1\n",
    "bom-crlf.tsv": "\ufeffindex\tprediction\r\n0\tpositive\r\n1\tnegative\r\n2\tpositive\r\n",
    "table.csv": "index,label\n0,positive\n1,negative\n2,positive\n",
    "no-suffix": "".join(json.dumps({"index": i, "label": a}) + "\n" for i, a in enumerate(ANSWERS)),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_answers(tmp_path, name):
    """JSON lines, JSON, TSV and CSV, by index or id, by name, id, alias or scores, in any order."""
    (tmp_path / name).write_bytes(FORMS[name].encode())

    assert outputs(tmp_path / name, make_task()) == ANSWERS


def test_parquet_gives_the_same_answers(tmp_path):
    """Parquet is told from its first bytes, whatever its name."""
    pq.write_table(pa.table({"index": [0, 1, 2], "label": ANSWERS}), tmp_path / "p.data")

    assert outputs(tmp_path / "p.data", make_task()) == ANSWERS


def _with_classes(path, names, column, values):
    """A Parquet file whose numbers are those of named classes, as data sets of the hub keep them."""
    feature = {"names": names, "_type": "ClassLabel"}
    feature = {"feature": feature, "_type": "List"} if isinstance(values[0], list) else feature
    metadata = {"huggingface": json.dumps({"info": {"features": {column: feature}}})}
    pq.write_table(pa.table({"index": [0, 1, 2], column: values}).replace_schema_metadata(metadata), path)
    return path


def test_numbers_of_classes_that_the_file_names_go_by_name(tmp_path):
    """A Parquet file of the hub's names its classes: 0 is the first of them, not the task's; tags likewise, in lists."""
    path = _with_classes(tmp_path / "p.parquet", ["positive", "negative"], "prediction", [0, 1, 0])
    assert outputs(path, make_task()) == ANSWERS

    tags = tuple(Label(name=name, id=at) for at, name in enumerate(("O", "B-PER", "I-PER")))
    path = _with_classes(tmp_path / "t.parquet", ["B-PER", "I-PER", "O"], "tags", [[0, 1], [2, 0], [2, 2]])
    found = outputs(path, make_task(Kind.TAG, tags), [{"words": ["a", "b"]}] * 3)
    assert found == [("B-PER", "I-PER"), ("O", "B-PER"), ("O", "O")]

    path = _with_classes(tmp_path / "s.parquet", ["positive", "negative"], "label", ["0", "negative", "0.0"])
    assert outputs(path, make_task()) == ANSWERS

    path = _with_classes(tmp_path / "n.parquet", ["0", "1"], "label", [1, 0, 1])
    assert outputs(path, make_task()) == ANSWERS


@pytest.mark.parametrize("number", [2, -1])
def test_a_number_beyond_the_classes_that_the_file_names_is_refused(tmp_path, number):
    """It is never the task's class of that number."""
    labels = (*LABELS, Label(name="neutral", id=2))
    path = _with_classes(tmp_path / "p.parquet", ["positive", "negative"], "label", [0, 1, number])
    with pytest.raises(PredictionsError, match=r"line 3: 'label' holds .* names 2 classes"):
        answers(path, make_task(labels=labels))


@pytest.mark.parametrize("value", ["1_0", "\uff11_0", True, "nan", "1,5", ""])
def test_values_that_are_no_numbers(tmp_path, value):
    """Python would read 1_0 as ten; gold files and predictions refuse it alike."""
    path = tmp_path / "p.jsonl"
    path.write_text("".join(json.dumps({"index": at, "value": value}) + "\n" for at in range(3)))
    with pytest.raises(PredictionsError, match="finite number"):
        answers(path, make_task(Kind.REGRESS, ()))


@pytest.mark.parametrize("values", [[0.0, 1.0, 2.0], ["0.0", "1.0", "2.0"], ["00", "01", "02"]])
def test_row_numbers_however_a_table_stored_them(tmp_path, values):
    """A table that lacked a number once holds whole numbers as fractions."""
    pq.write_table(pa.table({"index": values, "label": ANSWERS}), tmp_path / "p.parquet")

    assert outputs(tmp_path / "p.parquet", make_task()) == ANSWERS


def test_line_ends_of_old_macs(tmp_path):
    """A table whose lines end in CR alone holds the same answers."""
    rows = "".join(f"{at}\t{label}\r" for at, label in enumerate(ANSWERS))
    (tmp_path / "p.tsv").write_bytes(f"index\tprediction\r{rows}".encode())

    assert outputs(tmp_path / "p.tsv", make_task()) == ANSWERS


def test_scores_come_in_the_order_of_the_tasks_labels(tmp_path):
    """Scores are matched by name and kept beside the label."""
    row = {"index": 0, "label": "negative", "scores": {"positive": 0.9, "negative": 0.1}}
    (tmp_path / "p.jsonl").write_text("".join(json.dumps({**row, "index": i}) + "\n" for i in range(3)))
    (first, *_) = answers(tmp_path / "p.jsonl", make_task())

    assert (first.output, first.scores) == ("negative", (0.1, 0.9))


def test_true_and_false_are_labels_only_where_they_are_names(tmp_path):
    """A JSON boolean answers a true/false task and nothing else."""
    (tmp_path / "p.jsonl").write_text("".join(f'{{"index": {i}, "label": true}}\n' for i in range(3)))
    boolean = (Label(name="false", id=0), Label(name="true", id=1))

    assert outputs(tmp_path / "p.jsonl", make_task(labels=boolean)) == ["true"] * 3
    with pytest.raises(PredictionsError, match="unknown label True"):
        outputs(tmp_path / "p.jsonl", make_task())


KINDS = {
    Kind.REGRESS: ({"value": 2.5}, 2.5, {"text": "x"}),
    Kind.TAG: ({"tags": ["B-X", "O"]}, ("B-X", "O"), {"words": ["a", "b"]}),
    Kind.SPAN: ({"text": "an answer", "null_score": -3}, "an answer", {"question": "q", "context": "c"}),
    Kind.CHOOSE: ({"label": 1}, 1, {"context": "c", "options": ["a", "b"]}),
    Kind.GENERATE: ({"text": "a summary"}, "a summary", {"text": "x"}),
    Kind.EMBED: ({"vector": [1, 2.5]}, (1.0, 2.5), {"text": "x"}),
    Kind.SCORE: ({"value": -12.5}, -12.5, {"prefix": "x"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_row(tmp_path, kind):
    """Regression, tagging, span, choice, generation, embedding and likelihood rows are read."""
    row, expected, inputs = KINDS[kind]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps({"index": i, **row}) + "\n" for i in range(3)))

    assert outputs(tmp_path / "p.jsonl", make_task(kind, labels=()), [inputs] * 3) == [expected] * 3


def test_label_sets_are_read_in_task_order(tmp_path):
    """Multi-label rows are lists, or text with bars."""
    rows = [{"labels": ["positive", "negative"]}, {"labels": []}, {"label": "positive|negative"}]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps({"index": i, **row}) + "\n" for i, row in enumerate(rows)))

    both = ("negative", "positive")
    assert outputs(tmp_path / "p.jsonl", make_task(multilabel=True)) == [both, (), both]


def test_conll_columns_are_sentences_in_order(tmp_path):
    """The last column is the prediction; document marks and CRLF are no words."""
    text = (
        "-DOCSTART- -X- O O\r\n\r\nAda B-PER B-PER\r\nwrites O O\r\n\r\n\r\nNothing O O\r\n\r\nBerlin B-LOC B-PER\r\n"
    )
    (tmp_path / "p.conll").write_bytes(text.encode())
    inputs = [{"words": ["Ada", "writes"]}, {"words": ["Nothing"]}, {"words": ["Berlin"]}]

    assert outputs(tmp_path / "p.conll", make_task(Kind.TAG, labels=()), inputs) == [("B-PER", "O"), ("O",), ("B-PER",)]


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (Kind.REGRESS, {"value": "high"}),
        (Kind.REGRESS, {"value": float("inf")}),
        (Kind.REGRESS, {"value": True}),
        (Kind.REGRESS, {}),
        (Kind.TAG, {"tags": ["O"]}),
        (Kind.CHOOSE, {"label": 2}),
        (Kind.CHOOSE, {"label": True}),
        (Kind.SPAN, {"text": 3}),
        (Kind.EMBED, {"vector": []}),
        (Kind.EMBED, {"vector": [1, "x"]}),
    ],
)
def test_answers_of_the_wrong_shape_are_refused_with_their_line(tmp_path, kind, row):
    """Wrong types, lengths, ranges and non-finite numbers name file and line."""
    inputs = {"context": "c", "words": ["a", "b"], "options": ["a", "b"]}
    inputs = {"words": ["a", "b"]} if kind is Kind.TAG else inputs
    (tmp_path / "p.jsonl").write_text("".join(json.dumps({"index": i, **row}) + "\n" for i in range(3)))
    with pytest.raises(PredictionsError, match=r"p\.jsonl, line 1"):
        outputs(tmp_path / "p.jsonl", make_task(kind, labels=()), [inputs] * 3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00index", "UTF-8"),
        (b'{"index": 0\n', "JSON"),
        (b"[1, 2, 3]", "not a JSON object"),
        (b"index\tlabel\n0\tpositive\textra\n", "line 2: 3 cells"),
        (b"PAR1 nonsense", "Parquet"),
    ],
)
def test_malformed_files_are_refused(tmp_path, content, said):
    """Empty, undecodable, broken and ragged files say what is wrong and where."""
    (tmp_path / "p").write_bytes(content)
    with pytest.raises(PredictionsError, match=said):
        outputs(tmp_path / "p", make_task())


def test_a_folder_holds_a_file_per_task(tmp_path):
    """`<suite>/<task>.jsonl` is found; an absent one is missing, two are ambiguous."""
    with pytest.raises(DataMissing, match="s/t"):
        outputs(tmp_path, make_task())
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "t.jsonl").write_text(FORMS["names.jsonl"])
    assert outputs(tmp_path, make_task()) == ANSWERS
    (tmp_path / "s" / "t.tsv").write_text(FORMS["official.tsv"])
    with pytest.raises(PredictionsError, match="several files"):
        outputs(tmp_path, make_task())


def test_a_stated_format_wins_and_an_unknown_one_is_refused(tmp_path):
    """`?format=` says what the content does not."""
    (tmp_path / "p").write_text("index,label\n0,positive\n1,negative\n2,positive\n")

    assert outputs(tmp_path / "p", make_task(), format="csv") == ANSWERS
    with pytest.raises(PredictionsError, match="unknown format"):
        outputs(tmp_path / "p", make_task(), format="xml")


def lines(*rows):
    """JSON lines of rows numbered from 0."""
    return "".join(json.dumps({"index": i, **row}) + "\n" for i, row in enumerate(rows))


def facts_of(path, task):
    """What inspect says about a file for a split of three."""
    items = tuple(Example(id=f"t/{i}", index=i, inputs={"text": "x"}) for i in range(3))
    context = Context(suite="s", train=lambda _: None, items=lambda: items)
    return adapter.inspect(ModelRef(name="m", adapter="predictions", path=str(path)), task, context)


def check_refused(path, content, said, task=None, inputs=None, **options):
    """A file of that content is a PredictionsError that says so."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(PredictionsError, match=said):
        outputs(path, task or make_task(), inputs, **options)


@pytest.mark.parametrize(
    "given",
    [
        [{"label": 0}, {"label": 1}, {"label": 0}],
        [{"label": "0"}, {"label": 1.0}, {"label": "LABEL_0"}],
        [{"label": "label-0"}, {"label": "LABEL_1"}, {"label": "LABEL_0"}],
        [{"scores": {"0": 0.9, "1": 0.1}}, {"scores": {"0": 0.2, "1": 0.8}}, {"scores": {"LABEL_0": 0.9, "1": 0.1}}],
    ],
)
def test_a_label_map_says_what_numbers_and_generic_names_mean(tmp_path, given):
    """With `?labels=positive,negative` the number 0 means positive, though its id in the task is 1."""
    (tmp_path / "p").write_text(lines(*given))

    assert outputs(tmp_path / "p", make_task(), labels="positive, negative") == ANSWERS


def test_scores_follow_a_label_map(tmp_path):
    """Scores by number are put in the order of the task's labels through the map."""
    (tmp_path / "p").write_text(lines(*[{"label": 0, "scores": {"0": 0.9, "1": 0.1}}] * 3))

    (first, *_) = answers(tmp_path / "p", make_task(), labels="positive,negative")

    assert (first.output, first.scores) == ("positive", (0.1, 0.9))


def test_the_map_of_the_engine_is_used_when_a_session_opens(tmp_path):
    """What the result calls applied, `context.labels`, is what was applied."""
    (tmp_path / "p").write_text(lines({"label": 0}, {"label": 1}, {"label": 0}))
    items = tuple(Example(id=f"t/{i}", index=i, inputs={"text": "x"}) for i in range(3))
    swapped = LabelMap(to_task=(1, 0), origin="user")
    context = Context(suite="s", train=lambda _: None, items=lambda: items, labels=swapped)

    session = adapter.open(ModelRef(name="m", adapter="predictions", path=str(tmp_path / "p")), make_task(), context)

    assert [prediction.output for prediction in session.predict(items)] == ANSWERS


def test_tags_and_label_sets_follow_a_label_map(tmp_path):
    """Numbers of tags and of label sets go through the map too; several numbers may mean one label."""
    (tmp_path / "p").write_text(lines(*[{"tags": [0, "2"]}] * 3))
    words = [{"words": ["a", "b"]}] * 3
    assert (
        outputs(tmp_path / "p", make_task(Kind.TAG), words, labels="positive,negative,negative")
        == [("positive", "negative")] * 3
    )

    (tmp_path / "p").write_text(lines({"labels": [0]}, {"labels": "0|1"}, {"labels": []}))
    found = outputs(tmp_path / "p", make_task(multilabel=True), labels="positive,negative")
    assert found == [("positive",), ("negative", "positive"), ()]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"label": "positive"}, r"p, line 1: .*names need no map"),
        ({"label": "pos"}, r"p, line 1: .*names need no map"),
        ({"scores": {"positive": 1, "negative": 0}}, r"p, line 1: .*names need no map"),
        ({"label": 2}, r"p, line 1: the label map has no entry for 2"),
        ({"label": "LABEL_7"}, r"p, line 1: the label map has no entry for 'LABEL_7'"),
        ({"label": "good"}, r"p, line 1: the label map has no entry for 'good'"),
        ({"label": True}, r"p, line 1: the label map has no entry for True"),
    ],
)
def test_a_label_map_is_for_numbers_only(tmp_path, row, said):
    """Names beside a map, and numbers it does not hold, are refused with their line."""
    check_refused(tmp_path / "p", lines(row, row, row), said, labels="positive,negative")


def test_scores_of_outputs_that_share_a_label_are_refused(tmp_path):
    """Nothing says how two scores become one, so they are not added up in silence."""
    row = {"label": 0, "scores": {"0": 0.5, "1": 0.3, "2": 0.2}}
    check_refused(tmp_path / "p", lines(row, row, row), "line 1: .*share", labels="positive,negative,negative")


def test_a_label_map_that_does_not_fit_the_task_is_refused(tmp_path):
    """Unknown and left-out labels are a LabelError before any row is read."""
    (tmp_path / "p").write_text(lines(*[{"label": 0}] * 3))
    for given in ("good,bad", "positive,positive"):
        with pytest.raises(LabelError, match="does not fit"):
            outputs(tmp_path / "p", make_task(), labels=given)


def test_generic_names_without_a_map_say_how_to_give_one(tmp_path):
    """`LABEL_1` alone means nothing: the message shows the option."""
    check_refused(tmp_path / "p", lines(*[{"label": "LABEL_1"}] * 3), r"unknown label 'LABEL_1'")
    with pytest.raises(PredictionsError) as caught:
        outputs(tmp_path / "p", make_task())
    assert "?labels=negative,positive" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lines({"id": "t/0", "label": 1}, {"id": "t/2", "label": 1}, {"label": 1}), r"p, line 2: .*disagree"),
        (lines({"idx": 0, "label": 1}, {"idx": 0, "label": 1}, {"label": 1}), r"p, line 2: .*disagree"),
        ("index\tlabel\tlabel\n0\t1\t1\n", r"p, line 1: the column 'label' is repeated"),
        ("index,label,label\n0,1,0\n", r"p, line 1: the column 'label' is repeated"),
        ('{"index": 0, "label": 1}\n{"index": 1, "label": 1, "label": 0}\n', r"p, line 2: the key 'label' is repeated"),
        (
            '[{"index": 0, "label": 1},\n{"index": 1,\n"label": 1, "label": 0}]',
            r"p, line 2: the key 'label' is repeated",
        ),
        ('{\n"t/0": 1,\n"t/1": 0,\n"t/0": 0\n}', r"p, line 4: the key 't/0' is repeated"),
        (
            lines({"label": 1, "prediction": "pos"}, {"label": 1, "prediction": 0}, {"label": 1}),
            r"p, line 2: .*disagree",
        ),
        (
            lines(*[{"label": 1, "answer": "negative"}] * 3),
            r"p, line 1: `label` 'positive' and `answer` 'negative' disagree",
        ),
    ],
)
def test_rows_that_contradict_themselves_are_refused(tmp_path, content, said):
    """Ids against indices, repeated columns and keys, and two answers in one row name file and line."""
    check_refused(tmp_path / "p", content, said)


def test_fields_that_agree_are_accepted(tmp_path):
    """Id with index, and one answer under two names or spellings, may stand side by side."""
    (tmp_path / "p").write_text(
        lines(*[{"id": f"t/{i}", "idx": str(i), "label": a, "prediction": a.upper()} for i, a in enumerate(ANSWERS)])
    )

    assert outputs(tmp_path / "p", make_task()) == ANSWERS


def test_values_under_two_names_must_agree(tmp_path):
    """A gold `label` beside a `value` is never taken for the answer in silence."""
    regress = make_task(Kind.REGRESS, labels=())
    check_refused(tmp_path / "p", lines(*[{"value": 2.5, "prediction": 2}] * 3), "line 1: .*disagree", regress)
    (tmp_path / "p").write_text(lines(*[{"value": 2.5, "prediction": "2.50"}] * 3))
    assert outputs(tmp_path / "p", regress) == [2.5] * 3


def test_repeated_parquet_columns_are_refused(tmp_path):
    """A Parquet table may hold a column twice; predictions may not."""
    pq.write_table(pa.table([[0], [1], [0]], names=["index", "label", "label"]), tmp_path / "p")
    with pytest.raises(PredictionsError, match="the column 'label' is repeated"):
        outputs(tmp_path / "p", make_task())


def test_rows_may_say_that_there_is_no_answer(tmp_path):
    """A row with `error` is errored, label or not; an empty one is no error."""
    (tmp_path / "p").write_text(
        lines({"error": "timeout"}, {"error": "refusal", "label": "x"}, {"error": "", "label": 1})
    )
    found = answers(tmp_path / "p", make_task())

    assert [(p.output, p.error) for p in found] == [(None, "timeout"), (None, "refusal"), ("positive", None)]
    check_refused(tmp_path / "p", lines(*[{"error": 5, "label": 1}] * 3), r"line 1: `error` is 5")


def test_labels_against_their_scores_are_counted(tmp_path):
    """A threshold other than the highest score is legitimate, and told; a tie is no difference."""
    tie, low, high = ({"negative": n, "positive": p} for n, p in ((0.5, 0.5), (0.9, 0.1), (0.1, 0.9)))
    (tmp_path / "p").write_text(
        lines({"label": 1, "scores": tie}, {"label": 1, "scores": low}, {"label": 1, "scores": high})
    )

    assert facts_of(tmp_path / "p", make_task()).notes == ("1 of 3 labels differ from the highest score",)

    (tmp_path / "p").write_text(FORMS["scores.jsonl"])
    assert facts_of(tmp_path / "p", make_task()).notes == ()


@pytest.mark.parametrize(
    ("content", "kind", "options"),
    [
        (lines(*[{"value": 10**400}] * 3), Kind.REGRESS, {}),
        (lines(*[{"value": "9" * 5000}] * 3), Kind.REGRESS, {}),
        ('{"index": "²", "label": 1}\n', Kind.CLASSIFY, {}),
        ('{"index": "%s", "label": 1}\n' % ("1" * 5000), Kind.CLASSIFY, {}),
        ('{"index": 0, "label": "%s"}\n' % ("1" * 5000), Kind.CLASSIFY, {}),
        ('{"index": 0, "label": %s}\n' % ("1" * 5000), Kind.CLASSIFY, {}),
        ('{"index": 0, "label": "²"}\n', Kind.CHOOSE, {}),
        ("[" * 100000, Kind.CLASSIFY, {}),
        ('{"index": 0, "label": ' + "[" * 100000 + "\n{}\n", Kind.CLASSIFY, {}),
        ('{"index": 0, "label": ' + "[" * 100000, Kind.CLASSIFY, {"format": "jsonl"}),
        ('{"index": 0, "label": ' + "[" * 400 + "]" * 400 + "}\n", Kind.CLASSIFY, {}),
        ('{"id": ' + "[" * 400 + "]" * 400 + "}\n", Kind.CLASSIFY, {}),
        ("index,label\n0,%s\n" % ("x" * 140000), Kind.CLASSIFY, {}),
        ('index,label\n0,"positive\n', Kind.CLASSIFY, {}),
        ("null", Kind.CLASSIFY, {"format": "json"}),
        ("5", Kind.CLASSIFY, {"format": "json"}),
        ('"text"', Kind.CLASSIFY, {"format": "json"}),
        (lines(*[{"tags": ["O"], "words": 5}] * 3), Kind.TAG, {}),
        (lines(*[{"text": "\ud800"}] * 3), Kind.GENERATE, {}),
        (lines(*[{"label": 1, "error": "\ud800"}] * 3), Kind.CLASSIFY, {}),
    ],
)
def test_no_file_breaks_the_program(tmp_path, content, kind, options):
    """Huge numbers, odd digits, deep nesting, long cells and bare values are mistakes of the file."""
    inputs = [{"words": ["a"], "options": ["a", "b"]}] * 3 if kind in (Kind.TAG, Kind.CHOOSE) else None
    labels = LABELS if kind is Kind.CLASSIFY else ()
    check_refused(tmp_path / "p", content, r"^p", make_task(kind, labels=labels), inputs, **options)


def test_json_lines_without_ids_are_told_apart_from_json(tmp_path):
    """Several objects, one a line, are JSON lines; the message says what the first lacks."""
    check_refused(tmp_path / "p", '{"label": 1}\n{"label": 0}\n{"label": 1}\n', "p, line 1: neither `index` nor `id`")


def test_messages_about_json_name_true_lines(tmp_path):
    """Items of a list that spread over lines are found where they start."""
    check_refused(
        tmp_path / "p",
        '[\n {"index": 0, "label": 1},\n {"index": 1,\n  "label": "x"},\n {"index": 2}]',
        "p, line 3: unknown",
    )
    check_refused(tmp_path / "p", '[\n {"index": 0, "label": 1},\n {"index" 1}\n]', "p, line 3: not JSON")


def test_duplicates_name_their_lines(tmp_path):
    """A row that occurs twice is told with the lines of both."""
    rows = [(0, 1), (1, 1), (0, 1), (2, 1)]
    text = "".join(json.dumps({"index": index, "label": label}) + "\n" for index, label in rows)

    check_refused(tmp_path / "p", text, r"1 duplicated: t/0 \(2 times: lines 1, 3\)")


def test_digit_keys_are_indices_where_no_key_is_an_id(tmp_path):
    """`{"0": "positive"}` counts rows, unless ids are used; a mixture is foreign."""
    (tmp_path / "p").write_text(json.dumps({"2": "positive", "0": "positive", "1": "negative"}))
    assert outputs(tmp_path / "p", make_task()) == ANSWERS

    check_refused(tmp_path / "p", json.dumps({"t/0": 1, "1": 0, "2": 1}), "2 foreign: 1 ")
    check_refused(tmp_path / "p", json.dumps({"0": 1, "00": 0, "1": 1}), "1 duplicated: t/0 ")


def test_a_file_that_nobody_reads_is_named(tmp_path):
    """Beside `has no predictions for`, files called almost as the task are told, with where they belong; else the rest."""
    (tmp_path / "cola.jsonl").write_text(FORMS["names.jsonl"])
    (tmp_path / "Cola2.jsonl").write_text(FORMS["names.jsonl"])
    with pytest.raises(DataMissing) as caught:
        in_glue(tmp_path, "glue")
    assert caught.value.problem.endswith("has no predictions for glue/cola (there is cola.jsonl)")
    assert caught.value.hint == "move cola.jsonl to glue/cola.jsonl"

    with pytest.raises(DataMissing, match=r"\(there is Cola2.jsonl, cola.jsonl\)"):
        in_glue(tmp_path, "glue", "ax")


@pytest.mark.parametrize("second", ["cola.jsonl", "cola.tsv", "glue/COLA.csv", "COLA.json"])
def test_two_files_for_one_task(tmp_path, second):
    """A second file for a task is an error also where letter case or the folder is all that sets it apart."""
    (tmp_path / "glue").mkdir()
    (tmp_path / "CoLA.tsv").write_text(FORMS["official.tsv"])
    (tmp_path / second).write_text(FORMS["names.jsonl"])

    with pytest.raises(PredictionsError, match="several files for glue/cola"):
        in_glue(tmp_path, "glue")


def test_official_files_of_two_suites_share_a_folder(tmp_path):
    """GLUE's RTE.tsv and SuperGLUE's RTE.jsonl are no two files for one task."""
    (tmp_path / "RTE.tsv").write_text(FORMS["official.tsv"])
    (tmp_path / "RTE.jsonl").write_text(FORMS["names.jsonl"])

    assert in_glue(tmp_path, "glue", "rte") == in_glue(tmp_path, "superglue", "rte") == ANSWERS


def in_glue(path, name, official_task="cola"):
    """The outputs for a GLUE task of three rows."""
    items = tuple(Example(id=f"{official_task}/{i}", index=i, inputs={"text": "x"}) for i in range(3))
    context = Context(suite=name, train=lambda _: None, items=lambda: items)
    task = msgspec.structs.replace(make_task(), name=official_task)
    session = adapter.open(ModelRef(name="m", adapter="predictions", path=str(path)), task, context)
    return [prediction.output for prediction in session.predict(items)]


@pytest.mark.parametrize(("task", "file"), [("cola", "CoLA.tsv"), ("mnli_mm", "MNLI-mm.tsv"), ("ax", "AX.tsv")])
@pytest.mark.parametrize("folder", ["", "glue"])
def test_a_glue_submission_is_a_folder_of_predictions(tmp_path, task, file, folder):
    """The official names are found in the folder or its glue/, for GLUE alone; a second file is ambiguous."""
    (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / folder / file).write_text(FORMS["official.tsv"])

    assert in_glue(tmp_path, "glue", task) == ANSWERS
    with pytest.raises(DataMissing):
        in_glue(tmp_path, "other", task)
    (tmp_path / "glue").mkdir(exist_ok=True)
    (tmp_path / "glue" / f"{task}.jsonl").write_text(FORMS["names.jsonl"])
    with pytest.raises(PredictionsError, match="several files"):
        in_glue(tmp_path, "glue", task)


@pytest.mark.parametrize("name", ["glue", "superglue"])
def test_every_task_of_a_benchmark_has_an_official_name(name):
    """The table of names covers GLUE and SuperGLUE, and nothing else."""
    from benchwright.submit.official_files import FILES

    suite = pytest.importorskip(f"benchwright_suites.{name}").suite

    assert set(FILES) == {"glue", "superglue"}
    assert set(FILES[name]) == {task.name for task in suite.tasks}


def test_a_revision_is_refused(tmp_path):
    """Files have no revisions, so one that is asked for is not ignored."""
    (tmp_path / "p").write_text(FORMS["names.jsonl"])
    model = ModelRef(name="m", adapter="predictions", path=str(tmp_path / "p"), revision="main")
    context = Context(suite="s", train=lambda _: None, items=tuple)
    for verb in (adapter.inspect, adapter.open):
        with pytest.raises(PredictionsError, match="predictions have no revisions"):
            verb(model, make_task(), context)


PAGE = Path(__file__).resolve().parents[2] / "docs" / "predictions.md"
FENCE = re.compile(r"^```(\w+) (\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = FENCE.findall(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else []
SHOWN = {
    "classify": (ANSWERS, {"text": "x"}),
    "errored": (["positive", None, "positive"], {"text": "x"}),
    "multilabel": ([("positive",), (), ("negative", "positive")], {"text": "x"}),
    "regress": ([2.5, 0.0, 5.0], {"text": "x"}),
    "tag": ([("B-PER", "O")] * 3, {"words": ["Ada", "writes"]}),
    "span": (["in 1843", "", "Ada"], {"question": "q", "context": "c"}),
    "choose": ([2, 0, 1], {"question": "q", "options": ["a", "b", "c"]}),
    "generate": (["A summary.", "", "Another."], {"text": "x"}),
    "embed": ([(0.5, -1.0)] * 3, {"text": "x"}),
    "score": ([-12.5, -3.0, -7.25], {"prefix": "x"}),
    "fill": ([0, 1, 0], {"text": "{mask}", "options": ["a", "b"]}),
    "words": ([("nurse", "doctor"), ("cook", "nurse"), ("doctor", "cook")], {"text": "{mask}"}),
    "squad": (["Denver Broncos", "", "Santa Clara, California"], {"question": "q", "context": "c"}),
    "record": (["Rome", "Ada", "Oslo"], {"query": "q", "options": ["Ada", "Oslo", "Rome"]}),
    "multirc": (["true", "false", "true"], {"text": "x"}),
}
CARDS = {
    "errored": {"kind": Kind.CLASSIFY},
    "multilabel": {"kind": Kind.CLASSIFY, "multilabel": True},
    "squad": {"kind": Kind.SPAN},
    "record": {"kind": Kind.CHOOSE, "by_text": True},
    "words": {"kind": Kind.FILL, "top": 2},
    "multirc": {"kind": Kind.CLASSIFY, "labels": (Label(name="false", id=0), Label(name="true", id=1))},
}
KEYS = {
    "squad": [f"56be4db0acb8001400a502e{letter}" for letter in "cde"],
    "record": ["2", "1", "0"],
    "multirc": ["0/0/0", "0/0/1", "1/0/0"],
}


@pytest.mark.parametrize(("form", "shown", "query", "content"), EXAMPLES)
def test_the_examples_of_the_page_are_read(tmp_path, form, shown, query, content):
    """Each example of docs/predictions.md gives the answers that its heading promises."""
    from benchwright_adapters.predictions import detect

    expected, inputs = SHOWN[shown]
    card = {"name": "sst2", **CARDS.get(shown, {"kind": shown})}
    kind = Kind(card.pop("kind"))
    task = msgspec.structs.replace(make_task(kind, LABELS if kind is Kind.CLASSIFY else ()), **card)
    (tmp_path / "p").write_text(content)
    options = dict(part.split("=", 1) for part in query.removeprefix("?").split("&") if part)

    assert options.get("format", detect(content.encode(), task)) == form
    assert outputs(tmp_path / "p", task, [inputs] * 3, KEYS.get(shown, [None] * 3), **options) == expected


def test_the_page_has_an_example_of_every_kind_and_form():
    """Nothing that is read lacks an example."""
    assert {shown for _, shown, _, _ in EXAMPLES} == set(SHOWN)
    assert {form for form, _, _, _ in EXAMPLES} == {"jsonl", "json", "tsv", "csv", "conll", "lines"}
