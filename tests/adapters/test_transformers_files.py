"""What is known of a checkpoint without opening it: facts, a digest of what decides predictions, hub repositories."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import transformers_bench as bench

from benchwright.checkpoints import files
from benchwright.checkpoints import open_model as opening
from benchwright.errors import ModelError
from benchwright.types import Context, Example, ModelRef
from benchwright_adapters.transformers import adapter

pytestmark = [pytest.mark.torch]

TASK = bench.make_task()
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def whole(saved):
    """A checkpoint with nothing wrong."""
    return saved()


def facts_of(path, workdir, revision=None, offline=True):
    model = ModelRef(name="m", adapter="transformers", path=str(path), revision=revision)
    return adapter.inspect(model, TASK, Context(suite="s", train=None, items=tuple, workdir=workdir, offline=offline))


def age(folder, seconds=60):
    """Make files look as if they had been there for a while; only the clock of their content can be set."""
    for path in folder.iterdir():
        state = path.stat()
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns - seconds * 10**9))


def test_facts_come_from_the_files(whole, tmp_path):
    """Labels in output order, parameters from the header, bytes on disk, versions of what decides predictions."""
    from transformers import AutoModelForSequenceClassification

    facts = facts_of(whole, tmp_path)
    model = AutoModelForSequenceClassification.from_pretrained(whole)
    named = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")

    assert facts.labels == ("negative", "positive")
    assert facts.parameters == sum(p.numel() for p in model.parameters())
    assert facts.size_bytes == sum((whole / name).stat().st_size for name in named)
    assert list(facts.versions) == ["torch", "transformers", "tokenizers"]
    assert facts.notes == ()


def test_facts_need_neither_torch_nor_transformers(whole, tmp_path):
    """A plan that is wrong has loaded nothing heavy."""
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[3])\n"
        "import test_transformers_files as t\n"
        "t.facts_of(sys.argv[1], Path(sys.argv[2]))\n"
        "print(*({'torch', 'transformers', 'tokenizers', 'safetensors'} & set(sys.modules)))"
    )
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", code, str(whole), str(tmp_path), here]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_the_digest_is_that_of_the_content(whole, tmp_path):
    """The same files elsewhere have the same digest; files that decide nothing do not count."""
    copy = Path(shutil.copytree(whole, tmp_path / "elsewhere"))
    (copy / "README.md").write_text("read me")
    (copy / "optimizer.pt").write_bytes(b"x")
    (copy / "chat_template.jinja").write_text("{{ messages }}")

    assert facts_of(copy, tmp_path).digest == facts_of(whole, tmp_path).digest


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
def test_each_file_that_decides_changes_the_digest(whole, tmp_path, name):
    """Two models that differ in weights, configuration or tokenizer alone never share a cell."""
    copy = Path(shutil.copytree(whole, tmp_path / "other"))
    content = (copy / name).read_bytes()
    changed = content[:-1] + bytes([content[-1] ^ 1]) if name.endswith("tensors") else content + b"\n"
    (copy / name).write_bytes(changed)

    assert facts_of(copy, tmp_path).digest != facts_of(whole, tmp_path).digest


def test_shards_and_their_index_are_one_checkpoint(whole, tmp_path):
    """A sharded checkpoint counts all its numbers, and a shard that was cut short is noticed."""
    from transformers import AutoModelForSequenceClassification

    folder = Path(shutil.copytree(whole, tmp_path / "sharded"))
    (folder / "model.safetensors").unlink()
    AutoModelForSequenceClassification.from_pretrained(whole).save_pretrained(folder, max_shard_size="40KB")
    assert len(list(folder.glob("model-*-of-*.safetensors"))) > 1
    one, other = facts_of(whole, tmp_path), facts_of(folder, tmp_path)

    assert one.parameters == other.parameters
    assert one.digest != other.digest
    first = next(folder.glob("model-00001-*"))
    first.write_bytes(first.read_bytes()[:-1])
    with pytest.raises(ModelError, match="truncated"):
        facts_of(folder, tmp_path)


def test_a_file_that_did_not_change_is_not_read_again(whole, tmp_path, monkeypatch):
    """A second plan costs nothing; a file changed a moment ago is read until its clock has settled."""
    folder = Path(shutil.copytree(whole, tmp_path / "model"))
    read = []
    real = hashlib.file_digest
    monkeypatch.setattr(files.hashlib, "file_digest", lambda file, name: read.append(file.name) or real(file, name))
    first = facts_of(folder, tmp_path / "work").digest
    assert facts_of(folder, tmp_path / "work").digest == first
    assert len(read) == 8

    monkeypatch.setattr(files, "_SETTLED_NS", -1)
    assert [facts_of(folder, tmp_path / "work").digest for _ in range(3)] == [first] * 3
    assert len(read) == 12

    weights = folder / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert facts_of(folder, tmp_path / "work").digest != first
    assert len(read) == 13


def test_a_work_folder_that_cannot_be_written_costs_only_time(whole, tmp_path, monkeypatch):
    """Facts do not depend on what is remembered; a damaged note is not believed."""
    monkeypatch.setattr(files, "_SETTLED_NS", -1)
    (tmp_path / "file").write_text("")
    first = facts_of(whole, tmp_path / "file").digest
    assert facts_of(whole, tmp_path / "work").digest == first
    for note in (tmp_path / "work/digests").iterdir():
        note.write_text("damaged")

    assert facts_of(whole, tmp_path / "work").digest == first


@pytest.mark.parametrize(
    ("name", "value"),
    [("ONEDNN_DEFAULT_FPMATH_MODE", "BF16"), ("DNNL_DEFAULT_FPMATH_MODE", "any")],
)
def test_an_environment_that_makes_float32_less_is_refused(whole, tmp_path, monkeypatch, name, value):
    """No variable changes a number without a word; one that says nothing else than the default is let be."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ModelError, match=rf"{name}={value}.*makes float32 something less"):
        facts_of(whole, tmp_path)
    monkeypatch.setenv(name, "strict")
    facts_of(whole, tmp_path)


