"""Whether the arithmetic of time is right, on models whose times are known: ``python benchmarks/measuring_time.py [--write] [PART ...]``.

Parts: ``coverage`` (intervals of percentiles after warm-up, preset standard), ``alike`` (the same where neighbouring samples resemble one
another), ``steady`` (how often the not-steady flag is raised, with drift and without), ``queue`` (waiting times against theory),
``stopping`` (how often MLPerf's test accepts a rate at its very limit), ``means`` (block bootstrap), ``sleep`` (the real clock).
All but the last run on a simulated clock: a loaded machine changes nothing about them.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from scipy.signal import lfilter
from scipy.special import ndtr, ndtri

from benchwright.measuring.clock import RealClock, SimulatedClock
from benchwright.measuring.presets import PRESETS, Limits
from benchwright.measuring.server import serve, verdict
from benchwright.measuring.simulated import SimulatedModel, bimodal, constant, heavy_tailed, noisy
from benchwright.measuring.single_stream import cost_of, single_stream
from benchwright.measuring.steady import warm_up
from benchwright.stats.block_bootstrap import mean_interval
from benchwright.stats.early_stopping import least_queries
from benchwright.stats.order_statistics import percentile_of, ranks, smallest_count

SHARES = (0.5, 0.9, 0.95, 0.99)
SERVICE = 0.005


# --- percentiles ------------------------------------------------------------------------------------------------------


def mixture(share):
    """Quantile of 70 % at 5 ms and 30 % at 20 ms, each with 2 % of noise."""
    low, high = 0.0, 0.04
    for _ in range(80):
        at = (low + high) / 2
        below = 0.7 * ndtr((at / SERVICE - 1) / 0.02) + 0.3 * ndtr((at / 0.02 - 1) / 0.02)
        low, high = (at, high) if below < share else (low, at)
    return low


MODELS = {
    "constant": (constant(SERVICE), {}, lambda _: SERVICE),
    "noisy 10 %": (noisy(SERVICE, 0.1), {}, lambda p: SERVICE * (1 + 0.1 * ndtri(p))),
    "bimodal": (bimodal(SERVICE, 0.02, 0.3), {}, mixture),
    "heavy-tailed": (heavy_tailed(SERVICE, 1.0), {}, lambda p: SERVICE * np.exp(ndtri(p))),
    "slow first call": (noisy(SERVICE, 0.1), {"first": 5.0}, lambda p: SERVICE * (1 + 0.1 * ndtri(p))),
}


def coverage(repeats):
    limits, found = PRESETS["standard"], []
    for name, (draw, more, truth) in MODELS.items():
        held, counts, refused = dict.fromkeys(SHARES, 0), [], 0
        for seed in range(repeats):
            clock = SimulatedClock()
            model = SimulatedModel(clock, draw, seed=seed, **more)
            before = warm_up(model, clock, limits)
            values = single_stream(model, clock, limits, steady=before.steady).samples[0].values
            counts.append(len(values))
            for share in SHARES:
                one = percentile_of([values], share)
                refused += one.value is None
                if one.value is not None:
                    held[share] += one.low - 1e-9 <= truth(share) <= one.high + 1e-9  # the clock adds up floats
        row = {f"p{share * 100:g}": held[share] / repeats for share in SHARES}
        found.append(
            {"model": name, "repeats": repeats, **row, "refused": refused, "median queries": float(np.median(counts))}
        )
        print(found[-1], flush=True)
    return found


def chain(rng, n, rho):
    noise = rng.normal(size=n) * (1 - rho * rho) ** 0.5
    noise[0] = rng.normal()
    return lfilter([1], [1, -rho], noise)


def bursts(rng, n):
    """A neighbour is busy one eleventh of the time, ten calls at a stretch, and makes these slower."""
    lengths = np.stack([rng.geometric(0.01, n), rng.geometric(0.1, n)], axis=1).reshape(-1)
    busy = np.repeat(np.arange(lengths.size) % 2 == 1, lengths)[rng.integers(0, 100) :][:n]
    return rng.normal(1, 0.05, n) + busy * rng.exponential(1, n)


def alike(repeats):
    big = bursts(np.random.default_rng(1), 2_000_000)
    kinds = {f"AR(1) {rho}": (lambda rng, n, rho=rho: chain(rng, n, rho), ndtri) for rho in (0.0, 0.3, 0.6, 0.9)}
    known = {share: np.quantile(big, share) for share in SHARES}
    kinds["bursts of ten"] = (bursts, known.get)
    found = []
    for name, (draw, truth) in kinds.items():
        for n in (64, 400, 1000, 4000):
            rng = np.random.default_rng(n)
            rows = {share: [] for share in SHARES if n >= smallest_count(share)}
            for _ in range(repeats):
                values = draw(rng, n)
                ordered = np.sort(values)
                for share, row in rows.items():
                    low, high = ranks(share, n)
                    one = percentile_of([values], share)
                    plain = ordered[low - 1] <= truth(share) <= ordered[high - 1]
                    row.append(
                        (
                            plain,
                            one.value is None,
                            one.value is not None and one.low <= truth(share) <= one.high,
                            one.worth,
                        )
                    )
            for share, row in rows.items():
                plain, refused, held, worth = np.array(row, dtype=float).T
                kept = 1 - refused.mean()
                found.append(
                    {
                        "samples": name,
                        "n": n,
                        "percentile": f"p{share * 100:g}",
                        "as if independent": plain.mean(),
                        "ours": held.sum() / max(repeats * kept, 1),
                        "refused": refused.mean(),
                        "median worth": float(np.median(worth)),
                    }
                )
                print(found[-1], flush=True)
    return found


# --- steady state -----------------------------------------------------------------------------------------------------


def steady(repeats):
    found = []
    for preset, repeated in (("standard", repeats), ("quick", repeats)):
        for seconds in (0.005, 0.02, 0.05):
            cases = {
                "constant": (constant(seconds), {}),
                "noise 2 %": (noisy(seconds, 0.02), {}),
                "noise 5 %": (noisy(seconds, 0.05), {}),
                "noise 10 %": (noisy(seconds, 0.1), {}),
                "noise 20 %": (noisy(seconds, 0.2), {}),
                "log-normal 0.3": (heavy_tailed(seconds, 0.3), {}),
                "slow first call, noise 2 %": (noisy(seconds, 0.02), {"first": 2.0}),
                "drift +0.5 % a second, noise 5 %": (noisy(seconds, 0.05), {"drift": 0.005}),
                "drift +1 % a second, noise 2 %": (noisy(seconds, 0.02), {"drift": 0.01}),
                "drift +1 % a second, noise 5 %": (noisy(seconds, 0.05), {"drift": 0.01}),
                "drift -1 % a second, noise 5 %": (noisy(seconds, 0.05), {"drift": -0.01}),
                "drift +2 % a second, noise 5 %": (noisy(seconds, 0.05), {"drift": 0.02}),
                "drift +2 % a second, noise 10 %": (noisy(seconds, 0.1), {"drift": 0.02}),
            }
            for name, (draw, more) in cases.items():
                before, during, either, took = [], [], [], []
                for seed in range(repeated):
                    clock = SimulatedClock()
                    model = SimulatedModel(clock, draw, seed=seed, **more)
                    warm = warm_up(model, clock, PRESETS[preset])
                    took.append(warm.seconds)
                    after = single_stream(model, clock, PRESETS[preset])
                    before.append(not warm.steady)
                    during.append(not after.steady)
                    either.append(not (warm.steady and after.steady))
                found.append(
                    {
                        "preset": preset,
                        "service": seconds,
                        "model": name,
                        "repeats": repeated,
                        "flag": float(np.mean(either)),
                        "by the warm-up": float(np.mean(before)),
                        "by drift or step while measuring": float(np.mean(during)),
                        "median warm-up seconds": float(np.median(took)),
                    }
                )
                print(found[-1], flush=True)
    return found


# --- queues -----------------------------------------------------------------------------------------------------------


def queue(_):
    found = []
    for load in (0.5, 0.8):
        for seed in (1, 2, 3):
            clock, rate, queries = SimulatedClock(), load / 0.01, 200_000
            limits = Limits(least_seconds=0, least_queries=queries, most_seconds=1.2 * queries / rate)
            done = serve(SimulatedModel(clock, constant(0.01)), clock, limits, rate=rate, bound=1e9, seed=seed)
            wait = float(np.mean(np.array(done.samples[0].values) - np.array(done.samples[1].values)))
            theory = load * 0.01 / (2 * (1 - load))
            found.append(
                {
                    "load": load,
                    "seed": seed,
                    "queries": queries,
                    "mean wait": wait,
                    "theory": theory,
                    "ratio": wait / theory,
                }
            )
            print(found[-1], flush=True)
    return found


def stopping(repeats):
    """Of rates whose true p99 is the bound: how often MLPerf's rule accepts, and how often ours says that it is shown. Nominal: 1 %."""
    found = []
    for name, load in (
        ("independent", None),
        ("M/D/1, load 0.3", 0.3),
        ("M/D/1, load 0.5", 0.5),
        ("M/D/1, load 0.8", 0.8),
    ):
        rng = np.random.default_rng(7)
        bound = -np.log(0.01) if load is None else np.quantile(waits(rng, load, 4_000_000), 0.99)
        for least in (459, 2000, 10_000):
            accepted, shown = [], []
            for _ in range(repeats):
                times = rng.exponential(size=least * 4) if load is None else waits(rng, load, least * 4 + 2000)[2000:]
                queries = accepted_after(times > bound, least)
                accepted.append(queries > 0)
                shown.append(queries > 0 and verdict(times[:queries], [], bound).shown)
            found.append(
                {
                    "queries": name,
                    "least": least,
                    "accepted at the limit": float(np.mean(accepted)),
                    "said to be shown": float(np.mean(shown)),
                }
            )
            print(found[-1], flush=True)
    return found


