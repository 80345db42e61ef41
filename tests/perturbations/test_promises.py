"""What every perturbation promises, on items of every kind made of the words that are most likely to be torn."""

import re
import unicodedata
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.edits import Edit, project
from benchwright.perturbations import INDEX, changed_inputs, named, perturb, project_target
from benchwright.types import Kind

from .conftest import items

every = settings(max_examples=80, deadline=None)
severities = st.sampled_from([1, 2, 3])
seeds = st.integers(0, 50)

ALL = [named(name) for name in INDEX]

NEGATIONS = re.compile(r"\b(?:not|no|never|none|nothing|without|hardly|cannot)\b|n't", re.IGNORECASE)
LINKS = ("https://example.com/a", "@user", "#great", "a@b.org")


def joined(value):
    return value if isinstance(value, str) else " ".join(value)


def clusters(text):
    """What a person reads as one sign though it is several, in small letters."""
    found, current = [], ""
    for sign in text:
        extends = unicodedata.category(sign)[0] == "M" or sign == "\u200d" or current.endswith("\u200d")
        if not extends:
            found.append(current)
            current = ""
        current += sign
    return Counter(one.lower() for one in (*found, current) if len(one) > 1 or "\ud800" <= one <= "\udfff")


def both(item, changes):
    """Old and new text of every input."""
    new = changed_inputs(item.inputs, changes)
    return [(joined(value), joined(new[name])) for name, value in item.inputs.items()]


@every
@given(item=items, severity=severities, seed=seeds)
def test_gold_is_kept_where_that_is_promised_and_else_carried_by_the_edits(item, severity, seed):
    for perturbation in ALL:
        changes = perturb(perturbation, item, severity=severity, seed=seed)
        rule = "keep" if perturbation.untouched.gold == "kept" else "substitute"
        for name, spans in item.gold.items():
            assert all(project(span, changes.get(name, ()), rule) is not None for span in spans)
        if rule == "keep":
            assert "options" not in changes


@every
@given(item=items, severity=severities, seed=seeds)
def test_numbers_negations_and_links_stand_in_the_new_text_where_that_is_promised(item, severity, seed):
    for perturbation in ALL:
        changes = perturb(perturbation, item, severity=severity, seed=seed)
        promise = perturbation.untouched
        for old, new in both(item, changes):
            if promise.numbers:
                assert not Counter(re.findall(r"\d+", old)) - Counter(re.findall(r"\d+", new))
            if promise.negations:
                found = [Counter(map(str.lower, NEGATIONS.findall(text))) for text in (old, new)]
                assert not found[0] - found[1]
            if promise.links:
                assert all(old.split().count(link) <= new.split().count(link) for link in LINKS)


@every
@given(item=items, severity=severities, seed=seeds)
def test_nothing_that_reads_as_one_sign_is_torn(item, severity, seed):
    for perturbation in ALL:
        changes = perturb(perturbation, item, severity=severity, seed=seed)
        if perturbation.family == "words" or perturbation.name == "truncation":
            continue
        for old, new in both(item, changes):
            assert clusters(old) == clusters(new)


@every
@given(item=items, severity=severities, seed=seeds)
def test_short_words_stay_where_that_is_promised(item, severity, seed):
    for perturbation in ALL:
        changes = perturb(perturbation, item, severity=severity, seed=seed)
        if perturbation.untouched.shortest == 1:
            continue
        for old, new in both(item, changes):
            short = [word for word in old.split() if sum(map(str.isalpha, word)) < perturbation.untouched.shortest]
            assert not Counter(short) - Counter(new.split())


@every
@given(item=items, seed=seeds)
def test_a_higher_severity_changes_what_a_lower_one_changes(item, seed):
    for perturbation in ALL:
        before = set()
        for severity in (1, 2, 3):
            changes = perturb(perturbation, item, severity=severity, seed=seed)
            places = {(name, at) for name, edits in changes.items() for at in touched(edits)}
            assert before <= places
            before = places


def touched(edits):
    """Positions that edits replace, and gaps in which they write."""
    if edits and not isinstance(edits[0], Edit):
        return [(number, at) for number, option in enumerate(edits) for at in touched(option)]
    return [at for start, end, _ in edits for at in (range(start, end) if start < end else ["|", start][1:])]


@every
@given(item=items, severity=severities, seed=seeds)
def test_changes_are_no_changes_of_nothing_and_keep_names_order_and_types(item, severity, seed):
    for perturbation in ALL:
        changes = perturb(perturbation, item, severity=severity, seed=seed)
        new = changed_inputs(item.inputs, changes)
        assert list(new) == list(item.inputs)
        assert all(type(new[name]) is type(value) for name, value in item.inputs.items())
        assert all(new[name] != item.inputs[name] for name in changes)
        assert set(changes) <= set(item.inputs)
        options = [
            name for name, value in item.inputs.items() if item.kind is Kind.CHOOSE and not isinstance(value, str)
        ]
        assert all(len(new[name]) == len(item.inputs[name]) for name in options)


@every
@given(item=items, severity=severities, seed=seeds)
def test_a_target_goes_with_its_words_and_places(item, severity, seed):
    for perturbation in ALL:
        changes = perturb(perturbation, item, severity=severity, seed=seed)
        new = changed_inputs(item.inputs, changes)
        if item.kind is Kind.TAG:
            tags = ["O"] * len(item.inputs["words"])
            for start, end in item.gold["words"]:
                tags[start:end] = ["B-X", *["I-X"] * (end - start - 1)]
            found = project_target(item, tuple(tags), changes)
            assert len(found) == len(new["words"])
            assert found.count("B-X") == len(item.gold["words"])
        if item.kind is Kind.SPAN:
            spans = item.gold["context"]
            target = {"text": [item.inputs["context"][a:b] for a, b in spans], "answer_start": [a for a, _ in spans]}
            found = project_target(item, target, changes)
            for text, start in zip(found["text"], found["answer_start"], strict=True):
                assert new["context"][start : start + len(text)] == text
            if perturbation.untouched.gold == "kept":
                assert found["text"] == target["text"]
