"""One output for two labels, tags in another scheme, another precision: read by what was said, and told."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import transformers_checkpoints as checkpoints
from transformers_bench import make_task

from benchwright import labels, registry
from benchwright.errors import LabelError, ModelError
from benchwright.metrics.gathering import gather
from benchwright.tags import to_iob2
from benchwright.types import Context, Example, Kind, ModelRef, Record
from benchwright_adapters.transformers import adapter

pytestmark = [pytest.mark.torch]


def predict(folder, task, inputs, **options):
    """Facts and predictions, as the engine asks for them."""
    model = ModelRef(name="m", adapter="transformers", path=str(folder), options=options)
    context = Context(suite="s", train=None, items=tuple, workdir=folder.parent / "work", offline=True)
    facts = adapter.inspect(model, task, context)
    given = [part for part in options.get("labels", "").split(",") if part]
    tied = labels.align(task, facts.labels, mapping=given)
    session = adapter.open(
        model, task, Context(suite="s", train=None, items=tuple, workdir=folder.parent / "work", labels=tied)
    )
    examples = [Example(id=f"t/{at}", index=at, inputs=one) for at, one in enumerate(inputs)]
    found = session.predict(examples)
    told = session.settings
    session.close()
    return facts, found, told


# --- one output ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scorer(tmp_path_factory):
    """A head with one output, on both sides of 0."""
    from safetensors.numpy import load_file, save_file

    folder = checkpoints.save(tmp_path_factory.mktemp("scorer"), labels=("LABEL_0",), seed=3)
    weights = load_file(folder / "model.safetensors")
    logits = checkpoints.plain_logits(folder, checkpoints.corpus()[:30], max_length=checkpoints.POSITIONS)
    weights["classifier.bias"] -= np.median(logits)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def configured(scorer, tmp_path, **changes):
    folder = Path(shutil.copytree(scorer, tmp_path / "checkpoint"))
    config = json.loads((folder / "config.json").read_text()) | changes
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize(
    ("changes", "options", "above"),
    [
        ({"problem_type": "single_label_classification", "id2label": {"0": "positive"}}, {}, 1),
        ({"problem_type": "multi_label_classification", "id2label": {"0": "Negative"}}, {}, 0),
        ({"problem_type": "single_label_classification"}, {"labels": "negative,positive"}, 1),
        ({"problem_type": "single_label_classification"}, {"labels": "positive,negative"}, 0),
        ({"problem_type": None}, {"labels": "negative,positive"}, 1),
        ({"sentence_transformers": {"activation_fn": "torch.nn.modules.activation.Sigmoid"}}, {"labels": "negative,positive"}, 1),
    ],
)  # fmt: skip
def test_one_output_for_two_labels_is_a_sigmoid(scorer, tmp_path, changes, options, above):
    """Its sigmoid is the share of the label that it names or is said to mean, and above 0.5 that label is given."""
    folder, texts = configured(scorer, tmp_path, **changes), checkpoints.corpus()[:30]
    facts, found, told = predict(folder, make_task(), [{"text": text} for text in texts], **options)
    logits = checkpoints.plain_logits(scorer, texts, max_length=checkpoints.POSITIONS)[:, 0]

    assert np.array([one.scores[above] for one in found]) == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-5)
    assert [one.output for one in found] == [("negative", "positive")[above if x > 0 else 1 - above] for x in logits]
    assert {one.output for one in found} == {"negative", "positive"}
    assert "one output for two labels: read through a sigmoid, with the threshold 0.5" in facts.notes
    assert told["threshold"] == "0.5"


def test_one_output_without_a_meaning_is_refused(scorer, tmp_path):
    """A generic name says nothing; both sides of the threshold are named in what is to be said."""
    folder = configured(scorer, tmp_path, problem_type="single_label_classification")
    with pytest.raises(LabelError, match=r"LABEL_0 up to 0\.5, LABEL_0 above 0\.5"):
        predict(folder, make_task(), [])


# --- schemes -------------------------------------------------------------------------------------------------------------

IOB1 = ("O", "I-PER", "I-LOC", "B-PER")
TAG_TASK = make_task(
    Kind.TAG, labels=("O", "B-PER", "I-PER", "B-LOC", "I-LOC"), metrics=("strict_entity_f1", "entity_f1")
)


def tagger(tmp_path, names):
    return checkpoints.save(tmp_path / "tagger", labels=names, head="ForTokenClassification", seed=5)


def sentences():
    return [{"words": text.rstrip(".").split()} for text in checkpoints.corpus()[:40]]


def strict_f1(gold, predictions):
    records = [
        Record(id=f"t/{at}", target=tags, output=one.output, extra=one.extra)
        for at, (tags, one) in enumerate(zip(gold, predictions, strict=True))
    ]
    return registry.get("metrics", "strict_entity_f1").value(gather(TAG_TASK, records).columns)


@pytest.mark.parametrize(
    ("scheme", "names"),
    [("IOB1", IOB1), ("IO", IOB1[:3]), ("bio", ("O", "B-PER", "I-PER")), ("BILOU", ("O", "B-PER", "I-PER", "L-PER", "U-PER", "U-LOC"))],
)  # fmt: skip
def test_a_head_may_write_any_scheme(tmp_path, scheme, names):
    """The entities are those of seqeval's strict mode over the head's own tags, by its own scheme."""
    from seqeval.scheme import BILOU, IOB2, Entities
    from seqeval.scheme import IOB1 as OF_IOB1

    folder = tagger(tmp_path, names)
    _, found, told = predict(folder, TAG_TASK, sentences(), scheme=scheme)
    raw = raw_tags(folder, names)
    of = {"IOB1": OF_IOB1, "bio": IOB2, "BILOU": BILOU}.get(scheme)

    for one, own in zip(found, raw, strict=True):
        if of is None:
            assert one.output == to_iob2(own, "IO")
            continue
        legal = {(e.tag, e.start, e.end) for e in Entities([list(own)], of).entities[0]}
        plain = {(e.tag, e.start, e.end) for e in Entities([list(one.output)], IOB2).entities[0]}
        assert {tuple(entity) for entity in one.extra.get("strict", plain)} == legal
    assert told["scheme"] in ("IOB1", "IO", "IOB2", "BIOES")
    assert any(tag != "O" for own in raw for tag in own)


def raw_tags(folder, names):
    """What the head writes, by `transformers` alone: the best output at each word's first token."""
    import torch
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForTokenClassification.from_pretrained(folder).eval()
    found = []
    for sentence in sentences():
        given = tokenizer([sentence["words"]], is_split_into_words=True, return_tensors="pt")
        with torch.inference_mode():
            best = model(**given).logits[0].argmax(-1).tolist()
        words = given.word_ids(0)
        found.append(tuple(names[best[words.index(at)]] for at in range(len(sentence["words"]))))
    return found


