"""Progress of a run: a bar on a terminal, plain lines in logs, nothing with ``--quiet``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from benchwright import formatting
from benchwright.console import note, stream
from benchwright.inert import inert
from benchwright.items import count
from benchwright.types import CellPlace, PlannedCell

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from benchwright.execution.outcome import Outcome

_QUIET_SECONDS = 5.0
"""Without a terminal, a progress line at most this often."""
_DRAWING_SECONDS = 0.1
"""On a terminal, drawn at most this often."""
_LONGEST = 30
"""Characters of a model's name beside what is measured of it."""
_TELLING_SECONDS = 1.0
"""Before so much time has passed, a rate says nothing."""


def progress(*, quiet: bool) -> Any:
    """A context manager that shows the progress of a run."""
    from contextlib import nullcontext

    if quiet:
        from benchwright.execution.outcome import NoProgress

        return nullcontext(NoProgress())
    return BarProgress() if stream("stderr").isatty() else PlainProgress()


@contextmanager
def counting(what: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Shows how far one piece of work is that is no cell of a run; yields what is told how much is done, of how much.

    Args:
        what: What is done, in a few words.
        quiet: Whether nothing is shown.
    """
    if quiet:
        yield lambda done, total: None  # noqa: ARG005 - nothing is shown
        return
    with BarProgress() if stream("stderr").isatty() else PlainProgress() as shown:
        if isinstance(shown, PlainProgress):
            shown.told = time.monotonic()

        def tell(done: int, total: int) -> None:
            _switch(shown, what, done, total)
            if isinstance(shown, PlainProgress):
                shown._say_now_and_then(f"{what}: ")  # noqa: SLF001 - of this module
            else:
                shown._draw(what)  # noqa: SLF001 - of this module

        yield tell


@dataclass
class Pace:
    """Amount done, rate and time left of one piece of work; earlier progress does not count for the rate."""

    total: int = 0
    done: int = 0
    fresh: int = 0
    began: float = 0.0

    @classmethod
    def begin(cls, total: int, done: int = 0) -> Self:
        """A piece of work that begins now, ``done`` of it finished earlier."""
        return cls(total=total, done=done, began=time.monotonic())

    def reach(self, done: int) -> None:
        """So much is done now."""
        self.fresh += max(0, done - self.done)
        self.done = done

    @property
    def rate(self) -> float | None:
        """Per second; None before it can be told."""
        spent = time.monotonic() - self.began
        return self.fresh / spent if self.fresh and spent >= _TELLING_SECONDS else None

    @property
    def rate_text(self) -> str:
        """``123/s``; ``0.42/s`` below ten."""
        rate = self.rate
        return "" if rate is None else formatting.value(rate, "per_second")

    @property
    def left_text(self) -> str:
        """``12 s left``; empty before it can be told."""
        rate = self.rate
        return "" if not rate else f"{_clock((self.total - self.done) / rate)} left"


@dataclass
class FinishedProfiles:
    """Hardware profiles of a model on a task that are finished, which are told in one line: they were measured in one process."""

    place: str = ""
    scenarios: tuple[str, ...] = ()
    seconds: float = 0.0

    def add(self, cell: PlannedCell, outcome: Outcome) -> str:
        """One more; the line of those before where it is of another model or task, else an empty text."""
        place = _measured(cell)
        told = self.told() if place != self.place else ""
        self.place = place
        self.scenarios = (*self.scenarios, _scenario(cell))
        self.seconds += outcome.seconds or 0.0
        return told

    def told(self) -> str:
        """The line of all that were added and not told yet; empty where there is none."""
        if not self.scenarios:
            return ""
        line = f"{self.place}: {', '.join(self.scenarios)} done in {formatting.seconds(self.seconds)}"
        self.scenarios, self.seconds = (), 0.0
        return line


class PlainProgress:
    """Plain lines for logs: a cell begins, how far it is now and then, how it ended."""

    def __init__(self) -> None:
        self.pace = self.answered = Pace()
        self.what = ""
        self.told = 0.0
        self.measured: CellPlace | None = None
        self.finished = FinishedProfiles()

    def start(self, cell: PlannedCell, total: int, done: int) -> None:
        """A cell begins."""
        self._say_finished(self.finished.told())
        self.told = time.monotonic()
        self.pace = self.answered = Pace.begin(total, done)
        self.what = ""
        earlier = f", {done:,} finished earlier" if done else ""
        note(f"{cell.model.name} on {cell.task_path}: {_amount(cell, total)}{earlier}")

    def advance(self, cell: PlannedCell, examples: int) -> None:
        """More examples are finished."""
        self.pace, self.what = self.answered, ""
        self.pace.reach(self.pace.done + examples)
        if self.pace.done < self.pace.total:
            self._say_now_and_then("explained " if cell.is_explanation else "", " items" if cell.is_explanation else "")

    def tell(self, cell: PlannedCell, what: str, done: int, total: int) -> None:
        """Something long besides predicting goes on: training. A new piece of it has a pace of its own."""
        _switch(self, what, done, total)
        self._say_now_and_then(f"{what}: ")

    def measure(self, cell: PlannedCell, what: str, left: float | None) -> None:
        """A step of a hardware profile begins: a line for the profile, then one now and then."""
        self.pace, self.what = Pace(), ""
        if left is None:
            note(f"{_measured(cell)}: {what}")
            return
        now = time.monotonic()
        self._say_finished(self.finished.told() if self.measured != cell.place else "")
        if self.measured != cell.place:
            self.measured = cell.place
        elif now - self.told < _QUIET_SECONDS:
            return
        self.told = now
        note(f"{_measured(cell)}: {what}, about {_clock(left)} left")

    def finish(self, cell: PlannedCell, outcome: Outcome) -> None:
        """A cell ends; profiles of one model and task are told together."""
        if cell.is_hardware and not outcome.reason:
            self._say_finished(self.finished.add(cell, outcome))
            return
        scenario = f"{_scenario(cell)} " if cell.is_hardware else ""
        if cell.is_explanation and outcome.reason:  # it may have failed before it began
            scenario = f"{_place(cell)}: "
        done = f"done in {formatting.seconds(outcome.seconds)}"
        note(f"  {scenario}FAILED: {outcome.reason}" if outcome.reason else f"  {done}")

    def _say_finished(self, line: str) -> None:
        if line:
            note(line)

    def _say_now_and_then(self, what: str, noun: str = "") -> None:
        now = time.monotonic()
        if now - self.told < _QUIET_SECONDS:
            return
        self.told = now
        parts = [f"{what}{self.pace.done:,} of {self.pace.total:,}{noun}", self.pace.rate_text, self.pace.left_text]
        note("  " + ", ".join(part for part in parts if part))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._say_finished(self.finished.told())


class BarProgress:
    """One bar for terminals: what goes on now, how far it is, its rate and the time left; finished cells are lines above it."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn
        from rich.table import Column

        self.bar: Bar = Progress(
            TextColumn(
                "{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)
            ),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[count]}", markup=False),
            TextColumn("{task.fields[rate]}", markup=False),
            TextColumn("{task.fields[left]}", markup=False),
            console=Console(file=stream("stderr")),
            expand=True,
            transient=True,
            auto_refresh=False,  # a thread that draws ten times a second would take the processor from a model under the clock
        )
        self.drawn = self.measuring = 0.0
        self.finished = FinishedProfiles()
        self.row = self.bar.add_task("", total=None, count="", rate="", left="")
        self.pace = self.answered = Pace()
        self.what = self.noun = ""

    def start(self, cell: PlannedCell, total: int, done: int) -> None:
        """A cell begins."""
        self._print(self.finished.told())
        self.pace = self.answered = Pace.begin(total, done)
        self.what = ""
        self.noun = " items" if cell.is_explanation else ""
        self._draw(_place(cell))

    def advance(self, cell: PlannedCell, examples: int) -> None:
        """More examples are finished."""
        self.pace, self.what = self.answered, ""
        self.pace.reach(self.pace.done + examples)
        self._draw(_place(cell))

    def tell(self, cell: PlannedCell, what: str, done: int, total: int) -> None:
        """Something long besides predicting goes on: training. The bar is its as long as it lasts."""
        _switch(self, what, done, total)
        self._draw(f"{_place(cell)}: {inert(what)}")

    def measure(self, cell: PlannedCell, what: str, left: float | None) -> None:
        """A step of a hardware profile begins: drawn once, and then the bar stands still."""
        if _measured(cell) != self.finished.place:
            self._print(self.finished.told())
        self.measuring = max(self.measuring, left or 0.0)
        self.bar.update(
            self.row,
            description=inert(f"{_measured(cell)}: {what}"),
            total=self.measuring or None,
            completed=0.0 if left is None else self.measuring - left,
            count="",
            rate="",
            left="" if left is None else f"about {_clock(left)} left",
        )
        self.bar.refresh()

    def finish(self, cell: PlannedCell, outcome: Outcome) -> None:
        """A cell ends: a line above the bar."""
        if cell.is_hardware and not outcome.reason:
            self._print(self.finished.add(cell, outcome))
            return
        told = f"FAILED: {inert(outcome.reason)}" if outcome.reason else formatting.seconds(outcome.seconds)
        place = inert(f"{_measured(cell)}, {_scenario(cell)}") if cell.is_hardware else _place(cell)
        self._print(f"{place}: {told}")

    def _print(self, line: str) -> None:
        if line:
            self.bar.console.print(inert(line), markup=False, highlight=False)

    def _draw(self, what: str) -> None:
        pace = self.pace
        now = time.monotonic()
        self.bar.update(
            self.row,
            description=what,
            total=pace.total or None,
            completed=pace.done,
            count=f"{pace.done:,}/{pace.total:,}{'' if self.what else self.noun}" if pace.total else "",
            rate=pace.rate_text,
            left=pace.left_text,
        )
        if now - self.drawn >= _DRAWING_SECONDS or not pace.fresh:
            self.drawn = now
            self.bar.refresh()

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._print(self.finished.told())
        self.bar.stop()


