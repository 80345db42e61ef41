"""Baselines: pinned by name with the digests of their records, and refused when they are no longer what was accepted."""

import datetime as dt
import shutil
import tomllib

import pytest

from benchwright.alarm import causes
from benchwright.comparison.systems import read_system
from benchwright.errors import BenchwrightError, NotComparable, StoreError
from benchwright.gating.lock import BaselineEntry, accept, alarms, read_lock, to_toml
from benchwright.gating.verdict import Verdict
from benchwright.testing import write_run
from benchwright.types import ENGINE

NI = {"id": "r", "kind": "noninferiority", "margin": 0.1}


@pytest.fixture
def pinned(bench, make):
    """A store whose baseline is accepted as ``prod``, a candidate, and how to gate it."""
    bench.pair("+" * 200, "+" * 199 + "-")
    accept(read_system(bench.store, "base"), name="prod", reason="first", path=bench.root / "baselines.lock")

    def judge(*rules, **baseline):
        top = {"baseline": {"name": "prod", **baseline}}
        return bench.gate(*(rules or (NI,)), baseline=None, top=top)

    bench.judge_pinned = judge
    return bench


def test_what_is_accepted_is_written_and_read_back(pinned):
    """Run, model, cells with digests, reason and date; no user, no path."""
    path = pinned.root / "baselines.lock"
    pins = read_lock(path)
    assert pins["prod"].run == "base"
    assert pins["prod"].model == "m"
    assert pins["prod"].reason == "first"
    cell = pins["prod"].cells["s/t"]
    assert len(cell.key) == 40
    assert cell.records == pinned.store.read_ledger(cell.key).records
    assert str(pinned.root) not in path.read_text()
    before = path.read_bytes()
    accept(read_system(pinned.store, "base"), name="prod", reason="first", path=path, today=pins["prod"].accepted)
    assert path.read_bytes() == before, "the same pins give the same bytes"


def test_the_lock_is_toml_whatever_people_write():
    """Quotes, lines and control characters in a reason do not break it."""
    reason = 'so "good"\n[baseline.x]\\ \x7f é'
    pin = BaselineEntry(run="r", model="m", reason=reason, accepted=dt.date(2026, 1, 1))
    assert tomllib.loads(to_toml({"a.b": pin}))["baseline"]["a.b"]["reason"] == reason


def test_a_gate_takes_its_baseline_from_the_lock(pinned):
    """[baseline] name is looked up in the lock file."""
    result = pinned.judge_pinned()
    assert (result.verdict, result.baseline) == (Verdict.PASS, "base:m")


def test_an_unknown_name_is_invalid(pinned):
    """A missing baseline fails closed."""
    result = pinned.judge_pinned(name="prdo")
    assert (result.verdict, result.exit_code) == (Verdict.INVALID, 3)
    assert "no baseline 'prdo' is accepted" in result.findings[0].message


def test_records_that_changed_are_refused(pinned, make):
    """The same cell with other answers is non-deterministic."""
    pinned.write("base", {"s/t": make.answers("+" * 198 + "--")})
    result = pinned.judge_pinned()
    assert result.exit_code == 3
    assert "non-deterministic" in result.findings[0].message


@pytest.mark.parametrize(
    ("before", "now", "precision", "said"),
    [
        ({}, {}, "fast", "it was computed again with --precision fast (nobody knows how, now nobody knows how)"),
        ({"processor": "one"}, {"processor": "two"}, "exact", "it was computed again on another machine (two "),
        ({}, {"processor": "two"}, "exact", "before one that the lock does not name)"),
    ],
)
def test_records_that_may_change_are_not_called_non_deterministic(bench, make, before, now, precision, said):
    """A fast cell and one of another machine are refused, as they are not what was accepted, and the reason is told."""
    told = {"digest": "d", "keys": {"m": {"precision": precision}}}
    bench.write("base", {"s/t": make.answers("+" * 200)}, environment={"machine": before}, **told)
    bench.write("new", {"s/t": make.answers("+" * 200)})
    accept(read_system(bench.store, "base"), name="prod", reason="first", path=bench.root / "baselines.lock")
    bench.write("base", {"s/t": make.answers("+" * 199 + "-")}, environment={"machine": now}, **told)
    result = bench.gate(NI, baseline=None, top={"baseline": {"name": "prod"}})
    assert result.exit_code == 3
    assert said in result.findings[0].message
    assert "non-deterministic" not in result.findings[0].message


