"""A cost that was not measured is unknown: it is never a number, never passes a rule, never ranks a model."""

import json

import msgspec
import pytest

from benchwright.cli.main import call
from benchwright.comparison.compare import compare
from benchwright.comparison.cost import costs
from benchwright.comparison.systems import read_systems
from benchwright.gate_run import gate
from benchwright.run import evaluate
from benchwright.selection.select import select
from benchwright.store import Store
from benchwright.testing.fixtures import build_task
from benchwright.testing.write_run import write_run
from benchwright.types import Facts, Label, Record

CARD = build_task(labels=(Label(name="no", id=0), Label(name="yes", id=1)), positive="yes")
READ = Facts(digest="read", kinds=(), replayed=True)


def records(wrong, n=100):
    """Alternating gold, the first ``wrong`` answers of which are wrong."""
    names = ("no", "yes")
    return [Record(id=f"t/{at}", target=names[at % 2], output=names[(at + (at < wrong)) % 2]) for at in range(n)]


@pytest.fixture
def store(tmp_path):
    """A checkpoint, a second one twice as large and one answer worse, and answers from a file that nothing else is known of."""
    found = Store(tmp_path / "store")
    facts = {
        "big": Facts(digest="big", kinds=(), size_bytes=2000, parameters=20),
        "small": Facts(digest="small", kinds=(), size_bytes=1000, parameters=10),
        "file": READ,
    }
    answers = {"big": {"s/t": records(9)}, "small": {"s/t": records(10)}, "file": {"s/t": records(10)}}
    run = write_run(found, "mine", answers, {"s/t": CARD}, facts=facts)
    timed = [msgspec.structs.replace(cell, seconds=float(at + 1)) for at, cell in enumerate(run.cells)]
    found.write_run(msgspec.structs.replace(run, cells=tuple(timed)))
    return found


def test_a_file_of_predictions_has_no_cost(tmp_path, capsys):
    """Neither in the facts of its cell nor in the run, the JSON of `run`, `compare`, or a table of costs."""
    rows = [f'{{"text": "text {at}", "label": "{("no", "yes")[at % 2]}"}}' for at in range(40)]
    (tmp_path / "test.jsonl").write_text("\n".join(rows))
    told = [f'{{"index": {at}, "label": "{("no", "yes")[at % 2]}"}}' for at in range(40)]
    (tmp_path / "a.jsonl").write_text("\n".join(told))
    (tmp_path / "b.jsonl").write_text("\n".join([told[0].replace("no", "yes"), *told[1:]]))
    suite, store = f"classification/custom?path={tmp_path}/test.jsonl", tmp_path / "store"

    run = evaluate([f"a=predictions:{tmp_path}/a.jsonl", f"b=predictions:{tmp_path}/b.jsonl"], suite, store=store)
    found = compare(run, store=store, resamples=200)

    assert [cell.seconds for cell in run.cells] == [None, None]
    assert {msgspec.json.encode(system.cost) for system in found.systems} == {
        msgspec.json.encode(found.systems[0].cost)
    }
    assert not any(msgspec.to_builtins(found.systems[1].cost).values())
    assert "cost" not in str(found)
    assert call(["show", run.name, "--store", str(store), "--format", "json"]) == 0
    assert [one["seconds"] for one in json.loads(capsys.readouterr().out)["results"]] == [None, None]


def test_an_unknown_on_one_side_has_no_ratio(store):
    """A dash and null beside the values that are known."""
    big, small, file = costs(read_systems(store, ["mine"]), ["s/t"])
    assert (big.size_bytes, small.size_ratio, small.seconds_per_item, small.seconds_ratio) == (2000, 0.5, 0.02, 2.0)
    assert not any(msgspec.to_builtins(file).values())
    first = costs(read_systems(store, ["mine:file", "mine:big"]), ["s/t"])[1]
    assert (first.size_bytes, first.size_ratio, first.parameters_ratio, first.seconds_ratio) == (2000, None, None, None)
    text = str(compare("mine:big", "mine:file", store=store, resamples=200))
    assert "–: not measured" in text
    assert "x 0" not in text


def test_seconds_of_two_processors_have_no_ratio(store, monkeypatch):
    """Two Linux machines with as many processors are still two machines."""
    read = Store.read_cell

    def elsewhere(self, key):
        cell = read(self, key)
        facts = {"processor": "old" if cell.facts.digest == "small" else "new"}
        return msgspec.structs.replace(cell, environment={**cell.environment, "machine": facts})

    monkeypatch.setattr(Store, "read_cell", elsewhere)
    small = costs(read_systems(store, ["mine:big", "mine:small"]), ["s/t"])[1]
    assert (small.seconds_per_item, small.seconds_ratio) == (0.02, None)


