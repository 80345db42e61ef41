"""Runs of behavioural tests and of views, written by hand, for reports to render."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from benchwright.alarm import alarm
from benchwright.bias import join_swaps, measure_swaps
from benchwright.testing.write_run import HOSTILE, SampleRuns, make_reader, make_run
from benchwright.types import (
    CellResult,
    ClassificationTask,
    Label,
    PairedDifference,
    Record,
    RobustnessScore,
    Score,
    Source,
)

_INVARIANT = {"expect": {"kind": "invariant", "tolerance": 0.1}, "judged": "all_but_first"}
_NEGATIVE = {"expect": {"kind": "equals"}, "gold": "negative"}


def _tests() -> SampleRuns:
    return _tested("a plain text")


def _hostile_tests() -> SampleRuns:
    return _tested(f"<script>alert(1)</script> & {HOSTILE} \"quoted\" 'too'")


def _tested(text: str) -> SampleRuns:
    """Two tests, one of which fails, in a capability that is named by the text too."""
    cell = _cell("polarity-tests", "failure_rate@1", alarms=(alarm("written", text),))
    card = ClassificationTask(
        name="polarity-tests",
        behaviour=True,
        splits={"validation": Source()},
        default_split="validation",
        inputs={"text": ("text",)},
        target=("target",),
        labels=(Label(name="negative", id=0), Label(name="positive", id=1)),
        metrics=("failure_rate", "flip_rate"),
        score=("failure_rate",),
        licence="CC0",
        citation="written for a check",
    )
    records = [
        _example("negation/0", {"type": "MFT", "capability": text}, _NEGATIVE, f"not {text}", 0.8),
        _example("names/0", {"type": "INV", "capability": text}, _INVARIANT, f"Ada: {text}", 0.9),
        _example("names/1", {"type": "INV", "capability": text}, _INVARIANT, f"Bob: {text}", 0.2),
    ]
    return SampleRuns(runs=(make_run((cell,), tasks={cell.task_path: card}),), records=make_reader({"key-0": records}))


def _example(name: str, about: Mapping[str, str], target: Mapping[str, Any], text: str, positive: float) -> Record:
    test = name.partition("/")[0]
    return Record(
        id=name,
        target=dict(target),
        output="positive" if positive > 0.5 else "negative",
        scores=(round(1 - positive, 3), positive),
        slices={"test": test, **about},
        group=f"{test}/0",
        extra={"inputs": {"text": text}},
    )


def _views() -> SampleRuns:
    cells = [_cell("polarity", "accuracy@1")]
    scores = []
    for severity in (1, 2, 3):
        score = _view(severity, "a plain sentence")
        scores.append(score)
        cells.append(_cell(score.task_path.partition("/")[2], "accuracy@1", suite="robustness"))
    return SampleRuns(runs=(make_run(tuple(cells), robustness=tuple(scores)),), records=make_reader({}))


def _hostile_views() -> SampleRuns:
    score = _view(2, HOSTILE)
    return SampleRuns(
        runs=(make_run((_cell("polarity", "accuracy@1"),), robustness=(score,)),), records=make_reader({})
    )


def _view(severity: int, sentence: str) -> RobustnessScore:
    clean = _score("accuracy@1", 0.75)
    return RobustnessScore(
        model="fair-model",
        suite="robustness",
        perturbation="typo" if sentence != HOSTILE else HOSTILE,
        severity=severity,
        base="contract/polarity",
        split="validation",
        metric="accuracy@1",
        clean=clean,
        perturbed=_score("accuracy@1", 0.75 - 0.25 * (severity > 1)),
        difference=PairedDifference(value=-0.25 * (severity > 1), low=-0.6, high=0.2, p=0.5, method="tango"),
        consistency=_score("consistency", 0.5),
        worst=None if severity == 3 else _score("worst_case", 0.25),
        items=5,
        n=4,
        variants=8,
        most=2,
        unchanged=1,
        alarms=(alarm("written", sentence),),
    )


def _swaps() -> SampleRuns:
    return _swapped("a plain text", "younger")


def _hostile_swaps() -> SampleRuns:
    return _swapped(f"<script>alert(1)</script> & {HOSTILE} \"quoted\" 'too'", HOSTILE)


def _swapped(text: str, group: str) -> SampleRuns:
    """Four items with a variant each, of which one is answered otherwise."""
    card = ClassificationTask(
        name="identity@contract/polarity",
        view_of="contract/polarity",
        splits={"validation": Source()},
        default_split="validation",
        inputs={"text": ("text",)},
        target=("label",),
        labels=(Label(name="negative", id=0), Label(name="positive", id=1)),
        metrics=("accuracy",),
        licence="CC0",
        citation="written for a check",
    )
    clean = [_answered(f"polarity/{at}", f"an old {text} {at}", 0.8) for at in range(4)]
    view = [
        _answered(f"polarity/{at}#0", f"a {group} {text} {at}", 0.3 if not at else 0.7, group=group) for at in range(4)
    ]
    found = measure_swaps(
        join_swaps(card, clean, view, f"age {group}"), model="fair-model", base="contract/polarity", split="validation"
    )
    score = msgspec.structs.replace(found, clean_key="key-0", view_key="key-1", alarms=(alarm("written", text),))
    cells = (
        _cell("polarity", "accuracy@1"),
        msgspec.structs.replace(_cell(card.name, "accuracy@1", suite="bias"), key="key-1"),
    )
    return SampleRuns(
        runs=(make_run(cells, tasks={score.task_path: card}, bias=(score,)),),
        records=make_reader({"key-0": clean, "key-1": view}),
    )


def _answered(name: str, text: str, positive: float, *, group: str = "") -> Record:
    slices = {"identity": f"age {group}", "identity_from": "older", "identity_to": group} if group else {}
    return Record(
        id=name,
        target="positive",
        output="positive" if positive > 0.5 else "negative",
        scores=(round(1 - positive, 3), positive),
        slices=slices,
        extra={"inputs": {"text": text}, **({"edits": {"text": [[0, 6, f"a {group}"]]}} if group else {})},
    )


def _cell(task: str, metric: str, *, suite: str = "contract", alarms: Sequence[Any] = ()) -> CellResult:
    score = _score(metric, 0.5)
    return CellResult(
        model="fair-model",
        suite=suite,
        task=task,
        split="validation",
        status="scored",
        key="key-0",
        score=score,
        scores=(score,),
        alarms=tuple(alarms),
    )


def _score(metric: str, value: float) -> Score:
    return Score(metric=metric, value=value, low=value / 2, high=(1 + value) / 2, n=4, method="wilson")


CAPABILITY_SAMPLES: Mapping[str, Callable[[], SampleRuns]] = {
    "behavioural tests": _tests,
    "behavioural tests that hold HTML": _hostile_tests,
    "views of a task": _views,
    "identity swaps of a task": _swaps,
    "identity swaps whose groups hold HTML": _hostile_swaps,
    "views whose names hold HTML": _hostile_views,
}
