"""Tagging: an IOB2 tag for every word of a sentence, which together spell entities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import ne
from typing import Any

from benchwright.kinds.gold_cells import as_it_is, label_reader, tag_by_number
from benchwright.kinds.spec import (
    CheckOutput,
    ColumnForm,
    Inputs,
    InvalidTarget,
    KindSpec,
    MissingTarget,
    Problem,
    ReadCell,
    ReadOptions,
    Write,
    as_tuple,
    clipped,
    equal_answers,
)
from benchwright.labels import new_tag
from benchwright.tags import OUTSIDE, Entity, entities, parts, read_tags, to_iob2, types_of
from benchwright.types import Example, Prediction, Task

NO_ENTITY = "(no entity)"
_NAMES = "tags by name, such as B-PER"


def read_target(task: Task, options: ReadOptions) -> ReadCell:
    """A function from a cell to a tuple of IOB2 tags; tags that are written in another scheme are converted first."""
    if not task.labels:
        return as_it_is
    name = label_reader(task.labels)

    def read(cell: Any) -> tuple[str, ...]:
        items = [tag_by_number(item, options.class_names) for item in _items(cell)]
        for word, item in enumerate(items):
            _check_name(item, word, cell, options)
        tags = []
        for word, item in enumerate(to_iob2(items, options.scheme)):
            try:
                tags.append(name(item))
            except InvalidTarget as reason:
                raise InvalidTarget(f"the tag {item!r} is not one of the task", reason.expected, word=word) from None
        return tuple(tags)

    return read


def _check_name(item: Any, word: int, cell: Any, options: ReadOptions) -> None:
    """Raise where a tag is no name: no order of tags is common, and a copy's own would be taken for ours."""
    if item is None:
        raise MissingTarget(repr(cell))
    if not isinstance(item, str) or item.isdecimal():
        known = len(options.class_names)
        what = f"beyond the {known} names" if known else "and the file does not name its classes"
        raise InvalidTarget(f"the tag {item!r} is a number, {what}", _NAMES, word=word)


def _items(cell: Any) -> list[Any]:
    if isinstance(cell, list | tuple):  # an empty sentence has no tags, and is none the worse for it
        return list(cell)
    if isinstance(cell, str) and cell.strip():
        return cell.strip().split(" ")
    raise MissingTarget(repr(cell))


def read_strict(task: Task, options: ReadOptions) -> Callable[[Any], tuple[Entity, ...] | None]:
    """A function from a cell to what `benchwright.tags.read_tags` finds legal in it, in the types of the task."""
    name = label_reader(task.labels)

    def read(cell: Any) -> tuple[Entity, ...] | None:
        tags = [str(tag_by_number(item, options.class_names)) for item in _items(cell)]
        written = read_tags(tags, options.scheme)
        return written.strict and tuple(one._replace(type=parts(name(f"B-{one.type}"))[1]) for one in written.strict)

    return read


def check_inputs(inputs: Inputs, _task: Task) -> Problem | None:
    """Whether the one input is a list of words."""
    words = _words(inputs)
    if isinstance(words, list | tuple) and all(isinstance(word, str) for word in words):
        return None
    return Problem(f"the words are {clipped(words)}", "a list of words")


def check_target(target: Any, inputs: Inputs, _task: Task) -> Problem | None:
    """Whether there is a tag for every word."""
    words = _words(inputs)
    if len(words) == len(target):
        return None
    return Problem(f"{len(target)} tags for {len(words)} words", "a tag for every word")


def check_output(task: Task) -> CheckOutput:
    """A function that says why an answer is no tag of the task for every word. Tags of types that the task lacks are wrong answers."""
    names = frozenset(task.label_names)

    def check(prediction: Prediction, example: Example) -> str | None:
        output = prediction.output
        if not isinstance(output, tuple) or not all(isinstance(tag, str) for tag in output):
            return f"not a tuple of tags: {output!r}"
        words = _words(example.inputs)
        if len(output) != len(words):
            return f"{len(output)} tags for {len(words)} words"
        unknown = sorted(set(output) - names) if names else []
        strange = [tag for tag in unknown if new_tag(tag, task.labels) != tag]
        return f"not tags of {task.name}: {', '.join(strange)}" if strange else None

    return check


