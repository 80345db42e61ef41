"""Words with their definitions: one for each, on the page once, those that were used."""

import re

import pytest

from benchwright.metrics import INDEX
from benchwright.render import glossary
from benchwright.render.glossary_entries import ENTRIES, METRICS
from benchwright.render.page import render_page


def test_every_metric_that_is_built_in_has_a_definition():
    for name in INDEX:
        told = glossary.define(name)
        assert told.title
        assert "better." in told.text or "neutral." in told.text
        assert "Computed as: " in told.text


def test_plain_words_are_said_of_metrics_that_exist_only():
    assert METRICS.keys() <= INDEX.keys()


def test_no_word_is_a_metric_too():
    assert not ENTRIES.keys() & INDEX.keys()


def test_a_word_that_nobody_defines_is_an_error():
    with pytest.raises(KeyError, match="no 'entropy-of-zebras'"):
        glossary.define("entropy-of-zebras")


def test_a_version_of_a_metric_means_the_metric():
    assert glossary.define("accuracy@1") == glossary.define("accuracy")


def test_a_word_points_to_its_entry_and_is_listed_once():
    with glossary.collecting():
        first = glossary.term("p adjusted", "holm")
        second = glossary.term("adjusted", "holm")
        listed = glossary.list_used(always=("n",))

    assert first == '<button class="t" popovertarget="d-holm">p adjusted</button>'
    assert 'popovertarget="d-holm">adjusted<' in second
    assert [one.name for one in listed] == ["n", "holm"]


def test_words_of_one_page_are_not_those_of_the_next():
    with glossary.collecting():
        glossary.term("p adjusted", "holm")
    with glossary.collecting():
        assert "holm" not in {one.name for one in glossary.list_used()}


def test_text_of_a_word_is_escaped():
    with glossary.collecting():
        assert "<script" not in glossary.term("<script>", "holm")


def test_a_metric_of_a_plugin_that_is_not_here_is_text_alone():
    with glossary.collecting():
        assert glossary.metric_term("ours", "no_such_metric@3") == "ours"
        assert "d-accuracy" in glossary.metric_term("accuracy", "accuracy@1")


def test_definitions_are_whole_sentences_in_order_of_their_titles():
    for name, (title, text) in ENTRIES.items():
        assert title, name
        assert re.fullmatch(r"[A-Z0-9].*[.?]", text), name
    with glossary.collecting():
        for name in ENTRIES:
            glossary.term(name, name)
        titles = [one.title.casefold() for one in glossary.list_used()]
    assert titles == sorted(titles)


def test_every_button_of_the_section_has_its_entry():
    page = render_page("glossary.html.j2")
    assert set(re.findall(r'id="(d-[\w-]+)" popover', page)) == {"d-interval", "d-n", "d-points"}
