"""Gaps between groups as they are printed: verdicts in words, few items, escaped names."""

import msgspec
import pytest

from benchwright.bias import gaps_of_cell
from benchwright.bias.on_demand import GroupGaps
from benchwright.formatting import about
from benchwright.render.gaps import gap_findings, gap_sections, gaps_by_slice
from benchwright.render.grid import build_grid
from benchwright.testing.write_run import HOSTILE, make_run
from benchwright.types import Caveat, CellResult, ClassificationTask, Gap, Label, Record, Source
from benchwright_reports.csv import report as table
from benchwright_reports.html import report as html
from benchwright_reports.markdown import report as markdown

TASK = ClassificationTask(
    name="toy",
    splits={"test": Source(package="nowhere:x.jsonl")},
    default_split="test",
    inputs={"text": ("text",)},
    target=("label",),
    labels=(Label(name="no", id=0), Label(name="yes", id=1)),
    positive="yes",
    metrics=("accuracy",),
    identities=("gender",),
)
CELL = CellResult(model="m", suite="toys", task="toy", split="test", status="scored", key="k")


def run_of(sizes):
    """Groups of ``name: (items, of which yes is said)``; gold is always yes."""
    records = [
        Record(id=f"toy/{name}{at}", target="yes", output="yes" if at < right else "no", slices={"gender": name})
        for name, (n, right) in sizes.items()
        for at in range(n)
    ]
    gaps = tuple(gaps_of_cell(CELL, TASK, records, ("gender",)))
    return msgspec.structs.replace(make_run((CELL,), tasks={"toys/toy": TASK}), gaps=gaps)


@pytest.fixture
def run():
    """190 of 200, 120 of 200, 30 of 40."""
    return run_of({"female": (200, 120), "male": (200, 190), "nonbinary": (40, 30)})


def test_a_row_says_the_gap_with_bounds_the_verdict_with_the_limit_and_which_groups(run):
    (table,) = gaps_by_slice([("m", gap) for gap in run.gaps], run.tasks)
    row = table.rows[0]
    assert (row.metric, row.gap.text, row.between, row.state) == ("accuracy", "35.00", "male over female", "exceeds")
    assert row.limit == "limit 5 points (the default)"
    assert row.ratio.text == "0.632"  # 0.60 / 0.95
    assert table.sizes == "female 200, male 200, nonbinary 40"
    assert [cell.few for cell in row.groups] == [False, False, True]
    assert row.values == "female 60.00, male 95.00, nonbinary 75.00 (few)"
    assert next(row.metric for row in table.rows if row.known_as == "equal opportunity") == "true positive rate (yes)"


def test_what_cannot_be_told_says_how_many_items_would_tell():
    (table,) = gaps_by_slice(
        [("m", gap) for gap in run_of({"female": (100, 80), "male": (100, 81)}).gaps], {"toys/toy": TASK}
    )
    row = table.rows[0]
    assert row.state == "cannot tell"
    assert row.reasons[0].startswith("about ")
    assert row.reasons[0].endswith("items in place of 200 would tell, at the values seen")
    rate = next(row for row in table.rows if row.score.metric == "false_positive_rate")
    assert rate.reasons == ("fewer than two groups have a value",)


def test_items_of_several_groups_are_counted_once():
    """150 items are in one group, and 50 of them in another too: 150 items, not 200."""
    task = msgspec.structs.replace(TASK, slice_separator=";")
    records = [
        Record(
            id=f"toy/{at}",
            target="yes",
            output="yes" if at % 10 else "no",
            slices={"gender": "a;b" if at < 50 else "b"},
        )
        for at in range(150)
    ]
    rows = list(gaps_of_cell(CELL, task, records, ("gender",), metrics=("accuracy", "false_positive_rate")))
    assert [row.n for row in rows] == [150, 0]
    assert rows[0].ratio.n == 150
    (table,) = gaps_by_slice([("m", rows[0])], {"toys/toy": task})
    assert "in place of 150 would tell" in table.rows[0].reasons[0]


def test_groups_of_one_cluster_each_have_values_and_no_gap():
    """The reason is no lack of values."""
    records = [
        Record(id=f"toy/{at}", target="yes", output="yes" if at % 5 else "no", cluster=name, slices={"gender": name})
        for at in range(60)
        for name in ("a", "b")
    ]
    rows = list(gaps_of_cell(CELL, TASK, records, ("gender",), metrics=("accuracy",)))
    (table,) = gaps_by_slice([("m", rows[0])], {"toys/toy": TASK})
    assert table.rows[0].reasons == ("fewer than two groups have more than one cluster",)


