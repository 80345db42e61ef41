"""The result of a comparison as data: differences by task, rank ranges, suite averages, refusals."""

from __future__ import annotations

from typing import Any

import msgspec

from benchwright.comparison.difference import Difference, as_json
from benchwright.types import Frozen, LatencyRatio, PlacedAlarm

SCHEMA = 5
"""Version of the JSON of a comparison."""


class HardwareCost(Frozen, frozen=True, kw_only=True):
    """What hardware profiles say of a system on the tasks that are compared, the worst of several.

    Attributes:
        machine: Where, by name and the beginning of its fingerprint.
        profiles: ``hardware/SCENARIO@suite/task`` that the values are of.
        latency_p50: Seconds; None as of the others: not measured, or not on the machine of the first system.
        latency_p90: Seconds.
        throughput: Inputs a second.
        host_memory_peak: Bytes.
        gpu_memory_peak: Bytes.
        ratio: Latency over that of the first system, where both took turns in one session; None: they did not.
        why: Why there are no values: the facts in which its machine differs from that of the first system.
        flags: What must stand beside the values: never steady, a short form, why one is missing.
    """

    machine: str
    profiles: tuple[str, ...] = ()
    latency_p50: float | None = None
    latency_p90: float | None = None
    throughput: float | None = None
    host_memory_peak: float | None = None
    gpu_memory_peak: float | None = None
    ratio: LatencyRatio | None = None
    why: str = ""
    flags: tuple[str, ...] = ()


class Cost(Frozen, frozen=True, kw_only=True):
    """Size and time of a system; the mean over its seeds, the largest checkpoint if each task has its own.

    Attributes:
        seconds_per_item: Time in the model when its answers were computed; not a benchmark of speed. None: not measured.
        size_bytes: Bytes of the model's own files; None: not measured.
        parameters: Number of weights; None: not measured.
        seconds_ratio: seconds_per_item over that of the first system, on one machine.
        size_ratio: size_bytes over that of the first system.
        parameters_ratio: parameters over those of the first system.
        hardware: What hardware profiles measured; None: nothing.
    """

    seconds_per_item: float | None = None
    size_bytes: float | None = None
    parameters: float | None = None
    seconds_ratio: float | None = None
    size_ratio: float | None = None
    parameters_ratio: float | None = None
    hardware: HardwareCost | None = None


class SystemRow(Frozen, frozen=True, kw_only=True):
    """A system that is compared: one checkpoint, or one model trained with several seeds.

    Attributes:
        label: Its name in this comparison.
        run: Name of its run.
        models: Names of its models in the run.
        also: Other names, ``RUN:MODEL``, of the same stored answers.
        cost: Size and time.
    """

    label: str
    run: str
    models: tuple[str, ...]
    also: tuple[str, ...] = ()
    cost: Cost = Cost()


class RankRange(Frozen, frozen=True, kw_only=True):
    """Rank range of a system: a simultaneous confidence set for the ranks of all systems.

    Attributes:
        system: Its label.
        value: Its score.
        low: Best rank.
        high: Worst rank.
    """

    system: str
    value: float
    low: int
    high: int


class Pair(Frozen, frozen=True, kw_only=True):
    """Two systems on a metric of the family of tests; ranks and verdicts are derived from these.

    Attributes:
        metric: Its name, or ``score``.
        first: Label of one.
        second: Label of the other.
        delta: second - first, over the items that both answered.
        p: Two-sided p at no difference, as in `Difference`; None if undefined.
        p_adjusted: After Holm over all pairs of the comparison.
        low: Lower end of the two-sided interval of delta; None if undefined.
        high: Upper end.
    """

    metric: str
    first: str
    second: str
    delta: float | None
    p: float | None
    p_adjusted: float | None = None
    low: float | None = None
    high: float | None = None


class FlipExample(Frozen, frozen=True, kw_only=True):
    """An item that exactly one of two systems answers correctly.

    Attributes:
        second: Label of the second system.
        fixed: Whether the second system is correct.
        id: Of the item.
        gold: Gold answer as text.
        before: Answer of the first system.
        after: Answer of the second.
        inputs: Input name -> value, where texts were kept.
    """

    second: str
    fixed: bool
    id: str
    gold: str
    before: str
    after: str
    inputs: dict[str, Any] = msgspec.field(default_factory=dict)


