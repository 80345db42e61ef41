"""Make what is not there: the export of a checkpoint, and its form in INT8."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from benchwright.checkpoints.head import auto_class
from benchwright.environment import versions
from benchwright.types import EmbeddingTask

from .engines import open_engine
from .export import Arrays, compare, copy_files, copy_reading, trace, write_graph
from .quantize import lacks_vnni, quantize_onnx, quantize_openvino
from .report import SCHEMA, ExportReport, read_report
from .wanted import WantedGraph

_INT8 = {"onnx": "model_quantized.onnx", "openvino": "openvino_model.xml"}


def make_export(wanted: WantedGraph, draft: Path) -> ExportReport:
    """Export a checkpoint in single precision into a folder; raises ModelError where that is not the same model."""
    source, task, settings = wanted.source, wanted.task, wanted.settings
    assert source.checkpoint is not None
    assert wanted.exported is not None
    layer = task.layer if isinstance(task, EmbeddingTask) else None
    traced = trace(source.checkpoint, auto=auto_class(source.head, task), layer=layer)
    graph = write_graph(traced, draft, settings.runtime, opset=settings.opset)
    copy_reading(source.checkpoint, draft)
    plain = type(settings)(runtime=settings.runtime, max_length=None, truncation="longest_first", token_budget=1)
    engine = open_engine(graph, plain, "cpu", source.shown)

    def run(inputs: Arrays) -> Sequence[NDArray[Any]]:
        return engine.run(inputs, traced.outputs)

    try:
        difference = compare(traced, run, settings.runtime)
    finally:
        engine.close()
    return ExportReport(
        schema=SCHEMA,
        digest=wanted.exported.digest,
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


def make_quantized(wanted: WantedGraph, graph: Path, draft: Path) -> ExportReport:
    """Quantise a graph in single precision into a folder, with what lies beside it."""
    from .session import encode_rows, reads_of

    settings, source = wanted.settings, wanted.source
    assert wanted.quantized is not None
    made = draft / _INT8[settings.runtime]
    before = read_report(graph.parent) if source.graph is None else source.report
    reading = [path for path in source.files if path.suffix not in (".onnx", ".xml", ".bin", ".safetensors")]
    copy_files([path for path in reading if not path.name.endswith((".index.json", "_data", ".data"))], draft)
    if settings.runtime == "onnx":
        quantize_onnx(graph, made, reduced=lacks_vnni())
    else:
        rows = encode_rows(wanted, graph) if wanted.rows else None
        quantize_openvino(graph, made, rows, _columns(graph))
    reads = reads_of(source, before)
    return ExportReport(
        schema=SCHEMA,
        digest=wanted.quantized.digest,
        parent="" if before is None and source.checkpoint is None else before.parent if before else source.digest,
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


def _columns(graph: Path) -> list[str]:
    """Inputs of a graph, by OpenVINO."""
    import openvino

    from .engines import port_name

    return [port_name(port) for port in openvino.Core().read_model(graph).inputs]
