"""The loss of each training row, by kind of task."""

from __future__ import annotations

import math

import torch

from benchwright.encoders.encoded import Ints
from benchwright.types import ChoiceTask, RegressionTask, SpanTask, TaggingTask, Task

from .features import NO_TARGET, Features, token_places


def row_losses(task: Task, outputs: torch.Tensor, features: Features, rows: Ints) -> torch.Tensor:
    """The loss of each row (n).

    Cross-entropy of a label, its mean over the labels of a label set, the squared error of a number, cross-entropy summed
    over the words of a window, its mean over start and end of an answer, and that of the right options among all.

    Args:
        task: Says the kind.
        outputs: Raw outputs of the lines of these rows, in their order.
        features: Have the targets.
        rows: Which rows.
    """
    if isinstance(task, TaggingTask):
        return _of_words(outputs, features, rows)
    targets = features.targets[torch.from_numpy(rows).to(features.targets.device)]
    if isinstance(task, SpanTask):
        return _of_spans(outputs, targets, features, rows)
    if isinstance(task, ChoiceTask):
        scores = scatter_options(outputs, features, rows)
        return scores.logsumexp(1) - scores.masked_fill(~targets, -math.inf).logsumexp(1)
    if isinstance(task, RegressionTask):
        return (outputs[:, 0] - targets) ** 2
    if task.multilabel:
        return torch.nn.functional.binary_cross_entropy_with_logits(outputs, targets, reduction="none").mean(1)
    return torch.nn.functional.cross_entropy(outputs, targets, reduction="none")


def scatter_options(outputs: torch.Tensor, features: Features, rows: Ints) -> torch.Tensor:
    """Raw outputs of options as a row for each question (n, k), minus infinity where there is no option."""
    assert features.options is not None
    there = torch.from_numpy(features.options[rows] >= 0).to(outputs.device)
    found = torch.full(there.shape, -math.inf, dtype=outputs.dtype, device=outputs.device)
    return found.masked_scatter(there, outputs[:, 0])


def mask_padding(outputs: torch.Tensor, features: Features, rows: Ints) -> torch.Tensor:
    """Raw outputs of start and end with minus infinity where there is no token, so that padding changes no answer."""
    _, mask = token_places(features.encoded, rows)
    return outputs.masked_fill(~torch.from_numpy(mask).to(outputs.device)[..., None], -math.inf)


def _of_words(outputs: torch.Tensor, features: Features, rows: Ints) -> torch.Tensor:
    where, mask = token_places(features.encoded, rows)
    device = features.targets.device
    targets = features.targets[torch.from_numpy(where).to(device)]
    targets = targets.masked_fill(~torch.from_numpy(mask).to(device), NO_TARGET)
    losses = torch.nn.functional.cross_entropy(
        outputs.flatten(0, 1), targets.flatten(), ignore_index=NO_TARGET, reduction="none"
    )
    return losses.view(targets.shape).sum(1)


def _of_spans(outputs: torch.Tensor, targets: torch.Tensor, features: Features, rows: Ints) -> torch.Tensor:
    shown = mask_padding(outputs, features, rows)
    start, end = (
        torch.nn.functional.cross_entropy(shown[..., part], targets[:, part], reduction="none") for part in (0, 1)
    )
    return (start + end) / 2
