"""SQuAD's cards, and what is read from the real files and from malformed ones."""

import json
from collections import Counter

import pytest

from benchwright.data.load import load
from benchwright.errors import DataError
from benchwright.testing import check_suite
from benchwright_suites.squad import suite


def read(folder, name, split="validation"):
    return load(suite.task(name), split, suite=suite, folder=folder, offline=True)


def document(*questions, context="The sky is blue."):
    return {"version": "x", "data": [{"title": "t", "paragraphs": [{"context": context, "qas": list(questions)}]}]}


def question(name="q1", text="blue", start=11, **more):
    return {"id": name, "question": "colour?", "answers": [{"text": text, "answer_start": start}], **more}


def write(folder, content, name="dev-v1.1.json"):
    path = folder / "SQuAD" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def test_contract():
    """The suite keeps the contract of suites; F1 leads, as on the leaderboard, and only v2 knows unanswerable questions."""
    assert "survives JSON" in check_suite(suite)
    assert [task.name for task in suite.tasks] == ["v1", "v2"]
    assert {task.metrics for task in suite.tasks} == {("answer_f1", "exact_match")}
    assert [task.unanswerable for task in suite.tasks] == [False, True]


@pytest.mark.realdata
def test_the_official_file(shared_data):
    """10,570 questions about 2,067 paragraphs; every answer stands where its position says."""
    data = read(shared_data, "v1")

    assert len(data.examples) == 10570
    assert len({example.cluster or example.id for example in data.examples}) == 2067
    assert data.examples[0].official_id == "56be4db0acb8001400a502ec"
    assert data.notes == ()
    assert all(example.target["text"] for example in data.examples)


@pytest.mark.realdata
def test_the_half_of_squad_2(shared_data):
    """6,078 questions, 3,168 of them without an answer; the reader is told that it is half, and not comparable."""
    data = read(shared_data, "v2")

    assert Counter(example.slices["answerable"] for example in data.examples) == {"yes": 2910, "no": 3168}
    assert sum(example.target == {"text": [], "answer_start": []} for example in data.examples) == 3168
    assert "do not compare with published" in data.notes[0]
    assert data.notes[1] == "6078 rows here, 11873 in the published split"


def test_flat_rows_of_the_hub_are_the_same(tmp_path):
    """The nested file and the hub's flat rows give the same data."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    write(
        tmp_path,
        document(question(is_impossible=False), {"id": "q2", "question": "who?", "answers": [], "is_impossible": True}),
        "dev-v2.0.json",
    )
    rows = [
        {"id": "q1", "title": "t", "context": "The sky is blue.", "question": "colour?", "answers": {"text": ["blue"], "answer_start": [11]}},
        {"id": "q2", "title": "t", "context": "The sky is blue.", "question": "who?", "answers": {"text": [], "answer_start": []}},
    ]  # fmt: skip
    (tmp_path / "hub" / "squad_v2").mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "hub" / "squad_v2" / "validation-00000-of-00001.parquet")

    nested, flat = read(tmp_path, "v2"), read(tmp_path / "hub", "v2")

    assert nested.digest == flat.digest
    assert [example.slices for example in nested.examples] == [{"answerable": "yes"}, {"answerable": "no"}]
    assert [example.official_id for example in flat.examples] == ["q1", "q2"]


MALFORMED = [
    (document(question(start=12)), "article 1, paragraph 1, question 1, id q1: the context holds 'lue.' at character 12"),
    (document(question(), question()), "question 2: the id 'q1' is that of SQuAD/dev-v1.1.json, article 1, paragraph 1, question 1 too"),
    (document(question(is_impossible=True)), "row 1: question q1 is impossible, and has answers"),
    (document({"id": "q1", "question": "?", "answers": [], "is_impossible": False}), "question q1 is not impossible, and has no answer"),
    (document({"question": "?", "answers": []}), "row 1: a question has no 'id'"),
    (document({"id": "q1", "answers": []}), "row 1: question q1 has no 'question'"),
    (document({"id": "q1", "question": "?", "answers": [{"text": "blue"}]}), "question q1: an answer has no 'answer_start'"),
    (document({"id": "q1", "question": "?", "answers": "blue"}), "question q1: its 'answers' are 'blue', neither a list of objects"),
    (document(question(), context=None), "row 1: a paragraph has no 'context'"),
    ({"data": [{"title": "t", "paragraphs": "none"}]}, "row 1: 'paragraphs' is no list of objects"),
    ({"data": [{"title": "t", "paragraphs": []}]}, "holds nothing of v1"),
    ({"questions": []}, "no list of rows under 'data'"),
    ('{"data": [\n{"title" 1}]}', "line 2 is not JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "said"), MALFORMED)
def test_malformed_files(tmp_path, content, said):
    """What is wrong is told with file, article and question."""
    write(tmp_path, content)

    with pytest.raises(DataError) as caught:
        read(tmp_path, "v1")
    assert "SQuAD/dev-v1.1.json" in caught.value.problem
    assert said in caught.value.problem


def test_a_question_without_an_answer_is_none_of_v1(tmp_path):
    """SQuAD 1.1 has no unanswerable question: one without an answer has no gold label."""
    write(tmp_path, document({"id": "q1", "question": "?", "answers": []}))

    with pytest.raises(DataError, match="no gold labels"):
        read(tmp_path, "v1")
