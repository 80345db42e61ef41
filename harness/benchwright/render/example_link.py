"""Links to the example browser of a report: its state as the fragment of an address, which `examples.js` reads and writes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from benchwright.inert import visible

ANCHOR = "examples"
"""Id of the section."""


def link(
    *,
    task: str = "",
    item: str = "",
    model: str = "",
    verdict: str = "",
    flips: tuple[str, str] | None = None,
    way: str = "",
    label: str = "",
    slice: str = "",
    text: str = "",
) -> str:
    """``#examples&task=glue/sst2&item=sst2/12``: the browser in a state, or the section where nothing is given.

    Args:
        task: ``suite/task``.
        item: Id of an item, as `benchwright.items.call` gives it.
        model: Label of a row: whose answers are filtered and sorted by.
        verdict: ``right``, ``wrong``, ``partly``, ``errored`` or ``none``.
        flips: Labels of two rows: items that the second has right and the first has not, or the reverse.
        way: ``fixed``, ``broken``; empty: both.
        label: Items whose gold answer holds it.
        slice: ``name=value``.
        text: What is searched for.
    """
    parts = {
        "task": _quoted(task),
        "model": _quoted(model),
        "verdict": _quoted(verdict),
        "flips": ",".join(map(_quoted, flips)) if flips else "",
        "way": _quoted(way),
        "label": _quoted(label),
        "slice": _quoted(slice),
        "q": _quoted(text),
        "item": _quoted(item),
    }
    return "&".join([f"#{ANCHOR}", *(f"{name}={value}" for name, value in parts.items() if value)])


def attributes(**state: Any) -> Markup:
    """Attributes of an ``<a>`` on a page: to the section, and for its script to the state, as `link` takes it.

    A page without its script has no such state, and the link still leads to the lists that stand there.
    """
    more = escape(link(**state).removeprefix(f"#{ANCHOR}"))
    return Markup(f'href="#{ANCHOR}" data-examples="{more}"')  # noqa: S704 - escaped


def _quoted(text: str) -> str:
    return quote(visible(text), safe="/", errors="replace")
