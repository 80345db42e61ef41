"""Runs as the harness makes them, built by hand: four models on nine tasks, with everything that can go wrong."""

from __future__ import annotations

import math
import random

from benchwright.alarm import alarm
from benchwright.errors import StoreError
from benchwright.testing.fixtures import build_task
from benchwright.types import (
    AggregateScore,
    CellResult,
    Kind,
    Label,
    Ledger,
    ModelRef,
    Record,
    Run,
    RunSpec,
    Score,
    Source,
)

MODELS = {"deberta-v3-base": 0.91, "roberta-base": 0.885, "roberta-base-int8": 0.875, "distilbert-base-uncased": 0.83}
BINARY = {
    "cola": (1043, ("unacceptable", "acceptable"), -0.09),
    "sst2": (872, ("negative", "positive"), 0.04),
    "mrpc": (408, ("not_equivalent", "equivalent"), -0.01),
    "qqp": (1200, ("not_duplicate", "duplicate"), 0.02),
    "qnli": (1000, ("entailment", "not_entailment"), 0.02),
    "rte": (277, ("entailment", "not_entailment"), -0.14),
}
NLI = ("entailment", "neutral", "contradiction")
WORDS = ("a", "film", "that", "takes", "its", "time", "and", "never", "quite", "says", "what", "it", "means", "beauty")


def card(name, **changes):
    """A classification task of the suite ``glue``."""
    labels = changes.pop("labels", ("negative", "positive"))
    fields = {
        "name": name,
        "kind": Kind.CLASSIFY,
        "splits": {"validation": Source()},
        "default_split": "validation",
        "inputs": {"sentence": ("sentence",)},
        "target": ("label",),
        "metrics": ("accuracy",),
        "labels": tuple(Label(name=label, id=at) for at, label in enumerate(labels)),
        "licence": "unspecified",
        "citation": "Wang et al. 2019, https://arxiv.org/abs/1804.07461",
        "description": f"The {name} task.",
    }
    return build_task(**(fields | changes))


def wilson(right, n, z=1.96):
    """Value and interval of a proportion."""
    p = right / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return p, middle - half, middle + half


def proportion(metric, right, n, **more):
    """A score with its Wilson interval."""
    value, low, high = wilson(right, n)
    return Score(metric=metric, value=value, low=low, high=high, n=n, method="Wilson", clusters=n, **more)


def answers(task, labels, n, skill, dice, *, errored=0):
    """Records of a classifier that is right with probability ``skill``."""
    found = []
    for row in range(n):
        target = labels[dice.randrange(len(labels))]
        right = dice.random() < skill
        output = target if right else dice.choice([label for label in labels if label != target])
        sure = min(0.999, max(1 / len(labels) + 0.01, dice.gauss(0.9 if right else 0.75, 0.12)))
        scores = tuple(sure if label == output else (1 - sure) / (len(labels) - 1) for label in labels)
        text = " ".join(dice.choices(WORDS, k=dice.randrange(8, 30)))
        failed = row < errored
        found.append(
            Record(
                id=f"{task}/{row}",
                target=target,
                output=None if failed else output,
                scores=None if failed else scores,
                error="the input holds no text" if failed else None,
                slices={"length": "long" if len(text) > 100 else "short"},
                extra={"inputs": {"sentence": text}},
            )
        )
    return found


def numbers(n, skill, dice):
    """Records of a regression task on 0 to 5."""
    found = []
    for row in range(n):
        target = round(min(5, max(0, dice.gauss(2.7, 1.5))), 2)
        output = min(5.2, max(-0.1, target + dice.gauss(0.05, 1.6 - 1.3 * skill)))
        found.append(Record(id=f"stsb/{row}", target=target, output=output))
    return found


def scored(model, task, rows, *, extra=(), score=None, **changes):
    """A scored cell from records of a classifier: accuracy, slices, ledger."""
    valid = [row for row in rows if row.error is None]
    errored = len(rows) - len(valid)
    right = sum(row.output == row.target for row in valid)
    accuracy = proportion("accuracy@1", right, len(valid), errored=errored)
    slices = []
    for name in sorted({row.slices["length"] for row in valid}):
        part = [row for row in valid if row.slices["length"] == name]
        slices.append(
            proportion("accuracy@1", sum(r.output == r.target for r in part), len(part), slice=f"length={name}")
        )
    whole = score or proportion("score", right, len(valid), errored=errored)
    return CellResult(
        model=model,
        suite="glue",
        task=task,
        split="validation",
        status="scored",
        key=f"{model}-{task}",
        score=whole,
        scores=(accuracy, *extra, *slices),
        ledger=Ledger(total=len(rows), scored=len(valid), errored=errored, skipped=0, truncated=changes.pop("cut", 0)),
        seconds=12.5,
        **changes,
    )


