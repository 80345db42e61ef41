"""What the words of a report mean: one definition each, under the name by which templates ask for it."""

from __future__ import annotations

from collections.abc import Mapping

_Entry = tuple[str, str]

_SCORES: Mapping[str, _Entry] = {
    "score": (
        "task score",
        "The number a task is judged by: the metric that its card names, or the mean of several.",
    ),
    "interval": (
        "95 % interval",
        "Where the value would lie over all items like these: 95 of 100 such intervals hold it. It is about this checkpoint on other items from the same source, not about another training run, another task or your own data.",
    ),
    "n": ("n", "How many examples are in the number: those with a gold label and an answer."),
    "errored": (
        "errored",
        "Got no answer. Such an example counts neither as right nor as wrong and is not in the score, so that a score with many of them flatters the model.",
    ),
    "skipped": ("skipped", "Has no gold label, so that no answer to it can be judged; not in the score."),
    "truncated": ("truncated", "Was scored, but the model saw less than the whole input."),
    "unknown-tokens": ("unknown tokens", "Pieces of text that the model's vocabulary lacks: it read a placeholder."),
    "clusters": (
        "clusters",
        "Units that are independent of one another: items of one document, passage or template are one. An interval rests on their number rather than on that of the items.",
    ),
    "method": (
        "interval by",
        "How the interval was made: a closed form for shares of independent items, else a bootstrap.",
    ),
    "points": (
        "points",
        "100 times a fraction, a correlation or MCC: 84.20 is 0.8420. What has a unit of its own is printed as it is; machine-readable output holds the unrounded values.",
    ),
    "aggregate": (
        "aggregate recipe",
        "A mean over tasks under the name of its recipe, which says which tasks and metrics enter it. Where one has no score there is no mean, rather than one over fewer.",
    ),
    "validation": (
        "validation",
        "The part of a data set whose answers are public. Numbers from it are not comparable with those of a benchmark's test server.",
    ),
    "neutral": (
        "neutral value",
        "Of some metrics neither end is better: a model without any preference has the neutral value (50 of a stereotype score, 0 of a bias score).",
    ),
    "unranked": (
        "contested, scorer-dependent, recast",
        "What the literature disputes, what another lexicon or classifier would count otherwise, and what is not the task that was published: shown, but in no average, no rank and no family of tests.",
    ),
}

_COMPARING: Mapping[str, _Entry] = {
    "difference": (
        "difference",
        "One model minus another on the same items, paired item by item. Its interval is narrower than those of the two scores suggest: where these overlap, the difference may still be real.",
    ),
    "tie": (
        "tied with the best",
        "What was measured cannot tell it from the best model. That is no proof that they are equal: the interval of the difference says how far apart they may be.",
    ),
    "rank": (
        "rank",
        "The places that a model may hold, given the intervals of all differences together: 1-2 is first or second.",
    ),
    "p": (
        "p",
        "How often a difference at least this large would be seen if there were none. Below 0.05 exactly where the 95 % interval of the difference leaves out 0.",
    ),
    "holm": (
        "p adjusted (Holm)",
        "The p of a difference, raised for the number of differences that were looked at: the chance that any of them is called real by accident stays that of a single one.",
    ),
    "benjamini-hochberg": (
        "Benjamini-Hochberg",
        "A correction for many looks at slices: of those that are called different, at most the stated share is expected to be so by chance.",
    ),
    "exploratory": (
        "exploratory",
        "Looked at without a correction for the number of looks: something to check, not a finding.",
    ),
    "fixed-broken": (
        "fixed and broken",
        "Fixed: items that the reference got wrong and the model gets right. Broken: the other way round. Where the score is no share of right answers, what counts as right stands beside the counts: an exact match, every tag of a sentence, the label.",
    ),
    "reference": ("reference", "The model that the others are compared with."),
    "baseline": (
        "baseline",
        "A simple model (the commonest label, words counted) that shows what a score is worth; set apart from the candidates.",
    ),
    "candidate": ("candidate", "A model that may be chosen: every one that is no baseline."),
    "slice": (
        "slice",
        "The items that share a property, a language or a label; scored on their own. A small slice has a wide interval.",
    ),
    "pareto": (
        "Pareto front",
        "The models that no other beats in both: whoever is faster (or smaller) than one of them is worse in the score, and the other way round.",
    ),
}

