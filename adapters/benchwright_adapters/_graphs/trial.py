"""Try a graph that was made elsewhere in a process of its own, with limits, before a runtime loads it into this one.

The runtimes are not made for hostile files: one in the wrong place aborts the process, and a graph may hold a loop without an end. It is
opened there and asked once. A file that passed is remembered, by path, size and the file's own clocks, and not tried again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from benchwright.data.api import is_file
from benchwright.errors import ModelError

from .settings import NAMES, Runtime

_SECONDS = 60
_SECONDS_PER_BYTE = 1e-7
_BYTES = 4 * 2**30
_BYTES_PER_BYTE = 6
_UNREADABLE, _NO_ROOM, _FAILED = 3, 4, 5
"""Exit codes of the process: it cannot be opened, there is no memory, it fails at what it was asked."""
_MOST = 240
_NOISE = re.compile(
    r"\[ONNXRuntimeError\] : \d+ : \w+ : |Non-zero status code returned while |Exception from src/\S+:\d+:|/onnxruntime_src/\S+ "
    r"|Check '[^']*' failed at src/\S+:\d+:"
)
"""Codes, source files and conditions of the runtimes in their messages."""
_PATIENCE = 10
"""Wall clock for each second of processor time, on a busy machine."""

_SCRIPT = """
import json, sys
runtime, path, seconds, memory = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
except (ImportError, ValueError, OSError):
    pass
try:
    if runtime == "onnx":
        import onnxruntime
        onnxruntime.set_default_logger_severity(4)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        opened = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    else:
        sys.modules["openvino_telemetry"] = None
        import openvino
        opened = openvino.Core().compile_model(path, "CPU", {"NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": 1})
except BaseException as error:
    print(json.dumps(f"{str(error).strip() or type(error).__name__}"[:2000]))
    sys.exit(3)
import numpy
try:
    if runtime == "onnx":
        shapes = {one.name: one.shape for one in opened.get_inputs()}
    else:
        shapes = {one.any_name: [d.get_length() if d.is_static else None for d in one.partial_shape] for one in opened.inputs}
    sizes = {name: [d if isinstance(d, int) and d > 0 else 2 for d in shape] for name, shape in shapes.items()}
    given = {name: numpy.ones(size, numpy.int64) for name, size in sizes.items() if numpy.prod(size, dtype=float) < 1e6}
    opened.run(None, given) if runtime == "onnx" else opened(given)
except MemoryError:
    sys.exit(4)
except Exception as error:  # what it wants is told where it is opened; here it only has to come to an end, within its limits
    print(json.dumps(str(error)[:2000]))
    sys.exit(5)
"""

_NO_MEMORY = (
    "bad_alloc",
    "bad allocation",
    "allocate memory",
    "failed to allocate",
    "out of memory",
    "integer overflow",
)
"""What runtimes say where a graph asks for more memory than there is."""

_passed: set[str] = set()


def try_graph(graph: Path, files: Sequence[Path], workdir: Path, shown: str, runtime: Runtime) -> None:
    """Raise ModelError where a runtime cannot open a graph within its limits, or breaks down over it.

    Args:
        graph: The file that the runtime opens.
        files: That file and those with its weights.
        workdir: Where it is remembered that it passed.
        shown: How messages call the model.
        runtime: What opens it; where its library is not installed nothing is tried.
    """
    if find_spec("onnxruntime" if runtime == "onnx" else "openvino") is None:
        return
    states = [path.stat() for path in files]
    known = "|".join([runtime, str(graph.resolve()), *(f"{s.st_size},{s.st_mtime_ns},{s.st_ino}" for s in states)])
    identity = hashlib.sha256(known.encode("utf-8", "surrogateescape")).hexdigest()[:40]
    mark = workdir / "tried" / identity
    if identity in _passed or is_file(mark):
        return
    size = sum(state.st_size for state in states)
    seconds, memory = int(_SECONDS + _SECONDS_PER_BYTE * size), int(_BYTES + _BYTES_PER_BYTE * size)
    command = [sys.executable, "-P", "-c", _SCRIPT, runtime, str(graph.resolve()), str(seconds), str(memory)]
    try:
        done = subprocess.run(  # noqa: S603 - our own script in our own interpreter; the file is an argument
            command,
            capture_output=True,
            timeout=_PATIENCE * seconds,
            check=False,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise cannot_open(graph, shown, runtime, f"it takes longer than {seconds} s") from error
    told = _told(done)
    if done.returncode == _NO_ROOM or (done.returncode == _FAILED and _wants_memory(told)):
        raise cannot_open(
            graph, shown, runtime, f"it asks for more than {memory / 2**30:.0f} GiB of memory for a short text"
        )
    if done.returncode not in (0, _FAILED):
        raise cannot_open(graph, shown, runtime, told if done.returncode == _UNREADABLE else "it breaks down over it")
    _passed.add(identity)
    if time.time_ns() - max(state.st_mtime_ns for state in states) > 2_000_000_000:
        try:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        except OSError:
            return


def _told(done: subprocess.CompletedProcess[bytes]) -> str:
    try:
        return str(json.loads(done.stdout.splitlines()[-1]))
    except (ValueError, IndexError):
        return "it cannot be read"


def _wants_memory(told: str) -> bool:
    return any(sign in told.lower() for sign in _NO_MEMORY)


def reason_of(told: str, graph: Path, shown: str) -> str:
    """What a runtime says of a graph, without its own source files and codes, in one line."""
    if _wants_memory(told):
        return "it asks for more memory than there is"
    told = _NOISE.sub("", told.replace(str(graph.resolve()), shown).replace(str(graph), shown))
    return " ".join(told.split())[:_MOST] or "it says nothing of why"


def cannot_open(graph: Path, shown: str, runtime: Runtime, problem: str) -> ModelError:
    """The error for a graph that the installed runtime does not take."""
    return ModelError(
        f"{shown}: {NAMES[runtime]} cannot open {graph.name}: {reason_of(problem, graph, shown)}",
        expected="a graph that the installed version reads",
        hint="export it again, or name its checkpoint: it is exported here",
    )
