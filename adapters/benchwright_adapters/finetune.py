"""Checkpoints made here: a base, a recipe and a task's train split become a checkpoint that `transformers` opens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from benchwright import registry
from benchwright.environment import versions
from benchwright.errors import ModelError, PluginError
from benchwright.types import Adapter, Context, Dataset, Facts, Kind, ModelRef, Session, Task

from ._finetune.config import OPTIONS

if TYPE_CHECKING:
    from ._finetune.config import TrainingConfig
    from ._finetune.identity import BaseModel


class Finetune:
    """Fine-tunes a folder, a hub id, or `tiny`, an architecture made here with a vocabulary of the task's own texts.

    A derivation: `resolve` trains once and keeps the checkpoint under its digest in the store, and the adapter that the
    returned reference names opens it. The split under evaluation is never looked at: the epoch is chosen on rows of the
    train split that were held back.
    """

    name = "finetune"
    version = 2
    kinds = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE)
    options: Mapping[str, str] = OPTIONS

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts of the checkpoint that is or would be made; neither torch nor `transformers` is imported.

        Raises:
            PluginError: torch or `transformers` is not installed.
            ModelError: There is no such base, an option is out of range, or a head reads fewer texts than the task has.
            DataMissing: There is no train split.
        """
        wanted = _identify(self.version, model, task, context)
        names = wanted.task.label_names
        return Facts(
            digest=wanted.digest,
            kinds=(task.kind,),
            labels=None if names == task.label_names else names,
            scores="probabilities" if task.kind in (Kind.CLASSIFY, Kind.CHOOSE) else None,
            versions=wanted.versions,
            notes=tuple(_notes(wanted, model)),
        )

    def resolve(self, model: ModelRef, task: Task, context: Context) -> ModelRef:
        """A reference to the checkpoint, which is trained now unless it is there.

        It lies in ``context.models`` under the first 40 digits of its digest, with ``training.json`` beside the weights.

        Raises:
            ModelError: The training fails.
            StoreError: There is no room, or the store cannot be written.
        """
        from benchwright.checkpoints.derived import models_of

        from ._finetune.config import read_save_seconds
        from ._finetune.job import TrainingJob, train_checkpoint
        from ._finetune.publish import read_training_report

        wanted = _identify(self.version, model, task, context, fetch=False)
        root = models_of(context)
        place = root / wanted.digest[:40]
        train_checkpoint(
            TrainingJob(
                digest=wanted.digest,
                place=place,
                side=root / ".training" / wanted.digest[:40],
                base=wanted.base,
                config=wanted.config,
                task=wanted.task,
                dataset=wanted.dataset,
                device=context.device,
                save_seconds=read_save_seconds(model),
                tell=context.tell,
            )
        )
        report = read_training_report(place)
        assert report is not None
        options = {"max_length": str(report.max_length)}
        if report.doc_stride is not None:
            options["doc_stride"] = str(report.doc_stride)
        return ModelRef(name=model.name, adapter="transformers", path=str(place), options=options)

    def open(self, model: ModelRef, task: Task, context: Context) -> Session:
        """A session of the checkpoint, which is trained first where it is not there."""
        found = self.resolve(model, task, context)
        opener: Adapter = registry.get("adapters", found.adapter)
        return opener.open(found, task, context)


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """A checkpoint by everything that decides its weights."""

    config: TrainingConfig
    base: BaseModel
    task: Task
    dataset: Dataset
    versions: dict[str, str]
    digest: str


def _identify(version: int, model: ModelRef, task: Task, context: Context, *, fetch: bool = True) -> _Wanted:
    from benchwright.checkpoints.files import check_environment, packages_of

    from ._finetune.config import read_save_seconds, read_training_config
    from ._finetune.data import trained_task
    from ._finetune.identity import checkpoint_digest, find_base

    _require_libraries()
    check_environment(context)
    if len(task.inputs) > 2 and task.kind in (Kind.CLASSIFY, Kind.REGRESS):
        raise ModelError(
            f"{task.name} has {len(task.inputs)} inputs ({', '.join(task.inputs)}), a head made here reads one text or two",
            hint="choose a task of one text or two",
        )
    trained = trained_task(task, context)
    config = read_training_config(model, context, trained)
    read_save_seconds(model)
    base = find_base(model, config, context, fetch=fetch)
    dataset = context.train(task)
    installed = versions(*packages_of(base.contents.files if base.contents is not None else ()))
    digest = checkpoint_digest(
        version, config=config, base=base, task=trained, data=dataset.digest, context=context, versions=installed
    )
    return _Wanted(config=config, base=base, task=trained, dataset=dataset, versions=installed, digest=digest)


def _notes(wanted: _Wanted, model: ModelRef) -> Iterator[str]:
    limit, rows = wanted.config.train_limit, len(wanted.dataset.examples)
    if limit is not None and limit < rows:
        yield f"trained on a random {limit:,} of {rows:,} rows (seed {wanted.config.seed})"
    if wanted.base.commit is not None and model.revision is None:
        yield f"no revision named: the hub's default branch at {wanted.base.commit[:12]}"


def _require_libraries() -> None:
    absent = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if absent:
        raise PluginError(
            f"the adapter finetune needs {' and '.join(absent)}",
            expected="torch and `transformers` installed",
            hint='pip install "benchwright[hf]"',
        )


adapter = Finetune()
