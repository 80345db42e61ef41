"""The ten JSON-lines files of a SuperGLUE submission."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.submit.collect import Answers, number_of
from benchwright.submit.written import Written
from benchwright.types import Record

SAME_MODEL = {"axb": "rte", "axg": "rte"}
"""Task -> task whose model must have answered it."""


def write_superglue(answers: Mapping[str, Answers]) -> Written:
    """The files: one object a line, LF, ASCII; each label in the type and letter case that its file asks for.

    Raises:
        ConfigError: MultiRC or ReCoRD records lack the ids of the data.
    """
    files = {}
    for name, task, lines in _FILES:
        found = answers[task]
        files[name] = "".join(f"{json.dumps(line)}\n" for line in lines(found)).encode("ascii")
    return Written(files=files)


Lines = Iterator[dict[str, Any]]


def _by_id(*spellings: str | int) -> Callable[[Answers], Lines]:
    """Lines of a task whose label ids are written as the spellings say."""

    def lines(found: Answers) -> Lines:
        meant = {label.name: spellings[label.id] for label in found.task.labels}
        yield from _flat(found.records, lambda output: meant[output])

    return lines


def _by_name(found: Answers) -> Lines:
    return _flat(found.records, str)


def _by_number(found: Answers) -> Lines:
    return _flat(found.records, int)


def _by_text(found: Answers) -> Lines:
    if any(record.key is None for record in found.records):
        raise _no_ids(found)
    return _flat(found.records, str)


def _flat(records: Sequence[Record], spell: Callable[[Any], str | int]) -> Lines:
    rows = sorted((number_of(record), spell(record.output)) for record in records)
    for idx, label in rows:
        yield {"idx": idx, "label": label}


def _multirc(found: Answers) -> Lines:
    """Answers under their questions, questions under their paragraphs, in the order of the data."""
    numbers = {label.name: label.id for label in found.task.labels}
    nested: dict[int, dict[int, list[dict[str, int]]]] = {}
    for record in found.records:
        parts = (record.key or "").split("/")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
            raise _no_ids(found)
        paragraph, question, answer = map(int, parts)
        answers = nested.setdefault(paragraph, {}).setdefault(question, [])
        answers.append({"idx": answer, "label": numbers[record.output]})
    for paragraph, questions in nested.items():
        listed = [{"idx": question, "answers": answers} for question, answers in questions.items()]
        yield {"idx": paragraph, "passage": {"questions": listed}}


def _no_ids(found: Answers) -> ConfigError:
    given = f"the records of {found.task.name} lack the ids of the data"
    return ConfigError([BenchwrightError(given, hint="run it again with --rerun always")])


_FILES: tuple[tuple[str, str, Callable[[Answers], Lines]], ...] = (
    ("BoolQ.jsonl", "boolq", _by_id("false", "true")),
    ("CB.jsonl", "cb", _by_name),
    ("COPA.jsonl", "copa", _by_number),
    ("MultiRC.jsonl", "multirc", _multirc),
    ("ReCoRD.jsonl", "record", _by_text),
    ("RTE.jsonl", "rte", _by_name),
    ("WiC.jsonl", "wic", _by_id("false", "true")),
    ("WSC.jsonl", "wsc", _by_id("False", "True")),
    ("AX-b.jsonl", "axb", _by_name),
    ("AX-g.jsonl", "axg", _by_name),
)