_WARNINGS: Mapping[str, _Entry] = {
    "alarm": (
        "alarm",
        "The number may not be what it seems: labels look permuted, every answer is the same, examples have no answer. To be read before the number is believed.",
    ),
    "note": ("note", "What a number rests on: a limit, few units, inputs cut off."),
    "caveat": ("caveat", "What the card of a task says of all its numbers, with a reason and a reference."),
    "failed": ("failed", "The model was asked and the answers ended with an error; the reason stands beside it."),
    "missing": ("missing", "The data of the task were not there."),
    "refused": ("refused", "The model cannot answer the task: no head for it, other labels, another kind."),
    "unfinished": ("unfinished", "The run was interrupted; the same command goes on."),
    "not-measured": ("not measured", "Nobody measured it: not 0, and not an estimate."),
}

_BEHAVIOUR: Mapping[str, _Entry] = {
    "case": ("case", "The unit of behavioural tests: one text, or an original with its variants. It fails if any of its judged examples does."),
    "not-applicable": ("not applicable", "A case that cannot be judged, as when the model lacks the label that is asked for; left out of the rate and counted apart."),
    "capability": ("capability", "What a behavioural test asks for: negation, vocabulary, names, ..."),
    "mft": ("MFT", "Minimum functionality test: is the known answer given?"),
    "inv": ("INV", "Invariance test: does a harmless change leave the answer as it was? It says nothing of whether the answer is right."),
    "dir": ("DIR", "Directional expectation test: does a meaningful change move the answer the right way?"),
    "perturbation": ("perturbation", "A small change of the input after which a person would answer the same: typing errors, other capitals."),
    "severity": ("severity", "How much of the input is changed: 1 little, 3 much."),
    "consistency": ("consistency", "Share of changed inputs that are answered as the original is, right or wrong. A model that always says the same has 100."),
    "worst-case": ("worst case", "Share of items answered rightly as they are and in every variant; it falls as variants grow more."),
    "identity-swap": ("identity swap", "The words for one group of people put in place of those for another; the answer should not depend on them."),
    "swap-flip": ("flip rate of swaps", "Share of items whose answer changes when the words for one group stand in place of those for another."),
    "gap": ("gap", "The metric in the group with the highest value minus that in the group with the lowest; groups come from columns of the data."),
    "verdict-gap": ("verdict on a limit", "Within: the whole interval is within the limit. Exceeded: all of it is beyond. Else it cannot be told with so few items."),
    "confidence": ("confidence", "The probability that a model gives to its own answer."),
    "calibration": ("calibration error", "How far confidence is from the share of right answers, on average over answers sorted by confidence (ECE); 0 is best."),
}  # fmt: skip

_HARDWARE: Mapping[str, _Entry] = {
    "p50": ("p50", "Median latency: half of all queries were answered within this time."),
    "p90": ("p90", "90 of 100 queries were answered within this time."),
    "p95": ("p95", "95 of 100 queries were answered within this time."),
    "p99": ("p99", "99 of 100 queries were answered within this time."),
    "latency": ("latency", "Time from a text to its answer, tokenising included, one query after another unless another scenario is named."),
    "throughput": ("throughput", "Inputs answered in a second, all of them given at once and batched as the model's adapter does."),
    "steady": ("steady", "Times had stopped falling and rising before they were taken. What was not steady was measured all the same, and says so."),
    "cold-start": ("cold start", "From the start of the process to the first answer, the model's files not in memory."),
    "warm-start": ("warm start", "From the start of the process to the first answer, the model's files in memory."),
    "memory": ("peak memory", "Most memory that the process held at once while it answered, its libraries included."),
    "size": ("size", "Bytes of the model's files on disk."),
    "energy": ("energy", "Joules for an input, as the machine's own counters say; where there are none it is not measured."),
    "cost": ("cost", "Money for a million inputs at the measured throughput and the price of the machine that was given."),
    "scenario": ("scenario", "How queries come: one after another (single-stream), all at once (offline), at random times (server)."),
    "machine": ("machine", "Named by a fingerprint of its facts. Times of one machine compare with those of another in nothing."),
    "seconds": ("seconds", "Spent predicting, as the run itself took it, other work beside; a hardware profile is the measurement."),
}  # fmt: skip

