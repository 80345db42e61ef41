"""The section `Differences` of the HTML report."""

import msgspec

from benchwright import registry
from benchwright.comparison.compare import compare
from benchwright.comparison.report_section import differences_of
from benchwright.comparison.text import to_text, verdict_text
from benchwright.formatting import change
from benchwright.render.grid import build_grid
from benchwright.types import ReportOptions
from benchwright_reports.csv import report as csv_report
from benchwright_reports.html import report


def section(bench, *names):
    """The section over stored runs."""
    runs = [bench.store.read_run(name) for name in names]
    return differences_of(runs, build_grid(runs), bench.store.read_records_with_inputs)


def test_the_section_says_what_compare_says(bench, make):
    """Same numbers, same verdict words, Holm over the task scores of the page."""
    bench.write(make.drawn(150, {"a": 0.5, "b": 0.6, "<c>": 0.9}), scored=True)
    found = section(bench, "r")
    result = compare("r", store=bench.store, metric="score", resamples=500)
    assert found.first == "a"
    assert [line.system for line in found.lines] == ["<c>", "b"]  # the larger one first
    for line, one in zip(found.lines, reversed(result.differences), strict=True):
        assert line.change == change(one.delta)
        assert line.between == f"[{change(one.low)}, {change(one.high)}]"
        assert line.verdict.startswith(one.verdict)
        assert line.flips == f"{one.fixed} fixed, {one.broken} broken"
    page = report.render([bench.store.read_run("r")], bench.store.read_records_with_inputs)
    assert 'id="differences"' in page
    assert "<c>" not in page


def test_one_model_has_no_section(bench, make):
    """Nothing to compare."""
    bench.write(make.drawn(50, {"a": 0.5}), scored=True)
    assert section(bench, "r") is None


def test_other_items_are_told(bench, make):
    """Two runs over other gold answers, or limits: not compared, with the reason."""
    systems = make.drawn(60, {"a": 0.6, "b": 0.7})
    other = [msgspec.structs.replace(one, target="maybe") for one in systems["b"]]
    bench.write({"a": systems["a"]})
    bench.write({"b": other}, run="q")
    bench.write({"c": systems["b"]}, run="p", limit=60)
    found = section(bench, "r", "q", "p")
    assert not found.lines
    assert any("other items" in text for text in found.refused)
    assert any("--limit" in text for text in found.refused)


def test_the_page_and_compare_have_one_family(bench, make):
    """A pair whose p is below 0.05 alone has one verdict on the page, in `compare` and in `--metric accuracy`."""
    card = make.card("t", "accuracy", "macro_f1", "mcc", "micro_f1", "balanced_accuracy")
    pair = {"a": make.answers("-" * 60 + "+" * 140), "b": make.answers("-" * 44 + "+" * 146 + "-" * 10)}
    golds = [one.target for one in pair["a"]]
    other = make.records(golds, [gold if at % 5 else "maybe" for at, gold in enumerate(golds)])
    bench.write(pair, card, scored=True)
    bench.write({**pair, "c": other}, card, run="three", scored=True)
    for run, family in (("r", 1), ("three", 3)):
        page = section(bench, run)
        lines = {line.system: line.verdict for line in page.lines}
        for metric in (None, "accuracy"):
            result = compare(run, store=bench.store, metric=metric, resamples=500)
            assert result.family == page.family == family
            assert {
                one.second: verdict_text(one) for one in result.differences if one.metric_name == "accuracy"
            } == lines


def test_differences_are_against_the_reference_whatever_its_place(bench, make):
    """The third model as the reference: signs turn, it is in no row, and the family is the same."""
    bench.write(make.drawn(200, {"a": 0.5, "b": 0.6, "c": 0.9}), scored=True)
    run = bench.store.read_run("r")
    read = bench.store.read_records_with_inputs
    first, third = (differences_of([run], build_grid([run]), read, reference=at) for at in (0, 2))

    assert third.first == "c"
    assert [line.system for line in third.lines] == ["a", "b"]
    assert all(line.sign == "▼ " for line in third.lines)
    deltas = {one.second: one.delta for one in first.differences}
    assert third.differences[0].delta == -deltas["c"]
    assert first.family == third.family == 3


def test_more_than_twelve_models_are_compared_with_the_reference_alone(bench, make):
    """Thirteen models: twelve tests on a task and no other pair, and p is Holm's over these twelve."""
    bench.write(make.drawn(120, {f"m{at:02}": 0.5 + at / 40 for at in range(13)}), scored=True)
    found = section(bench, "r")
    smallest = min(one.p for one in found.differences)

    assert not found.of_pairs
    assert found.family == 12
    assert found.pairs == {}
    assert min(one.p_adjusted for one in found.differences) == min(1.0, smallest * 12)
    page = report.render([bench.store.read_run("r")], bench.store.read_records_with_inputs)
    assert "each of the 12 other models against" in page


def test_rows_that_are_left_out_are_counted(bench, make):
    """The largest differences stand, and the number of the others."""
    bench.write(make.drawn(60, {f"m{at:02}": 0.5 for at in range(45)}), scored=True)
    found = section(bench, "r")

    assert len(found.lines) == 40
    assert found.hidden == 4
    sizes = [abs(one.delta) for one in found.differences]
    assert sizes == sorted(sizes, reverse=True)


def test_what_counts_as_right_is_said_where_the_score_is_no_share_of_it(bench, make):
    """Accuracy is the share of right answers; of MCC the counts are about the label, and the row, the page and the Markdown say so."""
    systems = make.drawn(150, {"a": 0.5, "b": 0.9})
    bench.write(systems, make.card("t", "accuracy"), scored=True)
    bench.write(systems, make.card("t", "mcc"), run="q", scored=True)
    assert section(bench, "r").lines[0].right == ""
    assert section(bench, "q").lines[0].right == "the label"
    told = {name: to_text(compare(name, store=bench.store, metric="score", resamples=300)) for name in "rq"}
    assert "(right: the label)" in told["q"]
    assert "right:" not in told["r"]
    lines = {
        name: csv_report.render([bench.store.read_run(name)], bench.store.read_records_with_inputs) for name in "rq"
    }
    assert "broken, right: the label" in lines["q"]
    assert "right:" not in lines["r"]
    run, read = bench.store.read_run("q"), bench.store.read_records_with_inputs
    assert "right: the label" in report.render([run], read)
    assert "<sub>right: the label</sub>" in registry.get("reports", "markdown").render([run], read, ReportOptions())


def test_a_score_over_the_items_that_both_answered_says_so(bench, make):
    """The model did not answer 30 of 150 items, which the reference did: its 120 are all it has; of the reference's own the row says it."""
    systems = make.drawn(150, {"a": 0.5, "b": 0.9})
    silent = [
        msgspec.structs.replace(one, output=None, error="lost") if at < 30 else one
        for at, one in enumerate(systems["a"])
    ]
    bench.write({"a": silent, "b": systems["b"]}, scored=True)
    (line,) = section(bench, "r").lines
    assert line.items == "on the 120 examples that both have"
