"""What is asked of a report, checked as a whole before anything is read for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.paths import exists, expanded, is_file
from benchwright.types import ReportOptions

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRequest:
    """What a user says of a report beside its runs.

    Attributes:
        notes: Markdown texts, or paths of files with them.
        max_examples: Most examples of a task; None: what the format shows by itself.
        history: Whether values of earlier runs of the store are shown.
        meanwhile: What is told of an unfinished run that the page is written anew for.
        reload: Seconds after which such a page asks for its next form; 0: never.
    """

    models: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    title: str | None = None
    author: str = ""
    notes: tuple[str | Path, ...] = ()
    inputs: bool = True
    max_examples: int | None = None
    baselines: tuple[str, ...] = ()
    against: str | None = None
    history: bool = False
    meanwhile: tuple[str, ...] = ()
    reload: int = 0


class Problems(list[BenchwrightError]):
    """Mistakes of one request, told together."""

    def keep(self, find: Callable[[], T]) -> T | None:
        """What is found, or None where it is a mistake, which is kept."""
        try:
            return find()
        except BenchwrightError as error:
            self.append(error)
        return None

    def tell(self) -> None:
        """Raise what was kept: one error as it is, several as one ConfigError."""
        if len(self) == 1:
            raise self[0]
        if self:
            every = [one for error in self for one in (error.problems if isinstance(error, ConfigError) else [error])]
            raise ConfigError(every, where="what was asked of the report")


def read_options(request: ReportRequest, problems: Problems) -> ReportOptions:
    """The options of a request, its notes read; what is wrong with them is added to ``problems``."""
    from benchwright.render.notes import LARGEST, find_problem

    notes = [text for note in request.notes if (text := problems.keep(partial(_read, note))) is not None]
    problem = find_problem(notes)
    if problem:
        problems.append(
            BenchwrightError(problem, expected=f"at most {LARGEST:,} bytes of plain Markdown", hint=_SHORTER)
        )
    if request.max_examples is not None and request.max_examples < 0:
        problems.append(
            BenchwrightError(
                f"--max-examples {request.max_examples} is negative",
                expected="a whole number from 0",
                hint="--max-examples 0 shows none",
            )
        )
    return ReportOptions(
        title=request.title,
        author=request.author,
        notes=tuple(notes),
        inputs=request.inputs,
        max_examples=request.max_examples,
        baselines=request.baselines,
        against=request.against,
        history=request.history,
        meanwhile=request.meanwhile,
        reload=request.reload,
    )


_SHORTER = "shorten it, or put the long text into a file of its own and link to it"


def _read(note: str | Path) -> str:
    text = note if isinstance(note, str) else _read_file(note)
    if not text.strip():
        what = "a note" if isinstance(note, str) else f"the note {str(note)!r}"
        raise BenchwrightError(
            f"{what} is empty", expected="what you want to say", hint="write it, or leave --note out"
        )
    return text


def _read_file(note: Path) -> str:
    from benchwright.render.notes import LARGEST

    path = expanded(note)
    what = f"the note {str(note)!r}"
    if not is_file(path):
        found = "is no file" if exists(path) else "is not there"
        raise BenchwrightError(
            f"{what} {found}",
            expected="--note FILE.md, a file of Markdown",
            hint="name a file that is there, or leave --note out",
        )
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise BenchwrightError(
            f"{what} cannot be read: {error.strerror}",
            expected="a file that you may read",
            hint="let yourself read it, or leave --note out",
        ) from error
    if len(data) > LARGEST:
        raise BenchwrightError(
            f"{what} has more than {LARGEST:,} bytes", expected=f"at most {LARGEST:,}", hint=_SHORTER
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BenchwrightError(
            f"{what} is not UTF-8: byte {error.start + 1} is 0x{data[error.start]:02x}",
            expected="a text file in UTF-8",
            hint="save it as UTF-8",
        ) from error
