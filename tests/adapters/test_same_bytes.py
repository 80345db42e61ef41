"""The bytes of an answer depend on model and text alone: whatever is asked before, beside or after it changes none of them.

The checkpoints are those of `tests/reference`: every family, with the way that it shares forward passes by itself. Model sizes that
people use show what tiny ones may not: a wider model stands beside them, whose padded batches do change bytes.
"""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import same_bytes_worker
import transformers_bench as bench
import transformers_checkpoints as checkpoints

from benchwright_adapters._transformers.even import even_out, even_size
from benchwright_adapters._transformers.fill import fill_products

pytestmark = pytest.mark.torch

HERE = Path(__file__).parent.parent / "reference" / "transformers_4_57"
FLAT = (
    "bert", "roberta", "albert", "electra", "distilbert", "gpt2", "modernbert", "bert-generic", "xlm-roberta", "camembert",
)  # fmt: skip
BUCKETS = ("deberta", "deberta-v2", "xlnet", "rembert", "mpnet", "t5", "funnel", "bart", "big-bird", "fnet")


@pytest.fixture(autouse=True)
def one_thread():
    """Tiny models lose more to the hand-over between threads than they gain."""
    import torch

    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def texts():
    """Texts of the reference that every family can read, with some odd ones."""
    rows = json.loads((HERE / "rows.json").read_text())[:100]
    return [text for (text,) in rows if text.strip()][:24]


