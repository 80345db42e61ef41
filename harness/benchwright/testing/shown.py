"""What a report shows beside text: its elements and their attributes, however the format is read."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from benchwright.inert import inert, inert_lines

_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def elements(text: str, suffix: str) -> frozenset[tuple[str, ...]]:
    """``(element,)`` and ``(element, attribute)`` of everything that a reader of such a file would make an element of."""
    if suffix in (".html", ".htm"):
        return _elements(text)
    if suffix == ".md":
        reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
        reader.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005 - whatever a lenient reader takes
        return _elements(reader.render(_FRONT.sub("", text)))
    return frozenset()


def problems(text: str, suffix: str) -> list[str]:
    """What is in a text that must not be in any, and what its format does not allow."""
    found = []
    body = "\n".join(
        line
        for line in text.split("\n")
        if not line.isascii() or not line.isprintable() or "::" in line or "##" in line
    )
    if suffix not in (".html", ".htm") and inert_lines(body) != body:
        line = next(line for line in body.split("\n") if inert(line) != line)
        found.append(f"a line holds what cannot be seen, or a command of a CI runner: {inert(line)[:200]!r}")
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text):
        found.append("a control character or a change of direction stands in the text as it is")
    if suffix == ".json":
        json.loads(text)
    if suffix == ".csv":
        rows = list(csv.reader(io.StringIO(text, newline="")))
        widths = {len(row) for row in rows}
        found += [f"rows have {sorted(widths)} cells"] if len(widths) > 1 else []
        found += [f"a cell is a formula: {cell[:80]!r}" for row in rows for cell in row if _is_formula(cell)][:1]
    return found


def _is_formula(cell: str) -> bool:
    if not _FORMULA.match(cell):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def _elements(text: str) -> frozenset[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.add((tag,))
            found.update((tag, name) for name, _ in attrs)
            found.update(
                (tag, name, "address") for name, value in attrs if name in ("href", "src") and _leads_away(value)
            )

    reader = Reader(convert_charrefs=True)
    reader.feed(text)
    reader.close()
    return frozenset(found)


def _leads_away(address: str | None) -> bool:
    return not (address or "").startswith("#")
