"""The measured rates of this machine, kept for its kind."""

from benchwright.precision import rates
from benchwright.types import Reading


def test_rates_are_measured_once_for_a_kind_of_machine(tmp_path, monkeypatch):
    """A second question reads what the first one measured, also in another process."""
    asked = []

    def measure(dtype, clock, *, device, seconds):
        asked.append(dtype)
        return Reading(quantity="matrix_rate", value={"float32": 50e9, "bfloat16": 120e9}[dtype], phase="start")

    monkeypatch.setattr(rates, "matrix_rate", measure)
    assert rates.times_as_fast("bfloat16", "cpu", tmp_path) == 2.4
    assert rates.times_as_fast("bfloat16", "cpu", tmp_path) == 2.4
    assert asked == ["float32", "bfloat16"] * 3, "in turn, so that nothing else that runs slows one of them alone"


def test_a_busy_machine_is_no_slower_one(tmp_path, monkeypatch):
    """Of three turns the best counts; on a processor its own seconds are counted, in which others have no part."""
    rates_of = {"float32": iter((10e9, 50e9, 30e9)), "bfloat16": iter((110e9, 20e9, 60e9))}
    clocks = set()

    def measure(dtype, clock, **_):
        clocks.add(type(clock).__name__)
        return Reading(quantity="matrix_rate", value=next(rates_of[dtype]), phase="start")

    monkeypatch.setattr(rates, "matrix_rate", measure)
    assert rates.times_as_fast("bfloat16", "cpu", tmp_path) == 2.2
    assert clocks == {"ProcessorClock"}


def test_a_damaged_file_is_measured_anew(tmp_path, monkeypatch):
    """What cannot be read counts as not measured; a type that is not multiplied here has no rate."""
    monkeypatch.setattr(
        rates,
        "matrix_rate",
        lambda dtype, *_, **__: Reading(
            quantity="matrix_rate", value=None if dtype == "float16" else 1e9, reason="none", phase="start"
        ),
    )
    rates.times_as_fast("bfloat16", "cpu", tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_text("{")
    assert rates.times_as_fast("float16", "cpu", tmp_path) is None
