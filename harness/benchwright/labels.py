"""Labels are matched by name, never by position (DESIGN, rule 8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import msgspec

from benchwright.errors import LabelError
from benchwright.spelling import difference, fold, look, spelling
from benchwright.tags import UNTYPED, detect_scheme, parts, spelled, types_of, whole_tags
from benchwright.types import Label, LabelMap, TaggingTask, Task

_GENERIC = re.compile(r"label[_ -]?\d+")


def canonical(value: object, labels: tuple[Label, ...]) -> str | None:
    """The task label meant by a value: a label name or alias, an id, or a boolean where a label is called true or false;
    else None.

    Names are equal by `benchwright.spelling`. Labels that somebody stated are also read in another letter case, with another
    choice of blank, hyphen and underscore, and by their ids; labels that were found in a user's data are not (`Label.found`).
    """
    name = spelling(value)
    if name is None:
        return None
    index = _index(labels)
    found = index.exact.get(name) or index.folded.get(fold(name))
    return index.numbered.get(name) if found is None else found


def looks_like(value: object, labels: tuple[Label, ...]) -> str | None:
    """The task label that a value looks like without being equal; None if it is a label, or looks like none or several."""
    name = spelling(value)
    if name is None or canonical(value, labels) is not None:
        return None
    seen = look(name)
    alike = [label.name for label in labels if seen in {look(known) for known in (label.name, *label.aliases)}]
    return alike[0] if len(alike) == 1 else None


def describe(labels: Sequence[Label]) -> str:
    """The labels as a message shows them: ``0 negative, 1 positive``, and without ids that mean nothing."""
    return ", ".join(label.name if label.found else f"{label.id} {label.name}" for label in labels)


def align(task: Task, model_labels: Sequence[str] | None, *, mapping: Sequence[str] = (), model: str = "") -> LabelMap:
    """Map each output of a model to a label of the task.

    Args:
        task: The task, with labels and aliases.
        model_labels: The model's label names in output order; None when it answers in the task's own names.
        mapping: The user's mapping: a task label for each output, in output order. Several outputs may share one.
        model: Name of the model, for the message.

    A model may know fewer labels than a task of behavioural tests has (``LabelMap.lacks``), two at least. Tags are matched by prefix and type: what a head writes in BIOES stands for its IOB2 tag, so outputs may share one, and a
    head that never learned some ``B-X``, or some type, serves. Types of its own are kept (``LabelMap.extra``): what it finds of
    them is wrong, and counts.

    Raises:
        LabelError: Names are generic, partial, ambiguous, or of another number, and the user gave no map.
    """
    names = task.label_names
    if mapping:
        return _align_by_user(task, model_labels, mapping, model)
    if model_labels is None:
        return LabelMap(to_task=tuple(range(len(names))), origin="task")
    if isinstance(task, TaggingTask):
        return _align_tags(task, model_labels, model)
    targets = [_claim(name, task.labels) for name in model_labels]
    claimed = [name for name in targets if name is not None]
    lacks = tuple(name for name in names if name not in claimed) if may_lack(task) and len(claimed) > 1 else ()
    if not (len(claimed) == len(targets) == len(set(claimed)) == len(names) - len(lacks)):
        raise _mismatch(task, model_labels, model)
    plain = {fold(name) for name in names if name not in lacks} == {fold(name) for name in model_labels}
    to_task = tuple(names.index(name) for name in claimed)
    return LabelMap(to_task=to_task, origin="names" if plain else "alias", lacks=lacks)


def may_lack(task: Task) -> bool:
    """Whether a model may know fewer labels than the task has: of behavioural tests alone, whose other cases it still answers."""
    return task.behaviour and task.single_label


_IOB2 = {"E": "I", "S": "B"}


def _align_tags(task: Task, model_labels: Sequence[str], model: str) -> LabelMap:
    """The map of a tag head; every output must be a tag, some of the task's types among them."""
    written = whole_tags(
        [name.strip() for name in model_labels], detect_scheme(name.strip() for name in model_labels) or "IOB2"
    )
    claimed = [_claim_tag(name, task.labels) for name in written]
    known = [name for name in claimed if name is not None]
    meant = [name or new_tag(given, task.labels) for name, given in zip(claimed, written, strict=True)]
    if None in meant or not types_of(known) or "O" not in known or len(set(model_labels)) < len(model_labels):
        raise _mismatch(task, model_labels, model)
    plain = len(set(meant)) == len(meant) and {fold(name or "") for name in meant} == {
        fold(one) for one in model_labels
    }
    return _numbered(task, [name for name in meant if name is not None], "names" if plain else "alias")


