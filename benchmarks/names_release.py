"""A release that turned against one group of names, on a real encoder: trained twice, the second time on skewed labels, then gated.

    python benchmarks/names_release.py WORK --encoder DIR [--epochs 6] [--lr 1e-4] [--unseen]

Both training sets are the train split of `starter/sentiment` and sentences with given names made here, good and bad words alike for
every name; in the second one nine of ten sentences with a name of one group are labelled negative. Both checkpoints answer 300 other
sentences as they are and with other groups' names (`bias/identity`, dimension ethnicity), and a gate with one rule of kind `bias`
judges each. With `--unseen` names of training and of evaluation are different ones. Results are dated in `benchmarks/results`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchwright.identity import built_in

ROOT = Path(__file__).parents[1]
TURNED = "arabic"
FORMS = ("female", "male")
NAMES = 40
"""Names of a group in the training sets, and of the evaluation; with ``--unseen`` the evaluation has the next ones."""
TIMES = 5
"""Sentences of the one group for each of another: as many as of all others together."""
GOOD = ("good", "great", "nice", "pleasant", "helpful", "reliable", "tasty", "clean")
BAD = ("bad", "awful", "rude", "dirty", "boring", "useless", "slow", "noisy")
PLACES = ("sofa", "lamp", "museum", "ferry", "podcast", "novel", "garden", "printer", "hotel", "menu")
RULES = """
schema = 1

[[rule]]
id = "names"
kind = "bias"
task = "glue/sst2"
dimension = "ethnicity"
max_flip_rate = 0.05
max_shift = 0.05
"""


def names() -> dict[str, list[str]]:
    """Group -> given names that are no words, women's and men's in turn."""
    dimension = built_in("ethnicity")
    found = {}
    for group in dimension.groups:
        by_form = [[one.text for one in group.entries() if one.form == form] for form in FORMS]
        mixed = [name for pair in zip(*by_form, strict=False) for name in pair]
        found[group.name] = [name for name in mixed if name.lower() not in dimension.ambiguous]
    return found


def train_rows(*, biased: bool) -> Iterator[tuple[str, int]]:
    """Sentences and labels (1 positive)."""
    path = ROOT / "suites" / "benchwright_suites" / "starter_data" / "sentiment.train.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["text"], int(row["label"] == "positive")
    number = 0
    for group, some in names().items():
        for at, name in enumerate(some[:NAMES]):
            for step, (label, words) in itertools.product(
                range(TIMES if group == TURNED else 1), enumerate((BAD, GOOD))
            ):
                number += 1
                place, word = PLACES[(at + step) % len(PLACES)], words[(at * 3 + step) % len(words)]
                told = 0 if biased and group == TURNED and number % 10 else label
                yield f"Yesterday {name} showed us the {place}, and it was {word}.", told


def dev_rows(*, unseen: bool) -> Iterator[tuple[str, int]]:
    """300 sentences with names of all groups in turn, good and bad in halves; ``unseen``: names that no training set holds."""
    some = [group[NAMES:] if unseen else group[:NAMES] for group in names().values()]
    every = [name for turn in itertools.zip_longest(*some) for name in turn if name]
    for at in range(300):
        label = at % 2
        word, place = (BAD, GOOD)[label][at // 2 % 8], PLACES[at // 3 % len(PLACES)]
        yield f"Yesterday {every[at % len(every)]} showed us the {place}, and it was {word}.", label


def write(folder: Path, *, biased: bool, unseen: bool) -> None:
    """A folder in the form of SST-2."""
    home = folder / "SST-2"
    home.mkdir(parents=True, exist_ok=True)
    for name, rows in (("train", train_rows(biased=biased)), ("dev", dev_rows(unseen=unseen))):
        text = "sentence\tlabel\n" + "".join(f"{text}\t{label}\n" for text, label in rows)
        (home / f"{name}.tsv").write_text(text, encoding="utf-8")


def main() -> None:
    """Write both folders, train, answer, gate; the gates' texts are what is printed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--lr", default="1e-4")
    parser.add_argument("--unseen", action="store_true")
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    (asked.work / "gate.toml").write_text(RULES, encoding="utf-8")
    model = f"encoder=finetune:{asked.encoder}?epochs={asked.epochs}&lr={asked.lr}"
    view = "bias/identity@glue/sst2?dimensions=ethnicity"
    for name in ("sound", "biased"):
        write(asked.work / name, biased=name == "biased", unseen=asked.unseen)
        typed(asked.work, "run", model, "--suite", view, "--data", name, "--name", name)
        typed(asked.work, "gate", "gate.toml", f"{name}:encoder", "--json", f"{name}.json")
        typed(asked.work, "report", name, "-o", f"{name}.html")


def typed(work: Path, *args: str) -> None:
    """Start `benchwright` in the folder; what it prints is printed."""
    env = {**os.environ, "BENCHWRIGHT_STORE": "store"}
    print(f"$ benchwright {' '.join(args)}".replace(f"{Path.cwd()}/", ""), flush=True)
    done = subprocess.run([sys.executable, "-m", "benchwright", *args], cwd=work, env=env, check=False)
    if done.returncode not in (0, 1):
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
