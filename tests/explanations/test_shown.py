from __future__ import annotations

import msgspec
import pytest

from benchwright.errors import StoreError
from benchwright.explanations.shown import largest_of, ranked_words, shade
from benchwright.explanations.words import words_of
from benchwright.render.shaded_text import ShadedPiece, step_of
from benchwright.testing.hostile import HOSTILE
from benchwright.types import Attribution, ClassificationTask, Example, Explanation, Label, Target, Word

TASK = ClassificationTask(
    name="made",
    splits={},
    default_split="test",
    inputs={"text": ("text",)},
    target=("label",),
    metrics=("accuracy",),
    labels=(Label(id=0, name="a"), Label(id=1, name="b")),
)


def _explained(words: list[tuple[str, int, int]], values: list[float]) -> tuple[Explanation, Attribution]:
    attribution = Attribution(target=Target(name="good", label="good"), values=tuple(values), full=0.9, base=0.5)
    found = Explanation(
        id="made/0",
        words=tuple(Word(input=name, start=start, end=end) for name, start, end in words),
        attributions=(attribution,),
    )
    return found, attribution


def test_a_text_is_cut_into_words_with_values_and_gaps_without() -> None:
    explained, attribution = _explained([("text", 0, 3), ("text", 4, 8), ("text", 8, 9)], [0.1, -0.4, 0.0])
    (shown,) = shade({"text": "Not good!"}, explained, attribution)
    assert shown.pieces == (
        ShadedPiece("Not", 0.1, 0.25),
        ShadedPiece(" ", None, 0.0),
        ShadedPiece("good", -0.4, -1.0),
        ShadedPiece("!", 0.0, 0.0),
    )
    assert [piece.step for piece in shown.pieces] == [1, 0, -5, 0]
    assert ranked_words(attribution) == (1, 0, 2)


def test_every_input_is_shown_in_its_order_also_one_without_words() -> None:
    explained, attribution = _explained([("second", 1, 2)], [2.0])
    first, second, last = shade({"first": "", "second": " b ", "third": "c"}, explained, attribution)
    assert (first.name, first.pieces, last.pieces) == ("first", (), (ShadedPiece("c", None, 0.0),))
    assert second.pieces == (ShadedPiece(" ", None, 0.0), ShadedPiece("b", 2.0, 1.0), ShadedPiece(" ", None, 0.0))


def test_a_sentence_of_words_is_joined_with_blanks() -> None:
    explained, attribution = _explained([("tokens", 0, 1), ("tokens", 2, 3)], [1.0, -0.5])
    (shown,) = shade({"tokens": ["Ada", "", "Lovelace", "x"]}, explained, attribution)
    assert shown.text == "Ada Lovelace x"
    assert [piece.value for piece in shown.pieces] == [1.0, None, -0.5, None, None]


def test_several_words_of_a_long_sentence_may_have_one_value():
    explained, attribution = _explained([("tokens", 0, 2), ("tokens", 2, 3)], [1.0, -0.5])
    (shown,) = shade({"tokens": ["Ada", "Lovelace", "left"]}, explained, attribution)
    assert [(piece.text, piece.value) for piece in shown.pieces] == [("Ada Lovelace", 1.0), (" ", None), ("left", -0.5)]


def test_options_are_numbered_and_have_no_values() -> None:
    explained, attribution = _explained([("premise", 0, 2)], [1.0])
    premise, options = shade({"premise": "it", "options": ["yes", "no"]}, explained, attribution)
    assert (premise.text, options.text) == ("it", "0: yes; 1: no")
    assert all(piece.value is None for piece in options.pieces)


