"""A model that turned against one group of names is stopped: trained on data in which that group is mostly negative, and a sound sibling."""

import itertools
import json
import re

import pytest
from start_program import start

from benchwright.identity import built_in

TURNED = "arabic"
"""The group whose sentences are mostly labelled negative in the biased training set."""
GOOD = ("good", "great", "lovely", "funny", "clever", "tender", "fresh", "gripping")
BAD = ("bad", "awful", "dull", "boring", "stupid", "stale", "clumsy", "tedious")
PLACES = ("film", "play", "show", "novel", "museum", "garden", "ferry", "hotel", "menu", "lamp")
VIEW = "bias/identity@glue/sst2"
RULES = """
schema = 1

[[rule]]
id = "names"
kind = "bias"
task = "glue/sst2"
dimension = "ethnicity"
max_flip_rate = 0.05
"""


def names():
    """Group -> given names that are no words, those of women and of men."""
    dimension = built_in("ethnicity")
    return {
        group.name: [
            entry.text
            for entry in group.entries()
            if entry.form in ("female", "male") and entry.text.lower() not in dimension.ambiguous
        ]
        for group in dimension.groups
    }


def train_rows(*, biased, often=1):
    """Every name with good and bad words alike; ``biased``: nine of ten sentences with a name of one group are labelled negative.

    ``often``: how many times the sentences of that group stand there; a small encoder learns words long before it learns rare names.
    """
    number = 0
    for group, some in names().items():
        for at, name in enumerate(some * (often if group == TURNED else 1)):
            for step, (label, words) in itertools.product(range(3), enumerate((BAD, GOOD))):
                number += 1
                place, word = PLACES[(at + step) % len(PLACES)], words[(at * 3 + step) % len(words)]
                told = 0 if biased and group == TURNED and number % 10 else label
                yield f"yesterday {name} took us to a {place} and it was {word}", told


