"""Trained parameters, their optimiser groups and learning rates."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from benchwright.errors import ModelError

from .config import TrainingConfig

_LAYER = re.compile(r"(.*?\b(?:layers?|h|blocks?|albert_layer_groups))\.(\d+)\.")
_POOLER = re.compile(r"\bpooler\b")
_NORM = re.compile(r"(norm|\bln_f\b)(?!.*embed)", re.IGNORECASE)
_EMBEDDING = re.compile(r"embed", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class ParameterDepths:
    """Depth of each parameter: 0 below the layers, 1 to ``layers`` in them, ``layers + 1`` in the head.

    A pooler inside the encoder module counts as head, since it was pretrained for another objective.
    """

    depths: Mapping[str, int]
    layers: int

    @property
    def head(self) -> int:
        """Depth of the head."""
        return self.layers + 1


def read_layout(model: Any) -> ParameterDepths:
    """The layout of a sequence classification model of `transformers`.

    Stacks count one after the other (an encoder's layers lie below its decoder's); a norm after a stack counts as its
    last layer.
    """
    names = [name for name, _ in model.named_parameters()]
    prefix = f"{model.base_model_prefix}."
    inner = [name for name in names if name.startswith(prefix) and not _POOLER.search(name)]
    sizes: dict[str, int] = {}
    for name in inner:
        if found := _LAYER.match(name):
            sizes[found[1]] = max(sizes.get(found[1], 0), int(found[2]) + 1)
    layers = sum(sizes.values())
    depths = dict.fromkeys(names, layers + 1)
    depths |= {name: _depth(name, sizes) for name in inner}
    return ParameterDepths(depths=depths, layers=layers)


def first_trainable(config: TrainingConfig, layout: ParameterDepths, epoch: int, *, shown: str) -> int:
    """The lowest depth whose parameters are trained in an epoch, counted from 0.

    ``full``: 0. ``frozen``: the head. ``partial``: above the frozen layers. ``gradual``: the head in the first epoch, then
    a layer more in each (Howard and Ruder 2018, section 3.3, https://arxiv.org/abs/1801.06146).

    Raises:
        ModelError: The configuration names more layers than the model has.
    """
    if config.kind == "full":
        return 0
    if config.kind == "frozen":
        return layout.head
    if not layout.layers:
        raise ModelError(
            f"{shown}: no layers are known for recipe={config.kind}",
            expected="a model whose layers are a numbered list",
            hint="recipe=full or recipe=frozen",
        )
    if config.kind == "gradual":
        return max(0, layout.head - epoch)
    kept = layout.layers // 2 if config.freeze is None else config.freeze
    if kept > layout.layers:
        raise ModelError(
            f"{shown}: freeze={kept}", expected=f"at most its {layout.layers} layers", hint=f"?freeze={layout.layers}"
        )
    return kept + 1


def ever_trained(config: TrainingConfig, layout: ParameterDepths, *, shown: str) -> tuple[str, ...]:
    """Names of the parameters that are trained in any epoch, in the model's order."""
    lowest = min(first_trainable(config, layout, epoch, shown=shown) for epoch in (0, config.epochs - 1))
    return tuple(name for name, depth in layout.depths.items() if depth >= lowest)


def set_trainable(model: Any, layout: ParameterDepths, lowest: int) -> None:
    """Set ``requires_grad``: True at and above a depth, False below."""
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(layout.depths[name] >= lowest)


def _depth(name: str, sizes: Mapping[str, int]) -> int:
    starts = _starts(list(sizes.values()))
    order = dict(zip(sizes, starts, strict=True))
    if found := _LAYER.match(name):
        return order[found[1]] + int(found[2]) + 1
    if not _NORM.search(name) or _EMBEDDING.search(name):
        return 0
    room = name.rpartition(".")[0].rpartition(".")[0]
    after = [stack for stack in sizes if stack.startswith(room)]
    return max((order[stack] + sizes[stack] for stack in after), default=0)


def _starts(sizes: Sequence[int]) -> list[int]:
    return [sum(sizes[:at]) for at in range(len(sizes))]


def make_optimiser(
    parameters: Mapping[str, torch.nn.Parameter], layout: ParameterDepths, config: TrainingConfig
) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) over the parameters that are ever trained.

    Each group holds ``share``, its part of the learning rate: ``layer_decay`` to the power of the distance from the head
    (Sun et al. 2019, section 5.3.4, https://arxiv.org/abs/1905.05583). Vectors (biases, norms) do not decay.
    """
    groups: dict[tuple[int, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in parameters.items():
        groups.setdefault((layout.head - layout.depths[name], parameter.ndim >= 2), []).append(parameter)
    rows: list[dict[str, Any]] = [
        {
            "params": members,
            "share": config.layer_decay**distance,
            "weight_decay": config.weight_decay if decays else 0.0,
        }
        for (distance, decays), members in sorted(groups.items())
    ]
    return torch.optim.AdamW(rows, lr=config.lr, betas=(0.9, 0.999), eps=1e-8, fused=True)


def rate_factor(step: int, total: int, config: TrainingConfig) -> float:
    """Learning rate of a step (from 0) relative to the highest: linear warm-up, then linear or cosine decay to 0."""
    rising = round(config.warmup * total)
    if step < rising:
        return (step + 1) / rising
    progress = (step - rising) / max(1, total - rising)
    if config.schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * progress))
    return 1 - progress


def set_rates(optimiser: torch.optim.AdamW, step: int, total: int, config: TrainingConfig) -> None:
    """Set the learning rate of each group for a step; a pure function of the step, so resuming needs no scheduler state."""
    factor = rate_factor(step, total, config)
    for group in optimiser.param_groups:
        group["lr"] = config.lr * group["share"] * factor


def limit_gradient(parameters: Sequence[torch.nn.Parameter], config: TrainingConfig) -> None:
    """Clip the gradient norm to ``clip``."""
    if config.clip:
        torch.nn.utils.clip_grad_norm_([p for p in parameters if p.grad is not None], config.clip)
