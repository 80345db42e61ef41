"""Choices by number and text, and the official submission lines of GLUE and SuperGLUE."""

import json

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchwright.data.load import load
from benchwright.types import Kind, Label

OPTIONS = [["a", "b"], ["x", "y", "z"], ["p", "q"]]
TRUTH = (Label(name="false", id=0, aliases=("False",)), Label(name="true", id=1, aliases=("True",)))
NESTED = [((0, 0, 0), "true"), ((0, 0, 1), "false"), ((0, 1, 0), "true"), ((1, 0, 0), "false"), ((1, 0, 1), "true")]


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def numbered(card):
    """A choice by number among two or three options."""
    task = card.task(Kind.CHOOSE)
    return task, card.items([["c", options] for options in OPTIONS], task)


@pytest.fixture
def worded(card):
    """A choice by text whose items have numbers of their own (ReCoRD's queries), in another order than the rows."""
    task = card.task(Kind.CHOOSE, by_text=True, official_id=("idx",))
    return task, card.items([["c", options] for options in OPTIONS], task, keys=("2", "0", "7"))


def test_options_by_number(ask, numbered):
    """The official COPA line is one form; scores are a number per option, and answer where no label does."""
    assert ask(lines([{"idx": 0, "label": 1}, {"idx": 1, "label": 2}, {"idx": 2, "label": 0}]), *numbered).outputs == [
        1,
        2,
        0,
    ]
    scored = [
        {"index": 0, "scores": [0.2, 0.8]},
        {"index": 1, "label": 0, "scores": [0, 0.5, 0.5]},
        {"index": 2, "label": "1"},
    ]
    found = ask(lines(scored), *numbered)

    assert found.outputs == [1, 0, 1]
    assert [one.scores for one in found.predictions] == [(0.2, 0.8), (0, 0.5, 0.5), None]
    assert found.facts.notes == ("1 of 2 options differ from the highest score",)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"label": 2}, "line 1: the option 2\n  expected: 0 to 1"),
        ({"label": "B"}, "expected: 0 to 1\n  next: write the 0-based number of the option: A (or the first) is 0"),
        ({"label": "a"}, "line 1: the option 'a'"),
        ({"label": "a"}, "A (or the first) is 0; this text is option 0"),
        ({"label": True}, "line 1: the option True"),
        (
            {"label": 0, "scores": [1]},
            "line 1: `scores` is 1 of them\n  expected: a list with a number for each of the 2",
        ),
        ({"label": 0, "scores": {"a": 1}}, "line 1: `scores` is {'a': 1}"),
        ({"label": 0, "scores": [1, "x"]}, "line 1: the score of option 1 is 'x'"),
        ({}, "line 1: the option None"),
    ],
)
def test_options_that_are_none(refused, numbered, row, said):
    """A number that no option has, a text, and scores of another length are refused."""
    rest = [{"index": 1, "label": 0}, {"index": 2, "label": 0}]

    assert said in refused(lines([{"index": 0, **row}, *rest]), *numbered)


def test_options_by_text_and_by_query(ask, refused, worded):
    """`idx` is the query where queries are numbered, `index` the row; the label is the text of an option."""
    rows = [{"idx": 7, "label": "q"}, {"idx": 2, "label": "a"}, {"idx": 0, "label": "z"}]
    by_row = [{"index": 0, "label": "b"}, {"index": 1, "scores": [0.1, 0.2, 0.7]}, {"id": "7", "label": "p"}]

    assert ask(lines(rows), *worded).outputs == ["a", "z", "q"]
    assert ask(lines(by_row), *worded).outputs == ["b", "z", "p"]
    assert ask(json.dumps({"2": "a", "0": "x", "7": "p"}), *worded).outputs == ["a", "x", "p"]
    foreign = [{"idx": 1, "label": "a"}, *rows[1:]]
    assert "1 missing (by id): 7; 1 foreign: 1 (line 1)" in refused(lines(foreign), *worded)
    for strange in ("nobody", 0, "A"):
        assert "is none of the 2 options of t/2" in refused(lines([{"idx": 7, "label": strange}, *rows[1:]]), *worded)


def test_options_that_share_a_text_count_once(ask, card):
    """The best score of equal texts is compared with the highest."""
    task = card.task(Kind.CHOOSE, by_text=True)
    items = card.items([["c", ["a", "b", "a"]]], task)

    assert ask(lines([{"index": 0, "label": "a", "scores": [0.1, 0.4, 0.5]}]), task, items).facts.notes == ()


@pytest.mark.parametrize(
    "labels", [["true", "false", "true"], ["True", "False", "True"], [True, False, True], [1, 0, 1], ["1", "0", "1"]]
)
@pytest.mark.parametrize("text", [False, True])
def test_true_and_false_of_superglue(ask, card, labels, text):
    """BoolQ and WiC write lower case, WSC capitals; AX-b has its idx as a string."""
    task = msgspec.structs.replace(card.task(Kind.CLASSIFY), labels=TRUTH)
    rows = [{"idx": str(at) if text else at, "label": label} for at, label in enumerate(labels)]

    assert ask(lines(rows), task, card.items([["x"]] * 3, task)).outputs == ["true", "false", "true"]


