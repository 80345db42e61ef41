"""Every family reads and answers as transformers 4.57 did, whatever the installed release makes of its files.

The checkpoints and the numbers in `transformers_4_57/` were made by `make_transformers_4_57.py` with transformers 4.57 in an
environment of its own, one row at a time: 200 rows, half of them pairs, every fourth with odd characters.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from benchwright import labels as naming
from benchwright.checkpoints import open_model as opening
from benchwright.checkpoints.tokenizer import read_tokenizer
from benchwright.testing.fixtures import build_task
from benchwright.types import Context, Example, Kind, ModelRef
from benchwright_adapters.transformers import adapter

pytestmark = pytest.mark.torch

HERE = Path(__file__).parent / "transformers_4_57"
FAMILIES = (
    "bert", "roberta", "deberta", "deberta-v2", "albert", "electra", "distilbert", "xlnet", "rembert", "mpnet", "gpt2",
    "t5", "modernbert", "bert-generic", "funnel", "xlm-roberta", "camembert", "bart", "big-bird", "fnet",
)  # fmt: skip
WITH_FILES_OF_THEIR_OWN = tuple(name for name in FAMILIES if name not in ("modernbert", "bert-generic"))
TOLERANCE = 1e-5
LABELS = ("bad", "good")
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    """Tiny models lose more to the hand-over between threads than they gain."""
    import torch

    torch.set_num_threads(1)
    monkeypatch.setattr(opening, "threads", lambda: 1)


@pytest.fixture(scope="module")
def rows():
    return json.loads((HERE / "rows.json").read_text())


def make_task(kind, inputs, labels=()):
    return build_task(kind=kind, inputs={name: (name,) for name in inputs}, labels=labels)


def open_session(name, task, workdir, **options):
    context = Context(suite="s", train=None, items=tuple, workdir=workdir)
    model = ModelRef(name="m", adapter="transformers", path=str(HERE / name), options=options)
    facts = adapter.inspect(model, task, context)
    tied = naming.align(task, facts.labels) if facts.labels else None
    return adapter.open(model, task, replace(context, labels=tied))


def make_examples(task, values):
    names = list(task.inputs)
    return [Example(id=f"t/{at}", index=at, inputs=dict(zip(names, row, strict=True))) for at, row in enumerate(values)]


def expected_of(name):
    with np.load(HERE / name / "expected.npz") as found:
        return dict(found)


def split(expected, prefix=""):
    """Ids and segments of each row."""
    ends = expected[f"{prefix}ends"][:-1]
    return np.split(expected[f"{prefix}ids"], ends), np.split(expected[f"{prefix}segments"], ends)


@pytest.mark.parametrize("name", FAMILIES)
def test_ids_segments_and_outputs_are_those_of_4_57(name, rows, tmp_path):
    """Tokens and segments are equal, raw outputs within 1e-5, labels the same, in the batches that a run makes."""
    expected = expected_of(name)
    ids, segments = split(expected)
    labels = [LABELS[at] for at in np.nan_to_num(expected["outputs"]).argmax(axis=1)]
    right = 0
    for inputs, some in ((("a",), range(100)), (("a", "b"), range(100, 200))):
        task = make_task(Kind.CLASSIFY, inputs, LABELS)
        session = open_session(name, task, tmp_path)
        encoded = session.codec.encode(make_examples(task, [rows[at] for at in some])).encoded
        for number, at in enumerate(some):
            assert encoded.row(number).tolist() == ids[at].tolist(), rows[at]
            if segments[at].min() < 0:
                assert "token_type_ids" not in encoded.columns
            elif "token_type_ids" in encoded.columns:
                assert encoded.row(number, "token_type_ids").tolist() == segments[at].tolist(), rows[at]
            else:  # a model that has one segment, or none
                assert getattr(session.forward.model.config, "type_vocab_size", 0) < 2
        readable = [at for at in some if not np.isnan(expected["outputs"][at]).any()]  # Funnel cannot read nothing
        encoded = session.codec.encode(make_examples(task, [rows[at] for at in readable])).encoded
        found = np.stack(session.run(encoded).values)
        np.testing.assert_allclose(found, expected["outputs"][readable], rtol=0, atol=TOLERANCE)
        predictions = session.predict(make_examples(task, [rows[at] for at in readable]))
        right += sum(p.output == labels[at] for p, at in zip(predictions, readable, strict=True))
    assert right == 200 - int(np.isnan(expected["outputs"]).any(axis=1).sum())


@pytest.mark.parametrize("name", WITH_FILES_OF_THEIR_OWN)
def test_without_a_tokenizer_json_the_vocabulary_decides_as_in_4_57(name, rows, tmp_path):
    """The same from vocab.txt, from vocab.json with merges.txt, and from a SentencePiece model."""
    ids, segments = split(expected_of(name), "bare_")
    shutil.copytree(HERE / name, tmp_path / "bare")
    (tmp_path / "bare" / "tokenizer.json").unlink()
    tokenizer = read_tokenizer(tmp_path / "bare").tokenizer
    for at, row in enumerate(rows):
        found = tokenizer(*[[text] for text in row], truncation=True, max_length=64)
        given = found["input_ids"][0] or [tokenizer.bos_token_id]
        assert given == ids[at].tolist(), row
        if segments[at].min() >= 0:
            assert found["token_type_ids"][0] == segments[at].tolist(), row


@pytest.mark.parametrize("name", ["t5", "xlnet", "deberta-v2", "big-bird", "xlm-roberta", "camembert", "fnet"])
def test_without_a_tokenizer_json_pieces_are_those_of_sentencepiece(name, rows, tmp_path):
    """The model file itself, read by `sentencepiece`, on texts of plain characters; its options are left to their defaults."""
    from sentencepiece import SentencePieceProcessor

    shutil.copytree(HERE / name, tmp_path / "bare")
    (tmp_path / "bare" / "tokenizer.json").unlink()
    config = json.loads((tmp_path / "bare" / "tokenizer_config.json").read_text())
    config.pop("add_prefix_space", None)
    (tmp_path / "bare" / "tokenizer_config.json").write_text(json.dumps(config))
    reading = read_tokenizer(tmp_path / "bare")
    model = SentencePieceProcessor(model_file=str(tmp_path / "bare" / reading.source))
    for at in (at for at in range(4, 200) if at % 4 and at not in (101, 102)):
        text = rows[at][0].encode("ascii", "ignore").decode()
        found = reading.tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).tokens
        assert found == model.encode(text, out_type=str), text


@pytest.mark.parametrize("name", ["albert-tag", "xlnet-tag", "deberta-v2-tag", "t5-tag"])
def test_tags_are_those_of_4_57(name, rows, tmp_path):
    """A word takes the tag of its first token; 100 sentences."""
    task = make_task(Kind.TAG, ("words",), TAGS)
    session = open_session(name, task, tmp_path)
    found = session.predict(make_examples(task, [[row[0].split(" ")[:20]] for row in rows[:100]]))

    assert [" ".join(p.output) for p in found] == expected_of(name)["tags"].tolist()
    assert len({tag for p in found for tag in p.output}) > 2


@pytest.mark.parametrize("name", ["albert-span", "xlnet-span"])
def test_answers_are_those_of_4_57(name, rows, tmp_path):
    """The answer with the highest sum, and that sum; 100 questions."""
    task = make_task(Kind.SPAN, ("question", "context"))
    session = open_session(name, task, tmp_path, n_best="200")
    found = session.predict(make_examples(task, rows[100:]))
    expected = expected_of(name)

    assert [p.output for p in found] == expected["answers"].tolist()
    scores = [p.extra.get("score", 0.0) for p in found]
    np.testing.assert_allclose(scores, expected["outputs"], rtol=0, atol=5 * TOLERANCE)


@pytest.mark.parametrize("name", ["albert-choice", "xlnet-choice"])
def test_choices_are_those_of_4_57(name, rows, tmp_path):
    """Probabilities of four options; 50 questions."""
    task = make_task(Kind.CHOOSE, ("premise", "options"))
    session = open_session(name, task, tmp_path, max_length="64")
    values = [(rows[at][0], [rows[100 + 4 * (at % 25) + number][0] for number in range(4)]) for at in range(50)]
    found = session.predict(make_examples(task, values))

    np.testing.assert_allclose([p.scores for p in found], expected_of(name)["outputs"], rtol=0, atol=TOLERANCE)
