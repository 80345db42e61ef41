"""Tasks about words in their context: WiC and WSC."""

from __future__ import annotations

from benchwright.types import Cluster, Kind, Task
from benchwright_suites._superglue.sources import PAPER, TRUE_FALSE, official

wic = Task(
    name="wic",
    kind=Kind.CLASSIFY,
    splits=official("wic", "WiC"),
    default_split="validation",
    inputs={"sentence1": ("text1",), "sentence2": ("text2",)},
    target=("label",),
    labels=TRUE_FALSE,
    positive="true",
    metrics=("accuracy",),
    cluster=Cluster(by="column", columns=("word",)),
    prepare="benchwright_suites._superglue.marks:word_in_context",
    sizes={"train": 5428, "validation": 638, "test": 1400},
    licence="CC BY-NC 4.0",
    citation=f"Pilehvar and Camacho-Collados 2019, https://arxiv.org/abs/1808.09121, in SuperGLUE, {PAPER}",
    description="Whether a word has the same sense in two sentences.",
    notes=(
        "A model reads `WORD: SENTENCE` and the second sentence, with `* ` and ` *` around the word by its character offsets.",
        "Other formulations (unmarked sentences, the word as a third text) are other tasks; their scores do not compare.",
    ),
)

wsc = Task(
    name="wsc",
    kind=Kind.CLASSIFY,
    splits=official("wsc.fixed", "WSC"),
    default_split="validation",
    inputs={"text": ("marked",)},
    target=("label",),
    labels=TRUE_FALSE,
    positive="true",
    metrics=("accuracy",),
    cluster=Cluster(by="column", columns=("unmarked",)),
    prepare="benchwright_suites._superglue.marks:winograd",
    sizes={"train": 554, "validation": 104, "test": 146},
    licence="CC BY 4.0",
    citation=f"Levesque, Davis and Morgenstern 2012, recast by SuperGLUE, {PAPER}",
    description="Whether a pronoun in a text refers to a noun phrase of it.",
    notes=(
        "A model reads the text with `* ` and ` *` around the noun phrase and `# ` and ` #` around the pronoun, by word index.",
        "Where the words at an index are not the span, the nearest place that holds it is marked, and the rows are counted.",
        "Read the score beside the majority baseline: 66 of 104 in validation are false.",
    ),
)
