"""Which items of each task an entry answers correctly, as bits kept by digest: fixed and broken items of any two entries are counted from them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from benchwright import __version__
from benchwright.errors import BenchwrightError
from benchwright.types import Frozen
from benchwright_leaderboards.board import PlacedEntry
from benchwright_leaderboards.derived import remember
from benchwright_leaderboards.pages import digest_of_inputs

VERSION = 2
"""Of what is kept."""


class RightItems(Frozen, frozen=True, kw_only=True):
    """The items of a task that are right.

    Attributes:
        items: SHA-256 of the ids, in their order: counts of two entries are made where it is the same.
        bits: A bit for each item, eight to a byte, unanswered ones 0.
    """

    items: str
    bits: bytes


def right_items(one: PlacedEntry, paths: Sequence[str]) -> Mapping[str, RightItems]:
    """``suite/task`` -> which items the entry answers correctly; left out are tasks without right and wrong answers, and behavioural ones,
    whose cases two models decide together.
    """
    digest = digest_of_inputs("right items", VERSION, __version__, one.submission.digest, one.entry.id, list(paths))
    kept = remember(_board(one), "right", digest, lambda: msgspec.msgpack.encode(_made(one, paths)))
    return msgspec.msgpack.decode(kept, type=dict[str, RightItems])


def count_fixed(
    one: PlacedEntry, other: PlacedEntry, path: str, mine: Mapping[str, RightItems], theirs: Mapping[str, RightItems]
) -> tuple[int | None, int | None]:
    """Items of a task that only the first answers correctly, and that only the second does; unanswered ones are wrong.

    None, None where answers are not right or wrong, or are not to the same items. Counted as `benchwright compare --missing wrong` does.
    """
    first, second = mine.get(path), theirs.get(path)
    if first is None or second is None or first.items != second.items:
        return _count_slowly(one, other, path)
    bits, others = (
        int.from_bytes(first.bits),
        int.from_bytes(second.bits),
    )  # a tenth of what arrays of so few bytes take
    both = (bits & others).bit_count()
    return bits.bit_count() - both, others.bit_count() - both


def _board(one: PlacedEntry) -> Path:
    return one.root.parent.parent


def _made(one: PlacedEntry, paths: Sequence[str]) -> dict[str, RightItems]:
    """The items with a gold answer, in the order of the data, as comparisons judge them (`comparison.flips.rightness`)."""
    import numpy as np

    from benchwright.answers import answers_of
    from benchwright_leaderboards.entry_grid import entry_grid

    found = {}
    try:
        side = entry_grid([one], paths, inputs=False)
    except BenchwrightError:
        return {}  # `board check` tells of it
    for column in side.grid.columns:
        card = column.card
        if card is None or card.behaviour:
            continue
        try:
            answers = answers_of(card, side.records(str(column.cells[0].key)))
        except BenchwrightError:
            continue
        gold, silent = answers.has_gold, answers.unanswered
        if not gold.any() or (answers.correct[gold & ~silent] < 0).any():
            continue
        ids = [id_ for id_, is_judged in zip(answers.ids, gold.tolist(), strict=True) if is_judged]
        right = (answers.correct == 1)[gold]
        items = hashlib.sha256(msgspec.json.encode(ids)).hexdigest()
        found[column.name] = RightItems(items=items, bits=np.packbits(right).tobytes())
    return found


def _count_slowly(one: PlacedEntry, other: PlacedEntry, path: str) -> tuple[int | None, int | None]:
    """From the records of both."""
    from benchwright.comparison.comparable_answers import read_answers
    from benchwright.comparison.flips import count_flips

    try:
        pairing = read_answers([other.system(), one.system()], path).counted_wrong().pairing((0, 1))
        return count_flips(pairing, 0, 1)
    except BenchwrightError:
        return None, None