@pytest.fixture
def multirc(card):
    """Five answer options of three questions in two paragraphs, ids restarting in each."""
    task = msgspec.structs.replace(card.task(Kind.CLASSIFY), labels=TRUTH)
    return task, card.items([["x"]] * 5, task, keys=["/".join(map(str, place)) for place, _ in NESTED])


def nested(answers=NESTED):
    """MultiRC's official lines."""
    paragraphs = {}
    for (paragraph, question, answer), label in answers:
        questions = paragraphs.setdefault(paragraph, {})
        questions.setdefault(question, []).append({"idx": answer, "label": int(label == "true")})
    return [
        {"idx": p, "passage": {"questions": [{"idx": q, "answers": found} for q, found in questions.items()]}}
        for p, questions in paragraphs.items()
    ]


def test_multirc_lines(ask, multirc):
    """A line holds a paragraph; answers are matched by paragraph, question and answer, in any order."""
    assert ask(lines(nested()), *multirc).outputs == [label for _, label in NESTED]
    assert ask(lines(nested(NESTED[::-1])), *multirc).outputs == [label for _, label in NESTED]
    assert ask(json.dumps(nested()), *multirc).outputs == [label for _, label in NESTED]


def test_multirc_lines_that_do_not_fit(refused, multirc):
    """An answer missing, repeated or moved to another parent is told by its place; so is a line of another shape."""
    moved = [*NESTED[:4], ((0, 0, 2), "true")]
    assert "1 missing (by id): 1/0/1; 1 foreign: 0/0/2 (line 1)" in refused(lines(nested(moved)), *multirc)
    twice = [*NESTED[:4], NESTED[0]]
    assert "1 missing (by id): 1/0/1; 1 duplicated: 0/0/0 (2 times: line" in refused(lines(nested(twice)), *multirc)
    for broken, said in (
        ({"idx": 0, "passage": {"questions": 5}}, "line 1: `questions` is 5"),
        ({"idx": 0, "passage": {"questions": [{"idx": 0}]}}, "line 1: `answers` is None"),
        ({"idx": "x", "passage": {"questions": []}}, "line 1: the paragraph has the `idx` 'x'"),
        ({"idx": 0, "passage": {"questions": [{"answers": []}]}}, "line 1: a question has the `idx` None"),
        (
            {"idx": 0, "passage": {"questions": [{"idx": 0, "answers": [{"idx": 0}]}]}},
            "the answer 0/0/0 has no `label`",
        ),
        ({"idx": 0, "passage": {"questions": [{"idx": 0, "answers": [{"idx": -1}]}]}}, "an answer has the `idx` -1"),
    ):
        assert said in refused(lines([broken, *nested()[1:]]), *multirc)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_nesting_gives_back_its_labels(ask, card, data):
    """Paragraphs of any shape, with ids in any order, come out answer by answer."""
    shape = data.draw(st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=3), min_size=1, max_size=3))
    places = [(p, q, a) for p, sizes in enumerate(shape) for q, size in enumerate(sizes) for a in range(size)]
    labels = [data.draw(st.sampled_from(["true", "false"])) for _ in places]
    task = msgspec.structs.replace(card.task(Kind.CLASSIFY), labels=TRUTH)
    items = card.items([["x"]] * len(places), task, keys=["/".join(map(str, place)) for place in places])
    shuffled = data.draw(st.permutations(list(zip(places, labels, strict=True))))

    assert ask(lines(nested(shuffled)), task, items).outputs == labels


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_answer_a_line(ask, card, end):
    """`?format=lines`: labels, numbers, options, texts and tags in the order of the split; the last line end is optional."""
    truth = msgspec.structs.replace(card.task(Kind.CLASSIFY), labels=TRUTH)
    number, option, text = (card.task(kind) for kind in (Kind.REGRESS, Kind.CHOOSE, Kind.GENERATE))
    tag = card.task(Kind.TAG, labels=("O", "B-X"))

    for task, row, answers, expected in (
        (truth, ["x"], ["True", "0", "true"], ["true", "false", "true"]),
        (number, ["x"], ["2.5", "0", "-1e-3"], [2.5, 0.0, -0.001]),
        (option, ["c", ["a", "b"]], ["0", "1", "0"], [0, 1, 0]),
        (text, ["x"], ["one, two", "", "{3}"], ["one, two", "", "{3}"]),
        (tag, [["a", "b"]], ["O B-X", "O O", "B-X O"], [("O", "B-X"), ("O", "O"), ("B-X", "O")]),
    ):
        items = card.items([row] * 3, task)
        assert ask(end.join(answers) + end, task, items, format="lines").outputs == expected
        assert ask(end.join(answers), task, items, format="lines").outputs == expected


