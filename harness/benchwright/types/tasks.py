"""Cards: tasks, a class for each kind, and suites of them. Written by people, never code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchwright.types.base import Frozen, Kind
from benchwright.types.sources import Cluster, Source


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
