"""Whether a zip is a SuperGLUE submission: ten files of JSON lines.

What it takes to know the ids of MultiRC and the candidates of ReCoRD lies in the test data: see `Reference`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchwright.submit.archive import text_lines, unpack
from benchwright.submit.check_glue import check_indices
from benchwright.submit.findings import Findings

_TWO = ("entailment", "not_entailment")

VOCABULARY: dict[str, tuple[Any, ...] | None] = {
    "BoolQ.jsonl": ("true", "false"),
    "CB.jsonl": ("entailment", "contradiction", "neutral"),
    "COPA.jsonl": (0, 1),
    "MultiRC.jsonl": None,
    "ReCoRD.jsonl": None,
    "RTE.jsonl": _TWO,
    "WiC.jsonl": ("true", "false"),
    "WSC.jsonl": ("True", "False"),
    "AX-b.jsonl": _TWO,
    "AX-g.jsonl": _TWO,
}
"""File -> labels that it may hold (COPA: whole numbers, the others: strings); None: a form of its own."""

TASKS = {
    "BoolQ.jsonl": "boolq",
    "CB.jsonl": "cb",
    "COPA.jsonl": "copa",
    "MultiRC.jsonl": "multirc",
    "ReCoRD.jsonl": "record",
    "RTE.jsonl": "rte",
    "WiC.jsonl": "wic",
    "WSC.jsonl": "wsc",
    "AX-b.jsonl": "axb",
    "AX-g.jsonl": "axg",
}
"""File -> task whose test split it answers."""


@dataclass(frozen=True, kw_only=True)
class Reference:
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


def check_superglue(content: bytes, sizes: Mapping[str, int], reference: Reference | None = None) -> tuple[str, ...]:
    """Everything that is wrong with a zip; empty for a good one.

    Args:
        content: Bytes of the zip.
        sizes: Task -> rows of its test split (MultiRC: answers, ReCoRD: queries).
        reference: What the test data say.
    """
    findings = Findings()
    files = unpack(content, VOCABULARY, findings)
    known = reference or Reference()
    for name in VOCABULARY:
        if name not in files:
            continue
        objects = list(_objects(name, text_lines(name, files[name], findings), findings))
        rows = sizes[TASKS[name]]
        if name == "MultiRC.jsonl":
            _check_multirc(objects, rows, known, findings)
        else:
            _check_flat(name, objects, rows, known, findings)
    return findings.lines()


Line = tuple[int, dict[str, Any]]


def _objects(name: str, lines: Iterable[str], findings: Findings) -> Iterator[Line]:
    """Line numbers and objects; anything that is not one JSON object on a line is a fault."""
    for number, line in enumerate(lines, start=1):
        try:
            value = json.loads(line, object_pairs_hook=_distinct, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            reason = " with a repeated key" if isinstance(error, _Repeated) else ""
            findings.add(name, f"has a line that is not one JSON object{reason}", line=number, given=line)
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            findings.add(name, "has a line that is not one JSON object", line=number, given=line)


class _Repeated(ValueError):
    """A key occurs twice in one object."""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Repeated
    return found


def _refuse(text: str) -> Any:
    raise ValueError(text)


def _check_flat(name: str, objects: list[Line], rows: int, known: Reference, findings: Findings) -> None:
    """Files of ``{"idx": ..., "label": ...}``."""
    ids = []
    for number, value in objects:
        if not _has_keys(name, value, ("idx", "label"), number, findings):
            continue
        idx = _whole(name, value["idx"], "idx", number, findings)
        if idx is not None:
            ids.append(idx)
        allowed = VOCABULARY[name]
        if allowed is not None:
            _check_label(name, value["label"], allowed, number, findings)
        else:
            _check_entity(name, value["label"], known.candidates.get(-1 if idx is None else idx), number, findings)
    _check_count(name, len(objects), rows, "rows", findings)
    check_indices(name, ids, rows, findings, what="idx")


def _check_label(name: str, label: Any, allowed: tuple[Any, ...], line: int, findings: Findings) -> None:
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


def _check_entity(name: str, label: Any, known: frozenset[str] | None, line: int, findings: Findings) -> None:
    if not isinstance(label, str):
        findings.add(name, "has a label that is no string", line=line, given=json.dumps(label))
    elif not label:
        findings.add(name, "has an empty label", line=line)
    elif known is not None and label not in known:
        findings.add(name, "has a label that is no candidate entity of its passage", line=line, given=label)


def _check_multirc(objects: list[Line], rows: int, known: Reference, findings: Findings) -> None:
    name = "MultiRC.jsonl"
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
    _told_repeated(name, "paragraph idx", paragraphs, findings)
    _told_repeated(name, "answer idx in one question", answers, findings)
    _check_count(name, len(answers), rows, "answers", findings)
    if known.answers:
        _check_places(name, answers, known.answers, findings)


def _questions(name: str, paragraph: str, questions: Any, line: int, findings: Findings) -> list[str]:
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
    _told_repeated(name, "question idx in one paragraph", ids, findings)
    return answers


def _check_places(name: str, answers: list[str], known: frozenset[str], findings: Findings) -> None:
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


def _told_repeated(name: str, what: str, ids: list[str], findings: Findings) -> None:
    repeated = [one for one, count in Counter(ids).items() if count > 1]
    if repeated:
        findings.add(name, f"has {len(repeated):,} values of {what} more than once", given=repeated[0])


def _listed(name: str, what: str, value: Any, line: int, findings: Findings) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        findings.add(name, f"has `{what}` that are not a list of objects", line=line)
        return []
    return value


def _has_keys(name: str, value: dict[str, Any], keys: tuple[str, ...], line: int, findings: Findings) -> bool:
    if set(value) == set(keys):
        return True
    findings.add(name, f"has an object whose keys are not exactly {', '.join(keys)}", line=line, given=", ".join(value))
    return False


def _whole(name: str, value: Any, what: str, line: int, findings: Findings) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    findings.add(name, f"has no whole number as {what}", line=line, given=json.dumps(value))
    return None


def _check_count(name: str, found: int, rows: int, what: str, findings: Findings) -> None:
    if found != rows:
        findings.add(name, f"has {found:,} {what}, the test split has {rows:,}")
