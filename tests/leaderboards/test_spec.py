"""`board.toml` as people edit it: every mistake is told with its key, what was expected and what to do, and never as a traceback."""

import re

import pytest

from benchwright.errors import ConfigError
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.listing import warnings_of
from benchwright_leaderboards.spec import read_spec

EDITS = {
    "title": ('"Small"', '"  "', "title '  '"),
    "an unknown key": ("\ntext = ", "\ntitel = 1\ntext = ", "unknown key 'titel'"),
    "an unknown key of a task": (
        "\nweight = 1.0",
        "\nwieght = 1.0",
        "task classification/custom: unknown key 'wieght'",
    ),
    "an unknown rule": ("\nadapters", "\nattempt = 3\nadapters", "rules: unknown key 'attempt'"),
    "a weight that is text": ("\nweight = 1.0", '\nweight = "1"', "weight = '1': Expected `float`, got `str`"),
    "a weight that is none": ("\nweight = 1.0", "\nweight = nan", "classification/custom: weight nan"),
    "a weight that makes a sum overflow": ("\nweight = 1.0", "\nweight = 1e308", "weight 1e+308"),
    "a weight beside which others vanish": ("\nweight = 1.0", "\nweight = 1e-320", "weight 1e-320"),
    "a column twice": ('"score", ', '"score", "score", ', "columns: 'score' is there twice"),
    "a baseline twice": ('["baseline"]', '["baseline", "baseline"]', "baselines: 'baseline' is there twice"),
    "a baseline without a name": ('["baseline"]', '[""]', "baselines: a name without letters"),
    "an adapter without a name": ("adapters = []", 'adapters = [" "]', "adapters: a name without letters"),
    "a tie breaker that is none": ("\ntext = ", '\ntie_breaker = "speed"\ntext = ', "tie_breaker 'speed'"),
    "a machine without a name": ("\ntext = ", '\nmachine = ""\ntext = ', "machine ''"),
    "a url without a host": ("\ntext = ", '\nurl = "https://:::/"\ntext = ', "url 'https://:::/'"),
    "a url with no such port": ("\ntext = ", '\nurl = "https://a.org:99999"\ntext = ', "url 'https://a.org:99999'"),
    "a task without a suite": ('"classification/custom"', '"custom"', "path 'custom' names no task"),
    "a task that leads elsewhere": ('"classification/custom"', '"../../etc"', "path '../../etc' names no task"),
    "a task without a digest": ("\ndigest", "\n# digest", "task classification/custom: digest is missing"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_mistake_is_told_with_its_key(edit, board_copy):
    """What is there, what was expected, and what to do."""
    old, new, told = EDITS[edit]
    path = board_copy / "board.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigError, match=re.escape(told)) as error:
        read_spec(board_copy)
    assert "expected: " in str(error.value) or "Expected" in str(error.value)
    assert "next: " in str(error.value)


def test_all_mistakes_are_told_at_once(board_copy):
    """Three that differ in kind; one that is like a key names that key."""
    path = board_copy / "board.toml"
    text = path.read_text().replace("\ntext = ", "\ntitel = 1\ntext = ").replace('["baseline"]', '"baseline"')
    path.write_text(text.replace("\nweight = 1.0", "\nweight = true"))
    with pytest.raises(ConfigError) as error:
        read_spec(board_copy)
    assert len(error.value.problems) == 4
    assert "did you mean title?" in str(error.value)


def test_lines_that_the_entries_contradict_are_told(board_copy):
    """Valid lines after which every model is refused: digests of items that were edited, an adapter that is misspelt."""
    path = board_copy / "board.toml"
    assert list(warnings_of(open_board(board_copy))) == []
    text = re.sub('items = ".*"', f'items = "{"0" * 64}"', path.read_text(), count=1)
    path.write_text(text.replace("adapters = []", 'adapters = ["sckit"]'))
    items, adapter = warnings_of(open_board(board_copy))
    assert "classification/custom: `items` of board.toml is not that of best" in items
    assert "no adapter sckit is installed here" in adapter
