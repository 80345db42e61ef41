"""Sanity checks on predictions: constant output, leaked gold, permuted labels, shifted rows, below chance.

Checked from the most to the least specific cause, and only the first explanation is reported: constant answers; answers
equal to gold; permuted labels or shifted rows, whichever explains more; worse than guessing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from benchwright import formatting
from benchwright.alarm import alarm, note
from benchwright.answer_text import gold_texts
from benchwright.metrics import association, row_shifts
from benchwright.metrics.association import Naming
from benchwright.metrics.classification import hits
from benchwright.metrics.columns import Codes, Columns, Floats
from benchwright.metrics.entity_counts import GOLD, PREDICTED, entities, entity_matches
from benchwright.metrics.row_shifts import RowShift
from benchwright.stats.intervals import share_interval, share_of
from benchwright.tags import OUTSIDE, types_of
from benchwright.types import Alarm, ChoiceTask, ClassificationTask, RegressionTask, SpanTask, TaggingTask, Task

_ENOUGH_EQUAL = 100
"""Answers that all equal gold are worth a question from this many on."""
_ENOUGH_NUMBERS = 30
_SHOWN = 5
_ORDINALS = {1: "the next row", -1: "the row before", 2: "the row two further on", -2: "the row two before"}


def alarms(columns: Columns, task: Task) -> tuple[Alarm, ...]:
    """Alarms about the predictions; none of them stops a run or changes a number."""
    if not columns.n:
        return ()
    if task.behaviour:  # what is expected is no gold answer: nothing is permuted, shifted or handed in
        return tuple(alarm("constant", told) for told in _constant_in_tests(columns))
    constant = _constant(columns)
    if constant:
        return (alarm("constant", constant),)
    handed = _handed_in(columns)
    if handed:
        return (alarm("gold", handed),)
    strange = _unknown_types(columns)
    if strange:
        return (alarm("unknown-types", strange),)
    explained = _misread(columns, task)
    return (explained,) if explained else tuple(_worse_than_guessing(columns, task))


# --- the same answer everywhere, and gold itself ----------------------------------------------------------------------


def _constant(columns: Columns) -> str:
    if isinstance(columns.task, TaggingTask):
        sums = columns.sums(entities)
        return "" if sums[PREDICTED] or not sums[GOLD] else "no entity is predicted: every word is O"
    if not _is_constant(columns.outputs) or _is_constant(columns.targets):
        return ""
    if isinstance(columns.task, SpanTask) and columns.outputs[0] == "":
        return "every answer is empty"
    return f"every prediction is {columns.outputs[0]!r}"


def _constant_in_tests(columns: Columns) -> Iterator[str]:
    """The one answer of a model to all examples of behavioural tests, unless it is the only one that any of them expects."""
    outputs, golds = columns.outputs, [target.get("gold") for target in columns.targets]
    if isinstance(columns.task, TaggingTask):
        expected = any(gold is None or set(gold) != {OUTSIDE} for gold in golds)
        if expected and all(set(tags) <= {OUTSIDE} for tags in outputs):
            yield "no entity is predicted: every word is O"
        return
    if columns.n < 2 or not _is_constant(outputs) or (_is_constant(golds) and golds[0] == outputs[0]):
        return
    said = outputs[0]
    if isinstance(columns.task, SpanTask) and said == "":
        yield "every answer is empty"
    else:
        yield f"every prediction is {said!r}"


def _is_constant(values: Sequence[object]) -> bool:
    return all(value == values[0] for value in values)


def _handed_in(columns: Columns) -> str:
    """Whether every answer equals gold exactly, without probabilities that a model would give."""
    needed = _ENOUGH_NUMBERS if isinstance(columns.task, RegressionTask) else _ENOUGH_EQUAL
    if columns.n < needed or _is_constant(columns.targets) or not _is_hard(columns.scores):
        return ""
    if not all(_is_gold(said, gold) for said, gold in zip(columns.outputs, columns.targets, strict=True)):
        return ""
    return f"every one of {columns.n:,} answers equals the gold answer to the letter: was the gold file handed in?"


def _is_gold(said: object, gold: object) -> bool:
    if isinstance(gold, dict):
        return said in gold_texts(gold) or (not said and not gold_texts(gold))
    if isinstance(said, str) and isinstance(gold, list | tuple):
        return said in gold
    return (
        tuple(said) == tuple(gold)
        if isinstance(said, list | tuple) and isinstance(gold, list | tuple)
        else said == gold
    )


def _is_hard(scores: Floats | None) -> bool:
    """Whether scores are absent or only zeros and ones."""
    return scores is None or bool(np.isin(scores, (0.0, 1.0)).all())


# --- read in another way, the answers are better ----------------------------------------------------------------------


def _misread(columns: Columns, task: Task) -> Alarm | None:
    """Permuted labels or shifted rows, whichever agrees more with gold."""
    found: list[tuple[float, Alarm]] = list(_readings(columns, task))
    return max(found, key=lambda one: one[0])[1] if found else None


def _readings(columns: Columns, task: Task) -> Iterator[tuple[float, Alarm]]:
    match task:
        case ClassificationTask(multilabel=False):
            yield from _of_codes(columns, columns.predicted, columns.gold, task.label_names, "labels look permuted")
        case ClassificationTask():
            yield from _of_sets(columns, task.label_names)
        case ChoiceTask(by_text=False):
            said, gold = (np.asarray(numbers, dtype=np.intp) for numbers in (columns.outputs, columns.targets))
            names = [str(number) for number in range(int(max(said.max(), gold.max())) + 1)]
            yield from _of_codes(columns, said, gold, names, "option numbers look permuted")
        case SpanTask() | ChoiceTask():
            yield from _shifted(row_shifts.shift_of_texts(columns))
        case TaggingTask():
            yield from _types_permuted(columns)
            yield from _shifted(row_shifts.shift_of_tags(columns))
        case RegressionTask():
            yield from _of_numbers(columns, columns.predicted_numbers[:, None], columns.gold_numbers[:, None])


def _of_codes(
    columns: Columns, said: Codes, gold: Codes, names: Sequence[str], what: str
) -> Iterator[tuple[float, Alarm]]:
    naming = association.best_naming(said, gold, len(names), columns.cluster_codes)
    if naming:
        given, renamed = float((said == gold).mean()), float((naming.names[said] == gold).mean())
        seen = len(np.union1d(said, gold))
        told = f"{what}: as given accuracy {_percent(given)}, with {_renaming(naming, names)} {_percent(renamed)}"
        doubt = "; or worse than chance: the data cannot tell" if seen == 2 else ""
        yield naming.renamed, alarm("permuted", told + doubt)
    yield from _shifted(row_shifts.shift_of_codes(columns, said, gold, len(names)))


def _of_sets(columns: Columns, names: Sequence[str]) -> Iterator[tuple[float, Alarm]]:
    said, gold = (_indicators(sets, names) for sets in (columns.outputs, columns.targets))
    naming = association.best_set_naming(said, gold, columns.cluster_codes)
    if naming:
        told = (
            f"as given correlation {_percent(naming.given)}, with {_renaming(naming, names)} {_percent(naming.renamed)}"
        )
        yield naming.renamed, alarm("permuted", f"labels look permuted: {told}")
    yield from _shifted(row_shifts.shift_of_sets(columns, said, gold))


def _indicators(sets: Sequence[Iterable[str]], names: Sequence[str]) -> Floats:
    numbers = {name: number for number, name in enumerate(names)}
    found = np.zeros((len(sets), len(names)))
    for row, labels in enumerate(sets):
        found[row, [numbers[label] for label in labels]] = 1
    return found


def _unknown_types(columns: Columns) -> str:
    """Predicted entity types that the task does not have, with the number of entities."""
    if not isinstance(columns.task, TaggingTask):
        return ""
    found = entity_matches(columns)
    known = set(types_of(columns.task.label_names))
    counts = np.bincount(found.said.kind, minlength=len(found.kinds))
    strange = {kind: int(counts[at]) for kind, at in found.kinds.items() if kind not in known and counts[at]}
    if not strange or not known:
        return ""
    shown = ", ".join(f"{kind} ({count:,})" for kind, count in list(strange.items())[:_SHOWN])
    more = f" and {len(strange) - _SHOWN} more" if len(strange) > _SHOWN else ""
    all_ = "all" if counts.sum() == sum(strange.values()) else f"{sum(strange.values()):,} of {counts.sum():,}"
    return f"types that the task does not have: {shown}{more}; {all_} predicted entities are of them and count as wrong"


def _types_permuted(columns: Columns) -> Iterator[tuple[float, Alarm]]:
    """Entities with correct boundaries but permuted types."""
    found = entity_matches(columns)
    matched = found.bounds >= 0
    gold, said = found.bounds[matched], found.said.kind[matched]
    sentence = found.sentence[found.said.start[matched]]
    units = sentence if columns.cluster_codes is None else columns.cluster_codes[sentence]
    _, units = np.unique(units, return_inverse=True)
    naming = association.best_naming(said, gold, len(found.kinds), units) if gold.size else None
    if naming:
        given, renamed = float((said == gold).mean()), float((naming.names[said] == gold).mean())
        told = f"labels look permuted: of {gold.size} entities with the right boundaries {_percent(given)} have the right type"
        yield (
            naming.renamed,
            alarm("permuted", f"{told}, with {_renaming(naming, list(found.kinds))} {_percent(renamed)}"),
        )


def _of_numbers(columns: Columns, said: Floats, gold: Floats) -> Iterator[tuple[float, Alarm]]:
    if not (np.isfinite(said).all() and np.isfinite(gold).all()):
        return
    yield from _shifted(row_shifts.shift_of_sets(columns, said, gold))
    if association.is_correlated(-said, gold, columns.cluster_codes):
        value = association.correlation(said, gold)
        yield (
            -value,
            alarm(
                "permuted", f"the scale looks reversed: Pearson's correlation with gold is {formatting.value(value)}"
            ),
        )


def _shifted(shift: RowShift | None) -> Iterator[tuple[float, Alarm]]:
    if shift is not None:
        rows = "one row" if abs(shift.by) == 1 else "two rows"
        told = f"answers look shifted by {rows}: with the gold of {_ORDINALS[shift.by]} their {shift.what} is"
        yield shift.strength, alarm("shifted", f"{told} {_percent(shift.there)}, with their own {_percent(shift.own)}")


def _renaming(naming: Naming, names: Sequence[str]) -> str:
    """The permutation in words: swaps as ``a<->b``, the rest as ``a->b``."""
    other = {names[label]: names[to] for label, to in enumerate(naming.names.tolist())}
    parts = []
    for name, called in other.items():
        if other.get(called) != name:
            parts.append(f"{name}->{called}")
        elif name != called and f"{called}<->{name}" not in parts:
            parts.append(f"{name}<->{called}")
    return ", ".join(parts)


# --- worse than guessing ----------------------------------------------------------------------------------------------


def _worse_than_guessing(columns: Columns, task: Task) -> Iterator[Alarm]:
    """Accuracy significantly below random choice, or below the majority class."""
    if task.single_label:
        gold, names, options = columns.gold, task.label_names, len(task.labels)
    elif isinstance(task, ChoiceTask) and not task.by_text:
        gold = np.asarray(columns.targets, dtype=np.intp)
        names = tuple(f"option {number}" for number in range(int(gold.max()) + 1))
        options = 0 if columns.scores is None else columns.scores.shape[1]
    else:
        return
    rows = columns.cluster_rows(hits)
    share = share_of(rows.values[:, 0], rows.values[:, 1], rows.counts)
    high = share_interval(share).high
    counts = np.bincount(gold)
    commonest = float(counts.max()) / columns.n
    accuracy = _percent(share.hits / share.trials)
    if high is None or high >= max(commonest, 1 / options if options > 1 else 0.0):
        return
    always = f"always {names[int(counts.argmax())]!r} would score {_percent(commonest)}"
    if options > 1 and high < 1 / options:
        told = f"accuracy {accuracy}, guessing gives {_percent(1 / options)}, {always}"
        other = _other_way(columns, names, share.hits / share.trials)
        yield alarm("below-chance", f"below chance and the no-information rate: {told}{other}")
    elif "accuracy" in task.score_metrics:
        yield alarm("below-no-information", f"below the no-information rate: accuracy {accuracy}, {always}")
    else:
        yield note("below-no-information", f"accuracy is below the no-information rate: {accuracy}, {always}")


def _other_way(columns: Columns, names: Sequence[str], accuracy: float) -> str:
    """The accuracy with two labels swapped, if that is higher; a hint only."""
    if not isinstance(columns.task, ClassificationTask) or len(names) != 2:
        return ""
    if association.agreement(columns.predicted, columns.gold, 2) >= 0:
        return ""
    return f"; {names[0]}<->{names[1]} would score {_percent(1 - accuracy)}"


def _percent(share: float) -> str:
    return "undefined" if math.isnan(share) else formatting.percent(share, 2)
