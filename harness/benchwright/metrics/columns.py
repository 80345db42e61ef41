"""Columns: the answered examples of one model on one task; and `Metric`, a function of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from benchwright.answers import AnswerArrays, Coded, HasColumns
from benchwright.errors import LabelError
from benchwright.kinds import NO_TEXT
from benchwright.quantities import Quantity
from benchwright.stats.bootstrap import ClusterRows, merge_rows, sum_by_cluster
from benchwright.types import Kind, Record, Task

T = TypeVar("T")
Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Strict = Sequence[tuple[str, int, int]]
"""Entities of one sentence: type, first word, end (not part of it)."""


@dataclass(frozen=True)
class CodedRows:
    """Terms that a metric sums: distinct rows (m, w), and for each item the number of its row (n)."""

    values: Floats
    codes: Codes


@dataclass(frozen=True, eq=False)
class Columns:
    """Answered examples with a gold label; everything derived is computed once.

    Attributes:
        task: The task, for its labels.
        targets: Gold answers (n).
        outputs: AnswerArrays (n).
        scores: A number per label or option (n, k); None when the model gives none.
        clusters: Cluster of each item; None: it is independent of all others.
        slices: Slice name -> value of each item.
        group: Group that an item is judged with (n); None: no complete group. Empty if no item has one.
        strict: Of tags: the entities (type, start, end) of gold and prediction (n, 2) that are legal in the scheme they were
            written in, where the IOB2 tags say otherwise; None: as the tags say. Empty when no item has any.
        metadata: What a metric must know of each item besides (n); empty when no item has any.
        lacks: Of behavioural tests: whether the model lacks a label that is needed to judge an example (n); empty: it lacks none.
        rows_of_split: 0-based row of each item in the split (n), ascending; None: every row is here.
        coded: Targets and outputs by code, where they came so; None: as the lists say.
    """

    task: Task
    targets: list[Any]
    outputs: list[Any]
    scores: Floats | None = None
    clusters: list[str | None] = field(default_factory=list)
    slices: list[dict[str, str]] = field(default_factory=list)
    group: list[str | None] = field(default_factory=list)
    strict: list[tuple[Strict | None, Strict | None]] = field(default_factory=list)
    rows_of_split: Codes | None = None
    lacks: list[bool] = field(default_factory=list)
    metadata: list[dict[str, str]] = field(default_factory=list)
    coded: tuple[Coded, Coded] | None = field(default=None, kw_only=True, repr=False)
    _memory: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def n(self) -> int:
        """Number of items."""
        return len(self.targets)

    @cached_property
    def cluster_codes(self) -> Codes | None:
        """Cluster of each item (n), numbered by first appearance; None if all items are independent."""
        if self.clusters.count(None) == len(self.clusters):
            return None
        known: dict[Any, int] = {}
        keys = [(row,) if name is None else name for row, name in enumerate(self.clusters)]
        codes = np.fromiter((known.setdefault(key, len(known)) for key in keys), np.intp, len(keys))
        return None if len(known) == len(codes) else codes

    @property
    def n_clusters(self) -> int:
        """Number of independent units: clusters, or items."""
        codes = self.cluster_codes
        return self.n if codes is None else int(codes.max()) + 1

    @property
    def places(self) -> Codes:
        """0-based row of each item in the split (n); rows without an answer or a gold label leave gaps."""
        return np.arange(self.n) if self.rows_of_split is None else self.rows_of_split

    @cached_property
    def gold(self) -> Codes:
        """Label number of each target (n). Raises LabelError for a name the task does not have."""
        return self._numbered(self.targets, None if self.coded is None else self.coded[0], "target")

    @cached_property
    def predicted(self) -> Codes:
        """Label number of each output (n). Raises LabelError for a name the task does not have."""
        return self._numbered(self.outputs, None if self.coded is None else self.coded[1], "output")

    def _numbered(self, names: list[Any], coded: Coded | None, what: str) -> Codes:
        if coded is None or len(coded.values) >= self.n or (coded.codes < 0).any():
            return _codes(names, self.task, what)
        used = np.unique(coded.codes)  # a value that only others gave may be no label
        numbers = np.zeros(len(coded.values), dtype=np.intp)
        numbers[used] = _codes([coded.values[code] for code in used.tolist()], self.task, what)
        found: Codes = numbers[coded.codes]
        return found

    @cached_property
    def outputs_as_array(self) -> NDArray[np.object_]:
        """The outputs, as an array of objects (n)."""
        return np.fromiter(self.outputs, dtype=object, count=self.n)

    @cached_property
    def gold_numbers(self) -> Floats:
        """Targets as numbers (n)."""
        return np.asarray(self.targets, dtype=np.float64)

    @cached_property
    def predicted_numbers(self) -> Floats:
        """Outputs as numbers (n)."""
        return np.asarray(self.outputs, dtype=np.float64)

    def remember(self, key: Hashable, build: Callable[[], T]) -> T:
        """The cached result of ``build`` under ``key``."""
        if key not in self._memory:
            self._memory[key] = build()
        found: T = self._memory[key]
        return found

    def rows(self, basis: Basis) -> CodedRows:
        """Rows of a basis."""
        return self.remember(("rows", basis), lambda: basis(self))

    def cluster_rows(self, basis: Basis) -> ClusterRows:
        """Rows of the independent units, equal ones merged."""
        return self.remember(("units", basis), lambda: self._merged(self.rows(basis)))

    def _merged(self, rows: CodedRows) -> ClusterRows:
        """Independent items with one code are one row already."""
        if self.cluster_codes is not None:
            return merge_rows(sum_by_cluster(rows.values[rows.codes], self.cluster_codes))
        counts = np.bincount(rows.codes, minlength=len(rows.values))
        return merge_rows(rows.values[counts > 0], counts[counts > 0])

    def sums(self, basis: Basis) -> Floats:
        """Column sums of a basis over all items (w)."""
        rows = self.rows(basis)
        return self.remember(("sums", basis), lambda: np.bincount(rows.codes, minlength=len(rows.values)) @ rows.values)

    def select(self, items: Sequence[int]) -> Columns:
        """The columns of some items, in the order given; incomplete groups are dissolved, as in `gather`."""
        sizes, kept = Counter(self.group), Counter(self.group[item] for item in set(items)) if self.group else Counter()
        whole = {name for name, size in kept.items() if size == sizes[name]}
        rows = np.asarray(items, dtype=np.intp)
        return Columns(
            self.task,
            [self.targets[item] for item in items],
            [self.outputs[item] for item in items],
            None if self.scores is None else self.scores[rows],
            [self.clusters[item] for item in items] if self.clusters else [],
            [self.slices[item] for item in items] if self.slices else [],
            [name if (name := self.group[item]) in whole else None for item in items] if self.group else [],
            [self.strict[item] for item in items] if self.strict else [],
            lacks=[self.lacks[item] for item in items] if self.lacks else [],
            metadata=[self.metadata[item] for item in items] if self.metadata else [],
            coded=None if self.coded is None else (self.coded[0].take(rows), self.coded[1].take(rows)),
        )


Basis = Callable[[Columns], CodedRows]
"""A module-level function that says what each item adds to the sums; metrics with one basis share its rows."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Metric:
    """A function from columns to a number, in one of two forms.

    *Sums form* (``basis`` and ``compute``): the columns count only through sums of rows. *Weighted form*
    (``compute_weighted``): everything else, such as rank statistics; an item with weight 2 counts as if it were there
    twice.

    Attributes:
        name: Its name; also the name of the module-level variable that holds it.
        version: Raised whenever a value can change.
        title: Common name.
        kinds: Kinds of task it is for.
        direction: Whether ``higher`` or ``lower`` is better.
        low: Lowest possible value.
        high: Highest possible value; infinity when there is none.
        reference: Paper or official script that defines it.
        basis: Terms that each item adds to the sums.
        compute: (sums (..., w), task) -> values (...); NaN where undefined.
        compute_weighted: (columns, weights (b, n)) -> values (b); NaN where undefined.
        share: (sums (..., w), task) -> hits and trials (...): the value is a share, or ``link`` of it.
        link: Increasing function from that share to the value; None: the share itself.
        neutral: Value of a model without any preference, where neither end is good (0 of a bias score); ``direction`` then says
            which way the preference that is looked for lies, and no value is the best.
        needs: What it reads of a task: names of metadata or slices, ``lexicon``.
        beside: Metric without which its value says nothing; wherever the one goes, a note tells the other.
        by_group: Whether it scores groups (a question with all its options) and ignores examples without one.
        of_cases: Whether it judges the cases of behavioural tests, and nothing else.
        unit: What it counts, if not the examples of the task: ``question``, ``entity``, ``word``.
        counts: Counts by name on these columns; the first is the sample size.
        influence: Influence function: first-order contribution of each item to the value (n); the standard error of its
            sums over units is that of the value. None: the bootstrap is used.
        interval: The bootstrap interval with the best measured coverage: see `docs/design/intervals.md`. ``none``: it has none,
            because its items are no sample.
        with_whole: (columns of all items, columns of a slice): called before a slice is scored, so that it can be told what was
            found over all (Holm's correction over tests).
        flags: Notes about the value on these columns.
    """

    name: str
    title: str
    kinds: tuple[Kind, ...]
    reference: str
    version: int = 1
    direction: Literal["higher", "lower"] = "higher"
    low: float = 0.0
    high: float = 1.0
    basis: Basis | None = None
    compute: Callable[[Floats, Task], Floats] | None = None
    compute_weighted: Callable[[Columns, NDArray[Any]], Floats] | None = None
    share: Callable[[Floats, Task], tuple[Floats, Floats]] | None = None
    link: Callable[[float], float] | None = None
    neutral: float | None = None
    needs: tuple[str, ...] = ()
    beside: str = ""
    by_group: bool = False
    of_cases: bool = False
    unit: str = ""
    counts: Callable[[Columns], dict[str, int]] | None = None
    influence: Callable[[Columns], Floats] | None = None
    interval: Literal["bca", "expanded", "none"] = "bca"
    with_whole: Callable[[Columns, Columns], None] | None = None
    flags: Callable[[Columns], tuple[str, ...]] = lambda _columns: ()

    def __post_init__(self) -> None:
        sums_form = self.basis is not None and self.compute is not None
        if sums_form == (self.compute_weighted is not None):
            raise TypeError(f"metric {self.name!r} needs basis and compute, or compute_weighted")

    @property
    def id(self) -> str:
        """``name@version``."""
        return f"{self.name}@{self.version}"

    @cached_property
    def quantity(self) -> Quantity:
        """The quantity of its values: within -1 to 1 a fraction, correlation or MCC; otherwise with a unit of its own."""
        return Quantity(
            name=self.name,
            title=self.title,
            unit="fraction" if self.low >= -1 and self.high <= 1 else "number",
            direction=self.direction,
            low=float(self.low),
            high=float(self.high),
            members=(self.name,),
            neutral=self.neutral,
        )

    def is_for(self, task: Task) -> bool:
        """Whether it can be asked of a task: of its kind, in groups where it scores groups, of behavioural tests or of none."""
        there = {*task.metadata, *task.slices, *(("lexicon",) if task.lexicon else ())}
        fits = task.kind in self.kinds and task.behaviour == self.of_cases and there.issuperset(self.needs)
        return fits and (not self.by_group or bool(task.group))

    @property
    def proportion(self) -> bool:
        """Whether the value is hits / trials."""
        return self.share is not None and self.link is None

    def value(self, columns: Columns) -> float:
        """The value over all items; NaN where undefined."""
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.basis is not None and self.compute is not None:
                return float(self.compute(columns.sums(self.basis), columns.task))
            assert self.compute_weighted is not None
            return float(self.compute_weighted(columns, np.ones((1, columns.n), dtype=np.uint8))[0])


