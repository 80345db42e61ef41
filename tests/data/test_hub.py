"""The hub is read for real, through a local dataset folder and a local double of its endpoints."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("datasets", reason="the hf extra is not installed")

REVISION, OTHER = "a" * 40, "b" * 40

CARD = """---
configs:
- config_name: tone
  data_files:
  - split: validation
    path: tone/validation-*
---
"""

PROGRAM = """
import json, sys
from pathlib import Path
from benchwright.data import load as loading
from benchwright.errors import BenchwrightError
from benchwright.types import TASK_CLASSES, Hub, Kind, Label, Source, Suite

ask = json.loads(sys.argv[1])
hub = Hub(repo=ask["repo"], config=ask["config"], split=ask["split"], revision=ask["revision"])
labels = (Label(name="negative", id=0), Label(name="positive", id=1))
task = TASK_CLASSES[Kind(ask["kind"])](
    name="tone", splits={"validation": Source(hub=hub)}, default_split="validation",
    inputs={"text": ("sentence",)}, target=("label",), metrics=("accuracy",),
    **({"labels": labels} if ask["kind"] == "classify" else {}),
)
suite = Suite(name="mood", version=1, tasks=(task,))
answer = {"available": loading.available(task, "validation", suite=suite, folder=None, offline=ask["offline"])}
answer["light"] = "datasets" not in sys.modules
try:
    data = loading.load(task, "validation", suite=suite, folder=None, offline=ask["offline"])
    rows = [[example.inputs["text"], example.target] for example in data.examples]
    answer |= {"rows": rows, "digest": data.digest, "origin": data.origin}
except BenchwrightError as error:
    answer |= {"error": type(error).__name__, "said": str(error)}
print(json.dumps(answer), flush=True)
import os
os._exit(0)  # what is tested is reading; a native thread of the hub's client may abort the interpreter's own exit
"""


def write_repository(folder, names=("positive", "negative"), labels=(0, 1), kind="int64"):
    """A dataset repository of one config and split, as `push_to_hub` writes them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    label = {"names": list(names), "_type": "ClassLabel"} if kind == "int64" else {"dtype": kind, "_type": "Value"}
    features = {"sentence": {"dtype": "string", "_type": "Value"}, "label": label}
    table = pa.table({"sentence": pa.array(["fine ", "awful\u2028\tday"]), "label": pa.array(labels, kind)})
    (folder / "tone").mkdir(parents=True)
    pq.write_table(
        table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})}),
        folder / "tone" / "validation-00000-of-00001.parquet",
    )
    (folder / "README.md").write_text(CARD)
    return folder


