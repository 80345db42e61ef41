"""What a reference names: a folder with a graph, exported elsewhere or here, or a checkpoint that is to be exported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from benchwright.checkpoints.config import read_config
from benchwright.checkpoints.derived import is_whole, models_of, read_manifest
from benchwright.checkpoints.files import CheckpointFiles, digest_files, read_files
from benchwright.checkpoints.head import CheckpointHead, read_head
from benchwright.checkpoints.locate import CheckpointFolder, locate_checkpoint
from benchwright.checkpoints.pooling import StatedPooling
from benchwright.checkpoints.sandbox import try_files
from benchwright.checkpoints.tokenizer_files import PATTERNS, tokenizer_files
from benchwright.checkpoints.vectors import files_of, stated_pooling
from benchwright.checkpoints.weights import CHECKPOINTS
from benchwright.data.api import is_file
from benchwright.errors import ModelError
from benchwright.types import Context, EmbeddingTask, ModelRef, Task

from .onnx_file import OnnxFile, read_onnx
from .report import ExportReport, report_of
from .settings import NAMES, GraphSettings, Runtime
from .trial import try_graph

_USUAL: Mapping[Runtime, tuple[str, ...]] = {
    "onnx": ("model.onnx", "onnx/model.onnx", "model_quantized.onnx", "onnx/model_quantized.onnx"),
    "openvino": ("openvino_model.xml", "openvino/openvino_model.xml", "model.onnx", "onnx/model.onnx"),
}
"""Where exporters put a graph, the usual place first (Optimum: beside config.json, or in a folder of the runtime)."""

_SUFFIXES: Mapping[Runtime, tuple[str, ...]] = {"onnx": (".onnx",), "openvino": (".xml", ".onnx")}


@dataclass(frozen=True, kw_only=True)
class GraphSource:
    """Where a model comes from.

    Attributes:
        folder: With config.json and the tokenizer.
        shown: How messages call it.
        config: Its configuration.
        head: The head that it describes.
        stated: What it states of its pooling, where vectors are asked for by that.
        graph: A graph that is there; None: it is exported from the checkpoint.
        unread: Other graphs and checkpoints of the folder, none of which is read.
        onnx: What a graph in ONNX's form says of itself.
        checkpoint: The files of a checkpoint; None where there is a graph.
        report: What was written when the graph was exported here; None for others.
        weights: Files of its weights: those of the checkpoint, or the graph with what lies beside it.
        files: Every file that decides its predictions.
        digest: Over these.
        commit: Of a hub repository; None for a folder.
    """

    folder: Path
    shown: str
    config: Mapping[str, Any]
    head: CheckpointHead
    stated: StatedPooling | None
    graph: Path | None
    unread: tuple[str, ...]
    onnx: OnnxFile | None
    checkpoint: CheckpointFiles | None
    report: ExportReport | None
    weights: tuple[Path, ...]
    files: tuple[Path, ...]
    digest: str
    commit: str | None

    @property
    def reading(self) -> tuple[Path, ...]:
        """Configuration and tokenizer."""
        return tuple(path for path in self.files if path not in self.weights)

    @property
    def parent(self) -> str | None:
        """Digest of the checkpoint that the graph is of, so far as is said; None of a graph that others exported."""
        if self.checkpoint is not None:
            return self.digest
        return None if self.report is None else self.report.parent or None


def find_source(
    model: ModelRef, task: Task, context: Context, settings: GraphSettings, *, fetch: bool = True
) -> GraphSource:
    """What a reference names; nothing of it is computed.

    Raises:
        ModelError: There is neither a graph nor a checkpoint, one of its files is absent, damaged or leads elsewhere, or several
            graphs are there and none is named.
    """
    if not model.path:
        raise ModelError(
            f"{model.adapter}: without a path",
            expected=f"{model.adapter}:FOLDER, a checkpoint or an exported model",
            hint=f"{model.adapter}:./my-checkpoint",
        )
    place, config, graph = _locate(model, context, settings, fetch=fetch)
    stated = stated_pooling(model, task, context, config, fetch=fetch) if isinstance(task, EmbeddingTask) else None
    checkpoint = onnx = None
    if graph is None:
        checkpoint = read_files(place.folder, place.shown, config)
        files, weights = checkpoint.files, checkpoint.weights.files
    else:
        onnx = read_onnx(graph, place.shown) if graph.suffix == ".onnx" else None
        weights = onnx.files if onnx is not None else (graph, _weights_of(graph, place.shown))
        words = tokenizer_files(place.folder, str(config["model_type"]), place.shown)
        files = (place.folder / "config.json", *weights, *words)
        if not _is_own(place.folder, context):
            try_graph(graph, weights, context.workdir, place.shown, settings.runtime)
    try_files(place.folder, context.workdir)
    return GraphSource(
        folder=place.folder,
        shown=place.shown,
        config=config,
        head=read_head(config, place.shown),
        stated=stated,
        graph=graph,
        unread=() if graph is None else _unread(place.folder, graph, settings.runtime),
        onnx=onnx,
        checkpoint=checkpoint,
        report=None if graph is None else report_of(graph),
        weights=weights,
        files=files,
        digest=digest_files((*files, *files_of(stated)), place.folder, context.workdir),
        commit=place.commit,
    )


def _locate(
    model: ModelRef, context: Context, settings: GraphSettings, *, fetch: bool
) -> tuple[CheckpointFolder, Mapping[str, Any], Path | None]:
    """The folder that is named, its configuration, and the graph in it; of a hub no more is fetched than what is read."""
    named = (settings.file,) if settings.file else _USUAL[settings.runtime]
    beside = tuple(f"{name}{ending}" for name in named for ending in ("", "_data", ".data"))
    bins = tuple(str(PurePosixPath(name).with_suffix(".bin")) for name in named if name.endswith(".xml"))
    place = locate_checkpoint(model, context, only=("config.json", *beside, *bins), nested=True, fetch=fetch)
    config = read_config(place.folder, place.shown)
    graph = _find_graph(place.folder, place.shown, settings)
    if place.commit is not None and graph is None:
        place = locate_checkpoint(model, context, fetch=fetch)
    elif place.commit is not None:
        place = locate_checkpoint(model, context, only=("config.json", *PATTERNS), fetch=fetch)
    return place, config, graph


def _is_own(folder: Path, context: Context) -> bool:
    """Whether a folder was made here, and is as it was: what only says so, or was changed since, is tried like any other."""
    manifest = read_manifest(folder)
    if manifest is None or folder.resolve() != models_of(context).resolve() / manifest.digest[:40]:
        return False
    return is_whole(folder, manifest.digest, context)


def _find_graph(folder: Path, shown: str, settings: GraphSettings) -> Path | None:
    """The graph in a folder; None where there is none and none was named."""
    if settings.file:
        return _named_graph(folder, shown, settings)
    usual = next((folder / name for name in _USUAL[settings.runtime] if is_file(folder / name)), None)
    if usual is not None:
        return usual
    others = [] if _checkpoints(folder) else _graphs(folder, settings.runtime)
    if len(others) > 1:
        raise ModelError(
            f"{shown} holds several graphs: {', '.join(others[:5])}",
            expected="one, or the name of the one that is meant",
            hint=f"?file={others[0]}",
        )
    return folder / others[0] if others else None


def _named_graph(folder: Path, shown: str, settings: GraphSettings) -> Path | None:
    """The graph that the user names; None where that is a checkpoint."""
    inside = PurePosixPath(settings.file)
    there = ", ".join([*_graphs(folder, settings.runtime)[:5], *_checkpoints(folder)]) or "none is there"
    if inside.is_absolute() or ".." in inside.parts or not is_file(folder / inside):
        problem = f"has no file {settings.file}"
    elif settings.file in CHECKPOINTS:
        return None
    elif inside.suffix in _SUFFIXES[settings.runtime]:
        return folder / inside
    else:
        problem = f"is asked for {settings.file}, which is no graph for {NAMES[settings.runtime]}"
    raise ModelError(
        f"{shown} {problem}", expected=f"a graph or a checkpoint inside of the folder ({there})", hint="check ?file="
    )


def _checkpoints(folder: Path) -> list[str]:
    return [name for name in CHECKPOINTS if is_file(folder / name)][:1]


def _unread(folder: Path, graph: Path, runtime: Runtime) -> tuple[str, ...]:
    own = graph.relative_to(folder).as_posix()
    return (*_checkpoints(folder), *(name for name in _graphs(folder, runtime) if name != own))


def _graphs(folder: Path, runtime: Runtime) -> list[str]:
    found = [path for suffix in _SUFFIXES[runtime] for at in ("", "*/") for path in folder.glob(f"{at}*{suffix}")]
    return sorted(path.relative_to(folder).as_posix() for path in found if is_file(path))


def _weights_of(graph: Path, shown: str) -> Path:
    """The weights of a graph in OpenVINO's form, whose text declares nothing but what it holds."""
    text = graph.read_bytes()
    if b"\0" in text or b"<!doctype" in text.lower() or b"<!entity" in text.lower():
        raise ModelError(
            f"{shown}: {graph.name} declares a document type or entities, or is not UTF-8",
            expected="a graph as OpenVINO writes it, which declares none",
            hint="export it again, or name its checkpoint: it is exported here",
        )
    path = graph.with_suffix(".bin")
    if not is_file(path):
        raise ModelError(
            f"{shown}: {graph.name} without {path.name}",
            expected=f"{path.name} with the weights beside it",
            hint="fetch or copy that file too",
        )
    return path
