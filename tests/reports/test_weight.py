"""How heavy a page is: a small form of ``benchmarks/report.py``, of sizes alone; times are measured there."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from benchwright import reporting
from benchwright.store import Store
from benchwright.types import ReportOptions

SOURCE = Path(__file__).resolve().parents[2] / "benchmarks" / "report_store.py"
MODELS, TASKS = (2, 4), (6, 12)
LIMIT = 2_900_000
"""Bytes of a page of 10 models by 30 tasks without examples."""


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("report_store_benchmark", SOURCE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(bench, tmp_path_factory):
    """(models, tasks) -> page, of parts of one run."""
    shape = bench.Shape(models=MODELS[1], tasks=TASKS[1], items=40)
    store = Store(bench.fill(shape, tmp_path_factory.mktemp("weight")))
    run = store.read_run(bench.RUN)
    names = [ref.name for ref in run.spec.models]
    paths = list(run.tasks)
    options = ReportOptions(max_examples=0)
    return {
        (models, tasks): reporting.render(
            [run], store, "html", models=names[:models], tasks=paths[:tasks], options=options
        ).text
        for models in MODELS
        for tasks in TASKS
    }


def test_a_page_of_ten_models_by_thirty_tasks_stays_within_its_bytes(pages):
    """What a page weighs by itself, by model, by task, and by both; lists that are cut at some length weigh less than this says."""
    about = np.array([[1, models, tasks, models * tasks] for models, tasks in pages], dtype=float)
    weights = np.linalg.solve(about, [len(page.encode()) for page in pages.values()])
    assert weights @ [1, 10, 30, 300] < LIMIT, dict(
        zip(("page", "model", "task", "both"), weights.round(), strict=True)
    )
