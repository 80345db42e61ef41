"""The JSON documents of a board, as types: ``docs/schema/board.schema.json`` and ``docs/schema/board-model.schema.json`` are made from them.

A key never changes its meaning and never goes without another `SCHEMA`; keys may be added. Values are unrounded: fractions in [0, 1],
correlations and MCC in [-1, 1], in units of the task elsewhere. null: not measured, not defined, or not ranked.
"""

from __future__ import annotations

from benchwright.types import Frozen

SCHEMA = 1
"""Version of both documents."""


class RankRange(Frozen, frozen=True, kw_only=True):
    """First and last rank that an entry may have; both 1 for a single best.

    Attributes:
        low: First rank, from 1.
        high: Last rank.
    """

    low: int
    high: int


class ScoreDocument(Frozen, frozen=True, kw_only=True):
    """A number with what is needed to believe it.

    Attributes:
        metric: NAME@VERSION, or score for the task's score.
        value: The value; null where it is undefined, and notes say why.
        low: Lower end of its 95 % interval.
        high: Upper end.
        se: Standard error.
        n: How many of unit were scored.
        unit: What is counted: example, question, word, entity; of a mean over tasks that count several things all of them (``entity or example``).
        clusters: Independent units behind the interval.
        method: How the interval was made.
        unanswered: Items without an answer, which count as wrong.
        skipped: Items without a gold answer, which are left out.
        notes: Alarms and notes, one sentence each.
    """

    metric: str
    value: float | None
    low: float | None
    high: float | None
    se: float | None
    n: int
    unit: str
    clusters: int | None
    method: str
    unanswered: int
    skipped: int
    notes: tuple[str, ...]


class DifferenceDocument(Frozen, frozen=True, kw_only=True):
    """An entry minus a baseline of the board, paired by item; positive: higher.

    Attributes:
        baseline: Id of the baseline.
        delta: The difference.
        low: Lower end of its own 95 % interval.
        high: Upper end.
        p: p of the paired test, not adjusted; ranking.critical is what it is held against.
        verdict: better or worse where the tests of the whole board tell the two apart, else empty.
    """

    baseline: str
    delta: float
    low: float | None
    high: float | None
    p: float | None
    verdict: str


class WorstSliceDocument(Frozen, frozen=True, kw_only=True):
    """The slice of a task on which an entry falls behind its score on the rest by most.

    Attributes:
        slice: name=value, label=NAME or type=NAME.
        n: Its items, gold labels or entities.
        gap: Its value minus that of the rest, shrunken towards the mean of all slices; below 0.
    """

    slice: str
    n: int
    gap: float


class AlarmDocument(Frozen, frozen=True, kw_only=True):
    """What makes a number suspect, or what it rests on; the board found it in the predictions.

    Attributes:
        code: What it is about, in one word that never changes: permuted, below-chance, constant, errored, truncated.
        severity: alarm: the number may not be what it seems; note: what it rests on.
        sentence: What was seen, with its figures.
    """

    code: str
    severity: str
    sentence: str


class ResultDocument(Frozen, frozen=True, kw_only=True):
    """An entry on a task.

    Attributes:
        task: suite/task.
        status: ranked; partial: answers to a part of the split; stale: it answered other data than the board has now; withdrawn.
        reasons: Why it is not ranked, a sentence each.
        rank: Its rank range on the task; null where it is not ranked.
        score: The task's score.
        difference: To the first baseline that is ranked there; null of that baseline itself, and where no test was made.
        alarms: Alarms first, then notes; null: the board did not look for any when this was scored.
        metrics: Every metric, slices left out; in board.json empty, see models/ID.json.
        worst_slice: Where it falls behind by most; null where the task has too few slices, or they differ no more than by chance.
        digest: Of the task as it was answered.
        answers: SHA-256 of the answers alone.
        limit: Items that were answered where the split was cut short; null: the whole split.
    """

    task: str
    status: str
    reasons: tuple[str, ...]
    rank: RankRange | None
    score: ScoreDocument
    difference: DifferenceDocument | None
    worst_slice: WorstSliceDocument | None
    digest: str
    answers: str
    limit: int | None
    alarms: tuple[AlarmDocument, ...] | None = None
    metrics: tuple[ScoreDocument, ...] = ()


