"""Measurements of hardware profiles are kept raw, whole and lossless, by the same verbs as records."""

import math
import shutil
import zipfile

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import benchwright
from benchwright import registry
from benchwright.errors import BenchwrightError, StoreError
from benchwright.store import Store, bundle, integrity, measurement_table, removal
from benchwright.store.record_table import from_bytes, to_bytes
from benchwright.testing.hardware_fixtures import MACHINE, hardware_card, make_measurements
from benchwright.testing.write_run import write_run
from benchwright.types import Measurements, ProfileSpec, Reading, Samples

PATH = "hardware/single_stream@starter/sentiment"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e90, max_value=1e90)
amounts = st.floats(allow_nan=False, allow_infinity=False, min_value=0, max_value=1e90)
counts = st.integers(0, 2**40)
samples = st.builds(
    Samples,
    quantity=texts,
    values=st.lists(amounts, max_size=5).map(tuple),
    phase=texts,
    stage=texts,
    process=counts,
    block=st.integers(-1, 90),
    order=counts,
    batch=counts,
    length=counts,
    rate=amounts,
    concurrency=counts,
    tokens=counts,
    inputs=counts,
    wall=amounts,
    steady=st.booleans(),
)
readings = st.builds(
    Reading, quantity=texts, value=st.none() | numbers, reason=texts, source=texts, process=counts, batch=counts
)
specs = st.builds(
    ProfileSpec,
    scenario=st.sampled_from(["single_stream", "server", "sweep"]),
    lengths=st.lists(counts, max_size=3).map(tuple),
    rate=st.none() | amounts,
    bound=st.none() | amounts,
    queries=st.none() | counts,
)
measured = st.builds(
    Measurements,
    spec=specs,
    machine=st.just(MACHINE),
    session=texts,
    samples=st.lists(samples, max_size=4).map(tuple),
    readings=st.lists(readings, max_size=3).map(tuple),
    settings=st.dictionaries(texts, texts, max_size=2),
    notes=st.lists(texts, max_size=2).map(tuple),
)


@settings(max_examples=120, deadline=None)
@given(measured)
def test_measurements_come_back_as_they_were(found):
    """Empty groups, equal neighbours, readings without a value: everything, and equal measurements give equal bytes."""
    content = to_bytes(measurement_table.encode(found))

    assert measurement_table.decode(from_bytes(content)) == found
    assert to_bytes(measurement_table.encode(found)) == content


def test_a_file_opened_by_hand_says_under_which_condition_each_value_was_taken():
    """One row per raw value, with columns that need no knowledge of ours."""
    found = make_measurements(
        samples=[
            Samples(quantity="latency", values=(0.01, 0.02), process=1, batch=8),
            Samples(quantity="stage", values=(0.005,), phase="stages", stage="tokenise"),
        ]
    )
    rows = measurement_table.encode(found).to_pylist()

    assert [(row["quantity"], row["stage"], row["process"], row["batch"], row["value"]) for row in rows] == [
        ("latency", "", 1, 8, 0.01),
        ("latency", "", 1, 8, 0.02),
        ("stage", "tokenise", 0, 1, 0.005),
    ]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("where", ["a value", "a wall clock", "a reading"])
def test_what_is_no_number_is_never_stored(number, where):
    """JSON would make null of it, and a later step a missing value without a reason."""
    of = {
        "a value": {"latencies": [0.01, number]},
        "a wall clock": {"samples": [Samples(quantity="latency", values=(), wall=number)]},
        "a reading": {"readings": {"energy": number}},
    }[where]
    with pytest.raises(BenchwrightError, match="was measured as"):
        measurement_table.encode(make_measurements(**of))


@pytest.mark.parametrize("values", [[-0.1, 0.2], [math.nan, 0.2], [0.1, math.inf], ["0.1", "0.2"], [1, 2]])
def test_a_table_of_values_that_nothing_can_have_is_refused(values):
    """Whoever wrote them into the file by hand: refused where they are read, so no verb meets them."""
    table = measurement_table.encode(make_measurements(latencies=[0.1, 0.2]))
    forged = table.set_column(table.column_names.index("value"), "value", pa.array(values))
    with pytest.raises(StoreError, match=r"values of type|was measured as (-0\.1|nan|inf)"):
        measurement_table.decode(forged)


@pytest.mark.parametrize("number", ["inputs", "wall", "batch", "tokens", "rate"])
def test_counts_and_periods_below_zero_are_refused(number):
    """In what is written, and in what is read."""
    wrong = Samples(quantity="latency", values=(0.1,), **{number: -1})
    with pytest.raises(BenchwrightError, match="latency was measured as -1"):
        measurement_table.encode(make_measurements(samples=[wrong]))


