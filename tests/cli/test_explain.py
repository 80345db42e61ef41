"""`benchwright explain` and `show --explain`: what a person types, and what is printed."""

import json
import re
from pathlib import Path

import pytest

import benchwright
from benchwright import console
from benchwright.cli.main import call
from benchwright.errors import BenchwrightError

WORDS = """
def predict(texts):
    good = [0.5 + 0.1 * sum(word in text for word in ("good", "fun", "stunning", "the")) for text in texts]
    return [{"positive": min(one, 1.0), "negative": 1 - min(one, 1.0)} for one in good]
"""
"""A model that is quick to open."""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return str(tmp_path_factory.mktemp("explain") / "store")


@pytest.fixture(scope="module", autouse=True)
def explained(store, tmp_path_factory):
    model = tmp_path_factory.mktemp("model") / "words.py"
    model.write_text(WORDS)
    asked = ("--suite", "starter/sentiment", "--method", "leave_one_out,random", "--examples", "12", "--limit", "40")
    assert (
        call(
            [
                "explain",
                f"words=python:{model}:predict?scores=probabilities",
                "majority",
                *asked,
                "--name",
                "why",
                "--quiet",
                "--store",
                store,
                "--format",
                "json",
            ]
        )
        == 0
    )


def _told(capsys, *arguments):
    code = call([*arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_show_tells_every_measure_and_the_same_item_of_both_models(store, capsys, monkeypatch):
    """A table with verdicts, then items, each with one block for a model; random attributions are left out unless asked for."""
    monkeypatch.delenv("COLUMNS", raising=False)
    code, out, _ = _told(capsys, "show", "why", "--store", store, "--task", "starter/sentiment", "--explain", "1")

    assert code == 0
    assert re.search(r"words +leave_one_out +tau, higher is better", out)
    assert re.search(r"words +leave_one_out +sufficiency, lower is better", out)
    assert len(re.findall(r"^sentiment/\d+ of starter/sentiment; gold ", out, re.MULTILINE)) == 1
    assert "  words, leave_one_out: answers " in out
    assert "  majority, leave_one_out (not distinguishable from random): answers " in out
    assert ", random: answers" not in out
    assert re.search(r"\[\w+ [+-]5\]", out)
    assert "no word changes the number" in out


def test_show_mentions_that_there_are_explanations(store, capsys):
    """The table of a run ends with what was explained, and random attributions are told from others."""
    code, out, _ = _told(capsys, "show", "why", "--store", store)

    assert code == 0
    assert "explanations of starter/sentiment" in out
    assert "show why --explain" in out


def test_json_holds_words_with_offsets_and_values(store, capsys):
    """The text between the offsets is the word, and there is a value for each."""
    code, out, _ = _told(
        capsys, "show", "why", "--store", store, "--explain", "--method", "leave-one-out", "--format", "json"
    )
    found = json.loads(out)

    assert code == 0
    assert {one["method"] for one in found["explanations"]} == {"leave_one_out"}
    assert len(found["attributions"]) == 24
    for item in found["attributions"]:
        assert all(len(target["values"]) == len(item["words"]) for target in item["targets"])
        assert all(word["end"] - word["start"] == len(word["text"]) for word in item["words"])


def test_one_item_is_shown_by_its_id(store, capsys):
    """Without the table; an id that was not explained is refused with what to type."""
    _, out, _ = _told(capsys, "show", "why", "--store", store, "--explain", "--format", "json")
    name = json.loads(out)["attributions"][0]["id"]
    code, out, _ = _told(capsys, "show", "why", "--store", store, "--explain", name, "--method", "random")

    assert code == 0
    assert f"{name} of starter/sentiment" in out
    assert "verdict" not in out
    code, _, err = _told(capsys, "show", "why", "--store", store, "--explain", "sentiment/999")
    assert code == 2
    assert "no item has the id" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--method", "shapp"], "did you mean shap"),
        (["--method", "lime", "--evaluations", "few"], "evaluations=few"),
        (["--flips", "tfidf"], "two models of the run"),
        (["--removal", "burn", "--scale", "loud"], "2 problems"),
        (["--seeds", "99"], "from 1 to 20"),
        (["--method", "random", "--seeds", "0"], "from 1 to 20"),
        (["--scale", "value"], "one of: probability, logit, agreement"),
    ],
)
def test_mistakes_are_told_before_anything_runs(store, capsys, arguments, said):
    """Exit code 2, all mistakes at once, and what to type."""
    code, _, err = _told(capsys, "explain", "tfidf", "--suite", "starter/sentiment", "--store", store, *arguments)

    assert code == 2
    assert said in err
    assert "next:" in err


