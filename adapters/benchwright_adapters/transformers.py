"""Checkpoints of `transformers` with a head for labels, numbers, tags, spans or choices, or with vectors of the encoder, from a folder or the hub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from msgspec.structs import replace

from benchwright.environment import versions
from benchwright.errors import PluginError
from benchwright.types import (
    ChoiceTask,
    Context,
    EmbeddingTask,
    Facts,
    FillTask,
    Kind,
    LabelMap,
    ModelRef,
    ModelVariant,
    Session,
    TaggingTask,
    Task,
)

from ._transformers.settings import OPTIONS

if TYPE_CHECKING:
    from benchwright.checkpoints.open_model import OpenCheckpoint

    from ._transformers.forward import TorchForward
    from ._transformers.settings import EncoderSettings


class Transformers:
    """BERT and its kin, GPT-2, T5, BART: whatever the automatic classes of `transformers` open with a fitting head.

    Only safetensors are loaded, in a pinned precision, and code that comes with a checkpoint is never run. Inputs are
    sorted by length and batched by tokens; answers are those of one input at a time.
    """

    name = "transformers"
    version = 2
    kinds = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE, Kind.FILL, Kind.EMBED)
    options: Mapping[str, str] = OPTIONS

    def try_families(self) -> Iterator[tuple[str, str]]:
        """Which families of the installed `transformers` read buffers, each tried as a model is when it is opened.

        Raises:
            PluginError: torch or `transformers` is not installed.
        """
        _require_libraries()
        from benchwright.checkpoints.tokenizer import quiet

        from ._transformers.flat.families import try_families

        with quiet():
            yield from tuple(try_families())

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts from configuration and files; neither torch nor `transformers` is imported.

        Raises:
            PluginError: torch or `transformers` is not installed.
            ModelError: There is no such checkpoint, a file of it is absent or broken, or its head does not fit the task.
        """
        from benchwright.checkpoints.config import own_code, read_config
        from benchwright.checkpoints.files import check_environment, digest_files, packages_of, read_files
        from benchwright.checkpoints.head import output_labels, read_head
        from benchwright.checkpoints.locate import locate_checkpoint
        from benchwright.checkpoints.sandbox import try_files
        from benchwright.checkpoints.task_fit import fit_notes, names_labels, scale_of
        from benchwright.checkpoints.tensors import check_head_size, unread_tensors
        from benchwright.checkpoints.vectors import check_vectors, files_of, stated_pooling

        from ._transformers.prune import check_products, pruned_digest
        from ._transformers.settings import read_settings
        from ._transformers.variant import memory_bytes, packages_for, variant_of

        _require_libraries()
        check_environment(context)
        settings = read_settings(model, task, context)
        found = locate_checkpoint(model, context, only=("config.json",))
        config = read_config(found.folder, found.shown)
        head = read_head(config, found.shown)
        stated = None
        if isinstance(task, EmbeddingTask):
            stated = stated_pooling(model, task, context, config, fetch=True)
            notes = tuple(check_vectors(head, task, model, stated, config))
        else:
            notes = tuple(fit_notes(head, task, model, settings, config))
        if found.commit is not None:
            found = locate_checkpoint(model, context)
        checkpoint = read_files(found.folder, found.shown, config)
        if not isinstance(task, ChoiceTask | FillTask | EmbeddingTask):
            check_head_size(len(head.labels), checkpoint.weights, found.shown)
        try_files(found.folder, context.workdir)
        parent = digest = digest_files((*checkpoint.files, *files_of(stated)), found.folder, context.workdir)
        if settings.prune is not None:
            check_products(checkpoint.weights, found.shown)
            digest = pruned_digest(parent, settings.prune)
        variant = variant_of(settings, context.device)
        return Facts(
            digest=digest,
            kinds=(task.kind,),
            labels=output_labels(head, task, named_by_user=names_labels(model)),
            scores=scale_of(task),
            size_bytes=sum(path.stat().st_size for path in checkpoint.files),
            parameters=checkpoint.weights.parameters,
            versions=versions(*packages_of(checkpoint.files), *packages_for(settings, context.device)),
            notes=(
                *notes,
                *own_code(config),
                *(() if isinstance(task, FillTask | EmbeddingTask) else unread_tensors(checkpoint.weights)),
                *_notes(model, found.commit),
            ),
            parent=parent if variant else None,
            variant=variant,
            memory_bytes=memory_bytes(checkpoint.weights, settings),
        )

    def derives(self, model: ModelRef) -> bool:
        """Whether a checkpoint is made first: one without its smallest weights."""
        return "prune" in model.options

    def resolve(self, model: ModelRef, task: Task, context: Context) -> ModelRef:
        """The model itself, or the checkpoint that pruning makes of it, made now unless it is in the store.

        Raises:
            ModelError: The checkpoint cannot be read.
            StoreError: There is no room, or the store cannot be written.
        """
        if not self.derives(model):
            return model
        from benchwright.checkpoints.config import read_config
        from benchwright.checkpoints.files import digest_files, read_files
        from benchwright.checkpoints.locate import locate_checkpoint
        from benchwright.checkpoints.vectors import files_of, stated_pooling

        from ._transformers.prune import make_pruned, pruned_digest
        from ._transformers.settings import read_share

        share = read_share(model)
        found = locate_checkpoint(model, context, fetch=False)
        config = read_config(found.folder, found.shown)
        stated = None
        if isinstance(task, EmbeddingTask):
            stated = stated_pooling(model, task, context, config, fetch=False)
        checkpoint = read_files(found.folder, found.shown, config)
        parent = digest_files((*checkpoint.files, *files_of(stated)), found.folder, context.workdir)
        digest = pruned_digest(parent, share)
        place = make_pruned(checkpoint, files_of(stated), digest=digest, parent=parent, share=share, context=context)
        options = {name: value for name, value in model.options.items() if name != "prune"}
        return replace(model, path=str(place), revision=None, options=options)

    def variants(self, model: ModelRef, task: Task, context: Context) -> Sequence[ModelVariant]:
        """Faster ways of computing the checkpoint: half precision, INT8, a compiled graph; none where its options say how."""
        from ._transformers.ways import faster_ways

        return tuple(faster_ways(model, context))

    def open(self, model: ModelRef, task: Task, context: Context) -> Session:
        """A session that answers for the task; a hub repository is taken from the cache, as it was at planning.

        Raises:
            ModelError: The checkpoint cannot be loaded, lacks weights of its head, or the device is not there.
        """
        from benchwright.checkpoints.config import read_config
        from benchwright.checkpoints.files import read_files
        from benchwright.checkpoints.head import auto_class, read_head
        from benchwright.checkpoints.locate import locate_checkpoint
        from benchwright.checkpoints.open_model import open_checkpoint
        from benchwright.checkpoints.task_fit import threshold_of
        from benchwright.checkpoints.vectors import pooled_settings, stated_pooling

        from ._transformers.lowered import lower, set_attention
        from ._transformers.opening import open_session
        from ._transformers.settings import read_settings

        model = self.resolve(model, task, context)
        settings = read_settings(model, task, context)
        found = locate_checkpoint(model, context, fetch=False)
        config = read_config(found.folder, found.shown)
        if isinstance(task, EmbeddingTask):
            stated = stated_pooling(model, task, context, config, fetch=False)
            settings = pooled_settings(settings, task, stated)
        opened = open_checkpoint(
            read_files(found.folder, found.shown, config),
            dtype=settings.dtype,
            device=context.device,
            exact=context.precision == "exact",
            auto=auto_class(read_head(config, found.shown), task),
            words=isinstance(task, TaggingTask),
            prefix_space=settings.prefix_space,
        )
        set_attention(opened, settings)
        forward = _forward(opened, task, settings)
        if settings.compiled:
            context.tell(f"compiling the layers of {model.name}", 0, 0)
        lower(forward, settings, opened.shown)
        labels = context.labels or LabelMap(to_task=tuple(range(len(task.labels))), origin="task")
        return open_session(
            opened,
            task,
            settings,
            labels,
            forward=forward,
            threshold=threshold_of(task, settings, config, found.shown),
        )


