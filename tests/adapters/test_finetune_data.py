"""Rows are drawn by the seed, held-back rows are never learned from, and the evaluated split is never asked for."""

from dataclasses import replace

import finetune_bench as bench
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.errors import ModelError
from benchwright.types import Context, Example, ModelRef
from benchwright_adapters._finetune.config import read_training_config
from benchwright_adapters._finetune.data import (
    FEWEST_VALIDATION_ROWS,
    MOST_VALIDATION_ROWS,
    count_steps,
    order_batches,
    split_rows,
)

TASK = bench.make_task()


def recipe(**options):
    model = ModelRef(name="m", adapter="finetune", path="base", options={k: str(v) for k, v in options.items()})
    return read_training_config(model, Context(suite="s", train=None, items=None))


def rows(count, cluster=lambda at: None, text=lambda at: f"text {at}"):
    return tuple(
        Example(
            id=f"t/{at}",
            index=at,
            inputs={"text": text(at)},
            target=("negative", "positive")[at % 2],
            cluster=cluster(at),
        )
        for at in range(count)
    )


def split(examples, **options):
    return split_rows(TASK, bench.make_dataset(TASK, examples), recipe(**options))


def test_parts_are_disjoint_and_whole():
    """Each row is either learned from or held back, and a tenth is held back."""
    found = split(rows(1000))
    train, held = {e.id for e in found.train}, {e.id for e in found.validation}

    assert not train & held
    assert train | held == {f"t/{at}" for at in range(1000)}
    assert len(held) == 100


def test_seed_decides():
    """The same seed holds the same rows back, another one others."""
    assert split(rows(1000)) == split(rows(1000))
    assert split(rows(1000)).validation != split(rows(1000), seed=1).validation


def test_sample_is_drawn_by_the_seed():
    """A training limit is a random sample without repetition in file order, not the first rows."""
    found = split(rows(1000), train_limit=100, hold=0)
    numbers = [example.index for example in found.train]

    assert len(set(numbers)) == 100
    assert numbers == sorted(numbers)
    assert max(numbers) > 500
    assert found.available == 1000
    assert numbers != [e.index for e in split(rows(1000), train_limit=100, hold=0, seed=1).train]


def test_limits_of_the_held_part():
    """At most a thousand rows are held back, and none where they would be too few to say anything."""
    assert len(split(rows(20_000)).validation) == MOST_VALIDATION_ROWS
    assert split(rows(FEWEST_VALIDATION_ROWS * 10 - 1)).validation == ()
    assert len(split(rows(FEWEST_VALIDATION_ROWS * 10)).validation) == FEWEST_VALIDATION_ROWS
    assert split(rows(1000), hold=0).validation == ()


def test_clusters_and_repeated_texts_stay_together():
    """Rows that share a cluster, or all their texts, are never on both sides."""
    clustered = split(rows(600, cluster=lambda at: str(at // 3)))
    repeated = split(rows(600, text=lambda at: f"text {at // 4}"))

    assert not {e.cluster for e in clustered.train} & {e.cluster for e in clustered.validation}
    assert not {e.inputs["text"] for e in repeated.train} & {e.inputs["text"] for e in repeated.validation}
    assert len(clustered.validation) == 60
    assert len(repeated.validation) == 60


def test_one_large_cluster_stays_in_training():
    """A cluster larger than the held share is learned from."""
    found = split(rows(1000, cluster=lambda at: "big" if at < 700 else None))

    assert all(example.cluster is None for example in found.validation)
    assert len(found.validation) == 100


def test_rows_without_target_are_left_out():
    """An unlabelled row is neither learned from nor held back."""
    examples = [msgspec.structs.replace(e, target=None if e.index < 50 else e.target) for e in rows(1000)]
    found = split(examples)

    assert found.available == 950
    assert all(example.target is not None for example in (*found.train, *found.validation))


@pytest.mark.parametrize(
    ("kind", "target", "said"),
    [
        ("single", "positive", "every training example of tone is 'positive'"),
        ("regress", 3.0, "every training example of tone is 3.0"),
        ("multi", ("positive",), "every training example of tone is"),
    ],
)
def test_one_answer_teaches_nothing(kind, target, said):
    """A train split with a single answer is refused."""
    task = bench.make_task(kind)
    examples = [msgspec.structs.replace(example, target=target) for example in bench.make_rows(kind)]

    with pytest.raises(ModelError, match=said.replace("(", "\\(")):
        split_rows(task, bench.make_dataset(task, examples), recipe())


def test_no_rows():
    """A train split without a labelled row is refused."""
    with pytest.raises(ModelError, match="no row with a target"):
        split(())


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 700), batch=st.integers(1, 40), seed=st.integers(0, 9), epoch=st.integers(0, 5))
def test_an_epoch_is_a_permutation(count, batch, seed, epoch):
    """Every row is in exactly one batch of an epoch, and the order depends on seed and epoch alone."""
    lengths = np.random.default_rng(count).integers(1, 60, count)
    batches = order_batches(lengths, batch, seed=seed, epoch=epoch)

    assert sorted(np.concatenate(batches).tolist()) == list(range(count))
    assert all(len(found) <= batch for found in batches)
    assert len(batches) == count_steps(count, batch=batch, accumulate=1)
    again = order_batches(lengths, batch, seed=seed, epoch=epoch)
    assert all((one == other).all() for one, other in zip(batches, again, strict=True))


def test_batches_hold_alike_lengths():
    """Sorting within chunks leaves little padding, and epochs still differ."""
    lengths = np.random.default_rng(0).integers(1, 120, 6000)
    batches = order_batches(lengths, 32, seed=0, epoch=0)
    padded = sum(int(lengths[rows].max()) * len(rows) for rows in batches)

    assert padded < 1.04 * lengths.sum()
    other = order_batches(lengths, 32, seed=0, epoch=1)
    assert any((one != two).any() for one, two in zip(batches, other, strict=True))


def test_steps_of_an_epoch():
    """Accumulated passes make one step; the rest of an epoch makes one too."""
    assert count_steps(100, batch=32, accumulate=1) == 4
    assert count_steps(100, batch=32, accumulate=3) == 2
    assert replace(recipe(accumulate=3)).accumulate == 3