_RUNS: Mapping[str, _Entry] = {
    "run": ("run", "Models on tasks, made by one command and kept in the store under a name."),
    "cell": ("result", "One model on one task and split. Its key is a digest of everything that decides its answers: model, data, settings, versions."),
    "digest": ("digest", "A hash of a content (SHA-256): the same digest is the same content, to the byte."),
    "reused": ("reused", "Answers that were in the store already, made by the same model on the same data, and were not computed again."),
    "split": ("split", "The part of a data set that was answered."),
    "seed": ("seed", "What everything random starts from; the same seed gives the same bytes."),
    "arithmetic": ("exact, fast", "Exact: the same answers bit for bit whenever it is run. Fast: lower precision, close but not equal."),
    "limited": ("limited", "Only the first examples of each task were used: a trial, no benchmark result."),
    "held-back": ("held back", "Rows of the train split that were kept from training, to choose the epoch; never rows of the evaluated split."),
    "checkpoint": ("checkpoint", "The files of one trained model. Another training run of the same recipe gives another one, with another score."),
    "loss": ("loss", "What training makes small; it compares within one line only."),
}  # fmt: skip

_EXPLAINING: Mapping[str, _Entry] = {
    "stability": ("stability", "Kendall's rank correlation between the attributions of one method with different seeds; a method without draws is always 1 with itself."),
    "queries": ("queries", "Distinct variants of the items that the model had to answer for an explanation; those to judge were asked for its faithfulness alone."),
    "attribution": ("attribution", "A value for each word of an item: how much it raises or lowers one number of the model's answer, by one method. Methods disagree."),
    "comprehensiveness": ("comprehensiveness", "How far the explained number falls when the words that count most are taken away: the mean over the top 1, 5, 10, 20 and 50 % of the words. It ranks methods for one model, never models: one that does not hang on single words has little of it."),
    "sufficiency": ("sufficiency", "How far the explained number falls when only the words that count most are left: the mean over the same shares. Lower is better."),
    "leave-one-out-tau": ("leave-one-out tau", "Kendall's tau between the values of the words and how far the number falls when each alone is left out: 1 is the same order, 0 no relation. That of leave-one-out itself is 1 by construction."),
    "random-attributions": ("random attributions", "Values that say nothing of the model, for the same words. What a method does beyond them, with a paired interval over items, is what it says; where the interval of comprehensiveness does not lie above 0, it cannot be told from them."),
    "plausibility": ("plausibility", "Whether the words that count most for a model are those that people marked as the reason: token F1 of as many top words as were marked, and average precision (AUPRC). Both beside what a random order reaches."),
}  # fmt: skip

ENTRIES: Mapping[str, _Entry] = {
    **_SCORES,
    **_COMPARING,
    **_WARNINGS,
    **_BEHAVIOUR,
    **_HARDWARE,
    **_RUNS,
    **_EXPLAINING,
}
"""Name -> title and definition."""

METRICS: Mapping[str, str] = {
    "accuracy": "Share of answers that are right.",
    "precision": "Of the answers that say the positive label, the share for which it is right.",
    "recall": "Of the examples whose label is the positive one, the share that is found.",
    "f1": "Harmonic mean of precision and recall of the positive label.",
    "macro_f1": "Mean of the F1 of each label, so that rare labels count as much as common ones.",
    "micro_f1": "F1 over all labels' answers together.",
    "balanced_accuracy": "Mean over labels of the share of their examples that is found.",
    "mcc": "Correlation of answers and gold labels: 100 is perfect, 0 what chance or one constant answer gives.",
    "pearson": "How closely answers follow gold values along a straight line.",
    "spearman": "How closely the order of the answers follows that of the gold values.",
    "rmse": "Root of the mean squared distance from gold; large misses weigh more.",
    "mae": "Mean distance from gold.",
    "roc_auc": "How often a positive example gets a higher score than a negative one; 50 is chance.",
    "average_precision": "Area under the curve of precision over recall.",
    "entity_f1": "Harmonic mean of precision and recall of entities; one counts only with its exact words and its type.",
    "entity_precision": "Of the entities that were predicted, the share with the exact words and type of a gold one.",
    "entity_recall": "Of the gold entities, the share that is predicted with exact words and type.",
    "strict_entity_f1": "Entity F1 in which tags that break the tagging scheme open no entity.",
    "boundary_f1": "Entity F1 that asks for the exact words only, not for the type.",
    "type_accuracy": "Of the gold entities whose exact words are found, the share with the right type.",
    "failure_rate": "Share of the behavioural cases that can be judged and fail.",
    "flip_rate": "Share of invariance cases whose answer changes with a change that should not matter.",
    "token_accuracy": "Share of words with the right tag, those outside of entities included.",
    "exact_match": "Share of answers equal to a gold answer, after case, articles and punctuation are taken off.",
    "answer_f1": "Share of words that answer and gold answer have in common (F1), best gold answer, mean over questions.",
}
"""Metrics in plain words; what others mean says their reference."""
