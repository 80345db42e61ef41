"""How much faster each way of computing a checkpoint is, and how far its answers agree with exact ones.

    python benchmarks/fast_mode.py --data DIR --checkpoint sst2=FOLDER --checkpoint rte=FOLDER [--checkpoint qnli=FOLDER] [--write]

All ways of a task stand open in one process and answer the whole split in turns, round by round; told are medians of the clock and of processor
seconds, the speed beside exact, and the agreement over all rows: the same answers, flips, flips for the worse, flips of answers of which
exact was surer than 0.1. Last the agreement pooled over the tasks, and operations a second as a share of the best matrix product of that
data type here. QNLI may be answered by a checkpoint of RTE, whose labels it shares: agreement needs no model that is right.
On QNLI, which is long, only ``--few`` ways are tried.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchwright import config, environment, registry
from benchwright.agreement.answered import agree
from benchwright.data.load import load
from benchwright.execution.records import to_records
from benchwright.measuring.clock import RealClock
from benchwright.measuring.matrix_rate import matrix_rate
from benchwright.types import Context

WAYS = {
    "exact": "{}",
    "bfloat16": "{}?dtype=bfloat16",
    "compiled": "{}?compile=true",
    "INT8": "{}?quantize=int8",
    "INT8, compiled": "{}?quantize=int8&compile=true",
    "ONNX Runtime": "onnx:{}",
    "ONNX Runtime, INT8": "onnx:{}?quantize=int8",
    "OpenVINO": "openvino:{}",
    "OpenVINO, bfloat16": "openvino:{}?precision=bf16",
    "OpenVINO, INT8": "openvino:{}?quantize=int8",
}
FEW = ("exact", "bfloat16", "INT8, compiled")
LONG = 2000
"""Rows from which on only a few ways are tried."""


def open_way(name, folder, task, suite, data, work):
    """The model in that way, ready to answer, and the bytes of its files."""
    reference = config.parse_models([WAYS[name].format(folder)], registry.names("adapters"))[0]
    adapter = registry.get("adapters", reference.adapter)

    def train(card):
        return load(card, "train", suite=suite, folder=data, offline=True)

    models = work / "models"
    context = Context(suite=suite.name, train=train, items=tuple, workdir=work, models=models, offline=True)
    session = adapter.open(reference, task, context)
    return session, adapter.inspect(reference, task, context).size_bytes


def measure(task_name, folder, given, work):
    """Rows of the table of one task, and its agreements."""
    suite = registry.get("suites", "glue")
    task = suite.task(task_name)
    examples = list(load(task, task.default_split, suite=suite, folder=given.data, offline=True).examples)
    ways = [way for way in (given.ways or WAYS) if len(examples) < LONG or way in given.few]
    opened, sizes, absent = {}, {}, {}
    for way in ways:
        before = time.perf_counter()
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                opened[way], sizes[way] = open_way(way, folder, task, suite, given.data, work)
        except Exception as error:  # a runtime may be absent; the others are told
            absent[way] = str(error).splitlines()[0]
            continue
        print(f"{task_name}: {way} opened in {time.perf_counter() - before:.1f} s", flush=True)
    wall, processor, found = {way: [] for way in opened}, {way: [] for way in opened}, {}
    for session in opened.values():
        session.predict(examples[:64])
    for number in range(given.rounds):
        for way, session in opened.items():
            before = time.perf_counter(), time.process_time()
            found[way] = session.predict(examples)
            wall[way].append(time.perf_counter() - before[0])
            processor[way].append(time.process_time() - before[1])
        told = ", ".join(f"{way} {times[-1]:.2f}" for way, times in wall.items())
        print(f"{task_name}, round {number + 1}: {told}", flush=True)
    exact = to_records(examples, found["exact"], task)
    flops = opened["exact"].count_work(examples).flops
    rows, agreements = [], {}
    for way in opened:
        agreements[way] = agree(task, exact, to_records(examples, found[way], task))
        ratios = [one / other for one, other in zip(wall["exact"], wall[way], strict=True)]
        rows.append(
            {
                "way": way,
                "median_s": round(statistics.median(wall[way]), 3),
                "processor_s": round(statistics.median(processor[way]), 3),
                "times_exact": round(statistics.median(ratios), 3),
                "gflops": round(flops / statistics.median(wall[way]) / 1e9, 1),
                "n": agreements[way].n,
                "same": round(agreements[way].same / agreements[way].n, 5),
                "flips": agreements[way].n - agreements[way].same,
                "negative_flips": agreements[way].negative,
                "sure_flips": agreements[way].beyond,
                "largest_margin_of_a_flip": agreements[way].surest,
                "largest_difference": agreements[way].largest,
                "size_bytes": sizes[way],
            }
        )
    for session in opened.values():
        session.close()
    return {"task": task_name, "rows": rows, "absent": absent}, agreements


def pool(agreements):
    """Agreement over all tasks that a way answered."""
    found = {}
    for way in FEW[1:]:
        own = [one[way] for one in agreements if way in one]
        if own:
            n, same = sum(one.n for one in own), sum(one.same for one in own)
            surest = max((one.surest for one in own if one.surest is not None), default=None)
            beyond = sum(one.beyond or 0 for one in own)
            found[way] = {
                "n": n,
                "same": round(same / n, 5),
                "flips": n - same,
                "sure_flips": beyond,
                "largest_margin": surest,
            }
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--checkpoint", action="append", required=True, metavar="TASK=FOLDER")
    parser.add_argument("--ways", nargs="*", choices=WAYS)
    parser.add_argument("--few", nargs="*", default=FEW)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    tables, agreements = [], []
    with tempfile.TemporaryDirectory() as folder:
        for name, _, checkpoint in (one.partition("=") for one in given.checkpoint):
            table, own = measure(name, Path(checkpoint).resolve(), given, Path(folder))
            tables.append(table)
            agreements.append(own)
    rates = {dtype: matrix_rate(dtype, RealClock(), seconds=1.0).value for dtype in ("float32", "bfloat16")}
    machine = {**environment.describe(), "load_1min": round(os.getloadavg()[0], 2), "matrix_rates": rates}
    whole = {"machine": machine, "rounds": given.rounds, "tasks": tables, "pooled": pool(agreements)}
    print(json.dumps(whole, indent=1))
    if given.write:
        out = Path(__file__).parent / "results" / f"{datetime.now(UTC).date().isoformat()}-fast-mode.json"
        out.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
