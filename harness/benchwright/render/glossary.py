"""Words of a page with their definition one tap away, and the list of those that were used on it.

A word is a button that opens its entry of the list at the end as a popover, which takes neither a script nor the network. While none is open the
entries are that list, so that each definition is on the page once, and printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from markupsafe import Markup

from benchwright import registry
from benchwright.errors import BenchwrightError
from benchwright.inert import html_text
from benchwright.quantities import bare
from benchwright.render.glossary_entries import ENTRIES, METRICS

ALWAYS = ("interval", "n", "points")
"""Entries of every list: what any number on a page rests on."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a word means.

    Attributes:
        name: By which templates ask for it: ``holm``, ``entity_f1``.
        title: As it is listed.
        text: One to three sentences.
    """

    name: str
    title: str
    text: str

    @property
    def id(self) -> str:
        """The id of its entry on a page."""
        return "d-" + self.name.replace("_", "-")


_used: ContextVar[dict[str, Definition] | None] = ContextVar("glossary", default=None)


def define(name: str) -> Definition:
    """The definition of a word, or of a metric by its name with or without a version.

    Raises:
        KeyError: Nobody defines it.
    """
    if name in ENTRIES:
        title, text = ENTRIES[name]
        return Definition(name, title, text)
    found = _of_metric(bare(name))
    if found is None:
        raise KeyError(f"the glossary has no {name!r}")
    return found


def _of_metric(name: str) -> Definition | None:
    try:
        metric = registry.get("metrics", name)
    except BenchwrightError:
        return None
    plain = METRICS.get(name, "")
    better = f"{metric.quantity.better[0].upper()}{metric.quantity.better[1:]}."
    reference = f"Computed as: {metric.reference.removesuffix('; lower is better').rstrip('.')}."
    return Definition(name, metric.title, " ".join(part for part in (plain, better, reference) if part))


@contextmanager
def collecting() -> Iterator[None]:
    """Collect the words of one page, from none."""
    token = _used.set({})
    try:
        yield
    finally:
        _used.reset(token)


def term(text: str, name: str) -> Markup:
    """``text`` as a button that shows the definition of ``name``; not for inside of links, buttons and summaries.

    Outside of a page it gives the text alone.

    Raises:
        KeyError: Nobody defines it, and it is no metric's name.
    """
    shown = _escaped(text)
    used = _used.get()
    if used is None:
        return shown
    definition = used.get(name) or define(name)
    used[name] = definition
    return Markup('<button class="t" popovertarget="{}">{}</button>').format(definition.id, shown)


def metric_term(text: str, metric: str) -> Markup:
    """``text`` as `term` gives it, for a metric that may be of a plugin that is not here: then the text alone."""
    if bare(metric) not in ENTRIES and _of_metric(bare(metric)) is None:
        return _escaped(text)
    return term(text, bare(metric))


def list_used(*, always: tuple[str, ...] = ALWAYS) -> tuple[Definition, ...]:
    """The definitions used so far on the page that is being made, and those ``always`` listed, by title."""
    found = {**{name: define(name) for name in always}, **(_used.get() or {})}
    unique = {definition.id: definition for definition in found.values()}
    return tuple(sorted(unique.values(), key=lambda one: (one.title.casefold(), one.name)))


def _escaped(text: str) -> Markup:
    return text if isinstance(text, Markup) else Markup(html_text(text))  # noqa: S704 - html_text escapes
