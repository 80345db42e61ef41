"""Tasks about reading: BoolQ, MultiRC, ReCoRD and COPA."""

from __future__ import annotations

from benchwright.types import Cluster, Kind, Task
from benchwright_suites._superglue.sources import PAPER, TRUE_FALSE, official

boolq = Task(
    name="boolq",
    kind=Kind.CLASSIFY,
    splits=official("boolq", "BoolQ"),
    default_split="validation",
    inputs={"question": ("question",), "passage": ("passage",)},
    target=("label",),
    labels=TRUE_FALSE,
    positive="true",
    metrics=("accuracy",),
    cluster=Cluster(by="column", columns=("passage",)),
    sizes={"train": 9427, "validation": 3270, "test": 3245},
    licence="CC BY-SA 3.0",
    citation=f"Clark et al. 2019, https://arxiv.org/abs/1905.10044, in SuperGLUE, {PAPER}",
    description="Whether the answer to a question about a passage is yes.",
    notes=("Questions are lower-case and have no question mark; read the score beside the majority baseline (62 %).",),
)

multirc = Task(
    name="multirc",
    kind=Kind.CLASSIFY,
    splits=official("multirc", "MultiRC"),
    default_split="validation",
    inputs={"paragraph": ("paragraph",), "question_and_answer": ("question_and_answer",)},
    target=("label",),
    labels=TRUE_FALSE,
    positive="true",
    metrics=("f1", "question_exact_match"),
    score=("f1", "question_exact_match"),
    cluster=Cluster(by="column", columns=("paragraph",)),
    prepare="benchwright_suites._superglue.nested:multirc",
    key=("item",),
    unit=("asked",),
    sizes={"train": 27243, "validation": 4848, "test": 9693},
    licence="unspecified: research use",
    citation=f"Khashabi et al. 2018, https://aclanthology.org/N18-1023/, in SuperGLUE, {PAPER}",
    description="Whether an answer to a question about a paragraph is right; several may be.",
    notes=(
        "F1 is F1a: of the class `true` over all answers. EM is the share of questions with every answer judged rightly.",
        "A model reads the paragraph, then the question and one answer; `<br>` becomes a blank, `<b>` and `</b>` are removed.",
        "A question is told by paragraph and question id, and intervals resample paragraphs.",
    ),
)

record = Task(
    name="record",
    kind=Kind.CHOOSE,
    splits=official("record", "ReCoRD"),
    default_split="validation",
    inputs={"passage": ("passage",), "query": ("query",), "options": ("options",)},
    target=("answers",),
    metrics=("answer_f1", "exact_match"),
    score=("answer_f1", "exact_match"),
    cluster=Cluster(by="column", columns=("passage",)),
    prepare="benchwright_suites._superglue.nested:record",
    key=("item",),
    by_text=True,
    placeholder="@placeholder",
    sizes={"train": 100730, "validation": 10000, "test": 10000},
    licence="unspecified: its release names licences by news source",
    citation=f"Zhang et al. 2018, https://arxiv.org/abs/1810.12885, in SuperGLUE, {PAPER}",
    description="Which entity of a news text was taken out of a statement about it.",
    notes=(
        "Options are the distinct texts of the entities, in alphabetical order; every query counts once.",
        "`@highlight` lines of a passage become sentences of it.",
    ),
)

copa = Task(
    name="copa",
    kind=Kind.CHOOSE,
    splits=official("copa", "COPA"),
    default_split="validation",
    inputs={"premise": ("premise",), "question": ("wording",), "options": ("options",)},
    target=("label",),
    metrics=("accuracy",),
    groups={"asks": ("question",)},
    prepare="benchwright_suites._superglue.nested:copa",
    sizes={"train": 400, "validation": 100, "test": 500},
    licence="BSD 2-Clause",
    citation=f"Roemmele, Bejan and Gordon 2011, in SuperGLUE, {PAPER}",
    description="Which of two sentences is the cause, or the effect, of another.",
    notes=("A model reads the premise, then `What was the cause of this?` or `What happened as a result?`.",),
)
