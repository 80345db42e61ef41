"""JSON and TOML are read, or refused with their line; nothing else happens."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.documents import (
    DEEPEST,
    Unreadable,
    check_json,
    half_pair,
    read_json,
    read_json_as,
    read_toml,
    reader_of,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
HOSTILE_JSON = {
    "deep lists": ("\n" + "[" * 100_000, 2, "deeply"),
    "deep objects": ('{"a":' * 100_000, 1, "deeply"),
    "one level too deep": ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), 1, "deeply"),
    "half a pair": ('\n\n["\\ud800"]', 3, "surrogate"),
    "the other half": ('["\\ude00\\ud83d"]', 1, "surrogate"),
    "many digits": ("[1,\n" + "9" * 5_000 + "]", 2, "digits"),
    "an infinity by exponent": ("[1,\n1e999]", 2, "large"),
    "two documents": ('{"a": 1}\n{"b": 2}', 2, "extra"),
    "nothing": ("", 1, "value"),
}


@given(VALUES)
def test_what_is_json_is_read(value):
    """Every value of JSON comes back, from text and from bytes, with a byte-order mark or without."""
    text = json.dumps(value)
    assert read_json(text) == read_json("\ufeff".encode() + text.encode()) == json.loads(text)
    check_json(text)


@pytest.mark.parametrize(("text", "line", "word"), HOSTILE_JSON.values(), ids=HOSTILE_JSON)
@pytest.mark.parametrize("read", [read_json, check_json, lambda text: read_json(text.encode()), reader_of(Any)])
def test_hostile_json_is_refused_with_its_line(text, line, word, read):
    """What no parser can take, or nothing can hold, is one error that names the line."""
    if read is check_json and word == "large":
        return  # the infinities are left to whoever reads the values
    with pytest.raises(Unreadable, match=word) as refused:
        read(text)
    assert refused.value.line == line
    assert refused.value.at("a.json") == f"a.json, line {line}"


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_no_number(name):
    """NaN and the infinities are no JSON; predictions leave them to the reader of scores, who names the row."""
    with pytest.raises(Unreadable, match=f"{name} is no number") as refused:
        read_json(f'{{"a": "NaN",\n"b": {name}}}')
    assert refused.value.line == 2
    check_json(f"[{name}]")


def test_keys_forms_and_bytes():
    """A key that stands twice is refused on request, another form and bytes that are no UTF-8 always."""
    assert read_json('{"a": 1, "a": 2}') == {"a": 2}
    for read in (
        lambda: read_json('{"a": 1, "a": 2}', once=True),
        lambda: read_json_as('{"a": "x"}', dict[str, int]),
        lambda: read_json(b'"\xff"'),
        lambda: read_json(b'"\xed\xa0\x80"'),
    ):
        with pytest.raises(Unreadable):
            read()


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 2}', '{"b": {"a": 1, "a": 1}}', '{"t": "x: y", "a" :1, "\\u0061":2}', '{"b": [{"a": 1, "a": 2}]}'],
)
def test_a_row_has_a_key_once(text):
    """Of two values for one key no reader knows which is meant; colons within texts make no key."""
    read = reader_of(dict[str, Any])
    with pytest.raises(Unreadable, match="twice"):
        read(text)
    assert read('{"a": "a: b: c", "b": {"a": ":"}}') == {"a": "a: b: c", "b": {"a": ":"}}


def test_escapes_of_escapes():
    """A backslash that is escaped begins no escape; a pair is a character."""
    assert half_pair(r'"\\ud800 \\\\ude00"') is None
    assert half_pair(r'"\ud83d\ude00"') is None
    assert half_pair('"a"\n"\\ud83d\\ud83d\\ude00"') == 2
    assert half_pair("\n\ud800") == 2


HOSTILE_TOML = {
    "deep lists": ("a = " + "[" * 100_000, 1),
    "deep tables": ("\na = " + "{a=" * 100_000, 2),
    "a key of many parts": (".".join("a" * 100_000) + " = 1", 1),
    "many digits": ("x = 1\na = " + "1" * 5_000, 2),
    "many hexadecimal digits": ("a = 0x" + "f" * 20_000, None),
    "half a pair": ('a = "\\ud800"', 1),
    "no date": ("\na = 2020-13-45", 2),
    "no UTF-8": (b"\n\xff", 2),
    "a gigantic file": ("# " + "x" * 1_000_001, None),
}


@pytest.mark.parametrize(("text", "line"), HOSTILE_TOML.values(), ids=HOSTILE_TOML)
def test_hostile_toml_is_refused_with_its_line(text, line):
    """A file of settings that no parser can take is one error."""
    with pytest.raises(Unreadable) as refused:
        read_toml(text if isinstance(text, bytes) else text.encode())
    assert refused.value.line == line


def test_ordinary_toml_is_read():
    """Long texts with dots, dates and a byte-order mark are ordinary."""
    text = 'a = "' + "www." * 100 + '"\nb.c.d = 1979-05-27\n[x.y]\nz = [1.5, nan]'
    assert read_toml(b"\xef\xbb\xbf" + text.encode())["b"]["c"]["d"].year == 1979
