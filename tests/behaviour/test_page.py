"""docs/behaviour.md: its suite is read and gives the numbers that it shows; its table names every expectation and parameter."""

from __future__ import annotations

import re
from pathlib import Path

import benchwright
from benchwright.types.expectations import EXPECTATIONS

PAGE = (Path(__file__).parents[2] / "docs" / "behaviour.md").read_text(encoding="utf-8")


def test_the_suite_of_the_page_gives_the_numbers_of_the_page(tmp_path: Path) -> None:
    (suite,) = re.findall(r"```jsonl\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "mine.jsonl").write_text(suite, encoding="utf-8")
    selector = f"behaviour/mine?path={tmp_path / 'mine.jsonl'}&trained_on=starter/sentiment"
    run = benchwright.evaluate(["constant:positive", "tfidf"], suite=selector, store=tmp_path / "store")
    shown = [
        f"{100 * score.value:.2f} [{100 * score.low:.2f}, {100 * score.high:.2f}]"
        for cell in run.cells
        if (score := cell.score)
    ]
    assert all(text in PAGE for text in shown), shown


def test_the_table_names_every_expectation_with_its_parameters() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| .*? \| ([^|]*) \|$", PAGE, re.MULTILINE))
    for name, one in EXPECTATIONS.items():
        assert set(re.findall(r"`(\w+)`", rows[name])) >= set(one.__struct_encode_fields__), name
