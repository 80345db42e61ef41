"""The 115 tests of CheckList's three released suites: type, capability and expectation of each, by name.

The suites store their expectations as compiled functions, which are never read; the names stand for them (Ribeiro et al. 2020 and
the notebooks of https://github.com/marcotcr/checklist). A name that is not here has an expectation that nobody knows.
"""

from __future__ import annotations

from typing import NamedTuple

from benchwright.types import Kind, Label
from benchwright.types.base import Frozen
from benchwright.types.expectations import (
    AnswerText,
    Differs,
    Equals,
    EqualsIf,
    EqualsLenient,
    Expectation,
    Implies,
    Invariant,
    Judged,
    Monotonic,
    Shift,
    TestType,
)

CITATION = "Ribeiro et al. 2020, Beyond Accuracy: Behavioral Testing of NLP Models with CheckList, https://aclanthology.org/2020.acl-main.442"


class ReleasedTest(NamedTuple):
    """A test by its released name.

    Attributes:
        name: As released, slips of the pen included.
        type: MFT, INV or DIR.
        capability: What it is about.
        expect: What is expected.
        judged: Which examples of a case are judged; None: what its type says.
        substitutes: Whether a name or place is replaced everywhere, and in the answer that is expected.
    """

    name: str
    type: TestType
    capability: str
    expect: Expectation
    judged: Judged | None = None
    substitutes: bool = False


class ReleasedSuite(Frozen, frozen=True, kw_only=True):
    """A suite by its released name.

    Attributes:
        name: ``sentiment``, ``qqp``, ``squad``.
        kind: What is asked of a model.
        inputs: Names of an example's fields, in the order in which the suite holds them.
        labels: Labels by released id; empty where answers are texts.
        trained_on: ``suite/task`` whose head and train split serve it.
        licence: Of its texts.
        cases: Cases of the whole suite.
        rows: Rows of a file of predictions of its official run.
        tests: Its tests, in order.
    """

    name: str
    kind: Kind
    inputs: tuple[str, ...]
    labels: tuple[Label, ...] = ()
    trained_on: str
    licence: str
    cases: int
    rows: int
    tests: tuple[ReleasedTest, ...]


_TARGET = Equals()
_SAME = Invariant(tolerance=0.1)
_TEXT = AnswerText(clean="article")
_UNCHANGED = AnswerText(clean="none")
"""CheckList compares an answer with that to the original letter by letter; so do its stored results."""
_NOT_NEGATIVE = Differs(value="negative")
_LENIENT = EqualsLenient(neutral="neutral", negative="negative")
_STRONGER = Monotonic(direction="up", tolerance=0.1, neutral="neutral")
_WEAKER = Monotonic(direction="down", tolerance=0.1, neutral="neutral")
_BETTER = Shift(direction="up", tolerance=0.1, positive="positive", negative="negative")
_WORSE = Shift(direction="down", tolerance=0.1, positive="positive", negative="negative")
_DUPLICATE = Equals(value="duplicate")
_OTHER = Equals(value="not_duplicate")
_OTHER_IF_DUPLICATE = EqualsIf(when_original="duplicate", value="not_duplicate")
_IMPLIED = Implies(positive="duplicate", negative="not_duplicate")

