"""Which design tells a slower model from a noisy machine: ``python benchmarks/interleaved.py [SECTION ...] [--write] [--short]``.

``coverage``: intervals of the ratio by order statistics and by the bootstrap, 2,000 samples each.
``simulated``: 400 trials on an injected clock whose machine is loaded at random: false alarms, power.
``real``: this machine, one process for each model, in turns and one after another: 60 trials of a model beside itself, 10 of one that costs twice
as much, 10 at each cost between; every trial has three sets of fresh processes. About five minutes when nothing else runs, longer beside others, which is what it is about.

A query is a fixed amount of arithmetic, sorting and hashing in plain Python; of a model that costs r times as much there is r times as much of it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchwright.hardware.ratios import NoisyLimit, noise_of, ratio_of
from benchwright.measuring.clock import SimulatedClock
from benchwright.measuring.interleaved import AskBlock, BlockTimes, Design, interleave, timed
from benchwright.stats.block_ratio import BlockRatio, block_ratio
from benchwright.types import Machine, Measurements, ProfileSpec, Samples

LIMIT = 1.10
"""What is asked of the candidate: at most a tenth more. It is the noise limit too."""
ALPHA = 0.05
ROUNDS = 30
COSTS = (1.05, 1.1, 1.15, 1.2, 1.3, 1.5)
MACHINE = Machine(fingerprint="benchmark", facts={"processor": "the one that this runs on"})


def rng_of(*what: object) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(repr(what).encode()))


# --- what a design says -----------------------------------------------------------------------------------------------


def verdict_of(found: BlockRatio, noise: BlockRatio | None) -> str:
    """As the gate's rule of kind ratio decides; without a second copy by the bounds alone."""
    limit = NoisyLimit(limit=LIMIT, noise=0.0 if noise is None else noise.reach or math.inf)
    if found.p(limit.above(), "greater") <= ALPHA:
        return "fail"
    upper = found.bound(ALPHA, "upper")
    if upper is not None and upper <= limit.below():
        return "pass"
    return "noisy" if limit.is_noisy else "inconclusive"


DESIGN = Design(rounds=ROUNDS, block=0, budget=0, sets=3)


@contextmanager
def opened(models: Sequence[AskBlock]) -> Iterator[Sequence[AskBlock]]:
    """Models that need no closing, as a set."""
    yield models


def in_turn(open_set: Callable[[], Any], queries: int, seed: int) -> tuple[BlockRatio, BlockRatio]:
    """B over A, and the second copy of A over A; ``open_set`` gives fresh A, A', B for each set of rounds."""
    samples: list[list[Samples]] = [[], [], []]
    for number, rounds in enumerate(DESIGN.rounds_of_sets):
        with open_set() as asks:
            for mine, more in zip(
                samples, interleave(asks, DESIGN, queries=queries, seed=seed, rounds=rounds), strict=True
            ):
                mine += [msgspec.structs.replace(one, process=number) for one in more]
    first, other = _measured((*samples[0], *samples[1])), _measured(samples[2])
    noise = noise_of(first)
    return ratio_of(other, first).beside(noise), noise


def _measured(samples: Sequence[Samples]) -> Measurements:
    spec = ProfileSpec(scenario="interleaved")
    return Measurements(spec=spec, machine=MACHINE, session="benchmark", samples=tuple(samples))


def one_after_another(asks: Sequence[AskBlock], queries: int, rounds: int = ROUNDS) -> tuple[np.ndarray, np.ndarray]:
    """Medians of all blocks of A, then of all blocks of B."""
    found = [[_median(asks[at](block * (queries + 1), queries)) for block in range(rounds)] for at in (0, 2)]
    return np.array(found[0]), np.array(found[1])


def _median(block: BlockTimes) -> float:
    return float(np.median(block.seconds))


