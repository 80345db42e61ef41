"""Samples that hold short and long inputs as the whole does."""

from benchwright.precision.sample import draw, size_of
from benchwright.types import Example


def make(lengths):
    return [Example(id=f"t/{at}", index=at, inputs={"text": "x" * n}) for at, n in enumerate(lengths)]


def test_a_sample_has_the_lengths_of_the_whole():
    """Of 1,000 inputs of 1 to 1,000 characters, 250 are drawn, one of each four neighbours in length."""
    examples = make([(at * 7919) % 1000 + 1 for at in range(1000)])
    rows = draw(examples, device="cpu", seed=0)
    assert len(set(rows)) == 250
    assert rows == sorted(rows)
    lengths = sorted(size_of(examples[row]) for row in rows)
    assert [(length - 1) // 4 for length in lengths] == list(range(250))


def test_the_same_seed_draws_the_same_sample():
    """A choice can be looked into again."""
    examples = make(range(2000))
    assert (
        draw(examples, device="cpu", seed=1)
        == draw(examples, device="cpu", seed=1)
        != draw(examples, device="cpu", seed=2)
    )


def test_a_sample_is_a_quarter_at_most_and_256():
    """Trying must not cost what it saves."""
    assert len(draw(make(range(80)), device="cpu", seed=0)) == 20
    assert len(draw(make([5] * 30_000), device="cpu", seed=0)) == 256
    assert draw(make(range(63)), device="cpu", seed=0) == []


def test_a_size_counts_all_texts_of_an_input():
    """Options and words count too."""
    assert size_of(Example(id="t/0", index=0, inputs={"a": "abc", "options": ["d", "ef"], "n": 3})) == 6
