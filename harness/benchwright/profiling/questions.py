"""Questions to an open model: inputs by their numbers, answered on the host, counted and checked."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.errors import BenchwrightError
from benchwright.types import Example, Prediction, Session


class ModelBroken(Exception):
    """The model cannot be opened or does not answer; the text is the reason."""


class Questions:
    """What asks a session; called with the numbers of inputs, it gives the tokens that the model read (0: it does not say).

    Args:
        session: The open model.
        inputs: What the numbers stand for.

    Attributes:
        asked: Inputs that were asked.
        unanswered: Of them those that the model had no answer to.
        problem: What it said of the last of these.
    """

    def __init__(self, session: Session, inputs: Sequence[Example]) -> None:
        self._predict, self._inputs = session.predict, inputs
        self.asked = self.unanswered = 0
        self.problem = ""

    def __call__(self, numbers: Sequence[int]) -> int:
        """Tokens that the model read. Raises ModelBroken where it fails."""
        inputs = self._inputs
        examples = [inputs[number] for number in numbers]
        try:
            found = self._predict(examples)
        except BenchwrightError:
            raise
        except Exception as error:
            raise ModelBroken(f"the model fails on example {examples[0].id}: {told(error)}") from error
        return self._count(found, examples)

    def check_first(self) -> None:
        """Raises ModelBroken where none of the inputs that were asked so far was answered."""
        if self.unanswered == self.asked:
            raise ModelBroken(f"the model has no answer: {self.problem}")

    @property
    def note(self) -> str:
        """How many inputs had no answer, which may take another time than an answer; empty: all had one."""
        if not self.unanswered:
            return ""
        return f"{self.unanswered:,} of {self.asked:,} inputs had no answer: {self.problem}"

    def _count(self, found: Sequence[Prediction], examples: Sequence[Example]) -> int:
        if len(found) != len(examples):
            raise ModelBroken(f"the adapter returned {len(found)} predictions for {len(examples)} examples")
        self.asked += len(found)
        tokens = 0
        for prediction in found:
            if prediction.error is not None:
                self.unanswered += 1
                self.problem = prediction.error
            read = prediction.extra.get("tokens", 0)
            tokens += read if isinstance(read, int) else 0
        return tokens


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, of the host or of the device: torch's error is known by its name, since torch may not be here."""
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"


def told(error: BaseException) -> str:
    """What was thrown, in one line."""
    text = str(error).strip().splitlines()
    if is_out_of_memory(error):
        said = f" ({text[0]})" if text else ""
        return f"it does not fit into memory{said}; next: a smaller model or batch, or more memory"
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
