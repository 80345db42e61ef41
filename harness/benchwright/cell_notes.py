"""Alarms and notes about a cell: its model, data and inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchwright import formatting, kinds, missing_labels, registry
from benchwright.agreement_words import how_computed
from benchwright.alarm import TAKEN, alarm, in_order, note, notes
from benchwright.answer_text import NOWHERE
from benchwright.caveats import caveat_alarms
from benchwright.data.cluster import REPEATS
from benchwright.labels import output_names
from benchwright.measuring.gpu_results import NOT_YET, ON_GPU
from benchwright.quantities import bare
from benchwright.tags import types_of
from benchwright.types import (
    Alarm,
    Dataset,
    EmbeddingTask,
    LabelMap,
    Ledger,
    PlannedCell,
    PrecisionChoice,
    Score,
    Task,
)

_TOLD_UNKNOWN, _MOST_UNKNOWN = 0.01, 0.1
"""Shares of unknown tokens: from the first on there is a note, above the second an alarm."""


def one_cause(found: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Alarms in order, without those explained by another one: shifted answers are not in their context either."""
    told = in_order(found)
    shifted = any(one.code == "shifted" for one in told)
    return tuple(one for one in told if not (shifted and one.code == "nowhere"))


def cell_notes(
    cell: PlannedCell, ledger: Ledger, settings: Mapping[str, str], choice: PrecisionChoice | None = None
) -> Iterable[Alarm]:
    """Alarms and notes about a cell that was computed, beside those of its metrics.

    Args:
        cell: As it was planned.
        ledger: Of its predictions.
        settings: The session's.
        choice: What ``--precision fast`` computed it with; None of other cells.
    """
    assert cell.key is not None
    assert cell.dataset is not None
    yield from caveat_alarms(cell.task)
    yield from notes("model", cell.facts.notes if cell.facts else ())
    if settings.get("note"):
        yield note("tokenizer", settings["note"])
    yield from notes("precision", filter(None, [how_computed(choice, cell.facts.variant if cell.facts else "")]))
    yield from _untested(settings) if cell.key.device == "cuda" else ()
    if cell.task.taken:
        yield note(TAKEN, cell.task.taken)
    yield from notes("data", cell.dataset.notes)
    if not cell.task.view_of:
        yield from _repeats(cell.dataset, cell.task)
    if cell.key.limit is not None:
        of = "" if cell.task.view_of else f" of {len(cell.dataset.examples):,}"
        yield note("limited", f"first {cell.key.limit:,}{of} rows only: not a benchmark score")
    if cell.key.labels.origin == "user":
        yield note("mapped", f"labels mapped by the user: {_mapped(cell.key.labels, cell.task)}")
    if cell.key.labels.neutral:
        yield note("mapped", missing_labels.told(cell.key.labels.neutral))
    if cell.key.labels.lacks:
        names = ", ".join(cell.key.labels.lacks)
        yield note("lacking-labels", f"the model has no label {names}: cases that need it are not applicable")
    lacking = _lacking_types(cell.key.labels, cell.task)
    if lacking:
        yield alarm("lacking-types", f"the model knows no type {', '.join(lacking)}: entities of it cannot be found")
    if ledger.truncated:
        yield note("truncated", f"{ledger.truncated:,} inputs truncated")
    yield from _unknown(ledger)
    yield from _nowhere(ledger)
    told = {what: count for what, count in ledger.notes.items() if count and what != NOWHERE}
    yield from notes("inputs", (f"{count:,} {what}" for what, count in told.items()))


def _untested(settings: Mapping[str, str]) -> Iterable[Alarm]:
    """A note that code which computed on a GPU was never tried on one, until a dated result is there."""
    used = {
        "flat buffers of encoders": settings.get("batches", "").startswith("flat"),
        "fast precision": "computed" in settings,
    }
    told = [what for what, is_used in used.items() if is_used and not ON_GPU[what]]
    if told:
        yield note("untested-gpu", f"{' and '.join(told)}: {NOT_YET} by its makers")


def beside_notes(task: Task, scores: Iterable[Score]) -> Iterable[Alarm]:
    """A note for each metric that says nothing without another one, with both values over all items, or why it has none."""
    whole = {bare(score.metric): score for score in scores if score.slice is None}
    refused: dict[str, list[str]] = {}
    for name in task.metrics:
        beside = registry.get("metrics", name).beside
        score, other = whole.get(name), whole.get(beside)
        if score is None or other is None:
            continue
        if score.value is None:
            for one in score.alarms:
                refused.setdefault(one.sentence, []).append(name)
        elif other.value is not None:
            values = formatting.value(score.value), formatting.value(other.value)
            yield note("beside", f"{name} {values[0]} is to be read beside {beside} {values[1]}")
    yield from (note("undefined", f"{', '.join(names)}: {sentence}") for sentence, names in refused.items())


def _unknown(ledger: Ledger) -> Iterable[Alarm]:
    """Unknown tokens: a note from 1 % of the text on, an alarm above 10 %."""
    share = ledger.unknown / ledger.tokens if ledger.tokens else 0.0
    if share >= _TOLD_UNKNOWN:
        said = f"{formatting.percent(share, 2)} of the text is unknown tokens ({ledger.unknown:,} of {ledger.tokens:,})"
        if share > _MOST_UNKNOWN:
            yield alarm("unknown-tokens", f"{said}: a language, script or tokenizer that the model was not made for")
        else:
            yield note("unknown-tokens", said)


def _lacking_types(labels: LabelMap, task: Task) -> tuple[str, ...]:
    """Entity types of a tagging task that no output of the model stands for."""
    if kinds.of(task).slice_name != "type" or not task.labels:
        return ()
    known = types_of(output_names(task, labels))
    return tuple(kind for kind in types_of(task.label_names) if kind not in known)


_SOME, _MANY_NOWHERE = 0.01, 0.1
"""From these shares of the answers on it is told; from the second on, they are not answers to these questions, or are written in words of their own."""


def _nowhere(ledger: Ledger) -> Iterable[Alarm]:
    count, answers = ledger.notes.get(NOWHERE, 0), max(ledger.total - ledger.errored, 1)
    if count >= _MANY_NOWHERE * answers:
        yield alarm("nowhere", f"{count:,} of {answers:,} {NOWHERE}: were they made for other questions?")
    elif count >= _SOME * answers:
        yield note("nowhere", f"{count:,} of {answers:,} {NOWHERE}")


_MANY = 0.1
"""From this share of the rows on, repeats are an alarm: the score is mostly about the rows that stand often. Headlines
and datelines repeat by nature among tagged sentences."""


def _repeats(dataset: Dataset, task: Task) -> Iterable[Alarm]:
    """A note about repeated rows of the data, if there are many."""
    rows = len(dataset.examples)
    told = "{:,} of " + f"{rows:,} rows repeat the inputs of an earlier row"
    if dataset.repeats >= REPEATS * max(rows, 1):
        each = (
            "each counts where it stands" if isinstance(task, EmbeddingTask) else "equal rows are one independent unit"
        )
        one = f"{told.format(dataset.repeats)}: {each}"
        many = dataset.repeats >= kinds.of(task).many_repeats * rows
        yield alarm("repeats", one) if many else note("repeats", one)
    if dataset.apart >= _MANY * max(rows, 1):
        yield note("repeats", f"{told.format(dataset.apart)} in another cluster, and count as independent of it")


def _mapped(labels: LabelMap, task: Task) -> str:
    return ", ".join(f"output {i} = {name}" for i, name in enumerate(output_names(task, labels)))
