"""Metrics: `INDEX` maps a metric's name to the module that holds it, so that names are known without importing numpy."""

from __future__ import annotations

INDEX: dict[str, str] = {}
