"""The order in which runs are named changes the order of rows, and nothing else; same input, same bytes."""

import hashlib
import itertools
import os
import subprocess
import sys

import pytest

import benchwright
from benchwright import registry, reporting
from benchwright.render.grid import build_grid
from benchwright.report_content.run_order import named_order, put_in_order
from benchwright.store import Store
from benchwright.types import OfOneModel

MODELS = {"zebra": ("net", "late"), "ape": ("net", "same"), "lion": ("other", "net")}
SAME = {("lion", "other"): ("zebra", "late"), ("lion", "net"): ("zebra", "net")}
"""Models that are the same stored answers under two names."""
SCRIPT = """
import hashlib, sys
from benchwright import registry, reporting
from benchwright.store import Store
from benchwright.types import OfOneModel
store = Store(sys.argv[1])
for name in sys.argv[2].split(","):
    one = ["zebra:late"] if isinstance(registry.get("reports", name), OfOneModel) else []
    text = reporting.render([reporting.read_part(store, run) for run in sys.argv[3:]], store, name, models=one).text
    print(hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Three runs: two hold a model of the same name with other answers, one a model that another run holds as well."""
    folder = tmp_path_factory.mktemp("order")
    dice = [(at * 7919 % 101) / 101 for at in range(80)]
    (folder / "own.csv").write_text(
        "text,label,kind\n"
        + "".join(f"text {at},{'ab'[share > 0.5]},{'xyz'[at % 3]}\n" for at, share in enumerate(dice))
    )
    for name, shift in (("one", 3), ("two", 5), ("three", 11)):
        said = ["ab"[(share > 0.5) != (at % shift == 0)] for at, share in enumerate(dice)]
        (folder / f"{name}.csv").write_text(
            "index,label\n" + "".join(f"{at},{label}\n" for at, label in enumerate(said))
        )
    own = f"classification/custom?path={folder}/own.csv&slice=kind"
    options = {"store": folder / "store", "offline": True}
    models = {name: f"predictions:{folder}/{name}.csv" for name in ("one", "two", "three")}
    benchwright.evaluate([f"net={models['one']}", f"late={models['three']}"], own, name="zebra", **options)
    benchwright.evaluate([f"net={models['two']}", "same=constant:a"], own, name="ape", **options)
    benchwright.evaluate([f"other={models['three']}", f"net={models['one']}"], own, name="lion", **options)
    return Store(folder / "store")


def rendered(store, names, name):
    """A report over runs; of a format for one model the report of one of theirs."""
    models = ["zebra:late"] if isinstance(registry.get("reports", name), OfOneModel) else []
    return reporting.render([reporting.read_part(store, run) for run in names], store, name, models=models).text


@pytest.mark.parametrize("name", registry.names("reports"))
def test_permutations_of_runs_give_the_same_lines(store, name):
    """Every line of every format is there in each order of three runs, as often as in the others; only their order differs."""
    lines = {
        order: sorted(line.rstrip(",") for line in rendered(store, order, name).splitlines())
        for order in itertools.permutations(("zebra", "ape", "lion"))
    }
    first = next(iter(lines.values()))
    for order, others in lines.items():
        assert others == first, order


def test_permutations_of_parts_of_one_run_give_the_same_lines(store):
    """The same holds for models that are named one by one."""
    parts = ("zebra:net", "zebra:late", "ape:net")
    pages = [sorted(rendered(store, order, "html").splitlines()) for order in itertools.permutations(parts)]

    assert all(page == pages[0] for page in pages)


def test_rows_that_nothing_sorts_follow_the_command_line(store):
    """Rows stand as runs were named, positions and labels as the runs were made; a model of two runs has one row, at its first place."""
    systems = set()
    for order in itertools.permutations(("zebra", "ape", "lion")):
        runs = [store.read_run(name) for name in order]
        grid = build_grid(put_in_order(runs), named_order(runs))
        systems.add(tuple(row.label for row in grid.systems))
        named = [(run, model) for run in order for model in MODELS[run]]
        firsts = dict.fromkeys(SAME.get(name, name) for name in named)
        assert [(grid.systems[at].run, grid.systems[at].model) for at in grid.rows] == [
            first_of(grid, n) for n in firsts
        ]

    assert len(systems) == 1


def first_of(grid, name):
    """The run and model under which a model has its row."""
    called = ":".join(name)
    return next((row.run, row.model) for row in grid.systems if called in (f"{row.run}:{row.model}", *row.also))


def test_a_fresh_process_with_another_hash_seed_writes_the_same_bytes(store):
    """Sets and dictionaries are ordered otherwise there; no byte of any format depends on it."""
    names = ("ape", "zebra", "lion")
    here = [hashlib.sha256(rendered(store, names, name).encode()).hexdigest() for name in registry.names("reports")]
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    command = [sys.executable, "-c", SCRIPT, str(store.root), ",".join(registry.names("reports")), *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)

    assert done.stdout.split() == here
