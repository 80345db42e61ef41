"""The numbers that are explained, of functions whose scores and answers are known, by hand."""

import math

import pytest
from msgspec.structs import replace

from benchwright.explanations.alarms import alarms_of
from benchwright.explanations.explain import explain_items
from benchwright.explanations.gaps import ItemMean
from benchwright.explanations.numbers import CLIP, Question, numbers_of
from benchwright.explanations.reading import SessionReading, read_session
from benchwright.explanations.targets import targets_of
from benchwright.explanations.words import text_of
from benchwright.testing.fixtures import build_task
from benchwright.types import Example, ExplainSpec, Kind, Label, Target
from benchwright_adapters._python import FunctionSession

LABELS = tuple(Label(name=name, id=at) for at, name in enumerate(("negative", "positive", "mixed")))
TAG_LABELS = tuple(Label(name=name, id=at) for at, name in enumerate(("O", "B-person", "I-person")))
ONE = build_task(inputs={"text": ("text",)}, labels=LABELS)
SEVERAL = build_task(inputs={"text": ("text",)}, labels=LABELS, multilabel=True)
NUMBER = build_task(kind=Kind.REGRESS, inputs={"text": ("text",)})
TAGS = build_task(kind=Kind.TAG, inputs={"words": ("words",)}, labels=TAG_LABELS)
SPAN = build_task(kind=Kind.SPAN, inputs={"question": ("q",), "context": ("c",)}, unanswerable=True)
CHOICE = build_task(kind=Kind.CHOOSE, inputs={"premise": ("p",), "options": ("o",)})
MIXED = Target(name="mixed", label="mixed")


def session_of(function, task):
    return FunctionSession(function=function, task=task, labels=None, batch=None, shown="f")


def numbers(task, function, target, scale, *, given=None, **inputs):
    reading = SessionReading(scale=scale, scores=given, scorer=None, removal="delete", mask=None)
    question = Question(example=Example(id="t/0", index=0, inputs=inputs), targets=(target,), scale=scale)
    (found,) = numbers_of(session_of(function, task), task, reading, [question])
    return found if isinstance(found, str) else found[0]


def scoring(*scores):
    return lambda texts: [dict(zip(("negative", "positive", "mixed"), scores, strict=True)) for _ in texts]


def test_scores_become_probabilities_and_log_odds_by_what_they_are():
    logits = (1.0, 2.0, 4.0)
    share = math.exp(4) / (math.exp(1) + math.exp(2) + math.exp(4))
    assert numbers(ONE, scoring(*logits), MIXED, "probability", given="logits", text="a") == pytest.approx(share)
    assert numbers(ONE, scoring(*logits), MIXED, "logit", given="logits", text="a") == 4.0
    assert numbers(ONE, scoring(*logits), MIXED, "value", text="a") == 4.0
    assert numbers(ONE, scoring(0.1, 0.2, 0.7), MIXED, "probability", given="probabilities", text="a") == 0.7
    odds = math.log(0.7 / 0.3)
    assert numbers(ONE, scoring(0.1, 0.2, 0.7), MIXED, "logit", given="probabilities", text="a") == pytest.approx(odds)
    logs = [math.log(one) for one in (0.1, 0.2, 0.7)]
    for scale, wanted in (("probability", 0.7), ("logit", odds)):
        found = numbers(ONE, scoring(*logs), MIXED, scale, given="log-probabilities", text="a")
        assert found == pytest.approx(wanted)


def test_logits_of_labels_that_do_not_exclude_each_other_are_taken_each_by_itself():
    found = numbers(SEVERAL, scoring(1.0, 2.0, 4.0), MIXED, "probability", given="logits", text="a")
    assert found == pytest.approx(1 / (1 + math.exp(-4)))


def test_log_odds_of_certainty_are_finite():
    highest = -math.log(CLIP)
    for scores, wanted in (((0.0, 0.0, 1.0), highest), ((1.0, 0.0, 0.0), -highest)):
        found = numbers(ONE, scoring(*scores), MIXED, "logit", given="probabilities", text="a")
        assert found == pytest.approx(wanted, rel=1e-4)


