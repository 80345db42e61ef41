"""Whatever prints a number of a task with caveats prints kind, reason and reference of each with it, on every channel, as harmless text."""

import html
import re
from typing import get_args

import pytest

from benchwright import registry
from benchwright.alarm import CAVEATS
from benchwright.caveats import caveat_alarms, caveat_text
from benchwright.cli import task_list
from benchwright.cli.main import call
from benchwright.comparison.compare import compare
from benchwright.console import remarks, show_run
from benchwright.gate_run import gate
from benchwright.gating.outputs.annotations import write_annotations
from benchwright.gating.outputs.html import write_html
from benchwright.gating.outputs.json import write_json
from benchwright.gating.outputs.junit import write_junit
from benchwright.gating.outputs.markdown import write_markdown
from benchwright.gating.outputs.openmetrics import write_openmetrics
from benchwright.selection.select import select
from benchwright.store import Store
from benchwright.testing.write_run import write_run
from benchwright.types import UNRANKED, Caveat, ClassificationTask, Label, Record, Source, Suite
from benchwright.types.tasks import CaveatKind
from benchwright.verify import Verified, caveat_lines, page
from benchwright_reports.csv import CsvReport
from benchwright_reports.html import HtmlReport
from benchwright_reports.markdown import MarkdownReport

EVIL = "<script>alert(1)</script> \x1b[31m ::error::"
KINDS = ("contested", "scorer-dependent", "recast", "non-commercial", "caveat")
CHANNELS = (
    "run", "remarks", "print", "notebook", "show --task", "show --json", "frame", "HTML", "Markdown", "CSV", "compare",
    "compare --json", "compare notebook", "compare frame", "gate", "gate Markdown", "gate HTML", "gate JSON", "gate JUnit",
    "gate annotations", "gate OpenMetrics", "gate frame", "select", "select frame",
)  # fmt: skip


def made(kind):
    """A caveat of a kind, with words that are nowhere else."""
    return Caveat(kind=kind, reason=f"reason of {kind} words", reference=f"Paper of {kind}, https://papers.test/{kind}")


def card(*caveats):
    return ClassificationTask(
        name="t", splits={"test": Source()}, default_split="test", inputs={"text": ("text",)}, target=("label",),
        labels=(Label(name="no", id=0), Label(name="yes", id=1)), positive="yes", metrics=("accuracy", "f1"),
        caveats=caveats, citation="Paper, https://papers.test/", licence="MIT", description="A task.",
    )  # fmt: skip


def records(wrong):
    names = ("no", "yes")
    return [
        Record(id=f"t/{at}", target=names[at % 2], output=names[(at + (at % wrong == 0)) % 2], scores=(0.5, 0.5))
        for at in range(60)
    ]


def shown(folder, capsys, *caveats):
    """Channel -> what it prints of two models on a task with these caveats."""
    store = Store(folder / "store")
    run = write_run(
        store, "r", {"a": {"s/t": records(4)}, "b": {"s/t": records(3)}}, {"s/t": card(*caveats)}, scored=True
    )
    rules = {"rule": [{"id": "r", "kind": "absolute", "task": "s/t", "metric": "accuracy", "min": 0.1}]}
    judged = gate(rules, "r:a", baseline="r:b", store=store, resamples=100)
    found = {"remarks": "\n".join(remarks(run)), "print": str(run), "notebook": run._repr_html_()}
    show_run(run)
    found["run"] = capsys.readouterr().out
    for name, more in (("show --task", ["--task", "s/t"]), ("show --json", ["--format", "json"])):
        assert call(["show", "r", "--store", str(store.root), *more]) == 0
        found[name] = capsys.readouterr().out
    compared = compare("r:b", "r:a", store=store, resamples=100)
    chosen = select("r", store=store, resamples=100, maximize="s/t:accuracy")
    return found | {
        "frame": run.to_pandas().to_csv(),
        "HTML": HtmlReport().render([run], store.read_records),
        "Markdown": MarkdownReport().render([run], store.read_records),
        "CSV": CsvReport().render([run], store.read_records),
        "compare": str(compared),
        "compare --json": str(compared.to_json()),
        "compare notebook": compared._repr_html_(),
        "compare frame": compared.to_pandas().to_csv(),
        "gate": str(judged),
        "gate Markdown": write_markdown(judged),
        "gate HTML": write_html(judged),
        "gate JSON": write_json(judged),
        "gate JUnit": write_junit(judged),
        "gate annotations": write_annotations(judged),
        "gate OpenMetrics": write_openmetrics(judged),
        "gate frame": judged.to_pandas().to_csv(),
        "select": str(chosen),
        "select frame": chosen.to_pandas().to_csv(),
    }


