"""An author's note: a safe subset of Markdown as a tree, and what makes a text no note.

Paragraphs, headings, lists, quotes, code, tables, emphasis and links are read. HTML is text, an image is its description, and a
link leads to http, https, mailto or a place of the page; another address is shown as text. What a note says never becomes an
identifier, a class or any other attribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from benchwright.inert import inert

LARGEST = 65_536
"""Bytes of UTF-8 that all notes of a report may have together."""
DEEPEST = 40
"""Levels of lists, quotes and emphasis within one another; a list takes two of them."""
_ADDRESS = re.compile(r"(?:https?://|mailto:)[!-~]+|#[!-~]*", re.IGNORECASE)
"""Addresses that a link may have, as the parser writes them: everything else than ASCII is percent-encoded by then."""


def parse_note(text: str) -> SyntaxTreeNode:
    """The tree of a note; of a text that `find_problem` calls too deep, the text as it was written."""
    tokens = _tokens(text)
    return SyntaxTreeNode(tokens if _depth(tokens) < DEEPEST else [Token("code_block", "code", 0, content=text)])


def find_problem(notes: Sequence[str]) -> str:
    """Why these texts cannot be the notes of a report; empty where they can be."""
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in notes)
    if size > LARGEST:
        return f"the notes have {size:,} bytes together, more than {LARGEST:,}"
    if any(_depth(_tokens(text)) >= DEEPEST for text in notes):
        return f"a note is nested too deeply, more than {DEEPEST} levels"
    return ""


def safe_address(node: SyntaxTreeNode) -> str:
    """The address of a link that may be followed; empty where it may not."""
    address = str(node.attrs.get("href", ""))
    return address if _ADDRESS.fullmatch(address) and inert(address) == address else ""


def plain_text(node: SyntaxTreeNode) -> str:
    """The words below a node, without marks."""
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(map(plain_text, node.children))


def heading_levels(tree: SyntaxTreeNode) -> Iterator[int]:
    """For each heading its depth among the headings before it, from 1, so that no level is skipped."""
    above: list[int] = []
    for node in tree.walk():
        if node.type == "heading":
            level = int(node.tag[1:])
            above = [*(one for one in above if one < level), level]
            yield len(above)


def columns_to_the_right(table: SyntaxTreeNode) -> tuple[int, ...]:
    """Numbers of the columns of a table that its author set to the right."""
    heads = table.children[0].children[0].children
    return tuple(at for at, head in enumerate(heads) if "right" in str(head.attrs.get("style", "")))


def _tokens(text: str) -> list[Token]:
    # One level more is read than may be there: what stands deeper is dropped by the parser, and would be missed in silence.
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST + 2}).enable(["table", "strikethrough"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005  # `safe_address` decides, and shows what it refuses
    return parser.parse(text)


def _depth(tokens: Sequence[Token]) -> int:
    return max((max(token.level, _depth(token.children or ())) for token in tokens), default=0)
