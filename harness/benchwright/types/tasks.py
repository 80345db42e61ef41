"""Cards: tasks, a class for each kind, and suites of them. Written by people, never code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, get_args

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


CaveatKind = Literal["contested", "scorer-dependent", "recast", "non-commercial", "caveat"]


class Caveat(Frozen, frozen=True, kw_only=True):
    """What a reader must know before a number of a task is believed, printed wherever the number is.

    Attributes:
        kind: ``contested``: the literature disputes what it measures; ``scorer-dependent``: another lexicon or classifier gives
            another number; ``recast``: not the task that was published, made answerable by another kind of model;
            ``non-commercial``: its data may not be used commercially; ``caveat``: anything else.
        reason: One sentence, no final stop.
        reference: Paper or thread, with its address.
    """

    kind: CaveatKind
    reason: str
    reference: str = ""


UNRANKED = frozenset({"contested", "scorer-dependent", "recast"})
"""Kinds of caveats that keep a number out of every aggregate, rank and default gate."""


class Task(Frozen, frozen=True, kw_only=True, tag_field="kind"):
    """What is measured: data, question, metrics. A card, never code; its class says what kind of task it is.

    Fields that only some kinds have are read-only here, and say what a task without them means; to write one where it has
    no meaning is an error.

    Attributes:
        name: Within its suite: ``sst2``.
        splits: Split name -> where it comes from.
        default_split: The labelled split people report.
        inputs: Input name -> accepted column names; the order is the order in which a model reads them. A ``tag`` task
            has the one input ``words`` (a list); a ``span`` task ``question`` and ``context``; the last input of a
            ``choose`` task is ``options`` (a list of texts).
        target: Accepted names of the gold column.
        metrics: Names of metrics, the leading one first.
        score: Metrics whose unweighted mean is the task's score; default: the leading metric.
        slices: Slice name -> accepted column names.
        slice_separator: What separates several values of one cell of such a column; each is a slice then (``;`` in AX).
        metadata: Name -> accepted column names of what a metric must know of an item besides inputs and gold answer (which option is
            the stereotyped one). No slices are made of it.
        rationale: Accepted names of the column of ``Example.rationale``.
        cluster: Which items are not independent.
        prepare: ``module:function`` from one row (column -> cell) to the rows it stands for, before columns are looked up:
            a nested document becomes rows, marks are set around a word, an option list is made of columns. Pure; it
            raises ValueError with what is wrong with the row.
        official_id: Accepted names of the column of ``Example.official_id``.
        group: Accepted names of the column of ``Example.group``.
        trained_on: ``task`` or ``suite/task`` whose head and train split serve this one.
        sizes: Published number of rows per split.
        diagnostic: Whether the task stays out of the suite's aggregate.
        behaviour: Whether its items are examples of behavioural test cases (MFT, INV, DIR): a target is a `CaseTarget` as a
            mapping, the items of a group are one case, and slices ``test``, ``capability`` and ``type`` say of which test.
        about_form: Whether the question is about the form of a text (is it grammatical?), so that a change of form is another question.
        view_of: ``suite/task`` whose items are seen changed here; empty: the items are as they are.
        identities: Names of slices whose values are groups of people (gender, religion), between which gaps are computed.
        membership: Where each of those columns is a group of its own (a 1, or the share of annotators who said so): from which
            number on a cell makes its item a member. Its slice is then ``yes`` or ``no``. None: the values are the groups.
        caveats: What a reader must know before its numbers are believed.
        licence: Licence of the data, or ``unspecified``.
        citation: Paper, with its address.
        description: One sentence.
        notes: What a reader of the number must know.
    """

    kind: ClassVar[Kind]
    """What is asked of a model."""

    name: str
    splits: dict[str, Source]
    default_split: str
    inputs: dict[str, tuple[str, ...]]
    target: tuple[str, ...]
    metrics: tuple[str, ...]
    score: tuple[str, ...] = ()
    slices: dict[str, tuple[str, ...]] = {}
    slice_separator: str = ""
    metadata: dict[str, tuple[str, ...]] = {}
    rationale: tuple[str, ...] = ()
    cluster: Cluster | None = None
    prepare: str | None = None
    official_id: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    trained_on: str | None = None
    sizes: dict[str, int] = {}
    diagnostic: bool = False
    behaviour: bool = False
    about_form: bool = False
    view_of: str = ""
    identities: tuple[str, ...] = ()
    membership: float | None = None
    caveats: tuple[Caveat, ...] = ()
    licence: str = "unspecified"
    citation: str = ""
    description: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if type(self) is Task:
            raise TypeError(
                "a task is of a kind: write ClassificationTask(...), RegressionTask(...), TaggingTask(...), ..."
            )

    @property
    def labels(self) -> tuple[Label, ...]:
        """Labels with ids and aliases; none of numbers and free text."""
        return ()

    @property
    def positive(self) -> str | None:
        """The label whose F1 is meant by ``f1``."""
        return None

    @property
    def taken(self) -> str:
        """Which label was taken as the positive one, and why, where nobody named it."""
        return ""

    @property
    def by_label(self) -> tuple[str, ...]:
        """Metrics that are also given for every label, or every entity type."""
        return ()

    @property
    def multilabel(self) -> bool:
        """Whether a target is a set of labels."""
        return False

    @property
    def by_text(self) -> bool:
        """Whether an answer is the text of an option."""
        return False

    @property
    def unanswerable(self) -> bool:
        """Whether "" is an answer."""
        return False

    @property
    def normalisation(self) -> str:
        """How answers that are texts are compared."""
        return "squad"

    @property
    def separator(self) -> str | None:
        """What stands between the labels of a set in one cell."""
        return None

    @property
    def vectors(self) -> bool:
        """Whether a set of labels may be given as a zero or a one for each label."""
        return False

    @property
    def value_range(self) -> tuple[float, float] | None:
        """Lowest and highest value of a target."""
        return None

    @property
    def placeholder(self) -> str:
        """What an option takes the place of."""
        return ""

    @property
    def rule(self) -> str:
        """How an option is scored by a masked language model."""
        return ""

    @property
    def top(self) -> int:
        """How many words are asked for at a slot."""
        return 0

    @property
    def digits(self) -> int | None:
        """Decimals to which a score is rounded."""
        return None

    @property
    def lexicon(self) -> Lexicon | None:
        """Words by which answers are judged."""
        return None

    @property
    def preference(self) -> bool:
        """Whether no option is right or wrong."""
        return False

    @property
    def single_label(self) -> bool:
        """Whether an answer is one of the task's labels, as accuracy, confusion and F1 know it."""
        return False

    @property
    def label_names(self) -> tuple[str, ...]:
        """Label names in id order."""
        return tuple(label.name for label in self.labels)

    @property
    def unranked(self) -> bool:
        """Whether its numbers stay out of every aggregate, rank and default gate, as its caveats say."""
        return any(caveat.kind in UNRANKED for caveat in self.caveats)

    @property
    def score_metrics(self) -> tuple[str, ...]:
        """Metrics whose mean is the task's score."""
        return self.score or self.metrics[:1]


