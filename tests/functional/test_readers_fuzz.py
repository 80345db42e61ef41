"""Whatever is read is read right or refused with a message and a next step: seeded damage to every kind of input."""

import contextlib
import io
import json
import random
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchwright.cli.main import call

TOKENS = (
    b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", b"\n\n", b"\t", b"\x85", b"\xe2\x80\xa8", b'"', b"'", b"\\", b"\\ud800", b"{", b"}",
    b"[" * 500, b"]" * 500, b"[]", b"{}", b"null", b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"-1", b"0.5", b"true", b",", b";", b":", b"=", b"#",
    b"$", b"%", b"&", b"?", b"@", b"*", b"..", b"/", b"~", b"a" * 300, b"B-", b"I-X", b"-DOCSTART- O", b"\xf0\x9f\x98\x80", b"\xe2\x80\xae",
)  # fmt: skip
ROWS = 8
LABELS = ["a", "b"] * (ROWS // 2)


def mutated(content, draw):
    """The content with one to eight changes: bytes turned, spans cut, doubled, moved, hostile tokens put in, an end cut off."""
    data = bytearray(content)
    for _ in range(draw.choice([1, 1, 2, 3, 8])):
        at, to = sorted(draw.randrange(len(data) + 1) for _ in range(2))
        to = min(to, at + draw.choice([1, 4, 40]))
        what = draw.randrange(6)
        if what == 0 and data:
            data[at % len(data)] = draw.randrange(256)
        elif what == 1:
            del data[at:to]
        elif what == 2:
            data[at:at] = data[at:to]
        elif what == 3:
            data[at:to] = draw.choice(TOKENS)
        elif what == 4:
            data[at:at] = draw.choice(TOKENS)
        else:
            del data[draw.randrange(len(data) + 1) :]
    return bytes(data)


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def parquet(**columns):
    buffer = io.BytesIO()
    features = {"label": {"_type": "ClassLabel", "names": ["a", "b"]}}
    table = pa.table(columns).replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, buffer)
    return buffer.getvalue()


