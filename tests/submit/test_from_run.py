"""From test splits without labels to the official files: run, submit, check."""

import io
import json
import zipfile

import pytest

from benchwright import evaluate
from benchwright.errors import ConfigError
from benchwright.store import Store
from benchwright.submit.official_zip import check_zip, make_zip

GLUE_FOLDERS = {
    "cola": ("CoLA/test.tsv", ("sentence",), "CoLA.tsv"),
    "sst2": ("SST-2/test.tsv", ("sentence",), "SST-2.tsv"),
    "mrpc": ("MRPC/test.tsv", ("#1 String", "#2 String"), "MRPC.tsv"),
    "stsb": ("STS-B/test.tsv", ("sentence1", "sentence2"), "STS-B.tsv"),
    "qqp": ("QQP/test.tsv", ("question1", "question2"), "QQP.tsv"),
    "mnli": ("MNLI/test_matched.tsv", ("sentence1", "sentence2"), "MNLI-m.tsv"),
    "mnli_mm": ("MNLI/test_mismatched.tsv", ("sentence1", "sentence2"), "MNLI-mm.tsv"),
    "qnli": ("QNLI/test.tsv", ("question", "sentence"), "QNLI.tsv"),
    "rte": ("RTE/test.tsv", ("sentence1", "sentence2"), "RTE.tsv"),
    "wnli": ("WNLI/test.tsv", ("sentence1", "sentence2"), "WNLI.tsv"),
    "ax": ("AX/diagnostic.tsv", ("sentence1", "sentence2"), "AX.tsv"),
}
SUPERGLUE_FOLDERS = {
    "boolq": ("BoolQ", {"question": "is {} so", "passage": "text {}"}, "BoolQ.jsonl"),
    "cb": ("CB", {"premise": "p {}", "hypothesis": "h {}"}, "CB.jsonl"),
    "copa": ("COPA", {"premise": "p {}", "choice1": "a", "choice2": "b", "question": "cause"}, "COPA.jsonl"),
    "rte": ("RTE", {"premise": "p {}", "hypothesis": "h {}"}, "RTE.jsonl"),
    "wic": ("WiC", {"word": "w", "sentence1": "w {}", "sentence2": "w x", "start1": 0, "end1": 1, "start2": 0, "end2": 1}, "WiC.jsonl"),
    "axb": ("AX-b", {"sentence1": "a {}", "sentence2": "b {}"}, "AX-b.jsonl"),
}  # fmt: skip


@pytest.fixture
def glue_data(tmp_path, tools):
    """A folder of small GLUE test splits without labels."""
    for task, (name, columns, _) in GLUE_FOLDERS.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [["index", *columns]]
        rows += [[str(row), *(f"{column} {row}" for column in columns)] for row in range(tools.glue_sizes[task])]
        path.write_text("".join("\t".join(row) + "\n" for row in rows))
    return tmp_path / "data"


@pytest.fixture
def superglue_data(tmp_path, tools):
    """A folder of small SuperGLUE test splits without labels."""
    sizes = tools.superglue_sizes
    lines = {
        f"{folder}/{'AX-b' if task == 'axb' else 'test'}.jsonl": [
            {key: value.format(row) if isinstance(value, str) else value for key, value in fields.items()}
            | {"idx": row}
            for row in range(sizes[task])
        ]
        for task, (folder, fields, _) in SUPERGLUE_FOLDERS.items()
    }
    lines["AX-g/AX-g.jsonl"] = [
        {"premise": f"p {row}", "hypothesis": f"h {row // 2}", "idx": row, "pair_id": row}
        for row in range(sizes["axg"])
    ]
    lines["WSC/test.jsonl"] = [
        {
            "text": "Ann saw her",
            "idx": row,
            "target": {"span1_index": 0, "span1_text": "Ann", "span2_index": 2, "span2_text": "her"},
        }
        for row in range(sizes["wsc"])
    ]
    asked = [(0, [(0, [0, 1]), (1, [2])]), (1, [(2, [3, 4])])]
    lines["MultiRC/test.jsonl"] = [
        {
            "idx": p,
            "passage": {
                "text": f"text {p}",
                "questions": [
                    {"question": f"q {q}", "idx": q, "answers": [{"text": f"a {a}", "idx": a} for a in answers]}
                    for q, answers in questions
                ],
            },
        }
        for p, questions in asked
    ]
    lines["ReCoRD/test.jsonl"] = [
        {"passage": {"text": "Usain Bolt in Berlin", "entities": [{"start": 0, "end": 9}, {"start": 14, "end": 19}]},
         "qas": [{"query": "@placeholder ran", "idx": 0}]},
        {"passage": {"text": "São Paulo", "entities": [{"start": 0, "end": 8}]}, "qas": [{"query": "in @placeholder", "idx": 1}]},
    ]  # fmt: skip
    for name, rows in lines.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(tools.jsonl(*rows))
    return tmp_path / "data"


