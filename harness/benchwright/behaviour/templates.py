"""Many texts of one template: tags are filled from lists, in all combinations or a sample of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchwright import callables
from benchwright.behaviour.combinations import Values, product_of, rows_of, without_repeats
from benchwright.behaviour.draws import Draws
from benchwright.behaviour.fill_checks import MOST
from benchwright.behaviour.filled import Filled, Recipe
from benchwright.behaviour.lexicons import built_in, read_lexicons
from benchwright.behaviour.template_text import Tag
from benchwright.behaviour.template_trees import (
    ParsedTemplate,
    Template,
    fill_texts,
    fill_values,
    parse_template,
    slots_of,
    tags_in,
    template_id,
)
from benchwright.errors import BenchwrightError
from benchwright.kinds.fill import MASK

_OPTIONS = ("nsamples", "product", "remove_duplicates", "unroll", "labels", "meta", "save")


@dataclass(frozen=True, init=False)
class Editor:
    """Fills templates from lists of words.

    Attributes:
        lexicons: Name -> values; the built-in ones (`benchwright.behaviour.lexicons`) are among them.
        seed: Decides with the template what ``nsamples`` draws, and nothing else does.
    """

    lexicons: Mapping[str, tuple[Any, ...]] = field(repr=False)
    seed: int

    def __init__(self, *lexicons: Mapping[str, Sequence[Any]] | str | Path, seed: int = 0) -> None:
        """Of lists by name, or files of them (`read_lexicons`); a later one takes the place of an earlier one of its name."""
        found: dict[str, tuple[Any, ...]] = dict(built_in())
        for one in lexicons:
            if not isinstance(one, Mapping | str | Path):
                raise BenchwrightError(
                    f"lists are given as {type(one).__name__}",
                    expected='a file, or lists by name: {"adj": ["good", "bad"]}',
                )
            given = one if isinstance(one, Mapping) else read_lexicons(Path(one))
            found.update({name: _as_list(name, values) for name, values in given.items()})
        object.__setattr__(self, "lexicons", found)
        object.__setattr__(self, "seed", seed)

    def template(
        self,
        template: Template,
        *,
        nsamples: int | None = None,
        product: bool = True,
        remove_duplicates: bool = False,
        unroll: bool = False,
        labels: Any = None,
        meta: Any = None,
        save: bool = False,
        **fillers: Any,
    ) -> Filled:
        """The template filled with every combination of its tags' values, or with ``nsamples`` of them.

        ``{name}`` takes a value of the list ``name``: of ``fillers``, or else of the lexicons. ``{name1}`` and ``{name2}``
        take values of that list independently. ``{a:name}`` writes the article too (``{A:name}`` with a capital),
        ``{plural:name}`` the plural, ``{cap:name}`` a capital first letter; ``{name.field}`` and ``{name[0]}`` enter a
        mapping or list. ``{{`` is a brace.

        Args:
            template: A text, or a tuple, list or mapping of texts, which share the values of their tags.
            nsamples: At most so many, distinct, drawn by the seed and the template; None: all.
            product: All combinations of the lists, a value that stands twice in a list once; False: the lists side by side.
            remove_duplicates: Leave out combinations in which two tags have the same value.
            unroll: The parts of tuples and lists as items of their own.
            labels: One for all, a template of a label (``{name.label}``; one tag alone keeps its value's type), a list or
                mapping of such, or a function of the values (name of a tag -> whole value).
            meta: As ``labels``: what else shall be known of each item.
            save: Keep template and lists in ``recipes``.
            fillers: Name of a tag -> its values in order, or the only one.

        Returns:
            One item for each combination, in the order of the product, or as they were drawn.

        Raises:
            BenchwrightError: A tag without values, a list that no tag asks for, or a template that cannot be read.
        """
        _check_limit(nsamples)
        parsed = parse_template(template)
        said = tuple(None if callable(part) else parse_template(part) for part in (labels, meta))
        tags = {tag.name: tag for part in (parsed, *said) for tag in tags_in(part)}
        lists = self._lists(tags, fillers, product=product)
        name = template_id(template)
        choose = product_of if product else rows_of
        draws = Draws(self.seed, "template", name)
        items = choose(lists, nsamples, draws, all_different=remove_duplicates)
        options = {"nsamples": nsamples, "product": product, "remove_duplicates": remove_duplicates, "unroll": unroll}
        filled = Filled(
            data=tuple(fill_texts(parsed, values) for values in items),
            templates=(name,) * len(items),
            slots=tuple(slots_of(tags_in(parsed), values) for values in items),
            labels=_said(labels, said[0], items),
            meta=_said(meta, said[1], items),
            recipes=(Recipe(template, lists, {**options, "labels": labels, "meta": meta}),) if save else (),
        )
        return filled.unrolled() if unroll else filled

    def each(self, templates: Iterable[Template], **given: Any) -> Filled:
        """Several templates, one behind the other.

        Args:
            templates: Each is filled as `template` does.
            given: Options and lists for all of them; each takes the lists that it asks for, and one must.
        """
        several = (templates,) if isinstance(templates, str | Mapping) else tuple(templates)
        options = {name: given.pop(name) for name in _OPTIONS if name in given}
        said = [
            parse_template(options[name])
            for name in ("labels", "meta")
            if name in options and not callable(options[name])
        ]
        filled, tags = Filled(), [tag for part in said for tag in tags_in(part)]
        asked: set[str] = set()
        for template in several:
            own = {self._source(tag, given) for tag in (*tags_in(parse_template(template)), *tags)} & given.keys()
            filled += self.template(template, **options, **{name: given[name] for name in own})
            asked |= own
        unused = [name for name in given if name not in asked]
        if unused:
            raise _unused(unused[0], [tag.name for one in several for tag in tags_in(parse_template(one))])
        return filled

    def suggest(
        self,
        template: str,
        *,
        model: str,
        top: int = 20,
        nsamples: int | None = None,
        device: str = "cpu",
        **fillers: Any,
    ) -> list[str]:
        """The words that a masked language model finds most probable at ``{mask}``: values for a list, to be read before they are used.

        Of several texts (the template's other tags are filled as `template` does) the words are those with the highest mean
        log-probability over all of them, among the ``top`` of each.

        Args:
            template: A text with ``{mask}`` once.
            model: As on the command line: a folder or hub id of a checkpoint, with options (``transformers:NAME?dtype=bfloat16``).
            top: How many words.
            nsamples: As in `template`.
            device: ``cpu`` or ``cuda``.
            fillers: As in `template`.

        Returns:
            At most ``top`` words, the most probable first. Words of one token, as in CheckList; no list is changed.

        Raises:
            BenchwrightError: The template has no ``{mask}``, or the model is none that fills one.
        """
        texts = self.template(template, nsamples=nsamples, **fillers).data
        lacking = next((text for text in texts if not isinstance(text, str) or text.count(MASK) != 1), None)
        if lacking is not None:
            raise BenchwrightError(
                f"{lacking!r} has no {MASK}",
                expected=f"a text with {MASK} once",
                hint=f'editor.suggest("This is {MASK}.", ...)',
            )
        if isinstance(top, bool) or not isinstance(top, int) or not 1 <= top <= MOST:
            raise BenchwrightError(f"top={top!r}", expected=f"a whole number from 1 to {MOST:,}")
        # A model is opened by rooms above this one, which are found by name when they are needed.
        found: list[str] = callables.find("benchwright.suggestions:suggest_words")(
            texts, model=model, top=top, device=device
        )
        return found

    def _lists(
        self, tags: Mapping[str, Tag], fillers: Mapping[str, Any], *, product: bool
    ) -> dict[str, tuple[Any, ...]]:
        """Name of each tag -> its values."""
        sources = {name: self._source(tag, fillers) for name, tag in tags.items()}
        unused = [name for name in fillers if name not in sources.values()]
        if unused:
            raise _unused(unused[0], list(tags))
        if not product:
            _check_sources_differ(sources)
        found = {name: self._values(source, fillers) for name, source in sources.items()}
        return {name: without_repeats(values) for name, values in found.items()} if product else found

    def _source(self, tag: Tag, fillers: Mapping[str, Any]) -> str:
        """The name of a tag's list: its own name, or else its name without the number."""
        for name in (tag.name, tag.list_name):
            if name in fillers or name in self.lexicons:
                return name
        near = difflib.get_close_matches(tag.list_name, [*fillers, *self.lexicons], n=3)
        raise BenchwrightError(
            f"the tag {{{tag.reference}}} has nothing to be filled with",
            expected=f"a list named {tag.list_name!r}",
            hint=f"did you mean {' or '.join(f'{{{one}}}' for one in near)}?" if near else f"{tag.list_name}=[...]",
        )

    def _values(self, source: str, fillers: Mapping[str, Any]) -> tuple[Any, ...]:
        return _as_list(source, fillers[source]) if source in fillers else self.lexicons[source]


def _as_list(name: str, value: Any) -> tuple[Any, ...]:
    """Values in order; what is no list is the only value."""
    if isinstance(value, AbstractSet):
        raise BenchwrightError(
            f"the values of {name!r} are a set, whose order differs from run to run",
            expected="a list",
            hint=f"{name}=sorted(...)",
        )
    if isinstance(value, str | Mapping) or not hasattr(value, "__iter__"):
        return (value,)
    found = tuple(value.tolist() if hasattr(value, "tolist") else value)  # numbers of numpy become Python's own
    if not found:
        raise BenchwrightError(f"the list of {name!r} is empty", expected="a value at least")
    return found


def _said(given: Any, parsed: ParsedTemplate, items: list[Values]) -> tuple[Any, ...] | None:
    """What was said of each item: labels, or what else is known; None where nothing was."""
    if given is None:
        return None
    if callable(given):
        return tuple(given(dict(values)) for values in items)
    return tuple(fill_values(parsed, values) for values in items)


def _check_limit(nsamples: int | None) -> None:
    if nsamples is not None and (isinstance(nsamples, bool) or not isinstance(nsamples, int) or nsamples < 1):
        raise BenchwrightError(f"nsamples={nsamples!r}", expected="a whole number of at least 1")


def _check_sources_differ(sources: Mapping[str, str]) -> None:
    """Raise where two tags take one list and the lists are taken side by side: they would always be equal."""
    for name, source in sources.items():
        other = next((one for one, its in sources.items() if its == source and one != name), None)
        if other is not None:
            raise BenchwrightError(
                f"{{{name}}} and {{{other}}} take the list {source!r}, and side by side they would always be equal",
                expected="a list for each with product=False",
                hint=f"{name}=[...], {other}=[...]",
            )


def _unused(name: str, tags: Sequence[str]) -> BenchwrightError:
    """Most often an option or a tag that is misspelt."""
    near = difflib.get_close_matches(name, [*_OPTIONS, *tags], n=1)
    return BenchwrightError(
        f"no tag of the template asks for {name!r}",
        expected=f"one of {', '.join(f'{{{tag}}}' for tag in dict.fromkeys(tags))}" if tags else "a template with tags",
        hint=f"did you mean {near[0]}?" if near else f"leave {name} out",
    )
