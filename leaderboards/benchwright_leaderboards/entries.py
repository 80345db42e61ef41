"""What stands on a board: submissions (what one `board add` took in) and their entries (a model each)."""

from __future__ import annotations

import msgspec

from benchwright.types import Alarm, Frozen, MeasuredQuantity, Score

ENTRY = 1
"""Version of ``submission.json``."""


class WorstSlice(Frozen, frozen=True, kw_only=True):
    """The slice of a task on which an entry falls behind its score on the rest by most.

    Attributes:
        slice: ``name=value``, ``label=NAME`` or ``type=NAME``.
        n: Its items, gold labels or entities.
        gap: Its value minus that of the rest, in points of the metric, shrunken towards the mean of all slices (empirical Bayes); below 0.
    """

    slice: str
    n: int
    gap: float


class TaskResult(Frozen, frozen=True, kw_only=True):
    """An entry on a task of the board, computed by the board from the predictions.

    Attributes:
        path: ``suite/task``.
        digest: Of the task, as its predictions were made (`task_digest`).
        key: Cell that holds the predictions, in the store of the submission.
        score: The task's score; unanswered items count as wrong, and ``score.errored`` says how many there are.
        scores: By metric, likewise.
        limit: Items that ``--limit`` kept; None: the whole split.
        records: SHA-256 of the answers alone, by which equal predictions under two names are known.
        items: SHA-256 of what was answered: ids, gold answers, and which items share a cluster or a group (`items_digest`).
        worst: The slice on which it falls behind by most; None where the task has too few slices, or they differ no more than by chance.
        alarms: What the board found in the predictions that makes the number suspect (`result_alarms`), alarms first; None: not looked for, by an
            earlier version.
        checks: Version of what was looked for (`benchwright.alarm.CHECKS`).
    """

    path: str
    digest: str
    key: str
    score: Score
    scores: tuple[Score, ...] = ()
    limit: int | None = None
    records: str = ""
    items: str = ""
    worst: WorstSlice | None = None
    alarms: tuple[Alarm, ...] | None = None
    checks: int = 0


class Cost(Frozen, frozen=True, kw_only=True):
    """What an entry costs; None: not measured, or not on the board's machine.

    Times and memory are those of one task's texts on the board's machine, and stand beside one another on a board for that task alone.

    Attributes:
        latency: Median seconds of one query (p50).
        throughput: Examples a second.
        memory: Peak bytes.
        size: Bytes of the model's own files.
        parameters: Number of weights.
        base: ``suite/task`` whose texts were the inputs; empty: nothing was measured.
        machine: What the machine is called, with the beginning of its fingerprint.
        quantities: The same numbers and others (``latency_p90``), with intervals, numbers of samples and the reason where there is none.
        flags: What must stand beside the numbers: never steady, a short form, throttled.
        why: Why nothing is told of times and memory though a profile was given: another machine, another task.
    """

    latency: float | None = None
    throughput: float | None = None
    memory: float | None = None
    size: int | None = None
    parameters: int | None = None
    base: str = ""
    machine: str = ""
    quantities: tuple[MeasuredQuantity, ...] = ()
    flags: tuple[str, ...] = ()
    why: str = ""


class Entry(Frozen, frozen=True, kw_only=True):
    """A model on a board.

    Attributes:
        id: What addresses and file names call it (`names.entry_ids`); unique on the board whatever the case of its letters, never used again.
        name: What it is called in its run.
        run: Its run in the store of the submission.
        adapter: What opened it.
        model: Digest of the model; None where it has none (predictions of another system have that of their file).
        attempt: 1 for the first entry of its team on this board, then counted.
        results: By task, in the order of the board.
        cost: What it costs.
        trained_on: What it says its training data were; empty: not told.
        same_as: Entry whose answers it gives on every task, as its team said when it was added; empty: none.
    """

    id: str
    name: str
    run: str
    adapter: str
    model: str | None
    attempt: int
    results: tuple[TaskResult, ...]
    cost: Cost = Cost()
    trained_on: str = ""
    same_as: str = ""

    def result(self, path: str) -> TaskResult | None:
        """The result on a task; None where there is none."""
        for one in self.results:
            if one.path == path:
                return one
        return None


class Rescored(Frozen, frozen=True, kw_only=True):
    """A result as it was before the board computed it anew.

    Attributes:
        entry: Id of the entry.
        at: When it was replaced, ISO 8601 in UTC.
        before: The result that stood until then; its scores name the versions of their metrics. None: there was none.
        why: What had changed: ``accuracy@1 -> accuracy@2``.
    """

    entry: str
    at: str
    path: str
    before: TaskResult | None
    why: str


class Withdrawal(Frozen, frozen=True, kw_only=True):
    """Why an entry was taken back: it stays listed, unranked, and keeps its id."""

    at: str
    reason: str


class Submission(Frozen, frozen=True, kw_only=True):
    """What one `board add` took in: ``submissions/<id>/submission.json``.

    Attributes:
        schema: Version of the file.
        id: First 16 hex digits of the digest.
        digest: SHA-256 over the names and digests of ``files``.
        team: Who entered it.
        added: When, ISO 8601 in UTC, to the microsecond: submissions are told in this order.
        note: What they say of it.
        entries: Its models.
        files: Path below ``store/`` -> SHA-256, of every file.
        inputs: Address of the texts of the data that it uses, in ``inputs/`` of the board.
        measured: Id of an entry that was there before -> what it costs, measured later.
        history: Results that were computed anew since, oldest first.
    """

    schema: int
    id: str
    digest: str
    team: str
    added: str
    entries: tuple[Entry, ...]
    files: dict[str, str]
    inputs: tuple[str, ...] = ()
    note: str = ""
    measured: dict[str, Cost] = msgspec.field(default_factory=dict)
    history: tuple[Rescored, ...] = ()