class ClassificationTask(Task, frozen=True, kw_only=True, tag="classify"):
    """A label for one or two texts, or a set of labels.

    Attributes:
        labels: Labels with ids and aliases.
        positive: Label whose F1 is meant by ``f1``.
        taken: Which label was taken as the positive one, and why, where nobody named it; empty elsewhere.
        multilabel: Whether a target is a set of labels.
        separator: What stands between the labels of a set in one cell; None: ``|``, or else a comma.
        vectors: Whether a set of labels may be given as a zero or a one for each label, in id order.
        by_label: Metrics of the positive label (precision, recall, f1) that are also given for every label against the
            rest, as slices ``label=NAME``.
    """

    kind: ClassVar[Kind] = Kind.CLASSIFY
    labels: tuple[Label, ...] = ()
    positive: str | None = None
    taken: str = ""
    multilabel: bool = False
    separator: str | None = None
    vectors: bool = False
    by_label: tuple[str, ...] = ()

    @property
    def single_label(self) -> bool:
        """Whether an answer is one label, not a set of them."""
        return not self.multilabel


class RegressionTask(Task, frozen=True, kw_only=True, tag="regress"):
    """A number for one or two texts.

    Attributes:
        value_range: Lowest and highest value of a target.
    """

    kind: ClassVar[Kind] = Kind.REGRESS
    value_range: tuple[float, float] | None = None


