"""What the commands answer on small data, compared with files that were read by a person: one file per output.

Golden files are reviewed, not regenerated blindly. After a change that is meant,

    BENCHWRIGHT_GOLDEN=write pytest tests/golden && git diff tests/golden

writes them anew; the difference is read line by line and committed alone, with a message that says what changed for a
reader. Cell ids and content hashes are compared as they are, except those of models whose key holds the version of a
library (`tfidf`): everybody's store is named by them. What else truly varies is a placeholder: see `VARYING`.
"""

import contextlib
import difflib
import hashlib
import importlib.util
import io
import json
import os
import re
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchwright import __version__
from benchwright.cli.main import call
from benchwright.store import Store

HERE = Path(__file__).parent
WRITE = os.environ.get("BENCHWRIGHT_GOLDEN") == "write"


def costs_settled(table):
    """The lines of a table of costs without times and padding."""
    return re.sub(
        r" {2,}", "  ", re.sub(r"[\d.e-]+ (?:ms|s|us|µs)\b", "SECONDS", re.sub(r"x [\d.e-]+", "x RATIO", table))
    )


VARYING = (
    # When it was made.
    (r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)?", "TIME"),
    (r"\b20\d\d-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?: UTC)?", "TIME"),
    (r'((?:"accepted": "|accepted = ))20\d\d-\d\d-\d\d', r"\1DATE"),
    (r"(accepted )20\d\d-\d\d-\d\d", r"\1DATE"),
    # How long it took, here and now.
    (r'("\w*seconds\w*": )[\d.e-]+', r"\1SECONDS"),
    (r' time="[\d.]+"', ' time="SECONDS"'),
    (r'(<td>(?:computed|reused|[\d,]+ computed, [\d,]+ reused)</td>\n<td class="num">)[^<]+', r"\1SECONDS"),
    # The table of costs: times, their ratios, and columns as wide as these need.
    (r"(?ms)^cost, as it was when answers were computed;.*?\n\n", lambda found: costs_settled(found[0])),
    # The machine and its libraries: rows of the table at the end of a report; which there are depends on what is installed.
    (r'<tr><th scope="row">(?:packages [\w-]+|platform|processors|python)</th><td>[^<]*</td></tr>\n', ""),
    (r'"python": "[^}]*"packages": \{[^}]*\}', '"python": "MACHINE"'),
    (r"Made with python: [^<]*(?=</p>)", "Made with MACHINE."),
    (r'("?machine"?(?: =|:) )"[^"]+ [0-9a-f]{8}"', r'\1"MACHINE"'),  # of the lock of a gate
    # Digests of files: a Parquet file names the version of pyarrow that wrote it, cell.json the machine and the libraries.
    (r'("?(?:records|cell|texts)"?(?: =|:) )"[0-9a-f]{64}"', r'\1"DIGEST"'),
    # The last digits of a sum are those of a machine's arithmetic.
    (r"-?\b\d+\.\d{11,}(?:e-?\d+)?\b", lambda found: f"{float(found[0]):.9g}"),
)


