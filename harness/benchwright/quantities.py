"""Quantity: name, title, unit, direction and range of metrics, scores, sizes, times and rates; the only place that defines them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from benchwright import registry, unranked
from benchwright.alarm import TAKEN, cell_alarms
from benchwright.errors import BenchwrightError, NotComparable, PluginError
from benchwright.task_path import TaskPath
from benchwright.types import Alarm, CellResult, Suite, Task

Direction = Literal["higher", "lower"]

SCORE = "score"
"""The name of a task's score, whatever it is made of."""


Unit = Literal["fraction", "share", "number", "count", "bytes", "seconds", "joules", "per_second", "per_million"]
"""What a value is measured in, which decides how people read it: a ``fraction`` (a correlation, MCC: anything within -1 to 1) in
hundredths, a ``share`` of something else in percent, a ``number`` in a unit of its own as it is, ``per_million`` money for a million
inputs, in whatever currency the price was given."""


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A measured quantity of a model: a metric, the score of a task, a size, a time, a rate.

    Attributes:
        name: As asked: a metric's bare name, ``score``, ``size_bytes``.
        title: Common name.
        unit: Unit of its values.
        direction: Which end is better.
        low: Lowest value that it can have; may be minus infinity.
        high: Highest; may be infinite.
        members: The metrics that it is the mean of; itself for a metric; empty for other quantities.
        neutral: Value of a model without any preference, where neither end is better; None elsewhere.
    """

    name: str
    title: str
    unit: Unit = "fraction"
    direction: Direction = "higher"
    low: float = 0.0
    high: float = 1.0
    members: tuple[str, ...] = ()
    neutral: float | None = None

    @property
    def better(self) -> str:
        """Which end is better, in words: ``higher is better``, ``50 is neutral``; hundredths of a fraction."""
        if self.neutral is None:
            return f"{self.direction} is better"
        return f"{self.neutral * (100 if self.unit == 'fraction' else 1):g} is neutral"

    @property
    def width(self) -> float:
        """Highest minus lowest; may be infinite."""
        return self.high - self.low

    @property
    def sign(self) -> int:
        """1 where higher is better, else -1."""
        return 1 if self.direction == "higher" else -1

    @property
    def reach(self) -> str:
        """Its range in words: ``goes from 0 to 1``, ``is never below 0``."""
        return f"goes from {self.low:g} to {self.high:g}" if self.width < math.inf else f"is never below {self.low:g}"

    def improvement(self, delta: float) -> float:
        """A difference of two values, oriented so that positive is better."""
        return self.sign * delta

    def holds(self, value: float) -> bool:
        """Whether it can have that value."""
        return self.low <= value <= self.high


def _built_in(name: str, title: str, unit: Unit, direction: Direction = "lower", high: float = math.inf) -> Quantity:
    return Quantity(name=name, title=title, unit=unit, direction=direction, high=high)


BUILT_IN = {
    one.name: one
    for one in (
        _built_in("size_bytes", "size on disk", "bytes"),
        _built_in("parameters", "parameters", "count"),
        _built_in("seconds_per_example", "seconds per example", "seconds"),
        _built_in("latency_p50", "median latency", "seconds"),
        _built_in("latency_p90", "90th percentile of the latency", "seconds"),
        _built_in("latency_p95", "95th percentile of the latency", "seconds"),
        _built_in("latency_p99", "99th percentile of the latency", "seconds"),
        _built_in("throughput", "throughput in inputs", "per_second", "higher"),
        _built_in("tokens_per_second", "throughput in tokens", "per_second", "higher"),
        _built_in("cold_start", "start to first answer, files not in memory", "seconds"),
        _built_in("warm_start", "start to first answer, files in memory", "seconds"),
        _built_in("load", "opening the model", "seconds"),
        _built_in("first_call", "first call", "seconds"),
        _built_in("host_memory_peak", "peak host memory of the process", "bytes"),
        _built_in("host_memory_model", "peak host memory of the model alone", "bytes"),
        _built_in("gpu_memory_peak", "peak GPU memory", "bytes"),
        _built_in("energy", "energy of an input", "joules"),
        _built_in("cost", "cost of a million inputs", "per_million"),
    )
}
"""Quantities that no metric computes from answers, by name; none has its unit in its name, a limit on one carries it (`limit_texts`)."""

SIZES = ("size_bytes", "parameters")
"""Those that are known of a checkpoint without running it."""

COSTS = (*SIZES, "seconds_per_example")
"""Those that every run keeps."""

LATENCIES = ("latency_p50", "latency_p90", "latency_p95", "latency_p99")
"""Percentiles of the time of one query, p99 last."""

MEASURED = tuple(name for name in BUILT_IN if name not in COSTS)
"""Those of hardware profiles, which belong to the machine that they were measured on."""

_MEANT: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"latency.*", LATENCIES),
    (r"p\d\d?|.*percentile.*", LATENCIES),
    (r"throughput.*|qps|.*_per_second", ("throughput", "tokens_per_second")),
    (r".*gpu.*|vram.*", ("gpu_memory_peak",)),
    (r".*memory.*|.*rss.*|ram.*", ("host_memory_peak", "host_memory_model", "gpu_memory_peak")),
    (r"speed.*|time.*|fast.*|slow.*|duration.*", (*LATENCIES, "throughput")),
    (r"energy.*|power.*|joules.*", ("energy",)),
    (r"cost.*|price.*", ("cost",)),
    (r".*start.*", ("cold_start", "warm_start")),
)


def meant_by(name: str) -> tuple[str, ...]:
    """The quantities that somebody may mean who types a name that is none: of ``latency`` and ``latency_p95_ms`` the percentiles.

    Empty for a quantity, and for what is like none. A name that goes on after a quantity means that one.
    """
    if name in BUILT_IN:
        return ()
    begun = tuple(known for known in MEASURED if name.startswith(f"{known}_"))
    if begun:
        return begun
    return next((names for pattern, names in _MEANT if re.fullmatch(pattern, name)), ())


def bare(metric: str) -> str:
    """``accuracy`` of ``accuracy@1``."""
    return metric.partition("@")[0]


_OF_ONE_LABEL = frozenset({"precision", "recall", "f1"})
_OF_ONE_OF_TWO = frozenset({"average_precision"})


def positive_of(metric: str, task: Task | None, slice: str | None = None) -> str | None:
    """The positive label of a metric; None for metrics over all labels.

    Precision, recall, F1, and of two labels the average precision, are those of the task's positive label; in a slice
    ``label=NAME`` the slice says it. A task's score is about a label where its only metric is.
    """
    if task is None or not task.single_label or (slice or "").startswith("label="):
        return None
    names = members_of(bare(metric), task)
    about_one = _OF_ONE_LABEL | _OF_ONE_OF_TWO if len(task.labels) == 2 else _OF_ONE_LABEL
    return task.positive if len(names) == 1 and names[0] in about_one else None


def is_of_one_label(metric: str, task: Task | None) -> bool:
    """Whether a metric, or a member of a task's score, is precision, recall or F1 of the label that the card calls positive."""
    return task is not None and task.positive is not None and not _OF_ONE_LABEL.isdisjoint(members_of(metric, task))


