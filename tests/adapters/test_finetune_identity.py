"""A checkpoint is named by everything that decides its weights, and by nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import finetune_bench as bench
import msgspec
import pytest
import transformers_checkpoints as checkpoints

from benchwright import registry
from benchwright.errors import DataMissing, ModelError, PluginError
from benchwright.types import Label, Source
from benchwright_adapters import finetune

pytestmark = [pytest.mark.torch]


OTHER = {
    "recipe": "frozen", "epochs": "3", "lr": "3e-4", "batch": "4", "accumulate": "2", "max_length": "16",
    "schedule": "cosine", "warmup": "0.2", "layer_decay": "0.9", "weight_decay": "0", "clip": "2", "dropout": "0.2",
    "hold": "0.2", "patience": "1", "seed": "9", "train_limit": "50", "precision": "bf16",
    "layers": "2", "hidden": "32", "heads": "4", "vocab": "400",
}  # fmt: skip
"""Another value than the default of a small `tiny`, for every option that decides weights."""

OF_KIND = {"doc_stride": ("span", "8"), "most_options": ("choose", "2")}
"""Options of one kind of task: `test_finetune_kinds` shows that they count."""


@pytest.fixture
def tone(tmp_path):
    return bench.make_bench(tmp_path)


@pytest.fixture
def base(tmp_path):
    return checkpoints.save(tmp_path / "base", "bert")


def test_every_option_counts(tone):
    """Each option changes the digest, but for the pause between two checkpoints."""
    plain = tone.inspect().digest
    changed = {name: tone.inspect({name: value}).digest for name, value in OTHER.items()}
    partial = {value: tone.inspect({"recipe": "partial", "freeze": value}).digest for value in ("0", "1")}

    assert plain not in changed.values()
    assert len(set(changed.values())) == len(OTHER)
    assert partial["0"] != partial["1"]
    assert tone.inspect({"save_seconds": "5"}).digest == plain
    assert set(OTHER) | {"freeze", "save_seconds", *OF_KIND} == set(finetune.adapter.options)


def test_a_default_that_is_written_out_counts_the_same(tone):
    """Saying what would be anyway names the same checkpoint."""
    assert tone.inspect({"schedule": "linear", "warmup": "0.10"}).digest == tone.inspect().digest
    assert tone.inspect({"seed": "4"}).digest == tone.inspect(seed=4).digest != tone.inspect().digest


def test_data_and_device_count(tone):
    """Other training rows, another device, or other label names are another checkpoint."""
    plain = tone.inspect().digest
    renamed = msgspec.structs.replace(tone.task, labels=(Label(name="bad", id=0), Label(name="good", id=1)))

    assert tone.inspect(device="cuda").digest != plain
    assert tone.inspect(task=renamed).digest != plain
    tone.train = bench.make_dataset(tone.task, tone.train.examples[:-1])
    assert tone.inspect().digest != plain


def test_libraries_count(tone, monkeypatch):
    """Other versions of torch or `transformers` are another checkpoint, and the cell key shows them."""
    plain = tone.inspect()
    monkeypatch.setattr(finetune, "versions", lambda *names: dict.fromkeys(names, "0"))

    assert set(plain.versions) == {"torch", "transformers", "tokenizers"}
    assert tone.inspect().digest != plain.digest


def test_a_base_counts_by_its_content(tone, base, tmp_path):
    """A base that lies elsewhere is the same base; one changed byte of weights makes another."""
    plain = tone.inspect(path=base).digest
    moved = base.rename(tmp_path / "moved")

    assert tone.inspect(path=moved).digest == plain
    weights = moved / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert tone.inspect(path=moved).digest != plain


def test_tasks_that_share_a_head_share_a_checkpoint(tmp_path, monkeypatch):
    """A task that is trained on another has the digest of that other, whatever its own name, inputs and aliases are."""
    home = bench.make_bench(tmp_path)
    guest = msgspec.structs.replace(
        home.task,
        name="tone_hard",
        trained_on="tone",
        inputs={"sentence": ("sentence",)},
        labels=(Label(name="negative", id=0, aliases=("sad",)), Label(name="positive", id=1)),
        splits={"validation": Source()},
    )
    suite = msgspec.structs.replace(home.suite, tasks=(home.task, guest))
    monkeypatch.setattr(registry, "get", lambda group, name: suite)

    assert home.inspect(task=guest).digest == home.inspect().digest
    assert home.inspect(task=guest).labels is None


def test_a_head_of_other_names_says_so(tmp_path, monkeypatch):
    """Where the trained task names its labels otherwise, facts carry its names, to be matched by name."""
    home = bench.make_bench(tmp_path)
    labels = (Label(name="negative", id=0), Label(name="neutral", id=1), Label(name="positive", id=2))
    guest = msgspec.structs.replace(home.task, name="probe", trained_on="tone", labels=labels)
    suite = msgspec.structs.replace(home.suite, tasks=(home.task, guest))
    monkeypatch.setattr(registry, "get", lambda group, name: suite)

    assert home.inspect(task=guest).labels == ("negative", "positive")


@pytest.mark.parametrize(("task", "other"), [("mnli_mm", "mnli"), ("ax", "mnli")])
def test_glue_heads_are_shared(tmp_path, task, other):
    """AX and mismatched MNLI are served by MNLI's head."""
    glue = registry.get("suites", "glue")
    mnli = bench.Bench(tmp_path, glue.task("mnli"), None, glue)
    names = {"entailment": "entailment", "neutral": "neutral", "contradiction": "contradiction"}
    rows = [
        msgspec.structs.replace(row, inputs=dict(zip(mnli.task.inputs, ("a b", row.id), strict=True)), target=name)
        for row, name in zip(bench.make_rows(count=30), list(names) * 10, strict=True)
    ]
    mnli.train = bench.make_dataset(mnli.task, rows)

    assert mnli.inspect(task=glue.task(task)).digest == mnli.inspect(task=glue.task(other)).digest