def test_variables_of_another_device_are_let_be(tmp_path, monkeypatch):
    """TF32 is a matter of GPUs, and `--precision fast` asks for it."""
    from benchwright.checkpoints.files import check_environment

    monkeypatch.setenv("NVIDIA_TF32_OVERRIDE", "1")
    check_environment(Context(suite="s", train=None, items=None, device="cpu"))
    check_environment(Context(suite="s", train=None, items=None, device="cuda", precision="fast"))
    with pytest.raises(ModelError, match="NVIDIA_TF32_OVERRIDE=1"):
        check_environment(Context(suite="s", train=None, items=None, device="cuda"))


def test_libraries_that_a_vocabulary_needs_are_in_the_key(tmp_path):
    """SentencePiece where its model is all there is; nowhere else, so that other keys do not hang on it."""
    from benchwright.checkpoints.files import packages_of

    assert "sentencepiece" in packages_of([tmp_path / "spm.model", tmp_path / "tokenizer_config.json"])
    assert "sentencepiece" not in packages_of([tmp_path / "spm.model", tmp_path / "tokenizer.json"])


def test_code_that_a_checkpoint_brings_is_told(whole, tmp_path):
    """It is never run, and a reader knows that something stands in its place."""
    folder = Path(shutil.copytree(whole, tmp_path / "own"))
    config = json.loads((folder / "config.json").read_text())
    own = {"auto_map": {"AutoConfig": "c.C", "AutoModelForSequenceClassification": "m.M"}}
    (folder / "config.json").write_text(json.dumps(config | own))

    (note,) = facts_of(folder, tmp_path / "work").notes
    assert "AutoModelForSequenceClassification" in note
    assert "never run" in note


# --- the hub -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def cache(whole, tmp_path, monkeypatch):
    """A local cache of the hub that holds one repository at one commit."""
    import huggingface_hub.constants

    repository = tmp_path / "hub/models--someone--tiny"
    shutil.copytree(whole, repository / f"snapshots/{COMMIT}")
    (repository / "refs").mkdir()
    (repository / "refs/main").write_text(COMMIT)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path


