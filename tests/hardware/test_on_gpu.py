"""What is told of a model on a GPU, from measurements by hand: its memory there, what of the forward pass the GPU took, and what was never tried."""

import msgspec
import pytest

from benchwright import registry
from benchwright.hardware.of_measurements import profile_of
from benchwright.hardware.text import hardware_lines
from benchwright.measuring.gpu_results import ON_GPU
from benchwright.render.hardware import hardware_tables
from benchwright.store import Store
from benchwright.testing.hardware_fixtures import hardware_card, hardware_path, make_measurements
from benchwright.testing.write_run import write_run
from benchwright.types import CellKey, Kind, LabelMap, Machine, Reading, Samples

ABOUT = CellKey(
    schema=1, engine=1, model="m", adapter="a", adapter_version=1, options={}, versions={}, task="t", kind=Kind.CLASSIFY,
    inputs=("text",), split="validation", limit=None, seed=0, data="d", labels=LabelMap(to_task=(), origin="task"),
    precision="fast", device="cuda",
)  # fmt: skip
MACHINE = Machine(
    fingerprint="0f0f0f0f0f0f",
    facts={"processor": "AMD EPYC 9534", "processors": "16", "gpu": "NVIDIA H100 80GB HBM3", "gpu memory": "79.6 GiB"},
)
STAGES = {"tokenise": 0.001, "host_to_device": 0.001, "forward": 0.006, "device_to_host": 0.002}
ON_DEVICE = 0.0045
PEAK = 412_300_000.0


def on_gpu(peak=PEAK, reason=""):
    """Forty queries of 10 ms, stages of ten others, and the peaks of memory that the allocator and the driver tell."""
    timed = {**STAGES, "forward_device": ON_DEVICE}
    samples = [
        Samples(quantity="stage", values=(seconds,) * 10, phase="stages", stage=stage, inputs=10)
        for stage, seconds in timed.items()
    ]
    readings = [
        Reading(quantity="gpu_memory_peak", value=peak, reason=reason, source="torch allocator"),
        Reading(quantity="gpu_memory_process", value=1_210_000_000.0, source="NVML process"),
        Reading(quantity="host_memory_peak", value=2_900_000_000.0, source="VmHWM"),
    ]
    found = make_measurements(latencies=[0.01] * 40, samples=samples, readings=readings, machine=MACHINE)
    return profile_of(found, model="m", suite="hardware", base="starter/sentiment", key="k", about=ABOUT)


def test_the_peak_of_the_gpu_has_a_column_of_its_own_beside_that_of_the_host():
    lines = hardware_lines([("m", on_gpu())], width=100)
    (head,) = [line for line in lines if "GPU memory" in line]
    (row,) = [line for line in lines if "412.3 MB" in line]

    assert row.index("412.3 MB") + len("412.3 MB") == head.index("GPU memory") + len("GPU memory")
    assert "2.9 GB" in row
    assert on_gpu().quantity("gpu_memory_process").value == 1_210_000_000.0


def test_what_the_gpu_took_of_the_forward_pass_stands_beside_the_stages_and_in_no_sum():
    """6 of 10 ms are the forward pass, 4.5 of these the GPU's: the shares of the four stages are 100 % without it."""
    profile = on_gpu()
    told = {stage.stage: (stage.seconds, round(stage.share, 6)) for stage in profile.stages}
    text = "\n".join(hardware_lines([("m", profile)], width=100))

    assert told.pop("forward_device") == (ON_DEVICE, 0.45)
    assert told == {
        "tokenise": (0.001, 0.1),
        "host_to_device": (0.001, 0.1),
        "forward": (0.006, 0.6),
        "device_to_host": (0.002, 0.2),
    }
    assert "of it on GPU" in text
    assert "4.5 ms" in text
    assert "45 %" in text


def test_memory_of_a_gpu_that_cannot_be_read_is_a_reason_and_no_column():
    text = "\n".join(hardware_lines([("m", on_gpu(peak=None, reason="the allocator was replaced"))], width=100))

    assert "– GPU memory: the allocator was replaced" in text
    assert not [line for line in text.splitlines() if "GPU memory" in line and not line.startswith("–")]


def test_that_the_code_was_never_tried_on_a_gpu_stands_below_every_such_profile(monkeypatch, by_hand):
    """Not below one on a processor, and no more once a dated result is there."""
    said = "not run on a GPU yet by its makers"
    shown = " ".join(" ".join(hardware_lines([("m", on_gpu())], width=100)).split())
    assert shown.count(said) == 1
    assert said not in " ".join(hardware_lines([("m", by_hand.single_stream("m"))], width=100))

    monkeypatch.setitem(ON_GPU, "hardware profiles", "2027-01-01, NVIDIA H100 (2027-01-01-hardware.json)")
    assert said not in " ".join(" ".join(hardware_lines([("m", on_gpu())], width=100)).split())


def test_profiles_of_the_processor_and_of_the_gpu_never_share_a_table(by_hand):
    here = by_hand.single_stream("n", machine=MACHINE, base="starter/sentiment")
    tables = hardware_tables([("m", on_gpu()), ("n", here)])

    assert [(table.device, [row.system for row in table.rows]) for table in tables] == [("cuda", ["m"]), ("cpu", ["n"])]


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_a_report_shows_the_memory_of_the_gpu_and_says_that_it_was_never_tried(form, tmp_path):
    """The first table's memory is the GPU's where the models ran there."""
    task = registry.get("suites", "starter").task("sentiment")
    path = hardware_path("single_stream", "starter/sentiment")
    measured = make_measurements(latencies=[0.01] * 40, machine=MACHINE)
    run = write_run(
        Store(tmp_path), "r", {"m": {path: measured}}, {path: hardware_card("single_stream", "starter/sentiment", task)}
    )
    page = registry.get("reports", form).render([msgspec.structs.replace(run, profiles=(on_gpu(),))], lambda _: ())
    assert "412.3 MB" in page
    assert "GPU memory" in page
    assert "not run on a GPU yet by its makers" in page
    assert "H100" in page
