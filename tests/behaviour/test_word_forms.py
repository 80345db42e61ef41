"""Articles by sound, plurals by grammar, and what is said where inflect is missing."""

import sys

import pytest

from benchwright.behaviour import Editor, word_forms
from benchwright.errors import BenchwrightError


@pytest.mark.parametrize(
    ("article", "words"),
    [
        (
            "a",
            "university unicorn European one-way+ticket useful+tool US+citizen ewe URL NATO+summit 100 1 180 1100 111,000",
        ),
        (
            "an",
            "hour honest+man heir umbrella apple MRI FBI+agent X-ray HIV+test M&M usher 8 11 18th 80-year-old 11,000",
        ),
        ("an", "'odd'+word (unusual) 800"),
    ],
)
def test_an_article_goes_by_sound(article, words):
    for word in (
        words.replace("+", " ").split(" ") if "+" not in words else [w.replace("+", " ") for w in words.split(" ")]
    ):
        assert word_forms.with_article(word) == f"{article} {word}"


def test_articles_agree_with_what_the_tag_was_filled_with():
    filled = Editor().template("{A:thing} is {a:adj} thing", thing=["university", "hour"], adj=["odd", "big"])

    assert filled.data[0] == "A university is an odd thing"
    assert filled.data[3] == "An hour is a big thing"
    assert filled.slots[0] == {"thing": "university", "adj": "odd"}


def test_plurals_and_capitals_are_written():
    filled = Editor().template(
        "{cap:word}, {plural:word}", word=["city", "child", "mother-in-law", "cup of tea", "wolf"]
    )

    assert filled.data == (
        "City, cities",
        "Child, children",
        "Mother-in-law, mothers-in-law",
        "Cup of tea, cups of tea",
        "Wolf, wolves",
    )


@pytest.mark.parametrize("form", ["a", "A", "plural"])
def test_without_inflect_the_extra_is_named(form, monkeypatch):
    monkeypatch.setitem(sys.modules, "inflect", None)
    word_forms._engine.cache_clear()
    word_forms._article.cache_clear()

    with pytest.raises(BenchwrightError, match="inflect") as refused:
        Editor().template(f"{{{form}:x}}", x=["kettle"])

    assert refused.value.hint == 'pip install "benchwright[behaviour]"'
    word_forms._engine.cache_clear()


def test_templates_without_forms_need_no_inflect(monkeypatch):
    monkeypatch.setitem(sys.modules, "inflect", None)
    word_forms._engine.cache_clear()

    assert Editor().template("{cap:x}", x=["kettle"]).data == ("Kettle",)
