"""Tags of a prediction: written in any scheme, given in the task's own names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from benchwright.errors import PredictionsError
from benchwright.items import count
from benchwright.labels import new_tag
from benchwright.spelling import difference, look
from benchwright.tags import (
    Read,
    Scheme,
    count_loose,
    detect_scheme,
    entities,
    fits,
    parts,
    read_tags,
    spelled,
    types_of,
)
from benchwright.types import Prediction, Task

from .label_matching import LabelMatcher
from .rows import PredictionRow, listed, shown

FIELDS = ("tags", "labels", "answer")
"""Fields of a row that hold tags."""


def scheme_of_file(rows: Sequence[PredictionRow]) -> Scheme | None:
    """The scheme that the tags of a whole file show by themselves, as `benchwright.tags.detect_scheme`."""
    given = (row.fields.get(field) for row in rows for field in FIELDS)
    return detect_scheme(tag for tags in given if isinstance(tags, list) for tag in tags if isinstance(tag, str))


def name_tags(given: Sequence[Any], row: PredictionRow, matcher: LabelMatcher, name: str) -> Read:
    """The task's tag for each given one, by name or alias; a scheme that the user named becomes IOB2 first, and what is legal in
    it is kept beside.

    Raises:
        PredictionsError: Something is not a tag, has a type that the task does not have, or is written in BIOES though
            nobody said so (file, line, tag and what to type named).
    """
    for at, tag in enumerate(given):
        if not isinstance(tag, str):
            raise PredictionsError(
                f"{name}, line {row.line_of(at)}: the tag {shown(tag)} is not text",
                expected="a tag by name for each word",
                hint=f"say what numbers mean: ?labels={','.join(matcher.task.label_names[:3])},... in their order",
            )
    scheme = matcher.scheme
    if scheme is not None:
        for at, tag in enumerate(given):
            if not fits(tag, scheme):
                _refuse(tag, matcher, f"{name}, line {row.line_of(at)}")
    read = read_tags(given, scheme or "IOB2")
    found = tuple(matcher.tag(tag) or _new(tag, matcher) for tag in read.tags)
    if None in found:
        at = found.index(None)
        _refuse(given[at], matcher, f"{name}, line {row.line_of(at)}")
    legal = read.strict and tuple(one._replace(type=_type(one.type, matcher)) for one in read.strict)
    return Read(tuple(tag for tag in found if tag is not None), legal)


def _new(tag: str, matcher: LabelMatcher) -> str | None:
    """The tag as it is where it is one in IOB2, of a type that the task does not have: found too much, and wrong."""
    return tag if new_tag(tag, matcher.task.labels) == tag else None


def _type(name: str, matcher: LabelMatcher) -> str:
    return parts(matcher.tag(f"B-{name}") or matcher.tag(f"I-{name}") or f"B-{name}")[1]


def _refuse(tag: str, matcher: LabelMatcher, where: str) -> NoReturn:
    task = matcher.task
    types = types_of(task.label_names)
    prefix, kind = parts(spelled(tag))
    if prefix in ("E", "S") and matcher.scheme is None and matcher.tag(f"B-{kind}"):
        raise PredictionsError(
            f"{where}: {shown(tag)} is a tag of BIOES", expected=f"tags in IOB2: {_some(task)}", hint="?scheme=BIOES"
        )
    alike = next((name for name in types if look(name) == look(kind)), None)
    if alike is not None and alike != kind:
        raise PredictionsError(
            f"{where}: the type {shown(kind)} of the tag {shown(tag)} looks like {shown(alike)}, and is not spelled so "
            f"({difference(kind, alike)} apart)",
            expected=f"the types {listed(types)}, spelled as the task has them",
            hint=f"write {alike} in the file; if both are types of your own data, name them: ner/custom?types={alike},{kind}",
        )
    raise PredictionsError(
        f"{where}: {shown(tag)} is not a tag of {task.name}",
        expected=_some(task),
        hint="name the tags as the benchmark does, or say what each means: ?labels=O,B-PER,...",
    )


def _some(task: Task) -> str:
    return listed(task.label_names)


def tag_notes(predictions: Sequence[Prediction], matcher: LabelMatcher, *, said: bool) -> tuple[str, ...]:
    """Notes about how tags were read; ``said``: whether the user gave their scheme."""
    task = matcher.task
    notes = list(_loose_tags(predictions))
    if matcher.scheme == "IO" and not said:
        notes.append("no tag has a letter before its type: neighbouring words of one type are one entity (scheme=IO)")
    if matcher.scheme is None and {layout.scheme for one in task.splits.values() for layout in one.files} == {"BIOES"}:
        notes.append("the data are in BIOES, and these tags are read as IOB2 (?scheme=BIOES if they are in BIOES too)")
    return tuple(notes)


def _loose_tags(predictions: Sequence[Prediction]) -> tuple[str, ...]:
    """A note when tags ``I-X`` continue no entity, or entities are illegal in the scheme named: the strict mode drops them."""
    loose = dropped = 0
    for prediction in predictions:
        if "strict" in prediction.extra:
            dropped += len({*entities(prediction.output)} - {*prediction.extra["strict"]})
        loose += count_loose(prediction.output or ())
    notes = []
    if loose:
        told = f"{loose} tags I- in the whole file continue no entity: the lenient mode opens one there"
        notes.append(f"{told} (written in IOB1? ?scheme=IOB1)")
    if dropped:
        notes.append(
            f"strict scores leave out {count(dropped, 'entity')} of the whole file that the scheme does not allow"
        )
    return tuple(notes)
