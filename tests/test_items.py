"""Items are called by their own id and counted in the unit of what is measured, everywhere."""

import json

import pytest

import benchwright
from benchwright.items import call, count, counted, differing
from benchwright.metrics.columns import Columns
from benchwright.metrics.gathering import gather, group_sizes
from benchwright.testing.fixtures import build_task
from benchwright.types import Label, Record, Score


def test_an_item_is_called_by_its_own_id():
    """The id that the data give goes before the place in the split."""
    assert call(Record(id="custom/37", target="a", official_id="q37")) == "q37"
    assert call(Record(id="custom/37", target="a")) == "custom/37"


@pytest.mark.parametrize(
    ("number", "what", "text"),
    [(1, "question", "1 question"), (1234, "entity", "1,234 entities"), (0, "word", "0 words")],
)
def test_counts_name_their_unit(number, what, text):
    """One and many, with the right plural."""
    assert count(number, what) == text


def test_a_score_says_what_it_counts():
    """Examples by default, its own unit, or what is gold, found and correct."""
    assert counted(Score(metric="accuracy@1", value=0.5, n=20)) == "20 examples"
    assert counted(Score(metric="exact_match@1", value=0.5, n=1, unit="question")) == "1 question"
    numbers = {"correct": 5, "found": 6, "gold": 7}  # as a file keeps them, by name
    assert counted(Score(metric="f1@1", value=0.5, n=7, counts=numbers)) == "7 gold, 6 found, 5 correct"


@pytest.mark.parametrize(
    ("number", "what", "text"),
    [
        (0, "answers", "no answer differs"),
        (1, "answers", "only 1 answer differs"),
        (3, "answers", "only 3 answers differ"),
        (0, "clusters", "no answer differs"),
        (1, "clusters", "answers differ in only 1 cluster"),
        (3, "clusters", "answers differ in only 3 clusters"),
        (0, "wrong", "no answer is wrong"),
        (2, "wrong", "only 2 answers are wrong"),
    ],
)
def test_few_changes_say_what_was_counted(number, what, text):
    """Answers are not clusters, and wrong is not different."""
    assert differing(number, what) == text


QUESTIONS = [
    {"id": f"q{at}", "context": f"Town{at // 4} has a river.", "question": f"Which {at}?",
     "answers": {"text": [f"Town{at // 4}"], "answer_start": [0]}}
    for at in range(24)
]  # fmt: skip


@pytest.fixture
def questions(tmp_path):
    """A run of two models on 24 questions about six paragraphs; the second errs on three questions of one."""
    (tmp_path / "dev.jsonl").write_text("".join(json.dumps(row) + "\n" for row in QUESTIONS))
    right = {row["id"]: row["answers"]["text"][0] for row in QUESTIONS}
    (tmp_path / "good.json").write_text(json.dumps(right))
    (tmp_path / "bad.json").write_text(json.dumps({**right, "q5": "river", "q6": "river", "q7": "a"}))
    benchwright.evaluate(
        [f"predictions:{tmp_path}/good.json", f"predictions:{tmp_path}/bad.json"],
        f"squad/custom?path={tmp_path}/dev.jsonl",
        store=tmp_path / "store",
        name="r",
    )
    return tmp_path


@pytest.fixture
def typed(questions, capsys):
    """What a command prints."""
    from benchwright.cli.main import call as typed_call

    def say(*words):
        typed_call([*words, "--store", str(questions / "store")])
        return capsys.readouterr().out

    return say


def test_questions_are_called_by_their_ids(questions, typed):
    """show, compare and gate name the question's id, never its place."""
    rules = questions / "gate.toml"
    rules.write_text('schema = 1\n[[rule]]\nid = "q"\nkind = "noninferiority"\ntask = "squad/custom"\nmargin = 0.02\n')
    worst = typed("show", "r", "--worst", "5")
    compared = typed("compare", "r:good", "r:bad", "--flips", "5")
    judged = typed("gate", str(rules), "r:bad", "--baseline", "r:good", "--explain", "q")

    for text in (worst, compared, judged):
        assert "q5" in text
        assert "custom/5" not in text
    assert "24 questions in 6 clusters" in compared
    assert "24 questions" in typed("show", "r")


LABELS = (Label(name="no", id=0), Label(name="yes", id=1))
TASK = build_task(metrics=("question_exact_match",), labels=LABELS)  # fmt: skip


def options(unit, said, **changes):
    """Answers to the options of one question, all gold yes."""
    return [Record(id=f"t/{unit}{at}", target="yes", output=one, group=unit, **changes) for at, one in enumerate(said)]


@pytest.mark.parametrize("lacking", [{"error": "broken"}, {"target": None}, {"output": None}])
def test_units_that_lack_a_row_do_not_count(lacking):
    """An errored, unlabelled or unanswered option leaves its question out, however right the others are."""
    import msgspec

    from benchwright import registry
    from benchwright.score import score_columns

    one = options("a", ["yes", "no"])
    two = options("b", ["yes", "yes"])
    whole = gather(TASK, [*one, *two])
    torn = gather(TASK, [*one, *two[:1], msgspec.structs.replace(two[1], **lacking)])
    metric = registry.get("metrics", "question_exact_match")

    assert metric.value(whole.columns) == 0.5
    assert metric.value(torn.columns) == 0.0
    score = score_columns(torn.columns, [metric], resamples=50)[0]
    assert (score.n, score.unit) == (1, "question")
    assert score.alarms[0].sentence == "1 examples are in no complete group and left out"


def test_units_that_lie_partly_outside_do_not_count():
    """A slice or a selection that holds some options of a question holds no part of the question."""
    from benchwright import registry

    metric = registry.get("metrics", "question_exact_match")
    records = [*options("a", ["yes", "no"]), *options("b", ["yes", "yes"])]
    columns: Columns = gather(TASK, records).columns

    assert metric.value(columns.select([0, 2, 3])) == 1.0
    assert columns.select([0, 2, 3]).group == [None, "b", "b"]
    assert gather(TASK, records[:1] + records[2:], among=group_sizes(records)).columns.group == [None, "b", "b"]


def test_a_limit_cuts_no_question_in_two():
    """The options of a question that goes on beyond the limit are in no question any more."""
    from benchwright.planning.first_examples import first_examples
    from benchwright.types import Example

    rows = tuple(Example(id=f"t/{at}", index=at, inputs={}, group="ab"[at // 3]) for at in range(6))

    assert [example.group for example in first_examples(rows, 4)] == ["a", "a", "a", None]
    assert first_examples(rows, None) is rows
