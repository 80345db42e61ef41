"""Calibration in a report: whose confidence is judged, on what, and why others have no number."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from benchwright.render.grid import build_grid
from benchwright.report_content.calibration import (
    FEWEST,
    MOST_ROWS,
    NO_PROBABILITIES,
    NO_SCORES,
    TOO_FEW,
    find_calibration,
)
from benchwright.report_content.figures import calibration_chart
from benchwright.testing.fixtures import build_task
from benchwright.types import CellResult, Ledger, ModelRef, Record, Run, RunSpec, Score

LABELS = ("negative", "positive")


def answers(n, *, slope=1.0, seed=0, logits=False, scores=True, clusters=0):
    """Records of a two-label task: confidence between 0.5 and 1, right as often as ``slope`` makes of it."""
    draw = np.random.default_rng(seed)
    found = []
    for at in range(n):
        sure = 0.5 + 0.49 * draw.random()
        gold = int(draw.random() < 0.5)
        own = gold if draw.random() < 0.5 + (sure - 0.5) * slope else 1 - gold
        shares = (sure, 1 - sure) if own == 0 else (1 - sure, sure)
        given = tuple(float(np.log(one)) for one in shares) if logits else shares
        found.append(
            Record(
                id=f"t/{at}",
                target=LABELS[gold],
                output=LABELS[own],
                scores=given if scores else None,
                cluster=f"c{at % clusters}" if clusters else None,
            )
        )
    return found


@pytest.fixture
def section():
    """The section over one task: model -> its records."""

    def find(by_model, **changes):
        card = build_task("t", labels=LABELS, licence="unspecified", citation="none", description="Made.", **changes)
        cells = tuple(
            CellResult(
                suite="own",
                task="t",
                split="test",
                model=model,
                status="scored",
                key=model,
                score=Score(metric="score", value=0.5, n=len(records)),
                ledger=Ledger(total=len(records), scored=len(records), errored=0, skipped=0),
            )
            for model, records in by_model.items()
        )
        run = Run(
            schema=1,
            name="made",
            spec=RunSpec(models=tuple(ModelRef(name=model, adapter="x") for model in by_model), suites=("own",)),
            tasks={"own/t": card},
            cells=cells,
            aggregates=(),
            environment={},
            created="",
            complete=True,
            suites={"own": 1},
        )
        return find_calibration(build_grid([run]), by_model.__getitem__)

    return find


def test_a_model_that_is_too_sure_is_said_to_be(section):
    """Its confidence lies above its accuracy by more than chance; a calibrated one beside it shows nothing."""
    found = section({"sure": answers(800, slope=0.2), "fair": answers(800, slope=1.0)})
    verdicts = {row.label: row.verdict for row in found.rows}

    assert verdicts == {"sure": "too sure", "fair": "no more than chance"}
    sure = found.rows[0]
    assert sure.excess.low > 0
    assert sure.excess.value == pytest.approx(sure.confidence - sure.accuracy)
    assert sure.n == 800
    assert found.drawn[0].label == "sure"


def test_models_without_probabilities_are_listed_with_the_reason(section):
    """Logits, no scores at all, and too few items: no number is made of any of them."""
    found = section(
        {
            "fair": answers(300),
            "logits": answers(300, logits=True),
            "silent": answers(300, scores=False),
            "small": answers(FEWEST - 1),
        }
    )

    assert [row.label for row in found.rows] == ["fair"]
    assert dict(found.without) == {
        NO_PROBABILITIES: ("logits (own/t)",),
        NO_SCORES: ("silent (own/t)",),
        TOO_FEW: ("small (own/t)",),
    }


def test_without_any_probabilities_there_is_no_section(section):
    assert section({"silent": answers(300, scores=False)}) is None


def test_errored_items_and_items_without_gold_are_not_counted(section):
    records = answers(200)
    records += [
        Record(id="e", target="negative", error="out of memory"),
        Record(id="g", target=None, output="negative"),
    ]

    assert section({"fair": records}).rows[0].n == 200


def test_items_of_clusters_widen_the_interval_and_are_told(section):
    """A hundred items of ten passages are worth less than a hundred."""
    (alone,), (together,) = (section({"fair": answers(400, clusters=clusters)}).rows for clusters in (0, 4))

    assert (alone.clustered, together.clustered) == (False, True)
    assert together.excess.value == pytest.approx(alone.excess.value)
    assert together.excess.high != pytest.approx(alone.excess.high)


def test_the_figure_and_its_table_hold_the_same_numbers(section):
    """Hostile names are text, the same input gives the same bytes."""
    name = "<script>alert('$x$')</script>"
    found = section({name: answers(400, slope=0.5)})
    drawing = calibration_chart(found).sketch.draw()
    (panel,) = ET.fromstring(drawing).findall("svg")
    row = found.rows[0]

    assert drawing == calibration_chart(found).sketch.draw()
    assert "<script>" not in drawing
    assert panel.find("title").text.startswith(name)
    assert (
        f"{100 * row.error.bins[0].accuracy:.2f} at {100 * row.error.bins[0].confidence:.2f}" in panel.find("desc").text
    )
    assert len(row.error.bins) <= 15


def test_a_long_table_keeps_the_largest_errors(section):
    """The others are counted; nothing is cut by the alphabet."""
    found = section({f"m{at:02}": answers(120, seed=at, slope=(at % 7) / 6) for at in range(MOST_ROWS + 3)})
    kept = {row.label for row in found.shown}
    least = min(row.error.corrected for row in found.shown)

    assert (len(kept), found.hidden) == (MOST_ROWS, 3)
    assert all(row.error.corrected <= least for row in found.rows if row.label not in kept)
