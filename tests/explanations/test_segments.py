"""Texts are cut into what a reader would call words, in any script, and nothing but blanks is left out."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.explanations.segments import find_words

WORDS = {
    "I don't like it, but 3.5 stars!": "I|don't|like|it|,|but|3.5|stars|!",
    "(1,000 votes) at 10:30, 50% of $5": "(|1,000|votes|)|at|10:30|,|50|%|of|$|5",
    "won 24\u201310 in 2019\u20132020 \u2013 yes": "won|24\u201310|in|2019\u20132020|\u2013|yes",
    "a ten-year-old's AT&T bill -- word--word": "a|ten-year-old's|AT&T|bill|--|word|--|word",
    "l\u2019homme rock'n'roll dogs' 'tis": "l\u2019homme|rock'n'roll|dogs|'|'|tis",
    "The U.S. and e.g. this. That": "The|U.S.|and|e.g.|this|.|That",
    "see https://a.b/c_(d)?e=1, or (www.f.org).": "see|https://a.b/c_(d)?e=1|,|or|(|www.f.org|).",
    "mail x.y+z@a-b.co.uk, or @bob #tag a@b": "mail|x.y+z@a-b.co.uk|,|or|@bob|#tag|a|@b",
    'no...?! :-) ("@bob")': 'no|...?!|:-)|("|@bob|")',
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f44d\U0001f3fd \U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7 \u2764\ufe0f": (
        "\U0001f468\u200d\U0001f469\u200d\U0001f467|\U0001f44d\U0001f3fd|\U0001f1e9\U0001f1ea|\U0001f1eb\U0001f1f7|\u2764\ufe0f"
    ),
    "1\ufe0f\u20e3 \u2122 \u00bd x\u00b2": "1\ufe0f\u20e3|\u2122|\u00bd|x\u00b2",
    "cafe\u0301 \u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e": (
        "cafe\u0301|\u0928\u092e\u0938\u094d\u0924\u0947|\u0926\u0941\u0928\u093f\u092f\u093e"
    ),
    "\u6211\u559c\u6b22\u7535\u5f71\u3002\u30b3\u30f3\u30d4\u30e5\u30fc\u30bf\u30fc\u3067\u3059": (
        "\u6211|\u559c|\u6b22|\u7535|\u5f71|\u3002|\u30b3\u30f3\u30d4\u30e5\u30fc\u30bf\u30fc|\u3067|\u3059"
    ),
    "\ud55c\uad6d\uc5b4 \ubb38\uc7a5": "\ud55c\uad6d\uc5b4|\ubb38\uc7a5",
    "\u0e40\u0e01\u0e48\u0e07 \u0e44\u0e17\u0e22": "\u0e40\u0e01\u0e48|\u0e07|\u0e44\u0e17|\u0e22",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627!": "\u05e9\u05dc\u05d5\u05dd|\u0645\u0631\u062d\u0628\u0627|!",
    "a\u200bb": "a\u200b|b",
    "<br />[MASK]": "<|br|/>[|MASK|]",
    "\u0301a": "\u0301|a",
}


@pytest.mark.parametrize("text", WORDS, ids=ascii)
def test_a_text_is_cut_where_a_reader_would_cut_it(text):
    assert "|".join(text[start:end] for start, end in find_words(text)) == WORDS[text]


def test_there_is_no_word_in_blanks():
    assert list(find_words("")) == list(find_words(" \t\n\u00a0\u2003\u2028")) == []


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from(" .,'-@#:/&w1a\u0301\u200d\U0001f468\u0e40\u3042")),
        max_size=60,
    )
)
@settings(max_examples=300, deadline=None)
def test_words_hold_all_that_is_not_blank_and_no_mark_is_parted_from_its_letter(text):
    spans = list(find_words(text))
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    assert edges == sorted(edges)
    assert all(start < end for start, end in spans)
    gaps = zip(edges[::2], edges[1::2], strict=True)
    assert not any(text[start:end].strip() for start, end in gaps)
    assert not any(char.isspace() for start, end in spans for char in text[start:end])
    for start, _ in spans:
        if unicodedata.category(text[start])[0] == "M":
            assert start == 0 or text[start - 1].isspace()


HARD = [
    "a",
    "a.",
    "a@",
    "a-",
    "(",
    "www.",
    "1,",
    "@#",
    "a@b.",
    ".a@b.c",
    "\u0301",
    "\U0001f468\u200d",
    "http://",
    "_.",
    "x'",
]


def test_a_hundred_thousand_characters_of_any_kind_take_no_longer_than_plain_ones():
    def seconds(text):
        began = time.process_time()
        list(find_words(text))
        return time.process_time() - began

    plain = max(seconds("word " * 20_000), 0.01)
    slow = {text: taken for text in HARD if (taken := seconds((text * 100_000)[:100_000])) > 20 * plain}
    assert not slow
    assert seconds("http://" + ")" * 100_000) < 20 * plain
