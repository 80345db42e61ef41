"""Options become a recipe, or a message that says what would have been right."""

from dataclasses import fields

import pytest

from benchwright.errors import ModelError
from benchwright.types import Context, ModelRef
from benchwright_adapters._finetune.config import (
    OPTIONS,
    SHAPE_OPTIONS,
    ArchitectureSize,
    TrainingConfig,
    read_save_seconds,
    read_training_config,
)


def read(path="base", *, run_seed=0, device="cpu", run_precision="exact", **options):
    model = ModelRef(name="m", adapter="finetune", path=path, options=options)
    context = Context(suite="s", train=None, items=None, seed=run_seed, device=device, precision=run_precision)
    return read_training_config(model, context)


def test_every_setting_is_an_option():
    """Each field of a recipe and of a shape can be set, and each option is a field."""
    settings = {field.name for field in fields(TrainingConfig)} - {"kind", "shape", "max_length_given"} | {"recipe"}

    assert settings | {field.name for field in fields(ArchitectureSize)} | {"save_seconds"} == set(OPTIONS)


def test_options_are_read():
    """What is given replaces the default."""
    recipe = read(epochs="7", lr="2e-5", layer_decay="0.9", recipe="partial", freeze="3", train_limit="600", hold="0")

    assert (recipe.epochs, recipe.lr, recipe.layer_decay, recipe.kind, recipe.freeze) == (7, 2e-5, 0.9, "partial", 3)
    assert (recipe.train_limit, recipe.hold, recipe.dropout, recipe.shape) == (600, 0.0, None, None)


def test_seed_and_precision_come_from_the_run():
    """Seed and mixed precision follow the run unless they are given."""
    assert read(run_seed=5).seed == 5
    assert read(run_seed=5, seed="7").seed == 7
    assert read().precision == read(device="cuda").precision == "fp32"
    assert read(device="cuda", run_precision="fast").precision == "bf16"
    assert read(device="cuda", run_precision="fast", precision="fp32").precision == "fp32"


def test_tiny_has_a_shape():
    """Only an architecture made here has a size to choose."""
    assert read("tiny", layers="2", hidden="64").shape == ArchitectureSize(
        layers=2, hidden=64, heads=4, vocab=read("tiny").shape.vocab
    )
    assert read("folder").shape is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"epochs": "0"}, "a whole number, 1 to 1000"),
        ({"epochs": "two"}, "a whole number, 1 to 1000"),
        ({"epochs": "1.5"}, "a whole number"),
        ({"lr": "0"}, "a number above 0, at most 1"),
        ({"lr": "nan"}, "a number above 0"),
        ({"lr": "x"}, "a number above 0"),
        ({"hold": "0.6"}, "a number of at least 0, at most 0.5"),
        ({"warmup": "1.1"}, "at most 1"),
        ({"layer_decay": "0"}, "above 0"),
        ({"clip": "-1"}, "of at least 0"),
        ({"clip": "inf"}, "of at least 0"),
        ({"dropout": "1"}, "at most 0.9"),
        ({"batch": "0"}, "1 to 4096"),
        ({"seed": "-1"}, "0 to 4294967295"),
        ({"train_limit": "0"}, "a whole number, 1"),
        ({"max_length": "4"}, "8 to 8192"),
        ({"recipe": "frozn"}, "did you mean frozen?"),
        ({"schedule": "cosin"}, "did you mean cosine?"),
        ({"precision": "fp16"}, "one of: fp32, bf16"),
        ({"freeze": "2"}, "recipe=partial"),
        ({"layers": "2"}, "only with `finetune:tiny`"),
        ({"labels": "a,b"}, "no label map"),
    ],
)
def test_refusals(options, said):
    """A value out of range, or without meaning beside the others, is refused with what would be right."""
    with pytest.raises(ModelError) as caught:
        read(**options)

    assert said in str(caught.value)
    assert next(iter(options)) in caught.value.problem


def test_width_fits_heads():
    """A width that heads cannot share is refused, with one that they can."""
    with pytest.raises(ModelError, match="hidden=30 with heads=4") as caught:
        read("tiny", hidden="30", heads="4")

    assert caught.value.hint == "hidden=32"


def test_save_seconds():
    """The pause between two checkpoints is a number of seconds."""
    assert read_save_seconds(ModelRef(name="m", adapter="finetune", options={"save_seconds": "0"})) == 0
    with pytest.raises(ModelError, match="save_seconds=soon"):
        read_save_seconds(ModelRef(name="m", adapter="finetune", options={"save_seconds": "soon"}))


def test_shape_options_are_options():
    """The size of `tiny` is documented with the others."""
    assert set(SHAPE_OPTIONS) <= set(OPTIONS)