def test_a_head_of_iob1_is_scored_once_its_scheme_is_said(tmp_path):
    """Unsaid, strict scores find no entity and say why; said, its own answers as gold give 1."""
    folder = tagger(tmp_path, IOB1[:3])
    facts, found, _ = predict(folder, TAG_TASK, sentences())
    gold = [to_iob2(tags, "IOB1") for tags in raw_tags(folder, IOB1[:3])]

    assert strict_f1(gold, found) == 0
    assert any("writes tags I- and none B-" in note and "?scheme=IOB1" in note for note in facts.notes)
    assert any("tags I- that continue no entity" in name for one in found for name in one.extra.get("counts", {}))

    facts, found, _ = predict(folder, TAG_TASK, sentences(), scheme="IOB1")
    assert strict_f1(gold, found) == 1
    assert facts.notes == ()
    assert not any("continue no entity" in name for one in found for name in one.extra.get("counts", {}))


def test_a_scheme_means_nothing_elsewhere(scorer, tmp_path):
    """It is refused for labels, and an unknown one names the known."""
    with pytest.raises(ModelError, match="scheme says nothing about t"):
        predict(scorer, make_task(), [], scheme="IOB1")
    with pytest.raises(ModelError, match=r"(?s)scheme=IOB3.*IOB1, IOB2"):
        predict(tagger(tmp_path, IOB1), TAG_TASK, [], scheme="IOB3")
    with pytest.raises(ModelError, match="gives the tag B-PER, which is none of IO"):
        predict(tmp_path / "tagger", TAG_TASK, [], scheme="IO")


# --- precision -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_a_family_that_computes_in_single_precision_alone(tmp_path, dtype):
    """DeBERTa v1 is refused with the precision as the reason, and what to type works."""
    folder = checkpoints.save(tmp_path / "deberta", "deberta")
    with pytest.raises(ModelError) as caught:
        predict(folder, make_task(), [], dtype=dtype)

    assert f"does not compute in {dtype}" in str(caught.value)
    assert "?dtype=float32" in caught.value.hint
    assert "tokenizer" not in str(caught.value)
    predict(folder, make_task(), [{"text": "the film"}], dtype="float32")


def test_numbers_that_overflow_are_the_precision_too(tmp_path):
    """Weights that half precision cannot hold give no numbers there, and are told at opening."""
    from safetensors.numpy import load_file, save_file

    folder = checkpoints.save(tmp_path / "large")
    weights = load_file(folder / "model.safetensors")
    weights["classifier.weight"] *= 1e6
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})

    predict(folder, make_task(), [{"text": "the film"}])
    with pytest.raises(ModelError, match="does not compute in float16"):
        predict(folder, make_task(), [], dtype="float16")
    weights["classifier.weight"][:] = np.nan
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"(?s)not numbers.*weights that are numbers"):
        predict(folder, make_task(), [])
