"""The same seed gives the same bytes, whatever the process, the order and the seed of Python's hashes."""

import json
import os
import random
import subprocess
import sys

from benchwright.perturbations import DEFAULT, INDEX, Item, changed_inputs, named, perturb
from benchwright.types import Kind

SENTENCES = (
    "The film wasn't bad at all, but John Smith is not the best actor of 2004.",
    "it 's a charming and often affecting journey .",
    "In 1999, 25 workers from Ohio founded the company; it had 1,200 employees by 2003.",
)

PROGRAM = """
import json, sys
from benchwright.perturbations import Item, changed_inputs, named, perturb
from benchwright.types import Kind
for name, at, severity, text in json.load(sys.stdin):
    item = Item(f"t/{at}", Kind.CLASSIFY, {"text": text}, {}, (), "text")
    changes = perturb(named(name), item, severity=severity, seed=3, draw=1)
    print(json.dumps([name, at, severity, changed_inputs(item.inputs, changes)["text"]]))
"""


def test_another_process_another_order_and_another_hash_seed_give_the_same_texts():
    asked = [
        (name, at, severity, text) for name in INDEX for at, text in enumerate(SENTENCES) for severity in (1, 2, 3)
    ]
    answers = []
    for hash_seed, locale in (("0", "C"), ("4242", "tr_TR.UTF-8")):
        random.Random(hash_seed).shuffle(asked)
        env = {**os.environ, "PYTHONHASHSEED": hash_seed, "LC_ALL": locale}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            env=env,
            check=True,
        )
        answers.append(sorted(done.stdout.splitlines()))
    assert answers[0] == answers[1]
    assert len(answers[0]) == len(asked)


def test_what_a_seed_gives_is_written_down():
    """Texts of stored cells: a change of one of them makes variants incomparable with those of an earlier version."""
    item = Item("t/0", Kind.CLASSIFY, {"text": SENTENCES[0]}, {}, (), "text")
    assert {name: changed_inputs(item.inputs, perturb(named(name), item))["text"] for name in DEFAULT} == {
        "keyboard_typo": "The film wasn't bad at all, but Jihn Smifh is not the bedt actor of 2004.",
        "case": "THE film wasn't Bad AT all, But John Smith is Not the Best ACTOR Of 2004.",
        "punctuation": "The film wasn't bad at all but John Smith is not the best actor of 2004",
        "contractions": "The film wasn't bad at all, but John Smith isn't the best actor of 2004.",
        "number_and_name": "The film wasn't bad at all, but Kyle Smith is not the best actor of 2011.",
        "irrelevant_sentence": "A ladder stands behind the garage. The staircase leads to the attic. The film wasn't bad at all, but John Smith is not the best actor of 2004.",
    }


def test_seed_draw_and_example_each_give_another_variant():
    typo = named("keyboard_typo")

    def variant(example="t/0", **how):
        item = Item(example, Kind.CLASSIFY, {"text": SENTENCES[2]}, {}, (), "text")
        return changed_inputs(item.inputs, perturb(typo, item, **how))["text"]

    assert len({variant(), variant(seed=1), variant(draw=1), variant("t/1")}) == 4


def test_nothing_draws_from_the_state_of_the_random_module():
    random.seed(1)
    before = random.getstate()
    for name in INDEX:
        perturb(named(name), Item("t/0", Kind.CLASSIFY, {"text": SENTENCES[0]}, {}, (), "text"))
    assert random.getstate() == before


def test_names_are_known_without_importing_a_perturbation():
    program = "import sys; from benchwright.perturbations import INDEX, DEFAULT; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert not {f"benchwright.perturbations.{module}" for module in INDEX.values()} & set(loaded)
    assert not {"numpy", "confusable_homoglyphs", "pandas"} & set(loaded)
