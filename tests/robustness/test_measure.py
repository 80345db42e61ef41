"""What stands beside the numbers of a row."""

import pytest

from benchwright.robustness import join, measure
from benchwright.types import View

LOOK = View(suite="robustness", perturbation="ocr")


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
