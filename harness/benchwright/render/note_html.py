"""An author's note as HTML of a few fixed elements."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

from benchwright.inert import html_text
from benchwright.render.notes import columns_to_the_right, heading_levels, parse_note, plain_text, safe_address

_SAME = {"paragraph": "p", "strong": "strong", "em": "em", "s": "s", "blockquote": "blockquote", "bullet_list": "ul"}
_TOP = 2
"""Level of the heading that stands above a note."""


def note_html(text: str, *, name: str) -> Markup:
    """A note as HTML: its headings begin at ``<h3>``, every text is escaped, no attribute holds anything of it but a checked address.

    Args:
        text: Markdown.
        name: What the note is called where a table of it is named for a screen reader: ``note 1``.
    """
    tree = parse_note(text)
    writer = _Writer(name, heading_levels(tree))
    return Markup("\n".join(writer.write(node) for node in tree.children))  # noqa: S704 - every text is escaped


class _Writer:
    """Counts tables and headings while a tree is written."""

    def __init__(self, name: str, levels: Iterator[int]) -> None:
        self.name = name
        self.levels = levels
        self.tables = 0

    def write(self, node: SyntaxTreeNode) -> str:
        """The node and all below it."""
        if node.type in ("text", "code_inline", "code_block", "fence"):
            return _written_text(node)
        if node.type in ("softbreak", "hardbreak"):
            return "<br>\n" if node.type == "hardbreak" else "\n"
        if node.type == "hr":
            return "<hr>"
        if node.type == "image":
            return f"<em>image left out: {html_text(plain_text(node) or 'without a description')}</em>"
        if node.type == "table":
            return self._table(node)
        if node.type == "heading":
            tag = f"h{min(6, _TOP + next(self.levels))}"
            return f"<{tag}>{self._below(node)}</{tag}>"
        return self._container(node)

    def _container(self, node: SyntaxTreeNode) -> str:
        below = self._below(node)
        if node.type == "link":
            return _link(below, node)
        if node.type == "list_item":
            return f"<li>{below}</li>"
        if node.type == "ordered_list":
            first = int(node.attrs.get("start", 1))
            return f'<ol start="{first}">{below}</ol>' if first != 1 else f"<ol>{below}</ol>"
        if node.type in _SAME:
            tight = node.type == "paragraph" and node.hidden
            return below if tight else f"<{_SAME[node.type]}>{below}</{_SAME[node.type]}>"
        return below or html_text(node.content)

    def _table(self, node: SyntaxTreeNode) -> str:
        self.tables += 1
        right = columns_to_the_right(node)
        rows = []
        for part in node.children:
            for row in part.children:
                cells = []
                for at, cell in enumerate(row.children):
                    tag = ' scope="col"' if cell.type == "th" else ""
                    side = ' class="num"' if at in right else ""
                    cells.append(f"<{cell.type}{tag}{side}>{self._below(cell)}</{cell.type}>")
                rows.append(f"<tr>{''.join(cells)}</tr>")
        about = f"Table {self.tables} of {html_text(self.name)}"
        head, body = rows[0], "".join(rows[1:])
        return (
            f'<div class="scroll" role="region" aria-label="{about}" tabindex="0"><table><thead>{head}</thead>'
            f"<tbody>{body}</tbody></table></div>"
        )

    def _below(self, node: SyntaxTreeNode) -> str:
        return "".join(map(self.write, node.children))


def _written_text(node: SyntaxTreeNode) -> str:
    if node.type == "text":
        return html_text(node.content)
    if node.type == "code_inline":
        return f"<code>{html_text(node.content)}</code>"
    return f'<pre tabindex="0"><code>{html_text(node.content.rstrip(chr(10)))}</code></pre>'


def _link(below: str, node: SyntaxTreeNode) -> str:
    address = safe_address(node)
    if not address:
        return f"{below} (<code>{html_text(node.attrs.get('href', ''))}</code>, not linked)"
    return f'<a href="{html_text(address)}" rel="noreferrer noopener">{below}</a>'