def test_a_baseline_that_was_run_again_under_another_engine_is_told_so(pinned, make, monkeypatch):
    """The run of the lock now names a cell of a later engine: refused, with what changed, and never as non-deterministic."""
    monkeypatch.setattr(write_run, "ENGINE", write_run.ENGINE + 1)
    pinned.write("base", {"s/t": make.answers("+" * 199 + "-")})
    message = pinned.judge_pinned().findings[0].message
    assert f"s/t is another cell (semantics of the engine {ENGINE} → {ENGINE + 1})" in message
    assert "non-deterministic" not in message


def test_damaged_and_missing_records_are_refused(pinned):
    """Bytes that changed, and a run that is gone."""
    key = read_lock(pinned.root / "baselines.lock")["prod"].cells["s/t"].key
    records = pinned.store.cell_folder(key) / "records.parquet"
    records.write_bytes(records.read_bytes()[:-7] + b"damaged")
    result = pinned.judge_pinned()
    assert result.exit_code == 3
    assert "damaged" in result.findings[0].message
    pinned.store.run_path("base").unlink()
    result = pinned.judge_pinned()
    assert result.exit_code == 3
    assert "does not hold" in result.findings[0].message


RECORD = {"baseline": {"name": "prod", "on_missing": "record"}}


@pytest.mark.parametrize("rules", [[NI], [NI, {"id": "a", "kind": "absolute", "min": 0.5}]])
def test_a_first_run_is_recorded_and_the_next_is_compared(bench, make, rules):
    """on_missing = record: exit code 0, a plain word that nothing was compared, a pin; then a loss fails."""
    bench.write("first", {"s/t": make.answers("+" * 200)})
    bench.write("worse", {"s/t": make.answers("-" * 60 + "+" * 140)})
    result = bench.gate(*rules, run="first", baseline=None, top=RECORD)
    assert (result.verdict, result.exit_code) == (Verdict.PASS, 0)
    assert "nothing was compared" in result.reason or "nothing is compared" in result.findings[0].message
    assert (
        "first:m is recorded as prod in baselines.lock: commit that file, or every run is a first run" in result.reason
    )
    pin = read_lock(bench.root / "baselines.lock")["prod"]
    assert (pin.run, "first run" in pin.reason) == ("first", True)
    again = bench.gate(*rules, run="worse", baseline=None, top=RECORD)
    assert (again.verdict, again.exit_code, again.baseline) == (Verdict.FAIL, 1, "first:m")
    assert read_lock(bench.root / "baselines.lock")["prod"] == pin
    assert bench.gate(*rules, run="first", baseline=None, top=RECORD).exit_code == 0


def test_a_lock_that_was_deleted_is_asked_for(bench, make):
    """A second model of the same data is no first run: the result says what may be gone, before the run is a baseline."""
    bench.write("first", {"s/t": make.answers("+" * 200)})
    assert not bench.gate(NI, run="first", baseline=None, top=RECORD).flags
    (bench.root / "baselines.lock").unlink()
    bench.write("worse", {"s/t": make.answers("-" * 60 + "+" * 140)})
    result = bench.gate(NI, run="worse", baseline=None, top=RECORD)
    assert "2 models here answered the same tasks: if baselines.lock was there and is gone" in " ".join(result.flags)
    assert "take it from the last good commit" in str(result)


