"""A small store and a board made of it: five systems by their predictions on two tasks, so that every number can be counted by hand."""

import importlib.util
import json
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import benchwright
from benchwright.store import Store
from benchwright_leaderboards.add import add
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.new import new_board
from benchwright_leaderboards.site import pages_of

TOPICS = ("sport", "news", "sport", "arts", "news", "arts") * 10
"""Gold labels of 60 texts."""
SENTENCES = ("Ann B-PER\nsaw O\nRome B-LOC\n", "Bob B-PER\nslept O\n", "we O\nlove O\nParis B-LOC\n") * 10
"""30 tagged sentences."""
TAGS = [[line.split()[1] for line in sentence.splitlines()] for sentence in SENTENCES]
LABELS = ("arts", "news", "sport")

TOPIC, NER = "classification/custom", "ner/custom"
"""The two tasks of the board."""

WRONG = {"best": 3, "second": 4, "silent": 6, "baseline": 30, "part": 8}
"""Model -> items of the 60 texts that it answers wrongly; `silent` gives no answer to `SILENT` more."""
SILENT = 5
MISSED = {"best": 2, "second": 2, "silent": 5, "baseline": 20}
"""Model -> sentences of the 30 in which it finds no entity; `part` answers the texts alone."""


def label(model, at):
    """What a model answers to a text: wrong on the last `WRONG` items, and nothing to the first `SILENT` ones of `silent`."""
    if model == "silent" and at < SILENT:
        return None
    gold = TOPICS[at]
    return LABELS[(LABELS.index(gold) + 1) % 3] if at >= len(TOPICS) - WRONG[model] else gold


def write_predictions(folder, model):
    """The predictions of a model for both tasks, as `predictions:FOLDER` reads them; returns the folder."""
    place = folder / model
    (place / "classification").mkdir(parents=True)
    answers = [label(model, at) for at in range(len(TOPICS))]
    rows = [
        {"index": at, "error": "timed out"} if answer is None else {"index": at, "label": answer}
        for at, answer in enumerate(answers)
    ]
    (place / "classification" / "custom.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    if model in MISSED:
        (place / "ner").mkdir()
        tagged = [["O"] * len(tags) if at < MISSED[model] else tags for at, tags in enumerate(TAGS)]
        (place / "ner" / "custom.jsonl").write_text(
            "".join(json.dumps({"index": at, "tags": tags}) + "\n" for at, tags in enumerate(tagged))
        )
    return place


def write_data(folder):
    """The data of both tasks; returns selectors of them."""
    folder.mkdir(parents=True)
    texts = "".join(f"{json.dumps({'text': f'text {at}', 'label': gold})}\n" for at, gold in enumerate(TOPICS))
    (folder / "topics.jsonl").write_text(texts)
    (folder / "names.conll").write_text("\n".join(SENTENCES))
    return (
        f"classification/custom?path={folder}/topics.jsonl&text=text&label=label",
        f"ner/custom?path={folder}/names.conll&columns=word,tag",
    )


def make_store(root):
    """A store with the runs `first` (four models on both tasks) and `part` (one on the texts alone)."""
    selectors = write_data(root / "data")
    models = {model: f"{model}=predictions:{write_predictions(root / 'predictions', model)}" for model in WRONG}
    both = [text for model, text in models.items() if model in MISSED]
    where = {"store": root / "store", "errors": len(TOPICS)}
    benchwright.evaluate(both, list(selectors), name="first", **where)
    benchwright.evaluate(models["part"], selectors[0], name="part", **where)
    return Store(root / "store")


@pytest.fixture(scope="session")
def small_store(tmp_path_factory):
    """A store with the runs `first` and `part`; tests read it, and write to copies only."""
    return make_store(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def small_board(small_store, tmp_path_factory):
    """The folder of a board with five entries (`best`, `second`, `silent`, `baseline` by team us, `part` by them); tests only read it."""
    root = tmp_path_factory.mktemp("boards") / "board"
    new_board(root, small_store.read_run("first"), small_store, title="Small", baselines=["baseline"])
    add(root, ["first"], store=small_store, team="us")
    add(root, ["part"], store=small_store, team="them")
    return root


@pytest.fixture(scope="session")
def small_content(small_board):
    """Its content, ranks and all."""
    return assemble_board(open_board(small_board))


@pytest.fixture
def board_copy(small_board, tmp_path):
    """A copy of the board, to be written to; returns its folder."""
    return Path(shutil.copytree(small_board, tmp_path / "board"))


@pytest.fixture
def opened(small_board):
    """The board, read."""
    return open_board(small_board)


@pytest.fixture(scope="session")
def make():
    """The functions and numbers above, for tests that want a store, predictions or data of their own."""
    return SimpleNamespace(
        store=make_store,
        predictions=write_predictions,
        data=write_data,
        topics=TOPICS,
        tags=TAGS,
        wrong=WRONG,
        silent=SILENT,
        missed=MISSED,
    )


@pytest.fixture(scope="session")
def twin_boards():
    """The module ``hostile_board`` beside this file."""
    spec = importlib.util.spec_from_file_location("hostile_board", Path(__file__).with_name("hostile_board.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def boards(twin_boards, tmp_path_factory):
    """Folder of the hostile board and of its harmless twin."""
    return {kind: twin_boards.make_board(tmp_path_factory.mktemp("twins") / kind, kind) for kind in twin_boards.PIECES}


@pytest.fixture(scope="session")
def twin_contents(twin_boards, boards):
    """The content of both."""
    return {kind: assemble_board(twin_boards.read(root)) for kind, root in boards.items()}


@pytest.fixture(scope="session")
def sites(twin_contents):
    """Path -> page and its text, of every file of the sites of both."""
    return {
        kind: {page.path: (page, _text(page)) for page in pages_of(content)} for kind, content in twin_contents.items()
    }


def _text(page):
    made = page.render()
    return made.decode() if isinstance(made, bytes) else made


@pytest.fixture(scope="session")
def content(small_board):
    """The content of the small board."""
    return assemble_board(open_board(small_board))