class TaggingTask(Task, frozen=True, kw_only=True, tag="tag"):
    """An IOB2 tag for every word; the one input is ``words``, a list.

    Attributes:
        labels: Tags with ids and aliases.
        by_label: Entity metrics that are also given for every entity type, as slices ``type=NAME``.
    """

    kind: ClassVar[Kind] = Kind.TAG
    labels: tuple[Label, ...] = ()
    by_label: tuple[str, ...] = ()


class SpanTask(Task, frozen=True, kw_only=True, tag="span"):
    """The text in a ``context`` that answers a ``question``; these are the two inputs.

    Attributes:
        unanswerable: Whether "" is an answer (SQuAD 2.0 rules).
        normalisation: How answers are compared: ``squad``, or ``mlqa:`` and a language (`benchwright.answer_text.normaliser`).
    """

    kind: ClassVar[Kind] = Kind.SPAN
    unanswerable: bool = False
    normalisation: str = "squad"


class ChoiceTask(Task, frozen=True, kw_only=True, tag="choose"):
    """One of an item's own options; the last input is ``options``, a list of texts.

    Attributes:
        labels: Names of the options' numbers, where gold cells hold such names; else empty.
        by_text: Whether the answer is the option's text, and several texts may be right (ReCoRD).
        placeholder: What an option takes the place of in the input before ``options``; empty: an option is a second text
            beside the context.
        normalisation: How answers by text are compared, as of a `SpanTask`.
    """

    kind: ClassVar[Kind] = Kind.CHOOSE
    labels: tuple[Label, ...] = ()
    by_text: bool = False
    placeholder: str = ""
    normalisation: str = "squad"


class Lexicon(Frozen, frozen=True, kw_only=True):
    """Words of a user's own by which answers are judged.

    Attributes:
        name: Of the file, as it is printed.
        digest: SHA-256 of the file, in hex.
        words: Category -> words; of a plain list the one category "".
    """

    name: str
    digest: str
    words: dict[str, tuple[str, ...]]

    @property
    def called(self) -> str:
        """Name and first digits of the digest, which tell two lexicons of one name apart: ``hurtlex_EN.tsv 3f2a90c1``."""
        return f"{self.name} {self.digest[:8]}"


class FillTask(Task, frozen=True, kw_only=True, tag="fill"):
    """Texts whose log-probability a masked language model gives: candidates at a masked slot, or whole sentences.

    The last input is ``options``, a list of texts. With an input ``text`` before it, which holds ``{mask}`` once, the options are
    candidates for that slot; without it they are whole sentences. An answer is the 0-based number of the option with the highest
    log-probability (the first of equal ones), with a log-probability for each option as its scores. With ``top`` there are no
    options: an answer is the ``top`` most probable words at the slot, most probable first, and scores are theirs.

    Attributes:
        rule: How an option is scored, by name (`benchwright.encoders.masked`): ``slot`` for candidates, one of the rules for
            sentences otherwise.
        top: How many words are asked for at the slot; 0: the item's options are scored.
        digits: Decimals to which a score is rounded before it is compared, where the published script does; None: as it is.
        lexicon: Words by which those that were given are judged; None: none.
        preference: Whether a target names the option that a preference is measured for (a stereotype), which is neither right nor
            wrong; else it is the right answer.
    """

    kind: ClassVar[Kind] = Kind.FILL
    rule: str = "slot"
    top: int = 0
    digits: int | None = None
    lexicon: Lexicon | None = None
    preference: bool = False


class LikelihoodTask(Task, frozen=True, kw_only=True, tag="score"):
    """A prefix and a continuation, whose log-likelihood is asked for."""

    kind: ClassVar[Kind] = Kind.SCORE


class GenerationTask(Task, frozen=True, kw_only=True, tag="generate"):
    """A prompt, to which a text is the answer."""

    kind: ClassVar[Kind] = Kind.GENERATE


class EmbeddingTask(Task, frozen=True, kw_only=True, tag="embed"):
    """A text, to which a vector is the answer.

    Attributes:
        pooling: How the vectors of an encoder's tokens become one: ``mean`` over all tokens, special ones too, ``cls`` (the first),
            ``max``, or ``checkpoint`` (what a checkpoint of sentence-transformers states, else ``mean``).
        layer: Which hidden layer: 0 embeddings, 1 the first layer, -1 the last.
    """

    kind: ClassVar[Kind] = Kind.EMBED
    pooling: Literal["mean", "cls", "max", "checkpoint"] = "mean"
    layer: int = -1