def test_a_label_a_number_and_an_option_agree_when_they_are_the_same():
    assert numbers(ONE, lambda texts: ["mixed"] * len(texts), MIXED, "agreement", text="a") == 1
    assert numbers(ONE, lambda texts: ["positive"] * len(texts), MIXED, "agreement", text="a") == 0
    assert numbers(SEVERAL, lambda texts: [["positive", "mixed"]], MIXED, "agreement", text="a") == 1
    assert numbers(NUMBER, lambda texts: [len(text) for text in texts], Target(name="value"), "value", text="abc") == 3
    second = Target(name="b", label="1")
    for answer, wanted in ((1, 1), (0, 0)):
        given = {"premise": "x", "options": ["a", "b"]}
        assert numbers(CHOICE, lambda _, answer=answer: [answer], second, "agreement", **given) == wanted


def test_an_entity_agrees_when_it_is_found_again_whole_and_no_longer():
    target = Target(name="person: A B", tags=("B-person", "I-person"), start=0, end=2)
    for tags, wanted in (
        (("B-person", "I-person", "O"), 1),
        (("I-person", "I-person", "O"), 1),
        (("B-person", "I-person", "I-person"), 0),
        (("B-person", "B-person", "O"), 0),
        (("O", "O", "O"), 0),
    ):
        assert numbers(TAGS, lambda _, tags=tags: [tags], target, "agreement", words=["A", "B", "c"]) == wanted


def test_ends_of_an_answer_agree_one_by_one_by_place_or_by_text():
    start, end = (Target(name=edge, edge=edge, start=4, end=7) for edge in ("start", "end"))
    texts = {"question": "?", "context": "the cat sat"}

    def saying(answer):
        return lambda _: [answer]

    longer, same = {"text": "cat sat", "start": 4}, {"text": "cat", "start": 4}
    assert [numbers(SPAN, saying(longer), one, "agreement", **texts) for one in (start, end)] == [1, 0]
    assert [numbers(SPAN, saying(same), one, "agreement", **texts) for one in (start, end)] == [1, 1]
    assert [numbers(SPAN, saying("cat"), one, "agreement", **texts) for one in (start, end)] == [1, 1]
    assert [numbers(SPAN, saying(""), one, "agreement", **texts) for one in (start, end)] == [0, 0]
    text, nothing = Target(name="answer", label="cat"), Target(name="no answer", edge="none")
    assert [numbers(SPAN, saying(one), text, "agreement", **texts) for one in ("cat", "the cat", "")] == [1, 0, 0]
    assert [numbers(SPAN, saying(one), nothing, "agreement", **texts) for one in ("cat", "")] == [0, 1]


def test_an_answer_that_is_none_and_scores_that_are_lacking_are_told():
    assert "not a label" in numbers(ONE, lambda texts: ["awful"] * len(texts), MIXED, "agreement", text="a")
    assert "no scores" in numbers(ONE, lambda texts: ["mixed"] * len(texts), MIXED, "probability", text="a")
    assert "not a number" in numbers(SEVERAL, scoring(0.0, 0.0, math.nan), MIXED, "value", text="a")


def explained(task, function, inputs, **spec):
    """The first item's explanation by leave-one-out: written words and values of each target."""
    session = session_of(function, task)
    example = Example(id="t/0", index=0, inputs=inputs)
    (prediction,) = session.predict([example])
    spec = ExplainSpec(method="leave_one_out", faithfulness=False, **spec)
    (found,) = explain_items(session, task, [(example, prediction)], spec, seed=0)
    assert found.error is None, found.error
    words = [text_of(example, word) for word in found.words]
    return found.scale, {one.target.name: dict(zip(words, one.values, strict=True)) for one in found.attributions}


def test_a_tagger_without_scores_is_explained_by_what_changes_its_entities():
    def tagger(sentences):
        """A name is what stands behind "Dr", as far as the letters are large."""
        return [
            [
                "B-person" if at and words[at - 1] == "Dr" and word.istitle() else
                "I-person" if at > 1 and words[at - 2] == "Dr" and word.istitle() else "O"
                for at, word in enumerate(words)
            ]
            for words in sentences
        ]  # fmt: skip

    scale, found = explained(TAGS, tagger, {"words": ["Dr", "Ada", "Byron", "wrote"]})
    assert scale == "agreement"
    assert found == {"person: Ada Byron": {"Dr": 1, "Ada": 1, "Byron": 1, "wrote": 0}}