def test_an_anchor_is_recorded_with_the_first_run(bench, make):
    """Both names wait for it, and both are pinned."""
    bench.write("first", {"s/t": make.answers("+" * 200)})
    top = {"baseline": {"name": "prod", "anchor": "old", "on_missing": "record"}}
    result = bench.gate(NI, {**NI, "id": "creep", "against": "anchor"}, run="first", baseline=None, top=top)
    assert result.exit_code == 0
    assert set(read_lock(bench.root / "baselines.lock")) == {"prod", "old"}


@pytest.mark.parametrize(
    ("pattern", "rules", "code", "told"),
    [
        ("+" * 20 + "-" * 180, [NI, {"id": "a", "kind": "absolute", "min": 0.5}], 1, "nothing is recorded as prod"),
        ("!" * 20 + "+" * 180, [NI], 1, "nothing is recorded as prod"),
        ("!" * 200, [NI], 1, "nothing is recorded as prod"),
        (None, [NI], 3, "nothing is recorded as prod"),
    ],
)
def test_a_first_run_that_does_not_pass_is_not_recorded(bench, make, pattern, rules, code, told):
    """A limit that is missed, items without an answer, nothing measured: never 0, and the next run is still the first."""
    bench.write("first", {"s/t": "no memory" if pattern is None else make.answers(pattern)}, {"s/t": make.card()})
    result = bench.gate(*rules, run="first", baseline=None, top=RECORD)
    assert (result.exit_code, told in result.reason) == (code, True)
    assert not (bench.root / "baselines.lock").exists()


def test_record_is_for_the_first_run_only(bench, make):
    """Without it, beside other names of the lock (a slip of the pen), and where nothing can be written, it is exit code 3."""
    bench.write("new", {"s/t": make.answers("+" * 200)})
    absolute = {"id": "a", "kind": "absolute", "min": 0.5}
    assert bench.gate(NI, absolute, baseline=None, top={"baseline": {"name": "prod"}}).exit_code == 3
    accept(read_system(bench.store, "new"), name="prod", reason="x", path=bench.root / "baselines.lock")
    slip = bench.gate(NI, absolute, baseline=None, top={"baseline": {"name": "prdo", "on_missing": "record"}})
    assert (slip.verdict, slip.exit_code) == (Verdict.INVALID, 3)
    assert "prdo" not in read_lock(bench.root / "baselines.lock")
    bench.write("limited", {"s/t": make.answers("+" * 200)}, limit=200)
    (bench.root / "baselines.lock").unlink()
    assert bench.gate(NI, run="limited", baseline=None, top=RECORD).exit_code == 3


def test_an_anchor_stops_creeping(pinned, make):
    """Each step is within the margin of the last; the anchor sees their sum."""
    accept(read_system(pinned.store, "base"), name="old", reason="slow", path=pinned.root / "baselines.lock")
    steps = {"prod": "-" * 20 + "+" * 1980, "new": "-" * 40 + "+" * 1960}
    pinned.write("base", {"s/t": make.answers("+" * 2000)}, digest="first")
    accept(read_system(pinned.store, "base"), name="old", reason="slow", path=pinned.root / "baselines.lock")
    for name, pattern in steps.items():
        pinned.write(name, {"s/t": make.answers(pattern)})
    accept(read_system(pinned.store, "prod"), name="prod", reason="step", path=pinned.root / "baselines.lock")
    near = {**NI, "margin": 0.02}
    anchor = {"id": "creep", "kind": "noninferiority", "margin": 0.015, "against": "anchor"}
    result = pinned.judge_pinned(near, anchor, anchor="old")
    assert [f.verdict for f in result.findings[:2]] == [Verdict.PASS, Verdict.INCONCLUSIVE]
    wider = pinned.judge_pinned(near, {**anchor, "margin": 0.01}, anchor="old")
    assert wider.findings[1].verdict is Verdict.FAIL
    assert wider.exit_code == 1


