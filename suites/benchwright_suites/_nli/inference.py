"""Whether a hypothesis follows from a premise: SNLI, ANLI and HANS."""

from __future__ import annotations

from benchwright.types import Cluster, Files, Hub, Kind, Label, Source, Task

THREE_WAY = (
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


snli = Task(
    name="snli",
    kind=Kind.CLASSIFY,
    splits={
        "train": _snli("train", "train"),
        "validation": _snli("validation", "dev"),
        "test": _snli("test", "test"),
    },
    default_split="validation",
    inputs=_INPUTS,
    target=("gold_label", "label"),
    labels=THREE_WAY,
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


def _anli(part: str) -> Task:
    return Task(
        name=f"anli_{part}",
        kind=Kind.CLASSIFY,
        splits={split: _anli_split(part, split) for split in _RULES},
        default_split="test",
        inputs=_INPUTS,
        target=("label", "gold_label"),
        labels=THREE_WAY,
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

_NOT_OFFICIAL = (
    "made anew from the HANS templates, half of it perturbed: not the official 30,000 rows, not to be quoted as HANS"
)

hans = Task(
    name="hans",
    kind=Kind.CLASSIFY,
    splits={
        "validation": Source(
            files=(
                *(
                    Files(names=(f"{folder}heuristics_evaluation_set.txt",), format="tsv")
                    for folder in ("HANS/", "hans/", "")
                ),
                *(
                    Files(names=(f"{folder}heuristics_evaluation_set.jsonl",), format="jsonl")
                    for folder in ("HANS/", "hans/", "")
                ),
                Files(names=("HANS-perturbed/eval.tsv",), format="tsv", note=_NOT_OFFICIAL),
            )
        ),
    },
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
    groups={"heuristic": ("heuristic",), "subcase": ("subcase",), "perturbed": ("perturbed",)},
    cluster=Cluster(by="column", columns=("subcase", "template")),
    trained_on="glue/mnli",
    sizes={"validation": 30000},
    licence="MIT",
    citation="McCoy, Pavlick and Linzen 2019, https://arxiv.org/abs/1902.01007",
    description="HANS, or pairs made anew from its templates where only those are here: is word overlap taken for entailment?",
    notes=(
        (
            "HANS-perturbed/eval.tsv is NOT the official evaluation set: half of its 15,000 rows are perturbed. Results on it carry a "
            "flag, and must not be quoted as HANS."
        ),
        (
            "Two labels: of a three-way model, neutral and contradiction both count as non-entailment. Say so with the order of its "
            "outputs: `?labels=entailment,non-entailment,non-entailment` for an MNLI head in the usual order. A baseline that is "
            "trained here learns from MNLI with its labels merged that way."
        ),
        "Rows are made from templates, so intervals resample templates.",
    ),
)
