"""A store for measuring reports, filled by a real run: files of predictions on data of one's own, of the length of SST-2's sentences."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RUN = "many"
FORMS = ("sentiment", "topics", "entities", "sentiment by author", "questions", "pairs")
"""What tasks are, in turn: two labels with slices, five labels scored by macro F1, entities, two labels scored by MCC with
clusters, questions on a text, two texts with three labels.
"""
LABELS = {"sentiment": ("negative", "positive"), "topics": ("arts", "money", "news", "sport", "travel")}
LABELS |= {"sentiment by author": LABELS["sentiment"], "pairs": ("contradiction", "entailment", "neutral")}
OPTIONS = {
    "sentiment": "&slice=lang,length",
    "topics": "&score=macro_f1&slice=lang",
    "sentiment by author": "&score=mcc&cluster=author",
    "pairs": "&text_pair=other",
}
LANGUAGES = ("de", "en", "fr", "pt")
TYPES = ("LOC", "ORG", "PER")
CHARACTERS = 110
_SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "i", "o", "ur", "en")]


@dataclass(frozen=True)
class Shape:
    """How many models, tasks, and items of each task."""

    models: int
    tasks: int
    items: int = 1_000
    forms: tuple[str, ...] = FORMS

    @property
    def name(self) -> str:
        """A folder's name."""
        return f"v1-{self.models}x{self.tasks}x{self.items}-{len(self.forms)}"


def fill(shape: Shape, keep: Path) -> Path:
    """The store of that shape; made where it is not there yet."""
    place = keep / shape.name
    store = place / "store"
    if (store / "runs" / f"{RUN}.json").exists():
        return store
    import benchwright

    data, answers = place / "data", place / "answers"
    for model in range(shape.models):
        for folder in ("classification", "ner", "squad"):
            (answers / f"m{model}" / folder).mkdir(parents=True, exist_ok=True)
    data.mkdir(parents=True, exist_ok=True)
    selectors = [write_task(shape, number, data, answers) for number in range(shape.tasks)]
    models = [f"m{model}=predictions:{answers / f'm{model}'}" for model in range(shape.models)]
    benchwright.evaluate(models, selectors, store=store, name=RUN, offline=True)
    return store


def write_task(shape: Shape, number: int, data: Path, answers: Path) -> str:
    """Write the rows of a task and the answers of all models to them; returns its selector."""
    form = shape.forms[number % len(shape.forms)]
    rng = random.Random(number)
    rows = [make_row(form, row, rng) for row in range(shape.items)]
    path = data / f"t{number}.jsonl"
    write_lines(path, rows)
    suite = {"entities": "ner", "questions": "squad"}.get(form, "classification")
    for model in range(shape.models):
        own = random.Random(f"{number} {model}")
        skill = 0.6 + 0.35 * (model + 1) / shape.models
        said = [answer(form, row, at, skill, own) for at, row in enumerate(rows)]
        write_lines(answers / f"m{model}" / suite / f"t{number}.jsonl", said)
    labels = f"&labels={','.join(LABELS[form])}" if form in LABELS else ""
    return f"{suite}/custom?path={path}&name=t{number}{labels}{OPTIONS.get(form, '')}"


def make_row(form: str, row: int, rng: random.Random) -> dict[str, Any]:
    """A row of a form: a text of `CHARACTERS` characters or so, and what belongs to it."""
    words = make_words(rng)
    if form == "entities":
        return {"words": words, "tags": make_tags(len(words), rng)}
    if form == "questions":
        at = rng.randrange(len(words))
        start = len(" ".join(words[:at])) + bool(at)
        found = [{"text": words[at], "answer_start": start}]
        return {"id": f"q{row}", "question": " ".join(words[:4]), "context": " ".join(words), "answers": found}
    return {
        "text": " ".join(words),
        "other": " ".join(make_words(rng)[:6]),
        "label": rng.choice(LABELS[form]),
        "lang": rng.choice(LANGUAGES),
        "length": "long" if len(words) > 20 else "short",
        "author": f"a{rng.randrange(300)}",
    }


def make_words(rng: random.Random) -> list[str]:
    """Words of `CHARACTERS` characters together, or a few more."""
    words: list[str] = []
    while sum(map(len, words)) + len(words) < CHARACTERS:
        words.append("".join(rng.choices(_SYLLABLES, k=rng.choice((1, 2, 2, 3)))))
    return words


def make_tags(size: int, rng: random.Random) -> list[str]:
    """IOB2 tags with about two entities."""
    tags = ["O"] * size
    for at in rng.sample(range(size - 1), 2):
        kind = rng.choice(TYPES)
        tags[at : at + 2] = [f"B-{kind}", rng.choice((f"I-{kind}", "O"))]
    return ["O" if tag[0] == "I" and tags[at - 1][1:] != tag[1:] else tag for at, tag in enumerate(tags) if at or tag]


def answer(form: str, row: dict[str, Any], at: int, skill: float, rng: random.Random) -> dict[str, Any]:
    """What a model says to a row; right with the chance ``skill``."""
    right = rng.random() < skill
    if form == "entities":
        return {"index": at, "tags": row["tags"] if right else make_tags(len(row["tags"]), rng)}
    if form == "questions":
        gold = row["answers"][0]["text"]
        return {"id": row["id"], "text": gold if right else rng.choice(row["context"].split(" "))}
    labels = LABELS[form]
    chosen = row["label"] if right else rng.choice([label for label in labels if label != row["label"]])
    sure = round(rng.uniform(0.55, 0.999), 4)
    rest = (1 - sure) / (len(labels) - 1)
    return {"index": at, "label": chosen, "scores": {label: sure if label == chosen else rest for label in labels}}


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
