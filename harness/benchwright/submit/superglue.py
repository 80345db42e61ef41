"""The ten JSON-lines files of a SuperGLUE submission: written, and checked.

What it takes to know the ids of MultiRC and the candidates of ReCoRD lies in the test data: see `SplitItems`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.submit.archive import unpack
from benchwright.submit.collect import SubmissionFiles, TaskAnswers, number_of
from benchwright.submit.faults import Faults, check_indices, text_lines
from benchwright.submit.official_files import FILES
from benchwright.types import Record


def write_superglue(answers: Mapping[str, TaskAnswers]) -> SubmissionFiles:
    """The files: one object a line, LF, ASCII; each label in the type and letter case that its file asks for.

    Raises:
        ConfigError: MultiRC or ReCoRD records lack the ids of the data.
    """
    files = {
        name: "".join(f"{json.dumps(line)}\n" for line in _LINES[task](answers[task])).encode("ascii")
        for task, name in FILES["superglue"].items()
    }
    return SubmissionFiles(files=files)


_Lines = Iterator[dict[str, Any]]


def _by_id(*spellings: str | int) -> Callable[[TaskAnswers], _Lines]:
    """Lines of a task whose label ids are written as the spellings say."""

    def lines(found: TaskAnswers) -> _Lines:
        meant = {label.name: spellings[label.id] for label in found.task.labels}
        yield from _flat(found.records, lambda output: meant[output])

    return lines


def _by_name(found: TaskAnswers) -> _Lines:
    return _flat(found.records, str)


def _by_number(found: TaskAnswers) -> _Lines:
    return _flat(found.records, int)


def _by_text(found: TaskAnswers) -> _Lines:
    if any(record.official_id is None for record in found.records):
        raise _no_ids(found)
    return _flat(found.records, str)


def _flat(records: Sequence[Record], spell: Callable[[Any], str | int]) -> _Lines:
    rows = sorted((number_of(record), spell(record.output)) for record in records)
    for idx, label in rows:
        yield {"idx": idx, "label": label}


def _multirc(found: TaskAnswers) -> _Lines:
    """Answers under their questions, questions under their paragraphs, in the order of the data."""
    numbers = {label.name: label.id for label in found.task.labels}
    nested: dict[int, dict[int, list[dict[str, int]]]] = {}
    for record in found.records:
        parts = (record.official_id or "").split("/")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
            raise _no_ids(found)
        paragraph, question, answer = map(int, parts)
        answers = nested.setdefault(paragraph, {}).setdefault(question, [])
        answers.append({"idx": answer, "label": numbers[record.output]})
    for paragraph, questions in nested.items():
        listed = [{"idx": question, "answers": answers} for question, answers in questions.items()]
        yield {"idx": paragraph, "passage": {"questions": listed}}


def _no_ids(found: TaskAnswers) -> ConfigError:
    given = f"the records of {found.task.name} lack the ids of the data"
    return ConfigError([BenchwrightError(given, hint="run it again with --rerun always")])


_LINES: dict[str, Callable[[TaskAnswers], _Lines]] = {
    "boolq": _by_id("false", "true"),
    "cb": _by_name,
    "copa": _by_number,
    "multirc": _multirc,
    "record": _by_text,
    "rte": _by_name,
    "wic": _by_id("false", "true"),
    "wsc": _by_id("False", "True"),
    "axb": _by_name,
    "axg": _by_name,
}
"""Task -> the objects of its file, a line each."""

_TWO = ("entailment", "not_entailment")

_LABELS: dict[str, tuple[Any, ...] | None] = {
    "boolq": ("true", "false"),
    "cb": ("entailment", "contradiction", "neutral"),
    "copa": (0, 1),
    "multirc": None,
    "record": None,
    "rte": _TWO,
    "wic": ("true", "false"),
    "wsc": ("True", "False"),
    "axb": _TWO,
    "axg": _TWO,
}
"""Task -> labels that its file may hold (COPA: whole numbers, the others: strings); None: a form of its own."""


@dataclass(frozen=True, kw_only=True)
class SplitItems:
    """What the test data say about ids and candidates; empty where they are not at hand.

    Attributes:
        answers: MultiRC answers, as ``paragraph/question/answer``.
        candidates: ReCoRD query -> entities of its passage.
    """

    answers: frozenset[str] = frozenset()
    candidates: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @property
    def unchecked(self) -> tuple[str, ...]:
        """What cannot be checked without the test data."""
        return tuple(
            what
            for what, known in (
                ("MultiRC.jsonl: whether each answer stands in its own question and paragraph", self.answers),
                ("ReCoRD.jsonl: whether each label is a candidate entity of its passage", self.candidates),
            )
            if not known
        )


def check_superglue(content: bytes, sizes: Mapping[str, int], reference: SplitItems | None = None) -> tuple[str, ...]:
    """Everything that is wrong with a zip; empty for a good one.

    Args:
        content: Bytes of the zip.
        sizes: Task -> rows of its test split (MultiRC: answers, ReCoRD: queries).
        reference: What the test data say.
    """
    findings = Faults()
    files = unpack(content, FILES["superglue"].values(), findings)
    known = reference or SplitItems()
    for task, name in FILES["superglue"].items():
        if name not in files:
            continue
        objects = list(_objects(name, text_lines(name, files[name], findings), findings))
        if task == "multirc":
            _check_multirc(objects, sizes[task], known, findings)
        else:
            _check_flat(task, objects, sizes[task], known, findings)
    return findings.lines()


_Line = tuple[int, dict[str, Any]]


def _objects(name: str, lines: Iterable[str], findings: Faults) -> Iterator[_Line]:
    """Line numbers and objects; anything that is not one JSON object on a line is a fault."""
    for number, line in enumerate(lines, start=1):
        try:
            value = json.loads(line, object_pairs_hook=_distinct, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            reason = " with a repeated key" if isinstance(error, _DuplicateKey) else ""
            findings.add(name, f"has a line that is not one JSON object{reason}", line=number, given=line)
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            findings.add(name, "has a line that is not one JSON object", line=number, given=line)


class _DuplicateKey(ValueError):
    """A key occurs twice in one object."""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _DuplicateKey
    return found


def _refuse(text: str) -> Any:
    raise ValueError(text)


def _check_flat(task: str, objects: list[_Line], rows: int, known: SplitItems, findings: Faults) -> None:
    """Files of ``{"idx": ..., "label": ...}``."""
    name, allowed = FILES["superglue"][task], _LABELS[task]
    ids = []
    for number, value in objects:
        if not _has_keys(name, value, ("idx", "label"), number, findings):
            continue
        idx = _whole(name, value["idx"], "idx", number, findings)
        if idx is not None:
            ids.append(idx)
        if allowed is not None:
            _check_label(name, value["label"], allowed, number, findings)
        else:
            _check_entity(name, value["label"], known.candidates.get(-1 if idx is None else idx), number, findings)
    _check_count(name, len(objects), rows, "rows", findings)
    check_indices(name, ids, rows, findings, what="idx")


def _check_label(name: str, label: Any, allowed: tuple[Any, ...], line: int, findings: Faults) -> None:
    kind = type(allowed[0])
    if type(label) is kind and label in allowed:
        return
    listing = ", ".join(json.dumps(one) for one in allowed)
    if isinstance(label, bool):
        what = f"has a JSON boolean where one of {listing} is required"
    elif type(label) is not kind:
        what = f"has a label that is no {'string' if kind is str else 'whole number'}; allowed: {listing}"
    elif kind is str and label.casefold() in {one.casefold() for one in allowed}:
        what = f"has a wrongly cased label; allowed: {listing}"
    else:
        what = f"has a label that is not one of {listing}"
    findings.add(name, what, line=line, given=json.dumps(label))


def _check_entity(name: str, label: Any, known: frozenset[str] | None, line: int, findings: Faults) -> None:
    if not isinstance(label, str):
        findings.add(name, "has a label that is no string", line=line, given=json.dumps(label))
    elif not label:
        findings.add(name, "has an empty label", line=line)
    elif known is not None and label not in known:
        findings.add(name, "has a label that is no candidate entity of its passage", line=line, given=label)


def _check_multirc(objects: list[_Line], rows: int, known: SplitItems, findings: Faults) -> None:
    name = FILES["superglue"]["multirc"]
    paragraphs: list[str] = []
    answers: list[str] = []
    for number, value in objects:
        if not _has_keys(name, value, ("idx", "passage"), number, findings):
            continue
        paragraph = _whole(name, value["idx"], "paragraph idx", number, findings)
        passage = value["passage"]
        if not isinstance(passage, dict) or not _has_keys(name, passage, ("questions",), number, findings):
            findings.add(name, "has a passage that is not an object of questions", line=number)
            continue
        if paragraph is not None:
            paragraphs.append(str(paragraph))
            answers += _questions(name, str(paragraph), passage["questions"], number, findings)
    _check_unique(name, "paragraph idx", paragraphs, findings)
    _check_unique(name, "answer idx in one question", answers, findings)
    _check_count(name, len(answers), rows, "answers", findings)
    if known.answers:
        _check_places(name, answers, known.answers, findings)


def _questions(name: str, paragraph: str, questions: Any, line: int, findings: Faults) -> list[str]:
    """Answers of a paragraph as ``paragraph/question/answer``."""
    answers: list[str] = []
    ids: list[str] = []
    for question in _listed(name, "questions", questions, line, findings):
        if not _has_keys(name, question, ("idx", "answers"), line, findings):
            continue
        idx = _whole(name, question["idx"], "question idx", line, findings)
        ids.append(str(idx))
        for answer in _listed(name, "answers", question["answers"], line, findings):
            if not _has_keys(name, answer, ("idx", "label"), line, findings):
                continue
            number = _whole(name, answer["idx"], "answer idx", line, findings)
            _check_label(name, answer["label"], (0, 1), line, findings)
            if idx is not None and number is not None:
                answers.append(f"{paragraph}/{idx}/{number}")
    _check_unique(name, "question idx in one paragraph", ids, findings)
    return answers


def _check_places(name: str, answers: list[str], known: frozenset[str], findings: Faults) -> None:
    """Missing and foreign answers; one that is foreign here and missing there was moved."""
    given = set(answers)
    missing, foreign = sorted(known - given), sorted(given - known)
    lost = {one.rpartition("/")[2] for one in missing}
    moved = [one for one in foreign if one.rpartition("/")[2] in lost]
    others = [one for one in foreign if one not in set(moved)]
    shown = "paragraph/question/answer"
    if moved:
        findings.add(name, f"has {len(moved):,} answers that stand in another question or paragraph", given=moved[0])
    if others:
        findings.add(name, f"has {len(others):,} answers that are not in the test data ({shown})", given=others[0])
    if missing:
        findings.add(name, f"lacks {len(missing):,} answers of the test data ({shown})", given=missing[0])


def _check_unique(name: str, what: str, ids: list[str], findings: Faults) -> None:
    repeated = [one for one, count in Counter(ids).items() if count > 1]
    if repeated:
        findings.add(name, f"has {len(repeated):,} values of {what} more than once", given=repeated[0])


def _listed(name: str, what: str, value: Any, line: int, findings: Faults) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        findings.add(name, f"has `{what}` that are not a list of objects", line=line)
        return []
    return value


def _has_keys(name: str, value: dict[str, Any], keys: tuple[str, ...], line: int, findings: Faults) -> bool:
    if set(value) == set(keys):
        return True
    findings.add(name, f"has an object whose keys are not exactly {', '.join(keys)}", line=line, given=", ".join(value))
    return False


def _whole(name: str, value: Any, what: str, line: int, findings: Faults) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    findings.add(name, f"has no whole number as {what}", line=line, given=json.dumps(value))
    return None


def _check_count(name: str, found: int, rows: int, what: str, findings: Faults) -> None:
    if found != rows:
        findings.add(name, f"has {found:,} {what}, the test split has {rows:,}")
