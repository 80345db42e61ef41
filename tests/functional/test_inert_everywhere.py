"""Hostile texts in every field that comes from data, through every verb and every output: nothing acts, nothing hides."""

import contextlib
import io
import json
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET

import pytest

from benchwright.cli.main import call

EVIL = (
    "plain",
    "a\n::stop-commands::tok",
    "b\r::add-mask::FAIL",
    "c\u2028::error file=a.py,line=1::made up",
    "d\x85##[group]x",
    "e ##vso[task.setvariable variable=x]y",
    "f\x1b[2J\x1b[31mred\x1b]8;;http://evil\x07link",
    "g\x9b2J\x07\x08\x00\x7f",
    "h\u202etxt.exe\u2066\u2069\u200f\u061c",
    "i\u200b\u200d\ufeff\u00ad\U000e0041\u2060",
    "j[bold red]x[/bold red][link=http://evil]y[/link]",
    "k<script>alert(1)</script><img src=x onerror=y>",
    "l|`x`|[x](http://evil)|@org/team #12 www.evil.org",
    "=HYPERLINK(1)",
    "%0A::error::x",
    "::warning::from the start",
    "עברית 12 ::error::",
)
RULES = """
schema = 1
[[rule]]
id = "q"
kind = "noninferiority"
margin = 0.02
[[rule]]
id = "sl"
kind = "slices"
by = ["grp"]
margin = 0.02
min_n = 2
"""


def ask(*args, code=None):
    """Exit code and everything that is printed; a traceback fails the test."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        found = call([str(arg) for arg in args])
    assert found != 70, err.getvalue()
    if code is not None:
        assert found == code, out.getvalue() + err.getvalue()
    check(out.getvalue(), args)
    check(err.getvalue(), args)
    return out.getvalue()


def check(text, about, *, tabs=False):
    """Nothing that hides, turns or moves, and no line that a runner obeys."""
    hidden = [sign for sign in text if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and sign != "\n"]
    assert not [sign for sign in hidden if not (tabs and sign == "\t")], (about, hidden)
    for line in text.split("\n"):
        assert not line.lstrip().startswith("::"), (about, line)
        assert "##[" not in line, (about, line)
        assert "##vso[" not in line, (about, line)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A folder with three kinds of hostile data, answers of two systems for each, and runs of all in a store."""
    folder = tmp_path_factory.mktemp("stage")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("BENCHWRIGHT_STORE", str(folder / "store"))
        patch.setenv("COLUMNS", "60")
        write_data(folder)
        yield folder


def write_data(folder):
    rows = [EVIL[at % len(EVIL)] for at in range(4 * len(EVIL))]
    labels = [("good" if at % 3 else "bad\n::error::label\x1b[1m") for at in range(len(rows))]
    texts = [
        {"text": f"{at} {text}", "label": label, "grp": text}
        for at, (text, label) in enumerate(zip(rows, labels, strict=True))
    ]
    put(folder / "c.jsonl", texts)
    for name, keep in (("a", 1.0), ("b", 0.5)):
        answers = [label if at < keep * len(rows) else labels[at - 1] for at, label in enumerate(labels)]
        put(folder / f"c_{name}.jsonl", [{"index": at, "label": one} for at, one in enumerate(answers)])
        tags = [["B-" + kind(at if keep == 1 else 0), "O"] for at in range(len(rows))]
        put(folder / f"n_{name}.jsonl", [{"index": at, "tags": one} for at, one in enumerate(tags)])
        put(
            folder / f"s_{name}.jsonl",
            [{"id": ident(at), "text": rows[at if keep == 1 else 0]} for at in range(len(rows))],
        )
    put(
        folder / "n.jsonl",
        [{"words": [f"{text} x", "y"], "tags": ["B-" + kind(at), "O"]} for at, text in enumerate(rows)],
    )
    spans = [
        {
            "id": ident(at),
            "question": f"q {text}",
            "context": f"{text} {at}",
            "answers": [{"text": text, "answer_start": 0}],
        }
        for at, text in enumerate(rows)
    ]
    put(folder / "s.jsonl", spans)
    (folder / "gate.toml").write_text(RULES)


def kind(at):
    return f"T{at % 3}\x1b[31m\u202e"


def ident(at):
    return f"{at}\n::error::id\u202e"


