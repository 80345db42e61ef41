"""A behavioural suite as a split: examples of cases, their hash, the first cases of each test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchwright.behaviour.card import card_of
from benchwright.behaviour.suite_format import read_suite
from benchwright.data.load import load
from benchwright.errors import DataError
from benchwright.types import AnyTask, Dataset, Files, Source, Suite

SUITE = Suite(name="s", version=1, tasks=())
HEAD = {"schema": 1, "name": "s", "version": 1, "kind": "classify", "labels": ["negative", "positive"]}
TEST = {"test": "typos", "type": "INV", "capability": "Robustness", "description": "a slip"}


def case(at: int, **more: Any) -> dict[str, Any]:
    return {"test": "typos", "case": str(at), "examples": [{"text": f"good {at}"}, {"text": f"god {at}"}], **more}


def write(folder: Path, *rows: dict[str, Any]) -> tuple[AnyTask, Path]:
    path = folder / "s.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    source = Source(files=(Files(names=("s.jsonl",), format="behaviour"),))
    return card_of(read_suite(path), name="s", splits={"test": source}), folder


def loaded(folder: Path, *rows: dict[str, Any], cases: int | None = None) -> Dataset:
    task, where = write(folder, *rows)
    source = msgspec.structs.replace(task.splits["test"], cases=cases)
    return load(msgspec.structs.replace(task, splits={"test": source}), "test", suite=SUITE, folder=where, offline=True)


def test_an_example_knows_its_case_its_template_and_its_test(tmp_path: Path) -> None:
    data = loaded(tmp_path, HEAD, TEST, case(0, template="t"), case(1, template="t", groups={"who": "women"}), case(2))
    first, second, third, fourth, fifth, _ = data.examples
    assert (first.group, third.group, fifth.group) == ("typos/0", "typos/1", "typos/2")
    assert first.slices == {"test": "typos", "capability": "Robustness", "type": "INV"}
    assert third.slices == {**first.slices, "who": "women"}
    assert first.cluster == second.cluster == third.cluster == fourth.cluster
    assert fifth.cluster != first.cluster
    assert first.target == {
        "expect": {"kind": "invariant"},
        "judged": "all_but_first",
        "description": "a slip",
    }


def test_equal_targets_and_slices_are_held_once(tmp_path: Path) -> None:
    data = loaded(tmp_path, HEAD, TEST, *map(case, range(10)))
    assert len({id(one.target) for one in data.examples}) == 1
    assert len({id(one.slices) for one in data.examples}) == 1


def test_what_is_expected_is_in_the_hash_and_what_is_told_of_a_test_is_not(tmp_path: Path) -> None:
    plain = loaded(tmp_path, HEAD, TEST, case(0)).digest
    assert loaded(tmp_path, HEAD, {**TEST, "description": "another"}, case(0)).digest == plain
    stricter = {**TEST, "expect": {"kind": "invariant", "tolerance": 0.05}}
    assert loaded(tmp_path, HEAD, stricter, case(0)).digest != plain


def test_the_first_cases_of_each_test_are_taken_and_counted_in_a_note(tmp_path: Path) -> None:
    other = {**TEST, "test": "names"}
    rows = [HEAD, TEST, other, *map(case, range(4)), {**case(0), "test": "names"}]
    data = loaded(tmp_path, *rows, cases=2)
    assert [one.group for one in data.examples] == ["typos/0", "typos/0", "typos/1", "typos/1", "names/0", "names/0"]
    assert "the first 2 cases of each of 2 tests: 3 of 5 cases (all of them: ?cases=all)" in data.notes
    assert not loaded(tmp_path, *rows, cases=9).notes


def test_a_malformed_line_is_refused_by_its_number(tmp_path: Path) -> None:
    task, folder = write(tmp_path, HEAD, TEST, case(0))
    with (folder / "s.jsonl").open("a") as file:
        file.write(json.dumps(case(0)) + "\n")
    with pytest.raises(DataError, match=r"s.jsonl, line 4: the case '0' of 'typos' stands twice"):
        load(task, "test", suite=SUITE, folder=folder, offline=True)