def plain(text):
    """A text as a reader sees it: without tags, escapes and line breaks of a table."""
    text = html.unescape(text if text.startswith("<?xml") else re.sub(r"<[^>]*>", "", text))
    text = text.replace("\\", "").replace("\u200b", "").replace("%3A", ":").replace("%2C", ",")
    return re.sub(r"\s+", " ", text)


def test_kinds_are_codes_of_alarms():
    """An alarm's code is the kind of its caveat, and what is out of rank is among them."""
    assert set(get_args(CaveatKind)) == CAVEATS == set(KINDS)
    assert UNRANKED < CAVEATS


def test_what_is_disputed_is_an_alarm_and_what_a_number_rests_on_a_note():
    """`contested` is a warning line, the others stand as notes."""
    told = caveat_alarms(card(*map(made, KINDS)))

    assert {one.code: one.severity for one in told} == dict.fromkeys(KINDS, "note") | {"contested": "alarm"}
    assert (
        told[0].sentence == "contested: reason of contested words (Paper of contested, https://papers.test/contested)"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_channel_prints_kind_reason_and_reference(kind, tmp_path, capsys):
    """The number of a task never stands without its caveats."""
    found = shown(tmp_path, capsys, made(kind))
    parts = (kind, f"reason of {kind} words", f"https://papers.test/{kind}")

    assert set(found) == set(CHANNELS)
    silent = {name: [part for part in parts if part not in plain(text)] for name, text in found.items()}
    assert {name: lacking for name, lacking in silent.items() if lacking} == {}


def test_a_task_without_caveats_prints_none(tmp_path, capsys):
    """No word of them on any channel (keys of JSON are there)."""
    found = shown(tmp_path, capsys)

    assert {name for name, text in found.items() if "contested" in text or "papers.test/con" in text} == set()


def test_caveats_of_a_hostile_card_are_harmless_text(tmp_path, capsys):
    """A card of a plugin is data: no markup, no control character, no command for a CI runner comes through."""
    found = shown(tmp_path, capsys, Caveat(kind="contested", reason=f"{EVIL}\n::warning::x", reference=EVIL))

    values = {
        "remarks",
        "frame",
        "compare frame",
        "gate frame",
        "select frame",
        "compare --json",
    }  # printed by `console` alone
    assert {name for name, text in found.items() if "\x1b" in text and name not in values} == set()
    pages = ("notebook", "HTML", "compare notebook", "gate HTML", "gate JUnit")
    assert {name for name in pages if "<script>alert" in found[name]} == set()
    assert [line for line in found["gate annotations"].splitlines() if line.startswith("::warning::")] == []


def test_the_card_says_it_before_anything_is_run(monkeypatch, capsys):
    """`list tasks SUITE/TASK` as text and as JSON."""
    suite = Suite(name="s", version=1, tasks=(card(*map(made, KINDS)),))
    monkeypatch.setattr(registry, "get", lambda *_: suite)
    monkeypatch.setattr(registry, "names", lambda *_: ("s",))
    found = task_list.card(suite, suite.tasks[0], None)

    said = list(task_list.page(found))
    texts = [caveat_text(made(kind)).removeprefix("caveat: ") for kind in KINDS]
    assert [f"caveat    {text}" in said for text in texts] == [True] * 5
    assert [one["kind"] for one in found["caveats"]] == list(KINDS)


def test_recomputed_numbers_have_them_too():
    """`verify`, in the terminal and on its page: once for all numbers of a task, and only where a number was made."""
    text = caveat_text(made("contested"))
    rows = [
        Verified(what=name, source="p", published="1.0", recomputed=value, equal=value == "1.0", caveats=(text,))
        for name, value in (("first", "1.0"), ("second", "1.0"), ("absent", None))
    ]

    assert caveat_lines(rows) == [f"{text} [2 numbers]"]
    assert f"- {text} [2 numbers]" in page(rows)
    assert "Before a number" not in page([rows[2]])
