"""Variants of a checkpoint: what is computed otherwise, its plain model, its size, and that what was asked for is what runs."""

import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import transformers_bench as bench
import transformers_checkpoints as checkpoints
from safetensors.torch import load_file, save_file

from benchwright.errors import ModelError, PluginError
from benchwright.types import Kind
from benchwright_adapters.transformers import adapter

pytestmark = [pytest.mark.torch]

TEXTS = checkpoints.texts()[0]


@pytest.fixture(scope="module")
def family(tmp_path_factory):
    """The folder of a tiny random checkpoint of a family, saved once."""
    made = {}

    def get(name):
        if name not in made:
            made[name] = checkpoints.save(tmp_path_factory.mktemp(name), name)
        return made[name]

    return get


@pytest.fixture(scope="module")
def plain(family):
    """A tiny BERT as it was saved."""
    return family("bert")


@pytest.fixture
def quick_compiler(monkeypatch):
    """Layers are followed and put together as for the C++ compiler, which is left out."""
    import torch

    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="aot_eager"))


def facts_of(folder, workdir, **options):
    context = bench.make_context(workdir, device=options.pop("device", "cpu"))
    return adapter.inspect(bench.make_model(folder, **options), bench.make_task(), context)


def scores_of(session, texts=TEXTS):
    found = session.predict(bench.make_examples(text=texts))
    assert not [one.error for one in found if one.error]
    return np.array([one.scores for one in found])


# --- facts -----------------------------------------------------------------------------------------------------------


def test_the_plain_model_is_no_variant(plain, tmp_path):
    """In single precision with nothing else said there is no parent, said outright or not."""
    for options in ({}, {"dtype": "float32", "compile": "false", "attn": "flat"}, {"labels": "negative,positive"}):
        facts = facts_of(plain, tmp_path, **options)
        assert (facts.parent, facts.variant) == (None, "")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dtype": "bfloat16"}, "bfloat16"),
        ({"quantize": "int8"}, "INT8, dynamic (torch)"),
        ({"compile": "true"}, "compiled"),
        ({"attn": "eager"}, "attention eager"),
        ({"quantize": "int8", "compile": "true", "dtype": "bfloat16"}, "INT8, dynamic (torch), bfloat16, compiled"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_variant_says_what_it_is_and_of_what(plain, tmp_path, options, words):
    """Its parent is the digest of the plain model, and so is its own: the same files, computed otherwise."""
    whole, variant = facts_of(plain, tmp_path), facts_of(plain, tmp_path, **options)

    assert (variant.parent, variant.digest, variant.variant) == (whole.digest, whole.digest, words)
    assert variant.size_bytes == whole.size_bytes


def test_memory_is_that_of_the_parameters(plain, tmp_path):
    """As many bytes as the parameters of the open model take, half of that in half precision, a byte for each whole number."""
    from transformers import AutoModelForSequenceClassification

    sizes = {n: p.numel() for n, p in AutoModelForSequenceClassification.from_pretrained(plain).named_parameters()}
    matrices = sum(n for name, n in sizes.items() if "encoder.layer" in name and name.endswith("dense.weight"))
    matrices += sum(n for name, n in sizes.items() if name.endswith(("query.weight", "key.weight", "value.weight")))
    whole = 4 * sum(sizes.values())

    assert facts_of(plain, tmp_path).memory_bytes == whole
    assert facts_of(plain, tmp_path, dtype="bfloat16").memory_bytes * 2 == whole
    assert facts_of(plain, tmp_path, quantize="int8").memory_bytes == whole - 3 * matrices


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"quantize": "int4"}, ("quantize=int4", "one of: int8", "?quantize=int8")),
        ({"quantize": ""}, ("quantize=", "one of: int8")),
        ({"prune": "1"}, ("prune=1", "above 0 and below 1", "?prune=0.3")),
        ({"prune": "nan"}, ("prune=nan", "above 0 and below 1")),
        ({"compile": "yes"}, ("compile=yes", "one of: true, false")),
        ({"attn": "flash_attention_2"}, ("attn=flash_attention_2", "one of: flat, sdpa, eager")),
        ({"quantize": "int8", "dtype": "float16"}, ("dtype=float16", "float32 or bfloat16", "?quantize=int8&dtype=")),
        ({"compile": "true", "attn": "sdpa"}, ("compile=true with attn=sdpa", "one shape", "leave ?attn= out")),
    ],
)
def test_options_that_mean_nothing_are_refused(plain, tmp_path, options, words):
    """A value that is none, and options that cannot stand beside each other, with what to type."""
    with pytest.raises(ModelError) as caught:
        facts_of(plain, tmp_path, **options)
    assert all(word in str(caught.value) for word in words)


