"""A model's process as its parent sees it: started afresh, asked, waited for without any work, and buried with a reason."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import msgspec

from benchwright.inert import inert
from benchwright.measuring.clock import RealClock
from benchwright.profiling.messages import MARK, REPLIES, Answer, Command, Failure, Finish, Tell, Telling
from benchwright.profiling.patience import PATIENCE, VARIABLE

_TAIL = 64 * 1024
"""Bytes kept of what a model prints: its last words."""

_LOOK = 1.0
"""Seconds between two looks whether a process has ended, where the system does not tell."""

_GRACE = 10.0
"""Seconds from the end of the pipe of answers to the end of the process."""

_TOLD_FROM = 1 << 20
"""From so many bytes on it is said that the model printed: that takes time which is measured."""


class ProcessFailed(Exception):
    """A model's process could not do what it was asked; the text is the reason, in one sentence."""


class ModelProcess:
    """A fresh process for one model. A context manager: on the way out, whatever the way, the process is ended.

    It stands in a session of its own, so that Ctrl-C reaches this process alone, which then ends the other with all that it started.

    Args:
        environ: What it finds in its environment.
        tell: Called with (what, done, total) during long steps that are not timed.
        patience: Seconds for which it may be silent beyond what it was asked to take.
    """

    def __init__(self, environ: Mapping[str, str], *, tell: Tell = lambda *_: None, patience: float = PATIENCE) -> None:
        self._tell, self._patience = tell, patience
        self.started = RealClock().now()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchwright.profiling.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environ),
            start_new_session=True,
        )
        self._handle = _handle_of(self._process.pid)
        self._printed = _Printed(self._process)
        self._buffer = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def id(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked once more."""
        return not self._has_ended()

    @property
    def note(self) -> str:
        """What a reader must know of what it printed; empty: nothing."""
        size = self._printed.size
        if size < _TOLD_FROM:
            return ""
        return f"the model printed {size / 1e6:,.0f} MB while it was measured, which takes time too"

    def ask(self, command: Command, *, seconds: float = 0.0) -> Answer:
        """What the process answers; ``seconds`` is what the command takes by itself.

        Raises:
            ProcessFailed: It said that it cannot, died, or kept silent for too long (it is ended then).
        """
        self.send(command)
        return self.wait(seconds=seconds)

    def send(self, command: Command) -> None:
        """Hand over a command without waiting for the answer."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(msgspec.json.encode(command) + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise ProcessFailed(self._last_words()) from error

    def wait(self, *, seconds: float = 0.0) -> Answer:
        """The answer to the command that was sent last; raises as `ask`. Waiting takes no processor time."""
        while True:
            reply = self._reply(self._line(seconds + self._patience))
            if isinstance(reply, Telling):
                self._tell(inert(reply.what), reply.done, reply.total)
            elif isinstance(reply, Failure):
                raise ProcessFailed(reply.reason)
            else:
                return reply

    def finish(self) -> None:
        """Let it close the model and end; everything was measured, so that what goes wrong now changes no number."""
        with contextlib.suppress(ProcessFailed):
            self.ask(Finish())
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=self._patience)

    def end(self) -> None:
        """End the process and all that it started and left running; what moved to a session of its own is found while its parent lives."""
        self._end_group()
        if self._process.returncode is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        self._printed.close()

    def _has_ended(self) -> bool:
        """Whether it has ended. It is not reaped here, so that its number stays the number of its group until that is ended too."""
        if self._process.returncode is not None or not hasattr(os, "waitid"):
            return self._process.poll() is not None
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _end_group(self) -> None:
        """Kill its descendants and its group, itself included, unless it was reaped: its number may be another's then."""
        if self._process.returncode is not None:
            return
        import psutil

        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self._process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    child.kill()
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _reply(self, line: bytes) -> Answer | Failure | Telling:
        try:
            return REPLIES.decode(line)
        except msgspec.DecodeError as error:
            self.end()
            raise ProcessFailed(
                "something else than an answer came over the pipe of answers, and the process was ended "
                "(expected: a model that writes to no file descriptor that it has not opened)"
            ) from error

    def _line(self, limit: float) -> bytes:
        """The next answer, without its mark; a line that something else printed before the pipes were apart is passed over."""
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        while True:
            line, found, rest = self._buffer.partition(b"\n")
            if found:
                self._buffer = rest
                if line.startswith(MARK):
                    return bytes(line[len(MARK) :])
                continue
            if not self._wait_for(pipe, limit):
                self.end()
                raise ProcessFailed(
                    f"the model did not answer for {limit:,.0f} s and was ended (expected: an answer to every query; next: a model that "
                    f'is slower than that is waited for longer with {VARIABLE}="120 min" in the environment)'
                )
            more = self._read(pipe)
            if not more:
                raise ProcessFailed(self._last_words())
            self._buffer += more

    def _wait_for(self, pipe: int, limit: float) -> bool:
        """Whether within so many seconds something can be read, or the process ended: one that it forked may hold its end of the
        pipe open, so that the end of the file is not seen.
        """
        if self._handle is not None:
            return bool(select.select([pipe, self._handle], [], [], limit)[0])
        until = RealClock().now() + limit
        while (left := until - RealClock().now()) > 0:
            if select.select([pipe], [], [], min(left, _LOOK))[0] or self._has_ended():
                return True
        return False

    @staticmethod
    def _read(pipe: int) -> bytes:
        """What can be read now; empty: nothing will come."""
        return os.read(pipe, 1 << 20) if select.select([pipe], [], [], 0)[0] else b""

    def _last_words(self) -> str:
        """Why a process is gone that nobody ended: the signal or exit code, and the last line that it wrote."""
        until = RealClock().now() + _GRACE
        while not self._has_ended():
            if RealClock().now() > until:
                self.end()
                return "the process of the model closed the pipe of its answers and was ended"
            RealClock().sleep(0.01)
        self._end_group()
        code = self._process.wait()
        self._printed.close()
        return last_words(code, self._printed.tail)


