from __future__ import annotations

import re
from dataclasses import replace

import msgspec
import pytest

from benchwright.explanations.heat_lines import LEGEND, QUOTED, abridged, item_lines, legend, shaded_lines
from benchwright.explanations.stored import ExplainedItem
from benchwright.explanations.summary_lines import summary_html, summary_lines
from benchwright.render.shaded_text import ShadedPiece, ShadedText
from benchwright.tables import text_width
from benchwright.testing.hostile import HOSTILE
from benchwright.types import (
    Alarm,
    Attribution,
    ClassificationTask,
    ExplainSpec,
    Explanation,
    ExplanationSummary,
    Label,
    Record,
    Target,
    Word,
)

TASK = ClassificationTask(
    name="made",
    splits={},
    default_split="test",
    inputs={"text": ("text",)},
    target=("label",),
    metrics=("accuracy",),
    labels=(Label(id=0, name="bad"), Label(id=1, name="good")),
)
SUMMARY = ExplanationSummary(
    model="tfidf",
    method="shap",
    base="mine/made",
    split="test",
    key="0" * 40,
    attachment="shap-0",
    spec=ExplainSpec(method="shap"),
    ids=("made/0",),
    chosen="",
    items=1,
    failed=0,
    empty=0,
    targets=1,
    scale="probability",
    removal=None,
)


def _item(text: str, words: list[tuple[int, int]], values: list[float], **explanation: object) -> ExplainedItem:
    attribution = Attribution(target=Target(name="good", label="good"), values=tuple(values), full=0.9, base=0.5)
    found = Explanation(
        id="made/0",
        words=tuple(Word(input="text", start=start, end=end) for start, end in words),
        **{"attributions": (attribution,), **explanation},
    )
    record = Record(id="made/0", target="bad", output="good", scores=(0.1, 0.9), extra={"inputs": {"text": text}})
    return ExplainedItem(summary=SUMMARY, task=TASK, record=record, explanation=found)


def _text(lines) -> list[str]:
    return ["".join(mark.text for mark in line) for line in lines]


def test_an_item_is_told_with_its_answer_its_number_and_marked_words():
    lines = _text(
        item_lines([_item("Not good, really", [(0, 3), (4, 8), (8, 9), (10, 16)], [-0.2, 0.4, 0, 0.01])], width=None)
    )
    assert lines == [
        "made/0 of mine/made; gold bad",
        "  tfidf, shap: answers good, wrong",
        "    probability of good 0.900; 0.500 without any word",
        "    [Not -3] [good +5], really",
        "    counts most: good +0.400, Not \u22120.200, really +0.010",
    ]


def test_two_models_stand_below_one_heading():
    items = [_item("a b", [(0, 1), (2, 3)], [1.0, 0.0]), _item("a b", [(0, 1), (2, 3)], [0.0, -1.0])]
    lines = _text(item_lines(items, width=None))
    assert [line for line in lines if line.startswith("made/0")] == ["made/0 of mine/made; gold bad"]
    assert "    [a +5] b" in lines
    assert "    a [b -5]" in lines


def test_what_failed_and_what_has_nothing_to_explain_are_told():
    failed = _text(item_lines([_item("a", [], [], attributions=(), error="the model has no answer")], width=None))
    assert "    no explanation: the model has no answer" in failed
    empty = _text(item_lines([_item("a", [], [], attributions=())], width=None))
    assert any("nothing to explain" in line for line in empty)
    foreign = _text(item_lines([_item("a", [(0, 5)], [1.0])], width=None))
    assert any("do not fit" in line for line in foreign)
    assert not [line for line in foreign if "+5" in line]


@pytest.mark.parametrize("width", [20, 40, 80])
@pytest.mark.parametrize("text", [*HOSTILE, "\u4e2d\u6587" * 40, "word " * 30, "x" * 300])
def test_lines_are_no_wider_than_the_terminal_and_hold_no_control_sign(text, width):
    half = len(text) // 2
    pieces = [
        ShadedPiece(part, None if at else 1.0, 0.0 if at else 1.0)
        for at, part in enumerate((text[:half], text[half:]))
        if part
    ]
    for line in _text(shaded_lines(ShadedText("text", tuple(pieces)), width, indent=4)):
        assert text_width(line) <= width
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", line)
        assert not line.startswith("::")