def unit_influence(metric: Metric, columns: Columns) -> Floats:
    """Influence of each independent unit on a metric's value: the sum over its items."""
    assert metric.influence is not None
    return sum_by_cluster(metric.influence(columns)[:, None], columns.cluster_codes)[:, 0]


@dataclass(frozen=True)
class Gathered:
    """Columns of the answered examples, and how many have no answer or no gold label."""

    columns: Columns
    errored: int
    skipped: int


def group_sizes(records: Sequence[Record]) -> Mapping[str | None, int]:
    """How many records each group has."""
    return Counter(record.group for record in records)


def gather(task: Task, records: Sequence[Record], *, among: Mapping[str | None, int] | None = None) -> Gathered:
    """Columns from records: no gold label is *skipped*, otherwise no answer is *errored*.

    Scores are kept if every answered example has the same number of them. A group with an errored or skipped example is
    dissolved, since the rest of it would be easier to get right. For a slice, ``among`` says how many records each group has
    (`group_sizes`), and one that lies partly outside the slice is dissolved too. If no example has a cluster, groups are the clusters.

    Records of a store are gathered from their columns, and none is made; of behavioural tests, whose cases need more of a record than
    columns hold, all are.
    """
    if isinstance(records, HasColumns) and not task.behaviour:
        answers = records.answers(task)
        return gather_answers(
            answers, among=None if among is None else np.array([*map(among.__getitem__, answers.groups.values)])
        )
    labelled = [record for record in records if record.target is not None]
    answered = [record for record in labelled if record.error is None and record.output is not None]
    scores = _scores(task, answered)
    broken = {record.group for record in records if None in (record.target, record.output) or record.error is not None}
    if among is not None:
        broken |= {name for name, size in group_sizes(records).items() if size < among[name]}
    clustered = any(record.cluster is not None for record in labelled)
    columns = Columns(
        task,
        [record.target for record in answered],
        [record.output for record in answered],
        scores,
        [record.cluster if clustered else record.group for record in answered],
        [record.slices for record in answered],
        [None if record.group in broken else record.group for record in answered],
        _strict(answered),
        None if len(answered) == len(records) else _rows_of(answered, records),
        _lacking(answered) if task.behaviour else [],
        _metadata(answered) if task.metadata else [],
    )
    return Gathered(columns, errored=len(labelled) - len(answered), skipped=len(records) - len(labelled))


