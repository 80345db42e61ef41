"""How many files a reader passes who follows one thing through the code: `python benchmarks/files_walked.py [--root DIR]`.

Three things are followed, each by the command a person types: a rule of a gate to its finding, a row of a predictions
file to its record, an example of a data file through a small checkpoint to its record. Only public commands and file
formats are used, so the same script measures any commit: `--root` names a checkout of it.

What is counted. `sys.setprofile` sees every function that is entered. The thing carries a mark that nothing else has
(a rule: its id; a row: a number among its scores; an example: a word of its text), the others of its sort another. The
window opens when a function is first given the mark or returns it, and closes when the finding or the record that
belongs to it has been returned. A file is passed where, within the window, one of its functions

* is given something that holds the mark and not that of others, or returns it (texts, sequences, mappings, structs,
  three levels deep): the thing itself, or what is made of it alone; or
* is entered more often when there is one more thing of the same sort (a batch of examples more): what is done for each
  of them, with numbers and arrays made of it too. The other rule is about another task, so nothing is found ready made.

What a command does once, however many things there are (the plan, progress, leases, a file or a split as a whole), is
left out. `whole` counts the files that are handed a whole of which the thing is a part, besides. Modules that are
imported meanwhile are not entered. Files of a rule are told apart: the gate's own, and what it asks (comparison,
statistics, metrics, the words).
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import io
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

SOURCES = ("harness", "suites", "adapters", "reports", "leaderboards")
LABELS = ("bad", "fair", "good")
MARK, OTHER = "zyzzyva", "quokka"
MARKED, OTHERS = 0.31415926, 0.27182818
"""Marks of rows: what a file of predictions holds is numbers and names of labels, so they are numbers."""
WORDS = 520
"""Of an example: more than the 512 tokens to which texts are cut, so eight of them are a batch (4,096 tokens)."""
THINGS = {"rule": (3, 4), "row": (3, 4), "example": (8, 16)}
"""How many there are in the two runs that are compared: one more rule or row; a batch of examples more."""
TARGETS = {"rule": 8, "row": 9, "example": 12}


def main() -> None:
    """Measure a checkout, print the files in the order in which they are passed, and write them when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1], help="a checkout")
    parser.add_argument("--functions", action="store_true", help="show the functions of each file too")
    parser.add_argument("--write", type=Path, help="write the figures as JSON")
    parser.add_argument("--follow", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.follow:
        what, things, out = options.follow
        Path(out).write_text(json.dumps(follow(what, int(things), options.root.resolve())))
        return
    root = options.root.resolve()
    figures = {what: measure(what, root) for what in TARGETS}
    for what, files in figures.items():
        counted = counts(what, files)
        print(
            f"{what}: {counted['files']} files (at most {TARGETS[what]}); asked: {counted['asked']}; whole: {counted['whole']}"
        )
        for name, functions in files.items():
            print(f"  {name}  {', '.join(functions)}" if options.functions else f"  {name}")
    if options.write:
        git = ["git", "rev-parse", "--short", "HEAD"]
        commit = subprocess.run(git, capture_output=True, text=True, cwd=root, check=False).stdout.strip()
        told = {
            "date": dt.datetime.now(dt.UTC).date().isoformat(),
            "commit": commit,
            "python": sys.version.split()[0],
            **{what: {"at_most": TARGETS[what], **counts(what, of), "passed": of} for what, of in figures.items()},
        }
        options.write.write_text(json.dumps(told, indent=1) + "\n")


def counts(what: str, files: dict[str, list[str]]) -> dict[str, int]:
    """Files that are passed, of these the ones that the gate only asks, and files that are handed a whole."""
    passed = [name for name, functions in files.items() if functions]
    asked = [name for name in passed if what == "rule" and "/gating/" not in name]
    return {"files": len(passed) - len(asked), "asked": len(asked), "whole": len(files) - len(passed)}


def measure(what: str, root: Path) -> dict[str, list[str]]:
    """File -> its functions, in the order in which the thing passes them; files handed a whole come last, with none."""
    fewer, more = (_in_process(what, things, root) for things in THINGS[what])
    once, often = Counter(_names(fewer)), Counter(_names(more))
    passed: dict[str, list[str]] = {}
    for file, function, holds in more:
        if holds == "itself" or often[file, function] > once[file, function]:
            names = passed.setdefault(file, [])
            if function not in names:
                names.append(function)
    for file, _, holds in more:
        if holds:
            passed.setdefault(file, [])
    return passed


def _names(events: list[list]) -> list[tuple[str, str]]:
    return [(file, function) for file, function, _ in events]


def _in_process(what: str, things: int, root: Path) -> list[list]:
    """The window of one run of the command, in a process of its own: [file, function, holds the mark]."""
    path = os.pathsep.join(str(root / source) for source in SOURCES)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "events.json"
        env = {**os.environ, "PYTHONPATH": path, "BENCHWRIGHT_STORE": f"{folder}/store", "OMP_NUM_THREADS": "1"}
        command = [sys.executable, __file__, "--root", root, "--follow", what, things, out]
        subprocess.run([str(word) for word in command], cwd=folder, env=env, check=True)
        return json.loads(out.read_text())


def follow(what: str, things: int, root: Path) -> list[list]:
    """Run the command on so many things, one of them marked; returns the window."""
    import benchwright

    assert Path(benchwright.__file__).is_relative_to(root), benchwright.__file__
    command = PREPARE[what](things)
    tracer = Tracer(root, what)
    sys.setprofile(tracer)
    code = _call(command)
    sys.setprofile(None)
    assert code == 0 or what == "rule", (command, code)
    return tracer.window()


def _call(words: list[str]) -> int:
    from benchwright.cli.main import call

    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        code = call(words)
    if code:
        print(told.getvalue(), file=sys.stderr)
    return code


class Tracer:
    """Functions of the checkout that are entered or left, and whether they were given or returned the mark."""

    def __init__(self, root: Path, what: str) -> None:
        self.root, self.what = f"{root}/", what
        self.events: list[list] = []
        self.first = self.last = None
        self.busy = False

    def __call__(self, frame, event, arg) -> None:
        """Called by the interpreter."""
        code = frame.f_code
        if self.busy or event not in ("call", "return") or not code.co_filename.startswith(self.root):
            return
        if code.co_name == "<module>":
            return
        self.busy = True
        try:
            if event == "call":
                names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
                held = self._held([frame.f_locals[name] for name in names if name in frame.f_locals])
            else:
                held = self._held([arg])
            if held and self.first is None:
                self.first = len(self.events)
            if event == "call" or held:
                self.events.append([code.co_filename.removeprefix(self.root), code.co_qualname, held])
            if event == "return" and self._is_end(arg):
                self.last = len(self.events)
        finally:
            self.busy = False

    def window(self) -> list[list]:
        """From the first that held the mark to the finding or record."""
        assert self.first is not None, "the mark was never seen"
        assert self.last is not None, "no finding or record came"
        return self.events[self.first : self.last]

    def _held(self, values: list) -> str:
        """What any of the values holds: the thing itself, a whole with others, or nothing of it."""
        marks = (MARKED, OTHERS) if self.what == "row" else (MARK, OTHER)
        having = [value for value in values if _holds(value, marks[0])]
        if not having:
            return ""
        return "whole" if all(_holds(value, marks[1]) for value in having) else "itself"

    def _is_end(self, value) -> bool:
        """Whether this is what the thing ends in: a finding with a verdict, or a record."""
        names = _fields(value)
        if self.what == "rule":
            return "verdict" in names and "rule" in names and _holds(value, MARK)
        if not {"id", "target", "output", "scores"} <= set(names):
            return False
        return _holds(value, MARKED) if self.what == "row" else value.id.endswith("/0")


def _holds(value, mark: str | float, levels: int = 3) -> bool:
    if isinstance(value, str):
        return str(mark) in value
    if isinstance(value, bytes):
        return str(mark).encode() in value
    if isinstance(value, float) or levels == 0:
        return value == mark if isinstance(value, float) else False
    if isinstance(value, dict):
        return any(_holds(part, mark, levels - 1) for pair in list(value.items())[:99] for part in pair)
    if isinstance(value, (list, tuple)):
        return any(_holds(part, mark, levels - 1) for part in value[:99])
    return any(_holds(getattr(value, name, None), mark, levels - 1) for name in _fields(value))


def _fields(value) -> tuple[str, ...]:
    if isinstance(value, type):
        return ()
    return tuple(getattr(value, "__struct_fields__", None) or getattr(value, "__dataclass_fields__", ()))


def _data(rows: int) -> None:
    lines = [f"film number {row} was seen,{LABELS[row % 3]}" for row in range(rows)]
    Path("reviews.csv").write_text("\n".join(["review,stars", *lines]) + "\n")


def _answers(path: str, rows: int, *, errs: int) -> None:
    """Answers with scores; the first row has the mark among them."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for row in range(rows):
        best = (row + (row % errs == 0)) % 3
        low = OTHERS if row else MARKED
        scores = {LABELS[best]: 1 - low - 0.1, LABELS[(best + 1) % 3]: low, LABELS[(best + 2) % 3]: 0.1}
        lines.append(json.dumps({"index": row, "label": LABELS[best], "scores": scores}))
    Path(path).write_text("\n".join(lines) + "\n")


def _selector(name: str) -> str:
    return f"classification/custom?path=reviews.csv&text=review&label=stars&labels={','.join(LABELS)}&name={name}"


def _rule(things: int) -> list[str]:
    """A gate with the marked rule about one task and others about other tasks, between two stored models."""
    tasks = [f"t{number}" for number in range(4)]
    _data(60)
    for model, errs in (("old", 7), ("new", 4)):
        for task in tasks:
            _answers(f"{model}/classification/{task}.jsonl", 60, errs=errs)
    suites = [word for task in tasks for word in ("--suite", _selector(task))]
    assert _call(["run", "old=predictions:old", "new=predictions:new", *suites, "--name", "w"]) == 0
    rules = "".join(
        f'[[rule]]\nid = "{f"{OTHER}{at}" if at else MARK}"\nkind = "noninferiority"\nmargin = 0.02\n'
        f'task = "classification/{task}"\n'
        for at, task in enumerate(tasks[: things - 1])
    )
    Path("gate.toml").write_text(f'schema = 1\n[baseline]\nname = "prod"\n{rules}')
    return ["gate", "gate.toml", "w:new", "--baseline", "w:old"]


def _row(things: int) -> list[str]:
    """A file of predictions with the marked row."""
    _data(things)
    _answers("answers.jsonl", things, errs=7)
    return ["run", "m=predictions:answers.jsonl", "--suite", _selector("t"), "--name", "w"]


def _example(things: int) -> list[str]:
    """A checkpoint of two small layers on a data file with the marked row."""
    import torch
    import transformers

    Path("model").mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "film", "number", "was", "seen", MARK, *"0123456789"]
    Path("model/vocab.txt").write_text("\n".join(words) + "\n")
    transformers.BertTokenizer(vocab="model/vocab.txt").save_pretrained("model")
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
    config = transformers.BertConfig(vocab_size=len(words), **sizes, id2label={0: "negative", 1: "positive"})
    transformers.BertForSequenceClassification(config).save_pretrained("model")
    Path("data/SST-2").mkdir(parents=True)
    lines = [f"film number {row} {OTHER if row else MARK} {'seen ' * WORDS}\t{row % 2}" for row in range(things)]
    Path("data/SST-2/dev.tsv").write_text("\n".join(["sentence\tlabel", *lines]) + "\n")
    return ["run", "m=transformers:model", "--suite", "glue/sst2", "--data", "data", "--name", "w"]


PREPARE = {"rule": _rule, "row": _row, "example": _example}

if __name__ == "__main__":
    main()