def run_glue(tmp_path, files, data, **settings):
    """The GLUE run of a folder of predictions under the official names."""
    folder = tmp_path / "predictions" / "glue"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    settings = {"split": "test", "unlabelled": True, "data": data, "offline": True, "name": "mine", **settings}
    return evaluate(f"answers=predictions:{folder.parent}", "glue", store=tmp_path / "store", **settings)


def unzipped(content):
    """Name -> bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_glue_comes_back_byte_for_byte(tmp_path, glue_files, glue_data, tools):
    """Official files that enter as predictions leave as the same bytes, in a zip that passes the check."""
    run = run_glue(tmp_path, glue_files, glue_data)

    bundle = make_zip(Store(tmp_path / "store"), run, "", "glue", sizes=tools.glue_sizes)

    assert unzipped(bundle.content) == {name: text.encode() for name, text in glue_files.items()}
    assert check_zip(bundle.content, "glue", sizes=tools.glue_sizes) == ((), ())
    assert bundle.remarks == ()


def test_same_input_same_bytes(tmp_path, glue_files, glue_data, tools):
    """The zip holds no clock and no machine: made twice it is the same."""
    run = run_glue(tmp_path, glue_files, glue_data)
    store = Store(tmp_path / "store")

    first, second = (make_zip(store, run, "answers", "glue", sizes=tools.glue_sizes) for _ in range(2))

    assert first.content == second.content
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_similarity_is_clipped_and_counted(tmp_path, glue_files, glue_data, tools):
    """Values outside [0, 5] are clipped, and the result says how many."""
    (tmp_path / "predictions/glue").mkdir(parents=True)
    values = [-0.2, 5.4, -0.0, 3.14159]
    rows = "".join(json.dumps({"index": row, "value": value}) + "\n" for row, value in enumerate(values))
    (tmp_path / "predictions/glue/stsb.jsonl").write_text(rows)
    del glue_files["STS-B.tsv"]
    run = run_glue(tmp_path, glue_files, glue_data)

    bundle = make_zip(Store(tmp_path / "store"), run, "", "glue", sizes=tools.glue_sizes)

    assert unzipped(bundle.content)["STS-B.tsv"].decode() == tools.tsv("0.000", "5.000", "0.000", "3.142")
    assert bundle.remarks == ("STS-B.tsv: 2 of 4 values clipped to [0, 5]",)


def test_missing_tasks_are_all_told(tmp_path, glue_files, glue_data, tools):
    """Tasks without test predictions refuse the submission, each with what to run."""
    for name in ("QQP.tsv", "AX.tsv"):
        del glue_files[name]
    run = run_glue(tmp_path, glue_files, glue_data)

    with pytest.raises(ConfigError) as caught:
        make_zip(Store(tmp_path / "store"), run, "", "glue", sizes=tools.glue_sizes)

    assert [problem.problem.partition(":")[0] for problem in caught.value.problems] == ["glue/qqp", "glue/ax"]
    assert "benchwright run MODEL --suite glue --split test --unlabelled --data DIR" in str(caught.value)


def test_published_sizes_are_asked_for(tmp_path, glue_files, glue_data):
    """Without other sizes, a split that is not as long as the published one is refused, every file with its count."""
    run = run_glue(tmp_path, glue_files, glue_data)

    with pytest.raises(ConfigError) as caught:
        make_zip(Store(tmp_path / "store"), run, "", "glue")

    assert "QQP.tsv: has 5 rows, the test split has 390,965" in str(caught.value)
    assert "AX.tsv: has 6 rows, the test split has 1,104" in str(caught.value)


def test_limited_run(tmp_path, glue_files, glue_data, tools):
    """Predictions of the first rows only are no submission."""
    run = run_glue(tmp_path, glue_files, glue_data, limit=2)

    with pytest.raises(ConfigError, match="glue/cola: only the first 2 rows were predicted"):
        make_zip(Store(tmp_path / "store"), run, "", "glue", sizes=tools.glue_sizes)


def test_errored_rows(tmp_path, glue_files, glue_data, tools):
    """A row without an answer refuses the submission and is named."""
    folder = tmp_path / "predictions/glue"
    folder.mkdir(parents=True)
    (folder / "wnli.jsonl").write_text('{"index": 0, "label": 1}\n{"index": 1, "error": "timed out"}\n')
    del glue_files["WNLI.tsv"]
    run = run_glue(tmp_path, glue_files, glue_data, errors=1)

    with pytest.raises(ConfigError, match="glue/wnli: 1 rows have no answer, the first is wnli/1: timed out"):
        make_zip(Store(tmp_path / "store"), run, "", "glue", sizes=tools.glue_sizes)


def test_which_model(tmp_path, glue_files, glue_data, tools):
    """A run of several models needs one by name; an unknown name lists them."""
    run = run_glue(tmp_path, glue_files, glue_data)
    store = Store(tmp_path / "store")
    both = evaluate(["constant:entailment", "other=constant:entailment"], "glue/wnli", store=store.root, split="test", unlabelled=True, data=glue_data, offline=True)  # fmt: skip

    with pytest.raises(ConfigError, match="has 2 models"):
        make_zip(store, both, "", "glue", sizes=tools.glue_sizes)
    with pytest.raises(ConfigError, match="no model 'x' in mine"):
        make_zip(store, run, "x", "glue", sizes=tools.glue_sizes)


def test_superglue_comes_back_byte_for_byte(tmp_path, superglue_files, superglue_data, reference, tools):
    """Each SuperGLUE file is written in the type and letter case it asks for, ids where the data have them."""
    folder = tmp_path / "predictions" / "superglue"
    folder.mkdir(parents=True)
    named = {task: name for task, (_, _, name) in SUPERGLUE_FOLDERS.items()}
    named |= {"axg": "AX-g.jsonl", "wsc": "WSC.jsonl", "multirc": "MultiRC.jsonl", "record": "ReCoRD.jsonl"}
    for task, name in named.items():
        (folder / f"{task}.jsonl").write_text(superglue_files[name])
    store = Store(tmp_path / "store")
    run = evaluate(f"answers=predictions:{folder.parent}", "superglue", store=store.root, name="mine", split="test", unlabelled=True, data=superglue_data, offline=True)  # fmt: skip

    bundle = make_zip(store, run, "", "superglue", sizes=tools.superglue_sizes)

    assert unzipped(bundle.content) == {name: text.encode() for name, text in superglue_files.items()}
    assert check_zip(bundle.content, "superglue", data=superglue_data, sizes=tools.superglue_sizes) == ((), ())


def test_another_model_for_the_diagnostics_is_told(tmp_path, glue_files, glue_data, tools):
    """AX comes from the MNLI model: where another one answered it, the result says so."""
    from benchwright.submit.collect import TaskAnswers, model_remarks
    from benchwright_suites.glue import suite

    mnli, ax = (TaskAnswers(task=suite.task(name), records=(), digest=name, adapter="tfidf") for name in ("mnli", "ax"))

    assert list(model_remarks({"mnli": mnli, "ax": ax}, {"ax": "mnli"})) == [
        "ax was answered by another model than mnli; the rules ask for the mnli model"
    ]
    assert list(model_remarks({"mnli": mnli, "ax": mnli}, {"ax": "mnli"})) == []
