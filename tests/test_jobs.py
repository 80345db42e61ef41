"""A planned cell is a value: another process computes it from the job and the store alone."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from benchwright.errors import StoreError
from benchwright.jobs import execute, make_job, run_job
from benchwright.plan import make_plan
from benchwright.store import Store
from benchwright.store.folder import key_id
from benchwright.types import CellJob, CellKey, LabelMap, ModelRef, RunSpec

ELSEWHERE = """
import os, pickle, sys
from benchwright.jobs import run_job
with open(sys.argv[1], "rb") as file:
    jobs = pickle.load(file)
print([run_job(job).reason for job in jobs])
"""


def spec_of(folder, *models, **settings):
    """Rows with a train split in a folder, and a run that names them by a relative path."""
    for name, rows in (("test", 40), ("train", 60)):
        lines = [
            json.dumps({"text": f"{'good' if at % 2 else 'bad'} number {at}", "label": "yes" if at % 2 else "no"})
            for at in range(rows)
        ]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    found = tuple(ModelRef(name=name, adapter=name) for name in models)
    return RunSpec(models=found, suites=("classification/custom?path=test.jsonl&train=train.jsonl",), **settings)


def jobs_of(spec, store, **how):
    plan = make_plan(spec, store, token="0" * 32)
    return plan, [make_job(cell, plan, store, token="0" * 32, **how) for cell in plan.runnable]


def records(store):
    return {cell: (store.cell_folder(cell) / "records.parquet").read_bytes() for cell in store.cell_keys()}


def test_another_process_computes_the_same_bytes(tmp_path, monkeypatch):
    """A baseline and a model that trains: what a fresh process makes of pickled jobs is what this one computes."""
    monkeypatch.chdir(tmp_path)
    spec = spec_of(tmp_path, "majority", "tfidf")
    plan = make_plan(spec, Store(tmp_path / "here"))
    assert [outcome.reason for outcome in execute(plan, Store(tmp_path / "here"), shard=16)] == ["", ""]

    _, jobs = jobs_of(spec, Store(tmp_path / "there"), shard=16)
    (tmp_path / "jobs").write_bytes(pickle.dumps(jobs))
    (tmp_path / "other").mkdir()
    code = [sys.executable, "-c", ELSEWHERE, str(tmp_path / "jobs")]
    done = subprocess.run(code, capture_output=True, text=True, cwd=tmp_path / "other", check=False)

    assert done.stdout.strip() == "['', '']", done.stderr
    assert records(Store(tmp_path / "there")) == records(Store(tmp_path / "here"))
    assert len(records(Store(tmp_path / "here"))) == 2


def test_a_job_is_small_and_survives_its_way(tmp_path, monkeypatch):
    """It holds names and settings, no rows; pickled and as JSON it comes back as it was."""
    import msgspec

    monkeypatch.chdir(tmp_path)
    _, (job,) = jobs_of(spec_of(tmp_path, "majority"), Store(tmp_path / "store"))
    assert pickle.loads(pickle.dumps(job)) == job
    assert msgspec.json.decode(msgspec.json.encode(job), type=CellJob) == job
    assert len(pickle.dumps(job)) < 2000


def test_a_job_whose_data_changed_is_refused(tmp_path, monkeypatch):
    """What is planned elsewhere from changed rows is another cell, and nothing is computed under the old name."""
    monkeypatch.chdir(tmp_path)
    store = Store(tmp_path / "store")
    _, (job,) = jobs_of(spec_of(tmp_path, "majority"), store)
    with Path("test.jsonl").open("a") as file:
        file.write('\n{"text": "one more", "label": "yes"}')
    with pytest.raises(StoreError, match="no longer the cell"):
        run_job(job)
    assert not store.is_complete(job.key)


def test_a_job_that_is_done_already_is_not_done_again(tmp_path, monkeypatch):
    """Whoever comes second finds the records and computes nothing."""
    monkeypatch.chdir(tmp_path)
    _, (job,) = jobs_of(spec_of(tmp_path, "majority"), Store(tmp_path / "store"))
    assert (run_job(job).fresh, run_job(job).fresh) == (40, 0)


def test_a_machine_is_in_the_key_only_where_it_decides(tmp_path):
    """Keys of predictions are what they were before there was a machine in them; a profile's key is one of its machine."""
    key = CellKey(
        schema=1, engine=2, model="m", adapter="a", adapter_version=1, options={}, versions={}, task="s/t",
        kind="classify", inputs=("text",), split="test", limit=None, seed=0, data="d",
        labels=LabelMap(to_task=(), origin="task"), precision="exact", device="cpu",
    )  # fmt: skip
    import msgspec

    assert b"machine" not in msgspec.json.encode(key)
    assert key_id(key) != key_id(msgspec.structs.replace(key, machine="xeon-8"))
