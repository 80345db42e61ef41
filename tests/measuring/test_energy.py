"""Energy is a difference of counters or nothing: never of a short window, a counter that was set anew, or a rated power."""

from __future__ import annotations

from pathlib import Path

import pytest
from nvml_double import Device, Nvml, NVMLError

from benchwright.measuring.energy import EnergyMeter


class Time:
    """Seconds that a test sets."""

    now = 0.0

    def __call__(self):
        return self.now


def _packages(root, *, packages=(1_000_000,), top=262_143_328_850, memory=None, limit=None):
    folder = root / "sys/class/powercap"
    (folder / "intel-rapl").mkdir(parents=True, exist_ok=True)
    zones = {f"intel-rapl:{i}": (f"package-{i}", told) for i, told in enumerate(packages)}
    zones["intel-rapl:0:0"] = ("core", 999_000_000)
    zones["intel-rapl:9"] = ("psys", 999_000_000)
    if memory is not None:
        zones["intel-rapl:0:1"] = ("dram", memory)
    for zone, (name, told) in zones.items():
        (folder / zone).mkdir(exist_ok=True)
        (folder / zone / "name").write_text(f"{name}\n")
        (folder / zone / "energy_uj").write_text(f"{told}\n")
        (folder / zone / "max_energy_range_uj").write_text(f"{top}\n")
        if limit is not None:
            (folder / zone / "constraint_0_power_limit_uw").write_text(f"{limit}\n")
    return root


def _measure(root, after, *, seconds=20.0, device="cpu", nvml=None, **before):
    time = Time()
    _packages(root, **before)
    meter = EnergyMeter.open(device, nvml=nvml, environment={}, root=root, now=time)
    meter.start()
    time.now += seconds
    _packages(root, **{**before, **after})
    return {one.quantity: one for one in meter.stop()}


def test_packages_and_memory_are_added_and_parts_of_packages_are_not(tmp_path):
    told = _measure(
        tmp_path,
        {"packages": (51_000_000, 30_000_000), "memory": 5_000_000},
        packages=(1_000_000, 20_000_000),
        memory=0,
    )

    assert told["energy"].value == pytest.approx(50 + 10 + 5)
    assert told["energy"].source == "RAPL package-0, dram, package-1"


def test_a_counter_that_went_round_once_counts_on(tmp_path):
    told = _measure(tmp_path, {"packages": (10_000_000,)}, packages=(262_133_000_000,), top=262_143_000_000)

    assert told["energy"].value == pytest.approx(10 + 10)


@pytest.mark.parametrize(("limit", "value"), [(None, None), (100_000_000, 50.0)])
def test_a_counter_that_may_have_gone_round_twice_tells_nothing(tmp_path, limit, value):
    """65,536 J last 65 s at 1,000 W; a package that is limited to 100 W cannot go round in 100 s."""
    told = _measure(tmp_path, {"packages": (51_000_000,)}, seconds=100.0, top=65_536_000_000, limit=limit)

    assert told["energy"].value == (None if value is None else pytest.approx(value))
    if value is None:
        assert "more than once" in told["energy"].reason


def test_a_machine_without_counters_has_no_energy(tmp_path):
    meter = EnergyMeter.open("cpu", root=tmp_path, now=Time())
    meter.start()
    (told,) = meter.stop(batch=8)

    assert told.value is None
    assert "no RAPL counters" in told.reason
    assert (told.quantity, told.phase, told.batch) == ("energy", "measured", 8)


def test_counters_that_only_root_may_read_say_what_to_do(tmp_path, monkeypatch):
    _packages(tmp_path)
    read = Path.read_text

    def refuse(self, *given, **named):
        if self.name == "energy_uj":
            raise PermissionError(13, "Permission denied")
        return read(self, *given, **named)

    monkeypatch.setattr(Path, "read_text", refuse)
    meter = EnergyMeter.open("cpu", root=tmp_path, now=Time())
    meter.start()
    (told,) = meter.stop()

    assert told.value is None
    assert "only root" in told.reason


def test_a_counter_that_does_not_move_is_no_zero(tmp_path):
    told = _measure(tmp_path, {})

    assert told["energy"].value is None
    assert told["energy"].reason == "the counter did not move"


@pytest.mark.parametrize("text", ["", "nonsense"])
def test_a_counter_that_is_no_number_tells_nothing(tmp_path, text):
    _packages(tmp_path)
    (tmp_path / "sys/class/powercap/intel-rapl:0/energy_uj").write_text(text)
    meter = EnergyMeter.open("cpu", root=tmp_path, now=Time())
    meter.start()

    assert meter.stop()[0].value is None


def _gpu_energy(device, change, seconds, root):
    time = Time()
    meter = EnergyMeter.open("cuda", nvml=Nvml(device), environment={}, root=root, now=time)
    meter.start()
    time.now += seconds
    change(device)
    return {one.quantity: one for one in meter.stop()}


def _used(device):
    device.energy = 1_000_000 + 3_500_000


def test_a_gpus_energy_is_the_difference_of_its_counter_in_joules(tmp_path):
    told = _gpu_energy(Device(energy=1_000_000), _used, 12.0, tmp_path)

    assert told["energy"].value == pytest.approx(3500.0)
    assert told["energy_host"].value is None, "a GPU's energy says nothing of the processor's"


def test_less_than_ten_seconds_of_a_gpu_are_noise(tmp_path):
    told = _gpu_energy(Device(energy=1_000_000), _used, 9.9, tmp_path)

    assert told["energy"].value is None
    assert "noise" in told["energy"].reason


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        (Device(energy=NVMLError("Not Supported")), "Not Supported"),
        (Device(mig=(1, 1), parts=[Device(uuid="MIG-1")]), "MIG"),
    ],
)
def test_a_gpu_that_does_not_count_energy_says_why(tmp_path, device, reason):
    told = _gpu_energy(device, lambda _: None, 12.0, tmp_path)

    assert told["energy"].value is None
    assert reason in told["energy"].reason


def test_a_driver_that_was_loaded_anew_meanwhile_gives_no_negative_energy(tmp_path):
    told = _gpu_energy(Device(energy=1_000_000), lambda device: setattr(device, "energy", 5), 12.0, tmp_path)

    assert told["energy"].value is None
    assert "set anew" in told["energy"].reason