def put(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


SUITES = {
    "c": "classification/custom?path=c.jsonl&label=label&slice=grp",
    "n": "ner/custom?path=n.jsonl",
    "s": "squad/custom?path=s.jsonl",
}


@pytest.fixture(scope="module")
def runs(stage):
    """Names of the runs: kind and system."""
    for task, suite in SUITES.items():
        for system in "ab":
            ask("run", f"predictions:{task}_{system}.jsonl", "--suite", suite, "--name", f"{task}{system}", code=0)
    return [f"{task}{system}" for task in SUITES for system in "ab"]


def test_runs_can_be_looked_at(runs):
    """`show` in all its forms, `list runs`, `store check`; text and JSON, and JSON says exactly what was given."""
    for name in runs:
        for more in (
            [],
            ["--worst", 5],
            ["--task", "custom"],
            ["--worst", "2", "--slice", f"grp={EVIL[2]}"],
            ["--slice", EVIL[1]],
        ):
            ask("show", name, *more)
        told = json.loads(ask("show", name, "--worst", 5, "--format", "json", code=0))
        assert told["run"] == name
    slices = {one["slice"] for one in json.loads(ask("show", "cb", "--format", "json"))["results"][0]["slices"]}
    assert {one for one in slices if one.startswith("grp=")} <= {f"grp={text}" for text in EVIL}
    ask("list", "runs", code=0)
    ask("store", "check", code=0)


@pytest.mark.parametrize("task", SUITES)
def test_comparisons(runs, stage, task):
    """`compare` with slices and flips, its Markdown and its JSON."""
    ask("compare", f"{task}a", f"{task}b", "--slices", "--flips", 10, "--markdown", "c.md", code=0)
    check((stage / "c.md").read_text(encoding="utf-8"), "compare --markdown")
    json.loads(ask("compare", f"{task}a", f"{task}b", "--format", "json", code=0))
    ask("select", f"{task}a", f"{task}b", "--require", "n > 1", "--maximize", "score")


def test_gates(runs, stage):
    """`gate` as text, JSON and every file, `--explain`, `--plan`, `--check`; annotations are commands, one for each of ours."""
    files = {form: f"g.{form}" for form in ("junit", "markdown", "html", "json", "metrics", "badge")}
    options = [part for form, name in files.items() for part in (f"--{form}", name)]
    ask("gate", "gate.toml", "cb", "--baseline", "ca", *options)
    for name in files.values():
        check((stage / name).read_text(encoding="utf-8"), name, tabs=name == "g.html")
    ET.parse(stage / "g.junit")
    ET.parse(stage / "g.badge")
    for more in (["--explain", "q"], ["--explain", "sl"], ["--plan"], ["--check"], ["--format", "json"]):
        ask("gate", "gate.toml", "cb", "--baseline", "ca", *more)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        call(["gate", "gate.toml", "cb", "--baseline", "ca", "--annotations"])
    lines = out.getvalue().split("\n")
    commands = [line for line in lines if line.lstrip().startswith("::")]
    assert commands
    assert all(line.startswith(("::error title=", "::warning title=", "::notice title=")) for line in commands)
    check("\n".join(line for line in lines if line not in commands), "annotations")
    check("\n".join(line[2:] for line in commands), "what annotations say")
    ask("baseline", "accept", "ca", "--name", "prod", "--reason", "r\n::error::x\x1b[2J", code=0)
    ask("baseline", "show", code=0)


@pytest.mark.parametrize("form", ["html", "markdown", "csv"])
def test_reports(runs, stage, form):
    """Reports on standard output and as files: nothing hides in them, texts of others are text, numbers are numbers."""
    ask("report", *runs, "--as", form, "--title", EVIL[6], code=0)
    ask("report", *runs, "--as", form, "-o", f"r.{form}", code=0)
    text = (stage / f"r.{form}").read_text(encoding="utf-8")
    check(text, form, tabs=form == "html")
    assert "<script>alert" not in text
    if form == "csv":
        assert not any(cell.startswith(("=", "+", "@")) for line in text.splitlines() for cell in line.split(","))


def test_refusals(runs, stage):
    """Errors that quote labels, ids, tags, columns, file names and what was typed."""
    put(stage / "bad.jsonl", [{"index": 0, "label": EVIL[1]}])
    put(stage / "badtags.jsonl", [{"index": at, "tags": [EVIL[6], "O"]} for at in range(4 * len(EVIL))])
    put(stage / "badid.jsonl", [{"id": EVIL[8], "text": "x"}])
    evil = "e\x1b[2J\n::error::x\u202e.jsonl"
    put(stage / evil, [{"text": "x", EVIL[1]: "y"}])
    for args in (
        ("run", "predictions:bad.jsonl", "--suite", SUITES["c"]),
        ("run", "predictions:badtags.jsonl", "--suite", SUITES["n"]),
        ("run", "predictions:badid.jsonl", "--suite", SUITES["s"]),
        ("run", f"predictions:{evil}", "--suite", SUITES["c"]),
        ("run", "majority", "--suite", f"classification/custom?path={evil}"),
        ("run", "majority", "--suite", "classification/custom?path=c.jsonl&label=" + EVIL[6]),
        ("gate", evil, "ca"),
        *(
            (verb, text)
            for verb in ("run", "show", "compare", "gate", "list", "verify", "doctor", text_of(0))
            for text in EVIL
        ),
        *(("run", text, "--suite", text) for text in EVIL),
        *(("show", "ca", f"--{text}") for text in EVIL),
        *(("report", "ca", "--as", text) for text in EVIL),
        *(("select", "ca", "--require", text, "--maximize", text) for text in EVIL),
        *(("new", "suite", text) for text in EVIL),
    ):
        assert not ask(*args).startswith("Traceback"), args


def text_of(at):
    return EVIL[at + 1]


def test_libraries_and_bugs_speak_inert(stage):
    """A warning and a print of somebody's plugin, and the traceback of a bug, go through the same door."""
    code = (
        "import sys, warnings\n"
        "from benchwright.cli import main\n"
        "def evil(*_, **__):\n"
        "    print('a\\x1b[2J', flush=True); print('::error::x')\n"
        "    warnings.warn('w\\n::add-mask::x\\u202e')\n"
        "    raise ValueError('b\\n::stop-commands::x\\x9b')\n"
        "main.cli.main = evil\n"
        "main.main(['list', 'runs'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=stage)
    assert done.returncode == 70
    assert "ValueError" in done.stderr
    check(done.stdout, "prints")
    check(done.stderr, "warnings and tracebacks")
