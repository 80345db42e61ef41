"""What the board finds in predictions, and how little of it stands in a row."""

import pytest

from benchwright.types import Alarm, ClassificationTask, Label, Record
from benchwright_leaderboards.alarm_marks import Mark, loud_word, short_marks, whole_marks
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.entries import TaskResult
from benchwright_leaderboards.result_alarms import find_alarms
from benchwright_leaderboards.table_view import view_table

CARD = ClassificationTask(
    name="made",
    splits={},
    default_split="test",
    inputs={"text": ("text",)},
    target=("label",),
    labels=(Label(name="no", id=0), Label(name="yes", id=1)),
    metrics=("accuracy",),
)
GOLD = [("no", "yes")[(7 * at * at + at) % 11 < 5] for at in range(200)]
OTHER = {"no": "yes", "yes": "no"}


def answered(outputs, **fields):
    return [
        Record(id=str(at), target=gold, output=output, error=None if output else "timed out", **fields)
        for at, (gold, output) in enumerate(zip(GOLD, outputs, strict=True))
    ]


def codes(records, **options):
    return [(one.code, one.severity) for one in find_alarms(CARD, records, **options)]


def test_nothing_is_said_of_good_answers():
    """Nine of ten are right."""
    assert codes(answered([OTHER[gold] if at % 10 == 3 else gold for at, gold in enumerate(GOLD)])) == []


def test_what_was_not_computed_exactly_is_noted():
    """As its bundle tells it, without what a name could do to a page, and no longer than a line or two."""
    right = answered([OTHER[gold] if at % 10 == 3 else gold for at, gold in enumerate(GOLD)])
    (told,) = find_alarms(CARD, right, computed="computed as \x1b[31mbfloat16" + "x" * 500)

    assert (told.code, told.severity) == ("precision", "note")
    assert "\x1b" not in told.sentence
    assert len(told.sentence) == 200


def test_labels_that_were_mixed_up_are_an_alarm():
    """One of ten is right, and nine of ten are under the names of one another."""
    (told,) = find_alarms(CARD, answered([gold if at % 10 == 3 else OTHER[gold] for at, gold in enumerate(GOLD)]))

    assert (told.code, told.severity) == ("permuted", "alarm")
    assert "as given accuracy 10.00 %" in told.sentence
    assert "90.00 %" in told.sentence


def test_one_answer_to_everything_is_expected_of_a_constant_baseline_alone():
    """An alarm of any other model, a note of one whose adapter says what it is."""
    records = answered(["yes"] * len(GOLD))

    assert codes(records) == [("constant", "alarm")]
    assert codes(records, is_constant=True) == [("constant-baseline", "note")]


def test_a_bundle_that_calls_its_model_a_constant_baseline_hides_no_alarm():
    """Whose answers differ is none, whatever its bundle says."""
    mixed = answered([gold if at % 10 == 3 else OTHER[gold] for at, gold in enumerate(GOLD)])
    assert codes(mixed, is_constant=True) == codes(mixed) == [("permuted", "alarm")]


def test_silence_truncation_and_a_part_of_the_split():
    """Items without an answer are an alarm, the others notes behind it."""
    outputs = [None if at < 5 else OTHER[gold] if at % 10 == 3 else gold for at, gold in enumerate(GOLD)]
    found = find_alarms(CARD, answered(outputs, truncated=True), limit=200)

    assert [(one.code, one.severity) for one in found] == [
        ("errored", "alarm"),
        ("truncated", "note"),
        ("limited", "note"),
    ]
    assert found[0].sentence.startswith("no answer to 5 of 200 examples: accuracy 90.26 on the others, 88.00 with")


def result(path, *found):
    alarms = [Alarm(code=code, severity=severity, sentence=f"{code}: why") for code, severity in found]
    return TaskResult(path=path, digest="", key="", score=None, alarms=tuple(alarms))


@pytest.mark.parametrize(
    ("results", "marks"),
    [
        ([result("s/a")], ()),
        ([result("s/a", ("permuted", "alarm"))], (Mark("!", "labels look permuted on s/a"),)),
        (
            [result("s/a", ("permuted", "alarm")), result("s/b", ("permuted", "alarm"))],
            (Mark("!", "labels look permuted on 2 tasks"),),
        ),
        (
            [result("s/a", ("errored", "alarm"), ("truncated", "note")), result("s/b", ("constant", "alarm"))],
            (Mark("!", "unanswered items on s/a, and 1 more"), Mark("*", "inputs were truncated on s/a")),
        ),
        ([result("s/a", ("of-a-plugin", "alarm"))], (Mark("!", "of-a-plugin on s/a"),)),
        ([result("s/a", ("limited", "note"))], ()),
    ],
)
def test_a_mark_names_the_first_cause_and_counts_the_others(results, marks):
    """On one task it is named, on several they are counted; what a row says anyway is not repeated."""
    assert short_marks(results) == marks


def test_what_was_not_looked_for_is_not_called_sound():
    """A result of an earlier version."""
    old = TaskResult(path="s/a", digest="", key="", score=None)

    assert whole_marks(old) == short_marks([old]) == (Mark("?", "alarms not looked for"),)
    assert loud_word(old) == "? alarms not looked for"
    assert loud_word(result("s/a", ("permuted", "alarm"))) == "! labels look permuted"


def test_rows_are_longer_only_where_there_is_an_alarm(small_board):
    """And by less than 600 bytes."""
    content = assemble_board(open_board(small_board))
    for table in (content.overview, *content.tasks):
        view = view_table(content, table, name="t", caption="c")
        rows = {row.id: view.rows_html(_alone(group, row), "") for group in view.groups for row in group.rows}
        lengths = {name: len(text.encode()) for name, text in rows.items()}
        assert all(('class="alarm"' in text) == ("! " in text) for text in rows.values())
        assert "alarm" not in rows["best"]
        assert "alarm" in rows["silent"] or table.name == "ner/custom"
        assert lengths["silent"] - lengths["best"] < 600


def _alone(group, row):
    return type(group)(kind="alone", title="", about="", rows=(row,))