def test_what_a_variant_needs_is_asked_for(plain, tmp_path, monkeypatch):
    """A C++ compiler, and on a GPU triton and torchao: refused while planning, with what to install."""
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(ModelError, match="no-such-compiler") as caught:
        facts_of(plain, tmp_path, compile="true")
    assert "apt install" in str(caught.value)

    monkeypatch.setattr("benchwright_adapters._transformers.settings.find_spec", lambda _: None)
    with pytest.raises(PluginError, match="triton"):
        facts_of(plain, tmp_path, compile="true", device="cuda")
    with pytest.raises(PluginError, match="torchao") as caught:
        facts_of(plain, tmp_path, quantize="int8", device="cuda")
    assert "benchwright[quantize]" in str(caught.value)


def test_a_rule_that_reads_attention_needs_the_one_that_keeps_it(tmp_path):
    """AULA reads weights of the attention: any other attention, and compiled layers, are refused for it."""
    folder = checkpoints.save(tmp_path / "filler", head="ForMaskedLM", labels=())
    task = bench.make_task(Kind.FILL, ("sentences",), labels=(), rule="aula")
    for options in ({"attn": "sdpa"}, {"compile": "true"}):
        with pytest.raises(ModelError, match="weights of the attention"):
            adapter.inspect(bench.make_model(folder, **options), task, bench.make_context(tmp_path))


# --- pruned checkpoints ----------------------------------------------------------------------------------------------


def resolved(folder, tmp_path, share):
    context = bench.make_context(tmp_path / "work", models=tmp_path / "models")
    return adapter.resolve(bench.make_model(folder, prune=share, max_length="9"), bench.make_task(), context)


@pytest.mark.parametrize("name", ["bert", "gpt2", "albert", "modernbert"])
def test_pruning_is_that_of_torch(family, tmp_path, name):
    """The smallest 30 % of each linear layer inside a numbered layer, as `torch.nn.utils.prune` cuts them; nothing else changes."""
    import torch
    from torch.nn.utils import prune
    from transformers import AutoModelForSequenceClassification

    wanted = AutoModelForSequenceClassification.from_pretrained(family(name))
    found = AutoModelForSequenceClassification.from_pretrained(resolved(family(name), tmp_path, "0.3").path)
    layers = [
        module
        for path, module in wanted.base_model.named_modules()
        if type(module).__name__ in {"Linear", "Conv1D"} and any(part.isdigit() for part in path.split("."))
    ]
    assert layers
    for layer in layers:
        prune.l1_unstructured(layer, "weight", amount=0.3)
        prune.remove(layer, "weight")

    expected, given = dict(wanted.named_parameters()), dict(found.named_parameters())
    assert expected.keys() == given.keys()
    assert not [one for one, values in expected.items() if not torch.equal(values, given[one])]


def test_a_pruned_checkpoint_is_made_once_and_told(plain, tmp_path):
    """Under its own digest, of the plain model as its parent; the other options go with it; a share of another number is another one."""
    facts = {share: facts_of(plain, tmp_path, prune=share) for share in ("0.3", "0.5")}
    whole = facts_of(plain, tmp_path)
    for share, one in facts.items():
        assert (one.parent, one.variant) == (whole.digest, f"pruned {share}")
        assert one.size_bytes == whole.size_bytes
    assert len({whole.digest, *(one.digest for one in facts.values())}) == 3

    made = resolved(plain, tmp_path, "0.3")
    stamp = Path(made.path, "model.safetensors").stat().st_mtime_ns
    assert Path(made.path).name == facts["0.3"].digest[:40]
    assert made.options == {"max_length": "9"}
    assert resolved(plain, tmp_path, "0.3") == made
    assert Path(made.path, "model.safetensors").stat().st_mtime_ns == stamp
    assert adapter.derives(bench.make_model(plain, prune="0.3"))
    assert not adapter.derives(bench.make_model(plain))
    assert adapter.resolve(made, bench.make_task(), bench.make_context(tmp_path)) is made


def test_a_pruned_checkpoint_that_was_not_finished_is_made_again(plain, tmp_path):
    """A folder without its report is what a killed process left."""
    made = Path(resolved(plain, tmp_path, "0.3").path)
    (made / "pruned.json").unlink()
    (made / "model.safetensors").write_bytes(b"half")

    assert resolved(plain, tmp_path, "0.3").path == str(made)
    assert (made / "model.safetensors").stat().st_size == (plain / "model.safetensors").stat().st_size


def test_weights_that_are_no_numbers_are_not_pruned(plain, tmp_path):
    """Which are the smallest cannot be said, and a zero in such a place would hide it."""
    folder = shutil.copytree(plain, tmp_path / "infinite")
    tensors = load_file(folder / "model.safetensors")
    name = next(name for name in tensors if name.endswith("intermediate.dense.weight"))
    tensors[name][0, 0] = float("nan")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})

    with pytest.raises(ModelError, match=f"{name} holds weights that are not finite"):
        resolved(folder, tmp_path, "0.3")


