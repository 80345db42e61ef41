"""Filled templates: which texts come out, from what, and what is refused."""

import os
import subprocess
import sys
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.behaviour import Editor, Filled, change_names, perturb
from benchwright.errors import BenchwrightError

plain = st.text(st.characters(codec="utf-8", exclude_characters="{}"), min_size=1, max_size=8)
word_lists = st.lists(plain, min_size=1, max_size=5, unique=True)


def test_all_combinations_come_in_the_order_of_the_lists():
    filled = Editor().template("{name} is {adj}.", name=["Ann", "Bo"], adj=["kind", "rude"])

    assert filled.data == ("Ann is kind.", "Ann is rude.", "Bo is kind.", "Bo is rude.")
    assert filled.slots[1] == {"name": "Ann", "adj": "rude"}
    assert set(filled.templates) == {"{name} is {adj}."}
    assert filled.labels is None


@settings(deadline=None)
@given(first=word_lists, second=word_lists)
def test_the_product_has_every_combination_once_and_no_brace_is_left(first, second):
    filled = Editor().template("{x} - {y} - {x1}", x=first, y=second)

    assert len(filled) == len(first) * len(second) * len(first)
    assert {tuple(slots.values()) for slots in filled.slots} == set(product(first, second, first))
    assert not any("{" in text or "}" in text for text in filled)


@settings(deadline=None)
@given(values=word_lists, limit=st.integers(1, 40), seed=st.integers(0, 99))
def test_a_sample_has_distinct_members_of_the_product(values, limit, seed):
    whole = Editor().template("{x}|{x1}", x=values)
    sample = Editor(seed=seed).template("{x}|{x1}", x=values, nsamples=limit)

    members = [tuple(slots.items()) for slots in whole.slots]
    drawn = [tuple(slots.items()) for slots in sample.slots]
    assert len(drawn) == min(limit, len(members))
    assert len(set(drawn)) == len(drawn)
    assert set(drawn) <= set(members)


def test_a_sample_draws_all_members_alike():
    counts = dict.fromkeys("abcd", 0)
    for seed in range(400):
        counts[Editor(seed=seed).template("{x}", x=list("abcd"), nsamples=1).data[0]] += 1

    assert all(70 <= count <= 130 for count in counts.values()), counts  # binomial(400, 1/4), sd 8.7


def test_a_large_product_is_sampled_without_being_made():
    filled = Editor().template("{w} {w1} {w2} {w3} {w4}", w=list(range(1000)), nsamples=50)

    assert len(set(filled.data)) == 50


def test_a_large_product_is_refused_whole():
    with pytest.raises(BenchwrightError, match="8,000,000 combinations"):
        Editor().template("{w} {w1} {w2}", w=list(range(200)))


_DRAW = """
import random
from benchwright.behaviour import Editor, change_names, perturb
random.seed(3)
Editor(seed=5).template("{city}", nsamples=9)
filled = Editor(seed=5).template("{first_name} from {city} is one {profession}", nsamples=20)
print([filled.data, perturb(filled, change_names).data])
"""


def test_another_process_draws_the_same_whatever_was_drawn_before():
    filled = Editor(seed=5).template("{first_name} from {city} is one {profession}", nsamples=20)
    here = [filled.data, perturb(filled, change_names).data]

    for seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", _DRAW],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert there.stdout.strip() == repr(here)


def test_another_seed_or_template_draws_others():
    one, other = Editor(seed=1), Editor(seed=2)

    assert one.template("{city}", nsamples=9).data != other.template("{city}", nsamples=9).data
    assert one.template("{city} ", nsamples=9).slots != one.template("{city}", nsamples=9).slots


def test_numbered_tags_draw_independently_from_one_list():
    filled = Editor().template("{adj1}, {adj2}", adj=["big", "red"])

    assert filled.data == ("big, big", "big, red", "red, big", "red, red")


def test_a_list_of_a_numbered_name_comes_first():
    assert Editor().template("{adj1} {adj}", adj=["big"], adj1=["red"]).data == ("red big",)


def test_combinations_with_a_value_twice_are_left_out():
    filled = Editor().template("{adj1}, {adj2}", adj=["big", "red"], remove_duplicates=True)

    assert filled.data == ("big, red", "red, big")


