"""`check_adapter` finds what it is for: each test breaks a good adapter in one way and reads what is found."""

from contextlib import suppress
from types import MappingProxyType

import numpy as np
import pytest

from benchwright import registry
from benchwright.errors import DataMissing, ModelError
from benchwright.testing import check_adapter
from benchwright.types import Facts, Kind, ModelRef, Prediction


class Constant:
    """A good adapter to break: it answers the first label, or the middle of the range."""

    name = "constant"
    version = 1
    kinds = (Kind.CLASSIFY, Kind.REGRESS)
    options = MappingProxyType({})

    def inspect(self, model, task, context):
        return Facts(digest="constant", kinds=self.kinds)

    def open(self, model, task, context):
        self.task, self.context, self.closed = task, context, False
        return self

    def predict(self, examples):
        return [self.answer(example, at, len(examples)) for at, example in enumerate(examples)]

    def answer(self, example, at, size):
        return Prediction(output=self.task.label_names[0] if self.task.labels else 2.5)

    def close(self):
        pass


class DependsOnBatch(Constant):
    def answer(self, example, at, size):
        if self.task.labels:
            return Prediction(output=self.task.label_names[0], scores=(size / 100,) * len(self.task.labels))
        return Prediction(output=2.5)


class DependsOnPlace(Constant):
    def answer(self, example, at, size):
        return Prediction(output=self.task.label_names[at % 2] if self.task.labels else float(at % 5))


class Peeks(Constant):
    def answer(self, example, at, size):
        return Prediction(output=example.target) if example.target is not None else super().answer(example, at, size)


class LosesOne(Constant):
    def predict(self, examples):
        return super().predict(examples)[:-1]


class Invents(Constant):
    def answer(self, example, at, size):
        return Prediction(output="maybe" if self.task.labels else float("nan"))


class ThrowsDice(Constant):
    def predict(self, examples):
        dice = np.random.default_rng()
        names = self.task.label_names
        return [Prediction(output=names[dice.integers(len(names))] if names else dice.uniform(0, 5)) for _ in examples]


class ClosesOnce(Constant):
    def close(self):
        if self.closed:
            raise RuntimeError("closed already")
        self.closed = True


class ImportsTorch(Constant):
    def inspect(self, model, task, context):
        with suppress(ImportError):
            import torch  # noqa: F401
        return super().inspect(model, task, context)


class ForgetsKind(Constant):
    def inspect(self, model, task, context):
        return Facts(digest="constant", kinds=())


class HidesMissingTrain(Constant):
    def inspect(self, model, task, context):
        with suppress(DataMissing):
            context.train(task)
        return super().inspect(model, task, context)


class Crashes(Constant):
    def inspect(self, model, task, context):
        raise KeyError("no such thing")


ADAPTERS = [
    (DependsOnBatch, "polarity: a batch of 1 equals a batch of 8: an answer depends on its batch"),
    (DependsOnPlace, "polarity: one answer per example, in order: the same examples in reverse order"),
    (Peeks, "polarity: targets change nothing: an answer depends on the target of its example"),
    (LosesOne, "29 answers to 30 examples"),
    (Invents, "not a label of polarity: 'maybe'"),
    (Invents, "not a finite number: nan"),
    (ThrowsDice, "polarity: the same seed gives the same answers: two sessions"),
    (ClosesOnce, "polarity: closing twice is safe: RuntimeError: closed already"),
    (ImportsTorch, "inspect imports torch"),
    (ForgetsKind, "facts leave out classify"),
    (HidesMissingTrain, "its facts carry no note that says so"),
    (Crashes, "overlap: inspect gives facts: KeyError"),
]


@pytest.fixture
def registered(monkeypatch):
    """Make the registry give an adapter under its name."""

    def put(adapter):
        entry = registry.Entry(name=adapter.name, owner="a test", module="json", attribute="adapter")
        everything = {**registry.entries("adapters"), adapter.name: entry}
        real = registry.get
        monkeypatch.setattr(registry, "entries", lambda group: everything)
        monkeypatch.setattr(registry, "get", lambda group, name: adapter if name == "constant" else real(group, name))
        return adapter

    return put


def test_good_adapter(registered):
    """The adapter that the others are broken from passes."""
    passed = check_adapter(registered(Constant()))

    assert "planning refuses a kind it does not serve" in passed
    assert "polarity: says when the train split is missing (skipped: it needs no train split)" in passed


@pytest.mark.parametrize(("broken", "found"), ADAPTERS, ids=[f"{broken.__name__}" for broken, _ in ADAPTERS])
def test_broken_adapter(broken, found, registered, found_by):
    """Each way of being wrong is found."""
    assert found in found_by(check_adapter, registered(broken()))