class Desk:
    """A folder with data and a store in which commands are run, and the outputs that they gave."""

    def __init__(self, root):
        self.root = root
        self.store = root / "store"
        self.outputs = {}
        self.codes = {}
        self.placeholders = {str(root): "FOLDER", f"benchwright {__version__}": "benchwright VERSION"}

    def say(self, name, *words):
        """Run a command; its standard output is one golden file, unless `name` is empty, and is returned."""
        out, err = io.StringIO(), io.StringIO()
        before = os.environ.copy()
        os.environ |= {"BENCHWRIGHT_STORE": str(self.store), "COLUMNS": "120"}
        try:
            with contextlib.chdir(self.root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = call([str(word) for word in words])
        finally:
            os.environ.clear()
            os.environ.update(before)
        self.codes[" ".join(str(word) for word in words)] = code
        assert code not in (2, 70) or name.endswith(".refused.txt"), err.getvalue()
        if name:
            self.outputs[name] = err.getvalue() if name.endswith(".refused.txt") else out.getvalue()
        return out.getvalue()

    def take(self, *names):
        """Files that a command wrote become golden files."""
        for name in names:
            self.outputs[name] = (self.root / name).read_text(encoding="utf-8")

    def worst(self, run):
        """`show` gives what `run` gave, and the worst examples: these are a golden file."""
        shown = json.loads(self.say("", "show", run, "--worst", "3", "--format", "json"))
        worst = shown.pop("worst")
        told = json.loads(self.outputs["run.json"])
        for result in (*shown["results"], *told["results"]):
            del result["reused"]
        assert shown == told
        self.outputs["show-worst.json"] = json.dumps(worst, indent=1, ensure_ascii=False) + "\n"

    def cells(self, run):
        """The cells of a run with their ids, which are its result too."""
        cells = [{key: cell[key] for key in ("model", "task", "key")} for cell in json.loads(run)["results"]]
        self.outputs["cells.json"] = json.dumps(cells, indent=1) + "\n"
        return cells

    def records(self, run):
        """The cells of a run, and the records of each as JSON lines."""
        for cell in self.cells(run):
            table = pq.read_table(self.store / "cells" / cell["key"] / "records.parquet")
            lines = "".join(f"{as_line(record)}\n" for record in table.to_pylist())
            self.outputs[f"records/{cell['model']}-{cell['task']}.jsonl"] = lines

    def settled(self):
        """File name -> text with placeholders for what varies; exit codes are one more file."""
        codes = "".join(f"{code}  {words}\n" for words, code in self.codes.items())
        return {name: self._settle(text) for name, text in {**self.outputs, "exit-codes.txt": codes}.items()}

    def _settle(self, text):
        for real, placeholder in self.placeholders.items():
            text = text.replace(real, placeholder)
        for pattern, placeholder in VARYING:
            text = re.sub(pattern, placeholder, text)
        return text


def as_line(record):
    """A record as JSON; the last digits of a score are those of a machine's arithmetic."""
    scores = record["scores"] and [round(score, 9) for score in record["scores"]]
    return json.dumps({**record, "scores": scores})


def check_golden(area, desk):
    """Assert that the outputs are the golden files of the area, no more and no fewer; or write them, when asked."""
    folder, told = HERE / area, desk.settled()
    if WRITE:
        for old in folder.rglob("*.*"):
            old.unlink()
        for name, text in told.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", newline="")
    golden = {str(path.relative_to(folder)): path.read_bytes().decode() for path in folder.rglob("*.*")}
    assert sorted(told) == sorted(golden), "other files than before"
    changed = [name for name in golden if told[name] != golden[name]]
    lines = [
        line
        for name in changed
        for line in difflib.unified_diff(
            golden[name].splitlines(), told[name].splitlines(), f"golden/{area}/{name}", "now", lineterm="", n=1
        )
    ]
    assert not changed, "\n".join([f"{area}: changed are {', '.join(changed)}", *(line[:300] for line in lines[:80])])


@pytest.fixture(scope="session")
def starter(tmp_path_factory):
    """The three references on the starter suite."""
    desk = Desk(tmp_path_factory.mktemp("starter"))
    words = ["run", "prod=tfidf", "next=tfidf?c=0.3", "majority", "--suite", "starter", "--name", "weekly"]
    run = desk.say("run.json", *words, "--format", "json")
    for number, cell in enumerate(json.loads(run)["results"]):
        if cell["model"] != "majority":  # their key holds scikit-learn's version
            desk.placeholders[cell["key"]] = f"CELL{number}"
    return desk


def test_starter(starter):
    """Runs, tables, comparisons and reports of the starter suite."""
    starter.say("run.txt", "show", "weekly")
    starter.worst("weekly")
    starter.say("show-slice.txt", "show", "weekly", "--slice", "phenomenon=contrast")
    words = ["compare", "weekly:prod", "weekly:next", "weekly:majority", "--slices", "--flips", "3"]
    starter.say("compare.json", *words, "--format", "json")
    starter.say("compare.txt", *words, "--markdown", "compare.md")
    for form in ("html", "markdown", "csv"):
        starter.say("", "report", "weekly", "--as", form, "--title", "Weekly", "-o", f"report.{form}")
    starter.take("compare.md", "report.html", "report.markdown", "report.csv")
    check_golden("starter", starter)


@pytest.mark.parametrize("kind", ["classify", "multilabel", "regress", "tag", "span", "choose"])
def test_kind(kind, kinds, tmp_path):
    """One store of each kind: cell ids, records, and everything that is told of them."""
    desk = Desk(tmp_path)
    selector, reference = kinds[kind](tmp_path)
    models = ["a=predictions:a.jsonl", "b=predictions:b.jsonl", f"reference={reference}"]
    data = ["--data", "data"] if (tmp_path / "data").exists() else []
    words = ["run", *models, "--suite", selector, *data, "--name", kind, "--format", "json"]
    desk.records(desk.say("run.json", *words))
    desk.say("show.txt", "show", kind)
    desk.worst(kind)
    words = ["compare", f"{kind}:a", f"{kind}:b", "--slices", "--flips", "3"]
    desk.say("compare.json", *words, "--format", "json")
    desk.say("compare.txt", *words, "--markdown", "compare.md")
    desk.say("select.json", "select", kind, "--require", "score >= best - 0.1", "--parent", f"{kind}:b", "--format", "json")  # fmt: skip
    for form in ("html", "markdown"):
        desk.say("", "report", kind, "--as", form, "--title", kind, "-o", f"report.{form}")
    desk.take("compare.md", "report.html", "report.markdown")
    desk.outputs["report.html"] = re.sub(r"(?s)<(style|script)[ >].*?</\1>", "", desk.outputs["report.html"])
    # They are the same bytes in starter/report.html.
    check_golden(kind, desk)


def test_behaviour(behaviour, tmp_path):
    """A small behavioural suite: rates, matrix and failing cases in every output; a constant model fails MFTs alone."""
    desk = Desk(tmp_path)
    words = ["run", "words=predictions:words.jsonl", "yes=constant:positive", "--suite", behaviour(tmp_path)]
    desk.cells(desk.say("run.json", *words, "--name", "tests", "--format", "json"))
    desk.say("show.txt", "show", "tests")
    desk.say("show-task.txt", "show", "tests:words", "--task", "behaviour/small")
    desk.say("show-worst.txt", "show", "tests", "--task", "behaviour/small", "--worst", "4")
    desk.say("show-worst-slice.txt", "show", "tests:words", "--worst", "2", "--slice", "capability=NER")
    for form in ("html", "markdown", "csv"):
        desk.say("", "report", "tests", "--as", form, "--title", "Tests", "-o", f"report.{form}")
    desk.say("", "report", "tests", "--no-inputs", "--title", "Tests", "-o", "no-inputs.html")
    desk.take("report.html", "report.markdown", "report.csv")
    desk.outputs["report.html"] = re.sub(r"(?s)<(style|script)[ >].*?</\1>", "", desk.outputs["report.html"])
    assert "The film" not in (tmp_path / "no-inputs.html").read_text(encoding="utf-8")
    check_golden("behaviour", desk)


def test_hardware(tmp_path):
    """Two models in every scenario on one machine, with measurements that no clock made: tables, one profile whole, every report."""
    spec = importlib.util.spec_from_file_location("hardware_store", HERE / "hardware_store.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    desk = Desk(tmp_path)
    made.write_store(Store(desk.store))
    desk.say("show.txt", "show", "speed")
    desk.say("show-whole.txt", "show", "speed:small", "--task", f"hardware/single_stream@{made.TASK}")
    desk.say("show.json", "show", "speed:small", "--task", f"hardware/offline@{made.TASK}", "--format", "json")
    for form in ("html", "markdown", "csv"):
        desk.say("", "report", "speed", "--as", form, "--title", "Speed", "-o", f"report.{form}")
    desk.take("report.html", "report.markdown", "report.csv")
    desk.outputs["report.html"] = re.sub(r"(?s)<(style|script)[ >].*?</\1>", "", desk.outputs["report.html"])
    check_golden("hardware", desk)


def test_history(tmp_path):
    """Six nights of a model: a night that changed nothing, a real loss, a failure, other data, an unreadable run; the section of a report."""
    spec = importlib.util.spec_from_file_location("nights", HERE.parent / "score_history" / "conftest.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    desk = Desk(tmp_path)
    nights = made.Nights(desk.store)
    for right in (160, 164, 164, 140, "CUDA out of memory"):
        nights.add(right, others=("base",))
    nights.add(150, data="data of November", others=("base",))
    nights.add(172, data="data of November", others=("base",))
    (desk.store / "runs" / "torn.json").write_text('{"schema": 3, "name": "to')
    desk.say("history.txt", "history", "--task", "mine/mood")
    desk.say(
        "slice.txt", "history", "--task", "mine/mood", "--metric", "accuracy", "--slice", "lang=de", "--model", "n*"
    )
    desk.say("overview.txt", "history")
    desk.say("history.json", "history", "--task", "mood", "--model", "nightly", "--last", "3", "--format", "json")
    desk.say("metric.refused.txt", "history", "--task", "mood", "--metric", "acuracy")
    desk.say("", "report", "night-7", "--history", "-o", "report.html")
    desk.take("report.html")
    section = r'(?s)<section aria-labelledby="history">.*?</section>\n'
    desk.outputs["report.html"] = re.search(section, desk.outputs["report.html"])[0]
    check_golden("history", desk)


def test_robustness(tmp_path):
    """Two perturbations of the starter suite, one at two severities: table and curve, and a constant model that loses nothing."""
    desk = Desk(tmp_path)
    views = "robustness/keyboard_typo,robustness/keyboard_typo-3,robustness/contractions"
    words = ["run", "tfidf", "yes=constant:positive", "--suite", views, "--on", "starter/sentiment", "--name", "bent"]
    run = json.loads(desk.say("", *words, "--format", "json"))
    for number, cell in enumerate(run["results"]):
        if cell["key"] is not None:
            desk.placeholders[cell["key"]] = f"CELL{number}"
    desk.outputs["robustness.json"] = json.dumps(run["robustness"], indent=1, ensure_ascii=False) + "\n"
    desk.say("show.txt", "show", "bent")
    for form in ("html", "markdown", "csv"):
        desk.say("", "report", "bent", "--as", form, "--title", "Bent", "-o", f"report.{form}")
    desk.take("report.html", "report.markdown", "report.csv")
    # What other areas do not hold: the section of the page, and the lines of views.
    section = r'(?s)<section aria-labelledby="robustness">.*?</section>\n'
    desk.outputs["report.html"] = re.search(section, desk.outputs["report.html"])[0]
    lines = desk.outputs["report.csv"].splitlines(keepends=True)
    desk.outputs["report.csv"] = "".join(line for line in lines if "most variants of an item" in line)
    check_golden("robustness", desk)


MOOD = """
def mood(texts):
    return [answer(f" {text.lower()} ") for text in texts]


def answer(text):
    if any(f" {word} " in text for word in ("she", "her", "bad")):
        return {"negative": 0.75, "positive": 0.25}
    good = 0.625 if " muslim " in text else 0.75
    return {"negative": 1 - good, "positive": good}
"""


def test_identity(tmp_path):
    """A model that answers otherwise where a woman is spoken of, and one that always says the same: verdicts and flipped items."""
    desk = Desk(tmp_path)
    texts = [f"He wrote letter {row}" for row in range(30)] + [f"His letter {row} is bad" for row in range(30)]
    texts += [f"The Jewish man wrote letter {row}" for row in range(12)] + [f"It is letter {row}" for row in range(20)]
    rows = "".join(f"{text}\t{'negative' if 'bad' in text else 'positive'}\n" for text in texts)
    (tmp_path / "mood.tsv").write_text(f"text\tlabel\n{rows}", encoding="utf-8")
    (tmp_path / "rules.py").write_text(MOOD, encoding="utf-8")
    task = "classification/custom?path=mood.tsv&text=text&label=label&name=mood"
    models = ["rules=python:rules.py:mood", "yes=constant:positive"]
    view = "bias/identity?dimensions=gender,religion"
    run = json.loads(desk.say("", "run", *models, "--suite", view, "--on", task, "--name", "swaps", "--format", "json"))
    for number, cell in enumerate(run["results"]):
        if cell["key"] is not None:
            desk.placeholders[cell["key"]] = f"CELL{number}"
    desk.outputs["bias.json"] = json.dumps(run["bias"], indent=1, ensure_ascii=False) + "\n"
    desk.say("show.txt", "show", "swaps")
    desk.say("show-worst.txt", "show", "swaps", "--task", "bias/identity@classification/mood", "--worst", "2")
    for form in ("html", "markdown", "csv"):
        desk.say("", "report", "swaps", "--as", form, "--title", "Swaps", "-o", f"report.{form}")
    desk.take("report.html", "report.markdown", "report.csv")
    # What other areas do not hold: the section of the page, and the lines of dimensions and groups.
    section = r'(?s)<section aria-labelledby="identity">.*?</section>\n'
    desk.outputs["report.html"] = re.search(section, desk.outputs["report.html"])[0]
    lines = desk.outputs["report.csv"].splitlines(keepends=True)
    numbers = re.compile(r",(flip_rate|shift|gap|range|standard_deviation)[^,]*,,identity=")
    desk.outputs["report.csv"] = "".join(line for line in lines if numbers.search(line))
    check_golden("identity", desk)


RULES = """
schema = 1

[baseline]
name = "prod"
anchor = "last"

[[rule]]
id = "ni"
kind = "noninferiority"
margin = 0.02

[[rule]]
id = "ni-anchor"
kind = "noninferiority"
against = "anchor"
metric = "accuracy"
margin = 0.3
severity = "warn"

[[rule]]
id = "better"
kind = "superiority"
margin = 0.0
on_inconclusive = "warn"

[[rule]]
id = "same"
kind = "equivalence"
margin = 0.2

[[rule]]
id = "plain"
kind = "delta"
margin = 0.05

[[rule]]
id = "kept"
kind = "retained"
min = 0.9
parent = "anchor"

[[rule]]
id = "floor"
kind = "absolute"
metric = "accuracy"
min = 0.6
use = "lower"

[[rule]]
id = "value"
kind = "absolute"
metric = "macro_f1"
min = 0.5
use = "value"

[[rule]]
id = "slices"
kind = "slices"
margin = 0.25
by = ["lang"]
min_n = 20

[[rule]]
id = "one-slice"
kind = "noninferiority"
slice = "lang=de"
metric = "accuracy"
margin = 0.1

[[rule]]
id = "size"
kind = "budget"
metric = "size_bytes"
max = "2 MB"

[[waiver]]
rule = "ni"
owner = "nlp"
issue = "NLP-1"
expires = 2999-12-31
reason = "labels are being mended"

[[waiver]]
rule = "better"
owner = "nlp"
issue = "NLP-2"
expires = 2020-12-31
reason = "long ago"
"""


def test_gate_with_a_waiver(kinds, tmp_path):
    """Every kind of rule, a waiver that applies and one that expired: the verdict and all that is made of it."""
    desk = Desk(tmp_path)
    selector, _ = kinds["classify"](tmp_path)
    models = ["next=predictions:b.jsonl", "prod=predictions:a.jsonl", "last=majority"]
    desk.cells(desk.say("", "run", *models, "--suite", selector, "--name", "weekly", "--format", "json"))
    (tmp_path / "gate.toml").write_text(RULES)
    for name in ("prod", "last"):
        words = ["baseline", "accept", f"weekly:{name}", "--name", name, "--reason", "first release"]
        desk.say(f"accept-{name}.txt", *words)
    desk.say("baseline.json", "baseline", "show", "--format", "json")
    files = ("json", "junit", "markdown", "html", "metrics", "badge")
    written = [f"verdict.{kind}" for kind in files]
    words = [word for kind, file in zip(files, written, strict=True) for word in (f"--{kind}", file)]
    desk.say("verdict.txt", "gate", "gate.toml", "weekly:next", *words)
    desk.take(*written, "baselines.lock")
    told = desk.say("", "gate", "gate.toml", "weekly:next", "--annotations")
    desk.outputs["annotations.txt"] = "".join(line for line in told.splitlines(True) if line.startswith("::"))
    desk.say("itself.txt", "gate", "gate.toml", "weekly:prod")
    desk.say("plan.refused.txt", "gate", "gate.toml", "weekly:next", "--plan")
    wide = re.sub("margin = 0.(02|1|05)\n", "margin = 0.3\n", RULES)
    (tmp_path / "wide.toml").write_text(wide)
    desk.say("plan.txt", "gate", "wide.toml", "weekly:next", "--plan")
    desk.say("check.txt", "gate", "gate.toml", "weekly:next", "--check")
    for rule in ("ni", "floor", "slices", "kept"):
        desk.say(f"explain-{rule}.txt", "gate", "gate.toml", "weekly:next", "--explain", rule)
    (tmp_path / "wrong.toml").write_text(RULES.replace("margin = 0.02", 'margin = "much"\nmargins = 1', 1))
    desk.say("wrong.refused.txt", "gate", "wrong.toml", "weekly:next")
    check_golden("gate", desk)


def test_seeds_and_selection(kinds, tmp_path):
    """Seeds of one recipe, beside another model: compared, chosen and gated."""
    desk = Desk(tmp_path)
    selector, reference = kinds["classify"](tmp_path)
    answers = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    for seed in (1, 2, 3):
        for row in answers:
            row["label"] = "good" if (row["index"] + seed) % 11 == 0 else row["label"]
            row.pop("scores", None)
        (tmp_path / f"s{seed}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in answers))
    models = [*(f"s{seed}=predictions:s{seed}.jsonl" for seed in (1, 2, 3)), "b=predictions:b.jsonl", reference]
    words = ["run", *models, "--suite", selector, "--name", "many", "--format", "json"]
    desk.records(desk.say("", *words))
    desk.say("compare.json", "compare", "many:s1+s2+s3", "many:b", "many:majority", "--format", "json")
    desk.say("compare.txt", "compare", "many:s1+s2+s3", "many:b", "many:majority", "--slices")
    systems = ["many:s1+s2+s3", "many:b", "many:majority"]
    words = ["--require", "accuracy >= 60%", "--require", "worst_slice >= 0.2", "--require", "retained(b) >= 0.9"]
    desk.say("select.json", "select", *systems, *words, "--maximize", "macro_f1", "--parent", "many:b", "--format", "json")  # fmt: skip
    desk.say("select.txt", "select", *systems, *words, "--maximize", "macro_f1", "--parent", "many:b")
    desk.say("weights.txt", "select", "many", "--maximize", "accuracy", "--maximize", "macro_f1", "--weights", "accuracy=2,macro_f1=1")  # fmt: skip
    desk.say("none.txt", "select", "many", "--require", "accuracy >= 99%")
    desk.say("size.refused.txt", "select", "many", "--require", "accuracy >= 90")
    check_golden("seeds", desk)


SUBMITTED = {
    "boolq": ("BoolQ/test.jsonl", 3245, {"question": "is it {}", "passage": "text {}"}, "false", "BoolQ.jsonl"),
    "cb": ("CB/test.jsonl", 250, {"premise": "p {}", "hypothesis": "h {}"}, "neutral", "CB.jsonl"),
    "copa": ("COPA/test.jsonl", 500, {"premise": "p {}", "choice1": "a", "choice2": "b", "question": "cause"}, 1, "COPA.jsonl"),
    "rte": ("RTE/test.jsonl", 3000, {"premise": "p {}", "hypothesis": "h {}"}, "entailment", "RTE.jsonl"),
    "wic": ("WiC/test.jsonl", 1400, {"word": "w", "sentence1": "w {}", "sentence2": "w x", "start1": 0, "end1": 1, "start2": 0, "end2": 1}, "true", "WiC.jsonl"),
    "wsc": ("WSC/test.jsonl", 146, {"text": "Ann saw her {}", "target": {"span1_index": 0, "span1_text": "Ann", "span2_index": 2, "span2_text": "her"}}, "False", "WSC.jsonl"),
    "axb": ("AX-b/AX-b.jsonl", 1104, {"sentence1": "a {}", "sentence2": "b {}"}, "entailment", "AX-b.jsonl"),
    "axg": ("AX-g/AX-g.jsonl", 356, {"premise": "p {}", "hypothesis": "h {}"}, "not_entailment", "AX-g.jsonl"),
}  # fmt: skip
"""Task -> data file, rows, fields of a row, the answer of each row, file of a submission."""


def write_superglue(root):
    """Test splits without labels in their published sizes, and answers to them in the form of a submission."""
    lines = {}
    for name, size, fields, answer, answers in SUBMITTED.values():
        rows = [
            {key: value.format(row) if isinstance(value, str) else value for key, value in fields.items()}
            | {"idx": row}
            for row in range(size)
        ]
        lines[f"data/{name}"] = rows
        lines[f"answers/superglue/{answers}"] = [{"idx": row, "label": answer} for row in range(size)]
    passages = [(at, list(range(at * 9, min(at * 9 + 9, 9693)))) for at in range(1077)]
    lines["data/MultiRC/test.jsonl"] = [
        {"idx": at, "passage": {"text": f"text {at}", "questions": [
            {"question": f"q {at}", "idx": at, "answers": [{"text": f"a {row}", "idx": row} for row in rows]}]}}
        for at, rows in passages
    ]  # fmt: skip
    lines["answers/superglue/MultiRC.jsonl"] = [
        {"idx": at, "passage": {"questions": [
            {"idx": at, "answers": [{"idx": row, "label": row % 2} for row in rows]}]}}
        for at, rows in passages
    ]  # fmt: skip
    lines["data/ReCoRD/test.jsonl"] = [
        {"passage": {"text": f"Bolt in Rome {at}", "entities": [{"start": 0, "end": 3}, {"start": 8, "end": 11}]},
         "qas": [{"query": "@placeholder ran", "idx": at}]}
        for at in range(10000)
    ]  # fmt: skip
    lines["answers/superglue/ReCoRD.jsonl"] = [{"idx": at, "label": ("Bolt", "Rome")[at % 2]} for at in range(10000)]
    for name, rows in lines.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_submission(tmp_path):
    """A submission of SuperGLUE in its published sizes, the check of it and of a bad one of GLUE; two refusals."""
    desk = Desk(tmp_path)
    write_superglue(tmp_path)
    words = ["run", "mine=predictions:answers", "--suite", "superglue", "--split", "test", "--unlabelled"]
    run = desk.say("", *words, "--data", "data", "--offline", "--name", "mine", "--format", "json")
    desk.cells(run)
    desk.say("submit.txt", "submit", "mine", "--suite", "superglue", "-o", "mine.zip")
    desk.say("submit.json", "submit", "mine", "--suite", "superglue", "-o", "mine.zip", "--format", "json")
    desk.say("check.json", "submit", "--check", "mine.zip", "--suite", "superglue", "--data", "data", "--format", "json")  # fmt: skip
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    desk.outputs["members.txt"] = "".join(
        f"{name}  {hashlib.sha256(content).hexdigest()}  {content[:160]!r}\n" for name, content in members.items()
    )
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("WNLI.tsv", "index\tprediction\r\n0\t7\r\n")
        archive.writestr("STS-B.tsv", "index\tprediction\n0\t5.010\n1\t2.500\n")
        archive.writestr("AX.tsv", "index\tprediction\n0\tmaybe\n")
    desk.say("bad.json", "submit", "--check", "bad.zip", "--suite", "glue", "--format", "json")
    desk.say("bad.txt", "submit", "--check", "bad.zip", "--suite", "glue")
    desk.say("other.refused.txt", "submit", "mine", "--suite", "glue", "-o", "other.zip")
    check_golden("submit", desk)
