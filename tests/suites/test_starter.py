import json
import re
import subprocess
import sys
from collections import Counter
from importlib.resources import files

import pytest

from benchwright.data.load import load
from benchwright_suites.starter import suite

TASKS = {task.name: task for task in suite.tasks}
SPLITS = [(task.name, split) for task in suite.tasks for split in task.splits]
GROUPS = {
    "sentiment": {
        "domain": {"app", "book", "course", "event", "film", "product", "restaurant", "service", "travel"},
        "phenomenon": {"plain", "negation", "contrast", "comparison", "intensifier", "implied", "irony"},
    },
    "topic": {
        "form": {"headline", "report", "question", "advice", "personal"},
        "phenomenon": {"plain", "crossover"},
    },
}


def rows(task, split):
    package, _, path = TASKS[task].splits[split].package.partition(":")
    lines = files(package).joinpath(path).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def normal(text):
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def words(text):
    return frozenset(re.findall(r"[a-z0-9']+", text.lower()))


@pytest.mark.parametrize(("task", "split"), SPLITS)
def test_size(task, split):
    """A split has exactly the number of rows that its card publishes."""
    found = rows(task, split)

    assert len(found) == TASKS[task].sizes[split]


@pytest.mark.parametrize(("task", "split"), SPLITS)
def test_columns(task, split):
    """Every row holds a text, a label of the task and one known value of each slice, and nothing else."""
    card = TASKS[task]

    for row in rows(task, split):
        assert set(row) == {"text", "label", *card.slices}
        assert row["label"] in card.label_names
        assert all(row[slice] in known for slice, known in GROUPS[task].items())


@pytest.mark.parametrize("task", TASKS)
def test_every_slice_in_both_splits(task):
    """A slice that can be learned from can be measured, and the other way round."""
    for slice in TASKS[task].slices:
        train, validation = ({row[slice] for row in rows(task, split)} for split in ("train", "validation"))

        assert train == validation == GROUPS[task][slice]


@pytest.mark.parametrize("task", TASKS)
def test_no_duplicates(task):
    """No sentence appears twice, within or across splits, however it is spelled or punctuated."""
    texts = Counter(normal(row["text"]) for split in TASKS[task].splits for row in rows(task, split))

    assert [text for text, times in texts.items() if times > 1] == []


@pytest.mark.parametrize("task", TASKS)
def test_no_near_duplicates_across_splits(task):
    """No validation sentence shares more than 60 % of its words with a train sentence."""
    train = [words(row["text"]) for row in rows(task, "train")]

    for row in rows(task, "validation"):
        mine = words(row["text"])
        closest = max(len(mine & other) / len(mine | other) for other in train)
        assert closest <= 0.6, row["text"]


@pytest.mark.parametrize(("task", "split"), SPLITS)
def test_class_balance(task, split):
    """No class is rare and none dominates: every share is within 15 % of an equal one."""
    found = rows(task, split)
    counts = Counter(row["label"] for row in found)
    equal = len(found) / len(TASKS[task].labels)

    assert set(counts) == set(TASKS[task].label_names)
    assert all(0.85 * equal <= count <= 1.15 * equal for count in counts.values())


@pytest.mark.parametrize(("task", "split"), SPLITS)
def test_typography(task, split):
    """Texts are plain ASCII, tidy in their spaces, and between 3 and 30 words long."""
    for row in rows(task, split):
        text = row["text"]
        assert text.isascii()
        assert text.isprintable()
        assert text == " ".join(text.split())
        assert not re.search(r" [,.;:!?]|[,;:!?]{2}|\.\.|[,;:][A-Za-z]", text), text
        assert text[0].isupper()
        assert 3 <= len(text.split()) <= 30


@pytest.mark.parametrize(("task", "split"), SPLITS)
def test_sentences_end(task, split):
    """Sentences end with a mark, questions with a question mark, and headlines with neither."""
    for row in rows(task, split):
        form, end = row.get("form", "sentence"), row["text"][-1]
        expected = {"question": "?"}.get(form, ".!")
        assert end.isalnum() if form == "headline" else end in expected, row["text"]


@pytest.mark.parametrize(("task", "split"), SPLITS)
def test_file_order_is_mixed(task, split):
    """The first 60 rows show every label, so that a limited run is not a run over one class."""
    assert {row["label"] for row in rows(task, split)[:60]} == set(TASKS[task].label_names)


@pytest.mark.parametrize(("task", "split"), SPLITS)
def test_loads_through_the_door(task, split):
    """The harness reads the same rows, labels and slices that lie in the file, offline."""
    data = load(TASKS[task], split, suite=suite, folder=None, offline=True)
    found = rows(task, split)

    assert [example.inputs["text"] for example in data.examples] == [row["text"] for row in found]
    assert [example.target for example in data.examples] == [row["label"] for row in found]
    assert [example.slices for example in data.examples] == [{g: r[g] for g in TASKS[task].slices} for r in found]
    assert all(example.cluster is None for example in data.examples)
    assert data.notes == ()


@pytest.mark.parametrize(("task", "measured"), [("sentiment", 0.661), ("topic", 0.746)])
def test_tfidf_baseline(task, measured):
    """A TF-IDF baseline learns something, far from everything, and scores what the design page says."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    train, validation = rows(task, "train"), rows(task, "validation")
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
    model.fit([row["text"] for row in train], [row["label"] for row in train])

    gold = [row["label"] for row in validation]
    accuracy = model.score([row["text"] for row in validation], gold)
    majority = Counter(row["label"] for row in train).most_common(1)[0][0]

    assert accuracy >= gold.count(majority) / len(gold) + 0.10
    assert accuracy < 0.97
    # Solvers differ in the last digits between library versions: up to three answers may flip.
    assert accuracy == pytest.approx(measured, abs=3.5 / len(gold))


def test_aggregate_names_every_task():
    """The one number over the suite averages each task once."""
    (recipe,) = suite.aggregates

    assert recipe.name == "starter-mean-2"
    assert recipe.members == tuple((name,) for name in TASKS)


def test_card_is_complete():
    """A card says what is asked, under which licence, and that this is no benchmark."""
    for task in suite.tasks:
        assert task.default_split == "validation"
        assert task.score_metrics == ("accuracy",)
        assert task.licence == "Apache-2.0 (written for benchwright)"
        assert task.description
        assert "not a benchmark" in task.notes[0]
        assert [label.id for label in task.labels] == list(range(len(task.labels)))


def test_imports_light():
    """Importing the suite loads nothing heavy and nothing of the harness but its nouns."""
    code = (
        "import sys, benchwright_suites.starter\n"
        "print(*sorted(m for m in sys.modules if m.split('.')[0] in"
        " {'benchwright', 'numpy', 'pandas', 'torch', 'datasets', 'transformers', 'sklearn', 'pyarrow'}))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    nouns = {"benchwright", *(f"benchwright.{name}" for name in ("types", "task_path", "errors", "inert"))}
    assert {name for name in loaded if not name.startswith("benchwright.types.")} <= nouns
