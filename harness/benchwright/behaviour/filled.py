"""Filled templates: texts, with what they were filled with and what is right for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from benchwright.errors import BenchwrightError


@dataclass(frozen=True)
class Recipe:
    """What a template was filled from: kept where ``save=True``.

    Attributes:
        template: As it was given.
        fillers: Name of a tag -> its list.
        options: The other arguments of `Editor.template`.
    """

    template: Any
    fillers: Mapping[str, tuple[Any, ...]]
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Filled:
    """Filled templates; ``+`` puts two behind one another.

    Attributes:
        data: A filled template each: a text, or a tuple, list or mapping as the template was.
        templates: Id of the template of each: items of one template are near-duplicates, which intervals must know.
        slots: What each was filled with: tag without its form -> text or number.
        labels: What is right for each; None where no labels were given.
        meta: What else is known of each; None where nothing was given.
        recipes: Templates with their lists, where ``save=True``.
    """

    data: tuple[Any, ...] = ()
    templates: tuple[str, ...] = ()
    slots: tuple[Mapping[str, Any], ...] = ()
    labels: tuple[Any, ...] | None = None
    meta: tuple[Any, ...] | None = None
    recipes: tuple[Recipe, ...] = ()

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.data)

    def __add__(self, other: Filled) -> Filled:
        if not isinstance(other, Filled):
            return NotImplemented
        if not self.data or not other.data:
            whole = other if not self.data else self
            return replace(whole, recipes=self.recipes + other.recipes)
        return Filled(
            data=self.data + other.data,
            templates=self.templates + other.templates,
            slots=self.slots + other.slots,
            labels=joined("labels", self.labels, other.labels),
            meta=joined("meta", self.meta, other.meta),
            recipes=self.recipes + other.recipes,
        )

    def distinct(self) -> Filled:
        """Without items that stand there before: each text is a case once."""
        first: dict[str, int] = {}
        for place, item in enumerate(self.data):
            first.setdefault(repr(item), place)
        places = tuple(first.values())

        def chosen(values: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple(values[place] for place in places)

        return replace(
            self,
            data=chosen(self.data),
            templates=chosen(self.templates) if self.templates else (),
            slots=chosen(self.slots) if self.slots else (),
            labels=None if self.labels is None else chosen(self.labels),
            meta=None if self.meta is None else chosen(self.meta),
        )

    def unrolled(self) -> Filled:
        """The parts of tuples and lists as items of their own; a list of as many labels is taken apart with them."""
        sizes = [len(item) if isinstance(item, tuple | list) else 1 for item in self.data]
        return replace(
            self,
            data=tuple(part for item in self.data for part in (item if isinstance(item, tuple | list) else (item,))),
            templates=tuple(name for name, size in zip(self.templates, sizes, strict=True) for _ in range(size)),
            slots=tuple(slots for slots, size in zip(self.slots, sizes, strict=True) for _ in range(size)),
            labels=_spread(self.labels, sizes),
            meta=_spread(self.meta, sizes),
        )


def _spread(said: tuple[Any, ...] | None, sizes: list[int]) -> tuple[Any, ...] | None:
    if said is None:
        return None
    return tuple(
        part
        for one, size in zip(said, sizes, strict=True)
        for part in (one if isinstance(one, tuple | list) and len(one) == size else [one] * size)
    )


def joined(what: str, one: tuple[Any, ...] | None, other: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    """What is said of two lots of items, behind one another; raises BenchwrightError where only one lot has it."""
    if one is None and other is None:
        return None
    if one is None or other is None:
        raise BenchwrightError(
            f"only one of the two has {what}", expected=f"{what} in both, or in none", hint=f"{what}=... in both calls"
        )
    return one + other
