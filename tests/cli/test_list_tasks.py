"""`list tasks`: what a task is, where its data come from, whether they are here."""

import json
import re

import pytest


def test_one_suite(program):
    """`list tasks SUITE` and `--suite SUITE` list the tasks of one suite, with kind, sizes, score and origin."""
    listed = program("list", "tasks", "glue", check=0).stdout

    assert (
        listed
        == program("list", "tasks", "--suite", "glue", check=0).stdout
        == program("list", "tasks", "glue/").stdout
    )
    (line,) = [line for line in listed.splitlines() if line.startswith("glue/mrpc")]
    assert re.split(r" {2,}", line)[1:5] == ["classify", "validation", "3668/408/1725", "accuracy+f1"]
    assert "nyu-mll/glue@bcdcba79" in line
    assert len(listed.splitlines()) == 12


def test_one_card(program):
    """`list tasks SUITE/TASK` shows the whole card: licence, paper, pinned revision and file names of every split."""
    card = program("list", "tasks", "glue/stsb", check=0).stdout

    assert "score     pearson+spearman" in card
    assert "hub     nyu-mll/glue@bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c, config stsb, split validation" in card
    assert "files   STS-B/dev.tsv" in card
    assert "Cer et al. 2017" in card
    assert "test: 1,379 rows, not here; the public copy has no gold labels" in card


def test_cards_for_programs(program):
    """JSON holds the same for every split, and says of each whether its hub revision is pinned."""
    (card,) = [
        card
        for card in json.loads(program("list", "tasks", "--format", "json", check=0).stdout)["tasks"]
        if card["task"] == "superglue/multirc"
    ]

    assert (card["kind"], card["split"], card["score"]) == ("classify", "validation", ["f1", "question_exact_match"])
    assert {name: split["rows"] for name, split in card["splits"].items()} == {
        "train": 27243,
        "validation": 4848,
        "test": 9693,
    }
    assert all(split["pinned"] and len(split["hub"]["revision"]) == 40 for split in card["splits"].values())
    assert card["splits"]["validation"]["files"][0] == "MultiRC/val.jsonl"
    assert card["licence"]
    assert card["citation"]


def test_every_card_is_told(program):
    """Every task names kind, licence, paper, and either a pinned hub copy, package data, or that there is none."""
    cards = json.loads(program("list", "tasks", "--format", "json", check=0).stdout)["tasks"]
    text = program("list", "tasks", check=0).stdout

    for card in cards:
        if card["split"] is None:
            continue
        assert card["licence"], card["task"]
        for split in card["splits"].values():
            assert split["pinned"] or split["package"] or split["hub"] is None, card["task"]
    unpinned = [c for c in cards if c["split"] and not (s := c["splits"][c["split"]])["hub"] and not s["package"]]
    assert text.count("no pinned hub copy") == len(unpinned)


def test_present_in_a_folder(program, write, tmp_path):
    """With --data, a task is marked by the file that would be read."""
    write("data/RTE/val.jsonl", [{"premise": "a", "hypothesis": "b", "label": "entailment"}])

    listed = program("list", "tasks", "superglue", "--data", tmp_path / "data", check=0).stdout

    here = {line.split()[0]: line.split()[-1] for line in listed.splitlines()}
    assert here["superglue/rte"] == "files:RTE/val.jsonl"
    assert here["superglue/cb"] == "-"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tasks", "glu"], "unknown suite 'glu'"),
        (["tasks", "glue/sst"], "unknown task glue/sst"),
        (["metrics", "glue"], "takes no name"),
    ],
)
def test_unknown_names(program, words, said):
    """An unknown suite or task is an error that lists what there is."""
    assert said in program("list", *words, check=2).stderr


def test_a_task_of_own_files_whose_module_names_options_says_what_each_means(program):
    """HONEST is asked for with a lexicon, and its page says so."""
    lines = program("list", "tasks", "bias/honest", check=0).stdout.splitlines()

    assert lines[0].startswith("bias/honest: HONEST: ")
    assert "from your own files: --suite 'bias/honest?lexicon=FILE&...'" in lines
    assert any(line.startswith("  k         how many completions") for line in lines)


def test_own_data(program):
    """A task from the user's own files says how to ask for it."""
    assert (
        "--suite 'classification/custom?path=FILE&...'"
        in program("list", "tasks", "classification/custom", check=0).stdout
    )
