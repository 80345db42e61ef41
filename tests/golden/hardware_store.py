"""A store with measurements that no clock made: two models, scored and measured in every scenario on one machine."""

from __future__ import annotations

import math

from benchwright import registry
from benchwright.testing.hardware_fixtures import hardware_card, hardware_path, make_measurements
from benchwright.testing.write_run import write_run
from benchwright.types import Machine, ProfileSpec, Reading, Record, Samples

TASK = "starter/sentiment"
MACHINE = Machine(
    fingerprint="0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    facts={
        "processor": "Written CPU 2.0",
        "processors": "4",
        "threads": "4",
        "memory": "16 GiB",
        "instruction sets": "avx2 avx512_bf16",
        "library torch": "2.13.0",
    },
    state={"load average": "0.10"},
    name="bench-1",
)
SCENARIOS = ("single_stream", "offline", "server", "sweep", "interleaved")


def times(middle, count, spread=0.2):
    """Log-normal quantiles in an order without any trend: percentiles are known, neighbours resemble nobody."""
    from scipy.special import ndtri

    ranks = [(at * 0.6180339887 + 0.5) % 1 for at in range(count)]
    return tuple(middle * math.exp(spread * float(ndtri(min(max(rank, 1e-4), 1 - 1e-4)))) for rank in ranks)


def spec(scenario, **more):
    return ProfileSpec(scenario=scenario, preset="quick", **more)


def measurements(scenario, factor, session, *, first):
    """What was measured of a model whose query takes 5 ms times ``factor``."""
    one = 0.005 * factor
    starts = [
        Samples(quantity="cold_start", values=(2.0 + factor,), phase="start"),
        Samples(quantity="first_call", values=(one * 8,), phase="first_call"),
    ]
    readings = [
        Reading(quantity="host_memory_peak", value=4e8 * factor, source="VmHWM"),
        Reading(quantity="size_bytes", value=9e7 * factor, source="files of the model", phase="start"),
        Reading(quantity="energy", value=None, reason="no counter of energy can be read here", source="RAPL"),
    ]
    about = {"machine": MACHINE, "session": session, "readings": readings}
    if scenario == "single_stream":
        stages = [
            Samples(quantity="stage", phase="stages", stage=stage, values=times(one * share, 64, 0.05))
            for stage, share in (("tokenise", 0.06), ("collate", 0.02), ("forward", 0.88), ("post_process", 0.04))
        ]
        return make_measurements(
            scenario, latencies=times(one, 120), samples=[*starts, *stages], spec=spec(scenario), **about
        )
    if scenario == "offline":
        seconds = times(one * 40, 12, 0.02)
        passes = Samples(quantity="pass", values=seconds, batch=64, inputs=768, wall=sum(seconds), tokens=768 * 21)
        return make_measurements(scenario, samples=[passes, *starts], spec=spec(scenario, price_per_hour=2.5), **about)
    if scenario == "server":
        trials = [
            Samples(quantity=name, values=times(one * slow, 800, 0.1), rate=rate, inputs=800, wall=800 / rate)
            for rate, slow in ((20.0, 1.1), (60.0, 2.0), (100.0, 40.0))
            for name in ("latency", "service")
        ]
        lags = [Samples(quantity="lag", values=times(0.0002, 800, 0.1), rate=rate) for rate in (20.0, 60.0, 100.0)]
        return make_measurements(scenario, samples=[*trials, *lags, *starts], spec=spec(scenario, bound=0.13), **about)
    if scenario == "sweep":
        points = [
            Samples(
                quantity="latency",
                values=(seconds := times(one * (1 + batch / 2) * length / 32, 40, 0.01)),
                batch=batch,
                length=length,
                inputs=40 * batch,
                wall=sum(seconds),
                steady=(batch, length) != (8, 64),
            )
            for length in (16, 64)
            for batch in (1, 8, 64, 512)
            if batch * length < 16_384
        ]
        failed = Reading(
            quantity="latency", value=None, reason="out of memory: 2.1 GB were asked for", batch=512, length=64
        )
        return make_measurements(
            scenario, samples=[*points, *starts], spec=spec(scenario), **about | {"readings": [*readings, failed]}
        )
    phases = ("measured", "aa") if first else ("measured",)
    blocks = [
        Samples(
            quantity="latency",
            values=times(one * (1.01 if phase == "aa" else 1.0) * (1 + 0.004 * ((block * 7) % 5)), 20, 0.02),
            phase=phase,
            block=block,
            inputs=20,
            wall=one * 20,
        )
        for block in range(12)
        for phase in phases
    ]
    return make_measurements(scenario, samples=[*blocks, *starts], spec=spec(scenario), **about)


def write_store(store):
    """The run ``speed``: models ``small`` and ``large``, the latter 1.6 times as slow."""
    card = registry.get("suites", "starter").task("sentiment")
    tasks = {TASK: card, **{hardware_path(one, TASK): hardware_card(one, TASK, card) for one in SCENARIOS}}
    answers = {}
    for model, factor, right in (("small", 1.0, 30), ("large", 1.6, 36)):
        records = [
            Record(id=f"sentiment/{at}", target="positive", output="positive" if at < right else "negative")
            for at in range(40)
        ]
        answers[model] = {
            TASK: records,
            **{
                hardware_path(one, TASK): measurements(one, factor, "written-session", first=model == "small")
                for one in SCENARIOS
            },
        }
    return write_run(store, "speed", answers, tasks, scored=True)