class Tally:
    """What a design said over trials, and how far its ratio was off."""

    def __init__(self) -> None:
        self.logs: list[float] = []
        self.verdicts: list[str] = []

    def add(self, found: BlockRatio, noise: BlockRatio | None = None) -> None:
        self.logs.append(math.log(found.value))
        self.verdicts.append(verdict_of(found, noise))

    def row(self, true: float = 1.0) -> dict[str, Any]:
        logs, trials = np.array(self.logs), len(self.logs)
        return {
            "trials": trials,
            "sd of log ratio": round(float(logs.std(ddof=1)), 4),
            "median ratio": round(math.exp(float(np.median(logs))), 4),
            "ratio above": {f"{over:.2f}": int((logs > math.log(over * true)).sum()) for over in (1.05, 1.1, 1.2)},
            **{name: self.verdicts.count(name) for name in ("fail", "pass", "inconclusive", "noisy")},
        }


def designs(trials: Sequence[tuple[BlockRatio, BlockRatio, np.ndarray, np.ndarray]]) -> dict[str, Any]:
    """The same trials of a model beside itself under three designs; a stored baseline is that of the trial half of them before."""
    tallies = {name: Tally() for name in ("in turns", "one after another", "stored baseline")}
    for at, (found, noise, first, second) in enumerate(trials):
        stored = trials[(at + len(trials) // 2) % len(trials)][2]
        tallies["in turns"].add(found, noise)
        tallies["one after another"].add(block_ratio(second, first))
        tallies["stored baseline"].add(block_ratio(second, stored))
    return {name: tally.row() for name, tally in tallies.items()}


# --- an injected clock ------------------------------------------------------------------------------------------------


class LoadedMachine:
    """A clock that moves on by what a query costs, times what the machine does to it at that moment.

    Other programs come and go (``dwell`` seconds each on average) and make everything 1.2 to 3 times as slow while they are there;
    besides there is a slow drift, noise in each query, and now and then a stall of 5 to 50 ms.
    """

    def __init__(self, rng: np.random.Generator, *, dwell: float, noise: float, stalls: float) -> None:
        self.clock, self.rng = SimulatedClock(), rng
        self.dwell, self.noise, self.stalls = dwell, noise, stalls
        self.until, self.slow, self.drift = 0.0, 1.0, 0.0

    def query(self, cost: float) -> None:
        now = self.clock.now()
        while self.until <= now:
            self.slow = 1.0 if self.rng.random() < 0.5 else float(self.rng.uniform(1.2, 3.0))
            self.until += float(self.rng.exponential(self.dwell))
        self.drift = 0.999 * self.drift + 0.004 * self.rng.normal()
        stall = float(self.rng.uniform(0.005, 0.05)) if self.rng.random() < self.stalls else 0.0
        self.clock.sleep(cost * self.slow * math.exp(self.drift + self.noise * self.rng.normal()) + stall)

    def models(self, costs: Sequence[float]) -> Any:
        """Fresh processes, each 2 % (standard deviation) faster or slower for good."""
        each = [cost * math.exp(PROCESSES * self.rng.normal()) for cost in costs]
        return opened([timed(lambda _number, cost=cost: self.query(cost), self.clock) for cost in each])


PROCESSES = 0.02
KINDS = {
    "others come and go every 2 s": {"dwell": 2.0, "noise": 0.05, "stalls": 0.01},
    "others come and go every 50 ms": {"dwell": 0.05, "noise": 0.2, "stalls": 0.05},
    "others come and go every 15 ms": {"dwell": 0.015, "noise": 0.4, "stalls": 0.1},
}
"""A block takes 12 ms: of the last machine hardly two blocks of a round see the same."""


def simulate(
    kind: str, cost: float, trials: int, *, apart: bool = False
) -> list[tuple[BlockRatio, BlockRatio, np.ndarray, np.ndarray]]:
    """Trials of a model against one that costs ``cost`` times as much, 4 queries of 3 ms a block; ``apart``: one after another too."""
    found = []
    machine = LoadedMachine(rng_of(kind, cost), **KINDS[kind])
    costs = (0.003, 0.003, 0.003 * cost)
    for at in range(trials):
        turns = in_turn(lambda: machine.models(costs), 4, seed=at)
        with machine.models(costs) as asks:
            sides = one_after_another(asks, 4) if apart else (np.empty(0), np.empty(0))
        found.append((*turns, *sides))
        machine.clock.sleep(float(machine.rng.exponential(5.0)))
    return found


def simulated(*, short: bool) -> dict[str, Any]:
    """False alarms and power on injected clocks."""
    trials = 100 if short else 400
    result: dict[str, Any] = {}
    for kind in KINDS:
        result |= {
            f"{kind}: beside itself, {name}": row
            for name, row in designs(simulate(kind, 1.0, trials, apart=True)).items()
        }
        for cost in (*COSTS, 2.0):
            tally = Tally()
            for found, noise, *_ in simulate(kind, cost, trials // 4):
                tally.add(found, noise)
            result[f"{kind}: cost x {cost:g}"] = tally.row(cost)
    return result


# --- this machine -----------------------------------------------------------------------------------------------------

SERVER = """
import hashlib, json, random, sys, time
units = int(sys.argv[1])
text = bytes(range(256)) * 16
numbers = [random.Random(0).random() for _ in range(100)]
def query():
    for _ in range(units):
        sum(range(800))
        sorted(numbers)
        hashlib.sha256(text).digest()
for line in sys.stdin:
    seconds = []
    query()
    for _ in range(int(line)):
        start = time.perf_counter()
        query()
        seconds.append(time.perf_counter() - start)
    print(json.dumps(seconds), flush=True)
"""
"""A process that answers blocks: the arithmetic of a query so many times over; the first query of a block is not counted."""
UNITS = 20
"""Pieces of work of a query at cost 1."""
BLOCK = 0.008
"""Seconds of a block at cost 1."""


class Opened:
    """A model in a process of its own."""

    def __init__(self, cost: float) -> None:
        command = [sys.executable, "-I", "-S", "-c", SERVER, str(round(UNITS * cost))]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def __call__(self, first: int, queries: int) -> BlockTimes:
        self.process.stdin.write(f"{queries}\n")
        seconds = json.loads(self.process.stdout.readline())
        return BlockTimes(seconds=tuple(seconds), wall=sum(seconds))

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(20)


@contextmanager
def processes(*costs: float) -> Iterator[list[Opened]]:
    """Fresh processes, started together, each asked 30 queries before anything counts."""
    found = [Opened(cost) for cost in costs]
    try:
        for one in found:
            one(0, 30)
        yield found
    finally:
        for one in found:
            one.close()


def real(*, short: bool) -> dict[str, Any]:
    """The same on this machine: trials of all designs alternate, so that none has the quieter hour."""
    trials, doubled, each = (12, 3, 3) if short else (60, 10, 10)
    begun, load = time.perf_counter(), os.getloadavg()
    with processes(1.0) as (first,):
        one = _median(first(0, 200))
    queries = max(round(BLOCK / one), 3)
    found = []
    for at in range(trials):
        turns = in_turn(lambda: processes(1.0, 1.0, 1.0), queries, seed=at)
        with processes(1.0, 1.0, 1.0) as asks:
            found.append((*turns, *one_after_another(asks, queries)))
        print(f"\r  beside itself {at + 1}/{trials}", end="", flush=True)
    result: dict[str, Any] = {
        "milliseconds of a query": round(one * 1e3, 3),
        "queries of a block": queries,
        "rounds": ROUNDS,
        "sets of processes": DESIGN.sets,
        **{f"beside itself, {name}": row for name, row in designs(found).items()},
        "two copies, sd of log ratio between sets": round(float(np.std([turn[1].set_medians for turn in found])), 4),
        "two copies, sd of log ratio between rounds of a set": round(
            float(np.median([_within(turn[1]) for turn in found])), 4
        ),
    }
    for cost, count in ((2.0, doubled), *((cost, each) for cost in COSTS)):
        tally = Tally()
        for at in range(count):
            tally.add(*in_turn(lambda cost=cost: processes(1.0, 1.0, cost), queries, seed=1000 + at))
            print(f"\r  cost x {cost:g} {at + 1}/{count}   ", end="", flush=True)
        result[f"cost x {cost:g}"] = tally.row(cost)
    print("\r" + " " * 40 + "\r", end="")
    ended = os.getloadavg()
    result |= {"load average": [round(load[0], 2), round(ended[0], 2)], "seconds": round(time.perf_counter() - begun)}
    return result


def _within(noise: BlockRatio) -> float:
    """Standard deviation of the rounds of one set, by quartiles, the median over sets."""
    logs = [noise.logs[noise.sets == one] for one in np.unique(noise.sets)]
    return float(np.median([np.subtract(*np.quantile(one, (0.75, 0.25))) / 1.349 for one in logs]))


# --- intervals --------------------------------------------------------------------------------------------------------

NOISES: dict[str, Callable[[np.random.Generator, tuple[int, int]], np.ndarray]] = {
    "normal, sd 0.1": lambda rng, shape: rng.normal(0, 0.1, shape),
    "Student's t with 2 degrees": lambda rng, shape: 0.05 * rng.standard_t(2, shape),
    "an effect of the order of 0.15": lambda rng, shape: (
        np.where(rng.random(shape) < 0.5, 0.15, -0.15) + rng.normal(0, 0.03, shape)
    ),
    "a stall in a fifth of the blocks": lambda rng, shape: (
        rng.normal(0, 0.02, shape)
        + (rng.random(shape) < 0.1) * rng.exponential(1, shape)
        - (rng.random(shape) < 0.1) * rng.exponential(1, shape)
    ),
}


def coverage(*, short: bool) -> dict[str, Any]:
    """How often 95 % intervals hold a ratio of 1, and their median width in the logarithm."""
    samples = 300 if short else 2000
    result: dict[str, Any] = {}
    for name, draw in NOISES.items():
        for blocks in (5, 6, 8, 10, 12, 16, 20, 30, 60):
            rng = rng_of(name, blocks)
            logs = draw(rng, (samples, blocks))
            ends = {"bootstrap": [_bootstrap(row, rng) for row in logs]}
            if blocks >= 6:
                found = [block_ratio(np.exp(row), np.ones(blocks)).interval() for row in logs]
                ends["order statistics"] = [(math.log(low), math.log(high)) for low, high in found]
            result[f"{name}, {blocks} blocks"] = {
                kind: {
                    "covered": round(float(np.mean([low <= 0 <= high for low, high in pairs])), 3),
                    "width": round(float(np.median([high - low for low, high in pairs])), 3),
                }
                for kind, pairs in ends.items()
            }
    return result


def _bootstrap(logs: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    draws = np.median(logs[rng.integers(0, logs.size, (1000, logs.size))], axis=1)
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)


# --- printing ---------------------------------------------------------------------------------------------------------

SECTIONS = {"coverage": coverage, "simulated": simulated, "real": real}


def show(name: str, result: dict[str, Any]) -> None:
    print(f"\n{name}")
    for key, row in result.items():
        if isinstance(row, dict) and "trials" in row:
            print(f"  {key:<66} {_line(row)}")
        elif isinstance(row, dict):
            told = ", ".join(f"{kind} {one['covered']:.1%} (width {one['width']:.3f})" for kind, one in row.items())
            print(f"  {key:<46} {told}")
        else:
            print(f"  {key}: {row}")


def _line(row: dict[str, Any]) -> str:
    above = " ".join(f">{over} {count}" for over, count in row["ratio above"].items())
    verdicts = " ".join(f"{name} {row[name]}" for name in ("fail", "pass", "inconclusive", "noisy"))
    return f"{row['trials']:>4} trials  ratio {row['median ratio']:.3f} sd {row['sd of log ratio']:.3f}  {above}  | {verdicts}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="default: all")
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/DATE-interleaved.json")
    parser.add_argument("--short", action="store_true", help="a quarter of the trials or fewer")
    options = parser.parse_args()
    found: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "processors": os.process_cpu_count() if hasattr(os, "process_cpu_count") else len(os.sched_getaffinity(0)),
        "limit": LIMIT,
    }
    for name in options.sections or SECTIONS:
        found[name] = SECTIONS[name](short=options.short)
        show(name, found[name])
    if options.write:
        path = Path(__file__).parent / "results" / f"{found['date']}-interleaved.json"
        if path.exists():  # sections of the same day stand side by side
            found = json.loads(path.read_text(encoding="utf-8")) | found
        path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(f"\nwritten: {path}")


if __name__ == "__main__":
    main()
