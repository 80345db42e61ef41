"""The forward pass of a graph, whatever runs it: inputs by the names of the graph, outputs by those of `transformers`."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders import Batch, ModelInputs
from benchwright.encoders.masked import RELATIVE, TOKENS, TOTALS
from benchwright.encoders.pooled import HIDDEN
from benchwright.encoders.work import EncoderWork
from benchwright.errors import ModelError
from benchwright.types import EmbeddingTask, FillTask, SpanTask, Task

from .onnx_file import GraphPort

_READ = ("input_ids", "token_type_ids", "attention_mask", "position_ids")
_VECTORS = ("last_hidden_state", "token_embeddings", "hidden_state")

Arrays = dict[str, NDArray[np.float32]]


class Engine(Protocol):
    """An open graph."""

    @property
    def inputs(self) -> Sequence[GraphPort]:
        """What it must be given."""

    @property
    def outputs(self) -> Sequence[str]:
        """What it gives, in order."""

    @property
    def settings(self) -> Mapping[str, str]:
        """Settings that affect its numbers and were chosen when it was opened, as text."""

    def run(self, inputs: Mapping[str, NDArray[Any]], outputs: Sequence[str]) -> Sequence[NDArray[Any]]:
        """Some of its outputs."""

    def close(self) -> None:
        """Give back the graph; closing twice is safe."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """How a graph is asked for a task.

    Attributes:
        inputs: What it is given.
        outputs: Name by `transformers` -> name in the graph.
    """

    inputs: tuple[GraphPort, ...]
    outputs: Mapping[str, str]

    @property
    def columns(self) -> list[str]:
        """Columns of a tokenizer that it reads, ``input_ids`` first."""
        names = {port.name for port in self.inputs}
        return [name for name in ("input_ids", "token_type_ids") if name in names]


def find_ports(inputs: Sequence[GraphPort], outputs: Sequence[str], task: Task, shown: str) -> Ports:
    """Inputs and outputs of a graph for a task.

    Outputs are found by the names that exporters give them; a graph with as many outputs as are wanted gives them in order.

    Raises:
        ModelError: It wants something that no tokenizer gives, in a type that is none of ids, or gives other outputs.
    """
    strange = [port.name for port in inputs if port.name not in _READ or port.dtype not in ("int64", "int32")]
    if strange or "input_ids" not in {port.name for port in inputs}:
        given = ", ".join(f"{port.name} ({port.dtype or 'another type'})" for port in inputs)
        raise ModelError(
            f"{shown}: its graph wants {given}",
            expected=f"input_ids, and of {', '.join(_READ[1:])} what it needs, int64 or int32",
            hint="export the model with the inputs of its tokenizer",
        )
    wanted = ("start_logits", "end_logits") if isinstance(task, SpanTask) else ("logits",)
    if isinstance(task, EmbeddingTask):
        named = next((name for name in _VECTORS if name in outputs), None)
        if named is not None:
            return Ports(inputs=tuple(inputs), outputs={HIDDEN: named})
        wanted = (HIDDEN,)
    if set(wanted) <= set(outputs):
        return Ports(inputs=tuple(inputs), outputs={name: name for name in wanted})
    if len(outputs) == len(wanted) and not {*outputs} & {"logits", "start_logits", "end_logits", *_VECTORS}:
        return Ports(inputs=tuple(inputs), outputs=dict(zip(wanted, outputs, strict=True)))
    raise ModelError(
        f"{shown}: its graph gives {', '.join(outputs)}, {task.name} ({task.kind}) needs {' and '.join(wanted)}",
        expected="a graph that was exported with the head of the task",
        hint="export it for this task, or name its checkpoint: it is exported here",
    )


class GraphForward:
    """A graph as the shared session asks it.

    Args:
        engine: The open graph.
        ports: What it is asked for.
        inputs: What the model reads.
        alone: Whether each text is run by itself, since what shares a run with it would change its numbers.
        filled: Whether lines that only fill a batch are run too: products in single precision must not have too few rows.
        work: Operations of the model, or why they are not known.
    """

    def __init__(
        self, engine: Engine, ports: Ports, inputs: ModelInputs, *, alone: bool, filled: bool, work: EncoderWork | str
    ) -> None:
        self.inputs, self.work = inputs, work
        self._engine, self._ports, self._alone, self._filled = engine, ports, alone, filled
        how = "one text at a time" if alone else "" if filled else "without lines that only fill a batch"
        self.settings = {**engine.settings, **({"run": how} if how else {})}

    def __call__(self, batch: Batch) -> Mapping[str, NDArray[np.float32]]:
        """Raw outputs in single precision."""
        if not self._alone:
            lines = len(batch.mask) if self._filled else len(batch.rows)
            return self._run({name: block[:lines] for name, block in batch.columns.items()}, batch.mask[:lines])
        lengths = [int(length) for length in batch.lengths[: len(batch.rows)]]
        rows = [
            self._run(
                {name: block[at : at + 1, :length] for name, block in batch.columns.items()},
                batch.mask[at : at + 1, :length],
            )
            for at, length in enumerate(lengths)
        ]
        return {name: _stacked([row[name] for row in rows], batch.mask.shape[1]) for name in rows[0]}

    def _run(self, columns: Mapping[str, NDArray[np.int64]], mask: NDArray[np.bool_]) -> Arrays:
        given = {}
        for port in self._ports.inputs:
            values = _column(port.name, columns, mask)
            if port.axes == 3:
                values = values[:, None, :]  # options of a question, of which each row has one
            given[port.name] = np.ascontiguousarray(values, dtype=port.dtype)
        found = self._engine.run(given, list(self._ports.outputs.values()))
        for name, values in zip(self._ports.outputs.values(), found, strict=True):
            if values.ndim < 2 or len(values) != len(mask):
                raise ValueError(f"{name} has the shape {tuple(values.shape)} for {len(mask)} texts")
        return {
            name: np.asarray(values, dtype=np.float32) for name, values in zip(self._ports.outputs, found, strict=True)
        }

    def release(self) -> None:
        """Give back memory that nothing uses."""
        gc.collect()

    def close(self) -> None:
        """Give back the graph; closing twice is safe."""
        self._engine.close()


class MaskedGraphForward(GraphForward):
    """A masked language model, of whose raw outputs those are kept that are read.

    Args:
        barred: Ids that are no words.
        top: How many most probable tokens are given where a batch asks for reads; 0: the tokens that it names.
        options: As `GraphForward` takes them.
    """

    def __init__(self, *args: Any, barred: Sequence[int], top: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self._barred, self._top = sorted(barred), top

    def __call__(self, batch: Batch) -> Mapping[str, NDArray[np.float32]]:
        """What is read of a batch, an entry for each read: see `encoders.masked`. Without reads each token is read at its own place."""
        logits = super().__call__(batch)["logits"]
        if batch.reads is not None:
            lines, positions, tokens = batch.reads.owners, batch.reads.positions, batch.reads.tokens
        else:
            lines, positions = np.nonzero(batch.mask[: len(logits)])
            tokens = batch.columns["input_ids"][lines, positions]
        values = logits[lines, positions]
        values -= values.max(axis=-1, keepdims=True)
        found = {TOTALS: np.exp(values).sum(axis=-1)}
        if not self._top or batch.reads is None:
            return {RELATIVE: values[np.arange(len(values)), tokens], **found}
        values[:, self._barred] = -np.inf
        best = np.argsort(-values, axis=-1, kind="stable")[:, : self._top]
        return {RELATIVE: np.take_along_axis(values, best, axis=-1), TOKENS: best.astype(np.float32), **found}


def _column(name: str, columns: Mapping[str, NDArray[np.int64]], mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """What a graph is given under a name; segments that the tokenizer does not give are zeros."""
    if name == "attention_mask":
        return mask.astype(np.int64)
    if name == "position_ids":
        places: NDArray[np.int64] = np.maximum(np.cumsum(mask, axis=1, dtype=np.int64) - 1, 0)
        return places
    found = columns.get(name)
    return np.zeros(mask.shape, dtype=np.int64) if found is None else found


def _stacked(rows: Sequence[NDArray[np.float32]], width: int) -> NDArray[np.float32]:
    """Outputs of single rows as one array; those of tokens are padded with zeros, which nothing reads."""
    if len({row.shape for row in rows}) == 1:
        return np.concatenate(rows)
    whole = np.zeros((len(rows), width, *rows[0].shape[2:]), dtype=np.float32)
    for at, row in enumerate(rows):
        whole[at, : row.shape[1]] = row[0]
    return whole


def check_rule(task: Task, shown: str, path: str) -> None:
    """Raise ModelError for a rule that reads attention, which graphs do not give."""
    from benchwright.encoders.masked import rule_of

    if isinstance(task, FillTask) and not task.top and rule_of(task).attention:
        raise ModelError(
            f"{shown}: {task.name} reads the attention that tokens receive, which a graph does not give",
            expected="a rule that reads log-probabilities alone",
            hint=f"transformers:{path}",
        )
