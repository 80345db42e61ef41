"""A refusal names the next thing to type, and what it names is right."""

import gzip
import json

import pytest

ROWS = [("fine day", "good"), ("dull film", "bad"), ("kind words", "good"), ("cold soup", "bad")] * 3
OWN = "classification/custom?path=own.csv"


@pytest.fixture
def folder(tmp_path):
    """A user's rows, in several wrappings, with predictions of them."""
    text = "text,label\n" + "".join(f"{text} {at},{label}\n" for at, (text, label) in enumerate(ROWS))
    (tmp_path / "own.csv").write_text(text)
    (tmp_path / "own.csv.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "wide.csv").write_bytes(text.encode("utf-16"))
    labels = [label for _, label in ROWS]
    said = [json.dumps({"index": at, "label": label}) for at, label in enumerate(labels)]
    (tmp_path / "said.jsonl").write_text("\n".join(said) + "\n")
    (tmp_path / "by_id.csv").write_text("id,label\n" + "".join(f"{at},{label}\n" for at, label in enumerate(labels)))
    (tmp_path / "nothing").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "said.jsonl", "--suite", OWN), "next: predictions:said.jsonl"),
        (("run", "system=said.jsonl", "--suite", OWN), "next: predictions:said.jsonl"),
        (("run", "siad.jsonl", "--suite", OWN), "no file siad.jsonl here"),
        (("run", "majority", "--suite", "sst2"), "did you mean glue/sst2?"),
        (("run", "majority", "--suite", "custom"), "classification/custom or ner/custom or squad/custom"),
        (("run", "bert-base-uncased", "--suite", "starter"), "next: transformers:bert-base-uncased for a checkpoint"),
        (("run", "majorty", "--suite", "starter"), "did you mean majority?"),
        (("run", "predictions:said.jsonl", "--suite", f"{OWN}.gz"), "unpack it with `gunzip` first"),
        (("run", "predictions:said.jsonl", "--suite", "classification/custom?path=wide.csv"), "say encoding=utf-16"),
        (("run", "predictions:by_id.csv", "--suite", OWN), "call that column `index`"),
        (("run", "predictions:nothing", "--suite", OWN), "name it itself: predictions:nothing/FILE"),
    ],
)
def test_a_wrong_command_names_the_right_one(arguments, told, folder, program):
    """What was typed is refused with what to type instead."""
    done = program(*arguments, check=2)

    assert told in done.stderr
    assert "latin-1" not in done.stderr
    assert "Traceback" not in done.stderr


def test_the_encoding_that_is_named_works(folder, program):
    """Typed as told, a UTF-16 file is read."""
    done = program(
        "run", "predictions:said.jsonl", "--suite", "classification/custom?path=wide.csv&encoding=utf-16", check=0
    )

    assert "100.00" in done.stdout


def test_one_model_of_a_run_is_shown_and_reported(folder, program):
    """``show RUN:MODEL`` and ``report RUN:MODEL`` take one model; where a whole run is needed, the message says so."""
    program("run", "one=predictions:said.jsonl", "two=predictions:said.jsonl", "--suite", OWN, "--name", "r", check=0)

    shown = program("show", "r:two", check=0).stdout
    assert "two" in shown.splitlines()[0]
    assert "one" not in shown.splitlines()[0]
    assert "`--name`" not in program("show", "r:three", check=2).stderr
    assert ",two," in program("report", "r:two", "--as", "csv", check=0).stdout
    assert "say r alone" in program("store", "export", "r:two", "-o", "b.zip", check=2).stderr


def test_another_option_of_own_data_is_named(folder, program):
    """Two runs of the same file with another positive label differ by that option, which is named."""
    for name, label in (("a", "good"), ("b", "bad")):
        suite = f"{OWN}&positive={label}"
        program("run", "m=predictions:said.jsonl", "--suite", suite, "--name", name, check=0)

    assert "the option positive= differs" in program("compare", "a", "b", check=3).stderr
