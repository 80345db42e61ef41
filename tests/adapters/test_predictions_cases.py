"""Answers to behavioural tests enter by case, or as CheckList writes its files; a missing, extra or repeated row is refused."""

import json

import msgspec
import pytest

from benchwright.errors import PredictionsError
from benchwright.testing.fixtures import build_task
from benchwright.types import Context, Example, Kind, Label, ModelRef
from benchwright_adapters.predictions import adapter

SENTIMENT = tuple(Label(name=name, id=at) for at, name in enumerate(("negative", "neutral", "positive")))
QQP = tuple(Label(name=name, id=at) for at, name in enumerate(("not_duplicate", "duplicate")))
ROWS = [
    {"test": "Synonyms", "case": 0, "bert_pred": ["Ann", "Bo"]},
    {"test": "Synonyms", "case": 3, "bert_pred": ["Cy"]},
    {"test": "Former / Latter", "case": 0, "bert_pred": ["", "Di", "Eve"]},
]


def task_of(kind, labels=(), behaviour=True):
    return msgspec.structs.replace(build_task(kind=kind, labels=labels), behaviour=behaviour)


def items_of(groups):
    return tuple(
        Example(id=f"t/{at}", index=at, inputs={"question": "?", "context": "."}, group=group)
        for at, group in enumerate(groups)
    )


GROUPS = ["Synonyms/0", "Synonyms/0", "Synonyms/3", *["Former / Latter/0"] * 3]


def answers(path, task, items, **options):
    context = Context(suite="checklist", train=lambda _: None, items=lambda: items)
    model = ModelRef(name="m", adapter="predictions", path=str(path), options=options)
    adapter.inspect(model, task, context)
    session = adapter.open(model, task, context)
    return session.predict(items)


def write(tmp_path, content):
    path = tmp_path / "answers"
    path.write_text(content if isinstance(content, str) else "".join(json.dumps(row) + "\n" for row in content))
    return path


def test_a_list_of_answers_for_each_case_is_read(tmp_path):
    """Rows stand in any order; answers in the order of the examples."""
    found = answers(write(tmp_path, ROWS[::-1]), task_of(Kind.SPAN), items_of(GROUPS), column="bert_pred")

    assert [one.output for one in found] == ["Ann", "Bo", "Cy", "", "Di", "Eve"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ROWS[:2], "3 missing"),
        ([*ROWS, ROWS[1]], r"1 duplicated: .*2 times: lines 2, 4"),
        ([*ROWS, {"test": "Synonyms", "case": 9, "bert_pred": ["x"]}], r"1 foreign: Synonyms/9 \(line 4\)"),
        ([{**ROWS[0], "bert_pred": ["Ann"]}, *ROWS[1:]], "line 1: 1 answers to the 2 examples of Synonyms/0"),
        ([{**ROWS[0], "bert_pred": "Ann"}, *ROWS[1:]], "line 1: `bert_pred` is 'Ann'"),
        ([{"test": "Synonyms", "bert_pred": ["x"]}], "line 1: no `test` and `case`"),
        ([{"test": "Synonyms", "case": True, "bert_pred": ["x"]}], "line 1: no `test` and `case`"),
        ([{**ROWS[0], "bert_pred": ["Ann", None]}, *ROWS[1:]], "line 1: no `text`"),
    ],
)
def test_a_file_of_cases_that_does_not_fit_is_refused(tmp_path, rows, message):
    with pytest.raises(PredictionsError, match=message):
        answers(write(tmp_path, rows), task_of(Kind.SPAN), items_of(GROUPS), column="bert_pred")


def test_a_column_of_lists_needs_cases_and_json(tmp_path):
    path = write(tmp_path, ROWS)
    with pytest.raises(PredictionsError, match="no cases of several examples"):
        answers(path, task_of(Kind.SPAN, behaviour=False), items_of(GROUPS), column="bert_pred")
    with pytest.raises(PredictionsError, match="in the form pred_only"):
        answers(path, task_of(Kind.SPAN), items_of(GROUPS), column="bert_pred", format="pred_only")


FILES = {
    "pred_and_softmax": ("2 0.01 0.02 0.97\n0 0.5 0.25 0.25\n1 0.2 0.5 0.3\n", SENTIMENT, [0.97, 0.5, 0.5]),
    "softmax": ("0.01 0.02 0.97\n0.5 0.25 0.25\n0.2 0.5 0.3\n", SENTIMENT, [0.97, 0.5, 0.5]),
    "pred_and_conf": ("2 0.97\n0 0.5\n1 0.5\n", SENTIMENT, None),
    "pred_only": ("2\n0\n1", SENTIMENT, None),
    "binary_conf": ("0.97\n0.25\n0.5\n", QQP, [0.97, 0.75, 0.5]),
}


@pytest.mark.parametrize("form", FILES)
def test_files_of_checklist_are_read_in_order(tmp_path, form):
    """One line for each input; ids are those of the labels, and a half is label 0 (CheckList takes the first highest)."""
    content, labels, highest = FILES[form]

    found = answers(write(tmp_path, content), task_of(Kind.CLASSIFY, labels), items_of(["a", "b", "c"]), format=form)

    names = (
        ["duplicate", "not_duplicate", "not_duplicate"]
        if form == "binary_conf"
        else ["positive", "negative", "neutral"]
    )
    assert [one.output for one in found] == names
    assert [one.scores and max(one.scores) for one in found] == (highest or [None] * 3)


def test_answers_that_are_texts_stand_one_a_line(tmp_path):
    """SQuAD: the answer is the whole line, and may be empty."""
    path = write(tmp_path, "Ann Lee\n\n 3 \n")

    assert [one.output for one in answers(path, task_of(Kind.SPAN), items_of("abc"), format="pred_only")] == [
        "Ann Lee",
        "",
        " 3 ",
    ]


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("change", ["missing", "extra"])
def test_a_file_of_checklist_with_another_number_of_rows_is_refused(tmp_path, form, change):
    """These files have no ids: a missing row, or one that stands twice, is known by the count."""
    content, labels, _ = FILES[form]
    lines = content.splitlines()
    lines = lines[1:] if change == "missing" else [*lines, lines[-1]]

    with pytest.raises(PredictionsError, match=f"holds {len(lines)} lines, the split 3 rows"):
        answers(write(tmp_path, "\n".join(lines)), task_of(Kind.CLASSIFY, labels), items_of("abc"), format=form)


@pytest.mark.parametrize(
    ("form", "line", "labels", "message"),
    [
        ("softmax", "0.1 0.9", SENTIMENT, "2 probabilities for 3 labels"),
        ("softmax", "0.1 x 0.9", SENTIMENT, "'x' is no number"),
        ("softmax", "0.1 nan 0.9", SENTIMENT, "'nan' is no number"),
        ("binary_conf", "1.5", QQP, "1.5 is no probability"),
        ("binary_conf", "0.5", SENTIMENT, "binary_conf for"),
        ("binary_conf", "0.5 0.5", QQP, "2 parts"),
        ("pred_and_conf", "2", SENTIMENT, "1 parts"),
        ("pred_only", "7", SENTIMENT, "7"),
        ("pred_only", "", SENTIMENT, "empty"),
        ("softmax", "0.5 0.5", (), "softmax for"),
    ],
)
def test_a_line_that_does_not_fit_its_form_is_refused(tmp_path, form, line, labels, message):
    task = task_of(Kind.CLASSIFY, labels) if labels else task_of(Kind.SPAN)

    with pytest.raises(PredictionsError, match=message):
        answers(write(tmp_path, f"{line}\n"), task, items_of("a"), format=form)