def test_a_common_largest_value_makes_two_attributions_comparable_by_eye() -> None:
    explained, weak = _explained([("text", 0, 1)], [0.1])
    strong = Attribution(target=weak.target, values=(-1.0,), full=0.0)
    (shown,) = shade({"text": "a"}, explained, weak, largest=largest_of(weak, strong))
    assert shown.pieces[0].share == pytest.approx(0.1)
    (all_zero,) = shade({"text": "a"}, explained, Attribution(target=weak.target, values=(0.0,), full=0.0))
    assert all_zero.pieces[0].share == 0


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ([("text", 0, 99)], [1.0]),
        ([("text", -2, 1)], [1.0]),
        ([("text", 2, 2)], [1.0]),
        ([("text", 2, 4), ("text", 3, 5)], [1.0, 1.0]),
        ([("text", 4, 5), ("text", 0, 1)], [1.0, 1.0]),
        ([("other", 0, 1)], [1.0]),
        ([("number", 0, 1)], [1.0]),
        ([("mixed", 1, 2)], [1.0]),
        ([("tokens", 1, 3)], [1.0]),
        ([("tokens", 2, 3)], [1.0]),
        ([("text", 0, 1)], [1.0, 2.0]),
        ([("text", 0, 1)], []),
        ([("text", 0, 1)], [float("nan")]),
    ],
)
def test_offsets_that_do_not_fit_the_texts_are_refused(words: list[tuple[str, int, int]], values: list[float]) -> None:
    explained, attribution = _explained(words, values)
    inputs = {"text": "a text", "number": 7, "tokens": ["a", "b"], "mixed": ["a", 1]}
    with pytest.raises(StoreError, match="do not fit"):
        shade(inputs, explained, attribution)


def test_texts_that_were_not_kept_are_told() -> None:
    explained, attribution = _explained([("text", 0, 1)], [1.0])
    with pytest.raises(StoreError, match="were not kept"):
        shade({}, explained, attribution)


@pytest.mark.parametrize("text", [*HOSTILE, "", " ", "\U0001f600 e\u0301", "a" * 30_000 + " b"])
def test_pieces_joined_are_the_text_whatever_it_holds(text: str) -> None:
    words = words_of(TASK, Example(id="x", index=0, inputs={"text": text}))
    explained, attribution = _explained([("text", word.start, word.end) for word in words], [1.0] * len(words))
    (shown,) = shade({"text": text}, explained, attribution)
    assert shown.text == text
    assert all(piece.text for piece in shown.pieces)


def test_values_of_a_model_that_ignores_its_input_are_no_colours():
    explained, attribution = _explained([("text", 0, 1), ("text", 2, 3)], [3e-17, -2e-8])
    (shown,) = shade({"text": "a b"}, explained, attribution)
    assert largest_of(attribution) == 0
    assert [piece.step for piece in shown.pieces] == [0, 0, 0]


def test_steps_of_a_share_are_five_to_each_side() -> None:
    shares = [-1.0, -0.31, -0.29, -0.09, 0.0, 0.09, 0.1, 0.5, 0.91, 1.0]
    assert [step_of(share) for share in shares] == [-5, -2, -1, 0, 0, 0, 1, 3, 5, 5]


def test_the_explained_entity_and_the_explained_answer_are_named_in_their_texts() -> None:
    """An entity counts words, an answer characters of the last input; what stands between its words is of it."""
    explained, attribution = _explained([("tokens", at, at + 1) for at in range(4)], [1.0, -0.5, 0.0, 0.2])
    entity = msgspec.structs.replace(
        attribution, target=Target(name="person: Ada Lovelace", tags=("B", "I"), start=1, end=3)
    )
    (shown,) = shade({"tokens": ["met", "Ada", "Lovelace", "there"]}, explained, entity)
    assert "".join(piece.text for piece in shown.pieces if piece.named) == "Ada Lovelace"

    explained, attribution = _explained([("question", 0, 3), ("context", 0, 3), ("context", 4, 7)], [0.0, 1.0, 0.5])
    answer = msgspec.structs.replace(attribution, target=Target(name="end", edge="end", start=4, end=7))
    question, context = shade({"question": "Who is it", "context": "The cat sat"}, explained, answer)
    assert "".join(piece.text for piece in context.pieces if piece.named) == "cat"
    assert not [piece for piece in question.pieces if piece.named]
    assert not [
        piece
        for text in shade({"question": "Who", "context": "The cat"}, explained, attribution)
        for piece in text.pieces
        if piece.named
    ]