def gather_answers(
    answers: AnswerArrays, rows: NDArray[np.intp] | None = None, *, among: NDArray[np.int64] | None = None
) -> Gathered:
    """What `gather` makes of the records of some rows, or of all, from their columns. Not for behavioural tests.

    Args:
        answers: Of a whole cell.
        rows: Positions of records, ascending; None: all.
        among: How many records of the cell each of ``answers.groups.values`` has; None: no group lies partly outside.
    """
    every = np.arange(answers.n) if rows is None else rows
    has_gold, silent = answers.has_gold[every], answers.unanswered[every]
    answered = has_gold & ~silent
    kept = every[answered]
    columns = gather_rows(answers, kept, clustered=bool((answers.clusters.codes[every[has_gold]] >= 0).any()))
    columns = replace(columns, rows_of_split=None if len(kept) == len(every) else np.flatnonzero(answered))
    broken = np.zeros(len(answers.groups.values) + 1, dtype=np.bool_)  # the last one stands for no group
    broken[answers.groups.codes[every[~answered]]] = True
    if among is not None:
        broken[:-1] |= np.bincount(answers.groups.codes[every] + 1, minlength=len(broken))[1:] < among
    if broken[:-1].any():
        codes = answers.groups.codes[kept]
        columns = replace(
            columns, group=Coded(np.where(broken[codes], -1, codes).astype(np.int32), answers.groups.values).to_list()
        )
    labelled = int(has_gold.sum())
    return Gathered(columns, errored=labelled - len(kept), skipped=len(every) - labelled)


