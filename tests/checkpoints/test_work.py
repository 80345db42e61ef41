"""Operations of encoders: values by hand, and what torch itself counts while it computes."""

import numpy as np
import pytest

from benchwright.checkpoints.work import read_work

BERT_BASE = {
    "model_type": "bert",
    "num_hidden_layers": 12,
    "hidden_size": 768,
    "intermediate_size": 3072,
    "vocab_size": 30522,
    "id2label": {0: "negative", 1: "positive"},
}


def test_bert_base_costs_what_published_counts_say():
    """169.9 MFLOP a token and 36,864 for each pair; 22.35 GFLOP for a row of 128 tokens, head left out."""
    work = read_work(BERT_BASE, "BertForSequenceClassification")

    assert work.per_token == 169_869_312
    assert work.per_pair == 36_864
    assert work.per_row == 2 * 768 * 768 + 2 * 768 * 2
    assert work.flops(np.array([128])) - work.per_row == pytest.approx(22.35e9, rel=1e-3)
    assert work.flops(np.array([3, 5])) == 169_869_312 * 8 + 36_864 * 34 + 2 * work.per_row


def test_a_head_for_words_costs_a_vocabulary_at_each_position_that_is_scored():
    """46.9 MFLOP for the vocabulary of bert-base, and the dense layer before it."""
    work = read_work(BERT_BASE, "BertForMaskedLM")

    assert work.per_read == 2 * 768 * 30522 + 2 * 768 * 768
    assert round(2 * 768 * 30522 / 1e6, 1) == 46.9
    assert work.flops(np.array([10]), reads=2) - work.flops(np.array([10])) == 2 * work.per_read
    assert work.read_everywhere().flops(np.array([10])) == work.flops(np.array([10]), reads=10)


def test_layers_that_are_shared_are_computed_all_the_same():
    """ALBERT-base has a tenth of the weights of BERT-base and the same work, and its embeddings are widened besides."""
    albert = {**BERT_BASE, "model_type": "albert", "embedding_size": 128}

    assert read_work(albert, "AlbertForSequenceClassification").per_token == 169_869_312 + 2 * 128 * 768


@pytest.mark.parametrize(
    ("changes", "architecture", "said"),
    [
        ({"model_type": "deberta-v2"}, "DebertaV2Model", "the operations of deberta-v2 are not counted here"),
        ({"is_decoder": True}, "BertModel", "with a decoder"),
        ({"position_embedding_type": "relative_key"}, "BertModel", "with relative positions"),
        ({"hidden_size": None}, "BertModel", "config.json does not say hidden_size"),
        ({}, "BertForNextSentencePrediction", "the head of BertForNextSentencePrediction"),
    ],
)
def test_what_is_not_known_is_said_and_never_estimated(changes, architecture, said):
    assert said in read_work({**BERT_BASE, **changes}, architecture)


FAMILIES = {
    "bert": "Bert",
    "roberta": "Roberta",
    "xlm-roberta": "XLMRoberta",
    "camembert": "Camembert",
    "ernie": "Ernie",
    "distilbert": "DistilBert",
    "electra": "Electra",
    "albert": "Albert",
}
SIZES = {"hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 96, "vocab_size": 50}
HEADS = ("Model", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering", "ForMultipleChoice")


@pytest.mark.torch
@pytest.mark.parametrize("family", FAMILIES)
def test_torch_counts_the_same_operations(family):
    """Each head of each family on 3 rows of 17 tokens, with all matrix products that torch sees; they agree within 2 %."""
    torch = pytest.importorskip("torch")
    import transformers
    from torch.utils.flop_counter import FlopCounterMode

    name = FAMILIES[family]
    sizes = dict(SIZES)
    if family == "distilbert":
        sizes = {"dim": 64, "n_layers": 3, "n_heads": 4, "hidden_dim": 96, "vocab_size": 50}
    if family in ("electra", "albert"):
        sizes["embedding_size"] = 32
    config = getattr(transformers, f"{name}Config")(
        **sizes, num_labels=2, pad_token_id=0, bos_token_id=1, eos_token_id=2, attn_implementation="eager"
    )
    for head in (*HEADS, "ForMaskedLM"):
        model = getattr(transformers, f"{name}{head}")(config).eval()
        ids = torch.randint(3, 50, (3, 1, 17) if head == "ForMultipleChoice" else (3, 17))
        with torch.inference_mode(), FlopCounterMode(display=False) as counted:
            model(input_ids=ids)
        work = read_work(model.config.to_dict(), type(model).__name__)

        assert not isinstance(work, str), work
        reads = 3 * 17 if head == "ForMaskedLM" else 0
        assert work.flops(np.full(3, 17), reads) == pytest.approx(counted.get_total_flops(), rel=0.02), head
