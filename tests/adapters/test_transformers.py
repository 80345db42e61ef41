"""Every family answers like `transformers` alone, one text at a time, at any token budget."""

import numpy as np
import pytest
import transformers_bench as bench
import transformers_checkpoints as checkpoints

from benchwright.types import Context, Example, Kind, ModelRef
from benchwright_adapters.transformers import adapter

pytestmark = [pytest.mark.torch]

FAMILIES = (
    "bert", "minilm", "roberta", "deberta", "deberta-v3", "albert", "electra", "distilbert", "modernbert", "gpt2", "t5",
    "bart",
)  # fmt: skip
BUCKETS = ("deberta", "deberta-v3", "t5", "bart")
"""Families that compute their own attention, or an encoder and a decoder: they read rows of one length."""

BUDGETS = (16, 512, 2048)
TOLERANCE = 1e-5
OUTPUTS = ("negative", "positive")


def make_task(pair=False, kind=Kind.CLASSIFY, **card):
    return bench.make_task(kind, ("first", "second") if pair else ("first",), **card)


def make_examples(firsts, seconds=None):
    return [
        Example(id=f"t/{at}", index=at, inputs={"first": text, **({"second": seconds[at]} if seconds else {})})
        for at, text in enumerate(firsts)
    ]


def scores_of(predictions):
    assert not [p.error for p in predictions if p.error]
    return np.array([p.scores for p in predictions])


def check_equal(predictions, reference):
    """Scores within the tolerance; labels equal wherever the two best differ by more."""
    found = scores_of(predictions)
    np.testing.assert_allclose(found, reference, rtol=0, atol=TOLERANCE)
    margin = np.abs(np.diff(np.sort(reference, axis=1)[:, -2:], axis=1))[:, 0]
    for prediction, row, gap in zip(predictions, reference, margin, strict=True):
        assert gap <= TOLERANCE or prediction.output == OUTPUTS[int(row.argmax())]


@pytest.mark.parametrize("pair", [False, True], ids=["single", "pair"])
@pytest.mark.parametrize("family", FAMILIES)
def test_scores_equal_one_text_at_a_time(saved, family, pair):
    """40 texts (empty, repeated, too long, many scripts) at budgets of 16, 512 and 2,048 tokens."""
    firsts, seconds = checkpoints.texts()
    seconds = seconds if pair else None
    folder = saved(family)
    reference = checkpoints.softmax(checkpoints.plain_logits(folder, firsts, seconds, max_length=checkpoints.POSITIONS))
    assert reference[:, 0].std() > 1e-3, "a model that answers all texts alike proves nothing"

    for budget in BUDGETS:
        session = bench.open_session(
            folder, make_task(pair), token_budget=str(budget), max_length=str(checkpoints.POSITIONS)
        )
        shared = "equal lengths, at least 16 rows (" if family in BUCKETS else f"flat buffers of {budget} tokens"
        assert session.settings["batches"].startswith(shared)
        check_equal(session.predict(make_examples(firsts, seconds)), reference)
        session.close()


@pytest.mark.parametrize("family", ["gpt2", "xlnet", "fnet"])
def test_models_that_cannot_be_padded_are_still_right(saved, monkeypatch, family):
    """GPT-2 without a padding token, XLNet (pools at the end), FNet (has no mask) answer as one text at a time."""
    words = checkpoints.word_piece_tokenizer
    extra = {
        "xlnet": ("XLNet", words, {"d_model": 32, "n_layer": 2, "n_head": 2, "d_inner": 48, "initializer_range": 0.2}),
        "fnet": ("FNet", words, {**checkpoints._SMALL, "type_vocab_size": 2, "pad_token_id": 0}),
    }
    monkeypatch.setattr(checkpoints, "FAMILIES", {**checkpoints.FAMILIES, **extra})
    folder = saved(family, **({"pad_token_id": None} if family == "gpt2" else {}))
    firsts = [*checkpoints.texts()[0], "the film!", "lovely lovely!", 'said "', "a"]  # the first ids end a text
    reference = checkpoints.softmax(checkpoints.plain_logits(folder, firsts, max_length=checkpoints.POSITIONS))

    session = bench.open_session(folder, make_task(), max_length=str(checkpoints.POSITIONS))

    assert session.settings["batches"].startswith("flat buffers" if family == "gpt2" else "equal lengths")
    check_equal(session.predict(make_examples(firsts)), reference)