def test_a_narrow_terminal_without_colours_gets_short_lines(store, capsys, monkeypatch):
    """No line of an item is longer than 40 columns, and there is no escape sequence."""
    monkeypatch.setenv("COLUMNS", "40")
    _, out, _ = _told(capsys, "show", "why", "--store", store, "--explain", "2", "--method", "leave_one_out")
    items = out[out.index("[word +5]") :]

    assert max(map(len, items.splitlines())) <= 40
    assert "\x1b" not in out


def test_a_terminal_gets_colours_beside_the_same_signs(store, capsys, monkeypatch):
    """What is printed with colours is what is printed without, once the colours are taken away."""
    asked = ("show", "why", "--store", store, "--explain", "1", "--method", "leave_one_out")
    _, plain, _ = _told(capsys, *asked)
    monkeypatch.setattr(console, "_takes_colour", lambda: True)
    _, coloured, _ = _told(capsys, *asked)

    assert "\x1b[38;5;16;48;5;" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_a_run_shows_its_explanations_in_python_too(store):
    """As text and as a table of a notebook, with the verdict."""
    run = benchwright.load_run("why", store)

    for shown in (str(run), run._repr_html_()):
        assert "xplanations of starter/sentiment" in shown
        assert "not distinguishable from random" in shown


def test_attributions_of_a_run_are_a_table(store):
    """One row for each word and target; what is not there is told."""
    run = benchwright.load_run("why", store)
    table = run.attributions(model="words", method="leave_one_out")

    assert set(table["model"]) == {"words"}
    assert {"word", "start", "end", "value", "full", "base"} <= set(table.columns)
    assert (table["end"] - table["start"] == table["word"].str.len()).all()
    with pytest.raises(BenchwrightError, match="no explanation of lime"):
        run.attributions(method="lime")


def test_the_worst_of_the_explained_items_are_shown(store, capsys):
    """Items that the model answers wrongly, and no other."""
    code, out, _ = _told(
        capsys, "show", "why:words", "--store", store, "--explain", "--worst", "2", "--method", "leave_one_out"
    )

    assert code == 0
    told = re.findall(r"words, leave_one_out: answers .*", out)
    assert told
    assert all(line.endswith(", wrong") for line in told)


def test_the_example_of_the_page_prints_what_the_page_shows(capsys):
    """docs/explanations.md: the function, and the item as it is printed."""
    page = (Path(__file__).parents[2] / "docs" / "explanations.md").read_text(encoding="utf-8")
    part = page[page.index("## From Python") :]
    code, printed = re.search(r"```python\n(.*?)```\s*```\n(.*?)```", part, re.DOTALL).groups()
    exec(code, {})

    assert printed in capsys.readouterr().out


def test_a_negative_seed_is_a_seed(store, capsys):
    """It draws items and attributions as any other, and others than its positive twin."""
    told = []
    for seed in ("-1", "1"):
        asked = (
            "--suite",
            "starter/sentiment",
            "--method",
            "random",
            "--examples",
            "3",
            "--limit",
            "40",
            "--seed",
            seed,
        )
        code, out, _ = _told(capsys, "explain", "majority", *asked, "--store", store, "--format", "json", "--quiet")
        found = json.loads(out)
        assert (code, found["explanations"][0]["failed"]) == (0, 0)
        told.append([one["targets"][0]["values"] for one in found["attributions"]])
    assert told[0] != told[1]


def test_where_no_item_could_be_explained_the_command_has_failed(store, capsys, tmp_path):
    """A model that answers every text and none of its variants: told by the exit code too, now and when the command is typed again."""
    model = tmp_path / "whole.py"
    model.write_text(
        "def predict(texts):\n"
        "    return [{'positive': 1.0, 'negative': 0.0} if text.strip() else {'none': 1.0} for text in texts]\n"
    )
    asked = ("--suite", "starter/sentiment", "--method", "shap", "--examples", "2", "--limit", "5", "--quiet")
    for _ in range(2):
        code, out, _ = _told(capsys, "explain", f"whole=python:{model}:predict", *asked, "--store", store)
        assert "2 items of 2 without an explanation" in out
        assert code == 1
    code, _, _ = _told(
        capsys,
        "run",
        f"whole=python:{model}:predict",
        *("--suite", "explain/shap?examples=2", "--on", "starter/sentiment"),
        *("--limit", "5", "--quiet", "--store", store),
    )
    assert code == 1


def test_what_has_no_words_is_said_to_have_nothing_to_explain(store, capsys, tmp_path):
    """The text is empty, not the answer."""
    rows = tmp_path / "rows.csv"
    rows.write_text('text,label\n"",good\n"fine",bad\n')
    model = tmp_path / "good.py"
    model.write_text("def predict(texts):\n    return [{'good': 0.9, 'bad': 0.1} for text in texts]\n")
    asked = ("--suite", f"classification/custom?path={rows}", "--method", "random", "--show", "0", "--quiet")
    _, out, _ = _told(capsys, "explain", f"python:{model}:predict", *asked, "--store", store)

    assert "1 item of 2 with nothing to explain: no words, or an answer that names nothing" in out