AnyTask = (
    ClassificationTask
    | RegressionTask
    | TaggingTask
    | SpanTask
    | ChoiceTask
    | FillTask
    | LikelihoodTask
    | GenerationTask
    | EmbeddingTask
)
"""A task as it is read from a file: ``kind`` says the class; a field of another kind is an error."""

TASK_CLASSES: dict[Kind, type[AnyTask]] = {one.kind: one for one in get_args(AnyTask)}
"""Kind -> the class of its tasks."""


class Aggregate(Frozen, frozen=True, kw_only=True):
    """A named mean over tasks of a suite.

    Attributes:
        name: Printed beside the number: ``glue-official-9``.
        members: Each entry is one vote: the tasks whose scores are averaged into it (MNLI: matched and mismatched).
        title: Common name.
        citation: Where the rule comes from.
    """

    name: str
    members: tuple[tuple[str, ...], ...]
    title: str = ""
    citation: str = ""

    @property
    def weights(self) -> dict[str, float]:
        """Name of each task -> its weight: members count alike, and so do the tasks within a member."""
        found: dict[str, float] = {}
        for member in self.members:
            for name in member:
                found[name] = found.get(name, 0.0) + 1 / (len(self.members) * len(member))
        return found


class Published(Frozen, frozen=True, kw_only=True):
    """A published number that ``benchwright verify`` recomputes: from predictions, or from scores by a suite's aggregate.

    Attributes:
        what: What the number is: ``WNUT-17, UH-RiTUAL, entity F1``.
        source: Who published it, with an address.
        value: As printed: ``41.86``.
        predictions: File of predictions, relative to the data folder.
        selector: ``suite/task`` with options whose paths are relative to the data folder, that the predictions answer.
        metric: Which metric of the task.
        slice: Slice ``name=value`` that the number is of; empty: all.
        scale: What the fraction is multiplied by before it is printed.
        aggregate: Name of an aggregate of the suite; then ``scores`` hold the published scores and nothing is read.
        scores: Task -> published values of its score metrics.
    """

    what: str
    source: str
    value: str
    predictions: str = ""
    selector: str = ""
    metric: str = ""
    slice: str = ""
    scale: float = 100.0
    aggregate: str = ""
    scores: dict[str, tuple[float, ...]] = {}


class Suite(Frozen, frozen=True, kw_only=True):
    """A versioned set of tasks with the official rule for one number over them.

    Attributes:
        folders: Sub-folders of a data folder in which the files may lie (``glue``); the folder itself is always tried.
        custom: Task that is made from a user's own files (``suite/task?key=value&...``) -> ``module:function`` that makes
            it: from options to a `Custom`. The module is imported when the task is asked for; a suite that is asked for
            whole leaves such tasks out.
        configured: ``module:function`` for a task of the suite that is asked for with options, and for a name that none of them
            has: from (name, its card or None, options, the ``--data`` folder or None) to a `Custom`, or to None where
            it knows no such task.
        views: Views that a suite of views makes of the tasks that ``--on`` names, where none is named. A suite that has tasks of its
            own too (bias) means these without ``--on``, and its views with it. Empty: an ordinary suite.
        published: Published numbers that ``benchwright verify`` recomputes.
        includes: ``suite/task`` of other suites that are run when this one is asked for; they keep their own names.
        by_name: Tasks that are run when they are named, not with the whole suite: another rule for the same items, data that not
            everybody may use.
    """

    name: str
    version: int
    tasks: tuple[AnyTask, ...]
    includes: tuple[str, ...] = ()
    by_name: tuple[str, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    folders: tuple[str, ...] = ()
    description: str = ""
    superseded_by: str | None = None
    custom: dict[str, str] = {}
    configured: str = ""
    views: tuple[str, ...] = ()
    published: tuple[Published, ...] = ()

    def task(self, name: str) -> AnyTask | None:
        """The task of that name, or None."""
        return next((task for task in self.tasks if task.name == name), None)


@dataclass(frozen=True, kw_only=True)
class Custom:
    """A task made from a user's own files.

    Attributes:
        task: The card; its files are called by name alone, so that no machine path is in it.
        folders: Split -> folder that holds its files; None: they lie where those of the suite's tasks do.
    """

    task: AnyTask
    folders: Mapping[str, Path] | None
