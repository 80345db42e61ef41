"""A column of rationales beside a user's own rows: errors name the line; no answer and no key depends on it."""

import json

from benchwright.cli.main import call

ROWS = [
    ("a moving and funny film", "positive", '["moving", "funny"]'),
    ("dull and far too long", "negative", "[[0, 4], [9, 21]]"),
    ("great fun all through", "positive", "1 1 0 0"),
    ("the plot is a mess", "negative", "0 0 0 0 1"),
    ("nothing to say", "negative", "[]"),
    ("I loved it", "positive", ""),
]


def write(path, rows):
    lines = [{"text": text, "label": label, "rationale": marks} for text, label, marks in rows]
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def explain(path, store, *, more=""):
    suite = f"classification/custom?path={path}&labels=negative,positive{more}"
    return call(["explain", "constant:negative", "--suite", suite, "--method", "random", "--store", str(store)])


def run_of(store):
    (path,) = store.glob("runs/*.json")
    return json.loads(path.read_text())


def test_marked_words_are_held_against_explanations_and_change_no_key(tmp_path):
    path = write(tmp_path / "reviews.jsonl", ROWS)
    assert explain(path, tmp_path / "told", more="&rationale=rationale") == 0
    assert explain(path, tmp_path / "untold") == 0
    told, untold = run_of(tmp_path / "told"), run_of(tmp_path / "untold")
    assert [cell["key"] for cell in told["cells"]] == [cell["key"] for cell in untold["cells"]]
    assert "plausibility" not in untold["explanations"][0] or not untold["explanations"][0]["plausibility"]
    scores = told["explanations"][0]["plausibility"]
    assert [(one["metric"], one["n"], one["undefined"]) for one in scores] == [("token_f1", 4, 2), ("auprc", 4, 2)]
    records = b"".join(part.read_bytes() for part in sorted((tmp_path / "told").glob("cells/*/*.parquet")))
    assert records
    assert b"rationale" not in records


def test_a_rationale_that_does_not_fit_names_the_line_and_what_to_do(tmp_path, capsys):
    path = write(tmp_path / "reviews.jsonl", [*ROWS, ("fine", "positive", "[[0, 9]]")])
    assert explain(path, tmp_path / "store", more="&rationale=rationale") == 2
    told = capsys.readouterr().err
    assert "reviews.jsonl, line 7: 'rationale': [0, 9] lies outside a text of 4 characters" in told
    assert "expected: the first character, counted from 0" in told


def test_a_column_that_is_not_there_is_told_at_once(tmp_path, capsys):
    path = write(tmp_path / "reviews.jsonl", ROWS)
    assert explain(path, tmp_path / "store", more="&rationale=rational") == 2
    told = capsys.readouterr().err
    assert "has no column 'rational'" in told
    assert "rationale=rationale" in told
