"""Files of ``.eval_results`` in a model's repository on the Hugging Face hub; `huggingface_hub`, of the extra ``hf``, writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.util import find_spec

from benchwright.errors import PluginError
from benchwright.inert import inert
from benchwright.report_content.hub_results import HubResult

FOLDER = ".eval_results"
"""Where the hub looks for evaluation results in a model's repository."""


def need_hub_library(what: str) -> None:
    """Raise PluginError where `huggingface_hub` is not installed, which ``what`` needs."""
    if find_spec("huggingface_hub") is None:
        raise PluginError(
            f"{what} needs `huggingface_hub`, which is not installed",
            expected="the extra hf",
            hint='pip install "benchwright[hf]"',
        )


def eval_result_files(results: Iterable[HubResult], *, date: str | None) -> dict[str, str]:
    """Relative path -> YAML, of the results that may be written as evaluation results (`HubResult.entry`); ``date`` is ISO 8601."""
    from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml
    from huggingface_hub.utils import yaml_dump  # type: ignore[attr-defined]  # the one with which a card's metadata is written

    files = {}
    for one in results:
        if one.entry is None or one.hub is None:
            continue
        entry = EvalResultEntry(
            dataset_id=inert(one.hub.repo),
            task_id=inert(one.hub.config or "default"),
            value=one.entry,
            dataset_revision=one.revision,
            date=inert(date) if date else None,
            notes=inert(f"benchwright: {one.notes}"),
        )
        name = re.sub(
            r"[^a-z0-9]+", "-", f"benchwright {one.hub.repo} {one.hub.config or ''} {one.column.split}".lower()
        ).strip("-")
        files[f"{FOLDER}/{name}.yaml"] = yaml_dump(eval_result_entries_to_yaml([entry]), sort_keys=False)
    return files
