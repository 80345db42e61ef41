"""An alarm stands wherever its number goes: one run with swapped labels, every output of every verb."""

import json
import re

import pytest
from starlette.testclient import TestClient

import benchwright
from benchwright import registry
from benchwright.cli import COMMANDS
from benchwright.comparison.compare import compare
from benchwright.comparison.text import to_markdown
from benchwright.gate_run import gate
from benchwright.gating.outputs import WRITERS
from benchwright.reporting import render
from benchwright.selection.select import select
from benchwright.store import Store

SAID = "labels look permuted: as given accuracy 10.00 %, with bad"
RULES = """schema = 1
[[rule]]
id = "no-loss"
kind = "noninferiority"
task = "classification/custom"
metric = "accuracy"
margin = 0.05
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a store of two runs: ``good`` and ``swapped``, which is the same with its labels mixed up."""
    folder = tmp_path_factory.mktemp("travel")
    labels = ["good" if (7 * n * n + n) % 11 < 5 else "bad" for n in range(200)]
    other = {"good": "bad", "bad": "good"}
    said = [other[label] if n % 10 == 3 else label for n, label in enumerate(labels)]
    rows = [f"text {n},{label},{'web' if n % 2 else 'phone'}" for n, label in enumerate(labels)]
    (folder / "test.csv").write_text("\n".join(["text,label,lang", *rows]) + "\n")
    for name, answers in (("good", said), ("swapped", [other[label] for label in said])):
        text = "".join(json.dumps({"index": n, "label": label}) + "\n" for n, label in enumerate(answers))
        (folder / f"{name}.jsonl").write_text(text)
        suite = f"classification/custom?path={folder / 'test.csv'}&slice=lang"
        benchwright.evaluate(f"predictions:{folder / name}.jsonl", suite, store=folder / "store", name=name)
    answers = {f"text {n}": other[label] for n, label in enumerate(said)}
    (folder / "swapped.py").write_text(
        f"def predict(texts):\n    return [{answers!r}.get(text, 'good') for text in texts]\n"
    )
    (folder / "gate.toml").write_text(RULES)
    return folder


def run_of(place, name="swapped"):
    return benchwright.load_run(name, store=place / "store")


def gate_of(place, run="swapped", baseline="good"):
    return gate(place / "gate.toml", run, baseline=baseline, store=place / "store")


def flat(text):
    """Escapes of pages and pull requests undone, folded lines joined."""
    for sign, plain in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("&#39;", "'"), ("%25", "%"), ("\\", "")):
        text = text.replace(sign, plain)
    return " ".join(text.split())


def words(place, *args):
    store = ("--store", str(place / "store"))
    suite = f"classification/custom?path={place / 'test.csv'}&slice=lang"
    known = {
        "run": ("run", f"predictions:{place / 'swapped'}.jsonl", "--suite", suite, "--name", "swapped"),
        "show": ("show", "swapped"),
        "explain": ("explain", f"swapped=python:{place}/swapped.py:predict", "--suite", suite, *EXPLAINED),
        "report": ("report", "swapped"),
        "compare": ("compare", "good", "swapped"),
        "select": ("select", "good", "swapped"),
        "history": ("history",),
        "gate": ("gate", place / "gate.toml", "swapped", "--baseline", "good"),
        "baseline": ("baseline", "accept", "swapped", "--name", "prod", "--reason", "x", "--lock", place / "l.lock"),
    }
    return (*known[args[0]], *args[1:], *store)


EXPLAINED = ("--method", "leave_one_out", "--examples", "2", "--faithfulness", "no")
TYPED = [
    ("run",),
    ("run", "--format", "json"),
    ("explain",),
    ("explain", "--format", "json"),
    ("show",),
    ("show", "--format", "json"),
    ("show", "--task", "custom"),
    ("show", "--slice", "lang=web"),
    ("compare",),
    ("compare", "--format", "json"),
    ("select",),
    ("select", "--format", "json"),
    ("gate",),
    ("gate", "--format", "json"),
    ("gate", "--quiet"),
    ("gate", "--annotations"),
    ("gate", "--explain", "no-loss"),
    ("baseline",),
    ("baseline", "--format", "json"),
    ("history", "--model", "swapped"),
    ("history", "--format", "json"),
]
BOARD_TYPED = [
    ("list",),
    ("list", "--format", "json"),
    ("export", "--as", "json"),
    ("export", "--as", "csv"),
    ("export", "--as", "feed"),
    ("export", "--as", "model-json", "--entry", "swapped"),
    ("export", "--as", "every-eval-ever", "--entry", "swapped"),
    ("export", "--as", "model-index", "--entry", "swapped"),
    ("export", "--as", "entry-badge", "--entry", "swapped"),
]
"""Verbs of boards; those of a number for a whole sentence hold it, small ones a word that leads to it."""
MARK = "! labels look permuted"
"""What stands beside a number where there is no room for the sentence."""
PAGES = {
    "index.html": MARK,
    "suites/classification.html": MARK,
    "tasks/classification--custom.html": SAID,
    "models/swapped.html": SAID,
    "compare/swapped--good.html": SAID,
    "embed.html": MARK,
    "releases/first/index.html": MARK,
    "releases/first/board.json": SAID,
}
SILENT = {"doctor", "list", "new", "store", "submit", "verify", "demo", "profile"}
"""Verbs that show no score of a stored run; the demo shows what the others do, a profile has no scores."""


