"""What of an answer is explained, for each kind of task, and what is said where there is nothing."""

import pytest

from benchwright.errors import BenchwrightError
from benchwright.explanations.reading import SessionReading, read_session, refuse, removal_of, scale_of
from benchwright.explanations.targets import targets_of
from benchwright.explanations.variants import STAND_IN
from benchwright.testing.fixtures import build_task
from benchwright.types import Example, ExplainSpec, Kind, Label, Prediction, Target

LABELS = tuple(Label(name=name, id=at) for at, name in enumerate(("negative", "positive", "mixed")))
TAG_LABELS = tuple(
    Label(name=name, id=at) for at, name in enumerate(("O", "B-person", "I-person", "B-place", "I-place"))
)
ONE = build_task(inputs={"text": ("text",)}, labels=LABELS)
SEVERAL = build_task(inputs={"text": ("text",)}, labels=LABELS, multilabel=True)
NUMBER = build_task(kind=Kind.REGRESS, inputs={"text": ("text",)})
TAGS = build_task(kind=Kind.TAG, inputs={"words": ("words",)}, labels=TAG_LABELS)
SPAN = build_task(kind=Kind.SPAN, inputs={"question": ("q",), "context": ("c",)})
SILENT = build_task(kind=Kind.SPAN, inputs={"question": ("q",), "context": ("c",)}, unanswerable=True)
CHOICE = build_task(kind=Kind.CHOOSE, inputs={"premise": ("p",), "options": ("o",)})
BY_TEXT = build_task(kind=Kind.CHOOSE, inputs={"premise": ("p",), "options": ("o",)}, by_text=True)


class Scorer:
    """A session that gives numbers by itself."""

    mask = "[MASK]"

    def score_targets(self, examples, targets, scale):
        return [[0.0] * len(some) for some in targets]


def reading(scale="probability", scores="probabilities", scorer=None):
    return SessionReading(scale=scale, scores=scores, scorer=scorer, removal="delete", mask=None)


def asked(task, output, how=None, *, scores=None, inputs=None, **extra):
    example = Example(id="t/0", index=0, inputs=inputs or {})
    found = targets_of(task, example, Prediction(output=output, scores=scores, extra=extra), how or reading())
    return found.targets, found.scale


def test_of_labels_the_predicted_one_is_explained_and_of_a_set_each_of_it():
    assert asked(ONE, "mixed", scores=(0.1, 0.2, 0.7)) == ((Target(name="mixed", label="mixed"),), "probability")
    both = (Target(name="negative", label="negative"), Target(name="mixed", label="mixed"))
    assert asked(SEVERAL, ("negative", "mixed"), scores=(0.6, 0.2, 0.7)) == (both, "probability")
    assert asked(SEVERAL, ["negative", "mixed"], scores=(0.6, 0.2, 0.7)) == (both, "probability")
    assert asked(SEVERAL, (), scores=(0.1, 0.2, 0.3))[0] == ()


def test_without_scores_it_is_whether_the_answer_stays_and_scores_of_unknown_meaning_are_values():
    assert asked(ONE, "mixed")[1] == "agreement"
    assert asked(ONE, "mixed", reading("logit"))[1] == "agreement"
    assert asked(ONE, "mixed", reading(scores=None), scores=(0.0, 1.0, 5.0))[1] == "value"
    assert asked(ONE, "mixed", reading("agreement"), scores=(0.0, 1.0, 5.0))[1] == "agreement"
    assert asked(ONE, "mixed", reading("logit", scorer=Scorer()))[1] == "logit"


def test_a_predicted_value_is_explained_as_it_is():
    assert asked(NUMBER, 3.5) == ((Target(name="value"),), "value")
    assert scale_of(NUMBER, "probability") == scale_of(NUMBER, None) == "value"


