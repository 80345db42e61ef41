"""AdamW over groups of parameters, and the learning rate of each step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from .layers import Layout
from .recipe import Recipe


def make_optimiser(parameters: Mapping[str, torch.nn.Parameter], layout: Layout, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) over the parameters that ever move.

    Each group holds ``share``, its part of the learning rate: ``layer_decay`` to the power of the distance from the head
    (Sun et al. 2019, section 5.3.4, https://arxiv.org/abs/1905.05583). Vectors (biases, norms) do not decay.
    """
    groups: dict[tuple[int, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in parameters.items():
        groups.setdefault((layout.head - layout.depths[name], parameter.ndim >= 2), []).append(parameter)
    rows: list[dict[str, Any]] = [
        {
            "params": members,
            "share": recipe.layer_decay**distance,
            "weight_decay": recipe.weight_decay if decays else 0.0,
        }
        for (distance, decays), members in sorted(groups.items())
    ]
    return torch.optim.AdamW(rows, lr=recipe.lr, betas=(0.9, 0.999), eps=1e-8, fused=True)


def rate_factor(step: int, total: int, recipe: Recipe) -> float:
    """Learning rate of a step (from 0) relative to the highest: a straight rise, then a linear or cosine fall to 0."""
    rising = round(recipe.warmup * total)
    if step < rising:
        return (step + 1) / rising
    progress = (step - rising) / max(1, total - rising)
    if recipe.schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * progress))
    return 1 - progress


def set_rates(optimiser: torch.optim.AdamW, step: int, total: int, recipe: Recipe) -> None:
    """Give each group the learning rate of a step; a pure function of the step, so a resumed training needs no memory."""
    factor = rate_factor(step, total, recipe)
    for group in optimiser.param_groups:
        group["lr"] = recipe.lr * group["share"] * factor


def limit_gradient(parameters: Sequence[torch.nn.Parameter], recipe: Recipe) -> None:
    """Shorten the gradient to ``clip``."""
    if recipe.clip:
        torch.nn.utils.clip_grad_norm_([p for p in parameters if p.grad is not None], recipe.clip)
