"""Questions to an open model: queries by their number, answered on the host, checked and counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchwright.errors import BenchwrightError
from benchwright.profiling.meters import memory_there
from benchwright.types import Example, Prediction, Session

Query = Sequence[Example]


class ModelBroken(Exception):
    """The model cannot be opened or does not answer; the text is the reason."""


class Questions:
    """What asks a session and counts what it answered.

    Args:
        session: The open model.
        device: That it runs on.

    Attributes:
        asked: Inputs that were asked.
        tokens: That the model read in them; 0: it does not say.
        unanswered: Inputs that the model had no answer to.
        problem: What it said of the last of these.
    """

    def __init__(self, session: Session, device: str = "cpu") -> None:
        self._predict, self._device = session.predict, device
        self.asked = self.tokens = self.unanswered = 0
        self.problem = ""

    def of(self, queries: Sequence[Query], first: int = 0) -> Callable[[int], None]:
        """What asks query ``first`` + number of a cycle of queries. Raises ModelBroken where the model fails."""
        count = len(queries)

        def ask(number: int) -> None:
            self.ask(queries[(first + number) % count])

        return ask

    def ask(self, query: Query) -> None:
        """Ask one query. Raises ModelBroken where the model fails."""
        try:
            found = self._predict(query)
        except BenchwrightError:
            raise
        except Exception as error:
            raise ModelBroken(f"the model fails on example {query[0].id}: {told(error, self._device)}") from error
        self._count(found, query)

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

    def _count(self, found: Sequence[Prediction], query: Query) -> None:
        if len(found) != len(query):
            raise ModelBroken(f"the adapter returned {len(found)} predictions for {len(query)} examples")
        self.asked += len(found)
        for prediction in found:
            if prediction.error is not None:
                self.unanswered += 1
                self.problem = prediction.error
            read = prediction.extra.get("tokens", 0)
            if isinstance(read, int):
                self.tokens += read


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, of the host or of the device: torch's error is known by its name, since torch may not be here."""
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"


def told(error: BaseException, device: str = "cpu") -> str:
    """What was thrown, in one line; where memory ran out with what there is of it."""
    text = str(error).strip().splitlines()
    if is_out_of_memory(error):
        said = f" ({text[0]})" if text else ""
        there = memory_there(device)
        return (
            f"it does not fit into memory{said}{there and f': {there}'}; next: a smaller model or batch, or more memory"
        )
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