def test_an_answer_of_a_function_moves_with_the_words_that_are_masked_before_it():
    def reader(pairs):
        """The word behind "was"."""
        found = []
        for _, context in pairs:
            start = context.find(" was ") + 5
            found.append({"text": context[start:].split()[0], "start": start} if start > 4 else "")
        return found

    scale, found = explained(SPAN, reader, {"question": "Who?", "context": "Incredibly it was Ada again"})
    assert scale == "agreement"
    assert found["start"] == found["end"] == {
        "Who": 0, "?": 0, "Incredibly": 0, "it": 0, "was": 1, "Ada": 0, "again": 0,
    }  # fmt: skip


def test_both_texts_of_a_pair_and_a_predicted_value_are_explained():
    pair = build_task(kind=Kind.REGRESS, inputs={"first": ("f",), "second": ("s",)})

    def shared(pairs):
        return [10.0 * len(set(one.split()) & set(other.split())) for one, other in pairs]

    scale, found = explained(pair, shared, {"first": "good film", "second": "film here"}, scale="probability")
    assert scale == "value"
    assert list(found) == ["value"]
    assert found["value"] == {"good": 0, "film": 10, "here": 0}


def test_an_item_whose_answer_names_nothing_is_empty_and_one_that_fails_says_why():
    session = session_of(lambda sentences: [["O"] * len(words) for words in sentences], TAGS)
    example = Example(id="t/0", index=0, inputs={"words": ["a", "b"]})
    (prediction,) = session.predict([example])
    reading = read_session(session, TAGS, ExplainSpec(method="random"))
    assert targets_of(TAGS, example, prediction, reading).targets == ()
    (found,) = explain_items(session, TAGS, [(example, prediction)], ExplainSpec(method="leave_one_out"), seed=0)
    assert (found.attributions, found.error, len(found.words)) == ((), None, 2)
    broken = session_of(lambda texts: ["mixed" if "b" in text else "awful" for text in texts], ONE)
    example = Example(id="t/0", index=0, inputs={"text": "a b"})
    (prediction,) = broken.predict([example])
    (found,) = explain_items(broken, ONE, [(example, prediction)], ExplainSpec(method="leave_one_out"), seed=0)
    assert "not a label of" in found.error


def test_halves_of_surrogate_pairs_are_asked_about_as_they_are_and_named_so_that_they_can_be_written():
    scale, found = explained(
        TAGS,
        lambda some: [["B-person" if w == "\ud800" else "O" for w in words] for words in some],
        {"words": ["a", "\ud800"]},
    )
    assert (scale, found) == ("agreement", {"person: ?": {"a": 0, "\ud800": 1}})
    _, found = explained(SPAN, lambda pairs: [c[-2:] for _, c in pairs], {"question": "who", "context": "a b\udfff"})
    assert found == {"answer": {"who": 0, "a": 0, "b": 1, "\udfff": 1}}


def test_what_the_model_does_not_read_and_scores_that_nobody_explains_are_told():
    session = session_of(scoring(0.0, 1.0, 5.0), ONE)
    example = Example(id="t/0", index=0, inputs={"text": "a b"})
    (prediction,) = session.predict([example])
    spec = ExplainSpec(method="leave_one_out", faithfulness=False)
    items = [(example, prediction), (example, replace(prediction, truncated=True))]
    found = list(explain_items(session, ONE, items, spec, seed=0))
    assert [one.truncated for one in found] == [False, True]
    told = {one.code: one.sentence for one in alarms_of(found, (), ItemMean(value=None, n=0), spec=spec, scale="value")}
    assert "1 item of 2 longer than what the model reads" in told["truncated"]
    assert "?scores=probabilities" in told["unsaid-scores"]


def test_a_model_that_does_not_answer_to_an_empty_text_has_no_base_and_its_items_are_explained():
    def strict(texts):
        if not all(texts):
            raise ValueError("empty")
        return [dict(zip(("negative", "positive", "mixed"), (0.2, 0.1, 0.7), strict=True)) for _ in texts]

    session = session_of(strict, ONE)
    example = Example(id="t/0", index=0, inputs={"text": "a b"})
    (prediction,) = session.predict([example])
    spec = ExplainSpec(method="leave_one_out", faithfulness=False)
    (found,) = explain_items(session, ONE, [(example, prediction)], spec, seed=0)
    assert [(one.full, one.base, one.values) for one in found.attributions] == [(0.7, None, (0.0, 0.0))]
