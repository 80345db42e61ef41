"""Where in a model a parameter lies: below the layers, in one of them, or in the head; and what a recipe lets move."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.errors import ModelError

from .recipe import Recipe

_LAYER = re.compile(r"(.*?\b(?:layers?|h|blocks?|albert_layer_groups))\.(\d+)\.")
_POOLER = re.compile(r"\bpooler\b")
_NORM = re.compile(r"(norm|\bln_f\b)(?!.*embed)", re.IGNORECASE)
_EMBEDDING = re.compile(r"embed", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Depth of each parameter: 0 below the layers, 1 to ``layers`` in them, ``layers + 1`` in the head.

    A pooler that lies inside the encoder's module counts as head: it was made for another objective.
    """

    depths: Mapping[str, int]
    layers: int

    @property
    def head(self) -> int:
        """Depth of the head."""
        return self.layers + 1


def read_layout(model: Any) -> Layout:
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
    return Layout(depths=depths, layers=layers)


def lowest_trained(recipe: Recipe, layout: Layout, epoch: int, *, shown: str) -> int:
    """The lowest depth whose parameters move in an epoch, counted from 0.

    ``full``: 0. ``frozen``: the head. ``partial``: above the frozen layers. ``gradual``: the head in the first epoch, then
    a layer more in each (Howard and Ruder 2018, section 3.3, https://arxiv.org/abs/1801.06146).

    Raises:
        ModelError: The recipe speaks of layers that the model does not have.
    """
    if recipe.kind == "full":
        return 0
    if recipe.kind == "frozen":
        return layout.head
    if not layout.layers:
        raise ModelError(
            f"{shown}: no layers are known for recipe={recipe.kind}",
            expected="a model whose layers are a numbered list",
            hint="recipe=full or recipe=frozen",
        )
    if recipe.kind == "gradual":
        return max(0, layout.head - epoch)
    kept = layout.layers // 2 if recipe.freeze is None else recipe.freeze
    if kept > layout.layers:
        raise ModelError(
            f"{shown}: freeze={kept}", expected=f"at most its {layout.layers} layers", hint=f"?freeze={layout.layers}"
        )
    return kept + 1


def ever_trained(recipe: Recipe, layout: Layout, *, shown: str) -> tuple[str, ...]:
    """Names of the parameters that move in any epoch, in the model's order."""
    lowest = min(lowest_trained(recipe, layout, epoch, shown=shown) for epoch in (0, recipe.epochs - 1))
    return tuple(name for name, depth in layout.depths.items() if depth >= lowest)


def let_move(model: Any, layout: Layout, lowest: int) -> None:
    """Ask for gradients at and above a depth, and for none below it."""
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
