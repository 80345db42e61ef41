"""Where the ways of ``fast_path.py`` are measured: a process that imports everything once, and leaves a copy of itself to each of them.

    python benchmarks/fast_path_worker.py --ways ours trainer-32 ... --checkpoint FOLDER ...      (one request in JSON a line, one answer)

Importing torch, transformers, datasets and sentence-transformers takes five to seven seconds of a processor, more than most ways compute. It is done once,
nothing is computed there and no thread is begun; a forked copy opens the checkpoint, reads the texts, answers a few of them and then all, so that
no way finds what another one left. Collections of garbage never look at what was imported: those of benchwright do not anyway, those of the others would.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import json
import os
import resource
import sys
import time
import traceback
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path = [one for one in sys.path if Path(one or ".").resolve() != HERE] + [str(HERE)]  # coverage.py is no package

from fast_path_texts import read_task  # noqa: E402
from fast_path_ways import NEEDED, make_checkpoint, open_way  # noqa: E402

WARM = 32
"""Texts that are answered before the clock runs."""


def import_for(ways, checkpoints):
    """What these ways import, and the classes of these checkpoints."""
    from transformers import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING, AutoConfig

    names = (
        "benchwright.data.load",
        "benchwright.registry",
        *(name for way in ways for name in NEEDED[way.partition("-")[0]]),
    )
    for name in dict.fromkeys(names):
        module, _, attribute = name.partition(":")
        found = importlib.import_module(module)
        if attribute:
            getattr(found, attribute)
    for folder in checkpoints:
        with contextlib.suppress(KeyError):
            MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING[type(AutoConfig.from_pretrained(folder))]
    from benchwright import registry

    registry.names("suites")


def timed(way, inputs, passes, device):
    """Seconds and processor seconds of each pass over all texts; the last answers."""
    found = None
    wall, processor = [], []
    for _ in range(passes):
        before = time.perf_counter(), time.process_time()
        found = way(inputs)
        if device == "cuda":
            import torch

            torch.cuda.synchronize()
        wall.append(time.perf_counter() - before[0])
        processor.append(time.process_time() - before[1])
    return wall, processor, found


def measure(asked):
    """Seconds of one way; its scores go into the file ``out``."""
    import torch

    torch.set_num_threads(asked.threads)
    task, examples = read_task(asked.task, asked.data, asked.limit)
    way = open_way(asked, task, examples)
    torch.set_num_threads(asked.threads)
    inputs = way.texts
    if hasattr(way, "prepare"):
        way.prepare(inputs)
    way(inputs[:WARM])
    wall, processor, found = timed(way, inputs, asked.passes, asked.device)
    if found is None and hasattr(way, "result"):
        found = way.result()
    if found is not None:
        np.savez(asked.out, scores=found)
    facts = way.facts() if hasattr(way, "facts") else {}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"wall": wall, "processor": processor, "threads": torch.get_num_threads(), "peak_mib": peak, **facts}


def rate(asked):
    """Operations a second of the best matrix product here."""
    import torch

    from benchwright.measuring.clock import RealClock
    from benchwright.measuring.matrix_rate import matrix_rate

    torch.set_num_threads(asked.threads)
    found = matrix_rate(asked.dtype, RealClock(), device=asked.device, seconds=0.5)
    return {"rate": found.value, "source": found.source or found.reason}


def make(asked):
    """A checkpoint with random weights."""
    task, examples = read_task(asked.task, asked.data, asked.limit)
    make_checkpoint(asked.checkpoint, task, examples, made=asked.data is None)
    return {}


VERBS = {"measure": measure, "rate": rate, "make": make}


def answer(asked, write):
    """In the copy: what a verb finds, or how it failed, in one line of JSON."""
    noise = io.StringIO()
    try:
        with contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
            found = VERBS[asked.verb](asked)
    except BaseException:
        found = {"error": (noise.getvalue() + traceback.format_exc())[-3000:]}
    os.write(write, json.dumps(found).encode())


def serve(asked):
    """The answer of a copy of this process, which ends with it."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            answer(asked, write)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    return told.decode() or json.dumps({"error": f"the process ended with status {status}"})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ways", nargs="+", required=True)
    parser.add_argument("--checkpoint", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    noise = io.StringIO()
    try:
        with contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
            import_for(given.ways, given.checkpoint)
    except Exception:
        raise SystemExit(noise.getvalue() + traceback.format_exc()) from None
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        print(serve(argparse.Namespace(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
