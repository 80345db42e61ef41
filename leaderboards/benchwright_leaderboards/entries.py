"""What stands on a board: submissions (what one `board add` took in) and their entries (a model each)."""

from __future__ import annotations

from benchwright.types import Frozen, Score

ENTRY = 1
"""Version of ``submission.json``."""


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
    """

    path: str
    digest: str
    key: str
    score: Score
    scores: tuple[Score, ...] = ()
    limit: int | None = None
    records: str = ""


class Cost(Frozen, frozen=True, kw_only=True):
    """What an entry costs; None: not measured, or not on the board's machine.

    Attributes:
        latency: Median seconds of one query (p50).
        throughput: Examples a second.
        memory: Peak bytes.
        size: Bytes of the model's own files.
        parameters: Number of weights.
    """

    latency: float | None = None
    throughput: float | None = None
    memory: float | None = None
    size: int | None = None
    parameters: int | None = None


class Entry(Frozen, frozen=True, kw_only=True):
    """A model on a board.

    Attributes:
        id: What addresses and file names call it: letters, digits, ``-`` and ``.``; unique on the board, never used again.
        name: What it is called in its run.
        run: Its run in the store of the submission.
        adapter: What opened it.
        model: Digest of the model; None where it has none (predictions of another system have that of their file).
        attempt: 1 for the first entry of its team on this board, then counted.
        results: By task, in the order of the board.
        cost: What it costs.
        trained_on: What it says its training data were; empty: not told.
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

    def result(self, path: str) -> TaskResult | None:
        """The result on a task; None where there is none."""
        return next((one for one in self.results if one.path == path), None)


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