def _numbered(task: Task, meant: Sequence[str], origin: Literal["names", "alias", "user"]) -> LabelMap:
    """The map to those labels; tags of types that the task lacks stand behind its own."""
    extra = tuple(dict.fromkeys(name for name in meant if name not in task.label_names))
    places = {name: place for place, name in enumerate((*task.label_names, *extra))}
    return LabelMap(to_task=tuple(places[name] for name in meant), origin=origin, extra=extra)


def output_names(task: Task, ties: LabelMap) -> tuple[str, ...]:
    """What each output of a model means, in output order."""
    names = (*task.label_names, *ties.extra)
    return tuple(names[place] for place in ties.to_task)


def new_tag(given: str, labels: Sequence[Label]) -> str | None:
    """The IOB2 tag of a type that is not among the labels and does not look like one; else None."""
    prefix, kind = parts(spelled(given.strip()))
    prefix = _IOB2.get(prefix, prefix)
    if prefix not in ("B", "I") or not kind.strip() or kind == UNTYPED:
        return None
    known = {look(name) for label in labels for name in types_of((label.name, *label.aliases))}
    return None if look(kind) in known else f"{prefix}-{kind}"


def _claim_tag(name: str, labels: tuple[Label, ...]) -> str | None:
    direct = _claim(name, labels)
    if direct is not None:
        return direct
    prefix, kind = parts(spelled(name.strip()))
    return _claim(f"{_IOB2[prefix]}-{kind}", labels) if prefix in _IOB2 and kind else None


def _align_by_user(task: Task, model_labels: Sequence[str] | None, mapping: Sequence[str], model: str) -> LabelMap:
    if model_labels is not None and len(mapping) != len(model_labels):
        raise LabelError(
            f"the label map for {model or 'the model'} has {len(mapping)} entries, the model has {len(model_labels)} outputs",
            expected=f"a label of {task.name} for each of: {', '.join(model_labels)}",
            hint=_option(task, model_labels),
        )
    chosen = [canonical(entry, task.labels) for entry in mapping]
    if isinstance(task, TaggingTask):
        chosen = [name or new_tag(entry, task.labels) for name, entry in zip(chosen, mapping, strict=True)]
    unknown = [entry for entry, name in zip(mapping, chosen, strict=True) if name is None]
    missing = _uncovered(task, [name for name in chosen if name is not None])
    lacks = tuple(missing) if may_lack(task) and len(set(chosen)) > 1 else ()
    if unknown or (missing and not lacks):
        problem = f"unknown: {', '.join(unknown)}" if unknown else f"no output for: {', '.join(missing)}"
        raise LabelError(
            f"the label map {','.join(mapping)} does not fit {task.name} ({problem})",
            expected=f"labels of {task.name}: {', '.join(task.label_names)}",
            hint=_option(task, model_labels or mapping),
        )
    found = _numbered(task, [name for name in chosen if name], "user")
    return msgspec.structs.replace(found, lacks=lacks) if lacks else found


def _uncovered(task: Task, chosen: Sequence[str]) -> list[str]:
    """Labels that no output maps to; of tags only ``O`` is required, since a model may not know a type."""
    wanted = ("O",) if isinstance(task, TaggingTask) and "O" in task.label_names else task.label_names
    return [name for name in wanted if name not in chosen]


def _mismatch(task: Task, model_labels: Sequence[str], model: str) -> LabelError:
    generic = all(_GENERIC.fullmatch(name.strip().casefold()) for name in model_labels)
    why = "its label names are generic" if generic else "its label names do not match"
    alike = [(name, label) for name in model_labels if (label := looks_like(name, task.labels))]
    if alike:
        told = "; ".join(f"{name!r} looks like {label!r}, {difference(name, label)} apart" for name, label in alike[:3])
        why = f"{why}: {told}"
    return LabelError(
        f"{model or 'the model'} cannot be scored on {task.name}: {why} ({', '.join(model_labels)})",
        expected=f"one output for each of: {', '.join(task.label_names)}",
        hint=_option(task, model_labels),
    )


