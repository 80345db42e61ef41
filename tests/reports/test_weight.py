"""How heavy a page is: a small form of ``benchmarks/report.py``, of sizes alone; times are measured there."""

import importlib.util
import sys
from pathlib import Path

import msgspec
import pytest

from benchwright import reporting
from benchwright.store import Store
from benchwright.types import ReportOptions

SOURCE = Path(__file__).resolve().parents[2] / "benchmarks" / "report_store.py"
MODELS, TASKS = 10, 30
LIMIT = 300_000
"""Bytes of a page of so many models and tasks without examples."""


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("report_store_benchmark", SOURCE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def widened(run, tasks):
    """The run with each task several times, under names of their own: as many results, without as many predictions."""
    paths = list(run.tasks)
    names = {f"{paths[at % len(paths)].partition('/')[0]}/t{at}": paths[at % len(paths)] for at in range(tasks)}
    cells = {(cell.model, cell.task_path): cell for cell in run.cells}
    return msgspec.structs.replace(
        run,
        tasks={
            name: msgspec.structs.replace(run.tasks[path], name=name.partition("/")[2]) for name, path in names.items()
        },
        cells=tuple(
            msgspec.structs.replace(cells[ref.name, path], task=name.partition("/")[2])
            for ref in run.spec.models
            for name, path in names.items()
        ),
    )


def test_a_page_of_ten_models_by_thirty_tasks_stays_within_its_bytes(bench, tmp_path):
    store = Store(bench.fill(bench.Shape(models=MODELS, tasks=6, items=24), tmp_path))
    run = widened(store.read_run(bench.RUN), TASKS)
    page = reporting.render([run], store, "html", options=ReportOptions(max_examples=0)).text
    assert page.count("m9") > TASKS
    assert len(page.encode()) < LIMIT
    several = widened(run, 3)
    with_examples = reporting.render([several], store, "html", options=ReportOptions(max_examples=20)).text
    assert "Confusion matrices" not in with_examples, "of more than 24 results a reader asks for one task"
