"""A user's own questions in SQuAD's format become a task, or one message says what is wrong."""

import json

import pytest

from benchwright import registry
from benchwright.data.load import load
from benchwright.errors import ConfigError
from benchwright_suites._squad.custom import build

SUITE = registry.get("suites", "squad")
CONTEXT = "The sky is blue."
QUESTION = {"id": "q1", "question": "colour?", "answers": [{"text": "blue", "answer_start": 11}]}
IMPOSSIBLE = {"id": "q2", "question": "who?", "answers": [], "is_impossible": True}


def answered(text, start, name="q1"):
    """The question with another gold answer."""
    return {**QUESTION, "id": name, "answers": [{"text": text, "answer_start": start}]}


@pytest.fixture
def put(tmp_path):
    """Write questions about one paragraph and return the path as a text."""

    def write(name, *questions, context=CONTEXT):
        path = tmp_path / name
        document = {"data": [{"title": "t", "paragraphs": [{"context": context, "qas": questions}]}]}
        path.write_text(json.dumps(document), encoding="utf-8")
        return str(path)

    return write


def read(made, split="test"):
    return load(made.task, split, suite=SUITE, folder=made.folders[split], offline=True)


def refusal(**options):
    with pytest.raises(ConfigError) as caught:
        build(options)
    return str(caught.value)


def test_rules_of_1(put):
    """Where every question has an answer, the rules are those of SQuAD 1.1."""
    made = build({"path": put("a.json", QUESTION)})

    assert not made.task.unanswerable
    assert made.task.groups == {}
    assert read(made).examples[0].target == {"text": ["blue"], "answer_start": [11]}


def test_rules_of_2(put):
    """One question without an answer, in either file, makes the rules those of SQuAD 2.0."""
    here = build({"path": put("a.json", QUESTION, IMPOSSIBLE)})
    there = build({"path": put("b.json", QUESTION), "train": put("c.json", IMPOSSIBLE, context="Nobody knows.")})

    assert here.task.unanswerable
    assert there.task.unanswerable
    assert [example.groups for example in read(here).examples] == [{"answerable": "yes"}, {"answerable": "no"}]
    assert here.task.notes == ("Questions without an answer, in all files: 1.",)


def test_flat_rows(tmp_path, put):
    """Flat rows as JSON lines are the same data."""
    path = tmp_path / "flat.jsonl"
    row = {"id": "q1", "question": "colour?", "context": CONTEXT, "answers": {"text": ["blue"], "answer_start": [11]}}
    path.write_text(json.dumps(row) + "\n")

    assert read(build({"path": str(path)})).digest == read(build({"path": put("a.json", QUESTION)})).digest


def test_a_blank_answer_in_flat_rows(tmp_path):
    """Flat rows are held to the same: a blank answer is refused, with the question's id."""
    path = tmp_path / "flat.jsonl"
    row = {"id": "q3", "question": "colour?", "context": CONTEXT, "answers": {"text": [""], "answer_start": [0]}}
    path.write_text(json.dumps(row) + "\n")

    assert "question q3 has the answer ''" in refusal(path=str(path))


def test_shared_paragraphs(put):
    """Questions about paragraphs of the train file are counted."""
    made = build({"path": put("a.json", QUESTION), "train": put("b.json", {**QUESTION, "id": "q9"}), "name": "mine"})

    assert made.task.name == "mine"
    assert read(made).notes == ("1 of 1 questions are about paragraphs of the train file",)


@pytest.mark.parametrize(
    ("questions", "options", "said"),
    [
        ([{**QUESTION, "is_impossible": True}], {}, "a.json, row 1: question q1 is impossible, and has answers"),
        ([answered("", 0)], {}, "question q1 has the answer '', which is blank; a question without an answer has an"),
        ([QUESTION, answered(" ", 3, "q7")], {}, "question q7 has the answer ' ', which is blank"),
        ([{**QUESTION, "question": ""}], {}, "question q1 has an empty 'question'"),
        ([{**QUESTION, "question": None}], {}, "question q1 has no 'question'"),
        ([{**QUESTION, "id": 7}], {}, "the 'id' of a question is 7, and no text"),
        ([{**QUESTION, "id": ""}], {}, "a question has no 'id'"),
        ([], {}, "a.json holds nothing of custom"),
        ([QUESTION], {"pth": "x"}, "did you mean path"),
        ([QUESTION], {"name": "a/b"}, "cannot name a task"),
        ([QUESTION], {"encoding": "utf-99"}, "unknown encoding 'utf-99'"),
    ],
)
def test_what_is_wrong(put, questions, options, said):
    """Malformed questions and options are told."""
    assert said in refusal(path=put("a.json", *questions), **options)


def test_absent_and_same(put, tmp_path):
    """An absent file is told with names close to it; one file is not both evaluated and learnt from."""
    path = put("dev.json", QUESTION)

    assert "did you mean dev.json" in refusal(path=str(tmp_path / "dve.json"))
    assert "path and train are the same file" in refusal(path=path, train=path)
    assert "squad/custom needs a file" in refusal()


@pytest.mark.realdata
def test_real_files_both_ways(shared_data):
    """The official file read by configuration is that read by its card."""
    made = build({"path": str(shared_data / "qa/SQuAD/dev-v1.1.json")})
    card = load(SUITE.task("v1"), "validation", suite=SUITE, folder=shared_data, offline=True)

    assert read(made).digest == card.digest
