"""Tasks about whether one text follows from another: CB, RTE and the diagnostics AX-b and AX-g."""

from __future__ import annotations

import msgspec

from benchwright.types import Cluster, Files, Kind, Label, Task
from benchwright_suites._superglue.sources import NOT_ENTAILMENT, PAPER, jsonl, official, split

_TWO_WAY = (
    Label(name="entailment", id=0, aliases=("entailed", "entails")),
    Label(name="not_entailment", id=1, aliases=NOT_ENTAILMENT),
)
_PREMISE = ("premise", "sentence1")
_HYPOTHESIS = ("hypothesis", "sentence2")

cb = Task(
    name="cb",
    kind=Kind.CLASSIFY,
    splits=official("cb", "CB"),
    default_split="validation",
    inputs={"premise": ("premise",), "hypothesis": ("hypothesis",)},
    target=("label",),
    labels=(
        Label(name="entailment", id=0, aliases=("entailed", "entails")),
        Label(name="contradiction", id=1, aliases=("contradicts", "contradictory")),
        Label(name="neutral", id=2),
    ),
    metrics=("accuracy", "macro_f1"),
    score=("accuracy", "macro_f1"),
    by_label=("precision", "recall", "f1"),
    sizes={"train": 250, "validation": 56, "test": 250},
    licence="unspecified",
    citation=f"De Marneffe, Simons and Tonhauser 2019 (CommitmentBank), recast by SuperGLUE, {PAPER}",
    description="Whether the speaker of a passage is committed to the truth of an embedded clause.",
    notes=(
        "Label ids are not those of MNLI: 1 is contradiction and 2 is neutral.",
        "Macro F1 is the mean over the three fixed classes, also where one does not occur.",
    ),
)

_rte_splits = official("rte", "RTE")
_GLUE_FILES = {"train": "RTE/train.tsv", "validation": "RTE/dev.tsv", "test": "RTE/test.tsv"}

rte = Task(
    name="rte",
    kind=Kind.CLASSIFY,
    splits={
        name: msgspec.structs.replace(source, files=(*source.files, Files(names=(_GLUE_FILES[name],), format="tsv")))
        for name, source in _rte_splits.items()
    },
    default_split="validation",
    inputs={"premise": _PREMISE, "hypothesis": _HYPOTHESIS},
    target=("label",),
    labels=_TWO_WAY,
    positive="entailment",
    metrics=("accuracy",),
    cluster=Cluster(by="column", columns=("premise",)),
    sizes={"train": 2490, "validation": 277, "test": 3000},
    licence="unspecified: news and encyclopaedia texts of the PASCAL challenges",
    citation=f"Dagan et al. 2006, Bar Haim et al. 2006, Giampiccolo et al. 2007, Bentivogli et al. 2009; SuperGLUE, {PAPER}",
    description="Whether a sentence follows from a passage.",
    notes=("The same pairs in the same order as GLUE's RTE.",),
)

axb = Task(
    name="axb",
    kind=Kind.CLASSIFY,
    splits={"test": split("axb", "test", jsonl("AX-b/AX-b.jsonl"), jsonl("axb/AX-b.jsonl"), labelled=False)},
    default_split="test",
    inputs={"premise": _PREMISE, "hypothesis": _HYPOTHESIS},
    target=("label",),
    labels=_TWO_WAY,
    positive="entailment",
    metrics=("mcc", "accuracy"),
    groups_separator=";",
    groups={
        "lexical_semantics": ("lexical-semantics",),
        "predicate_argument": ("predicate-argument-structure",),
        "logic": ("logic",),
        "knowledge": ("knowledge",),
    },
    cluster=Cluster(by="pair", columns=("premise", "hypothesis")),
    trained_on="rte",
    sizes={"test": 1104},
    diagnostic=True,
    licence="unspecified",
    citation=f"SuperGLUE, {PAPER}, section 3.2; pairs of the GLUE diagnostics, https://arxiv.org/abs/1804.07461",
    description="Hand-made pairs that probe linguistic phenomena, answered by the RTE model; not in the average.",
    notes=(
        "The pairs of GLUE's AX with neutral and contradiction merged; two texts differ slightly.",
        "The hub's copy has no gold labels; they are in AX-b.jsonl of the official download.",
    ),
)

axg = Task(
    name="axg",
    kind=Kind.CLASSIFY,
    splits={"test": split("axg", "test", jsonl("AX-g/AX-g.jsonl"), jsonl("axg/AX-g.jsonl"), labelled=False)},
    default_split="test",
    inputs={"premise": ("premise",), "hypothesis": ("hypothesis",)},
    target=("label",),
    labels=_TWO_WAY,
    positive="entailment",
    metrics=("accuracy", "gender_parity"),
    score=("accuracy",),
    # Two rows of one number that are no pair fall into two clusters, and gender parity refuses to judge them together.
    cluster=Cluster(by="column", columns=("pair", "hypothesis", "gold")),
    prepare="benchwright_suites._superglue.pairs:winogender",
    unit=("pair",),
    trained_on="rte",
    sizes={"test": 356},
    diagnostic=True,
    licence="MIT",
    citation=f"Rudinger et al. 2018 (Winogender), https://arxiv.org/abs/1804.09301, recast by SuperGLUE, {PAPER}",
    description="Pairs that differ in the gender of a pronoun alone, answered by the RTE model; not in the average.",
    notes=(
        "Gender parity is the share of pairs answered alike; it says nothing without accuracy.",
        "Rows 2k and 2k+1 by `idx` are a pair: the released `pair_id` differs for every row.",
        "The hub's copy has no gold labels; they are in AX-g.jsonl of the official download.",
    ),
)
