"""A board of which every text that somebody else may write is hostile, and its harmless twin, made by the same steps."""

import json
import re
import shutil
from pathlib import Path

import benchwright
from benchwright.store import Store
from benchwright.testing.hostile import HARMLESS, HOSTILE
from benchwright_leaderboards.add import add
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.new import new_board
from benchwright_leaderboards.release import release_board

NOTE = "# a\n\n*b* **c** `d` [e](https://example.org)\n\n> i\n\n- j\n\n1. k\n\n3) l\n\n| m |\n|--:|\n| n |\n\n```\no\n```\n\n***\n\np\\\nq "
"""A text of everything that the text of a board may hold."""
PIECES = {"hostile": HOSTILE[:-1], "harmless": HARMLESS[:-1]}
"""Half a character, the last of them, can be written to no file."""
MODELS = {"first.model": 1, "second.model": 2, "עברית": 6, "gone": 5, "old": 4, "part": 3}
"""Model -> items that it answers wrongly; `part` answers one task of two, `gone` is withdrawn, `old` stale."""
ITEMS = 12
_LABELS = ("arts", "sport")


def make_board(root, kind):
    """The board, in ``root/board``."""
    say = _Say(PIECES[kind])
    root.mkdir(parents=True)
    topics, names = _write_data(root, say)
    whole = [f"{model}=predictions:{_write_answers(root, model, say)}" for model in MODELS if model != "part"]
    store = Store(root / "store")
    benchwright.evaluate(whole, [topics, names], name="whole", store=store.root, errors=99)
    benchwright.evaluate(f"part=predictions:{_write_answers(root, 'part', say)}", topics, name="part", store=store.root)
    board = root / "board"
    new_board(board, store.read_run("whole"), store, title=say.every("title"))
    _edit(board / "board.toml", say)
    add(board, ["whole"], store=store, team=say.told("<b>us</b> & \"co\" 'x'"), note=say.every("note"))
    add(board, ["part"], store=store, team=say.told("=SUM(A1)"), note=say.every("note"))
    (file,) = (path for path in board.glob("submissions/*/submission.json") if '"first.model"' in path.read_text())
    _tamper(file, say)
    taken = {"gone": {"at": "2026-01-01T00:00:00+00:00", "reason": say.every("reason")}}
    (file.parent / "withdrawn.json").write_text(json.dumps(taken))
    release_board(board, "2026.10")
    return board


class _Say:
    def __init__(self, pieces):
        self.pieces = pieces

    def every(self, text):
        """All pieces at once."""
        return f"{' '.join(self.pieces)} {text}"

    def each(self, text, at):
        """One of them."""
        return f"{self.pieces[at % len(self.pieces)]} {text}"

    def told(self, text):
        """A text that is hostile and can be seen, as names of teams are."""
        return text if self.pieces == PIECES["hostile"] else re.sub(r"\W+", " ", text).strip()


def _write_data(root, say):
    """A table of texts, of which one has a slice of every piece, and tagged sentences."""
    rows = [
        {"text": f"{say.every('text')} {at}", "label": _gold(at, say), "part": say.each("part", at // 2)}
        for at in range(ITEMS)
    ]
    (root / "topics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    words = [re.sub(r"\s", "", piece) or "x" for piece in say.pieces]
    sentences = [f"{words[at % len(words)]} B-PER\n{words[-at % len(words)]} O\n" for at in range(ITEMS)]
    (root / "names.conll").write_text("\n".join(sentences))
    return (
        f"classification/custom?path={root}/topics.jsonl&text=text&label=label&slice=part",
        f"ner/custom?path={root}/names.conll&columns=word,tag",
    )


def _gold(at, say):
    return say.each(_LABELS[at % 2], at % 2)


def _write_answers(root, model, say):
    place = Path(root / "answers" / model)
    (place / "classification").mkdir(parents=True)
    answers = [_gold(at + (at >= ITEMS - MODELS[model]), say) for at in range(ITEMS)]
    rows = [{"index": at, "label": label} for at, label in enumerate(answers)]
    rows[0] = {"index": 0, "error": say.every("error")} if model == "second.model" else rows[0]
    (place / "classification" / "custom.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    if model != "part":
        (place / "ner").mkdir()
        tags = [["O" if at < MODELS[model] else "B-PER", "O"] for at in range(ITEMS)]
        rows = [{"index": at, "tags": some} for at, some in enumerate(tags)]
        (place / "ner" / "custom.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return place


def _edit(path, say):
    """What people write: a text in Markdown, baselines of which one is not there."""
    said = {"text": NOTE + say.every("text").replace("\n", " "), "baselines": ["second.model", say.told("<i>none</i>")]}
    kept = [line for line in path.read_text().split("\n") if line.partition(" =")[0] not in said]
    path.write_text("\n".join([*(f"{name} = {json.dumps(one)}" for name, one in said.items()), *kept]))


def _tamper(path, say):
    """What no check of `board add` lets in, as if somebody had edited the board's own files."""
    found = json.loads(path.read_text())
    for entry in found["entries"]:
        if entry["name"] == "old":
            entry["results"][0]["digest"] = "f" * 64
        entry["trained_on"] = say.every("corpus")
        entry["cost"]["flags"] = [say.every("flag")]
        entry["cost"]["why"] = say.every("why")
    found["note"] = say.every("note")
    path.write_text(json.dumps(found))


def read(board):
    """The board, read."""
    return open_board(board)


def copy(board, folder):
    """A copy of a board, to be written to."""
    return Path(shutil.copytree(board, folder))
