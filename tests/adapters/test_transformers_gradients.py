"""Integrated gradients are those of captum, called by hand on the model of `transformers`, and add up to what they must."""

import numpy as np
import pytest
import transformers_bench as bench
import transformers_checkpoints as checkpoints
from transformers_bench import make_examples, open_session

from benchwright.explanations.words import words_of
from benchwright.types import Kind, Target

pytestmark = [pytest.mark.torch]

STEPS = 20
LABEL = bench.make_task()
PAIR = bench.make_task(inputs=("first", "second"))
NUMBER = bench.make_task(Kind.REGRESS, labels=())
TAGS = ("O", "B-PER", "I-PER", "B-A-B", "I-A-B")
TAG = bench.make_task(Kind.TAG, labels=TAGS)
SPAN = bench.make_task(Kind.SPAN)
CHOOSE = bench.make_task(Kind.CHOOSE)
RECORD = bench.make_task(Kind.CHOOSE, ["passage", "query", "options"], placeholder="@placeholder", by_text=True)
FAMILIES = ("bert", "roberta", "deberta", "deberta-v3", "albert", "electra", "distilbert", "modernbert", "gpt2")
TEXTS = ["the film was lovely, and quite wonderful", "Caf\u00e9 \u2014 na\u00efve \U0001f600 soup", "boring"]


def library(folder, auto, **options):
    """Model and tokenizer as `transformers` opens them."""
    import torch
    import transformers

    model = getattr(transformers, auto).from_pretrained(folder, dtype=torch.float32).eval()
    return model, transformers.AutoTokenizer.from_pretrained(folder, **checkpoints.segments(folder), **options)


def by_captum(model, given, number, instead):
    """The reference: captum on the layer of embeddings, one input, one value for each token, all steps at once."""
    import torch
    from captum.attr import LayerIntegratedGradients

    columns = {name: torch.tensor(values) for name, values in given.items()}
    ids = columns.pop("input_ids")

    def forward(ids):
        return number(model(input_ids=ids, **{name: torch.cat([one] * len(ids)) for name, one in columns.items()}))

    layer = LayerIntegratedGradients(forward, model.get_input_embeddings())
    return layer.attribute(ids, baselines=torch.tensor([instead]), n_steps=STEPS)[0].double().sum(-1).numpy()


def by_word(values, places, texts):
    """Values of tokens added up over the words of texts, read character by character.

    ``places``: for each token its text and its first character, or None. ``texts``: words of each text with their bounds.
    """
    found = {}
    for value, place in zip(values.tolist(), places, strict=True):
        if place is None:
            assert value == 0, "a special token stays as it is"
            continue
        text, start = place
        found.setdefault(next((word for word in texts[text] if word[0] <= start < word[1]), None), []).append(value)
    return {word: sum(some) for word, some in found.items()}


def instead_of(given, special, token):
    return [one if kept else token for one, kept in zip(given["input_ids"][0], special, strict=True)]


def ours(session, task, examples, targets, **options):
    words = [words_of(task, example) for example in examples]
    found = session.integrate_gradients(examples, targets, words, **{"steps": STEPS, "removal": "delete", **options})
    assert not [one for one in found if isinstance(one, str)], found
    return words, found


def assert_complete(gradients, tolerance=1e-3):
    end = gradients.completeness
    assert sum(gradients.values) + end.rest == pytest.approx(end.full - end.base, abs=tolerance)


@pytest.mark.parametrize(
    ("family", "removal"), [*((family, "delete") for family in FAMILIES), ("bert", "mask"), ("deberta-v3", "mask")]
)
def test_values_of_labels_equal_captum_called_by_hand(saved, family, removal):
    """Positions of RoBERTa, relative ones of DeBERTa, narrow embeddings of ALBERT: token by token, added up by word, any batch."""
    folder = saved(family)
    session = open_session(folder, LABEL, token_budget="200")
    examples = make_examples(text=TEXTS)
    session.predict(examples)  # leaves nothing behind that gradients fail on
    words, found = ours(session, LABEL, examples, [(Target(name="p", label="positive"),)] * 3, removal=removal)

    model, tokenizer = library(folder, "AutoModelForSequenceClassification")
    token = tokenizer.mask_token_id if removal == "mask" else model.config.pad_token_id
    for text, mine, [gradients] in zip(TEXTS, words, found, strict=True):
        given = tokenizer([text], return_offsets_mapping=True, return_special_tokens_mask=True)
        special, offsets = given.pop("special_tokens_mask")[0], given.pop("offset_mapping")[0]
        values = by_captum(model, given, lambda out: out.logits[:, 1], instead_of(given, special, token))
        starts = [next((at for at in range(start, len(text)) if text[at].strip()), -1) for start, _ in offsets]
        places = [None if kept else (0, start) for kept, start in zip(special, starts, strict=True)]
        expected = by_word(values, places, [[(word.start, word.end) for word in mine]])
        np.testing.assert_allclose(
            gradients.values, [expected.get((word.start, word.end), 0.0) for word in mine], rtol=0, atol=1e-5
        )
        assert gradients.completeness.rest == pytest.approx(expected.get(None, 0.0), abs=1e-5)
        assert gradients.completeness.full == pytest.approx(
            float(checkpoints.plain_logits(folder, [text], max_length=48)[0, 1]), abs=1e-5
        )
        assert gradients.completeness.baseline == tokenizer.convert_ids_to_tokens(token)
