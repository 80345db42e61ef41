"""How fast evaluation is, from texts to scores, beside what people use today: ``make bench``, or

    python benchmarks/fast_path.py --data DIR [--checkpoint sst2=FOLDER --checkpoint rte=FOLDER ...] [--rounds 3] [--write] [--resume]

Each way answers the same texts with the same checkpoint in a process of its own (``fast_path_worker.py``); rounds are interleaved, so that a
slow minute of the machine hits all. Before a figure of a round is printed its answers must agree (probabilities within 1e-5, labels
wherever the margin exceeds that). Ways: benchwright; the pure forward loop over the same buffers (what a run would cost if nothing else did); a loop that
sorts by length and pads batches of 1,024 tokens; `Trainer.predict` at 8 and 32; `pipeline` at 1, 8 and 32; `CrossEncoder` of
sentence-transformers, for pairs. Beside them two limits: the forward loop, and the operations of real tokens over this machine's best matrix product.

Results are written after every round; ``--resume`` goes on where an interrupted race ended. Without ``--checkpoint`` a model of MiniLM's size with
random weights is made: how fast it computes does not depend on what it has learned. Without the data of a task texts are made that are as long as its
own. ``fast_path_shapes.py`` does the same for larger models on a GPU.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path = [one for one in sys.path if Path(one or ".").resolve() != HERE] + [str(HERE)]  # coverage.py is no package

from fast_path_table import shown, summary, tell  # noqa: E402
from fast_path_texts import TASKS, why_absent  # noqa: E402
from fast_path_ways import absent  # noqa: E402

from benchwright import environment  # noqa: E402

CLOSE = 1e-5
"""How far probabilities of two ways may lie apart."""

SINGLE = ("ours", "forward", "loop", "trainer-8", "trainer-32", "pipeline-1", "pipeline-8", "pipeline-32")
WAYS = {
    "sst2": SINGLE,
    "rte": (*SINGLE, "cross-32"),
    "qnli": (*SINGLE, "cross-32"),
    "wnut17": ("ours", "forward"),
    "v1": ("ours", "forward"),
}
"""What is compared for each task: tags and answers are read by conventions that no other way here shares."""

ONCE = ("pipeline-1",)
"""Ways that take part in the first round alone: they are so slow that it shows."""


def ways_of(name, given):
    """What is compared for a task, of that what was asked for and what is installed."""
    return [way for way in WAYS[name] if (not given.ways or way in given.ways) and not absent(way)]


class Worker:
    """The process whose copies measure."""

    def __init__(self, ways, checkpoints, threads):
        command = [
            sys.executable,
            str(HERE / "fast_path_worker.py"),
            "--ways",
            *ways,
            "--checkpoint",
            *map(str, checkpoints),
        ]
        surroundings = {**os.environ, "OMP_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=surroundings
        )

    def ask(self, what, **request):
        """The answer to a request; ends with what went wrong, of which ``what`` is the name."""
        self.process.stdin.write(json.dumps(request, default=str) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error": "the process that measures has ended"}
        if "error" in answer:
            raise SystemExit(f"{what} failed:\n{answer['error']}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Race:
    """All ways of one task."""

    def __init__(self, name, checkpoint, data, given, work):
        self.name, self.given, self.work = name, given, work
        self.ways = ways_of(name, given)
        self.asked = {
            "task": name,
            "checkpoint": checkpoint,
            "data": data,
            "limit": given.limit,
            "threads": given.threads,
        }
        self.asked |= {"device": given.device, "dtype": given.dtype, "options": given.options}

    def run_round(self, worker, number):
        """Every way once, checked; the order turns, so that none always follows the same one."""
        ways = [way for way in self.ways if number == 0 or way not in ONCE]
        began, found = time.perf_counter(), {}
        for way in ways[number % len(ways) :] + ways[: number % len(ways)]:
            out = self.work / f"{self.name}-{way}.npz"
            out.unlink(missing_ok=True)
            passes = 1 if way in ONCE else self.given.passes
            request = {**self.asked, "way": way, "passes": passes, "out": out}
            found[way] = worker.ask(f"{shown(way)} on {self.name}", verb="measure", **request)
        for way, apart in self.check(ways).items():
            found[way]["apart"] = apart
        load = round(os.getloadavg()[0], 2)
        seconds = round(time.perf_counter() - began, 1)
        return {"task": self.name, "number": number, "load_1min": load, "seconds": seconds, "ways": found}

    def check(self, ways):
        """The parity gate: how far each way's answers lie from ours; no figure where they differ."""
        paths = {way: self.work / f"{self.name}-{way}.npz" for way in ways}
        known = {way: np.load(path)["scores"] for way, path in paths.items() if path.is_file()}
        ours = known.get("ours")
        if ours is None:
            return {}
        ordered = np.sort(ours, axis=1)
        clear = ordered[:, -1] - ordered[:, -2] > CLOSE
        apart = {way: float(np.abs(scores - ours).max()) for way, scores in known.items()}
        if self.given.dtype == "float32" and not self.given.options:
            for way, scores in known.items():
                flips = int(((scores.argmax(1) != ours.argmax(1)) & clear).sum())
                if apart[way] > CLOSE or flips:
                    raise SystemExit(
                        f"{self.name}: {shown(way)} gives other answers: {apart[way]:.2g} apart, {flips} labels"
                    )
        return apart