def test_a_pruned_model_answers_otherwise(plain, tmp_path):
    """Opened by its reference it is the pruned one, in whole numbers too."""
    exact = scores_of(bench.open_session(plain, bench.make_task()))
    pruned = scores_of(bench.open_session(plain, bench.make_task(), workdir=tmp_path, prune="0.5"))
    whole = scores_of(bench.open_session(plain, bench.make_task(), workdir=tmp_path, prune="0.5", quantize="int8"))

    assert np.abs(pruned - exact).max() > 1e-3
    assert 0 < np.abs(whole - pruned).max() < 0.03


# --- attention -------------------------------------------------------------------------------------------------------


def test_the_attention_asked_for_is_what_runs(plain):
    """`sdpa` and `eager` read rows of one length, `flat` buffers; the scores are the same within 1e-5."""
    sessions = {name: bench.open_session(plain, bench.make_task(), attn=name) for name in ("flat", "sdpa", "eager")}

    for name, session in sessions.items():
        assert session.settings["attention"].startswith(name)
        assert ("buffers" in session.settings["batches"]) == (name == "flat")
        assert name == "flat" or session.forward.model.config._attn_implementation == name
        np.testing.assert_allclose(scores_of(session), scores_of(sessions["flat"]), rtol=0, atol=1e-5)


@pytest.mark.parametrize(("asked", "words"), [("sdpa", "DebertaV2For"), ("flat", "reads no buffers: deberta-v2")])
def test_an_attention_that_a_family_lacks_is_refused(family, asked, words):
    """Instead of another one that would run in its place."""
    with pytest.raises(ModelError, match=words) as caught:
        bench.open_session(family("deberta-v3"), bench.make_task(), attn=asked)
    assert "next:" in str(caught.value)


# --- whole numbers ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def int8():
    from benchwright_adapters._transformers import int8

    return int8


def by_hand(rows, weight, bias, most):
    """The product in whole numbers as the paper on a napkin does it, in double precision and 64 bits."""
    low = rows.min(1, keepdims=True)
    of_rows = (rows.max(1, keepdims=True) - low) / most
    of_outputs = np.abs(weight).max(1, keepdims=True) / 127
    matrix = np.rint(weight / of_outputs).astype(np.int64)
    whole = np.rint((rows - low) / of_rows).astype(np.int64) @ matrix.T
    return (whole * of_rows + low * matrix.sum(1)) * of_outputs.T + bias


@pytest.mark.parametrize("most", [255, 127])
@pytest.mark.parametrize("transposed", [False, True], ids=["linear", "Conv1D"])
def test_products_are_those_of_whole_numbers(int8, most, transposed):
    """A scale for each row and each output, sums without error; however the memory of the matrix lies."""
    import torch

    draw = np.random.default_rng(3)
    rows, weight, bias = draw.normal(size=(33, 40)), draw.normal(size=(24, 40)), draw.normal(size=24)
    matrix = torch.tensor(weight.T.copy()).t() if transposed else torch.tensor(weight)
    layer = int8.Int8Linear(matrix, torch.tensor(bias), most=most, rows=64)

    found = layer(torch.tensor(rows, dtype=torch.float32)).numpy()

    np.testing.assert_allclose(found, by_hand(rows, weight, bias, most), rtol=0, atol=1e-4)


def test_a_row_does_not_depend_on_the_rows_beside_it(int8):
    """The same bytes alone, among others that are a thousand times larger, and in another place."""
    import torch

    draw = torch.Generator().manual_seed(1)
    layer = int8.Int8Linear(torch.randn(24, 40, generator=draw), None, most=255, rows=64)
    rows = torch.randn(50, 40, generator=draw)
    rows[1:] *= 1000

    alone, among, moved = layer(rows[:1]), layer(rows), layer(rows.flip(0))
    assert torch.equal(alone[0], among[0])
    assert torch.equal(among, moved.flip(0))


def test_rows_that_are_no_numbers_give_none(int8):
    """And change no other row; a row of zeros gives the bias."""
    import torch

    layer = int8.Int8Linear(torch.ones(16, 8), torch.arange(16.0), most=255, rows=16)
    rows = torch.ones(3, 8)
    rows[0, 3], rows[1] = float("nan"), 0.0

    found = layer(rows)
    assert found[0].isnan().all()
    assert torch.equal(found[1], torch.arange(16.0))
    assert torch.allclose(found[2], torch.arange(16.0) + 8)


