"""What a board knows of a card never changes by itself: boards that were made earlier take entries as before."""

from benchwright.types import ClassificationTask, Label
from benchwright_leaderboards.cards import card_digest

CARD = ClassificationTask(
    name="t0",
    inputs={"text": ("text",)},
    target=("label",),
    labels=(Label(name="a", id=0), Label(name="b", id=1)),
    metrics=("accuracy",),
    score=("accuracy",),
    splits={},
    default_split="test",
)


def test_a_new_field_of_cards_changes_no_digest_that_boards_have_written_down():
    """The value is that of the version before cards had rationales: a field that decides a score must be let in on purpose."""
    assert card_digest(CARD) == "ce41be3cc53d79d4bb845994a55c0bfbd80f6c17d91c88f485e5c628eb95a866"


def test_a_metric_changes_it():
    """Or a card could count otherwise under the same digest."""
    assert card_digest(ClassificationTask(**{**_fields(CARD), "metrics": ("mcc",), "score": ("mcc",)})) != card_digest(
        CARD
    )


def _fields(card):
    return {name: getattr(card, name) for name in card.__struct_fields__}
