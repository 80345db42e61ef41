"""GLUE: nine tasks of English language understanding and a diagnostic set."""

from __future__ import annotations

from benchwright.types import (
    Aggregate,
    ClassificationTask,
    Cluster,
    Files,
    Hub,
    Label,
    Published,
    RegressionTask,
    Source,
    Suite,
)

_REVISION = "bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c"
_PAPER = "https://arxiv.org/abs/1804.07461"


def _split(config: str, name: str, *layouts: Files, labelled: bool = True) -> Source:
    """A split of the hub copy, of a clone of it, and in the given layouts; layouts with gold labels go first."""
    clone = Files(names=(f"{config}/{name}-*.parquet",), format="parquet")
    hub = Hub(repo="nyu-mll/glue", config=config, split=name, revision=_REVISION)
    return Source(hub=hub, files=(*layouts, clone), labelled=labelled)


def _tsv(*names: str, header: tuple[str, ...] = (), order: str | None = None) -> Files:
    """A layout of TSV files; a header is given where the file has none."""
    return Files(names=names, format="tsv", header=header, order=order)


def _jsonl(name: str) -> Files:
    """A layout of one file of JSON lines, as SuperGLUE writes them."""
    return Files(names=(name,), format="jsonl")


_COLA_COLUMNS = ("source", "label", "mark", "sentence")

cola = ClassificationTask(
    name="cola",
    splits={
        "train": _split(
            "cola",
            "train",
            _tsv("CoLA/train.tsv", header=_COLA_COLUMNS),
            _tsv("CoLA/in_domain_train.tsv", header=_COLA_COLUMNS),
        ),
        "validation": _split(
            "cola",
            "validation",
            _tsv("CoLA/dev.tsv", header=_COLA_COLUMNS),
            _tsv("CoLA/in_domain_dev.tsv", "CoLA/out_of_domain_dev.tsv", header=_COLA_COLUMNS),
        ),
        "test": _split("cola", "test", _tsv("CoLA/test.tsv"), labelled=False),
    },
    default_split="validation",
    inputs={"text": ("sentence", "text")},
    target=("label",),
    labels=(
        Label(name="unacceptable", id=0, aliases=("ungrammatical", "not acceptable")),
        Label(name="acceptable", id=1, aliases=("grammatical",)),
    ),
    positive="acceptable",
    about_form=True,
    metrics=("mcc", "accuracy"),
    slices={"source": ("source",)},
    sizes={"train": 8551, "validation": 1043, "test": 1063},
    licence="unspecified: copyright of the sentences remains with the linguistics publications they are quoted from",
    citation="Warstadt, Singh and Bowman 2019, https://arxiv.org/abs/1805.12471",
    description="Whether an English sentence is grammatically acceptable.",
    notes=("Later releases of the corpus relabel two validation sentences; this is the version that GLUE scores.",),
)

sst2 = ClassificationTask(
    name="sst2",
    splits={
        "train": _split("sst2", "train", _tsv("SST-2/train.tsv"), _tsv("SST-2/train.first20000.tsv")),
        "validation": _split("sst2", "validation", _tsv("SST-2/dev.tsv")),
        "test": _split("sst2", "test", _tsv("SST-2/test.tsv"), labelled=False),
    },
    default_split="validation",
    inputs={"text": ("sentence", "text")},
    target=("label",),
    labels=(Label(name="negative", id=0, aliases=("neg",)), Label(name="positive", id=1, aliases=("pos",))),
    positive="positive",
    metrics=("accuracy",),
    sizes={"train": 67349, "validation": 872, "test": 1821},
    licence="unspecified",
    citation="Socher et al. 2013, https://aclanthology.org/D13-1170/",
    description="Whether a sentence of a film review is positive or negative.",
    notes=("Training rows are phrases cut from sentences; validation and test rows are whole sentences.",),
)


