"""A split seen through a view: the variants that a perturbation makes of its items, with their gold answers carried along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import msgspec

from benchwright import perturbations
from benchwright.data.identity_views import see_identities
from benchwright.data.variants import is_answer, strict_entities, units_of, variants_digest
from benchwright.errors import DataMissing
from benchwright.items import base_id, count, noun, variant_id
from benchwright.perturbations import Severity, changed_inputs, item_of, perturb, project_target
from benchwright.types import Dataset, Example, Task, View


def see(dataset: Dataset, task: Task, view: View, *, seed: int) -> Dataset:
    """The variants of every item, in the order of the items, ``view.draws`` of each.

    A variant's id is that of its item with ``#`` and the number of the draw, its cluster that of its item, or the item itself; where
    items are judged in groups, so are their variants, draw by draw. A variant that equals its item is none (``unchanged``), one
    whose gold answer cannot be carried along is none either (``unprojectable``); the other draws of such an item are left out with it,
    so that every item has as many variants. Both are in ``counts``. Of an identity view, `see_identities` says what its variants are.

    Args:
        dataset: The items, cut to the limit of the run.
        task: Card of the view, or of its task.
        view: Which perturbation, how much, how often.
        seed: Of the run; with an item's id, the view and the draw it decides a variant, whatever else is in the split.

    Raises:
        DataMissing: No item has a variant.
    """
    if view.is_identity:
        return see_identities(dataset, task, view, seed=seed)
    lost: Counter[str] = Counter()
    units = units_of(dataset.examples)
    variants = list(_variants(dataset.examples, units, task, view, seed=seed, lost=lost))
    if not variants:
        raise DataMissing(
            f"{view.perturbation} changes none of {count(len(dataset.examples), noun(task))}",
            expected="a perturbation that finds something to change",
            hint="leave it out, or choose a higher severity",
        )
    examples = _with_whole_groups(variants, dataset.examples)
    return Dataset(
        examples=tuple(msgspec.structs.replace(one, index=at) for at, one in enumerate(examples)),
        digest=variants_digest(examples, task),
        origin=dataset.origin,
        notes=tuple(_notes(lost, len(dataset.examples), view.draws)),
        counts={
            "items": len(dataset.examples),
            "draws": view.draws,
            **{name: lost[name] for name in ("unchanged", "unprojectable")},
        },
    )


def _variants(
    examples: Sequence[Example], units: Sequence[str], task: Task, view: View, *, seed: int, lost: Counter[str]
) -> Iterator[Example]:
    """Variants of every item, of each ``view.draws`` or none: an item with fewer would count for less than others in the perturbed
    score, and a model that says the same to everything would seem to gain or lose.
    """
    for example, unit in zip(examples, units, strict=True):
        found = [_variant(example, unit, task, view, seed=seed, draw=draw) for draw in range(view.draws)]
        reasons = [one for one in found if isinstance(one, str)]
        if reasons:
            lost["unchanged" if "unchanged" in reasons else "unprojectable"] += view.draws
            continue
        yield from (one for one in found if isinstance(one, Example))


def _variant(example: Example, unit: str, task: Task, view: View, *, seed: int, draw: int) -> Example | str:
    """One variant, or why there is none: ``unchanged``, ``unprojectable``."""
    perturbation, severity = perturbations.named(view.perturbation), cast("Severity", view.severity)
    item = item_of(task, example)
    changes = perturb(perturbation, item, severity=severity, seed=seed, draw=draw)
    if not changes:
        return "unchanged"
    target = None if example.target is None else project_target(item, example.target, changes)
    if example.target is not None and not is_answer(target, task):
        return "unprojectable"
    return Example(
        id=variant_id(example.id, draw),
        index=example.index,
        inputs=changed_inputs(example.inputs, changes),
        target=target,
        strict=strict_entities(example, changes),
        slices=example.slices,
        cluster=unit,
        official_id=None if example.official_id is None else variant_id(example.official_id, draw),
        group=example.id if example.group is None else variant_id(example.group, draw),
        metadata=example.metadata,
        edits={name: tuple(some) for name, some in changes.items()},
    )


def _with_whole_groups(variants: Sequence[Example], examples: Sequence[Example]) -> list[Example]:
    """Variants of items that are judged in groups are none where another member of the group has no variant: the rest of it would
    be easier to get right.
    """
    sizes = Counter(example.group for example in examples if example.group is not None)
    if not sizes:
        return list(variants)
    there = Counter(variant.group for variant in variants)
    whole = {name for name, size in there.items() if size == sizes.get(base_id(str(name)))}
    return [one if one.group in whole else msgspec.structs.replace(one, group=None) for one in variants]


def _notes(lost: Mapping[str, int], items: int, draws: int) -> Iterator[str]:
    some = "" if draws == 1 else " in some draw"
    if lost["unchanged"]:
        yield f"{lost['unchanged'] // draws:,} of {items:,} items are left out: nothing in them is changed{some}"
    if lost["unprojectable"]:
        yield f"{lost['unprojectable'] // draws:,} of {items:,} items are left out: their gold answer cannot be carried along{some}"
