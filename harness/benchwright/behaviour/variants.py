"""Originals with their variants: the cases of INV and DIR tests, made by functions that change a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from benchwright.behaviour.changes import Change, Variant
from benchwright.behaviour.filled import Filled, joined
from benchwright.behaviour.named_changes import named_variants
from benchwright.edits import apply_to_words
from benchwright.errors import BenchwrightError
from benchwright.perturbations.texts import as_word_edits


@dataclass(frozen=True)
class Perturbed:
    """Cases, each an original with its variants.

    Attributes:
        data: A list for each case: the original and its variants; the variants alone where the original was not kept.
        edits: For each case the edits of each variant, or None.
        substitutes: For each case what stands for what in the answers to each variant, or None.
        templates: Template of each case, None where it was not made of one.
        slots: What it was filled with.
        labels: What is right for the original; None where no labels were given.
        meta: What else is known of it; None where nothing was given.
        no_ops: Variants that were equal to their original, or to another of its variants, and were left out.
        without_variant: Items that nothing was changed in, and that are no case.
    """

    data: tuple[list[Any], ...] = ()
    edits: tuple[tuple[Any, ...], ...] = ()
    substitutes: tuple[tuple[Any, ...], ...] = ()
    templates: tuple[str | None, ...] = ()
    slots: tuple[Mapping[str, Any], ...] = ()
    labels: tuple[Any, ...] | None = None
    meta: tuple[Any, ...] | None = None
    no_ops: int = 0
    without_variant: int = 0

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[list[Any]]:
        return iter(self.data)

    def __add__(self, other: Perturbed) -> Perturbed:
        if not isinstance(other, Perturbed):
            return NotImplemented
        both = bool(self.data) and bool(other.data)
        mine = self if self.data else other
        return Perturbed(
            data=self.data + other.data,
            edits=self.edits + other.edits,
            substitutes=self.substitutes + other.substitutes,
            templates=self.templates + other.templates,
            slots=self.slots + other.slots,
            labels=joined("labels", self.labels, other.labels) if both else mine.labels,
            meta=joined("meta", self.meta, other.meta) if both else mine.meta,
            no_ops=self.no_ops + other.no_ops,
            without_variant=self.without_variant + other.without_variant,
        )


def perturb(
    data: Filled | Sequence[Any],
    function: Change | str,
    *,
    keep_original: bool = True,
    field: str | int | None = None,
    **options: Any,
) -> Perturbed:
    """Cases of originals and of what a function makes of them.

    Args:
        data: Texts, word lists (``{"words": [...]}``), or items of several texts; filled templates, or a list.
        function: Given the text of an item, it returns None, a changed text, a `Variant`, or a list of these; those of
            this package say what they edited. Of a word list it is given the words with spaces between. Or the name of a
            perturbation (`benchwright.perturbations.INDEX`), with the options severity, n and seed.
        keep_original: Whether the original is the first example of its case, as INV and DIR tests have it.
        field: Which text of an item of several is changed: a name, or a place in a tuple. None: the function is given the
            whole item, and returns whole items.
        options: Further arguments of the function.

    Returns:
        A case for each item that has a variant; the others are counted, and so are variants equal to their original.

    Raises:
        BenchwrightError: The function returns something else, or an item has no such text.
    """
    if isinstance(data, str | Mapping):
        raise BenchwrightError(
            f"the data are {type(data).__name__}", expected="a list of items", hint="[...] around it"
        )
    given = data if isinstance(data, Filled) else Filled(data=tuple(data))
    kept: list[int] = []
    cases: list[list[Variant]] = []
    no_ops = 0
    for place, item in enumerate(given.data):
        label = given.labels[place] if given.labels else None
        made = list(_variants(item, label, function, field, options))
        different = _distinct(item, made)
        no_ops += len(made) - len(different)
        if different:
            kept.append(place)
            cases.append(different)
    return Perturbed(
        data=tuple(
            ([given.data[place]] if keep_original else []) + [variant.value for variant in case]
            for place, case in zip(kept, cases, strict=True)
        ),
        edits=tuple(tuple(variant.edits for variant in case) for case in cases),
        substitutes=tuple(tuple(variant.substitute for variant in case) for case in cases),
        templates=tuple(given.templates[place] if given.templates else None for place in kept),
        slots=tuple(given.slots[place] if given.slots else {} for place in kept),
        labels=None if given.labels is None else tuple(given.labels[place] for place in kept),
        meta=None if given.meta is None else tuple(given.meta[place] for place in kept),
        no_ops=no_ops,
        without_variant=len(given.data) - len(kept),
    )


def _distinct(item: Any, made: Sequence[Variant]) -> list[Variant]:
    """Variants that differ from the original and from those before them."""
    seen = [item]
    found = []
    for variant in made:
        if variant.value not in seen:
            seen.append(variant.value)
            found.append(variant)
    return found


def _variants(
    item: Any, label: Any, function: Change | str, field: str | int | None, options: Mapping[str, Any]
) -> Iterator[Variant]:
    place = _place(item, field)
    if isinstance(function, str):
        yield from named_variants(function, item, label, field=field, **options)
        return
    if place is None:
        yield from _as_variants(function(item, **options), type(item))
        return
    text = item if place == "" else item[place]
    words = text if isinstance(text, list) else None
    shown = " ".join(words) if words is not None else text
    for variant in _as_variants(function(shown, **options), str):
        changed = variant if words is None else _in_words(words, variant)
        yield replace(changed, value=_with(item, place, changed.value))


def _place(item: Any, field: str | int | None) -> Any:
    """Where the text of an item is: "" of a text itself; None: the function is given the whole item."""
    if not isinstance(item, str | Mapping | tuple):
        raise BenchwrightError(
            f"an item is {type(item).__name__} ({repr(item)[:60]})",
            expected='a text, a tuple or mapping of texts, or {"words": [...]}',
        )
    if isinstance(item, str) and field is None:
        return ""
    if field is not None:
        known = item if isinstance(item, Mapping) else range(len(item)) if isinstance(item, tuple) else ()
        if field not in known:
            raise BenchwrightError(
                f"an item has no text {field!r}",
                expected=f"one of {', '.join(map(str, known)) or 'none: it is ' + repr(item)[:60]}",
            )
        return field
    if isinstance(item, Mapping) and len(item) == 1:
        return next(iter(item))
    return None


def _with(item: Any, place: Any, text: Any) -> Any:
    if place == "":
        return text
    if isinstance(item, Mapping):
        return {**item, place: text}
    return (*item[:place], text, *item[place + 1 :])


def _in_words(words: Sequence[str], variant: Variant) -> Variant:
    """The variant of a word list, of a change of its words with spaces between."""
    if variant.edits is None:
        made = variant.value.split()
        if len(made) != len(words):
            raise BenchwrightError(
                f"{len(words)} words became {len(made)}, and nothing says which: {variant.value[:80]!r}",
                expected="a variant with its edits, by which entities are carried over",
                hint="return edited(text, [Edit(start, end, new)])",
            )
        return replace(variant, value=made)
    starts = tuple(accumulate((len(word) + 1 for word in words[:-1]), initial=0))
    edits = as_word_edits(words, starts, variant.edits)
    return replace(variant, value=list(apply_to_words(words, edits)), edits=edits)


def _as_variants(made: Any, kind: type) -> Iterator[Variant]:
    if made is None:
        return
    if isinstance(made, Variant):
        yield made
    elif isinstance(made, str) or (isinstance(made, kind) and not isinstance(made, list)):
        yield Variant(made)
    elif isinstance(made, list):
        for one in made:
            yield from _as_variants(one, kind)
    else:
        raise BenchwrightError(
            f"the function returned {type(made).__name__} ({repr(made)[:60]})",
            expected=f"None, {kind.__name__}, a Variant, or a list of these",
        )
