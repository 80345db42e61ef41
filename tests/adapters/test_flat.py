"""Texts one after the other in one buffer are answered as `transformers` answers each alone, or the model reads no buffers."""

import copy

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import flat_models as models

from benchwright_adapters._transformers.flat.model import FlatModel
from benchwright_adapters._transformers.flat.proof import Subject, prove

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
    return Subject(**(given | changes))


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
