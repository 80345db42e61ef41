"""Counterfactual identity swaps: an item with the words for one group of people replaced by those for another, everywhere alike.

    dimensions = chosen(("gender", "religion"))                   # of the lexicons that ship; a user's own with them
    found = swaps_of(item_of(task, example), dimensions, seed=0)  # Swaps: variants, and why others are none
    found.swaps[0].changes                                        # {"text": (Edit(0, 1, "An"), Edit(2, 8, "atheist"))}

**What a variant is** (the contract with `benchwright.data.identity_views`, which makes the examples of a view). The terms of a
dimension stand in groups (``muslim``, ``jewish`` of religion); for every group that an item holds a term of, and every other group,
there is one variant (``names`` of them where terms are drawn: given names, countries). In a view its example has

- ``id``: the item's id, ``#`` and a number that runs over the item's variants; ``group``: the item's id (None where the items of the
  task are judged in groups of their own); ``cluster``: the item's cluster, else its id;
- ``slices``: those of the item, and ``identity`` (dimension), ``identity_from``, ``identity_to`` (groups);
- ``edits``: what was changed, as `benchwright.edits`; ``target``: gold carried through these edits.

Words of a dimension are exchanged: where both groups stand in an item, each takes the other's place (he and she), so that the same
exchange gives the item back wherever terms are one to one. Drawn terms are replaced, different ones by different ones, and none by
one that stands in the item already.

**Counts** of the view's data set: ``items``; and for each dimension D ``holding:D`` (items with a term that the rules take),
``ambiguous:D`` (items without a variant since all that stands in them might mean something else), ``unprojectable:D`` (items without
a variant since the gold answer cannot be carried along, or no group has a form for all terms), ``variants:D``, and ``formless:D``
(variants that were left out since the other group has no form for a term).

Nothing here knows a model or a store: texts in, edits out.
"""

from __future__ import annotations

from benchwright.identity.lexicon import DIMENSIONS, Dimension, Entry, Group, built_in, chosen
from benchwright.identity.lexicon_file import read_lexicon
from benchwright.identity.swaps import Swap, Swaps, swaps_of

__all__ = [
    "DIMENSIONS",
    "Dimension",
    "Entry",
    "Group",
    "Swap",
    "Swaps",
    "built_in",
    "chosen",
    "read_lexicon",
    "swaps_of",
]
