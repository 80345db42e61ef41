"""Failing cases: which are shown, in which order, with what changed, what was expected and what every model said."""

from __future__ import annotations

from benchwright.behaviour_report.cases import MOST_VARIANTS, view_cases
from benchwright.behaviour_report.judged import judge_cell
from benchwright.render.text_change import with_marks
from benchwright.testing.fixtures import build_task
from benchwright.types import Kind, Label, Record, Source


def test_failing_cases_take_turns_among_tests_with_the_highest_rate_first(by_hand):
    """Ten failures of one test would hide the others: each test shows its largest failure before any shows its second."""
    (cell,) = by_hand.judged(words=by_hand.records())

    assert [name.partition("/")[0] for name in cell.failing()[:3]] == ["negated", "names", "negated"]
    assert cell.failing()[1] == "names/1"
    assert len(cell.failing()) == 7


def test_a_slice_keeps_its_cases(by_hand):
    """``--slice capability=NER`` asks of names alone."""
    (cell,) = by_hand.judged(words=by_hand.records())

    assert cell.failing("capability=NER") == ["names/1"]
    assert cell.failing("capability=Coreference") == []


def test_a_constant_model_fails_no_invariance(by_hand):
    """It passes every INV and DIR, and fails every MFT that asks for another answer."""
    (cell,) = by_hand.judged(constant=by_hand.records(by_hand.constant))

    assert {name.partition("/")[0] for name in cell.failing()} == {"negated"}
    assert len(cell.failing()) == 6


def test_a_case_shows_its_variants_with_the_change_marked(by_hand):
    """The original as it is, each variant with what was removed and inserted."""
    (view,) = view_cases(by_hand.judged(words=by_hand.records()), ["names/1"])

    assert [example.role for example in view.examples] == ["original", "variant 1", "variant 2"]
    assert [with_marks(pieces) for example in view.examples for _, pieces in example.texts] == [
        "Tom liked the long film.",
        "[-Tom-]{+Zoë+} liked the [-long-]{+bad+} film.",
        "Tom liked the long film[-.-]{+!+}",
    ]
    assert view.expected == "the same answer as to the original, or its probability moved by at most 0.1"
    assert (view.test, view.capability, view.type, view.fails) == ("names", "NER", "INV", ("words",))


def test_a_case_shows_the_answer_of_every_model(by_hand):
    """Answer, probabilities and what came of it, of those that pass too; the original of an INV is not judged."""
    cells = by_hand.judged(words=by_hand.records(), constant=by_hand.records(by_hand.constant))
    (view,) = view_cases(cells, ["names/1"])
    told = [[(one.system, one.answer, one.outcome) for one in example.answers] for example in view.examples]

    assert told == [
        [("words", "positive", "not judged"), ("constant", "positive", "not judged")],
        [("words", "negative", "fails"), ("constant", "positive", "passes")],
        [("words", "positive", "passes"), ("constant", "positive", "passes")],
    ]
    assert view.examples[1].answers[0].scores == "negative 0.90, positive 0.10"


def test_the_target_of_a_case_is_told_in_the_expectation(by_hand):
    """One target for all examples is part of the sentence."""
    (view,) = view_cases(by_hand.judged(words=by_hand.records()), ["negated/0"])

    assert view.expected == "the answer is negative"
    assert [example.gold for example in view.examples] == [""]
    assert view.examples[0].role == "example"


def test_a_case_without_an_answer_is_shown_with_its_error(by_hand):
    """Another model fails it; that this one gave no answer is said."""
    cells = by_hand.judged(words=by_hand.records(), broken=by_hand.records(errored={"names/1"}))
    (view,) = view_cases(cells, ["names/1"])

    assert {answer.outcome for example in view.examples for answer in example.answers if answer.system == "broken"} == {
        "errored"
    }
    assert view.fails == ("words",)


def test_what_a_model_lacks_is_not_applicable(by_hand):
    """Nothing is held against a model that has no such label."""
    cells = by_hand.judged(words=by_hand.records(lacks={"negated/0"}), other=by_hand.records())
    (view,) = view_cases(cells, ["negated/0"])

    assert [answer.outcome for answer in view.examples[0].answers] == ["not applicable", "fails"]
    assert view.fails == ("other",)


def test_texts_that_were_not_kept_are_left_out(by_hand):
    """Answers are shown all the same."""
    (view,) = view_cases(by_hand.judged(words=by_hand.records(inputs=False)), ["names/1"])
    (asked,) = view_cases(by_hand.judged(words=by_hand.records()), ["names/1"], inputs=False)

    for one in (view, asked):
        assert all(not example.texts for example in one.examples)
        assert one.examples[1].answers[0].answer == "negative"


