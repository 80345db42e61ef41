"""What plugins are: ways of opening a model, and output formats."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from benchwright.types.base import Frozen, Kind
from benchwright.types.examples import Example, Prediction, Record
from benchwright.types.explanations import Removal, ScoreScale, Target, Word, WordGradients
from benchwright.types.hardware import Work
from benchwright.types.models import Facts, LabelMap, ModelRef
from benchwright.types.results import Run
from benchwright.types.sources import Dataset
from benchwright.types.tasks import Task


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
        tell: Called with (what, done, total) to report progress of long steps other than prediction.
        train: The train split of a task (``trained_on`` followed); raises DataMissing where there is none.
        items: The whole split under evaluation, before ``--limit``, with targets removed.
        labels: How outputs are tied to task labels; set when a session is opened.
        viewed: Of a view of a task (``Task.view_of``) the card of that task, whose checkpoint and train split serve the view
            too; else None.
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
    viewed: Task | None = None


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


@runtime_checkable
class Derives(Protocol):
    """An adapter that makes a checkpoint before anything is predicted; the adapter of that checkpoint opens it."""

    def resolve(self, model: ModelRef, task: Task, context: Context) -> ModelRef:
        """The checkpoint, made now or found in ``Context.models``."""
        ...


@dataclass(frozen=True, kw_only=True)
class ModelVariant:
    """A faster way of computing a model, as a reference that any process can open.

    Attributes:
        name: In a few words: ``bfloat16``, ``OpenVINO, INT8``.
        model: What is opened: another adapter, or other options. It computes what it says whatever ``Context.precision`` is.
        dtype: Data type of its matrix products, where trying it makes sense only if the machine multiplies such numbers ``times`` as fast
            as single-precision ones; empty: it is tried anyway.
        times: See ``dtype``.
        preparing: Seconds that opening it takes beyond reading the checkpoint (an export, a compilation), as far as is known before; it is
            left out where exact is done sooner.
        absent: Why it cannot be tried here (a package is not installed); empty: it can.
    """

    name: str
    model: ModelRef
    dtype: str = ""
    times: float = 1.0
    preparing: float = 0.0
    absent: str = ""


@runtime_checkable
class TriesFamilies(Protocol):
    """An adapter that can try, with tiny random models, which families of models it reads without padding."""

    def try_families(self) -> Iterator[tuple[str, str]]:
        """Each family, and in words why its texts are not read one after the other in one buffer; "" where they are.

        Raises:
            PluginError: A library that it needs is not installed.
        """
        ...


@runtime_checkable
class HasVariants(Protocol):
    """An adapter that knows faster ways of computing its models, which ``--precision fast`` chooses among."""

    def variants(self, model: ModelRef, task: Task, context: Context) -> Sequence[ModelVariant]:
        """Ways that may be tried, most promising first; none where the reference says itself how it is computed. Nothing is loaded."""
        ...


@runtime_checkable
class DerivesSome(Protocol):
    """A derivation that leaves most of its models as they are."""

    def derives(self, model: ModelRef) -> bool:
        """Whether a checkpoint is made for this one, by what its reference says."""
        ...


def makes_checkpoint(adapter: Adapter, model: ModelRef) -> bool:
    """Whether a checkpoint is made before a model can be opened."""
    return adapter.derives(model) if isinstance(adapter, DerivesSome) else isinstance(adapter, Derives)


@runtime_checkable
class ReadsFiles(Protocol):
    """An adapter some of whose options name files: their content is in the digest, their names are in no cell key."""

    files: Collection[str]


@runtime_checkable
class Identifies(Protocol):
    """An adapter that can name its answers without a look at them: a cell that is in the store is then used again without `inspect`."""

    def identify(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """The facts of `inspect`, but for notes about the answers; a model that `inspect` refuses may be refused or not."""
        ...


@runtime_checkable
class MayBeBaseline(Protocol):
    """An adapter that says whether its models are baselines: what can be had for little, set apart from candidates in a report."""

    baseline: bool


@runtime_checkable
class MayHaveGradients(Protocol):
    """An adapter that says whether its sessions give gradients (`GivesGradients`); of others that is known once a model is open."""

    gradients: bool


@runtime_checkable
class Describes(Protocol):
    """A session that chose something by itself (data type, batch size): stored beside its predictions, not part of the cell key."""

    settings: Mapping[str, str]


@runtime_checkable
class ReadsAhead(Protocol):
    """A session that can read what it is asked next while it computes what it is asked now."""

    def read_ahead(self, examples: Sequence[Example]) -> None:
        """`predict` will probably be asked these very examples after those that it is asked next; no answer depends on it."""
        ...


@runtime_checkable
class HasStages(Protocol):
    """A session that can say where the time of a query goes; one without it has no stages, and that is said."""

    def predict_in_stages(
        self, examples: Sequence[Example], clock: Callable[[], float]
    ) -> tuple[Sequence[Prediction], Mapping[str, float]]:
        """The predictions of `predict`, and seconds by stage.

        A device is waited for at the end of each stage, which the pass that is measured as a whole does not do.

        Args:
            examples: As in `predict`.
            clock: Seconds from any origin.

        Returns:
            Predictions, and by the names of `types.hardware.STAGES` the seconds of those that there are; ``forward_device`` beside
            them is what the events of a GPU say of ``forward``.
        """
        ...


@runtime_checkable
class CountsWork(Protocol):
    """A session that can say what inputs cost it without computing them."""

    def count_tokens(self, examples: Sequence[Example]) -> Sequence[int]:
        """Tokens of each example, as ``Prediction.extra["tokens"]`` would say; 0 for one that cannot be read."""
        ...

    def count_work(self, examples: Sequence[Example]) -> Work:
        """Tokens, padding and operations of a query of these examples."""
        ...


@runtime_checkable
class SizesBatches(Protocol):
    """A session that cuts a query into batches by itself; raising ``token_budget`` makes one batch of it.

    A budget that memory did not hold is told in ``Prediction.extra["token_budget"]``.
    """

    @property
    def token_budget(self) -> int:
        """Most tokens to a batch, padding included."""
        ...

    @token_budget.setter
    def token_budget(self, tokens: int) -> None: ...


@runtime_checkable
class FillsBatches(Protocol):
    """A session that fills batches up to a constant size, so that no answer depends on what is asked with it.

    A single query pays for that with time that it does not need: what measures the time of queries turns it off, and says so; what
    measures many inputs at once leaves it as an evaluation has it.
    """

    @property
    def is_filled(self) -> bool:
        """Whether batches are filled up."""
        ...

    @is_filled.setter
    def is_filled(self, value: bool) -> None: ...


@runtime_checkable
class ScoresTargets(Protocol):
    """A session that gives numbers which no prediction holds: of the tag of a word, of a place as the start of an answer.

    Of others an explanation reads the scores of predictions, and where there are none, whether the answer stays the same.
    """

    @property
    def mask(self) -> str:
        """What stands in a text for a word that is taken away, read as one token; empty where the tokenizer has none."""
        ...

    def score_targets(
        self, examples: Sequence[Example], targets: Sequence[Sequence[Target]], scale: ScoreScale
    ) -> Sequence[Sequence[float] | str]:
        """For each example the number of each of its targets, or why there is none.

        Places in targets are those of the example that is given: where words were masked, the caller has moved them.
        """
        ...


@runtime_checkable
class GivesGradients(Protocol):
    """A session that can follow a number of its answer back to the tokens of the input."""

    def why_no_gradients(self) -> str | None:
        """Why this model has none after all; None if it has."""
        ...

    def integrate_gradients(
        self,
        examples: Sequence[Example],
        targets: Sequence[Sequence[Target]],
        words: Sequence[Sequence[Word]],
        *,
        steps: int,
        removal: Removal,
    ) -> Sequence[Sequence[WordGradients] | str]:
        """Integrated gradients of raw outputs by word (Sundararajan et al. 2017): for each example one for each target, or why there
        are none. They depend on the example alone, not on those beside it.

        Args:
            examples: What is explained.
            targets: Of each.
            words: Of each: tokens are added up over the word that they begin in; special tokens belong to none.
            steps: Points on the straight way from the baseline to the input.
            removal: The baseline. Special tokens stay, and in place of every other one stands padding (``delete``) or the mask token
                (``mask``).
        """
        ...


class ReportOptions(Frozen, frozen=True, kw_only=True):
    """How a report is wanted.

    Attributes:
        title: Heading in place of the runs' names.
        author: Who made it; empty where nobody is named.
        notes: Markdown texts of the author's, shown as a safe subset.
        inputs: Whether texts of examples, and answers that are made of them, are shown.
        against: Model that others are compared with, as ``MODEL`` or ``RUN:MODEL``; None: the only named baseline, else the best.
        baselines: Models set apart from candidates, beside those whose adapters say so.
        max_examples: Most examples of a task; None: what the format shows by itself.
        order: Positions of rows: ``(run, model)`` in the order of the command line; empty: as the runs hold them.
        models: Names that runs were narrowed to before they came here; empty: all of them.
        tasks: Likewise.
        history: Whether values of earlier runs of the same store stand beside those of the shown ones.
        meanwhile: Sentences about an unfinished run that a page is written anew for (``report --watch``); empty elsewhere.
        reload: Seconds after which such a page asks for its next form; 0: never.
    """

    title: str | None = None
    author: str = ""
    notes: tuple[str, ...] = ()
    inputs: bool = True
    against: str | None = None
    baselines: tuple[str, ...] = ()
    max_examples: int | None = None
    order: tuple[tuple[str, str], ...] = ()
    models: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    history: bool = False
    meanwhile: tuple[str, ...] = ()
    reload: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A report as files.

    Attributes:
        text: The file itself.
        beside: Further files: path relative to the folder of the report -> text.
    """

    text: str
    beside: Mapping[str, str] = field(default_factory=dict)


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


@runtime_checkable
class WritesBeside(Protocol):
    """A report that has further files beside its own; `Report.render` gives its own alone, the same text."""

    def render_files(
        self, runs: Sequence[Run], records: Callable[[str], Sequence[Record]], options: ReportOptions
    ) -> Rendered:
        """The report and what belongs beside it, written together or not at all."""
        ...


@runtime_checkable
class OfOneModel(Protocol):
    """A report that may be about one model alone (`one_model` is true): more than one is refused before it renders."""

    one_model: bool
