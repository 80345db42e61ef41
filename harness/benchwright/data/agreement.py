"""Whether the parts of an item agree with one another: tags with words, answers with their context, options with both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchwright.data.answers import misplaced
from benchwright.data.rows import Rows
from benchwright.errors import DataError
from benchwright.types import Kind, Task

_HINT = "mend that row, or fetch the file again"


def check_inputs(rows: Rows, task: Task, inputs: Mapping[str, list[Any]]) -> None:
    """Raise DataError for the first row whose words or options are not lists of texts; other inputs are left alone."""
    if task.kind is Kind.TAG:
        for row, words in enumerate(next(iter(inputs.values()))):
            if not _are_texts(words):
                raise DataError(
                    f"{rows.where(row)}: the words are {_shown(words)}", expected="a list of words", hint=_HINT
                )
    if task.kind is Kind.CHOOSE:
        for row, options in enumerate(list(inputs.values())[-1]):
            if not _are_texts(options) or not options:
                raise DataError(
                    f"{rows.where(row)}: the options are {_shown(options)}", expected="a list of texts", hint=_HINT
                )


def check_targets(
    rows: Rows, task: Task, inputs: Mapping[str, list[Any]], targets: Sequence[Any], keys: Sequence[str | None]
) -> None:
    """Raise DataError for the first gold answer that its inputs contradict."""
    if task.kind is Kind.TAG:
        _check_tags(rows, next(iter(inputs.values())), targets)
    if task.kind is Kind.SPAN:
        _check_spans(rows, list(inputs.values())[-1], targets, keys)
    if task.kind is Kind.CHOOSE and not task.by_text:
        _check_options(rows, list(inputs.values())[-1], targets)


def _check_tags(rows: Rows, words: Sequence[Any], targets: Sequence[Any]) -> None:
    for row, (given, tags) in enumerate(zip(words, targets, strict=True)):
        if len(given) != len(tags):
            raise DataError(
                f"{rows.where(row)}: {len(tags)} tags for {len(given)} words",
                expected="a tag for every word",
                hint=_HINT,
            )


def _check_spans(rows: Rows, contexts: Sequence[Any], targets: Sequence[Any], keys: Sequence[str | None]) -> None:
    for row, (context, target) in enumerate(zip(contexts, targets, strict=True)):
        wrong = misplaced(target, context) if target is not None else None
        if wrong is not None:
            text, start, there = wrong
            question = f", id {keys[row]}" if keys[row] is not None else ""
            raise DataError(
                f"{rows.where(row)}{question}: the context holds {_shown(there)} at character {start}, "
                f"where the answer {_shown(text)} should be",
                expected="answers that stand in their context at the character given (0-based, in characters, not bytes)",
                hint="correct answer_start, or fetch the file again",
            )


def _check_options(rows: Rows, options: Sequence[Sequence[str]], targets: Sequence[Any]) -> None:
    for row, (given, target) in enumerate(zip(options, targets, strict=True)):
        if target is not None and target >= len(given):
            raise DataError(
                f"{rows.where(row)}: the right option is number {target}, and there are {len(given)}",
                expected=f"a number from 0 to {len(given) - 1}",
                hint=_HINT,
            )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
