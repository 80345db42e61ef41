"""Stores whose runs are written by hand: a model's name stays from night to night, its answers change."""

import msgspec
import pytest

from benchwright.store import Store
from benchwright.testing.write_run import write_run
from benchwright.types import ClassificationTask, Facts, Label, Record

CARD = ClassificationTask(
    name="mood",
    splits={},
    default_split="dev",
    inputs={"text": ("text",)},
    target=("label",),
    metrics=("accuracy", "macro_f1"),
    labels=(Label(name="good", id=0), Label(name="bad", id=1)),
    slices={"lang": ("lang",)},
)


def answers(right, n=200):
    """Records of which the first `right` are answered correctly, in two languages."""
    other = {"good": "bad", "bad": "good"}
    gold = ["good" if at % 2 else "bad" for at in range(n)]
    return [
        Record(
            id=f"{at:04}",
            target=gold[at],
            output=gold[at] if at < right else other[gold[at]],
            slices={"lang": "de" if at % 4 < 2 else "en"},
        )
        for at in range(n)
    ]


class Nights:
    """Runs of a store, one a night."""

    card = CARD

    def __init__(self, root):
        self.store = Store(root)
        self.day = 0

    def add(self, right, *, name=None, model="nightly", card=CARD, digest=None, date=None, others=(), **about):
        """A run in which the model answers `right` of 200 items correctly, or fails with that reason."""
        self.day += 1
        name = name or f"night-{self.day}"
        found = right if isinstance(right, str) else answers(right)
        given = {model: {"mine/mood": found}, **{other: {"mine/mood": answers(100)} for other in others}}
        facts = {one: Facts(digest=f"{one}-digest", kinds=()) for one in others}
        facts[model] = Facts(digest=digest or f"{right}-digest", kinds=())
        run = write_run(self.store, name, given, {"mine/mood": card}, facts=facts, scored=True, **about)
        run = msgspec.structs.replace(run, created=date or f"2026-11-{self.day:02}T03:00:00+00:00")
        self.store.write_run(run)
        return run


@pytest.fixture
def nights(tmp_path):
    """Nightly runs to be written."""
    return Nights(tmp_path / "store")
