"""Exact match and F1 equal an independently written scorer of SQuAD's rules, on drawn texts and on corrupted real gold."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright import registry
from benchwright.answer_text import answer_scores, normalise
from benchwright.metrics.columns import Columns
from benchwright.testing.fixtures import build_task
from benchwright.types import Kind

PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def make_task(unanswerable=False, kind=Kind.SPAN):
    return build_task(
        name="t",
        kind=kind,
        splits={},
        default_split="test",
        inputs={"question": ("question",), "context": ("context",)},
        target=("answers",),
        metrics=("exact_match", "answer_f1"),
        unanswerable=unanswerable,
        by_text=kind is Kind.CHOOSE,
    )


# --- the scorer, written from the rules without a regular expression --------------------------------------------------


def tokens_of(text):
    """Lower case, punctuation deleted, whole words a, an, the replaced by a blank, split at white space."""
    kept = [character for character in text.lower() if character not in PUNCTUATION]
    runs, word = [], ""
    for character in [*kept, " "]:
        if character.isalnum() or character == "_":
            word += character
            continue
        runs += [" " if word in ("a", "an", "the") else word, character]
        word = ""
    return "".join(runs).split()


def overlap(said, gold):
    left, shared = list(gold), 0
    for token in said:
        if token in left:
            left.remove(token)
            shared += 1
    return shared


def score(answer, gold, two):
    """(exact, F1): the best over gold answers."""
    if two:
        gold = [text for text in gold if tokens_of(text)] or [""]
    said, exact, best = tokens_of(answer), 0.0, 0.0
    for text in gold:
        theirs = tokens_of(text)
        exact = max(exact, float(said == theirs))
        if two and not (said and theirs):
            best = max(best, float(said == theirs))
            continue
        shared = overlap(said, theirs)
        if shared:
            best = max(best, 2 * shared / (len(said) + len(theirs)))
    return exact, best


# --- properties -------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["a", "An", "the", "THE", "cat", "Cat's", "dog", "42", "3.5", "-", "...", "b-a-n", "é", "the–end", "ﬁ", ""]
)
ANSWERS = st.lists(WORDS, max_size=5).map(" ".join) | st.text(max_size=8)


@settings(max_examples=500, deadline=None)
@given(ANSWERS, st.lists(ANSWERS, max_size=4), st.booleans())
def test_scores_equal_the_independent_scorer(answer, gold, two):
    """Exact match and F1 of any answer to any golds follow from the rules, in both versions."""
    assert answer_scores(answer, gold, unanswerable=two) == pytest.approx(score(answer, gold, two))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(ANSWERS, st.lists(ANSWERS, min_size=1, max_size=3)), min_size=1, max_size=20), st.booleans())
def test_metrics_are_means_over_questions(pairs, two):
    """Every question counts once, and exact match never exceeds F1 where answers are not empty."""
    targets = [{"text": gold, "answer_start": [0] * len(gold)} for _, gold in pairs]
    table = Columns(make_task(two), targets, [said for said, _ in pairs])
    expected = [score(said, gold, two) for said, gold in pairs]
    exact, best = (registry.get("metrics", name).value(table) for name in ("exact_match", "answer_f1"))

    assert exact == pytest.approx(sum(one for one, _ in expected) / len(pairs))
    assert best == pytest.approx(sum(one for _, one in expected) / len(pairs))
    if all(normalise(said) for said, _ in pairs):
        assert exact <= best + 1e-12


# --- real gold, corrupted by a seed -----------------------------------------------------------------------------------


def questions(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    for article in document["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                yield paragraph["context"], [answer["text"] for answer in question["answers"]]


def corrupted(context, gold, chance):
    """An answer that is dropped, cut, widened, another part of the context, or dressed up with an article."""
    text = gold[0] if gold else ""
    words = context.split()
    start = chance.randrange(len(words))
    other = " ".join(words[start : start + chance.randint(1, 4)])
    return chance.choice(["", text[: len(text) // 2], f"{text} {other}", other, f"The {text}!", text.upper()])


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "two"), [("SQuAD1.1/dev-v1.1.json", False), ("SQuAD2.0/dev-v2.0.cs224n-half.json", True)]
)
@pytest.mark.parametrize("share", [0.0, 0.05, 0.2, 0.5])
def test_corrupted_gold_scores_what_the_rules_say(shared_data, name, two, share):
    """Real gold scores exactly 1.0; with a share of answers corrupted, both metrics are the independent scorer's."""
    path = next((shared_data / "qa").rglob(name.rpartition("/")[2]))
    chance, targets, outputs = random.Random(f"{name} {share}"), [], []
    for context, gold in questions(path):
        targets.append({"text": gold, "answer_start": [0] * len(gold)})
        right = next((text for text in gold if tokens_of(text)), "")  # three questions have "." among their golds
        outputs.append(corrupted(context, gold, chance) if chance.random() < share else right)
    table = Columns(make_task(two), targets, outputs)
    found = tuple(registry.get("metrics", metric).value(table) for metric in ("exact_match", "answer_f1"))
    scores = [score(said, target["text"], two) for said, target in zip(outputs, targets, strict=True)]
    expected = tuple(sum(column) / len(scores) for column in zip(*scores, strict=True))

    assert found == (pytest.approx(expected[0], abs=1e-12), pytest.approx(expected[1], abs=1e-12))
    assert (found == (1.0, 1.0)) == (share == 0)
