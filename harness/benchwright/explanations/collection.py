"""Explanations of given texts as one value: printed as text, shown in notebooks, taken as rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from benchwright.explanations.heat_lines import item_lines, legend
from benchwright.explanations.notebook import explained_html
from benchwright.explanations.stored import ExplainedItem
from benchwright.explanations.summary_lines import summary_lines
from benchwright.explanations.tables import COLUMNS, attribution_rows, item_json
from benchwright.results import to_frame
from benchwright.tables import fold_line, room
from benchwright.types import Explanation, ExplanationSummary

SHOWN = 20
"""Items that are printed or shown at once; the others are in the value."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Explanations:
    """The result of `benchwright.explain`: printed as text, shown as heat maps in notebooks; see `to_pandas` and `to_json`.

    Attributes:
        summary: What was explained, how, at which price, and whether it is more than chance.
        items: The texts in the order given, each with the model's answer and its explanation.
    """

    summary: ExplanationSummary
    items: tuple[ExplainedItem, ...]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Explanation]:
        return (item.explanation for item in self.items)

    def __getitem__(self, at: int | slice) -> Explanations:
        """Some of the items, with the summary of all; an item by itself is shown by ``found[3]``."""
        chosen = self.items[at] if isinstance(at, slice) else (self.items[at],)
        return Explanations(summary=self.summary, items=chosen)

    def to_pandas(self) -> Any:
        """A DataFrame with one row for each word and target: id, target, input, word, start, end, value, full, base."""
        return to_frame(list(attribution_rows(self.items)), COLUMNS)

    def to_json(self) -> dict[str, Any]:
        """Summary and items as `benchwright explain --format json` has them."""
        return {
            "explanations": [msgspec.to_builtins(self.summary)],
            "attributions": [item_json(item) for item in self.items],
        }

    def __str__(self) -> str:
        width = room()
        lines = summary_lines([self.summary])
        lines.append("")
        for text in legend(self.items[:SHOWN]):
            lines += [text] if width is None else fold_line(text, width)
        for item in self.items[:SHOWN]:
            lines += ["", *("".join(mark.text for mark in line) for line in item_lines([item], width=width))]
        if len(self.items) > SHOWN:
            lines += ["", f"and {len(self.items) - SHOWN} more: explanations[{SHOWN}:]"]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return explained_html(self.summary, self.items[:SHOWN], more=max(0, len(self.items) - SHOWN))
