"""Whether a commit is slower than another: the benchmarks of both, in turn, in fresh processes.

    python benchmarks/two_commits.py BEFORE [AFTER] --data ../shared/data --base FOLDER [--rounds 10] [--only gate compare] [--write FILE]

BEFORE and AFTER are checkouts; each runs its own benchmarks with its own code, at the same sizes. Odd rounds begin with one,
even rounds with the other. Of every figure that both print (processor seconds where there are any, else seconds of the
clock) each round gives a ratio after / before; told are the median of the ratios and the second smallest and second largest of
them, which hold the median of all such ratios in 98 of 100 cases with ten rounds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCES = ("harness", "suites", "adapters", "reports", "leaderboards")
BENCHMARKS = {
    "compare": ("--models", "4", "--tasks", "5", "--repeats", "2"),
    "gate": ("--rows", "1000", "--rules", "20", "--tasks", "10", "--repeats", "2"),
    "decisions": ("--repeats", "2", "--results", "{out}"),
    "scoring": ("--repeats", "2", "--results", "{out}"),
    "squad_postprocess": ("--data", "{data}", "--tokenizer", "{base}", "--rounds", "1", "--out", "{out}/squad.json"),
    "fast_path": ("--data", "{data}", "--task", "sst2", "--ways", "ours", "loop", "--rounds", "1", "--limit", "150", "--threads", "1", "--out", "{out}/fast.json"),
}  # fmt: skip

_OTHERS = ("plain loop", "loop")
"""Ways that are none of benchwright's: what these take says nothing of a commit."""


def figures(checkout: Path, name: str, data: Path, base: Path) -> dict[str, float]:
    """What one benchmark of a checkout measures: figure -> seconds; nothing where it has no such benchmark."""
    script = checkout / "benchmarks" / f"{name}.py"
    if not script.is_file():
        return {}
    with tempfile.TemporaryDirectory() as out:
        values = {"out": out, "data": str(data.resolve()), "base": str(base.resolve())}
        options = [option.format(**values) for option in BENCHMARKS[name]]
        path = os.pathsep.join(str(checkout / source) for source in SOURCES)
        done = subprocess.run(
            [sys.executable, str(script), *options],
            env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{name} of {checkout} failed:\n{done.stderr[-2000:]}")
        written = sorted(Path(out).glob("*.json"))
        told = json.loads(written[0].read_text() if written else done.stdout)
    if "cpu_seconds" in told:
        return {name: told["cpu_seconds"]}
    rows = told["rows"] if "rows" in told else [row for task in told["tasks"] for row in task["rows"]]
    return {
        f"{name}: {row.get('what') or row['way']}": row.get("cpu_s") or row.get("processor_s") or row["median_s"]
        for row in rows
        if row.get("way") not in _OTHERS
    }


def measure(before: Path, after: Path, names: list[str], rounds: int, data: Path, base: Path) -> dict[str, list[float]]:
    """Figure -> ratio after / before of every round."""
    ratios: dict[str, list[float]] = {}
    for number in range(rounds):
        for name in names:
            pair = (before, after) if number % 2 == 0 else (after, before)
            found = {checkout: figures(checkout, name, data, base) for checkout in pair}
            for figure in found[before].keys() & found[after].keys():
                ratios.setdefault(figure, []).append(found[after][figure] / max(found[before][figure], 1e-9))
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path, nargs="?", default=Path(__file__).resolve().parents[1])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True, help="folder of an encoder with its tokenizer")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", nargs="+", choices=tuple(BENCHMARKS), default=list(BENCHMARKS))
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    ratios = measure(given.before, given.after, given.only, given.rounds, given.data, given.base)
    rows = []
    for figure in sorted(ratios):
        ordered = sorted(ratios[figure])
        low, high = (ordered[1], ordered[-2]) if len(ordered) > 3 else (ordered[0], ordered[-1])
        rows.append(
            {"what": figure, "median": round(statistics.median(ordered), 3), "low": round(low, 3), "high": round(high, 3)}
        )  # fmt: skip
    print(f"{'after / before':64s} median  from    to")
    for row in rows:
        mark = "" if row["median"] <= 1.05 or row["low"] <= 1 <= row["high"] else "  SLOWER"
        print(f"{row['what'][:64]:64s} {row['median']:6.3f} {row['low']:6.3f} {row['high']:6.3f}{mark}")
    if given.write:
        commits = [
            subprocess.run(["git", "-C", str(at), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
            for at in (given.before, given.after)
        ]  # fmt: skip
        result = {
            "what": "ratio of seconds after / before; low and high: second smallest and second largest of the rounds",
            "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
            "before": commits[0],
            "after": commits[1],
            "rounds": given.rounds,
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
            "load": round(os.getloadavg()[0], 1),
            "rows": rows,
        }
        given.write.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