def test_adapter_that_needs_a_model(registered, found_by):
    """An adapter that opens files says that `make_model` builds them, and is checked on what that builds."""
    predictions = registry.get("adapters", "predictions")

    assert "pass make_model=" in found_by(check_adapter, predictions)
    assert "pass make_model=" in found_by(
        check_adapter,
        predictions,
        make_model=lambda task, context: ModelRef(name="m", adapter="predictions", path="gone"),
    )


def test_adapter_for_two_labels_only(registered):
    """A task that the model cannot serve is skipped with the reason it gives, as long as it serves another."""

    class TwoLabels(Constant):
        def inspect(self, model, task, context):
            if len(task.labels) != 2:
                raise ModelError(f"it has two outputs, {task.name} has {len(task.labels)} labels")
            return super().inspect(model, task, context)

    passed = check_adapter(registered(TwoLabels()))

    assert "entailment: answers (skipped: refused: it has two outputs, entailment has 3 labels)" in passed


class Words(Constant):
    """A good adapter for words, questions and choices."""

    kinds = (Kind.TAG, Kind.SPAN, Kind.CHOOSE)

    def answer(self, example, at, size):
        inputs = list(example.inputs.values())
        if self.task.kind is Kind.TAG:
            return Prediction(output=("O",) * len(inputs[0]))
        if self.task.kind is Kind.SPAN:
            return Prediction(output=inputs[-1].split()[0], extra={"null_score": 0.5})
        return Prediction(
            output=inputs[-1][0] if self.task.by_text else 0, scores=(1 / len(inputs[-1]),) * len(inputs[-1])
        )


class LosesWords(Words):
    def answer(self, example, at, size):
        good = super().answer(example, at, size)
        return Prediction(output=good.output[:3]) if self.task.kind is Kind.TAG else good


class InventsTags(Words):
    def answer(self, example, at, size):
        good = super().answer(example, at, size)
        return Prediction(output=("Q-X",) * len(good.output)) if self.task.kind is Kind.TAG else good


class AnswersNone(Words):
    def answer(self, example, at, size):
        return Prediction(output=None) if self.task.kind is Kind.SPAN else super().answer(example, at, size)


class PeeksAtSpans(Words):
    def answer(self, example, at, size):
        if self.task.kind is Kind.SPAN and example.target:
            return Prediction(output=example.target["text"][0])
        return super().answer(example, at, size)


class SilenceDependsOnBatch(Words):
    def answer(self, example, at, size):
        good = super().answer(example, at, size)
        return Prediction(output=good.output, extra={"null_score": size / 10}) if self.task.kind is Kind.SPAN else good


class ThirdOption(Words):
    def answer(self, example, at, size):
        good = super().answer(example, at, size)
        return Prediction(output=2) if self.task.kind is Kind.CHOOSE and not self.task.by_text else good


class ForeignText(Words):
    def answer(self, example, at, size):
        return Prediction(output="Nobody") if self.task.by_text else super().answer(example, at, size)


class PeeksAtOptions(Words):
    def answer(self, example, at, size):
        if self.task.by_text and example.target:
            return Prediction(output=example.target[0])
        return super().answer(example, at, size)


class ScoresOfOtherLength(Words):
    def answer(self, example, at, size):
        good = super().answer(example, at, size)
        return Prediction(output=good.output, scores=(0.5,) * 5) if self.task.kind is Kind.CHOOSE else good


WORDS = [
    (LosesWords, "names: answers lie in the task's domain: names/0: 3 tags for"),
    (InventsTags, "not tags of names: Q-X"),
    (AnswersNone, "not a text: None"),
    (PeeksAtSpans, "answers: targets change nothing: an answer depends on the target of its example"),
    (SilenceDependsOnBatch, "gaps: a batch of 1 equals a batch of 8: an answer depends on its batch"),
    (ThirdOption, "not the number of one of 2 options: 2"),
    (ForeignText, "entity: answers lie in the task's domain: entity/0: none of the"),
    (PeeksAtOptions, "entity: targets change nothing: an answer depends on the target of its example"),
    (ScoresOfOtherLength, "5 scores for"),
]


def test_good_adapter_of_words(registered):
    """The adapter of words, questions and choices passes, on a task of each shape."""
    passed = check_adapter(registered(Words()))

    for task in ("names", "answers", "gaps", "continuation", "entity"):
        assert f"{task}: runs through the engine" in passed
    assert "planning refuses a kind it does not serve" in passed


@pytest.mark.parametrize(("broken", "found"), WORDS, ids=[f"{broken.__name__}" for broken, _ in WORDS])
def test_broken_adapter_of_words(broken, found, registered, found_by):
    """Lost words, invented tags, foreign options, peeking and batches that matter are found."""
    assert found in found_by(check_adapter, registered(broken()))
