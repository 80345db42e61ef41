"""Which values tags take together: all combinations of their lists, the lists side by side, or a sample of either."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from benchwright.behaviour.draws import Draws
from benchwright.errors import BenchwrightError

Lists = Mapping[str, Sequence[object]]
Values = dict[str, object]
"""Name of a tag -> its value."""

LARGEST = 1_000_000
"""Combinations that are made, or looked at in a search for those without a value twice."""


def product_of(lists: Lists, limit: int | None, draws: Draws, *, all_different: bool) -> list[Values]:
    """Combinations of the lists, each at most once.

    Args:
        lists: Name -> values; the last list changes fastest.
        limit: At most so many, drawn; None: all, in order.
        draws: Where draws come from.
        all_different: Without those in which two names have the same value.
    """
    total = math.prod(map(len, lists.values()))
    if limit is None and total > LARGEST:
        raise BenchwrightError(
            f"the lists have {total:,} combinations", expected=f"at most {LARGEST:,}", hint="nsamples=500 draws some"
        )
    places = range(total) if limit is None else draws.distinct(total)
    return _taken((_at(lists, place) for place in places), limit, all_different=all_different)


def rows_of(lists: Lists, limit: int | None, draws: Draws, *, all_different: bool) -> list[Values]:
    """The lists side by side: first with first, second with second; a list of one value is repeated.

    Args:
        lists: Name -> values, as many in each.
        limit: At most so many rows, drawn; None: all, in order.
        draws: Where draws come from.
        all_different: Without those in which two names have the same value.
    """
    lengths = {name: len(values) for name, values in lists.items() if len(values) != 1}
    if len(set(lengths.values())) > 1:
        raise BenchwrightError(
            "product=False takes the lists side by side, and they differ in length",
            expected="as many values in each, or one",
            shown=[f"{name}: {length} values" for name, length in lengths.items()],
        )
    total = next(iter(lengths.values()), 1)
    places = range(total) if limit is None else draws.distinct(total)
    rows = ({name: values[place if len(values) > 1 else 0] for name, values in lists.items()} for place in places)
    return _taken(rows, limit, all_different=all_different)


def without_repeats(values: Iterable[object]) -> tuple[object, ...]:
    """The values in order, each once."""
    return tuple({repr(value): value for value in values}.values())


def _at(lists: Lists, place: int) -> Values:
    """The combination at a place in the order of the product."""
    found: Values = {}
    for name, values in reversed(tuple(lists.items())):
        place, index = divmod(place, len(values))
        found[name] = values[index]
    return dict(reversed(tuple(found.items())))


def _taken(found: Iterable[Values], limit: int | None, *, all_different: bool) -> list[Values]:
    if limit is None and not all_different:
        return list(found)
    return list(_until(found, limit, all_different=all_different))


def _until(found: Iterable[Values], limit: int | None, *, all_different: bool) -> Iterator[Values]:
    taken = 0
    for looked, values in enumerate(found):
        if taken == limit:
            return
        if looked == LARGEST:
            raise BenchwrightError(
                f"{LARGEST:,} combinations were looked at, and {taken} of them have no value twice",
                expected="lists with more values than there are tags",
            )
        if not all_different or len({repr(value) for value in values.values()}) == len(values):
            taken += 1
            yield values
