"""Which parameters a recipe moves, in which groups, at which rate."""

import math
from itertools import pairwise

import pytest
import transformers_checkpoints as checkpoints

from benchwright.errors import ModelError
from benchwright.types import Context, ModelRef
from benchwright_adapters._finetune.config import read_training_config

pytestmark = [pytest.mark.torch]


HEADS = {
    "bert": {"bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight", "classifier.bias"},
    "roberta": {f"classifier.{part}.{kind}" for part in ("dense", "out_proj") for kind in ("weight", "bias")},
    "deberta-v3": {f"{part}.{kind}" for part in ("pooler.dense", "classifier") for kind in ("weight", "bias")},
    "distilbert": {f"{part}.{kind}" for part in ("pre_classifier", "classifier") for kind in ("weight", "bias")},
    "gpt2": {"score.weight"},
}


def recipe(**options):
    model = ModelRef(name="m", adapter="finetune", path="base", options={k: str(v) for k, v in options.items()})
    return read_training_config(model, Context(suite="s", train=None, items=None))


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    from transformers import AutoModelForSequenceClassification

    done = {}

    def make(family):
        if family not in done:
            folder = checkpoints.save(tmp_path_factory.mktemp(family), family)
            done[family] = AutoModelForSequenceClassification.from_pretrained(folder)
        return done[family]

    return make


@pytest.mark.parametrize("family", checkpoints.FAMILIES)
def test_layout(opened, family):
    """In every family the embeddings lie below the layers, every layer is found, and the head lies above."""
    from benchwright_adapters._finetune.optim import read_layout

    model = opened(family)
    layout = read_layout(model)
    config = model.config
    layers = getattr(config, "num_hidden_layers", None) or config.num_layers
    decoders = getattr(config, "num_decoder_layers", None) or getattr(config, "decoder_layers", 0)
    layers = 1 if family == "albert" else layers + (decoders or 0)

    assert layout.layers == layers
    assert set(layout.depths.values()) == set(range(layers + 2))
    embedding = next(n for n, p in model.named_parameters() if p is model.get_input_embeddings().weight)
    assert layout.depths[embedding] == 0
    assert all(layout.depths[name] == layout.head for name in HEADS.get(family, ()))
    if family in HEADS:
        assert {name for name, depth in layout.depths.items() if depth == layout.head} == HEADS[family]


def test_last_norm_belongs_to_the_last_layer(opened):
    """A norm after the layers moves with the last of them."""
    from benchwright_adapters._finetune.optim import read_layout

    for family, name in (("gpt2", "transformer.ln_f.weight"), ("modernbert", "model.final_norm.weight")):
        layout = read_layout(opened(family))
        assert layout.depths[name] == layout.layers


def test_what_moves_when(opened):
    """`partial` keeps the lowest layers, `gradual` adds one from the top in each epoch, embeddings last."""
    from benchwright_adapters._finetune.optim import first_trainable, read_layout

    layout = read_layout(opened("bert"))

    def lowest(epoch=0, **options):
        return first_trainable(recipe(**options), layout, epoch, shown="m")

    assert layout.layers == 2
    assert lowest() == 0
    assert lowest(recipe="frozen") == 3
    assert [lowest(recipe="partial", freeze=k) for k in range(3)] == [1, 2, 3]
    assert lowest(recipe="partial") == 2
    assert [lowest(epoch, recipe="gradual") for epoch in range(6)] == [3, 2, 1, 0, 0, 0]


def test_more_layers_than_there_are(opened):
    """Freezing more layers than the model has is refused."""
    from benchwright_adapters._finetune.optim import first_trainable, read_layout

    with pytest.raises(ModelError, match="freeze=3"):
        first_trainable(recipe(recipe="partial", freeze=3), read_layout(opened("bert")), 0, shown="m")


def test_groups(opened):
    """Each layer has its share of the rate, and only matrices decay."""
    from benchwright_adapters._finetune.optim import make_optimiser, read_layout

    model = opened("bert")
    layout = read_layout(model)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    optimiser = make_optimiser(dict(model.named_parameters()), layout, recipe(layer_decay=0.5, weight_decay=0.1))
    seen = {}
    for group in optimiser.param_groups:
        for parameter in group["params"]:
            seen[names[id(parameter)]] = (group["share"], group["weight_decay"])

    assert set(seen) == set(layout.depths)
    assert seen["classifier.weight"] == (1, 0.1)
    assert seen["classifier.bias"] == (1, 0)
    assert seen["bert.encoder.layer.1.output.dense.weight"] == (0.5, 0.1)
    assert seen["bert.encoder.layer.0.output.LayerNorm.weight"] == (0.25, 0)
    assert seen["bert.embeddings.word_embeddings.weight"] == (0.125, 0.1)


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
def test_schedule(schedule):
    """The rate rises in a straight line to its highest in a tenth of the steps, and falls to nothing at the end."""
    from benchwright_adapters._finetune.optim import rate_factor

    factors = [rate_factor(step, 100, recipe(schedule=schedule)) for step in range(101)]

    assert factors[:10] == pytest.approx([(step + 1) / 10 for step in range(10)])
    assert factors[10] == 1
    assert factors[55] == pytest.approx(0.5)
    assert factors[100] == pytest.approx(0)
    assert all(a >= b for a, b in pairwise(factors[10:]))
    assert factors[32] == pytest.approx((1 + math.cos(math.pi * 22 / 90)) / 2 if schedule == "cosine" else 1 - 22 / 90)


def test_no_warm_up():
    """Without a warm-up the first step has the highest rate."""
    from benchwright_adapters._finetune.optim import rate_factor

    assert rate_factor(0, 100, recipe(warmup=0)) == 1
    assert rate_factor(99, 100, recipe(warmup=1)) == 1
