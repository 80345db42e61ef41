"""What is wrong with a bundle: one line for each kind of fault in a file, with its first place and how often."""

from __future__ import annotations

_SHOWN = 60


class Findings:
    """Faults in the order in which they were first met."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[str, int]] = {}

    def add(self, file: str, what: str, *, line: int | None = None, given: object = None) -> None:
        """Note a fault of a file; the same fault again is counted."""
        place = f"line {line}" if line is not None else ""
        told = ": ".join(part for part in (place, "" if given is None else _short(given)) if part)
        first, count = self._found.get((file, what), (told, 0))
        self._found[file, what] = (first, count + 1)

    def __bool__(self) -> bool:
        return bool(self._found)

    def lines(self) -> tuple[str, ...]:
        """``FILE: what (line 7: '5.01'; 3 times)``."""
        return tuple(_line(file, what, *found) for (file, what), found in self._found.items())


def _line(file: str, what: str, first: str, count: int) -> str:
    often = f"{count:,} times" if count > 1 else ""
    details = "; ".join(part for part in (first, often) if part)
    return f"{file}: {what}" + (f" ({details})" if details else "")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = repr(text) if isinstance(value, str) else text
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
