"""Wrong and hostile files of every probe: refused with what was expected and what to do, or counted; never a traceback, never silent."""

import json
import shutil

import pytest

from benchwright.data.files import find
from benchwright.data.load import load
from benchwright.errors import BenchwrightError
from benchwright_suites._bias import honest
from benchwright_suites.bias import suite

NAMES = [*(task.name for task in suite.tasks), *suite.custom]
WRONG_GOLD = {
    "crows": (",stereo,", ",perhaps,"),
    "stereoset": ('"anti-stereotype":', '"something else":'),
    "bbq": ('"label": 1', '"label": 7'),
    "winobias": ("[", "("),
    "winogender": (".1.", ".5."),
    "seat": ('"targ1"', '"target"'),
}
"""Of each probe a text of its files that says what is right, or who stands in which role, and what stands there instead."""
HOSTILE = "=cmd()\x1b[31m<script>alert(1)</script>\u202e"


@pytest.fixture
def copied(shared_data, tmp_path):
    """A function that copies the files of a task's split, the first of each kind changed, and reads the split."""

    (tmp_path / "words.txt").write_text("dreadful\n")

    def read(name, change):
        task = suite.task(name) or honest.build({"lexicon": str(tmp_path / "words.txt")}).task
        split = task.default_split
        found = find(task.splits[split], suite=suite, folder=shared_data)
        for number, path in enumerate(part for paths in found.parts for part in paths):
            copy = tmp_path / path.relative_to(found.base)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if number == 0:
                copy.write_bytes(change(path.read_bytes()))
            else:
                shutil.copy(path, copy)
        return load(task, split, suite=suite, folder=tmp_path, offline=True)

    return read


def refused(read, name, change):
    """The message of the refusal, which says what was expected and what to do."""
    with pytest.raises(BenchwrightError) as caught:
        read(name, change)
    assert caught.value.expected
    assert caught.value.hint
    assert "\x1b" not in repr(str(caught.value)).replace("\\x1b", "")
    return str(caught.value)


def other_columns(content):
    """The same number of rows with other names for everything, in the form that the file has."""
    if content.startswith((b"{\n", b"[")):
        return json.dumps({"left": [1], "right": [2]}).encode()
    if content.startswith(b"{"):
        return b'{"left": 1, "right": 2}\n' * 5
    head = content.split(b"\n", 1)[0]
    mark = b"\t" if b"\t" in head else b","
    return mark.join([b"left", b"right", b"middle"]) + b"\n" + mark.join([b"1", b"2", b"3"]) + b"\n"


@pytest.mark.realdata
@pytest.mark.parametrize("name", NAMES)
def test_a_file_with_other_columns_is_refused(copied, name):
    """Another data set by the name of this one."""
    assert refused(copied, name, other_columns)


@pytest.mark.realdata
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"\xff\xfe\x00broken", b"\x80\x04\x95pickle"], ids=["nothing", "blank", "bytes", "pickle"]
)
def test_an_empty_file_and_one_that_is_no_text_are_refused(copied, name, content):
    """Nothing, blank lines, another encoding, a pickle."""
    assert refused(copied, name, lambda _: content)


@pytest.mark.realdata
@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_ends_within_a_row_is_refused(copied, name):
    """A download that broke off, or a row cut in two."""

    def cut(content):
        lines = content.rstrip(b"\n").split(b"\n")
        whole, last = lines[: 2 * len(lines) // 3], lines[2 * len(lines) // 3]
        return b"\n".join([*whole, last[: min(10, len(last) // 3)]])

    assert refused(copied, name, cut)


@pytest.mark.realdata
@pytest.mark.parametrize("name", NAMES)
def test_a_row_with_a_gold_answer_that_is_none_is_refused(copied, name):
    """Another direction, another role, an option that is not there."""
    found = [change for start, change in WRONG_GOLD.items() if name.startswith(start)]
    if not found:
        pytest.skip("its rows have no gold answer")
    ((old, new),) = found

    def wrong(content):
        assert old.encode() in content
        return content.replace(old.encode(), new.encode())

    refused(copied, name, wrong)


@pytest.mark.realdata
@pytest.mark.parametrize("name", NAMES)
def test_hostile_text_in_a_cell_stays_text(copied, name):
    """A formula, an escape sequence, markup: read as they are, or refused in a message that holds none of them."""

    def hostile(content):
        text = content.decode("utf-8-sig")
        word = next(word for word in text.split() if word.isalpha() and word.islower() and len(word) > 5)
        safe = HOSTILE if not text.startswith(("{", "[")) else json.dumps(HOSTILE)[1:-1]
        return text.replace(f" {word} ", f" {word} {safe} ", 1).encode()

    told, data = "", None
    try:
        data = copied(name, hostile)
    except BenchwrightError as error:
        told = error.problem
    assert "\x1b" not in told
    assert data is None or data.examples