@pytest.mark.parametrize("strategy", ["longest_first", "only_first", "only_second"])
def test_each_truncation_strategy_equals_that_of_the_library(saved, strategy):
    """Truncation is counted exactly; a pair that the strategy cannot shorten enough is an error of its own."""
    folder = saved("bert")
    firsts, seconds = ["lovely " * 60, "a", "the film " * 3], ["a", "dreadful " * 60, "the soup"]
    session = bench.open_session(folder, make_task(pair=True), truncation=strategy, max_length="20")
    predictions = session.predict(make_examples(firsts, seconds))

    fails = {"longest_first": [], "only_first": [1], "only_second": [0]}[strategy]
    assert [at for at, p in enumerate(predictions) if p.error] == fails
    kept = [at for at in range(3) if at not in fails]
    reference = checkpoints.plain_logits(
        folder, [firsts[at] for at in kept], [seconds[at] for at in kept], max_length=20, truncation=strategy
    )
    check_equal([predictions[at] for at in kept], checkpoints.softmax(reference))
    assert [p.truncated for p in predictions] == [True, True, False]
    assert [predictions[at].extra for at in kept] == [
        {"tokens": size, "text_tokens": size - 3} for size in ({0: 20, 1: 20, 2: 13}[at] for at in kept)
    ]


def test_truncated_is_exactly_longer_than_the_maximum(saved):
    """As many tokens as fit are not truncated, one more is; the tokens the model read are told."""
    session = bench.open_session(saved("bert"), make_task(), max_length="8")
    predictions = session.predict(make_examples(["a a a a a", "a a a a a a", "a a a a a a a"]))

    assert [(p.truncated, p.extra["tokens"]) for p in predictions] == [(False, 7), (False, 8), (True, 8)]


def test_the_default_length_is_what_the_positions_allow(saved):
    """RoBERTa counts positions from its padding index, so a table of 50 rows serves 48 tokens."""
    session = bench.open_session(saved("roberta"), make_task())

    assert session.settings["max_length"] == str(checkpoints.POSITIONS)
    assert not session.predict(make_examples(["lovely " * 300]))[0].error


def test_an_example_does_not_depend_on_its_shard(saved):
    """The same text alone, among others and in reverse order gets the same scores."""
    session = bench.open_session(saved("bert"), make_task())
    examples = make_examples(checkpoints.texts()[0])
    whole = scores_of(session.predict(examples))

    np.testing.assert_allclose(scores_of(session.predict(examples[::-1]))[::-1], whole, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(scores_of(session.predict(examples[3:4])), whole[3:4], rtol=0, atol=TOLERANCE)
    assert session.predict([]) == []


def test_several_labels_are_read_through_sigmoids(saved):
    """Each label from 0.5 on is given; outputs that share a label count by the highest."""
    firsts, _ = checkpoints.texts()
    folder = saved("bert", labels=("a", "b", "c"), problem_type="multi_label_classification")
    each = 1 / (1 + np.exp(-checkpoints.plain_logits(folder, firsts, max_length=checkpoints.POSITIONS)))

    predictions = bench.open_session(folder, make_task(labels="abc", multilabel=True)).predict(make_examples(firsts))
    np.testing.assert_allclose(scores_of(predictions), each, rtol=0, atol=TOLERANCE)
    assert [p.output for p in predictions] == [
        tuple(n for n, s in zip("abc", p.scores, strict=True) if s >= 0.5) for p in predictions
    ]
    assert len({p.output for p in predictions}) > 1

    shared = bench.open_session(folder, make_task(labels="ab", multilabel=True), to_task=(0, 1, 1))
    expected = np.stack([each[:, 0], each[:, 1:].max(axis=1)], axis=1)
    np.testing.assert_allclose(scores_of(shared.predict(make_examples(firsts))), expected, rtol=0, atol=TOLERANCE)


def test_outputs_that_share_a_label_are_added(saved):
    """A three-way head on a two-way task: neutral and contradiction are not_entailment, in the task's order."""
    firsts, seconds = checkpoints.texts()
    folder = saved("bert", labels=("contradiction", "entailment", "neutral"))
    each = checkpoints.softmax(checkpoints.plain_logits(folder, firsts, seconds, max_length=checkpoints.POSITIONS))
    session = bench.open_session(
        folder, make_task(pair=True, labels=("entailment", "not_entailment")), to_task=(1, 0, 1)
    )

    predictions = session.predict(make_examples(firsts, seconds))

    expected = np.stack([each[:, 1], each[:, 0] + each[:, 2]], axis=1)
    np.testing.assert_allclose(scores_of(predictions), expected, rtol=0, atol=TOLERANCE)
    assert all(p.output == ("entailment", "not_entailment")[int(np.argmax(p.scores))] for p in predictions)


@pytest.mark.parametrize("family", ["roberta", "gpt2", "t5"])
def test_regression_gives_the_raw_number(saved, family):
    """One output, not clipped and not squashed."""
    firsts, seconds = checkpoints.texts()
    folder = saved(family, labels=("score",), problem_type="regression")
    reference = checkpoints.plain_logits(folder, firsts, seconds, max_length=checkpoints.POSITIONS)[:, 0]
    task = make_task(pair=True, labels=(), kind=Kind.REGRESS, value_range=(0.0, 5.0))

    predictions = bench.open_session(folder, task, max_length=str(checkpoints.POSITIONS)).predict(
        make_examples(firsts, seconds)
    )

    np.testing.assert_allclose([p.output for p in predictions], reference, rtol=0, atol=TOLERANCE)
    assert all(p.scores is None for p in predictions)


def test_weights_are_computed_in_single_precision_whatever_they_are_stored_in(saved, tmp_path):
    """A checkpoint stored in bfloat16 is opened in float32; another precision is asked for by name, and flagged."""
    import torch
    from transformers import AutoModelForSequenceClassification

    folder = saved("bert")
    AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.bfloat16).save_pretrained(tmp_path)
    checkpoints.word_piece_tokenizer().save_pretrained(tmp_path)
    reference = checkpoints.softmax(
        checkpoints.plain_logits(tmp_path, ["the film was lovely"], max_length=checkpoints.POSITIONS)
    )
    session = bench.open_session(tmp_path, make_task())
    half = bench.open_session(tmp_path, make_task(), dtype="bfloat16")

    assert {p.dtype for p in session.forward.model.parameters()} == {torch.float32}
    check_equal(session.predict(make_examples(["the film was lovely"])), reference)
    assert {p.dtype for p in half.forward.model.parameters()} == {torch.bfloat16}
    assert half.predict(make_examples(["the film was lovely"]))[0].scores != tuple(reference[0])
    assert not session.forward.model.training
    facts = adapter.inspect(
        ModelRef(name="m", adapter="transformers", path=str(tmp_path), options={"dtype": "bfloat16"}),
        make_task(),
        Context(suite="s", train=None, items=tuple, workdir=tmp_path / "work"),
    )
    assert (facts.variant, facts.notes) == ("bfloat16", ())


