"""Tasks about whether one text follows from another: MNLI, QNLI, RTE, WNLI and the diagnostics AX."""

from __future__ import annotations

from benchwright.types import Cluster, Kind, Label, Task
from benchwright_suites._glue.sources import PAPER, jsonl, split, tsv

_NOT_ENTAILMENT = ("not entailment", "non-entailment", "nonentailment", "no_entailment")

_TWO_WAY = (
    Label(name="entailment", id=0, aliases=("entailed", "entails")),
    Label(name="not_entailment", id=1, aliases=_NOT_ENTAILMENT),
)
_WNLI = (
    Label(name="not_entailment", id=0, aliases=_NOT_ENTAILMENT),
    Label(name="entailment", id=1, aliases=("entailed", "entails")),
)
_THREE_WAY = (
    Label(name="entailment", id=0, aliases=("entailed", "entails")),
    Label(name="neutral", id=1),
    Label(name="contradiction", id=2, aliases=("contradicts", "contradictory")),
)
_PREMISE = ("premise", "sentence1")
_HYPOTHESIS = ("hypothesis", "sentence2")
_MNLI_LICENCE = "mostly the OANC licence, parts CC BY 3.0 and CC BY-SA 3.0"
_MNLI_PAPER = "Williams, Nangia and Bowman 2018, https://arxiv.org/abs/1704.05426"

mnli = Task(
    name="mnli",
    kind=Kind.CLASSIFY,
    splits={
        "train": split("mnli", "train", tsv("MNLI/train.tsv"), jsonl("MNLI/train.jsonl")),
        "validation": split("mnli", "validation_matched", tsv("MNLI/dev_matched.tsv"), jsonl("MNLI/dev_matched.jsonl")),
        "test": split("mnli", "test_matched", tsv("MNLI/test_matched.tsv"), labelled=False),
    },
    default_split="validation",
    inputs={"premise": _PREMISE, "hypothesis": _HYPOTHESIS},
    target=("gold_label", "label"),
    labels=_THREE_WAY,
    metrics=("accuracy",),
    groups={"genre": ("genre",)},
    cluster=Cluster(by="column", columns=("premise",)),
    sizes={"train": 392702, "validation": 9815, "test": 9796},
    licence=_MNLI_LICENCE,
    citation=_MNLI_PAPER,
    description="Whether a hypothesis follows from a premise, contradicts it, or neither; genres seen in training.",
    notes=("One premise serves about three hypotheses, so intervals resample premises.",),
)

mnli_mm = Task(
    name="mnli_mm",
    kind=Kind.CLASSIFY,
    splits={
        "validation": split(
            "mnli", "validation_mismatched", tsv("MNLI/dev_mismatched.tsv"), jsonl("MNLI/dev_mismatched.jsonl")
        ),
        "test": split("mnli", "test_mismatched", tsv("MNLI/test_mismatched.tsv"), labelled=False),
    },
    default_split="validation",
    inputs=mnli.inputs,
    target=mnli.target,
    labels=_THREE_WAY,
    metrics=mnli.metrics,
    groups=mnli.groups,
    cluster=mnli.cluster,
    trained_on="mnli",
    sizes={"validation": 9832, "test": 9847},
    licence=_MNLI_LICENCE,
    citation=_MNLI_PAPER,
    description="MNLI on genres that the training split does not hold; answered by the MNLI model.",
    notes=("Averaged with the matched part inside the MNLI task, never counted as a task of its own.",),
)

qnli = Task(
    name="qnli",
    kind=Kind.CLASSIFY,
    splits={
        "train": split("qnli", "train", tsv("QNLI/train.tsv")),
        "validation": split("qnli", "validation", tsv("QNLI/dev.tsv")),
        "test": split("qnli", "test", tsv("QNLI/test.tsv"), labelled=False),
    },
    default_split="validation",
    inputs={"question": ("question",), "sentence": ("sentence",)},
    target=("label",),
    labels=_TWO_WAY,
    positive="entailment",
    metrics=("accuracy",),
    cluster=Cluster(by="linked", columns=("question", "sentence")),
    sizes={"train": 104743, "validation": 5463, "test": 5463},
    licence="CC BY-SA 4.0",
    citation=f"Rajpurkar et al. 2016, https://arxiv.org/abs/1606.05250, recast by GLUE, {PAPER}",
    description="Whether a sentence holds the answer to a question.",
    notes=("This is version 2; the first release had other rows (5,732 in validation), so scores do not compare.",),
)

