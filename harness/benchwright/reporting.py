"""Outputs of stored runs: a report over some models and tasks, and the examples of a run as a data frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from benchwright import registry, results
from benchwright.agreement.of_run import join_variants
from benchwright.comparison.comparable_answers import gc_paused
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.hardware.joined_runs import join_models
from benchwright.items import call
from benchwright.paths import with_short_paths
from benchwright.redaction import left_out, with_short_reasons, without_texts
from benchwright.render.grid import label_systems
from benchwright.report_content.one_model import one_model_error
from benchwright.report_content.roles import name_problems
from benchwright.report_content.run_order import named_order, put_in_order
from benchwright.report_request import Problems, ReportRequest, read_options
from benchwright.store import Store, atomic, locate
from benchwright.store.reader import RecordReader
from benchwright.task_path import EXPLAIN
from benchwright.types import (
    CellResult,
    ExplanationSummary,
    OfOneModel,
    Record,
    Rendered,
    Report,
    ReportOptions,
    Run,
    WritesBeside,
)

SUFFIXES = {
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".csv": "csv",
    ".json": "json",
}
"""What a file name says about the format."""


def report(
    runs: str | Run | Sequence[str | Run],
    path: str | Path,
    *,
    store: str | Path | None = None,
    format: str | None = None,  # noqa: A002 - the word of the command line
    title: str | None = None,
    models: Sequence[str] = (),
    tasks: Sequence[str] = (),
    inputs: bool = True,
    baselines: Sequence[str] = (),
    against: str | None = None,
    author: str = "",
    notes: Sequence[str | Path] = (),
    max_examples: int | None = None,
    history: bool = False,
) -> Path:
    """Write one report over stored runs and return its path.

    Args:
        runs: Names of stored runs, RUN:MODEL for one model of a run, or runs.
        path: File to write; its name tells the format (html, markdown, csv, json) unless ``format`` does.
        store: Store folder; default: the first run's own, else as on the command line.
        format: Name of a report.
        title: Heading in place of the runs' names.
        models: Only these models, as ``MODEL`` or ``RUN:MODEL``.
        tasks: Only these tasks, as ``SUITE``, ``SUITE/TASK`` or ``TASK``.
        inputs: Whether the texts of examples are shown, and messages and answers that may quote them.
        baselines: Models that are baselines, beside those whose adapters say so, as ``MODEL`` or ``RUN:MODEL``.
        against: Model that others are compared with, as ``MODEL`` or ``RUN:MODEL``; default: the baseline, else the best.
        author: Who made the report.
        notes: What the author says, as Markdown: a ``str`` is the text, a ``Path`` a file with it.
        max_examples: Most examples of a task; default: what the format shows by itself.
        history: Whether scores of the models in earlier runs of the store are shown too.

    Raises:
        BenchwrightError: A model or task is in none of the runs, a note cannot be read, or anything else is wrong with
            what was asked; a ConfigError lists several such mistakes.
        StoreError: A run is not in the store, or the file cannot be written.
    """
    several: Sequence[str | Run] = [runs] if isinstance(runs, str | Run) else runs
    folder = store or next((run.store for run in several if isinstance(run, Run) and run.store), None)
    request = ReportRequest(
        models=tuple(models),
        tasks=tuple(tasks),
        title=title,
        inputs=inputs,
        baselines=tuple(baselines),
        against=against,
        author=author,
        notes=tuple(notes),
        max_examples=max_examples,
        history=history,
    )
    rendered, _ = compose(Store(locate(str(folder) if folder else None)), several, request, path=path, name=format)
    write(path, rendered)
    return Path(path)


def write(path: str | Path, rendered: Rendered) -> tuple[Path, ...]:
    """Write a report and what belongs beside it, all or nothing; the paths of the further files.

    Raises:
        BenchwrightError: A file cannot be written.
    """
    more = {Path(path).parent / name: text for name, text in rendered.beside.items()}
    if more:
        atomic.write_outputs({Path(path): rendered.text, **more}, what="-o")
    else:
        atomic.write_output(path, rendered.text, what="-o")
    return tuple(more)


def compose(
    store: Store,
    runs: Sequence[str | Run],
    request: ReportRequest,
    *,
    path: str | Path | None = None,
    name: str | None = None,
) -> tuple[Rendered, str]:
    """A report as files, and the name of its format: the one given, else told from the path, else html.

    Raises:
        BenchwrightError: What is wrong with the request; several mistakes as one ConfigError.
    """
    problems = Problems()
    chosen = name or (problems.keep(lambda: format_of(path)) if path else "html") or "html"
    plugin = problems.keep(lambda: registry.get("reports", chosen))
    found = [run if isinstance(run, Run) else problems.keep(partial(read_part, store, run)) for run in runs]
    there = [run for run in found if run is not None]
    options = read_options(request, problems)
    if not request.models and any(isinstance(run, str) and ":" in run for run in runs):
        every = sorted({f"{run.name}:{ref.name}" for run in there for ref in run.spec.models})
        options = msgspec.structs.replace(options, models=tuple(every))
    if len(there) == len(found):  # what is not in a run cannot be told where a run is not there
        kept = problems.keep(lambda: _choose(there, request.models, request.tasks, options))
        problems.keep(lambda: _check_one_model(plugin, chosen, kept or (), store))
    problems.tell()
    return render(there, store, chosen, models=request.models, tasks=request.tasks, options=options), chosen


def read_part(store: Store, text: str) -> Run:
    """The stored run ``RUN``, or its part of one model, ``RUN:MODEL``.

    Raises:
        ConfigError: The run has no model of that name.
        StoreError: There is no such run.
    """
    name, colon, model = text.partition(":")
    run = store.read_run(name)
    return choose([run], models=[model])[0] if colon else run


def render(
    runs: Sequence[Run],
    store: Store,
    name: str,
    *,
    models: Sequence[str] = (),
    tasks: Sequence[str] = (),
    options: ReportOptions | None = None,
) -> Rendered:
    """The report ``name`` over runs of a store, narrowed to some models and tasks.

    The order of runs changes the order of rows and nothing else.
    """
    asked = options or ReportOptions()
    chosen = _choose(runs, models, tasks, asked)
    if not asked.order:
        asked = msgspec.structs.replace(asked, order=named_order(chosen))
    asked = msgspec.structs.replace(asked, models=asked.models or tuple(models), tasks=tuple(tasks))
    chosen = join_variants(store, put_in_order(chosen))
    read = RecordReader(store, inputs=asked.inputs, message=with_short_paths if asked.inputs else left_out)
    chosen = [with_short_reasons(run if asked.inputs else without_texts(run)) for run in chosen]
    for run in chosen:
        run.know(store=str(store.root))  # where raw samples of hardware profiles are
    join_models(chosen, store)
    report: Report = registry.get("reports", name)
    with gc_paused():  # a tenth of the time of a large page, whose parts all live until it is written
        if isinstance(report, WritesBeside):
            return report.render_files(chosen, read, asked)
        return Rendered(text=report.render(chosen, read, asked))


def _check_one_model(report: Any, name: str, runs: Sequence[Run], store: Store) -> None:
    """Raise BenchwrightError if a report is about one model and the runs hold several."""
    if not (isinstance(report, OfOneModel) and report.one_model and runs):
        return
    join_models(runs, store)
    names = [row.label for _, row in label_systems(runs)]
    if len(names) > 1:
        raise one_model_error(name, names)


def format_of(path: str | Path) -> str:
    """The format by the suffix of a file name. Raises BenchwrightError for an unknown one."""
    if str(path) == "-":
        raise BenchwrightError(
            "-o - names no file",
            expected="a file, or no -o at all",
            hint="leave -o out: standard output is the default",
        )
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise BenchwrightError(
            f"the name {str(path)!r} does not tell the format of the report",
            expected=f"a name that ends with one of: {known}",
            hint="rename it, or say --as html, markdown, csv, json or model-card",
        )
    return SUFFIXES[suffix]


def choose(runs: Sequence[Run], *, models: Sequence[str] = (), tasks: Sequence[str] = ()) -> list[Run]:
    """Runs that hold the chosen models and tasks only, in the order of the runs; runs left without a model go.

    Raises:
        ConfigError: A name is in none of the runs; all such names are listed.
    """
    return _choose(runs, models, tasks, ReportOptions())


def _choose(runs: Sequence[Run], models: Sequence[str], tasks: Sequence[str], options: ReportOptions) -> list[Run]:
    """As `choose`; names of roles that no chosen model has are told with the others."""
    known, kept = _model_names(runs), set(models)
    shown = [_part(run, kept, set()) for run in runs] if kept & set(known) else runs
    problems = [
        *_unknown("model", models, known),
        *_unknown("task", tasks, _task_names(runs)),
        *name_problems(shown, options),
    ]
    if problems:
        raise ConfigError(problems)
    return [part for run in runs if (part := _part(run, set(models), set(tasks))).spec.models]


def records(run: Run, *, model: str | None = None, task: str | None = None, inputs: bool = True) -> Any:
    """A DataFrame with one row per example of a stored run.

    ``id`` is the item's own id where the data have one. Columns: ``model``, ``suite``, ``task``, ``split``, ``id``, ``target``, ``output``, ``scores``, ``error``, ``truncated``,
    ``cluster``, ``slice.NAME`` for each slice, and ``input.NAME`` for each text where the store kept them. Cells that failed have no rows.

    Raises:
        ConfigError: The model or task is not in the run.
        StoreError: The store does not hold the records.
    """
    (part,) = choose([run], models=[model] if model else (), tasks=[task] if task else ())
    store = Store(locate(run.store))
    read = store.read_records_with_inputs if inputs else store.read_records
    rows = [row for cell in part.cells for row in _rows(cell, read)]
    return results.to_frame(rows, columns=(*_ABOUT, "id", *_FIELDS))


_ABOUT = ("model", "suite", "task", "split")
_FIELDS = ("target", "output", "scores", "error", "truncated", "cluster")


def attributions(run: Run, *, model: str | None = None, task: str | None = None, method: str | None = None) -> Any:
    """A DataFrame with one row for each word and target of the explained items of a stored run.

    Columns: ``model``, ``task``, ``method``, ``id``, ``target``, ``input``, ``word``, ``start``, ``end``, ``value``, ``full`` (the number on the whole
    item), ``base`` (without any word). Offsets are characters of the input; of a sentence of words, numbers of words.

    Raises:
        BenchwrightError: The run holds no such explanation.
        StoreError: The store does not hold the records or the attachment.
    """
    from benchwright.explanations.stored import choose_summaries, read_explained
    from benchwright.explanations.tables import COLUMNS, attribution_rows

    store = Store(locate(run.store))
    chosen = choose_summaries(run, model=model, task=task, method=method)
    rows = [row for one in chosen for row in attribution_rows(read_explained(store, one))]
    return results.to_frame(rows, columns=COLUMNS)


def _rows(cell: CellResult, read: Callable[[str], Sequence[Record]]) -> Iterable[dict[str, Any]]:
    if cell.status != "scored" or cell.key is None:
        return
    about = {name: getattr(cell, name) for name in _ABOUT}
    for record in read(cell.key):
        texts = record.extra.get("inputs") or {}
        yield {
            **about,
            "id": call(record),
            **{field: getattr(record, field) for field in _FIELDS},
            **{f"slice.{name}": value for name, value in record.slices.items()},
            **{f"input.{name}": value for name, value in texts.items()},
        }


def _part(run: Run, models: set[str], tasks: set[str]) -> Run:
    kept = [ref for ref in run.spec.models if not models or models & {ref.name, f"{run.name}:{ref.name}"}]
    names = {ref.name for ref in kept}
    cells = [cell for cell in run.cells if cell.model in names and (not tasks or tasks & _names_of(cell))]
    averages = [score for score in run.aggregates if score.model in names and (not tasks or score.suite in tasks)]
    views = {(cell.model, cell.task_path) for cell in cells}
    return run.replaced(
        spec=msgspec.structs.replace(run.spec, models=tuple(kept)),
        cells=tuple(cells),
        aggregates=tuple(averages),
        robustness=tuple(score for score in run.robustness if (score.model, score.task_path) in views),
        bias=tuple(score for score in run.bias if (score.model, score.task_path) in views),
        gaps=tuple(gap for gap in run.gaps if (gap.model, gap.task_path) in views),
        precisions=tuple(one for one in run.precisions if (one.model, one.task_path) in views),
        variants=tuple(one for one in run.variants if (one.model, one.task_path) in views),
        profiles=tuple(one for one in run.profiles if (one.model, one.task_path) in views),
        explanations=tuple(one for one in run.explanations if views & _places_of(one)),
        explanation_agreement=tuple(one for one in run.explanation_agreement if (one.model, one.base) in views),
    )


def _places_of(one: ExplanationSummary) -> set[tuple[str, str]]:
    """The model on the task whose answers are explained, and on the explanation."""
    return {(one.model, one.base), (one.model, f"{EXPLAIN}/{one.method}@{one.base}")}


def _names_of(cell: CellResult) -> set[str]:
    return {cell.suite, cell.task, cell.task_path}


def _model_names(runs: Sequence[Run]) -> list[str]:
    names = [ref.name for run in runs for ref in run.spec.models]
    return [*dict.fromkeys(names), *(f"{run.name}:{ref.name}" for run in runs for ref in run.spec.models)]


def _task_names(runs: Sequence[Run]) -> list[str]:
    cells = [cell for run in runs for cell in run.cells]
    names = [name for cell in cells for name in (cell.task_path, cell.suite, cell.task)]
    return list(dict.fromkeys(names))


def _unknown(what: str, asked: Sequence[str], known: Sequence[str]) -> list[BenchwrightError]:
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return [
        BenchwrightError(
            f"no {what} {name!r} in these runs",
            expected=f"one of: {shown}",
            hint="name it as `benchwright show RUN` does",
        )
        for name in asked
        if name not in known
    ]