def test_many_variants_are_cut_and_counted_failing_ones_first(by_hand):
    """A case with thirty variants shows its original and six of them, and says how many are not shown."""
    target = {"expect": by_hand.SAME, "judged": "all_but_first"}
    rows = [
        Record(
            id=f"t/{at}",
            target=target,
            output="negative" if at == 29 else "positive",
            scores=(0.9, 0.1) if at == 29 else (0.1, 0.9),
            slices={"test": "many", "capability": "Robustness", "type": "INV"},
            group="many/0",
            extra={"inputs": {"text": f"Text {at}"}},
        )
        for at in range(31)
    ]
    (view,) = view_cases([judge_cell("m", by_hand.cell("m"), by_hand.card(), rows)], ["many/0"])

    assert len(view.examples) == MOST_VARIANTS + 1
    assert view.examples[-1].role == "variant 29"
    assert view.hidden == 24


def test_a_question_with_the_same_context_shows_the_context_once(by_hand):
    """Of a variant only what differs from the original is repeated; what stands in for what is told."""
    task = build_task(
        name="qa",
        kind=Kind.SPAN,
        behaviour=True,
        splits={"test": Source()},
        default_split="test",
        inputs={"question": ("question",), "context": ("context",)},
        target=("target",),
        metrics=("failure_rate", "flip_rate"),
        score=("failure_rate",),
        licence="CC0",
        citation="written here",
    )
    context = "Rome is old. " + "And then some more words follow. " * 40
    target = {"expect": {"kind": "text"}, "judged": "all_but_first"}
    rows = [
        Record(
            id=f"qa/{at}",
            target=target | ({"substitute": ["Rome", "Oslo"]} if at else {}),
            output=answer,
            slices={"test": "places", "capability": "NER", "type": "INV"},
            group="places/0",
            extra={"inputs": {"question": question, "context": text}},
        )
        for at, (question, text, answer) in enumerate(
            (
                ("What is old?", context, "Rome"),
                ("What's old?", context, "Rome"),
                ("What is old?", context.replace("Rome", "Oslo"), "Oslo"),
            )
        )
    ]
    (view,) = view_cases([judge_cell("m", by_hand.cell("m"), task, rows)], ["places/0"])
    texts = [dict(example.texts) for example in view.examples]

    assert texts[1]["context"] == ()
    assert with_marks(texts[1]["question"]) == "What[- is-]{+'s+} old?"
    assert texts[2]["question"] == ()
    assert with_marks(texts[2]["context"]).startswith("[-Rome-]{+Oslo+} is old.")
    assert len(with_marks(texts[2]["context"])) < 150
    assert "with 'Oslo' in place of 'Rome'" in view.expected


def test_tags_that_are_expected_are_told_as_entities(by_hand):
    """As answers are; nobody counts the words of nine tags."""
    task = build_task(
        name="ner",
        kind=Kind.TAG,
        behaviour=True,
        splits={"test": Source()},
        default_split="test",
        inputs={"words": ("words",)},
        target=("target",),
        metrics=("failure_rate", "flip_rate"),
        score=("failure_rate",),
        labels=tuple(Label(name=name, id=at) for at, name in enumerate(("O", "B-PER", "I-PER"))),
        licence="CC0",
        citation="written here",
    )
    row = Record(
        id="ner/0",
        target={"expect": by_hand.EQUALS, "gold": ["O", "B-PER", "I-PER"]},
        output=["O", "B-PER", "O"],
        slices={"test": "names", "capability": "NER", "type": "MFT"},
        group="names/0",
        extra={"inputs": {"words": ["met", "Ada", "Byron"]}},
    )
    (view,) = view_cases([judge_cell("m", by_hand.cell("m"), task, [row])], ["names/0"])

    assert view.expected == "the answer is PER: Ada Byron"
    assert view.examples[0].answers[0].answer == "PER: Ada"
    assert [piece.text for _, pieces in view.examples[0].texts for piece in pieces] == ["met Ada Byron"]


def test_options_are_numbered_and_the_right_one_is_named(by_hand):
    """An answer is an option's number: the reader sees which text that is."""
    task = build_task(
        name="pick",
        kind=Kind.CHOOSE,
        behaviour=True,
        splits={"test": Source()},
        default_split="test",
        inputs={"context": ("context",), "options": ("options",)},
        target=("target",),
        metrics=("failure_rate", "flip_rate"),
        score=("failure_rate",),
        licence="CC0",
        citation="written here",
    )
    row = Record(
        id="pick/0",
        target={"expect": by_hand.EQUALS, "gold": 0},
        output=1,
        slices={"test": "drinks", "capability": "Taxonomy", "type": "MFT"},
        group="drinks/0",
        extra={"inputs": {"context": "What is hot?", "options": ["hot tea", "iced tea"]}},
    )
    (view,) = view_cases([judge_cell("m", by_hand.cell("m"), task, [row])], ["drinks/0"])

    assert view.expected == "the answer is 0: hot tea"
    assert view.examples[0].answers[0].answer == "1: iced tea"
    assert with_marks(dict(view.examples[0].texts)["options"]) == "0: hot tea; 1: iced tea"
