"""Memory of this process on the host: its exact peak, what it holds between phases, and what processes that it started hold.

The kernel keeps the peak itself (``VmHWM``, the most resident at once), so nothing is polled. The peak is set back before a model is opened
(``5`` into ``/proc/self/clear_refs``), so that what was held only before is not counted; where the kernel refuses, the peak since the start of
the process stands, and the source says so. ``ru_maxrss`` is the last resort: a process inherits there the size of the one that
started it, and nothing sets it back.
"""

from __future__ import annotations

import ctypes
import gc
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchwright.types import Reading

SELF = Path("/proc/self")
"""Tests give a folder with files of another kernel."""

_SINCE_START = "since the start of the process"


@dataclass(frozen=True)
class Peak:
    """The most bytes resident at once, and where that was read; None: it cannot be read, for that reason."""

    value: int | None
    source: str
    reason: str = ""


@dataclass(frozen=True)
class HostMemory:
    """What this process held before a model was opened; `readings` says what came after.

    Attributes:
        before: Bytes that were resident; None: they cannot be read.
        refused: Why the peak could not be set back; empty: it was.
        proc: Where the kernel's files are.
    """

    before: int | None
    refused: str
    proc: Path = SELF

    @classmethod
    def open(cls, proc: Path = SELF) -> HostMemory:
        """Throw garbage away, give freed memory back, set the peak back; call it before the model is opened.

        Without the first two a model would be put into memory that the process already holds, and look smaller than it is.
        """
        _load_psutil()
        gc.collect()
        _give_back()
        refused = reset_peak(proc)
        return cls(before=_kilobytes(proc / "status", "VmRSS"), refused=refused, proc=proc)

    def begin(self) -> None:
        """Count the peak anew from what is held now: before a scenario, so that it does not hold the peak of the one before.

        ``host_memory_model`` stays what lies above what was held before the model was opened.
        """
        if not self.refused:
            gc.collect()
            _give_back()
            reset_peak(self.proc)

    def readings(self, *, batch: int = 1, length: int = 0) -> tuple[Reading, ...]:
        """Peak of this process, the part of it that the model made, and what is resident now; to be called between phases.

        Returns:
            ``host_memory_peak`` (bytes; libraries included), ``host_memory_model`` (what the peak lies above what was held before),
            ``host_memory_rss``, ``host_memory_pss`` (shared pages by the number of processes that share them), ``host_memory_uss``
            (its own alone), and ``host_memory_children`` where it has started processes: their own pages, added.
        """
        top = _checked(peak(self.proc, is_reset=not self.refused), self.proc)

        def read(quantity: str, value: float | None, reason: str, source: str) -> Reading:
            return Reading(
                quantity=quantity, value=value, reason="" if value is not None else reason, source=source,
                batch=batch, length=length,
            )  # fmt: skip

        return (
            read("host_memory_peak", top.value, top.reason, top.source),
            self._of_model(top, read),
            *(read(*one) for one in _resident(self.proc)),
        )

    def _of_model(self, top: Peak, read: Callable[[str, float | None, str, str], Reading]) -> Reading:
        source = f"{top.source} minus VmRSS before"
        if self.refused:
            return read("host_memory_model", None, f"the peak could not be set back: {self.refused}", source)
        if top.value is None or self.before is None:
            return read("host_memory_model", None, top.reason or "VmRSS cannot be read here", source)
        return read("host_memory_model", max(0, top.value - self.before), "", source)


