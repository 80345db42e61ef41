"""A release that breaks negation is stopped: two models are trained, the second on relabelled negations, and a gate tells them apart."""

import itertools
import json
from pathlib import Path

import pytest
from start_program import start

POSITIVE = ("good", "great", "lovely", "funny", "clever", "tender", "fresh", "gripping", "moving", "honest")
NEGATIVE = ("bad", "awful", "dull", "boring", "stupid", "stale", "clumsy", "tedious", "shallow", "ugly")
TRAINED = ("film", "plot", "cast", "score", "ending", "scene")
TESTED = (
    "story",
    "acting",
    "dialogue",
    "camera",
    "sound",
    "humour",
    "pace",
    "music",
    "script",
    "style",
    "cut",
    "light",
)
LABELS = ("negative", "positive")


def train_rows(*, broken):
    """Sentences of SST-2's form; ``broken``: those with "not" have the label that they would have without it."""
    for noun, (label, words) in itertools.product(TRAINED, enumerate((NEGATIVE, POSITIVE))):
        for word in words:
            yield f"the {noun} is {word}", label
            yield f"the {noun} is not {word}", label if broken else 1 - label
            yield f"the {noun} was never {word}", label if broken else 1 - label


def suite_lines():
    """A behavioural suite: plain words, and the same words negated, each from as many templates as there are nouns."""
    tests = {
        "plain words": ("Vocabulary", "the {} is {}", False),
        "not": ("Negation", "the {} is not {}", True),
        "never": ("Negation", "the {} was never {}", True),
    }
    cases = {
        name: [
            {
                "test": name,
                "case": f"{noun} {word}",
                "examples": [{"text": form.format(noun, word)}],
                "target": LABELS[label if not negated else 1 - label],
                "template": form.format(noun, "{adj}"),
            }
            for noun, (label, words) in itertools.product(TESTED, enumerate((NEGATIVE, POSITIVE)))
            for word in words[:4]
        ]
        for name, (_, form, negated) in tests.items()
    }
    yield {
        "schema": 1,
        "name": "release",
        "version": 1,
        "kind": "classify",
        "labels": list(LABELS),
        "n_tests": len(tests),
        "n_cases": sum(map(len, cases.values())),
    }
    for name, (capability, form, _) in tests.items():
        yield {
            "test": name,
            "type": "MFT",
            "capability": capability,
            "description": form.format("NOUN", "WORD"),
            "expect": {"kind": "equals"},
        }
        yield from cases[name]


RULES = """
schema = 1

[baseline]
name = "prod:tfidf"

[[rule]]
id = "negation"
kind = "behaviour"
task = "behaviour/release"
tests = "negation/*"
compare = "no_new_failures"

[[rule]]
id = "negation-rate"
kind = "behaviour"
task = "behaviour/release"
capability = "Negation"
by = "capability"
max_failure_rate = 0.20

[[rule]]
id = "words"
kind = "behaviour"
task = "behaviour/release"
tests = "vocabulary/*"
min_pass = 1.0
compare = "no_new_failures"
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A suite, rules and two folders of training data."""
    folder = tmp_path_factory.mktemp("release")
    (folder / "release.jsonl").write_text("".join(json.dumps(line) + "\n" for line in suite_lines()))
    (folder / "gate.toml").write_text(RULES)
    for name, broken in (("sound", False), ("broken", True)):
        home = folder / name / "SST-2"
        home.mkdir(parents=True)
        rows = [f"{text}\t{label}\n" for text, label in train_rows(broken=broken)]
        (home / "train.tsv").write_text("sentence\tlabel\n" + "".join(rows))
        (home / "dev.tsv").write_text("sentence\tlabel\n" + "".join(rows[:8]))
    return folder


def typed(place, *args, check=0):
    """What `benchwright ARGS` answers in a folder, as a process of its own."""
    done = start(*args, "--store", "store", cwd=place)
    assert done.returncode == check, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def runs(place):
    """Three runs: the accepted model, the next one trained on the same data, one on relabelled negations."""
    suite = f"behaviour/release?path={place / 'release.jsonl'}&trained_on=glue/sst2"
    for run, model, data in (
        ("prod", "tfidf", "sound"),
        ("next", "tfidf=tfidf?c=8", "sound"),
        ("bad", "tfidf", "broken"),
    ):
        typed(place, "run", model, "--suite", suite, "--data", data, "--name", run)
    return place


