"""A training moves what its recipe says, learns what can be learned, and is the same each time."""

import hashlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import finetune_bench as bench
import msgspec
import numpy as np
import pytest
import transformers_checkpoints as checkpoints

from benchwright import registry
from benchwright.cli.main import call
from benchwright.errors import ModelError
from benchwright.testing import check_adapter
from benchwright.types import LabelMap, ModelRef

pytestmark = [pytest.mark.torch]


@pytest.fixture
def tone(tmp_path):
    return bench.make_bench(tmp_path)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return checkpoints.save(tmp_path_factory.mktemp("base"), "bert", labels=("a", "b"))


def moved(before, after):
    """Names of the weights that differ by a bit."""
    first, second = bench.read_weights(before), bench.read_weights(after)
    assert set(first) == set(second)
    return {name for name in first if first[name] != second[name]}


def predict(tone, folder):
    found = ModelRef(name="m", adapter="transformers", path=str(folder))
    labels = LabelMap(to_task=tuple(range(len(tone.task.labels))), origin="task")
    session = registry.get("adapters", "transformers").open(found, tone.task, tone.context(labels=labels))
    return session.predict([msgspec.structs.replace(example, target=None) for example in tone.train.examples])


LAYER = "bert.encoder.layer."


@pytest.mark.parametrize(
    ("options", "starts"),
    [
        ({"recipe": "full"}, ("bert.", "classifier.")),
        ({"recipe": "frozen"}, ("bert.pooler.", "classifier.")),
        ({"recipe": "partial", "freeze": "0"}, (LAYER, "bert.pooler.", "classifier.")),
        ({"recipe": "partial", "freeze": "1"}, (f"{LAYER}1.", "bert.pooler.", "classifier.")),
        ({"recipe": "partial", "freeze": "2"}, ("bert.pooler.", "classifier.")),
        ({"recipe": "gradual", "epochs": "1"}, ("bert.pooler.", "classifier.")),
        ({"recipe": "gradual", "epochs": "2"}, (f"{LAYER}1.", "bert.pooler.", "classifier.")),
        ({"recipe": "gradual", "epochs": "4"}, ("bert.", "classifier.")),
    ],
)
def test_a_recipe_moves_what_it_says(tone, base, options, starts):
    """Frozen parameters keep every bit; all others move."""
    made = tone.resolve({"epochs": "1", "batch": "8", "hold": "0", **options}, path=base)
    names = bench.read_weights(base)
    # The key bias adds the same to all scores of a softmax, so its gradient is nothing but rounding.
    expected = {name for name in names if name.startswith(starts) and not name.endswith("key.bias")}

    assert {name for name in moved(base, made) if not name.endswith("key.bias")} == expected


@pytest.mark.parametrize("kind", ["single", "pair", "multi", "regress"])
def test_every_kind_of_task_is_learned(tmp_path, kind):
    """A checkpoint opens by its names, and knows most of what it was trained on."""
    tone = bench.make_bench(tmp_path, kind)
    made = tone.resolve({"hidden": "32", "epochs": "25", "lr": "3e-3", "hold": "0"})
    config = json.loads((made / "config.json").read_text())
    answers = [prediction.output for prediction in predict(tone, made)]
    targets = [example.target for example in tone.train.examples]

    assert list(config["id2label"].values()) == list(tone.task.label_names or ("value",))
    assert "_name_or_path" not in config or config["_name_or_path"] == ""
    if kind == "regress":
        assert np.corrcoef(answers, targets)[0, 1] > 0.9
        assert abs(np.mean(answers) - np.mean(targets)) < 0.5
    else:
        assert np.mean([answer == target for answer, target in zip(answers, targets, strict=True)]) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("family", checkpoints.FAMILIES)
@pytest.mark.parametrize("recipe", ["frozen", "gradual"])
def test_every_family_is_trained(tmp_path, family, recipe):
    """A base of each family gets a head, and the result is opened by `transformers`."""
    tone = bench.make_bench(tmp_path, "pair", 40)
    base = checkpoints.save(tmp_path / "base", family, labels=("a", "b", "c"))
    made = tone.resolve({"recipe": recipe, "epochs": "2", "batch": "8", "max_length": "32"}, path=base)

    assert {prediction.output for prediction in predict(tone, made)} <= {"negative", "positive"}
    assert all(prediction.error is None for prediction in predict(tone, made))


