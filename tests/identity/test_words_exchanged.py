"""Words for one group stand for those of another: in the right form, with the right article, written as they were."""

import pytest

from benchwright.identity import built_in


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("He loves his son.", "She loves her daughter."),
        ("She loves her daughter.", "He loves his son."),
        ("I saw her.", "I saw him."),
        ("I saw her in Rome with her dog.", "I saw him in Rome with his dog."),
        ("The car is hers, not his.", "The car is his, not hers."),
        ("A friend of his was there.", "A friend of hers was there."),
        ("HE IS AN ACTOR", "SHE IS AN ACTRESS"),
        ("a heroine and an uncle", "a hero and an aunt"),
        ("She married the king's brother-in-law.", "He married the queen's sister-in-law."),
        ("the man-made lake", None),
        ("he or she", "she or he"),
        ("he is pregnant", None),
        ("they gave her flowers", None),
        ("they gave her the flowers", "they gave him the flowers"),
        ("a Burger King on the corner", None),
        ("Mr. Smith and Mrs. Jones", "Ms. Smith and Mr. Jones"),
        ("We went to the theatre.", None),
        ("the shepherd of the herd", None),
        ("Alexander was in his bed.", None),
        ("She met Lakisha.", None),
        ("Mark saw her there.", None),
        ("Bob saw his dog.", None),
        ("a man named Tok", None),
    ],
)
def test_gendered_words_change_places_in_the_whole_text_or_nothing_does(swapped, text, new):
    """Pronouns by what stands behind them; compounds, names and what only one gender does are left."""
    assert swapped(text, "gender") == (
        {} if new is None else {"female" if "female" in swapped(text, "gender") else "male": new}
    )


@pytest.mark.parametrize(
    ("text", "jewish"),
    [
        ("A Muslim came.", "A Jew came."),
        ("She is Muslim.", "She is Jewish."),
        ("the Muslim woman", "the Jewish woman"),
        ("Muslims' rights", "Jews' rights"),
        ("an imam's house", "a rabbi's house"),
        ("anti-Muslim words", "anti-Jewish words"),
        ("a mosque in Oslo", "a synagogue in Oslo"),
        ("MUSLIMS PRAY", "JEWS PRAY"),
        ("the muslim community", "the jewish community"),
        ("Islam and Judaism", "Judaism and Islam"),
        ("the Muslim Brotherhood", None),
        ("#Muslim @Muslims", None),
        ("Muslimism", None),
    ],
)
def test_religions_are_exchanged_in_the_form_in_which_they_stand(swapped, text, jewish):
    """A person, an adjective, a plural, a building; with the article of the new word, and written as the old one."""
    assert swapped(text, "religion").get("jewish") == jewish


def test_every_other_group_has_a_variant(swapped):
    """Five for one of six."""
    assert set(swapped("a Buddhist", "religion")) == {"christian", "jewish", "muslim", "hindu", "sikh"}


def test_a_first_name_that_is_a_religion_is_left_and_counted(counted):
    """Christian Bale; Christian at the beginning of a sentence may be either."""
    assert counted("Christian Bale came.", "religion") == (0, 1)
    assert counted("Christian came.", "religion") == (0, 1)
    assert counted("They met Christian women there.", "religion") == (1, 0)


@pytest.mark.parametrize(
    ("text", "dimension", "starts"),
    [
        ("He was born in Germany.", "nationality", ("He was born in ",)),
        ("a German woman", "nationality", ("a ", "an ")),
        ("the Chinese", "nationality", None),
        ("Two Irish came.", "nationality", None),
        ("American Airlines", "nationality", None),
        ("American Airlines and American food", "nationality", None),
        ("an Indian summer in Kenya", "nationality", ("an Indian summer in ",)),
        ("Turkey is nice", "nationality", None),
        ("We flew to Turkey. Turkey is nice.", "nationality", ("We flew to ",)),
        ("we ate turkey on polish china", "nationality", None),
        ("the African American teacher", "nationality", None),
        ("He speaks German.", "nationality", ("He speaks ",)),
        ("a young man", "age", ("an old man",)),
        ("an old house", "age", None),
        ("the film is old", "age", None),
        ("she is old", "age", ("she is young",)),
        ("a 73 year old man", "age", None),
        ("a 21-year-old woman", "age", ("a 71-year-old woman",)),
        ("love is blind", "disability", None),
        ("a blind date", "disability", None),
        ("a blind teacher", "disability", ("a deaf ", "a paralysed ", "an autistic ", "a bipolar ")),
        ("a student with autism", "disability", ("a student with ",)),
    ],
)
def test_what_is_also_said_of_things_is_left_unless_a_person_is_meant(swapped, text, dimension, starts):
    """Countries and demonyms by capitals and neighbours; age and disability before a word for a person, or behind *she is*."""
    new = swapped(text, dimension)

    assert bool(new) == (starts is not None)
    assert all(one.startswith(starts) for one in new.values())


def test_country_demonym_and_language_of_one_country_become_those_of_another(swapped):
    """One country is drawn for all of them."""
    new = swapped("The Germans in Germany speak German; a German and a German car.", "nationality", names=6)

    nationality = built_in("nationality")
    countries = {term[0]: group for group in nationality.groups for term in group.forms["country"]}
    for text in (one for several in new.values() for one in several):
        country = next(name for name in countries if f" in {name} speak" in text)
        forms = countries[country].forms
        at = [term[0] for term in forms["country"]].index(country)
        said = [forms[form][at][0] for form in ("persons", "country", "language", "person", "adjective")]
        assert text.replace(" an ", " a ") == "The {} in {} speak {}; a {} and a {} car.".format(*said)