def test_memory_that_runs_out_lowers_the_budget_and_is_told(saved):
    """Answers stay the same; one input that does not fit alone is an error of its own."""
    firsts = [*checkpoints.corpus()[:30], "lovely " * 40]
    session = bench.open_session(saved("bert"), make_task())
    before = session.predict(make_examples(firsts))
    encoder = session.forward.model.base_model
    forward = encoder.forward

    def small(input_ids, **inputs):
        if input_ids.numel() > 40:
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes.")
        return forward(input_ids=input_ids, **inputs)

    encoder.forward = small
    after = session.predict(make_examples(firsts))

    assert "out of memory" in after[-1].error
    assert after[-1].scores is None
    np.testing.assert_allclose(scores_of(after[:-1]), scores_of(before[:-1]), rtol=0, atol=TOLERANCE)
    assert max(p.extra["token_budget"] for p in after[:-1]) <= 40
    assert all("token_budget" not in p.extra for p in before)
    encoder.forward = forward
    assert session.predict(make_examples(["a"]))[0].extra["token_budget"] <= 40, "it stays for the rest of the cell"


def test_closing_twice_is_safe_and_settings_are_told(saved):
    """What decides the numbers beside the key can be read from the session."""
    session = bench.open_session(saved("bert"), make_task())
    session.close()
    session.close()

    assert session.settings == {
        "attention": "flat: scaled dot products over texts of equal length",
        "batches": "flat buffers of 1024 tokens",
        "dtype": "float32",
        "linear layers": "oneDNN, bias and GELU in one pass",
        "max_length": str(checkpoints.POSITIONS),
        "threads": session.settings["threads"],
        "token_budget": "1024",
        "tokenizer": "tokenizer.json",
        "truncation": "longest_first",
    }


def test_nothing_is_printed(saved, capfd):
    """No progress bar, no log line of the library: only the console prints."""
    session = bench.open_session(saved("bert"), make_task())
    session.predict(make_examples(["lovely " * 600, "a"]))

    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_the_contract_of_adapters(tmp_path):
    """The checks that every adapter can run."""
    from benchwright.testing.adapter import check_adapter

    heads = {Kind.TAG: "ForTokenClassification", Kind.SPAN: "ForQuestionAnswering", Kind.CHOOSE: "ForMultipleChoice"}

    def make(task, context):
        labels = {Kind.REGRESS: ("score",), Kind.SPAN: ("start", "end")}.get(task.kind, task.label_names or ("score",))
        problem = {"problem_type": "regression"} if task.kind is Kind.REGRESS else {}
        head = heads.get(task.kind, "ForSequenceClassification")
        folder = checkpoints.save(context.workdir / "checkpoint", "bert", labels=labels, head=head, **problem)
        return ModelRef(name="tiny", adapter="transformers", path=str(folder))

    passed = check_adapter(adapter, make_model=make)

    assert len(passed) > 60
