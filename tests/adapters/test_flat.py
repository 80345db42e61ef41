"""Texts one after the other in one buffer are answered as `transformers` answers each alone, or the model reads no buffers."""

import copy

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import flat_models as models

from benchwright_adapters._transformers.flat.model import FlatModel
from benchwright_adapters._transformers.flat.proof import prove
from benchwright_adapters._transformers.flat.trial import TriedModel

pytestmark = pytest.mark.torch

HEADS = (
    "ForSequenceClassification",
    "ForTokenClassification",
    "ForQuestionAnswering",
    "ForMultipleChoice",
    "ForMaskedLM",
)


def subject(model, **changes):
    given = {"model": model, "device": "cpu", "special": models.SPECIAL, "padding": model.config.pad_token_id}
    return TriedModel(**(given | changes))


def read(flat, buffer):
    import torch

    with torch.inference_mode():
        inputs, layout = flat.prepare(buffer)
        states = flat.states(inputs, layout)
        outputs = {} if flat.head is None else flat.read(buffer, states)
    return states.numpy(), {name: values.numpy() for name, values in outputs.items()}


def texts_of(values, buffer):
    """Values of each text, of all tokens or of each text as a whole."""
    return [buffer.of_text(values, at) for at in range(len(buffer))] if len(values) == buffer.tokens else list(values)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("family", models.FLAT)
