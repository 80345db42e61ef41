"""An open checkpoint that finds the answer to a question in a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchwright import encoders
from benchwright.checkpoints.tokenizer import quiet
from benchwright.encoders.contexts import ContextRows, encode_contexts, most_of_question
from benchwright.encoders.hold import ROWS
from benchwright.encoders.spans import BestSpans, NullThreshold, find_spans
from benchwright.encoders.template import read_template
from benchwright.errors import ModelError
from benchwright.types import Example, Prediction, Task
from benchwright_adapters._transformers.opening import Opened
from benchwright_adapters._transformers.runner import Row, Runner
from benchwright_adapters._transformers.settings import Settings
from benchwright_adapters._transformers.tag_session import not_finite

LENGTH = 384
STRIDE = 128
"""Those of the published SQuAD recipes."""

OUTSIDE = "questions whose n-best held no possible answer"
EMPTY = "questions without a candidate answer"


class SpanSession:
    """A question-answering model; ``settings`` says in words what decides the numbers and was chosen here."""

    def __init__(
        self, opened: Opened, *, task: Task, settings: Settings, threshold: NullThreshold | None, shown: str
    ) -> None:
        self._runner = Runner(opened, _starts_and_ends, settings=settings, shown=shown, default_length=LENGTH)
        self._names = tuple(task.inputs)
        self._threshold = threshold
        self._best = {"n_best": settings.n_best, "max_answer_length": settings.max_answer_length}
        self._stride = self._choose_stride(settings.doc_stride)
        self.settings = {
            **self._runner.settings,
            **{name: str(value) for name, value in self._best.items()},
            "doc_stride": str(self._stride),
            "truncation": "none: windows",
            **({} if threshold is None else {"null_threshold": f"{threshold.value:g} ({threshold.origin})"}),
        }

    @property
    def _model(self) -> Any:
        return self._runner.model

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """Predictions in the order of the examples: the answer as it stands in the context.

        ``extra``: ``start`` (its first character), ``score`` (sum of the raw start and end outputs), ``windows``
        (characters that each window showed), and where questions may have no answer ``null_score`` (least sum at the class
        token over the windows, minus ``score``): "" is said where it exceeds the threshold. Without a candidate the
        answer is "", and counted.

        Raises:
            ModelError: The tokenizer gives ids that the model has no embedding for.
        """
        question, context = self._names
        contexts = [str(example.inputs[context]) for example in examples]
        with quiet():
            inputs = encode_contexts(
                self._runner.tokenizer,
                [str(example.inputs[question]) for example in examples],
                contexts,
                max_length=self._runner.max_length,
                stride=self._stride,
                names=self._runner.names,
            )
            self._runner.hold(inputs.encoded, lambda: self._rows(inputs, examples))
            answers = self._runner.run(inputs.encoded)
        sound = [None if not_finite(row) else row for row in answers.values]
        spans = find_spans(inputs, sound, len(examples), **self._best)
        return self._read(inputs, answers, spans, contexts)

    def close(self) -> None:
        """Release model and tokenizer; closing twice is safe."""
        self._runner.close()

    def _rows(self, inputs: ContextRows, examples: Sequence[Example]) -> dict[int, tuple[str, str]]:
        """The first rows that hold a whole question and context."""
        question, context = self._names
        once = np.flatnonzero((np.bincount(inputs.owner)[inputs.owner] == 1) & ~inputs.encoded.truncated)
        chosen = [(int(row), examples[inputs.owner[row]].inputs) for row in once[:ROWS]]
        return {row: (str(texts[question]).lstrip(), str(texts[context])) for row, texts in chosen}

    def _choose_stride(self, wanted: int | None) -> int:
        runner = self._runner
        room = runner.max_length - read_template(runner.tokenizer, runner.names, texts=2).special
        stride = min(STRIDE, room // 2) if wanted is None else wanted
        if most_of_question(room, stride) < 1:
            raise ModelError(
                f"{runner.shown}: doc_stride={stride} with a max_length of {runner.max_length}",
                expected=f"a stride that leaves room for a question and new text: at most {room - room // 8 - 2}",
                hint="a longer ?max_length=, or a shorter ?doc_stride=",
            )
        return stride

    def _read(
        self, inputs: ContextRows, answers: encoders.RawOutputs[Row], spans: BestSpans, contexts: Sequence[str]
    ) -> list[Prediction]:
        found: list[Prediction] = []
        ends = np.searchsorted(inputs.owner, np.arange(len(contexts)), side="right").tolist()
        tally, lowered = self._runner.tally(inputs.encoded), self._runner.lowered(answers)
        begin = 0
        for at, end in enumerate(ends):
            mine = range(begin, end)
            begin = end
            problems = [inputs.errors.get(at)]
            problems += [answers.errors.get(row) or not_finite(answers.values[row]) for row in mine]
            problem = next((problem for problem in problems if problem), None)
            truncated = bool(inputs.encoded.truncated[mine.start : mine.stop].any())
            if problem is not None:
                found.append(Prediction(error=problem, truncated=truncated))
                continue
            budgets = [budget for row in mine if (budget := lowered[row]) is not None]
            facts = tally.facts(slice(mine.start, mine.stop), min(budgets, default=None))
            facts["windows"] = inputs.windows[mine.start : mine.stop].tolist()
            output, more = self._decide(spans, at, contexts[at])
            found.append(Prediction(output=output, extra=facts | more, truncated=truncated))
        return found

    def _decide(self, spans: BestSpans, at: int, context: str) -> tuple[str, dict[str, Any]]:
        """The answer to one question, and the facts beside it."""
        if spans.start[at] < 0:
            return "", {"counts": {EMPTY: 1}}
        score, null = float(spans.score[at]), float(spans.null[at])
        facts: dict[str, Any] = {"start": int(spans.start[at]), "score": score}
        if spans.outside[at]:
            facts["counts"] = {OUTSIDE: 1}
        answer = context[spans.start[at] : spans.end[at]]
        if self._threshold is not None:
            facts["null_score"] = null - score
            if facts["null_score"] > self._threshold.value:
                return "", {name: value for name, value in facts.items() if name != "start"}
        return answer, facts


def _starts_and_ends(output: Any, batch: encoders.Batch) -> list[Row]:
    """Raw start and end outputs of each line, 2 x tokens, without those of padding."""
    starts, ends = output.start_logits.float().cpu().numpy(), output.end_logits.float().cpu().numpy()
    return [np.stack([starts[line, :size], ends[line, :size]]) for line, size in enumerate(batch.lengths.tolist())]