def ask(home, *, endpoint="http://127.0.0.1:9", cwd=None, **changes):
    """What a fresh interpreter answers, with a private cache and warnings as errors."""
    question = {
        "repo": "acme/tone",
        "config": "tone",
        "split": "validation",
        "revision": REVISION,
        "kind": "classify",
        "offline": False,
        **changes,
    }
    unset = ("HF_DATASETS_CACHE", "HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "http_proxy", "HTTP_PROXY", "HF_HUB_CACHE")
    clean = {key: value for key, value in os.environ.items() if key not in unset}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, json.dumps(question)],
        env={**clean, "HF_HOME": str(home), "HF_ENDPOINT": endpoint, "HF_HUB_DISABLE_XET": "1"},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def double(folder, revision=REVISION, repo="acme/tone"):
    """The address of a hub double that serves the folder as that repository."""
    program = Path(__file__).with_name("hub_double.py")
    with subprocess.Popen(
        [sys.executable, str(program), str(folder), repo, revision],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            yield server.stdout.readline().strip()
        finally:
            server.stdin.close()
            server.wait(timeout=120)


ROWS = [["fine ", "positive"], ["awful\u2028\tday", "negative"]]


def test_local_dataset_folder(tmp_path):
    """A local folder laid out like a repository is read, classes matched by name, and called by its name alone."""
    folder = write_repository(tmp_path / "my-tone")

    answer = ask(tmp_path / "home", repo=str(folder))

    assert answer["rows"] == ROWS
    assert answer["origin"] == answer["available"] == "hub:my-tone/tone"
    assert answer["light"]


@pytest.mark.slow
def test_hub_then_cache(tmp_path):
    """The hub is read at the pinned revision; the second time its cache answers, without any network, with one digest."""
    home = tmp_path / "home"
    with double(write_repository(tmp_path / "repo")) as address:
        first = ask(home, endpoint=address)

    assert first["rows"] == ROWS
    assert first["origin"] == f"hub:acme/tone@{REVISION}/tone"
    assert ask(home) == first
    assert ask(home, offline=True) == first


@pytest.mark.slow
def test_another_cached_revision_is_not_used(tmp_path):
    """Where only another revision is cached, data that the hub does not give are missing: the library would take it."""
    home, folder = tmp_path / "home", write_repository(tmp_path / "repo")
    with double(folder, OTHER) as address:
        assert ask(home, endpoint=address, revision=OTHER)["rows"] == ROWS

    with double(folder, repo="acme/else") as address:
        refused = ask(home, endpoint=address)
    away = ask(home)
    offline = ask(home, offline=True)

    assert [answer["error"] for answer in (refused, away, offline)] == ["DataMissing"] * 3
    assert f"the local cache holds another revision ({OTHER})" in refused["said"]
    assert "cannot be reached" in away["said"]
    assert "not in the local cache" in offline["said"]
    assert "drop --offline" in offline["said"]
    assert offline["available"] is None


@pytest.mark.slow
def test_a_folder_of_the_same_name_is_not_the_hub(tmp_path):
    """A local folder called like the repository is never read in its place."""
    write_repository(tmp_path / "here" / "acme" / "tone")

    answer = ask(tmp_path / "home", cwd=tmp_path / "here")

    assert answer["error"] == "DataMissing"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"revision": OTHER}, "Revision"),
        ({"config": "mood"}, "BuilderConfig 'mood' not found"),
        ({"split": "nope"}, 'Unknown split "nope"'),
        ({"repo": "acme/else"}, "doesn't exist on the Hub"),
    ],
)
def test_what_the_hub_lacks(tmp_path, changes, said):
    """An unknown repository, revision, config or split is an error that names it."""
    with double(write_repository(tmp_path / "repo")) as address:
        answer = ask(tmp_path / "home", endpoint=address, **changes)

    assert answer["error"] == "DataError"
    assert said in answer["said"]
    assert "next: " in answer["said"]


def test_unlabelled_hub_copy(tmp_path):
    """Labels of minus one are refused."""
    answer = ask(tmp_path / "home", repo=str(write_repository(tmp_path / "repo", labels=(-1, -1))))

    assert answer["error"] == "NoGold"
    assert "no gold labels" in answer["said"]


def test_foreign_class_names(tmp_path):
    """Class names that are not the task's are refused, never taken by position."""
    answer = ask(tmp_path / "home", repo=str(write_repository(tmp_path / "repo", names=("happy", "sad"))))

    assert "the label 0 (happy) is not one of the task" in answer["said"]


def test_single_precision_scores(tmp_path):
    """Scores that the hub keeps in 32 bits are read as they were written."""
    folder = write_repository(tmp_path / "repo", labels=(3.8, 0.333), kind="float32")

    answer = ask(tmp_path / "home", repo=str(folder), kind="regress")

    assert [target for _, target in answer["rows"]] == [3.8, 0.333]


def test_without_the_library(make_task, suite_of, monkeypatch):
    """Without `datasets` the split is missing, and the extra is named."""
    from benchwright.data import hub
    from benchwright.errors import DataMissing
    from benchwright.types import Hub

    monkeypatch.setattr(hub, "find_spec", lambda name: None)
    where = Hub(repo="acme/tone", split="validation", revision=REVISION)

    with pytest.raises(DataMissing) as caught:
        hub.read(where, what="mood/tone", offline=False)
    assert "benchwright[hf]" in caught.value.hint
    assert hub.available(where, offline=False) is None
