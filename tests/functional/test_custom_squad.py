"""A user's own questions in SQuAD's format become a task, or one message says what is wrong."""

import json

import pytest

import benchwright
from benchwright import registry
from benchwright.data.load import load
from benchwright.errors import ConfigError, DataError
from benchwright_suites._custom.squad import build

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
    assert made.task.slices == {}
    assert read(made).examples[0].target == {"text": ["blue"], "answer_start": [11]}


def test_rules_of_2(put):
    """One question without an answer, in either file, makes the rules those of SQuAD 2.0."""
    here = build({"path": put("a.json", QUESTION, IMPOSSIBLE)})
    there = build({"path": put("b.json", QUESTION), "train": put("c.json", IMPOSSIBLE, context="Nobody knows.")})

    assert here.task.unanswerable
    assert there.task.unanswerable
    assert [example.slices for example in read(here).examples] == [{"answerable": "yes"}, {"answerable": "no"}]
    assert here.task.notes == ("Questions without an answer, in all files: 1.",)


def test_flat_rows(tmp_path, put):
    """Flat rows as JSON lines are the same data."""
    path = tmp_path / "flat.jsonl"
    row = {"id": "q1", "question": "colour?", "context": CONTEXT, "answers": {"text": ["blue"], "answer_start": [11]}}
    path.write_text(json.dumps(row) + "\n")

    assert read(build({"path": str(path)})).digest == read(build({"path": put("a.json", QUESTION)})).digest


ONE = {"text": "blue", "answer_start": 11}
FORMS = [
    {"text": ["blue"], "answer_start": [11]},
    [ONE],
    ONE,
    {"text": ["blue"], "answer_start": [11.0]},
    [{**ONE, "answer_id": 5, "answer_category": "SHORT"}],
]


@pytest.mark.parametrize("answers", FORMS)
@pytest.mark.parametrize("name", ["7", 7, 7.0])
def test_one_question_of_many_forms(tmp_path, put, answers, name):
    """An id that is a whole number is that text; answers are objects or lists, in nested, flat and Parquet files alike."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = {"id": name, "question": "colour?", "context": CONTEXT, "answers": answers}
    flat, table = tmp_path / "flat.jsonl", tmp_path / "flat.parquet"
    flat.write_text(json.dumps(row) + "\n")
    pq.write_table(pa.Table.from_pylist([row]), table)
    nested = put("nested.json", {**QUESTION, "id": name, "answers": answers})

    for path in (str(flat), str(table), nested):
        (example,) = read(build({"path": path})).examples
        assert (example.official_id, example.target) == ("7", {"text": ["blue"], "answer_start": [11]})


def test_whole_number_ids_are_answered(tmp_path, put):
    """Predictions call such a question by its digits, as a key, a text or a number."""
    path = put("a.json", {**QUESTION, "id": 107142})
    forms = (
        '{"107142": "blue"}',
        '[{"id": 107142, "text": "blue"}]',
        '[{"id": "107142", "text": "blue"}]',
        '{"id": 107142.0, "text": "blue"}\n',
        "id,text\n107142.0,blue\n",
    )
    for at, said in enumerate(forms):
        answers = tmp_path / f"p{at}.json"
        answers.write_text(said)
        (cell,) = benchwright.evaluate(
            f"predictions:{answers}", f"squad/custom?path={path}", store=tmp_path / "store"
        ).cells
        assert cell.score.value == 1.0


def test_one_id_twice(put):
    """A number and its text are one id; the message names both questions, not their article."""
    made = build({"path": put("a.json", {**QUESTION, "id": 1}, {**QUESTION, "id": "1"})})

    with pytest.raises(DataError) as caught:
        read(made)
    first, second = (f"a.json, article 1, paragraph 1, question {number}" for number in (1, 2))
    assert f"{second}: the id '1' is that of {first} too" in str(caught.value)


def test_answers_that_are_null_are_no_gold(put):
    """A question whose answers are null is unlabelled, not unanswerable."""
    made = build({"path": put("a.json", QUESTION, {**QUESTION, "id": "q2", "answers": None})})

    assert not made.task.unanswerable
    with pytest.raises(DataError, match="no gold labels"):
        read(made)


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
        ([{**QUESTION, "id": 7.5}], {}, "the 'id' of a question is 7.5, and neither a text nor a whole number"),
        ([{**QUESTION, "id": True}], {}, "the 'id' of a question is True, and neither a text nor a whole number"),
        ([{**QUESTION, "answers": "blue"}], {}, "question q1: its 'answers' are 'blue', neither a list of objects"),
        ([{**QUESTION, "answers": [{"text": "blue"}]}], {}, "question q1: an answer has no 'answer_start'"),
        ([{**QUESTION, "id": ""}], {}, "a question has no 'id'"),
        ([], {}, "a.json holds nothing of custom"),
        ([QUESTION], {"pth": "x"}, "did you mean path"),
        ([QUESTION], {"name": "a/b"}, "cannot name a task"),
        ([QUESTION], {"encoding": "utf-99"}, "'utf-99' is no encoding"),
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