_SENTIMENT = (
    ReleasedTest("single positive words", "MFT", "Vocabulary", _TARGET),
    ReleasedTest("single negative words", "MFT", "Vocabulary", _TARGET),
    ReleasedTest("single neutral words", "MFT", "Vocabulary", _TARGET),
    ReleasedTest("Sentiment-laden words in context", "MFT", "Vocabulary", _TARGET),
    ReleasedTest("neutral words in context", "MFT", "Vocabulary", _TARGET),
    ReleasedTest("intensifiers", "DIR", "Vocabulary", _STRONGER),
    ReleasedTest("reducers", "DIR", "Vocabulary", _WEAKER),
    ReleasedTest("change neutral words with BERT", "INV", "Vocabulary", _SAME),
    ReleasedTest("add positive phrases", "DIR", "Vocabulary", _BETTER),
    ReleasedTest("add negative phrases", "DIR", "Vocabulary", _WORSE),
    ReleasedTest("add random urls and handles", "INV", "Robustness", _SAME),
    ReleasedTest("punctuation", "INV", "Robustness", _SAME),
    ReleasedTest("typos", "INV", "Robustness", _SAME),
    ReleasedTest("2 typos", "INV", "Robustness", _SAME),
    ReleasedTest("contractions", "INV", "Robustness", _SAME),
    ReleasedTest("change names", "INV", "NER", _SAME),
    ReleasedTest("change locations", "INV", "NER", _SAME),
    ReleasedTest("change numbers", "INV", "NER", _SAME),
    ReleasedTest("used to, but now", "MFT", "Temporal", _TARGET),
    ReleasedTest('"used to" should reduce', "DIR", "Temporal", _WEAKER),
    ReleasedTest("protected: race", "INV", "Fairness", _SAME),
    ReleasedTest("protected: sexual", "INV", "Fairness", _SAME),
    ReleasedTest("protected: religion", "INV", "Fairness", _SAME),
    ReleasedTest("protected: nationality", "INV", "Fairness", _SAME),
    ReleasedTest("simple negations: negative", "MFT", "Negation", _TARGET),
    ReleasedTest("simple negations: not negative", "MFT", "Negation", _NOT_NEGATIVE),
    ReleasedTest("simple negations: not neutral is still neutral", "MFT", "Negation", _TARGET),
    ReleasedTest(
        "simple negations: I thought x was positive, but it was not (should be negative)", "MFT", "Negation", _TARGET
    ),
    ReleasedTest(
        "simple negations: I thought x was negative, but it was not (should be neutral or positive)",
        "MFT",
        "Negation",
        _NOT_NEGATIVE,
    ),
    ReleasedTest("simple negations: but it was not (neutral) should still be neutral", "MFT", "Negation", _TARGET),
    ReleasedTest(
        "Hard: Negation of positive with neutral stuff in the middle (should be negative)", "MFT", "Negation", _TARGET
    ),
    ReleasedTest(
        "Hard: Negation of negative with neutral stuff in the middle (should be positive or neutral)",
        "MFT",
        "Negation",
        _NOT_NEGATIVE,
    ),
    ReleasedTest("negation of neutral with neutral in the middle, should still neutral", "MFT", "Negation", _TARGET),
    ReleasedTest("my opinion is what matters", "MFT", "SRL", _TARGET),
    ReleasedTest("Q & A: yes", "MFT", "SRL", _TARGET),
    ReleasedTest("Q & A: yes (neutral)", "MFT", "SRL", _TARGET),
    ReleasedTest("Q & A: no", "MFT", "SRL", _LENIENT),
    ReleasedTest("Q & A: no (neutral)", "MFT", "SRL", _TARGET),
)
_QQP = (
    ReleasedTest("Modifier: adj", "MFT", "Vocabulary", _TARGET),
    ReleasedTest("different adjectives", "MFT", "Vocabulary", _TARGET),
    ReleasedTest("Different animals", "MFT", "Vocabulary", _TARGET),
    ReleasedTest("Irrelevant modifiers - animals", "MFT", "Vocabulary", _TARGET),
    ReleasedTest("Irrelevant modifiers - people", "MFT", "Vocabulary", _TARGET),
    ReleasedTest("Irrelevant preamble with different examples.", "MFT", "Vocabulary", _TARGET),
    ReleasedTest("Preamble is relevant (different injuries)", "MFT", "Vocabulary", _TARGET),
    ReleasedTest("How can I become more {synonym}?", "MFT", "Taxonomy", _TARGET),
    ReleasedTest("(question, f(question)) where f(question) replaces synonyms?", "INV", "Taxonomy", _SAME),
    ReleasedTest("Replace synonyms in real pairs", "INV", "Taxonomy", _SAME),
    ReleasedTest("How can I become more X != How can I become less X", "MFT", "Vocabulary", _TARGET),
    ReleasedTest("How can I become more X = How can I become less antonym(X)", "MFT", "Taxonomy", _TARGET),
    ReleasedTest("add one typo", "INV", "Robustness", _SAME),
    ReleasedTest("contrations", "INV", "Robustness", _SAME),
    ReleasedTest("(q, paraphrase(q))", "DIR", "Robustness", _DUPLICATE, "all"),
    ReleasedTest("Product of paraphrases(q1) * paraphrases(q2)", "INV", "Robustness", _SAME),
    ReleasedTest("same adjectives, different people", "MFT", "NER", _TARGET),
    ReleasedTest("same adjectives, different people v2", "MFT", "NER", _TARGET),
    ReleasedTest("same adjectives, different people v3", "MFT", "NER", _TARGET),
    ReleasedTest("Change same name in both questions", "INV", "NER", _SAME),
    ReleasedTest("Change same location in both questions", "INV", "NER", _SAME),
    ReleasedTest("Change same number in both questions", "INV", "NER", _SAME),
    ReleasedTest("Change first name in one of the questions", "DIR", "NER", _OTHER_IF_DUPLICATE),
    ReleasedTest("Change first and last name in one of the questions", "DIR", "NER", _OTHER_IF_DUPLICATE),
    ReleasedTest("Change location in one of the questions", "DIR", "NER", _OTHER_IF_DUPLICATE),
    ReleasedTest("Change numbers in one of the questions", "DIR", "NER", _OTHER_IF_DUPLICATE),
    ReleasedTest("Keep entitites, fill in with gibberish", "DIR", "NER", _OTHER),
    ReleasedTest("Is person X != Did person use to be X", "MFT", "Temporal", _TARGET),
    ReleasedTest("Is person X != Is person becoming X", "MFT", "Temporal", _TARGET),
    ReleasedTest(
        "What was person's life before becoming X != What was person's life after becoming X",
        "MFT",
        "Temporal",
        _TARGET,
    ),
    ReleasedTest(
        "Do you have to X your dog before Y it != Do you have to X your dog after Y it.", "MFT", "Temporal", _TARGET
    ),
    ReleasedTest("Is it {ok, dangerous, ...} to {smoke, rest, ...} after != before", "MFT", "Temporal", _TARGET),
    ReleasedTest("How can I become a X person != How can I become a person who is not X", "MFT", "Negation", _TARGET),
    ReleasedTest(
        "Is it {ok, dangerous, ...} to {smoke, rest, ...} in country != Is it {ok, dangerous, ...} not to {smoke, rest, ...} in country",
        "MFT",
        "Negation",
        _TARGET,
    ),
    ReleasedTest("What are things a {noun} should worry about != should not worry about.", "MFT", "Negation", _TARGET),
    ReleasedTest(
        "How can I become a X person == How can I become a person who is not antonym(X)", "MFT", "Negation", _TARGET
    ),
    ReleasedTest("Simple coref: he and she", "MFT", "Coref", _TARGET),
    ReleasedTest("Simple coref: his and her", "MFT", "Coref", _TARGET),
    ReleasedTest("Who do X think - Who is the ... according to X", "MFT", "SRL", _TARGET),
    ReleasedTest("Order does not matter for comparison", "MFT", "SRL", _TARGET),
    ReleasedTest("Order does not matter for symmetric relations", "MFT", "SRL", _TARGET),
    ReleasedTest("Order does matter for asymmetric relations", "MFT", "SRL", _TARGET),
    ReleasedTest("traditional SRL: active / passive swap", "MFT", "SRL", _TARGET),
    ReleasedTest("traditional SRL: wrong active / passive swap", "MFT", "SRL", _TARGET),
    ReleasedTest("traditional SRL: active / passive swap with people", "MFT", "SRL", _TARGET),
    ReleasedTest("traditional SRL: wrong active / passive swap with people", "MFT", "SRL", _TARGET),
    ReleasedTest("A or B is not the same as C and D", "MFT", "Logic", _TARGET),
    ReleasedTest("A or B is not the same as A and B", "MFT", "Logic", _TARGET),
    ReleasedTest("A and / or B is the same as B and / or A", "MFT", "Logic", _TARGET),
    ReleasedTest("a {nationality} {profession} = a {profession} and {nationality}", "MFT", "Logic", _TARGET),
    ReleasedTest("Reflexivity: (q, q) should be duplicate", "MFT", "Logic", _TARGET),
    ReleasedTest("Symmetry: f(a, b) = f(b, a)", "INV", "Logic", _SAME),
    ReleasedTest("Testing implications", "DIR", "Logic", _IMPLIED),
)
_SQUAD = (
    ReleasedTest("A is COMP than B. Who is more / less COMP?", "MFT", "Vocabulary", _TEXT),
    ReleasedTest(
        "Intensifiers (very, super, extremely) and reducers (somewhat, kinda, etc)?", "MFT", "Vocabulary", _TEXT
    ),
    ReleasedTest("size, shape, age, color", "MFT", "Taxonomy", _TEXT),
    ReleasedTest("Profession vs nationality", "MFT", "Taxonomy", _TEXT),
    ReleasedTest("Animal vs Vehicle", "MFT", "Taxonomy", _TEXT),
    ReleasedTest("Animal vs Vehicle v2", "MFT", "Taxonomy", _TEXT),
    ReleasedTest("Synonyms", "MFT", "Taxonomy", _TEXT),
    ReleasedTest("A is COMP than B. Who is antonym(COMP)? B", "MFT", "Taxonomy", _TEXT),
    ReleasedTest(
        "A is more X than B. Who is more antonym(X)? B. Who is less X? B. Who is more X? A. Who is less antonym(X)? A.",
        "MFT",
        "Taxonomy",
        _TEXT,
    ),
    ReleasedTest("Question typo", "INV", "Robustness", _UNCHANGED),
    ReleasedTest("Question contractions", "INV", "Robustness", _UNCHANGED),
    ReleasedTest("Add random sentence to context", "INV", "Robustness", _UNCHANGED),
    ReleasedTest("Change name everywhere", "INV", "NER", _UNCHANGED, substitutes=True),
    ReleasedTest("Change location everywhere", "INV", "NER", _UNCHANGED, substitutes=True),
    ReleasedTest("There was a change in profession", "MFT", "Temporal", _TEXT),
    ReleasedTest("Understanding before / after -> first / last.", "MFT", "Temporal", _TEXT),
    ReleasedTest("Negation in context, may or may not be in question", "MFT", "Negation", _TEXT),
    ReleasedTest("Negation in question only.", "MFT", "Negation", _TEXT),
    ReleasedTest("M/F failure rates should be similar for different professions", "MFT", "Fairness", _TEXT),
    ReleasedTest("Basic coref, he / she", "MFT", "Coref", _TEXT),
    ReleasedTest("Basic coref, his / her", "MFT", "Coref", _TEXT),
    ReleasedTest("Former / Latter", "MFT", "Coref", _TEXT),
    ReleasedTest("Agent / object distinction", "MFT", "SRL", _TEXT),
    ReleasedTest("Agent / object distinction with 3 agents", "MFT", "SRL", _TEXT),
)