def alarms_beside(cell: CellResult, task: Task | None) -> tuple[Alarm, ...]:
    """Alarms and notes beside the number of a cell in a table; the note on the positive label only beside a metric of it."""
    told = cell_alarms(cell)
    return told if is_of_one_label(SCORE, task) else tuple(one for one in told if one.code != TAKEN)


def metric_title(metric: str, task: Task | None, slice: str | None = None) -> str:
    """A metric's name as people read it: ``f1(hateful)``, ``accuracy``, ``crows_score(official-2020)``; ``score`` stays as it is."""
    return with_label(metric, positive_of(metric, task, slice) or asked_by(task))


def asked_by(task: Task | None) -> str | None:
    """How a masked language model is asked, without which its numbers mean nothing: the scoring rule, or how many words are taken and
    which lexicon judges them; None elsewhere.
    """
    if task is None or not task.rule:
        return None
    if not task.top:
        return task.rule
    return f"top {task.top}{f', {task.lexicon.called}' if task.lexicon else ''}"


def title_by_path(metric: str, positive: str | None, path: str) -> str:
    """A metric's name with its positive label, or with how a masked language model is asked by the task that a suite lists under that path."""
    return with_label(metric, positive or asked_by(_listed(path)))


def _listed(path: str) -> Task | None:
    """The task of that path; None for a view, for a task of one's own and for one of a suite that is not here."""
    try:
        place = TaskPath.parse(path)
        suite: Suite = registry.get("suites", place.suite)
    except BenchwrightError:
        return None
    return None if place.view else suite.task(place.task)


def with_label(metric: str, positive: str | None) -> str:
    """A metric's name with its positive label, if there is one."""
    name = bare(metric)
    return name if positive is None or name == SCORE else f"{name}({positive})"


