"""Models of which little can be shown: each is read as `transformers` reads it, or refused in words that are true."""

import copy

import flat_models as models
import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from benchwright_adapters._transformers.flat.model import FlatModel
from benchwright_adapters._transformers.flat.proof import prove
from benchwright_adapters._transformers.flat.reference import in_single_precision, read_alone
from benchwright_adapters._transformers.flat.trial import TriedModel, trial_buffer

pytestmark = pytest.mark.torch


def tried(model, **changes):
    given = {"model": model, "device": "cpu", "special": models.SPECIAL, "padding": model.config.pad_token_id}
    return TriedModel(**(given | changes))


def changed(change, head="ForSequenceClassification", family="bert"):
    import torch

    model = copy.deepcopy(models.make(family, head))
    with torch.no_grad():
        change(model)
    return model


def small_bert(**sizes):
    import torch
    import transformers

    given = {"vocab_size": 60, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    torch.manual_seed(3)
    config = transformers.BertConfig(**{**given, "intermediate_size": 48, "initializer_range": 0.2, **sizes})
    return transformers.BertForSequenceClassification(config).eval()


def no_number(model):
    model.bert.encoder.layer[1].output.dense.weight[0, 0] = float("nan")


def overflowing(model):
    model.bert.encoder.layer[0].intermediate.dense.weight.mul_(1e38)


@pytest.mark.parametrize("change", [no_number, overflowing])
def test_weights_that_give_no_numbers_are_not_said_to_mix_texts(change):
    """A number that is none is near to nothing, which says nothing about buffers."""
    assert prove(tried(changed(change))) == "bert gives outputs that are not numbers"


def zero_head(model):
    model.classifier.weight.zero_()


def dead_head(model):
    import torch

    model.classifier = torch.nn.Sequential(model.classifier, torch.nn.ReLU())
    model.classifier[0].bias.fill_(-100.0)


@pytest.mark.parametrize("head", ["ForSequenceClassification", "ForTokenClassification"])
@pytest.mark.parametrize("change", [zero_head, dead_head])
def test_a_head_that_gives_the_same_for_all_texts_shows_nothing(change, head):
    """Every way to read states would pass, also where the class reads others: a dead unit may live on for other texts."""
    assert "gives the same for all texts" in prove(tried(changed(change, head)))


def test_states_that_are_all_alike_show_nothing():
    """A model of zeros mixes texts or does not: nobody can tell."""

    def empty(model):
        for parameter in model.parameters():
            parameter.zero_()

    assert "nothing shows whether it mixes texts" in prove(tried(changed(empty)))


@pytest.mark.parametrize(
    "sizes", [{"num_hidden_layers": 0}, {"max_position_embeddings": 1}, {"max_position_embeddings": 2}]
)
def test_models_without_layers_or_places_are_read_flat(sizes):
    """No attention is asked for where there is none, and texts may be of one token."""
    found = prove(tried(small_bert(**sizes)))

    assert isinstance(found, FlatModel), found


@pytest.mark.parametrize("vocabulary", [1, 2, 5])
def test_where_all_tokens_are_special_they_are_drawn_all_the_same(vocabulary):
    """Also with a single one, which segments and places still tell apart."""
    found = prove(tried(small_bert(vocab_size=vocabulary), special=frozenset(range(5)), padding=0))

    assert isinstance(found, FlatModel), found


def test_a_model_that_is_being_trained_is_refused():
    """Dropout gives other numbers each time."""
    assert prove(tried(copy.deepcopy(models.make("bert")).train())).startswith("bert is being trained")


def test_a_configuration_that_lies_about_its_layers_is_caught():
    """What the class made and what the configuration says by now are two things."""
    model = copy.deepcopy(models.make("bert"))
    model.config.num_hidden_layers = 3

    assert prove(tried(model)) == "bert asks for its attention 2 times in 3 layers"


@pytest.mark.parametrize("head", ["ForSequenceClassification", "ForMaskedLM"])
def test_single_precision_is_that_of_a_copy_and_the_model_stays_as_it_was(head):
    """Tables of embeddings too, which a head for words may share with its last layer."""
    import torch

    model = copy.deepcopy(models.make("bert", head)).bfloat16()
    subject = tried(model, single=False)
    buffer = trial_buffer(subject)
    copied = tried(copy.deepcopy(model).float())

    with torch.inference_mode(), in_single_precision(model) as ask:
        found = read_alone(subject, buffer, ask)
        wanted = read_alone(copied, buffer)

    assert {one.dtype for one in model.parameters()} == {torch.bfloat16}
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one.states, other.states)
        np.testing.assert_array_equal(one.outputs["logits"], other.outputs["logits"])


def test_half_precision_is_read_flat_where_the_processor_lays_out_no_such_weights():
    """oneDNN refuses float16 on most processors; buffers need none of it."""
    found = prove(tried(copy.deepcopy(models.make("bert")).half(), single=False))

    assert isinstance(found, FlatModel), found


def test_threads_are_as_many_as_before():
    """Texts are asked in one thread, and the run computes in all of them."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        prove(tried(copy.deepcopy(models.make("bert"))))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
