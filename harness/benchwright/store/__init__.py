"""The store: a directory of cells, scores and runs; the only place that writes results."""

from __future__ import annotations

from benchwright.store.folder import Store, locate

__all__ = ["Store", "locate"]