def _option(task: Task, model_labels: Sequence[str]) -> str:
    """The map to type: what a name says stands where the name stands, and ``?`` where no name says anything.

    Positions are proposed for generic names alone. Nothing is proposed for a tag of another type: any guess would swap
    types, or hide what is found too much.
    """
    if isinstance(task, TaggingTask):
        meant = [_claim_tag(name, task.labels) or looks_like(name, task.labels) for name in model_labels]
    elif all(_GENERIC.fullmatch(name.strip().casefold()) for name in model_labels):
        names = task.label_names
        example = [names[min(at, len(names) - 1)] for at in range(len(model_labels))]
        return f"say what each output means, in output order: `?labels={','.join(example)}` (check the order!)"
    else:
        meant = _guessed(model_labels, task.labels)
        if not set(task.label_names) <= set(meant):  # a name twice hides a label that no other name says
            meant = [None if meant.count(name) > 1 else name for name in meant]
    shown = [name or "?" for name in meant]
    if None not in meant:
        return f"say what each output means, in output order: `?labels={','.join(shown)}` (check it!)"
    if not any(meant) and len(shown) > 2:
        shown = ["?", "?", "..."]
    what = "which tag" if isinstance(task, TaggingTask) else "which label"
    return f"say {what} each output means, in output order, in place of every ?: `?labels={','.join(shown)}`"


def _guessed(model_labels: Sequence[str], labels: tuple[Label, ...]) -> list[str | None]:
    """The label that each name says: its own, a look-alike, a shorter form; and the last one that is left for the last name."""
    meant = [_claim(name, labels) or looks_like(name, labels) for name in model_labels]
    short = [None if known else _shortened(name, labels) for name, known in zip(model_labels, meant, strict=True)]
    meant = [
        known or (guess if guess not in meant and short.count(guess) == 1 else None)
        for known, guess in zip(meant, short, strict=True)
    ]
    left = [label.name for label in labels if label.name not in meant]
    return [name or left[0] for name in meant] if meant.count(None) == len(left) == 1 else meant


def _shortened(name: str, labels: Sequence[Label]) -> str | None:
    """The one label that begins as a name does, or that a name begins with (``NEG``, ``1 star``)."""
    given = fold(name)
    known = [(label.name, fold(one)) for label in labels for one in (label.name, *label.aliases)]
    found = {label for label, one in known if given and one and (one.startswith(given) or given.startswith(one))}
    return next(iter(found)) if len(found) == 1 else None


def _claim(name: str, labels: tuple[Label, ...]) -> str | None:
    """The task label a model's own name claims; ids are positions, so they claim nothing."""
    index = _index(labels)
    return index.exact.get(spelling(name) or "") or index.folded.get(fold(name))


class _Index(NamedTuple):
    """Label names by spelling: as they are, and for stated labels folded (where that means one alone) and by id."""

    exact: dict[str, str]
    folded: dict[str, str]
    numbered: dict[str, str]


@lru_cache(maxsize=256)
def _index(labels: tuple[Label, ...]) -> _Index:
    stated = [label for label in labels if not label.found]
    return _Index(
        exact=_by_spelling(labels, lambda name: spelling(name) or name),
        folded=_by_spelling(stated, fold),
        numbered={str(label.id): label.name for label in stated},
    )


def _by_spelling(labels: Sequence[Label], normal: Callable[[str], str]) -> dict[str, str]:
    """Normal form -> the one label it means; names go before aliases, and what means several means none."""
    found: dict[str, set[str]] = {}
    for names in ([(label.name,) for label in labels], [label.aliases for label in labels]):
        taken = set(found)
        for label, spellings in zip(labels, names, strict=True):
            for key in {normal(name) for name in spellings} - taken:
                found.setdefault(key, set()).add(label.name)
    return {key: next(iter(meant)) for key, meant in found.items() if len(meant) == 1}
