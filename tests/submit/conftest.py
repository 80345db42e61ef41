"""Small good bundles, written by hand here: the validators and the writers are both judged by them."""

import io
import json
import zipfile

import pytest

from benchwright.submit.superglue import SplitItems

GLUE_SIZES = {
    "cola": 4, "sst2": 3, "mrpc": 3, "stsb": 4, "qqp": 5, "mnli": 4, "mnli_mm": 5, "qnli": 3, "rte": 3, "wnli": 2, "ax": 6,
}  # fmt: skip
SUPERGLUE_SIZES = {
    "boolq": 3, "cb": 3, "copa": 2, "multirc": 5, "record": 2, "rte": 3, "wic": 2, "wsc": 2, "axb": 3, "axg": 4,
}  # fmt: skip


def tsv(*predictions):
    """A file of predictions with the header and an index from 0."""
    return "index\tprediction\n" + "".join(f"{row}\t{text}\n" for row, text in enumerate(predictions))


def jsonl(*objects):
    """A file of one object a line."""
    return "".join(json.dumps(value) + "\n" for value in objects)


def flat(*labels):
    """A file of `idx` and `label`."""
    return jsonl(*({"idx": row, "label": label} for row, label in enumerate(labels)))


def question(idx, **answers):
    """A question with answers `a0=1`: answer 0 is right."""
    listed = [{"idx": int(name[1:]), "label": label} for name, label in answers.items()]
    return {"idx": idx, "answers": listed}


def paragraph(idx, *questions):
    """A line of MultiRC."""
    return {"idx": idx, "passage": {"questions": list(questions)}}


def zipped(files):
    """A zip of texts or bytes; a list of pairs may repeat a name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def glue_files():
    """File name -> text of a good GLUE submission of few rows."""
    three = ("entailment", "neutral", "contradiction")
    return {
        "CoLA.tsv": tsv(0, 1, 1, 0),
        "SST-2.tsv": tsv(1, 0, 1),
        "MRPC.tsv": tsv(1, 1, 0),
        "STS-B.tsv": tsv("0.000", "5.000", "2.500", "3.142"),
        "QQP.tsv": tsv(0, 0, 1, 0, 1),
        "MNLI-m.tsv": tsv(*three, "neutral"),
        "MNLI-mm.tsv": tsv(*three, "neutral", "neutral"),
        "QNLI.tsv": tsv("entailment", "not_entailment", "entailment"),
        "RTE.tsv": tsv("not_entailment", "not_entailment", "entailment"),
        "WNLI.tsv": tsv(0, 1),
        "AX.tsv": tsv(*three, *three),
    }


@pytest.fixture
def superglue_files():
    """File name -> text of a good SuperGLUE submission of few rows."""
    return {
        "BoolQ.jsonl": flat("true", "false", "true"),
        "CB.jsonl": flat("entailment", "contradiction", "neutral"),
        "COPA.jsonl": flat(0, 1),
        "MultiRC.jsonl": jsonl(
            paragraph(0, question(0, a0=0, a1=1), question(1, a2=1)), paragraph(1, question(2, a3=0, a4=1))
        ),
        "ReCoRD.jsonl": flat("Usain Bolt", "São Paulo"),
        "RTE.jsonl": flat("entailment", "not_entailment", "entailment"),
        "WiC.jsonl": flat("false", "true"),
        "WSC.jsonl": flat("True", "False"),
        "AX-b.jsonl": flat("entailment", "not_entailment", "entailment"),
        "AX-g.jsonl": flat("entailment", "not_entailment", "entailment", "entailment"),
    }


@pytest.fixture
def reference():
    """What the test data of the small SuperGLUE submission say."""
    return SplitItems(
        answers=frozenset({"0/0/0", "0/0/1", "0/1/2", "1/2/3", "1/2/4"}),
        candidates={0: frozenset({"Usain Bolt", "Berlin"}), 1: frozenset({"São Paulo"})},
    )


@pytest.fixture
def tools():
    """The makers of files above, for tests that spoil one."""

    class Tools:
        glue_sizes, superglue_sizes = GLUE_SIZES, SUPERGLUE_SIZES

    for maker in (tsv, jsonl, flat, question, paragraph, zipped):
        setattr(Tools, maker.__name__, staticmethod(maker))
    return Tools
