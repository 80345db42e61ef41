"""CoNLL columns: words and predicted tags, sentence by sentence; the first difference from the split is reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize

import msgspec

from benchwright.data.api import DOCSTART, cells_of, first_row, is_comment
from benchwright.errors import PredictionsError
from benchwright.tags import detect_scheme
from benchwright.types import Example, ModelRef, TaggingTask, Task

from .rows import PredictionRow, lines_of, shown

_EXPECTED = "the words of the split, in its order: a word and its tag in a line, a blank line between sentences"
_EXPECTED_WORDS = "`words` as the split has them, one tag for each"
_BY_POSITION = "if the tagger spells words otherwise, ?words=ignore takes its tags by position"
_HINT = "check that the file answers this split, and that no sentence was cut, joined or left out"


def read_columns(text: str, name: str) -> Iterator[PredictionRow]:
    """Sentences in order: the word in the first column, the prediction in the last.

    Lines are read as those of gold files in columns are: cells are parted by one TAB where a line holds one, else by blanks; a
    line of nothing but white space ends a sentence, and so does a ``-DOCSTART-`` line; comments before a sentence are no words.

    Raises:
        PredictionsError: A line has a single column, another number of them than the first, or an empty cell (line named).
    """
    lines = list(lines_of(text))
    width = len(first_row([line for _, line in lines]))
    scheme = detect_scheme(cells[-1] for _, line in lines if (cells := _cells(line)) and len(cells) == width) or "BIOES"
    words: list[str] = []
    tags: list[str] = []
    places: list[int] = []
    index, first = 0, (0, 0)
    for number, line in [*lines, (0, "")]:
        cells = _cells(line)
        if cells and not words and is_comment(line, width=width, tag=width - 1, scheme=scheme):
            continue
        if cells and cells[0] != DOCSTART:
            first = first if first[0] else (number, len(cells))
            _check_cells(cells, first, f"{name}, line {number}")
            words.append(cells[0])
            tags.append(cells[-1])
            places.append(number)
        elif words:
            yield PredictionRow(fields={"words": words, "tags": tags}, line=places[0], lines=tuple(places), place=index)
            words, tags, places, index = [], [], [], index + 1


def _cells(line: str) -> list[str]:
    return cells_of(line) if line.strip() else []


def _check_cells(cells: Sequence[str], first: tuple[int, int], where: str) -> None:
    if len(cells) < 2:
        raise PredictionsError(
            f"{where}: a single column",
            expected="a word first and its predicted tag last",
            hint="write every word, a blank and its predicted tag on a line of their own",
        )
    if len(cells) != first[1]:
        raise PredictionsError(
            f"{where}: {len(cells)} columns",
            expected=f"{first[1]}, as in line {first[0]}",
            hint="mend that line; a blank line ends a sentence",
        )
    if not cells[-1]:
        raise PredictionsError(
            f"{where}: an empty cell",
            expected="a word first and its predicted tag last",
            hint="mend that line; a blank line ends a sentence",
        )


def check_sentences(rows: Sequence[PredictionRow], items: Sequence[Example], name: str) -> None:
    """Raise unless the sentences of a file in columns are those of the split, word by word.

    Raises:
        PredictionsError: Names the first place where file and split part.
    """
    for row, example in zip(rows, items, strict=False):
        check_words(row, example, name)
    if len(rows) < len(items):
        others = f" and {len(items) - len(rows) - 1} more are" if len(items) - len(rows) > 1 else " is"
        given = f"{name} ends after {len(rows)} sentences: {items[len(rows)].id} ({_opening(items[len(rows)])})"
        raise PredictionsError(f"{given}{others} missing", expected=_EXPECTED, hint=_HINT)
    if len(rows) > len(items):
        extra = rows[len(items)]
        raise PredictionsError(
            f"{name}, line {extra.line}: a sentence more than the {len(items)} of the split",
            expected=_EXPECTED,
            hint=_HINT,
        )


def check_words(row: PredictionRow, example: Example, name: str) -> None:
    """Raise unless the words that a row gives are those of the example; names line, word and what stands there.

    Raises:
        PredictionsError: As said.
    """
    words, given = list(next(iter(example.inputs.values()))), row.fields["words"]
    if given == words:
        return
    both = min(len(words), len(given))
    at = next((place for place in range(both) if words[place] != given[place]), both)
    if at == len(given):
        what = f"the sentence ends after {at} words; {example.id} goes on with {shown(words[at])}"
        place = at - 1
    elif at == len(words):
        what = f"the sentence goes on with {shown(given[at])} after the {at} words of {example.id}"
        place = at
    else:
        what = f"the word {shown(given[at])}, where {example.id} has {shown(words[at])} (its word {at + 1})"
        if given[at] != words[at] and normalize("NFC", str(given[at])) == normalize("NFC", str(words[at])):
            what += f"; the same in another Unicode normal form ({given[at]!a}, {words[at]!a})"
        place = at
    expected = _EXPECTED if row.lines else _EXPECTED_WORDS
    hint = _HINT if len(given) != len(words) else f"{_HINT}; {_BY_POSITION}"
    raise PredictionsError(f"{name}, line {row.line_of(place)}: {what}", expected=expected, hint=hint)


def _opening(example: Example) -> str:
    words = [str(word) for word in next(iter(example.inputs.values()))]
    return " ".join(words[:5]) + (" ..." if len(words) > 5 else "")


@dataclass
class WordSpellings:
    """What `?words=` says, and the words that were found to differ.

    Attributes:
        ignored: Whether words may differ from those of the split.
        differing: Words that did.
        total: Words of the rows that hold any.
        first: The first of them, with its line.
    """

    ignored: bool = False
    differing: int = 0
    total: int = 0
    first: str = ""

    @staticmethod
    def of(model: ModelRef, task: Task) -> WordSpellings:
        """As the option says; raises PredictionsError for another value than `ignore`, and where there are no words."""
        given = model.options.get("words")
        if given is None:
            return WordSpellings()
        if not isinstance(task, TaggingTask):
            raise PredictionsError(f"?words= means nothing for {task.name} ({task.kind})", hint="leave it out")
        if given.strip().lower() != "ignore":
            raise PredictionsError(
                f"?words={shown(given)}", expected="ignore", hint="?words=ignore, or leave it out to have words checked"
            )
        return WordSpellings(ignored=True)

    def as_in_split(
        self, pairs: Iterable[tuple[PredictionRow, Example]], rows: Sequence[PredictionRow], name: str
    ) -> list[PredictionRow]:
        """The rows, in the order of the pairs and then what is left of them, with the words of the split where they have as
        many; a sentence of another length is left for the check of words.
        """
        if not self.ignored:
            return list(rows)
        found = [self._one(row, example, name) for row, example in pairs]
        return [*found, *rows[len(found) :]]

    def _one(self, row: PredictionRow, example: Example, name: str) -> PredictionRow:
        given, words = row.fields.get("words"), list(next(iter(example.inputs.values())))
        if not isinstance(given, list) or len(given) != len(words):
            return row
        self.total += len(words)
        others = [at for at, (one, other) in enumerate(zip(given, words, strict=True)) if one != other]
        if others and not self.first:
            at = others[0]
            self.first = f"{shown(given[at])} for {shown(words[at])} in {name}, line {row.line_of(at)}"
        self.differing += len(others)
        return msgspec.structs.replace(row, fields={**row.fields, "words": words})

    @property
    def notes(self) -> tuple[str, ...]:
        """How many words differ, where any do."""
        if not self.differing:
            return ()
        counted = (
            f"{self.differing:,} of {self.total:,} words are spelled otherwise than in the data (first {self.first})"
        )
        return (f"{counted}: tags go by position, as ?words=ignore says",)