def gather_rows(answers: AnswerArrays, rows: NDArray[np.intp], *, clustered: bool | None = None) -> Columns:
    """What `gather` makes of the records of some rows, each with a gold label and an answer, without making them.

    Of behavioural tests, whose cases need more of a record than columns hold, records are to be gathered. ``clustered``: whether
    items have clusters; None: as those of the rows say.
    """
    if clustered is None:
        clustered = bool((answers.clusters.codes[rows] >= 0).any())
    clusters = answers.clusters if clustered else answers.groups
    facts = answers.extras.take(rows).to_list() if answers.task.kind is Kind.TAG or answers.task.metadata else []
    strict = [(fact.get("strict_gold"), fact.get("strict")) if fact else (None, None) for fact in facts]
    metadata: list[dict[str, str]] = [(fact or {}).get("metadata") or {} for fact in facts]
    targets, outputs = answers.targets.take(rows), answers.outputs.take(rows)
    return Columns(
        answers.task,
        targets.to_list(),
        outputs.to_list(),
        answers.score_rows.of_rows(rows),
        clusters.take(rows).to_list(),
        _slices_of(answers, rows),
        answers.groups.take(rows).to_list(),
        strict if any(gold is not None or said is not None for gold, said in strict) else [],
        metadata=metadata if answers.task.metadata and any(metadata) else [],
        coded=(targets, outputs),
    )