def test_what_no_number_of_items_tells_has_its_own_reason():
    """A gap that is the limit, one that a thousand times as many items would not tell, odds of one rate alone."""
    near, far = (
        Gap(value=0.05, low=0.0, high=0.2, limit=0.05, verdict="cannot tell"),
        Gap(value=0.0, low=0.0, high=1.0, limit=0.05, verdict="cannot tell"),
    )
    alone = Gap(value=0.0, limit=0.05, verdict="cannot tell", method="one of the two rates has no gap")
    (row,) = gaps_of_cell(
        CELL,
        TASK,
        [Record(id="0", target="yes", output="yes", slices={"gender": "a"})],
        ("gender",),
        metrics=("accuracy",),
    )
    rows = [
        msgspec.structs.replace(row, metric=metric, gap=gap)
        for metric, gap in (("accuracy", near), ("accuracy", far), ("equalized_odds", alone))
    ]
    (table,) = gaps_by_slice([("m", one) for one in rows], {"toys/toy": TASK})
    assert [one.reasons for one in table.rows] == [
        ("the gap that is seen is the limit",),
        ("more than 1,000 times as many items would be needed, at the values seen",),
        ("one of the two rates has no gap",),
    ]


def test_items_that_would_tell_are_never_rounded_to_those_that_are_there():
    """121 of 120 are not about 120."""
    assert (about(121, above=120), about(3_123, above=120), about(121)) == ("about 121", "about 3,100", "about 120")


def test_reports_show_the_section_with_charts_and_the_finding(run):
    grid = build_grid([run])
    (section,) = gap_sections(grid)
    assert len(section.charts) == 3  # false positive rates have no value, and the odds are those of another chart
    assert gap_findings(grid)[0].startswith(
        "Gaps between groups of gender in toys/toy, m, against the limit 5 points (the default): exceeds: accuracy"
    )
    page = html.render([run], lambda _key: [])
    assert '<h2 id="gaps">Gaps between groups</h2>' in page
    assert "✗ exceeds" in page
    text = markdown.render([run], lambda _key: [])
    assert "### Gaps between groups of gender in toys/toy, test split" in text
    assert "✗ **exceeds**" in text


def test_a_finding_about_a_disputed_task_says_so_in_the_same_sentence(run):
    """The first lines of a page are read alone."""
    disputed = msgspec.structs.replace(
        TASK, caveats=(Caveat(kind="scorer-dependent", reason="it counts words", reference="https://a.example"),)
    )
    (said,) = gap_findings(build_grid([msgspec.structs.replace(run, tasks={"toys/toy": disputed})]))
    assert said.startswith("Gaps between groups of gender in toys/toy (scorer-dependent), m, against the limit")


def test_a_page_without_groups_of_people_has_no_such_section(run):
    page = html.render([msgspec.structs.replace(run, gaps=())], lambda _key: [])
    assert "Gaps between groups" not in page


def test_names_of_groups_are_escaped_on_every_channel():
    run = run_of({HOSTILE: (100, 80), "b": (100, 81)})
    for report in (html, markdown):
        page = report.render([run], lambda _key: [])
        assert HOSTILE not in page
        assert "bold" in page


def test_a_data_frame_has_a_row_for_each_group(run):
    frame = GroupGaps(run.gaps).to_pandas()
    accuracy = frame[frame["metric"] == "accuracy"]
    assert list(accuracy["group"]) == ["female", "male", "nonbinary"]
    assert list(accuracy["value"]) == [0.6, 0.95, 0.75]
    assert set(accuracy["verdict"]) == {"exceeds"}


def test_the_table_for_spreadsheets_has_groups_gap_and_verdict(run):
    import csv as reader

    lines = list(reader.DictReader(table.render([run], lambda _key: []).splitlines()))
    by_group = [line for line in lines if line["metric"] == "accuracy by group"]
    assert [(line["slice"], line["value"], line["n"]) for line in by_group] == [
        ("gender=female", "0.6", "200"),
        ("gender=male", "0.95", "200"),
        ("gender=nonbinary", "0.75", "40"),
    ]
    (gap,) = [line for line in lines if line["metric"] == "gap(accuracy)"]
    assert float(gap["value"]) == pytest.approx(0.35)
    assert (gap["slice"], gap["reason"]) == ("gender", "exceeds (limit 0.05)")
    assert next(line["metric"] for line in lines if line["metric"].startswith("ratio(")) == "ratio(accuracy)"
