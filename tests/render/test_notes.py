"""An author's note: the subset that is shown, and what stays text whatever it holds."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html as parser
from markdown_it import MarkdownIt

from benchwright.inert import inert
from benchwright.render.note_html import note_html
from benchwright.render.note_markdown import note_markdown
from benchwright.render.notes import LARGEST, find_problem

TAGS = set(
    re.findall(r"\w+", "p h3 h4 h5 h6 strong em s blockquote ul ol li code pre br hr a div table thead tbody tr th td")
)
ATTRIBUTES = {"a": {"href", "rel"}, "div": {"class", "role", "aria-label", "tabindex"}, "pre": {"tabindex"}}
ATTRIBUTES |= {"th": {"scope", "class"}, "td": {"class"}, "ol": {"start"}}
PIECES = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</div></section>",
    "<details open>",
    "<!--",
    "]]>",
]
PIECES += [
    "[x](javascript:alert(1))",
    "![x](https://evil.example/a.png)",
    "[x]: javascript:alert(1)",
    "[x]",
    "<https://a.b>",
]
PIECES += [
    "| a | b |\n|--:|---|\n| c | d |\n",
    "```",
    "~~~",
    "`",
    "**",
    "_",
    "\n> ",
    "\n- ",
    "\n1. ",
    "\n# ",
    "\n\n",
    "    ",
]
PIECES += [
    "\u202e",
    "\x00",
    "\x1b[31m",
    "\u05d0",
    "&#x6a;avascript:",
    "&lt;",
    "::set-output name=a::b",
    "##vso[x]",
    "{{ 7*7 }}",
]
EMPHATIC = "*a **b " * 2000 + "c" + "** d*" * 2000
NOTES = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=20).map("".join)


def shown(text):
    """The note as a browser reads it."""
    return parser.fragment_fromstring(str(note_html(text, name="note 1")), create_parent="main")


def rendered(text):
    """The Markdown of a note as a lenient reader shows it: with HTML, images and any address."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    reader.validateLink = lambda _: True
    return parser.fragment_fromstring(reader.render(note_markdown(text, top=2)), create_parent="main")


def check_safe(tree):
    """Only elements of the subset, only their attributes, only addresses that may be followed."""
    for element in tree.iterdescendants():
        assert element.tag in TAGS, element.tag
        assert set(element.attrib) <= ATTRIBUTES.get(element.tag, set()) | {"style"}, dict(element.attrib)
        assert element.get("style") in {None, "text-align:left", "text-align:right"}
        if element.tag == "a":
            assert re.match(r"https?://|mailto:|#", element.get("href"), re.IGNORECASE)


@settings(max_examples=60, deadline=None)
@given(text=NOTES)
@example(text="[x](<java\nscript:alert(1)>) [y](\x01javascript:alert(1)) [z](&#106;avascript:alert(1))")
@example(text='[x](https://a.b/"onmouseover="alert(1)) ["><script>](https://a.b "><script>")')
def test_whatever_a_note_holds_only_the_subset_is_shown(text):
    page, again = shown(text), rendered(text)

    check_safe(page)
    check_safe(again)
    assert not any(element.get("style") for element in page.iterdescendants())
    for part in page.itertext():
        assert not re.search("[\x00-\x08\x0e-\x1f\u202a-\u202e]", part)


@settings(max_examples=60, deadline=None)
@given(text=NOTES)
def test_a_note_written_as_markdown_says_the_same_words(text):
    def words(tree):
        return re.sub(r"[\s\u200b\u2068\u2069]|\\x3a|\\x23|:|#|not\s*linked|[*~_]", "", "".join(tree.itertext()))

    assert words(rendered(text)).replace(inert("\t"), "") == words(shown(text)).replace(inert("\t"), "")


def test_headings_stand_below_those_of_the_page_and_skip_no_level():
    assert [one.tag for one in shown("# a\n### b\n## c\n# d\n#### e").iterdescendants()] == [
        "h3",
        "h4",
        "h4",
        "h3",
        "h4",
    ]


def test_lists_tables_code_and_emphasis_are_shown():
    note = shown("1. *a*\n2. **b**\n   - `c`\n\n| n |\n|--:|\n| 1 |\n\n```py\nx = 1\n```\n\n> q ~~r~~")

    assert [note.findtext(f".//{tag}") for tag in ("em", "strong", "code", "s")] == ["a", "b", "c", "r"]
    assert note.find(".//td").get("class") == "num"
    assert note.find(".//pre/code").text == "x = 1"
    assert note.find(".//pre/code").attrib == {}


def test_links_lead_to_pages_mail_and_places_of_the_page_without_a_referrer():
    addresses = ["https://example.org/a?b=1&c=2", "http://example.org", "mailto:a@example.org", "#summary"]
    links = shown(" ".join(f"[x]({one})" for one in addresses)).findall(".//a")

    assert [one.get("href") for one in links] == addresses
    assert {one.get("rel") for one in links} == {"noreferrer noopener"}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "&#x6A;avascript&colon;alert(1)",
        "<java script:alert(1)>",
        "<\tjavascript:alert(1)>",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "docs/own.md",
        "\x01javascript:alert(1)",
    ],
)
def test_another_address_is_text(address):
    note, again = shown(f"[words]({address})"), rendered(f"[words]({address})")

    assert note.findall(".//a") == again.findall(".//a") == []
    assert "words" in note.text_content()
    assert "words" in again.text_content()


def test_an_image_is_its_description_and_loads_nothing():
    assert shown("![a **curve**](https://example.org/a.png)").find(".//em").text == "image left out: a curve"


def test_html_is_text():
    assert shown("<b onclick=x>bold</b> <!-- c -->").text_content() == "<b onclick=x>bold</b> <!-- c -->"


def test_notes_together_have_a_largest_size():
    assert find_problem(["x" * (LARGEST - 1), "y"]) == ""
    assert "65,537 bytes" in find_problem(["x" * (LARGEST - 1), "é"])


def test_deep_notes_are_refused_and_none_is_cut_in_silence():
    deep = next(depth for depth in range(1, 100) if find_problem(["> " * depth + "end"]))

    assert "end" in shown("> " * (deep - 1) + "end").text_content()
    assert "nested too deeply" in find_problem(["> " * 90 + "end"])
    assert "nested too deeply" in find_problem([EMPHATIC])


def test_a_text_that_is_too_deep_is_shown_as_it_was_written():
    assert shown(EMPHATIC).find(".//pre/code").text == EMPHATIC
