"""Whatever stands in data, names, messages and notes is text in every format: no element, no attribute, no formula, nothing unseen."""

from __future__ import annotations

import csv
import io
import json
import sys

import msgspec
import pytest
from lxml import html as parser

from benchwright import registry
from benchwright.cli.main import call
from benchwright.store import Store
from benchwright.testing.checks import Broken
from benchwright.testing.hostile import HOSTILE, mangled
from benchwright.testing.report import _check_hostile
from benchwright.testing.shown import elements, problems
from benchwright.types import RESULTS, ReportOptions

FORMATS = registry.names("reports")
ALERT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def hostile(request):
    """The module ``hostile`` beside this file."""
    return sys.modules["reports_hostile"] if "reports_hostile" in sys.modules else _load()


def _load():
    import importlib.util
    from pathlib import Path

    spec = importlib.util.spec_from_file_location("reports_hostile", Path(__file__).with_name("hostile.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def shown(hostile, sample):
    """Format -> what it makes of hostile runs, and of their harmless twins."""
    run, records = sample.build(models=dict(list(sample.MODELS.items())[:2]))
    return {name: hostile.twins([run], records, registry.get("reports", name)) for name in FORMATS}


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_texts_make_no_element_and_no_attribute(shown, name):
    dangerous, calm = shown[name]
    suffix = registry.get("reports", name).suffix

    assert elements(dangerous, suffix) == elements(calm, suffix)
    assert problems(dangerous, suffix) == []


def test_the_page_is_well_formed_to_a_strict_and_to_a_lenient_reader(shown, read):
    dangerous, calm = shown["html"]

    assert len(read(dangerous).all("script")) == len(read(calm).all("script"))
    seen = [
        {
            (one.tag, name)
            for one in parser.fromstring(text).iter()
            if isinstance(one.tag, str)
            for name in (*one.attrib, "")
        }
        for text in (dangerous, calm)
    ]
    assert seen[0] == seen[1]


def test_hostile_texts_are_there_to_be_read(shown):
    """Nothing passes by leaving everything out: the texts stand there, escaped as the format does it."""
    assert ALERT in parser.fromstring(shown["html"][0]).text_content()
    assert "&lt;script&gt;alert(1)" in shown["markdown"][0]
    assert any(ALERT in cell for row in csv.reader(io.StringIO(shown["csv"][0])) for cell in row)
    document = json.loads(shown["json"][0])
    assert ALERT in document["title"]
    assert all(piece.strip() in document["title"] for piece in HOSTILE)
    assert ALERT in shown["model-card"][0].partition("\n---\n")[0] or "&lt;script&gt;" in shown["model-card"][0]


def test_texts_of_a_hundred_kilobytes_are_clipped(shown):
    for name in FORMATS:
        assert max(map(len, shown[name][0].split("\n"))) < 90_000 or name in ("json", "html")
        assert len(shown[name][0]) < 1.5 * len(shown[name][1]) + 1_500_000


def test_a_report_that_escapes_nothing_is_found_out():
    """The check that every format passes fails for one that prints what it is given."""

    class Raw:
        name, suffix = "html", ".html"

        def render(self, runs, records, options=ReportOptions()):  # noqa: B008
            return "".join(f"<p>{cell.model} {cell.reason}</p>" for run in runs for cell in run.cells)

    with pytest.raises(Broken, match="became elements or attributes"):
        _check_hostile(Raw(), "text that holds HTML")


@pytest.mark.parametrize("form", ["markdown", "csv", "json", "html"])
def test_a_terminal_shows_hostile_texts_as_text(tmp_path, sample, capsys, form):
    """What is printed holds no control character and no command, whatever models, messages and labels are called."""
    run, records = sample.build(models=dict(list(sample.MODELS.items())[:2]))
    (run,), _ = mangled([run], records, HOSTILE[:-1])  # half a character cannot be stored
    run = msgspec.structs.replace(run, name="hostile", cells=run.cells[:4], tasks={}, schema=RESULTS)
    store = Store(tmp_path)
    store.write_run(run)

    assert call(["report", "hostile", "--store", str(tmp_path), "--as", form]) == 0
    shown = capsys.readouterr().out
    assert "alert(1)" in shown
    assert problems(shown, registry.get("reports", form).suffix) == []
