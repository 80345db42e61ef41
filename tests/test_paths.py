"""Absolute paths within messages are cut to their last two parts; nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from benchwright.paths import short, with_short_paths


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("[Errno 2] '/home/Alice Smith/models/x/config.json'", "[Errno 2] '…/x/config.json'"),
        ("/home/alice/kept/file.txt is bad", "…/kept/file.txt is bad"),
        ('File "/opt/work/a/b.py", line 3', 'File "…/a/b.py", line 3'),
        (r"C:\Users\bob\x\y.txt and C:/Users/bob/x/y.txt", "…/x/y.txt and …/x/y.txt"),
        ("file:///home/a/b/c.txt", "…/b/c.txt"),
        ("~/x/y/z (/opt/data/u/v.csv)", "…/y/z (…/u/v.csv)"),
        ("path=/home/bob/q.csv&x=1", "path=…/q.csv&x=1"),
    ],
)
def test_absolute_paths_in_a_message_are_cut(said, told):
    assert with_short_paths(said) == told


@pytest.mark.parametrize(
    "said",
    [
        "https://host.org/a/b/c",
        "</script></style>",
        "and/or/not 1/2/2020",
        "models/x/config.json",
        "a\\n\\tb",
        "…/b/c.txt",
    ],
)
def test_what_is_no_absolute_path_stays(said):
    assert with_short_paths(said) == said


@given(some.text(alphabet="/~\\'\" a.:C<", max_size=60))
def test_cutting_again_changes_nothing(text):
    once = with_short_paths(text)
    assert with_short_paths(once) == once


def test_a_home_is_no_part_of_a_short_path():
    assert short("/home/alice/x") == "…/x"
    assert short("/Users/bob") == "…/"