class Journal:
    """What was measured so far, in a file that is whole after every round."""

    def __init__(self, path, race, *, resume):
        self.path, self.race, self.rounds, self.rates = path, race, [], []
        if resume:
            if path is None or not path.is_file():
                raise SystemExit(
                    f"--resume: there is no {path or 'file to go on with'}; type --write, or --out FILE, without it first"
                )
            before = json.loads(path.read_text(encoding="utf-8"))
            other = [name for name, value in race.items() if before["race"].get(name) != value]
            if other:
                raise SystemExit(
                    f"--resume: {path.name} holds another race: {', '.join(other)} differ; leave --resume out, or name its own --out"
                )
            self.rounds, self.rates = before["rounds"], before["matrix_rates"]

    def has(self, task, number):
        return any(one["task"] == task and one["number"] == number for one in self.rounds)

    def add(self, one):
        self.rounds.append(one)
        self.save()

    @property
    def tasks(self):
        """What all rounds of each task say together."""
        each = {name: [one for one in self.rounds if one["task"] == name] for name in self.race["tasks"]}
        return [summary(name, rounds, max(self.rates, default=None)) for name, rounds in each.items() if rounds]

    def save(self):
        if self.path is None:
            return
        machine = {**environment.describe(), "threads": self.race["threads"]}
        whole = {
            "machine": machine,
            "race": self.race,
            "matrix_rates": self.rates,
            "tasks": self.tasks,
            "rounds": self.rounds,
        }
        beside = self.path.with_suffix(".part")
        beside.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
        beside.replace(self.path)


def find_data(names, given, checkpoints):
    """Task -> its folder of data; None where texts are made instead, which is said."""
    found = {}
    for name in names:
        missing = f"no folder {given.data}" if not given.data.is_dir() else why_absent(name, given.data)
        if missing and name in checkpoints:
            raise SystemExit(
                f"{name}: {missing}\n  next: give the folder of the data (--data DIR), or leave --checkpoint {name}=... out"
            )
        if missing:
            print(
                f"{name}: {missing}\n  made texts of the same lengths are measured instead; for its own: --data DIR (make bench DATA=DIR)",
                flush=True,
            )
        found[name] = None if missing else given.data.resolve()
    return found


def run(given, journal, data, checkpoints):
    """All rounds that are not in the journal yet."""
    ways = dict.fromkeys(way for name in data for way in ways_of(name, given))
    worker = Worker(ways, checkpoints.values(), given.threads)
    with tempfile.TemporaryDirectory() as folder:
        work, races = Path(folder), []
        for name, place in data.items():
            checkpoint = checkpoints.get(name, work / f"checkpoint-{name}")
            races.append(Race(name, checkpoint, place, given, work))
            if name not in checkpoints:
                worker.ask(f"making a checkpoint for {name}", verb="make", **races[-1].asked)
        for number in range(given.rounds):
            waiting = [race for race in races if not journal.has(race.name, number)]
            if waiting:
                asked = {"threads": given.threads, "dtype": given.dtype, "device": given.device}
                rate = worker.ask("the matrix rate", verb="rate", **asked)["rate"]
                journal.rates += [rate] if rate else []
            for race in waiting:
                journal.add(race.run_round(worker, number))
                last = journal.rounds[-1]
                told = ", ".join(f"{way} {min(one['wall']):.2f}" for way, one in sorted(last["ways"].items()))
                print(
                    f"{race.name}, round {number + 1}, {last['seconds']:.0f} s, load {last['load_1min']}: {told}",
                    flush=True,
                )
    worker.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--checkpoint", action="append", default=[], metavar="TASK=FOLDER")
    parser.add_argument("--task", action="append", choices=TASKS, default=None)
    parser.add_argument("--ways", nargs="+", choices=(*SINGLE, "cross-32"), help="these alone")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--options", default="", help="of the adapter, as after the ? of a model")
    parser.add_argument("--write", action="store_true", help="into benchmarks/results, with the date")
    parser.add_argument("--out", type=Path, help="into this file")
    parser.add_argument("--resume", action="store_true", help="go on with the race of that file")
    given = parser.parse_args()
    given.threads = given.threads or environment.threads()
    checkpoints = {name: Path(folder).resolve() for name, folder in (one.split("=", 1) for one in given.checkpoint)}
    names = [name for name in given.task or list(checkpoints) or ["sst2", "rte"] if ways_of(name, given)]
    if not names:
        raise SystemExit(
            "nothing is compared so: pairs (--task rte) for cross-32, and `ours` and `forward` for any task"
        )
    for way in dict.fromkeys(way for name in names for way in WAYS[name]):
        if missing := absent(way):
            print(
                f'{shown(way)} is left out: {", ".join(missing)} not installed; type pip install "benchwright[hf,bench]"'
            )
    data = find_data(names, given, checkpoints)
    race = {
        "tasks": names,
        "ways": given.ways,
        "texts": {name: "its own" if place else "made" for name, place in data.items()},
        "checkpoints": {name: "given" if name in checkpoints else "random weights" for name in names},
        **{name: getattr(given, name) for name in ("passes", "limit", "threads", "device", "dtype", "options")},
    }
    made = "" if all(data.values()) else "-made-texts"
    dated = HERE / "results" / f"{datetime.now(UTC).date().isoformat()}-fast-path{made}.json"
    journal = Journal(given.out or (dated if given.write else None), race, resume=given.resume)
    run(given, journal, data, checkpoints)
    tell(journal.tasks, max(journal.rates, default=None), race)
    if journal.path:
        print(f"written: {journal.path.name}")


if __name__ == "__main__":
    main()
