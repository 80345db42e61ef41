"""Inputs of a given length: real texts of the task, cut or joined until the model counts as many tokens as were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from benchwright.profiling.length_counter import LengthCounter
from benchwright.types import ChoiceTask, Describes, Example, FillTask, Session, SpanTask, TaggingTask, Task

_FILLERS = 400
"""Words that are tried as ones which add a single token."""

_TRIES = 4
"""How often other words are tried where the last tokens do not come out."""

_ROUNDS = 3
"""How often as many inputs as were asked for are tried to be made."""

_MASK = "{mask}"


@dataclass(frozen=True, kw_only=True)
class GivenLength:
    """Inputs of one length.

    Attributes:
        examples: Distinct, without targets; each has ``length`` tokens. None where that length is out of reach.
        length: Tokens to an input as the model counts them: special ones included, all rows of an input together. Words where it
            counts no tokens.
        counted: ``tokens`` or ``words``.
        note: What a reader must know: fewer inputs than asked for, a length out of reach, words in place of tokens.
    """

    examples: tuple[Example, ...]
    length: int
    counted: str = "tokens"
    note: str = ""


def inputs_of_length(
    session: Session, task: Task, examples: Sequence[Example], *, length: int, count: int, seed: int = 0
) -> GivenLength:
    """Up to ``count`` distinct inputs of exactly ``length`` tokens, made of the texts of a task.

    A text that is too long is cut behind a word; one that is too short is joined with the texts after it in a shuffled order. Tokens
    that are then missing are filled with words of the same texts which are one token each. Beside a long text a short one (a
    question, a hypothesis) stays as it is, as long as it takes no more than a third.

    Args:
        session: Counts tokens (`CountsWork`), or tells them in ``Prediction.extra["tokens"]``; else words are counted.
        task: Whose inputs these are.
        examples: Real ones, distinct.
        length: Tokens to an input.
        count: How many are wanted.
        seed: Of the order of the texts.
    """
    counter = LengthCounter(session)
    form = _form(task)
    counted = "tokens" if counter.has_tokens(examples[:1]) else "words"
    if form is None or not examples:
        why = (
            "there is no text"
            if not examples
            else f"an item of kind {task.kind} is read in rows that its options decide"
        )
        return GivenLength(examples=(), length=length, counted=counted, note=f"no inputs of {length} {counted}: {why}")
    made = _Maker(task, form, counter, examples, length=length, seed=seed).make(count)
    limit = session.settings.get("max_length", "") if isinstance(session, Describes) else ""
    told = [
        _too_few(len(made), count, f"{length} {counted}", reached=counter.longest >= length, limit=limit),
        "lengths are in words: the model does not say how many tokens it reads" if counted == "words" else "",
        f"inputs of {length} tokens are read in several windows of at most {limit}"
        if made and limit and length > int(limit) and isinstance(task, SpanTask | TaggingTask)
        else "",
    ]
    return GivenLength(examples=tuple(made), length=length, counted=counted, note="; ".join(filter(None, told)))


def _too_few(made: int, wanted: int, what: str, *, reached: bool, limit: str) -> str:
    """Why there are fewer inputs than were asked for; empty: there are not."""
    if made:
        return f"{made} distinct inputs of {what} where {wanted} were asked for" if made < wanted else ""
    if reached:
        return f"no inputs of {what} can be made of these texts: they come out shorter or longer"
    most = f"the model reads at most {limit}" if limit else "all of them together are shorter"
    return f"no inputs of {what} can be made of these texts: {most}"


@dataclass(frozen=True, kw_only=True)
class _Form:
    """Which input is cut and joined, and what must stay in it.

    Attributes:
        free: Name of that input.
        fixed: Names of other texts.
        listed: Whether it is a list of words.
        marker: What it must hold, which then begins it; empty: nothing.
        options: Name of a list whose members may each take one word more; empty: there is none.
    """

    free: str
    fixed: tuple[str, ...] = ()
    listed: bool = False
    marker: str = ""
    options: str = ""


def _form(task: Task) -> _Form | None:
    """How inputs of a task are lengthened; None where their length is no choice of ours."""
    names = tuple(task.inputs)
    if isinstance(task, TaggingTask):
        return _Form(free=names[0], listed=True)
    if isinstance(task, FillTask):
        return _Form(free="text", marker=_MASK) if "text" in names else None
    if isinstance(task, ChoiceTask):
        *texts, options = names
        if not texts:
            return None
        marker = task.placeholder if len(texts) == 1 else ""
        return _Form(free=texts[0], fixed=tuple(texts[1:]), marker=marker, options=options)
    return _Form(free=names[-1], fixed=names[:-1])


class _Maker:
    """Makes inputs of one length."""

    def __init__(
        self,
        task: Task,
        form: _Form,
        count: Callable[[Sequence[Example]], list[int]],
        examples: Sequence[Example],
        *,
        length: int,
        seed: int,
    ) -> None:
        self._task, self._form, self._count, self._length = task, form, count, length
        self._draw = np.random.default_rng(seed)
        self._examples = [examples[at] for at in self._draw.permutation(len(examples))]
        self._texts = [_words_of(one.inputs[form.free]) for one in self._examples]

    def make(self, count: int) -> list[Example]:
        """Distinct inputs that have the length exactly, as far as there are."""
        found: dict[bytes, Example] = {}
        wanted = count + max(2, count // 8)  # some come out equal, some cannot be filled
        for first in range(0, _ROUNDS * wanted, wanted):
            drafts = [self._draft(number) for number in range(first, first + wanted)]
            sizes = self._first_that_reaches(drafts)
            for example in self._fill(
                [(one, size) for one, size in zip(drafts, sizes, strict=True) if size is not None]
            ):
                found.setdefault(msgspec.json.encode(example.inputs), example)
            if len(found) >= count or not any(sizes):
                break
        return list(found.values())[:count]

    def _draft(self, number: int) -> _Draft:
        """An example and the words that its text may take: its own, then those of the texts after it, all around once."""
        turn, at = divmod(number, len(self._examples))
        example = self._examples[at]
        fixed = {name: self._shortened(example.inputs[name]) for name in self._form.fixed}
        stream: list[str] = []
        marker = self._form.marker
        own = self._texts[at]
        if marker:
            place = next((spot for spot, word in enumerate(own) if marker in word), 0)
            own = own[place:]
        else:
            own = own[turn % max(1, len(own)) :]  # an example that comes again begins later
        for step in range(
            len(self._texts)
        ):  # which texts follow is another choice each time that the example comes again
            stream += own
            if len(stream) > self._length:
                break
            own = [
                word
                for word in self._texts[(at + turn + step + 1) % len(self._texts)]
                if not marker or marker not in word
            ]
        return _Draft(example=example, fixed=fixed, stream=stream[: self._length + 1], form=self._form, number=number)

    def _shortened(self, text: Any) -> Any:
        """A text beside the one that is lengthened, cut where it would take more than a third."""
        if not isinstance(text, str) or self._form.marker:
            return text
        words = text.split()
        most = max(1, self._length // 3)
        marked = self._task.placeholder and self._task.placeholder in text
        return text if len(words) <= most or marked else " ".join(words[:most])

    def _first_that_reaches(self, drafts: Sequence[_Draft]) -> list[int | None]:
        """For each draft the least number of words with at least the length, or None; a binary search of all of them at once."""
        full = self._count([draft.example_of(len(draft.stream)) for draft in drafts])
        low = [1] * len(drafts)
        high = [len(draft.stream) if size >= self._length else 0 for draft, size in zip(drafts, full, strict=True)]
        while True:
            open_ones = [at for at in range(len(drafts)) if low[at] < high[at]]
            if not open_ones:
                break
            middle = [(low[at] + high[at]) // 2 for at in open_ones]
            sizes = self._count([drafts[at].example_of(words) for at, words in zip(open_ones, middle, strict=True)])
            for at, words, size in zip(open_ones, middle, sizes, strict=True):
                if size >= self._length:
                    high[at] = words
                else:
                    low[at] = words + 1
        return [words or None for words in high]

    def _fill(self, found: list[tuple[_Draft, int]]) -> list[Example]:
        """Those that have the length already, and those that do with words of one token in place of the last word."""
        if not found:
            return []
        exact = self._count([draft.example_of(words) for draft, words in found])
        done = [
            draft.example_of(words) for (draft, words), size in zip(found, exact, strict=True) if size == self._length
        ]
        rest = [(draft, words - 1) for (draft, words), size in zip(found, exact, strict=True) if size > self._length]
        rest = [(draft, words) for draft, words in rest if words >= 1]
        fillers, step = self._fillers(found[0][0]) if rest else ([], 1)
        if not fillers:
            return done
        short = self._count([draft.example_of(words) for draft, words in rest])
        for _ in range(_TRIES):
            tried = [
                draft.example_of(words, self._drawn(fillers, (self._length - size) // step))
                for (draft, words), size in zip(rest, short, strict=True)
            ]
            sizes = self._count(tried) if tried else []
            done += [example for example, size in zip(tried, sizes, strict=True) if size == self._length]
            kept = [at for at, size in enumerate(sizes) if size != self._length]
            rest, short = [rest[at] for at in kept], [short[at] for at in kept]
        return done

    def _fillers(self, draft: _Draft) -> tuple[list[str], int]:
        """Words of these texts that add the fewest tokens, as far as a look at some of them shows, and how many these are: one, or as
        many as there are rows that hold the text.
        """
        words = sorted({word for text in self._texts for word in text if word.isalpha()})
        if len(words) > _FILLERS:
            words = [words[at] for at in sorted(self._draw.choice(len(words), _FILLERS, replace=False))]
        base = min(2, len(draft.stream))
        before = self._count([draft.example_of(base)])[0]
        added = [size - before for size in self._count([draft.example_of(base, [word]) for word in words])]
        least = min((one for one in added if one > 0), default=1)
        return [word for word, one in zip(words, added, strict=True) if one == least], least

    def _drawn(self, fillers: Sequence[str], missing: int) -> list[str]:
        return [fillers[at] for at in self._draw.integers(len(fillers), size=max(0, missing))]


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """An example in the making: what stays of it, and the words that its text may take."""

    example: Example
    fixed: dict[str, Any]
    stream: list[str]
    form: _Form
    number: int

    def example_of(self, words: int, extra: Sequence[str] = ()) -> Example:
        """The example with so many words of its stream, and words beside: at the end of its text, or of its options in turn, each of
        which is read in a row of its own.
        """
        form = self.form
        inputs = {**self.example.inputs, **self.fixed}
        taken = self.stream[:words]
        if form.options:
            options = [str(option) for option in inputs[form.options]]
            for at, word in enumerate(extra):
                options[at % len(options)] += f" {word}"
            inputs[form.options] = options
        else:
            taken = [*taken, *extra]
        inputs[form.free] = taken if form.listed else " ".join(taken)
        return Example(id=f"{self.example.id}/{self.number}", index=self.number, inputs=inputs)


def _words_of(value: Any) -> list[str]:
    return value.split() if isinstance(value, str) else [str(word) for word in value]