def test_a_value_that_stands_twice_in_a_list_counts_once():
    assert Editor().template("{adj}", adj=["big", "red", "big"]).data == ("big", "red")


@settings(deadline=None)
@given(rows=st.lists(st.tuples(plain, plain), min_size=1, max_size=6))
def test_lists_side_by_side_give_their_rows(rows):
    first, second = [list(column) for column in zip(*rows, strict=True)]
    filled = Editor().template("{x} {y} {z}", x=first, y=second, z="!", product=False)

    assert filled.data == tuple(f"{one} {other} !" for one, other in rows)


def test_lists_of_different_length_are_not_taken_side_by_side():
    with pytest.raises(BenchwrightError, match="differ in length") as refused:
        Editor().template("{x} {y}", x=["a", "b"], y=["c", "d", "e"], product=False)

    assert refused.value.shown == ("x: 2 values", "y: 3 values")


def test_two_tags_of_one_list_are_not_taken_side_by_side():
    with pytest.raises(BenchwrightError, match="always be equal"):
        Editor().template("{x1} {x2}", x=["a", "b"], product=False)


def test_fields_and_places_are_entered():
    people = [{"first": "Ada", "job": {"title": "actor"}}, {"first": "Bo", "job": {"title": "baker"}}]
    filled = Editor().template(
        "{p.first} is {a:p.job.title}, {more[0]} than {more[1]}", p=people, more=[["big", "wee"]]
    )

    assert filled.data == ("Ada is an actor, big than wee", "Bo is a baker, big than wee")
    assert filled.slots[0] == {"p.first": "Ada", "p.job.title": "actor", "more[0]": "big", "more[1]": "wee"}


def test_attributes_of_objects_are_never_entered():
    with pytest.raises(BenchwrightError, match="mappings for"):
        Editor().template("{x.__class__}", x=["text"])


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (("{x}?", "{x}!"), ("a?", "a!")),
        (["{x}?", "{x}!"], ["a?", "a!"]),
        ({"premise": "{x}?", "options": ["{x}", "no {x}"]}, {"premise": "a?", "options": ["a", "no a"]}),
    ],
)
def test_the_parts_of_a_template_share_their_values(template, expected):
    assert Editor().template(template, x=["a"]).data == (expected,)


def test_parts_become_items_of_their_own():
    filled = Editor().template(["{x}?", "{x}!"], x=["a", "b"], labels=["ask", "tell"], unroll=True)

    assert filled.data == ("a?", "a!", "b?", "b!")
    assert filled.labels == ("ask", "tell", "ask", "tell")
    assert filled.slots[2] == {"x": "b"}


def test_a_label_is_one_for_all_or_made_of_the_values():
    words = [{"text": "good", "label": "positive", "stars": 5}, {"text": "bad", "label": "negative", "stars": 1}]
    make = Editor({"word": words}).template

    assert make("{word.text}", labels="mixed").labels == ("mixed", "mixed")
    assert make("{word.text}", labels="{word.label}").labels == ("positive", "negative")
    assert make("{word.text}", labels="{word.stars}").labels == (5, 1)
    assert make("{word.text}", labels=lambda values: -values["word"]["stars"]).labels == (-5, -1)
    assert make("{word.text}", meta={"is": "{word.label}!"}).meta == ({"is": "positive!"}, {"is": "negative!"})


def test_a_label_that_asks_for_a_list_of_its_own_takes_part_in_the_product():
    assert Editor().template("x", labels="{y}", y=["a", "b"]).labels == ("a", "b")


def test_results_are_put_behind_one_another():
    editor = Editor()
    whole = editor.template("{x}", x=["a"], labels="p") + editor.template(
        "not {x}", x=["a", "b"], labels="n", save=True
    )

    assert whole.data == ("a", "not a", "not b")
    assert whole.labels == ("p", "n", "n")
    assert whole.templates == ("{x}", "not {x}", "not {x}")
    assert whole.recipes[0].fillers == {"x": ("a", "b")}
    assert sum([whole], Filled()) == whole
    with pytest.raises(BenchwrightError, match="only one of the two has labels"):
        whole + editor.template("{x}", x=["c"])


