"""Seconds from the command to the first batch: ``python benchmarks/start_up.py MODEL SUITE/TASK --data DIR [--rounds 5]``.

Two fresh processes in turns: `benchwright run` of a checkpoint until its first buffer or batch is handed to the model, and a bare script
that imports torch and transformers, loads model and tokenizer and answers one text. Medians of both, and of what a run takes more. On a
busy machine read processor seconds; those of processes that were started and ended on the way are counted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

WALL, PROCESSOR = "wall", "processor"


def report(began: float) -> None:
    """Print what was used so far, and end this process at once."""
    times = os.times()
    processor = times.user + times.system + times.children_user + times.children_system
    sys.__stdout__.write(json.dumps({WALL: time.time() - began, PROCESSOR: processor, "modules": len(sys.modules)}))
    sys.__stdout__.flush()
    os._exit(0)


def bare(began: float, model: str) -> None:
    """What nobody gets around."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    loaded, tokenizer = (
        AutoModelForSequenceClassification.from_pretrained(model).eval(),
        AutoTokenizer.from_pretrained(model),
    )
    with torch.inference_mode():
        loaded(**tokenizer("a text", return_tensors="pt"))
    report(began)


def ours(began: float, model: str, task: str, data: str) -> None:
    """A run by the command line, until its model is asked."""
    from benchwright.cli.main import main
    from benchwright.execution import worker

    opened = worker.open_session

    class Ending:
        """A forward pass that ends the process when it is asked."""

        def __init__(self, forward: Any) -> None:
            self._forward = forward

        def __getattr__(self, name: str) -> Any:
            return getattr(self._forward, name)

        def __call__(self, batch: Any) -> None:
            del batch
            report(began)

        compute = __call__

    def open_ending(*given: Any, **options: Any) -> Any:
        found = opened(*given, **options)
        found.forward = Ending(found.forward)
        return found

    worker.open_session = open_ending
    with tempfile.TemporaryDirectory() as store:
        main(["run", model, "--suite", task, "--data", data, "--store", store])


def measure(way: str, options: argparse.Namespace) -> dict[str, float]:
    command = [sys.executable, __file__, options.model, options.task, "--data", options.data, "--way", way]
    done = subprocess.run([*command, "--began", str(time.time())], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="folder of a checkpoint for classes")
    parser.add_argument("task")
    parser.add_argument("--data", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--way", choices=("bare", "ours"), help=argparse.SUPPRESS)
    parser.add_argument("--began", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way == "bare":
        bare(options.began, options.model)
    if options.way == "ours":
        ours(options.began, options.model, options.task, options.data)
    ways = ("bare", "ours")
    rounds = [{way: measure(way, options) for way in ways} for _ in range(options.rounds + 1)][
        1:
    ]  # the first reads files
    print(f"{options.model} on {options.task}: medians of {options.rounds} processes each, seconds to the first batch")
    for at in (WALL, PROCESSOR):
        bare_s, ours_s = (statistics.median(one[way][at] for one in rounds) for way in ways)
        more = statistics.median(one["ours"][at] - one["bare"][at] for one in rounds)
        print(f"{at:10} imports and weights alone {bare_s:6.2f}   benchwright run {ours_s:6.2f}   more {more:5.2f}")


if __name__ == "__main__":
    main()
