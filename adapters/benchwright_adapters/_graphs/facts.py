"""The graph that a reference wants, and its facts before anything of it is made."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from benchwright.checkpoints.derived import is_whole
from benchwright.checkpoints.encoder import check_layer
from benchwright.checkpoints.files import check_environment, packages_of
from benchwright.checkpoints.head import output_labels
from benchwright.checkpoints.task_fit import fit_notes, names_labels, scale_of
from benchwright.checkpoints.tensors import check_head_size, unread_tensors
from benchwright.checkpoints.vectors import check_vectors
from benchwright.checkpoints.weights import Weights
from benchwright.environment import versions
from benchwright.errors import ModelError, PluginError
from benchwright.types import ChoiceTask, Context, EmbeddingTask, Facts, FillTask, ModelRef, Task

from .beside import CheckpointBeside, checkpoint_beside
from .forward import check_rule, find_ports
from .quantize import calibration_rows, lacks_vnni
from .report import size_of
from .settings import NAMES, Runtime, read_settings, variant_of
from .source import GraphSource, find_source
from .stored import quantized_before, stored_as
from .wanted import QUANTIZERS, WantedGraph

_RUNS: dict[Runtime, tuple[str, ...]] = {
    "onnx": ("onnxruntime", "transformers"),
    "openvino": ("openvino", "transformers"),
}
_MAKES: dict[Runtime, tuple[str, ...]] = {"onnx": ("torch", "onnx", "onnxscript"), "openvino": ("torch",)}
_EXTRAS = {"torch": "hf", "transformers": "hf", "nncf": "openvino", "openvino": "openvino"}


def find_wanted(model: ModelRef, task: Task, context: Context, runtime: Runtime, *, fetch: bool = True) -> WantedGraph:
    """A graph as a reference wants it; nothing is made.

    Raises:
        PluginError: A library is not installed.
        ModelError: There is no such model, it does not fit the task, or an option does not fit.
        DataMissing: A train split that is needed is not there.
    """
    settings = read_settings(model, task, context, runtime)
    _require(runtime, _RUNS[runtime])
    check_environment(context)
    check_rule(task, model.path, model.path)
    if settings.providers:
        from .engines import providers_of

        providers_of(settings, context.device, model.name)
    source = find_source(model, task, context, settings, fetch=fetch)
    if source.graph is None:
        _require(runtime, _MAKES[runtime])
    if settings.quantize != "none":
        _require(runtime, QUANTIZERS[runtime])
        before = quantized_before(source)
        already = stored_as(source) if before == "none" else before
        if before != "none" or already.startswith("INT"):
            raise ModelError(
                f"{source.shown} is quantised already ({already})",
                expected="a graph in single precision, or a checkpoint",
                hint="leave ?quantize= out",
            )
    calibrated = runtime == "openvino" and settings.quantize == "int8"
    rows = calibration_rows(task, context, settings.calibration, model.name) if calibrated else ()
    return WantedGraph(model=model, task=task, context=context, settings=settings, source=source, rows=rows)


def facts_of(wanted: WantedGraph) -> Facts:
    """What is known of it before anything is made or loaded.

    Raises:
        ModelError: Its head does not fit the task, or its graph gives other outputs.
    """
    source, task, model, settings = wanted.source, wanted.task, wanted.model, wanted.settings
    head, config = source.head, source.config
    if isinstance(task, EmbeddingTask):
        notes = tuple(check_vectors(head, task, model, source.stated, config))
        _check_layer(wanted)
    else:
        notes = tuple(fit_notes(head, task, model, settings, config))
    if source.onnx is not None:
        find_ports(source.onnx.inputs, [port.name for port in source.onnx.outputs], task, source.shown)
    checkpoint = source.checkpoint
    if checkpoint is not None and not isinstance(task, ChoiceTask | FillTask | EmbeddingTask):
        check_head_size(len(head.labels), checkpoint.weights, source.shown)
    beside = checkpoint_beside(source, wanted.context)
    derived = wanted.derived
    quantizer = ("nncf",) if settings.runtime == "openvino" and settings.quantize != "none" else ()
    packages = (*_RUNS[settings.runtime], *packages_of(source.files)[2:], *quantizer)
    return Facts(
        digest=source.digest if derived is None else derived.digest,
        kinds=(task.kind,),
        labels=output_labels(head, task, named_by_user=names_labels(model)),
        scores=scale_of(task),
        size_bytes=_size(wanted),
        parameters=_parameters(source),
        versions=versions(*packages),
        notes=(
            *notes,
            *_notes(wanted),
            *_beside_notes(source, beside),
            *(() if checkpoint is None else _unread(checkpoint.weights, task)),
        ),
        parent=source.parent or beside.digest,
        variant=variant_of(settings, before=quantized_before(source), stored=stored_as(source)),
    )


def _check_layer(wanted: WantedGraph) -> None:
    """Refuse a layer that a graph was not exported with."""
    source, task = wanted.source, wanted.task
    assert isinstance(task, EmbeddingTask)
    check_layer(task.layer, source.config, source.shown)
    if source.graph is None:
        return
    there = -1 if source.report is None or source.report.layer is None else source.report.layer
    last = source.config.get("num_hidden_layers") or source.config.get("n_layers")
    if task.layer != there and not (there == -1 and task.layer == last):
        raise ModelError(
            f"{source.shown}: its graph gives vectors of layer {there}, {task.name} asks for layer {task.layer}",
            expected=f"layer {there}",
            hint="name the checkpoint: any layer of it is exported here",
        )


def _parameters(source: GraphSource) -> int | None:
    if source.checkpoint is not None:
        return source.checkpoint.weights.parameters
    if source.report is not None:
        return source.report.parameters
    return None if source.onnx is None else source.onnx.parameters


def _size(wanted: WantedGraph) -> int | None:
    """Bytes of the files; of what is not made yet they are not known."""
    derived = wanted.derived
    if derived is None:
        return sum(path.stat().st_size for path in wanted.source.files)
    place = derived.place(wanted.context)
    return size_of(place) if is_whole(place, derived.digest, wanted.context) else None


def _beside_notes(source: GraphSource, beside: CheckpointBeside) -> Iterator[str]:
    """Which file was read, where the folder holds others that could have been meant."""
    if source.graph is not None and source.unread:
        read = source.graph.relative_to(source.folder).as_posix()
        yield f"reads {read}, none of {', '.join(source.unread[:5])} beside it (?file= names another)"
    if beside.note is not None:
        yield beside.note


def _unread(weights: Weights, task: Task) -> tuple[str, ...]:
    return () if isinstance(task, FillTask | EmbeddingTask) else unread_tensors(weights)


def _notes(wanted: WantedGraph) -> Iterator[str]:
    settings, source = wanted.settings, wanted.source
    report = source.report
    if source.commit is not None and wanted.model.revision is None:
        yield f"no revision named: the hub's default branch at {source.commit[:12]}"
    stored = settings.quantize != "none" or (report is not None and report.quantize != "none")
    if source.onnx is not None and source.onnx.parameters is None:
        stored = True
    if settings.quantize == "int8" and settings.runtime == "onnx":
        yield "dynamic INT8: activations are scaled over all texts of a run, so each text is run by itself"
    if wanted.rows:
        yield f"INT8 calibrated on {len(wanted.rows)} rows of the train split, none of them evaluated"
    if stored and lacks_vnni():
        yield "this processor has no VNNI instructions: sums of INT8 products may saturate, and answers be wrong"


def _require(runtime: Runtime, packages: tuple[str, ...]) -> None:
    absent = [name for name in packages if find_spec(name) is None]
    if absent:
        extras = ",".join(sorted({runtime, *(_EXTRAS.get(name, runtime) for name in absent)}))
        raise PluginError(
            f"the adapter {runtime} needs {' and '.join(absent)}",
            expected=f"{NAMES[runtime]} and what it opens models with",
            hint=f'pip install "benchwright[{extras}]"',
        )