@pytest.mark.parametrize("content", ["true\nfalse\ntrue\n", "true\nfalse, or\ntrue"])
def test_lines_that_are_as_many_as_rows_suggest_the_option(refused, card, content):
    """A file without index or id that has as many lines as the split has rows is told of `?format=lines`."""
    task = msgspec.structs.replace(card.task(Kind.CLASSIFY), labels=TRUTH)
    three, four = (card.items([["x"]] * count, task) for count in (3, 4))

    assert "next: one answer a line, in the order of the split? ?format=lines" in refused(content, task, three)
    assert "?format=lines" not in refused(content, task, four)


@pytest.mark.parametrize("content", ["EU B-ORG\nrejects O\n\n& O\n, O\n", "EU\tB-ORG\nrejects\tO\n"])
def test_a_file_of_another_form_is_told_with_a_next_step(refused, numbered, content):
    """Columns of words given for a choice are read as a table, whose first line names no row."""
    said = refused(content, *numbered)

    assert "p, line 1: no column `index` or `id`, read as " in said
    assert "next: write the names of the columns into the first line" in said


def test_lines_are_counted(refused, card):
    """Another number of lines than rows, and an empty line, are refused: nothing else ties an answer to its row."""
    task = msgspec.structs.replace(card.task(Kind.CLASSIFY), labels=TRUTH)
    items = card.items([["x"]] * 3, task)

    assert "p holds 2 lines, the split 3 rows" in refused("true\nfalse\n", task, items, format="lines")
    assert "p holds 4 lines, the split 3 rows" in refused("true\n" * 4, task, items, format="lines")
    assert "p, line 2: empty" in refused("true\n\ntrue\n", task, items, format="lines")
    assert "p, line 3: unknown label 'maybe'" in refused("true\ntrue\nmaybe\n", task, items, format="lines")


@pytest.mark.parametrize(
    ("task", "answers", "expected"),
    [
        ("cola", ["1", "0"], ["acceptable", "unacceptable"]),
        ("mnli", ["neutral", "contradiction"], ["neutral", "contradiction"]),
        ("mnli_mm", ["entailment", "neutral"], ["entailment", "neutral"]),
        ("stsb", ["3.250", "5"], [3.25, 5.0]),
        ("wnli", ["1", "0"], ["entailment", "not_entailment"]),
        ("rte", ["entailment", "not_entailment"], ["entailment", "not_entailment"]),
    ],
)
def test_official_glue_files(ask, card, task, answers, expected):
    """`index<TAB>prediction` with ids, names or numbers, whatever the task of the benchmark."""
    from benchwright_suites.glue import suite

    found = suite.task(task)
    content = "index\tprediction\n" + "".join(f"{at}\t{answer}\n" for at, answer in enumerate(answers))

    assert ask(content, found, card.items([["x"] * len(found.inputs)] * 2, found)).outputs == expected


def official(task, example):
    """The official SuperGLUE line of an example's gold answer."""
    target, name = example.target, task.name
    if task.kind is Kind.CHOOSE:
        return {"idx": example.index, "label": target}
    if target in ("true", "false"):
        return {"idx": example.index, "label": target.capitalize() if name == "wsc" else target}
    return {"idx": example.index, "label": target}


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["boolq", "cb", "copa", "multirc", "rte", "wic", "wsc", "axb", "axg"])
def test_gold_answers_in_official_lines(ask, shared_data, name):
    """Gold answers of the real files, written as SuperGLUE wants them, are read as what they are."""
    suite = pytest.importorskip("benchwright_suites.superglue").suite
    task = suite.task(name)
    items = load(task, task.default_split, suite=suite, folder=shared_data, offline=True).examples
    rows = [official(task, example) for example in items]
    if name == "multirc":
        rows = nested([(tuple(map(int, example.official_id.split("/"))), example.target) for example in items])

    assert ask(lines(rows), task, items).outputs == [example.target for example in items]


@pytest.mark.realdata
@pytest.mark.parametrize(("system", "right"), [("lstm", 1603), ("cnn", 1561)])
def test_outputs_of_other_systems_one_a_line(ask, card, shared_data, system, right):
    """The public SST-2 outputs (accuracy 0.8803 published for the LSTM of 1,821 sentences) are read as lines."""
    folder = shared_data / "reference_outputs/explainaboard/sst2"
    text = (folder / "sst2-dataset.tsv").read_bytes().decode()
    gold = [line.rstrip("\r").split("\t")[1] for line in text.split("\n") if line]
    task = card.task(Kind.CLASSIFY, labels=("negative", "positive"))
    items = card.items([["x"]] * len(gold), task)
    found = ask((folder / f"sst2-{system}-output.txt").read_bytes(), task, items, format="lines").outputs

    assert sum(one == other for one, other in zip(found, gold, strict=True)) == right
    assert len(gold) == 1821
