"""Everything a report says as one JSON document, numbers unrounded: ``docs/schema/report.schema.json``."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from typing import Any

from benchwright.render.api import Column, Records, inert_json, provenance
from benchwright.report_content.content import ReportContent, assemble
from benchwright.report_content.number_rows import number_rows
from benchwright.report_content.plain import plain
from benchwright.types import ReportOptions, Run

SCHEMA = 1
"""Version of the document's form: raised when a key changes its meaning or goes, not when one is added."""
_TOLD_APART = {
    "title",
    "runs",
    "options",
    "grid",
    "roles",
    "headline",
    "verdict",
    "findings",
    "warnings",
    "alarms",
    "tables",
    "versions",
}
"""Parts that have a key of their own at the top, or whose numbers are ``numbers``."""


class JsonReport:
    """The document."""

    name = "json"
    suffix = ".json"

    def render(self, runs: Sequence[Run], records: Records, options: ReportOptions = ReportOptions()) -> str:  # noqa: B008 - frozen
        """JSON with an item of a list on each line; what cannot be seen, and what a page would read as HTML, are escapes of JSON."""
        text = inert_json(_written(_document(assemble(runs, records, options))))
        for sign in "<>&":
            text = text.replace(sign, f"\\u{ord(sign):04x}")
        return text + "\n"


def _written(document: dict[str, Any]) -> str:
    parts = [f"{json.dumps(name)}: {_value(value)}" for name, value in document.items()]
    return "{\n" + ",\n".join(parts) + "\n}"


def _value(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"  {_compact(item)}" for item in value) + "\n]"
    if isinstance(value, dict) and value:
        return "{\n" + ",\n".join(f"  {json.dumps(name)}: {_compact(item)}" for name, item in value.items()) + "\n}"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _document(content: ReportContent) -> dict[str, Any]:
    options = content.options
    return {
        "schema": SCHEMA,
        "title": content.title,
        "author": options.author,
        "notes": list(options.notes),
        "inputs": options.inputs,
        "headline": content.headline,
        "verdict": plain(content.verdict),
        "findings": list(content.findings),
        "cautions": list(content.warnings),
        "alarms": [{name: one for name, one in plain(alarm).items() if name != "anchor"} for alarm in content.alarms],
        "models": list(_models(content)),
        "reference": _reference(content),
        "tasks": [_task(content, column) for column in content.grid.columns],
        "numbers": [
            {name: one for name, one in plain(row).items() if one not in (None, "")} for row in number_rows(content)
        ],
        "runs": list(_runs(content)),
        "sections": {
            field.name: plain(getattr(content, field.name))
            for field in dataclasses.fields(content)
            if field.name not in _TOLD_APART and getattr(content, field.name)
        },
    }


def _models(content: ReportContent) -> Iterator[dict[str, Any]]:
    """In the order of the command line."""
    rows = provenance.list_models(content.grid)
    for at in content.grid.rows:
        system, told = content.grid.systems[at], rows[at]
        ref = system.ref
        yield {
            "label": system.label,
            "position": at,
            "run": system.run,
            "model": system.model,
            "also": list(system.also),
            "role": _role(content, at),
            "adapter": ref.adapter if ref else None,
            "path": provenance.short_path(ref.path) if ref else None,
            "revision": ref.revision if ref else None,
            "options": told.rest[-1] if ref and ref.options else None,
        }


def _role(content: ReportContent, at: int) -> str:
    return "baseline" if content.roles is not None and at in content.roles.baselines else "candidate"


def _reference(content: ReportContent) -> dict[str, Any] | None:
    roles = content.roles
    return None if roles is None else {"label": content.grid.systems[roles.reference].label, "why": roles.why}


def _task(content: ReportContent, column: Column) -> dict[str, Any]:
    card = column.card
    return {
        "suite": column.suite,
        "task": column.task,
        "split": column.split,
        "version": content.versions.get(column.suite) or None,
        "score": column.metric,
        "better": column.direction,
        "ranked": column.is_ranked,
        "description": card.description if card else None,
        "licence": card.licence if card else None,
        "citation": card.citation if card else None,
        "notes": list(card.notes) if card else [],
        "caveats": [plain(one) for one in card.caveats] if card else [],
    }


def _runs(content: ReportContent) -> Iterator[dict[str, Any]]:
    for run in content.runs:
        settings = {name: texts[0] for name, texts in provenance.list_settings([run])}
        yield {"name": run.name, "created": run.created, "complete": run.complete, "settings": settings}


report = JsonReport()
