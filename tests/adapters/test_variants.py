"""Variants of a checkpoint: what is computed otherwise, its plain model, its size."""

import pytest
import transformers_bench as bench
import transformers_checkpoints as checkpoints

from benchwright_adapters.transformers import adapter

pytestmark = [pytest.mark.torch]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A tiny BERT as it was saved."""
    return checkpoints.save(tmp_path_factory.mktemp("plain"))


def facts_of(folder, workdir, **options):
    return adapter.inspect(bench.make_model(folder, **options), bench.make_task(), bench.make_context(workdir))


def test_the_plain_model_is_no_variant(plain, tmp_path):
    """In single precision with nothing else said there is no parent, said outright or not."""
    for options in ({}, {"dtype": "float32"}, {"max_length": "8", "labels": "negative,positive"}):
        facts = facts_of(plain, tmp_path, **options)
        assert (facts.parent, facts.variant) == (None, "")


def test_another_precision_is_a_variant_of_the_plain_model(plain, tmp_path):
    """Its parent is the digest of the plain model; its weights take half the memory and the same file."""
    whole, half = facts_of(plain, tmp_path), facts_of(plain, tmp_path, dtype="bfloat16")

    assert (half.parent, half.variant) == (whole.digest, "bfloat16")
    assert half.memory_bytes * 2 == whole.memory_bytes
    assert half.size_bytes == whole.size_bytes


def test_memory_is_that_of_the_parameters(plain, tmp_path):
    """As many bytes as the parameters of the open model take."""
    from transformers import AutoModelForSequenceClassification

    model = AutoModelForSequenceClassification.from_pretrained(plain)

    assert facts_of(plain, tmp_path).memory_bytes == sum(p.numel() * 4 for p in model.parameters())
