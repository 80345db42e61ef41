"""Figures: equal bytes, unique ids, the colours of the page, no text through matplotlib."""

from __future__ import annotations

import re
import warnings
from xml.etree import ElementTree as ET

import pytest

from benchwright.render.distribution import distribute, draw_histogram
from benchwright.render.forest import ForestRow, draw_forest
from benchwright.render.grid import RankTier
from benchwright.types import Record, RegressionTask, Score, Source


def lines(*labels):
    return [
        ForestRow(
            label=label,
            score=Score(metric="score", value=0.8 + at / 50, low=0.78 + at / 50, high=0.82 + at / 50),
            tier=tier,
        )
        for at, (label, tier) in enumerate(zip(labels, list(RankTier), strict=False))
    ]


def draw(rows, name="f"):
    return draw_forest(rows, name=name, title="scores", description="in the table")


def test_same_bytes():
    """The same lines give the same element."""
    assert draw(lines("a", "b")) == draw(lines("a", "b"))


def test_ids_are_the_figures_own():
    """Two figures of one page share no id, and every reference is found inside its figure."""
    one, two = draw(lines("a", "b"), "one"), draw(lines("a", "b"), "two")
    ids = [set(re.findall(r'\bid="([^"]*)"', text)) for text in (one, two)]

    assert not ids[0] & ids[1]
    assert set(re.findall(r'href="#([^"]*)"', one)) <= ids[0]


def test_no_colour_of_its_own():
    """Strokes and fills follow the page, so dark mode works."""
    colours = set(re.findall(r"(?:fill|stroke):([^;\"]+)", draw(lines(*"abcdef"))))

    assert colours <= {"none", "currentColor", "var(--accent)", "var(--muted)", "var(--rule)", "var(--paper)"}


def test_no_metadata_no_fonts_no_global_style():
    """No date, creator, font name or style sheet comes along, and text stays text."""
    text = draw(lines("a", "b"))

    for word in ("metadata", "<style", "font-family", "DejaVu", "matplotlib", "xmlns"):
        assert word not in text
    assert text.count("<text") >= 6


@pytest.mark.parametrize("label", ["$a_b$", "模型-😀", "<b>&amp;", "\x00\ud800", "@value0", "x" * 300])
def test_any_label(label):
    """Labels never reach matplotlib: no mathematics, no missing glyph, no broken XML; long ones keep both ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = draw(lines(label, "other"))
    shown = [element.text for element in ET.fromstring(text).iter("text")]

    assert text.encode()
    assert any(len(item or "") <= 20 and (item or "")[:1] == label[:1].replace("\x00", "\\") for item in shown)


def test_values_are_the_scores():
    """The texts beside the points are the scores and their intervals."""
    shown = [element.text for element in ET.fromstring(draw(lines("a", "b"))).iter("text")]

    assert {"80.00", "[78.00, 82.00]", "82.00", "[80.00, 84.00]"} <= set(shown)


def test_points_lie_on_the_scale():
    """A point's distance from the axis marks is its value."""
    root = ET.fromstring(draw([ForestRow(label="a", score=Score(metric="m", value=0.5, low=0.2, high=0.8))]))
    named = [(part.get("style", "") + (group.get("style") or ""), part) for group in root.iter() for part in group]
    marks = {
        float(text.text): float(text.get("x"))
        for style, text in named
        if text.tag == "text" and "middle" in style and text.text.replace(".", "").isdigit()
    }
    (low, at_low), (high, at_high) = min(marks.items()), max(marks.items())
    point = next(float(use.get("x")) for style, use in named if use.tag == "use" and "currentColor" in style)

    assert point == pytest.approx(at_low + (50 - low) / (high - low) * (at_high - at_low), abs=0.2)


def test_what_is_drawn_alike_says_so_once():
    """Lines of one style are one path, neighbours of one style a group: a page of figures stays light, and nothing is lost."""
    one, many = draw(lines("a")), draw(lines(*"abcdef"))

    assert many.count("stroke-width:1.6") <= 4
    assert len(many) - len(one) < 5 * 330
    assert ET.fromstring(many).findall(".//g")


def test_missing_results_have_a_line_without_point():
    """A failed model is named with its state; without any value there is no figure."""
    rows = [*lines("a"), ForestRow(label="b", score=None, note="failed")]

    assert ">failed<" in draw(rows)
    assert draw(rows[1:]) is None
    assert draw([ForestRow(label="c", score=Score(metric="m", value=None))]) is None


def test_one_value_without_interval():
    """A single point still has a scale."""
    assert draw([ForestRow(label="a", score=Score(metric="m", value=0.0))])


def test_histogram():
    """Bars and the gold line are drawn, with the same bytes each time."""
    task = RegressionTask(
        name="t",
        splits={"v": Source()},
        default_split="v",
        inputs={},
        target=("y",),
        metrics=("mae",),
    )
    spread = distribute(task, [Record(id=str(at), target=at / 10, output=at / 11) for at in range(50)])
    drawings = [draw_histogram(spread, name="h", title="t", description="d") for _ in range(2)]

    assert drawings[0] == drawings[1]
    assert "var(--accent)" in drawings[0]
