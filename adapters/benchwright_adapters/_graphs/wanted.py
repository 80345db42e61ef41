"""A graph by everything that decides it, and the names of what is made of that."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from benchwright.checkpoints.derived import Derivation, digest_of
from benchwright.checkpoints.head import auto_class
from benchwright.environment import versions
from benchwright.types import Context, EmbeddingTask, Example, ModelRef, Task

from .quantize import digest_rows, lacks_vnni
from .settings import NAMES, GraphSettings, Runtime
from .source import GraphSource

VERSION = 1
"""Of how graphs are made here: it is in the digest of each."""

_EXPORTERS: dict[Runtime, tuple[str, ...]] = {
    "onnx": ("torch", "transformers", "onnx", "onnxscript"),
    "openvino": ("torch", "transformers", "openvino"),
}
QUANTIZERS: dict[Runtime, tuple[str, ...]] = {"onnx": ("onnx", "onnxruntime"), "openvino": ("openvino", "nncf")}
"""Packages that quantise, by runtime."""


@dataclass(frozen=True, kw_only=True)
class WantedGraph:
    """A graph by everything that decides it.

    Attributes:
        model: How it was named.
        task: What is asked of it.
        context: What the engine lends.
        settings: As the user says.
        source: What the reference names.
        rows: What INT8 is calibrated on; empty where nothing is.
    """

    model: ModelRef
    task: Task
    context: Context
    settings: GraphSettings
    source: GraphSource
    rows: tuple[Example, ...]

    @cached_property
    def exported(self) -> Derivation | None:
        """The export in single precision; None where a graph was given."""
        if self.source.graph is not None:
            return None
        runtime = self.settings.runtime
        layer = self.task.layer if isinstance(self.task, EmbeddingTask) else None
        decisive = {
            "maker": VERSION,
            "runtime": runtime,
            "checkpoint": self.source.digest,
            "class": auto_class(self.source.head, self.task),
            "layer": layer,
            "opset": self.settings.opset,
            "versions": versions(*_EXPORTERS[runtime]),
        }
        return Derivation(
            digest=digest_of(decisive),
            what=f"exporting {self.source.shown} for {NAMES[runtime]}",
            room=_size(self.source),
        )

    @cached_property
    def quantized(self) -> Derivation | None:
        """The graph in INT8; None where nothing is quantised."""
        settings = self.settings
        if settings.quantize == "none":
            return None
        decisive = {
            "maker": VERSION,
            "runtime": settings.runtime,
            "graph": self.source.digest if self.exported is None else self.exported.digest,
            "quantize": settings.quantize,
            "rows": digest_rows(self.rows),
            "reduced": lacks_vnni(),
            **(_reading(settings) if self.rows else {"max_length": None}),
            "versions": versions(*QUANTIZERS[settings.runtime]),
        }
        return Derivation(
            digest=digest_of(decisive),
            what=f"quantising {self.source.shown} for {NAMES[settings.runtime]}",
            room=_size(self.source) // 4,
        )

    @property
    def derived(self) -> Derivation | None:
        """What is made last; None where the graph that was given is run as it is."""
        return self.quantized or self.exported


def _reading(settings: GraphSettings) -> dict[str, object]:
    """What decides which tokens of a row a graph is calibrated on."""
    names = ("max_length", "truncation", "doc_stride", "prefix_space")
    return {name: getattr(settings, name) for name in names}


def _size(source: GraphSource) -> int:
    return sum(path.stat().st_size for path in source.weights)
