"""A label that a model lacks: what needs it, and how a neutral one is read from two probabilities."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright import labels, missing_labels
from benchwright.errors import LabelError
from benchwright.types import ClassificationTask, Facts, Kind, Label, LabelMap, Neutral, Prediction

NAMES = ("negative", "neutral", "positive")
TASK = ClassificationTask(
    name="sentiment",
    splits={},
    default_split="test",
    inputs={"text": ("text",)},
    target=("target",),
    metrics=("failure_rate",),
    labels=tuple(Label(name=name, id=number) for number, name in enumerate(NAMES)),
    behaviour=True,
)
PLAIN = ClassificationTask(
    name="sentiment", splits={}, default_split="test", inputs=TASK.inputs, target=(), metrics=(), labels=TASK.labels
)
FACTS = Facts(digest=None, kinds=(Kind.CLASSIFY,), scores="probabilities")
LACKS = LabelMap(to_task=(0, 2), origin="names", lacks=("neutral",))
NEUTRAL = Neutral(label="neutral", below="negative", above="positive", low=1 / 3, high=2 / 3)


def reading(positive: float) -> Prediction:
    """The prediction of a two-class model with that P(positive), read with CheckList's range."""
    given = Prediction(output="positive" if positive > 0.5 else "negative", scores=(1 - positive, 0.0, positive))
    return missing_labels.with_neutral(given, NEUTRAL, NAMES)


@pytest.mark.parametrize(
    ("positive", "label", "scores"),
    [  # by hand from the released notebook: 1 - 3 |p - 1/2| for neutral inside, the rest to the nearer side
        (0.10, "negative", (0.90, 0.0, 0.10)),
        (0.33, "negative", (0.67, 0.0, 0.33)),
        (0.40, "neutral", (0.30, 0.70, 0.0)),
        (0.50, "neutral", (0.0, 1.0, 0.0)),
        (0.60, "neutral", (0.0, 0.70, 0.30)),
        (0.67, "positive", (0.33, 0.0, 0.67)),
        (1.00, "positive", (0.0, 0.0, 1.0)),
    ],
)
def test_neutral_is_read_as_the_released_notebook_reads_it(
    positive: float, label: str, scores: tuple[float, ...]
) -> None:
    found = reading(positive)
    assert found.output == label
    assert found.scores == pytest.approx(scores)


def test_both_ends_of_the_range_are_neutral() -> None:
    """The notebook leaves all three probabilities at 0 there, which it then calls negative."""
    for end in (1 / 3, 2 / 3):
        found = reading(end)
        assert found.output == "neutral"
        assert found.scores is not None
        assert found.scores[1] == pytest.approx(0.5)


@given(st.floats(0, 1))
def test_three_probabilities_are_probabilities_and_the_label_has_the_highest(positive: float) -> None:
    found = reading(positive)
    assert found.scores is not None
    assert sum(found.scores) == pytest.approx(1)
    assert found.scores[NAMES.index(found.output)] == pytest.approx(max(found.scores))


def test_a_prediction_without_probabilities_or_with_an_error_stays() -> None:
    for given_ in (Prediction(output="positive"), Prediction(error="no answer", scores=(0.5, 0.0, 0.5))):
        assert missing_labels.with_neutral(given_, NEUTRAL, NAMES) == given_


def test_the_option_is_read_in_fractions_or_decimals() -> None:
    for text in ("1/3..2/3", " 0.25 .. 0.75 "):
        found = missing_labels.read_neutral(text, TASK, LACKS, FACTS)
        assert (found.label, found.below, found.above) == ("neutral", "negative", "positive")
        assert 0 < found.low < found.high < 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1/3",
        "2/3..1/3",
        "0..1",
        "1/0..1",
        "a..b",
        "0.5..0.5",
        "1/3...2/3",
        "nan..1",
        "1e-400..0.5",
        "1e999999999..0.5",
    ],
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(LabelError, match="no range of probabilities"):
        missing_labels.read_neutral(text, TASK, LACKS, FACTS)


def test_a_model_of_all_labels_and_one_without_probabilities_are_refused() -> None:
    whole = LabelMap(to_task=(0, 1, 2), origin="names")
    with pytest.raises(LabelError, match="lacks none of its labels"):
        missing_labels.read_neutral("1/3..2/3", TASK, whole, FACTS, model="m")
    hard = Facts(digest=None, kinds=(Kind.CLASSIFY,))
    with pytest.raises(LabelError, match="gives no probabilities"):
        missing_labels.read_neutral("1/3..2/3", TASK, LACKS, hard, model="m")


@pytest.mark.parametrize(
    ("expect", "gold", "needs"),
    [
        ({"kind": "equals"}, "neutral", True),
        ({"kind": "equals"}, "positive", False),
        ({"kind": "equals", "value": "neutral"}, None, True),
        ({"kind": "not", "value": "negative"}, None, False),
        ({"kind": "not", "value": "neutral"}, None, True),
        ({"kind": "equals_lenient", "neutral": "neutral", "negative": "negative"}, "neutral", False),
        ({"kind": "equals_if", "when_original": "positive", "value": "neutral"}, None, True),
        ({"kind": "invariant"}, None, False),
        ({"kind": "monotonic", "direction": "up", "neutral": "neutral"}, None, False),
        ({"kind": "shift", "direction": "up", "positive": "positive", "negative": "negative"}, None, False),
    ],
)
def test_an_expectation_needs_the_labels_that_alone_meet_or_test_it(
    expect: dict[str, object], gold: str | None, needs: bool
) -> None:
    assert missing_labels.needs_lacking({"expect": expect, "gold": gold}, ("neutral",)) is needs


def test_a_two_class_model_serves_a_three_class_behavioural_task_and_no_other() -> None:
    found = labels.align(TASK, ("NEGATIVE", "POSITIVE"))
    assert found == LabelMap(to_task=(0, 2), origin="names", lacks=("neutral",))
    with pytest.raises(LabelError):
        labels.align(PLAIN, ("NEGATIVE", "POSITIVE"))


def test_a_users_map_may_lack_a_label_of_a_behavioural_task() -> None:
    found = labels.align(TASK, ("LABEL_0", "LABEL_1"), mapping=("negative", "positive"))
    assert found == LabelMap(to_task=(0, 2), origin="user", lacks=("neutral",))
    with pytest.raises(LabelError, match="no output for: neutral"):
        labels.align(PLAIN, ("LABEL_0", "LABEL_1"), mapping=("negative", "positive"))


@pytest.mark.parametrize(
    "names", [("positive",), ("negative", "angry"), ("LABEL_0", "LABEL_1"), ("positive", "positive")]
)
def test_one_label_strange_ones_and_generic_ones_are_refused_there_too(names: tuple[str, ...]) -> None:
    with pytest.raises(LabelError):
        labels.align(TASK, names)
