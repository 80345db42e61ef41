"""A number as tables show it: its text, its interval beside it, and what the column sorts it by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownNumber:
    """A number with its interval as text, and what it sorts by.

    Attributes:
        text: The value, or a dash.
        between: Its interval; empty without one.
        sort: The value itself; None where it is undefined.
    """

    text: str
    between: str = ""
    sort: float | None = None

    @property
    def line(self) -> str:
        """Value and interval in one line."""
        return f"{self.text} {self.between}".rstrip()
