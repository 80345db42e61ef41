"""`benchwright select` on stored runs: what it prints and how it ends."""

import json

import numpy as np
import pytest

from benchwright.cli.main import call
from benchwright.store import Store
from benchwright.testing.fixtures import build_task
from benchwright.testing.write_run import write_run
from benchwright.types import Facts, Record

LABELS = ("no", "yes")


def card(name, *metrics):
    """A task of two labels."""
    return build_task(name=name, labels=LABELS, positive="yes", metrics=metrics)


def records(right):
    """Records whose answer is right where told."""
    return [
        Record(id=f"t/{at}", target=LABELS[at % 2], output=LABELS[(at + (not ok)) % 2]) for at, ok in enumerate(right)
    ]


def fill(root, *, models, tasks, seed=0):
    """A run ``many`` of models of falling quality and size."""
    rng = np.random.default_rng(seed)
    cards = {f"s/t{at}": card(f"t{at}", "accuracy", "macro_f1") for at in range(len(tasks))}
    base = {path: rng.random(n) < 0.9 for path, n in zip(cards, tasks, strict=True)}
    answers = {}
    for number in range(models):
        flip = 0.02 + 0.08 * number
        answers[f"m{number}"] = {
            path: records(np.where(rng.random(right.size) < flip, rng.random(right.size) < 0.5, right))
            for path, right in base.items()
        }
    facts = {f"m{at}": Facts(digest=f"m{at}", kinds=(), size_bytes=10**7 * (models - at)) for at in range(models)}
    write_run(Store(root), "many", answers, cards, facts=facts)


@pytest.fixture
def store(tmp_path):
    """A store with three models on two tasks."""
    fill(tmp_path / "store", models=3, tasks=[300, 200])
    return str(tmp_path / "store")


def test_prints_the_choice(store, capsys):
    """The winner, how sure it is, the table with reasons, the number of models tried."""
    code = call(
        [
            "select",
            "many",
            "--store",
            store,
            "--require",
            "size_bytes <= 20 MB",
            "--maximize",
            "score",
            "--parent",
            "many:m0",
        ]
    )

    said = capsys.readouterr().out
    assert code == 0
    assert said.startswith("winner: m1 (score ")
    assert "size_bytes is 30 MB, not <= 20 MB" in said
    assert "3 tried in this store" in said
    assert "of m0's score at 67 % of the size" in said


def test_gives_json(store, capsys):
    """The same for programs; nothing else is on standard output."""
    code = call(
        ["select", "many", "--store", store, "--minimize", "size_bytes", "--maximize", "score", "--format", "json"]
    )

    found = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (found["verdict"], found["winner"], found["schema"]) == ("chosen", "m0", 2)
    assert {one["model"]: one["front"] for one in found["candidates"]} == {"m0": True, "m1": True, "m2": True}
    assert sum(one["p_best"] for one in found["candidates"]) == pytest.approx(1)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--require", "score >= 0.1"], 0),
        (["--require", "score >= 0.999"], 1),
        (["--require", "score => 0.5"], 2),
        (["--maximize", "scroe"], 2),
        (["--weights", "score"], 2),
        (["--require", "latency_p95 <= 50 ms"], 3),
        (["--require", "latency_p95 <= 50 ms", "--ignore-unmeasured"], 0),
        (["--minimize", "latency_p95"], 3),
        (["--maximize", "latency_p95"], 2),
        (["--require", "latency_p95_ms <= 50"], 2),
        (["--parent", "many"], 2),
        (["--parent", "nobody:m"], 2),
    ],
)
def test_exit_codes(store, arguments, code, capsys):
    """0 feasible, 1 none, 2 usage, 3 not measured; a mistake is a message without a traceback."""
    assert call(["select", "many", "--store", store, *arguments]) == code

    assert "Traceback" not in capsys.readouterr().err


def test_twelve_models_on_ten_tasks(tmp_path, capsys):
    """A choice among many models on tasks of thousands of items names every one of them."""
    fill(tmp_path / "store", models=12, tasks=[872, 408, 277, 1043, 1500, 2000, 3000, 3250, 2000, 1821])

    assert call(["select", "many", "--store", str(tmp_path / "store"), "--require", "score >= best - 0.02"]) == 0
    assert "chosen from 12 models" in capsys.readouterr().out
