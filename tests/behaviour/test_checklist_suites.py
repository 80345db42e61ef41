"""CheckList's released suites become behavioural suites: expectations by name, labels by name, cases in released order."""

import json
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from benchwright.behaviour.checklist_first_cases import read_first_cases
from benchwright.behaviour.checklist_suites import read_released
from benchwright.behaviour.checklist_tests import RELEASED
from benchwright.behaviour.expectations import judge
from benchwright.behaviour.rows import rows_of
from benchwright.behaviour.suite_format import read_suite, suite_lines
from benchwright.behaviour.verdict import Answers
from benchwright.errors import DataError
from benchwright.types import Kind
from benchwright.types.expectations import CaseTarget, Implies, Invariant, Monotonic

sys.path.insert(0, str(Path(__file__).parent))
import hostile

sys.path.pop(0)

ARCHIVES = Path(__file__).with_name("released_like")


def test_the_table_has_the_released_tests():
    """38 tests of sentiment (20 MFT, 13 INV, 5 DIR), 53 of QQP (37, 9, 7), 24 of SQuAD (19, 5, 0), of the published capabilities."""
    types = {name: Counter(test.type for test in suite.tests) for name, suite in RELEASED.items()}
    capabilities = {name: Counter(test.capability for test in suite.tests) for name, suite in RELEASED.items()}

    assert types == {
        "sentiment": {"MFT": 20, "INV": 13, "DIR": 5},
        "qqp": {"MFT": 37, "INV": 9, "DIR": 7},
        "squad": {"MFT": 19, "INV": 5},
    }
    assert capabilities["sentiment"] == {
        "Vocabulary": 10,
        "Negation": 9,
        "Robustness": 5,
        "SRL": 5,
        "Fairness": 4,
        "NER": 3,
        "Temporal": 2,
    }
    assert capabilities["squad"] == {
        "Taxonomy": 7,
        "Robustness": 3,
        "Coref": 3,
        "Vocabulary": 2,
        "NER": 2,
        "Temporal": 2,
        "Negation": 2,
        "SRL": 2,
        "Fairness": 1,
    }
    kinds = Counter(test.expect.__struct_config__.tag for test in RELEASED["sentiment"].tests)
    assert kinds == {"equals": 16, "not": 3, "equals_lenient": 1, "invariant": 13, "monotonic": 3, "shift": 2}
    kinds = Counter(test.expect.__struct_config__.tag for test in RELEASED["qqp"].tests)
    assert kinds == {"equals": 39, "invariant": 9, "equals_if": 4, "implies": 1}


def test_an_archive_becomes_a_suite():
    """Labels by name, the target where one is asked for, cases that the makers ran first, ids as in the release."""
    found = read_released(ARCHIVES / "sentiment_suite.tar.gz")
    tests = {test.name: test for test in found.suite.tests}

    context = tests["Sentiment-laden words in context"]
    assert [(case.id, case.examples[0]["text"], case.target) for case in context.cases] == [
        ("0", "The tea is lovely.", "positive"),
        ("2", "That soup is lovely.", "positive"),
        ("1", "The tea is bitter.", "negative"),
    ]
    assert [case.target for case in tests["single positive words"].cases] == ["positive"] * 3
    assert [case.target for case in tests["Q & A: no"].cases] == ["neutral", "negative"]
    assert {case.target for case in tests["simple negations: not negative"].cases} == {None}
    assert tests["intensifiers"].expect == Monotonic(direction="up", neutral="neutral")
    assert tests["punctuation"].expect == Invariant(tolerance=0.1)
    assert tests["punctuation"].description == 'strip punctuation and / or add "."'
    assert any("template" in note for note in found.notes)


def test_the_makers_own_run_can_be_asked_for():
    """?cases=run: the rows are those of a file of predictions for the official run, and a note counts them."""
    found = read_released(ARCHIVES / "sentiment_suite.tar.gz", which="run")

    assert sum(1 for _ in rows_of(found.suite)) == 20  # the end of the last of `test_ranges`
    assert "the 13 cases of the makers' own run, of 15" in found.notes


def test_pairs_questions_and_replaced_names_are_read():
    qqp = {test.name: test for test in read_released(ARCHIVES / "qqp_suite.tar.gz").suite.tests}
    squad = {test.name: test for test in read_released(ARCHIVES / "squad_suite.tar.gz").suite.tests}

    assert qqp["Modifier: adj"].cases[1].examples == ({"question1": "Is Bo tall?", "question2": "Is Bo very tall?"},)
    assert qqp["Modifier: adj"].cases[0].target == "not_duplicate"
    assert qqp["(q, paraphrase(q))"].judged == "all"
    assert qqp["Testing implications"].expect == Implies(positive="duplicate", negative="not_duplicate")
    comparison = squad["A is COMP than B. Who is more / less COMP?"].cases[0]
    assert comparison.examples[0] == {"question": "Who is shorter?", "context": "Ann is taller than Bo."}
    assert comparison.target == ["Bo", "Ann"]
    assert squad["Change name everywhere"].cases[0].substitute == (("Ann", "Eve"),)


