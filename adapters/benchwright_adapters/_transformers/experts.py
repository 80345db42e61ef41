"""Mixtures of experts: layers that choose for each token which of their parts compute it."""

from __future__ import annotations

from typing import Any

from benchwright.checkpoints.model import text_config

REASON = "its experts multiply as many rows as tokens of all texts choose them"
"""Why each text has a forward pass of its own: the numbers of a product depend on how many rows it has."""

_COUNTS = ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")
"""How configurations call the number of experts of a layer."""


def has_experts(model: Any) -> bool:
    """Whether layers of a model choose among experts."""
    counts = [getattr(text_config(model), name, None) for name in _COUNTS]
    return any(isinstance(count, int) and count > 1 for count in counts)