def test_a_long_template_has_a_short_id_of_its_own():
    ids = {Editor().template(f"{'very ' * 40}{{x}}{end}", x=["a"]).templates[0] for end in ".!"}

    assert len(ids) == 2
    assert all(len(name) <= 100 for name in ids)


def test_doubled_braces_are_braces():
    assert Editor().template("{{{x}}} {{}}", x=["a"]).data == ("{a} {}",)


def test_values_are_never_templates():
    assert Editor().template("{x}", x=["{y}"]).data == ("{y}",)


@pytest.mark.parametrize(
    ("template", "fillers", "problem"),
    [
        ("{nothing}", {}, r"the tag \{nothing\} has nothing to be filled with"),
        ("{a:nothing7.x}", {}, r"the tag \{nothing7.x\} has nothing"),
        ("{mask} {mask}", {}, "2 slots"),
        ("{a:mask2}", {"mask": ["x"]}, "a slot has no form, number or field"),
        ("{x", {"x": "a"}, "no other half"),
        ("x}", {}, "no other half"),
        ("{}", {}, "is no tag"),
        ("{x[-1]}", {"x": "a"}, "is no tag"),
        ("{x!r}", {"x": "a"}, "is no tag"),
        ("{x y}", {"x": "a"}, "is no tag"),
        ("{the:x}", {"x": "a"}, "no form of a tag"),
        ("{x}", {"x": []}, "is empty"),
        ("{x}", {"x": {"b", "a"}}, "are a set"),
        ("{x}", {"x": [None]}, "filled with None"),
        ("{x}", {"x": [True]}, "filled with True"),
        ("{x}", {"x": [{"k": 1}]}, "filled with"),
        ("{x.y}", {"x": [{"k": 1}]}, "has no 'y'"),
        ("{x[2]}", {"x": [["a", "b"]]}, "has 2 parts"),
        ("{x}", {"x": "a", "nsample": 3}, "no tag of the template asks for 'nsample'"),
        ("{a:x}", {"x": [""]}, "has no article"),
        (b"bytes", {}, "cannot hold bytes"),
    ],
)
def test_what_cannot_be_filled_is_refused_by_name(template, fillers, problem):
    with pytest.raises(BenchwrightError, match=problem):
        Editor().template(template, **fillers)


@pytest.mark.parametrize("limit", [0, -1, 2.5, True])
def test_a_sample_has_a_whole_size(limit):
    with pytest.raises(BenchwrightError, match="nsamples"):
        Editor().template("{city}", nsamples=limit)


def test_lists_of_numpy_and_pandas_are_lists():
    filled = Editor().template("{x} {y}", x=np.array([1, 2]), y=pd.Series(["a"]), labels="{x}")

    assert filled.data == ("1 a", "2 a")
    assert [type(label) for label in filled.labels] == [int, int]


def test_lists_without_names_are_refused():
    with pytest.raises(BenchwrightError, match="lists are given as list"):
        Editor(["good", "bad"])


def test_several_templates_are_filled_one_behind_the_other():
    filled = Editor().each(["{x} is {y}", "{x}!"], x=["a", "b"], y="c", labels="{x}")

    assert filled.data == ("a is c", "b is c", "a!", "b!")
    assert filled.templates == ("{x} is {y}", "{x} is {y}", "{x}!", "{x}!")
    assert filled.labels == ("a", "b", "a", "b")
    assert Editor(seed=3).each(["{city}", "in {city}"], nsamples=3).data[:3] == (
        Editor(seed=3).template("{city}", nsamples=3).data
    )


def test_of_several_templates_one_must_ask_for_a_list():
    with pytest.raises(BenchwrightError, match="no tag of the template asks for 'z'"):
        Editor().each(["{x}", "{y}"], x="a", y="b", z="c")


def test_functions_do_not_ask_for_lists():
    with pytest.raises(BenchwrightError, match="asks for 'nsample'"):
        Editor().template("{city}", nsample=3, labels=lambda values: values["city"])


def test_tags_are_words_of_any_language():
    assert Editor().template("{größe} {größe2}", größe=["a"]).data == ("a a",)
