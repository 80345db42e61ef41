"""An author's note as Markdown again, written anew from what was read: nothing is passed through."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.tree import SyntaxTreeNode

from benchwright.inert import inert, markdown_text
from benchwright.render.notes import columns_to_the_right, heading_levels, parse_note, plain_text, safe_address
from benchwright.tables import markdown_table

_AROUND = {"strong": "**", "em": "*", "s": "~~"}


def note_markdown(text: str, *, top: int) -> str:
    """A note as Markdown of the same subset: texts are escaped, addresses checked.

    Args:
        text: Markdown.
        top: Level of the heading that stands above the note; its own begin one below.
    """
    tree = parse_note(text)
    return "\n\n".join(_blocks(tree, top, heading_levels(tree)))


def _blocks(node: SyntaxTreeNode, top: int, levels: Iterator[int]) -> Iterator[str]:
    for child in node.children:
        if child.type == "heading":
            yield f"{'#' * min(6, top + next(levels))} {_line(child)}"
        elif child.type in ("bullet_list", "ordered_list"):
            yield _list(child, top, levels)
        elif child.type == "blockquote":
            yield _indented("\n\n".join(_blocks(child, top, levels)), "> ", "> ")
        elif child.type == "table":
            yield _table(child)
        elif child.type in ("fence", "code_block"):
            yield _code_block(child.content)
        elif child.type == "hr":
            yield "---"
        else:
            yield _lines(child)


def _list(node: SyntaxTreeNode, top: int, levels: Iterator[int]) -> str:
    tight = all(block.hidden for item in node.children for block in item.children if block.type == "paragraph")
    apart = "\n" if tight else "\n\n"
    number = int(node.attrs.get("start", 1))
    items = []
    for at, item in enumerate(node.children):
        mark = f"{number + at}. " if node.type == "ordered_list" else "- "
        body = apart.join(_blocks(item, top, levels))
        items.append(_indented(body, mark, " " * len(mark)))
    return apart.join(items)


def _indented(body: str, first: str, rest: str) -> str:
    lines = body.split("\n")
    return "\n".join([f"{first}{lines[0]}", *(f"{rest}{line}".rstrip() for line in lines[1:])])


def _table(node: SyntaxTreeNode) -> str:
    rows = [[_cell(cell) for cell in row.children] for part in node.children for row in part.children]
    return "\n".join(markdown_table(rows[0], rows[1:], right=columns_to_the_right(node)))


def _cell(node: SyntaxTreeNode) -> str:
    """The line of a cell; a bar within code is escaped too, as it would end the cell there."""
    return re.sub(r"(?<!\\)\|", r"\\|", _line(node))


def _code_block(content: str) -> str:
    lines = [inert(line) for line in content.rstrip("\n").expandtabs(4).split("\n")]
    fence = fence_around("\n".join(lines), least=3)
    return "\n".join([fence, *lines, fence])


def fence_around(content: str, *, least: int) -> str:
    """More backticks than stand together anywhere in the content."""
    return "`" * max(least, 1 + max(map(len, re.findall("`+", content)), default=0))


def _lines(node: SyntaxTreeNode) -> str:
    return "".join(map(_inline, node.children)) if node.children else _text(node.content)


def _line(node: SyntaxTreeNode) -> str:
    """The same in one line, for headings and cells."""
    return " ".join(_lines(node).replace("\\\n", " ").split("\n")).strip()


def _inline(node: SyntaxTreeNode) -> str:
    if node.type == "text":
        return _text(node.content)
    if node.type == "code_inline":
        return _code(node.content)
    if node.type in ("softbreak", "hardbreak"):
        return "\\\n" if node.type == "hardbreak" else "\n"
    if node.type == "image":
        return f"*image left out: {markdown_text(plain_text(node)) or 'without a description'}*"
    below = "".join(map(_inline, node.children))
    if node.type == "link":
        return _link(below, node)
    around = _AROUND.get(node.type, "")
    return f"{around}{below}{around}" if below.strip() else below


def _text(content: str) -> str:
    """Escaped text with the blanks around it, which stand between it and its neighbours."""
    core = content.strip(" ")
    if not core:
        return content
    before, after = content[: len(content) - len(content.lstrip(" "))], content[len(content.rstrip(" ")) :]
    return f"{before[:1]}{markdown_text(core)}{after[:1]}"


def _code(content: str) -> str:
    shown = inert(content)
    fence = fence_around(shown, least=1)
    gap = " " if shown.startswith("`") or shown.endswith("`") or shown != shown.strip() else ""
    return f"{fence}{gap}{shown}{gap}{fence}"


def _link(below: str, node: SyntaxTreeNode) -> str:
    address = safe_address(node)
    if not address:
        return f"{below} ({_code(str(node.attrs.get('href', '')) or ' ')}, not linked)"
    return f"[{below}](<{address.replace('<', '%3C').replace('>', '%3E')}>)"
