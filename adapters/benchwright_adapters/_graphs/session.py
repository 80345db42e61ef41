"""A session of the shared encoders over a graph: tokenizer, lengths and codec as the checkpoint has them, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchwright.checkpoints.head import auto_class
from benchwright.checkpoints.model import fit_length
from benchwright.checkpoints.task_fit import threshold_of
from benchwright.checkpoints.tokenizer import CheckpointTokenizer, quiet, read_tokenizer
from benchwright.checkpoints.vectors import pooled_settings, refuse_blind_first
from benchwright.checkpoints.work import read_work
from benchwright.encoders import (
    Codec,
    Encoded,
    EncoderSession,
    HeadOutputs,
    ModelInputs,
    ProbeError,
    Tokenizing,
    codec_for,
    usual_length,
)
from benchwright.encoders.failures import complaint, explained
from benchwright.encoders.work import EncoderWork
from benchwright.errors import ModelError
from benchwright.types import EmbeddingTask, FillTask, LabelMap, TaggingTask, Task

from .engines import open_engine
from .forward import GraphForward, MaskedGraphForward, find_ports
from .onnx_file import read_onnx
from .report import ExportReport, report_of, size_of
from .settings import NAMES, GraphSettings
from .source import GraphSource
from .trial import reason_of
from .wanted import WantedGraph

_MOST_LOGITS = 2**25
"""Most raw outputs of a head for words in a batch: 128 MiB in single precision."""

_OFFSET_FAMILIES = frozenset(
    {"roberta", "xlm-roberta", "camembert", "xlm-roberta-xl", "data2vec-text", "xmod", "mpnet", "longformer"}
)
"""Families whose positions begin behind the padding index."""


@dataclass(frozen=True, kw_only=True)
class ModelReads:
    """What a model reads: ids that it has embeddings for, positions (None: any number), the id that pads (None: it has none)."""

    vocabulary: int
    positions: int | None
    padding: int | None


def reads_of(source: GraphSource, report: ExportReport | None) -> ModelReads:
    """What a graph reads: as it was exported here, else as far as its configuration says."""
    if report is not None:
        return ModelReads(vocabulary=report.vocabulary, positions=report.positions, padding=report.padding)
    config = source.config
    padding = config.get("pad_token_id")
    positions = source.head.positions
    if positions is not None and source.head.model_type in _OFFSET_FAMILIES:
        positions -= (padding if isinstance(padding, int) else 1) + 1
    size = config.get("vocab_size")
    return ModelReads(
        vocabulary=size if isinstance(size, int) else 2**31,
        positions=positions,
        padding=padding if isinstance(padding, int) else None,
    )


def open_graph(wanted: WantedGraph, graph: Path) -> EncoderSession:
    """A session that answers for the task with a graph.

    Raises:
        ModelError: The graph cannot be opened, gives other outputs than the task wants, or fails on a short text.
    """
    source, task, settings, context = wanted.source, wanted.task, wanted.settings, wanted.context
    report = report_of(graph)
    reads = reads_of(source, report)
    read = read_words(source, task, settings)
    if isinstance(task, EmbeddingTask):
        settings = pooled_settings(settings, task, source.stated)
    engine = open_engine(graph, settings, context.device, source.shown)
    ports = find_ports(engine.inputs, engine.outputs, task, source.shown)
    inputs = ModelInputs(
        vocabulary=reads.vocabulary,
        fill={"input_ids": reads.padding or 0, "token_type_ids": read.tokenizer.pad_token_type_id},
    )
    how: dict[str, Any] = {
        "alone": _is_dynamic(graph, settings),
        "filled": settings.quantize == "none" and settings.precision == "f32",
        "work": _work(source, task),
    }
    forward: GraphForward
    budget = settings.token_budget
    if isinstance(task, FillTask):
        barred = {token for token in read.tokenizer.all_special_ids if token is not None}
        forward = MaskedGraphForward(engine, ports, inputs, barred=sorted(barred), top=task.top, **how)
        budget = max(1, min(budget, _MOST_LOGITS // reads.vocabulary))
    else:
        forward = GraphForward(engine, ports, inputs, **how)
    forward.settings |= {"size": str(size_of(graph.parent))} if report is not None else {}
    if source.graph is not None:
        forward.settings |= {"graph": source.graph.relative_to(source.folder).as_posix()}
    codec = make_codec(wanted, settings, read, reads, ports.columns)
    try:
        session = EncoderSession(codec, forward, token_budget=budget, quiet=quiet)
    except ProbeError as error:
        cause = error.__cause__
        if cause is None or isinstance(cause, FloatingPointError):
            raise
        raise _fails(cause, graph, source.shown, settings) from cause
    if isinstance(task, EmbeddingTask) and settings.pooling == "cls":
        refuse_blind_first(forward, codec.tokenizing, task)
    return session


def _fails(error: BaseException, graph: Path, shown: str, settings: GraphSettings) -> ModelError:
    """The error for a graph that computes nothing."""
    return ModelError(
        f"{shown}: {NAMES[settings.runtime]} fails on a short text with {graph.name}: {reason_of(str(error), graph, shown)}",
        expected="a graph for any number of texts and tokens, with the tokenizer of its model",
        hint="export it again, or name its checkpoint: it is exported here",
    )


def read_words(source: GraphSource, task: Task, settings: GraphSettings) -> CheckpointTokenizer:
    """The tokenizer that lies beside a model."""

    def explain(error: BaseException) -> ModelError:
        return ModelError(
            f"the tokenizer of {source.shown} cannot be opened: {complaint(error)}",
            expected="a tokenizer that the installed `transformers` knows",
            hint="save the tokenizer again: `tokenizer.save_pretrained(FOLDER)`",
        )

    with explained(explain), quiet():
        return read_tokenizer(source.folder, words=isinstance(task, TaggingTask), prefix_space=settings.prefix_space)


def make_codec(
    wanted: WantedGraph, settings: GraphSettings, read: CheckpointTokenizer, reads: ModelReads, columns: list[str]
) -> Codec:
    """How examples of a task become rows of a model."""
    source, task = wanted.source, wanted.task
    labels = wanted.context.labels or LabelMap(to_task=tuple(range(len(task.labels))), origin="task")
    tokenizing = Tokenizing(
        tokenizer=read.tokenizer,
        max_length=fit_length(
            settings.max_length,
            reads.positions,
            _said(source.config),
            read.tokenizer,
            source.shown,
            default=usual_length(task),
        ),
        names=columns,
        stand_in=_stand_in(read.tokenizer, reads),
        source=read.source,
        note=read.note,
        shown=source.shown,
    )
    names = dict(enumerate(source.head.labels))
    head = HeadOutputs(count=len(names), labels=labels, names=names)
    return codec_for(
        task, tokenizing, head, settings.codec_options(threshold_of(task, settings, source.config, source.shown))
    )


def encode_rows(wanted: WantedGraph, graph: Path) -> Encoded:
    """The rows that INT8 is calibrated on, as the session will read others like them."""
    source, task, settings = wanted.source, wanted.task, wanted.settings
    report = report_of(graph)
    read = read_words(source, task, settings)
    if isinstance(task, EmbeddingTask):
        settings = pooled_settings(settings, task, source.stated)
    codec = make_codec(wanted, settings, read, reads_of(source, report), ["input_ids", "token_type_ids"])
    with quiet():
        rows: Any = codec.encode(wanted.rows)
    encoded: Encoded = rows.encoded
    return encoded


def _said(config: Mapping[str, Any]) -> int | None:
    """Positions as the configuration names them, also where a model has no table of them."""
    said = config.get("max_position_embeddings")
    return said if type(said) is int and said > 0 else None


def _stand_in(tokenizer: Any, reads: ModelReads) -> int:
    candidates = (tokenizer.bos_token_id, tokenizer.eos_token_id, reads.padding, 0)
    return int(next(token for token in candidates if token is not None))


def _is_dynamic(graph: Path, settings: GraphSettings) -> bool:
    """Whether activations are scaled over all that shares a run."""
    if settings.runtime != "onnx":
        return False
    return settings.quantize == "int8" or read_onnx(graph, graph.name).is_dynamic


def _work(source: GraphSource, task: Task) -> EncoderWork | str:
    name = source.head.architecture or "Model"
    if isinstance(task, EmbeddingTask) or auto_class(source.head, task) == "AutoModel":
        name = "Model"
    return read_work(source.config, name)
