"""Faults of submission files: one line for each kind of fault, with its first position and count."""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 60


class Faults:
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


def text_lines(name: str, content: bytes, findings: Faults) -> list[str]:
    """Lines of a file without line ends; a byte-order mark, CRLF and bytes that are not UTF-8 are faults."""
    if content.startswith(b"\xef\xbb\xbf"):
        findings.add(name, "begins with a byte-order mark")
        content = content[3:]
    if b"\r" in content:
        first = content.index(b"\r")
        line = content.count(b"\n", 0, first) + 1
        findings.add(name, "has CRLF (or CR) line ends; lines end with LF alone", line=line)
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        findings.add(name, "is not UTF-8", line=content.count(b"\n", 0, error.start) + 1)
        text = content.decode("utf-8", "replace")
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def check_indices(name: str, indices: Sequence[int], rows: int, findings: Faults, *, what: str = "index") -> None:
    """Fault unless the indices are 0 to rows - 1, each once, in any order."""
    different = set(indices)
    if len(different) < len(indices):
        seen: set[int] = set()
        first = next(index for index in indices if index in seen or seen.add(index))  # type: ignore[func-returns-value]
        findings.add(name, f"has {len(indices) - len(different):,} repeated {what} values", given=first)
    start = min(different, default=0)
    if start > 0 and different == set(range(start, start + len(different))):
        findings.add(name, f"has an {what} that begins at {start}; it begins at 0 in every file")
        return
    foreign = [index for index in different if index >= rows]
    missing = rows - len(different) + len(foreign)
    if foreign:
        findings.add(name, f"has {len(foreign):,} {what} values beyond {rows - 1:,}", given=min(foreign))
    if missing:
        first = next(index for index in range(rows) if index not in different)
        findings.add(name, f"lacks {missing:,} of the {what} values 0 to {rows - 1:,}", given=first)
