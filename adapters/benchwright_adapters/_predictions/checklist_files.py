"""Files of predictions as CheckList reads them: one line for each input in the order of the suite, no header, no ids."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from benchwright.errors import PredictionsError
from benchwright.types import ClassificationTask, SpanTask, Task

from .rows import PredictionRow, lines_of, shown

CHECKLIST_FORMS = ("pred_only", "softmax", "binary_conf", "pred_and_conf", "pred_and_softmax")
"""Values of CheckList's `file_format`."""


def read_checklist_file(text: str, form: str, task: Task, name: str) -> Iterator[PredictionRow]:
    """A row for each line; labels by id (0 negative, 1 neutral, ...) or name, probabilities in id order.

    Raises:
        PredictionsError: The form does not fit the task, or a line the form (line named).
    """
    _check_task(form, task)
    for number, line in lines_of(text.removesuffix("\n")):
        where = f"{name}, line {number}"
        if isinstance(task, SpanTask):
            fields: dict[str, object] = {"answer": line}
        else:
            parts = line.split()
            if not parts:
                raise PredictionsError(f"{where}: empty", expected=_LINES[form], hint="write an answer for every input")
            fields = _READERS[form](parts, task, where)
        yield PredictionRow(fields=fields, line=number, place=number - 1)


def _check_task(form: str, task: Task) -> None:
    labels = len(task.label_names)
    fits = isinstance(task, ClassificationTask) and not task.multilabel and (form != "binary_conf" or labels == _TWO)
    if fits or (form == "pred_only" and isinstance(task, SpanTask)):
        return
    wanted = "two labels" if form == "binary_conf" else "one label for each item"
    raise PredictionsError(
        f"?format={form} for {task.name}",
        expected=f"a task with {wanted}; answers that are texts are pred_only",
        hint="docs/checklist.md describes these files",
    )


_TWO = 2
_LINES = {
    "pred_only": "a label: 2",
    "softmax": "a probability for each label: 0.01 0.02 0.97",
    "binary_conf": "the probability of label 1: 0.97",
    "pred_and_conf": "a label and how sure the model is of it: 2 0.97",
    "pred_and_softmax": "a label and a probability for each label: 2 0.01 0.02 0.97",
}


def _pred_only(parts: Sequence[str], _task: Task, where: str) -> dict[str, object]:
    _check_number(parts, 1, "pred_only", where)
    return {"label": parts[0]}


def _softmax(parts: Sequence[str], task: Task, where: str) -> dict[str, object]:
    return {"scores": _scores(parts, "softmax", task, where)}


def _binary_conf(parts: Sequence[str], task: Task, where: str) -> dict[str, object]:
    _check_number(parts, 1, "binary_conf", where)
    (chance,) = _numbers(parts, "binary_conf", where)
    if not 0 <= chance <= 1:
        raise PredictionsError(
            f"{where}: {chance} is no probability", expected=_LINES["binary_conf"], hint="write 0 to 1"
        )
    return {"scores": dict(zip(task.label_names, (1 - chance, chance), strict=True))}


def _pred_and_conf(parts: Sequence[str], _task: Task, where: str) -> dict[str, object]:
    _check_number(parts, _TWO, "pred_and_conf", where)
    _numbers(parts[1:], "pred_and_conf", where)
    return {"label": parts[0]}


def _pred_and_softmax(parts: Sequence[str], task: Task, where: str) -> dict[str, object]:
    return {"label": parts[0], "scores": _scores(parts[1:], "pred_and_softmax", task, where)}


def _scores(parts: Sequence[str], form: str, task: Task, where: str) -> dict[str, float]:
    if len(parts) != len(task.label_names):
        raise PredictionsError(
            f"{where}: {len(parts)} probabilities for {len(task.label_names)} labels",
            expected=_LINES[form] if len(task.label_names) != _TWO else "a probability for each of the two labels",
            hint=f"the labels in order: {', '.join(task.label_names)}",
        )
    return dict(zip(task.label_names, _numbers(parts, form, where), strict=True))


def _numbers(parts: Sequence[str], form: str, where: str) -> list[float]:
    found = []
    for part in parts:
        try:
            number = math.nan if "_" in part else float(part)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise PredictionsError(f"{where}: {shown(part)} is no number", expected=_LINES[form], hint="mend that line")
        found.append(number)
    return found


def _check_number(parts: Sequence[str], wanted: int, form: str, where: str) -> None:
    if len(parts) != wanted:
        raise PredictionsError(
            f"{where}: {len(parts)} parts",
            expected=_LINES[form],
            hint="check ?format=; docs/checklist.md shows each form",
        )


_READERS: dict[str, Callable[[Sequence[str], Task, str], dict[str, object]]] = {
    "pred_only": _pred_only,
    "softmax": _softmax,
    "binary_conf": _binary_conf,
    "pred_and_conf": _pred_and_conf,
    "pred_and_softmax": _pred_and_softmax,
}
