"""A report that is written anew while its runs go on: when what is stored of them has changed, and until they are finished."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec

from benchwright import reporting
from benchwright.errors import BenchwrightError, StoreError
from benchwright.formatting import seconds as time_text
from benchwright.formatting import value
from benchwright.items import count
from benchwright.paths import exists
from benchwright.report_request import Problems, ReportRequest, read_options
from benchwright.store import Store
from benchwright.task_path import is_hardware_view
from benchwright.types import Run

EVERY = 1.0
"""Seconds between two looks at the store."""

PATIENCE = 600.0
"""Seconds for which a run that is not there yet, or that nobody is at work on, is waited for."""

RELOAD = 10
"""Seconds after which an unfinished page asks for its next form."""

_SHARE = 0.25
"""Most of the time that is spent on pages: the rest of the processor belongs to the run."""

_MOST = 3
"""Most cells that are named as being computed."""

Stamp = tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class RunState:
    """What the store says of a run at one moment.

    Attributes:
        name: Of the run.
        is_there: Whether it has begun.
        complete: Whether it is finished.
        alive: Whether a process is at work on it; None where the system cannot tell.
        done: Results that its file holds.
        total: All that were asked for.
        begun: Cells that are being computed, in words.
        measures: Whether models are still to be timed.
        stamp: Changes whenever what a page would show does.
    """

    name: str
    is_there: bool = False
    complete: bool = False
    alive: bool | None = None
    done: int = 0
    total: int = 0
    begun: tuple[str, ...] = ()
    measures: bool = False
    stamp: Stamp = ()

    @property
    def short(self) -> str:
        """``nightly: 5 of 12 results, 3 being computed``."""
        if not self.is_there:
            return f"{self.name}: not there yet"
        text = f"{self.name}: {self.done:,} of {count(self.total, 'result')}"
        if self.complete:
            return f"{text}, finished"
        if self.alive is False:
            return f"{text}, and no process is at work on it"
        return text + (f", {len(self.begun)} being computed" if self.begun else "")


@dataclass
class _Looker:
    """Looks at one run; its file is read again only when it is another one."""

    store: Store
    name: str
    _file: Stamp = ()
    _run: Run | None = field(default=None)

    def look(self) -> RunState:
        """The state of the run now."""
        path = self.store.run_path(self.name)
        try:
            status = path.stat()
        except OSError:
            return RunState(name=self.name, stamp=("absent",))
        stamp: Stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if stamp != self._file or self._run is None:
            self._run, self._file = self.store.read_run(self.name), stamp
        run = self._run
        alive = False if run.complete else self.store.is_at_work(self.name)
        pending = [cell for cell in run.cells if cell.status == "unfinished"]
        begun = [
            (cell.key, f"{cell.model} on {cell.task_path}")
            for cell in pending
            if alive is not False and cell.key and self._is_begun(cell.key)
        ]
        return RunState(
            name=self.name,
            is_there=True,
            complete=run.complete,
            alive=alive,
            done=len(run.cells) - len(pending),
            total=len(run.cells),
            begun=tuple(text for _, text in begun),
            measures=alive is not False and any(is_hardware_view(cell.task_path) for cell in pending),
            stamp=(*stamp, alive, *(key for key, _ in begun)),
        )

    def _is_begun(self, key: str) -> bool:
        return exists(self.store.cell_folder(key) / "cell.json") and not self.store.is_complete(key)


@dataclass(frozen=True, kw_only=True)
class WatchRequest:
    """What is watched, and what is written.

    Attributes:
        runs: As typed: ``RUN`` or ``RUN:MODEL``.
        output: The file.
        format: Of the report; None: told from the file's name.
        say: Is told what is done and when.
        patience: Seconds for which a run that is not there, or that nobody is at work on, is waited for.
        every: Seconds between two looks.
        pause: How time is passed.
        clock: Seconds from any origin.
    """

    store: Store
    runs: Sequence[str]
    request: ReportRequest
    output: Path
    say: Callable[[str], None]
    format: str | None = None
    patience: float = PATIENCE
    every: float = EVERY
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


def watch(asked: WatchRequest) -> tuple[str, int]:
    """Write the report anew whenever what is stored of its runs has changed, until all are finished.

    The store is looked at every second: the run's file, and which cells are begun. A page is composed only when one of these has
    changed, for at most a quarter of the time, and never while models are being timed, since that would take the processor from them. Each page
    is put in its place whole. The last one is what `report` without watching writes.

    Returns:
        The format and the bytes of the last page.

    Raises:
        BenchwrightError: The request is wrong, or a run was not begun, or nobody was at work on it, for longer than the patience.
        KeyboardInterrupt: With what the file holds.
    """
    if asked.format is None:
        reporting.format_of(asked.output)
    names = list(dict.fromkeys(text.partition(":")[0] for text in asked.runs))
    lookers = [_Looker(asked.store, name) for name in names]
    written = _Written()
    try:
        while True:
            states = [looker.look() for looker in lookers]
            if all(state.complete for state in states):
                return _write(asked, states, written)
            _keep_on(asked, states, written)
            asked.pause(asked.every)
    except KeyboardInterrupt:
        held = f"{asked.output} holds the page of {written.when}" if written.when else f"{asked.output} was not written"
        raise KeyboardInterrupt(f"no longer watching; {held}") from None


def _check(asked: WatchRequest) -> None:
    """Raise what is wrong with the request, before a page is made."""
    problems = Problems()
    runs = [problems.keep(partial(reporting.read_part, asked.store, text)) for text in asked.runs]
    read_options(asked.request, problems)
    there = [run for run in runs if run is not None]
    if len(there) == len(runs):
        problems.keep(lambda: reporting.choose(there, models=asked.request.models, tasks=asked.request.tasks))
    problems.tell()


@dataclass
class _Written:
    """What was written last, and since when nothing changes."""

    stamp: Stamp = ()
    told: str = ""
    when: str = ""
    next: float = 0.0
    idle_since: float | None = None


def _keep_on(asked: WatchRequest, states: Sequence[RunState], written: _Written) -> None:
    """One look at unfinished runs: a page where something changed, a word where something is waited for."""
    now = asked.clock()
    stamp = tuple(state.stamp for state in states)
    waits = [state for state in states if not state.is_there or (not state.complete and state.alive is False)]
    if not waits:
        written.idle_since = None
    elif written.idle_since is None:
        written.idle_since = now
    if all(state.is_there for state in states) and stamp != written.stamp and now >= written.next:
        if any(state.measures for state in states):
            _check(asked)
            _tell(
                asked,
                written,
                f"{_all(states)}; a page waits until models are timed: it would take the processor from them",
            )
        else:
            _write(asked, states, written)
            written.stamp = stamp
            ended = asked.clock()
            written.next = ended + (ended - now) * (1 / _SHARE - 1)
    elif waits:
        _tell(asked, written, f"{_all(states)}; waiting up to {time_text(asked.patience)}")
    if waits and written.idle_since is not None and now - written.idle_since >= asked.patience:
        raise _gave_up(asked, waits[0], written)


def _write(asked: WatchRequest, states: Sequence[RunState], written: _Written) -> tuple[str, int]:
    began = asked.clock()
    done = all(state.complete for state in states)
    when = datetime.now(UTC)
    request = asked.request if done else _followed(asked.request, states, when)
    goes_on = {state.name for state in states if state.alive is not False}
    runs = [_to_come(reporting.read_part(asked.store, text), goes_on) for text in asked.runs]
    rendered, name = reporting.compose(asked.store, runs, request, path=asked.output, name=asked.format)
    reporting.write(asked.output, rendered)
    size, spent = len(rendered.text.encode()), asked.clock() - began
    written.when = f"{when:%H:%M:%S} UTC"
    _tell(asked, written, f"{_all(states)}; page written ({value(size, 'bytes')} in {time_text(spent)})")
    return name, size


def _to_come(run: Run, goes_on: Collection[str]) -> Run:
    """The run; where a process is at work on it, nobody has to type anything for what is still to come."""
    if run.complete or run.name not in goes_on:
        return run
    cells = tuple(
        msgspec.structs.replace(cell, reason="still to come") if cell.status == "unfinished" else cell
        for cell in run.cells
    )
    return run.replaced(cells=cells)


def _followed(request: ReportRequest, states: Sequence[RunState], when: datetime) -> ReportRequest:
    """The request with what is told of runs that go on."""
    said = [f"As of {when:%Y-%m-%d %H:%M:%S} UTC; this page is written anew when more is there."]
    for state in states:
        if state.complete:
            continue
        if state.alive is False:
            said.append(f"No process is at work on {state.name}: type its `benchwright run` again to go on.")
        elif state.begun:
            named = ", ".join(state.begun[:_MOST])
            more = f" and {len(state.begun) - _MOST} more" if len(state.begun) > _MOST else ""
            said.append(f"Being computed: {named}{more}.")
    return replace(request, meanwhile=tuple(said), reload=RELOAD)


def _all(states: Sequence[RunState]) -> str:
    return "; ".join(state.short for state in states)


def _tell(asked: WatchRequest, written: _Written, text: str) -> None:
    """Say something that was not said just before."""
    if text.partition("page written")[0] != written.told.partition("page written")[0] or "page written" in text:
        asked.say(f"{datetime.now(UTC):%H:%M:%S} {text}")
    written.told = text


def _gave_up(asked: WatchRequest, state: RunState, written: _Written) -> BenchwrightError:
    after = time_text(asked.patience)
    if not state.is_there:
        return StoreError(
            f"no run {state.name!r} was begun in {asked.store.root} within {after}",
            expected="the name of a run that goes on, or is begun soon",
            hint="`benchwright list runs` shows those that there are",
        )
    return BenchwrightError(
        f"no process was at work on {state.name} for {after}: {state.done:,} of {count(state.total, 'result')}",
        expected="a run that goes on",
        hint=f"type its `benchwright run` again, then the same command; {asked.output} holds the page of {written.when}",
    )
