"""What every report must do, whatever it looks like."""

from __future__ import annotations

import math
import random
import re

import msgspec
import pytest

from benchwright import registry
from benchwright.alarm import alarm
from benchwright.testing.report import narrowed
from benchwright.types import (
    AggregateScore,
    CellResult,
    Kind,
    ModelRef,
    Record,
    Report,
    ReportOptions,
    Run,
    RunSpec,
    Score,
)

NAMES = tuple(name for name in registry.names("reports") if registry.entries("reports")[name].owner == "benchwright")
EVIL = '<script>alert("x")</script></script><img src=x onerror=alert(1)> | `a` =1+1 \x00\u202e "quoted" \'q\' \ud800 {{ 7*7 }}'


class Narrowed:
    """A report about one model, given the first one of whatever it is asked for."""

    def __init__(self, inner):
        self.inner, self.name, self.suffix = inner, inner.name, inner.suffix

    def render(self, runs, records, options=ReportOptions()):  # noqa: B008
        if not runs:
            pytest.skip("a report about one model has nothing to say of none")
        return self.inner.render(narrowed(runs), records, options)


@pytest.fixture(params=NAMES)
def report(request):
    """Each report, by its name."""
    found = registry.get("reports", request.param)
    return Narrowed(found) if getattr(found, "one_model", False) else found


def bare_run(**changes):
    """A run with nothing in it."""
    fields = {
        "schema": 1,
        "name": "bare",
        "spec": RunSpec(models=(), suites=()),
        "cells": (),
        "aggregates": (),
        "environment": {},
        "created": "",
        "complete": False,
    }
    return Run(**(fields | changes))


def nothing(key):
    """Records of a store that has none."""
    return ()


def printed_nan(text):
    """Whether a NaN or an infinity stands in the text as a word of its own."""
    return re.search(r"(?<![\w-])(nan|inf|infinity)(?![\w-])", text, re.IGNORECASE) is not None


def test_is_a_report(report):
    """It has a name, a suffix and a render function, and is found under its own name."""
    assert isinstance(report, Report)
    assert report.name in NAMES
    assert report.suffix.startswith(".")


@pytest.fixture
def typical_text(report, typical, remembered):
    """The typical report in this format, rendered once for the tests that hold others against it."""
    run, records = typical
    if report.name not in remembered:
        remembered[report.name] = report.render([run], records)
    return remembered[report.name]


@pytest.fixture(scope="module")
def remembered():
    """Format -> its typical report."""
    return {}


def test_same_input_same_bytes(report, typical_text, sample):
    """Two renderings of equal values are equal, also when the values were made twice."""
    run, records = sample.build()

    assert report.render([run], records) == typical_text


def test_survives_json(report, typical_text, typical):
    """A run that went through its file gives the same report."""
    run, records = typical
    stored = msgspec.json.decode(msgspec.json.encode(run), type=Run)

    assert report.render([stored], records) == typical_text


def test_no_run_at_all(report):
    """No run gives a report that says so, no error."""
    assert report.render([], nothing)


def test_run_without_cells(report):
    """A run that measured nothing is reported as such."""
    text = report.render([bare_run()], nothing)

    assert text.endswith("\n")
    assert not printed_nan(text)


def test_only_failed_cells(report):
    """When everything failed, every reason is told."""
    cells = tuple(
        CellResult(model="m", suite="glue", task=status, split="validation", status=status, reason=f"because {status}")
        for status in ("failed", "missing", "refused")
    )
    text = report.render([bare_run(cells=cells)], nothing)

    assert all(f"because {cell.status}" in text for cell in cells)


def test_one_result(report):
    """One number without interval, card, ledger or key is enough; without a card nobody knows that it is a fraction."""
    cell = CellResult(
        model="m", suite="s", task="t", split="test", status="scored", score=Score(metric="score", value=0.5, n=2)
    )
    text = report.render([bare_run(cells=(cell,))], nothing)

    assert "0.5" in text
    assert "50.0" not in text


def test_nothing_where_nothing_is_allowed(report, sample):
    """None, NaN and empty texts everywhere they are allowed never reach the reader as numbers."""
    scores = [
        Score(metric="accuracy@1", value=value, low=low, high=high, se=high)
        for value, low, high in (
            (None, None, None),
            (math.nan, math.nan, math.inf),
            (0.5, None, 0.6),
            (0.5, math.nan, 0.7),
        )
    ]
    cells = [
        CellResult(
            model=f"m{at}",
            suite="glue",
            task="sst2",
            split="",
            status="scored",
            score=score,
            scores=(score,),
            key=f"k{at}",
        )
        for at, score in enumerate(scores)
    ]
    cells.append(CellResult(model="m9", suite="glue", task="sst2", split="", status="scored"))
    cells.append(CellResult(model="m8", suite="glue", task="sst2", split="", status="failed", key="gone"))
    aggregates = (
        AggregateScore(model="m0", suite="glue", name="r", value=None),
        AggregateScore(model="m1", suite="glue", name="r", value=math.nan, missing=("a", "b"), reason="no data"),
        AggregateScore(model="elsewhere", suite="other", name="r", value=0.5),
    )
    rows = (
        Record(id="", target=None),
        Record(id="b", target=None, output=None, scores=(math.nan, 1.0), extra={"inputs": None}),
        Record(id="c", target="positive", output=None, scores=()),
        Record(
            id="d", target="negative", output="positive", scores=(math.nan, math.inf), extra={"inputs": {"x": math.nan}}
        ),
    )
    run = bare_run(
        cells=tuple(cells),
        aggregates=aggregates,
        environment={"a": None, "b": {"c": math.nan}, "packages": None, "python": None},
        tasks={"glue/sst2": sample.card("sst2", citation="", description="")},
        spec=RunSpec(models=(ModelRef(name="m0", adapter="x"), ModelRef(name="never", adapter="y")), suites=()),
    )
    text = report.render([run], lambda key: rows)

    assert not printed_nan(text)
    assert "None" not in text