class CostDocument(Frozen, frozen=True, kw_only=True):
    """What an entry costs; null: not measured, or not on the board's machine.

    Attributes:
        latency: Median seconds of one query.
        throughput: Examples a second.
        memory: Peak bytes.
        size: Bytes of the model's own files.
        parameters: Number of weights.
        base: suite/task whose texts were the inputs; empty: no time and no memory was measured.
        machine: What the machine is called, with the beginning of its fingerprint.
        flags: What must stand beside times and memory.
        why: Why nothing is told of them though a profile was given.
    """

    latency: float | None
    throughput: float | None
    memory: float | None
    size: int | None
    parameters: int | None
    base: str
    machine: str
    flags: tuple[str, ...]
    why: str


class WithdrawalDocument(Frozen, frozen=True, kw_only=True):
    """That an entry was taken back; it stays listed and keeps its id.

    Attributes:
        at: When, ISO 8601 in UTC.
        reason: Why.
    """

    at: str
    reason: str


class EntryDocument(Frozen, frozen=True, kw_only=True):
    """An entry: a model as it was submitted.

    Attributes:
        id: What addresses and file names call it; never used again on this board.
        name: What its submitters call it.
        status: ranked; partial: a task is missing; stale: it answered other data than the board has now; withdrawn.
        reasons: Why it is not ranked, a sentence each.
        withdrawn: When and why it was taken back; null: it was not.
        rank: Its rank range by the weighted mean; null where it is not ranked.
        mean: Its weighted mean over all tasks, with n, unanswered and skipped summed over them; null where a task is missing.
        difference: Of that mean to the first baseline that is ranked; null of that baseline itself, and where no test was made.
        baseline: Whether the board names it as one that always stands on it.
        team: Who entered it.
        attempt: 1 for the first entry of its team, then counted.
        submission: Id of the submission that it came with.
        added: When, ISO 8601.
        adapter: What opened the model; predictions: answers were handed in.
        model: Digest of the model; null where it has none.
        trained_on: What it says its training data were; empty: not told.
        same_as: Entry whose answers it gives on every task, as its team said; empty: none.
        twin_of: Entry that is the same stored model; the two count as one in every ranking. Empty: none.
        cost: What it costs.
        alarms: Alarms about its results, as a line each with the task; notes are in results.
        results: By task, in the order of the board.
    """

    id: str
    name: str
    status: str
    reasons: tuple[str, ...]
    withdrawn: WithdrawalDocument | None
    rank: RankRange | None
    mean: ScoreDocument | None
    difference: DifferenceDocument | None
    baseline: bool
    team: str
    attempt: int
    submission: str
    added: str
    adapter: str
    model: str | None
    trained_on: str
    same_as: str
    twin_of: str
    cost: CostDocument
    alarms: tuple[str, ...]
    results: tuple[ResultDocument, ...]


class TaskDocument(Frozen, frozen=True, kw_only=True):
    """A task of the board.

    Attributes:
        path: suite/task.
        digest: SHA-256 of what is asked and what is right there.
        weight: Its share of the mean; shares sum to 1. 0 where its score cannot be averaged, or there is no mean yet.
        declared: The weight that board.toml gives it, as a share.
        score: Metrics that its score is made of; empty where no entry answered its present data.
        versions: NAME@VERSION of every metric that entries were scored with.
        better: higher or lower; null where no entry answered its present data.
        split: Which split is asked; null likewise.
        ranked: How many entries are ranked on it.
        unranked: Why nobody is; empty where somebody is, or nobody entered it.
        optimism: Of the best score; null where there is none.
        caveats: What its card says of every number of it; alarms where it is disputed.
        description: What it is about.
        licence: Of its data.
        citation: Whom to cite.
    """

    path: str
    digest: str
    weight: float
    declared: float
    score: tuple[str, ...]
    versions: tuple[str, ...]
    better: str | None
    split: str | None
    ranked: int
    unranked: str
    optimism: OptimismDocument | None
    caveats: tuple[AlarmDocument, ...]
    description: str
    licence: str
    citation: str