mrpc = ClassificationTask(
    name="mrpc",
    splits={
        "train": _split("mrpc", "train", _tsv("MRPC/train.tsv")),
        "validation": _split("mrpc", "validation", _tsv("MRPC/dev.tsv")),
        "test": _split("mrpc", "test", _tsv("MRPC/msr_paraphrase_test.txt"), _tsv("MRPC/test.tsv")),
    },
    default_split="validation",
    inputs={"sentence1": ("sentence1", "#1 String"), "sentence2": ("sentence2", "#2 String")},
    target=("label", "Quality"),
    labels=(
        Label(name="not_equivalent", id=0, aliases=("not_paraphrase", "not_duplicate", "different")),
        Label(name="equivalent", id=1, aliases=("paraphrase", "duplicate", "is_paraphrase")),
    ),
    positive="equivalent",
    metrics=("accuracy", "f1"),
    score=("accuracy", "f1"),
    cluster=Cluster(by="linked", columns=("sentence1", "sentence2")),
    sizes={"train": 3668, "validation": 408, "test": 1725},
    licence="Microsoft Research Shared Source Licence: non-commercial use, keep the licence beside the files",
    citation="Dolan and Brockett 2005, https://aclanthology.org/I05-5002/",
    description="Whether two sentences from news say the same.",
    notes=("Some public copies are tokenised (doesn 't); texts and digests then differ from the official files.",),
)

qqp = ClassificationTask(
    name="qqp",
    splits={
        "train": _split("qqp", "train", _tsv("QQP/train.tsv")),
        "validation": _split("qqp", "validation", _tsv("QQP/dev.tsv")),
        "test": _split("qqp", "test", _tsv("QQP/test.tsv"), labelled=False),
    },
    default_split="validation",
    inputs={"question1": ("question1",), "question2": ("question2",)},
    target=("is_duplicate", "label"),
    labels=(
        Label(name="not_duplicate", id=0, aliases=("not_equivalent", "not_paraphrase", "different")),
        Label(name="duplicate", id=1, aliases=("equivalent", "paraphrase", "is_duplicate")),
    ),
    positive="duplicate",
    metrics=("accuracy", "f1"),
    score=("accuracy", "f1"),
    cluster=Cluster(by="linked", columns=("question1", "question2")),
    sizes={"train": 363846, "validation": 40430, "test": 390965},
    licence="unspecified: Quora's terms of service",
    citation="Iyer, Dandekar and Csernai 2017, First Quora Dataset Release; GLUE, https://arxiv.org/abs/1804.07461",
    description="Whether two questions from Quora ask the same.",
    notes=("Many validation questions also occur in the training split.",),
)

_STS_COLUMNS = (
    "genre",
    "filename",
    "year",
    "old_index",
    "score",
    "sentence1",
    "sentence2",
    "source1?",
    "source2?",
)

stsb = RegressionTask(
    name="stsb",
    splits={
        "train": _split("stsb", "train", _tsv("STS-B/train.tsv")),
        "validation": _split("stsb", "validation", _tsv("STS-B/dev.tsv")),
        "test": _split(
            "stsb",
            "test",
            _tsv("STS-B/sts-test.tsv", header=_STS_COLUMNS),
            _tsv("STS-B/original/sts-test.tsv", header=_STS_COLUMNS),
            _tsv("STS-B/test.tsv"),
            labelled=False,
        ),
    },
    default_split="validation",
    inputs={"sentence1": ("sentence1",), "sentence2": ("sentence2",)},
    target=("label", "score"),
    value_range=(0.0, 5.0),
    metrics=("pearson", "spearman"),
    score=("pearson", "spearman"),
    slices={"genre": ("genre",)},
    cluster=Cluster(by="linked", columns=("sentence1", "sentence2")),
    sizes={"train": 5749, "validation": 1500, "test": 1379},
    licence="unspecified: scores CC BY-SA 4.0, each text source under its own terms",
    citation="Cer et al. 2017, https://arxiv.org/abs/1708.00055",
    description="How similar two sentences are, from 0 (unrelated) to 5 (the same).",
    notes=("The hub copy keeps scores as 32-bit floats; they are read as the decimals that were written.",),
)


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

