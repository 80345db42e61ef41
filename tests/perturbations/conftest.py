"""Sentences with everything in them that a perturbation may stumble over."""

from hypothesis import strategies as st

from benchwright.perturbations import Item
from benchwright.types import Kind

_PLAIN = """
the film was good bad terrible charming affecting actor workers company together not no never don't can't
isn't won't n't cannot none nothing without hardly 25 1,200 1999 2004 3.5 0 1 7 10:30 3-2 5th B52 50% John
Sarah Ohio Smith St. Paul I It's they're is am two twenty million https://example.com/a @user #great a@b.org
:) -- , . ! ? ... ; :
"""

WORDS = [
    *_PLAIN.split(),
    "naïve",
    "Straße",
    "cafe\u0301s",
    "שלום",
    "हिन्दी",
    "日本語のテキスト",
    "👩\u200d👩\u200d👧",
    "\ud83d",
    "ﬁne",
    "İstanbul",
    "e\u0301e\u0301e\u0301e\u0301",
]


@st.composite
def texts(draw, alphabet=WORDS):
    words = draw(st.lists(st.sampled_from(alphabet), max_size=15))
    gap = st.sampled_from([" ", " ", " ", "  ", "\n"])
    return "".join(word + draw(gap) for word in words).strip() if draw(st.booleans()) else " ".join(words)


@st.composite
def tagged_items(draw):
    words = tuple(draw(st.lists(st.sampled_from([*WORDS, "", "a b", "\u00a0"]), min_size=1, max_size=15)))
    spans, at = [], 0
    while at < len(words):
        size = draw(st.integers(0, 3))
        if size and at + size <= len(words):
            spans.append((at, at + size))
        at += size + 1
    persons = tuple(span for span in spans if draw(st.booleans()))
    return Item("t/0", Kind.TAG, {"words": words}, {"words": tuple(spans)}, persons)


@st.composite
def span_items(draw):
    question, context = draw(texts()), draw(texts().filter(str.strip))
    spans = set()
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(context) - 1))
        spans.add((start, draw(st.integers(start + 1, len(context)))))
    inputs = {"question": question, "context": context}
    return Item("t/0", Kind.SPAN, inputs, {"context": tuple(sorted(spans))}, (), "context")


@st.composite
def pair_items(draw):
    return Item("t/0", Kind.CLASSIFY, {"premise": draw(texts()), "hypothesis": draw(texts())}, {}, (), "premise")


@st.composite
def choice_items(draw):
    options = tuple(draw(st.lists(texts(), min_size=1, max_size=4)))
    return Item("t/0", Kind.CHOOSE, {"question": draw(texts()), "options": options}, {}, (), "question")


items = st.one_of(tagged_items(), span_items(), pair_items(), choice_items())