class RescoredDocument(Frozen, frozen=True, kw_only=True):
    """A result that the board computed anew.

    Attributes:
        entry: Id of the entry.
        task: suite/task.
        at: When, ISO 8601 in UTC.
        before: The value until then; null: there was none.
        why: What had changed.
    """

    entry: str
    task: str
    at: str
    before: float | None
    why: str


class SubmissionDocument(Frozen, frozen=True, kw_only=True):
    """What one `board add` took in.

    Attributes:
        id: Its name on the board.
        digest: SHA-256 over its files.
        team: Who entered it.
        added: When, ISO 8601.
        note: What they say of it.
        entries: Ids of its entries.
        rescored: Results that were computed anew since, oldest first.
    """

    id: str
    digest: str
    team: str
    added: str
    note: str
    entries: tuple[str, ...]
    rescored: tuple[RescoredDocument, ...]


class OptimismDocument(Frozen, frozen=True, kw_only=True):
    """By how much a best score is too high because it is the best of several.

    Attributes:
        best: Id of the entry with the best score.
        expected: By how much its score is expected to be too high.
        if_equal: By how much the best of as many equal entries would be.
        entries: How many it was chosen from.
    """

    best: str
    expected: float
    if_equal: float
    entries: int


class RankingDocument(Frozen, frozen=True, kw_only=True):
    """What a rank means here.

    Attributes:
        level: All rank ranges hold at once with probability 1 - level.
        family: Number of paired tests that p-values are adjusted over (Holm).
        rejected: Number of them that tell two entries apart.
        critical: Two entries are told apart exactly where the two-sided p of their pair is at most this.
        attempts: Entries that were ever made on this board: what the best of them was chosen from.
        optimism: Of the best mean; null where there is none.
        not_averaged: suite/task -> why its score is not in the mean.
        meaning: What a rank range is, in a sentence.
    """

    level: float
    family: int
    rejected: int
    critical: float
    attempts: int
    optimism: OptimismDocument | None
    not_averaged: dict[str, str]
    meaning: str


class RulesDocument(Frozen, frozen=True, kw_only=True):
    """Which entries the board takes.

    Attributes:
        whole_splits: Whether answers to a part of a split are refused.
        adapters: Adapters whose models may enter; empty: all.
        attempts: Most entries of one team; null: any number.
    """

    whole_splits: bool
    adapters: tuple[str, ...]
    attempts: int | None


class BoardDocument(Frozen, frozen=True, kw_only=True):
    """A board: board.json.

    Attributes:
        schema: Version of the document.
        made_with: benchwright and its version.
        digest: SHA-256 over board.toml, all submissions and what was withdrawn.
        updated: When the last submission came, ISO 8601; empty without any.
        title: Heading.
        text: What the board is about, in Markdown.
        url: Where it is published; empty: not told.
        ranking: What a rank means.
        rules: Which entries it takes.
        machine: Fingerprint or name of the machine whose hardware profiles are shown; null: none are.
        measured_on: suite/task whose texts were the inputs of those profiles; null: the first that an entry was measured on.
        baselines: Ids of entries that always stand on it; the first that does is what differences are to.
        missing_baselines: Those of them that do not stand on it.
        tasks: In the order of the board.
        entries: As in the overview: ranked ones first, by rank.
        submissions: In the order in which they were added.
    """

    schema: int
    made_with: str
    digest: str
    updated: str
    title: str
    text: str
    url: str
    ranking: RankingDocument
    rules: RulesDocument
    machine: str | None
    measured_on: str | None
    baselines: tuple[str, ...]
    missing_baselines: tuple[str, ...]
    tasks: tuple[TaskDocument, ...]
    entries: tuple[EntryDocument, ...]
    submissions: tuple[SubmissionDocument, ...]


class ModelDocument(Frozen, frozen=True, kw_only=True):
    """An entry with every metric: models/ID.json.

    Attributes:
        schema: Version of the document.
        made_with: benchwright and its version.
        board: Title of the board.
        entries: How many entries stand on it.
        entry: The entry, with every metric of every task.
        note: What its submitters say of the submission.
    """

    schema: int
    made_with: str
    board: str
    entries: int
    entry: EntryDocument
    note: str
