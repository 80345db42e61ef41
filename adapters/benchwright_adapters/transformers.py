"""Checkpoints of `transformers` with a head for labels, numbers, tags, spans or choices, from a folder or the hub."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from benchwright.environment import versions
from benchwright.errors import ModelError, PluginError
from benchwright.types import Context, Facts, Kind, LabelMap, ModelRef, Session, Task

from ._transformers.options import OPTIONS

if TYPE_CHECKING:
    from benchwright.encoders.spans import NullThreshold

    from ._transformers.opening import Opened
    from ._transformers.settings import Settings

_LABELLED = (Kind.CLASSIFY, Kind.TAG)
_SCORED = (Kind.CLASSIFY, Kind.CHOOSE)


class Transformers:
    """BERT and its kin, GPT-2, T5, BART: whatever the automatic classes of `transformers` open with a fitting head.

    Only safetensors are loaded, in a pinned precision, and code that comes with a checkpoint is never run. Inputs are
    sorted by length and batched by tokens; answers are those of one input at a time.
    """

    name = "transformers"
    version = 2
    kinds = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE)
    options: Mapping[str, str] = OPTIONS

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts from configuration and files; neither torch nor `transformers` is imported.

        Raises:
            PluginError: torch or `transformers` is not installed.
            ModelError: There is no such checkpoint, a file of it is absent or broken, or its head does not fit the task.
        """
        from benchwright.checkpoints import head, outputs, tensors
        from benchwright.checkpoints.config import own_code, read_config
        from benchwright.checkpoints.files import check_environment, digest_files, packages_of, read_files
        from benchwright.checkpoints.locate import locate_checkpoint
        from benchwright.checkpoints.trial import try_files
        from benchwright.encoders.spans import find_threshold

        from ._transformers.settings import read_settings

        _require_libraries()
        check_environment(context)
        settings = read_settings(model, task, context)
        found = locate_checkpoint(model, context, only=("config.json",))
        config = read_config(found.folder, found.shown)
        its_head = head.read_head(config, found.shown)
        said = bool(model.options.get("labels"))
        notes = head.check_head(its_head, task, shown=found.shown, path=model.path, said=said)
        if task.kind is Kind.SPAN and task.unanswerable:
            notes = (*notes, find_threshold(settings.null_threshold, config, found.shown).note)
        if task.kind is Kind.TAG:
            notes = (*notes, *head.check_scheme(its_head, settings.scheme, found.shown))
        _check_length(settings.max_length, its_head.positions, found.shown)
        if found.commit is not None:
            found = locate_checkpoint(model, context)
        contents = read_files(found.folder, found.shown, config)
        if task.kind is not Kind.CHOOSE:
            tensors.check_head_size(len(its_head.labels), contents.weights, found.shown)
        try_files(found.folder, context.workdir)
        return Facts(
            digest=digest_files(contents.files, found.folder, context.workdir),
            kinds=(task.kind,),
            labels=outputs.output_labels(its_head, task, binary=outputs.is_binary(its_head, task, said=said))
            if task.kind in _LABELLED
            else None,
            scores="probabilities" if task.kind in _SCORED else None,
            size_bytes=sum(path.stat().st_size for path in contents.files),
            parameters=contents.weights.parameters,
            versions=versions(*packages_of(contents.files)),
            notes=(
                *notes,
                *own_code(config),
                *tensors.told(contents.weights),
                *_notes(model, found.commit, settings.dtype, context),
            ),
        )

    def open(self, model: ModelRef, task: Task, context: Context) -> Session:
        """A session that answers for the task; a hub repository is taken from the cache, as it was at planning.

        Raises:
            ModelError: The checkpoint cannot be loaded, lacks weights of its head, or the device is not there.
        """
        from benchwright.checkpoints import head
        from benchwright.checkpoints.config import read_config
        from benchwright.checkpoints.files import read_files
        from benchwright.checkpoints.locate import locate_checkpoint
        from benchwright.encoders.spans import find_threshold

        from ._transformers.opening import open_checkpoint
        from ._transformers.settings import read_settings

        settings = read_settings(model, task, context)
        found = locate_checkpoint(model, context, fetch=False)
        config = read_config(found.folder, found.shown)
        opened = open_checkpoint(
            read_files(found.folder, found.shown, config),
            dtype=settings.dtype,
            device=context.device,
            exact=context.precision == "exact",
            auto=head.auto_class(head.read_head(config, found.shown), task),
            words=task.kind is Kind.TAG,
            prefix_space=settings.prefix_space,
        )
        if task.kind is Kind.SPAN and task.unanswerable:
            threshold = find_threshold(settings.null_threshold, config, found.shown)
        else:
            threshold = None
        labels = context.labels or LabelMap(to_task=tuple(range(len(task.labels))), origin="task")
        return _session(opened, task, settings, labels=labels, threshold=threshold, shown=found.shown)


def _session(
    opened: Opened, task: Task, settings: Settings, *, labels: LabelMap, threshold: NullThreshold | None, shown: str
) -> Session:
    from ._transformers.choose_session import ChooseSession
    from ._transformers.session import TransformersSession
    from ._transformers.span_session import SpanSession
    from ._transformers.tag_session import TagSession

    if task.kind is Kind.SPAN:
        return SpanSession(opened, task=task, settings=settings, threshold=threshold, shown=shown)
    if task.kind is Kind.CHOOSE:
        return ChooseSession(opened, task=task, settings=settings, shown=shown)
    make = TagSession if task.kind is Kind.TAG else TransformersSession
    return make(opened, task=task, labels=labels, settings=settings, shown=shown)


def _require_libraries() -> None:
    absent = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if absent:
        raise PluginError(
            f"the adapter transformers needs {' and '.join(absent)}",
            expected="torch and `transformers` installed",
            hint='pip install "benchwright[hf]"',
        )


def _check_length(wanted: int | None, positions: int | None, shown: str) -> None:
    if wanted is not None and positions is not None and wanted > positions:
        raise ModelError(
            f"{shown}: max_length={wanted}",
            expected=f"at most its {positions} positions",
            hint=f"?max_length={positions}",
        )


def _notes(model: ModelRef, commit: str | None, dtype: str, context: Context) -> tuple[str, ...]:
    found = []
    if commit is not None and model.revision is None:
        found.append(f"no revision named: the hub's default branch at {commit[:12]}")
    if dtype != "float32" and context.precision == "exact":
        found.append(f"computed in {dtype}")
    return tuple(found)


adapter = Transformers()