def _slices_of(answers: AnswerArrays, rows: NDArray[np.intp]) -> list[dict[str, str]]:
    """Slices of each row; rows with equal ones share them."""
    places = np.zeros(len(rows), dtype=np.int64)
    firsts = np.zeros(min(len(rows), 1), dtype=np.int64)
    for coded in answers.slices.values():
        codes = places * (len(coded.values) + 1) + coded.codes[rows] + 1
        _, firsts, places = np.unique(codes, return_index=True, return_inverse=True)
    found: list[dict[str, str]] = []
    for first in firsts.tolist():
        row = int(rows[first])
        values = {name: coded.codes[row] for name, coded in answers.slices.items()}
        found.append({name: answers.slices[name].values[code] for name, code in values.items() if code >= 0})
    return [found[place] for place in places.tolist()]


def _scores(task: Task, records: Sequence[Record]) -> Floats | None:
    """A row of scores each; None unless all have the same number. Cases with silence that counts as wrong fail whatever the
    scores, so there a row that decides nothing stands for it, and the other cases keep theirs.
    """
    silent = [task.behaviour and record.scores is None and record.output == NO_TEXT for record in records]
    widths = {
        None if record.scores is None else len(record.scores)
        for record, without in zip(records, silent, strict=True)
        if not without
    }
    if None in widths or (len(widths) != 1 and not (task.behaviour and task.kind is Kind.FILL)):
        return None
    if len(widths) > 1:
        return _padded(records)
    width = next(iter(widths)) or 0
    nothing = (1 / max(width, 1),) * width
    rows = [nothing if without else record.scores for record, without in zip(records, silent, strict=True)]
    return np.array(rows, dtype=np.float64)


def _padded(records: Sequence[Record]) -> Floats:
    """Scores of options of which cases have several numbers; gaps are no numbers."""
    rows = [record.scores or () for record in records]
    found = np.full((len(rows), max(map(len, rows))), np.nan)
    for place, row in enumerate(rows):
        found[place, : len(row)] = row
    return found


def _strict(records: Sequence[Record]) -> list[tuple[Strict | None, Strict | None]]:
    found = [(record.extra.get("strict_gold"), record.extra.get("strict")) for record in records]
    return found if any(gold is not None or said is not None for gold, said in found) else []


def _lacking(records: Sequence[Record]) -> list[bool]:
    found = [record.extra.get("lacks") is True for record in records]
    return found if any(found) else []


def _metadata(records: Sequence[Record]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = [record.extra.get("metadata") or {} for record in records]
    return found if any(found) else []


def _rows_of(answered: Sequence[Record], records: Sequence[Record]) -> Codes:
    there = set(map(id, answered))
    return np.array([row for row, record in enumerate(records) if id(record) in there], dtype=np.intp)


def _codes(names: list[Any], task: Task, what: str) -> Codes:
    numbers = {name: number for number, name in enumerate(task.label_names)}
    try:
        return np.fromiter((numbers[name] for name in names), np.intp, len(names))
    except (KeyError, TypeError):
        strange = next(name for name in names if not isinstance(name, str) or name not in numbers)
        raise LabelError(
            f"the {what} {strange!r} is not a label of {task.name}",
            expected=f"one of: {', '.join(task.label_names)}",
            hint="map the model's label names to the task's",
        ) from None
