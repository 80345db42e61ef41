"""Profiles by hand: three models in every scenario on one machine, with what cannot be read and what is not steady."""

from __future__ import annotations

from benchwright.alarm import alarm, note
from benchwright.types import (
    GridPoint,
    LatencyRatio,
    Machine,
    MeasuredQuantity,
    Profile,
    ProfileSpec,
    StageTime,
)

HERE = Machine(
    fingerprint="a1b2c3d4e5f60718",
    facts={
        "processor": "AMD EPYC 7B13",
        "processors": "2",
        "memory": "15.6 GB",
        "threads": "2",
        "library torch": "2.13.0",
        "instruction sets": "avx2 avx512_bf16",
    },
    state={"load": "1.20 0.80 0.60"},
)
THERE = Machine(fingerprint="ffee00112233", facts={"processor": "Intel Xeon 8481C", "processors": "8"}, name="bench-2")

SPEED = {"minilm": 0.00512, "bert-base": 0.0431, "tfidf": 0.00021}
NO_P99 = "64 samples; a 95 % interval of the 99th percentile needs 368"


def one(quantity, value, low=None, high=None, n=64, reason="", method="order statistics"):
    """A quantity."""
    return MeasuredQuantity(quantity=quantity, value=value, low=low, high=high, n=n, reason=reason, method=method)


def latencies(middle):
    """Percentiles of a latency, p99 refused."""
    return (
        one("latency_p50", middle, middle * 0.98, middle * 1.03),
        one("latency_p90", middle * 1.2, middle * 1.15, middle * 1.31),
        one("latency_p95", None, reason="64 samples; a 95 % interval of the 95th percentile needs 72"),
        one("latency_p99", None, reason=NO_P99),
    )


def profile(model, scenario, quantities=(), **changes):
    """A profile of a model on ``glue/sst2``."""
    fields = {
        "model": model,
        "suite": "hardware",
        "base": "glue/sst2",
        "split": "validation",
        "key": "",
        "spec": ProfileSpec(scenario=scenario, preset="quick"),
        "machine": HERE,
        "session": "s1",
        "device": "cpu",
        "precision": "exact",
        "quantities": tuple(quantities),
    }
    return Profile(**(fields | changes))


def single_stream(model, **changes):
    """One query after another."""
    middle = SPEED.get(model, 0.01)
    stages = (
        StageTime(stage="tokenise", seconds=middle * 0.05, share=0.05, n=64),
        StageTime(stage="collate", seconds=middle * 0.02, share=0.02, n=64),
        StageTime(stage="host_to_device", seconds=0.0, share=0.0, n=64),
        StageTime(stage="forward", seconds=middle * 0.9, share=0.9, n=64),
        StageTime(stage="device_to_host", seconds=0.0, share=0.0, n=64),
        StageTime(stage="post_process", seconds=middle * 0.03, share=0.03, n=64),
    )
    quantities = (
        *latencies(middle),
        one("first_call", middle * 9, n=1),
        one("cold_start", 2.31, n=1),
        one("host_memory_peak", 512_300_000, n=1, method="VmHWM"),
        one("gpu_memory_peak", None, n=0, reason="no GPU was used"),
        one("size_bytes", 90_910_000, n=1),
    )
    told = (note("short-form", "short form: 64 queries in one process"),)
    return profile(model, "single_stream", quantities, **({"stages": stages, "alarms": told} | changes))


def offline(model, **changes):
    """All at once."""
    rate = 1.6 / SPEED.get(model, 0.01)
    quantities = (
        one("throughput", rate, rate * 0.96, rate * 1.05, n=8),
        one("tokens_per_second", rate * 25, n=8),
        one("energy", None, n=0, reason="RAPL cannot be read: permission denied"),
    )
    return profile(model, "offline", quantities, **changes)


def sweep(model):
    """A grid of batch sizes and lengths, the largest out of memory."""
    points = []
    for length in (16, 64, 128):
        for batch in (1, 2, 4, 8, 16, 32):
            if batch * length > 2048:
                points.append(GridPoint(batch=batch, length=length, reason="out of memory: 2.1 GB were asked for"))
                continue
            rate = 1000 * batch / (batch + 4) / (length / 16)
            points.append(
                GridPoint(
                    batch=batch,
                    length=length,
                    quantities=(one("throughput", rate), one("latency_p50", batch / rate)),
                    steady=(batch, length) != (2, 64),
                    saturated=batch >= 16,
                )
            )
    return profile(model, "sweep", grid=tuple(points))


def concurrency(model):
    """Several processes."""
    points = tuple(
        GridPoint(
            concurrency=many,
            quantities=(one("throughput", 300.0 * min(many, 2)), *latencies(0.005 * max(1, many / 2))),
            saturated=many >= 2,
        )
        for many in (1, 2, 4)
    )
    return profile(model, "concurrency", grid=points)


def server(model):
    """Random arrivals, the rate searched for."""
    quantities = (
        one("rate", 120.0, 110.0, 128.0, n=400),
        one("latency_p99", 0.118, 0.109, 0.127, n=1000),
        one("lag_p99", 0.0004, n=1000),
    )
    spec = ProfileSpec(scenario="server", preset="quick", bound=0.13)
    grid = tuple(
        GridPoint(rate=rate, quantities=(one("latency_p99", rate / 1000, n=400),)) for rate in (60.0, 120.0, 160.0)
    )
    return profile(model, "server", quantities, spec=spec, grid=grid)


def interleaved(model, against="minilm", **changes):
    """A session of blocks in turn."""
    fields = {"value": 1.052, "low": 1.031, "high": 1.074, "blocks": 30, "noise": 0.021}
    ratio = LatencyRatio(model=model, against=against, **(fields | changes))
    return profile(model, "interleaved", latencies(SPEED.get(model, 0.01)), ratios=(ratio,) if model != against else ())


def never_steady(model):
    """A model whose times kept falling."""
    told = (alarm("not-steady", "never steady within 8 s: the slope moves the median by 4 %"),)
    return single_stream(model, alarms=told, steady=False)


def everything(models=("minilm", "bert-base", "tfidf")):
    """All scenarios of the models, each with what it is called."""
    found = [(model, make(model)) for model in models for make in (single_stream, offline)]
    found += [(models[0], make(models[0])) for make in (sweep, concurrency, server)]
    return found + [(model, interleaved(model, models[0])) for model in models[:2]]
