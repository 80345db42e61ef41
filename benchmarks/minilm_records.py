"""What a real encoder answers on every kind of task, to compare two commits byte for byte.

    python benchmarks/minilm_records.py make WORK --encoder DIR                        checkpoints and data, once
    python benchmarks/minilm_records.py answer WORK OUT [--root DIR] [--only NAME...]   what a checkout answers, as files of OUT
    diff -r OUT OTHER

`make` takes an encoder (a folder of MiniLM-L6, say) and gives it heads for labels, pairs, several labels, numbers, tags,
spans and options, drawn with a seed and large enough that answers differ. `answer` runs the commands that a person types:
`transformers` on each checkpoint, and `finetune` on small train splits, a few steps with rows held back, whose weights
are told by a digest. One thread on a processor, so that equal code gives equal bits. Of a record what decides a score
is kept: id, target, output, scores (as they are, all digits), error, truncated, and what else the adapter says of it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCES = ("harness", "suites", "adapters", "reports", "leaderboards")
KEPT = ("id", "target", "output", "scores", "error", "truncated", "extra")
NAMES = ("Ada", "Bob", "Cid", "Dee", "Eve")
PLACES = ("Rome", "Oslo", "Bern", "Lima")
WORDS = ("good", "dreadful", "slow", "bright", "calm", "late", "charming", "tedious", "warm", "bitter")
LABELS = ("bad", "fair", "good")
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
ROWS, TRAIN = 40, 110


def sentence(row: int) -> str:
    """A short text, another for each row; some are long."""
    text = f"The {WORDS[row % 10]} film number {row} from {PLACES[row % 4]} was {WORDS[(row * 7 + 3) % 10]}"
    return " ".join([text, *(["and then it went on"] * 40 if row % 13 == 5 else [])]) + "."


def lines(rows) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def classify(first: int, rows: int) -> str:
    return "text,other,label\n" + "".join(
        f"{sentence(row)},{sentence(row + 3)},{LABELS[(row + row // 7) % 3]}\n" for row in range(first, first + rows)
    )


def tags(first: int, rows: int) -> str:
    told = []
    for row in range(first, first + rows):
        words = [(NAMES[row % 5], "B-PER"), *([("Overbeck-Lane", "I-PER")] if row % 3 == 0 else [])]
        words += [("writes", "O"), ("unbelievably", "O"), ("from", "O"), (PLACES[row % 4], "B-LOC")]
        words += [(word, "O") for word in sentence(row).split()] if row % 4 == 1 else []
        told += [f"{word} {tag}" for word, tag in words] + [""]
    return "\n".join(told) + "\n"


def spans(first: int, paragraphs: int, prefix: str) -> str:
    told = []
    for number in range(first, first + paragraphs):
        name, place = NAMES[number % 5], PLACES[number % 4]
        filler = "It rained for days and nobody spoke of it. " * (30 if number % 5 == 2 else 1)
        context = f"{filler}{name} of house {number} lives in the old town of {place}. {sentence(number)}"
        asked = []
        for part, text in enumerate((name, f"the old town of {place}")):
            absent = (number + part) % 6 == 5
            answers = [] if absent else [{"text": text, "answer_start": context.index(text)}]
            question = f"{('Who lives in house', 'Where is house')[part]} {number}?"
            asked.append(
                {"id": f"{prefix}{number}-{part}", "question": question, "answers": answers, "is_impossible": absent}
            )
        told.append({"context": context, "qas": asked})
    return json.dumps({"version": "2", "data": [{"title": "t", "paragraphs": told}]})


def similarity(rows: int) -> str:
    columns = [
        "index",
        "genre",
        "filename",
        "year",
        "old_index",
        "source1",
        "source2",
        "sentence1",
        "sentence2",
        "score",
    ]
    told = ["\t".join(columns)]
    for row in range(rows):
        texts = (sentence(2 * row), sentence(2 * row + 1))
        told.append("\t".join((str(row), "g", "f", "2012", str(row), "s", "s", *texts, f"{row * 37 % 51 / 10:.3f}")))
    return "\n".join(told) + "\n"


def choices(first: int, rows: int) -> str:
    return lines(
        {
            "premise": sentence(row),
            "choice1": f"It was {WORDS[row % 10]}.",
            "choice2": f"Nobody in {PLACES[row % 4]} knew that it was {WORDS[(row + 3) % 10]}.",
            "question": ("cause", "effect")[row % 2],
            "label": (row * 3 + row // 7) % 2,
            "idx": row,
        }
        for row in range(first, first + rows)
    )


FILES = {
    "test.csv": classify(0, ROWS),
    "train.csv": classify(500, TRAIN),
    "topics.jsonl": lines({"text": sentence(row), "label": [LABELS[row % 3]] * (row % 4 != 0)} for row in range(ROWS)),
    "test.conll": tags(0, ROWS),
    "train.conll": tags(500, TRAIN),
    "dev.json": spans(0, ROWS // 2, "q"),
    "train.json": spans(500, TRAIN // 2, "t"),
    "data/STS-B/dev.tsv": similarity(ROWS),
    "data/COPA/val.jsonl": choices(0, ROWS),
    "data/COPA/train.jsonl": choices(500, TRAIN),
}
TEXTS = f"classification/custom?path=test.csv&train=train.csv&labels={','.join(LABELS)}"
MANY = f"classification/custom?path=topics.jsonl&multilabel=true&labels={','.join(LABELS)}&name=topics"
SENTENCES = "ner/custom?path=test.conll&train=train.conll&types=PER,LOC&name=people"
QUESTIONS = "squad/custom?path=dev.json&train=train.json&name=questions"
SHORT = "epochs=1&hold=0.46&batch=8&seed=3"
COMMANDS = {
    "classify": ("transformers:models/classify", f"{TEXTS}&name=texts"),
    "pairs": ("transformers:models/classify", f"{TEXTS}&text_pair=other&name=pairs"),
    "multilabel": ("transformers:models/multilabel", MANY),
    "regress": ("transformers:models/regress", "glue/stsb"),
    "tag": ("transformers:models/tag", SENTENCES),
    "span": ("transformers:models/span", QUESTIONS),
    "span-windows": ("transformers:models/span?max_length=64&doc_stride=16", QUESTIONS),
    "choose": ("transformers:models/choose", "superglue/copa"),
    "choose-pairs": ("transformers:models/regress", "superglue/copa"),
    "finetune-classify": (f"finetune:models/base?{SHORT}&max_length=32", f"{TEXTS}&name=texts"),
    "finetune-frozen": (
        f"finetune:models/base?{SHORT}&max_length=32&recipe=frozen",
        f"{TEXTS}&text_pair=other&name=pairs",
    ),
    "finetune-tag": (f"finetune:models/base?{SHORT}&max_length=32", SENTENCES),
    "finetune-span": (f"finetune:models/base?{SHORT}&max_length=64&doc_stride=16", QUESTIONS),
    "finetune-choose": (f"finetune:models/base?{SHORT}&max_length=32", "superglue/copa"),
}
"""Name -> model and suite."""


def make(work: Path, encoder: Path) -> None:
    """Write the data and the checkpoints."""
    import torch
    import transformers

    for name, text in FILES.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text, encoding="utf-8")
    tokenizer = transformers.AutoTokenizer.from_pretrained(encoder)
    heads = {
        "base": (transformers.AutoModel, {}),
        "classify": (transformers.AutoModelForSequenceClassification, {"id2label": dict(enumerate(LABELS))}),
        "multilabel": (
            transformers.AutoModelForSequenceClassification,
            {"id2label": dict(enumerate(LABELS)), "problem_type": "multi_label_classification"},
        ),
        "regress": (transformers.AutoModelForSequenceClassification, {"num_labels": 1, "problem_type": "regression"}),
        "tag": (transformers.AutoModelForTokenClassification, {"id2label": dict(enumerate(TAGS))}),
        "span": (transformers.AutoModelForQuestionAnswering, {}),
        "choose": (transformers.AutoModelForMultipleChoice, {}),
    }
    for number, (name, (auto, settings)) in enumerate(heads.items()):
        if "id2label" in settings:
            settings["label2id"] = {label: at for at, label in settings["id2label"].items()}
        torch.manual_seed(number)
        model = auto.from_pretrained(encoder, **settings)
        for part, weights in model.named_parameters():
            if part.startswith(("classifier", "qa_outputs")) and part.endswith("weight"):
                weights.data = torch.randn(weights.shape) * 0.5
        model.save_pretrained(work / "models" / name)
        tokenizer.save_pretrained(work / "models" / name)


def answer(work: Path, out: Path, root: Path, only: list[str]) -> None:
    """Run every command with the code of a checkout, each in a process of its own, and write what it answered."""
    out.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join(str(root / source) for source in SOURCES)
    one = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}
    for name, (model, suite) in COMMANDS.items():
        if only and name not in only:
            continue
        with tempfile.TemporaryDirectory() as store:
            env = {**os.environ, **one, "PYTHONPATH": path, "BENCHWRIGHT_STORE": store}
            folder = [] if "/custom?" in suite else ["--data", "data"]
            words = ["run", f"m={model}", "--suite", suite, *folder, "--offline", "--name", "r"]
            command = [sys.executable, "-m", "benchwright", *words, "--format", "json"]
            done = subprocess.run(command, cwd=work, env=env, capture_output=True, text=True, check=False)
            if done.returncode:
                (out / f"{name}.txt").write_text(f"exit {done.returncode}\n{done.stderr}")
                continue
            (out / f"{name}.txt").write_text(_told(json.loads(done.stdout), Path(store)))


def _told(run: dict, store: Path) -> str:
    """Records, ledger and, of a training, its report and the digest of its weights."""
    import pyarrow.parquet as pq

    (cell,) = run["results"]
    kept = ("total", "scored", "errored", "skipped", "truncated", "tokens", "unknown", "notes")
    told = [json.dumps({name: cell["ledger"][name] for name in kept})]
    rows = pq.read_table(store / "cells" / cell["key"] / "records.parquet").to_pylist()
    told += [json.dumps({name: row[name] for name in KEPT}) for row in rows]
    if cell["training"]:
        told.append(json.dumps(_without_times(cell["training"])))
    made = sorted(store.glob("models/*/**/*.safetensors"))
    told += [f"weights {hashlib.sha256(weights.read_bytes()).hexdigest()}" for weights in made]
    return "\n".join(told) + "\n"


def _without_times(value):
    if isinstance(value, dict):
        return {key: _without_times(part) for key, part in value.items() if "seconds" not in key and key != "versions"}
    return [_without_times(part) for part in value] if isinstance(value, list) else value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    making = verbs.add_parser("make")
    making.add_argument("work", type=Path)
    making.add_argument("--encoder", type=Path, required=True)
    answering = verbs.add_parser("answer")
    answering.add_argument("work", type=Path)
    answering.add_argument("out", type=Path)
    answering.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1])
    answering.add_argument("--only", nargs="*", choices=tuple(COMMANDS), default=[])
    given = parser.parse_args()
    if given.verb == "make":
        make(given.work.resolve(), given.encoder.resolve())
    else:
        answer(given.work.resolve(), given.out.resolve(), given.root.resolve(), given.only)


if __name__ == "__main__":
    main()
