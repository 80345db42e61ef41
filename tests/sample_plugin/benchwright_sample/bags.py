"""A toy engine: a bag of embeddings under one hidden layer, computed in NumPy. All that an engine brings is a forward pass
and the reading of its files; rows, batches, memory and answers are those of `benchwright.encoders`.

A model is a folder with ``weights.npz`` (``embeddings``, ``hidden``, ``head``, ``labels``) and ``tokenizer.json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchwright.checkpoints import digest_files, quiet, read_tokenizer
from benchwright.encoders import Batch, EncoderSession, HeadOutputs, ModelInputs, Tokenizing, codec_for
from benchwright.errors import ModelError
from benchwright.types import Context, Facts, Kind, LabelMap, ModelRef, Session, Task

Floats = NDArray[np.float32]

WEIGHTS, TOKENIZER = "weights.npz", "tokenizer.json"
LENGTH = 128
"""Most tokens to an input; a bag has no positions."""


class Bags:
    """Bags of embeddings with a head for labels."""

    name = "bags"
    version = 1
    kinds = (Kind.CLASSIFY,)
    options: Mapping[str, str] = {"token_budget": "most padded tokens to a batch (default 4096)"}

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts from the files; raises ModelError where one is absent or holds something else."""
        folder = _folder(model)
        weights = _read_weights(folder)
        files = (folder / WEIGHTS, folder / TOKENIZER)
        return Facts(
            digest=digest_files(files, folder, context.workdir),
            kinds=self.kinds,
            labels=tuple(weights["labels"].tolist()),
            scores="probabilities",
            size_bytes=sum(file.stat().st_size for file in files),
            parameters=sum(weights[name].size for name in BagForward.NAMES),
        )

    def open(self, model: ModelRef, task: Task, context: Context) -> Session:
        """A session that answers for the task."""
        folder = _folder(model)
        weights = _read_weights(folder)
        labels = context.labels or LabelMap(to_task=tuple(range(len(task.labels))), origin="task")
        tokenizing = Tokenizing(
            tokenizer=read_tokenizer(folder).tokenizer,
            max_length=LENGTH,
            names=("input_ids",),
            stand_in=0,
            shown=model.path,
        )
        codec = codec_for(task, tokenizing, HeadOutputs(count=len(weights["labels"]), labels=labels))
        budget = int(model.options.get("token_budget", "4096"))
        return EncoderSession(codec, BagForward(weights), token_budget=budget, quiet=quiet)


class BagForward:
    """The mean of a row's embeddings, a hidden layer with tanh, and a linear head."""

    NAMES = ("embeddings", "hidden", "head")

    def __init__(self, weights: Mapping[str, NDArray[np.generic]]) -> None:
        self._embeddings, self._hidden, self._head = (weights[name].astype(np.float32) for name in self.NAMES)
        self.inputs = ModelInputs(vocabulary=len(self._embeddings))
        self.settings = {"dtype": "float32"}

    def __call__(self, batch: Batch) -> dict[str, Floats]:
        """Raw outputs of each line; padding has no share in the mean."""
        states = self._embeddings[batch.columns["input_ids"]] * batch.mask[..., None]
        means = states.sum(axis=1) / batch.lengths[:, None].astype(np.float32)
        logits: Floats = np.tanh(means @ self._hidden) @ self._head
        return {"logits": logits}

    def release(self) -> None:
        """Nothing is kept between batches."""

    def close(self) -> None:
        """Nothing to give back but arrays, which go with the session."""


def _folder(model: ModelRef) -> Path:
    folder = Path(model.path)
    absent = [name for name in (WEIGHTS, TOKENIZER) if not (folder / name).is_file()]
    if absent:
        raise ModelError(
            f"{model.path or 'bags: without a path'} holds no {' and no '.join(absent)}",
            expected=f"a folder with {WEIGHTS} and {TOKENIZER}",
            hint="bags:FOLDER",
        )
    return folder


def _read_weights(folder: Path) -> dict[str, NDArray[np.generic]]:
    try:
        with np.load(folder / WEIGHTS, allow_pickle=False) as file:
            return {name: file[name] for name in (*BagForward.NAMES, "labels")}
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{folder}: {WEIGHTS} cannot be read ({error})", hint="save the model again") from error


adapter = Bags()