class TaskComparison(Frozen, frozen=True, kw_only=True):
    """All comparable systems on one task.

    Attributes:
        path: ``suite/task``.
        split: Which split.
        n: Number of items that both answered; for more than two systems, the largest number of any pair.
        unit: What an item is: a question, a sentence.
        clusters: Independent units.
        score: Metrics whose mean is the task's score.
        leading: Metric of slices and rank ranges.
        systems: Labels of the systems, the first one first.
        differences: Against the first system, metric by metric.
        slices: The same by slice, of the leading metric; Benjamini-Hochberg over all of them.
        small: Slices with too few items -> number of items.
        places: Rank ranges by the leading metric, from ``pairs``; empty for two systems.
        pairs: All pairs of systems on the metrics of the family.
        flips: First examples of fixed and broken items.
        unranked: Why it is in no family of tests and no rank: ``contested``; empty for other tasks.
        right: What makes an item count as right among fixed and broken ones: ``an exact match``; empty where the score is the share of right ones.
    """

    path: str
    split: str
    n: int
    clusters: int
    score: tuple[str, ...]
    leading: str
    systems: tuple[str, ...]
    differences: tuple[Difference, ...]
    unit: str = ""
    slices: tuple[Difference, ...] = ()
    small: dict[str, int] = msgspec.field(default_factory=dict)
    places: tuple[RankRange, ...] = ()
    pairs: tuple[Pair, ...] = ()
    flips: tuple[FlipExample, ...] = ()
    unranked: str = ""
    right: str = ""


class Average(Frozen, frozen=True, kw_only=True):
    """Two systems on a suite's official mean over tasks.

    Attributes:
        suite: Name of the suite.
        title: Common name of the mean.
        difference: ``path`` is the suite, ``metric`` the name of the mean; n is the number of items of all tasks.
    """

    suite: str
    title: str
    difference: Difference


class Refusal(Frozen, frozen=True, kw_only=True):
    """A task or an average on which a system cannot be compared, and why."""

    path: str
    system: str
    reason: str


class ComparisonData(Frozen, frozen=True, kw_only=True):
    """Two to many systems against the first of them.

    Attributes:
        schema: Version of the JSON.
        systems: The systems; the first is the reference.
        tasks: Tasks that were compared.
        averages: Official means of suites.
        average_pairs: ``suite name`` -> all pairs of systems on that mean.
        average_places: ``suite name`` -> rank ranges by that mean; empty for two systems.
        refused: What could not be compared, and why.
        alarms: Alarms and notes about the numbers of the systems, alarms first.
        confidence: Of every interval.
        family: Number of tests over which p was adjusted (Holm): every pair of systems, on the score of each task and on official
            means.
        missing: How items without an answer count: ``pairwise`` (each pair on the items that both answered) or ``wrong``.
        slice_family: Number of slices over which p was adjusted (Benjamini-Hochberg).
        fdr: False discovery rate of slices reported as better or worse.
        floor: Minimum effect: smallest difference of a slice that is reported.
        minimum: Minimum number of items of a slice.
    """

    schema: int
    systems: tuple[SystemRow, ...]
    tasks: tuple[TaskComparison, ...]
    averages: tuple[Average, ...] = ()
    average_pairs: dict[str, tuple[Pair, ...]] = msgspec.field(default_factory=dict)
    average_places: dict[str, tuple[RankRange, ...]] = msgspec.field(default_factory=dict)
    refused: tuple[Refusal, ...] = ()
    alarms: tuple[PlacedAlarm, ...] = ()
    confidence: float = 0.95
    family: int = 0
    missing: str = "pairwise"
    slice_family: int = 0
    fdr: float = 0.1
    floor: float = 0.01
    minimum: int = 30

    @property
    def differences(self) -> tuple[Difference, ...]:
        """All differences over all items, averages last."""
        return (
            *(difference for task in self.tasks for difference in task.differences),
            *(average.difference for average in self.averages),
        )

    @property
    def slices(self) -> tuple[Difference, ...]:
        """All differences by slice."""
        return tuple(difference for task in self.tasks for difference in task.slices)

    def task(self, path: str) -> TaskComparison:
        """The task of that path. Raises KeyError."""
        found = next((task for task in self.tasks if task.path == path), None)
        if found is None:
            raise KeyError(path)
        return found

    def alarms_about(self, one: Difference) -> str:
        """Alarms and notes about the two values of a difference as one text; for an average, those of its tasks."""
        both = {one.first, one.second}
        here = [alarm for alarm in self.alarms if alarm.path == one.path or alarm.path.startswith(f"{one.path}/")]
        return "; ".join(f"{alarm.system}: {alarm.sentence}" for alarm in here if alarm.system in both)

    def to_json(self) -> dict[str, Any]:
        """The documented JSON: every difference with its verdict."""
        value: dict[str, Any] = msgspec.to_builtins(self)
        for task, built in zip(self.tasks, value["tasks"], strict=True):
            built["differences"] = [as_json(difference) for difference in task.differences]
            built["slices"] = [as_json(difference) for difference in task.slices]
        for average, built in zip(self.averages, value["averages"], strict=True):
            built["difference"] = as_json(average.difference)
        return value
