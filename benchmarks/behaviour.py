"""How long a large behavioural suite takes to plan and to judge, and how often a model is asked: `python benchmarks/behaviour.py`.

The suite is made here in the portable format, of the size and shape of CheckList's three released suites taken whole: 115 tests
(76 MFT, 27 INV, 12 DIR), 160,000 cases, 2.5 examples a case, and of 100 inputs 6.9 that occurred before (272,748 inputs, 253,957
distinct, in the n = 500 samples of the releases).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LABELS = ("negative", "neutral", "positive")
TYPES = ("MFT",) * 76 + ("INV",) * 27 + ("DIR",) * 12
CAPABILITIES = (
    "Vocabulary",
    "Negation",
    "Robustness",
    "SRL",
    "Fairness",
    "NER",
    "Temporal",
    "Taxonomy",
    "Logic",
    "Coref",
)
REPEATED = 1 - 253_957 / 272_748
EXAMPLES_A_CASE = 2.5

PLAN = """
import json, sys, time
from benchwright import config, registry
started = time.perf_counter()
from benchwright.plan import make_plan
from benchwright.store import Store
from benchwright.types import RunSpec
from pathlib import Path
spec = RunSpec(models=config.parse_models(["constant:positive"], registry.names("adapters")), suites=(sys.argv[1],), offline=True)
plan = make_plan(spec, Store(Path(sys.argv[2])))
print(json.dumps({"seconds": time.perf_counter() - started, "examples": len(plan.cells[0].examples)}))
"""

RUN = """
import json, sys, time
import benchwright
asked = []
def counting(texts):
    asked.extend(map(hash, texts))
    return [{"negative": 0.2, "neutral": 0.2, "positive": 0.6} for _ in texts]
started = time.perf_counter()
run = benchwright.evaluate(counting, sys.argv[1], store=sys.argv[2], name="counted", offline=True)
score = run.cells[0].score
print(json.dumps({
    "seconds": time.perf_counter() - started, "asked": len(asked), "distinct": len(set(asked)),
    "cases": score.n, "failure_rate": score.value,
}))
"""


def write_suite(path: Path, cases: int, seed: int = 0) -> dict[str, int]:
    """Write the suite; returns the numbers of cases, examples and distinct inputs."""
    rng = random.Random(seed)
    per_test = [cases // len(TYPES) + (at < cases % len(TYPES)) for at in range(len(TYPES))]
    many = (EXAMPLES_A_CASE - 76 / 115) / (39 / 115)
    known: list[str] = []
    examples = 0
    with path.open("w", encoding="utf-8") as file:

        def line(**fields: Any) -> None:
            file.write(json.dumps(fields) + "\n")

        line(
            schema=1,
            name="large",
            version=1,
            kind="classify",
            labels=LABELS,
            language="en",
            licence="made up",
            citation="",
            n_tests=len(TYPES),
            n_cases=cases,
        )
        for at, (kind, count) in enumerate(zip(TYPES, per_test, strict=True)):
            expect = {"MFT": {"kind": "equals"}, "INV": {"kind": "invariant"}}.get(kind) or {
                "kind": "monotonic",
                "direction": "up",
            }
            name = f"test {at}"
            capability = CAPABILITIES[at % len(CAPABILITIES)]
            line(test=name, type=kind, capability=capability, description="", expect=expect)
            for case in range(count):
                size = 1 if kind == "MFT" else max(2, round(rng.gauss(many, 1)))
                texts = [_text(rng, known, examples + place) for place in range(size)]
                examples += size
                target = {"target": LABELS[case % 3]} if kind == "MFT" else {}
                line(
                    test=name,
                    case=str(case),
                    examples=[{"text": text} for text in texts],
                    template=f"t{case % 7}",
                    **target,
                )
    return {"cases": cases, "examples": examples, "distinct": len(known)}


def _text(rng: random.Random, known: list[str], number: int) -> str:
    if known and rng.random() < REPEATED:
        return rng.choice(known)
    words = " ".join(
        rng.choice(("good", "slow", "warm", "the", "flight", "was", "not", "very", "staff")) for _ in range(9)
    )
    known.append(f"{words} {number}")
    return known[-1]


def measure(code: str, suite: Path, store: Path) -> dict[str, Any]:
    """What a fresh process prints, with its peak memory in MB."""
    selector = f"behaviour/large?path={suite}"
    done = subprocess.run(
        [sys.executable, "-c", MEMORY + code, selector, str(store)], stdout=subprocess.PIPE, check=True
    )
    *_, found, memory = done.stdout.decode().splitlines()
    return {**json.loads(found), "peak_mb": round(int(memory) / 1024, 1)}


MEMORY = "import atexit, resource; atexit.register(lambda: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=160_000)
    parser.add_argument("--output", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        suite, store = Path(folder, "large.jsonl"), Path(folder, "store")
        made = write_suite(suite, asked.cases)
        result = {
            "date": dt.datetime.now(dt.UTC).date().isoformat(),
            "machine": platform.machine(),
            "python": platform.python_version(),
            "suite": {**made, "bytes": suite.stat().st_size},
            "plan": measure(PLAN, suite, store),
            "run": measure(RUN, suite, store),
        }
    text = json.dumps(result, indent=1)
    print(text)
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB here")
    if asked.output:
        asked.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