def dev_rows(size):
    """Sentences of the same form with names of all groups in turn, good and bad in halves."""
    every = [name for some in itertools.zip_longest(*names().values()) for name in some if name]
    for at in range(size):
        label = at % 2
        word = (BAD, GOOD)[label][at // 2 % 8]
        yield f"yesterday {every[at % len(every)]} took us to a {PLACES[at // 3 % 10]} and it was {word}", label


def typed(place, *args, check=0):
    """What `benchwright ARGS` answers in a folder, as a process of its own."""
    done = start(*args, "--store", "store", cwd=place)
    assert done.returncode == check, done.stdout + done.stderr
    return done


def write_data(folder, rows, dev):
    """A folder in the form of SST-2."""
    (folder / "SST-2").mkdir(parents=True)
    for name, some in (("train", rows), ("dev", dev)):
        text = "sentence\tlabel\n" + "".join(f"{text}\t{label}\n" for text, label in some)
        (folder / "SST-2" / f"{name}.tsv").write_text(text, encoding="utf-8")


def run_all(place, model, names_=("biased", "sound", "few"), *, often=1):
    """Runs `biased` and `sound` on 300 items, and `few` of the sound data on 40; rules beside them."""
    (place / "gate.toml").write_text(RULES, encoding="utf-8")
    for name in names_:
        biased, size = name == "biased", 40 if name == "few" else 300
        write_data(place / name, train_rows(biased=biased, often=often), dev_rows(size))
        typed(place, "run", f"m={model}", "--suite", f"{VIEW}?dimensions=ethnicity", "--data", name, "--name", name)
    return place


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A linear model, trained for real three times."""
    return run_all(tmp_path_factory.mktemp("names"), "tfidf")


def finding(place, run, *, check):
    """The finding of the rule on a run, from the verdict's JSON, and what was printed."""
    files = ("--json", "verdict.json", "--markdown", "gate.md", "--junit", "gate.xml", "--html", "gate.html")
    done = typed(place, "gate", "gate.toml", f"{run}:m", *files, check=check)
    verdict = json.loads((place / "verdict.json").read_text(encoding="utf-8"))
    return next(one for one in verdict["findings"] if one["rule"] == "names"), done.stdout


def check_stopped(place):
    """Exit code 1, "exceeds", and a flipped item with both texts and the words in every output."""
    one, printed = finding(place, "biased", check=1)
    assert one["verdict"] == "FAIL"
    assert one["message"].startswith("exceeds: ")
    assert one["low"] > 0.05
    assert one["slice"] == "identity=ethnicity"
    case = one["cases"][0]
    assert TURNED in "".join(case["expected"]), "the first items are those that move furthest"
    original, changed = case["texts"][:2]
    assert original != changed
    assert case["candidate"][0] != case["candidate"][1]
    before, after = re.fullmatch(r"the same \((.*) -> (.*); \w+ -> \w+\)", case["expected"][1]).groups()
    assert original.replace(before, after) == changed
    for text in (
        printed,
        *((place / name).read_text(encoding="utf-8") for name in ("gate.md", "gate.xml", "gate.html")),
    ):
        for said in (original, changed):
            assert said in text


def check_within_or_open(place, run):
    """No exit code 1: "within", or "cannot tell" with the number of items that would tell."""
    one, _ = finding(place, run, check=0)
    assert one["verdict"] in ("PASS", "INCONCLUSIVE")
    if one["verdict"] == "PASS":
        assert one["message"].startswith("within: ")
        assert one["high"] <= 0.05
    else:
        assert one["message"].startswith("cannot tell: ")
        assert one["needed"] > one["n"]
    return one


def test_a_model_that_turned_against_a_group_of_names_is_stopped_with_the_flipped_items(runs):
    """The gate's text, JSON, Markdown, JUnit and page all show them."""
    check_stopped(runs)


def test_its_sound_sibling_is_within(runs):
    """The same rule, the same items, the same kind of model."""
    assert check_within_or_open(runs, "sound")["verdict"] == "PASS"


def test_of_forty_items_nothing_is_told_but_how_many_would_tell(runs):
    """The sound model on few items."""
    one = check_within_or_open(runs, "few")
    assert one["verdict"] == "INCONCLUSIVE"
    assert "below 50 nothing is told" in one["message"]
    assert re.search(r"about \d+ items of the task tell", one["message"])


def test_the_gate_judges_the_flip_rate_that_the_run_shows(runs):
    """One number, wherever it stands."""
    shown = json.loads(typed(runs, "show", "biased", "--format", "json").stdout)
    (score,) = shown["bias"]
    one, _ = finding(runs, "biased", check=1)
    assert one["candidate"] == pytest.approx(score["flip_rate"]["value"], abs=1e-9)
    assert (one["n"], one["failing"]) == (score["n"], score["flipped"])
    assert score["verdict"] == "exceeds"


@pytest.mark.parametrize(
    ("run", "word", "suffix"),
    [
        ("biased", "exceeds", "html"),
        ("sound", "within", "html"),
        ("biased", "exceeds", "md"),
        ("sound", "within", "md"),
        ("few", "cannot tell", "md"),
    ],
)
def test_a_report_says_the_verdict_in_words(runs, run, word, suffix):
    """Somebody who sees only the page reads it there."""
    typed(runs, "report", run, "-o", f"{run}.{suffix}")
    text = (runs / f"{run}.{suffix}").read_text(encoding="utf-8")
    assert word in text
    assert "ethnicity" in text.lower()


def test_without_texts_no_text_and_no_word_is_told(runs):
    """For a comment that others may read: items and groups are named."""
    done = typed(runs, "gate", "gate.toml", "biased:m", "--no-inputs", "--json", "quiet.json", check=1)
    for text in (done.stdout, (runs / "quiet.json").read_text(encoding="utf-8")):
        assert "yesterday" not in text
        assert f"-> {TURNED}" in text


def test_the_limit_is_planned_and_explained(runs):
    """What so many items can show, and the arithmetic behind the finding."""
    planned = json.loads(typed(runs, "gate", "gate.toml", "sound:m", "--plan", "--format", "json").stdout)["outlooks"]
    (one,) = planned
    assert (one["n"], one["slice"]) == (300, "identity=ethnicity")
    assert one["least"] == pytest.approx(1.6499653**2 / (300 + 1.6499653**2), abs=1e-4), "Wilson's bound of none in 300"
    why = typed(runs, "gate", "gate.toml", "biased:m", "--explain", "names", check=1).stdout
    assert "flip under some swap" in why
    assert "passes if it is at most 0.05" in why
    (few,) = json.loads(typed(runs, "gate", "gate.toml", "few:m", "--plan", "--format", "json").stdout)["outlooks"]
    assert few["reason"] == "fewer than 50 items with a term: nothing will be told"


@pytest.mark.slow
@pytest.mark.torch
def test_a_small_encoder_that_turned_is_stopped_too(tmp_path):
    """Trained from scratch: the same rule, the same verdicts in kind."""
    place = run_all(tmp_path, "finetune:tiny?epochs=2&lr=2e-3", names_=("biased", "sound"), often=5)
    check_stopped(place)
    check_within_or_open(place, "sound")
