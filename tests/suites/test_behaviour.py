"""The three behavioural suites that ship: their cards say what their files say, and a run is as their labels make it."""

import json
import re
from importlib.resources import files

import pytest

import benchwright
from behaviour_texts.ner.tagged import words_and_tags
from benchwright.data.load import load
from benchwright.edits import Edit, project_tags
from benchwright.testing import check_suite
from benchwright_suites import ner, squad, starter
from benchwright_suites.behaviour import suite

TASKS = {task.name: task for task in suite.tasks}


def lines(name):
    text = files("benchwright_suites").joinpath(f"behaviour_data/{name}.jsonl").read_text(encoding="ascii")
    return [json.loads(line) for line in text.splitlines()]


def rates(run):
    """Failure rate by test, of the one model of a run."""
    (cell,) = run.cells
    slices = {one.slice: one.value for one in cell.scores if one.slice and one.metric.startswith("failure_rate")}
    return {name.removeprefix("test="): value for name, value in slices.items() if name.startswith("test=")}


def test_the_suite_keeps_its_contract():
    """What every suite must be."""
    check_suite(suite)


@pytest.mark.parametrize("name", TASKS)
def test_a_card_says_what_its_file_says(name):
    """Kind, labels, number of rows and the task it is served by are those of the file."""
    card, (head, *rows) = TASKS[name], lines(name)

    assert card.behaviour
    assert card.kind == head["kind"]
    assert list(card.label_names) == head.get("labels", [])
    assert card.sizes == {"test": sum(len(row.get("examples", ())) for row in rows)}
    assert card.trained_on == head["trained_on"]
    assert card.licence.startswith(head["licence"])
    assert "not a sample of real text" in card.notes[0]


def test_labels_are_those_of_the_tasks_that_serve_them():
    """A head of the home task answers: each of its labels is a label here, by name; of sentiment neutral comes on top."""
    home = {
        "sentiment": starter.suite.task("sentiment"),
        "ner": ner.suite.task("conll2003"),
        "qa": squad.suite.task("v1"),
    }

    assert set(home["sentiment"].label_names) == set(TASKS["sentiment"].label_names) - {"neutral"}
    assert set(home["ner"].label_names) == set(TASKS["ner"].label_names)
    assert home["qa"].kind == TASKS["qa"].kind


@pytest.mark.parametrize("name", TASKS)
def test_every_example_loads_with_its_case_and_template(name):
    """A group is a case, a cluster its template, and the slices name test, capability and type."""
    data = load(TASKS[name], "test", suite=suite, folder=None, offline=True)
    cases = [row for row in lines(name) if "case" in row]

    assert len({example.group for example in data.examples}) == len(cases)
    assert len({example.cluster for example in data.examples}) == len({case["template"] for case in cases})
    assert {example.slices["test"] for example in data.examples} == {case["test"] for case in cases}
    assert {example.slices["type"] for example in data.examples} <= {"MFT", "INV", "DIR"}


def test_a_constant_answer_passes_every_inv_and_half_of_what_is_balanced(tmp_path):
    """Positive for everything: no INV or DIR fails, praise passes, blame and facts fail, balanced tests fail by half."""
    run = benchwright.evaluate("constant:positive", "behaviour/sentiment", store=tmp_path / "s")
    found = rates(run)
    types = {row["test"]: row["type"] for row in lines("sentiment") if "type" in row}

    assert all(value == 0 for test, value in found.items() if types[test] != "MFT" and value is not None)
    assert found["vocabulary/praise"] == 0
    assert found["negation/not_bad"] == 0
    for test in ("vocabulary/blame", "vocabulary/facts", "negation/not_good", "negation/facts", "logic/counterfactual"):
        assert found[test] == 1, test
    for test in ("contrast/although", "comparison/better_and_worse", "roles/others_and_me", "temporal/used_to"):
        assert found[test] == pytest.approx(0.5), test


def test_a_tagger_that_finds_nothing_fails_whatever_holds_an_entity(tmp_path):
    """O for every word passes each INV and the sentences without a name, and fails all others."""
    found = rates(benchwright.evaluate("constant:O", "behaviour/ner", store=tmp_path / "s"))
    types = {row["test"]: row["type"] for row in lines("ner") if "type" in row}

    assert {test: value for test, value in found.items() if types[test] == "INV"} == dict.fromkeys(
        (test for test, kind in types.items() if kind == "INV"), 0
    )
    assert found["none/no_entity"] == 0
    assert all(value == 1 for test, value in found.items() if types[test] == "MFT" and test != "none/no_entity")


def test_a_model_learned_from_the_home_task_answers(tmp_path):
    """A model of two classes is learned from the starter's train split; what needs neutral is not applicable, and counted."""
    run = benchwright.evaluate("tfidf", "behaviour/sentiment?cases=12", store=tmp_path / "s")
    (cell,) = run.cells

    assert cell.score.counts["applicable"] + cell.score.counts["not applicable"] == 36 * 12
    assert rates(run)["vocabulary/facts"] is None
    assert rates(run)["negation/not_bad"] > 0.5


def by_input(name):
    """Every input of a suite -> the answer that it asks for; of an INV case one that holds for original and variants."""
    asked = {}
    # Known answers first: a sentence with one may be the original of another test.
    for row in sorted((row for row in lines(name) if "case" in row), key=lambda row: "target" not in row):
        inputs = [tuple(one["words"]) if name == "ner" else tuple(one.values()) for one in row["examples"]]
        for example, answer in zip(inputs, answers_of(name, row, asked.get(inputs[0])), strict=True):
            asked.setdefault(example, answer)
    return asked


def answers_of(name, row, known):
    """An answer to each example of a case, of whose original the answer may be known."""
    if "target" in row:
        target = row["target"]
        return [target[0][-1] if name == "qa" and isinstance(target, list) else target]
    if name == "sentiment":
        return [known or "neutral"] * len(row["examples"])
    if name == "qa":
        return row["substitute"] if "substitute" in row else ["same"] * len(row["examples"])
    marked = re.sub(r"\{(\w+(?:\.\d)?)\}", lambda tag: row["slots"][tag[1]], row["template"])
    _, tags = words_and_tags(marked)
    edits = [[Edit(start, end, tuple(words)) for start, end, words in one] for one in row["edits"]]
    return [tags, *(list(project_tags(tags, one)) for one in edits)]


@pytest.mark.parametrize("name", TASKS)
def test_whoever_answers_as_asked_fails_nothing(name, tmp_path):
    """The whole way from the file to the rate: the answers that the suite asks for pass every test that is applicable."""
    asked = by_input(name)

    def oracle(inputs):
        return [asked[(one,) if isinstance(one, str) else tuple(one)] for one in inputs]

    run = benchwright.evaluate(oracle, f"behaviour/{name}", store=tmp_path / "s")

    assert {value for value in rates(run).values() if value is not None} == {0.0}
    assert run.cells[0].score.n >= 0.8 * sum("case" in row for row in lines(name))