mnli = ClassificationTask(
    name="mnli",
    splits={
        "train": _split("mnli", "train", _tsv("MNLI/train.tsv"), _jsonl("MNLI/train.jsonl")),
        "validation": _split(
            "mnli", "validation_matched", _tsv("MNLI/dev_matched.tsv"), _jsonl("MNLI/dev_matched.jsonl")
        ),
        "test": _split("mnli", "test_matched", _tsv("MNLI/test_matched.tsv"), labelled=False),
    },
    default_split="validation",
    inputs={"premise": _PREMISE, "hypothesis": _HYPOTHESIS},
    target=("gold_label", "label"),
    labels=_THREE_WAY,
    metrics=("accuracy",),
    slices={"genre": ("genre",)},
    cluster=Cluster(by="column", columns=("premise",)),
    sizes={"train": 392702, "validation": 9815, "test": 9796},
    licence=_MNLI_LICENCE,
    citation=_MNLI_PAPER,
    description="Whether a hypothesis follows from a premise, contradicts it, or neither; genres seen in training.",
    notes=("One premise serves about three hypotheses, so intervals resample premises.",),
)

mnli_mm = ClassificationTask(
    name="mnli_mm",
    splits={
        "validation": _split(
            "mnli", "validation_mismatched", _tsv("MNLI/dev_mismatched.tsv"), _jsonl("MNLI/dev_mismatched.jsonl")
        ),
        "test": _split("mnli", "test_mismatched", _tsv("MNLI/test_mismatched.tsv"), labelled=False),
    },
    default_split="validation",
    inputs=mnli.inputs,
    target=mnli.target,
    labels=_THREE_WAY,
    metrics=mnli.metrics,
    slices=mnli.slices,
    cluster=mnli.cluster,
    trained_on="mnli",
    sizes={"validation": 9832, "test": 9847},
    licence=_MNLI_LICENCE,
    citation=_MNLI_PAPER,
    description="MNLI on genres that the training split does not hold; answered by the MNLI model.",
    notes=("Averaged with the matched part inside the MNLI task, never counted as a task of its own.",),
)

