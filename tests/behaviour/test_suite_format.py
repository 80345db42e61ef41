"""The portable format: what is written is read again, and what a suite cannot hold is refused with line and reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.behaviour.columns import CASE, CLUSTER, TARGET
from benchwright.behaviour.rows import rows_of
from benchwright.behaviour.suite_format import LONGEST, read_suite, suite_lines, write_suite
from benchwright.behaviour.suite_types import BehaviourSuite, BehaviourTest, Case
from benchwright.errors import DataError
from benchwright.types import Kind
from benchwright.types.expectations import Equals, Invariant, Monotonic, Shift

HEAD = {"schema": 1, "name": "s", "version": 1, "kind": "classify", "labels": ["negative", "positive"]}
MFT = {"test": "not", "type": "MFT", "capability": "Negation"}
INV = {"test": "typos", "type": "INV", "capability": "Robustness"}
CASE_0 = {"test": "not", "case": "0", "examples": [{"text": "not good"}], "target": "negative"}
PAIR = {"test": "typos", "case": "0", "examples": [{"text": "good"}, {"text": "god"}]}


def lines(*rows: Any) -> list[bytes]:
    return [(row if isinstance(row, str) else json.dumps(row)).encode() + b"\n" for row in rows]


def test_what_is_written_is_read_again_equal(tmp_path: Path) -> None:
    suite = BehaviourSuite(
        schema=1,
        name="s",
        version=2,
        kind=Kind.CLASSIFY,
        labels=("negative", "neutral", "positive"),
        language="en",
        licence="CC0",
        citation="me",
        tests=(
            BehaviourTest(
                name="negation/not",
                type="MFT",
                capability="Negation",
                description="Not good is not positive.",
                expect=Equals(),
                cases=(
                    Case(
                        id="1",
                        examples=({"text": "not good"},),
                        target="negative",
                        template="not {adj}",
                        slots={"adj": "good"},
                    ),
                    Case(
                        id="2",
                        examples=({"text": "no"}, {"text": "yes"}),
                        target=["negative", "positive"],
                        groups={"who": "all"},
                    ),
                ),
            ),
            BehaviourTest(
                name="typos",
                type="INV",
                capability="Robustness",
                cases=(Case(id="1", examples=({"text": "good"}, {"text": "god"}), edits=(((1, 2, ""),),)),),
            ),
            BehaviourTest(
                name="more",
                type="DIR",
                capability="Vocabulary",
                expect=Shift(direction="up", positive="positive", negative="negative"),
                cases=(Case(id="1", examples=({"text": "good"}, {"text": "good. I love it"})),),
            ),
        ),
    )
    write_suite(suite, tmp_path / "s.jsonl")
    read = read_suite(tmp_path / "s.jsonl")
    assert list(suite_lines(read)) == list(suite_lines(suite))
    assert read.n_cases == 4
    assert read.tests[0].lines == (3, 4)


def test_rows_share_what_is_expected_of_them_and_name_their_cases() -> None:
    suite = read_suite(lines(HEAD, INV, PAIR, {**PAIR, "case": "1", "template": "t"}))
    rows = list(rows_of(suite))
    assert [(row["text"], row[CASE], row[CLUSTER]) for row in rows] == [
        ("good", "typos/0", "typos/0"),
        ("god", "typos/0", "typos/0"),
        ("good", "typos/1", "t"),
        ("god", "typos/1", "t"),
    ]
    assert rows[0][TARGET] == {"expect": {"kind": "invariant"}, "judged": "all_but_first"}
    assert rows[0][TARGET] is rows[3][TARGET]


def test_the_first_cases_of_each_test_are_kept_and_all_are_checked() -> None:
    several = [{**CASE_0, "case": str(at)} for at in range(5)]
    assert [case.id for case in read_suite(lines(HEAD, MFT, *several), cases=2).tests[0].cases] == ["0", "1"]
    with pytest.raises(DataError, match="line 8"):
        read_suite(lines(HEAD, MFT, *several, {**CASE_0, "case": "5", "target": "nice"}), cases=2)


REFUSED: dict[str, tuple[list[Any], str]] = {
    "another version": ([{**HEAD, "schema": 2}], "line 1: the format 2 is not known"),
    "no suite line": ([MFT], "line 1: it is not the line of a suite"),
    "no JSON": ([HEAD, "{nope"], "line 2: it is not JSON"),
    "no object": ([HEAD, "[1]"], "line 2: it is not a JSON object"),
    "a key twice": (
        [HEAD, MFT, '{"test": "not", "case": "0", "case": "1", "examples": [{"text": "a"}]}'],
        "line 3: .*stands twice",
    ),
    "an unknown field of a case": ([HEAD, MFT, {**CASE_0, "code": "x"}], "line 3: .*unknown field `code`"),
    "an unknown field of a test": ([HEAD, {**MFT, "fn": "x"}], "line 2: .*unknown field `fn`"),
    "an unknown field of the suite": ([{**HEAD, "run": "x"}], "line 1: .*unknown field `run`"),
    "an unknown expectation": ([HEAD, {**MFT, "expect": {"kind": "lambda"}}], "line 2: .*lambda"),
    "an unknown parameter": (
        [HEAD, {**MFT, "expect": {"kind": "equals", "fuzz": 1}}],
        "line 2: .*unknown field `fuzz`",
    ),
    "a tolerance below 0": ([HEAD, {**INV, "expect": {"kind": "invariant", "tolerance": -1}}], "line 2: .*>= 0"),
    "an unknown type": ([HEAD, {**MFT, "type": "XYZ"}], "line 2: .*XYZ"),
    "an unknown kind": ([{**HEAD, "kind": "embed"}], "line 1: no behavioural suite is of the kind embed"),
    "a test twice": ([HEAD, MFT, CASE_0, MFT], "line 4: the test 'not' stands twice"),
    "a case twice": ([HEAD, MFT, CASE_0, CASE_0], "line 4: the case '0' of 'not' stands twice"),
    "two tests of one spelling": (
        [HEAD, {**MFT, "test": "1"}, {**CASE_0, "test": "1"}, {**MFT, "test": "1.0"}],
        "line 4: the test '1.0' is spelt like '1'",
    ),
    "two cases of one spelling": (
        [HEAD, MFT, {**CASE_0, "case": "caf\u00e9"}, {**CASE_0, "case": "cafe\u0301 "}],
        "line 4: the case 'cafe\u0301 ' of 'not' is spelt like 'caf\u00e9'",
    ),
    "two labels of one spelling": ([{**HEAD, "labels": ["1", "2", "1.0"]}], "line 1: the labels '1' and '1.0' are one"),
    "a blank capability": ([HEAD, {**MFT, "capability": " "}], "line 2: the capability is blank"),
    "a blank name": ([HEAD, {**MFT, "test": " \u00a0"}], "line 2: the test .* is blank"),
    "two cases of one name": (
        [
            HEAD,
            {**MFT, "test": "a"},
            {**CASE_0, "test": "a", "case": "b/c"},
            {**MFT, "test": "a/b"},
            {**CASE_0, "test": "a/b", "case": "c"},
        ],
        "line 3: the case 'b/c' of 'a' and 'c' of 'a/b' are both called a/b/c",
    ),
    "a case before its test": ([HEAD, CASE_0], "line 2: a case of the test 'not', of which there is no line yet"),
    "a wrong number of tests": ([{**HEAD, "n_tests": 2}, MFT, CASE_0], "line 1: n_tests is 2, and the file holds 1"),
    "a wrong number of cases": ([{**HEAD, "n_cases": 2}, MFT, CASE_0], "line 1: n_cases is 2, and the file holds 1"),
    "a test without cases": ([HEAD, MFT, CASE_0, INV], "the test 'typos' has no case"),
    "a label of another suite": ([HEAD, MFT, {**CASE_0, "target": "bad"}], 'line 3: the target is "bad"'),
    "no target": ([HEAD, MFT, {**CASE_0, "target": None}], "line 3: no target"),
    "a target of an invariance": ([HEAD, INV, {**PAIR, "target": "positive"}], "line 3: a target"),
    "targets for other examples": (
        [HEAD, MFT, {**CASE_0, "target": ["negative"] * 2}],
        "line 3: 2 targets for 1 examples",
    ),
    "an original alone": ([HEAD, INV, {**PAIR, "examples": [{"text": "good"}]}], "line 3: 1 examples"),
    "too many variants": ([HEAD, INV, {**PAIR, "examples": [{"text": "a"}] * 10_001}], "line 3: 10,001 examples"),
    "other inputs": (
        [HEAD, MFT, CASE_0, {**CASE_0, "case": "1", "examples": [{"txt": "a"}]}],
        "line 4: an example with the inputs txt",
    ),
    "an input that is no text": ([HEAD, MFT, {**CASE_0, "examples": [{"text": 1}]}], "line 3: the input 'text' is 1"),
    "a slot that was not filled": (
        [HEAD, MFT, {**CASE_0, "examples": [{"text": "the {a:noun} is bad"}], "slots": {"noun": "food"}}],
        "line 3: {a:noun} was not filled in",
    ),
    "edits that make another text": ([HEAD, INV, {**PAIR, "edits": [[[0, 1, "f"]]]}], "line 3: the edits make"),
    "edits for other variants": ([HEAD, INV, {**PAIR, "edits": []}], "line 3: edits of 0 variants"),
    "a substitute that is no pair": ([HEAD, INV, {**PAIR, "substitute": ["a"]}], "line 3: substitute is no pair"),
    "a group called type": ([HEAD, MFT, {**CASE_0, "groups": {"type": "x"}}], "line 3: a group is called 'type'"),
    "a group with an equals sign": ([HEAD, MFT, {**CASE_0, "groups": {"a=b": "x"}}], "line 3: a group is called 'a=b'"),
    "DIR without an expectation": ([HEAD, {**INV, "type": "DIR"}], "line 2: a DIR test without an expectation"),
    "a label that the suite lacks": (
        [HEAD, {**MFT, "expect": {"kind": "equals_lenient", "neutral": "neutral", "negative": "negative"}}],
        "line 2: neutral is 'neutral', no label of the suite",
    ),
    "text for labels": ([HEAD, {**MFT, "expect": {"kind": "text"}}], "line 2: text in a suite of the kind classify"),
    "an empty file": ([], "is empty"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_suite_cannot_hold_is_refused_with_line_and_reason(name: str) -> None:
    rows, reason = REFUSED[name]
    with pytest.raises(DataError, match=reason.replace("{", r"\{")):
        read_suite(lines(*rows), shown="s.jsonl")


def test_a_case_id_may_hold_a_slash() -> None:
    rows = [{**MFT, "test": "a"}, {**CASE_0, "test": "a", "case": "b/c"}, {**CASE_0, "test": "a", "case": "c"}]
    suite = read_suite(lines(HEAD, *rows, {**MFT, "test": "a/b"}, {**CASE_0, "test": "a/b", "case": "b/c"}))
    assert [row[CASE] for row in rows_of(suite)] == ["a/b/c", "a/c", "a/b/b/c"]


def test_a_parameter_of_another_expectation_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(DataError) as error:
        read_suite(lines(HEAD, {**INV, "expect": {"kind": "invariant", "direction": "up"}}, PAIR))
    assert error.value.expected == "parameters of invariant: tolerance"


def test_bytes_that_are_no_text_are_refused_with_their_place() -> None:
    with pytest.raises(DataError, match="line 2: byte 0xff at offset 9 is not UTF-8"):
        read_suite([*lines(HEAD), b'{"test": \xff'], shown="s.jsonl")


def test_a_line_without_end_is_not_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.write(json.dumps(HEAD).encode() + b"\n" + b'{"test": "')
        file.truncate(LONGEST * 400)
    with pytest.raises(DataError, match="line 2: the line is too long"):
        read_suite(path)


def test_a_suite_that_cannot_be_read_is_not_written(tmp_path: Path) -> None:
    broken = BehaviourSuite(schema=1, name="s", version=1, kind=Kind.CLASSIFY, labels=("a", "b"))
    with pytest.raises(DataError, match="there is no test"):
        write_suite(broken, tmp_path / "s.jsonl")
    assert not (tmp_path / "s.jsonl").exists()


@pytest.mark.parametrize(
    ("head", "test", "case"),
    [
        (
            {"kind": "regress"},
            {"type": "INV", "expect": {"kind": "invariant", "tolerance": 0.5}},
            {"examples": [{"a": "x", "b": "y"}, {"a": "y", "b": "x"}]},
        ),
        ({"kind": "regress"}, {"type": "MFT"}, {"examples": [{"text": "x"}], "target": 3.5}),
        (
            {"kind": "classify", "labels": ["a", "b"], "multilabel": True},
            {"type": "MFT"},
            {"examples": [{"text": "x"}], "target": ["a", "b"]},
        ),
        (
            {"kind": "tag", "labels": ["O", "B-PER", "I-PER"]},
            {"type": "MFT"},
            {"examples": [{"words": ["Ann", "ran"]}], "target": ["B-PER", "O"]},
        ),
        (
            {"kind": "tag", "labels": ["O", "B-PER", "I-PER"]},
            {"type": "INV"},
            {
                "examples": [{"words": ["Ann", "ran"]}, {"words": ["Mary", "Ann", "ran"]}],
                "edits": [[[0, 1, ["Mary", "Ann"]]]],
            },
        ),
        (
            {"kind": "span"},
            {"type": "MFT", "expect": {"kind": "text"}},
            {"examples": [{"question": "Who?", "context": "Ann ran."}], "target": "Ann"},
        ),
        (
            {"kind": "span"},
            {"type": "INV", "expect": {"kind": "text"}},
            {
                "examples": [
                    {"question": "Who?", "context": "Ann ran."},
                    {"question": "Who?", "context": "Bo ran."},
                    {"question": "Who?", "context": "Cy ran."},
                ],
                "substitute": [["Ann", "Bo"], ["Ann", "Cy"]],
            },
        ),
        ({"kind": "choose"}, {"type": "MFT"}, {"examples": [{"context": "x", "options": ["a", "b"]}], "target": 1}),
    ],
)
def test_every_kind_has_its_cases(head: dict[str, Any], test: dict[str, Any], case: dict[str, Any]) -> None:
    suite = read_suite(
        lines(
            {"schema": 1, "name": "s", "version": 1, **head},
            {"test": "t", "capability": "C", **test},
            {"test": "t", "case": "0", **case},
        )
    )
    assert len(list(rows_of(suite))) == len(case["examples"])


WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
CASES = st.lists(
    st.builds(
        lambda texts, template, group: Case(
            id="x", examples=tuple({"text": text} for text in texts), template=template or None, groups=group
        ),
        st.lists(WORDS, min_size=2, max_size=4),
        WORDS,
        st.dictionaries(st.sampled_from(["who", "where"]), WORDS, max_size=2),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=40, deadline=None)
@given(CASES, st.sampled_from([Invariant(tolerance=0.2), Monotonic(direction="down")]))
def test_any_texts_survive_the_way_through_a_file(cases: list[Case], expect: Any) -> None:
    kind = "INV" if isinstance(expect, Invariant) else "DIR"
    numbered = tuple(
        Case(id=str(at), examples=case.examples, template=case.template, groups=case.groups)
        for at, case in enumerate(cases)
    )
    test = BehaviourTest(name="t", type=kind, capability="C", expect=expect, cases=numbered)
    suite = BehaviourSuite(schema=1, name="s", version=1, kind=Kind.CLASSIFY, labels=("a", "b"), tests=(test,))
    assert read_suite(list(suite_lines(suite))).tests[0].cases == numbered
