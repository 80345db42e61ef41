"""The ledger: every example is somewhere, and what is shown adds up."""

import pytest

from benchwright.errors import StoreError
from benchwright.render.grid import build_grid
from benchwright.report_content import ledger
from benchwright.report_content.ledger import find_ledger
from benchwright.types import CellResult, Ledger, ModelRef, Record, Run, RunSpec, Score

SUM = ("known", "total", "scored", "errored", "skipped", "truncated", "tokens", "unknown", "computed", "reused")


def cell(model, task, counts, **more):
    fields = {"suite": "s", "split": "test", "status": "scored", "score": Score(metric="score", value=0.5, n=8)}
    kept = None if counts is None else Ledger(**{"total": 10, "scored": 10, "errored": 0, "skipped": 0, **counts})
    return CellResult(**{**fields, "model": model, "task": task, "ledger": kept, "key": f"{model}{task}", **more})


def run(*cells):
    models = tuple(ModelRef(name=name, adapter="x") for name in dict.fromkeys(one.model for one in cells))
    spec = RunSpec(models=models, suites=("s",))
    return Run(schema=1, name="r", spec=spec, cells=cells, aggregates=(), environment={}, created="", complete=True)


def none(key):
    return []


def found(*cells, records=none):
    return find_ledger(build_grid([run(*cells)]), records)


def test_a_task_on_which_nothing_was_lost_is_one_line_for_all_models():
    section = found(cell("a", "t", {}, seconds=1.0), cell("b", "t", {}, seconds=2.0, reused=True))

    assert not section.lost
    (line,) = section.whole
    assert (line.systems, line.total, line.scored, line.seconds) == (("a", "b"), 20, 20, 3.0)
    assert (line.computed, line.reused) == (1, 1)


def test_what_was_lost_comes_first_by_how_much_and_what_has_no_answers_before_that():
    section = found(
        cell("a", "t", {"scored": 9, "errored": 1}),
        cell("b", "t", {"truncated": 4}),
        cell("c", "t", {"scored": 6, "skipped": 4}),
        cell("d", "t", None, status="failed", score=None, reason="out of memory"),
        cell("e", "t", {}),
    )

    assert [line.systems for line in section.lost] == [("d",), ("c",), ("a",), ("b",)]
    assert section.lost[0].reason == "out of memory"
    assert section.lost[0].known == 0
    assert [line.systems for line in section.whole] == [("e",)]


def test_rows_that_are_shown_add_up_to_the_sum_even_where_some_are_folded(monkeypatch):
    monkeypatch.setattr(ledger, "MOST_ROWS", 2)
    cells = [cell("a", f"t{at}", {"scored": 9, "errored": 1}, seconds=1.0) for at in range(7)]
    cells += [cell("b", f"t{at}", {"tokens": 50, "unknown": at}) for at in range(6)]
    section = found(*cells)

    shown = [*section.lost, *section.whole]
    assert len(section.lost) == len(section.whole) == 3
    assert section.lost[2].task == "5 results in 5 more rows"
    for name in SUM:
        assert sum(getattr(line, name) for line in shown) == getattr(section.sum, name)
    assert (section.sum.total, section.sum.errored, section.sum.unknown, section.sum.seconds) == (130, 7, 15, 7.0)
    assert section.sum.total == section.sum.scored + section.sum.errored + section.sum.skipped


def test_results_that_lack_answers_for_one_reason_are_one_row():
    none = {"status": "missing", "score": None, "reason": "no file"}
    section = found(cell("a", "t", None, **none), cell("b", "t", None, **none), cell("b", "u", None, **none))

    assert [(line.task, line.systems, line.status, line.known) for line in section.lost] == [
        ("s/t", ("a", "b"), "missing", 0),
        ("s/u", ("b",), "missing", 0),
    ]
    assert len(section.lines) == 3


def test_seconds_of_what_was_not_timed_are_not_nought():
    assert found(cell("a", "t", {})).sum.seconds is None


def test_counts_that_do_not_add_up_are_said_so():
    (line,) = found(cell("a", "t", {"scored": 7})).lost
    assert line.reason == "these counts do not add up"


def test_causes_of_errors_are_counted_with_the_commonest_first():
    def records(key):
        texts = [None, "timeout", "bad\n input", "timeout"]
        return [Record(id=str(at), target="x", error=text) for at, text in enumerate(texts)]

    causes = found(cell("a", "t", {"scored": 7, "errored": 3}), cell("b", "t", {}), records=records).causes

    assert [(one.system, one.text, one.examples) for one in causes] == [("a", "timeout", 2), ("a", "bad input", 1)]


def test_records_that_cannot_be_read_are_told_as_the_cause():
    def records(key):
        raise StoreError("the file is gone", expected="a file", hint="run it again")

    (cause,) = found(cell("a", "t", {"scored": 9, "errored": 1}), records=records).causes
    assert "the file is gone" in cause.text


def test_without_answers_there_is_no_ledger():
    assert find_ledger(build_grid([run()]), none) is None


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_same_results_give_the_same_ledger_whatever_their_order(order):
    cells = [cell("a", "t", {"scored": 9, "errored": 1}), cell("a", "u", {"scored": 9, "errored": 1})]
    section = found(*(cells[at] for at in order))
    assert [line.task for line in section.lost] == ["s/t", "s/u"]