def waits(rng, load, n):
    """Waiting times of M/D/1 with service 1 by Lindley's recursion in closed form."""
    steps = np.concatenate([[0.0], 1.0 - rng.exponential(1 / load, n - 1)]).cumsum()
    return steps - np.minimum.accumulate(steps)


def accepted_after(late, least):
    counts, queries = np.cumsum(late), least
    while queries <= late.size:
        needed = least_queries(int(counts[queries - 1]), 0.99)
        if needed <= queries:
            return queries
        queries = needed
    return 0


def means(repeats):
    found = []
    for name, draw, truth in (
        ("normal", lambda rng, n: rng.normal(size=n), 0.0),
        ("exponential", lambda rng, n: rng.exponential(size=n), 1.0),
        ("AR(1) 0.5", lambda rng, n: chain(rng, n, 0.5), 0.0),
        ("AR(1) 0.8", lambda rng, n: chain(rng, n, 0.8), 0.0),
    ):
        for n in (6, 12, 25, 50, 200, 1000):
            rng, held = np.random.default_rng(n), 0
            for _ in range(repeats):
                one = mean_interval(draw(rng, n), resamples=1000)
                held += one.low <= truth <= one.high
            found.append({"samples": name, "n": n, "covered": held / repeats})
            print(found[-1], flush=True)
    return found