@pytest.mark.parametrize("args", TYPED, ids=" ".join)
def test_every_verb_says_it(args, place, program):
    """What is printed, as text and as JSON, holds the sentence."""
    assert SAID in flat(program(*words(place, *args)).stdout)


@pytest.fixture(scope="module")
def board(place):
    """A board of both runs, with one release; its folder and what `board add` said of the swapped one."""
    from benchwright_leaderboards.add import add
    from benchwright_leaderboards.board import open_board
    from benchwright_leaderboards.new import new_board
    from benchwright_leaderboards.release import release_board

    root, store = place / "board", Store(place / "store")
    new_board(root, run_of(place, "good"), store, title="Two", baselines=["good"])
    for name in ("good", "swapped"):
        add(root, [name], store=store, team="us")
    release_board(root, "first")
    return open_board(root)


def test_adding_to_a_board_says_it_at_once(place, board, program, tmp_path):
    """Whoever enters a wrong run hears of it before anybody else does."""
    program("board", "new", tmp_path / "other", "--from", "good", "--store", place / "store", check=0)
    done = program(
        "board", "add", "swapped", "--board", tmp_path / "other", "--team", "us", "--store", place / "store", check=0
    )

    assert SAID in flat(done.stdout + done.stderr)
    assert "warning" in done.stderr


@pytest.mark.parametrize("args", BOARD_TYPED, ids=" ".join)
def test_every_verb_of_boards_says_it(args, board, program, tmp_path):
    """What is printed, or written."""
    target = ("-o", tmp_path / "out") if args[0] == "export" else ()
    done = program("board", *args, "--board", board.root, *target, check=0)
    text = (tmp_path / "out").read_text() if target else done.stdout

    assert (SAID if "json" in " ".join(args) or args[-1] in {"csv", "feed"} else "labels look permuted") in flat(text)


@pytest.fixture(scope="module")
def site(board):
    """Path -> text of every page of the site."""
    from benchwright_leaderboards.content import assemble_board
    from benchwright_leaderboards.site import pages_of

    return {page.path: page.render for page in pages_of(assemble_board(board))}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_a_board_says_it(path, site):
    """The sentence, or the mark that leads to it: not only on the page of the model."""
    made = site[path]()
    assert PAGES[path] in flat(re.sub("<[^>]+>", "", made.decode() if isinstance(made, bytes) else made))


def test_a_server_of_a_board_says_it(board):
    """Lists, an entry, a task and a pair."""
    from benchwright_leaderboards.server.app import BoardApp
    from benchwright_leaderboards.server.limits import Limits

    with TestClient(BoardApp(board.root, Limits(rate=0)).application()) as client:
        for address in ("entries", "entries/swapped", "tasks/classification/custom", "compare?a=good&b=swapped"):
            assert SAID in flat(json.dumps(client.get(f"/api/v1/{address}").json(), ensure_ascii=False)), address
        assert MARK in flat(re.sub("<[^>]+>", "", client.get("/entries?q=swapped").text))


def test_no_verb_is_forgotten():
    """A new verb is either tried here or shows no score."""
    assert set(COMMANDS) == {args[0] for args in TYPED} | SILENT | {"report", "board"}


@pytest.mark.parametrize("name", registry.names("reports"))
def test_every_report_says_it(name, place):
    """Every installed report."""
    assert SAID in flat(render([run_of(place)], Store(place / "store"), name).text)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize(("run", "baseline"), [("swapped", "good"), ("good", "swapped")])
def test_every_output_of_a_gate_says_it(name, run, baseline, place):
    """Of the candidate and of the baseline: a passing gate with a wrong baseline says so everywhere."""
    assert SAID in flat(WRITERS[name](gate_of(place, run, baseline)))


def test_a_gate_says_so_in_its_headline(place):
    """A gate that passes because its baseline is wrong is not silent about it in the one line that people read."""
    passed, failed = gate_of(place, "good", "swapped"), gate_of(place)

    assert (passed.verdict, failed.verdict) == ("PASS", "FAIL")
    assert passed.reason.endswith("; 1 alarm about the baseline")
    assert failed.reason.endswith("; 1 alarm about the candidate")


def test_python_says_it(place):
    """Objects printed, shown in a notebook, and as tables."""
    pair = compare("good", "swapped", store=place / "store")
    chosen = select(["good", "swapped"], store=place / "store")
    run, verdict = run_of(place), gate_of(place)

    for found in (run, pair, chosen, verdict):
        assert SAID in flat(str(found)), type(found)
        assert SAID in flat(found._repr_html_()), type(found)
        frame = found.to_pandas()
        assert frame["alarms"].str.contains(SAID, regex=False).any(), type(found)
    assert SAID in flat(to_markdown(pair))


def test_every_score_carries_it(place):
    """The task's score, every metric and every slice."""
    (cell,) = run_of(place).cells

    assert all(score.alarms[0].code == "permuted" for score in (cell.score, *cell.scores))
    assert cell.alarms[0].severity == "alarm"
    assert len({score.slice for score in cell.scores}) > 2


def test_it_stands_first(place, program):
    """Above every note, also where the swapped system is named last."""
    shown = program("compare", "good", "swapped", "--store", place / "store").stdout
    lines = [line.strip() for line in shown.splitlines() if line.strip().startswith(("!", "*"))]

    assert lines[0].startswith(f"! swapped on classification/custom: {SAID}")
