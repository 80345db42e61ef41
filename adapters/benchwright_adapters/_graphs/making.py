"""Make what is not there: the export of a checkpoint, and its form in INT8."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from benchwright.checkpoints.derived import derive, is_whole
from benchwright.checkpoints.head import auto_class
from benchwright.environment import versions
from benchwright.types import EmbeddingTask

from .engines import open_engine
from .export import GraphInputs, compare, copy_files, trace, write_graph
from .quantize import graph_columns, lacks_vnni, quantize_onnx, quantize_openvino
from .report import SCHEMA, ExportReport, read_report, report_of, write_report
from .wanted import WantedGraph

_INT8 = {"onnx": "model_quantized.onnx", "openvino": "openvino_model.xml"}


def make(wanted: WantedGraph) -> Path:
    """The graph that is run: the one that was given, or the one that is made now unless it is there.

    Raises:
        ModelError: The checkpoint cannot be exported or quantised, or its graph is another model.
        StoreError: There is no room, or the store cannot be written.
    """
    context, exported, quantized = wanted.context, wanted.exported, wanted.quantized
    if quantized is not None and is_whole(quantized.place(context), quantized.digest, context):
        return _graph_in(quantized.place(context))
    graph = wanted.source.graph
    if exported is not None:
        graph = _graph_in(derive(exported, context, lambda draft: _export(wanted, draft)))
    assert graph is not None
    if quantized is None:
        return graph
    plain = graph
    return _graph_in(derive(quantized, context, lambda draft: _quantize(wanted, plain, draft)))


def _graph_in(place: Path) -> Path:
    report = read_report(place)
    assert report is not None
    return place / report.graph


def _export(wanted: WantedGraph, draft: Path) -> None:
    """Export a checkpoint in single precision into a folder; raises ModelError where that is not the same model."""
    source, task, settings = wanted.source, wanted.task, wanted.settings
    assert source.checkpoint is not None
    layer = task.layer if isinstance(task, EmbeddingTask) else None
    traced = trace(source.checkpoint, auto=auto_class(source.head, task), layer=layer)
    graph = write_graph(traced, draft, settings.runtime, opset=settings.opset)
    copy_files(source.reading, draft)
    plain = type(settings)(runtime=settings.runtime, max_length=None, truncation="longest_first", token_budget=1)
    engine = open_engine(graph, plain, "cpu", source.shown)

    def run(inputs: GraphInputs) -> Sequence[NDArray[Any]]:
        return engine.run(inputs, traced.outputs)

    try:
        difference = compare(traced, run, settings.runtime)
    finally:
        engine.close()
    report = ExportReport(
        schema=SCHEMA,
        parent=source.digest,
        graph=graph.name,
        architecture=type(traced.opened.model).__name__,
        vocabulary=traced.vocabulary,
        positions=traced.positions,
        padding=traced.padding,
        layer=traced.layer,
        parameters=traced.parameters,
        difference=float(f"{difference:.3g}"),
        versions=versions("torch", "transformers", "onnx", "onnxscript", "openvino"),
    )
    write_report(draft, report)


def _quantize(wanted: WantedGraph, graph: Path, draft: Path) -> None:
    """Quantise a graph in single precision into a folder, with what lies beside it."""
    from .session import encode_rows, reads_of

    settings, source = wanted.settings, wanted.source
    made = draft / _INT8[settings.runtime]
    copy_files(source.reading, draft)
    if settings.runtime == "onnx":
        quantize_onnx(graph, made, source.shown, reduced=lacks_vnni())
    else:
        rows = encode_rows(wanted, graph) if wanted.rows else None
        quantize_openvino(graph, made, source.shown, rows, graph_columns(graph))
    before = report_of(graph) if source.graph is None else source.report
    reads = reads_of(source, before)
    report = ExportReport(
        schema=SCHEMA,
        parent=source.parent or "",
        graph=made.name,
        architecture=before.architecture if before else "",
        vocabulary=reads.vocabulary,
        positions=reads.positions,
        padding=reads.padding,
        layer=before.layer if before else None,
        parameters=before.parameters if before else None,
        quantize=settings.quantize,
        calibration=len(wanted.rows) or None,
        versions=versions("onnx", "onnxruntime") if settings.runtime == "onnx" else versions("openvino", "nncf"),
    )
    write_report(draft, report)
