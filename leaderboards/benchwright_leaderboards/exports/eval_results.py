"""``.eval_results``: files with which the Hugging Face hub shows an entry on the leaderboard of a data set.

Only for tasks whose suite names a data set of the hub, whole splits that were read from it at the revision that is named, without an item
that has no answer and without an alarm: the rule of model cards (`benchwright.report_content.hub_results`). Values and alarms are those of the board.
"""

from __future__ import annotations

from dataclasses import replace

from benchwright.report_content.content import assemble
from benchwright.report_content.hub_files import eval_result_files, need_hub_library
from benchwright.report_content.hub_results import HubResult, hub_results
from benchwright.reporting import choose
from benchwright.types import ReportOptions
from benchwright_leaderboards.alarm_marks import NOT_LOOKED_FOR, RESCORE, has_alarm
from benchwright_leaderboards.content import BoardContent, BoardRow


def eval_results(content: BoardContent, row: BoardRow) -> dict[str, str]:
    """``ENTRY/.eval_results/NAME.yaml`` -> YAML; empty where no result may be written (`why_none`).

    Raises:
        PluginError: `huggingface_hub` is not installed.
        StoreError: The run cannot be read.
    """
    need_hub_library(".eval_results")
    name = row.entry.entry.id
    files = eval_result_files(_results(content, row), date=row.entry.submission.added[:10])
    return {f"{name}/{path}": text for path, text in files.items()}


def why_none(content: BoardContent, row: BoardRow) -> list[str]:
    """Why results of an entry may not be written, a line for each task. Raises StoreError where the run cannot be read."""
    return [f"{one.column.name}: {one.why_not}" for one in _results(content, row) if one.why_not]


def _results(content: BoardContent, row: BoardRow) -> list[HubResult]:
    entry, store = row.entry.entry, row.entry.store()
    (run,) = choose([store.read_run(entry.run)], models=[entry.name])
    report = assemble([run], store.read_records, ReportOptions(), with_examples=False)
    found = []
    for one in hub_results(report):
        result = entry.result(one.column.name)
        if result is None:
            continue
        if result.digest != content.board.spec.digest(result.path):
            one = replace(one, entry=None, why_not="it answered other data than the board has now")  # noqa: PLW2901
        elif one.entry is not None and (result.alarms is None or has_alarm([result])):
            why = "the board found an alarm" if result.alarms else f"{NOT_LOOKED_FOR}: {RESCORE}"
            one = replace(one, entry=None, why_not=why)  # noqa: PLW2901
        elif one.entry is not None:
            one = replace(one, entry=result.score.value)  # noqa: PLW2901
        found.append(one)
    return found