def test_facts(tone):
    """Facts name what is answered, and a sample that was drawn."""
    facts = tone.inspect({"train_limit": "50", "seed": "3"})

    assert facts.kinds == (tone.task.kind,)
    assert facts.labels is None
    assert facts.scores == "probabilities"
    assert facts.notes == ("trained on a random 50 of 96 rows (seed 3)",)
    assert tone.inspect({"train_limit": "96"}).notes == ()


def test_planning_loads_no_framework(base, tmp_path):
    """Facts are told without importing torch or `transformers`."""
    script = (
        "import sys, json; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "import finetune_bench as bench\n"
        "tone = bench.make_bench(Path(sys.argv[2]))\n"
        "tone.inspect(); tone.inspect(path=sys.argv[3])\n"
        "print(json.dumps([name for name in ('torch', 'transformers', 'tokenizers') if name in sys.modules]))\n"
    )
    arguments = [sys.executable, "-c", script, str(Path(__file__).parent), str(tmp_path), str(base)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == []


def test_no_train_split(tone):
    """Without a train split the task is missing, as for every adapter that learns."""

    def missing(task):
        raise DataMissing(f"{task.name} has no train split")

    with pytest.raises(DataMissing):
        tone.inspect(train=missing)


def test_bases_that_are_none(tone, base, tmp_path):
    """No base, a file, an unknown folder, absent or pickled weights, no tokenizer: one message each, at planning."""
    empty = tmp_path / "empty"
    empty.mkdir()
    refusals = {"": "without a base", str(base / "config.json"): "is a file", str(empty): "no config.json"}
    refusals[str(tmp_path / "no" / "such" / "folder")] = "no folder"
    for path, said in refusals.items():
        with pytest.raises(ModelError, match=said):
            tone.inspect(path=path)
    (base / "vocab.txt").unlink(missing_ok=True)
    (base / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match="tokenizer"):
        tone.inspect(path=base)


def test_bases_without_weights(tone, base):
    """Truncated and pickled weights are refused at planning."""
    weights = base / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelError, match="truncated"):
        tone.inspect(path=base)
    weights.rename(base / "pytorch_model.bin")
    with pytest.raises(ModelError, match="pickle"):
        tone.inspect(path=base)


def test_three_texts(tone):
    """A task of three texts is refused."""
    task = msgspec.structs.replace(tone.task, inputs={name: (name,) for name in "abc"})

    with pytest.raises(ModelError, match="one text or two"):
        tone.inspect(task=task)


def test_missing_libraries(tone, monkeypatch):
    """Without torch the message names the extra."""
    monkeypatch.setattr(finetune, "find_spec", lambda name: None)

    with pytest.raises(PluginError) as caught:
        tone.inspect()
    assert 'pip install "benchwright[hf]"' in str(caught.value)


def test_a_damaged_training_report_says_that_nothing_was_finished(tmp_path):
    """The checkpoint is trained again; a traceback would leave a user with a folder to find and delete."""
    from benchwright_adapters._finetune.publish import read_training_report  # imports torch

    for content in (b"", b"{", b"[]", b'{"schema": 999}', b"[" * 100_000, b"\xff"):
        (tmp_path / "training.json").write_bytes(content)
        assert read_training_report(tmp_path) is None