# --- the real clock ---------------------------------------------------------------------------------------------------


def sleep(_):
    slept = []

    def ask(_number):
        begun = time.perf_counter()
        time.sleep(0.02)
        slept.append(time.perf_counter() - begun)

    clock = RealClock()
    values = single_stream(ask, clock, Limits(least_seconds=10, least_queries=400, most_seconds=60)).samples[0].values
    found = [
        {
            "asked": 0.02,
            "queries": len(values),
            **{f"p{share * 100:g}": percentile_of([values], share).value for share in SHARES},
            "median of the sleep by itself": float(np.median(slept)),
            "seconds to read the clock": cost_of(clock),
        }
    ]
    print(found[0])
    return found


PARTS = {
    "coverage": (coverage, 400),
    "alike": (alike, 400),
    "steady": (steady, 100),
    "queue": (queue, 1),
    "stopping": (stopping, 400),
    "means": (means, 400),
    "sleep": (sleep, 1),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all")
    parser.add_argument(
        "--write", action="store_true", help="into benchmarks/results, beside what is there of other parts"
    )
    asked = parser.parse_args()
    today = datetime.now(UTC).date().isoformat()
    file = Path(__file__).parent / "results" / f"{today}-measuring-time.json"
    told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    told |= {"date": today, "python": platform.python_version()}
    for name in asked.parts or PARTS:
        part, repeats = PARTS[name]
        told[name] = part(repeats)
        if asked.write:
            file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