def asked_in_turns(session, texts):
    """What comes out for all texts at once, and for the same texts asked otherwise: the bytes of raw outputs by how they were asked."""

    def read(numbers):
        rows = session.codec.encode(bench.make_examples(text=[texts[at] for at in numbers])).encoded
        return {at: value.tobytes() for at, value in zip(numbers, session.run(rows).values, strict=True)}

    everything = list(range(len(texts)))
    shuffled = np.random.default_rng(3).permutation(everything).tolist()
    sevens = {}
    for at in range(0, len(texts), 7):
        sevens |= read(everything[at : at + 7])
    alone = {}
    for at in everything[:: max(1, len(texts) // 4)]:
        alone |= read([at])
    return read(everything), {
        "shuffled": read(shuffled), "limited": read(everything[:5]), "in shards of 7": sevens, "alone": alone,
    }  # fmt: skip


def assert_same(session, texts):
    whole, otherwise = asked_in_turns(session, texts)
    changed = {how: sum(value != whole[at] for at, value in found.items()) for how, found in otherwise.items()}
    assert changed == dict.fromkeys(otherwise, 0)


def open_session(folder, tmp_path, **options):
    import torch

    session = bench.open_session(folder, bench.make_task(labels=("bad", "good")), workdir=tmp_path / "work", **options)
    torch.set_num_threads(1)
    return session


@pytest.mark.parametrize("family", FLAT)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_families_that_read_buffers_give_the_same_bytes_in_both_precisions(family, dtype, texts, tmp_path):
    session = open_session(HERE / family, tmp_path, dtype=dtype, token_budget="256")

    assert session.settings["batches"] == "flat buffers of 256 tokens"
    assert_same(session, texts)


@pytest.mark.parametrize("family", BUCKETS)
def test_families_that_read_rows_of_one_length_give_the_same_bytes_in_single_precision(family, texts, tmp_path):
    session = open_session(HERE / family, tmp_path, token_budget="256")

    assert session.settings["batches"].startswith("equal lengths, at least 16 rows (")
    assert_same(session, texts)


@pytest.mark.soak
def test_two_workers_at_one_store_write_the_bytes_of_one_alone(tmp_path):
    """Every family in single precision, and in half precision where it reads buffers: both workers share each cell's shards."""
    file = tmp_path / "rows.csv"
    texts = [text for (text,) in json.loads((HERE / "rows.json").read_text())[:100] if text.strip()][:45]
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([("text", "label"), *((text, "good") for text in texts)])
    models = [f"{name}=transformers:{HERE / name}?token_budget=256" for name in (*FLAT, *BUCKETS)]
    models += [f"{name}-bf16=transformers:{HERE / name}?token_budget=256&dtype=bfloat16" for name in FLAT]
    for folder in ("two", "one"):
        (tmp_path / folder).mkdir()

    workers = [
        subprocess.Popen(
            [sys.executable, same_bytes_worker.__file__, tmp_path / "two", file, me, other, *models],
            stdout=subprocess.PIPE,
            text=True,
        )
        for me, other in (("a", "b"), ("b", "a"))
    ]
    shares = [json.loads(worker.communicate()[0]) for worker in workers]
    same_bytes_worker.work(tmp_path / "one", file, models, shard=len(texts))

    assert len(shares[0]) == len(models)
    for name in shares[0]:
        assert sum(share[name] for share in shares) == len(texts)
        assert all(share[name] for share in shares), f"{name} was computed by one worker"
    written = {
        folder: {cell.parent.name: cell.read_bytes() for cell in (tmp_path / folder).glob("store/cells/*/records.parquet")}
        for folder in ("two", "one")
    }  # fmt: skip
    assert len(written["one"]) == len(models)
    assert {key for key, value in written["one"].items() if written["two"][key] != value} == set()


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """BERT and DeBERTa of a width that people use, with random weights."""
    folder = tmp_path_factory.mktemp("wide")
    sizes = {"hidden_size": 256, "num_attention_heads": 4, "intermediate_size": 512}
    checkpoints.save(folder / "bert", "bert", **sizes)
    checkpoints.save(folder / "deberta", "deberta-v3", pooler_hidden_size=256, **sizes)
    return folder


@pytest.mark.parametrize("family", ["bert", "deberta"])
def test_a_wider_model_gives_the_same_bytes_and_padded_batches_do_not(wide, family, texts, tmp_path):
    """What the constant size is for: the same model, padded, gives a text alone other last digits than among others."""
    session = open_session(wide / family, tmp_path)
    assert_same(session, texts)

    session._batching, session._may_pad = "padded", True
    whole, otherwise = asked_in_turns(session, texts)
    assert any(value != whole[at] for at, value in otherwise["alone"].items())


def test_a_mixture_of_experts_reads_one_text_at_a_time(texts, tmp_path):
    """As many rows as tokens choose an expert are multiplied by it: only alone a text does not depend on its neighbours."""
    import torch
    from transformers import JetMoeConfig, JetMoeForSequenceClassification

    tokenizer = checkpoints.modernbert_tokenizer()
    torch.manual_seed(0)
    sizes = {
        "hidden_size": 24,
        "num_hidden_layers": 2,
        "num_key_value_heads": 2,
        "kv_channels": 6,
        "intermediate_size": 40,
    }
    model = JetMoeForSequenceClassification(
        JetMoeConfig(vocab_size=len(tokenizer), num_local_experts=4, initializer_range=0.3, pad_token_id=0, **sizes)
    )
    model.save_pretrained(tmp_path / "moe")
    tokenizer.save_pretrained(tmp_path / "moe")
    session = open_session(tmp_path / "moe", tmp_path, labels="bad,good")

    assert session.settings["batches"].startswith("one row at a time (its experts")
    assert_same(session, texts)


@pytest.mark.parametrize("rows", [1, 2, 7, 15, 16, 40])
def test_products_of_few_rows_are_filled_up_and_cut(rows):
    """A layer gives each row what it gives it among 64, byte for byte, in the form that it was asked in."""
    import torch

    torch.manual_seed(0)
    layer = torch.nn.Sequential(torch.nn.Linear(256, 64))
    values = torch.randn(64, 256)
    with torch.inference_mode():
        wanted = layer(values)
        fill_products(layer)
        found = layer(values[:rows])
        lines = layer(values[:rows, None])

    assert found.shape == (rows, 64)
    assert lines.shape == (rows, 1, 64)
    assert torch.equal(found, wanted[:rows])
    assert torch.equal(lines[:, 0], wanted[:rows])


@pytest.mark.parametrize("name", ["silu", "gelu_pytorch_tanh", "quick_gelu", "mish"])
def test_activations_are_computed_alike_wherever_threads_share_a_buffer_out(name):
    """Five threads end their shares of 1,024 x 1,536 numbers between two steps of a vector register, where the last digits were others."""
    import torch
    from transformers.activations import ACT2FN

    torch.manual_seed(0)
    activation = torch.nn.Sequential(ACT2FN[name])
    values = torch.randn(1024, 1536)
    with torch.inference_mode():
        torch.set_num_threads(5)
        usual = activation(values)
        even_out(activation)
        found, cut = activation(values), activation(values[:7, :33])
        torch.set_num_threads(1)
        wanted = activation(values)
        assert torch.equal(found, wanted)
        assert torch.equal(cut, wanted[:7, :33])
        assert not torch.equal(usual, wanted), "without filling it is not"


@pytest.mark.parametrize(
    ("count", "threads"), [(1, 1), (64, 4), (32_769, 2), (65_535, 3), (1_572_864, 5), (229_376, 7)]
)
def test_shares_of_threads_are_whole_steps(count, threads):
    """As torch shares out: of at least 32,768 numbers each, in as many shares as there are threads at most."""
    size = even_size(count, threads)
    sharing = max(1, min(threads, -(-size // 32_768)))
    assert size % (64 * sharing) == 0
    assert count <= size < count + 128 * threads


def test_a_gelu_of_half_a_tensor_is_computed_alike_wherever_threads_share_it_out():
    """ModernBERT's: the half of each row that is not the gate."""
    import torch
    from transformers.activations import ACT2FN

    torch.manual_seed(0)
    activation = torch.nn.Sequential(ACT2FN["gelu"])
    values = torch.randn(1024, 448).chunk(2, dim=-1)[0]
    with torch.inference_mode():
        even_out(activation)
        wanted = torch.cat([activation(values[at : at + 64]) for at in range(0, 1024, 64)])
        torch.set_num_threads(5)
        assert torch.equal(activation(values), wanted)
