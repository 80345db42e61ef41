"""All metrics of a task as one table: nothing is told twice, and what is left out is named."""

from benchwright.alarm import alarm, note
from benchwright.render.metric_table import MetricRow, metrics_shown, tabulate


def row(system, name, value, **more):
    fields = {
        "metric": name,
        "value": f"{value:.2f}",
        "sort": value,
        "between": "[0.10, 0.90]",
        "n": "40",
        "counted": "40 examples",
        "errored": "0",
        "skipped": "0",
        "truncated": "0",
        "clusters": "40",
        "method": "wilson",
        "alarms": (),
    }
    return MetricRow(**{**fields, "system": system, "name": name, **more})


def test_what_holds_of_every_model_stands_in_the_head():
    table = tabulate([row("a", "f1", 0.5, clusters="9"), row("b", "f1", 0.6, clusters="9")], most=9)

    assert table.columns[0].about == ("40 examples", "9 clusters", "wilson")
    assert {cell.about for _, cells in table.lines for cell in cells} == {""}


def test_numbers_over_other_examples_say_so_themselves():
    table = tabulate([row("a", "f1", 0.5), row("b", "f1", 0.6, counted="38 examples", n="38")], most=9)

    assert "40 examples" not in table.columns[0].about
    assert {system: cells[0].about for system, cells in table.lines} == {"a": "40 examples", "b": "38 examples"}


def test_the_best_model_on_the_first_metric_comes_first():
    rows = [row("a", "mae", 0.5), row("b", "mae", 0.3), row("c", "mae", 0.9, sort=None), row("a", "rmse", 0.1)]

    assert [system for system, _ in tabulate(rows, most=9, lower=True).lines] == ["b", "a", "c"]
    assert [system for system, _ in tabulate(rows, most=9).lines] == ["a", "b", "c"]


def test_a_metric_that_one_model_lacks_is_an_empty_cell():
    table = tabulate([row("a", "f1", 0.5), row("a", "roc_auc", 0.7), row("b", "f1", 0.4)], most=9)

    assert dict(table.lines)["b"][1] is None


def test_a_remark_is_told_once_with_models_and_metrics_alarms_first():
    few, swapped = note("few-units", "few units"), alarm("permuted", "labels may be swapped")
    rows = [
        row("a", "f1", 0.5, alarms=(few,)),
        row("b", "f1", 0.6, alarms=(few, swapped)),
        row("a", "mcc", 0.5),
        row("b", "mcc", 0.5, alarms=(swapped,)),
    ]
    table = tabulate(rows, most=9)

    assert [(one.severity, one.systems, one.metrics) for one in table.remarks] == [
        ("alarm", ("b",), ()),
        ("note", ("a", "b"), ("f1",)),
    ]
    marks = {system: [cell.mark for cell in cells] for system, cells in table.lines}
    assert marks == {"a": ["note", ""], "b": ["alarm", "alarm"]}


def test_metrics_beyond_the_limit_are_named():
    table = tabulate([row("a", name, 0.5) for name in ("f1", "mcc", "recall")], most=2)

    assert [column.name for column in table.columns] == ["f1", "mcc"]
    assert table.hidden == ("recall",)


def test_small_pages_show_every_metric_and_large_ones_the_first():
    assert metrics_shown(12) >= 20
    assert metrics_shown(300) == 3
    assert metrics_shown(0) > 0


def test_without_numbers_there_is_no_table():
    assert tabulate([], most=3) is None