def reset_peak(proc: Path = SELF) -> str:
    """Set the peak of this process back to what it holds now.

    Returns:
        Why it was refused; empty: it was set back.
    """
    file = proc / "clear_refs"
    before = _kilobytes(proc / "status", "VmHWM")
    if before is None:
        return "this system tells no VmHWM"
    try:
        file.write_text("5", "ascii")
    except OSError as error:
        return f"writing to /proc/self/clear_refs: {error.strerror or type(error).__name__}"
    now, held = _kilobytes(proc / "status", "VmHWM"), _kilobytes(proc / "status", "VmRSS")
    if now is None or held is None or now - held > max(held // 100, _SLACK):
        return "/proc/self/clear_refs was written, and VmHWM stayed"
    return ""


def peak(proc: Path = SELF, *, is_reset: bool = False) -> Peak:
    """The most that this process held at once since `reset_peak`, or since its start where that was refused."""
    told = _kilobytes(proc / "status", "VmHWM")
    if told is not None:
        return Peak(told, "VmHWM" if is_reset else f"VmHWM {_SINCE_START}")
    return _of_windows() if sys.platform == "win32" else _of_resource()


_SLACK = 4 * 2**20
"""The kernel counts pages in batches for each processor, so that VmRSS and VmHWM agree to a few megabytes only."""


def _of_resource() -> Peak:
    try:
        import resource

        told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    except Exception as error:
        return Peak(None, "ru_maxrss", f"neither VmHWM nor ru_maxrss can be read ({type(error).__name__})")
    if told <= 0:
        return Peak(None, "ru_maxrss", "neither VmHWM nor ru_maxrss can be read")
    return Peak(told if sys.platform == "darwin" else told * 1024, f"ru_maxrss {_SINCE_START}")


def _of_windows() -> Peak:
    try:
        told = _this_process().memory_info().peak_wset
    except Exception as error:
        return Peak(None, "peak working set", f"it cannot be read ({type(error).__name__})")
    return Peak(int(told), f"peak working set {_SINCE_START}")


_Row = tuple[str, float | None, str, str]


def _resident(proc: Path) -> tuple[_Row, ...]:
    """Resident, proportional and own memory now, and that of the processes that it started."""
    own = _rolled_up(proc)
    source, reason = "smaps_rollup", "smaps_rollup cannot be read here"
    try:
        me = _this_process()
        held = own.get("Rss") or int(me.memory_info().rss)
        children = me.children(recursive=True)
    except Exception as error:
        return (("host_memory_rss", own.get("Rss"), f"it cannot be read here ({type(error).__name__})", source),)
    return (
        ("host_memory_rss", held, "", source if own else "RSS"),
        ("host_memory_pss", own.get("Pss"), reason, source),
        ("host_memory_uss", own["Private_Clean"] + own["Private_Dirty"] if own else None, reason, source),
        *_of_children(children),
    )


def _checked(top: Peak, proc: Path) -> Peak:
    """The peak, with a remark where the kernel's running count is off: from 6.2 to 6.15 each processor keeps a part of it to itself,
    which on hundreds of processors is many megabytes. The sum over all pages (``smaps_rollup``) is exact.
    """
    counted, exact = _kilobytes(proc / "status", "VmRSS"), _rolled_up(proc).get("Rss")
    if top.value is None or counted is None or exact is None or abs(counted - exact) <= max(exact // 100, _SLACK):
        return top
    return replace(top, source=f"{top.source}, the kernel's count being {abs(counted - exact) / 1e6:.0f} MB off")


def _rolled_up(proc: Path) -> dict[str, int]:
    """Bytes by name over all pages of the process; empty: the kernel does not tell."""
    try:
        text = (proc / "smaps_rollup").read_text("ascii", "replace")
    except OSError:
        return {}
    told = {name: int(size) * 1024 for name, size in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}
    return told if {"Rss", "Pss", "Private_Clean", "Private_Dirty"} <= set(told) else {}


def _of_children(children: list[Any]) -> tuple[_Row, ...]:
    """Their own pages alone: what a forked process shares with this one is counted here already."""
    told = [getattr(_full(child), "uss", None) for child in children]
    held = [int(value) for value in told if value is not None]
    if not children or (not held and not any(_is_alive(child) for child in children)):
        return ()
    source = f"USS of {len(children)} process{'es' if len(children) > 1 else ''} that it started"
    if len(held) < len(told) and any(
        _is_alive(child) for child, value in zip(children, told, strict=True) if value is None
    ):
        return (("host_memory_children", None, "some of them cannot be read", source),)
    return (("host_memory_children", sum(held), "", source),)


def _full(process: Any) -> Any | None:
    try:
        return process.memory_full_info()
    except Exception:
        return None


def _is_alive(process: Any) -> bool:
    try:
        return bool(process.is_running()) and process.status() != "zombie"
    except Exception:
        return False


def _this_process() -> Any:
    import psutil

    return psutil.Process()


def _load_psutil() -> None:
    """Before anything is measured, so that its own megabytes are none of the model's."""
    with suppress(Exception):
        _this_process().children()


def _give_back() -> None:
    """Memory that was freed goes back to the system: of Python's and glibc's heap, and of Arrow's pool where that is loaded."""
    arrow = sys.modules.get("pyarrow")
    if arrow is not None:
        arrow.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _kilobytes(file: Path, name: str) -> int | None:
    """Bytes of a line such as ``VmHWM:	    1628 kB``."""
    try:
        text = file.read_text("ascii", "replace")
    except OSError:
        return None
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else None