def test_same_seed_same_weights(tmp_path):
    """The same seed gives the same bits, another seed others, and the run's seed is the default."""
    first, second = (bench.make_bench(tmp_path / name) for name in "ab")
    one, two = first.resolve(), second.resolve()

    assert bench.read_weights(one) == bench.read_weights(two)
    assert (one / "tokenizer.json").read_bytes() == (two / "tokenizer.json").read_bytes()
    other, again = first.resolve({"seed": "1"}), second.resolve(seed=1)
    assert bench.read_weights(other) == bench.read_weights(again) != bench.read_weights(one)


def test_a_finished_checkpoint_is_not_trained_again(tone):
    """A second call returns the same files untouched."""
    made = tone.resolve()
    before = {path.name: path.stat().st_mtime_ns for path in made.iterdir()}

    assert tone.resolve() == made
    assert {path.name: path.stat().st_mtime_ns for path in made.iterdir()} == before
    assert not list((made.parent / ".training").glob("*/*"))


def test_nothing_global_is_left_changed(tone):
    """Generators and threads of torch are as they were."""
    import torch

    torch.manual_seed(5)
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    np.random.seed(5)  # noqa: NPY002 - the global generator is what is watched
    numbers = np.random.get_state()[1].copy()  # noqa: NPY002
    tone.resolve()

    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    assert (np.random.get_state()[1] == numbers).all()  # noqa: NPY002


def test_frozen_states_are_computed_once_and_change_nothing(tone, base, monkeypatch):
    """A head over remembered states ends where a head behind the frozen encoder ends."""
    from benchwright_adapters._finetune import forward

    options = {"recipe": "frozen", "epochs": "3", "batch": "8", "max_length": "32", "dropout": "0"}
    quick = tone.resolve(options, path=base)
    monkeypatch.setattr(forward, "_head_agrees", lambda *_: False)
    tone.folder /= "again"
    slow = tone.resolve(options, path=base)

    from safetensors.numpy import load_file

    assert bench.read_report(quick)["remembered"]
    assert not bench.read_report(slow)["remembered"]
    one, two = load_file(quick / "model.safetensors"), load_file(slow / "model.safetensors")
    assert all(np.allclose(one[name], two[name], atol=1e-5) for name in one)


@pytest.mark.parametrize(
    ("family", "expected"), [("roberta", True), ("distilbert", True), ("gpt2", False), ("t5", False)]
)
def test_states_are_remembered_only_where_that_is_the_same(tmp_path, family, expected):
    """Heads that read more than the first token's state see the whole text each time."""
    tone = bench.make_bench(tmp_path, count=40)
    base = checkpoints.save(tmp_path / "base", family)
    made = tone.resolve({"recipe": "frozen", "epochs": "1", "max_length": "32"}, path=base)

    assert bench.read_report(made)["remembered"] is expected


def test_story(tmp_path):
    """`training.json` tells the recipe, the curves, the epoch that was kept, and no path of this machine."""
    tone = bench.make_bench(tmp_path, count=140)
    made = tone.resolve({"epochs": "3", "hold": "0.5", "train_limit": "120"})
    report = bench.read_report(made)

    assert report["schema"] == 1
    assert report["rows"] == {"available": 140, "train": 60, "held": 60, "unreadable": 0}
    assert report["steps"] == 3 * math.ceil(60 / 8) == report["losses"][-1]["step"]
    assert [point["epoch"] for point in report["held"]] == [1, 2, 3]
    assert report["metric"] == "accuracy"
    best = max(report["held"], key=lambda point: (point["metric"], -point["loss"]))
    assert report["chosen_epoch"] == best["epoch"]
    assert report["recipe"]["train_limit"] == 120
    assert report["digest"][:40] == made.name
    assert report["seconds"] > 0
    everything = "".join(path.read_text() for path in made.glob("*.json"))
    assert str(tone.folder) not in everything
    assert str(Path.home()) not in everything


def test_the_best_epoch_is_kept(tmp_path):
    """Weights are those of the epoch that was best on held-back rows, bit for bit."""
    long, short = bench.make_bench(tmp_path / "long", count=120), bench.make_bench(tmp_path / "short", count=120)
    options = {"lr": "0.02", "warmup": "1", "hold": "0.5", "patience": "9"}
    made = long.resolve({**options, "epochs": "6"})
    best = bench.read_report(made)["chosen_epoch"]
    trace = bench.read_report(made)["held"]

    assert max(trace, key=lambda p: (p["metric"], -p["loss"]))["epoch"] == best
    from benchwright_adapters._finetune import loop

    original = loop._is_hopeless
    loop._is_hopeless = lambda loop, state: state.epoch >= best
    try:
        stopped = short.resolve({**options, "epochs": "6"})
    finally:
        loop._is_hopeless = original
    assert bench.read_weights(stopped) == bench.read_weights(made)


