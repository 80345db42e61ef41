"""Sanitise untrusted text for output: control and invisible characters become visible marks or escapes.

Labels, slices, texts, names of files and messages of libraries come from data. Printed as they are, they could begin a new
line with a command that a CI runner obeys, move a terminal's cursor over what was said before, turn the reading direction
round, or hide. Here every such character becomes a visible mark. What is exact stands in JSON, where the same characters
are escapes.
"""

from __future__ import annotations

import html
import io
import re
from typing import TextIO

BREAK = "⏎"
"""What stands for a line break within a line."""

_BREAKS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_HIDDEN = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # controls: ESC, BEL, NUL, tabs, C1
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # shown as nothing
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0d\ufeff\ufff0-\ufffb"  # zero-width, directions, operators unseen
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"  # no characters, and halves of one
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # formats of notations, tags, selectors
    "]"
    # A variation selector belongs to the sign before it; anywhere else, or repeated, it carries something unseen.
    "|(?<![\u2000-\u3300\U0001f000-\U0001faff#*0-9\xa9\xae])[\ufe0e\ufe0f]"
)
LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""Letters that are written from right to left, and would draw the numbers and marks beside them along."""
_COMMAND = re.compile(r"^(\s*):(?=:)")
"""GitHub's runner obeys `::name` where a line begins, whether or not blanks stand before it ..."""
_OLD_COMMAND = re.compile(r"##(?=[\w.-]*\[)")
"""... and `##[name]`, as Azure's `##vso[name]` and TeamCity's, wherever in a line it stands."""
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]|~])")
_LEADING = re.compile(r"^(\s*)([#+>=:-]|\d+[.)](?=\s|$))")
_REFERENCE = re.compile(r"([@#])(?=\w)|(?<=http)(s?:)(?=//)|(?<=www)(\.)")
_PLAIN = re.compile(r"[A-Za-z0-9 _.,()%+/\[\]\u2212\u2013\xb7\u25b2\u25bc-]*")
"""Text of which nothing is escaped, marked or obeyed anywhere: with the signs of numbers, ranges and differences."""
_IN_JSON = re.compile(f"{_HIDDEN.pattern}|[\u2028\u2029]")


def inert(text: object) -> str:
    """The text as one line that does nothing but be read: breaks are marks, what cannot be seen is an escape.

    Making inert text inert changes nothing.
    """
    line = _seen(str(text))
    if "::" not in line and "##" not in line:
        return line  # most are
    return _OLD_COMMAND.sub(r"#\\x23", _COMMAND.sub(r"\1\\x3a", line))


def is_text(text: str) -> bool:
    """Whether a text can be written down: it holds no half of a surrogate pair, as a name that is not UTF-8 does."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def visible(text: object) -> str:
    """Text for a page or a file, where line feeds and tabs are layout: all else that cannot be seen is a mark or an escape."""
    return "\n".join("\t".join(map(_seen, line.split("\t"))) for line in str(text).replace("\r\n", "\n").split("\n"))


def html_text(text: object) -> str:
    """The same as HTML that is only read, in a text or in an attribute; what is written from right to left stands for itself."""
    if isinstance(text, str) and _PLAIN.fullmatch(text):
        return text  # most are: numbers, intervals, names
    shown = html.escape(visible(text)).replace("\n", "&#10;")  # a break that is seen as before, and begins no line
    shown = _OLD_COMMAND.sub("&#35;#", _COMMAND.sub(r"\1&#58;", shown))
    return f"&#8296;{shown}&#8297;" if LEFTWARD.search(shown) else shown


def markdown_text(text: str) -> str:
    """Text that stays text in Markdown: no HTML, no Markdown, no table cell border, no mention, issue or link."""
    text = " ".join(visible(text).split())
    text = _PUNCTUATION.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    text = _LEADING.sub(lambda match: match[1] + _guard(match[2]), text)
    return _apart(text)


def markdown_html_text(text: str) -> str:
    """The same for a line of HTML within Markdown, where backslashes would be seen."""
    text = " ".join(visible(text).split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _apart(text)


def inert_lines(text: object) -> str:
    """The same for text of several lines: its line feeds stay, everything else is as in `inert`."""
    return "\n".join(inert(line) for line in str(text).split("\n"))


def inert_json(text: str) -> str:
    """JSON that holds the same values, with every character that `inert` would mark written as an escape of JSON.

    Args:
        text: Well-formed JSON; what `inert` marks can stand in its strings only.
    """
    shown = text
    if not text.isascii():  # most is, line by line
        shown = "\n".join(line if line.isascii() else _IN_JSON.sub(_json_escape, line) for line in text.split("\n"))
    return _OLD_COMMAND.sub(r"#\\u0023", shown.replace("\x7f", "\\u007f"))


class InertStream(io.TextIOBase):
    """A stream for everybody but `console`: warnings, logs and prints of libraries are made inert before they are written.

    A carriage return that begins a text stays where the stream beneath is a terminal: bars of libraries redraw their line.
    """

    def __init__(self, beneath: TextIO) -> None:
        self.beneath = beneath

    def write(self, text: str) -> int:
        """Write the inert text; returns how much of the given text that was: all of it."""
        redraws = text.startswith("\r") and self.beneath.isatty()
        self.beneath.write("\r" + inert_lines(text[1:]) if redraws else inert_lines(text))
        return len(text)

    def flush(self) -> None:
        """Flush the stream beneath."""
        self.beneath.flush()

    def fileno(self) -> int:
        """The descriptor of the stream beneath."""
        return self.beneath.fileno()

    def isatty(self) -> bool:
        """False: whoever writes here shall leave colours and cursors alone."""
        return False

    def writable(self) -> bool:
        """True."""
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the stream beneath."""
        return self.beneath.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """How the stream beneath takes characters that it cannot write."""
        return self.beneath.errors


def _seen(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line  # most are
    return _HIDDEN.sub(_escape, _BREAKS.sub(BREAK, line))


def _escape(found: re.Match[str]) -> str:
    sign, code = found[0], ord(found[0])
    if sign == "\t":
        return "\\t"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def _apart(text: str) -> str:
    """Mentions, numbers and addresses with a break of no width in them; right-to-left writing isolated. Both are entities, so
    that no character of the file is unseen.
    """
    text = _REFERENCE.sub(lambda match: f"{match[0]}&ZeroWidthSpace;", text)
    return f"&#8296;{text}&#8297;" if LEFTWARD.search(text) else text


def _guard(start: str) -> str:
    return f"{start[:-1]}\\{start[-1]}"