def _forward(opened: OpenCheckpoint, task: Task, settings: EncoderSettings) -> TorchForward:
    """How an open model computes what a task asks for."""
    from benchwright.encoders.masked import rule_of

    from ._transformers.forward import TorchForward
    from ._transformers.gradients import GradientForward
    from ._transformers.masked import MaskedForward

    dtype, asked = settings.dtype, settings.attention
    fuses = not (settings.quantize or settings.compiled)
    if isinstance(task, FillTask):
        attends = rule_of(task).attention
        return MaskedForward(opened, dtype, attention=attends, top=task.top, asked=asked, fuses=fuses)
    if isinstance(task, EmbeddingTask):
        return TorchForward(opened, dtype, layer=task.layer, asked=asked, fuses=fuses)
    return GradientForward(opened, dtype, asked=asked, fuses=fuses)


def _require_libraries() -> None:
    absent = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if absent:
        raise PluginError(
            f"the adapter transformers needs {' and '.join(absent)}",
            expected="torch and `transformers` installed",
            hint='pip install "benchwright[hf]"',
        )


def _notes(model: ModelRef, commit: str | None) -> Iterator[str]:
    if commit is not None and model.revision is None:
        yield f"no revision named: the hub's default branch at {commit[:12]}"


adapter = Transformers()
