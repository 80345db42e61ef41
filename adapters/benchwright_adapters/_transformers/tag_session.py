"""An open checkpoint that gives a tag for each word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from benchwright import encoders
from benchwright.checkpoints.model import DEFAULT
from benchwright.checkpoints.tokenizer import byte_level_space, quiet
from benchwright.encoders.hold import ROWS
from benchwright.encoders.template import read_template
from benchwright.encoders.words import WordRows, encode_words
from benchwright.errors import ModelError
from benchwright.labels import output_names
from benchwright.tags import OUTSIDE, Read, Scheme, count_loose, parts, read_tags, scheme_of_names, whole_tags
from benchwright.types import Example, LabelMap, Prediction, Task
from benchwright_adapters._transformers.opening import Opened
from benchwright_adapters._transformers.runner import Row, Runner
from benchwright_adapters._transformers.session import check_outputs
from benchwright_adapters._transformers.settings import Settings

UNPREDICTED = "words without a prediction"
LONG = "sentences read in several windows"
LOOSE = "tags I- that continue no entity: the lenient mode opens one there (a head that writes IOB1? ?scheme=IOB1)"
_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


class TagSession:
    """A token-classification model; ``settings`` says in words what decides the numbers and was chosen here."""

    def __init__(self, opened: Opened, *, task: Task, labels: LabelMap, settings: Settings, shown: str) -> None:
        check_outputs(opened.model, len(labels.to_task), shown)
        self._runner = Runner(opened, tokens_of_lines, settings=settings, shown=shown, default_length=DEFAULT)
        named = None if labels.origin == "user" else opened.model.config.id2label
        self._scheme = settings.scheme or (scheme_of_names(named.values()) if named else None)
        self._tags = np.array(_written(output_names(task, labels), named, self._scheme), dtype=object)
        self._words = next(iter(task.inputs))
        self._stride = self._choose_stride(settings.doc_stride)
        space = byte_level_space(opened.tokenizer)
        self.settings = {
            **self._runner.settings,
            "doc_stride": str(self._stride),
            "truncation": "none: windows",
            **({} if self._scheme is None else {"scheme": self._scheme}),
            **({} if space is None else {"prefix_space": str(space).lower()}),
        }

    @property
    def _model(self) -> Any:
        return self._runner.model

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """Predictions in the order of the examples: one tag for each word.

        A word takes the tag of its first token, where most is shown around it. Words without a token are ``O`` and
        counted (``extra["counts"]``), and so are tags ``I-`` that continue no entity, where nobody said how the head writes
        tags. Where that was said, the tags are given in IOB2, and what is legal in the scheme in ``extra["strict"]``. A sentence that the tokenizer cannot take, or that does not fit into memory, carries
        its error.

        Raises:
            ModelError: The tokenizer gives ids that the model has no embedding for.
        """
        sentences = [[str(word) for word in example.inputs[self._words]] for example in examples]
        with quiet():
            inputs = encode_words(
                self._runner.tokenizer,
                sentences,
                max_length=self._runner.max_length,
                stride=self._stride,
                names=self._runner.names,
            )
            self._runner.hold(inputs.encoded, lambda: _rows(inputs, sentences))
            answers = self._runner.run(inputs.encoded)
        return self._read(inputs, answers, [len(words) for words in sentences])

    def close(self) -> None:
        """Release model and tokenizer; closing twice is safe."""
        self._runner.close()

    def _choose_stride(self, wanted: int | None) -> int:
        runner = self._runner
        room = runner.max_length - read_template(runner.tokenizer, runner.names, words=True).special
        if wanted is not None and wanted >= room:
            given = f"{runner.shown}: doc_stride={wanted} with a max_length of {runner.max_length}"
            raise ModelError(given, expected=f"less than the {room} tokens that a window shows", hint="?doc_stride=0")
        return room // 2 if wanted is None else wanted

    def _read(self, inputs: WordRows, answers: encoders.RawOutputs[Row], sizes: Sequence[int]) -> list[Prediction]:
        tags: list[list[str]] = [[OUTSIDE] * size for size in sizes]
        errors = dict(inputs.errors)
        budgets: dict[int, int] = {}
        tally, lowered = self._runner.tally(inputs.encoded), self._runner.lowered(answers)
        first, last = (np.searchsorted(inputs.owner, np.arange(len(sizes)), side=side).tolist() for side in _SIDES)
        for at, (owner, firsts) in enumerate(zip(inputs.owner.tolist(), inputs.firsts, strict=True)):
            logits, budget = answers.values[at], lowered[at]
            problem = answers.errors.get(at) or not_finite(logits)
            if problem or logits is None:
                errors.setdefault(owner, problem or "no answer")
                continue
            if budget is not None:
                budgets[owner] = min(budget, budgets.get(owner, budget))
            chosen = self._tags[logits[firsts[:, 0]].argmax(axis=1)]
            for word, tag in zip(firsts[:, 1].tolist(), chosen, strict=True):
                tags[owner][word] = tag
        return [
            Prediction(error=errors[at])
            if at in errors
            else self._one(
                tags[at],
                tally.facts(slice(first[at], last[at]), budgets.get(at)),
                {UNPREDICTED: len(inputs.lost[at]), LONG: int(last[at] - first[at] > 1)},
            )
            for at in range(len(sizes))
        ]

    def _one(self, tags: Sequence[str], facts: dict[str, Any], counts: dict[str, int]) -> Prediction:
        """The prediction for one sentence, with what the ledger adds up."""
        if self._scheme is None:
            counts |= {LOOSE: count_loose(tags)}
            read = Read(tuple(tags), None)
        else:
            read = read_tags(tags, self._scheme)
        counts = {name: count for name, count in counts.items() if count}
        strict = {} if read.strict is None else {"strict": read.strict}
        return Prediction(output=read.tags, extra=facts | ({"counts": counts} if counts else {}) | strict)


def _written(meant: Sequence[str], named: Mapping[int, str] | None, scheme: Scheme | None) -> list[str]:
    """What each output writes: the task's types behind the head's own letters, where a scheme says how these are read."""
    if scheme is None or named is None:
        return list(meant)
    whole = whole_tags([named[at].strip() for at in range(len(meant))], scheme)
    letters = [parts(tag)[0] for tag in whole]
    return [f"{letter}-{parts(tag)[1]}" if parts(tag)[1] else tag for letter, tag in zip(letters, meant, strict=True)]


def _rows(inputs: WordRows, sentences: Sequence[Sequence[str]]) -> dict[int, tuple[Sequence[str]]]:
    """The first rows that hold a whole sentence."""
    once = np.flatnonzero(np.bincount(inputs.owner)[inputs.owner] == 1)
    return {int(row): (sentences[inputs.owner[row]],) for row in once[:ROWS]}


def tokens_of_lines(output: Any, batch: encoders.Batch) -> list[Row]:
    """Raw outputs of each token, tokens x outputs, without those of padding."""
    logits = output.logits.float().cpu().numpy()
    return [logits[line, :length].copy() for line, length in enumerate(batch.lengths.tolist())]


def not_finite(row: Row | None) -> str | None:
    """What is wrong with raw outputs that hold no numbers, or None."""
    return "the model gives outputs that are not numbers" if row is not None and np.isnan(row).any() else None