SQUAD = {"data": [{"title": "t", "paragraphs": [{"context": "x is a", "qas": [{"id": str(at), "question": "q?", "answers": [{"text": "x", "answer_start": 0}]} for at in range(ROWS)]}]}]}  # fmt: skip
TEXTS = [f"text {at}" for at in range(ROWS)]
CC, NER, QA = ("classification/custom?label=label&path=", "ner/custom?path=", "squad/custom?path=")
GATE = b"""schema = 1
profile = "release"
[baseline]
name = "prod"
[[rule]]
id = "q"
kind = "noninferiority"
metric = "score"
margin = 0.02
tasks = ["starter/sentiment"]
[[waiver]]
rule = "q"
owner = "o"
issue = "i"
reason = "r"
expires = 2030-01-01
"""
RUN = b"""schema = 1
suite = ["starter"]
name = "x"
seed = 3
[[model]]
ref = "majority"
[[model]]
name = "m"
ref = "tfidf"
options = { c = 2.0 }
"""
LOCK = b"""schema = 1
[baseline.prod]
run = "r"
model = "m"
reason = "x"
accepted = 2026-01-01
[baseline.prod.cells."starter/topic"]
key = "0"
records = "1"
split = "test"
"""
CASES = {
    "data csv": ("d.csv", b"text,label\n" + b"".join(f'"t, {at}",{one}\n'.encode() for at, one in enumerate(LABELS)), ("run", "constant:a", "--suite", CC + "d.csv")),
    "data tsv": ("d.tsv", b"text\tlabel\n" + b"".join(f"t {at}\t{one}\n".encode() for at, one in enumerate(LABELS)), ("run", "constant:a", "--suite", CC + "d.tsv")),
    "data json": ("d.json", json.dumps([{"text": "t", "label": one} for one in LABELS]).encode(), ("run", "constant:a", "--suite", CC + "d.json")),
    "data jsonl": ("d.jsonl", lines([{"text": "t", "label": one} for one in LABELS]), ("run", "constant:a", "--suite", CC + "d.jsonl")),
    "data parquet": ("d.parquet", parquet(text=TEXTS, label=[0, 1] * (ROWS // 2)), ("run", "constant:a", "--suite", CC + "d.parquet")),
    "conll": ("d.conll", b"Ada B-PER\nwrites O\n\n-DOCSTART- O\n\nRome B-LOC\n" * 4, ("run", "predictions:t.jsonl", "--suite", NER + "d.conll")),
    "squad": ("s.json", json.dumps(SQUAD).encode(), ("run", "predictions:q.json", "--suite", QA + "s.json")),
    "predictions csv": ("p.csv", b"index,label\n" + b"".join(f"{at},{one}\n".encode() for at, one in enumerate(LABELS)), ("run", "predictions:p.csv", "--suite", CC + "good.csv")),
    "predictions tsv": ("p.tsv", b"index\tlabel\n" + b"".join(f"{at}\t{one}\n".encode() for at, one in enumerate(LABELS)), ("run", "predictions:p.tsv", "--suite", CC + "good.csv")),
    "predictions jsonl": ("p.jsonl", lines([{"index": at, "label": one, "scores": {"a": 0.5, "b": 0.5}} for at, one in enumerate(LABELS)]), ("run", "predictions:p.jsonl", "--suite", CC + "good.csv")),
    "predictions json": ("p.json", json.dumps([{"index": at, "label": one} for at, one in enumerate(LABELS)]).encode(), ("run", "predictions:p.json", "--suite", CC + "good.csv")),
    "predictions parquet": ("p.parquet", parquet(index=list(range(ROWS)), label=LABELS), ("run", "predictions:p.parquet", "--suite", CC + "good.csv")),
    "predicted tags": ("p.conll", b"Ada B-PER\nwrites O\n\nRome B-LOC\n\n" * 4, ("run", "predictions:p.conll", "--suite", NER + "good.conll")),
    "predicted answers": ("a.json", json.dumps({str(at): "x" for at in range(ROWS)}).encode(), ("run", "predictions:a.json", "--suite", QA + "good.json")),
    "run file": ("r.toml", RUN, ("run", "r.toml")),
    "rules": ("g.toml", GATE, ("gate", "g.toml", "--check")),
    "lock": ("l.lock", LOCK, ("baseline", "show", "--lock", "l.lock")),
}  # fmt: skip
TYPED = {
    "model": ["m=predictions:p.jsonl@main?labels=a,b&format=jsonl", "./models/x@rev?dtype=fp16&max_length=128", "finetune:tiny?epochs=1&lr=1e-5", "owner/name@abc"],
    "selector": ["classification/custom?path=good.csv&label=label&encoding=utf-8&slice=text", "ner/custom?path=good.conll&columns=word,tag&scheme=IOB2", "glue/sst2,starter/topic", "squad/custom?path=good.json&name=x"],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with good data, in which the program is asked."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCHWRIGHT_STORE", str(tmp_path / "store"))
    (tmp_path / "good.csv").write_bytes(CASES["data csv"][1])
    (tmp_path / "good.conll").write_bytes(b"Ada B-PER\nwrites O\n\nRome B-LOC\n\n" * 4)
    (tmp_path / "good.json").write_bytes(CASES["squad"][1])
    (tmp_path / "t.jsonl").write_bytes(lines([{"index": at, "tags": ["O"]} for at in range(ROWS)]))
    (tmp_path / "q.json").write_bytes(CASES["predicted answers"][1])
    return tmp_path


def ask(args, about):
    """The program answers soon, with a result or with a message that names a next step; never with a traceback."""
    out, err, started = io.StringIO(), io.StringIO(), time.process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = call(list(args))
    assert code in (0, 1, 2, 3), (about, err.getvalue())
    assert time.process_time() - started < 30, about
    if code == 2 and args[0] == "run" and not err.getvalue().startswith("Usage"):
        assert "next: " in err.getvalue(), (about, err.getvalue())
    return code


def damage(folder, case, times, seed):
    name, content, args = CASES[case]
    draw = random.Random(f"{case} {seed}")
    (folder / name).write_bytes(content)
    more = ("--dry-run", "--offline") if args[0] == "run" else ()
    codes = [ask((*args, *more), case)]
    for _ in range(times):
        bad = mutated(content, draw)
        (folder / name).write_bytes(bad)
        codes.append(ask((*args, *more), bad))
    return codes


def typed(folder, what, times, seed):
    draw, codes = random.Random(f"{what} {seed}"), []
    for _ in range(times):
        bad = mutated(draw.choice(TYPED[what]).encode(), draw).decode(errors="surrogateescape")
        args = ("run", bad, "--suite", "starter/topic") if what == "model" else ("run", "constant:a", "--suite", bad)
        codes.append(ask((*args, "--dry-run", "--offline"), bad))
    return codes


@pytest.mark.parametrize("case", CASES)
def test_damaged_files(folder, case):
    """Every form of file, forty times damaged."""
    assert 2 in damage(folder, case, 40, 1)


@pytest.mark.parametrize("what", TYPED)
def test_damaged_words(folder, what):
    """Model references and selectors, eighty times mistyped."""
    assert 2 in typed(folder, what, 80, 1)


@pytest.mark.soak
@pytest.mark.parametrize("case", CASES)
def test_damaged_files_for_long(folder, case):
    """The long form."""
    assert 2 in damage(folder, case, 1_500, 2)


@pytest.mark.soak
@pytest.mark.parametrize("what", TYPED)
def test_damaged_words_for_long(folder, what):
    """The long form."""
    assert 2 in typed(folder, what, 1_500, 2)
