"""A model card for the Hugging Face hub: a README.md with `model-index` metadata, and `.eval_results` beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.render.api import Records, inert
from benchwright.report_content.content import ReportContent, assemble
from benchwright.report_content.hub_files import eval_result_files, need_hub_library
from benchwright.report_content.hub_results import HubResult, hub_results
from benchwright.report_content.markdown import card
from benchwright.report_content.markdown.hardware import hardware
from benchwright.report_content.one_model import one_model_error
from benchwright.task_path import task_path
from benchwright.types import Rendered, ReportOptions, Run


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """The card of one model. `huggingface_hub`, of the extra ``hf``, writes its metadata."""

    name: str = "model-card"
    suffix: str = ".md"
    one_model: bool = True

    def render(self, runs: Sequence[Run], records: Records, options: ReportOptions = ReportOptions()) -> str:  # noqa: B008 - frozen
        """The README.md.

        Raises:
            BenchwrightError: There is not one model.
            PluginError: `huggingface_hub` is not installed.
        """
        return self.render_files(runs, records, options).text

    def render_files(self, runs: Sequence[Run], records: Records, options: ReportOptions) -> Rendered:
        """The README.md, and a file in ``.eval_results`` for each result that may be one.

        Raises:
            BenchwrightError: There is not one model.
            PluginError: `huggingface_hub` is not installed.
        """
        need_hub_library("a model card")
        content = assemble(runs, records, options, with_examples=False)
        names = [system.label for system in content.grid.systems]
        if len(names) != 1:
            raise one_model_error(self.name, names)
        results = hub_results(content)
        created = {run.name: run.created for run in content.runs}
        return Rendered(
            text=f"---\n{_metadata(content, results)}\n---\n\n{_body(content, results)}\n",
            beside=eval_result_files(results, date=created.get(content.grid.systems[0].run) or None),
        )


def _body(content: ReportContent, results: tuple[HubResult, ...]) -> str:
    measured = ["\n\n".join(["## Hardware", *(block.text for block in hardware(content))])] if content.hardware else []
    return "\n\n".join(
        [
            card.header(content),
            *card.notes(content),
            card.blank("Intended use"),
            card.blank("Out-of-scope use"),
            card.evaluation(content),
            card.limits(content),
            *(measured or ["## Hardware\n\nLatency, throughput and memory: not measured."]),
            card.training(content),
            card.blank("Ethical considerations"),
            card.blank("Licence"),
            card.how(content, results),
        ]
    )


def _metadata(content: ReportContent, results: tuple[HubResult, ...]) -> str:
    """YAML without its fences. Evaluated data sets stand in `model-index` alone: ``datasets`` means trained on."""
    from huggingface_hub import EvalResult, ModelCardData

    found = [
        EvalResult(
            task_type=one.task_type,
            dataset_type=inert(one.hub.repo),
            dataset_name=inert(one.column.name),
            dataset_config=inert(one.hub.config) if one.hub.config else None,
            dataset_split=inert(one.hub.split),
            dataset_revision=inert(one.revision) if one.revision else None,
            metric_type=inert(metric.kind),
            metric_name=inert(metric.title),
            metric_value=metric.value,
        )
        for one in results
        if one.hub is not None
        for metric in one.metrics
    ]
    kinds = {one.task_type for one in results}
    ref = content.grid.systems[0].ref
    data = ModelCardData(
        model_name=inert(content.grid.systems[0].label) if found else None,
        eval_results=found or None,
        pipeline_tag=kinds.pop() if len(kinds) == 1 else None,
        library_name="transformers" if ref is not None and ref.adapter in ("transformers", "finetune") else None,
        tags=["benchwright"],
        metrics=sorted({inert(one.metric_type) for one in found}) or None,
        **_trained(content),
    )
    return data.to_yaml()


def _trained(content: ReportContent) -> dict[str, Any]:
    """Base model and data sets of a training that was done here; a base without a slash may be a folder's name, and is left out."""
    cells = [cell for column in content.grid.columns for cell in column.cells.values()]
    made = [cell.training for cell in cells if cell.training is not None]
    cards = {path: one for run in content.runs for path, one in run.tasks.items()}
    paths = {task_path(cell.suite, cell.training.task) for cell in cells if cell.training is not None}
    sources = [cards[path].splits.get("train") for path in paths if path in cards]
    repos = sorted({inert(source.hub.repo) for source in sources if source and source.hub})
    bases = sorted({inert(one.base) for one in made if re.fullmatch(r"[\w.-]+/[\w.-]+", one.base)})
    return {"base_model": bases[0] if len(bases) == 1 else None, "datasets": repos or None}


report = ModelCard()
