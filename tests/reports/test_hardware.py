"""Reports of hardware profiles: the first table, the section, one table for each machine, and every format."""

from __future__ import annotations

import csv
import io
import json

import msgspec
import pytest

from benchwright import registry
from benchwright.hardware.report_section import hardware_sections
from benchwright.hardware.text import hardware_lines
from benchwright.render.grid import build_grid
from benchwright.render.hardware_columns import hardware_columns
from benchwright.run_json import result_json
from benchwright.types import CellResult, Ledger, MeasuredQuantity, ModelRef, Run, RunSpec

ACCURACY = {"minilm": 0.92, "bert-base": 0.93, "tfidf": 0.8}


@pytest.fixture(scope="module")
def build(sample):
    """A run by hand: models scored on ``glue/sst2`` (or not), and their profiles."""

    def run(profiles, scored=tuple(ACCURACY)):
        task = sample.card("sst2")
        tasks = {"glue/sst2": task} if scored else {}
        cells = []
        for model in scored:
            score = sample.proportion("accuracy@1", int(872 * ACCURACY[model]), 872)
            cells.append(
                CellResult(
                    model=model,
                    suite="glue",
                    task="sst2",
                    split="validation",
                    status="scored",
                    key=f"key-{model}",
                    score=msgspec.structs.replace(score, metric="score"),
                    scores=(score,),
                    ledger=Ledger(total=872, scored=872, errored=0, skipped=0),
                )
            )
        for model, profile in profiles:
            name = profile.task_path.partition("/")[2]
            tasks[profile.task_path] = msgspec.structs.replace(task, name=name, view_of=profile.base)
            cells.append(
                CellResult(model=model, suite="hardware", task=name, split="validation", status="measured", key=None)
            )
        names = list(dict.fromkeys([*scored, *(model for model, _ in profiles)]))
        models = tuple(ModelRef(name=name, adapter="tfidf", path="") for name in names)
        return Run(
            schema=1,
            name="speed",
            spec=RunSpec(models=models, suites=("glue/sst2",)),
            cells=tuple(cells),
            aggregates=(),
            environment={"python": "3.11"},
            created="2026-11-27T02:00:00+00:00",
            complete=True,
            tasks=tasks,
            suites={"glue": 1},
            profiles=tuple(profile for _, profile in profiles),
        )

    return run


def rendered(run, form="html"):
    return registry.get("reports", form).render([run], lambda _: ())


def first_table(page):
    """Heads and rows of the first table of a page, as texts."""
    table = page.all("table", id="candidates")[0]
    heads = [head.text for head in table.all("thead")[0].all("tr")[-1].all("th")]
    lines = [row for row in table.all("tr") if row.all("th", scope="row")]
    return heads, [[row.all("th")[0].children[0]] + [cell.text for cell in row.all("td")] for row in lines]


def test_the_first_table_has_latency_throughput_and_memory(build, by_hand, read):
    """Beside the score of each model; a model that was not measured says so."""
    profiles = [
        (name, make(name)) for name in ("minilm", "bert-base") for make in (by_hand.single_stream, by_hand.offline)
    ]
    heads, rows = first_table(read(rendered(build(profiles))))
    by_model = {row[0]: row[1:] for row in rows}

    assert [head.split("medi")[0][:10] for head in heads[3:]] == ["latency", "throughput", "memorypeak"]
    assert "p90 6.14\N{NO-BREAK SPACE}ms" in by_model["minilm"][2]
    assert "312/s" in by_model["minilm"][3]
    assert "512.3 MB" in by_model["minilm"][4]
    assert by_model["tfidf"][1:] == ["not measured"] * 4
    assert [row[0] for row in rows] == ["bert-base", "minilm", "tfidf"], "rows stay in the order of the score"


def test_profiles_alone_have_a_first_table_too(build, by_hand, read):
    """Without a scored task the table holds what was measured, by name and never by speed."""
    profiles = [(name, by_hand.single_stream(name)) for name in ("bert-base", "tfidf", "minilm")]
    heads, rows = first_table(read(rendered(build(profiles, scored=()))))

    assert len(heads) == 4
    assert [row[0] for row in rows] == ["bert-base", "minilm", "tfidf"], "the baseline is set apart"


def test_values_of_differing_machines_stand_in_differing_columns_and_tables(build, by_hand, read):
    """Two machines: a column for each, not measured where the model was on the other; a caution; two tables below."""
    there = by_hand.single_stream("bert-base", machine=by_hand.THERE)
    run = build([("minilm", by_hand.single_stream("minilm")), ("bert-base", there)])
    page = read(rendered(run))
    heads, rows = first_table(page)
    by_model = {row[0]: row[1:] for row in rows}

    groups = [head.text for head in page.all("table", id="candidates")[0].all("tr")[0].all("th", scope="colgroup")]
    assert (
        sum("machine a1b2c3d4" in group for group in groups) == sum("machine bench-2" in group for group in groups) == 1
    )
    assert [head.split("medi")[0][:10] for head in heads[2:]] == ["sizeof the", *["latency", "memorypeak"] * 2]
    assert by_model["minilm"][4:] == ["not measured"] * 2
    assert by_model["bert-base"][2:4] == ["not measured"] * 2
    assert "no number of one compares with a number of another" in page.text
    assert len(page.all("table", class_="hardware")) == 2


