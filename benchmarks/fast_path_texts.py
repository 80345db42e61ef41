"""Texts that the fast path is measured on: those of a task, or, where its file is not at hand, made ones that are as long.

    python benchmarks/fast_path_texts.py --data DIR      counts the lengths of the data sets anew (lengths.json beside this file)

Lengths are counted in tokens under a WordPiece vocabulary of 30,522 that is learned from the very texts. A made text holds as many words
of a made vocabulary, each of them one token; how long computing takes depends on nothing else of it.
"""

from __future__ import annotations

import argparse
import json
from itertools import product
from pathlib import Path

import numpy as np

LENGTHS = Path(__file__).with_name("lengths.json")
"""Data set -> column -> how many texts have 0, 1, 2... tokens, without those that a model adds."""

TASKS = {"sst2": "glue", "rte": "glue", "qnli": "glue", "mnli": "glue", "wnut17": "ner", "v1": "squad"}
"""Task -> its suite."""

VOCABULARY = 30522
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_SYLLABLES = [f"{first}{second}" for first, second in product("bdfgklmnprstvz", "aeiou")]


class NoTexts(Exception):
    """Neither a file of the task nor lengths of its texts are at hand."""


def suite_of(name):
    """Suite and task of a name."""
    from benchwright import registry

    suite = registry.get("suites", TASKS[name])
    return suite, next(one for one in suite.tasks if one.name == name)


def read_task(name, data, limit):
    """A task and the examples of its default split, without gold answers; ``data`` None: made ones."""
    from msgspec.structs import replace

    from benchwright.data.load import load

    suite, task = suite_of(name)
    if data is None:
        return task, made_examples(name, task, limit)
    examples = load(task, task.default_split, suite=suite, folder=Path(data), offline=True).examples
    return task, [replace(one, target=None) for one in (examples[:limit] if limit else examples)]


def why_absent(name, data):
    """What is missing of a task's file; "" where it can be read."""
    from benchwright.data.load import load
    from benchwright.errors import BenchwrightError

    suite, task = suite_of(name)
    try:
        load(task, task.default_split, suite=suite, folder=Path(data), offline=True)
    except BenchwrightError as error:
        return error.line
    return ""


def words():
    """The made vocabulary: so many different words of two to three syllables, always the same."""
    each = (a + b + c for a in _SYLLABLES for b in _SYLLABLES for c in ("", *_SYLLABLES))
    return [word for word, _ in zip(each, range(VOCABULARY - len(_SPECIAL)), strict=False)]


def made_tokenizer():
    """A tokenizer to which each made word is one token."""
    from transformers import BertTokenizer

    return BertTokenizer(vocab={word: at for at, word in enumerate((*_SPECIAL, *words()))}, model_max_length=512)


def draw_lengths(counts, count, draw, most):
    """So many lengths as often as they were counted, at least 1."""
    share = np.array(counts, dtype=float)
    return np.clip(draw.choice(len(share), count, p=share / share.sum()), 1, most)


def made_texts(counts, count, *, seed=0, most=510):
    """So many different texts, as long as those that were counted."""
    draw = np.random.default_rng(seed)
    lengths = draw_lengths(counts, count, draw, most)
    drawn = draw.choice(np.array(words()), int(lengths.sum()))
    ends = np.cumsum(lengths)
    return [" ".join(drawn[end - size : end]) for size, end in zip(lengths.tolist(), ends.tolist(), strict=True)]


def made_examples(name, task, limit):
    """Examples with as many inputs as the task has rows, as long as its own."""
    from benchwright.types import Example

    known = json.loads(LENGTHS.read_text(encoding="utf-8"))
    if name not in known or set(known[name]) != set(task.inputs):
        raise NoTexts(f"{name} has no counted lengths in {LENGTHS.name}: give its file (--data)")
    rows = int(sum(next(iter(known[name].values()))))
    count = min(rows, limit) if limit else rows
    columns = {
        column: made_texts(counts, count, seed=at, most=250) for at, (column, counts) in enumerate(known[name].items())
    }
    return [
        Example(id=f"{name}/{at}", index=at, inputs={column: texts[at] for column, texts in columns.items()})
        for at in range(count)
    ]


def count_lengths(columns):
    """How many texts of each column have how many tokens, under one vocabulary that is learned from all of them."""
    from tokenizers import BertWordPieceTokenizer

    made = BertWordPieceTokenizer()
    made.train_from_iterator([text for texts in columns.values() for text in texts], VOCABULARY, show_progress=False)
    sizes = {
        column: [len(one.ids) for one in made.encode_batch(texts, add_special_tokens=False)]
        for column, texts in columns.items()
    }
    return {column: np.bincount(each).tolist() for column, each in sizes.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    found = {}
    for name in ("sst2", "rte", "mnli", "v1"):
        task, examples = read_task(name, given.data, 0)
        columns = {column: [str(one.inputs[column]) for one in examples] for column in task.inputs}
        found[name] = count_lengths(columns)
        tokens = {column: np.dot(range(len(counts)), counts) / sum(counts) for column, counts in found[name].items()}
        print(name, len(examples), {column: round(float(mean), 1) for column, mean in tokens.items()})
    lines = [f" {json.dumps(name)}: {json.dumps(columns)}" for name, columns in found.items()]
    LENGTHS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