def _switch(shown: PlainProgress | BarProgress, what: str, done: int, total: int) -> None:
    """Go on with the piece of work, or begin a new one; what stands behind a comma (the epoch) begins none."""
    piece = what.partition(",")[0]
    if piece != shown.what or total != shown.pace.total:
        shown.what, shown.pace = piece, Pace.begin(total, done)
    shown.pace.reach(done)
    if not shown.answered.fresh:
        shown.answered.began = time.monotonic()  # training is no part of the rate of predicting


def _amount(cell: PlannedCell, total: int) -> str:
    """What a cell is about: ``357 examples``, ``50 items to explain``."""
    if not cell.is_explanation:
        return f"{total:,} examples"
    return f"{count(total, 'item')} to explain" if total else "nothing to explain"


def _place(cell: PlannedCell) -> str:
    return inert(f"{cell.model.name} on {cell.task_path}")


def _measured(cell: PlannedCell) -> str:
    """A model and the task whose texts it is measured on, short enough that what goes on stands beside it."""
    return f"{formatting.clip_middle(cell.model.name, _LONGEST)} on {cell.task_path.rpartition('@')[2]}"


def _scenario(cell: PlannedCell) -> str:
    """How queries arrive: ``single stream``."""
    return cell.view.profile.scenario.replace("_", " ") if cell.view and cell.view.profile else ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
