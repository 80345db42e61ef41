"""Answers whose counts are known by construction: ``"++-!"`` is two right answers, a wrong one and one that is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchwright.testing.fixtures import build_task
from benchwright.types import AnyTask, Cluster, Kind, Record

LABELS = ("no", "yes", "maybe")
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
_LABELS = {"classify": LABELS, "tag": TAGS}
_INPUTS = {
    "tag": {"words": ("words",)},
    "span": {"question": ("question",), "context": ("context",)},
}

Column = Sequence[Any] | Callable[[int], Any]
"""A value for each row: a list, or a function of the row's number."""


def pattern_task(
    name: str = "t",
    *metrics: str,
    kind: Kind | str = "classify",
    labels: Sequence[str] | None = None,
    cluster: str | None = None,
    **more: Any,
) -> AnyTask:
    """A task of one split; its score is its leading metric, accuracy unless metrics are named.

    Args:
        name: Of the task.
        metrics: Their names; the first is the score.
        kind: Of the task.
        labels: Names of its labels; default: no, yes and maybe, for tags those of persons and places.
        cluster: Column whose values are independent units.
        more: Further fields of the task.
    """
    names = labels or _LABELS.get(kind, ())
    if kind == "classify":
        more = {"positive": "yes", **more}
    return build_task(
        name,
        kind=kind,
        labels=names,
        inputs=_INPUTS.get(kind, {"text": ("text",)}),
        metrics=metrics or ("accuracy",),
        cluster=Cluster(by="column", columns=(cluster,)) if cluster else None,
        **more,
    )


def records_of(golds: Sequence[Any], outputs: Sequence[Any], *, task: str = "t", **columns: Column) -> list[Record]:
    """Records with ids ``TASK/0``, ``TASK/1``, ...; an output None is an item without an answer.

    Args:
        golds: Gold answers.
        outputs: Answers, as many.
        task: Begins the ids.
        columns: Further fields of the records: ``slices``, ``cluster``, ...
    """
    return [
        Record(
            id=f"{task}/{at}",
            target=gold,
            output=output,
            error="broken" if output is None else None,
            **{name: column(at) if callable(column) else column[at] for name, column in columns.items()},
        )
        for at, (gold, output) in enumerate(zip(golds, outputs, strict=True))
    ]


def pattern_records(pattern: str, *, gold: Sequence[str] | None = None, **columns: Any) -> list[Record]:
    """Records from ``+`` (right), ``-`` (wrong), ``~`` (``maybe``, wrong in another way) and ``!`` (no answer).

    Args:
        pattern: A sign for each item.
        gold: Gold answers, ``no`` or ``yes``; default: they alternate.
        columns: As of `records_of`.
    """
    golds = list(gold) if gold else [LABELS[at % 2] for at in range(len(pattern))]
    other = {LABELS[0]: LABELS[1], LABELS[1]: LABELS[0]}
    outputs = [
        {"+": target, "-": other[target], "~": LABELS[2], "!": None}[sign]
        for sign, target in zip(pattern, golds, strict=True)
    ]
    return records_of(golds, outputs, **columns)


def case_task(name: str = "t", **more: Any) -> AnyTask:
    """A behavioural task whose answers are ``no`` and ``yes``; `case_records` are records of it."""
    names = {"metrics": ("failure_rate", "flip_rate"), "behaviour": True, **more}
    return build_task(name, labels=LABELS[:2], **names)


def case_records(patterns: Mapping[str, str], *, task: str = "t", templates: int = 0) -> list[Record]:
    """Records of MFT cases of one example each, ``yes`` expected.

    Args:
        patterns: CAPABILITY/TEST -> a sign for each case: ``+`` passed, ``-`` failed, ``?`` not applicable, ``!`` no answer.
        task: Begins the ids.
        templates: How many templates the cases of a test come from, in turn; 0: every case stands alone.
    """
    target = {"expect": {"kind": "equals"}, "judged": "all", "gold": LABELS[1]}
    found: list[Record] = []
    for path, pattern in patterns.items():
        capability, _, test = path.partition("/")
        for at, sign in enumerate(pattern):
            output = {"+": LABELS[1], "!": None}.get(sign, LABELS[0])
            found.append(
                Record(
                    id=f"{task}/{len(found)}",
                    target=target,
                    output=output,
                    error="broken" if output is None else None,
                    slices={"test": test, "capability": capability, "type": "MFT"},
                    cluster=f"{test}/template {at % templates}" if templates else f"{test}/{at}",
                    group=f"{test}/{at}",
                    extra={"lacks": True} if sign == "?" else {},
                )
            )
    return found
