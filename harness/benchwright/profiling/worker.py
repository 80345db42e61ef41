"""The process of a model: ``python -m benchwright.profiling.worker`` answers each line of commands with a line."""

# The first statement takes the time: everything before is the interpreter's own start.
import time

_READY = time.perf_counter()

# ruff: noqa: E402 - see above
import contextlib
import os
import queue
import signal
import threading
from collections.abc import Callable
from typing import Any, BinaryIO

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.profiling.instrumented import measure_parts
from benchwright.profiling.measured_model import MeasuredModel
from benchwright.profiling.messages import (
    COMMANDS,
    MARK,
    Answer,
    Block,
    Command,
    EvictFiles,
    Failure,
    Finish,
    FirstCall,
    MakeCheckpoint,
    Offline,
    OpenModel,
    PlanModel,
    ReadMemory,
    Reply,
    Serve,
    SingleStream,
    Stages,
    Sweep,
    Telling,
    Together,
    WarmUp,
)
from benchwright.profiling.questions import ModelBroken, told


def main() -> None:
    """Answer commands until the parent says so, or is gone."""
    commands, answers = _private_pipes()
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(commands, waiting), daemon=True).start()

    def say(reply: Reply) -> None:
        left = memoryview(MARK + msgspec.json.encode(reply) + b"\n")
        while left:
            left = left[os.write(answers, left) :]

    model = MeasuredModel(lambda what, done, total: say(Telling(what=what, done=done, total=total)), ready=_READY)
    while True:
        command = COMMANDS.decode(waiting.get())
        say(_answer(model, command))
        if isinstance(command, Finish):
            break
    _end_all(0)  # what a model left running (threads, processes, atexit) is nobody's any more


def _private_pipes() -> tuple[BinaryIO, int]:
    """Commands and answers on descriptors of our own: a model that prints, or reads its input, does not meet them."""
    commands, answers = os.fdopen(os.dup(0), "rb"), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return commands, answers


def _listen(commands: BinaryIO, waiting: "queue.SimpleQueue[bytes]") -> None:
    """Hand commands on; when the parent is gone, whatever happened to it, so is this process. Waiting costs no processor time."""
    with contextlib.suppress(OSError, ValueError):  # a model that closes descriptors which are not its own
        for line in commands:
            waiting.put(line)
    _end_all(1)


def _end_all(code: int) -> None:
    """End this process and what the model started and left running: its descendants, and the group that this process leads."""
    import psutil

    with contextlib.suppress(psutil.Error, OSError):
        for child in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.kill()
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(code)


def _answer(model: MeasuredModel, command: Command) -> Answer | Failure:
    """What a command found; whatever a model throws is a reason, its exits too."""
    try:
        return _OBEY[type(command)](model, command)
    except BenchwrightError as error:
        return Failure(reason=error.line)
    except ModelBroken as error:
        return Failure(reason=str(error))
    except MemoryError:
        return Failure(reason="the memory of this machine does not suffice")
    except SystemExit as error:
        return Failure(reason=f"the model wanted to end its process: SystemExit: {error.code}")
    except BaseException as error:
        return Failure(reason=told(error))


def _finish(model: MeasuredModel, _: Finish) -> Answer:
    model.close()
    return Answer()


_OBEY: dict[type, Callable[[MeasuredModel, Any], Answer]] = {
    PlanModel: MeasuredModel.plan,
    MakeCheckpoint: MeasuredModel.make_checkpoint,
    EvictFiles: MeasuredModel.evict,
    OpenModel: MeasuredModel.open,
    FirstCall: MeasuredModel.first_call,
    WarmUp: lambda model, command: model.opened.warm_up(command),
    SingleStream: lambda model, command: model.opened.single_stream(command),
    Offline: lambda model, command: model.opened.offline(command),
    Serve: lambda model, command: model.opened.serve(command),
    Together: lambda model, command: model.opened.together(command),
    Block: lambda model, command: model.opened.block(command),
    Stages: lambda model, command: measure_parts(model.opened, command),
    Sweep: MeasuredModel.sweep,
    ReadMemory: MeasuredModel.read_memory,
    Finish: _finish,
}


if __name__ == "__main__":
    main()
