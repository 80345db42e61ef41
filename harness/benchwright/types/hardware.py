"""Hardware profiles: how one is asked for, what was measured (raw samples), and what is told of it."""

from __future__ import annotations

from typing import Literal

from benchwright.types.base import Frozen
from benchwright.types.scores import Alarm

Scenario = Literal["single_stream", "offline", "server", "sweep", "concurrency", "interleaved"]
"""How queries arrive, by the names of MLPerf where it has one (``inference_policies: inference_rules.adoc``).

``single_stream``: the next query is issued when the last is answered. ``offline``: all at once. ``server``: at random times
(Poisson) whether or not earlier ones are answered. ``sweep``: batches of several sizes and lengths. ``concurrency``: several
processes, each with a copy of the model. ``interleaved``: two models or more, blocks of queries in turn.
"""

SCENARIOS: tuple[Scenario, ...] = ("single_stream", "offline", "server", "sweep", "concurrency", "interleaved")

Preset = Literal["quick", "standard", "official"]
"""How long is measured: ``quick`` at least 3 s and 64 queries in one process, ``standard`` 10 s and 1,000 in three, ``official`` as
MLPerf asks (600 s)."""


Stage = Literal["tokenise", "collate", "host_to_device", "forward", "device_to_host", "post_process"]
"""Parts of a query, in their order: texts to rows of tokens; rows chosen, sorted and padded to batches; batches to the device;
computed; outputs back; outputs to answers. On a processor there are no copies, so the two about the device are absent."""

STAGES: tuple[Stage, ...] = ("tokenise", "collate", "host_to_device", "forward", "device_to_host", "post_process")

FORWARD_DEVICE = "forward_device"
"""Beside the stages: what the events of a GPU say of the stage ``forward``. The rest of that stage is the host's own."""