def test_seconds_of_two_machines_have_no_ratio(store, monkeypatch):
    """A GPU's seconds over a CPU's are no property of the models."""
    read = Store.read_cell

    def elsewhere(self, key):
        cell = read(self, key)
        device = "cuda" if cell.facts.digest == "small" else "cpu"
        return msgspec.structs.replace(cell, key=msgspec.structs.replace(cell.key, device=device))

    monkeypatch.setattr(Store, "read_cell", elsewhere)
    small = costs(read_systems(store, ["mine:big", "mine:small"]), ["s/t"])[1]
    assert (small.seconds_per_item, small.seconds_ratio) == (0.02, None)


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "budget", "metric": "size_bytes", "max": "1 TB"},
        {"kind": "budget", "metric": "parameters", "max": 1e12},
        {"kind": "absolute", "metric": "size_bytes", "max": "1 TB"},
        {"kind": "absolute", "metric": "parameters", "min": 0},
        {"kind": "retained", "metric": "size_bytes", "max": 10},
    ],
)
@pytest.mark.parametrize(("candidate", "baseline"), [("file", "big"), ("file", "file"), ("big", "file")])
def test_a_gate_on_an_unknown_is_invalid(store, rule, candidate, baseline):
    """Exit code 3 and the words *not measured*, whichever side is unknown; a limit on the candidate needs no baseline."""
    quality = {"id": "q", "kind": "noninferiority", "margin": 0.2}
    result = gate(
        {"rule": [{"id": "r", **rule}, quality]}, f"mine:{candidate}", baseline=f"mine:{baseline}", store=store,
        resamples=500,
    )  # fmt: skip
    found = next(one for one in result.findings if one.rule == "r")
    if candidate == "big" and rule["kind"] in ("budget", "absolute"):
        assert (found.verdict, found.baseline) == ("PASS", None)
        return
    assert (found.verdict, result.verdict, result.exit_code) == ("INVALID", "INVALID", 3)
    assert found.message.startswith("not measured")


@pytest.mark.parametrize(
    "asked",
    [
        {"minimize": "size_bytes"},
        {"minimize": "parameters"},
        {"minimize": "seconds_per_example"},
        {"maximize": "score", "minimize": "size_bytes"},
        {"maximize": "score", "minimize": "size_bytes", "weights": "score=0.9,size_bytes=0.1"},
        {"require": "size_bytes <= best"},
        {"require": "size_bytes <= file"},
        {"require": "share(size_bytes, file) <= 10"},
        {"require": "seconds_per_example <= 1 us"},
        {"require": "size_bytes <= 1 B"},
    ],
)
def test_a_choice_that_hangs_on_an_unknown_is_invalid(store, asked):
    """Exit code 3, nobody named, nobody on the front: the unknown one might be the best, or the only one."""
    found = select("mine", store=store, resamples=200, **asked)
    assert (found.verdict, found.exit_code, found.winner) == ("invalid", 3, None)
    assert any("not measured" in flag for flag in found.flags)
    assert not any(one.front or one.feasible for one in found.candidates)
    assert found.candidate("file").values.get("size_bytes") is None


def test_who_has_no_size_keeps_no_rule_about_it(store):
    """Others that keep every rule are chosen, and the reason stands beside the one that is not ranked."""
    found = select("mine", store=store, require=["accuracy >= best - 0.05", "size_bytes <= 100MB"], resamples=200)
    assert (found.winner, found.exit_code) == ("big", 0)
    assert found.candidate("file").feasible is False
    assert "size_bytes was not measured: its answers were read from a file" in found.candidate("file").reasons[0]
    assert select("mine", store=store, require="score >= 0.905", minimize="size_bytes", resamples=200).winner == "big"


def test_ignoring_the_unmeasured_is_for_rules_only(store):
    """A rule that nobody's value answers may be left out, by name; an objective may not."""
    left_out = select(
        ["mine:file", "mine:big"], store=store, require="size_bytes <= file", ignore_unmeasured=True, resamples=200
    )
    assert (left_out.winner, left_out.exit_code) == ("big", 0)
    assert "not measured: size_bytes <= file" in left_out.flags
    assert select("mine", store=store, minimize="size_bytes", ignore_unmeasured=True, resamples=200).exit_code == 3
    asked = {"require": "size_bytes <= 500 B", "store": store, "resamples": 200}
    assert select("mine", **asked).exit_code == 3, "too large, or not measured"
    without = select("mine", **asked, ignore_unmeasured=True)
    assert (without.winner, "rules that are not measured were left out" in without.flags) == ("big", True)
