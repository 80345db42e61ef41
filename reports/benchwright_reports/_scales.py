"""Scales of metrics, asked of the metrics themselves."""

from __future__ import annotations

from benchwright import registry
from benchwright.errors import PluginError
from benchwright.render.scale import Scale


def scale_of_metric(name: str) -> Scale | None:
    """The scale of an installed metric; None when it is not installed here or says nothing of its direction."""
    try:
        metric = registry.get("metrics", name)
    except PluginError:
        return None
    direction, low, high = (getattr(metric, part, None) for part in ("direction", "low", "high"))
    if direction not in {"higher", "lower"} or low is None or high is None:
        return None
    title = str(getattr(metric, "title", "") or name)
    return Scale(title=title, direction=direction, bounded=low >= -1 and high <= 1)