def test_of_a_long_text_the_surroundings_of_the_words_that_count_most_are_shown():
    pieces = [ShadedPiece(f"w{at} ", 0.0, 0.0) for at in range(5_000)]
    pieces[3_000] = ShadedPiece("deciding ", 1.0, 1.0)
    text = "".join(piece.text for piece in abridged(pieces, most=1_200, beside=60))
    assert "w2999 deciding w3001" in text
    assert " … " in text
    assert len(text) < 1_600


@pytest.mark.parametrize("text", HOSTILE)
def test_a_summary_of_hostile_words_is_lines_to_read_and_nothing_else(text):
    told = Alarm(code="made", severity="alarm", sentence=text)
    hostile = msgspec.structs.replace(SUMMARY, model=text, base=text, chosen=text, alarms=(told,))
    lines = summary_lines([hostile], whole=True)
    assert not [
        line for line in lines if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u202e]", line) or line.startswith(("::", "##"))
    ]
    assert "<img" not in summary_html([hostile])
    assert "<script" not in summary_html([hostile])


def test_neighbours_that_a_method_did_not_tell_apart_are_named_together():
    words = [(0, 1), (2, 3), (4, 5), (6, 7)]
    (line,) = [
        line
        for line in _text(item_lines([_item("a b c d", words, [0.1, 0.1, 0.1, 0.0])], width=None))
        if "counts" in line
    ]
    assert line.strip() == 'counts most: "a … c" (3 words) +0.100 each'


def test_a_word_that_is_wider_than_a_line_keeps_its_sign():
    (line,) = _text(shaded_lines(ShadedText("text", (ShadedPiece("x" * 90, -1.0, -0.8),)), 40, indent=4))
    assert line.endswith("x… -4]")
    assert len(line) == 40


def test_the_explained_entity_stands_in_quotes_of_its_own():
    pieces = [
        ShadedPiece("met ", None, 0.0),
        ShadedPiece("Ada", 1.0, 1.0, named=True),
        ShadedPiece(" L", 0.0, 0.0, named=True),
        ShadedPiece(".", 0.0, 0.0),
    ]
    assert _text(shaded_lines(ShadedText("text", tuple(pieces)), None, indent=0)) == ["met «[Ada +5] L»."]


def test_a_method_that_is_not_told_from_random_says_so_beside_each_item():
    item = _item("a b", [(0, 1), (2, 3)], [1.0, 0.0])
    doubted = replace(item, summary=msgspec.structs.replace(SUMMARY, is_distinguishable=False))
    assert (
        _text(item_lines([doubted], width=None))[1]
        == "  tfidf, shap (not distinguishable from random): answers good, wrong"
    )
    assert _text(item_lines([item], width=None))[1] == "  tfidf, shap: answers good, wrong"


def test_how_to_read_quotes_is_told_only_where_there_are_some():
    item = _item("a b", [(0, 1), (2, 3)], [1.0, 0.0])
    assert legend([item]) == [LEGEND]
    (label,) = item.explanation.attributions
    entity = msgspec.structs.replace(label, target=Target(name="person: a", tags=("B-person",), start=0, end=1))
    found = msgspec.structs.replace(item.explanation, attributions=(entity,))
    assert legend([replace(item, explanation=found)]) == [LEGEND, QUOTED]


def test_a_text_that_reads_as_a_marked_word_is_told_from_one():
    """Its brackets have a backslash, so that no text marks words of its own; other brackets stay as they are."""
    text = "a [fake +5] film"
    (line,) = shaded_lines(ShadedText("text", (ShadedPiece(text, None, 0.0),)), None, indent=0)
    assert "".join(mark.text for mark in line) == "a \\[fake +5] film"
    pieces = (ShadedPiece("a [", None, 0.0), ShadedPiece("fake", 1.0, 1.0), ShadedPiece(" +5]", None, 0.0))
    (line,) = shaded_lines(ShadedText("text", pieces), None, indent=0)
    assert "".join(mark.text for mark in line) == "a \\[[fake +5] +5]"
    (line,) = shaded_lines(ShadedText("text", (ShadedPiece("[CLS] a [+5]", None, 0.0),)), None, indent=0)
    assert "".join(mark.text for mark in line) == "[CLS] a [+5]"
