"""How many tokens inputs have, as the model itself counts them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchwright.types import CountsWork, Example, Session


class LengthCounter:
    """How long inputs are, as the model counts: tokens, words where it tells none.

    Args:
        session: Counts tokens (`CountsWork`), or tells them in ``Prediction.extra["tokens"]``.

    Attributes:
        longest: Of all inputs that were counted.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: bool | None = None
        self.longest = 0

    def has_tokens(self, examples: Sequence[Example]) -> bool:
        """Whether the model says how many tokens it reads."""
        if isinstance(self._session, CountsWork):
            return True
        if self._told is None:
            found = self._session.predict(list(examples)) if examples else []
            self._told = bool(found) and all("tokens" in one.extra for one in found)
        return self._told

    def __call__(self, examples: Sequence[Example]) -> list[int]:
        """The length of each."""
        found = self._count(examples)
        self.longest = max([self.longest, *found])
        return found

    def _count(self, examples: Sequence[Example]) -> list[int]:
        if isinstance(self._session, CountsWork):
            return list(self._session.count_tokens(list(examples)))
        if self._told:
            return [int(one.extra.get("tokens", 0)) for one in self._session.predict(list(examples))]
        return [_words_in(example.inputs) for example in examples]


def _words_in(inputs: dict[str, Any]) -> int:
    return sum(
        len(value.split()) if isinstance(value, str) else sum(len(str(part).split()) for part in value)
        for value in inputs.values()
    )
