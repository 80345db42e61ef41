"""A split under identity swaps: variants in which terms of one group of people stand instead of those of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchwright.data.variants import is_answer, strict_entities, units_of, variants_digest
from benchwright.errors import DataMissing
from benchwright.identity import Dimension, Swap, Swaps, chosen, read_lexicon, swaps_of
from benchwright.items import count, noun, variant_id
from benchwright.perturbations import Item, changed_inputs, item_of, project_target
from benchwright.types import Dataset, Example, Task, View


def dimensions_of(view: View) -> tuple[Dimension, ...]:
    """The dimensions of an identity view.

    Raises:
        ConfigError: The user's lexicon is wrong, or a dimension unknown.
    """
    own = read_lexicon(Path(view.lexicon)) if view.lexicon else ()
    return chosen(view.dimensions, own)


def see_identities(dataset: Dataset, task: Task, view: View, *, seed: int) -> Dataset:
    """The variants of every item that holds a term, in the order of the items; `benchwright.identity` says what they are.

    Args:
        dataset: The items, cut to the limit of the run.
        task: Card of the view, or of its task.
        view: Which dimensions, how many names, whose lexicon.
        seed: Of the run; with an item's id it decides which names are drawn, whatever else is in the split.

    Raises:
        DataMissing: No item has a variant.
        ConfigError: As `dimensions_of` says.
    """
    dimensions = dimensions_of(view)
    counts: Counter[str] = Counter()
    examples: list[Example] = []
    for example, unit in zip(dataset.examples, units_of(dataset.examples), strict=True):
        item = item_of(task, example)
        for found in swaps_of(item, dimensions, seed=seed, names=view.names):
            examples += _variants(example, unit, item, task, found, counts=counts)
    examples = _numbered(examples)
    if not examples:
        raise _none(dataset, task, dimensions)
    return Dataset(
        examples=tuple(examples),
        digest=variants_digest(examples, task),
        origin=dataset.origin,
        notes=tuple(_notes(counts, len(dataset.examples), dimensions)),
        counts={"items": len(dataset.examples), **_counted(counts, dimensions)},
    )


COUNTS = ("holding", "ambiguous", "unprojectable", "variants", "formless")
"""What is counted for each dimension D, as ``holding:D``; `benchwright.identity` says what of."""


def _variants(
    example: Example, unit: str, item: Item, task: Task, found: Swaps, *, counts: Counter[str]
) -> list[Example]:
    """The variants of an item in one dimension, counted."""
    made = [one for swap in found.swaps if (one := _variant(example, unit, item, task, swap)) is not None]
    name = found.dimension
    counts[f"formless:{name}"] += found.formless
    counts[f"variants:{name}"] += len(made)
    if found.taken:
        counts[f"holding:{name}"] += 1
        counts[f"unprojectable:{name}"] += not made
    elif found.left:
        counts[f"ambiguous:{name}"] += 1
    return made


def _variant(example: Example, unit: str, item: Item, task: Task, swap: Swap) -> Example | None:
    """The example of one exchange; None where its gold answer cannot be carried along."""
    target = None if example.target is None else project_target(item, example.target, swap.changes)
    if example.target is not None and not is_answer(target, task):
        return None
    return Example(
        id=example.id,
        index=example.index,
        inputs=changed_inputs(example.inputs, swap.changes),
        target=target,
        strict=strict_entities(example, swap.changes),
        slices=example.slices | {"identity": swap.dimension, "identity_from": swap.source, "identity_to": swap.target},
        cluster=unit,
        official_id=example.official_id,
        group=example.id if example.group is None else None,
        metadata=example.metadata,
        edits={name: tuple(some) for name, some in swap.changes.items()},
    )


def _numbered(variants: list[Example]) -> list[Example]:
    """Variants under ids of their own: that of their item, and which of its variants they are."""
    seen: Counter[str] = Counter()
    found = []
    for at, one in enumerate(variants):
        number = seen[one.id]
        seen[one.id] += 1
        official = None if one.official_id is None else variant_id(one.official_id, number)
        found.append(msgspec.structs.replace(one, id=variant_id(one.id, number), index=at, official_id=official))
    return found


def _counted(counts: Counter[str], dimensions: tuple[Dimension, ...]) -> dict[str, int]:
    return {f"{what}:{one.name}": counts[f"{what}:{one.name}"] for one in dimensions for what in COUNTS}


def _notes(counts: Counter[str], items: int, dimensions: tuple[Dimension, ...]) -> Iterator[str]:
    """How many items hold a term of each dimension, and what became of the others."""
    for dimension in dimensions:
        name = dimension.name
        lost = [
            f"{counts[f'{what}:{name}']:,} {said}"
            for what, said in (
                ("ambiguous", "hold only terms that are left as ambiguous"),
                ("unprojectable", "have no variant that keeps the gold answer"),
            )
            if counts[f"{what}:{name}"]
        ]
        yield "; ".join([f"{name}: {counts[f'holding:{name}']:,} of {items:,} items hold a term", *lost])


def _none(dataset: Dataset, task: Task, dimensions: tuple[Dimension, ...]) -> DataMissing:
    names = ", ".join(dimension.name for dimension in dimensions)
    return DataMissing(
        f"no term of {names} stands in any of {count(len(dataset.examples), noun(task))}",
        expected="texts about people",
        hint="choose other dimensions, or terms of your own: ?lexicon=FILE.toml",
    )
