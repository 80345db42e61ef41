"""Results as tables: rows for pandas, aligned text, escaped HTML."""

import pytest

from benchwright.gating.result import SCHEMA, GateResult
from benchwright.gating.verdict import Finding, Verdict
from benchwright.results import run_rows
from benchwright.tables import html_table, text_table
from benchwright.testing.fixtures import build_task
from benchwright.types import CellResult, Label, ModelRef, Run, RunSpec, Score


def a_run():
    """A run with a scored, a failed and an undefined cell."""
    found = Score(metric="score", value=0.5, low=0.4, high=0.6, n=10)
    cells = (
        CellResult(model="a<b", suite="s", task="t", split="v", status="scored", score=found, scores=(found,)),
        CellResult(model="c", suite="s", task="t", split="v", status="failed", reason="broke"),
        CellResult(model="c", suite="s", task="u", split="v", status="scored", score=Score(metric="score", value=None)),
    )
    spec = RunSpec(models=(ModelRef(name="a<b", adapter="x"), ModelRef(name="c", adapter="x")), suites=("s",))
    labels = (Label(name="no", id=0), Label(name="yes", id=1))
    about = {"inputs": {"text": ("text",)}, "target": ("label",), "licence": "l", "citation": "c"}
    card = build_task(labels=labels, **about)
    return Run(
        schema=1,
        name="r",
        spec=spec,
        cells=cells,
        aggregates=(),
        environment={},
        created="",
        complete=False,
        tasks={"s/t": card, "s/u": card},
    )


def test_a_run_has_one_row_per_score():
    """Task score and metrics of scored cells, one row for each other cell."""
    rows = run_rows(a_run())
    assert [(row["model"], row["metric"], row["status"]) for row in rows] == [
        ("a<b", "score", "scored"),
        ("a<b", "score", "scored"),
        ("c", None, "failed"),
        ("c", "score", "scored"),
    ]
    frame = a_run().to_pandas()
    assert len(frame) == 4
    assert frame["value"].notna().sum() == 2


def test_a_run_as_text_and_html():
    """Aligned, with what failed or is undefined in words; escaped in HTML."""
    text = str(a_run())
    assert text.splitlines()[0] == "run r: 2 models on 2 tasks, unfinished"
    assert "50.00 [40.00, 60.00]" in text
    assert "failed" in text
    assert "undefined" in text
    page = a_run()._repr_html_()
    assert "a&lt;b" in page
    assert "a<b" not in page


def test_a_gate_result_in_a_notebook():
    """One row per finding; text as on the command line."""
    finding = Finding(rule="<r>", kind="delta", verdict=Verdict.FAIL, message="lost")
    result = GateResult(
        schema=SCHEMA, verdict=Verdict.FAIL, exit_code=1, reason="one failed", rules="g", rules_digest="", run="r",
        model="m", baseline="b", findings=(finding,),
    )  # fmt: skip
    assert list(result.to_pandas()["verdict"]) == ["FAIL"]
    assert str(result).startswith("FAIL: one failed")
    assert "<r>" not in result._repr_html_()


def test_columns_without_text_are_left_out():
    """Aligned to the widest text, right where asked for."""
    assert text_table(("a", "b", "c"), [("x", "", "1"), ("yy", "", "22")], right=(2,)) == [
        "a    c",
        "x    1",
        "yy  22",
    ]


@pytest.mark.parametrize("text", ["<script>", "a & b", '"quoted"'])
def test_html_is_escaped(text):
    """In cells, heads and caption."""
    page = html_table((text,), [(text,)], caption=text)
    assert text not in page
