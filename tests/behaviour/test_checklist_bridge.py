"""The bridge to the package `checklist`: what it is given of a model, and what is said where the package is absent."""

import importlib.util

import numpy as np
import pytest

from benchwright.behaviour.checklist_bridge import DISTRIBUTION, SHA256, import_checklist, predictor, run_checklist
from benchwright.errors import BenchwrightError, ModelError
from benchwright.testing.fixtures import build_task
from benchwright.types import Kind, Label, Prediction

LABELS = (Label(name="negative", id=0), Label(name="positive", id=1))


class Echo:
    """A session that answers by the length of a text and keeps what it was asked."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def predict(self, examples):
        self.asked += [example.inputs for example in examples]
        return [self.answer(example.inputs) for example in examples]

    def close(self):
        self.asked = []


@pytest.mark.skipif(importlib.util.find_spec("checklist") is not None, reason="the package checklist is installed here")
def test_without_the_package_the_message_says_how_to_get_it():
    with pytest.raises(BenchwrightError) as caught:
        import_checklist()

    assert caught.value.hint == f"pip install --no-deps {DISTRIBUTION} && pip install munch dill"
    assert SHA256 in str(caught.value)


def test_labels_are_given_by_id_and_probabilities_in_rows():
    """What `PredictorWrapper.wrap_softmax` of the package gives: an array of ids, a row of probabilities for each."""
    session = Echo(lambda given: Prediction(output="positive", scores=(0.25, 0.75)))

    predictions, confidences = predictor(session, build_task(labels=LABELS))(["a", "b"])

    assert predictions.tolist() == [1, 1]
    assert confidences.tolist() == [[0.25, 0.75]] * 2
    assert session.asked == [{"text": "a"}, {"text": "b"}]


@pytest.mark.parametrize("scores", [None, (2.0, -1.0), (0.5, 0.4)])
def test_without_probabilities_confidences_are_ones(scores):
    """Logits are no probabilities."""
    session = Echo(lambda given: Prediction(output="negative", scores=scores))

    predictions, confidences = predictor(session, build_task(labels=LABELS))(["a"])

    assert list(predictions) == [0]
    assert confidences.tolist() == [1.0]


def test_pairs_and_spans_are_asked_by_name():
    """CheckList's SQuAD has the context first."""
    pairs = build_task(labels=LABELS, inputs={"question1": ("q",), "question2": ("r",)})
    spans = build_task(kind=Kind.SPAN, inputs={"question": ("q",), "context": ("c",)})
    first, second = Echo(lambda given: Prediction(output="negative")), Echo(lambda given: Prediction(output="Ann"))

    predictor(first, pairs)([("a?", "b?")])
    answers, _ = predictor(second, spans)([("Ann came.", "Who came?")])

    assert first.asked == [{"question1": "a?", "question2": "b?"}]
    assert second.asked == [{"question": "Who came?", "context": "Ann came."}]
    assert answers == ["Ann"]


def test_what_cannot_be_asked_or_answered_is_refused():
    with pytest.raises(BenchwrightError, match="an example of 2 fields"):
        predictor(Echo(None), build_task(labels=LABELS))([("a", "b")])
    with pytest.raises(ModelError, match="too long"):
        predictor(Echo(lambda given: Prediction(error="too long")), build_task(labels=LABELS))(["a"])
    with pytest.raises(BenchwrightError, match="a dict is no test of CheckList"):
        run_checklist({}, lambda examples: (np.zeros(len(examples)), np.ones(len(examples))))