def test_the_section_shows_everything_that_was_measured(build, by_hand, read):
    """Stages, sweep with its saturation, processes, rates and ratios, each in words and numbers; links and ids hold."""
    page = read(rendered(build(by_hand.everything())))
    text = page.text

    assert "Stages of a query" in text
    assert "inputs a second by batch size and length" in text
    assert "saturated" in text
    assert "out of memory: 2.1 GB were asked for" in text
    assert "bound 130 ms" in text
    assert "the 99th percentile keeps 130 ms up to 120/s [110, 128]" in text
    assert "quiet enough: 2.1 % between two copies of one model" in text
    assert "Energy" not in text
    assert text.count("energy: RAPL cannot be read: permission denied") == 1
    assert "AMD EPYC 7B13" in text


def test_what_is_missing_is_said_where_raw_samples_are_gone(build, by_hand):
    """Without a store there is no distribution, and every other part stands."""
    run = build(by_hand.everything())
    (section,) = hardware_sections([run], build_grid([run]))

    subjects = [chart.sketch.subject for chart in section.charts]
    assert "latency" not in subjects
    assert {"stages", "server"} <= set(subjects)


def test_no_cell_is_saturated_and_no_legend_explains_the_mark(build, by_hand, read):
    """The sign is explained where it stands, and nowhere else."""
    everything = by_hand.everything()
    plain = [
        (
            model,
            msgspec.structs.replace(
                one, grid=tuple(msgspec.structs.replace(point, saturated=False) for point in one.grid)
            ),
        )
        for model, one in everything
    ]

    assert "▪ saturated: from here on" in read(rendered(build(everything))).text
    assert "▪ saturated: from here on" not in read(rendered(build(plain))).text


def test_alarms_of_profiles_are_alarms_of_the_page(build, by_hand, read):
    """A model that was never steady is among the alarms, and the link leads to the section."""
    page = read(rendered(build([("minilm", by_hand.never_steady("minilm"))])))

    assert "never steady within 8 s" in page.all("div", id="alarms")[0].text


def test_what_is_said_of_times_stands_beside_times_and_not_beside_memory(build, by_hand):
    """A peak of memory does not ask for a steady state."""
    profile = by_hand.never_steady("minilm")
    memory = MeasuredQuantity(quantity="host_memory_peak", value=3e8, n=1)
    kept = tuple(one for one in profile.quantities if one.quantity != memory.quantity)
    run = build([("minilm", msgspec.structs.replace(profile, quantities=(*kept, memory)))])
    columns = {
        head.title: next(cell for cell in cells if cell.state == "score")
        for head, cells in hardware_columns(build_grid([run]), "glue")
    }
    assert columns["latency"].alarms
    assert not columns["memory"].alarms


def test_markdown_has_the_columns_and_a_table_for_each_machine(build, by_hand):
    """The comment on a pull request tells latency, throughput and memory with the machine."""
    text = rendered(build(by_hand.everything()), "markdown")

    assert "latency<br><sub>p90 of one query</sub>" in text
    assert "6.14 ms" in text
    assert "### Hardware" in text
    assert "x 1.052" in text


def test_csv_has_a_line_for_each_quantity_with_its_unit(build, by_hand):
    """SI values, unrounded; a value that cannot be read is an empty field with its reason."""
    profiles = [("minilm", by_hand.single_stream("minilm")), ("minilm", by_hand.offline("minilm"))]
    lines = list(csv.DictReader(io.StringIO(rendered(build([*profiles, ("minilm", by_hand.sweep("minilm"))]), "csv"))))
    by_metric = {(line["task"], line["metric"], line["slice"]): line for line in lines}
    p90 = by_metric["single_stream@glue/sst2", "latency_p90", ""]
    p99 = by_metric["single_stream@glue/sst2", "latency_p99", ""]
    grid = by_metric["sweep@glue/sst2", "throughput", "batch=16 & length=64"]

    assert (p90["status"], p90["value"], p90["value_unit"], p90["n"]) == ("measured", "0.006144", "seconds", "64")
    assert p90["machine"] == "a1b2c3d4e5f60718"
    assert (p99["value"], p99["reason"]) == ("", by_hand.NO_P99)
    assert (grid["value"], grid["value_unit"]) == ("200.0", "inputs per second")


@pytest.mark.parametrize("form", ["html", "markdown", "csv"])
def test_names_of_models_and_reasons_stay_text(build, by_hand, form):
    """Markup, commands and hidden signs in what comes from data are escaped on every channel."""
    evil = "<script>alert(1)</script>\u202e"
    bad = by_hand.single_stream("minilm")
    quantity = by_hand.one("energy", None, reason=evil)
    machine = msgspec.structs.replace(by_hand.HERE, name=evil, facts={"processor": evil})
    bad = msgspec.structs.replace(bad, quantities=(*bad.quantities, quantity), machine=machine)
    text = rendered(build([("minilm", bad)]), form)

    assert "\u202e" not in text
    if form != "csv":
        assert "<script>alert" not in text


FEW = "4 rounds were measured, and a 95 % interval takes 6 or more"


def test_too_few_rounds_are_the_reason_on_every_channel(build, by_hand, read):
    """A second copy ran, but four rounds have no interval: said in the terminal, HTML, Markdown, CSV and JSON, and no noise is made up."""
    ratio = by_hand.interleaved("bert-base", low=None, high=None, blocks=4, noise=None, noisy=True, reason=FEW)
    run = build([("minilm", by_hand.interleaved("minilm")), ("bert-base", ratio)])
    shown = {form: rendered(run, form) for form in ("html", "markdown", "csv")}
    shown["html"] = " ".join(cell.text for cell in read(shown["html"]).all("td"))
    shown["text"] = " ".join(" ".join(hardware_lines([("bert-base", ratio)], width=100)).split())
    shown["json"] = json.dumps(result_json(run))

    for form, text in shown.items():
        assert FEW in text, form
        assert "no second copy" not in text
    assert "x 1.052" in shown["text"]
    assert "too noisy" not in shown["text"]
