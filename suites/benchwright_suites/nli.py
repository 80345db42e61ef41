"""Natural language inference beyond GLUE: SNLI, ANLI, HANS, and the adversarial pairs of AdvGLUE."""

from __future__ import annotations

from typing import Any, Literal

from benchwright.types import ClassificationTask, Cluster, Files, Hub, Label, Source, Suite

_THREE_WAY = (
    Label(name="entailment", id=0, aliases=("entailed", "entails", "e")),
    Label(name="neutral", id=1, aliases=("n",)),
    Label(name="contradiction", id=2, aliases=("contradicts", "contradictory", "c")),
)
_INPUTS = {"premise": ("premise", "context", "sentence1"), "hypothesis": ("hypothesis", "sentence2")}
_PREMISE = Cluster(by="column", columns=("premise",))
_METRICS = ("accuracy", "macro_f1")
_BY_LABEL = ("precision", "recall", "f1")


def _snli(split: str, short: str) -> Source:
    return Source(
        hub=Hub(
            repo="stanfordnlp/snli",
            config="plain_text",
            split=split,
            revision="cdb5c3d5eed6ead6e5a341c8e56e669bb666725b",
        ),
        files=(
            *(Files(names=(f"{folder}/{short}.jsonl",), format="jsonl") for folder in ("SNLI", "snli")),
            *(
                Files(names=(f"{folder}snli_1.0_{short}.jsonl",), format="jsonl")
                for folder in ("snli_1.0/", "SNLI/", "")
            ),
            *(Files(names=(f"{folder}/{split}-*.parquet",), format="parquet") for folder in ("snli", "plain_text")),
        ),
        unlabelled="drop",
    )


snli = ClassificationTask(
    name="snli",
    splits={
        "train": _snli("train", "train"),
        "validation": _snli("validation", "dev"),
        "test": _snli("test", "test"),
    },
    default_split="validation",
    inputs=_INPUTS,
    target=("gold_label", "label"),
    labels=_THREE_WAY,
    metrics=_METRICS,
    by_label=_BY_LABEL,
    cluster=_PREMISE,
    sizes={"train": 549367, "validation": 9842, "test": 9824},
    licence="CC BY-SA 4.0",
    citation="Bowman et al. 2015, https://arxiv.org/abs/1508.05326",
    description="Whether a sentence follows from a picture's caption, contradicts it, or neither.",
    notes=(
        "Published numbers are mostly those of the test split: --split test.",
        "Rows on which the annotators found no majority have no gold label and are left out, as in every publication.",
        "One caption serves about three hypotheses, so intervals resample captions.",
    ),
)

_RULES = {"train": "train", "validation": "dev", "test": "test"}
_ANLI_SIZES = {"r1": (16946, 1000, 1000), "r2": (45460, 1000, 1000), "r3": (100459, 1200, 1200)}


def _anli_split(part: str, split: str) -> Source:
    short = _RULES[split]
    joint = (Files(names=("ANLI/test_r123.jsonl",), format="jsonl", where={"tag": f"{part}_test"}),)
    return Source(
        hub=Hub(
            repo="facebook/anli",
            config="plain_text",
            split=f"{short}_{part}",
            revision="8e4813d81f46d313dac7892e1c28076917cfcdf9",
        ),
        files=(
            *(
                Files(names=(f"{folder}{part.upper()}/{short}.jsonl",), format="jsonl")
                for folder in ("anli_v1.0/", "ANLI/", "")
            ),
            *(joint if split == "test" else ()),
            *(
                Files(names=(f"{folder}/{short}_{part}-*.parquet",), format="parquet")
                for folder in ("anli", "plain_text")
            ),
        ),
    )


def _anli(part: str) -> ClassificationTask:
    return ClassificationTask(
        name=f"anli_{part}",
        splits={split: _anli_split(part, split) for split in _RULES},
        default_split="test",
        inputs=_INPUTS,
        target=("label", "gold_label"),
        labels=_THREE_WAY,
        metrics=_METRICS,
        by_label=_BY_LABEL,
        cluster=_PREMISE,
        sizes=dict(zip(_RULES, _ANLI_SIZES[part], strict=True)),
        licence="CC BY-NC 4.0",
        citation="Nie et al. 2020, https://arxiv.org/abs/1910.14599",
        description=f"Inference written to fool a strong model, round {part[1]} of three.",
        notes=(
            "The rounds are reported apart: each was written against another model.",
            f"The train split is that of round {part[1]} alone; published systems train on all rounds with SNLI and MNLI.",
        ),
    )


anli_r1, anli_r2, anli_r3 = (_anli(part) for part in _ANLI_SIZES)