def build(models=MODELS, seed=0):
    """A run and the function that gives its records."""
    dice = random.Random(seed)
    cells, records, tasks = [], {}, {}
    for name, (n, labels, ease) in BINARY.items():
        tasks[f"glue/{name}"] = card(name, labels=labels, **_metrics(name))
        for at, (model, skill) in enumerate(models.items()):
            rows = answers(name, labels, n, skill + ease, dice, errored=3 if (name, at) == ("mrpc", 1) else 0)
            records[f"{model}-{name}"] = rows
            cells.append(_binary_cell(name, at, model, rows))
    for name in ("mnli", "mnli_mm"):
        tasks[f"glue/{name}"] = card(name, labels=NLI)
        for model, skill in models.items():
            rows = answers(name, NLI, 1500, skill - 0.03, dice)
            records[f"{model}-{name}"] = rows
            cells.append(scored(model, name, rows))
    tasks["glue/stsb"] = card(
        "stsb",
        kind=Kind.REGRESS,
        labels=(),
        metrics=("pearson", "spearman"),
        score=("pearson", "spearman"),
        value_range=(0.0, 5.0),
    )
    for model, skill in models.items():
        records[f"{model}-stsb"] = numbers(1500, skill, dice)
        cells.append(_regression_cell(model, skill))
    run = Run(
        schema=1,
        name="glue-dev-candidates",
        spec=RunSpec(
            models=tuple(
                ModelRef(name=model, adapter="transformers", path=f"/home/someone/models/{model}/best")
                for model in models
            ),
            suites=("glue",),
        ),
        cells=_break(cells, list(models)),
        aggregates=tuple(_aggregates(models)),
        environment={
            "python": "3.11.9",
            "platform": "Linux x86_64",
            "processors": 8,
            "packages": {"benchwright": "0.1.0", "numpy": "2.4.1", "torch": "2.13.0", "transformers": "5.0.0"},
        },
        created="2026-10-17T09:12:44Z",
        complete=True,
        tasks=tasks,
        suites={"glue": 1},
    )
    return run, records_of(records)


def records_of(records):
    """The records by key, a StoreError for a key that is not there."""

    def read(key):
        if key not in records:
            raise StoreError(f"no records of {key} in this store")
        return records[key]

    return read


def _metrics(name):
    if name == "cola":
        return {"metrics": ("mcc",)}
    if name in {"mrpc", "qqp"}:
        return {"metrics": ("accuracy", "f1"), "score": ("accuracy", "f1")}
    return {}


def _binary_cell(name, at, model, rows):
    alarms = ()
    cut = 0
    extra = ()
    score = None
    valid = [row for row in rows if row.error is None]
    right = sum(row.output == row.target for row in valid) / len(valid)
    if name == "cola":
        value = 2 * right - 1
        extra = (
            Score(metric="mcc@1", value=value, low=value - 0.045, high=value + 0.043, n=len(rows), method="bootstrap"),
        )
        score = Score(
            metric="score", value=value, low=value - 0.045, high=value + 0.043, n=len(rows), method="bootstrap"
        )
    if name in {"mrpc", "qqp"}:
        f1 = Score(
            metric="f1@1",
            value=right + 0.02,
            low=right,
            high=right + 0.04,
            n=len(valid),
            errored=len(rows) - len(valid),
            method="bootstrap",
            clusters=len(valid) - 9,
        )
        extra = (f1,)
        score = Score(
            metric="score",
            value=right + 0.01,
            low=right - 0.015,
            high=right + 0.03,
            n=len(valid),
            errored=len(rows) - len(valid),
            method="bootstrap",
            clusters=len(valid) - 9,
        )
    if name == "qnli":
        cut = 4 + at
    if (name, at) == ("rte", 3):
        alarms = (
            alarm("permuted", "identity scores 69.7 %, the permutation 1-0 scores 84.1 %: labels may be swapped"),
        )
    return scored(model, name, rows, extra=extra, score=score, alarms=alarms, cut=cut)


def _regression_cell(model, skill):
    value = skill - 0.01
    pair = [
        Score(
            metric=f"{name}@1",
            value=value + shift,
            low=value + shift - 0.012,
            high=value + shift + 0.011,
            n=1500,
            method="cluster bootstrap",
            clusters=1413,
        )
        for name, shift in (("pearson", 0.002), ("spearman", -0.002))
    ]
    whole = Score(
        metric="score",
        value=value,
        low=value - 0.012,
        high=value + 0.011,
        n=1500,
        method="cluster bootstrap",
        clusters=1413,
    )
    return CellResult(
        model=model,
        suite="glue",
        task="stsb",
        split="validation",
        status="scored",
        key=f"{model}-stsb",
        score=whole,
        scores=tuple(pair),
        ledger=Ledger(total=1500, scored=1500, errored=0, skipped=0),
    )


def _break(cells, models):
    """Some cells that hold no score, and the reasons people meet."""
    reasons = {
        (models[-1], "qqp"): ("failed", "12 examples errored, budget 0: CUDA out of memory at 1 example per batch"),
        (models[-2], "stsb"): ("refused", "the checkpoint has a classification head, the task asks for a number"),
    }
    found = []
    for cell in cells:
        status, reason = reasons.get((cell.model, cell.task), ("", ""))
        broken = CellResult(
            model=cell.model, suite="glue", task=cell.task, split=cell.split, status=status or "failed", reason=reason
        )
        found.append(broken if status else cell)
    return tuple(found)


def _aggregates(models):
    for at, (model, skill) in enumerate(models.items()):
        lost = {2: ("stsb",), 3: ("qqp",)}.get(at, ())
        value = None if lost else skill - 0.04
        ends = {} if lost else {"low": skill - 0.048, "high": skill - 0.033}
        yield AggregateScore(
            model=model,
            suite="glue",
            name="glue-no-wnli-8",
            title="dev GLUE without WNLI",
            value=value,
            missing=lost,
            **ends,
        )
        yield AggregateScore(
            model=model,
            suite="glue",
            name="glue-official-9",
            title="dev GLUE (official recipe)",
            value=None,
            missing=(*lost, "wnli"),
        )
