"""Scales of metrics, asked of the metrics themselves."""

from __future__ import annotations

from benchwright.errors import PluginError
from benchwright.quantities import quantity_of
from benchwright.render.scale import Scale


def scale_of_metric(name: str) -> Scale | None:
    """The scale of an installed metric; None when it is not installed here."""
    try:
        found = quantity_of(name)
    except PluginError:
        return None
    return Scale(title=found.title or name, direction=found.direction, bounded=found.hundredfold)
