"""The page about identity swaps says what is there, and its examples run."""

import re
from pathlib import Path

from benchwright.identity import DIMENSIONS, built_in, read_lexicon
from benchwright.view_options import IDENTITY_OPTIONS

PAGE = (Path(__file__).resolve().parents[2] / "docs/identity-swaps.md").read_text(encoding="utf-8")


def test_the_groups_of_the_page_are_those_of_the_lexicons():
    """With their numbers of terms."""
    for name in DIMENSIONS:
        groups = ", ".join(f"{group.name} ({len(group.terms)} terms)" for group in built_in(name).groups)
        assert f"| {name} | {groups} |" in PAGE


def test_the_lexicon_of_the_page_is_one(tmp_path):
    """As a user would copy it."""
    (tmp_path / "mine.toml").write_text(re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1], encoding="utf-8")
    (dialect,) = read_lexicon(tmp_path / "mine.toml")

    assert [group.name for group in dialect.groups] == ["northern", "southern"]


def test_the_code_of_the_page_runs():
    """Its assertions hold."""
    names = {}
    exec(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1], names)
    assert set(names["new"]) == {"christian", "jewish", "hindu", "buddhist", "sikh", "female"}


def test_every_option_is_on_the_page():
    """And every setting of a lexicon."""
    from benchwright.identity.lexicon_file import _SETTINGS

    assert all(f"{option}=" in PAGE for option in IDENTITY_OPTIONS)
    assert all(f"`{key}`" in PAGE or f"{key} = " in PAGE or f"{key}, too" in PAGE for key in _SETTINGS)
