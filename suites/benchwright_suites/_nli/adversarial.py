"""AdvGLUE: validation rows of five GLUE tasks, changed by people and attacks until models fail."""

from __future__ import annotations

from typing import Any

from benchwright.types import Cluster, Files, Hub, Kind, Label, Source, Task
from benchwright_suites._nli.inference import THREE_WAY

_TWO_WAY = (
    Label(name="entailment", id=0, aliases=("entailed", "entails")),
    Label(
        name="not_entailment",
        id=1,
        aliases=("not entailment", "non-entailment", "nonentailment", "no_entailment"),
    ),
)


def _task(name: str, key: str, rows: int, home: str, **card: Any) -> Task:
    """A card of AdvGLUE: `key` names its rows in dev.json, `home` the task whose model answers."""
    config = f"adv_{name.replace('_mm', '_mismatched')}"
    source = Source(
        hub=Hub(
            repo="AI-Secure/adv_glue",
            config=config,
            split="validation",
            revision="e1abda026f687e917a8d9895469194736ebe872c",
        ),
        files=(
            *(
                Files(names=(f"{folder}dev.json",), format="json", key=key)
                for folder in ("AdvGLUE/", "adversarial-glue/", "advglue/")
            ),
            Files(names=(f"{config}/validation-*.parquet",), format="parquet"),
        ),
    )
    notes = (
        f"Answered by a model of {home}; read it beside that model's score there.",
        "The small labelled part of the benchmark; the larger test split is scored on a server.",
    )
    return Task(
        name=f"advglue_{name}",
        kind=Kind.CLASSIFY,
        splits={"validation": source},
        default_split="validation",
        target=("label",),
        trained_on=home,
        sizes={"validation": rows},
        licence="CC BY-SA 4.0",
        citation="Wang et al. 2021, https://arxiv.org/abs/2111.02840",
        notes=notes,
        **card,
    )


def _linked(*columns: str) -> Cluster:
    return Cluster(by="linked", columns=columns)


advglue_sst2 = _task(
    "sst2",
    "sst2",
    148,
    "glue/sst2",
    inputs={"text": ("sentence", "text")},
    labels=(Label(name="negative", id=0, aliases=("neg",)), Label(name="positive", id=1, aliases=("pos",))),
    positive="positive",
    metrics=("accuracy",),
    description="SST-2 sentences changed until models misread their sentiment.",
)
advglue_qqp = _task(
    "qqp",
    "qqp",
    78,
    "glue/qqp",
    inputs={"question1": ("question1",), "question2": ("question2",)},
    labels=(
        Label(name="not_duplicate", id=0, aliases=("not_equivalent", "not_paraphrase", "different")),
        Label(name="duplicate", id=1, aliases=("equivalent", "paraphrase", "is_duplicate")),
    ),
    positive="duplicate",
    metrics=("accuracy", "f1"),
    cluster=_linked("question1", "question2"),
    description="QQP questions changed until models no longer see whether they ask the same.",
)
advglue_mnli = _task(
    "mnli",
    "mnli",
    121,
    "glue/mnli",
    inputs={"premise": ("premise",), "hypothesis": ("hypothesis",)},
    labels=THREE_WAY,
    metrics=("accuracy",),
    cluster=_linked("premise", "hypothesis"),
    description="MNLI pairs (matched genres) changed until models misjudge them.",
)
advglue_mnli_mm = _task(
    "mnli_mm",
    "mnli-mm",
    162,
    "glue/mnli",
    inputs={"premise": ("premise",), "hypothesis": ("hypothesis",)},
    labels=THREE_WAY,
    metrics=("accuracy",),
    cluster=_linked("premise", "hypothesis"),
    description="MNLI pairs (mismatched genres) changed until models misjudge them.",
)
advglue_qnli = _task(
    "qnli",
    "qnli",
    148,
    "glue/qnli",
    inputs={"question": ("question",), "sentence": ("sentence",)},
    labels=_TWO_WAY,
    positive="entailment",
    metrics=("accuracy",),
    cluster=_linked("question", "sentence"),
    description="QNLI pairs changed until models misjudge whether the sentence answers the question.",
)
advglue_rte = _task(
    "rte",
    "rte",
    81,
    "glue/rte",
    inputs={"sentence1": ("sentence1", "premise"), "sentence2": ("sentence2", "hypothesis")},
    labels=_TWO_WAY,
    positive="entailment",
    metrics=("accuracy",),
    cluster=_linked("sentence1", "sentence2"),
    description="RTE pairs changed until models misjudge them.",
)