@pytest.mark.parametrize("kind", list(Kind))
def test_records_of_every_kind(report, sample, kind):
    """Odd targets and answers of any kind of task do not break a report."""
    odd = [
        None,
        "a",
        1,
        2.5,
        math.nan,
        True,
        ["O", "B-PER"],
        [],
        {"text": ["x"], "answer_start": [1]},
        {"a": None},
        [["x"], 1],
    ]
    rows = [
        Record(id=f"{a}/{b}", target=target, output=output, scores=(0.1, 0.9))
        for a, target in enumerate(odd)
        for b, output in enumerate(odd)
    ]
    cell = CellResult(
        model="m",
        suite="s",
        task="t",
        split="test",
        status="scored",
        key="k",
        score=Score(metric="score", value=0.5, n=len(rows)),
    )
    run = bare_run(cells=(cell,), tasks={"s/t": sample.card("t", kind=kind)})

    assert not printed_nan(report.render([run], lambda key: rows))


def test_hostile_text_everywhere(report, sample, read):
    """Text of others stays text, wherever a run or a record may hold it."""
    score = Score(
        metric=EVIL, value=0.5, low=0.4, high=0.6, n=4, slice=EVIL, method=EVIL, alarms=(alarm("evil", EVIL),)
    )
    whole = msgspec.structs.replace(score, slice=None)
    cell = CellResult(
        model=EVIL,
        suite=EVIL,
        task=EVIL,
        split=EVIL,
        status="scored",
        reason=EVIL,
        key="k",
        score=whole,
        scores=(whole, score),
        alarms=(alarm("evil", EVIL),),
    )
    failed = msgspec.structs.replace(cell, status="failed", task="u", score=None, scores=())
    rows = [
        Record(id=EVIL, target="negative", output=EVIL, extra={"inputs": {EVIL: EVIL}}),
        Record(id="e", target="negative", error=EVIL),
    ]
    run = bare_run(
        name=EVIL,
        cells=(cell, failed),
        aggregates=(
            AggregateScore(model=EVIL, suite=EVIL, name=EVIL, value=None, title=EVIL, missing=(EVIL,), reason=EVIL),
        ),
        environment={EVIL: EVIL, "python": EVIL, "platform": EVIL},
        created=EVIL,
        spec=RunSpec(
            models=(ModelRef(name=EVIL, adapter=EVIL, path=EVIL, revision=EVIL, options={EVIL: EVIL}),),
            suites=(EVIL,),
            split=EVIL,
        ),
        tasks={f"{EVIL}/{EVIL}": sample.card(EVIL, description=EVIL, citation=EVIL, notes=(EVIL,), licence=EVIL)},
    )
    text = report.render([run], lambda key: rows)

    assert text.encode()
    assert "\x00" not in text
    if report.name == "markdown":
        text = re.sub(
            r"^(`{3,}).*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL
        )  # commands, where a fence keeps all as it is
    if report.name != "csv":
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "</script></script>" not in text
    if report.name == "html":
        assert len(read(text).all("script")) == 3  # two of ours, and data
        assert "49" not in read(text).all("h1")[0].text


def big(sample, systems, tasks):
    """A run of many models with long names on many tasks."""
    names = [f"organisation-with-a-long-name__model-{at:02d}-" + "very-" * 12 + "long" for at in range(systems)]
    cells = []
    records = {}
    for task in range(tasks):
        for at, name in enumerate(names):
            rows = sample.answers(
                f"task{task}", ("negative", "positive"), 12, 0.5 + at / 50, random.Random(task * 100 + at)
            )
            records[f"{name}-task{task}"] = rows
            cells.append(sample.scored(name, f"task{task}", rows))
    run = bare_run(
        cells=tuple(cells),
        complete=True,
        tasks={f"glue/task{task}": sample.card(f"task{task}") for task in range(tasks)},
    )
    return run, sample.records_of(records)


def test_twenty_models_on_twenty_tasks(report, sample, read):
    """A large comparison stays below two megabytes, and below GitHub's limit in Markdown."""
    text = report.render(*[[value] if isinstance(value, Run) else value for value in big(sample, 20, 20)])

    if report.name in {"html", "markdown"}:
        assert len(text.encode()) < 2_000_000
    if report.name == "markdown":
        assert len(text) < 65_000
    if report.name == "html":
        assert all(table.parent.tag == "div" for table in read(text).all("table", class_="summary"))
