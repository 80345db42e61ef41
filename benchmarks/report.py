"""How long a report takes, and how heavy it is: `python benchmarks/report.py [CASE ...] [--write]`.

Stores are made by real runs of files of predictions on data of one's own, once for the same parameters (`report_store.py`). Each
case is a fresh process of `benchwright report` (processor seconds, wall, peak of memory), then the same in this process with its
phases, and the bytes of the page by section. The modules of a fresh process are compiled already, as those of an installed package
are: a process before it has made the same page, whose bytes are held against its own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from report_store import RUN, Shape, fill

CASES = {
    "10x30": (Shape(models=10, tasks=30), 0),
    "10x30, 200 examples": (Shape(models=10, tasks=30), 200),
    "10x30, as it comes": (Shape(models=10, tasks=30), None),
    "12x20": (Shape(models=12, tasks=20), None),
    "one model": (Shape(models=1, tasks=30), None),
    "10 on 100,000 items": (Shape(models=10, tasks=1, items=100_000), None),
}
"""Name -> store, and the most examples of a task (None: what the page shows by itself)."""

FLOORS = {
    "10x30": {"seconds": 5, "bytes": 300_000},
    "10x30, 200 examples": {"bytes": 2_000_000},
    "10 on 100,000 items": {"seconds": 10},
}
"""What was asked for."""


@dataclass
class Fresh:
    """A fresh process: what `wait4` says of it."""

    cpu_seconds: float
    wall_seconds: float
    peak_mb: float


def with_bytecode(keep: Path) -> dict[str, str]:
    """The environment of a process that keeps the bytecode of modules, as pip does of those that it installs."""
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**plain, "PYTHONPYCACHEPREFIX": str(keep / "bytecode")}


def measure_fresh(store: Path, page: Path, examples: int | None, keep: Path, *, hash_seed: str = "0") -> Fresh:
    """`benchwright report` in a process of its own."""
    command = [sys.executable, "-m", "benchwright", "report", RUN, "--store", str(store), "-o", str(page)]
    command += [] if examples is None or not has_option() else ["--max-examples", str(examples)]
    started = time.perf_counter()
    child = subprocess.Popen(
        command, env={**with_bytecode(keep), "PYTHONHASHSEED": hash_seed}, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    return Fresh(
        cpu_seconds=round(used.ru_utime + used.ru_stime, 2),
        wall_seconds=round(time.perf_counter() - started, 2),
        peak_mb=round(used.ru_maxrss / 1024, 1),
    )


def has_option() -> bool:
    """Whether this version of the command bounds the examples."""
    from benchwright.cli.report import command

    return any(one.name == "max_examples" for one in command.params)


class Phases:
    """Processor seconds by phase; a phase within another one counts for itself alone."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._open: list[str] = ["other"]
        self._since = time.process_time()

    def _switch(self) -> None:
        now = time.process_time()
        self.seconds[self._open[-1]] = self.seconds.get(self._open[-1], 0.0) + now - self._since
        self._since = now

    def counted(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time counted for a phase."""

        def inner(*args: Any, **options: Any) -> Any:
            self._switch()
            self._open.append(phase)
            try:
                return function(*args, **options)
            finally:
                self._switch()
                self._open.pop()

        return inner

    def end(self) -> dict[str, float]:
        """All of them, the rest as ``other``."""
        self._switch()
        return {name: round(seconds, 3) for name, seconds in sorted(self.seconds.items())}


def watch(phases: Phases) -> None:
    """Count the functions that make a report, in every module that holds them; this process makes no other report unwatched."""
    import benchwright_reports.html
    from benchwright.render import details, page, svg
    from benchwright.report_content import content
    from benchwright.store import Store

    for name in [name for name in vars(Store) if name.startswith("read_")]:
        setattr(Store, name, phases.counted("reading", getattr(Store, name)))
    found = {
        "comparing": [content.find_between],
        "examples": [content.find_examples],
        "calibration": [content.find_calibration],
        "details": [details.detail],
        "drawing": [
            svg.to_svg,
            *(part for name, part in vars(benchwright_reports.html).items() if name[:5] == "draw_"),
        ],
        "templating": [page.render_page],
    }
    for phase, functions in found.items():
        for function in functions:
            replace(function, phases.counted(phase, function))


def replace(function: Any, by: Any) -> None:
    """Put another function where modules of ours hold this one."""
    for name, module in list(sys.modules.items()):
        if name.startswith("benchwright"):
            for held, value in list(vars(module).items()):
                if value is function:
                    setattr(module, held, by)


def measure_here(store: Path, examples: int | None) -> tuple[str, dict[str, float]]:
    """The page, and processor seconds by phase."""
    phases = Phases()
    watch(phases)
    from benchwright import reporting
    from benchwright.store import Store
    from benchwright.types import ReportOptions

    opened = Store(store)
    run = reporting.read_part(opened, RUN)
    page = reporting.render([run], opened, "html", options=ReportOptions(max_examples=examples)).text
    return page, phases.end()


HEAD = re.compile(r'<h2[^>]*? id="([^"]+)"')
PARTS = {"style": r"<style.*?</style>", "script": r"<script.*?</script>", "svg": r"<svg.*?</svg>"}


def weigh(page: str) -> dict[str, Any]:
    """Bytes of a page: in all, by section (tasks one by one are one section), and of styles, scripts and figures."""
    starts = [(0, "(head)"), *((found.start(), found[1]) for found in HEAD.finditer(page)), (len(page), "")]
    sections: dict[str, int] = {}
    for (start, name), (end, _) in pairwise(starts):
        called = "tasks" if name.startswith("task-") else name
        sections[called] = sections.get(called, 0) + len(page[start:end].encode())
    parts = {name: sum(len(one.encode()) for one in re.findall(form, page, re.DOTALL)) for name, form in PARTS.items()}
    return {"bytes": len(page.encode()), "figures": page.count("<svg"), "sections": sections, "parts": parts}


def measure(name: str, keep: Path) -> dict[str, Any]:
    """Everything about one case; phases come from a process of their own, so that no case warms another."""
    shape, examples = CASES[name]
    store = fill(shape, keep)
    with tempfile.TemporaryDirectory() as folder:
        page, other = Path(folder, "page.html"), Path(folder, "other.html")
        measure_fresh(store, other, examples, keep, hash_seed="7")
        fresh = measure_fresh(store, page, examples, keep)
        same = page.read_bytes() == other.read_bytes()
        told = subprocess.run(
            [sys.executable, __file__, "--phases", name, "--keep", str(keep)],
            env=with_bytecode(keep),
            stdout=subprocess.PIPE,
            check=True,
        )
        weight = weigh(page.read_text(encoding="utf-8"))
    return {
        "case": name,
        **asdict(shape),
        "examples": examples,
        "fresh": asdict(fresh),
        "here": json.loads(told.stdout),
        "same_bytes_with_another_hash_seed": same,
        "floor": FLOORS.get(name, {}),
        **weight,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="; ".join(CASES))
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "benchwright-report-benchmark")
    parser.add_argument("--phases", metavar="CASE", help="only the phases of one case, in this process")
    parser.add_argument("--write", action="store_true", help="keep the result in benchmarks/results")
    asked = parser.parse_args()
    unknown = sorted({*asked.cases, *filter(None, [asked.phases])} - set(CASES))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known: {'; '.join(CASES)}")
    if asked.phases:
        shape, examples = CASES[asked.phases]
        started = time.process_time()
        _, phases = measure_here(fill(shape, asked.keep), examples)
        print(json.dumps({"cpu_seconds": round(time.process_time() - started, 3), "phases": phases}))
        return
    found = []
    for name in asked.cases or CASES:
        found.append(measure(name, asked.keep))
        print(json.dumps(found[-1], indent=1), flush=True)
    told = {
        "what": "benchwright report --as html in a fresh process; processor seconds, peak of memory, bytes of the page",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
        "cases": found,
    }
    if asked.write:
        path = Path(__file__).parent / "results" / f"{told['date']}-report.json"
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
