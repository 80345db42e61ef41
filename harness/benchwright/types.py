"""The nouns of benchwright: frozen values, keyword-only, JSON in and out.

*Specs* (Task, Suite, ModelRef, RunSpec) are written by people; *states* (Facts, Record, Score, Run) are produced by the
program. None of them does anything: verbs are functions elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec

SCHEMA = 1
"""Version of every file the store writes; readers upgrade the previous one in memory. No cell key holds it."""

KEY = 1
"""Version of the cell key: raised when its fields or their meaning change, never because a file's format does."""

RESULTS = 2
"""Version of files that hold scores (runs, scores of cells): 1 had flags, 2 has alarms. No part of any key."""

ENGINE = 2
"""Version of the engine's semantics; part of every cell key, so a change of meaning never reuses an old cell.

2: rows that repeat share a cluster where the task states none; records hold it."""


class Frozen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all nouns."""


class Kind(StrEnum):
    """What is asked of a model."""

    CLASSIFY = "classify"
    """One or two texts -> a label name and a score per label (multi-label tasks: a tuple of label names)."""
    REGRESS = "regress"
    """One or two texts -> a number."""
    TAG = "tag"
    """Words -> a label per word."""
    SPAN = "span"
    """Question and context -> answer text, start, score, null score."""
    CHOOSE = "choose"
    """Context and options -> the 0-based number of the option, a score per option."""
    FILL = "fill"
    """Text with a masked slot, or a whole sentence -> token log-probabilities, pseudo-log-likelihood."""
    SCORE = "score"
    """Prefix and continuation -> log-likelihood."""
    GENERATE = "generate"
    """Prompt -> text."""
    EMBED = "embed"
    """Text -> vector."""


# --- examples, predictions, records ---------------------------------------------------------------------------------


class Example(Frozen, frozen=True, kw_only=True):
    """One item of a split.

    Attributes:
        id: ``<task>/<row>``; unique within the split.
        index: 0-based row of the split in file order.
        inputs: Input name -> value, in the order of ``Task.inputs`` (first text, second text).
        target: Gold answer: label name, number, tags, ...; None where an engine hides it from a model.
        slices: Slice name -> value.
        cluster: What the item shares with others (document, passage, template); None: the item stands alone.
        official_id: The item's own id in the data (a SQuAD question id, MultiRC's ``paragraph/question/answer``), by which
            official prediction and submission files call it; also the number that a row carries in a column ``index``,
            ``idx`` or ``id``, where these numbers are not the rows' places.
        group: What items are judged together in (MultiRC's question, a Winogender pair).
        strict: Of a ``tag`` task: the gold entities (type, start, end) that are legal in the scheme the file is written in,
            where a strict reading of the IOB2 target would find others; else None.
    """

    id: str
    index: int
    inputs: dict[str, Any]
    target: Any = None
    strict: tuple[tuple[str, int, int], ...] | None = None
    slices: dict[str, str] = {}
    cluster: str | None = None
    official_id: str | None = None
    group: str | None = None


class Prediction(Frozen, frozen=True, kw_only=True):
    """What a model says about one example.

    Attributes:
        output: Label name, number, tags, text, ... by kind.
        scores: One number per task label or option, in the task's label order; declared by ``Facts.scores``.
        extra: JSON facts beside the answer: ``tokens``, of them ``text_tokens`` (without special ones), and of those
            ``unknown_tokens`` (what the vocabulary lacks), which the ledger adds up; of a span ``start``, ``score``, ``null_score`` and ``windows``
            (first and last character of the context that each window showed); ``counts``: what the ledger adds up
            (``{"words without a prediction": 3}``); ``strict``: as ``Example.strict``, of the tags that were predicted.
        truncated: Whether the model saw less than the whole input.
        error: Why there is no answer; the record is then errored.
    """

    output: Any = None
    scores: tuple[float, ...] | None = None
    extra: dict[str, Any] = {}
    truncated: bool = False
    error: str | None = None


class Record(Frozen, frozen=True, kw_only=True):
    """An example's target and what came out for it. It holds no clock: equal runs give equal bytes."""

    id: str
    target: Any
    output: Any = None
    scores: tuple[float, ...] | None = None
    slices: dict[str, str] = {}
    cluster: str | None = None
    error: str | None = None
    truncated: bool = False
    extra: dict[str, Any] = {}
    official_id: str | None = None
    group: str | None = None


# --- where data come from --------------------------------------------------------------------------------------------


class Hub(Frozen, frozen=True, kw_only=True):
    """A data set on the Hugging Face hub, at a pinned revision (40 hex digits)."""

    repo: str
    split: str
    revision: str
    config: str | None = None


class Files(Frozen, frozen=True, kw_only=True):
    """One layout in which a split may lie in a data folder.

    Attributes:
        names: Paths relative to the data folder, read one after the other (WNLI's train split comes in two parts).
            ``*`` matches within a name (sharded Parquet).
        format: Name of a reader in ``benchwright.data``.
        header: Column names of a file without a header row; empty when the file has one. A name ending in ``?`` is an
            optional trailing column.
        delimiter: What stands between the cells of a ``csv`` file.
        order: Column whose integer value restores the row order after joining parts.
        encoding: Text encoding; a byte-order mark is always dropped.
        values: Column -> value of that column for every row of the file at the same position of ``names``
            (labels told by file name).
        key: Key of a JSON document under which the list of rows lies.
        rows: First row and end (0-based, the end not included) of the rows taken from each file.
        where: Column -> the value that rows of this split have there; other rows are left out.
        recode: Column -> what each of its cells stands for; a cell that is not listed is an error.
        joined: New column -> columns whose texts it joins by a blank.
        strip: Whether blanks around every text are dropped.
        scheme: How tags are written in the files of a ``tag`` task; they become IOB2 as they are read.
        classes: Column -> names of its whole numbers, for a file that does not say them itself.
        note: What a reader of the number must know about this layout, a line for each thing; shown as notes.
    """

    names: tuple[str, ...]
    format: Literal["tsv", "csv", "jsonl", "json", "parquet", "lines", "columns"]
    header: tuple[str, ...] = ()
    delimiter: str = ","
    order: str | None = None
    encoding: str = "utf-8"
    values: dict[str, tuple[str, ...]] = {}
    key: str | None = None
    rows: tuple[int, int] | None = None
    where: dict[str, str] = {}
    recode: dict[str, dict[str, str]] = {}
    joined: dict[str, tuple[str, ...]] = {}
    strip: bool = False
    scheme: Literal["IOB1", "IOB2", "BIOES", "IO", "IOB"] = "IOB2"
    classes: dict[str, tuple[str, ...]] = {}
    note: str = ""


class Source(Frozen, frozen=True, kw_only=True):
    """Where a split comes from: package data, a folder of files (``--data``), or the hub."""

    hub: Hub | None = None
    files: tuple[Files, ...] = ()
    package: str | None = None
    """``package:path/inside.jsonl`` of data that ship with a suite."""
    labelled: bool = True
    """False where the public copy carries no gold labels (hub test splits of GLUE)."""
    unlabelled: Literal["refuse", "drop"] = "refuse"
    """What becomes of rows without a gold label: refuse the split, or leave them out and count them (SNLI, whose
    annotators disagree on some)."""


class Cluster(Frozen, frozen=True, kw_only=True):
    """Which items of a split are not independent; intervals and paired tests resample them as one unit.

    ``column``: same value of one input or column. ``pair``: same unordered pair of two inputs. ``linked``: connected
    through a shared value in any of the inputs named. Without a rule, every item stands alone.
    """

    by: Literal["column", "pair", "linked"]
    columns: tuple[str, ...]


class Dataset(Frozen, frozen=True, kw_only=True):
    """A split in memory.

    Attributes:
        examples: Items in file order.
        digest: Content hash over inputs and targets; the same rows give the same digest wherever they came from.
        origin: Where it came from, without a machine path: ``files:SST-2/dev.tsv``, ``hub:nyu-mll/glue@bcdc.../sst2``.
        notes: What a reader must know (``rows in two parts``).
        repeats: Rows that hold the inputs of an earlier row, and share a cluster with it from a hundredth of the rows on.
        apart: Rows that hold the inputs of one of another cluster that the task states.
    """

    examples: tuple[Example, ...]
    digest: str
    origin: str
    notes: tuple[str, ...] = ()
    repeats: int = 0
    apart: int = 0


# --- tasks and suites ------------------------------------------------------------------------------------------------


class Label(Frozen, frozen=True, kw_only=True):
    """A label of a task: its name, its integer id in the common public copy, other spellings.

    ``found``: nobody stated it, it is a value of a user's own column. Its id is a place among the others and means nothing in
    a file, and no spelling but its own is read.
    """

    name: str
    id: int
    aliases: tuple[str, ...] = ()
    found: bool = False


class Task(Frozen, frozen=True, kw_only=True):
    """What is measured: data, question, labels, metrics. A card, never code.

    Attributes:
        name: Within its suite: ``sst2``.
        kind: What is asked of a model.
        splits: Split name -> where it comes from.
        default_split: The labelled split people report.
        inputs: Input name -> accepted column names; the order is the order in which a model reads them. A ``tag`` task
            has the one input ``words`` (a list); a ``span`` task ``question`` and ``context``; the last input of a
            ``choose`` task is ``options`` (a list of texts).
        target: Accepted names of the gold column.
        labels: Labels with ids and aliases; empty for numbers and free text.
        positive: Label whose F1 is meant by ``f1``.
        taken: Which label was taken as the positive one, and why, where nobody named it; empty elsewhere.
        multilabel: Whether a target is a set of labels.
        separator: What stands between the labels of a set in one cell; None: ``|``, or else a comma.
        vectors: Whether a set of labels may be given as a zero or a one for each label, in id order.
        value_range: Lowest and highest value of a ``regress`` target.
        metrics: Names of metrics, the leading one first.
        score: Metrics whose unweighted mean is the task's score; default: the leading metric.
        by_label: Metrics of the positive label (precision, recall, f1) that are also given for every label against the
            rest, as slices ``label=NAME``; of a ``tag`` task entity metrics, as slices ``type=NAME``.
        slices: Slice name -> accepted column names.
        slice_separator: What separates several values of one cell of such a column; each is a slice then (``;`` in AX).
        cluster: Which items are not independent.
        prepare: ``module:function`` from one row (column -> cell) to the rows it stands for, before columns are looked up:
            a nested document becomes rows, marks are set around a word, an option list is made of columns. Pure; it
            raises ValueError with what is wrong with the row.
        key: Accepted names of the column of ``Example.official_id``.
        group: Accepted names of the column of ``Example.group``.
        unanswerable: Of a ``span`` task: whether "" is an answer (SQuAD 2.0 rules).
        normalisation: Of answers that are texts: how they are compared: ``squad``, or ``mlqa:`` and a language
            (`benchwright.answer_text.normaliser`).
        by_text: Of a ``choose`` task: whether the answer is the option's text, and several texts may be right (ReCoRD).
        placeholder: Of a ``choose`` task: what an option takes the place of in the input before ``options``; empty: an
            option is a second text beside the context.
        trained_on: ``task`` or ``suite/task`` whose head and train split serve this one.
        sizes: Published number of rows per split.
        diagnostic: Whether the task stays out of the suite's aggregate.
        licence: Licence of the data, or ``unspecified``.
        citation: Paper, with its address.
        description: One sentence.
        notes: What a reader of the number must know.
    """

    name: str
    kind: Kind
    splits: dict[str, Source]
    default_split: str
    inputs: dict[str, tuple[str, ...]]
    target: tuple[str, ...]
    metrics: tuple[str, ...]
    labels: tuple[Label, ...] = ()
    positive: str | None = None
    taken: str = ""
    multilabel: bool = False
    separator: str | None = None
    vectors: bool = False
    value_range: tuple[float, float] | None = None
    score: tuple[str, ...] = ()
    by_label: tuple[str, ...] = ()
    slices: dict[str, tuple[str, ...]] = {}
    slice_separator: str = ""
    cluster: Cluster | None = None
    prepare: str | None = None
    official_id: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    unanswerable: bool = False
    normalisation: str = "squad"
    by_text: bool = False
    placeholder: str = ""
    trained_on: str | None = None
    sizes: dict[str, int] = {}
    diagnostic: bool = False
    licence: str = "unspecified"
    citation: str = ""
    description: str = ""
    notes: tuple[str, ...] = ()

    @property
    def label_names(self) -> tuple[str, ...]:
        """Label names in id order."""
        return tuple(label.name for label in self.labels)

    @property
    def score_metrics(self) -> tuple[str, ...]:
        """Metrics whose mean is the task's score."""
        return self.score or self.metrics[:1]


class Aggregate(Frozen, frozen=True, kw_only=True):
    """A named recipe for one number over a suite.

    Attributes:
        recipe: Name printed beside the number: ``glue-official-9``.
        members: Each entry is one vote: the tasks whose scores are averaged into it (MNLI: matched and mismatched).
        title: What people call it.
        citation: Where the rule comes from.
    """

    recipe: str
    members: tuple[tuple[str, ...], ...]
    title: str = ""
    citation: str = ""


class Published(Frozen, frozen=True, kw_only=True):
    """A published number that ``benchwright verify`` recomputes: from predictions, or from scores by a suite's recipe.

    Attributes:
        what: What the number is: ``WNUT-17, UH-RiTUAL, entity F1``.
        source: Who published it, with an address.
        value: As printed: ``41.86``.
        predictions: File of predictions, relative to the data folder.
        selector: ``suite/task`` with options whose paths are relative to the data folder, that the predictions answer.
        metric: Which metric of the task.
        scale: What the fraction is multiplied by before it is printed.
        recipe: Aggregate of the suite; then ``scores`` hold the published scores and nothing is read.
        scores: Task -> published values of its score metrics.
    """

    what: str
    source: str
    value: str
    predictions: str = ""
    selector: str = ""
    metric: str = ""
    scale: float = 100.0
    recipe: str = ""
    scores: dict[str, tuple[float, ...]] = {}


class Suite(Frozen, frozen=True, kw_only=True):
    """A versioned set of tasks with the official rule for one number over them.

    Attributes:
        folders: Sub-folders of a data folder in which the files may lie (``glue``); the folder itself is always tried.
        custom: Task that is made from a user's own files (``suite/task?key=value&...``) -> ``module:function`` that makes
            it: from options to a `Custom`. The module is imported when the task is asked for; a suite that is asked for
            whole leaves such tasks out.
        published: Published numbers that ``benchwright verify`` recomputes.
    """

    name: str
    version: int
    tasks: tuple[Task, ...]
    aggregates: tuple[Aggregate, ...] = ()
    folders: tuple[str, ...] = ()
    description: str = ""
    superseded_by: str | None = None
    custom: dict[str, str] = {}
    published: tuple[Published, ...] = ()

    def task(self, name: str) -> Task | None:
        """The task of that name, or None."""
        return next((task for task in self.tasks if task.name == name), None)


@dataclass(frozen=True, kw_only=True)
class Custom:
    """A task made from a user's own files.

    Attributes:
        task: The card; its files are called by name alone, so that no machine path is in it.
        folders: Split -> folder that holds its files.
    """

    task: Task
    folders: Mapping[str, Path]


# --- models ----------------------------------------------------------------------------------------------------------


class ModelRef(Frozen, frozen=True, kw_only=True):
    r"""Which model is meant: ``[name=]adapter:path[@revision][?key=value&...]``.

    Attributes:
        name: How people call it; ``[\w.-]+``.
        adapter: Which adapter opens it.
        path: Folder, file, hub id or empty; ``{task}`` and ``{suite}`` pick one checkpoint per task.
        revision: Revision of a hub id.
        options: Adapter options, as strings; ``env:NAME`` values are read when the model is opened.
        tasks: ``suite/task`` -> ``[path][?key=value&...]``: the path and options that replace those above for that task.
    """

    name: str
    adapter: str
    path: str = ""
    revision: str | None = None
    options: dict[str, str] = {}
    tasks: dict[str, str] = {}


class Facts(Frozen, frozen=True, kw_only=True):
    """What an adapter knows about a model without loading weights.

    Attributes:
        digest: Content hash of everything that decides its predictions; None (endpoints, callables): asked anew in each run.
        kinds: What it can be asked.
        labels: Its own label names in output order; None when it answers with the task's names.
        scores: What ``Prediction.scores`` are.
        constant: Whether it is a reference that says the same whatever is asked, so that this is no alarm.
        size_bytes: Bytes of the model's own files, those that decide its answers; None: not known.
        parameters: Number of weights; None: not known.
        replayed: Whether its answers were made elsewhere and are read here: the size of their file and the seconds of
            reading it are none of the system's, so neither is ever told as its cost.
        versions: Library -> version that decides predictions; part of the cell key.
        notes: What a reader of its numbers must know; shown as notes.
    """

    digest: str | None
    kinds: tuple[Kind, ...]
    labels: tuple[str, ...] | None = None
    scores: Literal["probabilities", "logits", "log-probabilities"] | None = None
    size_bytes: int | None = None
    parameters: int | None = None
    replayed: bool = False
    versions: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    constant: bool = False


class LabelMap(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """How a model's outputs are tied to task labels.

    Attributes:
        to_task: Index of the task label for each of the model's outputs; several outputs may share one.
        origin: ``task`` (the model answers in the task's names), ``names``, ``alias`` or ``user``.
        extra: Tags of entity types that the task lacks; in ``to_task`` they are numbered behind its own.
    """

    to_task: tuple[int, ...]
    origin: Literal["task", "names", "alias", "user"]
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the engine lends an adapter.

    Attributes:
        suite: Name of the suite of the task at hand.
        device: ``cpu`` or ``cuda``.
        precision: ``exact`` or ``fast``.
        seed: Seed of everything random.
        offline: Whether the network is off limits.
        workdir: A folder for files that may be thrown away.
        models: The store's folder of checkpoints made here; a derivation puts its own under ``<digest>/``.
        tell: Called with (what, done, total) while something long besides predicting goes on.
        train: The train split of a task (``trained_on`` followed); raises DataMissing where there is none.
        items: The whole split under evaluation, before ``--limit``, with targets removed.
        labels: How outputs are tied to task labels; set when a session is opened.
    """

    suite: str
    train: Callable[[Task], Dataset]
    items: Callable[[], Sequence[Example]]
    device: str = "cpu"
    precision: str = "exact"
    seed: int = 0
    offline: bool = False
    workdir: Path = field(default_factory=Path)
    models: Path = field(default_factory=Path)
    tell: Callable[[str, int, int], None] = field(default=lambda *_: None)
    labels: LabelMap | None = None


@runtime_checkable
class Session(Protocol):
    """An open model. ``predict`` returns as many predictions as it gets examples, in the same order."""

    def predict(self, examples: Sequence[Example]) -> Sequence[Prediction]:
        """Predictions for a shard, same length, same order; targets are not shown."""
        ...

    def close(self) -> None:
        """Release everything; closing twice is safe."""
        ...


@runtime_checkable
class Adapter(Protocol):
    """One way of opening a model. ``options`` maps an option's name to one line of help."""

    name: str
    version: int
    kinds: tuple[Kind, ...]
    options: Mapping[str, str]

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts without loading weights; raises what makes the model unusable for the task."""
        ...

    def open(self, model: ModelRef, task: Task, context: Context) -> Session:
        """A session that answers for the task."""
        ...


# --- planning ----------------------------------------------------------------------------------------------------


RERUN_ALWAYS = "--rerun always"
DAMAGED = "its stored records are damaged"
"""Reasons for which a cell is computed although its folder is there."""

Status = Literal["run", "resume", "stored", "missing", "refused"]
"""What will happen to a cell: computed, continued, taken from the store, or not possible here."""


@dataclass(frozen=True, kw_only=True)
class PlannedCell:
    """One model on one task: what will happen, and why."""

    model: ModelRef
    suite: Suite
    task: Task
    split: str
    status: Status
    reason: str = ""
    adapter: Adapter | None = None
    context: Context | None = None
    facts: Facts | None = None
    dataset: Dataset | None = None
    examples: tuple[Example, ...] = ()
    key: CellKey | None = None
    id: str | None = None

    @property
    def task_path(self) -> str:
        """``suite/task``."""
        return f"{self.suite.name}/{self.task.name}"


# --- results ---------------------------------------------------------------------------------------------------------


class CellKey(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that decides the predictions of one model on one task; hashed, it names the cell.

    No machine path, no metric, no secret is in it.

    Attributes:
        schema: Version of the key itself (``KEY``), not of the files that hold it: a new file format loses no cell.
        engine: Version of the engine's semantics.
        model: Digest of the model; of one without a digest ``run:<token>:<name>``, which no other run ever has.
        card: Empty for a suite's own tasks; for a user's own data the digest of what the options decide beside the data
            (labels, positive label, slices, clusters), since records and scores hold it.
    """

    schema: int
    engine: int
    model: str
    adapter: str
    adapter_version: int
    options: dict[str, str]
    versions: dict[str, str]
    task: str
    kind: Kind
    inputs: tuple[str, ...]
    split: str
    limit: int | None
    seed: int
    data: str
    labels: LabelMap
    precision: str
    device: str
    card: str = ""


class Alarm(Frozen, frozen=True, kw_only=True):
    """Something a reader must know before believing a number.

    Attributes:
        code: What it is about, in one word that never changes: ``permuted``, ``below-chance``, ``few-units``.
        severity: ``alarm``: the number may not be what it seems; ``note``: what it rests on.
        sentence: What was seen, with its figures; no final stop.
    """

    code: str
    severity: Literal["alarm", "note"]
    sentence: str


class Placed(Frozen, frozen=True, kw_only=True):
    """An alarm away from its cell: whose number it goes with, on what; as comparisons, gates and choices carry it.

    Attributes:
        system: What the model is called there.
        path: ``suite/task``.
        code: As in `Alarm`, like the next two.
    """

    system: str
    path: str
    code: str
    severity: Literal["alarm", "note"]
    sentence: str


class Score(Frozen, frozen=True, kw_only=True):
    """One number with what is needed to believe it.

    Attributes:
        metric: ``name@version``; ``score`` for the task score.
        value: Fraction in [0, 1], correlation or MCC in [-1, 1]; None when undefined, and ``alarms`` say why.
        low: Lower end of the interval; None when there is none.
        high: Upper end.
        n: How many of ``unit`` were scored.
        unit: What the metric counts: examples, questions, words, gold entities; empty: examples.
        counts: Of entities and labels: ``gold``, ``found``, ``correct``; else empty.
        errored: Examples without an answer.
        skipped: Examples left out on purpose (no gold label).
        slice: Slice ``name=value``; None: all.
        clusters: Independent units behind the interval.
        method: How the interval was made.
        se: Bootstrap standard deviation, for aggregates.
        alarms: Alarms of the cell it is of, then notes of its own: undefined, degenerate, few clusters.
    """

    metric: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    unit: str = ""
    counts: dict[str, int] = {}
    errored: int = 0
    skipped: int = 0
    slice: str | None = None
    clusters: int | None = None
    method: str = ""
    se: float | None = None
    alarms: tuple[Alarm, ...] = ()


class Ledger(Frozen, frozen=True, kw_only=True):
    """Where the examples of a cell went: ``total = scored + errored + skipped``.

    Attributes:
        truncated: Examples of which the model saw less than the whole.
        tokens: Tokens of text that the model read, special ones left out; 0 where it does not say.
        unknown: Of them those that its vocabulary does not know.
        notes: Counts of what a reader must know, by what they count.
    """

    total: int
    scored: int
    errored: int
    skipped: int
    truncated: int = 0
    tokens: int = 0
    unknown: int = 0
    notes: dict[str, int] = {}
    records: str = ""
    """SHA-256 of ``records.parquet``."""
    cell: str = ""
    """SHA-256 of ``cell.json``."""
    texts: str = ""
    """SHA-256 of the texts behind the records; empty where they were not kept."""


class HeldBack(Frozen, frozen=True, kw_only=True):
    """How a model stood on held-back training rows after an epoch."""

    epoch: int
    step: int
    loss: float
    metric: float | None = None


class Training(Frozen, frozen=True, kw_only=True):
    """How a checkpoint was made here.

    Attributes:
        task: Task whose train split was used.
        base: What was trained: the last part of a path, a hub id, or ``tiny``.
        recipe: Effective settings.
        rows: ``available``, ``train`` and ``held`` rows of the train split.
        parameters: ``all`` and ``trained`` weights.
        metric: What chose the epoch, on held-back rows of the train split.
        losses: (step, loss) pairs.
        held: Standing after each epoch.
        chosen_epoch: The epoch whose weights were kept.
        seconds: Spent training.
    """

    task: str
    base: str
    recipe: dict[str, Any]
    rows: dict[str, int]
    parameters: dict[str, int]
    metric: str
    losses: tuple[tuple[int, float], ...]
    held: tuple[HeldBack, ...]
    chosen_epoch: int
    stopped_early: bool
    seconds: float


class AggregateScore(Frozen, frozen=True, kw_only=True):
    """One number over a suite; ``value`` is None where a task is missing, and ``missing`` names it."""

    model: str
    suite: str
    recipe: str
    value: float | None
    title: str = ""
    low: float | None = None
    high: float | None = None
    missing: tuple[str, ...] = ()
    reason: str = ""


class CellResult(Frozen, frozen=True, kw_only=True):
    """One model on one task of a run, as reports and comparisons see it.

    Attributes:
        status: ``scored``, ``failed`` (with reason), ``missing`` (no data here), ``refused`` (the model cannot) or
            ``unfinished`` (the run was interrupted; the same command goes on).
        score: The task's score.
        scores: Scores by metric, then slices.
        alarms: Alarms about this cell (permuted labels, below chance, constant predictions), then notes (limited).
        seconds: Spent predicting, summed over the shards as they were computed, by whichever process and whenever; None
            where nothing was timed, or where answers were read instead of computed.
        reused: Whether its predictions came from the store.
        training: How its checkpoint was made, when it was made here.
    """

    model: str
    suite: str
    task: str
    split: str
    status: Literal["scored", "failed", "missing", "refused", "unfinished"]
    key: str | None = None
    reason: str = ""
    score: Score | None = None
    scores: tuple[Score, ...] = ()
    ledger: Ledger | None = None
    seconds: float | None = None
    reused: bool = False
    alarms: tuple[Alarm, ...] = ()
    training: Training | None = None


class RunSpec(Frozen, frozen=True, kw_only=True):
    """What a run is asked to do; everything in it was written by a person or is a default."""

    models: tuple[ModelRef, ...]
    suites: tuple[str, ...]
    on: tuple[str, ...] = ()
    split: str | None = None
    data: str | None = None
    limit: int | None = None
    seed: int = 0
    device: str = "cpu"
    precision: Literal["exact", "fast"] = "exact"
    executor: str = "local"
    offline: bool = False
    errors: int = 0
    """Error budget: examples of one cell that may fail before the cell does."""
    unlabelled: bool = False
    """Predict splits without gold labels too, for a submission; nothing is scored on them."""


class Run(Frozen, frozen=True, kw_only=True, dict=True):
    """A finished or unfinished run as ``runs/<name>.json`` holds it."""

    schema: int
    name: str
    spec: RunSpec
    cells: tuple[CellResult, ...]
    aggregates: tuple[AggregateScore, ...]
    environment: dict[str, Any]
    created: str
    complete: bool
    tasks: dict[str, Task] = {}
    """``suite/task`` -> the card that was used."""
    suites: dict[str, int] = {}
    """Suite -> version."""
    token: str = ""
    """What stood for the digest of models that have none; empty where every model has one."""

    @property
    def store(self) -> str | None:
        """The store folder it was read from or written to; None for a run that was put together by hand."""
        return self.__dict__.get("store_root")

    def to_pandas(self) -> Any:
        """A DataFrame with one row per score, slices included."""
        frames = _frames()
        return frames.to_frame(frames.run_rows(self))

    def records(self, *, model: str | None = None, task: str | None = None, inputs: bool = True) -> Any:
        """A DataFrame with one row per example: id, gold, answer, scores, error, slices and texts."""
        return _module("benchwright.reporting").records(self, model=model, task=task, inputs=inputs)

    def report(self, path: str | Path, **options: Any) -> Path:
        """Write a report over this run; options are those of `benchwright.report`. Returns the path."""
        written: Path = _module("benchwright.reporting").report(self, path, **options)
        return written

    def __str__(self) -> str:
        return str(_frames().run_text(self))

    def _repr_html_(self) -> str:
        return str(_frames().run_html(self))


def _frames() -> Any:
    return _module("benchwright.frames")


def _module(name: str) -> Any:
    """A module by name: nouns know nothing of how they are shown until they are asked."""
    from importlib import import_module

    return import_module(name)


class ReportOptions(Frozen, frozen=True, kw_only=True):
    """How a report is wanted.

    Attributes:
        title: Heading in place of the runs' names.
        inputs: Whether texts of examples, and answers that are made of them, are shown.
    """

    title: str | None = None
    inputs: bool = True


@runtime_checkable
class Report(Protocol):
    """One output format. ``render`` returns the whole file; same input and options, same bytes."""

    name: str
    suffix: str

    def render(
        self,
        runs: Sequence[Run],
        records: Callable[[str], Sequence[Record]],
        options: ReportOptions = ReportOptions(),  # noqa: B008 - a frozen value
    ) -> str:
        """The report over runs; ``records`` gives the records of a cell key."""
        ...
