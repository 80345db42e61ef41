"""Train a checkpoint into the store, from a base, a configuration and a train split: once, across processes and restarts."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from benchwright import encoders
from benchwright.checkpoints.files import PACKAGES
from benchwright.checkpoints.tokenizer import quiet
from benchwright.encoders.failures import complaint, explained
from benchwright.environment import processors, threads, versions
from benchwright.errors import ModelError
from benchwright.store.lease import lease
from benchwright.types import Dataset, Task

from .config import TrainingConfig, config_facts
from .data import TrainingRows, draw_options, split_rows
from .features import Features, prepare
from .forward import ForwardPasses, cached_features, full_forward
from .heads import TargetScaler, fit_scaler, reads_tokens
from .identity import BaseModel
from .loop import TrainingLoop, run
from .model import BuiltModel, build
from .optim import ParameterDepths, ever_trained, first_trainable, make_optimiser, read_layout, set_trainable
from .publish import SCHEMA, TrainingReport, publish, read_training_report
from .state import StateFile, Trainables, TrainingState, load

_POLL_SECONDS = 0.5

_SMALL = 2_000_000
"""Fewer weights than this, embeddings aside, are multiplied sooner than a second thread is woken."""


@dataclass(frozen=True, kw_only=True)
class TrainingJob:
    """A training that is to produce a checkpoint.

    Attributes:
        digest: Digest of the checkpoint, its full name.
        place: Folder of the finished checkpoint.
        side: A folder on the same disk for temporary files.
        base: The base model.
        config: The training configuration.
        task: The task that is trained.
        dataset: Its train split.
        device: ``cpu`` or ``cuda``.
        save_seconds: Seconds between two writes of the training state.
        tell: Called with (what, done, total) to report progress.
    """

    digest: str
    place: Path
    side: Path
    base: BaseModel
    config: TrainingConfig
    task: Task
    dataset: Dataset
    device: str
    save_seconds: float
    tell: Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    """A model in training, with its rows and features."""

    built: BuiltModel
    scaler: TargetScaler
    layout: ParameterDepths
    trainables: Trainables
    rows: TrainingRows
    train: Features
    validation: Features


def train_checkpoint(job: TrainingJob) -> None:
    """Train the checkpoint unless it exists; of several processes one trains and the others wait.

    Raises:
        ModelError: The base or the rows cannot be used, or the training fails.
        StoreError: There is no room, or the store cannot be written.
    """
    while read_training_report(job.place) is None:
        with lease(job.side.with_suffix(".lock")) as mine:
            if mine and read_training_report(job.place) is None:
                _train(job)
                shutil.rmtree(job.side, ignore_errors=True)
        if not mine:
            job.tell(f"another process trains for {job.task.name}", 0, 0)
            time.sleep(_POLL_SECONDS)


def _train(job: TrainingJob) -> None:
    rows = split_rows(job.task, job.dataset, job.config)
    with quiet(), explained(lambda error: _failed(error, job)), seeded(job.config.seed, job.device):
        prepared = _prepare(job, rows)
        model = prepared.built.model
        suit_threads(model)
        with _forward(job, prepared) as forward:
            suit_threads(model)  # a stand-in is smaller than the encoder whose place it takes
            loop = _make_loop(job, prepared, forward)
            state = run(loop, load(loop.state_file, loop.trainables) or TrainingState(rows=job.config.batch))
        prepared.scaler.fold_into_head(model)
        report = training_report(job, prepared, state, cached=forward.cached)
        publish(prepared.built, report, job.place)


def _prepare(job: TrainingJob, rows: TrainingRows) -> _Prepared:
    task, config, shown = job.task, job.config, job.base.shown
    built = build(job.base, config, task, rows.train, device=job.device)
    scaler = fit_scaler(task, rows.train, built.model)
    learned = draw_options(task, rows.train, config)
    train, validation = (prepare(built, part, scaler) for part in (learned, rows.validation))
    if not len(train):
        raise ModelError(
            f"none of {train.unreadable:,} training rows of {task.name} can be learned from by {shown}",
            expected="rows that its tokenizer can take, of options one that is right",
            hint="check the inputs of the train split",
        )
    layout = read_layout(built.model)
    parameters = dict(built.model.named_parameters())
    trained = {name: parameters[name] for name in ever_trained(config, layout, shown=shown)}
    set_trainable(built.model, layout, first_trainable(config, layout, 0, shown=shown))
    trainables = Trainables(
        parameters=trained, optimiser=make_optimiser(trained, layout, config), best={}, device=job.device
    )
    return _Prepared(
        built=built,
        scaler=scaler,
        layout=layout,
        trainables=trainables,
        rows=rows,
        train=train,
        validation=validation,
    )


@contextmanager
def _forward(job: TrainingJob, prepared: _Prepared) -> Iterator[ForwardPasses]:
    """Passes through the head alone if only the head is trained and cached states are equivalent; else through the whole model."""

    def tell(done: int, total: int) -> None:
        job.tell(f"reading features for {job.task.name}", done, total)

    if job.config.kind == "frozen":
        with cached_features(prepared.built, prepared.train, prepared.validation, tell=tell) as forward:
            if forward is not None:
                yield forward
                return
    with full_forward(prepared.built, prepared.train, prepared.validation, job.config.precision) as forward:
        yield forward


def _make_loop(job: TrainingJob, prepared: _Prepared, forward: ForwardPasses) -> TrainingLoop:
    return TrainingLoop(
        built=prepared.built,
        config=job.config,
        layout=prepared.layout,
        train=prepared.train,
        validation=prepared.validation,
        forward=forward,
        scaler=prepared.scaler,
        trainables=prepared.trainables,
        state_file=StateFile(path=job.side / "state.safetensors", seconds=job.save_seconds),
        tell=job.tell,
    )


def training_report(job: TrainingJob, prepared: _Prepared, state: TrainingState, *, cached: bool) -> TrainingReport:
    """The report of a finished training; ``cached``: whether encoder states were cached."""
    config, built, rows = job.config, prepared.built, prepared.rows
    best = next((point for point in state.validation if point.epoch == state.best_epoch), None)
    counts = {
        "available": rows.available,
        "train": len(rows.train),
        "held": len(rows.validation),
        "unreadable": prepared.train.unreadable + prepared.validation.unreadable,
    }
    if reads_tokens(job.task):
        counts["windows"] = len(prepared.train)
    return TrainingReport(
        schema=SCHEMA,
        digest=job.digest,
        task=job.task.name,
        base=Path(job.base.shown).name if job.base.contents is not None else job.base.shown,
        base_digest=job.base.digest,
        recipe=config_facts(config),
        max_length=built.max_length,
        seed=config.seed,
        rows=counts,
        parameters={
            "all": sum(parameter.numel() for parameter in built.model.parameters()),
            "trained": sum(parameter.numel() for parameter in prepared.trainables.parameters.values()),
        },
        metric=job.task.metrics[0],
        losses=state.losses,
        held=state.validation,
        chosen_epoch=state.best_epoch or state.epoch,
        stopped_early=state.epoch < config.epochs,
        steps=state.step,
        rows_per_pass=state.rows,
        remembered=cached,
        seconds=round(state.seconds, 3),
        restarts=state.restarts,
        device=built.device,
        environment={"versions": versions(*PACKAGES), "processors": processors()},
        null_threshold=None if best is None else best.threshold,
        doc_stride=built.stride if config.doc_stride is not None else None,
    )


def _failed(error: BaseException, job: TrainingJob) -> ModelError:
    """The error for whatever libraries raise: a failed training is a failed cell, not a failed run."""
    what = f"training {job.base.shown} for {job.task.name}"
    if encoders.is_out_of_memory(error):
        hint = f"a smaller base, shorter inputs (max_length={job.config.max_length // 2}), or recipe=frozen"
        return ModelError(f"{what} runs out of memory", expected="room for the model", hint=hint)
    return ModelError(
        f"{what} failed: {complaint(error)}",
        expected="a base that can learn a head for the task",
        hint="another base or recipe; `benchwright doctor` shows the versions",
    )


@contextmanager
def seeded(seed: int, device: str) -> Iterator[None]:
    """Seed torch's generators and set how many threads it uses, as `environment.threads` says."""
    before = torch.get_num_threads()
    cards = list(range(torch.cuda.device_count())) if device == "cuda" else []
    with torch.random.fork_rng(devices=cards):
        torch.manual_seed(seed)
        torch.set_num_threads(threads())
        try:
            yield
        finally:
            torch.set_num_threads(before)


def suit_threads(module: Any) -> None:
    """Give torch one thread for a small module, and for a large one as many as `environment.threads` says."""
    embeddings = {id(m.weight) for m in module.modules() if isinstance(m, torch.nn.Embedding)}
    weights = sum(p.numel() for p in module.parameters() if id(p) not in embeddings)
    torch.set_num_threads(1 if weights < _SMALL else threads())
