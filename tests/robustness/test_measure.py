"""What stands beside the numbers of a row."""

import msgspec
import pytest

from benchwright.robustness import join, measure
from benchwright.robustness.measure import one_answer
from benchwright.types import ChoiceTask, Source, SpanTask, View

LOOK = View(suite="robustness", perturbation="ocr")
WHERE = {
    "name": "toy",
    "splits": {"validation": Source(package="nowhere:x.jsonl")},
    "default_split": "validation",
    "target": ("x",),
}
CHOICE = ChoiceTask(**WHERE, inputs={"context": ("c",), "options": ("o",)}, metrics=("accuracy",))
SPAN = SpanTask(**WHERE, inputs={"question": ("q",), "context": ("c",)}, metrics=("answer_f1",))


def told(task, clean, view):
    """(code, severity) of what is said of a model's row."""
    found = measure(join(task, clean, view), LOOK, model="m", base="toys/toy", split="validation")
    return found, [(one.code, one.severity) for one in found.alarms]


@pytest.mark.parametrize(
    ("kind", "gold", "always"),
    [("two_labels", ("yes", "no"), "yes"), ("numbers", (1.0, 4.0), 2.5), ("tags", (("B-PER",), ("O",)), ("O",))],
)
def test_one_answer_to_everything_is_marked_of_every_kind(request, item, variant, kind, gold, always):
    """Its consistency of 100 says nothing."""
    task = request.getfixturevalue(kind)
    clean = [item(at, gold[at % 2], always) for at in range(6)]
    found, marks = told(task, clean, [variant(at, gold[at % 2], always) for at in range(6)])

    assert found.consistency.value == 1
    assert ("constant", "alarm") in marks


def test_one_text_option_or_set_of_labels_for_everything_is_named(two_labels):
    """Whatever a kind calls an answer; the empty set and the empty text have words too."""
    several = msgspec.structs.replace(two_labels, multilabel=True)
    assert one_answer([(), ()], several) == "no label"
    assert one_answer([("yes", "no"), ("no", "yes")], several) == "no, yes"
    assert one_answer([("yes",), ()], several) == ""
    assert one_answer([0, 0], CHOICE) == "option 1"
    assert one_answer([0, 1], CHOICE) == ""
    assert one_answer(["", ""], SPAN) == "an empty text"
    assert one_answer(["Ali", "Ali"], SPAN) == "Ali"
    assert one_answer(["Ali", "Ana"], SPAN) == ""


def test_sentences_with_entities_are_no_single_answer(tags, item, variant):
    """Equal tags of sentences of one word may be right."""
    clean = [item(at, ("B-PER",), ("B-PER",)) for at in range(6)]
    _, marks = told(tags, clean, [variant(at, ("B-PER",), ("B-PER",)) for at in range(6)])

    assert "constant" not in [code for code, _ in marks]


def test_of_a_difference_without_a_value_nothing_is_said(numbers, item, variant):
    """No correlation of one number with others: bounds of it would be about nothing."""
    clean = [item(at, float(at), 2.5) for at in range(6)]
    found, marks = told(numbers, clean, [variant(at, float(at), 2.5) for at in range(6)])

    assert found.difference.value is None
    assert "difference" not in [code for code, _ in marks]
