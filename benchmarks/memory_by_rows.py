"""Peak memory of a run by the number of its rows: a real encoder on short real texts, a fresh process for each size.

    python benchmarks/memory_by_rows.py ENCODER --data DIR [--kinds pairs tags] [--rows 4000 40000] [--write FOLDER]

ENCODER is a checkpoint folder with its tokenizer; it gets a head of random weights, since memory does not ask what is right. Pairs are those of
SNLI, MNLI, QNLI, RTE, MRPC, STS-B and PAWS-X, sentences those of WNUT-17, BC5CDR and CoNLL-2002, all distinct, shuffled with a fixed seed: fewer rows are the
first of more, so that lengths are alike. Where there are fewer texts than the most that are asked for, all of them are taken for it, and the same
shares for the others. The command is the one that is typed, on an empty store; told is the largest resident set (``ru_maxrss``) of its process.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

PAIRS = (
    ("nli", "snli", "validation"), ("glue", "mnli", "validation"), ("glue", "qnli", "validation"), ("glue", "rte", "train"), ("glue", "rte", "validation"),
    ("glue", "mrpc", "train"), ("glue", "mrpc", "validation"), ("glue", "stsb", "train"), ("glue", "stsb", "validation"), ("paraphrase", "pawsx_en", "validation"), ("glue", "wnli", "train"), ("glue", "wnli", "validation"),
)  # fmt: skip
SENTENCES = (
    ("ner", "wnut17", "train"), ("ner", "wnut17", "validation"), ("ner", "wnut17", "test"), ("ner", "bc5cdr", "train"), ("ner", "bc5cdr", "validation"),
    ("ner", "bc5cdr", "test"), ("ner", "conll2002_es", "test"), ("ner", "conll2002_nl", "test"),
)  # fmt: skip
LABELS = ("no", "yes")
TAGS = ("O", "B-name", "I-name")
LONGEST_WORDS = 80
"""Words of a pair or a sentence, at most: short texts."""


@dataclass(frozen=True)
class Figure:
    """One run."""

    kind: str
    rows: int
    peak_mb: float
    cpu_s: float
    wall_s: float


def read_inputs(cards: Iterable[tuple[str, str, str]], data: Path) -> Iterator[tuple[object, ...]]:
    """The inputs of the splits that are there, in their order."""
    from benchwright import registry
    from benchwright.data.load import load
    from benchwright.errors import BenchwrightError

    for suite_name, name, split in cards:
        suite = registry.get("suites", suite_name)
        task = suite.task(name)
        try:
            found = load(task, split, suite=suite, folder=data, offline=True)
        except BenchwrightError as error:
            print(f"left out: {suite_name}/{name} {split}: {error.line}", flush=True)
            continue
        for example in found.examples:
            yield tuple(example.inputs[name] for name in task.inputs)


def shuffled(items: Iterable[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Distinct ones in an order that is always the same."""
    found = list(dict.fromkeys(items))
    random.Random(17).shuffle(found)
    return found


def read_pairs(data: Path) -> list[tuple[object, ...]]:
    """Two short texts each."""
    pairs = (pair for pair in read_inputs(PAIRS, data) if len(pair) == len(LABELS))
    return shuffled(pair for pair in pairs if sum(len(str(text).split()) for text in pair) <= LONGEST_WORDS)


def read_sentences(data: Path) -> list[tuple[object, ...]]:
    """The words of short sentences."""
    sentences = (tuple(words) for (words,) in read_inputs(SENTENCES, data))
    return shuffled(words for words in sentences if len(words) <= LONGEST_WORDS)


def write_pairs(path: Path, rows: Sequence[tuple[object, ...]]) -> str:
    """A CSV, and the task that reads it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["text", "other", "label"])
        writer.writerows((*row, LABELS[number % 2]) for number, row in enumerate(rows))
    return f"classification/custom?path={path}&text=text&text_pair=other&labels={','.join(LABELS)}"


def write_sentences(path: Path, rows: Sequence[tuple[object, ...]]) -> str:
    """CoNLL columns in which every seventh word is a name, and the task that reads them."""
    with path.open("w", encoding="utf-8") as file:
        for words in rows:
            file.writelines(f"{word}\t{TAGS[at % 7 == 0]}\n" for at, word in enumerate(words))
            file.write("\n")
    return f"ner/custom?path={path}"


def make_checkpoint(encoder: Path, folder: Path, kind: str) -> None:
    """The encoder with a head of random weights, and its tokenizer."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification, AutoTokenizer

    torch.manual_seed(0)
    names = TAGS if kind == "tags" else LABELS
    head = AutoModelForTokenClassification if kind == "tags" else AutoModelForSequenceClassification
    words = {"id2label": dict(enumerate(names)), "label2id": {name: at for at, name in enumerate(names)}}
    head.from_pretrained(encoder, num_labels=len(names), **words).save_pretrained(folder)
    AutoTokenizer.from_pretrained(encoder).save_pretrained(folder)


def measure(kind: str, rows: int, checkpoint: Path, task: str) -> Figure:
    """The run in a process of its own."""
    with tempfile.TemporaryDirectory() as store:
        command = [sys.executable, "-m", "benchwright", "run", str(checkpoint), "--suite", task, "--store", store]
        began = time.perf_counter()
        process = subprocess.Popen([*command, "--quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        told = process.stderr.read() if process.stderr else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {process.returncode}\n{told}")
    seconds = used.ru_utime + used.ru_stime
    return Figure(kind, rows, round(used.ru_maxrss / 1024, 1), round(seconds, 1), round(time.perf_counter() - began, 1))


def sizes(wanted: Sequence[int], there: int) -> list[int]:
    """Numbers of rows: those asked for, or the same ratios of what is there."""
    return sorted(rows if max(wanted) <= there else rows * there // max(wanted) for rows in wanted)


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder", type=Path, help="folder of a checkpoint with its tokenizer")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kinds", nargs="+", choices=("pairs", "tags"), default=("pairs", "tags"))
    parser.add_argument("--rows", nargs="+", type=int, default=(4000, 40_000))
    parser.add_argument("--write", type=Path, help="folder for a dated JSON file, such as benchmarks/results")
    asked = parser.parse_args()
    figures: list[Figure] = []
    for kind in asked.kinds:
        rows = read_pairs(asked.data) if kind == "pairs" else read_sentences(asked.data)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make_checkpoint(asked.encoder, folder / "checkpoint", kind)
            for count in sizes(asked.rows, len(rows)):
                path = folder / f"rows{count}.{'conll' if kind == 'tags' else 'csv'}"
                task = (write_sentences if kind == "tags" else write_pairs)(path, rows[:count])
                figures.append(measure(kind, count, folder / "checkpoint", task))
                print(json.dumps(asdict(figures[-1])), flush=True)
    ratios = {
        f"{kind} {many.rows}/{few.rows}": round(many.peak_mb / few.peak_mb, 4)
        for kind in asked.kinds
        for few, many in pairwise([figure for figure in figures if figure.kind == kind])
    }
    print(json.dumps(ratios))
    if asked.write:
        from benchwright import environment

        told = {
            "date": dt.datetime.now(dt.UTC).date().isoformat(),
            "machine": environment.describe(),
            "encoder": asked.encoder.resolve().name,
            "figures": [asdict(one) for one in figures],
            "peak_by_rows": ratios,
        }
        path = asked.write / f"{told['date']}-memory-by-rows.json"
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