def test_a_table_without_its_metadata_is_refused():
    """Values alone say not how many groups there were."""
    table = measurement_table.encode(make_measurements(latencies=[0.1]))

    with pytest.raises(StoreError, match="no measurements"):
        measurement_table.decode(table.replace_schema_metadata({}))
    with pytest.raises(StoreError, match="0 values where 1"):
        measurement_table.decode(table.slice(0, 0))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with a run of one model that is both scored and measured."""
    root = tmp_path_factory.mktemp("made") / "store"
    scored = benchwright.evaluate("majority", "starter/sentiment", store=root, name="first", offline=True)
    store = Store(root)
    task = registry.get("suites", "starter").task("sentiment")
    found = make_measurements(latencies=[0.02] * 80, readings={"host_memory_peak": 3e8, "energy": None})
    records = store.read_records(scored.cells[0].key)
    tasks = {"starter/sentiment": task, PATH: hardware_card("single_stream", "starter/sentiment", task)}
    run = write_run(store, "second", {"majority": {"starter/sentiment": records, PATH: found}}, tasks, scored=True)
    return store, run, found


@pytest.fixture
def store(made, tmp_path):
    """A copy of that store which a test may damage."""
    shutil.copytree(made[0].root, tmp_path / "store")
    return Store(tmp_path / "store")


def test_a_hardware_cell_is_finished_by_its_measurements(made):
    """It holds raw values and no records, and says so to whoever asks for the other."""
    store, run, found = made
    plain, timed = run.cells

    assert (plain.status, timed.status) == ("scored", "measured")
    assert store.is_complete(timed.key)
    assert store.is_intact(timed.key)
    assert store.read_measurements(timed.key) == found
    assert (store.is_measured(timed.key), store.is_measured(plain.key)) == (True, False)
    with pytest.raises(StoreError, match=r"holds measurements of a hardware profile, and no records"):
        store.read_records(timed.key)
    with pytest.raises(StoreError, match=r"holds records of predictions, and no measurements"):
        store.read_measurements(plain.key)


def test_a_measured_cell_is_not_written_twice(made, store):
    """The first process to finish it has said what was measured."""
    _, run, _ = made
    key = run.cells[1].key

    assert not store.write_measurements(key, make_measurements(latencies=[9.0]), seconds=1)
    assert store.read_measurements(key).samples[0].values[0] == 0.02


def test_changed_measurements_are_found(made, store):
    """The digest stands in the ledger, as that of records does."""
    _, run, _ = made
    key = run.cells[1].key
    path = store.cell_folder(key) / "measurements.parquet"
    assert [one for one in integrity.check(store) if one.damaged] == []

    path.write_bytes(to_bytes(measurement_table.encode(make_measurements(latencies=[0.001] * 80))))
    assert not store.is_intact(key)
    with pytest.raises(StoreError, match=r"the measurements of the cell .* are not those that were written"):
        store.read_measurements(key)
    assert any("measurements.parquet" in one.problem for one in integrity.check(store))

    path.unlink()
    assert not store.is_complete(key)
    assert any("is gone" in one.problem for one in integrity.check(store))


def test_records_in_a_hardware_cell_are_damage(made, store):
    """A payload of the other kind is no result, whatever its digest."""
    _, run, _ = made
    plain, timed = (store.cell_folder(cell.key) for cell in run.cells)
    (timed / "measurements.parquet").unlink()
    shutil.copy(plain / "records.parquet", timed)

    assert not store.is_intact(run.cells[1].key)
    assert any("its key asks for measurements.parquet" in one.problem for one in integrity.check(store))


def test_a_bundle_carries_measurements(made, store, tmp_path):
    """Export and import keep every byte; a bundle without them is refused."""
    _, run, found = made
    bundle.export(store, ["second"], tmp_path / "b.zip")
    other = Store(tmp_path / "other")

    assert bundle.import_(other, tmp_path / "b.zip") == ["second"]
    assert other.read_measurements(run.cells[1].key) == found
    assert other.read_run("second").cells == run.cells

    (store.cell_folder(run.cells[1].key) / "measurements.parquet").rename(tmp_path / "aside")
    bundle.export(store, ["second"], tmp_path / "c.zip")
    with pytest.raises(StoreError, match=r"measurements.parquet is missing"):
        bundle.import_(Store(tmp_path / "third"), tmp_path / "c.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as whole:
        assert f"cells/{run.cells[1].key}/measurements.parquet" in whole.namelist()


def test_prune_keeps_measurements_and_removal_takes_them(made, store):
    """They belong to their run, and go with it."""
    _, run, _ = made
    removal.prune(store)
    assert store.is_complete(run.cells[1].key)

    removal.remove_runs(store, ["second"])
    assert run.cells[1].key not in store.cell_keys()