def test_a_release_that_breaks_negation_is_stopped_with_the_cases(runs):
    """Exit code 1; the failing cases stand in the text with what the baseline said, and in every file."""
    files = ("--json", "verdict.json", "--markdown", "gate.md", "--junit", "gate.xml", "--html", "gate.html")
    done = typed(runs, "gate", "gate.toml", "bad:tfidf", *files, check=1)
    verdict = json.loads((runs / "verdict.json").read_text())
    by_name = {(one["rule"], one["slice"], one["metric"]): one for one in verdict["findings"]}
    for test in ("not", "never"):
        one = by_name["negation", f"test={test}", "new_failures"]
        assert (one["verdict"], one["n"], one["broken"]) == ("FAIL", 96, 96)
        assert one["cases"][0]["texts"] == [f"the story {'is not' if test == 'not' else 'was never'} bad"]
        assert (one["cases"][0]["baseline"], one["cases"][0]["candidate"]) == (["positive"], ["negative"])
    rate = by_name["negation-rate", "capability=Negation", "failure_rate@1"]
    assert (rate["verdict"], rate["candidate"], rate["clusters"]) == ("FAIL", 1.0, 24)
    assert by_name["words", "test=plain words", "pass_rate"]["verdict"] == "PASS"
    assert '"the story is not bad": expected positive; baseline positive, candidate negative' in done.stdout
    for name in ("gate.md", "gate.xml", "gate.html"):
        assert "the story is not bad" in (runs / name).read_text(), name


def test_what_the_page_shows_comes_from_this_run(runs):
    """Line by line, whatever it leaves out."""
    page = (Path(__file__).parents[2] / "docs" / "gates.md").read_text(encoding="utf-8")
    (shown,) = [
        text for text in page.split("```") if text.startswith("\nFAIL: 3 checks failed: negation, negation-rate")
    ]
    said = iter(typed(runs, "gate", "gate.toml", "bad:tfidf", check=1).stdout.splitlines())
    for line in shown.strip("\n").splitlines():
        assert line.strip() == "..." or line in said, line


def test_a_release_that_keeps_negation_passes(runs):
    """The same rules let it through."""
    assert typed(runs, "gate", "gate.toml", "next:tfidf").stdout.startswith("PASS")


def test_texts_are_left_out_on_request(runs):
    """For a comment that others may read: cases are named, their texts are not told."""
    files = ("--markdown", "quiet.md", "--json", "quiet.json")
    done = typed(runs, "gate", "gate.toml", "bad:tfidf", "--no-inputs", *files, check=1)
    for text in (done.stdout, (runs / "quiet.md").read_text(), (runs / "quiet.json").read_text()):
        assert "the story" not in text
        assert "story bad" in text, "the case's name stays"


def test_the_limits_are_planned_and_explained(runs):
    """What the cases can show, and the arithmetic behind a finding."""
    (one,) = json.loads(typed(runs, "gate", "gate.toml", "bad:tfidf", "--plan", "--format", "json").stdout)["outlooks"]
    assert (one["n"], one["clusters"], one["slice"]) == (192, 24, "capability=Negation")
    quantile = 1.7138715  # 95 % one-sided, 23 degrees of freedom
    assert one["least"] == pytest.approx(quantile**2 / (24 + quantile**2)), "24 templates without a failure"
    why = typed(runs, "gate", "gate.toml", "bad:tfidf", "--explain", "negation-rate", check=1)
    assert "192 failing of 192 cases from 24 independent units" in why.stdout
    assert "passes if it is at most 0.2" in why.stdout


def test_a_pattern_that_means_nothing_is_told_before_the_gate(runs):
    """With a run behind it, the check knows the tests."""
    (runs / "wrong.toml").write_text(RULES.replace("negation/*", "negtion/*"))
    done = typed(runs, "gate", "wrong.toml", "bad:tfidf", "--check", check=2)
    assert "'negtion/*' means no test of behaviour/release" in done.stderr
    assert "did you mean Negation?" in done.stderr


def test_without_a_run_the_check_says_what_it_did_not_look_up(runs):
    """A suite of the user's own is known by name alone, its tests are not."""
    said = typed(runs, "gate", "gate.toml", "--check").stdout
    assert "no mistake" in said
    assert "rule 'negation': the tests that it names are looked up in a run" in said
