"""Answers by text: the official rules one by one, each question once, and what a reader is told."""

import pytest

from benchwright import registry
from benchwright.answer_text import answer_scores, normalise
from benchwright.metrics.columns import Columns
from benchwright.metrics.gathering import gather
from benchwright.score import score_columns
from benchwright.types import ChoiceTask, Record, SpanTask

CARD = {
    "name": "t",
    "splits": {},
    "default_split": "test",
    "inputs": {"question": ("question",), "context": ("context",)},
    "target": ("answers",),
    "metrics": ("exact_match", "answer_f1"),
    "score": ("exact_match", "answer_f1"),
}
ONE, TWO = SpanTask(**CARD), SpanTask(unanswerable=True, **CARD)
RECORD = ChoiceTask(by_text=True, **CARD)
METRICS = [registry.get("metrics", name) for name in ("exact_match", "answer_f1")]


def values(task, *pairs):
    targets = [{"text": gold, "answer_start": [0] * len(gold)} for gold, _ in pairs]
    return tuple(metric.value(Columns(task, targets, [said for _, said in pairs])) for metric in METRICS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Cat's  hat.", "cats hat"),
        ("U.S.A.", "usa"),
        ("a\tan the", ""),
        ("theatre an", "theatre"),
        ("AN-THE", "anthe"),
        ("the–war", "–war"),
        ("  ", ""),
    ],
)
def test_normalisation(text, expected):
    """Pitfall 8: case, ASCII punctuation, articles as whole words and white space go, in this order."""
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("gold", "said", "one", "two"),
    [
        (["Paris"], "paris!", (1, 1), (1, 1)),
        (["in Paris", "Paris"], "Paris", (1, 1), (1, 1)),
        (["big red dog"], "red dog", (0, 0.8), (0, 0.8)),
        (["dog dog cat"], "dog cat cat", (0, 2 / 3), (0, 2 / 3)),
        ([], "", (0, 0), (1, 1)),
        ([], "Paris", (0, 0), (0, 0)),
        (["Paris"], "", (0, 0), (0, 0)),
        (["the"], "", (1, 0), (1, 1)),
        (["the", "Paris"], "", (1, 0), (0, 0)),
        (["the", "Paris"], "a Paris", (1, 1), (1, 1)),
        (["the"], "...", (1, 0), (1, 1)),
    ],
)
def test_versions(gold, said, one, two):
    """Pitfall 8: several golds, empty golds and empty answers by the rules of version 1 and of version 2."""
    assert answer_scores(said, gold, unanswerable=False) == pytest.approx(one)
    assert answer_scores(said, gold, unanswerable=True) == pytest.approx(two)


def test_an_empty_answer_to_an_answerable_question_is_wrong():
    """Pitfall 7: "" is right only where there is no answer; no word stands for it."""
    assert values(TWO, (["Paris"], ""), ([], "")) == (0.5, 0.5)
    assert values(TWO, ([], "unanswerable")) == (0.0, 0.0)


def test_each_query_counts_once():
    """Pitfall 4: one ReCoRD query with one gold wrong and one with five golds right give EM = F1 = 0.5, not 0.833."""
    table = Columns(RECORD, [("Rome",), ("Oslo", "the Oslo", "Bergen", "Lima", "Bern")], ["Milan", "Bergen"])

    assert [metric.value(table) for metric in METRICS] == [0.5, 0.5]


def test_record_answers_may_come_as_lists():
    """Records read back from a file hold lists: several right texts are still several."""
    records = [
        Record(id="0", target=["Rome", "Milan"], output="milan"),
        Record(id="1", target=("Oslo",), output="Oslo"),
    ]

    assert METRICS[0].value(gather(RECORD, records).columns) == 1.0
    assert registry.get("metrics", "accuracy").value(gather(RECORD, records).columns) == 0.5


def test_an_empty_answer_is_an_answer():
    """ "" is scored; no output at all is an errored example."""
    records = [
        Record(id="0", target={"text": [], "answer_start": []}, output=""),
        Record(id="1", target={"text": ["x"], "answer_start": [0]}, error="too long"),
    ]
    found = gather(TWO, records)

    assert (found.columns.n, found.errored, found.skipped) == (1, 1, 0)


def test_numbers_of_options_are_compared_as_they_are():
    """Exact match of a task that is answered by the option's number is its accuracy."""
    table = Columns(ChoiceTask(**CARD), [0, 1, 2, 3], [0, 1, 2, 2])

    assert METRICS[0].value(table) == registry.get("metrics", "accuracy").value(table) == 0.75


def test_questions_without_gold_are_told_in_version_one():
    """Version 1 has no rule for a question without gold answers: it counts as 0, and a flag says so."""
    table = Columns(ONE, [{"text": [], "answer_start": []}, {"text": ["x"], "answer_start": [0]}], ["", "x"])

    assert METRICS[1].value(table) == 0.5
    assert METRICS[1].flags(table) == ("1 examples have no gold answer: counted as 0",)


def test_intervals():
    """Exact match has Wilson's interval, F1 a bootstrap one over paragraphs, and their mean one from the same draws."""
    targets = [{"text": ["big red dog"], "answer_start": [0]}] * 60
    outputs = ["big red dog", "red dog", "cat"] * 20
    paragraphs = [str(number // 2) for number in range(60)]
    exact, best, mean = score_columns(Columns(ONE, targets, outputs, None, paragraphs), METRICS)

    assert exact.method == "wilson-clustered"
    assert (best.method, best.clusters) == ("bootstrap-bca 10000", 30)
    assert mean.value == pytest.approx((1 / 3 + 0.6) / 2)
    assert mean.low < mean.value < mean.high