def test_of_options_the_chosen_one_is_explained_by_its_number():
    inputs = {"premise": "It rained.", "options": ["Ada left", "we stayed"]}
    target = (Target(name="we stayed", label="1"),)
    assert asked(CHOICE, 1, scores=(0.4, 0.6), inputs=inputs) == (target, "probability")
    assert asked(BY_TEXT, "we stayed", inputs=inputs) == (target, "agreement")
    for output in ("nobody", 2, -1, None, True):
        with pytest.raises(BenchwrightError, match="not one of its 2 options"):
            asked(BY_TEXT, output, inputs=inputs)


def test_each_predicted_entity_is_explained_with_the_tags_that_its_words_got():
    words = ["Ada", "Lovelace", "met", "Bo", "in", "New", "York"]
    tags = ["B-person", "I-person", "O", "I-person", "O", "B-place", "B-place"]
    found, scale = asked(TAGS, tuple(tags), reading(scorer=Scorer()), inputs={"words": words})
    assert scale == "probability"
    assert found == (
        Target(name="person: Ada Lovelace", tags=("B-person", "I-person"), start=0, end=2),
        Target(name="person: Bo", tags=("I-person",), start=3, end=4),
        Target(name="place: New", tags=("B-place",), start=5, end=6),
        Target(name="place: York", tags=("B-place",), start=6, end=7),
    )
    assert asked(TAGS, tuple(tags), inputs={"words": words})[1] == "agreement"
    assert asked(TAGS, ("O",) * 7, inputs={"words": words})[0] == ()
    with pytest.raises(BenchwrightError, match="1 tags for 7 words"):
        asked(TAGS, ("O",), inputs={"words": words})


def test_of_an_answer_both_ends_are_explained_or_that_there_is_none():
    how = reading(scale="logit", scorer=Scorer())
    ends = tuple(Target(name=edge, edge=edge, start=4, end=7) for edge in ("start", "end"))
    assert asked(SPAN, "Ada", how, start=4) == (ends, "logit")
    assert asked(SPAN, "Ada", start=4) == (ends, "agreement")
    assert asked(SPAN, "Ada", how) == ((Target(name="answer", label="Ada"),), "agreement")
    assert asked(SILENT, "", how) == ((Target(name="no answer", edge="none"),), "logit")
    assert asked(SPAN, "", how)[0] == ()
    assert asked(SPAN, "Ada", reading(scale="value", scorer=Scorer()), start=4)[1] == "logit"


def test_an_item_without_an_answer_says_why():
    example = Example(id="t/0", index=0, inputs={})
    with pytest.raises(BenchwrightError, match="no answer to it: out of memory"):
        targets_of(ONE, example, Prediction(error="out of memory"), reading())
    with pytest.raises(BenchwrightError, match="not labels of t: awful"):
        targets_of(ONE, example, Prediction(output="awful"), reading())


def test_words_are_left_out_of_texts_and_masked_where_places_must_stay():
    assert [removal_of(task, None) for task in (ONE, NUMBER, CHOICE, TAGS, SPAN)] == [
        "delete", "delete", "delete", "mask", "mask",
    ]  # fmt: skip
    session, spec = Scorer(), ExplainSpec(method="random")
    assert read_session(session, ONE, spec).mask is None
    assert read_session(session, TAGS, spec).mask == "[MASK]"
    assert read_session(object(), TAGS, spec).mask == STAND_IN
    assert read_session(object(), ONE, ExplainSpec(method="random", removal="mask")).mask == STAND_IN


def test_what_cannot_be_explained_is_refused_before_a_model_is_opened():
    assert refuse(ONE, ExplainSpec(method="random", removal="delete")) is None
    assert refuse(TAGS, ExplainSpec(method="random")) is None
    for task in (TAGS, SPAN):
        assert "removal=mask" in str(refuse(task, ExplainSpec(method="random", removal="delete")).expected)
    fill = build_task(kind=Kind.FILL, inputs={"options": ("options",)})
    assert "fill" in refuse(fill, ExplainSpec(method="random")).line