class ProfileSpec(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """How a hardware profile is made; each field is an option of the view. None: as the preset has it.

    Attributes:
        scenario: How queries arrive.
        preset: How long, how often, and in how many processes.
        batch: Inputs to a query of ``offline`` and ``interleaved``; None: 1 when interleaved, and offline as the adapter batches.
        lengths: Tokens of made inputs, which are cut from the texts of the task; empty: its texts as they are.
        batches: Batch sizes of a sweep.
        concurrency: Numbers of processes.
        rate: Queries a second of ``server``; None: the highest rate that keeps the bound is searched for.
        bound: Seconds that the 99th percentile of ``server`` may take.
        duration: Least seconds of measuring.
        queries: Least number of queries.
        processes: How often all is measured anew in a fresh process.
        blocks: Rounds of ``interleaved``, shared by ``processes`` sets of fresh processes.
        price_per_hour: Of the machine, in any currency; None: no cost is told.
    """

    scenario: Scenario
    preset: Preset = "standard"
    batch: int | None = None
    lengths: tuple[int, ...] = ()
    batches: tuple[int, ...] = ()
    concurrency: tuple[int, ...] = ()
    rate: float | None = None
    bound: float | None = None
    duration: float | None = None
    queries: int | None = None
    processes: int | None = None
    blocks: int | None = None
    price_per_hour: float | None = None


class Machine(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """The machine that something was measured on, as far as a process can tell; no host name, no user, no serial number.

    Attributes:
        fingerprint: Digest of ``facts``: two profiles are comparable where it is the same.
        facts: What decides times and memory, by name: processor, instruction sets, processors that may be used, governor, memory,
            container limits, threads, GPU, driver, versions of libraries. GPU facts only where the GPU is used.
        state: What was so at that moment and is in no fingerprint: load average, free memory, temperature, clocks, other processes.
        name: What its owner calls it (``BENCHWRIGHT_MACHINE``); empty: it has no name.
    """

    fingerprint: str
    facts: dict[str, str]
    state: dict[str, str] = {}
    name: str = ""


class Samples(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """Raw values of one quantity under one condition, in the order in which they were taken.

    Attributes:
        quantity: Of what: ``latency``, ``service``, ``lag``, ``stage``, ``first_call``, ``load`` ...
        values: In SI units (seconds, bytes, joules).
        phase: When: ``start``, ``first_call``, ``warm_up``, ``measured``, ``stages``, ``aa`` ...
        stage: Of stages which.
        process: Which of the fresh processes.
        block: Which block of an interleaved session; -1: there are none.
        order: Place within the round of an interleaved session.
        batch: Inputs to a query; 0: not constant.
        length: Tokens of an input; 0: not constant.
        rate: Queries a second that were asked for; 0: no rate was.
        concurrency: Processes that were busy at the time.
        tokens: Tokens that the model read in all of these; 0: it does not say.
        inputs: Inputs that were answered in all of these.
        wall: Seconds from the first to the last of them, gaps included; 0: not a period.
        steady: Whether the warm-up before ended in a steady state.
    """

    quantity: str
    values: tuple[float, ...]
    phase: str = "measured"
    stage: str = ""
    process: int = 0
    block: int = -1
    order: int = 0
    batch: int = 1
    length: int = 0
    rate: float = 0.0
    concurrency: int = 1
    tokens: int = 0
    inputs: int = 0
    wall: float = 0.0
    steady: bool = True


class Reading(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """One value that was read and not sampled: a peak of memory, a counter, a size.

    Attributes:
        quantity: Of what: ``host_memory_peak``, ``gpu_memory_peak``, ``energy`` ...
        value: In SI units; None: it cannot be read here.
        reason: Why there is no value.
        source: Where it was read: ``VmHWM``, ``torch allocator``, ``NVML process``, ``RAPL package-0`` ...
        phase: As in `Samples`.
        process: Which of the fresh processes.
        batch: As in `Samples`.
        length: As in `Samples`.
        concurrency: As in `Samples`.
    """

    quantity: str
    value: float | None
    reason: str = ""
    source: str = ""
    phase: str = "measured"
    process: int = 0
    batch: int = 1
    length: int = 0
    concurrency: int = 1


class Work(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """How much a model computes for some inputs, counted without computing it.

    Attributes:
        inputs: How many there are.
        rows: Rows of tokens that they become, equal ones counted once, as they are computed.
        tokens: Tokens of these rows, special ones included.
        padded_tokens: The same with the padding of the batches that are made of them.
        flops: Floating-point operations (a product and its sum are two) of matrix products for the tokens; None: not known.
        padded_flops: The same for all that is computed, padding included.
        reason: Why operations are not known.
    """

    inputs: int
    rows: int
    tokens: int
    padded_tokens: int
    flops: float | None = None
    padded_flops: float | None = None
    reason: str = ""


class Measurements(Frozen, frozen=True, kw_only=True):
    """The payload of a hardware cell (``measurements.parquet``): everything raw, from which each number can be computed again.

    Attributes:
        spec: What was asked for, with what the preset filled in.
        machine: Where.
        session: What measurements that were taken in turn share; ratios are between those of one session alone.
        samples: Raw values.
        readings: Values that were read.
        settings: What the session of the model chose by itself (threads, dtype, token budget).
        notes: What a reader must know: opening includes training, the texts are shorter than asked for.
        taken: When the last of it was measured: UTC, ISO 8601, to the second; empty: that was not written down.
    """

    spec: ProfileSpec
    machine: Machine
    session: str
    samples: tuple[Samples, ...]
    readings: tuple[Reading, ...] = ()
    settings: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    taken: str = ""


class MeasuredQuantity(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """A quantity of a model on a machine: ``latency_p90`` with its interval, or why there is none.

    Attributes:
        quantity: By name, as in `benchwright.quantities`.
        value: In SI units; None: not measured, or too few samples for a 95 % interval.
        low: Lower end of the 95 % interval; None: it has none.
        high: Upper end.
        n: Samples behind it.
        reason: Why there is no value; beside a value how it is to be read.
        method: How value and interval were made, and where the value was read.
    """

    quantity: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    reason: str = ""
    method: str = ""


class StageTime(Frozen, frozen=True, kw_only=True):
    """Median seconds of one stage of a query in the instrumented pass, and its share of all stages."""

    stage: str
    seconds: float
    share: float
    n: int


class GridPoint(Frozen, frozen=True, kw_only=True):
    """One condition of a sweep: a batch size and a length, a number of processes, or a rate.

    Attributes:
        batch: Inputs to a query.
        length: Tokens of an input, as the model counted them; 0: texts as they are.
        concurrency: Processes.
        rate: Queries a second that arrived; 0: no rate was set.
        quantities: What was measured there.
        steady: Whether it was steady before it was measured.
        reason: Why nothing was measured (out of memory); beside quantities what a reader must know.
        saturated: Whether the throughput grows no further from here on (by less than 5 % to the next point of its line).
    """

    batch: int = 1
    length: int = 0
    concurrency: int = 1
    rate: float = 0.0
    quantities: tuple[MeasuredQuantity, ...] = ()
    steady: bool = True
    reason: str = ""
    saturated: bool = False


class LatencyRatio(Frozen, frozen=True, kw_only=True):
    """Latency of a model divided by that of another, blocks of one interleaved session paired.

    Attributes:
        model: Whose latency is above the line.
        against: Whose is below.
        value: exp of the median over blocks of log(t_model / t_against).
        low: Lower end of its 95 % interval (order statistics over blocks, Student's t over sets of fresh processes).
        high: Upper end.
        blocks: Blocks that were paired.
        noise: The same of ``against`` beside a second copy of itself: largest distance of its interval from 1.
        noisy: Whether nothing is told: the machine was too noisy (``noise`` above the limit), or its noise is not known.
        noise_limit: The limit that was applied.
        reason: Why the ratio tells nothing, or has no interval; empty where it does.
    """

    model: str
    against: str
    value: float | None
    low: float | None
    high: float | None
    blocks: int
    noise: float | None = None
    noisy: bool = False
    noise_limit: float = 0.1
    reason: str = ""


class Profile(Frozen, frozen=True, kw_only=True):
    """A model in one scenario on one machine, as reports, gates and comparisons see it; made from `Measurements` alone.

    Attributes:
        model: What it is called in the run.
        suite: Suite of views: ``hardware``.
        base: ``suite/task`` whose texts were the inputs.
        split: Of that task.
        key: Cell that holds the raw samples.
        spec: What was asked for, with what the preset filled in.
        machine: Where it was measured.
        session: Of which interleaved session, or of this run.
        device: ``cpu`` or ``cuda``.
        precision: ``exact`` or ``fast``.
        quantities: What was measured; also what was not, with the reason.
        stages: Of a query, from the instrumented pass; empty: the adapter has no stages.
        grid: Of a sweep, a concurrency sweep or a search for a rate.
        ratios: Of an interleaved session, this model against the first.
        steady: Whether every shape was steady before it was measured.
        settings: What the session chose by itself.
        alarms: Never steady, short form, throttled, noisy, other processes; then notes.
    """

    model: str
    suite: str
    base: str
    split: str
    key: str
    spec: ProfileSpec
    machine: Machine
    session: str
    device: str
    precision: str
    quantities: tuple[MeasuredQuantity, ...]
    stages: tuple[StageTime, ...] = ()
    grid: tuple[GridPoint, ...] = ()
    ratios: tuple[LatencyRatio, ...] = ()
    steady: bool = True
    settings: dict[str, str] = {}
    alarms: tuple[Alarm, ...] = ()

    @property
    def scenario(self) -> Scenario:
        """How queries arrived."""
        return self.spec.scenario

    @property
    def task_path(self) -> str:
        """``view@suite/task``: the cell in the run."""
        return f"{self.suite}/{self.spec.scenario}@{self.base}"

    def quantity(self, name: str) -> MeasuredQuantity | None:
        """The quantity of that name; None where this scenario has none of the kind."""
        return next((one for one in self.quantities if one.quantity == name), None)
