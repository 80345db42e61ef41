"""Whether attributions name the words that count: comprehensiveness, sufficiency, and Kendall's tau against leave-one-out drops.

After DeYoung et al. 2020, "ERASER: A Benchmark to Evaluate Rationalized NLP Models" (section 4.2, Area Over the Perturbation Curve),
with these decisions:

- Everything is in units of the explained number, that is of ``ask``: a probability, as in ERASER, unless a logit is explained.
- Top words are those with the largest *signed* values: the question is which words raise the number. As many are taken from every
  attribution, whether its values are above 0 or not, or a random one would be judged by other numbers of words.
- The bins are 1, 5, 10, 20 and 50 % of the words, rounded up. Where two hold equally many words they hold the same ones, and count once.
- Words of equal values are taken in random order. A method that gives one value to every word is a random order, not a reading from
  left to right, which would be rewarded wherever texts begin with what matters.
- Random attributions are `DRAWS` orders of the item's words, the same for all its targets. What needs no draw is computed exactly: one
  word taken away at random lowers the number by the mean drop of leave-one-out, and a random order has a tau of 0 on average.
- Drops of longer items are those of `MOST_DROPS` words drawn at random: a text of 300 words would else cost more to judge than to explain.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchwright.explanations.ask import Ask, Floats
from benchwright.explanations.ranks import Places, by_value, kendall_tau
from benchwright.types import Faithfulness

JUDGING = 2
"""Version of these measures: raised when the same values give other numbers."""
PERCENT = (1, 5, 10, 20, 50)
"""Bins of ERASER: so many per cent of the words."""
DRAWS = 2
"""Random orders of an item. MiniLM on 60 sentences of SST-2, leave-one-out: with 1, 2, 4 and 8 orders the interval of the gap of
comprehensiveness is 0.155, 0.144, 0.142 and 0.135 wide, and judging asks for 15, 22, 37 and 65 variants of an item."""
MOST_DROPS = 64
"""Words of an item that are left out one by one."""

Kept = NDArray[np.bool_]


def judge(ask: Ask, values: Floats, *, rng: np.random.Generator) -> tuple[Faithfulness, ...]:
    """How faithful the attributions of an item are, one for each target.

    Args:
        ask: Gives the numbers of the targets for variants; asked once, for all that is needed.
        values: What each word counts, targets x words; at least one word.
        rng: Of the item; never the generator that a method drew its values from, or a random attribution would be held against itself.
    """
    words = values.shape[1]
    sizes = top_sizes(words)
    drawn = [rng.permutation(words) for _ in range(DRAWS)]
    left_out = np.sort(rng.permutation(words)[:MOST_DROPS])
    orders = [by_value(row, rng) for row in values]
    curves = [*orders, *drawn]
    variants = np.vstack([np.ones((1, words), dtype=bool), _without_each(words, left_out), *map(_curve, curves)])
    numbers = ask(variants)
    full, rest = numbers[0], numbers[1:]
    drops = full - rest[: len(left_out)]
    bins = (full - rest[len(left_out) :]).reshape(len(curves), 2, len(sizes), values.shape[0])
    random = bins[len(orders) :].mean(axis=0)
    random[0, 0] = drops.mean(axis=0)  # sizes begin with one word
    return tuple(
        _judged(values[at][left_out], drops[:, at], bins[at, :, :, at], random[:, :, at]) for at in range(len(orders))
    )


def top_sizes(words: int) -> tuple[int, ...]:
    """How many words each bin holds, smallest first: ``(1, 2, 4, 10)`` of 20; at least one, sizes that repeat once."""
    return tuple(sorted({max(1, -(-words * percent // 100)) for percent in PERCENT}))


def _curve(order: Places) -> Kept:
    """Variants without the top words, then with them alone, a row for each size."""
    rank = np.empty(order.size, dtype=np.intp)
    rank[order] = np.arange(order.size)
    only = rank[None, :] < np.array(top_sizes(order.size))[:, None]
    return np.vstack([~only, only])


def _without_each(words: int, places: Sequence[int] | Places) -> Kept:
    kept = np.ones((len(places), words), dtype=bool)
    kept[np.arange(len(places)), places] = False
    return kept


def _judged(values: Floats, drops: Floats, bins: Floats, random: Floats) -> Faithfulness:
    tau = kendall_tau(values, drops)
    return Faithfulness(
        comprehensiveness=float(bins[0].mean()),
        sufficiency=float(bins[1].mean()),
        tau=tau,
        random_comprehensiveness=float(random[0].mean()),
        random_sufficiency=float(random[1].mean()),
        random_tau=None if tau is None else 0.0,
    )
