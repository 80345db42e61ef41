"""A perturbation applied to an item: edits of each input, the new inputs, and the target carried along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from benchwright.edits import (
    Edit,
    Rule,
    TextEdits,
    WordEdits,
    apply,
    apply_to_words,
    check_edits,
    project_answers,
    project_tags,
    without_no_ops,
)
from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.spec import Perturbation, Severity
from benchwright.perturbations.texts import Item, Text, as_word_edits, texts_of, touches
from benchwright.types import Kind

Changes = dict[str, TextEdits | WordEdits | tuple[TextEdits, ...]]
"""Name of each input that changes -> its edits: of a text, of words to tag, or of each option."""


def perturb(perturbation: Perturbation, item: Item, *, severity: Severity = 2, seed: int = 0, draw: int = 0) -> Changes:
    """The edits that a perturbation makes in an item; none where there is nothing that it changes.

    Depends on nothing but the arguments: not on other items, their order, the process or its locale. With the same seed and draw a
    higher severity changes what a lower one does, and more, wherever the family allows it.
    """
    texts = texts_of(item)
    name = perturbation.name

    def draws_for(what: str) -> EditDraws:
        return EditDraws(seed, item.id, name, draw, what)

    made = perturbation.change(texts, perturbation.shares[severity - 1], draws_for)
    return changes_by_input(item, texts, (_allowed(perturbation, *one) for one in zip(texts, made, strict=True)))


def _allowed(perturbation: Perturbation, text: Text, proposed: Iterable[Edit[str]]) -> Iterator[Edit[str]]:
    kept = text.gold if perturbation.untouched.gold == "kept" else ()
    return (edit for edit in proposed if not touches(kept, edit.start, edit.end))


def changes_by_input(item: Item, texts: Sequence[Text], proposed: Iterable[Iterable[Edit[str]]]) -> Changes:
    """Edits of each text, in its order, as those of the inputs: of words where they are tagged, of each option together; no empty ones."""
    found: Changes = {}
    options: dict[str, list[TextEdits]] = {}
    for text, some in zip(texts, proposed, strict=True):
        edits = without_no_ops(text.text, some)
        check_edits(edits, len(text.text))
        if text.option >= 0:
            options.setdefault(text.name, []).append(edits)
        elif text.starts is not None:
            words = tuple(item.inputs[text.name])
            found[text.name] = without_no_ops(words, as_word_edits(words, text.starts, edits))
        else:
            found[text.name] = edits
    found = {name: edits for name, edits in found.items() if edits}
    return found | {name: tuple(edits) for name, edits in options.items() if any(edits)}


def changed_inputs(inputs: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """The inputs after the changes: same names, same order, same types."""
    return {name: _changed(value, changes[name]) if name in changes else value for name, value in inputs.items()}


def _changed(value: Any, edits: Any) -> Any:
    if isinstance(value, str):
        return apply(value, edits)
    if isinstance(edits[0], Edit):
        return type(value)(apply_to_words(value, edits))
    return type(value)(apply(option, one) for option, one in zip(value, edits, strict=True))


def project_target(item: Item, target: Any, changes: Changes, rule: Rule = "substitute") -> Any:
    """The target after the changes; None where it cannot be carried through them.

    Tags follow their words, answers their places in the context, right texts of a choice their options; labels and numbers of
    options stay as they are.
    """
    if item.kind is Kind.TAG:
        edits: Any = changes.get(next(iter(item.inputs)), ())
        return project_tags(target, edits, rule)
    if item.kind is Kind.SPAN:
        return project_answers(target, item.inputs["context"], changes.get("context", ()), rule)  # type: ignore[arg-type]
    if item.kind is Kind.CHOOSE and isinstance(target, tuple):
        name = next(reversed(list(item.inputs)))
        new = dict(zip(item.inputs[name], changed_inputs(item.inputs, changes)[name], strict=True))
        return tuple(new.get(text, text) for text in target)
    return target
