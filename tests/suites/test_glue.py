"""GLUE's cards agree with the benchmark's own tables, and its files are read as they were published."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchwright.data.load import available, load
from benchwright.errors import DataError, DataMissing
from benchwright.types import Kind
from benchwright_suites.glue import suite

DATA = Path(__file__).resolve().parents[2] / "../shared/data"

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real benchmark files are not at {DATA}")

LABELS = {
    "cola": ["unacceptable", "acceptable"],
    "sst2": ["negative", "positive"],
    "mrpc": ["not_equivalent", "equivalent"],
    "stsb": [],
    "qqp": ["not_duplicate", "duplicate"],
    "mnli": ["entailment", "neutral", "contradiction"],
    "mnli_mm": ["entailment", "neutral", "contradiction"],
    "qnli": ["entailment", "not_entailment"],
    "rte": ["entailment", "not_entailment"],
    "wnli": ["not_entailment", "entailment"],
    "ax": ["entailment", "neutral", "contradiction"],
}

SCORES = {
    "cola": {"mcc"},
    "sst2": {"accuracy"},
    "mrpc": {"accuracy", "f1"},
    "stsb": {"pearson", "spearman"},
    "qqp": {"accuracy", "f1"},
    "mnli": {"accuracy"},
    "mnli_mm": {"accuracy"},
    "qnli": {"accuracy"},
    "rte": {"accuracy"},
    "wnli": {"accuracy"},
    "ax": {"mcc"},
}

# task, split: rows, label counts, independent units, start of the first input of the first row
PUBLISHED = [
    ("cola", "train", 8551, {"acceptable": 6023}, 8551, "Our friends won't buy this analysis, let alone"),
    ("cola", "validation", 1043, {"acceptable": 721}, 1043, "The sailors rode the breeze clear of the rocks."),
    ("sst2", "train", 20000, {}, 20000, "hide new secretions from the parental units "),
    ("sst2", "validation", 872, {"positive": 444}, 872, "it 's a charming and often affecting journey . "),
    ("mrpc", "train", 3668, {"equivalent": 2474}, None, 'Amrozi accused his brother, whom he called "the'),
    ("mrpc", "validation", 408, {"equivalent": 279}, 399, "He said the foodservice pie business doesn't fit"),
    ("mrpc", "test", 1725, {"equivalent": 1147}, None, "PCCW's chief operating officer, Mike Butcher,"),
    ("stsb", "train", 5749, {}, None, "A plane is taking off."),
    ("stsb", "validation", 1500, {}, 1413, "A man with a hard hat is dancing."),
    ("stsb", "test", 1379, {}, None, "A girl is styling her hair."),
    (
        "mnli",
        "validation",
        9815,
        {"entailment": 3479, "neutral": 3123, "contradiction": 3213},
        3334,
        "The new rights are nice enough",
    ),
    (
        "qnli",
        "validation",
        5463,
        {"entailment": 2702, "not_entailment": 2761},
        2686,
        "What came into force after the new constitution",
    ),
    ("rte", "train", 2490, {}, None, "No Weapons of Mass Destruction Found in Iraq Yet."),
    ("rte", "validation", 277, {"entailment": 146}, 274, "Dana Reeve, the widow of the actor Christopher"),
    ("wnli", "train", 635, {}, None, "I stuck a pin through a carrot."),
    ("wnli", "validation", 71, {"entailment": 31}, 64, "The drain is clogged with hair."),
    (
        "ax",
        "test",
        1104,
        {"entailment": 460, "neutral": 386, "contradiction": 258},
        550,
        "The cat sat on the mat.",
    ),
]


def test_labels():
    """Label names stand in the id order of the public copies; WNLI's is the other way round."""
    assert {task.name: list(task.label_names) for task in suite.tasks} == LABELS
    assert all([label.id for label in task.labels] == list(range(len(task.labels))) for task in suite.tasks)


def test_scores():
    """The task score is the mean of the official metrics, and the positive class of F1 is class 1."""
    assert {task.name: set(task.score_metrics) for task in suite.tasks} == SCORES
    assert [suite.task(name).positive for name in ("mrpc", "qqp")] == ["equivalent", "duplicate"]


def test_cards_are_whole():
    """Every card has its default split labelled and sized, pinned hub revisions, a citation and a licence."""
    for task in suite.tasks:
        assert task.default_split == ("test" if task.name == "ax" else "validation")
        assert set(task.sizes) == set(task.splits)
        assert {source.hub.revision for source in task.splits.values()} == {"bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c"}
        assert task.citation
        assert "https://" in task.citation
        assert task.description.endswith(".")
        assert task.cluster is None or set(task.cluster.columns) <= set(task.inputs)
        assert task.kind is (Kind.REGRESS if task.name == "stsb" else Kind.CLASSIFY)


