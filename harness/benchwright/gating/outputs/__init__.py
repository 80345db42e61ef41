"""A gate's result as files: ``verdict.json`` is the source, everything else is a rendering of it."""

from __future__ import annotations

from collections.abc import Callable

from benchwright.gating.outputs.annotations import write_annotations
from benchwright.gating.outputs.badge import write_badge
from benchwright.gating.outputs.html import write_html
from benchwright.gating.outputs.json import write_json
from benchwright.gating.outputs.junit import write_junit
from benchwright.gating.outputs.markdown import write_markdown
from benchwright.gating.outputs.openmetrics import write_openmetrics
from benchwright.gating.result import GateResult

WRITERS: dict[str, Callable[[GateResult], str]] = {
    "junit": write_junit,
    "markdown": write_markdown,
    "html": write_html,
    "json": write_json,
    "metrics": write_openmetrics,
    "badge": write_badge,
    "annotations": write_annotations,
}
"""Option of `benchwright gate` -> the text of its file."""