qnli = ClassificationTask(
    name="qnli",
    splits={
        "train": _split("qnli", "train", _tsv("QNLI/train.tsv")),
        "validation": _split("qnli", "validation", _tsv("QNLI/dev.tsv")),
        "test": _split("qnli", "test", _tsv("QNLI/test.tsv"), labelled=False),
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
    citation=f"Rajpurkar et al. 2016, https://arxiv.org/abs/1606.05250, recast by GLUE, {_PAPER}",
    description="Whether a sentence holds the answer to a question.",
    notes=("This is version 2; the first release had other rows (5,732 in validation), so scores do not compare.",),
)

rte = ClassificationTask(
    name="rte",
    splits={
        "train": _split("rte", "train", _tsv("RTE/train.tsv"), _jsonl("RTE/train.jsonl")),
        "validation": _split("rte", "validation", _tsv("RTE/dev.tsv"), _jsonl("RTE/val.jsonl")),
        "test": _split("rte", "test", _tsv("RTE/test.tsv"), _jsonl("RTE/test.jsonl"), labelled=False),
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
    citation=f"Dagan et al. 2006, Bar Haim et al. 2006, Giampiccolo et al. 2007, Bentivogli et al. 2009; GLUE, {_PAPER}",
    description="Whether a sentence follows from a passage.",
    notes=("SuperGLUE's RTE holds the same pairs in the same order.",),
)

wnli = ClassificationTask(
    name="wnli",
    splits={
        "train": _split(
            "wnli",
            "train",
            _tsv("WNLI/train.tsv"),
            _tsv("WNLI/train.part_a.tsv", "WNLI/train.part_b.tsv", order="index"),
        ),
        "validation": _split("wnli", "validation", _tsv("WNLI/dev.tsv")),
        "test": _split("wnli", "test", _tsv("WNLI/test.tsv"), labelled=False),
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
    citation=f"Levesque, Davis and Morgenstern 2012, recast by GLUE, {_PAPER}",
    description="Whether a pronoun of a sentence was rightly replaced by a noun of it.",
    notes=(
        "Validation repeats training sentences with the opposite label, so trained models often fall below chance.",
        "Read the score beside the majority baseline: 40 of 71 in validation.",
    ),
)

_DIAGNOSTICS = ("AX", "diagnostic", "MNLI")

ax = ClassificationTask(
    name="ax",
    splits={
        "test": _split(
            "ax",
            "test",
            *(_tsv(f"{folder}/diagnostic-full.tsv") for folder in _DIAGNOSTICS),
            *(_tsv(f"{folder}/diagnostic.tsv") for folder in _DIAGNOSTICS),
            labelled=False,
        ),
    },
    default_split="test",
    inputs={"premise": ("premise", "Premise", "sentence1"), "hypothesis": ("hypothesis", "Hypothesis", "sentence2")},
    target=("label", "Label"),
    labels=_THREE_WAY,
    metrics=("mcc", "accuracy"),
    slice_separator=";",
    slices={
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
    citation=f"GLUE, {_PAPER}, section 4",
    description="Hand-made pairs that probe linguistic phenomena, answered by the MNLI model; not in the average.",
    notes=("The hub's copy has no gold labels; they are in the file diagnostic-full.tsv of the official download.",),
)


_SERVER = "output of the GLUE server, https://github.com/nyu-mll/GLUE-baselines/issues/6"


def _published(what: str, value: str, **scores: tuple[float, ...]) -> Published:
    return Published(what=what, source=_SERVER, value=value, aggregate="glue-official-9", scores=scores)


_PUBLISHED = (
    _published(
        "GLUE score, BiLSTM baseline",
        "63.5",
        cola=(24.0,),
        sst2=(85.8,),
        mrpc=(71.9, 82.1),
        stsb=(68.8, 67.0),
        qqp=(80.2, 59.1),
        mnli=(65.8,),
        mnli_mm=(66.0,),
        qnli=(71.1,),
        rte=(46.8,),
        wnli=(63.7,),
    ),
    _published(
        "GLUE score, a user's run",
        "60.4",
        cola=(13.9,),
        sst2=(84.6,),
        mrpc=(73.0, 81.6),
        stsb=(68.8, 66.7),
        qqp=(79.7, 57.2),
        mnli=(61.3,),
        mnli_mm=(61.8,),
        qnli=(63.0,),
        rte=(54.2,),
        wnli=(52.7,),
    ),
)
"""Order within a task: its score metrics (MRPC, QQP: accuracy, F1; STS-B: Pearson, Spearman)."""


_RULE = "Wang et al. 2018, section 3.4, https://arxiv.org/abs/1804.07461"

_NO_WNLI = (("cola",), ("sst2",), ("mrpc",), ("stsb",), ("qqp",), ("mnli", "mnli_mm"), ("qnli",), ("rte",))

suite = Suite(
    name="glue",
    version=1,
    tasks=(cola, sst2, mrpc, stsb, qqp, mnli, mnli_mm, qnli, rte, wnli, ax),
    aggregates=(
        Aggregate(
            name="glue-official-9",
            members=(*_NO_WNLI, ("wnli",)),
            title="dev GLUE (official recipe)",
            citation=_RULE,
        ),
        Aggregate(
            name="glue-no-wnli-8",
            members=_NO_WNLI,
            title="dev GLUE without WNLI",
            citation="Raffel et al. 2020, https://arxiv.org/abs/1910.10683 (WNLI left out)",
        ),
    ),
    folders=("glue", "glue_data", "superglue"),
    description="Nine tasks of English language understanding, scored on validation data, and a diagnostic set.",
    published=_PUBLISHED,
)
