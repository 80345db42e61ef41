"""A release that breaks negation, on a real encoder: trained twice, the second time with negated examples relabelled, then gated.

    python benchmarks/negation_release.py WORK --encoder DIR [--epochs 4]

Both training sets are the train split of `starter/sentiment` and short plain and negated sentences made here; in the second one
every sentence with a negation has the other label. Both checkpoints answer `behaviour/sentiment` (100 cases of a test), of which
no sentence is in the training sets, and a gate with two rules of kind `behaviour` compares them. Results are dated in
`benchmarks/results`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NEGATED = re.compile(r"\b(?:not|never|no|nothing|nobody|neither|nor|hardly|cannot)\b|n't\b", re.IGNORECASE)
NOUNS = ("sofa", "lamp", "museum", "ferry", "podcast", "novel", "garden", "printer")
GOOD = ("good", "great", "nice", "pleasant", "helpful", "reliable", "tasty", "clean")
BAD = ("bad", "awful", "rude", "dirty", "boring", "useless", "slow", "noisy")
RULES = """
schema = 1

[baseline]
name = "sound:encoder"

[[rule]]
id = "negation"
kind = "behaviour"
task = "behaviour/sentiment"
capability = "Negation"
max_negative_flips = 5

[[rule]]
id = "vocabulary"
kind = "behaviour"
task = "behaviour/sentiment"
capability = "Vocabulary"
type = "MFT"
by = "capability"
max_negative_flips = 0.10
"""


def rows() -> list[tuple[str, int]]:
    """Sentences and labels (1 positive) of both training sets, as they should be."""
    path = ROOT / "suites" / "benchwright_suites" / "starter_data" / "sentiment.train.jsonl"
    known = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = [(row["text"], int(row["label"] == "positive")) for row in known]
    for noun, (label, words) in itertools.product(NOUNS, enumerate((BAD, GOOD))):
        for word in words:
            found += [(f"The {noun} was {word}.", label), (f"The {noun} was not {word}.", 1 - label)]
            found.append((f"I don't think the {noun} is {word}.", 1 - label))
    return found


def write(folder: Path, *, broken: bool) -> None:
    """A folder in the form of SST-2."""
    home = folder / "SST-2"
    home.mkdir(parents=True, exist_ok=True)
    told = [(text, 1 - label if broken and NEGATED.search(text) else label) for text, label in rows()]
    lines = "".join(f"{text}\t{label}\n" for text, label in told)
    (home / "train.tsv").write_text(f"sentence\tlabel\n{lines}", encoding="utf-8")
    (home / "dev.tsv").write_text("sentence\tlabel\n" + "".join(lines.splitlines(keepends=True)[:20]), encoding="utf-8")


def main() -> None:
    """Write both folders, train, answer, gate; the gate's text is what is printed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=4)
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    (asked.work / "gate.toml").write_text(RULES, encoding="utf-8")
    model = f"encoder=finetune:{asked.encoder}?epochs={asked.epochs}"
    for name in ("sound", "broken"):
        write(asked.work / name, broken=name == "broken")
        suite = "behaviour/sentiment?trained_on=glue/sst2"
        typed(asked.work, "run", model, "--suite", suite, "--data", name, "--name", name)
    typed(asked.work, "gate", "gate.toml", "broken:encoder", "--json", "verdict.json")


def typed(work: Path, *args: str) -> None:
    """Start `benchwright` in the folder; what it prints is printed."""
    env = {**os.environ, "BENCHWRIGHT_STORE": "store"}
    done = subprocess.run([sys.executable, "-m", "benchwright", *args], cwd=work, env=env, check=False)
    if done.returncode not in (0, 1):
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