def test_every_family_and_head_answers_as_alone(family, head):
    """Outputs of ten texts in one buffer of 200 tokens are those of the unchanged class for each text alone."""
    import transformers

    if not hasattr(transformers, models.FLAT[family][0] + head):
        pytest.skip(f"transformers has no {head} of {family}")
    model = models.make(family, head)
    texts = models.draw_texts()
    segments = [(np.arange(len(text)) > len(text) // 2).astype(np.int64) for text in texts]
    if getattr(model.config, "type_vocab_size", 0) != 2:
        segments = [np.zeros_like(text) for text in texts]
    alone = [models.plain(model, text, own) for text, own in zip(texts, segments, strict=True)]
    flat = prove(subject(copy.deepcopy(model), rowwise=head == "ForMaskedLM"))
    assert isinstance(flat, FlatModel), flat

    buffer = models.buffer_of(texts, tokens=200, segments=segments)
    _, outputs = read(flat, buffer)

    for name, values in outputs.items():
        for found, wanted in zip(texts_of(values, buffer), alone, strict=True):
            np.testing.assert_allclose(found, wanted[name], rtol=0, atol=1e-5)


@pytest.mark.parametrize("family", models.BUCKETS)
def test_families_that_ignore_the_setting_fall_back(family):
    """They say why, and keep the attention that they had."""
    model = copy.deepcopy(models.make(family))
    before = model.config._attn_implementation
    text = models.draw_texts((12,))[0]
    wanted = models.plain(model, text)["logits"]

    why = prove(subject(model))

    assert isinstance(why, str)
    assert why.startswith(family), why
    assert model.config._attn_implementation == before
    np.testing.assert_array_equal(models.plain(model, text)["logits"], wanted)


@pytest.mark.parametrize(
    ("family", "words"),
    [
        ("deberta-v2", "computes its own attention and mixes texts in one buffer"),
        ("mobilebert", "mixes texts in one buffer"),
        ("convbert", "computes its own attention"),
    ],
)
def test_the_reason_says_what_the_family_does(family, words):
    """A sentence that somebody understands who knows neither buffers nor settings of `transformers`."""
    assert words in prove(subject(copy.deepcopy(models.make(family))))


def test_an_encoder_with_a_decoder_falls_back():
    """T5 has two places in which a text is read."""
    import transformers

    config = transformers.T5Config(
        vocab_size=60, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2, decoder_start_token_id=0
    )
    model = transformers.T5ForSequenceClassification(config).eval()

    assert prove(subject(model)) == "t5 is an encoder with a decoder"


def _broken(change):
    """A BERT whose layers attend in another way."""
    import types

    model = copy.deepcopy(models.make("bert"))
    for number, layer in enumerate(model.bert.encoder.layer):
        own = layer.attention.self
        own.forward = types.MethodType(change(number, own.forward), own)
    return model


def test_an_architecture_that_ignores_the_setting_is_caught():
    """Attention of its own over the whole buffer: never called, refused."""
    import torch

    def ignoring(_number, _forward):
        def forward(self, hidden_states, *_args, **_options):
            shape = (*hidden_states.shape[:-1], -1, self.attention_head_size)
            query, key, value = (
                layer(hidden_states).view(shape).transpose(1, 2) for layer in (self.query, self.key, self.value)
            )
            found = torch.nn.functional.scaled_dot_product_attention(query, key, value)
            return found.transpose(1, 2).reshape(hidden_states.shape), None

        return forward

    assert prove(subject(_broken(ignoring))) == "bert computes its own attention and mixes texts in one buffer"


def test_an_architecture_that_asks_in_some_layers_only_is_caught():
    """A layer that attends to its own token only mixes nothing; what is not asked for is not proved."""

    def sometimes(number, forward):
        def own(self, hidden_states, *_args, **_options):
            return self.value(hidden_states), None

        return own if number else lambda _self, *args, **options: forward(*args, **options)

    assert prove(subject(_broken(sometimes))) == "bert asks for its attention 1 times in 2 layers"


@pytest.mark.parametrize("mixing", ["convolution", "recurrence"])
def test_a_head_that_mixes_tokens_is_caught(mixing):
    """A head over neighbours reads across the border of two texts."""
    import torch

    model = copy.deepcopy(models.make("bert", "ForTokenClassification"))
    torch.manual_seed(1)

    class Convolution(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.over = torch.nn.Conv1d(32, 2, 3, padding=1)

        def forward(self, states):
            return self.over(states.transpose(1, 2)).transpose(1, 2)

    class Recurrence(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.over = torch.nn.LSTM(32, 1, batch_first=True, bidirectional=True)

        def forward(self, states):
            return self.over(states)[0]

    model.classifier = Convolution() if mixing == "convolution" else Recurrence()

    assert prove(subject(model)).startswith("bert has a head that reads more of a text")


def test_positions_of_roberta_begin_behind_the_padding_id():
    """As its embeddings count them for each text: padding keeps the padding id, and is not counted."""
    model = models.make("roberta")
    texts = [np.array([5, 1, 7, 8]), np.array([1, 9]), np.array([4])]
    embeddings = model.roberta.embeddings
    import torch

    from benchwright_adapters._transformers.flat.inputs import positions_of

    wanted = [
        embeddings.create_position_ids_from_input_ids(torch.from_numpy(text)[None], 1)[0].numpy() for text in texts
    ]
    buffer = models.buffer_of(texts, tokens=12)

    found = positions_of(model.base_model)(buffer)

    assert found[:7].tolist() == np.concatenate(wanted).tolist()
    assert set(found[7:].tolist()) == {1}, "the filling stands nowhere"


@pytest.mark.parametrize("family", ["bert", "roberta", "modernbert, mean", "albert", "gpt2", "eurobert, late"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_bytes_do_not_depend_on_what_shares_a_buffer(family, dtype):
    """A text gets the same bytes alone, first, last, and among others, in a buffer of one size."""
    import torch

    model = copy.deepcopy(models.make(family)).to(getattr(torch, dtype))
    flat = prove(subject(model, single=dtype == "float32"))
    assert isinstance(flat, FlatModel), flat
    texts = models.draw_texts((40, 33, 20, 20, 9, 9, 3, 1))

    def logits_of(chosen):
        buffer = models.buffer_of([texts[at] for at in chosen], tokens=160)
        with torch.inference_mode():
            inputs, layout = flat.prepare(buffer)
            return flat.read(buffer, flat.states(inputs, layout))["logits"].float().numpy()

    together = logits_of(range(8))

    for chosen in ([7], [2], [3, 2], [6, 4, 5, 7, 1], list(range(7, -1, -1))):
        assert logits_of(chosen).tobytes() == together[chosen].tobytes(), chosen


def test_layers_are_fused_only_while_a_buffer_is_read():
    """Padded batches and single rows run through the layers of torch: same bytes as before, gradients too."""
    import torch

    model = copy.deepcopy(models.make("bert"))
    text = models.draw_texts((12,))[0]
    before = models.plain(model, text)["logits"]

    flat = prove(subject(model))

    assert flat.is_fused is torch.backends.mkldnn.is_available()
    np.testing.assert_array_equal(models.plain(model, text)["logits"], before)
    model(input_ids=torch.from_numpy(text)[None]).logits.sum().backward()
    assert model.bert.encoder.layer[0].intermediate.dense.weight.grad.abs().sum() > 0


def test_layers_that_others_will_replace_are_left_as_they_are():
    """Their weights are not laid out a second time only to be dropped."""
    model = copy.deepcopy(models.make("bert"))

    flat = prove(subject(model, fuses=False))

    assert isinstance(flat, FlatModel), flat
    assert not flat.is_fused
    assert not any("forward" in vars(module) for module in model.modules())


def test_a_layer_whose_output_has_another_reader_is_not_fused():
    """The GELU is applied within the layer only where nothing else reads what is before it."""
    import types

    model = copy.deepcopy(models.make("bert"))
    inner = model.bert.encoder.layer[0].intermediate

    def forward(self, states):
        raw = self.dense(states)
        return self.intermediate_act_fn(raw) + 0.5 * raw

    inner.forward = types.MethodType(forward, inner)

    flat = prove(subject(model))

    assert isinstance(flat, FlatModel), flat
    assert not flat.is_fused


def test_the_first_buffer_behind_the_proof_gets_the_bytes_of_every_other():
    """Weights that it lays out are read by itself already, and the proof reads a buffer as all others do, but for that."""
    model = copy.deepcopy(models.make("gpt2"))
    flat = prove(subject(model))
    buffer = models.buffer_of(models.draw_texts(), tokens=200)

    first, second = read(flat, buffer), read(flat, buffer)

    assert first[0].tobytes() == second[0].tobytes()
    assert first[1]["logits"].tobytes() == second[1]["logits"].tobytes()
