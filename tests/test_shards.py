"""A cell is cut into shards by its data alone; in behavioural tests a distinct input is in one shard."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from benchwright import shards
from benchwright.testing.fixtures import build_task
from benchwright.types import CellKey, Example, Facts, Kind, Label, LabelMap, ModelRef, PlannedCell, Suite

PLAIN = build_task(name="t", labels=(Label(name="no", id=0), Label(name="yes", id=1)))
TESTS = msgspec.structs.replace(PLAIN, behaviour=True)


def cell(texts, *, task=TESTS, replayed=False):
    examples = tuple(Example(id=f"t/{at}", index=at, inputs={"text": text}) for at, text in enumerate(texts))
    return PlannedCell(
        model=ModelRef(name="m", adapter="a"),
        suite=Suite(name="s", version=1, tasks=()),
        task=task,
        split="test",
        status="run",
        facts=Facts(digest="d", kinds=(Kind.CLASSIFY,), replayed=replayed),
        examples=examples,
    )


def test_equal_inputs_are_in_one_shard_however_far_apart_they_stand():
    assert shards.cut(cell("abcadbe"), 2) == ([0, 1, 3, 5], [2, 4], [6])


def test_other_tasks_and_answers_made_elsewhere_are_cut_in_order():
    for one in (cell("aab", task=PLAIN), cell("aab", replayed=True)):
        assert [list(part) for part in shards.cut(one, 2)] == [[0, 1], [2]]
        assert shards.restore(shards.cut(one, 2)) is None


def test_an_empty_cell_has_one_empty_shard():
    for one in (cell(""), cell("", task=PLAIN)):
        assert [list(part) for part in shards.cut(one, 4)] == [[]]


@given(st.text(alphabet="abcdef", min_size=1, max_size=60), st.integers(1, 9))
def test_every_row_is_in_one_shard_of_so_many_distinct_inputs_and_the_order_is_restored(texts, size):
    parts = shards.cut(cell(texts), size)
    joined = [row for part in parts for row in part]
    assert sorted(joined) == list(range(len(texts)))
    held = [{texts[row] for row in part} for part in parts]
    assert sum(map(len, held)) == len(set(texts))
    assert all(len(one) == size for one in held[:-1])
    assert all(list(part) == sorted(part) for part in parts)
    places = shards.restore(parts)
    assert (joined if places is None else [joined[place] for place in places]) == list(range(len(texts)))


def test_models_on_a_gpu_have_shards_that_fill_its_buffers():
    """What the user says goes first; functions, and whatever computes on processors, have the shards that a crash costs least with."""
    known = {"schema": 1, "engine": 1, "adapter_version": 1, "limit": None, "seed": 0, "options": {}, "versions": {}}
    names = dict.fromkeys(("model", "adapter", "task", "split", "data", "precision"), "x")
    labels = LabelMap(to_task=(0, 1), origin="name")
    key = CellKey(**known, **names, kind=Kind.CLASSIFY, inputs=("text",), labels=labels, device="cpu")
    on = msgspec.structs.replace(key, device="cuda")
    facts = Facts(digest="d", kinds=(Kind.CLASSIFY,), parameters=7)
    plain = replace(cell("ab"), facts=facts, key=on)

    assert shards.size(plain, None) == 16_384
    assert shards.size(plain, 7) == 7
    assert shards.size(replace(plain, key=key), None) == shards.SHARD
    assert shards.size(replace(plain, facts=msgspec.structs.replace(facts, parameters=None)), None) == shards.SHARD
    assert shards.size(replace(plain, key=None), None) == shards.SHARD