def test_implications_are_judged_as_the_notebook_does_when_asked():
    found = read_released(ARCHIVES / "qqp_suite.tar.gz", implications="notebook").suite

    assert found.tests[-1].expect == Implies(positive="duplicate", negative="not_duplicate", mode="notebook")


@pytest.mark.parametrize("name", RELEASED)
def test_a_suite_that_was_read_survives_the_portable_format(name):
    """What is read of an archive can be written as JSON lines, and read again."""
    suite = read_released(ARCHIVES / f"{name}_suite.tar.gz").suite

    again = read_suite(list(suite_lines(suite)))

    assert json.dumps(list(rows_of(again))) == json.dumps(list(rows_of(suite)))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (hostile.UNKNOWN_EXPECTATION, "nobody knows what the test 'a test that nobody released' expects"),
        (hostile.NO_FILLER, r"\{air_noun\} was not filled in"),
        (hostile.mft("punctuation", "fine"), "is an MFT of Vocabulary"),
        (hostile.mft("single positive words", "fine", labels=7), "the label is 7"),
        (hostile.mft("single positive words", "fine", agg_fn=hostile.text("all_except_first")), "judges all_but_first"),
    ],
)
def test_an_archive_that_is_not_as_released_is_refused(tmp_path, content, reason):
    """An expectation that nobody knows is not guessed; a template tag is not a text."""
    path = tmp_path / "suite.tar.gz"
    path.write_bytes(hostile.archived(content))

    with pytest.raises(DataError, match=reason) as caught:
        read_released(path)

    assert caught.value.expected
    assert caught.value.hint


LINE = {
    "suite": "sentiment",
    "test": "single positive words",
    "capability": "Vocabulary",
    "type": "MFT",
    "description": "",
    "case": 0,
    "n_cases_full": 34,
    "examples": ["fine"],
    "n_examples_full": 1,
    "label": 2,
}


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([LINE, LINE], "case 0 of 'single positive words' stands twice"),
        ([{**LINE, "test": "unheard of"}], "line 1: nobody knows what the test 'unheard of' expects"),
        ([{**LINE, "suite": "other"}], "line 1: the suite 'other'"),
        ([LINE, {**LINE, "case": 1, "suite": "qqp"}], "line 2: nobody knows"),
        ([{**LINE, "type": "INV"}], "is an INV of Vocabulary"),
        ([{**LINE, "label": 9}], "the label is 9"),
        ([{**LINE, "examples": []}], "without examples"),
        ([{**LINE, "examples": [["a", "b"]]}], "an example of 2 fields"),
        ([{**LINE, "extra": 1}], "unknown field `extra`"),
        ([{key: value for key, value in LINE.items() if key != "case"}], "missing required field `case`"),
        (["{"], "line 1: not JSON"),
    ],
)
def test_a_file_of_first_cases_that_is_not_as_it_should_be_is_refused(tmp_path, lines, reason):
    path = tmp_path / "sentiment.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))

    with pytest.raises(DataError, match=reason):
        read_released(path)


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "tests", "cases"), [("sentiment", 38, 3582), ("qqp", 53, 5300), ("squad", 24, 2400)])
def test_the_files_of_first_cases_are_read_whole(shared_data, name, tests, cases):
    """Every test of the table is there, with its type and capability, and a note says that the file is a part."""
    found = read_released(shared_data / "checklist" / f"{name}.jsonl")

    assert [test.name for test in found.suite.tests] == [test.name for test in RELEASED[name].tests]
    assert (len(found.suite.tests), found.suite.n_cases) == (tests, cases)
    assert any(f"{cases:,} of {RELEASED[name].cases:,} cases" in note for note in found.notes)
    assert not any("nobody knows" in note for note in found.notes)


CUT = {
    "Agent / object distinction with 3 agents": 17,
    "Change location everywhere": 2,
    "Change name everywhere": 1,
    "Intensifiers (very, super, extremely) and reducers (somewhat, kinda, etc)?": 1,
    "A is more X than B. Who is more antonym(X)? B. Who is less X? B. Who is more X? A. Who is less antonym(X)? A.": 1,
}
"""Rows in which the variant that decided was left out of the file."""


@pytest.mark.realdata
def test_every_stored_result_of_bert_comes_out_where_the_file_holds_the_case_whole(shared_data):
    """2,378 of 2,400 verdicts are CheckList's own, all of them in 19 tests; the other 22 are of cases with variants left out."""
    path = shared_data / "checklist" / "squad.jsonl"
    _, cases, _ = read_first_cases(path)
    rows = {}
    for row in rows_of(read_released(path).suite):
        rows.setdefault(row["@case"], []).append(msgspec.convert(row["@target"], CaseTarget))

    different = Counter()
    for case in cases:
        verdict = judge(Kind.SPAN, rows[f"{case.test}/{case.case}"], Answers(outputs=list(case.bert_pred)))
        if verdict.passed != case.bert_passed:
            assert (verdict.passed, case.bert_passed) == (True, False)
            assert len(case.examples) < case.n_examples_full
            different[case.test] += 1

    assert different == CUT