def test_patience(tmp_path):
    """Training stops when the held-back rows show nothing better for as many epochs as patience lasts."""
    tone = bench.make_bench(tmp_path, count=140)
    made = tone.resolve({"epochs": "30", "lr": "0.01", "hold": "0.5", "patience": "2"})
    report = bench.read_report(made)

    assert report["stopped_early"]
    assert len(report["held"]) == report["chosen_epoch"] + 2


def test_held_rows_are_not_learned_from(tmp_path, monkeypatch):
    """No held-back row's text reaches a training pass, and the evaluated split is never asked for."""
    from benchwright_adapters._finetune import job

    tone = bench.make_bench(tmp_path, count=120)
    seen = []
    original = job.prepare
    monkeypatch.setattr(job, "prepare", lambda *args: seen.append(args[1]) or original(*args))

    def forbidden():
        raise AssertionError("the evaluated split was asked for")

    tone.resolve({"hold": "0.5"}, items=forbidden)
    train, held = ({example.id for example in part} for part in seen)
    assert len(held) == 60
    assert not train & held


def test_accumulated_passes_make_the_same_step(tone):
    """Four passes of 4 rows make the step that one pass of 16 rows makes, where chance plays no part."""
    from safetensors.numpy import load_file

    from benchwright_adapters._finetune import loop

    options = {"dropout": "0", "hold": "0", "epochs": "2", "batch": "16"}
    whole = load_file(tone.resolve(options) / "model.safetensors")
    tone.folder /= "cut"
    original = loop._cut
    loop._cut = lambda rows, most: original(rows, 4)
    try:
        parts = load_file(tone.resolve(options) / "model.safetensors")
    finally:
        loop._cut = original

    assert all(np.allclose(whole[name], parts[name], atol=1e-5) for name in whole)


def test_memory_that_runs_out_halves_the_passes(tone, monkeypatch):
    """Passes that do not fit are halved until they do, the step stays the same, and the report says so."""
    import torch

    from benchwright_adapters._finetune import loop

    original = loop._back

    def back(loop_, rows, of):
        if len(rows) > 3:
            raise torch.OutOfMemoryError("out of memory")
        return original(loop_, rows, of)

    monkeypatch.setattr(loop, "_back", back)
    made = tone.resolve({"hold": "0"})
    assert bench.read_report(made)["rows_per_pass"] == 2


def test_memory_that_does_not_hold_one_row(tone, monkeypatch):
    """A row that does not fit alone ends the training with what to do next."""
    from benchwright_adapters._finetune import loop

    def back(loop_, rows, of):
        raise MemoryError

    monkeypatch.setattr(loop, "_back", back)
    with pytest.raises(ModelError, match="out of memory on a single row") as caught:
        tone.resolve()
    assert "max_length=16" in caught.value.hint


def test_a_loss_that_explodes(tone, monkeypatch):
    """A loss that is no number ends the training with a lower rate to try."""
    from benchwright_adapters._finetune import loop

    monkeypatch.setattr(loop, "_back", lambda loop_, rows, of: float("nan"))
    with pytest.raises(ModelError, match="the loss is nan at step 1") as caught:
        tone.resolve({"lr": "0.01"})
    assert "lr=0.002" in caught.value.hint


def test_a_library_that_fails_is_one_message(tone, monkeypatch):
    """Whatever a library raises becomes a model error, so that the run goes on with other cells."""
    from benchwright_adapters._finetune import loop

    def back(loop_, rows, of):
        raise ValueError("All examples must have the same number of <eos> tokens.")

    monkeypatch.setattr(loop, "_back", back)
    with pytest.raises(ModelError, match="training tiny for tone failed: ValueError: All examples"):
        tone.resolve()


def test_too_long_for_the_base(tone, base):
    """More tokens than the base has positions are refused when asked for, and cut when not."""
    with pytest.raises(ModelError, match="max_length=64"):
        tone.resolve({"max_length": "64"}, path=base)
    made = tone.resolve({"epochs": "1"}, path=base)

    assert bench.read_report(made)["max_length"] == checkpoints.POSITIONS


