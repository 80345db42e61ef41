"""Lists of words: ours are what they are called, a user's files are read as they are meant."""

from itertools import chain

import pytest

from benchwright.behaviour import Editor, read_lexicons
from benchwright.behaviour.lexicons import built_in
from benchwright.errors import DataError


def test_every_list_has_distinct_values_that_templates_can_hold():
    for name, values in built_in().items():
        assert name.isidentifier()
        assert len({repr(value) for value in values}) == len(values), name
        for value in values:
            parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
            assert all(isinstance(part, str) and part == part.strip() and part for part in parts), (name, value)


def test_names_are_of_several_origins_and_no_name_is_of_two_genders():
    words = built_in()
    origins = {person["origin"] for person in words["person"]}

    assert len(origins) >= 15
    assert min(len(words["female"]), len(words["male"]), len(words["last_name"])) >= 100
    assert len(words["female"]) == len(words["male"])
    assert not set(words["female"]) & set(words["male"])
    assert not set(words["unisex"]) & {*words["female"], *words["male"]}
    assert set(chain(words["female"], words["male"], words["unisex"])) == set(words["first_name"])
    assert set(words["female_arabic"]) < set(words["female"])


def test_a_place_belongs_together():
    words = built_in()
    places = {place["country"]: place for place in words["place"]}

    assert len(places) >= 100
    assert places["Norway"] == {"country": "Norway", "nationality": "Norwegian", "capital": "Oslo"}
    assert places["Kenya"]["capital"] == "Nairobi"
    assert words["country"] == tuple(places)
    assert not set(words["city"]) & set(words["capital"])


def test_no_word_is_both_positive_and_negative():
    words = built_in()
    for kind in ("adj", "verb", "verb_past"):
        groups = [set(words[f"{mood}_{kind}"]) for mood in ("positive", "negative", "neutral")]
        assert sum(map(len, groups)) == len(set.union(*groups))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("pets.txt", "# ours\ncat\n\n dog \n", {"pets": ("cat", "dog")}),
        ("pet-names.txt", "\ufeffRex\nTom", {"pet_names": ("Rex", "Tom")}),
        ("pets.csv", 'name\ncat\n"dog, small"\n', {"pets": ("cat", "dog, small")}),
        ("pets.csv", "name,legs\ncat,4\n", {"pets": ({"name": "cat", "legs": "4"},)}),
        ("pets.tsv", "name\tlegs\ncat\t4\n", {"pets": ({"name": "cat", "legs": "4"},)}),
        ("pets.json", '["cat", 4]', {"pets": ("cat", 4)}),
        ("any.json", '{"pet": [{"name": "cat", "legs": 4}], "adj": ["big"]}', {"pet": ({"name": "cat", "legs": 4},), "adj": ("big",)}),
    ],
)  # fmt: skip
def test_files_are_read_by_their_ending(name, content, expected, tmp_path):
    (tmp_path / name).write_text(content, encoding="utf-8")

    assert read_lexicons(tmp_path / name) == expected


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("pets.txt", b"# only this\n", "no values"),
        ("pets.txt", b"cat\nd\xff\n", "line 2: byte 0xff"),
        ("pets.csv", b"name,legs\ncat\n", "line 2: 1 cells"),
        ("pets.csv", b"name,name\na,b\n", "twice"),
        ("pets.csv", b'name\n"cat\n', "line 2"),
        ("pets.csv", b"", "no values"),
        ("pets.json", b"[cat]", "line 1"),
        ("pets.json", b'{"pet": "cat"}', "no lists"),
        ("pets.json", b"3", "no lists"),
        ("pets.xml", b"<pet/>", "not read from .xml"),
        ("pets", b"cat", "without an ending"),
    ],
)
def test_files_that_cannot_be_read_are_refused(name, content, problem, tmp_path):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(DataError, match=problem):
        read_lexicons(tmp_path / name)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"pets\.txt cannot be read"):
        read_lexicons(tmp_path / "pets.txt")


def test_a_users_list_takes_the_place_of_ours(tmp_path):
    (tmp_path / "city.txt").write_text("Springfield\n")

    assert Editor(tmp_path / "city.txt").template("{city}").data == ("Springfield",)
    assert Editor({"city": ["Ankh"]}, {"city": ["Morpork"]}).template("{city}").data == ("Morpork",)


def test_no_name_of_a_person_is_a_place():
    words = built_in()
    names = {*words["first_name"], *words["last_name"]}

    assert not names & {*words["city"], *words["capital"], *words["country"], *words["nationality"], *words["month"]}
    assert not names & {"Washington", "Victoria", "Charlotte", "Florence", "Georgia", "Park", "Paris"}
    assert not set(words["first_name"]) & set(words["last_name"])
