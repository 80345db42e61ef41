"""Words that a masked language model suggests at the slot of texts, asked through the adapter of the model."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchwright import registry
from benchwright.behaviour.fill_checks import MOST
from benchwright.config import parse_model
from benchwright.errors import ModelError
from benchwright.types import Adapter, Context, Example, FillTask, Kind, ModelRef, Prediction


def suggest_words(texts: Sequence[str], *, model: str, top: int, device: str = "cpu") -> list[str]:
    """The ``top`` words with the highest mean log-probability over all texts, among the most probable ones of each; the best first.

    A piece of a word is none; what is left is scored as a whole word in every text.

    Args:
        texts: Each holds ``{mask}`` once.
        model: A reference as on the command line.
        top: How many words.
        device: ``cpu`` or ``cuda``.

    Raises:
        BenchwrightError: There is no such model, it fills no slots, or a text cannot be read.
    """
    reference = parse_model(model, registry.names("adapters"))
    adapter: Adapter = registry.get("adapters", reference.adapter)
    if Kind.FILL not in adapter.kinds:
        raise ModelError(
            f"{model}: the adapter {reference.adapter} fills no slots",
            expected="a checkpoint of a masked language model",
            hint="model='transformers:FOLDER', or a hub id",
        )
    rows = [{"text": text} for text in dict.fromkeys(texts)]
    given = _ask(adapter, reference, _task(top=min(MOST, 2 * top + _MORE)), rows, device)
    words = list(dict.fromkeys(word for one in given for word in one.output if _is_word(word)))
    if not words:
        return []
    options = _ask(adapter, reference, _task(), [{**row, "options": words} for row in rows], device)
    means = {word: math.fsum(one.scores[at] for one in options if one.scores) for at, word in enumerate(words)}
    return sorted(words, key=lambda word: -means[word])[:top]


_MORE = 20
"""Tokens that are asked for beside twice as many as words are wanted, since some are pieces of words."""


def _is_word(word: str) -> bool:
    return bool(word) and not word.startswith("##") and any(letter.isalnum() for letter in word)


def _task(top: int = 0) -> FillTask:
    names = ("text",) if top else ("text", "options")
    return FillTask(
        name="suggest",
        splits={},
        default_split="texts",
        inputs={name: (name,) for name in names},
        target=(),
        metrics=(),
        top=top,
    )


def _ask(
    adapter: Adapter, model: ModelRef, task: FillTask, rows: Iterable[Mapping[str, Any]], device: str
) -> list[Prediction]:
    examples = [Example(id=f"suggest/{at}", index=at, inputs=dict(row)) for at, row in enumerate(rows)]
    with tempfile.TemporaryDirectory(prefix="benchwright-") as place:
        context = Context(
            suite="behaviour", train=_no_train, items=lambda: examples, device=device, workdir=Path(place)
        )
        adapter.inspect(model, task, context)
        session = adapter.open(model, task, context)
        try:
            found = list(session.predict(examples))
        finally:
            session.close()
    failed = next((at for at, one in enumerate(found) if one.error), None)
    if failed is not None:
        raise ModelError(
            f"{model.name} gives no words for {examples[failed].inputs['text'][:80]!r}: {found[failed].error}",
            expected="a text that the model can read",
        )
    return found


def _no_train(_task: Any) -> Any:
    raise ModelError("a model that is trained here suggests no words", expected="a checkpoint")
