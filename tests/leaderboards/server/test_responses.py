"""Bytes with their ETag, packed or not."""

import pytest
from starlette.requests import Request

from benchwright_leaderboards.server.responses import BodyCache, make_body, respond, type_of


def asked(method="GET", **headers):
    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "headers": told})


LONG = make_body("x" * 5_000, "text/plain")


@pytest.mark.parametrize("told", ['"{}"', 'W/"{}"', '"other", "{}"', "*", '"{}-gzip"'])
def test_a_client_that_has_the_bytes_is_told_so(told):
    """If-None-Match with the ETag, weak, packed or among others, gives 304 without a body."""
    found = respond(asked(if_none_match=told.format(LONG.etag)), LONG)

    assert (found.status_code, found.body) == (304, b"")
    assert LONG.etag in found.headers["etag"]


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("", False),
        ("identity", False),
        ("*, gzip;q=0", False),
    ],
)
def test_bytes_are_packed_where_the_client_takes_that(accepted, packed):
    """gzip by Accept-Encoding (RFC 9110), never against a weight of 0; packed bytes have an ETag of their own."""
    found = respond(asked(accept_encoding=accepted), LONG)

    assert (found.headers.get("content-encoding") == "gzip") is packed
    assert found.headers["etag"].endswith('-gzip"') is packed
    assert found.headers["vary"] == "Accept-Encoding"


def test_head_tells_the_length_without_the_bytes():
    """HEAD has the headers of GET."""
    found = respond(asked("HEAD"), LONG)

    assert found.body == b""
    assert found.headers["content-length"] == "5000"


def test_the_cache_forgets_what_was_asked_for_longest_ago():
    """No more bytes are held than allowed; a body in use stays."""
    cache = BodyCache(largest=2_500)
    for name in "ab":
        cache.make((name, ""), lambda name=name: make_body(b"1" * 999 + name.encode(), "text/plain"))
    cache.find(("a", ""))
    sizes = cache.bytes
    cache.make(("c", ""), lambda: make_body(bytes(range(256)) * 8, "text/plain"))

    assert cache.find(("b", "")) is None
    assert cache.bytes <= 2_500 + 2_100
    assert sizes > 0


def test_types_are_told_by_file_name():
    """Pages, data and feeds have the types that readers expect."""
    assert type_of("index.html") == "text/html; charset=utf-8"
    assert type_of("feed.xml") == "application/atom+xml; charset=utf-8"
    assert type_of("noname") == "application/octet-stream"
