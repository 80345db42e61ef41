"""What is made of the small board: its cards, with and without a data set of the hub, its rows."""

import msgspec
import pytest

from benchwright.types import Hub, Source
from benchwright_leaderboards.task_cards import task_cards


@pytest.fixture(scope="session")
def cards(content):
    """The cards of its two tasks."""
    return task_cards(content.board)


@pytest.fixture(scope="session")
def hub_cards(cards):
    """The same, as if the texts were a data set of the hub."""
    path, card = next(iter(cards.items()))
    hub = Hub(repo="example/topics", split="validation", revision="a" * 40, config="en")
    return {**cards, path: msgspec.structs.replace(card, splits={card.default_split: Source(hub=hub)})}


@pytest.fixture(scope="session")
def row(content):
    """Row of the overview by entry."""
    return {row.entry.entry.id: row for row in content.overview.rows}.__getitem__
