"""One number, one text: what is printed for a value is the same wherever it goes, for every metric that is registered."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from benchwright import registry
from benchwright.cli.main import call
from benchwright.comparison.compare import compare
from benchwright.console import show_run
from benchwright.errors import BenchwrightError
from benchwright.gate_run import gate
from benchwright.gating.outputs.html import write_html
from benchwright.gating.outputs.markdown import write_markdown
from benchwright.selection.select import select
from benchwright.store import Store
from benchwright.testing.metric_fixtures import make_columns, make_tasks
from benchwright.testing.write_run import write_run
from benchwright.types import Kind, Record
from benchwright_reports.csv import CsvReport
from benchwright_reports.html import HtmlReport
from benchwright_reports.markdown import MarkdownReport

_OWN = {"percentage": (0.0, 100.0), "centred": (-5.0, 5.0), "seconds_late": (0.0, float("inf"))}
"""Metrics of a plugin with units of their own, whose values may happen to lie between 0 and 1."""


@pytest.fixture(autouse=True)
def _plugins(monkeypatch):
    """The metrics of `_OWN`, made of the mean absolute error."""
    real, names, entries = registry.get, registry.names, registry.entries
    made = {
        name: replace(real("metrics", "mae"), name=name, title=name, low=low, high=high)
        for name, (low, high) in _OWN.items()
    }
    monkeypatch.setattr(
        registry, "get", lambda group, name: made[name] if group == "metrics" and name in made else real(group, name)
    )
    monkeypatch.setattr(registry, "names", lambda group: (*names(group), *(made if group == "metrics" else ())))
    monkeypatch.setattr(
        registry,
        "entries",
        lambda group: {**entries(group), **(dict.fromkeys(made) if group == "metrics" else {})},
    )


def expected(value, low, high):
    """Two decimals of hundredths where the range lies in [-1, 1], else five digits in the metric's own unit."""
    text = f"{100 * value:.2f}" if low >= -1 and high <= 1 else f"{value:.5g}"
    return "0.00" if text == "-0.00" else text


def answered(task, seed):
    """Records of a fair model; a tenth of its answers is another example's."""
    columns = make_columns(task)
    outputs = list(columns.outputs)
    dice = np.random.default_rng(seed)
    if task.kind is Kind.REGRESS:
        outputs = [float(np.clip(o + dice.normal(0, 0.2), 0, 5)) for o in outputs]
    return [
        Record(
            id=f"t/{at}",
            target=columns.targets[at],
            output=outputs[at],
            scores=None if columns.scores is None else tuple(columns.scores[at].tolist()),
            group=columns.group[at] if columns.group else None,
            slices={"test": "t", "capability": "c", "type": "MFT"}
            if task.behaviour
            else dict(columns.slices[at] if columns.slices else {}),
            cluster=columns.clusters[at] if columns.clusters and not task.behaviour else None,
            extra={"metadata": columns.metadata[at]} if columns.metadata else {},
        )
        for at in range(columns.n)
    ]


def plain(text):
    """The text with hyphens for minus signs, without tags and Markdown escapes."""
    return re.sub(r"<[^>]*>", " ", text).replace("\u2212", "-").replace("\\", "")


def numbers(text):
    """All numbers in a text."""
    return set(re.findall(r"-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?", plain(text)))


@pytest.mark.parametrize("name", [*registry.names("metrics"), *_OWN])
def test_a_value_reads_the_same_everywhere(name, tmp_path, capsys):
    """`run`, `show`, print, compare, select, gate, Markdown and HTML say one text; CSV the number behind it."""
    metric = registry.get("metrics", name)
    card = next((task for kind in metric.kinds for task in make_tasks(kind) if metric.is_for(task)), None)
    if card is None:
        pytest.skip("no fixture holds what this metric reads")
    card = replace_card(card, name)
    store = Store(tmp_path / "store")
    run = write_run(
        store, "r", {"a": {"s/t": answered(card, 1)}, "b": {"s/t": answered(card, 2)}}, {"s/t": card}, scored=True
    )
    value = run.cells[0].score.value
    assert value is not None
    text = expected(value, metric.low, metric.high)
    goal = {"maximize": name} if metric.direction == "higher" else {"minimize": name}
    limit = {"min": metric.low, "max": 1e9} if np.isinf(metric.high) else {"min": metric.low, "max": metric.high}
    rules = {
        "rule": [
            {"id": "value", "kind": "absolute", "metric": name, **limit},
            {"id": "difference", "kind": "delta", "metric": name, "margin": min(0.9, (metric.high - metric.low) / 2)},
        ]
    }
    judged = gate(rules, "r:a", baseline="r:b", store=store, resamples=200)
    show_run(run)
    shown = {"run": capsys.readouterr().out, "print": str(run)}
    assert call(["show", "r", "--store", str(store.root), "--task", "s/t"]) == 0
    shown["show --task"] = capsys.readouterr().out
    shown["compare"] = str(compare("r:b", "r:a", store=store, resamples=200))
    if metric.neutral is None:
        shown["select"] = str(select("r", store=store, resamples=200, **goal))
    else:  # neither end is better: there is nothing to maximise
        with pytest.raises(BenchwrightError, match="neither high nor low"):
            select("r", store=store, resamples=200, **goal)
    shown["gate"], shown["gate Markdown"], shown["gate HTML"] = str(judged), write_markdown(judged), write_html(judged)
    shown["Markdown"] = MarkdownReport().render([run], store.read_records)
    shown["HTML"] = HtmlReport().render([run], store.read_records)
    silent = [where for where, told in shown.items() if text not in numbers(told)]
    assert not silent, f"{text} is not in {silent}"
    hundred = f"{100 * value:.2f}"
    wrong = [where for where, told in shown.items() if hundred != text and hundred in numbers(told)]
    assert not wrong, f"{hundred} in {wrong}"
    lines = list(csv.DictReader(io.StringIO(CsvReport().render([run], store.read_records))))
    assert {float(line["value"]) for line in lines if line["model"] == "a" and line["metric"] == "score"} == {value}


def replace_card(card, name):
    """The card with that metric alone."""
    named = {} if card.kind is not Kind.CLASSIFY else {"positive": card.positive or card.labels[1].name}
    return msgspec.structs.replace(card, name="t", metrics=(name,), score=(), **named)
