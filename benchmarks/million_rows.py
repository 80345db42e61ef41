"""What a run costs besides the model, by rows: planned, predicted by a file and scored, the same again, ten models compared.

    python benchmarks/million_rows.py [--rows 10000 100000 1000000] [--answers labels scores] [--models 10 --models-rows 100000] [--write FOLDER]

A CSV of two labels (texts of 12 words, all different) and files of predictions are generated: ``labels`` are a CSV of places and labels,
``scores`` JSON lines with a probability of each label besides. Every stage is the command as it is typed, in a process of its
own, on a store of its own; told are processor seconds of the whole process, its peak of memory, and the clock.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LABELS = ("negative", "positive")
WORDS = 12
RIGHT = 0.85
SUITE = "classification/custom"


@dataclass(frozen=True)
class Figure:
    """One stage: what was done, with how many rows and models, and what it took."""

    stage: str
    rows: int
    models: int
    answers: str
    cpu_s: float
    wall_s: float
    peak_mb: float


def write_data(path: Path, rows: int) -> None:
    """The data set, the same for a number of rows on every machine."""
    rng = random.Random(rows)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 10))) for _ in range(5000)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["text", "label"])
        for row in range(rows):
            text = " ".join(rng.choices(words, k=WORDS))
            writer.writerow([f'{text}, "{words[0]}"' if row % 50 == 0 else text, LABELS[row * 7919 % 2]])


def write_answers(path: Path, rows: int, seed: int, answers: str) -> None:
    """The predictions of a model that is right 85 times in 100."""
    rng = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        if answers == "labels":
            file.write("index,label\n")
        for row in range(rows):
            is_right, share = rng.random() < RIGHT, round(rng.uniform(0.5, 1.0), 4)
            at = (row * 7919 + (not is_right)) % 2
            if answers == "labels":
                file.write(f"{row},{LABELS[at]}\n")
                continue
            scores = {LABELS[at]: share, LABELS[1 - at]: round(1 - share, 4)}
            file.write(json.dumps({"index": row, "label": LABELS[at], "scores": scores}) + "\n")


def measured(*arguments: str) -> tuple[float, float, float]:
    """Processor seconds, seconds of the clock and peak of memory (MB) of a command; it ends this program where it fails."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        done = subprocess.Popen(
            [sys.executable, "-m", "benchwright", *arguments], stdout=subprocess.DEVNULL, stderr=said, env=environment()
        )
        _, status, used = os.wait4(done.pid, 0)
        if os.waitstatus_to_exitcode(status):
            said.seek(0)
            sys.exit(f"benchwright {' '.join(arguments)} failed:\n{said.read().decode()[-2000:]}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024


def environment() -> dict[str, str]:
    """One thread to a library: what runs beside the program is then all that is timed."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def stages(folder: Path, rows: int, models: int, answers: str, data: Path) -> Iterator[Figure]:
    """The stages of one run, in order, on a new store."""
    suffix = "csv" if answers == "labels" else "jsonl"
    names = []
    for number in range(models):
        path = folder / f"model{number}.{suffix}"
        write_answers(path, rows, number, answers)
        names.append(f"model{number}=predictions:{path}")
    store = folder / "store"
    run = ("run", *names, "--suite", f"{SUITE}?path={data}", "--store", str(store), "--name", "million", "--quiet")
    commands = {"plan": (*run, "--dry-run"), "run": run, "run again": run}
    if models > 1:
        commands["compare"] = ("compare", "million", "--store", str(store), "--quiet")
        commands["report"] = (
            "report",
            "million",
            "--store",
            str(store),
            "--output",
            str(folder / "report.html"),
            "--quiet",
        )
    for stage, command in commands.items():
        cpu, wall, peak = measured(*command)
        yield Figure(stage, rows, models, answers, round(cpu, 2), round(wall, 2), round(peak))


def show(figure: Figure) -> None:
    """A line of the table."""
    print(
        f"{figure.stage:10} {figure.rows:>9,} rows {figure.models:>3} models {figure.answers:7} "
        f"{figure.cpu_s:7.2f} processor s {figure.wall_s:7.2f} s {figure.peak_mb:7,.0f} MB",
        flush=True,
    )


def main(given: Sequence[str] | None = None) -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--answers", nargs="+", choices=["labels", "scores"], default=["labels", "scores"])
    parser.add_argument("--models", type=int, default=10, help="models that are compared; 0: none")
    parser.add_argument("--models-rows", type=int, default=100_000, help="rows of that comparison")
    parser.add_argument("--write", type=Path, help="folder for a dated JSON file, such as benchmarks/results")
    asked = parser.parse_args(given)
    figures = []
    cases = [(rows, 1, answers) for answers in asked.answers for rows in asked.rows]
    if asked.models:
        cases += [(asked.models_rows, asked.models, answers) for answers in asked.answers]
    for rows, models, answers in cases:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_data(folder / "data.csv", rows)
            for figure in stages(folder, rows, models, answers, folder / "data.csv"):
                show(figure)
                figures.append(figure)
    if asked.write:
        told = {
            "date": dt.datetime.now(dt.UTC).date().isoformat(),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "rows": [
                {"what": f"{one.stage}, {one.rows:,} rows, {one.models} models, {one.answers}", **asdict(one)}
                for one in figures
            ],
        }
        path = asked.write / f"{told['date']}-million-rows.json"
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