def score_title(task: Task) -> str:
    """The metrics of the score of a task: ``f1(equivalent)+accuracy``."""
    return "+".join(metric_title(name, task) for name in task.score_metrics)


def members_of(name: str, task: Task) -> tuple[str, ...]:
    """The metrics behind a name on a task: those of its score, or the metric itself."""
    return task.score_metrics if name == SCORE else (bare(name),)


def quantity_of(name: str, task: Task | None = None) -> Quantity:
    """A metric by name (``NAME`` or ``NAME@VERSION``), a built-in quantity, or the ``score`` of a task.

    Raises:
        NotComparable: The score is a mean of what has no mean: one metric better high and one better low, or a metric with a
            unit of its own among others.
        PluginError: Nobody here registers a metric of that name, or ``score`` without a task.
    """
    if name == SCORE and task is None:
        raise PluginError("the score of no task", expected="a task")
    if name in BUILT_IN:
        return BUILT_IN[name]
    return mean_of(members_of(name, task) if task else (bare(name),), name=bare(name), of=task.name if task else "")


def mean_of(metrics: Sequence[str], *, name: str = SCORE, of: str = "") -> Quantity:
    """The mean of metrics as one quantity. Raises NotComparable where they have none, PluginError for an unknown metric."""
    found = [_metric(metric) for metric in metrics]
    if not found:
        raise PluginError(f"{of or 'the task'} names no metric", expected="at least one")
    why = no_mean(found)
    if why:
        raise NotComparable(
            f"the score of {of or 'the task'} has no meaning: {why}",
            expected="one metric, or fractions of which all are better high or all low",
            hint="name a single metric",
        )
    one = found[0]
    if len(found) == 1:
        return replace(one, name=name)
    return Quantity(
        name=name,
        title=" and ".join(part.title for part in found),
        unit=one.unit,
        members=tuple(part.name for part in found),
        direction=one.direction,
        low=math.fsum(part.low for part in found) / len(found),
        high=math.fsum(part.high for part in found) / len(found),
    )


def no_mean(parts: Sequence[Quantity]) -> str:
    """Why a mean of these metrics is not meaningful; empty if it is, as for a single metric."""
    if len({part.name for part in parts}) < 2:
        return ""
    high = [part.name for part in parts if part.direction == "higher"]
    low = [part.name for part in parts if part.direction == "lower"]
    if high and low:
        return f"{' and '.join(high)} {_is(high)} better high, {' and '.join(low)} {_is(low)} better low"
    own = [part.name for part in parts if part.unit != "fraction"]
    return f"{' and '.join(own)} {'has a unit' if len(own) == 1 else 'have units'} of {_its(own)} own" if own else ""


def mixed_score(task: Task) -> str:
    """Why the score of a task is not meaningful; empty if it is, or if a metric is unknown."""
    try:
        mean_of(task.score_metrics, of=task.name)
    except NotComparable as error:
        return error.problem
    except PluginError:
        return ""
    return ""


def mixed_aggregate(names: Iterable[str], tasks: Iterable[Task]) -> str:
    """Why an aggregate over scores of tasks is not meaningful; empty if it is.

    It is one of fractions, correlations and MCC that are better high, read times 100; anything else has no average, nor has a
    number that is disputed.
    """
    wanted = set(names)
    for task in tasks:
        if task.name not in wanted:
            continue
        if task.unranked:
            return f"{task.name} is {unranked.why(task)}, and enters no average"
        try:
            found = quantity_of(SCORE, task)
        except NotComparable as error:
            return error.problem
        except PluginError:
            continue
        if found.unit != "fraction" or found.direction == "lower":
            what = "is better low" if found.unit == "fraction" else "has a unit of its own"
            return f"{found.title} of {task.name} {what}"
    return ""


def find_mean(metrics: Sequence[str]) -> Quantity | None:
    """The mean of metrics as one quantity; None where one is unknown here, or where they have no mean."""
    try:
        return mean_of([bare(metric) for metric in metrics])
    except (NotComparable, PluginError):
        return None


def unit_of(metrics: Sequence[str]) -> Unit:
    """The unit of a mean of these metrics; a plain ``number`` where one is unknown here, or where they have no mean."""
    found = find_mean(metrics)
    return "number" if found is None else found.unit


def _metric(name: str) -> Quantity:
    found: Quantity = registry.get("metrics", name).quantity
    return found


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _its(names: Sequence[str]) -> str:
    return "its" if len(names) == 1 else "their"
