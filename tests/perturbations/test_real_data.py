"""Every perturbation on real sentences and questions: gold is afterwards what the list of edits says."""

import random

import pytest

from benchwright.data.load import load
from benchwright.edits import Edit
from benchwright.perturbations import INDEX, changed_inputs, item_of, named, perturb, project_target
from benchwright.tags import entities
from benchwright_suites.ner import suite as ner
from benchwright_suites.squad import suite as squad

pytestmark = pytest.mark.realdata


def by_hand(old, edits):
    """A text or a list of words with edits set in from the end."""
    new = list(old)
    for start, end, replacement in reversed(edits):
        new[start:end] = replacement
    return new


def gold_by_hand(old, span, edits):
    """What a span holds afterwards: its own edits set in; and that no edit crosses its ends."""
    start, end = span
    inside = [e for e in edits if start <= e.start and e.end <= end and not (e.start == e.end and e.start in span)]
    crossing = [e for e in edits if e not in inside and e.start < end and start < e.end]
    assert not crossing
    return by_hand(old[start:end], [Edit(e.start - start, e.end - start, e.replacement) for e in inside])


def examples_of(suite, name, folder, split=None):
    task = suite.task(name)
    return task, load(task, split or task.default_split, suite=suite, folder=folder, offline=True).examples


def check_answers(task, example, perturbation, severity):
    item = item_of(task, example)
    changes = perturb(perturbation, item, severity=severity, seed=7)
    edits, old = changes.get("context", ()), example.inputs["context"]
    new = changed_inputs(example.inputs, changes)["context"]
    assert new == "".join(by_hand(old, edits))
    target = project_target(item, example.target, changes)
    places = zip(example.target["text"], example.target["answer_start"], strict=True)
    expected = ["".join(gold_by_hand(old, (start, start + len(text)), edits)) for text, start in places]
    assert target["text"] == expected
    assert [new[s : s + len(t)] for t, s in zip(expected, target["answer_start"], strict=True)] == expected
    if perturbation.untouched.gold == "kept":
        assert expected == list(example.target["text"])
    return bool(changes)


def check_tags(task, example, perturbation, severity):
    item = item_of(task, example)
    changes = perturb(perturbation, item, severity=severity, seed=7)
    edits, old = changes.get("words", ()), example.inputs["words"]
    new = changed_inputs(example.inputs, changes)["words"]
    assert list(new) == by_hand(old, edits)
    tags = project_target(item, example.target, changes)
    assert len(tags) == len(new)
    before, after = entities(example.target), entities(tags)
    assert [one.type for one in before] == [one.type for one in after]
    for one, other in zip(before, after, strict=True):
        expected = gold_by_hand(old, (one.start, one.end), edits)
        assert list(new[other.start : other.end]) == expected
        if perturbation.untouched.gold == "kept":
            assert expected == list(old[one.start : one.end])
    return bool(changes)


def check(folder, answers, sentences):
    draws = random.Random(13)
    task, examples = examples_of(squad, "v1", folder)
    chosen = [(check_answers, task, example) for example in draws.sample(list(examples), answers)]
    pool = []
    for name, split in (("wnut17", "test"), ("bc5cdr", "test"), ("conll2002_es", "test"), ("conll2002_nl", "test")):
        task, examples = examples_of(ner, name, folder, split)
        pool += [(check_tags, task, example) for example in examples]
    chosen += draws.sample(pool, sentences)
    for name in INDEX:
        perturbation = named(name)
        changed = sum(run(task, example, perturbation, 1 + at % 3) for at, (run, task, example) in enumerate(chosen))
        assert changed > len(chosen) / 100, f"{name} changes {changed} of {len(chosen)}"


def test_on_six_hundred_sentences_and_questions(shared_data):
    check(shared_data, answers=100, sentences=500)


@pytest.mark.soak
def test_on_ten_thousand_sentences_and_questions(shared_data):
    check(shared_data, answers=3000, sentences=7000)
