"""The small table for other pages: the first rows, no tie cut in two, nothing that is not asked for."""

from dataclasses import replace

from lxml import html
from msgspec import structs

from benchwright_leaderboards.exports.embed import ROWS, embed_pages


def shown(content):
    (page,) = embed_pages(content)
    return html.fromstring(page.render())


def test_ranked_entries_are_shown_with_links_that_leave_the_frame(content):
    page = shown(content)

    links = [link.get("href") for link in page.iter("a")]
    assert [link for link in links if link.endswith("#alarms")] == ["models/silent.html#alarms"]
    assert [link for link in links if not link.endswith("#alarms")] == [
        *(f"models/{row.entry.entry.id}.html" for row in content.overview.of("ranked")),
        "index.html",
    ]
    assert page.find(".//base").get("target") == "_top"
    assert not list(page.iter("script", "nav"))
    assert "1 more entry" in page.text_content()


def test_no_tie_is_cut_in_two(content):
    first = content.overview.rows[0]
    tied = tuple(structs.replace(first, place=(max(1, at - 1), at + 3)) for at in range(1, ROWS))
    last = tuple(structs.replace(first, place=(ROWS, ROWS + 4)) for _ in range(5))
    after = (structs.replace(first, place=(ROWS + 5, ROWS + 5)),)
    many = replace(content, overview=replace(content.overview, rows=(*tied, *last, *after)))

    assert len(shown(many).findall(".//tbody/tr/th[@scope='row']")) == ROWS - 1 + 5
