"""The lexicons that ship: enough terms, each in one group, forms that answer to one another; nationality as its script writes it."""

from importlib.resources import as_file, files

import pytest

import make_nationality
from benchwright.identity import DIMENSIONS, built_in, read_lexicon


@pytest.mark.parametrize("name", DIMENSIONS)
def test_every_group_has_twenty_terms(name):
    """Fewer would say little about how a group is spoken of."""
    assert not {group.name for group in built_in(name).groups if len(group.terms) < 20}


@pytest.mark.parametrize("name", DIMENSIONS)
def test_a_lexicon_that_ships_passes_the_checks_of_a_users_own(name):
    """No empty group, no term in two groups, no blank."""
    with as_file(files("benchwright.identity") / "lexicons" / f"{name}.toml") as path:
        (dimension,) = read_lexicon(path)

    assert dimension.name == name


@pytest.mark.parametrize("name", DIMENSIONS)
def test_every_term_has_a_counterpart_in_some_other_group(name):
    """A term that nothing answers to would never be exchanged."""
    dimension = built_in(name)
    for group in dimension.groups:
        for entry in group.entries():
            others = [other for other in dimension.groups if other is not group]
            assert any(any(other.forms.get(entry.form, ())) for other in others), entry


def test_words_for_men_and_women_answer_to_each_other():
    """Of each form as many, but for second words for the same (Mrs, mum, bloke)."""
    male, female = built_in("gender").groups

    assert list(male.forms) == list(female.forms)
    assert female.counterpart(next(one for one in male.entries() if one.text == "uncle")) == "aunt"
    assert male.counterpart(next(one for one in female.entries() if one.text == "Mrs")) == "Mr"
    pairs = [
        (one, other) for form in male.forms for one, other in zip(male.forms[form], female.forms[form], strict=False)
    ]
    assert len(pairs) > 100


def test_the_file_of_nationalities_is_what_its_script_writes():
    """Byte for byte, from the babel that is installed."""
    shipped = (make_nationality.FOLDER / "nationality.toml").read_text(encoding="utf-8")

    assert shipped == make_nationality.text_of()


def test_names_of_countries_and_languages_are_those_of_the_cldr():
    """Read here from babel itself."""
    from babel import Locale

    english = Locale("en")
    country = {term[0] for group in built_in("nationality").groups for term in group.forms["country"]}
    language = {term[0] for group in built_in("nationality").groups for term in group.forms["language"] if term}

    assert {"Germany", "Kenya", "South Korea", "the United States"} <= country
    assert {one.removeprefix("the ") for one in country} - set(english.territories.values()) <= {"Turkey"}
    assert language <= set(english.languages.values())
