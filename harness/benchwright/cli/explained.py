"""Explanations of a stored run, read again: tables, heat maps of items, JSON. No model is opened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

SHOWN = 3
"""Items that are shown where nobody says how many."""


def show_explained(run: Any, store: Any, options: dict[str, Any]) -> int:
    """`show RUN --explain`: every measure of the explanations that are asked for, then items.

    Raises:
        BenchwrightError: Nothing of that kind is explained, or no item has that id.
    """
    from benchwright import console
    from benchwright.explanations.stored import choose_summaries, group_items

    chosen = choose_summaries(run, task=options["task"], method=options["method"])
    most, only = _asked(options["explain"] or "", chosen, store)
    if options["worst"]:
        most, only = options["worst"], _worst_ids(chosen, store, options["worst"])
    if options["form"] == "json":
        console.say_json(
            {
                "run": run.name,
                "schema": run.schema,
                "explanations": chosen,
                "attributions": attributions_json(store, chosen, only),
            }
        )
        return 0
    if only is None:
        console.show_explanations(run, chosen, whole=True)
        console.say()
    shown = chosen if options["method"] else worth_showing(chosen)
    places = dict.fromkeys((one.base, one.split) for one in shown)
    console.show_heat_maps(
        item
        for place in places
        for item in group_items(store, [one for one in shown if (one.base, one.split) == place], most=most, only=only)
    )
    return 0


def worth_showing(summaries: Sequence[Any]) -> list[Any]:
    """Explanations whose items are shown: random ones only where there are no others."""
    return [one for one in summaries if one.method != "random"] or list(summaries)


def _asked(text: str, chosen: Sequence[Any], store: Any) -> tuple[int | None, set[str] | None]:
    """How many items, and which alone; a whole number is how many."""
    if not text:
        return SHOWN, None
    if text.isascii() and text.isdigit():
        return max(1, int(text[:9])), None
    found = {
        record.id
        for key in {one.key for one in chosen}
        for record in store.read_records(key)
        if text in (record.id, record.official_id)
    }
    explained = {name for one in chosen for name in one.ids}
    if not found & explained:
        raise _no_item(text, chosen, is_there=bool(found))
    return None, found


def _worst_ids(chosen: Sequence[Any], store: Any, number: int) -> set[str]:
    """Of each model's explained items the worst."""
    from benchwright.render.examples import find_worst

    found: set[str] = set()
    for one in chosen:
        records = [record for record in store.read_records(one.key) if record.id in set(one.ids)]
        found |= {bad.record.id for bad in find_worst(store.read_cell(one.key).task, records, limit=number)}
    return found


def _no_item(text: str, chosen: Sequence[Any], *, is_there: bool) -> Exception:
    from benchwright.errors import BenchwrightError

    first = chosen[0]
    what = f"{text!r} is not among the items that were explained" if is_there else f"no item has the id {text!r}"
    return BenchwrightError(
        what,
        expected=f"one of {len(first.ids)}, such as {', '.join(first.ids[:5])}",
        hint=f"benchwright explain {first.model} --suite {first.base} --method {first.method} --ids {text}",
    )


def explained_json(run: Any, store: Any) -> dict[str, Any]:
    """The JSON of a run whose answers are explained, with the attributions of every item."""
    from benchwright.run_json import result_json

    return result_json(run) | {"attributions": attributions_json(store, run.explanations)}


def attributions_json(
    store: Any, summaries: Sequence[Any], only: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """Every item of every explanation: its words with offsets, text and values, one value for each target."""
    from benchwright.explanations.stored import read_explained
    from benchwright.explanations.tables import item_json

    return [item_json(item) for summary in summaries for item in read_explained(store, summary, only=only)]