def test_aggregates():
    """MNLI matched and mismatched are one vote of nine, the diagnostics none."""
    official, no_wnli = suite.aggregates

    assert (official.name, len(official.members)) == ("glue-official-9", 9)
    assert (no_wnli.name, len(no_wnli.members)) == ("glue-no-wnli-8", 8)
    assert ("mnli", "mnli_mm") in official.members
    assert {name for member in official.members for name in member} == set(LABELS) - {"ax"}
    assert set(official.members) - set(no_wnli.members) == {("wnli",)}
    assert suite.task("ax").diagnostic


def test_heads():
    """The mismatched set and the diagnostics are answered by the MNLI model."""
    assert {task.name: task.trained_on for task in suite.tasks if task.trained_on} == {"mnli_mm": "mnli", "ax": "mnli"}


def test_light():
    """The suite loads nothing but the nouns."""
    program = (
        "import sys; from benchwright_suites import glue; "
        "print(sorted(m for m in sys.modules if m.startswith('benchwright') or m in ('numpy', 'torch', 'datasets')))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert "benchwright.types" in loaded
    assert not {"numpy", "torch", "datasets", "benchwright.data"} & set(printed(loaded))


def printed(text):
    """Names of a printed list."""
    return text.strip("[]\n ").replace("'", "").split(", ")


@needs_data
@pytest.mark.realdata
@pytest.mark.parametrize(("name", "split", "rows", "counts", "units", "start"), PUBLISHED)
def test_published_files(name, split, rows, counts, units, start):
    """Rows, label counts, independent units and the first text of a real file are those published."""
    data = load(suite.task(name), split, suite=suite, folder=DATA, offline=True)
    found = Counter(example.target for example in data.examples)

    assert len(data.examples) == rows
    assert {label: found[label] for label in counts} == counts
    assert units in (None, len({example.cluster or example.id for example in data.examples}))
    assert next(iter(data.examples[0].inputs.values())).startswith(start)
    published = suite.task(name).sizes[split]
    assert data.notes == (
        (f"{rows} rows here, {published} in the published split",)
        if rows != published
        else ("rows in 2 parts",)
        if (name, split) == ("wnli", "train")
        else ()
    )


@needs_data
@pytest.mark.realdata
def test_what_the_real_files_lack():
    """Splits that are not in the folder are missing, not failed."""
    assert available(suite.task("qqp"), "validation", suite=suite, folder=DATA) is None
    with pytest.raises(DataMissing, match="glue/mnli_mm, validation split"):
        load(suite.task("mnli_mm"), "validation", suite=suite, folder=DATA, offline=True)


@needs_data
@pytest.mark.realdata
def test_rte_from_its_own_folder():
    """The data folder may be the suite's own, and origins are the same."""
    rte = suite.task("rte")

    inside = load(rte, "validation", suite=suite, folder=DATA / "glue", offline=True)
    above = load(rte, "validation", suite=suite, folder=DATA, offline=True)

    assert inside == above
    assert inside.origin == "files:RTE/val.jsonl"


@needs_data
@pytest.mark.realdata
def test_diagnostic_groups():
    """The diagnostics carry their phenomena as slices, and no slice where the cell is empty."""
    data = load(suite.task("ax"), "test", suite=suite, folder=DATA, offline=True)

    assert data.examples[0].slices == {"logic": "Negation", "domain": "Artificial"}
    assert {len(example.slices) for example in data.examples} <= set(range(1, 6))


def write(folder, name, *rows):
    """A TSV file of those rows."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


def read(folder, name, split, **keywords):
    """A split of the suite from the folder."""
    return load(suite.task(name), split, suite=suite, folder=folder, offline=True, **keywords)


def test_qqp_official_files(tmp_path):
    """QQP is read from the official download; questions shared by pairs link them."""
    header = ("id", "qid1", "qid2", "question1", "question2", "is_duplicate")
    write(
        tmp_path,
        "glue_data/QQP/dev.tsv",
        header,
        ("201359", "303345", "303346", 'Why are "African-Americans" so beautiful?', "Why are hispanics?", "0"),
        ("263843", "69383", "69384", "I want to pursue PhD", "Why are hispanics?", "1"),
        ("1", "5", "6", "How do I cook?", "How does one cook?", "1"),
    )

    data = read(tmp_path, "qqp", "validation")

    assert [example.target for example in data.examples] == ["not_duplicate", "duplicate", "duplicate"]
    assert [example.cluster for example in data.examples] == ["qqp/0", "qqp/0", None]
    assert data.origin == "files:QQP/dev.tsv"
    write(tmp_path, "glue_data/QQP/test.tsv", ("id", "question1", "question2"), ("0", "a?", "b?"))
    with pytest.raises(DataError, match="no gold labels") as caught:
        read(tmp_path, "qqp", "test")
    assert "--split validation" in caught.value.hint
    assert read(tmp_path, "qqp", "test", need_targets=False).examples[0].inputs == {
        "question1": "a?",
        "question2": "b?",
    }


def test_qqp_broken_rows(tmp_path):
    """A QQP row broken by a line break is refused here, where the rest is not the published number of rows."""
    header = ("id", "qid1", "qid2", "question1", "question2", "is_duplicate")
    write(tmp_path, "QQP/train.tsv", header, ("1", "2", "3", "How?", ""), ("", "Was it real?", "0"))

    with pytest.raises(DataError, match=r"QQP/train\.tsv, line 2 has 5 cells"):
        read(tmp_path, "qqp", "train")


MNLI_HEADER = (
    *("index", "promptID", "pairID", "genre", "sentence1_binary_parse", "sentence2_binary_parse"),
    *("sentence1_parse", "sentence2_parse", "sentence1", "sentence2"),
)
ANNOTATORS = ("label1", "label2", "label3", "label4", "label5", "gold_label")


def test_mnli_mismatched_official_files(tmp_path):
    """MNLI takes the gold label, not the first annotator's, and the sentences, not their parses."""
    row = ("0", "75290", "75290c", "letters", "( a )", "( b )", "(ROOT a)", "(ROOT b)", "A premise.", "A claim.")
    votes = ("neutral", "contradiction", "contradiction", "neutral", "contradiction", "contradiction")
    write(tmp_path, "MNLI/dev_mismatched.tsv", (*MNLI_HEADER, *ANNOTATORS), (*row, *votes))

    (example,) = read(tmp_path, "mnli_mm", "validation").examples

    assert example.inputs == {"premise": "A premise.", "hypothesis": "A claim."}
    assert example.target == "contradiction"
    assert example.slices == {"genre": "letters"}
    assert example.id == "mnli_mm/0"


@pytest.mark.parametrize(
    ("name", "file", "rows"),
    [
        ("cola", "CoLA/dev.tsv", [("gj04", "1", "", "The sailors rode.")]),
        ("sst2", "SST-2/dev.tsv", [("sentence", "label"), ("fine ", "1")]),
        ("mrpc", "MRPC/dev.tsv", [("Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"), ("1", "2", "3", "a", "b")]),
        ("qnli", "QNLI/dev.tsv", [("index", "question", "sentence", "label"), ("0", "Who?", "He.", "not_entailment")]),
        ("rte", "RTE/dev.tsv", [("index", "sentence1", "sentence2", "label"), ("0", "a", "b", "not_entailment")]),
        ("wnli", "WNLI/dev.tsv", [("index", "sentence1", "sentence2", "label"), ("0", "a", "b", "1")]),
    ],
)
def test_official_layouts(tmp_path, name, file, rows):
    """Each task is read from the layout of the official download; the label 1 is the task's second label."""
    write(tmp_path, file, *rows)

    (example,) = read(tmp_path, name, "validation").examples

    assert example.target == suite.task(name).label_names[1]


def test_clone_of_the_hub_repository(tmp_path):
    """A folder that is a clone of the hub repository is read too, by class name."""
    import json

    import pyarrow as pa
    import pyarrow.parquet as pq

    names = {"names": ["entailment", "neutral", "contradiction"], "_type": "ClassLabel"}
    table = pa.table({"premise": ["a"], "hypothesis": ["b"], "label": [2], "idx": [0]})
    path = tmp_path / "mnli" / "validation_matched-00000-of-00001.parquet"
    path.parent.mkdir()
    metadata = {"huggingface": json.dumps({"info": {"features": {"label": names}}})}
    pq.write_table(table.replace_schema_metadata(metadata), path)

    data = read(tmp_path, "mnli", "validation")

    assert data.examples[0].target == "contradiction"
    assert data.origin == "files:mnli/validation_matched-*.parquet"


def test_diagnostics_on_the_hub():
    """The hub's diagnostics have no labels: they are missing there, and the labelled file is named."""
    assert available(suite.task("ax"), "test", suite=suite, folder=None) is None
    with pytest.raises(DataMissing, match="no gold labels") as caught:
        load(suite.task("ax"), "test", suite=suite, folder=None, offline=True)
    assert "AX/diagnostic-full.tsv" in caught.value.expected
    assert "--data DIR" in caught.value.hint