_HANS_FORMS: tuple[tuple[str, Literal["tsv", "jsonl"]], ...] = (("txt", "tsv"), ("jsonl", "jsonl"))
_NOT_OFFICIAL = (
    "made anew from the HANS templates, half of it perturbed: not the official 30,000 rows, not to be quoted as HANS"
)


def _heuristics(name: str, files: tuple[Files, ...], rows: int, description: str, *notes: str) -> ClassificationTask:
    """A card of pairs made from the templates of HANS."""
    return ClassificationTask(
        name=name,
        splits={"validation": Source(files=files)},
        default_split="validation",
        inputs={"premise": ("sentence1", "premise"), "hypothesis": ("sentence2", "hypothesis")},
        target=("gold_label", "label"),
        labels=(
            Label(name="entailment", id=0, aliases=("entailed", "entails")),
            Label(
                name="non-entailment",
                id=1,
                aliases=("not_entailment", "nonentailment", "no_entailment", "neutral", "contradiction"),
            ),
        ),
        positive="entailment",
        metrics=("accuracy", "macro_f1"),
        by_label=_BY_LABEL,
        slices={"heuristic": ("heuristic",), "subcase": ("subcase",), "perturbed": ("perturbed",)},
        cluster=Cluster(by="column", columns=("subcase", "template")),
        trained_on="glue/mnli",
        sizes={"validation": rows},
        licence="MIT",
        citation="McCoy, Pavlick and Linzen 2019, https://arxiv.org/abs/1902.01007",
        description=description,
        notes=(
            *notes,
            (
                "Two labels: of a three-way model, neutral and contradiction both count as non-entailment. Say so with the order of "
                "its outputs: `?labels=entailment,non-entailment,non-entailment` for an MNLI head in the usual order. A baseline that "
                "is trained here learns from MNLI with its labels merged that way."
            ),
            "Scores by heuristic are slices; rows are made from templates, so intervals resample templates.",
        ),
    )


hans = _heuristics(
    "hans",
    tuple(
        Files(names=(f"{folder}heuristics_evaluation_set.{suffix}",), format=form)
        for suffix, form in _HANS_FORMS
        for folder in ("HANS/", "hans/", "")
    ),
    30000,
    "HANS: is the overlap of words taken for entailment?",
)

overlap_heuristics = _heuristics(
    "overlap_heuristics",
    (Files(names=("HANS-perturbed/eval.tsv",), format="tsv", note=_NOT_OFFICIAL),),
    15000,
    "Pairs made anew from the templates of HANS, half of them perturbed: is the overlap of words taken for entailment?",
    "This is not the official evaluation set: nothing measured on it may be quoted as HANS.",
)


_TWO_WAY = (
    Label(name="entailment", id=0, aliases=("entailed", "entails")),
    Label(
        name="not_entailment",
        id=1,
        aliases=("not entailment", "non-entailment", "nonentailment", "no_entailment"),
    ),
)


def _advglue(name: str, key: str, rows: int, home: str, **card: Any) -> ClassificationTask:
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
    return ClassificationTask(
        name=f"advglue_{name}",
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


advglue_sst2 = _advglue(
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
advglue_qqp = _advglue(
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
advglue_mnli = _advglue(
    "mnli",
    "mnli",
    121,
    "glue/mnli",
    inputs={"premise": ("premise",), "hypothesis": ("hypothesis",)},
    labels=_THREE_WAY,
    metrics=("accuracy",),
    cluster=_linked("premise", "hypothesis"),
    description="MNLI pairs (matched genres) changed until models misjudge them.",
)
advglue_mnli_mm = _advglue(
    "mnli_mm",
    "mnli-mm",
    162,
    "glue/mnli",
    inputs={"premise": ("premise",), "hypothesis": ("hypothesis",)},
    labels=_THREE_WAY,
    metrics=("accuracy",),
    cluster=_linked("premise", "hypothesis"),
    description="MNLI pairs (mismatched genres) changed until models misjudge them.",
)
advglue_qnli = _advglue(
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
advglue_rte = _advglue(
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


suite = Suite(
    name="nli",
    version=1,
    tasks=(
        snli,
        anli_r1,
        anli_r2,
        anli_r3,
        hans,
        overlap_heuristics,
        advglue_sst2,
        advglue_qqp,
        advglue_mnli,
        advglue_mnli_mm,
        advglue_qnli,
        advglue_rte,
    ),
    folders=("nli", "robustness"),
    description="Does one text follow from another: SNLI, ANLI by round, HANS-like heuristics, and adversarial GLUE.",
)