def test_a_base_that_lacks_weights(tone, tmp_path):
    """A base without some weights of its encoder is refused: they would be random."""
    from safetensors.numpy import load_file, save_file

    folder = checkpoints.save(tmp_path / "holes", "bert")
    weights = load_file(folder / "model.safetensors")
    del weights["bert.encoder.layer.0.output.dense.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks weights .*layer\.0\.output\.dense\.weight"):
        tone.resolve(path=folder)


def test_progress_is_told(tone):
    """Each step is told with what it belongs to, and how many there are."""
    told = []
    tone.resolve({"hold": "0"}, tell=lambda *what: told.append(what))

    assert told[0] == ("training for tone, epoch 1 of 2", 1, 24)
    assert told[-1] == ("training for tone, epoch 2 of 2", 24, 24)


def test_mixed_precision(tone):
    """Mixed precision trains single-precision weights, and gives others."""
    made, plain = tone.resolve({"precision": "bf16"}), tone.resolve()

    assert json.loads((made / "config.json").read_text())["dtype"] == "float32"
    assert bench.read_weights(made) != bench.read_weights(plain)


def test_vocabulary_is_the_same_in_every_process():
    """Pieces are learned without chance; a tokenizer has at most as many as asked for."""
    from benchwright_adapters._finetune.model import learn_tokenizer

    script = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1])\n"
        "import finetune_bench as bench\n"
        "from benchwright_adapters._finetune.model import learn_tokenizer\n"
        "texts = [row.inputs['text'] for row in bench.make_rows(count=400)]\n"
        "made = learn_tokenizer(texts, size=350, max_length=32)\n"
        "print(len(made), hashlib.sha256(made.backend_tokenizer.to_str().encode()).hexdigest())\n"
    )
    arguments = [sys.executable, "-c", script, str(Path(__file__).parent)]
    seeds = {**os.environ, "PYTHONHASHSEED": "3"}
    there = subprocess.run(arguments, capture_output=True, text=True, check=True, env=seeds).stdout
    texts = [row.inputs["text"] for row in bench.make_rows(count=400)]
    made = learn_tokenizer(texts, size=350, max_length=32)

    assert there == f"350 {hashlib.sha256(made.backend_tokenizer.to_str().encode()).hexdigest()}\n"
    assert len(made) == 350


# --- by the engine: the checkpoint first, then the adapter that it names -----------------------------------------------

TINY = "?hidden=16&heads=2&vocab=300&epochs=1&max_length=32&seed=1"


@pytest.mark.slow
def test_contract():
    """The adapter keeps the contract of all adapters, on tasks of one text, two texts, and numbers."""

    def make(task, context):
        options = {"hidden": "16", "heads": "2", "epochs": "1", "max_length": "32"}
        return ModelRef(name="tiny", adapter="finetune", path="tiny", options=options)

    passed = check_adapter(registry.get("adapters", "finetune"), make_model=make)
    assert "serves a fixture" in passed


@pytest.mark.slow
def test_run_and_again(capsys, tmp_path):
    """A run trains and evaluates; the same again trains nothing, and a lost cell needs no training."""

    def ask(*more):
        typed = ["run", f"finetune:tiny{TINY}", "--suite", "starter/sentiment", "--format", "json", *more]
        assert call([*typed, "--store", str(tmp_path / "store")]) == 0
        return json.loads(capsys.readouterr().out)["results"][0]

    first = ask()
    (made,) = (path for path in (tmp_path / "store/models").iterdir() if not path.name.startswith("."))
    told = (made / "training.json").stat().st_mtime_ns
    again, anew = ask(), ask("--rerun", "always")

    assert (first["reused"], again["reused"], anew["reused"]) == (False, True, False)
    assert first["metrics"] == again["metrics"] == anew["metrics"]
    assert (made / "training.json").stat().st_mtime_ns == told
    (cell,) = (tmp_path / "store/cells").iterdir()
    assert json.loads((cell / "cell.json").read_text())["key"]["model"][:40] == made.name


@pytest.mark.slow
def test_wrong_option(program):
    """An option that is misspelt is a usage error with a suggestion."""
    done = program("run", "finetune:tiny?epoch=2", "--suite", "starter/sentiment", check=2)

    assert "did you mean epochs?" in done.stderr