def last_words(code: int, tail: bytes) -> str:
    """What a dead process says by its exit code (negative: a signal) and the end of what it printed, in one line."""
    lines = [line.strip() for line in tail.decode("utf-8", "replace").splitlines() if line.strip()]
    said = f"; the last that it wrote: {lines[-1][:300]}" if lines else ""
    if code == -9:
        what = "the process of the model was killed (signal 9); often the memory ran out"
        return inert(f"{what} (next: a smaller model or batch, or more memory)")
    if code < 0:
        name = next((one.name for one in signal.Signals if one == -code), "")
        return inert(f"the process of the model crashed (signal {-code}{f', {name}' if name else ''}){said}")
    if code == 0:
        return inert(f"the model ended its own process (exit code 0){said}")
    return inert(f"the process of the model ended with exit code {code}{said}")


def _handle_of(pid: int) -> int | None:
    """A descriptor that can be read when a process ends (Linux 5.3); None: there is none here."""
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


class _Printed:
    """What a model prints, read as it comes, so that it never waits for a full pipe; the end of it is kept.

    A thread that waits costs nothing; a model that prints in a timed window pays for printing anyway.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        self._pipe = process.stderr
        self._kept: deque[bytes] = deque()
        self._length = 0
        self.size = 0
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def tail(self) -> bytes:
        return b"".join(self._kept)[-_TAIL:]

    def close(self) -> None:
        """Wait for the end of the pipe; a grandchild that holds it open is not waited for."""
        self._thread.join(timeout=1.0)

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while more := os.read(self._pipe.fileno(), 1 << 16):
                self.size += len(more)
                self._kept.append(more)
                self._length += len(more)
                while self._length - len(self._kept[0]) >= _TAIL:
                    self._length -= len(self._kept.popleft())
        with contextlib.suppress(OSError):
            self._pipe.close()
