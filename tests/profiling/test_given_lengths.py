"""Inputs of given lengths: exactly as long as the model counts, real words, never one text twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.profiling.given_lengths import inputs_of_length
from benchwright.testing.fixtures import build_task
from benchwright.types import Example, Prediction, Work

WORDS = [
    "the",
    "film",
    "was",
    "long",
    "and",
    "very",
    "very",
    "tedious",
    "unbelievably",
    "so",
    "we",
    "left",
    "early",
    "and",
    "had",
    "a",
    "quiet",
    "supper",
    "at",
    "home",
]


class Pieces:
    """Counts as a word-piece tokenizer does: a word of n letters is ceil(n / 4) tokens, two special ones, at most so many in all."""

    def __init__(self, max_length=64):
        self.settings = {"max_length": str(max_length)}
        self._most = max_length

    def _one(self, example):
        total = 0
        options = next((list(map(str, value)) for name, value in example.inputs.items() if name == "options"), [""])
        texts = [value for name, value in example.inputs.items() if name != "options"]
        for option in options:
            words = [word for text in (*texts, option) for word in (text.split() if isinstance(text, str) else text)]
            total += min(self._most, 2 + sum(-(-len(word) // 4) for word in words))
        return total

    def count_tokens(self, examples):
        return [self._one(example) for example in examples]

    def count_work(self, examples):
        return Work(inputs=len(examples), rows=0, tokens=0, padded_tokens=0)

    def predict(self, examples):
        raise AssertionError("lengths are counted, nothing is computed")


class Silent:
    """A model that says nothing of tokens."""

    def predict(self, examples):
        return [Prediction(output="a") for _ in examples]


def examples_of(*rows):
    return [Example(id=f"t/{at}", index=at, inputs=row, target="a") for at, row in enumerate(rows)]


def sentences(count=40):
    """Sentences of 4 to 17 words, each beginning elsewhere."""
    return [" ".join((WORDS * 3)[at % 19 : at % 19 + 4 + at % 14]) for at in range(count)]


def all_words(rows):
    values = [value for row in rows for value in row.values()]
    return {
        word for value in values for part in ([value] if isinstance(value, str) else value) for word in part.split()
    }


TAG = build_task("t", kind="tag", inputs={"words": ("words",)}, labels=("O", "B-X"))
SPAN = build_task("t", kind="span", inputs={"question": ("question",), "context": ("context",)})
PAIR = build_task("t", inputs={"a": ("a",), "b": ("b",)}, labels=("x", "y"))
TEXT = build_task("t", labels=("x", "y"))
CHOOSE = build_task("t", kind="choose", inputs={"premise": ("premise",), "options": ("options",)})
PLACED = build_task("t", kind="choose", inputs={"text": ("text",), "options": ("options",)}, placeholder="_")
SLOT = build_task("t", kind="fill", inputs={"text": ("text",), "options": ("options",)})
PAIRS = build_task("t", kind="fill", inputs={"options": ("options",)}, rule="pll")

ASKED = {
    "text": (TEXT, [{"text": text} for text in sentences()]),
    "pair": (PAIR, [{"a": text, "b": text[::-1]} for text in sentences()]),
    "tag": (TAG, [{"words": text.split()} for text in sentences()]),
    "span": (SPAN, [{"question": "who left early ?", "context": text} for text in sentences()]),
    "choose": (CHOOSE, [{"premise": text, "options": ["we left", "we had supper at home"]} for text in sentences()]),
    "placed": (PLACED, [{"text": f"so long and _ {text}", "options": ["we", "home"]} for text in sentences()]),
    "slot": (SLOT, [{"text": f"so {{mask}} was {text}", "options": ["we", "home"]} for text in sentences()]),
}


@pytest.mark.parametrize("length", [16, 23, 40])
@pytest.mark.parametrize("kind", ASKED)
def test_inputs_have_the_length_that_was_asked_for_in_words_of_the_task(kind, length):
    """Of every kind, shorter and longer than its texts; for options an input is all its rows, so the length is doubled."""
    task, rows = ASKED[kind]
    session = Pieces()
    wanted = length * (2 if "options" in task.inputs else 1)
    found = inputs_of_length(session, task, examples_of(*rows), length=wanted, count=20)

    assert len(found.examples) == 20, found.note
    assert session.count_tokens(found.examples) == [wanted] * 20
    assert (found.length, found.counted, found.note) == (wanted, "tokens", "")
    assert len({str(one.inputs) for one in found.examples}) == 20
    assert len({one.id for one in found.examples}) == 20
    assert all(tuple(one.inputs) == tuple(task.inputs) and one.target is None for one in found.examples)
    assert all_words([one.inputs for one in found.examples]) <= all_words(rows)


@pytest.mark.parametrize(("kind", "marker"), [("placed", "_"), ("slot", "{mask}")])
def test_what_a_text_must_hold_stays_in_it_once(kind, marker):
    task, rows = ASKED[kind]
    found = inputs_of_length(Pieces(), task, examples_of(*rows), length=60, count=10)

    assert all(one.inputs["text"].count(marker) == 1 for one in found.examples)


def test_a_length_beyond_what_the_model_reads_is_said_and_nothing_is_made():
    task, rows = ASKED["text"]
    found = inputs_of_length(Pieces(max_length=32), task, examples_of(*rows), length=64, count=4)

    assert found.examples == ()
    assert found.note == "no inputs of 64 tokens can be made of these texts: the model reads at most 32"
    at_the_limit = inputs_of_length(Pieces(max_length=32), task, examples_of(*rows), length=32, count=4)
    assert len(at_the_limit.examples) == 4
    assert (
        max(len(one.inputs["text"].split()) for one in at_the_limit.examples) <= 30
    )  # nothing is cut off by the model


def test_few_texts_give_few_inputs_and_that_is_said():
    """One text of four words has the beginnings of itself and no others."""
    found = inputs_of_length(Pieces(), TEXT, examples_of({"text": "we left so we"}), length=5, count=10)

    assert 1 <= len(found.examples) < 10
    assert found.note == f"{len(found.examples)} distinct inputs of 5 tokens where 10 were asked for"


def test_words_are_counted_where_the_model_says_no_tokens():
    task, rows = ASKED["text"]
    found = inputs_of_length(Silent(), task, examples_of(*rows), length=12, count=8)

    assert {len(one.inputs["text"].split()) for one in found.examples} == {12}
    assert found.counted == "words"
    assert found.note == "lengths are in words: the model does not say how many tokens it reads"


def test_pairs_of_sentences_to_score_have_no_length_of_their_own():
    found = inputs_of_length(Pieces(), PAIRS, examples_of({"options": ["we left", "we had"]}), length=12, count=8)

    assert found.examples == ()
    assert "is read in rows that its options decide" in found.note


def test_the_same_seed_makes_the_same_inputs():
    task, rows = ASKED["text"]
    made = [inputs_of_length(Pieces(), task, examples_of(*rows), length=20, count=9, seed=seed) for seed in (1, 1, 2)]

    assert made[0] == made[1]
    assert made[0] != made[2]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text(alphabet="ab cdefgh", min_size=1, max_size=60), min_size=1, max_size=12, unique=True),
    st.integers(1, 70),
)
def test_whatever_the_texts_each_input_is_as_long_as_asked_or_there_is_none(texts, length):
    session = Pieces()
    found = inputs_of_length(session, TEXT, examples_of(*({"text": text} for text in texts)), length=length, count=6)

    assert set(session.count_tokens(found.examples)) <= {length}
    assert found.note or len(found.examples) == 6
