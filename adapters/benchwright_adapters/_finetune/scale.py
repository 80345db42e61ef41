"""Numbers to be learned, brought to mean 0 and spread 1, and the head that gives them back as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchwright.types import Example, Kind, Task


@dataclass(frozen=True, kw_only=True)
class Scale:
    """``number = mean + spread * learned``."""

    mean: float = 0.0
    spread: float = 1.0

    def shrink(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Numbers as they are learned."""
        return (numbers - self.mean) / self.spread

    def stretch(self, learned: NDArray[np.float64]) -> NDArray[np.float64]:
        """Numbers as they are meant."""
        return self.mean + self.spread * learned


def measure_scale(task: Task, examples: Sequence[Example], model: Any) -> Scale:
    """The scale of a regression task's training targets; the identity for labels, and where no head can hold it.

    A loss and a gradient limit mean the same on 0 to 1 as on 0 to 100 only after this.
    """
    last = output_layer(model)
    if task.kind is not Kind.REGRESS or last is None:
        return Scale()
    numbers = np.array([example.target for example in examples], dtype=np.float64)
    if last.bias is None:
        return Scale(spread=float(np.sqrt(np.mean(numbers**2))) or 1.0)
    return Scale(mean=float(numbers.mean()), spread=float(numbers.std()) or 1.0)


def fold(scale: Scale, model: Any) -> None:
    """Put the scale into the last layer, so that the checkpoint gives numbers as they are meant."""
    if scale == Scale():
        return
    last = output_layer(model)
    assert last is not None
    with torch.no_grad():
        last.weight.mul_(scale.spread)
        if last.bias is not None:
            last.bias.mul_(scale.spread).add_(scale.mean)


def output_layer(model: Any) -> Any:
    """The linear layer that gives the outputs; None where there is not exactly one at the end of the head."""
    prefix = f"{model.base_model_prefix}."
    found = [
        module
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear)
        and module.out_features == model.config.num_labels
        and not name.startswith(prefix)
    ]
    return found[0] if len(found) == 1 else None