rte = Task(
    name="rte",
    kind=Kind.CLASSIFY,
    splits={
        "train": split("rte", "train", tsv("RTE/train.tsv"), jsonl("RTE/train.jsonl")),
        "validation": split("rte", "validation", tsv("RTE/dev.tsv"), jsonl("RTE/val.jsonl")),
        "test": split("rte", "test", tsv("RTE/test.tsv"), jsonl("RTE/test.jsonl"), labelled=False),
    },
    default_split="validation",
    inputs={"sentence1": ("sentence1", "premise"), "sentence2": ("sentence2", "hypothesis")},
    target=("label",),
    labels=_TWO_WAY,
    positive="entailment",
    metrics=("accuracy",),
    cluster=Cluster(by="column", columns=("sentence1",)),
    sizes={"train": 2490, "validation": 277, "test": 3000},
    licence="unspecified: news and encyclopaedia texts of the PASCAL challenges",
    citation=f"Dagan et al. 2006, Bar Haim et al. 2006, Giampiccolo et al. 2007, Bentivogli et al. 2009; GLUE, {PAPER}",
    description="Whether a sentence follows from a passage.",
    notes=("SuperGLUE's RTE holds the same pairs in the same order.",),
)

wnli = Task(
    name="wnli",
    kind=Kind.CLASSIFY,
    splits={
        "train": split(
            "wnli",
            "train",
            tsv("WNLI/train.tsv"),
            tsv("WNLI/train.part_a.tsv", "WNLI/train.part_b.tsv", order="index"),
        ),
        "validation": split("wnli", "validation", tsv("WNLI/dev.tsv")),
        "test": split("wnli", "test", tsv("WNLI/test.tsv"), labelled=False),
    },
    default_split="validation",
    inputs={"sentence1": ("sentence1",), "sentence2": ("sentence2",)},
    target=("label",),
    labels=_WNLI,
    positive="entailment",
    metrics=("accuracy",),
    cluster=Cluster(by="column", columns=("sentence1",)),
    sizes={"train": 635, "validation": 71, "test": 146},
    licence="CC BY 4.0",
    citation=f"Levesque, Davis and Morgenstern 2012, recast by GLUE, {PAPER}",
    description="Whether a pronoun of a sentence was rightly replaced by a noun of it.",
    notes=(
        "Validation repeats training sentences with the opposite label, so trained models often fall below chance.",
        "Read the score beside the majority baseline: 40 of 71 in validation.",
    ),
)

_DIAGNOSTICS = ("AX", "diagnostic", "MNLI")

ax = Task(
    name="ax",
    kind=Kind.CLASSIFY,
    splits={
        "test": split(
            "ax",
            "test",
            *(tsv(f"{folder}/diagnostic-full.tsv") for folder in _DIAGNOSTICS),
            *(tsv(f"{folder}/diagnostic.tsv") for folder in _DIAGNOSTICS),
            labelled=False,
        ),
    },
    default_split="test",
    inputs={"premise": ("premise", "Premise", "sentence1"), "hypothesis": ("hypothesis", "Hypothesis", "sentence2")},
    target=("label", "Label"),
    labels=_THREE_WAY,
    metrics=("mcc", "accuracy"),
    groups_separator=";",
    groups={
        "lexical_semantics": ("Lexical Semantics",),
        "predicate_argument": ("Predicate-Argument Structure",),
        "logic": ("Logic",),
        "knowledge": ("Knowledge",),
        "domain": ("Domain",),
    },
    cluster=Cluster(by="pair", columns=("premise", "hypothesis")),
    trained_on="mnli",
    sizes={"test": 1104},
    diagnostic=True,
    licence="unspecified",
    citation=f"GLUE, {PAPER}, section 4",
    description="Hand-made pairs that probe linguistic phenomena, answered by the MNLI model; not in the average.",
    notes=("The hub's copy has no gold labels; they are in the file diagnostic-full.tsv of the official download.",),
)