RELEASED: dict[str, ReleasedSuite] = {
    "sentiment": ReleasedSuite(
        name="sentiment",
        kind=Kind.CLASSIFY,
        inputs=("text",),
        labels=(
            Label(name="negative", id=0, aliases=("neg",)),
            Label(name="neutral", id=1, aliases=("neu",)),
            Label(name="positive", id=2, aliases=("pos",)),
        ),
        trained_on="glue/sst2",
        licence="MIT (suite); INV and DIR hold airline tweets, reported as CC BY-NC-SA 4.0",
        cases=86420,
        rows=87470,
        tests=_SENTIMENT,
    ),
    "qqp": ReleasedSuite(
        name="qqp",
        kind=Kind.CLASSIFY,
        inputs=("question1", "question2"),
        labels=(
            Label(name="not_duplicate", id=0, aliases=("not_equivalent", "not_paraphrase", "different")),
            Label(name="duplicate", id=1, aliases=("equivalent", "paraphrase", "is_duplicate")),
        ),
        trained_on="glue/qqp",
        licence="MIT (suite); INV and DIR hold questions from Quora, whose terms of service apply",
        cases=63216,
        rows=113985,
        tests=_QQP,
    ),
    "squad": ReleasedSuite(
        name="squad",
        kind=Kind.SPAN,
        inputs=("context", "question"),
        trained_on="squad/v1",
        licence="MIT (suite); INV hold paragraphs of SQuAD, CC BY-SA 4.0",
        cases=13311,
        rows=71293,
        tests=_SQUAD,
    ),
}
"""Name -> suite; counts are those of the released archives, and of the official run of 500 cases a test."""
