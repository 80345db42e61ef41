"""Predictions of other systems enter in every documented form, or are refused."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchwright.errors import DataMissing, PredictionsError
from benchwright.types import Context, Example, Kind, Label, ModelRef, Task
from benchwright_adapters.predictions import adapter

LABELS = (Label(name="negative", id=0), Label(name="positive", id=1, aliases=("pos",)))
ANSWERS = ["positive", "negative", "positive"]


def make_task(kind=Kind.CLASSIFY, labels=LABELS, multilabel=False):
    return Task(
        name="t",
        kind=kind,
        splits={},
        default_split="test",
        inputs={"text": ("text",)},
        target=("label",),
        metrics=("accuracy",),
        labels=labels,
        multilabel=multilabel,
        value_range=(0, 5) if kind is Kind.REGRESS else None,
    )


def answers(path, task, inputs=None, **options):
    """The outputs the adapter gives for a split of three."""
    inputs = inputs or [{"text": f"text {i}"} for i in range(3)]
    items = tuple(Example(id=f"t/{i}", index=i, inputs=given) for i, given in enumerate(inputs))
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
