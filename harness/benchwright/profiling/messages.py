"""What the parent and the process of a model say to each other: one JSON value a line, commands one way, answers the other."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from benchwright.types import CellJob, ModelRef, ProfileSpec, Reading, Samples
from benchwright.types.base import Frozen

MARK = b"\x1e"
"""Begins every answer (RFC 7464): a line without it was printed by something else."""


Tell = Callable[[str, int, int], None]
"""Called with (what, done, total) in long steps that are not timed."""

WARM_BATCH = 32
"""Inputs to a query that warms an offline scenario up where nobody said how many."""


class Shape(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """Inputs of one query: how many, and how long they were made.

    Attributes:
        batch: Inputs to a query; 0: as many as the adapter takes at once.
        length: Tokens of each; 0: texts of the task as they are.
    """

    batch: int = 1
    length: int = 0

    @property
    def warm(self) -> Shape:
        """The shape that warms this one up: queries of `WARM_BATCH` inputs where the adapter batches by itself."""
        return msgspec.structs.replace(self, batch=self.batch or WARM_BATCH)


class PlanModel(Frozen, frozen=True, kw_only=True, tag="plan"):
    """Plan the cell of a job again, choose its inputs, and forget everything else that was read.

    Attributes:
        job: Of any of the cells that are measured in this process.
        machine: Fingerprint that stands in the key of that cell.
        checkpoint: Of a derivation what `MakeCheckpoint` made in another process: looking it up again would import what it is made with.
    """

    job: CellJob
    machine: str = ""
    checkpoint: ModelRef | None = None


class MakeCheckpoint(Frozen, frozen=True, kw_only=True, tag="make_checkpoint"):
    """Make the checkpoint of a derivation, unless it is there."""


class EvictFiles(Frozen, frozen=True, kw_only=True, tag="evict"):
    """Take the files of the model out of the page cache, and look whether they are out."""


class OpenModel(Frozen, frozen=True, kw_only=True, tag="open"):
    """Import its libraries and open the model.

    Attributes:
        started: When the parent started this process, on the clock that both share.
    """

    started: float


class FirstCall(Frozen, frozen=True, kw_only=True, tag="first_call"):
    """Ask one input for the first time, which ends the start of the model."""


class WarmUp(Frozen, frozen=True, kw_only=True, tag="warm_up"):
    """Ask queries of a shape until they take the same time, or until the preset's time for that is over."""

    shape: Shape
    spec: ProfileSpec


class SingleStream(Frozen, frozen=True, kw_only=True, tag="single_stream"):
    """Ask the next query when the last is answered, for as long and as often as the specification says."""

    shape: Shape
    spec: ProfileSpec


class Offline(Frozen, frozen=True, kw_only=True, tag="offline"):
    """Hand over many inputs at once, again and again; ``batch`` 0: all that there are, and the model batches them."""

    shape: Shape
    spec: ProfileSpec


class Serve(Frozen, frozen=True, kw_only=True, tag="serve"):
    """Let queries arrive at random times, at the rate of the specification, or search for the highest that holds its bound."""

    shape: Shape
    spec: ProfileSpec


class Together(Frozen, frozen=True, kw_only=True, tag="together"):
    """Ask one query after the other from a moment on at which other processes begin as well.

    Attributes:
        shape: Of the queries.
        spec: How long.
        begin: That moment, on the clock that all processes of a machine share.
        concurrency: How many processes.
    """

    shape: Shape
    spec: ProfileSpec
    begin: float
    concurrency: int


class Block(Frozen, frozen=True, kw_only=True, tag="block"):
    """Ask query number ``first`` of a shape uncounted, then ``queries`` more by the clock (`measuring.interleaved.AskBlock`)."""

    shape: Shape
    first: int
    queries: int


class Stages(Frozen, frozen=True, kw_only=True, tag="stages"):
    """Measure where the time of queries goes, in a pass apart from those that count, and count their work; with ``rate`` also the best
    matrix product of the machine.
    """

    shape: Shape
    spec: ProfileSpec
    rate: bool = False


class Sweep(Frozen, frozen=True, kw_only=True, tag="sweep"):
    """Ask queries of several batch sizes and lengths, each a shape of its own."""

    spec: ProfileSpec


class ReadMemory(Frozen, frozen=True, kw_only=True, tag="memory"):
    """Read peaks of memory since the model was about to be opened."""


class Finish(Frozen, frozen=True, kw_only=True, tag="finish"):
    """Close the model and end the process."""


Command = (
    PlanModel
    | MakeCheckpoint
    | EvictFiles
    | OpenModel
    | FirstCall
    | WarmUp
    | SingleStream
    | Offline
    | Serve
    | Together
    | Block
    | Stages
    | Sweep
    | ReadMemory
    | Finish
)


class Answer(Frozen, frozen=True, kw_only=True, omit_defaults=True, tag="answer"):
    """What a command found.

    Attributes:
        samples: Raw values.
        readings: Values that were read.
        settings: What the session chose by itself, threads included.
        notes: What a reader must know.
        checkpoint: What a derivation made.
        state: Of the machine before the model was opened, and now.
    """

    samples: tuple[Samples, ...] = ()
    readings: tuple[Reading, ...] = ()
    settings: dict[str, str] = msgspec.field(default_factory=dict)
    notes: tuple[str, ...] = ()
    checkpoint: ModelRef | None = None
    state: dict[str, str] = msgspec.field(default_factory=dict)


class Failure(Frozen, frozen=True, kw_only=True, tag="failure"):
    """Why a command found nothing: one sentence, without a traceback."""

    reason: str


class Telling(Frozen, frozen=True, kw_only=True, tag="telling"):
    """Progress of something long that is not timed: a training, a download."""

    what: str
    done: int
    total: int


Reply = Answer | Failure | Telling

COMMANDS: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
REPLIES: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)
