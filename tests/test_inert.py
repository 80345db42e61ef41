"""Text of others does nothing: in a line, in several, in JSON, in a stream of a library."""

import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.inert import (
    LEFTWARD,
    InertStream,
    html_text,
    inert,
    inert_json,
    inert_lines,
    markdown_html_text,
    markdown_text,
)

HOSTILE = st.text(
    st.one_of(st.characters(), st.sampled_from(":#[]\n\r\x1b\x07\x85\u2028\u202e\u200b\ufe0f\ufeff\ud800\U000e0041"))
)
ALLOWED_FORMATS = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
"""Signs of Unicode's category Cf that are seen."""


def is_quiet(character):
    """Whether a character is seen, or an ordinary blank."""
    return (
        unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        or character in ALLOWED_FORMATS
        or (
            0x13430 <= ord(character) <= 0x1343F  # joins of hieroglyphs
        )
    )


def is_command(line):
    """Whether a runner would obey the line."""
    return line.lstrip().startswith("::") or "##[" in line or "##vso[" in line


@given(HOSTILE)
def test_one_line_that_is_only_read(text):
    """No control, direction, surrogate or unseen character, no command; and once is enough."""
    shown = inert(text)

    assert all(map(is_quiet, shown))
    assert not is_command(shown)
    assert inert(shown) == shown


@given(HOSTILE)
def test_lines_keep_only_line_feeds(text):
    """Text of several lines has as many lines as it has line feeds, each inert."""
    lines = inert_lines(text).split("\n")

    assert len(lines) == text.count("\n") + 1
    assert not any(map(is_command, lines))


@given(st.dictionaries(HOSTILE, HOSTILE, max_size=3))
def test_json_keeps_its_values(value):
    """What is escaped in JSON is read back as it was, and nothing is left to obey or to hide."""
    shown = inert_json(json.dumps(value, indent=1, ensure_ascii=False))

    assert json.loads(shown) == json.loads(json.dumps(value))
    assert all(is_quiet(sign) for sign in shown if sign != "\n")
    assert not any(map(is_command, shown.split("\n")))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\r\nc\rd\u2028e\x85f", "a⏎b⏎c⏎d⏎e⏎f"),
        ("::stop-commands::x", "\\x3a:stop-commands::x"),
        (" \t::add-mask::x", " \\t::add-mask::x"),
        ("  ::add-mask::x", "  \\x3a:add-mask::x"),
        ("a ##[group]b ##vso[task.x]", "a #\\x23[group]b #\\x23vso[task.x]"),
        ("\x1b[2J\x07\x9b", "\\x1b[2J\\x07\\x9b"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("a\u200bb\ufeff\U000e0041", "a\\u200bb\\ufeff\\U000e0041"),
        ("half \ud83d", "half \\ud83d"),
        ("std::vector, 12:30, ## [x], Straße, 日本語, ❤️, é", "std::vector, 12:30, ## [x], Straße, 日本語, ❤️, é"),
    ],
)
def test_marks(text, shown):
    """Each kind has its mark; what is ordinary stays as it is."""
    assert inert(text) == shown


def test_an_error_is_as_many_lines_as_it_has_parts():
    """What an error quotes of data breaks no line of it."""
    error = BenchwrightError("bad\n::error::x", expected="a\rb", hint="c\u2028d", shown=("e\nf",))

    assert str(error).splitlines() == ["bad⏎::error::x", "    e⏎f", "  expected: a⏎b", "  next: c⏎d"]
    assert error.line == "bad⏎::error::x; e⏎f (expected: a⏎b; next: c⏎d)"
    assert str(ConfigError([error, "second\nline"])).splitlines()[-1] == "- second⏎line"


def test_a_stream_for_libraries():
    """What a library prints or warns of arrives inert; it is told that nobody sits at a terminal."""
    beneath = io.StringIO()
    stream = InertStream(beneath)

    print("UserWarning: ", "\x1b[31m\u202e", "\n::error::x", file=stream)

    assert beneath.getvalue() == "UserWarning:  \\x1b[31m\\u202e \n\\x3a:error::x\n"
    assert not stream.isatty()


@given(HOSTILE)
def test_pages_show_what_would_hide(text):
    """In a page line feeds and tabs are layout; all else that hides is shown, and nothing is mark-up."""
    shown = html_text(text)

    assert all(is_quiet(sign) for sign in shown if sign not in "\n\t")
    assert not set(shown) & set("<>\"'")
    assert (shown.startswith("&#8296;") and shown.endswith("&#8297;")) == bool(LEFTWARD.search(text))


@given(HOSTILE)
def test_markdown_shows_what_would_hide(text):
    """Escaped Markdown is one line that hides nothing, and no command where a line begins."""
    for shown in (markdown_text(text), markdown_html_text(text)):
        assert all(map(is_quiet, shown))
    assert not is_command(markdown_text(text))
