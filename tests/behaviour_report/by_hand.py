"""Two models on four tests of sentiment: records, cells and runs."""

from __future__ import annotations

from benchwright.alarm import alarm
from benchwright.behaviour_report.judged import judge_cell
from benchwright.testing.fixtures import build_task
from benchwright.types import CellResult, Kind, Label, ModelRef, Record, Run, RunSpec, Score, Source

EQUALS = {"kind": "equals"}
SAME = {"kind": "invariant", "tolerance": 0.1}
UP = {"kind": "shift", "direction": "up", "positive": "positive", "negative": "negative", "tolerance": 0.1}
EVIL = '<script>alert("x")</script>\x1b[31m\u202e'

CASES = [
    *(
        (
            "negated",
            "MFT",
            "Negation",
            str(at),
            (f"It is not {word}.",),
            {"expect": EQUALS, "gold": "negative"},
            "not {adj}",
        )
        for at, word in enumerate(("good", "great", "fine", "nice", "lovely", "superb"))
    ),
    *(
        (
            "plain",
            "MFT",
            "Vocabulary",
            str(at),
            (f"It is {word}.",),
            {"expect": EQUALS, "gold": "positive"},
            f"is {at % 3}",
        )
        for at, word in enumerate(("good", "great", "fine", "nice", "lovely", "superb"))
    ),
    *(
        (
            "names",
            "INV",
            "NER",
            str(at),
            (f"{name} liked the long film.", f"Zoë liked the {word} film.", f"{name} liked the long film!"),
            {"expect": SAME, "judged": "all_but_first"},
            None,
        )
        for at, (name, word) in enumerate((("Anna", "long"), ("Tom", "bad"), (EVIL, "long"), ("Ines", "long")))
    ),
    *(
        (
            "praise",
            "DIR",
            "Vocabulary",
            str(at),
            (f"It is {word}.", f"It is {word}. I loved it."),
            {"expect": UP, "judged": "all_but_first"},
            None,
        )
        for at, word in enumerate(("dull", "odd"))
    ),
]
"""Test, type, capability, case, texts, target, template."""


def card(name="sentiment", **changes):
    """The behavioural task."""
    fields = {
        "name": name,
        "kind": Kind.CLASSIFY,
        "behaviour": True,
        "splits": {"test": Source()},
        "default_split": "test",
        "inputs": {"text": ("text",)},
        "target": ("target",),
        "metrics": ("failure_rate", "flip_rate"),
        "score": ("failure_rate",),
        "labels": (Label(name="negative", id=0), Label(name="positive", id=1)),
        "licence": "CC0",
        "citation": "written here",
        "description": "Tests by hand.",
    }
    return build_task(**(fields | changes))


def share(text):
    """P(positive) of a model that reads one word at a time and not `not`; `bad` is what it hates."""
    return 0.1 if "bad" in text else 0.3 if "dull" in text or "odd" in text else 0.9


def records(positive=share, *, inputs=True, lacks=(), errored=()):
    """Records of a model that gives a text that P(positive)."""
    found = []
    for test, kind, capability, case, texts, target, template in CASES:
        for text in texts:
            p = positive(text)
            name = f"{test}/{case}"
            extra = {"inputs": {"text": text}} if inputs else {}
            found.append(
                Record(
                    id=f"sentiment/{len(found)}",
                    target=target,
                    output=None if name in errored else "positive" if p > 0.5 else "negative",
                    scores=None if name in errored else (1 - p, p),
                    error="no text" if name in errored else None,
                    slices={"test": test, "capability": capability, "type": kind},
                    group=name,
                    cluster=template or name,
                    extra=extra | ({"lacks": True} if name in lacks else {}),
                )
            )
    return found


def constant(_text):
    """P(positive) of a model that always says the same."""
    return 1.0


def cell(model, task="sentiment", **changes):
    """A scored cell."""
    fields = {
        "model": model,
        "suite": "behaviour",
        "task": task,
        "split": "test",
        "status": "scored",
        "key": f"key-{model}-{task}",
        "score": Score(metric="score", value=0.5, low=0.3, high=0.7, n=18, unit="case"),
        "scores": (
            Score(metric="failure_rate@1", value=0.5, low=0.3, high=0.7, n=18, unit="case"),
            Score(metric="flip_rate@1", value=0.25, low=0.05, high=0.7, n=4, unit="case"),
        ),
    }
    return CellResult(**(fields | changes))


def judged(**models):
    """Judged cells of models by name."""
    return [judge_cell(name, cell(name), card(), found) for name, found in models.items()]


def run(models, tasks=None, name="tests"):
    """A run and the reader of its records."""
    cells = tuple(
        cell(model, alarms=(alarm("constant", "every prediction is 'positive'"),) if model == "constant" else ())
        for model in models
    )
    value = Run(
        schema=1,
        name=name,
        spec=RunSpec(models=tuple(ModelRef(name=model, adapter="x") for model in models), suites=("behaviour",)),
        cells=cells,
        aggregates=(),
        environment={},
        created="2026-11-26T20:00:00Z",
        complete=True,
        tasks=tasks or {"behaviour/sentiment": card()},
    )
    by_key = {f"key-{model}-sentiment": found for model, found in models.items()}
    return value, by_key.__getitem__
