"""Models that are known through and through: Python functions over the words of a text, opened by the adapter for functions."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

from benchwright.types import ClassificationTask, Example, Label, Prediction, Session, Source
from benchwright_adapters._python import FunctionSession

WORD = "zyxwort"
PLAIN = [
    "a",
    "good",
    "film",
    "with",
    "some",
    "rather",
    "long",
    "and",
    "quite",
    "tired",
    "jokes",
    "but",
    "also",
    "fine",
    "actors",
    "the",
    "end",
    "of",
    "it",
    "was",
    "well",
    "made",
]

TASK = ClassificationTask(
    name="planted",
    splits={"test": Source()},
    default_split="test",
    inputs={"text": ("text",)},
    target=("label",),
    metrics=(),
    labels=(Label(name="no", id=0), Label(name="yes", id=1)),
)


def session_of(logit: Callable[[str], float]) -> Session:
    """An open function of one text: the log odds of ``yes``."""

    def scores(texts: Sequence[str]) -> list[dict[str, float]]:
        found = [1 / (1 + np.exp(-logit(text))) for text in texts]
        return [{"no": 1 - one, "yes": one} for one in found]

    return FunctionSession(function=scores, task=TASK, labels=None, batch=None, shown="planted")


def presence(text: str) -> float:
    """The planted model: 10 where the word stands in the text."""
    return 10.0 * (WORD in text.split())


def texts(number: int, *, seed: int = 0) -> list[str]:
    """Texts of 8 to 20 words, each with the planted word once."""
    draw = random.Random(seed)
    found = []
    for _ in range(number):
        words = [draw.choice(PLAIN) for _ in range(draw.randint(7, 19))]
        words.insert(draw.randint(0, len(words)), WORD)
        found.append(" ".join(words))
    return found


def items(session: Session, said: Sequence[str]) -> list[tuple[Example, Prediction]]:
    """Texts as items, with what the session says of them."""
    examples = [Example(id=f"planted/{at}", index=at, inputs={"text": text}) for at, text in enumerate(said)]
    return list(zip(examples, session.predict(examples), strict=True))