def check_card(task: Task) -> Iterator[str]:
    """What is wrong with the input and the tags of a task."""
    if len(task.inputs) != 1:
        yield f"a task to tag has one input, the words, not {', '.join(task.inputs)}"
    names = set(task.label_names)
    if OUTSIDE not in names:
        yield "the tags of a task to tag have no O"
    strange = sorted(name for name in names - {OUTSIDE} if parts(name)[0] not in ("B", "I") or not parts(name)[1])
    if strange:
        yield f"no tags of IOB2: {', '.join(strange)}"
    lonely = sorted(kind for kind in types_of(task.label_names) if not {f"B-{kind}", f"I-{kind}"} <= names)
    if lonely:
        yield f"types without both B- and I-: {', '.join(lonely)}"


def is_correct(target: Any, output: Any, _task: Task) -> bool:
    """Whether every word of the sentence has its tag."""
    return bool(target == output)


def error_size(target: Any, output: Any, _task: Task) -> float:
    """The number of words with a wrong tag, or without one."""
    gold, given = as_tuple(target), as_tuple(output)
    different = sum(map(ne, gold, given))
    return float(different + abs(len(gold) - len(given)))


def right_answer(target: Any, _task: Task) -> Any:
    """The target itself."""
    return target


def wrong_answer(target: Any, _task: Task) -> Any:
    """``O`` for every word, which finds nothing."""
    return type(target)(OUTSIDE for _ in target)


def make_target(inputs: Inputs, task: Task, which: int) -> tuple[str, ...]:
    """The first tag of the card, or the second, for every word."""
    return (task.label_names[which],) * len(_words(inputs))


def show_target(target: Any, inputs: Inputs, write: Write) -> str:
    """The entities: types with their words, or with the numbers of their words where the texts were not kept."""
    if not isinstance(target, list | tuple):
        return write(target)
    last = next(reversed(list(inputs.values())), None)
    words = last if isinstance(last, list | tuple) else ()
    found = []
    for entity in entities([str(tag) for tag in target]):
        span = words[entity.start : entity.end]
        place = " ".join(map(write, span)) if span else f"{entity.start}-{entity.end - 1}"
        found.append(f"{write(entity.type) if entity.type else '?'}: {place}")
    return "; ".join(found) or NO_ENTITY


def show_output(output: Any, target: Any, inputs: Inputs, write: Write) -> str:
    """The entities, and how many tags there are where that is not one for each word."""
    shown = show_target(output, inputs, write)
    several = isinstance(target, list | tuple) and isinstance(output, list | tuple)
    return f"{len(output)} tags for {len(target)} words; {shown}" if several and len(target) != len(output) else shown


def column(_task: Task) -> ColumnForm:
    """A list of texts."""
    return "strings"


def labels_in(value: Any) -> set[str]:
    """The types of the entities of an answer; of words outside of any, the type ""."""
    return {parts(tag)[1] for tag in as_tuple(value)}


def _words(inputs: Inputs) -> Any:
    return next(iter(inputs.values()))


def facts(prediction: Prediction, example: Example) -> dict[str, Any]:
    """The facts beside an answer, as the adapter gave them, and the entities of a gold that was read strictly."""
    return prediction.extra if example.strict is None else {**prediction.extra, "strict_gold": example.strict}


spec = KindSpec(
    noun="sentence",
    read_target=read_target,
    read_strict=read_strict,
    check_inputs=check_inputs,
    check_target=check_target,
    check_output=check_output,
    facts=facts,
    check_card=check_card,
    is_correct=is_correct,
    what_is_right=lambda _task: "every tag of a sentence",
    error_size=error_size,
    error_title="Wrong tags",
    right_answer=right_answer,
    wrong_answer=wrong_answer,
    make_target=make_target,
    are_alike=equal_answers,
    column=column,
    show_target=show_target,
    show_output=show_output,
    slice_name="type",
    labels_in=labels_in,
    many_repeats=1 / 3,
)