def test_what_cannot_be_a_baseline(bench, make):
    """Limited, failed and empty runs, a bad name, no reason."""
    bench.write("limited", {"s/t": make.answers("+" * 5)}, limit=5)
    bench.write("failed", {"s/t": "no memory"}, {"s/t": make.card()})
    bench.write("good", {"s/t": make.answers("+" * 5)})
    path = bench.root / "baselines.lock"
    for name in ("limited", "failed"):
        with pytest.raises(NotComparable):
            accept(read_system(bench.store, name), name="prod", reason="x", path=path)
    side = read_system(bench.store, "good")
    with pytest.raises(BenchwrightError, match="cannot name"):
        accept(side, name="a b", reason="x", path=path)
    with pytest.raises(BenchwrightError, match="no reason"):
        accept(side, name="prod", reason="  ", path=path)
    assert not path.exists()


@pytest.mark.parametrize(
    "text", ["schema = 2\n", "schema = 1\n[baseline]\nprod = 3\n", "[[[\n", "schema = 1\nbaseline = 1\n"]
)
def test_a_broken_lock_is_told(bench, make, text):
    """A message, never a pass."""
    bench.write("new", {"s/t": make.answers("+" * 20)})
    (bench.root / "baselines.lock").write_text(text)
    with pytest.raises(BenchwrightError, match=r"schema|cannot be read"):
        bench.gate(NI, baseline=None, top={"baseline": {"name": "prod"}})


def test_the_lock_pins_all_or_nothing(bench, make):
    """A cell taken out of the lock, one added to the run, another split or suite version: not what was accepted."""
    path = bench.root / "baselines.lock"
    both = {"s/t": make.answers("+" * 200), "s/u": make.answers("+" * 200, task="u")}
    bench.write("base", both)
    bench.write("new", both)
    accept(read_system(bench.store, "base"), name="prod", reason="first", path=path)
    whole = path.read_text()

    def judge(text):
        path.write_text(text)
        result = bench.gate(NI, baseline=None, top={"baseline": {"name": "prod"}})
        return result.exit_code, result.findings[0].message

    assert judge(whole)[0] == 0
    head, _, _ = whole.partition('[baseline."prod".cells."s/u"]')
    code, told = judge(head)
    assert code == 3
    assert "s/u is not in the lock" in told
    code, told = judge(whole.replace('split = "validation"', 'split = "test"', 1))
    assert code == 3
    assert "s/t was measured on validation, the lock says test" in told
    code, told = judge(whole.replace('"s" = 1', '"s" = 2'))
    assert code == 3
    assert "s@1 was run, the lock says s@2" in told


def test_what_is_wrong_with_a_run_is_no_baseline_by_accident(bench, make):
    """Errored items are refused unless that is wanted; alarms of its cells are given with the pin."""
    path = bench.root / "baselines.lock"
    bench.write("holes", {"s/t": make.answers("!!" + "+" * 98)})
    side = read_system(bench.store, "holes")
    with pytest.raises(NotComparable, match=r"s/t: 2 of 100 items without an answer"):
        accept(side, name="prod", reason="x", path=path)
    assert not path.exists()
    accept(side, name="prod", reason="x", path=path, force=True)
    assert [one.line for one in causes(alarms(side))] == ["! m on s/t: 2 of 100 items without an answer"]
    assert read_lock(path)["prod"].run == "holes"


def test_a_cell_put_in_the_place_of_another_is_refused(bench, make):
    """The folder of a better model under the name of the candidate's: its key does not hash to that name, so no gate passes."""
    bench.write("base", {"s/t": make.answers("+" * 150 + "-" * 50)})
    bench.write("best", {"s/t": make.answers("+" * 200)})
    bench.write("new", {"s/t": make.answers("-" * 100 + "+" * 100)})
    assert bench.gate(NI, run="new").exit_code == 1
    best, new = (bench.store.cell_folder(str(bench.store.read_run(name).cells[0].key)) for name in ("best", "new"))
    shutil.rmtree(new)
    shutil.copytree(best, new)
    with pytest.raises(StoreError, match="is that of another cell"):
        bench.gate(NI, run="new")
