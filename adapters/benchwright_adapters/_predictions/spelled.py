"""Words that a tagger spelled otherwise (normalised, lower case): on request, tags go by position and the words are counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from benchwright.errors import PredictionsError
from benchwright.types import Example, Kind, ModelRef, Task

from .cells import shown
from .row import Row


@dataclass
class Spelled:
    """What `?words=` says, and the words that were found to differ.

    Attributes:
        ignored: Whether words may differ from those of the split.
        differing: Words that did.
        total: Words of the rows that hold any.
        first: The first of them, with its line.
    """

    ignored: bool = False
    differing: int = 0
    total: int = 0
    first: str = ""

    @staticmethod
    def of(model: ModelRef, task: Task) -> Spelled:
        """As the option says; raises PredictionsError for another value than `ignore`, and where there are no words."""
        given = model.options.get("words")
        if given is None:
            return Spelled()
        if task.kind is not Kind.TAG:
            raise PredictionsError(f"?words= means nothing for {task.name} ({task.kind})", hint="leave it out")
        if given.strip().lower() != "ignore":
            raise PredictionsError(
                f"?words={shown(given)}", expected="ignore", hint="?words=ignore, or leave it out to have words checked"
            )
        return Spelled(ignored=True)

    def as_in_split(self, pairs: Iterable[tuple[Row, Example]], rows: Sequence[Row], name: str) -> list[Row]:
        """The rows, in the order of the pairs and then what is left of them, with the words of the split where they have as
        many; a sentence of another length is left for the check of words.
        """
        if not self.ignored:
            return list(rows)
        found = [self._one(row, example, name) for row, example in pairs]
        return [*found, *rows[len(found) :]]

    def _one(self, row: Row, example: Example, name: str) -> Row:
        given, words = row.fields.get("words"), list(next(iter(example.inputs.values())))
        if not isinstance(given, list) or len(given) != len(words):
            return row
        self.total += len(words)
        others = [at for at, (one, other) in enumerate(zip(given, words, strict=True)) if one != other]
        if others and not self.first:
            at = others[0]
            self.first = f"{shown(given[at])} for {shown(words[at])} in {name}, line {row.line_of(at)}"
        self.differing += len(others)
        return msgspec.structs.replace(row, fields={**row.fields, "words": words})

    @property
    def notes(self) -> tuple[str, ...]:
        """How many words differ, where any do."""
        if not self.differing:
            return ()
        counted = (
            f"{self.differing:,} of {self.total:,} words are spelled otherwise than in the data (first {self.first})"
        )
        return (f"{counted}: tags go by position, as ?words=ignore says",)