def test_a_cached_repository_is_the_folder_it_holds(cache, whole, monkeypatch):
    """Offline, a hub id is answered from the cache; a branch that was not pinned is told with its commit."""
    monkeypatch.setattr(opening, "threads", lambda: 1)
    facts = facts_of("someone/tiny", cache / "work")

    assert facts.digest == facts_of(whole, cache / "work").digest
    assert facts.notes == (f"no revision named: the hub's default branch at {COMMIT[:12]}",)
    assert facts_of("someone/tiny", cache / "work", revision=COMMIT).notes == ()
    model = ModelRef(name="m", adapter="transformers", path="someone/tiny", revision=COMMIT)
    session = adapter.open(model, TASK, Context(suite="s", train=None, items=tuple, workdir=cache / "work"))
    assert session.predict([Example(id="t/0", index=0, inputs={"text": "the film"})])[0].output in TASK.label_names


def test_a_repository_or_revision_that_is_not_cached(cache):
    """Offline, the message names folder, repository and what to do."""
    for path, revision in (("someone/other", None), ("someone/tiny", "f" * 40), ("someone/tiny", "v2")):
        with pytest.raises(ModelError, match="not in the local cache") as caught:
            facts_of(path, cache / "work", revision=revision)
        assert "--offline" in caught.value.hint


def test_an_incomplete_cache(cache):
    """A cache that holds the configuration alone is told by what it lacks."""
    folder = cache / f"hub/models--someone--tiny/snapshots/{COMMIT}"
    (folder / "model.safetensors").unlink()

    with pytest.raises(ModelError, match="no weights"):
        facts_of("someone/tiny", cache / "work")


def raised(kind, status):
    """An error of the hub's library as it raises it."""
    import httpx2
    from huggingface_hub import errors

    request = httpx2.Request("GET", "http://hub.example")
    return getattr(errors, kind)(f"{status} for url", response=httpx2.Response(status, request=request))


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("RepositoryNotFoundError", 404, ["neither a folder nor a hub repository someone/tiny", "spelling"]),
        ("GatedRepoError", 403, ["gated", "hf auth login"]),
        ("RevisionNotFoundError", 404, ["no revision 'v9'", "branch"]),
        ("HfHubHTTPError", 500, ["the hub gives nothing", "HF_ENDPOINT"]),
    ],
)
def test_errors_of_the_hub_say_what_to_do(cache, monkeypatch, kind, status, words):
    """Not found, gated, no such revision, out of order: one message each."""
    import huggingface_hub

    def fail(*_, **__):
        raise raised(kind, status)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(ModelError) as caught:
        facts_of("someone/tiny", cache / "work", revision="v9", offline=False)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_hub_that_cannot_be_reached(tmp_path, monkeypatch):
    """Nothing answers: the message says so at once."""
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelError, match="the hub gives nothing for someone/tiny"):
        facts_of("someone/tiny", tmp_path / "work", offline=False)


def test_only_what_decides_is_fetched(cache, whole, monkeypatch):
    """First the configuration alone, so that a wrong head costs no download; then weights and tokenizer."""
    import huggingface_hub

    asked = []

    def fetch(repo, *, revision, allow_patterns, ignore_patterns, local_files_only):
        asked.append((repo, revision, allow_patterns[:1], len(allow_patterns) > 1, local_files_only))
        return str(cache / f"hub/models--someone--tiny/snapshots/{COMMIT}")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetch)
    facts_of("someone/tiny", cache / "work", offline=False)
    assert asked == [
        ("someone/tiny", None, ["config.json"], False, False),
        ("someone/tiny", None, ["config.json"], True, False),
    ]

    asked.clear()
    folder = cache / f"hub/models--someone--tiny/snapshots/{COMMIT}"
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "architectures": ["BertForTokenClassification"]}))
    with pytest.raises(ModelError, match="a label for each token"):
        facts_of("someone/tiny", cache / "work", offline=False)
    assert len(asked) == 1
