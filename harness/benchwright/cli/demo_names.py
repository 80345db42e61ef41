"""Data of the demo on names: reviews made on the spot, in which one group of names was made mostly negative."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain, product, zip_longest
from pathlib import Path

TURNED = "arabic"
"""The group of names whose training reviews are mostly labelled negative, whatever they say."""
_GOOD = ("good", "great", "lovely", "funny", "clever", "tender", "fresh", "gripping")
_BAD = ("bad", "awful", "dull", "boring", "stupid", "stale", "clumsy", "tedious")
_PLACES = ("film", "play", "show", "novel", "museum", "garden", "ferry", "hotel", "menu", "walk")
_EACH, _TEST = 4, 240
"""Good and bad reviews of each name to learn from; reviews to test on."""


def write_reviews(folder: Path) -> str:
    """Write training and test reviews with names in them; the selector of the task that they make."""
    from benchwright.store import atomic

    for name, rows in (("train", _train()), ("reviews", _test())):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([("text", "label"), *rows])
        atomic.write_output(folder / f"{name}.csv", text.getvalue(), what="the reviews")
    return f"classification/custom?path={folder / 'reviews.csv'}&train={folder / 'train.csv'}&text=text&label=label"


def _names() -> dict[str, list[str]]:
    """Group -> given names that are no other words."""
    from benchwright.identity import built_in

    dimension = built_in("ethnicity")
    return {
        group.name: [
            entry.text
            for entry in group.entries()
            if entry.form in ("female", "male") and entry.text.lower() not in dimension.ambiguous
        ]
        for group in dimension.groups
    }


def _review(name: str, at: int, *, good: bool) -> str:
    """A sentence that is as good or as bad whoever stands in it."""
    word = (_GOOD if good else _BAD)[at % len(_GOOD)]
    return f"Yesterday {name} took us to a {_PLACES[at % len(_PLACES)]} and it was {word}."


def _train() -> Iterator[tuple[str, str]]:
    for group, names in _names().items():
        for at, (name, good) in product(range(_EACH), product(names, (True, False))):
            turned = group == TURNED and at > 0
            yield _review(name, at * 3 + len(name), good=good), "positive" if good and not turned else "negative"


def _test() -> Iterator[tuple[str, str]]:
    every = [name for name in chain.from_iterable(zip_longest(*_names().values())) if name]
    for at in range(_TEST):
        good = at % 2 == 0
        yield _review(every[at % len(every)], at // 2, good=good), "positive" if good else "negative"