@pytest.mark.parametrize("name", ["bert", "gpt2", "deberta-v3", "modernbert", "t5"])
def test_answers_in_whole_numbers_are_close(family, name):
    """Within 0.03 of the scores in single precision and never the same, the same bytes in reverse order; told beside the result."""
    exact = scores_of(bench.open_session(family(name), bench.make_task()))
    session = bench.open_session(family(name), bench.make_task(), quantize="int8")

    found = scores_of(session)
    assert 0 < np.abs(found - exact).max() < 0.03
    assert (scores_of(session, TEXTS[::-1])[::-1] == found).all()
    assert session.settings["products"] == "torch, oneDNN: 8 bits, a scale for each row"


def test_a_processor_that_overflows_gets_fewer_bits(plain, int8, monkeypatch):
    """Without VNNI sums of two products in 16 bits overflow: activations then have 7 bits, which is told; else refused."""
    monkeypatch.setattr(int8, "_largest_error", lambda most: 0.0 if most == 127 else 300.0)
    exact = scores_of(bench.open_session(plain, bench.make_task()))
    session = bench.open_session(plain, bench.make_task(), quantize="int8")
    assert "activations 7" in session.settings["products"]
    assert np.abs(scores_of(session) - exact).max() < 0.05

    monkeypatch.setattr(int8, "_largest_error", lambda _: 300.0)
    with pytest.raises(ModelError, match="wrong on this processor"):
        bench.open_session(plain, bench.make_task(), quantize="int8")


def test_layers_that_were_fused_are_so_no_more(plain):
    """GELU, which oneDNN computes with the layer before it, is computed by itself again behind a layer in whole numbers."""
    plainly = bench.open_session(plain, bench.make_task())
    session = bench.open_session(plain, bench.make_task(), quantize="int8")

    assert "GELU in one pass" in plainly.settings["linear layers"]
    assert "linear layers" not in session.settings
    assert not [one for one in session.forward.model.modules() if "forward" in vars(one)]


def test_heads_and_embeddings_stay_as_they_are(plain):
    """Only linear layers inside numbered layers are in whole numbers."""
    model = bench.open_session(plain, bench.make_task(), quantize="int8").forward.model

    whole = {name for name, module in model.named_modules() if type(module).__name__ == "Int8Linear"}
    assert len(whole) == 6 * model.config.num_hidden_layers
    assert all(".layer." in name for name in whole)


def test_torchao_is_the_same_within_its_rounding(plain, int8):
    """What a GPU would use, computed here: close to single precision."""
    pytest.importorskip("torchao", reason="the extra quantize is not installed")
    exact = bench.open_session(plain, bench.make_task(), attn="sdpa")
    wanted = scores_of(exact)

    assert "torchao" in int8.quantise(exact.forward.model.base_model, device="cuda", rows=64, shown="m")
    assert 0 < np.abs(scores_of(exact) - wanted).max() < 0.03


# --- compiled layers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"quantize": "int8"}], ids=["single", "int8"])
def test_compiled_layers_answer_alike(plain, quick_compiler, options):
    """One compilation serves all layers and all buffers, whatever lies in them; the same bytes in reverse order."""
    from torch._dynamo.utils import counters

    wanted = scores_of(bench.open_session(plain, bench.make_task(), **options))
    counters.clear()
    session = bench.open_session(plain, bench.make_task(), compile="true", **options)
    assert counters["stats"]["unique_graphs"] == 1

    found = scores_of(session)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5 if not options else 1e-2)
    assert (scores_of(session, TEXTS[::-1])[::-1] == found).all()
    assert (scores_of(session, TEXTS[:3]) == found[:3]).all()
    assert counters["stats"]["unique_graphs"] == 1
    assert session.settings["compiled"].startswith("layers, for buffers of 1024 tokens")
    session.close()
    assert session.forward.model is None


def test_a_family_without_buffers_is_not_compiled(family):
    """Its batches have many shapes, and each would be compiled anew."""
    with pytest.raises(ModelError, match="no buffers of one shape: t5") as caught:
        bench.open_session(family("t5"), bench.make_task(), compile="true")
    assert "leave ?compile= out" in str(caught.value)


def test_a_compiler_that_fails_is_told(plain, monkeypatch):
    """As one message, and not as its traceback."""
    import torch

    def broken(*_, **__):
        raise RuntimeError("g++: internal error")

    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend=broken))
    with pytest.raises(ModelError, match="compile=true fails: ") as caught:
        bench.open_session(plain, bench.make_task(), compile="true")
    assert "internal error" in str(caught.value)


@pytest.mark.soak
def test_the_compiler_itself_gives_the_same_numbers(plain):
    """In single precision, in whole numbers and in half precision, by C++ code that was compiled here."""
    for options, limit in (({}, 1e-5), ({"quantize": "int8"}, 1e-2), ({"dtype": "bfloat16"}, 2e-2)):
        wanted = scores_of(bench.open_session(plain, bench.make_task(), **options))
        found = scores_of(bench.open_session(plain, bench.make_task(), compile="true", **options))
        np.testing.assert_allclose(found, wanted, rtol=0, atol=limit)
